import { tdesBlocks } from '../../src/ports/pin-block.ts';

/** A two-part TDES key as a pad takes it: encrypted under the pad's master key, each half by itself.
 *  Errors: `RangeError` when one of them has not 16 bytes. */
export function sealedSessionKey(sessionKey: Uint8Array, masterKey: Uint8Array): Uint8Array {
  if (sessionKey.length !== 16) throw new RangeError('TDES session key must be 16 bytes');
  const sealed = Uint8Array.from(sessionKey);
  tdesBlocks('seal', sealed, masterKey);
  return sealed;
}
