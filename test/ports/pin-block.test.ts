import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../fixtures/captures/pinblock-dukpt-sm-vectors.json' with { type: 'json' };
import { keyCheckValue, openPinBlock, sealPinBlock, tdesBlocks } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import { type PinBlock, type PinBlockFormat, pinBlockFormats } from '../../src/ports/pin-pad.ts';

// The official vectors are in vectors.test.ts.

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();
const digits = (text: string) => Uint8Array.from(text, Number);
const keyBytes = bytes('00112233445566778899AABBCCDDEEFF');
const keyOf = (format: PinBlockFormat, key = keyBytes, keyId = 'K1'): PinKey => ({ format, keyId, key });
const pan = '9999000000000000018';
const otherPan = '9999000000000000026';

const anyPin = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 12 });
const anyPan = fc.stringMatching(/^\d{1,19}$/);
const anyKey = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe.each(pinBlockFormats)('PIN block, %s', (format) => {
  const key = keyOf(format);
  const block = (hex: string, change: Partial<PinBlock> = {}): PinBlock => ({ format, keyId: 'K1', hex, ...change });
  const length = format === 'iso0-tdes' ? 16 : 32;

  it('opens what it sealed, names format and key, and leaves digits and key to their owners', () => {
    fc.assert(
      fc.property(anyPin, anyPan, anyKey, (pin, card, anotherKey) => {
        const typed = Uint8Array.from(pin);
        const pinKey = keyOf(format, Uint8Array.from(anotherKey), 'K7');
        const sealed = sealPinBlock(typed, card, pinKey);
        expect(sealed).toEqual({ format, keyId: 'K7', hex: expect.stringMatching(`^[0-9A-F]{${length}}$`) });
        expect(openPinBlock(sealed, card, pinKey)).toEqual(Uint8Array.from(pin));
        expect(openPinBlock({ ...sealed, hex: sealed.hex.toLowerCase() }, card, pinKey)).toEqual(Uint8Array.from(pin));
        expect([...typed]).toEqual(pin);
        expect(pinKey.key).toEqual(anotherKey);
      }),
    );
  });

  it('does not give the PIN for another card, under another key, of another format, or damaged', () => {
    const sealed = sealPinBlock(digits('135790'), pan, key, new Uint8Array(8));
    const changed = `${sealed.hex.slice(0, -1)}${sealed.hex.endsWith('0') ? '1' : '0'}`;
    expect(openPinBlock(sealed, otherPan, key)).not.toEqual(digits('135790'));
    expect(openPinBlock(sealed, pan, keyOf(format, new Uint8Array(16)))).toBeNull();
    expect(openPinBlock(sealed, pan, keyOf(format, keyBytes, 'K2'))).toBeNull();
    for (const other of pinBlockFormats.filter((name) => name !== format)) {
      expect(openPinBlock(sealed, pan, keyOf(other))).toBeNull();
      expect(openPinBlock({ ...sealed, format: other }, pan, key)).toBeNull();
    }
    expect(openPinBlock(block(changed), pan, key)).toBeNull();
    expect(openPinBlock(block('1234'), pan, key)).toBeNull();
    expect(openPinBlock(block(`${sealed.hex}00`), pan, key)).toBeNull();
    expect(openPinBlock(block('zz'.repeat(length / 2)), pan, key)).toBeNull();
    expect(openPinBlock(block(`${sealed.hex}\n`), pan, key)).toBeNull();
  });

  it.each([
    ['three digits', () => sealPinBlock(digits('123'), '1', key)],
    ['thirteen digits', () => sealPinBlock(digits('1234567890123'), '1', key)],
    ['ASCII instead of values', () => sealPinBlock(Uint8Array.from(Buffer.from('135790')), '1', key)],
    ['a card number with letters', () => sealPinBlock(digits('1234'), '12X4', key)],
    ['a card number of 20 digits', () => openPinBlock(block('00'.repeat(length / 2)), '1'.repeat(20), key)],
    ['a key of 8 bytes', () => sealPinBlock(digits('1234'), '1', keyOf(format, keyBytes.subarray(8)))],
    ['a key of 24 bytes', () => sealPinBlock(digits('1234'), '1', keyOf(format, new Uint8Array(24)))],
    ['a check value of a short key', () => keyCheckValue({ format, key: new Uint8Array(8) })],
    ['a fill of 7 bytes', () => sealPinBlock(digits('1234'), '1', key, new Uint8Array(7))],
  ])('refuses %s, without telling what it was', (_, work) => {
    expect(work).toThrow(RangeError);
    expect(work).not.toThrow(/135790|12X4/);
  });
});

