import { assign, fromPromise, setup } from 'xstate';
import type { Bill } from '../domain/bill.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import { formatYuan } from '../domain/money.ts';
import type { CardState, InsuranceStatus } from '../domain/person.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { CardCredential, ReadFailure } from '../ports/card-reader.ts';
import {
  type Authorisation,
  CentreFault,
  type Decline,
  type Identified,
  type IdentifyAnswer,
  type QueryAnswer,
  type QuoteAnswer,
  type SettleAnswer,
} from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';
import type { Intent } from '../ports/journal.ts';
import { type PinEntry, PinPadFault } from '../ports/pin-pad.ts';

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
  | { readonly type: 'key.confirm' }
  | { readonly type: 'key.cancel' };

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
  /** How long a sentence about a bad read or a bad amount stands while nobody does anything. */
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
 *  `confirmable`: the confirm key does something now;
 *  `moneyMayMove`: it can have, so nothing but an answer of the centre ends the sale; `ended`: shows a result. */
export type CounterTag = 'driving' | 'acceptsSale' | 'cancellable' | 'confirmable' | 'moneyMayMove' | 'ended';

/** How often a message that moves no money is sent before the sale is given up: asking twice is harmless, unlike for
 *  `settle`, which is sent once. */
const askAttemptsMax = 3;

/** How the last operation ended, as shown until the next one starts. */
export interface CounterResult {
  readonly kind: 'approved' | 'declined' | 'cancelled';
  readonly prompt: Prompt;
  readonly code: DeclineCode | null;
  readonly fact: CardState | InsuranceStatus | null;
  readonly settlement: Settlement | null;
}

/** What one sale knows; replaced as a whole by `nothing` when the sale ends, so that nothing of a customer stays. */
interface SaleFacts {
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

const nothing: SaleFacts = {
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

type Outcome = Omit<CounterResult, 'settlement'> & { readonly settlement?: Settlement };

function approved(settlement: Settlement): Outcome {
  const { cash } = settlement.split;
  const prompt: Prompt =
    cash > 0 ? { id: 'approvedWithCash', params: { cash: formatYuan(cash) } } : { id: 'approved', params: {} };
  return { kind: 'approved', prompt, code: null, fact: null, settlement };
}

function declined(decline: Decline): Outcome {
  const prompt: Prompt = { id: 'declined', params: { code: decline.code } };
  return { kind: 'declined', prompt, code: decline.code, fact: decline.fact ?? null };
}

function cancelled(id: PromptId, code: DeclineCode | null = null): Outcome {
  return { kind: 'cancelled', prompt: { id, params: {} }, code, fact: null };
}

/** The outcome of an answer that ends the sale. Throws for one that does not: the guards keep those away. */
function outcomeOf(answer: SettleOutput): Outcome {
  if (answer.kind === 'settled') return approved(answer.settlement);
  return declined(declineOf(answer));
}

/** What a question about an unknown outcome came to. A stale answer moved nothing, so the sale can be done again. */
function resolvedOutcome(answer: QueryAnswer): Outcome {
  if (answer.kind === 'absent' || answer.answer.kind === 'stale') return cancelled('notCharged');
  return outcomeOf(answer.answer);
}

function declinedBy(answer: IdentifyAnswer | QuoteAnswer): Outcome {
  return declined(declineOf(answer));
}

function declineOf(answer: IdentifyAnswer | QuoteAnswer | SettleOutput): Decline {
  if (answer.kind !== 'declined') throw new Error(`counter machine: ${answer.kind} is no decline`);
  return answer.decline;
}

function identified(answer: IdentifyAnswer): Identified {
  if (answer.kind !== 'identified') throw new Error(`counter machine: ${answer.kind} is no customer`);
  return answer;
}

function quoted(answer: QuoteAnswer): Quote {
  if (answer.kind !== 'quoted') throw new Error(`counter machine: ${answer.kind} is no quote`);
  return answer.quote;
}

function staleOf(answer: SettleOutput): { quote: Quote; ticket: string | null } {
  if (answer.kind !== 'stale') throw new Error(`counter machine: ${answer.kind} is no new quote`);
  return { quote: answer.quote, ticket: answer.ticket };
}

function pinAuthorisation(entry: PinEntry): Authorisation {
  if (entry.kind !== 'entered') throw new Error('counter machine: no PIN was entered');
  return { kind: 'pin', pinBlock: entry.pinBlock };
}

/** An invariant of the machine does not hold: a bug, which ends in `outOfService`. */
function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`counter machine: no ${what} in this state`);
  return value;
}

