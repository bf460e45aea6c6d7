import {
  cancelled,
  declinedBy,
  declineOf,
  identified,
  known,
  outcomeOf,
  pinAuthorisation,
  quoted,
  staleOf,
} from './counter-outcome.ts';
import { countdown, counterSetup } from './counter-setup.ts';
import {
  askingForCardOnly,
  askingForCardOrCode,
  cancelling,
  choosingUndo,
  ending,
  givingUp,
  halfRead,
  notingReadFailure,
  saying,
  settingBill,
  settingDraft,
  stopping,
  takingCard,
  timingOut,
  typedNothing,
  withError,
} from './counter-steps.ts';

/** Where a bad read leads back to: the sale stays as it was, and the sentence says how to swipe. */
const backToCard = [
  { guard: 'hasBill', target: '#counter.awaitingCard', actions: notingReadFailure },
  { guard: 'hasDraft', target: '#counter.enteringAmount', actions: notingReadFailure },
  { target: '#counter.ready', actions: notingReadFailure },
] as const;

/** The reader went in the middle of a card: what has come is half a card, and the sale waits. */
const losingReader = [
  { guard: 'hasBill', target: '#counter.awaitingCard', actions: ['loseReader', halfRead] },
  { guard: 'hasDraft', target: '#counter.enteringAmount', actions: ['loseReader', halfRead] },
  { target: '#counter.ready', actions: ['loseReader', halfRead] },
] as const;
/** Asks again after a pause, for messages that move no money; after the last attempt the sale ends uncharged. */
const askingAgain = [{ guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' }, givingUp] as const;

export const enteringAmount = counterSetup.createStateConfig({
  tags: ['acceptsSale', 'cancellable', 'confirmable', 'takesCard'],
  entry: countdown('enterAmount'),
  exit: 'stopCountdown',
  after: { enterAmount: { target: '#counter.ready', actions: ['forgetCustomer', saying('timedOut')] } },
  on: {
    'amount.edited': [
      { guard: typedNothing, target: '#counter.ready', actions: 'forgetCustomer' },
      { target: '#counter.enteringAmount', reenter: true, actions: settingDraft },
    ],
    ...askingForCardOrCode,
    'sale.started': { target: '#counter.awaitingCard', actions: settingBill },
    'undo.chosen': choosingUndo,
    'card.reading': { target: '#counter.reading' },
    'card.swiped': { target: '#counter.identifying', actions: takingCard },
    'card.failed': { actions: notingReadFailure },
    'key.cancel': { target: '#counter.ready', actions: 'forgetCustomer' },
  },
});

export const awaitingCard = counterSetup.createStateConfig({
  tags: ['cancellable', 'takesCard'],
  entry: countdown('card'),
  exit: 'stopCountdown',
  after: { card: timingOut },
  on: {
    'card.reading': { target: '#counter.reading' },
    'card.swiped': { target: '#counter.identifying', actions: takingCard },
    'card.failed': { target: '#counter.awaitingCard', reenter: true, actions: notingReadFailure },
    ...askingForCardOrCode,
    // Whoever plugs the reader in has the whole time for it, and the customer then the whole time to swipe.
    'reader.gone': { target: '#counter.awaitingCard', reenter: true, actions: 'loseReader' },
    'reader.back': { target: '#counter.awaitingCard', reenter: true, actions: 'findReader' },
    'key.cancel': cancelling,
  },
});

export const reading = counterSetup.createStateConfig({
  tags: ['driving', 'cancellable', 'takesCard'],
  after: {
    read: [
      { guard: 'hasBill', target: '#counter.awaitingCard', actions: halfRead },
      { guard: 'hasDraft', target: '#counter.enteringAmount', actions: halfRead },
      { target: '#counter.ready', actions: halfRead },
    ],
  },
  on: {
    'card.swiped': { target: '#counter.identifying', actions: takingCard },
    'card.failed': backToCard,
    ...askingForCardOnly,
    'reader.gone': losingReader,
    'key.cancel': cancelling,
  },
});

export const identifying = counterSetup.createStateConfig({
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
});

export const awaitingAmount = counterSetup.createStateConfig({
  tags: ['acceptsSale', 'cancellable', 'confirmable'],
  entry: countdown('amount'),
  exit: 'stopCountdown',
  after: { amount: timingOut },
  on: {
    'amount.edited': { target: 'awaitingAmount', reenter: true, actions: settingDraft },
    'sale.started': { target: '#counter.quoting', actions: settingBill },
    'key.cancel': cancelling,
  },
});

export const quoting = counterSetup.createStateConfig({
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
          customer: known(context.customer, 'customer'),
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
            // The code that was shown is enough (R35), or no account pays anything, so that there is nothing that a PIN
            // could agree to (E5).
            target: '#counter.settling',
            actions: [
              { type: 'setQuote', params: ({ event }) => ({ quote: quoted(event.output) }) },
              'authoriseWithoutPin',
            ],
          },
        ],
        onError: [stopping, ...askingAgain],
      },
    },
    pausing: { after: { retry: 'asking' } },
  },
});

