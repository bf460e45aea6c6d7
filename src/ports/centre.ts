import type { Bill } from '../domain/bill.ts';
import type { CalendarDay } from '../domain/calendar-day.ts';
import type { SourceReason } from '../domain/charge-plan.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { LinkTerms, LinkVerdict } from '../domain/link-application.ts';
import type { LinkRecord, LinkStanding } from '../domain/link-record.ts';
import type { Fen } from '../domain/money.ts';
import type { AreaName, CardState, InsuranceKind, InsuranceStatus, Relation } from '../domain/person.ts';
import type { BookedRecord } from '../domain/reconciliation.ts';
import type { Secret } from '../domain/secret.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { Undo, UndoQuote } from '../domain/undo.ts';
import type { Credential } from './card-reader.ts';
import type { MsgId } from './ids.ts';
import type { WrappedPinKey } from './pin-key.ts';
import type { PinBlock, PinBlockFormat } from './pin-pad.ts';

/** What every message carries: who sends it, from where, when (R143 to R145). `at`: ms since the epoch. */
export interface Envelope {
  readonly msgId: MsgId;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  /** Of the operator's sign-in (9001); null where a message must get through without one. */
  readonly signNo: string | null;
  readonly at: number;
}

/** A refusal. `triesLeft` comes with PIN_WRONG; `fact` names the state that failed. No money has moved. */
export interface Decline {
  readonly code: DeclineCode;
  readonly triesLeft?: number;
  readonly fact?: CardState | InsuranceStatus;
  /** Of LINK_TOO_NEW: from when the link may be ended, ms since the epoch. */
  readonly notBefore?: number;
}
export interface Declined {
  readonly kind: 'declined';
  readonly decline: Decline;
}

export interface SignInRequest extends Envelope {
  /** The PIN block formats that the terminal's pads use. */
  readonly formats: readonly PinBlockFormat[];
}
/** 9001. `keys`: a new PIN key for each format, wrapped under the terminal's key; the terminal's earlier ones open no new
 *  block from now on. */
export interface SignedIn {
  readonly kind: 'signedIn';
  readonly signNo: string;
  readonly keys: readonly WrappedPinKey[];
}
export type SignInAnswer = SignedIn | Declined;

/** The centre's opaque reference to a card: fit for a journal, useless to anybody else. */
export type CardRef = string;

export interface IdentifyRequest extends Envelope {
  readonly credential: Credential;
}
/** 1101. `pan` is what a PIN block is bound to; the PIN length is the profile's. `voucher`: there when a 医保码 was shown,
 *  and only then; it stands in for the PIN of one settlement (R35): one use, short-lived, bound to card and terminal. */
export interface Identified {
  readonly kind: 'identified';
  readonly card: CardRef;
  readonly maskedName: string;
  readonly maskedCard: string;
  readonly pan: Secret<string>;
  readonly pinLength: number;
  readonly voucher?: Secret<string>;
}
export type IdentifyAnswer = Identified | Declined;

export interface QuoteRequest extends Envelope {
  readonly card: CardRef;
  readonly bill: Bill;
  /** Of the identification by a 医保码: not all that holds of a card holds of its holder's code (R35, R88). */
  readonly voucher?: Secret<string>;
}
/** 2101. */
export type QuoteAnswer = { readonly kind: 'quoted'; readonly quote: Quote } | Declined;

/** What shows that the customer agreed: the PIN; or the voucher that the centre gave for a 医保码 (R35); or, after
 *  QUOTE_STALE, the ticket that the centre gave for the PIN already verified or the voucher used up (one use, short-lived,
 *  bound to card and bill), so that nobody is asked twice; or nothing when no account pays. */
export type Authorisation =
  | { readonly kind: 'pin'; readonly pinBlock: PinBlock }
  | { readonly kind: 'voucher'; readonly voucher: Secret<string> }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'none' };

export interface SettleRequest extends Envelope {
  readonly card: CardRef;
  readonly bill: Bill;
  /** `Quote.digest` of what the customer agreed to. */
  readonly digest: string;
  readonly authorisation: Authorisation;
}
/** 2102. `stale`: the PIN or voucher was right but the quote is no longer true; nothing was charged, `quote` is the new
 *  one. Declined CODE_EXPIRED: the voucher is no good any more, and the customer has to show a new code. */
export type SettleAnswer =
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | { readonly kind: 'stale'; readonly quote: Quote; readonly ticket: string | null }
  | Declined;

export interface InquireRequest extends Envelope {
  readonly card: CardRef;
  /** As in a quote. */
  readonly voucher?: Secret<string>;
}
/** What the holder of a card may know: his own balances, and of his providers only whether they would pay. */
export interface Inquired {
  readonly kind: 'inquired';
  readonly maskedName: string;
  /** Null = no personal account. */
  readonly own: Fen | null;
  readonly wallet: Fen | null;
  readonly providers: readonly ProviderStanding[];
}
export interface ProviderStanding {
  readonly maskedName: string;
  readonly relation: Relation;
  /** `available` = would pay now; else why not. */
  readonly standing: 'available' | SourceReason;
}
export type InquireAnswer = Inquired | Declined;

