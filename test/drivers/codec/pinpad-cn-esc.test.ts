import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../drivers/codec/decoded.ts';
import {
  decodeCnEscPinPad,
  encodeAnsiPinRequest,
  encodeInputCancel,
  encodePinLength,
  encodeWorkKey,
  pinpadCnEscCodec,
} from '../../../drivers/codec/pinpad-cn-esc.ts';
import captures from '../../../fixtures/captures/cn-esc-pinpad.json' with { type: 'json' };

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (frame: Uint8Array) => Buffer.from(frame).toString('hex').toUpperCase();
const pinpad = (message: string, fields: Record<string, string> = {}) => ({
  ok: true,
  kind: 'pinpad',
  message,
  fields,
});
const failure = (reason: string) => ({ ok: false, reason });
const text = (body: string) => Uint8Array.of(0x02, ...Buffer.from(body, 'latin1'), 0x03);

function decodeAll(...chunks: readonly Uint8Array[]): Decoded[] {
  const decoder = pinpadCnEscCodec.decoder();
  return [...chunks.flatMap((chunk) => [...decoder.push(chunk)]), ...decoder.end()];
}

describe('PIN pads with ESC commands: replies', () => {
  const expected: Readonly<Record<string, unknown>> = {
    '024F4B03': pinpad('ok'),
    '02455203': pinpad('error'),
    '023132333A3B3C03': pinpad('data', { data: '123ABC' }),
  };
  it.each(captures.replies)('capture $hex', ({ hex }) => {
    expect(decodeAll(bytes(hex))).toEqual([expected[hex]]);
  });

  it.each<[string, Uint8Array, unknown]>([
    ['four bytes that begin with E are no error', text('E1'), pinpad('text', { text: 'E1' })],
    ['nor are these', text('EE'), pinpad('text', { text: 'EE' })],
    ['nor is ER inside a text', text('ERNIE'), pinpad('text', { text: 'ERNIE' })],
    ['an error with its code', text('ER01'), pinpad('error', { code: '01' })],
    ['data after OK', text('OK1:'), pinpad('data', { data: '1A' })],
    ['a serial number after OK', text('OKAY'), pinpad('text', { text: 'OKAY' })],
    ['a PIN block', text('041274>=<;:9876?'), pinpad('data', { data: '041274EDCBA9876F' })],
    ['the PIN length confirmed', bytes('02AA03'), pinpad('ok')],
    ['half a byte', text('123'), failure('wrongLength')],
    ['half a byte after OK', text('OK1'), failure('wrongLength')],
    ['nothing', text(''), failure('wrongLength')],
    ['bytes that are no text', bytes('02AABB03'), failure('noise')],
  ])('%s', (_it, frame, decoded) => {
    expect(decodeAll(frame)).toEqual([decoded]);
    expect(decodeCnEscPinPad(frame)).toEqual(decoded);
  });

  it('garbage between replies is told once a run, a reply cut or without an end is a reason', () => {
    const noise = Uint8Array.of(0xff, 0x00);
    expect(decodeAll(noise, text('OK'), noise, noise, text('ER'), Uint8Array.of(0x02, 0x31), text('OK'))).toEqual([
      failure('noise'),
      pinpad('ok'),
      failure('noise'),
      pinpad('error'),
      failure('halfRead'),
      pinpad('ok'),
    ]);
    expect(decodeAll(text('1'.repeat(2000)), text('OK'))).toEqual([failure('tooLong'), pinpad('ok')]);
    expect(decodeAll(Uint8Array.of(0x02, 0x31))).toEqual([failure('halfRead')]);
  });
});

describe('PIN pads with ESC commands: what is sent', () => {
  const slots = { masterKey: 1, workKey: 2 };

  it.each<[string, Uint8Array, string]>([
    ['PIN length 6', encodePinLength(6), '1B4E3036'],
    ['PIN length 12', encodePinLength(12), '1B4E303C'],
    ['PIN, ANSI X9.8', encodeAnsiPinRequest(slots, '000000000001'), `1B6963313230${'30'.repeat(11)}31`],
    [
      'working key',
      encodeWorkKey(slots, bytes('AB'.repeat(16)), bytes('01020304')),
      `1B6B75313232${'3A3B'.repeat(16)}3031303230333034`,
    ],
    ['cancel', encodeInputCancel(), '83'],
  ])('%s', (_it, command, hex) => {
    expect(hexOf(command)).toBe(hex);
  });
});

describe('PIN pads with ESC commands: any bytes', () => {
  const stream = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.constantFrom('E', 'ER', 'OK', 'OK12', '12345678', '').map(text),
        fc.constantFrom(0x02, 0x03).map((byte) => Uint8Array.of(byte)),
        fc.constant(new Uint8Array(600).fill(0x31)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

  it('no throw, no more results than bytes, no text longer than a reply', () => {
    fc.assert(
      fc.property(stream, (input) => {
        const results = decodeAll(input);
        expect(results.length).toBeLessThanOrEqual(input.length);
        for (const result of results) expect(JSON.stringify(result).length).toBeLessThan(1200);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (frame) => void decodeCnEscPinPad(frame)));
  });

  it('the same results however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (input, sizes) => {
        const chunks: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < input.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(input.subarray(at, at + size));
          at += size;
        }
        expect(decodeAll(...chunks)).toEqual(decodeAll(input));
      }),
    );
  });

  it('bytes that are split come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (data) => {
        const split = [...data].flatMap((byte) => [0x30 + (byte >> 4), 0x30 + (byte & 15)]);
        expect(decodeAll(Uint8Array.of(0x02, ...split, 0x03))).toEqual([pinpad('data', { data: hexOf(data) })]);
      }),
    );
  });
});
