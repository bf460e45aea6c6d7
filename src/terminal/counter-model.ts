import type { Bill } from '../domain/bill.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { Fen } from '../domain/money.ts';
import type { CardState, InsuranceStatus } from '../domain/person.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { Undo, UndoQuote } from '../domain/undo.ts';
import type { CardCredential, Credential, EvoucherCredential, ReadFailure } from '../ports/card-reader.ts';
import type { Authorisation, Decline, Identified, SettleAnswer, UndoAnswer } from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';
import type { Intent, OpenIntent } from '../ports/journal.ts';
import type { PinEntry } from '../ports/pin-pad.ts';

/** What can happen at the counter. No event carries a PIN: the PIN pad's actor hands over a block. */
export type CounterEvent =
  | { readonly type: 'operator.signedIn'; readonly operator: string }
  | { readonly type: 'operator.signedOut' }
  /** The amount as it is being typed; empty text takes the typing back. */
  | { readonly type: 'amount.edited'; readonly text: string }
  /** What was typed is no amount: say so, change nothing. */
  | { readonly type: 'amount.refused'; readonly prompt: PromptId }
  | { readonly type: 'sale.started'; readonly bill: Bill }
  | { readonly type: 'card.reading' }
  | { readonly type: 'card.swiped'; readonly credential: CardCredential }
  | { readonly type: 'card.failed'; readonly reason: ReadFailure }
  /** A card whose reading began when none was wanted, or was called off: it belongs to no sale. */
  | { readonly type: 'card.dropped' }
  /** A card was swiped at a reader that is plugged in and not in use. */
  | { readonly type: 'card.elsewhere' }
  /** The reader in use is unplugged, or plugged in again. `cause` is for people. */
  | { readonly type: 'reader.gone'; readonly cause: string }
  | { readonly type: 'reader.back' }
  /** Something was scanned; null: it has not the form of a 医保码 (R94). */
  | { readonly type: 'code.scanned'; readonly credential: EvoucherCredential | null }
  /** The operator has chosen a sale of the list to be given back; `amount` null = all that is left. */
  | { readonly type: 'undo.chosen'; readonly undo: UndoChoice }
  /** A settled message is to be reversed: whoever asked for the sale could not use its answer. */
  | { readonly type: 'reversal.requested'; readonly intent: ReversalOf }
  /** A supervisor takes the next step about an unknown outcome now instead of at the end of the countdown. */
  | { readonly type: 'supervisor.push'; readonly step: 'query' | 'reverse' }
  /** A supervisor writes the unknown outcome down as a suspended item (挂账); the counter is free again. */
  | { readonly type: 'supervisor.suspend'; readonly by: string; readonly reason: string }
  /** A suspended item is to be asked for again. */
  | { readonly type: 'suspended.reopened'; readonly msgId: MsgId }
  | { readonly type: 'key.confirm' }
  | { readonly type: 'key.cancel' }
  /** A notice has stood long enough; the machine's own. */
  | { readonly type: 'notice.over' };

/** A sale to be given back. Units: fen. */
export interface UndoChoice {
  readonly kind: 'cancel' | 'refund';
  readonly settlementId: string;
  readonly amount: Fen | null;
}

/** A settle message to be reversed though its answer has come. */
export interface ReversalOf {
  readonly msgId: MsgId;
  readonly amount: Fen;
}

/** The time-outs and intervals, all in milliseconds. Each waiting state has one; `query` is the first pause before the
 *  centre is asked for an unknown outcome, doubled each time up to `queryMax`; the same intervals go for reversals. */
export interface CounterDelays {
  readonly enterAmount: number;
  readonly card: number;
  readonly read: number;
  readonly identify: number;
  readonly amount: number;
  readonly quote: number;
  readonly retry: number;
  readonly pin: number;
  readonly confirmQuote: number;
  readonly settle: number;
  readonly query: number;
  readonly queryMax: number;
  readonly queryAnswer: number;
  readonly signIn: number;
  readonly previewUndo: number;
  readonly confirmUndo: number;
  readonly undo: number;
  readonly approved: number;
  readonly declined: number;
  readonly cancelled: number;
  readonly undone: number;
  readonly suspended: number;
  /** How long a result or a new quote stands before a key is taken for it: a second Enter of the PIN is not an answer to
   *  what nobody has read yet. */
  readonly attention: number;
  /** How long a notice stands, and a sentence about a bad read, while nobody does anything. */
  readonly notice: number;
}

export const defaultDelays: CounterDelays = {
  enterAmount: 60_000,
  card: 60_000,
  read: 5_000,
  identify: 10_000,
  amount: 60_000,
  quote: 10_000,
  retry: 500,
  pin: 30_000,
  confirmQuote: 60_000,
  settle: 15_000,
  query: 3_000,
  queryMax: 60_000,
  queryAnswer: 10_000,
  signIn: 10_000,
  previewUndo: 10_000,
  confirmUndo: 60_000,
  undo: 15_000,
  approved: 30_000,
  declined: 20_000,
  cancelled: 6_000,
  undone: 30_000,
  suspended: 30_000,
  attention: 800,
  notice: 10_000,
};

/** What a screen or a runner may ask of a state instead of its name. `driving`: goes on without a person;
 *  `acceptsSale`: a new sale may start; `cancellable`: no money can have moved, so the cancel key ends the sale;
 *  `confirmable`: the confirm key does something now; `takesCard`: a card, or a 医保码, is wanted now;
 *  `moneyMayMove`: it can have, so nothing but an answer of the centre ends the sale; `ended`: shows a result. */
export type CounterTag =
  | 'driving'
  | 'acceptsSale'
  | 'cancellable'
  | 'confirmable'
  | 'takesCard'
  | 'moneyMayMove'
  | 'ended';

