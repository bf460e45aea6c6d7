import fc from 'fast-check';
import { expect } from 'vitest';
import type { Codec } from '../../../drivers/codec/decoded.ts';
import { cut, decodeAll, revealed } from './revealed.ts';

/** Holds for every codec whatever the bytes are: no throw, the same results for every way of cutting, nothing begun after
 *  the end, results no longer than what the bytes can hold. `pieces`: what the codec's frames are made of, so that chance
 *  comes by whole frames, too. */
export function expectAnyBytesHold(codec: Codec, pieces: readonly Uint8Array[]): void {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.uint8Array({ maxLength: 2 })), { maxLength: 40 })
      .map(Buffer.concat),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (all, sizes) => {
      const whole = revealed(decodeAll(codec, [all]));
      expect(revealed(decodeAll(codec, cut(all, sizes)))).toEqual(whole);
      expect(JSON.stringify(whole).length).toBeLessThan(400 + 400 * all.length);
      const decoder = codec.decoder();
      decoder.push(all);
      decoder.end();
      expect(decoder.midFrame).toBe(false);
      expect(decoder.end()).toEqual([]);
    }),
  );
}
