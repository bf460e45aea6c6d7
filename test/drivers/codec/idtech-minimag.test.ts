import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIdtechMinimag, idtechMinimagCodec } from '../../../drivers/codec/idtech-minimag.ts';
import captures from '../../../fixtures/captures/assembled-hid-reports.json' with { type: 'json' };
import encrypted from '../../../fixtures/captures/idtech-encrypted-frames.json' with { type: 'json' };
import { cut, decodeAll, hexBytes, revealed } from './revealed.ts';

const track1 = '%B9999000000000000000^GONGJI/TEST CARD^4912220?';
const track2 = ';9999000000000000000=4912220?';
const track3 = ';019999000000000000000=1560560?';
const pan = '9999000000000000000';

interface ReportParts {
  readonly status?: readonly number[];
  readonly lengths?: readonly number[];
  readonly outputBytes?: number;
  readonly order?: 'LE' | 'BE';
}

function report(output: string, parts: ReportParts = {}): Buffer {
  const { status = [0, 0, 0], lengths = [0, 0, 0], outputBytes = output.length, order = 'LE' } = parts;
  const bytes = Buffer.alloc(509);
  bytes.set([...status, ...lengths], 0);
  if (order === 'LE') bytes.writeUInt16LE(outputBytes, 7);
  else bytes.writeUInt16BE(outputBytes, 7);
  bytes.write(output, 9, 'latin1');
  return bytes;
}

function decode(bytes: Uint8Array): unknown {
  return revealed(decodeIdtechMinimag(bytes));
}

const lengths = [track1.length, track2.length, track3.length];
const failure = (reason: string) => ({ ok: false, reason });
const wholeCard = { ok: true, masked: false, track1: { pan }, track2: { pan }, track3: {}, errors: [] };

describe('reports', () => {
  it('the assembled capture', () => {
    const capture = captures.reports.find(({ name }) => name === 'idtech_minimag509_ok');
    const card = { pan: '5452300551227189', expiry: '0804', serviceCode: '321' };
    expect(decode(hexBytes(capture?.hex ?? ''))).toEqual({
      ok: true,
      kind: 'card',
      masked: false,
      track1: { formatCode: 'B', name: 'HOGAN/PAUL', ...card, discretionary: '0000000725000000' },
      track2: { ...card, discretionary: '00000007250' },
      errors: [],
    });
  });

  it.each([
    ['CR after each track', `${track1}\r${track2}\r${track3}\r`],
    ['one CR', `${track1}${track2}${track3}\r`],
    ['no CR', `${track1}${track2}${track3}`],
    ['text around the tracks', `<;%?>${track1}\t;;${track2}??${track3}--`],
  ])('%s', (_it, output) => {
    expect(decode(report(output, { lengths }))).toMatchObject(wholeCard);
  });

  it('the length of the output with its high byte first', () => {
    expect(decode(report(`${track1}\r${track2}\r${track3}\r`, { lengths, order: 'BE' }))).toMatchObject(wholeCard);
  });

  it('a track that the reader could not decode', () => {
    const bytes = report(`${track2}\r`, { status: [1, 0, 0], lengths: [0, track2.length, 0] });
    expect(decode(bytes)).toMatchObject({ track2: { pan }, errors: [{ track: 1, reason: 'unreadable' }] });
  });

  it('a track that is not where its length says', () => {
    const bytes = report(`${track1}\r${track2}\r`, { lengths: [track1.length - 5, track2.length, 0] });
    expect(decode(bytes)).toMatchObject({ track2: { pan }, errors: [{ track: 1, reason: 'noise' }] });
  });

  it('what stands behind the output is not read', () => {
    const bytes = report(`${track2}\r${track1}`, { lengths: [0, track2.length, 0], outputBytes: track2.length + 1 });
    expect(decode(bytes)).toMatchObject({ track2: { pan }, errors: [] });
    expect(decode(bytes)).not.toHaveProperty('track1');
  });

  it("an encrypting reader's frame", () => {
    const frame = hexBytes(encrypted.original.hex);
    const bytes = report('', { outputBytes: frame.length });
    bytes.set(frame, 9);
    expect(decode(bytes)).toMatchObject({ ok: true, masked: true, track2: { pan: '4266********9999' } });
    bytes[100] = 0;
    expect(decode(bytes)).toEqual(failure('wrongLrc'));
  });

  it.each([
    ['blank', report('\r\r'), 'blankCard'],
    ['nothing decoded', report('', { status: [1, 1, 1] }), 'unreadable'],
    [
      'an output longer than its field',
      report(track2, { lengths: [0, track2.length, 0], outputBytes: 0x0202 }),
      'wrongLength',
    ],
    [
      'an output longer than its text',
      report(track2, { lengths: [0, track2.length, 0], outputBytes: track2.length + 2 }),
      'wrongLength',
    ],
    [
      'an output shorter than its tracks',
      report(track2, { lengths: [0, track2.length, 0], outputBytes: 5 }),
      'wrongLength',
    ],
    ['no track in the output', report('x'.repeat(80), { lengths: [0, track2.length, 0] }), 'noise'],
    ['a report that is too short', report(track2).subarray(1), 'wrongLength'],
  ])('%s', (_it, bytes, reason) => {
    expect(decode(bytes)).toEqual(failure(reason));
  });
});

describe('any bytes', () => {
  it('any split gives the same result, bounded by the bytes', () => {
    const whole = fc
      .tuple(fc.string({ maxLength: 120 }), fc.array(fc.nat(120), { minLength: 3, maxLength: 3 }))
      .map(([text, sizes]) => new Uint8Array(report(text, { lengths: sizes })));
    const good = fc.constant(new Uint8Array(report(`${track1}\r${track2}\r${track3}\r`, { lengths })));
    const stream = fc
      .array(fc.oneof(whole, good, fc.uint8Array({ maxLength: 600 })), { maxLength: 4 })
      .map((parts) => new Uint8Array(Buffer.concat(parts)));
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1 }), (bytes, sizes) => {
        const decoded = decodeAll(idtechMinimagCodec, [bytes]);
        expect(revealed(decodeAll(idtechMinimagCodec, cut(bytes, sizes)))).toEqual(revealed(decoded));
        expect(decoded.length).toBeLessThanOrEqual(bytes.length / 509 + 1);
      }),
    );
  });

  it('tracks come out whatever the reader prints around them', () => {
    const extra = fc.string({ maxLength: 15, unit: fc.constantFrom(...'\r\tAB12-=;%?') });
    fc.assert(
      fc.property(extra, extra, extra, (before, between, after) => {
        const output = `${before}${track1}${between}${track2}${after}`;
        const card = decode(report(output, { lengths: [track1.length, track2.length, 0] }));
        expect(card).toMatchObject({ ok: true, track1: { pan }, track2: { pan } });
      }),
    );
  });
});
