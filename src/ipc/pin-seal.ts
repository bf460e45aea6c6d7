import { type Sealed, seal } from './seal.ts';

/** The agreement with the PIN pad driver, drivers/pinpad/screen-pin-pad.ts. */
const info = 'gongji pin pad 1';
const plainBytes = 16;

/** The screen's half of the PIN pad: seals the digits for the driver's session, so that none crosses a process border in
 *  the clear. The plain text is 16 bytes: length, one byte a digit, zeros; so it has the same size for every PIN.
 *  Shapes: `digits` 4 to 12 values 0 to 9, `publicKey` that of the session (`PinView.publicKey`). `digits` is the
 *  caller's to wipe.
 *  Errors: `RangeError` for other digits, without them; those of `seal`. */
export async function sealDigits(digits: Uint8Array, session: string, publicKey: string): Promise<Sealed> {
  if (digits.length < 4 || digits.length > 12 || digits.some((digit) => digit > 9)) {
    throw new RangeError('PIN digits must be 4 to 12 values of 0 to 9');
  }
  // Of an ArrayBuffer of its own: V8 copies small arrays about, and such copies cannot be overwritten.
  const plain = new Uint8Array(new ArrayBuffer(plainBytes));
  plain[0] = digits.length;
  plain.set(digits, 1);
  try {
    return await seal(plain, { publicKey, salt: session, info });
  } finally {
    plain.fill(0);
  }
}
