import { describe, expect, it } from 'vitest';
import type { EventObject, SnapshotFrom } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { counterStates } from '../../src/domain/counter-state.ts';
import { languages, promptText } from '../../src/domain/prompt.ts';
import { CentreFault, type QueryAnswer, type SettleAnswer } from '../../src/ports/centre.ts';
import { PinPadFault } from '../../src/ports/pin-pad.ts';
import { counterMachine } from '../../src/terminal/counter.machine.ts';
import { type CounterContext, defaultDelays } from '../../src/terminal/counter-model.ts';
import { counterState, promptOfState } from '../../src/terminal/prompt-of-state.ts';
import { bill, customer, pinBlock, quote, settlement, stripe } from './fake-ports.ts';

// The real machine, walked as a whole: every state, fed with every event it takes, every answer and fault of its actors
// and every time-out. The ids and the clock stand still so that the number of situations is finite.
const input = {
  clock: { now: () => 0 },
  ids: { nextMsgId: () => 'P99000000001202504191000000001' },
  delays: defaultDelays,
};

const free = quote(2550, 0, 0);
const wrongPin: SettleAnswer = { kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft: 5 } };
const settleAnswers: readonly object[] = [
  { kind: 'settled', settlement: settlement('m') },
  wrongPin,
  { kind: 'declined', decline: { code: 'PIN_LOCKED' } },
  { kind: 'stale', quote: quote(8000, 2000, 0), ticket: 'ticket' },
  { kind: 'stale', quote: quote(8000, 2000, 0), ticket: null },
  { kind: 'notSent' },
];
const outputs: Record<string, readonly unknown[]> = {
  recovering: [[], [{ msgId: 'a' }], [{ msgId: 'a' }, { msgId: 'b' }]],
  identifying: [customer, { kind: 'declined', decline: { code: 'CARD_LOST', fact: 'lost' } }],
  quoting: [
    { kind: 'quoted', quote: quote(8000, 5000, 3000) },
    { kind: 'quoted', quote: free },
    { kind: 'declined', decline: { code: 'INSURANCE_NOT_NORMAL', fact: 'arrears' } },
  ],
  awaitingPin: [{ kind: 'entered', pinBlock }, { kind: 'cancelled' }],
  settling: settleAnswers,
  unknown: [
    { kind: 'absent' },
    ...settleAnswers.slice(0, 5).map((answer) => ({ kind: 'found', answer }) as QueryAnswer),
  ],
};

function eventsOf(descriptor: string): EventObject[] {
  const state = descriptor.split('.counter.')[1]?.split('.')[0] ?? '';
  if (descriptor.startsWith('xstate.done.actor')) {
    return (outputs[state] ?? []).map((output) => ({ type: descriptor, output }) as EventObject);
  }
  if (descriptor.startsWith('xstate.error.actor'))
    return [new CentreFault('noAnswer'), new PinPadFault('gone'), new TypeError('a bug')].map(
      (error) => ({ type: descriptor, error }) as EventObject,
    );
  switch (descriptor) {
    case 'amount.edited':
      return [{ type: descriptor, text: '8' } as EventObject, { type: descriptor, text: '' } as EventObject];
    case 'amount.refused':
      return [{ type: descriptor, prompt: 'amountTooLarge' } as EventObject];
    case 'sale.started':
      return [{ type: descriptor, bill } as EventObject];
    case 'card.swiped':
      return [{ type: descriptor, credential: stripe } as EventObject];
    case 'card.failed':
      return [{ type: descriptor, reason: 'halfRead' } as EventObject];
    case 'operator.signedIn':
      return [{ type: descriptor, operator: '02' } as EventObject];
    default:
      return [{ type: descriptor }];
  }
}

// What makes two situations the same: the counters are cut off where nothing more depends on them.
function situation(context: CounterContext): object {
  const { clock, ids, delays, queries, cardReads, pinEntries, ...rest } = context;
  return { ...rest, cardReads: Math.min(cardReads, 2), pinEntries: Math.min(pinEntries, 2) };
}

