import { wipeableBytes } from '../../src/ports/wipeable-bytes.ts';

/** ISO 9564-1: a PIN has 4 to 12 digits. */
export const pinLengthMin = 4;
export const pinLengthMax = 12;

/** The one place where PIN digits stand, as values 0 to 9 in one fixed buffer. They never become text. */
export class PinBuffer {
  readonly #digits = wipeableBytes(pinLengthMax);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** False when the digit was not taken: no digit, or no room. */
  push(digit: number): boolean {
    if (this.#count === pinLengthMax || !Number.isInteger(digit) || digit < 0 || digit > 9) return false;
    this.#digits[this.#count++] = digit;
    return true;
  }

  backspace(): void {
    if (this.#count > 0) this.#digits[--this.#count] = 0;
  }

  /** Overwrites the digits. */
  wipe(): void {
    this.#digits.fill(0);
    this.#count = 0;
  }

  /** A view of the digits, not a copy: wiping overwrites it too. */
  view(): Uint8Array {
    return this.#digits.subarray(0, this.#count);
  }
}
