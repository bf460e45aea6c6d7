import type { Secret } from '../domain/secret.ts';

/** What identifies a card, as a reader tells it. All numbers are secrets: they go to the centre and nowhere else. */
export type CardCredential =
  | {
      readonly medium: 'stripe';
      readonly pan: Secret<string>;
      readonly last4: string;
    }
  | {
      readonly medium: 'chip';
      /** First six characters of 卡识别码. */
      readonly region: string;
      readonly ssCardNumber: Secret<string>;
      readonly cardSn: Secret<string>;
      readonly socialSecurityNumber: Secret<string>;
      readonly name: Secret<string>;
      readonly last4: string;
    };

/** A 医保码 as scanned, of the form of R94: whoever shows it may pay with it once, so it is a secret like a card number. */
export interface EvoucherCredential {
  readonly medium: 'evoucher';
  readonly code: Secret<string>;
}

/** What a customer shows to say who pays. */
export type Credential = CardCredential | EvoucherCredential;

/** Why bytes from a reader did not become a card. Each has a prompt of its own. `encrypted`: the reader encrypts and
 *  nobody gave us its key, so the card is unknown however well it was read. */
export const readFailures = ['halfRead', 'noise', 'reversed', 'tooLong', 'blankCard', 'notACard', 'encrypted'] as const;
export type ReadFailure = (typeof readFailures)[number];

export type CardRead =
  | { readonly ok: true; readonly credential: CardCredential }
  | { readonly ok: false; readonly reason: ReadFailure };

export type CardReaderEvent =
  /** The first bytes of a card have come; a `read` follows, at the latest after the reader's own silence time-out. */
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly read: CardRead }
  | { readonly kind: 'gone'; readonly cause: string }
  | { readonly kind: 'back' };

export interface CardReaderInfo {
  readonly kind: 'virtual' | 'serial' | 'hid' | 'helper' | 'keyboard';
  readonly name: string;
}

/** A card reader. Contract (test/contract/card-reader.contract.ts runs on every adapter): listeners get events in the order
 *  of the bytes; bytes of one swipe never mix into the next; nothing is delivered after `close`, which may come twice;
 *  a listener that throws does not stop the others. */
export interface CardReader {
  readonly info: CardReaderInfo;
  subscribe(listener: (event: CardReaderEvent) => void): () => void;
  close(): Promise<void>;
}