/** After so many questions without an answer a settle message is reversed. */
export const queriesMax = 3;

/** A message that may have moved money. `step`: what the terminal does next about it by itself. For a settle message
 *  that is a question, and after `queriesMax` of them a reversal; once a reversal may have been sent nothing but a
 *  reversal resolves it. A cancel or refund is only ever asked for: it is not taken back. */
export interface PendingOutcome extends OpenIntent {
  readonly step: 'query' | 'reverse';
  /** Its answer had come, and it is to be reversed all the same: the journal holds it for done and must open it again. */
  readonly wasSettled: boolean;
}

/** Why no new sale starts while an outcome is unknown: D61 while a reversal is due, D60 else (R125, R127). */
export function codeOfPending({ step }: Pick<PendingOutcome, 'step'>): DeclineCode {
  return step === 'reverse' ? 'PENDING_REVERSAL' : 'UNKNOWN_OUTCOME';
}

/** How the last operation ended, as shown until the next one starts. `undone`: a cancel or refund was done, or a
 *  reversal; `suspended`: nobody knows, and it is written down. */
export interface CounterResult {
  readonly kind: 'approved' | 'declined' | 'cancelled' | 'undone' | 'suspended';
  readonly prompt: Prompt;
  readonly code: DeclineCode | null;
  readonly fact: CardState | InsuranceStatus | null;
  readonly settlement: Settlement | null;
  readonly undo: Undo | null;
}

/** What one sale knows; replaced as a whole by `nothing` when the sale ends, so that nothing of a customer stays. */
export interface SaleFacts {
  readonly draft: string;
  readonly bill: Bill | null;
  readonly credential: Credential | null;
  readonly customer: Identified | null;
  readonly quote: Quote | null;
  readonly ticket: string | null;
  /** What shows that the customer agreed; there only while `settling`. */
  readonly authorisation: Authorisation | null;
  /** The message whose outcome counts; also while it is unknown. */
  readonly msgId: MsgId | null;
  /** The same message as the journal notes it, from the moment it is made until its outcome counts. */
  readonly intent: Intent | null;
  /** What is to be given back, and what that would come to. */
  readonly undoChoice: UndoChoice | null;
  readonly undoQuote: UndoQuote | null;
  /** The message whose outcome is unknown, there in `unknown` only. */
  readonly pending: PendingOutcome | null;
  /** The last answer that did not end the sale: wrong PIN with the tries left, a bad read, a stale quote. */
  readonly setback: Decline | null;
  readonly readFailure: ReadFailure | null;
  readonly attempts: number;
  readonly cardReads: number;
  readonly pinEntries: number;
  readonly result: CounterResult | null;
}

export const nothing: SaleFacts = {
  draft: '',
  bill: null,
  credential: null,
  customer: null,
  quote: null,
  ticket: null,
  authorisation: null,
  msgId: null,
  intent: null,
  undoChoice: null,
  undoQuote: null,
  pending: null,
  setback: null,
  readFailure: null,
  attempts: 0,
  cardReads: 0,
  pinEntries: 0,
  result: null,
};

export interface CounterContext extends SaleFacts {
  readonly operator: string | null;
  /** Who is signing in; null when nobody is, and while the operator of the start is signed in again. */
  readonly newOperator: string | null;
  readonly notice: Prompt | null;
  /** True while the reader in use is unplugged; of the counter, not of a sale. */
  readonly readerLost: boolean;
  /** The time-out that runs in this state, for the screen. `endsAt`: ms since the epoch. */
  readonly countdown: { readonly endsAt: number; readonly totalMs: number } | null;
  /** Messages of an earlier run whose outcome is still to be asked for after the pending one, oldest first. */
  readonly unresolved: readonly OpenIntent[];
  /** Suspended items that nobody has resolved yet, oldest first. */
  readonly suspended: readonly OpenIntent[];
  readonly queries: number;
  readonly delays: CounterDelays;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface CounterInput {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly delays: CounterDelays;
  /** Who is signed in at the start; null starts signed out. */
  readonly operator: string | null;
}

export interface SettleInput {
  readonly intent: Intent;
  readonly bill: Bill;
  readonly quote: Quote;
  readonly authorisation: Authorisation;
}
/** `notSent`: the journal could not note the message, so it never left the terminal. */
export type SettleOutput = SettleAnswer | { readonly kind: 'notSent' };

export interface UndoInput {
  readonly intent: Intent;
  readonly choice: UndoChoice;
  readonly quote: UndoQuote;
}
export type UndoOutput = UndoAnswer | { readonly kind: 'notSent' };

/** `refused`: the PIN key had to be renewed first, and the centre refuses the sign-in. */
export type PinOutput = PinEntry | { readonly kind: 'refused'; readonly decline: Decline };

export interface PendingInput {
  readonly pending: PendingOutcome;
  readonly operator: string;
  /** What a settle message asked for. Null for one of an earlier run, of which only the journal knows. */
  readonly agreed: { readonly bill: Bill; readonly quote: Quote } | null;
}
export interface SuspendInput {
  readonly pending: PendingOutcome;
  readonly by: string;
  readonly reason: string;
}

/** The pause before the next question about an unknown outcome: doubled each time, up to `queryMax`. */
export function queryPauseMs(context: Pick<CounterContext, 'delays' | 'queries'>): number {
  return Math.min(context.delays.query * 2 ** Math.min(context.queries, 16), context.delays.queryMax);
}

/** How long it stands that nothing was charged or given back: longer when somebody has waited to find that out. */
export function cancelledMs({ delays, result }: Pick<CounterContext, 'delays' | 'result'>): number {
  const wasFoundOut = result?.prompt.id === 'notCharged' || result?.prompt.id === 'undoNotDone';
  return wasFoundOut ? delays.declined : delays.cancelled;
}
