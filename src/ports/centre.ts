import type { Bill } from '../domain/bill.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { CardState, InsuranceStatus } from '../domain/person.ts';
import type { Secret } from '../domain/secret.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { CardCredential } from './card-reader.ts';
import type { MsgId } from './ids.ts';
import type { PinBlock } from './pin-pad.ts';

/** What every message carries: who sends it, from where, when (R143 to R145). `at`: ms since the epoch. */
export interface Envelope {
  readonly msgId: MsgId;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  readonly at: number;
}

/** A refusal. `triesLeft` comes with PIN_WRONG; `fact` names the state that failed. No money has moved. */
export interface Decline {
  readonly code: DeclineCode;
  readonly triesLeft?: number;
  readonly fact?: CardState | InsuranceStatus;
}
export interface Declined {
  readonly kind: 'declined';
  readonly decline: Decline;
}

/** The centre's opaque reference to a card: fit for a journal, useless to anybody else. */
export type CardRef = string;

export interface IdentifyRequest extends Envelope {
  readonly credential: CardCredential;
}
/** 1101. `pan` is what a PIN block is bound to; the PIN length is the profile's. */
export interface Identified {
  readonly kind: 'identified';
  readonly card: CardRef;
  readonly maskedName: string;
  readonly maskedCard: string;
  readonly pan: Secret<string>;
  readonly pinLength: number;
}
export type IdentifyAnswer = Identified | Declined;

export interface QuoteRequest extends Envelope {
  readonly card: CardRef;
  readonly bill: Bill;
}
/** 2101. */
export type QuoteAnswer = { readonly kind: 'quoted'; readonly quote: Quote } | Declined;

/** What shows that the customer agreed: the PIN; or, after QUOTE_STALE, the ticket that the centre gave for the PIN
 *  already verified (one use, short-lived, bound to card and bill), so that it is asked once only; or nothing when no
 *  account pays. */
export type Authorisation =
  | { readonly kind: 'pin'; readonly pinBlock: PinBlock }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'none' };

export interface SettleRequest extends Envelope {
  readonly card: CardRef;
  readonly bill: Bill;
  /** `Quote.digest` of what the customer agreed to. */
  readonly digest: string;
  readonly authorisation: Authorisation;
}
/** 2102. `stale`: the PIN was right but the quote is no longer true; nothing was charged, `quote` is the new one. */
export type SettleAnswer =
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | { readonly kind: 'stale'; readonly quote: Quote; readonly ticket: string | null }
  | Declined;

export interface QueryRequest extends Envelope {
  /** The message whose outcome is asked for. */
  readonly of: MsgId;
}
/** 5203 by message id. `absent`: the centre has never seen it *and has sealed the id*, so that a request still under
 *  way settles nothing when it arrives (R128); the terminal may tell the customer that nothing was charged. */
export type QueryAnswer = { readonly kind: 'found'; readonly answer: SettleAnswer } | { readonly kind: 'absent' };

/** The insurer's side as a terminal sees it. Contract: the `msgId` of a settle message that comes twice gets the first
 *  answer again; the same id with other content is declined MESSAGE_REJECTED; identify and quote move nothing and answer
 *  anew; money moves in one transaction or not at all. Faults: `CentreFault`, which for `settle` means that the outcome
 *  is unknown, never that it was declined. */
export interface Centre {
  identify(request: IdentifyRequest): Promise<IdentifyAnswer>;
  quote(request: QuoteRequest): Promise<QuoteAnswer>;
  settle(request: SettleRequest): Promise<SettleAnswer>;
  query(request: QueryRequest): Promise<QueryAnswer>;
}

/** `noAnswer`: nothing came back in time; `storeDown`: the centre's store is not to be had; `brokenAnswer`: what came
 *  back cannot be read. */
export class CentreFault extends Error {
  readonly code: 'noAnswer' | 'storeDown' | 'brokenAnswer';
  constructor(code: CentreFault['code'], options?: ErrorOptions) {
    super(`centre: ${code}`, options);
    this.name = 'CentreFault';
    this.code = code;
  }
}
