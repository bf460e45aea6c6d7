import type { PinBlockFormat } from './pin-pad.ts';

/** A PIN key as the centre hands it out: wrapped under the terminal's key (RFC 3394). */
export interface WrappedPinKey {
  readonly format: PinBlockFormat;
  readonly keyId: string;
  /** Hexadecimal: 24 bytes, 16 of the key and 8 that the unwrapping checks. */
  readonly wrapped: string;
  /** Key check value, 3 bytes hexadecimal. */
  readonly checkValue: string;
  /** After so many blocks the centre takes no more under this key. */
  readonly usesMax: number;
}

/** A PIN key in the clear, as a pad uses it. `key`: 16 bytes, its owner's. */
export interface PinKey {
  readonly format: PinBlockFormat;
  readonly keyId: string;
  readonly key: Uint8Array;
}

/** The PIN keys of the terminal's present sign-in.
 *  Faults: `PinKeyFault` from `accept` for a key that does not unwrap; nothing has changed then. */
export interface PinKeyHolder {
  readonly formats: readonly PinBlockFormat[];
  /** True while there is no key, or one of them is used up: sign in before the next PIN. */
  mustRenew(): boolean;
  /** Takes the keys of a sign-in in place of the earlier ones. */
  accept(keys: readonly WrappedPinKey[]): void;
  /** Forgets all keys: after the centre has refused one, and at sign-out. */
  drop(): void;
}

export class PinKeyFault extends Error {
  readonly code: 'notUnwrapped' | 'none';
  constructor(code: PinKeyFault['code'], message: string) {
    super(message);
    this.name = 'PinKeyFault';
    this.code = code;
  }
}
