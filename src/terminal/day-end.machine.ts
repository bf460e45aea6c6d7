import { assign, fromPromise, setup } from 'xstate';
import type { CalendarDay } from '../domain/calendar-day.ts';
import type { Decline } from '../ports/centre.ts';
import type { DayEndOutput, DayReconciled } from './counter-actors.ts';

/** What can happen to a day's end. `isBlocked`: an outcome of this terminal is unknown, or waits to be asked for. */
export type DayEndEvent =
  | {
      readonly type: 'dayEnd.started';
      readonly day: CalendarDay;
      readonly operator: string;
      readonly isBlocked: boolean;
    }
  | { readonly type: 'dayEnd.closed' };

/** In milliseconds. */
export interface DayEndDelays {
  readonly answer: number;
  readonly shown: number;
}

export interface DayEndContext {
  readonly day: CalendarDay | null;
  readonly operator: string | null;
  readonly reconciled: DayReconciled | null;
  /** Null in `refused`: the terminal's own books cannot be read. */
  readonly decline: Decline | null;
  readonly delays: DayEndDelays;
}

const nothing = { day: null, operator: null, reconciled: null, decline: null } as const;

/** The day's end beside the sale: the terminal's books against the centre's (3201, 3202). It moves no money and closes
 *  nothing, so that it can be looked at as often as wanted; while an outcome is unknown it is refused (R151). A fault ends
 *  it with a sentence. */
export const dayEndMachine = setup({
  types: {
    context: {} as DayEndContext,
    events: {} as DayEndEvent,
    input: {} as DayEndDelays,
  },
  actors: {
    reconcile: fromPromise<DayEndOutput, { day: CalendarDay; operator: string }>(() =>
      Promise.reject(new Error('actor not provided')),
    ),
  },
  actions: {
    forget: assign(() => nothing),
    begin: assign((_, params: { day: CalendarDay; operator: string }) => ({ ...nothing, ...params })),
    block: assign((_, params: { day: CalendarDay; operator: string }) => ({
      ...nothing,
      ...params,
      decline: { code: 'DAYEND_BLOCKED' as const },
    })),
    show: assign((_, { output }: { output: DayEndOutput }) => {
      if (output.kind === 'reconciled') return { reconciled: output };
      return { decline: output.kind === 'declined' ? output.decline : null };
    }),
    giveUp: assign({ decline: { code: 'CENTRE_UNAVAILABLE' as const } }),
  },
  guards: {
    isBlocked: (_, { isBlocked }: { isBlocked: boolean }) => isBlocked,
    isReconciled: (_, { output }: { output: DayEndOutput }) => output.kind === 'reconciled',
  },
  delays: {
    answer: ({ context }) => context.delays.answer,
    shown: ({ context }) => context.delays.shown,
  },
}).createMachine({
  id: 'dayEnd',
  context: ({ input }) => ({ ...nothing, delays: input }),
  initial: 'idle',
  on: {
    'dayEnd.started': [
      {
        guard: { type: 'isBlocked', params: ({ event }) => ({ isBlocked: event.isBlocked }) },
        target: '.blocked',
        actions: { type: 'block', params: ({ event }) => ({ day: event.day, operator: event.operator }) },
        reenter: true,
      },
      {
        target: '.asking',
        actions: { type: 'begin', params: ({ event }) => ({ day: event.day, operator: event.operator }) },
        reenter: true,
      },
    ],
    'dayEnd.closed': { target: '.idle', actions: 'forget' },
  },
  states: {
    idle: {},
    asking: {
      after: { answer: { target: 'refused', actions: 'giveUp' } },
      invoke: {
        src: 'reconcile',
        input: ({ context: { day, operator } }) => {
          if (day === null || operator === null) throw new Error('day-end machine: nobody asks for a day');
          return { day, operator };
        },
        onDone: [
          {
            guard: { type: 'isReconciled', params: ({ event }) => ({ output: event.output }) },
            target: 'shown',
            actions: { type: 'show', params: ({ event }) => ({ output: event.output }) },
          },
          { target: 'refused', actions: { type: 'show', params: ({ event }) => ({ output: event.output }) } },
        ],
        onError: { target: 'refused', actions: 'giveUp' },
      },
    },
    shown: { after: { shown: { target: 'idle', actions: 'forget' } } },
    blocked: { after: { shown: { target: 'idle', actions: 'forget' } } },
    refused: { after: { shown: { target: 'idle', actions: 'forget' } } },
  },
});
