import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sm4Block } from '../../src/ports/sm4.ts';

const block = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('SM4', () => {
  it("gives what OpenSSL's gives, and takes it back, in place", () => {
    fc.assert(
      fc.property(block, block, (key, plain) => {
        const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
        const expected = new Uint8Array(cipher.update(plain));
        const mine = Uint8Array.from(plain);
        sm4Block('seal', mine, key);
        expect(mine).toEqual(expected);
        sm4Block('open', mine, key);
        expect(mine).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  it('works on a part of a larger buffer and touches nothing else', () => {
    const buffer = new Uint8Array(24).fill(9);
    sm4Block('seal', buffer.subarray(4, 20), new Uint8Array(16));
    expect([...buffer.subarray(0, 4), ...buffer.subarray(20)]).toEqual(Array(8).fill(9));
    sm4Block('open', buffer.subarray(4, 20), new Uint8Array(16));
    expect(buffer).toEqual(new Uint8Array(24).fill(9));
  });

  it('leaves the key as it is', () => {
    const key = Uint8Array.from({ length: 16 }, (_, at) => at);
    sm4Block('seal', new Uint8Array(16), key);
    expect(key).toEqual(Uint8Array.from({ length: 16 }, (_, at) => at));
  });

  it('refuses keys and blocks of other lengths', () => {
    expect(() => sm4Block('seal', new Uint8Array(16), new Uint8Array(15))).toThrow(RangeError);
    expect(() => sm4Block('seal', new Uint8Array(32), new Uint8Array(16))).toThrow(RangeError);
  });
});