/** The pause before the next question about an unknown outcome: doubled each time, up to `queryMax`. */
export function queryPauseMs(context: Pick<CounterContext, 'delays' | 'queries'>): number {
  return Math.min(context.delays.query * 2 ** Math.min(context.queries, 16), context.delays.queryMax);
}

const notProvided = () => Promise.reject(new Error('actor not provided'));

const counterSetup = setup({
  types: {
    context: {} as CounterContext,
    events: {} as CounterEvent,
    input: {} as CounterInput,
    tags: {} as CounterTag,
  },
  actors: {
    recover: fromPromise<readonly Intent[]>(notProvided),
    identify: fromPromise<IdentifyAnswer, { credential: CardCredential; operator: string }>(notProvided),
    quote: fromPromise<QuoteAnswer, { card: string; bill: Bill; operator: string }>(notProvided),
    enterPin: fromPromise<PinEntry, { customer: Identified }>(notProvided),
    settle: fromPromise<SettleOutput, SettleInput>(notProvided),
    query: fromPromise<QueryAnswer, { msgId: MsgId; operator: string }>(notProvided),
  },
  actions: {
    forgetCustomer: assign(() => ({ ...nothing, notice: null, countdown: null })),
    startCountdown: assign(({ context }, params: { ms: number }) => ({
      countdown: { endsAt: context.clock.now() + params.ms, totalMs: params.ms },
    })),
    stopCountdown: assign({ countdown: null }),
    say: assign((_, params: { id: PromptId }) => ({ notice: { id: params.id, params: {} } })),
    setBill: assign((_, params: { bill: Bill }) => ({ bill: params.bill, notice: null })),
    setDraft: assign((_, params: { text: string }) => ({ draft: params.text, notice: null })),
    takeCard: assign(({ context }, params: { credential: CardCredential }) => ({
      credential: params.credential,
      cardReads: context.cardReads + 1,
      readFailure: null,
      setback: null,
      notice: null,
      attempts: 0,
    })),
    noteReadFailure: assign((_, params: { reason: ReadFailure }) => ({
      readFailure: params.reason,
      setback: { code: 'CARD_UNREADABLE' as const },
    })),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    setCustomer: assign((_, params: { customer: Identified }) => ({
      customer: params.customer,
      credential: null,
      notice: null,
      attempts: 0,
    })),
    setQuote: assign((_, params: { quote: Quote }) => ({ quote: params.quote, notice: null, attempts: 0 })),
    setStaleQuote: assign((_, params: { quote: Quote; ticket: string | null }) => ({
      quote: params.quote,
      ticket: params.ticket,
      notice: null,
      setback: { code: 'QUOTE_STALE' as const },
    })),
    noteWrongPin: assign((_, params: { decline: Decline }) => ({ setback: params.decline, notice: null })),
    authorise: assign(({ context }, params: { authorisation: Authorisation }) => ({
      authorisation: params.authorisation,
      ticket: null,
      setback: null,
      notice: null,
      msgId: context.ids.nextMsgId(),
      pinEntries: context.pinEntries + (params.authorisation.kind === 'pin' ? 1 : 0),
    })),
    authoriseByTicket: assign(({ context }) => ({
      authorisation:
        context.ticket === null ? { kind: 'none' as const } : { kind: 'ticket' as const, ticket: context.ticket },
      ticket: null,
      setback: null,
      notice: null,
      msgId: context.ids.nextMsgId(),
    })),
    dropAuthorisation: assign({ authorisation: null }),
    end: assign((_, params: Outcome) => ({
      result: { settlement: null, ...params },
      setback: null,
      notice: null,
      credential: null,
      customer: null,
      ticket: null,
      unresolved: [],
      queries: 0,
    })),
    setUnresolved: assign((_, params: { intents: readonly Intent[] }) => ({
      unresolved: params.intents.map((intent) => intent.msgId),
      msgId: params.intents[0]?.msgId ?? null,
    })),
    nextUnresolved: assign(({ context }) => {
      const unresolved = context.unresolved.filter((msgId) => msgId !== context.msgId);
      return { ...nothing, unresolved, msgId: unresolved[0] ?? null, queries: 0 };
    }),
    countQuery: assign(({ context }) => ({ queries: context.queries + 1 })),
    signIn: assign((_, params: { operator: string }) => ({ operator: params.operator, notice: null })),
    signOut: assign({ operator: null }),
  },
  guards: {
    hasUnresolved: ({ context }) => context.unresolved.length > 0,
    hasBill: ({ context }) => context.bill !== null,
    hasDraft: ({ context }) => context.draft !== '',
    mustAskPin: ({ context }) => context.quote?.needsPin === true && context.ticket === null,
    needsPin: (_, params: { quote: Quote }) => params.quote.needsPin,
    canAskAgain: ({ context }) => context.attempts + 1 < askAttemptsMax,
    hasMoreUnresolved: ({ context }) => context.unresolved.some((msgId) => msgId !== context.msgId),
    isEmptyText: (_, params: { text: string }) => params.text === '',
    isAny: (_, params: { count: number }) => params.count > 0,
    isKind: (_, params: { kind: string; is: string }) => params.kind === params.is,
    /** An error that is no fault of a port is a bug of ours, and nothing should be charged on top of it. */
    isBug: (_, params: { error: unknown }) =>
      !(params.error instanceof CentreFault || params.error instanceof PinPadFault),
    isSignedOut: ({ context }) => context.operator === null,
    isSettledAfterAll: (_, params: { answer: QueryAnswer }) =>
      params.answer.kind === 'found' && params.answer.answer.kind === 'settled',
    isDeclinedAfterAll: (_, params: { answer: QueryAnswer }) =>
      params.answer.kind === 'found' && params.answer.answer.kind === 'declined',
    isWrongPin: (_, params: { answer: SettleOutput }) =>
      params.answer.kind === 'declined' && params.answer.decline.code === 'PIN_WRONG',
  },
  delays: {
    enterAmount: ({ context }) => context.delays.enterAmount,
    card: ({ context }) => context.delays.card,
    read: ({ context }) => context.delays.read,
    identify: ({ context }) => context.delays.identify,
    amount: ({ context }) => context.delays.amount,
    quote: ({ context }) => context.delays.quote,
    retry: ({ context }) => context.delays.retry,
    pin: ({ context }) => context.delays.pin,
    confirmQuote: ({ context }) => context.delays.confirmQuote,
    settle: ({ context }) => context.delays.settle,
    nextQuery: ({ context }) => queryPauseMs(context),
    queryAnswer: ({ context }) => context.delays.queryAnswer,
    approved: ({ context }) => context.delays.approved,
    declined: ({ context }) => context.delays.declined,
    cancelled: ({ context }) => context.delays.cancelled,
    attention: ({ context }) => context.delays.attention,
    notice: ({ context }) => context.delays.notice,
  },
});