export const awaitingPin = counterSetup.createStateConfig({
  tags: ['cancellable'],
  entry: countdown('pin'),
  exit: 'stopCountdown',
  after: { pin: timingOut },
  invoke: {
    src: 'enterPin',
    input: ({ context }) => ({
      customer: known(context.customer, 'customer'),
      quote: known(context.quote, 'quote'),
      operator: known(context.operator, 'operator'),
    }),
    onDone: [
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'cancelled' }) },
        ...cancelling,
      },
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'refused' }) },
        target: '#counter.declined',
        actions: { type: 'end', params: ({ event }) => declinedBy(event.output) },
      },
      {
        target: '#counter.settling',
        actions: { type: 'authorise', params: ({ event }) => ({ authorisation: pinAuthorisation(event.output) }) },
      },
    ],
    onError: [
      stopping,
      // The PIN key had to be renewed first, and the centre is silent.
      { guard: { type: 'isCentreFault', params: withError }, ...givingUp },
      { target: '#counter.cancelled', actions: ending(cancelled('pinPadFault')) },
    ],
  },
  on: { 'key.cancel': cancelling },
});

export const confirmingQuote = counterSetup.createStateConfig({
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
          { target: '#counter.settling', actions: 'authoriseWithoutPin' },
        ],
      },
    },
  },
});

export const settling = counterSetup.createStateConfig({
  tags: ['driving', 'moneyMayMove'],
  entry: countdown('settle'),
  exit: ['stopCountdown', 'dropAuthorisation'],
  after: { settle: { target: '#counter.unknown', actions: 'becomeUnknown' } },
  invoke: {
    src: 'settle',
    input: ({ context }) => ({
      intent: known(context.intent, 'message'),
      bill: known(context.bill, 'bill'),
      quote: known(context.quote, 'quote'),
      authorisation: known(context.authorisation, 'authorisation'),
    }),
    onDone: [
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'settled' }) },
        target: '#counter.approved',
        actions: { type: 'end', params: ({ event }) => outcomeOf(event.output) },
      },
      {
        guard: { type: 'isPinKeyExpired', params: ({ event }) => ({ answer: event.output }) },
        target: '#counter.awaitingPin',
        actions: [
          'dropIntent',
          { type: 'notePinSetback', params: ({ event }) => ({ decline: declineOf(event.output) }) },
          { type: 'say', params: { id: 'declined', params: { code: 'PIN_KEY_EXPIRED' } } },
        ],
      },
      {
        guard: { type: 'isPinWrong', params: ({ event }) => ({ answer: event.output }) },
        target: '#counter.awaitingPin',
        actions: [
          'dropIntent',
          { type: 'notePinSetback', params: ({ event }) => ({ decline: declineOf(event.output) }) },
        ],
      },
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'stale' }) },
        target: '#counter.confirmingQuote',
        actions: ['dropIntent', { type: 'setStaleQuote', params: ({ event }) => staleOf(event.output) }],
      },
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'notSent' }) },
        target: '#counter.cancelled',
        actions: ending(cancelled('storageFault')),
      },
      { target: '#counter.declined', actions: { type: 'end', params: ({ event }) => outcomeOf(event.output) } },
    ],
    onError: { target: '#counter.unknown', actions: 'becomeUnknown' },
  },
  on: { 'key.cancel': { actions: saying('cannotCancel') } },
});
