import { tdesBlocks } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';

/** A two-part TDES key as a pad takes it: encrypted under the pad's master key, each half by itself.
 *  Errors: `RangeError` for a key that is not for TDES blocks, or when one of them has not 16 bytes. */
export function sealedSessionKey({ format, key }: PinKey, masterKey: Uint8Array): Uint8Array {
  if (format !== 'iso0-tdes') throw new RangeError(`a hardware pad seals iso0-tdes, not ${format}`);
  if (key.length !== 16) throw new RangeError('TDES session key must be 16 bytes');
  const sealed = Uint8Array.from(key);
  tdesBlocks('seal', sealed, masterKey);
  return sealed;
}