export interface PreviewUndoRequest extends Envelope {
  readonly undo: 'cancel' | 'refund';
  readonly settlementId: string;
  /** What a refund gives back, in fen; null = all that is left. Null for a cancel. */
  readonly amount: Fen | null;
}
/** What it would give back to whom. Moves nothing. Declined as the undo itself would be. */
export type PreviewUndoAnswer = { readonly kind: 'previewed'; readonly quote: UndoQuote } | Declined;

export interface CancelRequest extends Envelope {
  readonly settlementId: string;
  /** `UndoQuote.digest` of what was agreed to. */
  readonly digest: string;
}
export interface RefundRequest extends CancelRequest {
  readonly amount: Fen | null;
}
/** 2103 and refund. Declines: ALREADY_REVERSED when nothing is left to give back, REFUND_TOO_MUCH, CANCEL_TOO_LATE for a
 *  cancel on another day than the settlement's, MESSAGE_REJECTED for a settlement that this institution has not.
 *  `undoStale`: what would be given back is no longer what was agreed to; nothing moved. */
export type UndoAnswer =
  | { readonly kind: 'undone'; readonly undo: Undo }
  | { readonly kind: 'undoStale'; readonly quote: UndoQuote }
  | Declined;

export interface ReverseRequest extends Envelope {
  /** The settle message that is to have settled nothing. */
  readonly of: MsgId;
}
/** 2601. Always succeeds for a settle message, as often as it is sent: gives back whatever of it has not been given back
 *  yet, and a message never seen is sealed, so that it settles nothing when it arrives (R128). `undo`: the negative
 *  record of that message's reversal, the same each time; null when there was nothing to give back. `sale`: what the message
 *  had settled, however much of it was given back before; left out where it settled nothing. The terminal has not heard of
 *  it, and its books need the whole (R148).
 *  Declined ALREADY_REVERSED for the message of a cancel or refund that was done: those are not taken back. */
export type ReverseAnswer =
  | { readonly kind: 'reversed'; readonly undo: Undo | null; readonly sale?: Settlement }
  | Declined;

/** The answer to a message that can move money. */
export type MoneyAnswer = SettleAnswer | UndoAnswer;

export interface QueryRequest extends Envelope {
  /** The message whose outcome is asked for. */
  readonly of: MsgId;
}
/** 5203 by message id, for settle, cancel and refund. `undone`: a settlement that has been given back whole since.
 *  `absent`: the centre has never seen it *and has sealed the id*, so that a request still under way moves nothing when it
 *  arrives (R128); the terminal may tell the customer that nothing was charged. */
export type QueryAnswer =
  | { readonly kind: 'found'; readonly answer: MoneyAnswer; readonly undone: boolean }
  | { readonly kind: 'absent' };

/** Whom somebody at an insurance office is about: a card or 医保码, or a number that the clerk has keyed in from the card or
 *  the ID card (R20, R10). */
export type PersonProof =
  | Credential
  | { readonly medium: 'ssCardNumber' | 'residentId'; readonly number: Secret<string> };

export interface LookUpRequest extends Envelope {
  readonly proof: PersonProof;
}
/** Somebody of the register, as an insurance office may see him. `pan`, `pinLength`: for a PIN entry of his. `voucher`: as in
 *  `Identified`. `pinLocked`: of a card that was read, whose PIN will not do (R79). Insurance that is not normal is no refusal here: why a link cannot be made is told as a whole. */
export interface LookedUp {
  readonly kind: 'lookedUp';
  readonly card: CardRef;
  readonly maskedName: string;
  readonly maskedCard: string;
  readonly maskedId: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: AreaName;
  readonly pan: Secret<string>;
  readonly pinLength: number;
  readonly voucher?: Secret<string>;
  readonly pinLocked?: true;
}
/** Declined: PERSON_NOT_FOUND for a number that is nobody's, CARD_FAKE for such a card; a card's state (R86) where a card
 *  was read; those of a 医保码. */
export type LookUpAnswer = LookedUp | Declined;

/** How a person at an insurance office has shown that he agrees to have his links looked at and changed: the card's PIN; the
 *  voucher of the 医保码 he has shown; or an ID card that the clerk has compared with him, where the profile takes
 *  documents (R10). */
export type DeskProof =
  | { readonly kind: 'pin'; readonly pinBlock: PinBlock }
  | { readonly kind: 'voucher'; readonly voucher: Secret<string> }
  | { readonly kind: 'idCard' };

export interface AdmitRequest extends Envelope {
  readonly card: CardRef;
  readonly proof: DeskProof;
}
/** `permit`: good for messages about this person's links from this terminal and operator until `expiresAt` (ms since the
 *  epoch), as often as wanted. */