describe('PIN block, ISO 9564-1 format 4', () => {
  it.each([
    { format: 'iso4-aes128', name: 'aes-128-ecb' },
    { format: 'iso4-sm4', name: 'sm4-ecb' },
  ] as const)(
    '$format is E(E(PIN field) XOR PAN field), with the fields as the standard lays them out',
    ({ format, name }) => {
      const field = bytes('441234AAAAAAAAAA0123456789ABCDEF');
      const account = bytes('44111111111111111000000000000000');
      const e = (data: Uint8Array) => createCipheriv(name, keyBytes, null).setAutoPadding(false).update(data);
      const expected = e(e(field).map((byte, at) => byte ^ (account[at] ?? 0)));
      expect(sealPinBlock(digits('1234'), '4111111111111111', keyOf(format), field.subarray(8)).hex).toBe(
        hexOf(expected),
      );
    },
  );

  it('a short card number is filled with zeros on the left', () => {
    const fill = new Uint8Array(8).fill(7);
    const key = keyOf('iso4-aes128');
    expect(sealPinBlock(digits('135790'), '12345678', key, fill)).toEqual(
      sealPinBlock(digits('135790'), '000012345678', key, fill),
    );
  });

  it('is another one each time', () => {
    const key = keyOf('iso4-aes128');
    const [one, other] = [1, 2].map(() => sealPinBlock(digits('135790'), pan, key).hex);
    expect(one).not.toBe(other);
  });
});

describe('PIN block, ISO 9564-1 format 0', () => {
  const key = keyOf('iso0-tdes');
  const iso0 = (hex: string) => ({ format: 'iso0-tdes', keyId: 'K1', hex }) as const;
  /** Two-key TDES by another name of the same cipher. */
  const tdes = (clear: Uint8Array) => createCipheriv('des-ede', keyBytes, null).setAutoPadding(false).update(clear);

  it.each(vectors.format0)('is TDES of the published clear block $block', ({ pin, pan: card, block: clear }) => {
    const sealed = sealPinBlock(digits(pin), card, key);
    expect(sealed).toEqual(iso0(hexOf(tdes(bytes(clear)))));
    expect(openPinBlock(sealed, card, key)).toEqual(digits(pin));
  });

  it.each<[string, string]>([
    ['another control nibble', '241234FFFFFFFFFF'],
    ['a PIN of three digits', '03123FFFFFFFFFFF'],
    ['a PIN of thirteen digits', '0D1234567890123F'],
    ['a digit that is none', '0412A4FFFFFFFFFF'],
    ['another filler', '041234FFFFFFFFFE'],
  ])('does not open %s', (_, field) => {
    // A card number of zeros leaves the PIN field as it is.
    expect(openPinBlock(iso0(hexOf(tdes(bytes(field)))), '0000000000000', key)).toBeNull();
  });

  it('half a block is refused', () => {
    expect(() => tdesBlocks('seal', new Uint8Array(12), keyBytes)).toThrow(RangeError);
  });
});

describe('key check value', () => {
  it.each([
    { format: 'iso4-aes128', name: 'aes-128-ecb', bytes: 16 },
    { format: 'iso4-sm4', name: 'sm4-ecb', bytes: 16 },
    { format: 'iso0-tdes', name: 'des-ede', bytes: 8 },
  ] as const)('of $format is the first 3 bytes of zeros encrypted', ({ format, name, bytes: size }) => {
    const zeros = createCipheriv(name, keyBytes, null).setAutoPadding(false).update(new Uint8Array(size));
    expect(keyCheckValue({ format, key: keyBytes })).toBe(hexOf(zeros.subarray(0, 3)));
  });
});