/** Starts the countdown of a waiting state; its exit is `stopCountdown`. */
const countdown = (delay: keyof CounterDelays) => ({
  type: 'startCountdown' as const,
  params: ({ context }: { context: CounterContext }) => ({ ms: context.delays[delay] }),
});

const saying = (id: PromptId) => ({ type: 'say' as const, params: { id } });
const ending = (outcome: Outcome) => ({ type: 'end' as const, params: outcome });
const settingBill = {
  type: 'setBill' as const,
  params: ({ event }: { event: { bill: Bill } }) => ({ bill: event.bill }),
};
const settingDraft = {
  type: 'setDraft' as const,
  params: ({ event }: { event: { text: string } }) => ({ text: event.text }),
};
const takingCard = {
  type: 'takeCard' as const,
  params: ({ event }: { event: { credential: CardCredential } }) => ({ credential: event.credential }),
};
const notingReadFailure = {
  type: 'noteReadFailure' as const,
  params: ({ event }: { event: { reason: ReadFailure } }) => ({ reason: event.reason }),
};
const refusing = {
  type: 'say' as const,
  params: ({ event }: { event: { prompt: PromptId } }) => ({ id: event.prompt }),
};
const typedNothing = {
  type: 'isEmptyText' as const,
  params: ({ event }: { event: { text: string } }) => ({ text: event.text }),
};