export interface AdmittedToDesk {
  readonly kind: 'admitted';
  readonly permit: string;
  readonly expiresAt: number;
  readonly links: readonly LinkStanding[];
}
/** Declined: card state and PIN as a settlement would be (tries are counted before the comparison, R78), but not for the
 *  insurance. The same message twice is one entry. */
export type AdmitAnswer = AdmittedToDesk | Declined;

/** `permit`: whose links; he is the provider of the link asked for. */
export interface ExplainLinkRequest extends Envelope {
  readonly permit: string;
  readonly beneficiary: CardRef;
  readonly terms: LinkTerms;
  /** The link of the same provider that would be cancelled for it in one go (R8); null = none. */
  readonly replaces: string | null;
}
/** The dry run: writes nothing. Declined MESSAGE_REJECTED for a permit that is no good any more. */
export type ExplainLinkAnswer = { readonly kind: 'explained'; readonly verdict: LinkVerdict } | Declined;

export type LinkRequest = ExplainLinkRequest;
/** `linked`: made, and where it replaces one, that one is cancelled in the same transaction; `links` are the provider's
 *  from now on. `linkRefused`: all that stands in the way; nothing has changed. */
export type LinkAnswer =
  | { readonly kind: 'linked'; readonly record: LinkRecord; readonly links: readonly LinkStanding[] }
  | { readonly kind: 'linkRefused'; readonly verdict: LinkVerdict }
  | Declined;

export interface UnlinkRequest extends Envelope {
  readonly permit: string;
  readonly linkId: string;
  /** In somebody's words; not empty. */
  readonly reason: string;
  /** Which desk it is; a counter when left out. */
  readonly channel?: 'counter' | 'hospital';
}
/** Declined: LINK_NOT_FOUND for one that is not this person's or has ended; LINK_TOO_NEW before the profile's least days are
 *  over (R22); MESSAGE_REJECTED where this side may not end it (the beneficiary, unless the profile asks both, R12). */
export type UnlinkAnswer =
  | { readonly kind: 'unlinked'; readonly record: LinkRecord; readonly links: readonly LinkStanding[] }
  | Declined;

export interface ReconcileRequest extends Envelope {
  readonly day: CalendarDay;
  /** What the terminal holds for done on that day. */
  readonly records: readonly BookedRecord[];
}
/** 3201 and 3202 in one: what the centre has on record of that day for this terminal, and what this terminal did to links.
 *  Moves nothing. */
export interface Reconciled {
  readonly kind: 'reconciled';
  readonly day: CalendarDay;
  readonly records: readonly BookedRecord[];
  readonly links: readonly LinkRecord[];
}
export type ReconcileAnswer = Reconciled | Declined;

/** An answer, and which message it answers. Without that a refusal of one message that comes late would pass for the
 *  refusal of another, which may have been charged. */
export type Reply<A> = A & { readonly refMsgId: MsgId };

/** The insurer's side as a terminal sees it. Contract: every answer names the message that it answers; the `msgId` of a settle, cancel or refund message that comes twice
 *  gets the first answer again; the same id with other content is declined MESSAGE_REJECTED; a settle message that was
 *  sealed or reversed is declined ALREADY_REVERSED for ever; identify, quote, inquire and previewUndo move nothing and
 *  answer anew, but a 医保码 is used up by the first identify message that shows it and good for nothing but that
 *  message; an admit, link or unlink message that comes twice gets the first answer again; money moves in one
 *  transaction or not at all, and so do links. Faults: `CentreFault`, which for messages that move money
 *  means that the outcome is unknown, never that it was declined. */
export interface Centre {
  signIn(request: SignInRequest): Promise<Reply<SignInAnswer>>;
  identify(request: IdentifyRequest): Promise<Reply<IdentifyAnswer>>;
  inquire(request: InquireRequest): Promise<Reply<InquireAnswer>>;
  quote(request: QuoteRequest): Promise<Reply<QuoteAnswer>>;
  settle(request: SettleRequest): Promise<Reply<SettleAnswer>>;
  previewUndo(request: PreviewUndoRequest): Promise<Reply<PreviewUndoAnswer>>;
  cancel(request: CancelRequest): Promise<Reply<UndoAnswer>>;
  refund(request: RefundRequest): Promise<Reply<UndoAnswer>>;
  reverse(request: ReverseRequest): Promise<Reply<ReverseAnswer>>;
  query(request: QueryRequest): Promise<Reply<QueryAnswer>>;
  lookUp(request: LookUpRequest): Promise<Reply<LookUpAnswer>>;
  admit(request: AdmitRequest): Promise<Reply<AdmitAnswer>>;
  explainLink(request: ExplainLinkRequest): Promise<Reply<ExplainLinkAnswer>>;
  link(request: LinkRequest): Promise<Reply<LinkAnswer>>;
  unlink(request: UnlinkRequest): Promise<Reply<UnlinkAnswer>>;
  reconcile(request: ReconcileRequest): Promise<Reply<ReconcileAnswer>>;
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