const walk = (operator: string | null) =>
  getAdjacencyMap(counterMachine, {
    input: { ...input, operator },
    limit: 200_000,
    events: (snapshot) =>
      [...new Set(snapshot._nodes.flatMap((node) => node.ownEvents as string[]))].flatMap(eventsOf) as never[],
    serializeState: (snapshot) => JSON.stringify([snapshot.value, situation(snapshot.context)]),
    serializeEvent: (event) => JSON.stringify(event) + ('error' in event ? String(event.error) : ''),
  });
type Snapshot = SnapshotFrom<typeof counterMachine>;
// Started with an operator and with nobody signed in: both come to the same states.
const situations = [...Object.values(walk('01')), ...Object.values(walk(null))] as readonly {
  readonly state: Snapshot;
  readonly transitions: Readonly<Record<string, { readonly event: EventObject; readonly state: Snapshot }>>;
}[];
const stateOf = (entry: (typeof situations)[number]) => counterState(entry.state.value);
const steps = situations.flatMap((from) =>
  Object.values(from.transitions).map((edge) => ({
    from: from.state,
    event: edge.event,
    to: edge.state,
  })),
);

describe('the whole graph of the counter', () => {
  it('reaches every state', () => {
    expect(new Set(situations.map(stateOf))).toEqual(new Set(counterStates));
  });

  it('has a PIN block in its context only while settling', () => {
    const holding = situations.filter((entry) => JSON.stringify(entry.state.context).includes(pinBlock.hex));
    expect(new Set(holding.map(stateOf))).toEqual(new Set(['settling']));
    expect(situations.filter((e) => e.state.context.authorisation !== null).map(stateOf)).not.toContain('unknown');
  });

  it('cannot be cancelled once money may have moved, and says why (R125)', () => {
    const cancels = steps.filter(({ from, event }) => event.type === 'key.cancel' && from.hasTag('moneyMayMove'));
    expect(cancels.length).toBeGreaterThan(0);
    for (const { from, to } of cancels) {
      expect(counterState(to.value)).toBe(counterState(from.value));
      expect(to.context.notice?.id).toBe('cannotCancel');
    }
  });

  it('can be cancelled from every other state of a sale', () => {
    for (const { state } of situations.filter((entry) => entry.state.hasTag('cancellable'))) {
      const cancelled = steps.find(({ from, event }) => from === state && event.type === 'key.cancel');
      expect(cancelled, counterState(state.value)).toBeDefined();
      expect(['cancelled', 'ready']).toContain(counterState(cancelled?.to.value ?? ''));
    }
    const uncancellable = new Set(
      situations.filter(({ state }) => !state.hasTag('cancellable') && !state.hasTag('moneyMayMove')).map(stateOf),
    );
    expect(uncancellable).toEqual(
      new Set(['recovering', 'signedOut', 'ready', 'approved', 'declined', 'cancelled', 'outOfService']),
    );
  });

  it('never shows an unknown outcome as declined: a fault while settling leads to unknown only (R125)', () => {
    const faults = steps.filter(
      ({ from, event }) => counterState(from.value) === 'settling' && /^xstate\.(error|after)/.test(event.type),
    );
    expect(faults.length).toBeGreaterThan(0);
    expect(new Set(faults.map(({ to }) => counterState(to.value)))).toEqual(new Set(['unknown']));
  });

  it('leaves unknown only by an answer of the centre', () => {
    const left = steps.filter(
      ({ from, to }) => counterState(from.value) === 'unknown' && counterState(to.value) !== 'unknown',
    );
    for (const { event } of left) expect(event.type).toMatch(/^xstate\.done\.actor/);
  });

  it('has nothing of the last customer in ready and signedOut', () => {
    for (const { state } of situations.filter((e) => ['ready', 'signedOut'].includes(stateOf(e)))) {
      const { bill, draft, customer, credential, quote, ticket, authorisation, result, countdown } = state.context;
      expect({ bill, draft, customer, credential, quote, ticket, authorisation, result, countdown }).toEqual({
        bill: null,
        draft: '',
        customer: null,
        credential: null,
        quote: null,
        ticket: null,
        authorisation: null,
        result: null,
        countdown: null,
      });
      // Before the sign-in a message of an earlier run may still be open; a sentence may stand in `ready` for a while.
      if (stateOf({ state, transitions: {} }) === 'ready') expect(state.context.msgId).toBeNull();
    }
  });

  it('starts every sale with nothing of the one before', () => {
    const starts = steps.filter(
      ({ from, event, to }) =>
        from.hasTag('ended') && /^(card|sale|amount\.edited)/.test(event.type) && to !== from && !to.hasTag('ended'),
    );
    expect(starts.length).toBeGreaterThan(0);
    for (const { to } of starts) {
      expect(to.context.result).toBeNull();
      expect(to.context.quote).toBeNull();
      expect(to.context.customer).toBeNull();
    }
  });

  it('answers a second start with busy while a sale runs, and queues nothing', () => {
    const second = steps.filter(
      ({ from, event }) =>
        event.type === 'sale.started' && !from.hasTag('acceptsSale') && counterState(from.value) !== 'signedOut',
    );
    expect(second.length).toBeGreaterThan(0);
    for (const { from, to } of second) {
      expect(to.value).toEqual(from.value);
      expect(to.context.bill).toEqual(from.context.bill);
      expect(to.context.notice?.id).toBe('busy');
    }
  });

  it('ignores a card while one is being dealt with, so that a sale has one card read (R34)', () => {
    for (const { from, to } of steps.filter(({ event }) => event.type === 'card.swiped')) {
      if (!['identifying'].includes(counterState(to.value))) expect(to.context.cardReads).toBe(from.context.cardReads);
    }
    const authorised = situations.filter((entry) => stateOf(entry) === 'settling');
    expect(new Set(authorised.map((entry) => entry.state.context.cardReads))).toEqual(new Set([1]));
  });

  it('asks no PIN for a refused card (R93)', () => {
    for (const { from, to } of steps.filter(({ to }) => counterState(to.value) === 'awaitingPin')) {
      expect(['quoting', 'settling', 'confirmingQuote', 'awaitingPin']).toContain(counterState(from.value));
      expect(to.context.customer).not.toBeNull();
      expect(to.context.quote).not.toBeNull();
    }
  });

  it('has a time-out with a countdown in every state that waits for a person', () => {
    const waiting = situations.filter(
      ({ state }) =>
        !state.hasTag('driving') && !['ready', 'signedOut', 'outOfService'].includes(counterState(state.value)),
    );
    for (const { state } of waiting) {
      if (JSON.stringify(state.value) === '{"unknown":"asking"}') continue;
      expect(state.context.countdown, JSON.stringify(state.value)).not.toBeNull();
      const timeout = steps.find(({ from, event }) => from === state && event.type.startsWith('xstate.after'));
      expect(timeout, JSON.stringify(state.value)).toBeDefined();
    }
  });

  it('ends every state that goes on by itself, also when nothing answers', () => {
    for (const { state } of situations.filter(({ state }) => state.hasTag('driving'))) {
      if (counterState(state.value) === 'recovering') continue;
      const timeout = steps.find(({ from, event }) => from === state && event.type.startsWith('xstate.after'));
      expect(timeout, JSON.stringify(state.value)).toBeDefined();
    }
  });

  it('has a sentence for every situation, with all its parameters filled', () => {
    for (const { state } of situations) {
      const prompt = promptOfState(counterState(state.value), state.context);
      for (const language of languages) expect(promptText(prompt, language)).not.toMatch(/[{}]|^$/);
    }
  });
});
