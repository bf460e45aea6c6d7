import type { Prompt } from '../domain/prompt.ts';
import {
  type CounterContext,
  type CounterEvent,
  codeOfPending,
  type PendingOutcome,
  queryPauseMs,
} from './counter-model.ts';
import { known, resolvedOutcome, reversedOutcome, suspendedOutcome } from './counter-outcome.ts';
import { counterSetup } from './counter-setup.ts';
import { ending, saying, withError } from './counter-steps.ts';

const pendingInput = ({ context }: { context: CounterContext }) => ({
  pending: known(context.pending, 'message'),
  operator: known(context.operator, 'operator'),
  agreed: context.bill && context.quote && { bill: context.bill, quote: context.quote },
});
const stepIs = (is: 'query' | 'reverse') => ({
  type: 'isStepOpen' as const,
  params: ({ event }: { event: { step: 'query' | 'reverse' } }) => ({ step: event.step, is }),
});
const pushingReversal = { guard: stepIs('reverse'), target: 'reversing' } as const;

/** The message's fate is known and there is another one of an earlier run: that one is asked for at once. */
const goingOn = { guard: 'hasUnresolved', target: 'choosing', actions: 'nextUnresolved' } as const;

function suspensionOf(event: CounterEvent) {
  if (event.type !== 'supervisor.suspend') throw new Error('counter machine: nobody suspends anything');
  return { by: event.by, reason: event.reason };
}

/** Why no sale starts now: D60, D61. */
function obstacle(pending: PendingOutcome): Prompt {
  return { id: 'saleWaits', params: { code: codeOfPending(pending) } };
}

/** Nobody knows whether a message has moved money. It is asked for, with growing pauses, and a settle message is reversed
 *  when the questions stay without an answer; from the moment a reversal may have been sent only a reversal resolves it.
 *  Nothing but an answer of the centre leads out, or a supervisor's record that it is suspended (挂账).
 *  Source: rules R125 to R128. */
export const unknown = counterSetup.createStateConfig({
  tags: ['moneyMayMove'],
  initial: 'waiting',
  on: {
    'key.cancel': { actions: saying('cannotCancel') },
    'sale.started': { actions: { type: 'say', params: ({ context }) => obstacle(known(context.pending, 'message')) } },
    'supervisor.suspend': { target: '.suspending' },
  },
  states: {
    choosing: { always: [{ guard: 'mustReverse', target: 'reversing' }, { target: 'asking' }] },

    waiting: {
      tags: ['confirmable'],
      entry: { type: 'startCountdown', params: ({ context }) => ({ ms: queryPauseMs(context) }) },
      exit: 'stopCountdown',
      after: { nextStep: { target: 'choosing' } },
      on: {
        'key.confirm': { target: 'choosing' },
        'supervisor.push': [pushingReversal, { guard: stepIs('query'), target: 'asking' }],
      },
    },

    asking: {
      entry: 'countQuery',
      after: { queryAnswer: { target: 'waiting', actions: 'turnToReversal' } },
      on: { 'supervisor.push': pushingReversal },
      invoke: {
        src: 'query',
        input: pendingInput,
        onDone: [
          goingOn,
          {
            guard: { type: 'isChargedAfterAll', params: ({ event }) => ({ answer: event.output }) },
            target: '#counter.approved',
            actions: {
              type: 'end',
              params: ({ context, event }) => resolvedOutcome(event.output, known(context.pending, 'message').kind),
            },
          },
          {
            guard: { type: 'isUndoneAfterAll', params: ({ event }) => ({ answer: event.output }) },
            target: '#counter.undone',
            actions: {
              type: 'end',
              params: ({ context, event }) => resolvedOutcome(event.output, known(context.pending, 'message').kind),
            },
          },
          {
            guard: { type: 'isDeclinedAfterAll', params: ({ event }) => ({ answer: event.output }) },
            target: '#counter.declined',
            actions: {
              type: 'end',
              params: ({ context, event }) => resolvedOutcome(event.output, known(context.pending, 'message').kind),
            },
          },
          {
            target: '#counter.cancelled',
            actions: {
              type: 'end',
              params: ({ context, event }) => resolvedOutcome(event.output, known(context.pending, 'message').kind),
            },
          },
        ],
        onError: { target: 'waiting', actions: 'turnToReversal' },
      },
    },

    reversing: {
      entry: ['countQuery', 'beginReversal'],
      after: { queryAnswer: { target: 'waiting', actions: 'noteReversing' } },
      on: { 'supervisor.suspend': { target: 'suspending', actions: 'noteReversing' } },
      invoke: {
        src: 'reverse',
        input: pendingInput,
        onDone: [
          goingOn,
          {
            target: '#counter.undone',
            actions: { type: 'end', params: ({ event }) => reversedOutcome(event.output) },
          },
        ],
        onError: [
          // The journal did not take the note, so the reversal has not left.
          { guard: { type: 'isJournalFault', params: withError }, target: 'waiting', actions: 'askInstead' },
          { target: 'waiting', actions: 'noteReversing' },
        ],
      },
    },

    suspending: {
      after: { queryAnswer: { target: 'waiting' } },
      // One record is enough.
      on: { 'supervisor.suspend': {} },
      invoke: {
        src: 'suspend',
        input: ({ context, event }) => ({
          pending: known(context.pending, 'message'),
          ...suspensionOf(event),
        }),
        onDone: [
          {
            guard: 'hasUnresolved',
            target: 'choosing',
            actions: [
              { type: 'addSuspended', params: ({ event }) => ({ suspension: event.output }) },
              'nextUnresolved',
            ],
          },
          {
            target: '#counter.suspended',
            actions: [
              { type: 'addSuspended', params: ({ event }) => ({ suspension: event.output }) },
              ending(suspendedOutcome),
            ],
          },
        ],
        onError: { target: 'waiting' },
      },
    },
  },
});
