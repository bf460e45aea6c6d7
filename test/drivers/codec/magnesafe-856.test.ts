import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMagnesafe856Codec,
  decodeMagnesafe856,
  magnesafe856Codec,
} from '../../../drivers/codec/magnesafe-856.ts';
import capture from '../../../fixtures/captures/magtek-magnesafe-v5-hid-856.json' with { type: 'json' };
import encrypted from '../../../fixtures/captures/magtek-magnesafe-v5-hid-856-encrypted.json' with { type: 'json' };
import { secret } from '../../../src/domain/secret.ts';
import { cut, decodeAll, hexBytes, revealed } from './revealed.ts';

const keys = [{ ksnPrefix: 'FFFF987654', kind: 'base', key: secret(encrypted.key) }] as const;
const wrongKeys = [{ ...keys[0], key: secret('00112233445566778899AABBCCDDEEFF') }];

/** Security level 2, as printed; the manual's remaining bytes are zeros. */
function level2(): Buffer {
  const bytes = Buffer.alloc(856);
  const fields = capture.level2_track_fields_verbatim;
  bytes.set(hexBytes(fields.statusAndLengths_bytes_0_6), 0);
  bytes.set(hexBytes(fields.track1_7_118_first60), 7);
  bytes.set(hexBytes(fields.track2_119_230_first37), 119);
  bytes.set(hexBytes(fields.track3_231_342_first31), 231);
  return bytes;
}

/** Security level 3, as printed. */
function level3(): Buffer {
  const bytes = Buffer.alloc(856);
  bytes.set(hexBytes(encrypted.statusAndLengths_bytes_0_6), 0);
  bytes.set(hexBytes(encrypted.track1_7_verbatim), 7);
  bytes.set(hexBytes(encrypted.track2_119_verbatim), 119);
  bytes.set(hexBytes(encrypted.track3_231_verbatim), 231);
  bytes.set(hexBytes(capture.level3_bytes_480_to_855_verbatim.join('')), 480);
  return bytes;
}

function changed(bytes: Buffer, ...changes: readonly (readonly [at: number, value: number])[]): Buffer {
  for (const [at, value] of changes) bytes[at] = value;
  return bytes;
}

function decode(bytes: Uint8Array, given: Parameters<typeof decodeMagnesafe856>[1] = []): unknown {
  return revealed(decodeMagnesafe856(bytes, given));
}

const clear = {
  ok: true,
  kind: 'card',
  masked: false,
  track1: {
    formatCode: 'B',
    pan: '5452300551227189',
    name: 'HOGAN/PAUL',
    expiry: '0804',
    serviceCode: '321',
    discretionary: '0000000725000000',
  },
  track2: { pan: '5452300551227189', expiry: '0804', serviceCode: '321', discretionary: '00000007250' },
  track3: { text: '5163499080020445=000000000000' },
  errors: [],
};
const masked = {
  ok: true,
  kind: 'card',
  masked: true,
  track1: {
    formatCode: 'B',
    pan: '5452000000007189',
    name: 'HOGAN/PAUL',
    expiry: '0804',
    serviceCode: '000',
    discretionary: '0000000000000000',
  },
  track2: { pan: '5452000000007189', expiry: '0804', serviceCode: '000', discretionary: '00000000000' },
  track3: { text: '5163000050000445=000000000000' },
  errors: [],
};
const wrongLength = { ok: false, reason: 'wrongLength' };

describe('printed reports', () => {
  it('level 2 is in the clear', () => {
    expect(decode(level2())).toEqual(clear);
  });

  it('level 2 with a key loaded but encryption off, and with absolute lengths', () => {
    expect(decode(changed(level2(), [494, 2], [852, 60], [853, 37], [854, 31]))).toEqual(clear);
  });

  it('level 3 gives the masked tracks', () => {
    expect(decode(level3())).toEqual(masked);
  });

  it('level 3 with the key gives the tracks', () => {
    expect(decode(level3(), keys)).toEqual(clear);
  });

  it.each([
    ['another key', wrongKeys],
    ['a key for other readers', [{ ...keys[0], ksnPrefix: '629949' }]],
  ])('level 3 with %s gives the masked tracks', (_it, given) => {
    expect(decode(level3(), given)).toEqual(masked);
  });

  it('a longer report', () => {
    expect(decode(Buffer.concat([level3(), Buffer.alloc(31, 0xff)]))).toEqual(masked);
  });
});

