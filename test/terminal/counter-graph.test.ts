import { describe, expect, it } from 'vitest';
import { type EventObject, type SnapshotFrom, transition } from 'xstate';
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
    case 'reader.gone':
      return [{ type: descriptor, cause: 'unplugged' } as EventObject];
    case 'code.scanned':
      return [true, false].map((evoucher) => ({ type: descriptor, evoucher }) as EventObject);
    case 'operator.signedIn':
      return [{ type: descriptor, operator: '02' } as EventObject];
    default:
      return [{ type: descriptor }];
  }
}

// What makes two situations the same: the counters are cut off where nothing more depends on them, and nothing at all
// depends on the notice.
function situation(context: CounterContext): object {
  const { clock, ids, delays, queries, cardReads, pinEntries, notice, ...rest } = context;
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
const stepsFrom = (entry: (typeof situations)[number]) =>
  Object.values(entry.transitions).map((edge) => ({ from: entry.state, event: edge.event, to: edge.state }));
const steps = situations.flatMap(stepsFrom);

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
    for (const entry of situations.filter(({ state }) => state.hasTag('cancellable'))) {
      const cancelled = stepsFrom(entry).find(({ event }) => event.type === 'key.cancel');
      expect(cancelled, stateOf(entry)).toBeDefined();
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

  it('takes in every situation a swipe, a bad read, a stray card, a scan, a reader that goes and one that comes', () => {
    for (const entry of situations) {
      const taken = new Set(stepsFrom(entry).map(({ event }) => event.type));
      const missing = [
        'card.swiped',
        'card.failed',
        'card.dropped',
        'card.elsewhere',
        'code.scanned',
        'reader.gone',
        'reader.back',
      ].filter((type) => !taken.has(type));
      expect([stateOf(entry), missing]).toEqual([stateOf(entry), []]);
    }
  });

  const saleOf = ({ context, value }: Snapshot) =>
    JSON.stringify([value, situation({ ...context, readerLost: false, countdown: null })]);

  it('drops a card that nobody waits for, says so, and keeps nothing of it for the next sale', () => {
    const stray = steps.filter(
      ({ from, event }) =>
        event.type === 'card.dropped' || (/^card\.(swiped|failed)$/.test(event.type) && !from.hasTag('takesCard')),
    );
    const said = new Map<string, Set<string | undefined>>();
    for (const { from, to } of stray) {
      expect(saleOf(to)).toBe(saleOf(from));
      const state = counterState(from.value);
      said.set(state, (said.get(state) ?? new Set()).add(to.context.notice?.id));
    }
    expect(new Set(said.keys())).toEqual(new Set(counterStates));
    for (const [state, ids] of said) {
      const expected =
        state === 'signedOut'
          ? 'signInFirst'
          : ['ready', 'enteringAmount', 'awaitingCard', 'reading'].includes(state)
            ? 'swipeAgain'
            : 'swipeNotNeeded';
      expect([state, ...ids]).toEqual([state, expected]);
    }
  });

  it('says of a card at another reader that it was not used, and which reader is meant where one is waited for', () => {
    const elsewhere = steps.filter(({ event }) => event.type === 'card.elsewhere');
    expect(new Set(elsewhere.map(({ from }) => counterState(from.value)))).toEqual(new Set(counterStates));
    for (const { from, to } of elsewhere) {
      expect(saleOf(to)).toBe(saleOf(from));
      const state = counterState(from.value);
      const waits = ['ready', 'enteringAmount', 'awaitingCard', 'reading'].includes(state);
      const expected = waits ? 'otherReader' : state === 'signedOut' ? 'signInFirst' : 'swipeNotNeeded';
      expect([state, to.context.notice?.id]).toEqual([state, expected]);
    }
  });

  it('takes cards only while one is waited for, or where the next customer may begin', () => {
    const takers = situations.filter(({ state }) => state.hasTag('takesCard')).map(({ state }) => state.value);
    expect(new Set(takers.map((value) => JSON.stringify(value)))).toEqual(
      new Set([
        ...['ready', 'enteringAmount', 'awaitingCard', 'reading'].map((name) => JSON.stringify(name)),
        ...['approved', 'declined', 'cancelled'].map((name) => JSON.stringify({ [name]: 'open' })),
      ]),
    );
  });

  it('pays nothing by a scanned code and says what to do instead', () => {
    const scans = steps.filter(({ event }) => event.type === 'code.scanned');
    const said = new Set<string>();
    for (const { from, event, to } of scans) {
      expect(saleOf(to)).toBe(saleOf(from));
      const { evoucher } = event as EventObject & { evoucher: boolean };
      said.add(`${counterState(from.value)} ${evoucher} ${to.context.notice?.id}`);
    }
    for (const state of counterStates) {
      const waits = ['ready', 'enteringAmount', 'awaitingCard', 'reading'].includes(state);
      const elsewhere = state === 'signedOut' ? 'signInFirst' : 'scanNotNeeded';
      expect(said).toContain(`${state} true ${waits ? 'evoucherNotYet' : elsewhere}`);
      expect(said).toContain(`${state} false ${waits ? 'notEvoucher' : elsewhere}`);
    }
    expect(said.size).toBe(2 * counterStates.length);
  });

  it('keeps the sale when the reader goes and when it comes back, and waits when it went in the middle of a card', () => {
    const changes = steps.filter(({ event }) => /^reader\./.test(event.type));
    for (const { from, event, to } of changes) {
      expect(to.context.readerLost).toBe(event.type === 'reader.gone');
      if (counterState(from.value) === 'reading' && event.type === 'reader.gone') {
        const waiting = from.context.bill ? 'awaitingCard' : from.context.draft ? 'enteringAmount' : 'ready';
        expect(counterState(to.value)).toBe(waiting);
        expect([to.context.bill, to.context.draft, to.context.readFailure]).toEqual([
          from.context.bill,
          from.context.draft,
          'halfRead',
        ]);
      } else {
        expect(saleOf(to)).toBe(saleOf(from));
      }
    }
  });

  it('speaks of a lost reader only where a card is waited for, and of cancel only where it does something', () => {
    for (const { state } of situations) {
      const { id } = promptOfState(counterState(state.value), state.context);
      const lost = state.context.readerLost;
      const name = counterState(state.value);
      expect([name, lost, id === 'readerLost']).toEqual([name, lost, lost && name === 'ready']);
      expect([name, lost, id === 'readerLostInSale']).toEqual([
        name,
        lost,
        lost && (name === 'enteringAmount' || name === 'awaitingCard'),
      ]);
      if (id === 'readerLostInSale') expect(state.hasTag('cancellable')).toBe(true);
    }
  });

  it('takes every notice back by itself', () => {
    const spoken = new Map(
      steps
        .filter(({ to }) => to.context.notice !== null)
        .map(({ to }) => [JSON.stringify([to.value, to.context.notice]), to]),
    );
    expect(spoken.size).toBeGreaterThan(20);
    for (const to of spoken.values()) {
      const [after] = transition(counterMachine, to, { type: 'notice.over' });
      expect(after.context.notice).toBeNull();
      expect(saleOf(after)).toBe(saleOf(to));
    }
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
    for (const entry of waiting) {
      const { state } = entry;
      if (JSON.stringify(state.value) === '{"unknown":"asking"}') continue;
      expect(state.context.countdown, JSON.stringify(state.value)).not.toBeNull();
      const timeout = stepsFrom(entry).find(({ event }) => event.type.startsWith('xstate.after'));
      expect(timeout, JSON.stringify(state.value)).toBeDefined();
    }
  });

  it('ends every state that goes on by itself, also when nothing answers', () => {
    for (const entry of situations.filter(({ state }) => state.hasTag('driving'))) {
      if (stateOf(entry) === 'recovering') continue;
      const timeout = stepsFrom(entry).find(({ event }) => event.type.startsWith('xstate.after'));
      expect(timeout, JSON.stringify(entry.state.value)).toBeDefined();
    }
  });

  it('has a sentence for every situation, with all its parameters filled', () => {
    for (const { state } of situations) {
      const prompt = promptOfState(counterState(state.value), state.context);
      for (const language of languages) expect(promptText(prompt, language)).not.toMatch(/[{}]|^$/);
    }
  });
});
