import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrapKey, wrapKey } from '../../src/ports/key-wrap.ts';

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('AES key wrap, RFC 3394', () => {
  it.each([
    { name: 'aes128-wrap', kekBytes: 16 },
    { name: 'aes256-wrap', kekBytes: 32 },
  ])("gives what OpenSSL's $name gives, and takes it back", ({ name, kekBytes }) => {
    fc.assert(
      fc.property(bytesOf(kekBytes), fc.constantFrom(16, 24, 32).chain(bytesOf), (kek, key) => {
        const cipher = createCipheriv(name, kek, Buffer.alloc(8, 0xa6));
        const expected = new Uint8Array(Buffer.concat([cipher.update(key), cipher.final()]));
        const wrapped = wrapKey(kek, key);
        expect(wrapped).toEqual(expected);
        expect(unwrapKey(kek, wrapped)).toEqual(key);
      }),
    );
  });

  it('a changed bit anywhere, or another key, unwraps nothing', () => {
    const kek = Uint8Array.from({ length: 32 }, (_, at) => at);
    const wrapped = wrapKey(kek, new Uint8Array(16).fill(5));
    for (let at = 0; at < wrapped.length; at++) {
      expect(unwrapKey(kek, wrapped.with(at, (wrapped[at] ?? 0) ^ 1))).toBeNull();
    }
    expect(unwrapKey(kek.with(0, 1), wrapped)).toBeNull();
  });

  it.each([0, 8, 16, 23, 25])('%i bytes are no wrapped key', (length) => {
    expect(unwrapKey(new Uint8Array(16), new Uint8Array(length))).toBeNull();
  });

  it('refuses keys of other lengths', () => {
    expect(() => wrapKey(new Uint8Array(15), new Uint8Array(16))).toThrow(RangeError);
    expect(() => wrapKey(new Uint8Array(16), new Uint8Array(8))).toThrow(RangeError);
    expect(() => wrapKey(new Uint8Array(16), new Uint8Array(17))).toThrow(RangeError);
    expect(() => unwrapKey(new Uint8Array(24), new Uint8Array(24))).toThrow(RangeError);
  });
});
