import type { CounterState } from '../domain/counter-state.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { ReadFailure } from '../ports/card-reader.ts';
import type { CounterContext } from './counter-model.ts';

/** How to swipe after each failure. */
export const readFailurePrompts = {
  halfRead: 'retryHalfRead',
  noise: 'retryNoise',
  reversed: 'retryReversed',
  tooLong: 'retryTooLong',
  blankCard: 'retryBlankCard',
  notACard: 'retryNotACard',
  encrypted: 'retryEncrypted',
} as const satisfies Record<ReadFailure, PromptId>;

const statePrompts = {
  recovering: 'recovering',
  signedOut: 'signIn',
  signingIn: 'signingIn',
  ready: 'ready',
  enteringAmount: 'enterAmount',
  awaitingCard: 'presentCard',
  reading: 'reading',
  identifying: 'identifying',
  awaitingAmount: 'amountForCard',
  quoting: 'quoting',
  awaitingPin: 'enterPin',
  confirmingQuote: 'confirmNewQuote',
  settling: 'settling',
  previewingUndo: 'previewingUndo',
  confirmingUndo: 'confirmRefund',
  undoing: 'undoing',
  unknown: 'unknownOutcome',
  approved: 'approved',
  declined: 'declined',
  cancelled: 'cancelled',
  undone: 'undone',
  suspended: 'suspended',
  outOfService: 'outOfService',
} as const satisfies Record<CounterState, PromptId>;

/** The name of a state value: its top level. */
export function counterState(value: string | object): CounterState {
  const name = typeof value === 'string' ? value : Object.keys(value)[0];
  if (name === undefined || !(name in statePrompts)) throw new Error('counter machine: a state without a prompt');
  return name as CounterState;
}

type Told = Pick<
  CounterContext,
  'readFailure' | 'readerLost' | 'setback' | 'customer' | 'result' | 'undoChoice' | 'pending' | 'countdown'
>;

/** The one sentence for a state: what to do now. A reader that is gone, a bad read and a wrong PIN have sentences of their
 *  own; after the read nobody needs the reader. */
export function promptOfState(state: CounterState, context: Told): Prompt {
  if (context.result !== null) return context.result.prompt;
  if (context.readerLost && state === 'ready') return { id: 'readerLost', params: {} };
  if (context.readerLost && (state === 'enteringAmount' || state === 'awaitingCard')) {
    return { id: 'readerLostInSale', params: {} };
  }
  if (context.readFailure !== null && (state === 'ready' || state === 'enteringAmount' || state === 'awaitingCard')) {
    return { id: readFailurePrompts[context.readFailure], params: {} };
  }
  if (state === 'awaitingPin') {
    const triesLeft = context.setback?.code === 'PIN_WRONG' ? context.setback.triesLeft : undefined;
    if (triesLeft !== undefined) return { id: 'enterPinAgain', params: { triesLeft: String(triesLeft) } };
    return { id: 'enterPin', params: { length: String(context.customer?.pinLength ?? 6) } };
  }
  if (state === 'confirmingUndo') return { id: confirmUndoPrompt(context), params: {} };
  if (state === 'unknown') return { id: unknownPrompt(context), params: {} };
  return { id: statePrompts[state], params: {} };
}

function confirmUndoPrompt({ setback, undoChoice }: Told): PromptId {
  if (setback?.code === 'QUOTE_STALE') return 'confirmNewUndo';
  return undoChoice?.kind === 'cancel' ? 'confirmCancelSale' : 'confirmRefund';
}

/** What happens about it at the end of the countdown, or now where none runs. */
function unknownPrompt({ pending, countdown }: Told): PromptId {
  if (pending === null) return statePrompts.unknown;
  if (pending.kind !== 'settle') return 'unknownUndoToQuery';
  if (pending.step === 'reverse') return countdown === null ? 'unknownReversing' : 'unknownToReverse';
  return countdown === null ? 'unknownOutcome' : 'unknownToQuery';
}