describe('reports', () => {
  it.each([
    ['too short', level2().subarray(0, 855)],
    ['length beyond the field', changed(level2(), [4, 113])],
    ['masked length beyond the field', changed(level3(), [506, 113])],
    ['absolute length beyond the field', changed(level2(), [853, 113])],
    ['clear text of two lengths', changed(level2(), [853, 36])],
    ['clear text without its absolute length', changed(level2(), [852, 60], [854, 31])],
  ])('%s', (_it, bytes) => {
    expect(decode(bytes)).toEqual(wrongLength);
  });

  it('encrypted and clear lengths that contradict each other matter to who has the key', () => {
    const bytes = changed(level3(), [4, 0x25]);
    expect(decode(bytes, keys)).toEqual(wrongLength);
    expect(decode(bytes)).toEqual(masked);
  });

  it('clear text in a report that says it is encrypted is not believed', () => {
    expect(decode(changed(level2(), [494, 6]))).toEqual({ ok: true, kind: 'card', masked: true, errors: [] });
  });

  it('cipher text in a report that says it is clear is not read', () => {
    const bytes = () => changed(level3(), [494, 0], [505, 0], [506, 0], [507, 0]);
    expect(decode(bytes())).toMatchObject({ ok: false });
    expect(decode(changed(bytes(), [852, 0], [853, 0], [854, 0]))).toMatchObject({ ok: false });
  });

  it('masked tracks without clear ones are delivered whatever the status says', () => {
    expect(decode(changed(level3(), [494, 0]))).toEqual(masked);
    expect(decode(changed(level3().fill(0, 0, 480), [494, 0], [852, 0], [853, 0], [854, 0]))).toEqual(masked);
  });

  it('clear text padded to whole blocks, its length among the absolute ones', () => {
    const bytes = changed(level2(), [3, 64], [4, 40], [5, 32], [852, 60], [853, 37], [854, 31]);
    expect(decode(bytes)).toEqual(clear);
  });

  it('the lengths of a track that could not be decoded do not matter', () => {
    expect(decode(changed(level2(), [0, 1], [3, 0], [852, 60], [853, 37], [854, 31]))).toMatchObject({
      track2: clear.track2,
      errors: [{ track: 1, reason: 'unreadable' }],
    });
  });

  it('a masked track that is longer than its text', () => {
    expect(decode(changed(level3(), [505, 61]))).toMatchObject({
      masked: true,
      track2: masked.track2,
      errors: [{ track: 1, reason: 'noise' }],
    });
  });

  it('a track that the reader could not decode', () => {
    const bytes = () => changed(level3(), [0, 1]);
    const errors = [{ track: 1, reason: 'unreadable' }];
    expect(decode(bytes())).toMatchObject({ masked: true, track2: masked.track2, errors });
    expect(decode(bytes(), keys)).toMatchObject({ masked: false, track2: clear.track2, errors });
  });

  it('no masked tracks: the card was read, and only its key is missing', () => {
    const bytes = () => changed(level3(), [505, 0], [506, 0], [507, 0]);
    expect(decode(bytes())).toEqual({ ok: true, kind: 'card', masked: true, errors: [] });
    expect(decode(bytes(), keys)).toEqual(clear);
  });

  it.each([
    ['blank, level 2', 0, [0, 0, 0], 'blankCard'],
    ['blank, level 3', 6, [0, 0, 0], 'blankCard'],
    ['nothing decoded', 6, [1, 1, 1], 'unreadable'],
    ['keys used up', 7, [0, 0, 0], 'refused'],
    ['nobody swiped', 0x16, [0, 0, 0], 'refused'],
    ['no transactions left', 0x106, [0, 0, 0], 'refused'],
  ])('%s', (_it, status, tracks, reason) => {
    const bytes = Buffer.alloc(856);
    bytes.set(tracks, 0);
    bytes.writeUInt16BE(status, 493);
    expect(decode(bytes)).toEqual({ ok: false, reason });
    expect(decode(bytes, keys)).toEqual({ ok: false, reason });
  });

  it('a damaged cipher block is no card', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 255 }), (block, flip) => {
        const at = 119 + block * 8;
        const bytes = changed(level3(), [at, (level3()[at] ?? 0) ^ flip], [0, 1], [2, 1]);
        expect(decode(bytes, keys)).not.toMatchObject({ masked: false });
      }),
    );
  });
});

describe('framing', () => {
  it('the tail of a longer report is not told', () => {
    expect(decodeAll(magnesafe856Codec, [level2(), Buffer.alloc(31)])).toHaveLength(1);
  });

  it('a report that is too short is told at the silence', () => {
    expect(decodeAll(magnesafe856Codec, [level2().subarray(0, 855)])).toEqual([wrongLength]);
  });

  it('a short report after a silence is told, whatever came before', () => {
    const decoder = magnesafe856Codec.decoder();
    decoder.push(level2());
    decoder.end();
    decoder.push(level2().subarray(0, 400));
    expect(decoder.end()).toEqual([wrongLength]);
  });

  it('a codec with keys', () => {
    expect(revealed(decodeAll(createMagnesafe856Codec(keys), [level3()]))).toEqual([clear]);
    expect(() => createMagnesafe856Codec([{ ...keys[0], key: secret('') }])).toThrow(RangeError);
  });

  it('any split gives the same result, bounded by the bytes', () => {
    const report = fc.constantFrom(level2(), level3()).map((bytes) => new Uint8Array(bytes));
    const stream = fc
      .array(fc.oneof(report, fc.uint8Array({ maxLength: 900 })), { maxLength: 4 })
      .map((parts) => new Uint8Array(Buffer.concat(parts)));
    const codec = createMagnesafe856Codec(keys);
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = decodeAll(codec, [bytes]);
        expect(revealed(decodeAll(codec, cut(bytes, sizes)))).toEqual(revealed(whole));
        expect(whole.length).toBeLessThanOrEqual(bytes.length / 856 + 1);
      }),
    );
  });

  it('any changed bytes: no throw', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(855), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (isLevel3, changes) => {
          const bytes = changed(isLevel3 ? level3() : level2(), ...changes);
          expect(() => decodeMagnesafe856(bytes)).not.toThrow();
          expect(() => decodeMagnesafe856(bytes, keys)).not.toThrow();
        },
      ),
    );
  });
});
