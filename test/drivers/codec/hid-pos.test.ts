import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidPosCodec } from '../../../drivers/codec/hid-pos.ts';
import capture from '../../../fixtures/captures/hidpos-scanner-access-is-2part.json' with { type: 'json' };
import { cut, decodeAll, revealed } from './revealed.ts';

interface ReportParts {
  readonly id?: number;
  readonly count?: number;
  readonly aim?: string;
  readonly data?: string | Uint8Array;
  readonly more?: boolean;
  /** 1 for scanners that put identifier and data one byte later. */
  readonly offset?: 0 | 1;
}

function report({ id = 2, count, aim = ']Q0', data = '', more = false, offset = 0 }: ReportParts): Uint8Array {
  const bytes = Buffer.alloc(64);
  const content = Buffer.from(data);
  bytes[0] = id;
  bytes[1] = count ?? content.length;
  bytes.write(aim, 2 + offset, 'latin1');
  bytes.set(content, 5 + offset);
  bytes[61] = 0x73;
  bytes[63] = more ? 1 : 0;
  return bytes;
}

function scans(...reports: Uint8Array[]): unknown {
  return revealed(decodeAll(hidPosCodec, reports));
}

function scan(text: string, symbology = ']Q0'): unknown {
  return { ok: true, kind: 'scan', text, symbology };
}

const noise = { ok: false, reason: 'noise' };

describe('scans', () => {
  it('the two reports of the captured layout are one scan', () => {
    const data = capture.report1['5..60'].replaceAll('<20>', ' ').padEnd(56, ' ').slice(0, 56);
    const bytes1 = report({ count: 0x38, data, more: true });
    const bytes2 = report({ count: 4, aim: '\0\0\0', data: '100 ' });
    expect(bytes1[1]).toBe(Number.parseInt(capture.report1['1'], 16));
    expect(scans(bytes1, bytes2)).toEqual([scan(`${data}100 `)]);
  });

  it.each([
    ['CR', 'A\r', 'A'],
    ['LF', 'A\n', 'A'],
    ['CR LF', 'A\r\n', 'A'],
    ['none', 'A', 'A'],
  ])('line end: %s', (_it, data, text) => {
    expect(scans(report({ data }))).toEqual([scan(text)]);
  });

  it.each([
    ['identifier and data one byte later', report({ data: 'A', offset: 1 }), scan('A')],
    ['no identifier', report({ data: 'A', aim: '\0\0\0' }), { ok: true, kind: 'scan', text: 'A' }],
    ['bytes beyond the count', report({ data: 'ABC', count: 1 }), scan('A')],
    ['UTF-8', report({ data: '医保' }), scan('医保')],
    ['GBK', report({ data: Uint8Array.of(0xbf, 0xa8) }), scan('卡')],
    ['the separator of GS1 codes', report({ data: '01\x1d10' }), scan('01\x1d10')],
    ['an identifier in the data as well', report({ aim: ']Q1', data: ']Q0A' }), scan('A', ']Q1')],
    ["a scanner's answer to a command", report({ aim: ']Z6', data: 'REVINF\x06.' }), noise],
    ['two line ends', report({ data: 'A\r\r' }), noise],
    ['a full report', report({ data: 'A'.repeat(56) }), scan('A'.repeat(56))],
    ['a count beyond the report', report({ data: 'A', count: 57 }), { ok: false, reason: 'wrongLength' }],
    ['another report id', report({ id: 3, data: 'A' }), noise],
    ['an identifier that is none', report({ aim: 'xyz', data: 'A' }), noise],
    ['nothing scanned', report({}), noise],
    ['only a line end', report({ data: '\r' }), noise],
  ])('%s', (_it, bytes, expected) => {
    expect(scans(bytes)).toEqual([expected]);
  });

  it('scans that follow one another', () => {
    expect(scans(report({ data: 'A' }), report({ data: 'B', aim: ']C1' }))).toEqual([scan('A'), scan('B', ']C1')]);
  });

  it('a report of another id breaks no scan', () => {
    expect(scans(report({ data: 'A', more: true }), report({ id: 4 }), report({ data: 'B' }))).toEqual([
      noise,
      scan('AB'),
    ]);
  });

  it('reports of two scans are not joined', () => {
    expect(scans(report({ data: 'A', more: true }), report({ data: 'B', aim: ']C1' }))).toEqual([noise]);
  });

  it('what follows a bad report is passed over up to the last', () => {
    const bad = report({ data: 'A', count: 60, more: true });
    expect(scans(bad, report({ data: 'B', more: true }), report({ data: 'C' }), report({ data: 'D' }))).toEqual([
      { ok: false, reason: 'wrongLength' },
      scan('D'),
    ]);
  });

  it('a scan without end is too long, and told once', () => {
    const endless = Array.from({ length: 200 }, () => report({ data: 'A'.repeat(56), more: true }));
    expect(hidPosCodec.decoder().push(Buffer.concat(endless))).toEqual([{ ok: false, reason: 'tooLong' }]);
    expect(scans(...endless, report({ data: 'A' }), report({ data: 'B' }))).toEqual([
      { ok: false, reason: 'tooLong' },
      scan('B'),
    ]);
  });

  it('silence within a scan', () => {
    expect(scans(report({ data: 'A', more: true }))).toEqual([{ ok: false, reason: 'halfRead' }]);
    expect(scans(report({ data: 'A', more: true }), report({ data: 'B' }).subarray(0, 9))).toEqual([
      { ok: false, reason: 'halfRead' },
    ]);
    expect(scans(report({ data: 'A' }).subarray(0, 63))).toEqual([{ ok: false, reason: 'wrongLength' }]);
  });

  it('after silence a scan begins afresh', () => {
    const decoder = hidPosCodec.decoder();
    decoder.push(report({ data: 'A', more: true }));
    expect(decoder.midFrame).toBe(true);
    decoder.end();
    expect(decoder.midFrame).toBe(false);
    expect(revealed(decoder.push(report({ data: 'B' })))).toEqual([scan('B')]);
  });
});

describe('any bytes', () => {
  const reports = fc.oneof(
    fc.uint8Array({ minLength: 0, maxLength: 200 }),
    fc
      .record({ id: fc.constantFrom(2, 2, 2, 3), data: fc.string({ maxLength: 18 }), more: fc.boolean() })
      .map((parts) => report(parts)),
  );
  const streams = fc.array(reports, { maxLength: 8 }).map((parts) => new Uint8Array(Buffer.concat(parts)));

  it('any split gives the same result, bounded by the bytes', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.integer({ min: 1, max: 130 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = decodeAll(hidPosCodec, [bytes]);
        expect(revealed(decodeAll(hidPosCodec, cut(bytes, sizes)))).toEqual(revealed(whole));
        expect(whole.length).toBeLessThanOrEqual(bytes.length / 64 + 1);
      }),
    );
  });

  it('what is scanned comes out', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 300, unit: fc.constantFrom(...'0123456789AZaz%+-/') }),
        (text) => {
          const parts = text.match(/.{1,56}/g) ?? [];
          const sent = parts.map((data, at) => report({ data, more: at < parts.length - 1 }));
          expect(scans(...sent)).toEqual([scan(text)]);
        },
      ),
    );
  });
});
