import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../fixtures/captures/pinblock-dukpt-sm-vectors.json' with { type: 'json' };
import { openPinBlock, sealIso0PinBlock, sealPinBlock, tdesBlocks } from '../../src/ports/pin-block.ts';
import type { PinBlock } from '../../src/ports/pin-pad.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const digits = (text: string) => Uint8Array.from(text, Number);
const key = bytes('00112233445566778899AABBCCDDEEFF');
const block = (hex: string) => ({ format: 'iso4-aes128', hex }) as const;
const under = (aesKey: Uint8Array) => ({ 'iso4-aes128': aesKey });

describe('PIN block, ISO 9564-1 format 4', () => {
  // Published examples: psec's and paysec's own tests (PAN of 19 digits), and calculator examples found in public code.
  it.each([
    { pan: '1234567890123456789', key, fill: 'FFFFFFFFFFFFFFFF', hex: '28B41FDDD29B743E93124BD8E32D921E' },
    { pan: '432198765432109870', key, fill: '146C6601F4A8035C', hex: '88E33C3ACF404F234F10F889C364E377' },
    {
      pan: '4001234567890120',
      key: bytes('D30D421EC808407A61972EDBA36482FF'),
      fill: '7BFDA91F39F63284',
      hex: '21969613F4EB77C208147888EB674457',
    },
  ])('seals and opens the published example for a card of $pan.length digits', (example) => {
    expect(sealPinBlock(digits('1234'), example.pan, example.key, bytes(example.fill))).toEqual(block(example.hex));
    expect(openPinBlock(block(example.hex), example.pan, under(example.key))).toEqual(digits('1234'));
    expect(openPinBlock(block(example.hex.toLowerCase()), example.pan, under(example.key))).toEqual(digits('1234'));
  });

  it('is AES(AES(PIN field) XOR PAN field), with the fields as the standard lays them out', () => {
    const field = bytes('441234AAAAAAAAAA0123456789ABCDEF');
    const account = bytes('44111111111111111000000000000000');
    const aes = (data: Uint8Array) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(data);
    const expected = aes(aes(field).map((byte, at) => byte ^ (account[at] ?? 0)));
    expect(sealPinBlock(digits('1234'), '4111111111111111', key, field.subarray(8)).hex).toBe(
      Buffer.from(expected).toString('hex').toUpperCase(),
    );
  });

  it('takes a card number shorter than twelve digits as if zeros stood before it', () => {
    const fill = bytes('0011223344556677');
    expect(sealPinBlock(digits('135790'), '12345678', key, fill)).toEqual(
      sealPinBlock(digits('135790'), '000012345678', key, fill),
    );
  });

  const anyPin = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 12 });
  const anyPan = fc.stringMatching(/^\d{1,19}$/);
  const anyKey = fc.uint8Array({ minLength: 16, maxLength: 16 });

  it('opens what it sealed, leaves the digits to their owner, and never seals alike twice', () => {
    fc.assert(
      fc.property(anyPin, anyPan, anyKey, (pin, pan, anotherKey) => {
        const typed = Uint8Array.from(pin);
        const sealed = sealPinBlock(typed, pan, anotherKey);
        expect(openPinBlock(sealed, pan, under(anotherKey))).toEqual(Uint8Array.from(pin));
        expect(typed).toEqual(Uint8Array.from(pin));
        expect(sealPinBlock(typed, pan, anotherKey).hex).not.toBe(sealed.hex);
      }),
    );
  });

  it('does not open for another card, under another key, or damaged', () => {
    const sealed = sealPinBlock(digits('135790'), '9999000000000000018', key, bytes('0011223344556677'));
    expect(openPinBlock(sealed, '9999000000000000026', under(key))).toBeNull();
    expect(openPinBlock(sealed, '9999000000000000018', under(bytes('00'.repeat(16))))).toBeNull();
    expect(
      openPinBlock(
        block(`${sealed.hex.startsWith('0') ? '1' : '0'}${sealed.hex.slice(1)}`),
        '9999000000000000018',
        under(key),
      ),
    ).toBeNull();
    expect(openPinBlock(block('1234'), '9999000000000000018', under(key))).toBeNull();
    expect(openPinBlock(block('zz'.repeat(16)), '9999000000000000018', under(key))).toBeNull();
  });

  it.each([
    ['three digits', () => sealPinBlock(digits('123'), '1', key)],
    ['thirteen digits', () => sealPinBlock(digits('1234567890123'), '1', key)],
    ['ASCII instead of values', () => sealPinBlock(Uint8Array.from(Buffer.from('135790')), '1', key)],
    ['a card number with letters', () => sealPinBlock(digits('1234'), '12X4', key)],
    ['a card number of 20 digits', () => openPinBlock(block('00'.repeat(16)), '1'.repeat(20), under(key))],
    ['a key of 8 bytes', () => sealPinBlock(digits('1234'), '1', key.subarray(8))],
  ])('refuses %s, without telling what it was', (_, work) => {
    expect(work).toThrow(RangeError);
    expect(work).not.toThrow(/135790|12X4/);
  });
});

