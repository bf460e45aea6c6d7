import { assign, fromPromise, setup } from 'xstate';
import type { Credential, ReadFailure } from '../ports/card-reader.ts';
import type { Decline, Inquired } from '../ports/centre.ts';
import type { InquiryOutput } from './counter-actors.ts';

/** What can happen to a balance query. `operator`: whose messages they are. */
export type InquiryEvent =
  | { readonly type: 'inquiry.started'; readonly operator: string }
  | { readonly type: 'inquiry.closed' }
  /** A card was read, or a 医保码 scanned. */
  | { readonly type: 'card.swiped'; readonly credential: Credential }
  | { readonly type: 'card.failed'; readonly reason: ReadFailure };

/** In milliseconds. `shown`: how long a balance, or why there is none, stays on the screen. */
export interface InquiryDelays {
  readonly card: number;
  readonly answer: number;
  readonly shown: number;
}

export interface InquiryContext {
  readonly operator: string | null;
  /** There only while the centre is asked. */
  readonly credential: Credential | null;
  readonly readFailure: ReadFailure | null;
  readonly maskedCard: string | null;
  readonly inquired: Inquired | null;
  readonly decline: Decline | null;
  readonly delays: InquiryDelays;
}

const nothing = {
  operator: null,
  credential: null,
  readFailure: null,
  maskedCard: null,
  inquired: null,
  decline: null,
} as const;

/** A balance query beside the sale: a card, an answer, shown for a while. It moves no money, so a fault ends it with a
 *  sentence. Holds: in `idle` nothing of a customer is left. */
export const inquiryMachine = setup({
  types: {
    context: {} as InquiryContext,
    events: {} as InquiryEvent,
    input: {} as InquiryDelays,
  },
  actors: {
    inquire: fromPromise<InquiryOutput, { credential: Credential; operator: string }>(() =>
      Promise.reject(new Error('actor not provided')),
    ),
  },
  actions: {
    forget: assign(() => nothing),
    begin: assign((_, params: { operator: string }) => ({ ...nothing, operator: params.operator })),
    takeCard: assign((_, params: { credential: Credential }) => ({
      credential: params.credential,
      readFailure: null,
    })),
    noteReadFailure: assign((_, params: { reason: ReadFailure }) => ({ readFailure: params.reason })),
    show: assign((_, { output }: { output: InquiryOutput }) =>
      output.kind === 'shown'
        ? { credential: null, maskedCard: output.maskedCard, inquired: output.inquired }
        : { credential: null, decline: output.decline },
    ),
    giveUp: assign({ credential: null, decline: { code: 'CENTRE_UNAVAILABLE' as const } }),
  },
  guards: {
    isShown: (_, { output }: { output: InquiryOutput }) => output.kind === 'shown',
  },
  delays: {
    card: ({ context }) => context.delays.card,
    answer: ({ context }) => context.delays.answer,
    shown: ({ context }) => context.delays.shown,
  },
}).createMachine({
  id: 'inquiry',
  context: ({ input }) => ({ ...nothing, delays: input }),
  initial: 'idle',
  on: {
    'inquiry.started': {
      target: '.awaitingCard',
      actions: { type: 'begin', params: ({ event }) => ({ operator: event.operator }) },
      reenter: true,
    },
    'inquiry.closed': { target: '.idle', actions: 'forget' },
  },
  states: {
    idle: {},
    awaitingCard: {
      after: { card: { target: 'idle', actions: 'forget' } },
      on: {
        'card.swiped': {
          target: 'asking',
          actions: { type: 'takeCard', params: ({ event }) => ({ credential: event.credential }) },
        },
        'card.failed': {
          target: 'awaitingCard',
          reenter: true,
          actions: { type: 'noteReadFailure', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
    },
    asking: {
      after: { answer: { target: 'refused', actions: 'giveUp' } },
      invoke: {
        src: 'inquire',
        input: ({ context: { credential, operator } }) => {
          if (credential === null || operator === null) throw new Error('inquiry machine: nobody asks for a balance');
          return { credential, operator };
        },
        onDone: [
          {
            guard: { type: 'isShown', params: ({ event }) => ({ output: event.output }) },
            target: 'shown',
            actions: { type: 'show', params: ({ event }) => ({ output: event.output }) },
          },
          { target: 'refused', actions: { type: 'show', params: ({ event }) => ({ output: event.output }) } },
        ],
        onError: { target: 'refused', actions: 'giveUp' },
      },
    },
    shown: { after: { shown: { target: 'idle', actions: 'forget' } } },
    refused: { after: { shown: { target: 'idle', actions: 'forget' } } },
  },
});
