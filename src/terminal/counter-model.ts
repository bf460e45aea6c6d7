import type { Bill } from '../domain/bill.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { CardState, InsuranceStatus } from '../domain/person.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { CardCredential, ReadFailure } from '../ports/card-reader.ts';
import type { Authorisation, Decline, Identified, SettleAnswer } from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';

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
  /** Something was scanned; `evoucher`: it has the form of a 医保码 (R94). */
  | { readonly type: 'code.scanned'; readonly evoucher: boolean }
  | { readonly type: 'key.confirm' }
  | { readonly type: 'key.cancel' }
  /** A notice has stood long enough; the machine's own. */
  | { readonly type: 'notice.over' };

/** The time-outs and intervals, all in milliseconds. Each waiting state has one; `query` is the first pause before the
 *  centre is asked for an unknown outcome, doubled each time up to `queryMax`. */
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
  readonly approved: number;
  readonly declined: number;
  readonly cancelled: number;
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
  approved: 30_000,
  declined: 20_000,
  cancelled: 6_000,
  attention: 800,
  notice: 10_000,
};

/** What a screen or a runner may ask of a state instead of its name. `driving`: goes on without a person;
 *  `acceptsSale`: a new sale may start; `cancellable`: no money can have moved, so the cancel key ends the sale;
 *  `confirmable`: the confirm key does something now; `takesCard`: a swipe is wanted now;
 *  `moneyMayMove`: it can have, so nothing but an answer of the centre ends the sale; `ended`: shows a result. */
export type CounterTag =
  | 'driving'
  | 'acceptsSale'
  | 'cancellable'
  | 'confirmable'
  | 'takesCard'
  | 'moneyMayMove'
  | 'ended';

/** How the last operation ended, as shown until the next one starts. */
export interface CounterResult {
  readonly kind: 'approved' | 'declined' | 'cancelled';
  readonly prompt: Prompt;
  readonly code: DeclineCode | null;
  readonly fact: CardState | InsuranceStatus | null;
  readonly settlement: Settlement | null;
}

/** What one sale knows; replaced as a whole by `nothing` when the sale ends, so that nothing of a customer stays. */
export interface SaleFacts {
  readonly draft: string;
  readonly bill: Bill | null;
  readonly credential: CardCredential | null;
  readonly customer: Identified | null;
  readonly quote: Quote | null;
  readonly ticket: string | null;
  /** What shows that the customer agreed; there only while `settling`. */
  readonly authorisation: Authorisation | null;
  /** The settle message whose outcome counts; also while it is unknown. */
  readonly msgId: MsgId | null;
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
  setback: null,
  readFailure: null,
  attempts: 0,
  cardReads: 0,
  pinEntries: 0,
  result: null,
};

export interface CounterContext extends SaleFacts {
  readonly operator: string | null;
  readonly notice: Prompt | null;
  /** True while the reader in use is unplugged; of the counter, not of a sale. */
  readonly readerLost: boolean;
  /** The time-out that runs in this state, for the screen. `endsAt`: ms since the epoch. */
  readonly countdown: { readonly endsAt: number; readonly totalMs: number } | null;
  /** Settle messages of an earlier run whose outcome is still to be asked for, oldest first. */
  readonly unresolved: readonly MsgId[];
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
  readonly msgId: MsgId;
  readonly operator: string;
  readonly card: string;
  readonly bill: Bill;
  readonly quote: Quote;
  readonly authorisation: Authorisation;
}
/** `notSent`: the journal could not note the message, so it never left the terminal. */
export type SettleOutput = SettleAnswer | { readonly kind: 'notSent' };

/** The pause before the next question about an unknown outcome: doubled each time, up to `queryMax`. */
export function queryPauseMs(context: Pick<CounterContext, 'delays' | 'queries'>): number {
  return Math.min(context.delays.query * 2 ** Math.min(context.queries, 16), context.delays.queryMax);
}