/** What the next customer may do in `ready` and while the last one's result is still shown. Each way in begins by
 *  forgetting the last customer. */
const nextSale = {
  'amount.edited': [
    { guard: typedNothing },
    { target: '#counter.enteringAmount', actions: ['forgetCustomer', settingDraft] },
  ],
  'sale.started': { target: '#counter.awaitingCard', actions: ['forgetCustomer', settingBill] },
  'card.swiped': { target: '#counter.identifying', actions: ['forgetCustomer', takingCard] },
  'operator.signedOut': { target: '#counter.signedOut', actions: ['forgetCustomer', 'signOut'] },
} as const;

/** Where a bad read leads back to: the sale stays as it was, and the sentence says how to swipe. */
const backToCard = [
  { guard: 'hasBill', target: '#counter.awaitingCard', actions: notingReadFailure },
  { guard: 'hasDraft', target: '#counter.enteringAmount', actions: notingReadFailure },
  { target: '#counter.ready', actions: notingReadFailure },
] as const;

const halfRead = { type: 'noteReadFailure' as const, params: { reason: 'halfRead' as const } };
const cancelling = { target: '#counter.cancelled', actions: ending(cancelled('cancelled')) } as const;
const timingOut = { target: '#counter.cancelled', actions: ending(cancelled('timedOut', 'PIN_TIMEOUT')) } as const;
const givingUp = {
  target: '#counter.cancelled',
  actions: ending(cancelled('centreUnavailable', 'CENTRE_UNAVAILABLE')),
} as const;
const stopping = {
  guard: { type: 'isBug' as const, params: ({ event }: { event: { error: unknown } }) => ({ error: event.error }) },
  target: '#counter.outOfService',
} as const;
/** Asks again after a pause, for messages that move no money; after the last attempt the sale ends uncharged. */
const askingAgain = [{ guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' }, givingUp] as const;

/** The inside of a state that shows a result: nothing dismisses it before somebody can have read it, and a card that
 *  cannot be read does not dismiss it at all. */
const result = {
  initial: 'showing',
  states: {
    showing: { tags: ['driving'], after: { attention: 'open' } },
    open: {
      tags: ['acceptsSale', 'confirmable'],
      on: {
        ...nextSale,
        'key.confirm': { target: '#counter.ready', actions: 'forgetCustomer' },
        'key.cancel': { target: '#counter.ready', actions: 'forgetCustomer' },
      },
    },
  },
} as const;

/** The whole counter: one customer after the other, one at a time.
 *  Input: clock, ids, delays (ms), the operator or null. Emits nothing; actors are the ports' verbs and are provided by
 *  the composition root. Errors: an actor's error means "we do not know"; for `settle` it leads to `unknown`, for the
 *  others, which move no money, to asking again and then to an uncharged end.
 *  Holds: one card read and one PIN entry per settlement (R34); a PIN block is in the context only while `settling`;
 *  no cancel once money may move; after every end nothing of the customer is left. Source: rules R26, R34, R78, R82,
 *  R93, R125, R143. */
export const counterMachine = counterSetup.createMachine({
  id: 'counter',
  context: ({ input }) => ({
    ...nothing,
    operator: input.operator,
    notice: null,
    countdown: null,
    unresolved: [],
    queries: 0,
    delays: input.delays,
    clock: input.clock,
    ids: input.ids,
  }),
  initial: 'recovering',
  on: {
    // Whatever a state below does not take while a sale runs is answered, not queued.
    'sale.started': { actions: saying('busy') },
    'amount.refused': { actions: refusing },
    'operator.signedOut': { actions: saying('busy') },
  },
  states: {
    recovering: {
      tags: ['driving'],
      invoke: {
        src: 'recover',
        onDone: [
          {
            // No message leaves without an operator (R143): what is open waits for the sign-in.
            guard: 'isSignedOut',
            target: 'signedOut',
            actions: { type: 'setUnresolved', params: ({ event }) => ({ intents: event.output }) },
          },
          {
            guard: { type: 'isAny', params: ({ event }) => ({ count: event.output.length }) },
            target: 'unknown.asking',
            actions: { type: 'setUnresolved', params: ({ event }) => ({ intents: event.output }) },
          },
          { target: 'ready' },
        ],
        onError: { target: 'outOfService' },
      },
    },

    signedOut: {
      on: {
        'operator.signedIn': [
          {
            guard: 'hasUnresolved',
            target: 'unknown.asking',
            actions: { type: 'signIn', params: ({ event }) => ({ operator: event.operator }) },
          },
          {
            target: 'ready',
            actions: { type: 'signIn', params: ({ event }) => ({ operator: event.operator }) },
          },
        ],
        'sale.started': { actions: saying('signIn') },
      },
    },

    ready: {
      tags: ['acceptsSale', 'confirmable'],
      after: { notice: { actions: 'forgetCustomer' } },
      on: {
        ...nextSale,
        'card.reading': { target: 'reading', actions: 'forgetCustomer' },
        'card.failed': { target: 'ready', reenter: true, actions: ['forgetCustomer', notingReadFailure] },
        'amount.refused': { target: 'ready', reenter: true, actions: ['forgetCustomer', refusing] },
        'key.cancel': { actions: 'forgetCustomer' },
      },
    },

    enteringAmount: {
      tags: ['acceptsSale', 'cancellable', 'confirmable'],
      entry: countdown('enterAmount'),
      exit: 'stopCountdown',
      after: { enterAmount: { target: 'ready', actions: ['forgetCustomer', saying('timedOut')] } },
      on: {
        'amount.edited': [
          { guard: typedNothing, target: 'ready', actions: 'forgetCustomer' },
          { target: 'enteringAmount', reenter: true, actions: settingDraft },
        ],
        'sale.started': { target: 'awaitingCard', actions: settingBill },
        'card.reading': { target: 'reading' },
        'card.swiped': { target: 'identifying', actions: takingCard },
        'card.failed': { actions: notingReadFailure },
        'key.cancel': { target: 'ready', actions: 'forgetCustomer' },
      },
    },

    awaitingCard: {
      tags: ['cancellable'],
      entry: countdown('card'),
      exit: 'stopCountdown',
      after: { card: timingOut },
      on: {
        'card.reading': { target: 'reading' },
        'card.swiped': { target: 'identifying', actions: takingCard },
        'card.failed': { target: 'awaitingCard', reenter: true, actions: notingReadFailure },
        'key.cancel': cancelling,
      },
    },

    reading: {
      tags: ['driving', 'cancellable'],
      after: {
        read: [
          { guard: 'hasBill', target: 'awaitingCard', actions: halfRead },
          { guard: 'hasDraft', target: 'enteringAmount', actions: halfRead },
          { target: 'ready', actions: halfRead },
        ],
      },
      on: {
        'card.swiped': { target: 'identifying', actions: takingCard },
        'card.failed': backToCard,
        'key.cancel': cancelling,
      },
    },

    identifying: {
      tags: ['driving', 'cancellable'],
      initial: 'asking',
      on: { 'key.cancel': cancelling },
      states: {
        asking: {
          entry: countdown('identify'),
          exit: 'stopCountdown',
          after: { identify: askingAgain },
          invoke: {
            src: 'identify',
            input: ({ context }) => ({
              credential: known(context.credential, 'card'),
              operator: known(context.operator, 'operator'),
            }),
            onDone: [
              {
                guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'declined' }) },
                target: '#counter.declined',
                actions: { type: 'end', params: ({ event }) => declinedBy(event.output) },
              },
              {
                guard: 'hasBill',
                target: '#counter.quoting',
                actions: { type: 'setCustomer', params: ({ event }) => ({ customer: identified(event.output) }) },
              },
              {
                target: '#counter.awaitingAmount',
                actions: { type: 'setCustomer', params: ({ event }) => ({ customer: identified(event.output) }) },
              },
            ],
            onError: [stopping, ...askingAgain],
          },
        },
        pausing: { after: { retry: 'asking' } },
      },
    },

    awaitingAmount: {
      tags: ['acceptsSale', 'cancellable', 'confirmable'],
      entry: countdown('amount'),
      exit: 'stopCountdown',
      after: { amount: timingOut },
      on: {
        'amount.edited': { target: 'awaitingAmount', reenter: true, actions: settingDraft },
        'sale.started': { target: 'quoting', actions: settingBill },
        'key.cancel': cancelling,
      },
    },

    quoting: {
      tags: ['driving', 'cancellable'],
      initial: 'asking',
      on: { 'key.cancel': cancelling },
      states: {
        asking: {
          entry: countdown('quote'),
          exit: 'stopCountdown',
          after: { quote: askingAgain },
          invoke: {
            src: 'quote',
            input: ({ context }) => ({
              card: known(context.customer, 'customer').card,
              bill: known(context.bill, 'bill'),
              operator: known(context.operator, 'operator'),
            }),
            onDone: [
              {
                guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'declined' }) },
                target: '#counter.declined',
                actions: { type: 'end', params: ({ event }) => declinedBy(event.output) },
              },
              {
                guard: { type: 'needsPin', params: ({ event }) => ({ quote: quoted(event.output) }) },
                target: '#counter.awaitingPin',
                actions: { type: 'setQuote', params: ({ event }) => ({ quote: quoted(event.output) }) },
              },
              {
                // No account pays anything, so there is nothing that a PIN could agree to (E5).
                target: '#counter.settling',
                actions: [
                  { type: 'setQuote', params: ({ event }) => ({ quote: quoted(event.output) }) },
                  { type: 'authorise', params: { authorisation: { kind: 'none' } } },
                ],
              },
            ],
            onError: [stopping, ...askingAgain],
          },
        },
        pausing: { after: { retry: 'asking' } },
      },
    },

    awaitingPin: {
      tags: ['cancellable'],
      entry: countdown('pin'),
      exit: 'stopCountdown',
      after: { pin: timingOut },
      invoke: {
        src: 'enterPin',
        input: ({ context }) => ({ customer: known(context.customer, 'customer') }),
        onDone: [
          {
            guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'cancelled' }) },
            ...cancelling,
          },
          {
            target: 'settling',
            actions: { type: 'authorise', params: ({ event }) => ({ authorisation: pinAuthorisation(event.output) }) },
          },
        ],
        onError: [stopping, { target: 'cancelled', actions: ending(cancelled('pinPadFault')) }],
      },
      on: { 'key.cancel': cancelling },
    },

    confirmingQuote: {
      tags: ['cancellable'],
      entry: countdown('confirmQuote'),
      exit: 'stopCountdown',
      after: { confirmQuote: timingOut },
      on: { 'key.cancel': cancelling },
      initial: 'showing',
      states: {
        showing: { tags: ['driving'], after: { attention: 'open' } },
        open: {
          tags: ['confirmable'],
          on: {
            'key.confirm': [
              { guard: 'mustAskPin', target: '#counter.awaitingPin' },
              { target: '#counter.settling', actions: 'authoriseByTicket' },
            ],
          },
        },
      },
    },

    settling: {
      tags: ['driving', 'moneyMayMove'],
      entry: countdown('settle'),
      exit: ['stopCountdown', 'dropAuthorisation'],
      after: { settle: { target: 'unknown' } },
      invoke: {
        src: 'settle',
        input: ({ context }) => ({
          msgId: known(context.msgId, 'message id'),
          operator: known(context.operator, 'operator'),
          card: known(context.customer, 'customer').card,
          bill: known(context.bill, 'bill'),
          quote: known(context.quote, 'quote'),
          authorisation: known(context.authorisation, 'authorisation'),
        }),
        onDone: [
          {
            guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'settled' }) },
            target: 'approved',
            actions: { type: 'end', params: ({ event }) => outcomeOf(event.output) },
          },
          {
            guard: { type: 'isWrongPin', params: ({ event }) => ({ answer: event.output }) },
            target: 'awaitingPin',
            actions: { type: 'noteWrongPin', params: ({ event }) => ({ decline: declineOf(event.output) }) },
          },
          {
            guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'stale' }) },
            target: 'confirmingQuote',
            actions: { type: 'setStaleQuote', params: ({ event }) => staleOf(event.output) },
          },
          {
            guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'notSent' }) },
            target: 'cancelled',
            actions: ending(cancelled('storageFault')),
          },
          { target: 'declined', actions: { type: 'end', params: ({ event }) => outcomeOf(event.output) } },
        ],
        onError: { target: 'unknown' },
      },
      on: { 'key.cancel': { actions: saying('cannotCancel') } },
    },

    unknown: {
      tags: ['moneyMayMove'],
      initial: 'waiting',
      on: { 'key.cancel': { actions: saying('cannotCancel') } },
      states: {
        waiting: {
          entry: {
            type: 'startCountdown',
            params: ({ context }) => ({ ms: queryPauseMs(context) }),
          },
          exit: 'stopCountdown',
          after: { nextQuery: { target: 'asking' } },
          on: { 'key.confirm': { target: 'asking' } },
        },
        asking: {
          entry: 'countQuery',
          after: { queryAnswer: { target: 'waiting' } },
          invoke: {
            src: 'query',
            input: ({ context }) => ({
              msgId: known(context.msgId, 'message id'),
              operator: known(context.operator, 'operator'),
            }),
            onDone: [
              { guard: 'hasMoreUnresolved', target: 'asking', reenter: true, actions: 'nextUnresolved' },
              {
                guard: { type: 'isSettledAfterAll', params: ({ event }) => ({ answer: event.output }) },
                target: '#counter.approved',
                actions: { type: 'end', params: ({ event }) => resolvedOutcome(event.output) },
              },
              {
                guard: { type: 'isDeclinedAfterAll', params: ({ event }) => ({ answer: event.output }) },
                target: '#counter.declined',
                actions: { type: 'end', params: ({ event }) => resolvedOutcome(event.output) },
              },
              {
                target: '#counter.cancelled',
                actions: { type: 'end', params: ({ event }) => resolvedOutcome(event.output) },
              },
            ],
            onError: { target: 'waiting' },
          },
        },
      },
    },

    approved: {
      tags: ['ended'],
      entry: countdown('approved'),
      exit: 'stopCountdown',
      after: { approved: { target: 'ready', actions: 'forgetCustomer' } },
      ...result,
    },

    declined: {
      tags: ['ended'],
      entry: countdown('declined'),
      exit: 'stopCountdown',
      after: { declined: { target: 'ready', actions: 'forgetCustomer' } },
      ...result,
    },

    cancelled: {
      tags: ['ended'],
      entry: countdown('cancelled'),
      exit: 'stopCountdown',
      after: { cancelled: { target: 'ready', actions: 'forgetCustomer' } },
      ...result,
    },

    outOfService: {},
  },
});
