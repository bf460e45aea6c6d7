import {
  cancelled,
  known,
  outcomeOf,
  previewed,
  undoRefusedBy,
  undoStaleOf,
  undoUnavailable,
} from './counter-outcome.ts';
import { countdown, counterSetup } from './counter-setup.ts';
import { ending, saying, stopping } from './counter-steps.ts';

const leaving = { target: '#counter.cancelled', actions: ending(cancelled('undoCancelled')) } as const;
const askingAgain = [
  { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
  { target: '#counter.cancelled', actions: ending(undoUnavailable) },
] as const;

/** Asks what a cancel or refund would give back; moves nothing. */
export const previewingUndo = counterSetup.createStateConfig({
  tags: ['driving', 'cancellable'],
  initial: 'asking',
  on: { 'key.cancel': leaving },
  states: {
    asking: {
      entry: countdown('previewUndo'),
      exit: 'stopCountdown',
      after: { previewUndo: askingAgain },
      invoke: {
        src: 'previewUndo',
        input: ({ context }) => ({
          choice: known(context.undoChoice, 'undo'),
          operator: known(context.operator, 'operator'),
        }),
        onDone: [
          {
            guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'declined' }) },
            target: '#counter.declined',
            actions: { type: 'end', params: ({ event }) => undoRefusedBy(event.output) },
          },
          {
            target: '#counter.confirmingUndo',
            actions: { type: 'setUndoQuote', params: ({ event }) => ({ quote: previewed(event.output) }) },
          },
        ],
        onError: [stopping, ...askingAgain],
      },
    },
    pausing: { after: { retry: 'asking' } },
  },
});

/** Shows who would get what back. A key counts only when it can have been read. */
export const confirmingUndo = counterSetup.createStateConfig({
  tags: ['cancellable'],
  entry: countdown('confirmUndo'),
  exit: 'stopCountdown',
  after: { confirmUndo: leaving },
  on: { 'key.cancel': leaving },
  initial: 'showing',
  states: {
    showing: { tags: ['driving'], after: { attention: 'open' } },
    open: {
      tags: ['confirmable'],
      on: { 'key.confirm': { target: '#counter.undoing', actions: 'intendUndo' } },
    },
  },
});

/** The cancel or refund is on its way. No answer means that nobody knows: it is asked for, never taken back. */
export const undoing = counterSetup.createStateConfig({
  tags: ['driving', 'moneyMayMove'],
  entry: countdown('undo'),
  exit: 'stopCountdown',
  after: { undo: { target: '#counter.unknown', actions: 'becomeUnknown' } },
  invoke: {
    src: 'undo',
    input: ({ context }) => ({
      intent: known(context.intent, 'message'),
      choice: known(context.undoChoice, 'undo'),
      quote: known(context.undoQuote, 'preview of an undo'),
    }),
    onDone: [
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'undone' }) },
        target: '#counter.undone',
        actions: { type: 'end', params: ({ event }) => outcomeOf(event.output) },
      },
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'undoStale' }) },
        target: '#counter.confirmingUndo',
        actions: ['dropIntent', { type: 'setStaleUndoQuote', params: ({ event }) => undoStaleOf(event.output) }],
      },
      {
        guard: { type: 'isKind', params: ({ event }) => ({ kind: event.output.kind, is: 'notSent' }) },
        target: '#counter.cancelled',
        actions: ending(cancelled('storageFault')),
      },
      {
        target: '#counter.declined',
        actions: { type: 'end', params: ({ event }) => undoRefusedBy(event.output) },
      },
    ],
    onError: { target: '#counter.unknown', actions: 'becomeUnknown' },
  },
  on: { 'key.cancel': { actions: saying('cannotCancel') } },
});
