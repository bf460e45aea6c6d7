import type { Bill } from '../domain/bill.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { CardCredential, EvoucherCredential, ReadFailure } from '../ports/card-reader.ts';
import type { MsgId } from '../ports/ids.ts';
import type { ReversalOf, UndoChoice } from './counter-model.ts';
import { cancelled, known, type Outcome } from './counter-outcome.ts';
import { readFailurePrompts } from './prompt-of-state.ts';

// Actions with their parameters and transitions that several states of the counter have in common.

export const saying = (id: PromptId) => ({ type: 'say' as const, params: { id } });
export const ending = (outcome: Outcome) => ({ type: 'end' as const, params: outcome });

export const settingBill = {
  type: 'setBill' as const,
  params: ({ event }: { event: { bill: Bill } }) => ({ bill: event.bill }),
};
export const settingDraft = {
  type: 'setDraft' as const,
  params: ({ event }: { event: { text: string } }) => ({ text: event.text }),
};
export const takingCard = {
  type: 'takeCard' as const,
  params: ({ event }: { event: { credential: CardCredential } }) => ({ credential: event.credential }),
};
const isCode = {
  type: 'isCode' as const,
  params: ({ event }: { event: { credential: EvoucherCredential | null } }) => ({ credential: event.credential }),
};
const takingCode = {
  type: 'takeCode' as const,
  params: ({ event }: { event: { credential: EvoucherCredential | null } }) => ({
    credential: known(event.credential, 'code'),
  }),
};
/** A 医保码 where a card is waited for: it takes the card's place. */
const byCode = { guard: isCode, target: '#counter.identifying', actions: takingCode } as const;
export const notACode = { actions: saying('notEvoucher') } as const;

export const notingReadFailure = {
  type: 'noteReadFailure' as const,
  params: ({ event }: { event: { reason: ReadFailure } }) => ({ reason: event.reason }),
};
export const halfRead = { type: 'noteReadFailure' as const, params: { reason: 'halfRead' as const } };
export const sayingHowToSwipe = {
  type: 'say' as const,
  params: ({ event }: { event: { reason: ReadFailure } }) => ({ id: readFailurePrompts[event.reason] }),
};
export const refusing = {
  type: 'say' as const,
  params: ({ event }: { event: { prompt: PromptId } }) => ({ id: event.prompt }),
};
export const typedNothing = {
  type: 'isEmptyText' as const,
  params: ({ event }: { event: { text: string } }) => ({ text: event.text }),
};

/** Begins a cancel or refund, of a sale that has ended long ago: of whoever stood here before nothing stays. */
export const choosingUndo = {
  target: '#counter.previewingUndo',
  actions: [
    'forgetCustomer',
    {
      type: 'setUndoChoice' as const,
      params: ({ event }: { event: { undo: UndoChoice } }) => ({ choice: event.undo }),
    },
  ],
} as const;

/** Reverses a settled message: like an unknown outcome whose next step is the reversal. */
export const reversing = {
  target: '#counter.unknown.reversing',
  actions: [
    'forgetCustomer',
    { type: 'setReversal' as const, params: ({ event }: { event: { intent: ReversalOf } }) => event.intent },
  ],
} as const;

/** What the next customer may do in `ready` and while the last one's result is still shown, and what else begins there.
 *  Each way in begins by forgetting the last customer. */
export const nextSale = {
  'amount.edited': [
    { guard: typedNothing },
    { target: '#counter.enteringAmount', actions: ['forgetCustomer', settingDraft] },
  ],
  'sale.started': { target: '#counter.awaitingCard', actions: ['forgetCustomer', settingBill] },
  'card.swiped': { target: '#counter.identifying', actions: ['forgetCustomer', takingCard] },
  'code.scanned': { ...byCode, actions: ['forgetCustomer', takingCode] },
  'undo.chosen': choosingUndo,
  'reversal.requested': reversing,
  'suspended.reopened': {
    guard: {
      type: 'isSuspended' as const,
      params: ({ event }: { event: { msgId: MsgId } }) => ({ msgId: event.msgId }),
    },
    target: '#counter.unknown.choosing',
    actions: [
      'forgetCustomer',
      { type: 'reopen' as const, params: ({ event }: { event: { msgId: MsgId } }) => ({ msgId: event.msgId }) },
    ],
  },
  'operator.signedOut': { target: '#counter.signedOut', actions: ['forgetCustomer', 'signOut'] },
} as const;

/** What is said to a swipe that came too early, where a card is waited for. */
export const askingForCard = {
  'card.dropped': { actions: saying('swipeAgain') },
  'card.elsewhere': { actions: saying('otherReader') },
} as const;
/** The same where a code is taken for a card. */
export const askingForCardOrCode = { ...askingForCard, 'code.scanned': [byCode, notACode] } as const;
/** The same while a card is being read: a code comes too late. */
export const askingForCardOnly = {
  ...askingForCard,
  'code.scanned': [{ guard: isCode, actions: saying('scanNotNeeded') }, notACode],
} as const;

export const cancelling = { target: '#counter.cancelled', actions: ending(cancelled('cancelled')) } as const;
export const timingOut = {
  target: '#counter.cancelled',
  actions: ending(cancelled('timedOut', 'PIN_TIMEOUT')),
} as const;
export const givingUp = {
  target: '#counter.cancelled',
  actions: ending(cancelled('centreUnavailable', 'CENTRE_UNAVAILABLE')),
} as const;
export const withError = ({ event }: { event: { error: unknown } }) => ({ error: event.error });
export const stopping = {
  guard: { type: 'isBug' as const, params: withError },
  target: '#counter.outOfService',
} as const;
