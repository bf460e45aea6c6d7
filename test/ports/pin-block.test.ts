import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPinBlock, sealPinBlock } from '../../src/ports/pin-block.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const digits = (text: string) => Uint8Array.from(text, Number);
const key = bytes('00112233445566778899AABBCCDDEEFF');
const block = (hex: string) => ({ format: 'iso4-aes128', hex }) as const;

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
    expect(openPinBlock(block(example.hex), example.pan, example.key)).toEqual(digits('1234'));
    expect(openPinBlock(block(example.hex.toLowerCase()), example.pan, example.key)).toEqual(digits('1234'));
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
        expect(openPinBlock(sealed, pan, anotherKey)).toEqual(Uint8Array.from(pin));
        expect(typed).toEqual(Uint8Array.from(pin));
        expect(sealPinBlock(typed, pan, anotherKey).hex).not.toBe(sealed.hex);
      }),
    );
  });

  it('does not open for another card, under another key, or damaged', () => {
    const sealed = sealPinBlock(digits('135790'), '9999000000000000018', key, bytes('0011223344556677'));
    expect(openPinBlock(sealed, '9999000000000000026', key)).toBeNull();
    expect(openPinBlock(sealed, '9999000000000000018', bytes('00'.repeat(16)))).toBeNull();
    expect(
      openPinBlock(
        block(`${sealed.hex.startsWith('0') ? '1' : '0'}${sealed.hex.slice(1)}`),
        '9999000000000000018',
        key,
      ),
    ).toBeNull();
    expect(openPinBlock(block('1234'), '9999000000000000018', key)).toBeNull();
    expect(openPinBlock(block('zz'.repeat(16)), '9999000000000000018', key)).toBeNull();
  });

  it.each([
    ['three digits', () => sealPinBlock(digits('123'), '1', key)],
    ['thirteen digits', () => sealPinBlock(digits('1234567890123'), '1', key)],
    ['ASCII instead of values', () => sealPinBlock(Uint8Array.from(Buffer.from('135790')), '1', key)],
    ['a card number with letters', () => sealPinBlock(digits('1234'), '12X4', key)],
    ['a card number of 20 digits', () => openPinBlock(block('00'.repeat(16)), '1'.repeat(20), key)],
    ['a key of 8 bytes', () => sealPinBlock(digits('1234'), '1', key.subarray(8))],
  ])('refuses %s, without telling what it was', (_, work) => {
    expect(work).toThrow(RangeError);
    expect(work).not.toThrow(/135790|12X4/);
  });
});