describe('PIN block, ISO 9564-1 format 0', () => {
  const pan = '9999000000000000018';
  const iso0 = (hex: string) => ({ format: 'iso0-tdes', hex }) as const;
  const tdesKey = (anyKey: Uint8Array) => ({ 'iso0-tdes': anyKey });
  /** Two-key TDES by another name of the same cipher. */
  const tdes = (clear: Uint8Array, anyKey: Uint8Array) =>
    createCipheriv('des-ede', anyKey, null).setAutoPadding(false).update(clear);

  it.each(vectors.format0)('is TDES of the published clear block $block', ({ pin, pan: card, block: clear }) => {
    const expected = tdes(bytes(clear), key);
    const sealed = sealIso0PinBlock(digits(pin), card, key);
    expect(sealed).toEqual(iso0(Buffer.from(expected).toString('hex').toUpperCase()));
    expect(openPinBlock(sealed, card, tdesKey(key))).toEqual(digits(pin));
    expect(openPinBlock(iso0(sealed.hex.toLowerCase()), card, tdesKey(key))).toEqual(digits(pin));
  });

  it('opens what it sealed, and leaves the digits to their owner', () => {
    const anyPin = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 12 });
    const anyPan = fc.stringMatching(/^\d{1,19}$/);
    const anyKey = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(anyPin, anyPan, anyKey, (pin, card, anotherKey) => {
        const typed = Uint8Array.from(pin);
        const sealed = sealIso0PinBlock(typed, card, anotherKey);
        expect(openPinBlock(sealed, card, tdesKey(anotherKey))).toEqual(Uint8Array.from(pin));
        expect(typed).toEqual(Uint8Array.from(pin));
      }),
    );
  });

  it('does not give the PIN for another card, under another key, or damaged', () => {
    const sealed = sealIso0PinBlock(digits('135790'), pan, key);
    const damaged = iso0(`${sealed.hex.slice(0, -1)}${sealed.hex.endsWith('0') ? '1' : '0'}`);
    expect(openPinBlock(sealed, '9999000000000000026', tdesKey(key))).not.toEqual(digits('135790'));
    expect(openPinBlock(sealed, pan, tdesKey(bytes('00'.repeat(16))))).toBeNull();
    expect(openPinBlock(damaged, pan, tdesKey(key))).toBeNull();
    expect(openPinBlock(iso0(`${sealed.hex}00`), pan, tdesKey(key))).toBeNull();
    expect(openPinBlock(iso0('zz'.repeat(8)), pan, tdesKey(key))).toBeNull();
  });

  it.each<[string, string]>([
    ['another control nibble', '241234FFFFFFFFFF'],
    ['a PIN of three digits', '03123FFFFFFFFFFF'],
    ['a PIN of thirteen digits', '0D1234567890123F'],
    ['a digit that is none', '0412A4FFFFFFFFFF'],
    ['another filler', '041234FFFFFFFFFE'],
  ])('does not open %s', (_, field) => {
    // A card number of zeros leaves the PIN field as it is.
    const sealed = iso0(Buffer.from(tdes(bytes(field), key)).toString('hex'));
    expect(openPinBlock(sealed, '0000000000000', tdesKey(key))).toBeNull();
  });

  it('opens by the format that the block names, with that key alone', () => {
    const keys = { 'iso4-aes128': key, 'iso0-tdes': bytes('000102030405060708090A0B0C0D0E0F') };
    const four = sealPinBlock(digits('135790'), pan, keys['iso4-aes128']);
    const zero = sealIso0PinBlock(digits('135790'), pan, keys['iso0-tdes']);
    expect(openPinBlock(four, pan, keys)).toEqual(digits('135790'));
    expect(openPinBlock(zero, pan, keys)).toEqual(digits('135790'));
    expect(openPinBlock(four, pan, tdesKey(keys['iso0-tdes']))).toBeNull();
    expect(openPinBlock(zero, pan, under(keys['iso4-aes128']))).toBeNull();
    expect(openPinBlock({ ...zero, format: 'iso4-aes128' }, pan, keys)).toBeNull();
    expect(openPinBlock({ ...zero, format: 'iso3' } as unknown as PinBlock, pan, keys)).toBeNull();
  });

  it.each([
    ['three digits', () => sealIso0PinBlock(digits('123'), pan, key)],
    ['ASCII instead of values', () => sealIso0PinBlock(Uint8Array.from(Buffer.from('135790')), pan, key)],
    ['a card number with letters', () => sealIso0PinBlock(digits('1234'), '12X4', key)],
    ['a key of 24 bytes', () => sealIso0PinBlock(digits('1234'), pan, new Uint8Array(24))],
    ['half a block', () => tdesBlocks('seal', new Uint8Array(12), key)],
  ])('refuses %s, without telling what it was', (_, work) => {
    expect(work).toThrow(RangeError);
    expect(work).not.toThrow(/135790|12X4/);
  });
});
