import { assign, enqueueActions, fromPromise, setup } from 'xstate';
import type { Bill } from '../domain/bill.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { Quote } from '../domain/settlement.ts';
import type { CardCredential, ReadFailure } from '../ports/card-reader.ts';
import {
  type Authorisation,
  CentreFault,
  type Decline,
  type Identified,
  type IdentifyAnswer,
  type QueryAnswer,
  type QuoteAnswer,
} from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';
import type { Intent } from '../ports/journal.ts';
import { type PinEntry, PinPadFault } from '../ports/pin-pad.ts';
import {
  type CounterContext,
  type CounterDelays,
  type CounterEvent,
  type CounterInput,
  type CounterTag,
  nothing,
  queryPauseMs,
  type SettleInput,
  type SettleOutput,
} from './counter-model.ts';
import {
  cancelled,
  declinedBy,
  declineOf,
  identified,
  known,
  type Outcome,
  outcomeOf,
  pinAuthorisation,
  quoted,
  resolvedOutcome,
  staleOf,
} from './counter-outcome.ts';
import { readFailurePrompts } from './prompt-of-state.ts';

/** How often a message that moves no money is sent before the sale is given up: asking twice is harmless, unlike for
 *  `settle`, which is sent once. */
const askAttemptsMax = 3;

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
    enterPin: fromPromise<PinEntry, { customer: Identified; quote: Quote }>(notProvided),
    settle: fromPromise<SettleOutput, SettleInput>(notProvided),
    query: fromPromise<QueryAnswer, { msgId: MsgId; operator: string }>(notProvided),
  },
  actions: {
    forgetCustomer: assign(() => ({ ...nothing, notice: null, countdown: null })),
    startCountdown: assign(({ context }, params: { ms: number }) => ({
      countdown: { endsAt: context.clock.now() + params.ms, totalMs: params.ms },
    })),
    stopCountdown: assign({ countdown: null }),
    /** A notice goes by itself, also where the state stays: nobody waits for it to be dismissed. */
    say: enqueueActions(({ enqueue }, params: { id: PromptId }) => {
      enqueue.assign({ notice: { id: params.id, params: {} } });
      enqueue.cancel('notice');
      enqueue.raise({ type: 'notice.over' }, { id: 'notice', delay: 'notice' });
    }),
    forgetReadFailure: assign({ readFailure: null, setback: null }),
    dropNotice: assign({ notice: null }),
    loseReader: assign({ readerLost: true, notice: null }),
    findReader: assign({ readerLost: false }),
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
const sayingHowToSwipe = {
  type: 'say' as const,
  params: ({ event }: { event: { reason: ReadFailure } }) => ({ id: readFailurePrompts[event.reason] }),
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

/** What is said to a swipe that came too early and to a scan, where a card is waited for. */
const askingForCard = {
  'card.dropped': { actions: saying('swipeAgain') },
  'card.elsewhere': { actions: saying('otherReader') },
  'code.scanned': {
    actions: {
      type: 'say' as const,
      params: ({ event }: { event: { evoucher: boolean } }) => ({
        id: event.evoucher ? ('evoucherNotYet' as const) : ('notEvoucher' as const),
      }),
    },
  },
} as const;

const halfRead = { type: 'noteReadFailure' as const, params: { reason: 'halfRead' as const } };
/** The reader went in the middle of a card: what has come is half a card, and the sale waits. */
const losingReader = [
  { guard: 'hasBill', target: '#counter.awaitingCard', actions: ['loseReader', halfRead] },
  { guard: 'hasDraft', target: '#counter.enteringAmount', actions: ['loseReader', halfRead] },
  { target: '#counter.ready', actions: ['loseReader', halfRead] },
] as const;
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
      tags: ['acceptsSale', 'confirmable', 'takesCard'],
      on: {
        ...nextSale,
        'card.failed': { actions: sayingHowToSwipe },
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
    readerLost: false,
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
    // A card or a code that nobody waits for is dropped here, and whoever swiped is told.
    'card.swiped': { actions: saying('swipeNotNeeded') },
    'card.failed': { actions: saying('swipeNotNeeded') },
    'card.dropped': { actions: saying('swipeNotNeeded') },
    'card.elsewhere': { actions: saying('swipeNotNeeded') },
    'code.scanned': { actions: saying('scanNotNeeded') },
    'reader.gone': { actions: 'loseReader' },
    'reader.back': { actions: 'findReader' },
    'notice.over': { actions: 'dropNotice' },
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
        'card.swiped': { actions: saying('signInFirst') },
        'card.failed': { actions: saying('signInFirst') },
        'card.dropped': { actions: saying('signInFirst') },
        'card.elsewhere': { actions: saying('signInFirst') },
        'code.scanned': { actions: saying('signInFirst') },
      },
    },

    ready: {
      tags: ['acceptsSale', 'confirmable', 'takesCard'],
      after: { notice: { actions: 'forgetReadFailure' } },
      on: {
        ...nextSale,
        ...askingForCard,
        'card.reading': { target: 'reading', actions: 'forgetCustomer' },
        'card.failed': { target: 'ready', reenter: true, actions: ['forgetCustomer', notingReadFailure] },
        'amount.refused': { target: 'ready', reenter: true, actions: ['forgetCustomer', refusing] },
        'key.cancel': { actions: 'forgetCustomer' },
      },
    },

    enteringAmount: {
      tags: ['acceptsSale', 'cancellable', 'confirmable', 'takesCard'],
      entry: countdown('enterAmount'),
      exit: 'stopCountdown',
      after: { enterAmount: { target: 'ready', actions: ['forgetCustomer', saying('timedOut')] } },
      on: {
        'amount.edited': [
          { guard: typedNothing, target: 'ready', actions: 'forgetCustomer' },
          { target: 'enteringAmount', reenter: true, actions: settingDraft },
        ],
        ...askingForCard,
        'sale.started': { target: 'awaitingCard', actions: settingBill },
        'card.reading': { target: 'reading' },
        'card.swiped': { target: 'identifying', actions: takingCard },
        'card.failed': { actions: notingReadFailure },
        'key.cancel': { target: 'ready', actions: 'forgetCustomer' },
      },
    },

    awaitingCard: {
      tags: ['cancellable', 'takesCard'],
      entry: countdown('card'),
      exit: 'stopCountdown',
      after: { card: timingOut },
      on: {
        'card.reading': { target: 'reading' },
        'card.swiped': { target: 'identifying', actions: takingCard },
        'card.failed': { target: 'awaitingCard', reenter: true, actions: notingReadFailure },
        ...askingForCard,
        // Whoever plugs the reader in has the whole time for it, and the customer then the whole time to swipe.
        'reader.gone': { target: 'awaitingCard', reenter: true, actions: 'loseReader' },
        'reader.back': { target: 'awaitingCard', reenter: true, actions: 'findReader' },
        'key.cancel': cancelling,
      },
    },

    reading: {
      tags: ['driving', 'cancellable', 'takesCard'],
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
        ...askingForCard,
        'reader.gone': losingReader,
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
        input: ({ context }) => ({
          customer: known(context.customer, 'customer'),
          quote: known(context.quote, 'quote'),
        }),
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
