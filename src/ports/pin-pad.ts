import type { Secret } from '../domain/secret.ts';

export type PinBlockFormat = 'iso4-aes128';

/** An encrypted PIN block, ISO 9564-1 format 4 under AES-128. Never digits. */
export interface PinBlock {
  readonly format: PinBlockFormat;
  /** 16 bytes as 32 hex digits. */
  readonly hex: string;
}

export type PinEntry = { readonly kind: 'entered'; readonly pinBlock: PinBlock } | { readonly kind: 'cancelled' };

/** A PIN pad. The digits live in one buffer inside it, overwritten as soon as the block is made; what leaves it is the
 *  block and the number of digits typed so far. Contract: one entry at a time; `signal` ends an entry and wipes the
 *  buffer; keys while no entry is open are ignored. Faults: `PinPadFault`. */
export interface PinPad {
  enter(request: { readonly pan: Secret<string>; readonly length: number }, signal: AbortSignal): Promise<PinEntry>;
  /** Called with the number of digits typed, 0 when an entry opens or ends. */
  subscribe(listener: (digitCount: number) => void): () => void;
}

export class PinPadFault extends Error {
  readonly code: 'busy' | 'gone';
  constructor(code: 'busy' | 'gone', options?: ErrorOptions) {
    super(`PIN pad ${code}`, options);
    this.name = 'PinPadFault';
    this.code = code;
  }
}
