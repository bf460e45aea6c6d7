import { nothing } from './counter-model.ts';
import { known } from './counter-outcome.ts';
import { countdown, counterSetup } from './counter-setup.ts';
import { askingForCard, nextSale, notACode, notingReadFailure, refusing, saying, stopping } from './counter-steps.ts';
import { approved, cancelled, declined, suspended, undone } from './result-states.ts';
import {
  awaitingAmount,
  awaitingCard,
  awaitingPin,
  confirmingQuote,
  enteringAmount,
  identifying,
  quoting,
  reading,
  settling,
} from './sale-states.ts';
import { confirmingUndo, previewingUndo, undoing } from './undo-states.ts';
import { unknown } from './unknown-states.ts';

/** What an earlier run has left open comes before anything else. */
const beginning = [
  { guard: 'hasUnresolved', target: 'unknown.choosing', actions: ['takeOperator', 'nextUnresolved'] },
  { target: 'ready', actions: 'takeOperator' },
] as const;

const signInFailing = [
  { guard: 'isNewOperator', target: 'signedOut', actions: ['signOut', saying('centreUnavailable')] },
  ...beginning,
] as const;

/** The whole counter: one customer after the other, one at a time.
 *  Input: clock, ids, delays (ms), the operator or null. Emits nothing; actors are the ports' verbs and are provided by
 *  the composition root. Errors: an actor's error means "we do not know"; for a message that can move money it leads to
 *  `unknown`, for the others to asking again and then to an uncharged end.
 *  Holds: one card read and one PIN entry per settlement (R34); a PIN block is in the context only while `settling`;
 *  no cancel once money may move; nothing but an answer of the centre, or a supervisor's record, leads out of `unknown`;
 *  after every end nothing of the customer is left. Source: rules R26, R34, R46, R78, R82, R93, R118 to R129, R143. */
export const counterMachine = counterSetup.createMachine({
  id: 'counter',
  context: ({ input }) => ({
    ...nothing,
    operator: input.operator,
    newOperator: null,
    notice: null,
    readerLost: false,
    countdown: null,
    unresolved: [],
    suspended: [],
    queries: 0,
    delays: input.delays,
    clock: input.clock,
    ids: input.ids,
  }),
  initial: 'recovering',
  on: {
    // Whatever a state below does not take while a sale runs is answered, not queued.
    'sale.started': { actions: saying('busy') },
    'undo.chosen': { actions: saying('busy') },
    'reversal.requested': { actions: saying('busy') },
    'suspended.reopened': { actions: saying('busy') },
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
            actions: { type: 'setRecovered', params: ({ event }) => ({ open: event.output }) },
          },
          {
            target: 'signingIn',
            actions: { type: 'setRecovered', params: ({ event }) => ({ open: event.output }) },
          },
        ],
        onError: { target: 'outOfService' },
      },
    },

    signedOut: {
      entry: 'forgetSignIn',
      on: {
        'operator.signedIn': {
          target: 'signingIn',
          actions: { type: 'beginSignIn', params: ({ event }) => ({ operator: event.operator }) },
        },
        'sale.started': { actions: saying('signIn') },
        'undo.chosen': { actions: saying('signIn') },
        'reversal.requested': { actions: saying('signIn') },
        'suspended.reopened': { actions: saying('signIn') },
        'card.swiped': { actions: saying('signInFirst') },
        'card.failed': { actions: saying('signInFirst') },
        'card.dropped': { actions: saying('signInFirst') },
        'card.elsewhere': { actions: saying('signInFirst') },
        'code.scanned': { actions: saying('signInFirst') },
      },
    },

    signingIn: {
      tags: ['driving'],
      entry: countdown('signIn'),
      exit: 'stopCountdown',
      after: { signIn: signInFailing },
      invoke: {
        src: 'signIn',
        input: ({ context }) => ({ operator: known(context.newOperator ?? context.operator, 'operator') }),
        onDone: [
          {
            guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'declined' }) },
            target: 'signedOut',
            actions: ['signOut', saying('signInRefused')],
          },
          ...beginning,
        ],
        onError: [stopping, ...signInFailing],
      },
    },

    ready: {
      tags: ['acceptsSale', 'confirmable', 'takesCard'],
      after: { notice: { actions: 'forgetReadFailure' } },
      on: {
        ...nextSale,
        ...askingForCard,
        'code.scanned': [nextSale['code.scanned'], notACode],
        'card.reading': { target: 'reading', actions: 'forgetCustomer' },
        'card.failed': { target: 'ready', reenter: true, actions: ['forgetCustomer', notingReadFailure] },
        'amount.refused': { target: 'ready', reenter: true, actions: ['forgetCustomer', refusing] },
        'key.cancel': { actions: 'forgetCustomer' },
      },
    },

    enteringAmount,
    awaitingCard,
    reading,
    identifying,
    awaitingAmount,
    quoting,
    awaitingPin,
    confirmingQuote,
    settling,
    previewingUndo,
    confirmingUndo,
    undoing,
    unknown,
    approved,
    declined,
    cancelled,
    undone,
    suspended,
    outOfService: {},
  },
});
