import type { Fen } from '../domain/money.ts';
import type { Secret } from '../domain/secret.ts';

/** ISO 9564-1 format 4 under AES-128, the usual one; the same layout under SM4 (GB/T 32907); or format 0 (ANSI X9.8) under
 *  two-key TDES, which is what hardware pads make. */
export const pinBlockFormats = ['iso4-aes128', 'iso4-sm4', 'iso0-tdes'] as const;
export type PinBlockFormat = (typeof pinBlockFormats)[number];

/** An encrypted PIN block. Never digits. */
export interface PinBlock {
  readonly format: PinBlockFormat;
  /** Under which of the centre's PIN keys it is sealed. */
  readonly keyId: string;
  /** One cipher block: 32 hex digits in format 4, 16 in format 0. */
  readonly hex: string;
}

export type PinEntry = { readonly kind: 'entered'; readonly pinBlock: PinBlock } | { readonly kind: 'cancelled' };

export interface PinRequest {
  readonly pan: Secret<string>;
  /** Digits, 4 to 12. */
  readonly length: number;
  /** What the PIN agrees to, for pads with a display of their own. */
  readonly amount?: Fen;
}

export interface PinPadInfo {
  readonly kind: 'screen' | 'virtual' | 'serial' | 'hid';
  readonly name: string;
}

/** A PIN pad. The digits live in one buffer inside it, overwritten as soon as the block is made; what leaves it is the
 *  block and the number of digits typed so far. Contract (test/contract/pin-pad.contract.ts runs on every adapter): one
 *  entry at a time; `signal` ends an entry and wipes the buffer; keys while no entry is open are ignored; nothing of one
 *  entry gets into the next. Faults: `PinPadFault`. */
export interface PinPad {
  readonly info: PinPadInfo;
  enter(request: PinRequest, signal: AbortSignal): Promise<PinEntry>;
  /** Called with the number of digits typed, 0 when an entry opens or ends. Pads that do not tell their keys to anybody
   *  give the 0 alone. */
  subscribe(listener: (digitCount: number) => void): () => void;
}

/** `busy`: an entry is open already. `gone`: not connected, or lost during the entry. `failed`: the pad is there, but
 *  refuses, does not answer or answers what cannot be. */
export class PinPadFault extends Error {
  readonly code: 'busy' | 'gone' | 'failed';
  constructor(code: PinPadFault['code'], options?: ErrorOptions) {
    super(`PIN pad ${code}`, options);
    this.name = 'PinPadFault';
    this.code = code;
  }
}
