import { describe, expect, it } from 'vitest';
import { type EventObject, transition } from 'xstate';
import { counterStates } from '../../src/domain/counter-state.ts';
import { languages, promptText } from '../../src/domain/prompt.ts';
import { counterMachine } from '../../src/terminal/counter.machine.ts';
import { codeOfPending, nothing } from '../../src/terminal/counter-model.ts';
import { counterState, promptOfState } from '../../src/terminal/prompt-of-state.ts';
import { atTheCounter, nameOf, type Situation, type Snapshot, situationOf, walk } from './counter-walk.ts';
import { pinBlock } from './fake-ports.ts';

const situations = walk('01', atTheCounter);
const stateOf = ({ state }: Situation) => nameOf(state);
const stepsFrom = ({ steps }: Situation) => steps;
const steps = situations.flatMap(stepsFrom);
// A supervisor's record is a story of its own: test/terminal/counter-money-graph.test.ts.
const states = counterStates.filter((state) => state !== 'suspended');

describe('the whole graph of the counter', () => {
  it('reaches every state', () => {
    expect(new Set(situations.map(stateOf))).toEqual(new Set(states));
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
      new Set(
        ['recovering', 'signedOut', 'signingIn', 'ready', 'outOfService'].concat([
          'approved',
          'declined',
          'cancelled',
          'undone',
        ]),
      ),
    );
  });

  it('has nothing of the last customer in ready and signedOut', () => {
    for (const { state } of situations.filter((e) => ['ready', 'signedOut'].includes(stateOf(e)))) {
      // A sentence about a bad read may stand for a while; that is nobody's.
      expect(state.context).toMatchObject({
        ...nothing,
        readFailure: state.context.readFailure,
        setback: state.context.setback,
      });
      expect(['CARD_UNREADABLE', undefined]).toContain(state.context.setback?.code);
      expect(state.context.countdown).toBeNull();
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
      expect(to.context.undoChoice).toBeNull();
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
      const expected =
        counterState(from.value) === 'unknown' ? codeOfPending(from.context.pending ?? { step: 'query' }) : 'busy';
      expect([to.context.notice?.id, to.context.notice?.params.code]).toContain(expected);
    }
  });

  it('ignores a card while one is being dealt with, so that a sale has one card read, or one code (R34)', () => {
    for (const { from, to } of steps.filter(({ event }) => event.type === 'card.swiped')) {
      if (!['identifying'].includes(counterState(to.value))) expect(to.context.cardReads).toBe(from.context.cardReads);
    }
    const authorised = situations.filter((entry) => stateOf(entry) === 'settling').map((entry) => entry.state.context);
    const shown = authorised.map(({ cardReads, customer }) => `${cardReads} ${customer?.voucher === undefined}`);
    expect(new Set(shown)).toEqual(new Set(['1 true', '0 false']));
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
    JSON.stringify([value, situationOf({ ...context, readerLost: false, countdown: null })]);

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
    expect(new Set(said.keys())).toEqual(new Set(states));
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
    expect(new Set(elsewhere.map(({ from }) => counterState(from.value)))).toEqual(new Set(states));
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
        ...['approved', 'declined', 'cancelled', 'undone'].map((name) => JSON.stringify({ [name]: 'open' })),
      ]),
    );
  });

  it('takes a code where a card is wanted, but for one that is being read, and says of every other scan that it is not', () => {
    const scans = steps.filter(({ event }) => event.type === 'code.scanned');
    const said = new Set<string>();
    for (const { from, event, to } of scans) {
      const { credential } = event as EventObject & { credential: object | null };
      const isTaken = counterState(to.value) === 'identifying' && counterState(from.value) !== 'identifying';
      if (isTaken) {
        expect([from.hasTag('takesCard'), to.context.credential]).toEqual([true, credential]);
        expect([to.context.cardReads, to.context.customer, to.context.result]).toEqual([0, null, null]);
      } else expect(saleOf(to)).toBe(saleOf(from));
      const state = counterState(from.value);
      said.add(`${state} ${credential !== null} ${isTaken ? 'taken' : to.context.notice?.id}`);
    }
    const results = ['approved', 'declined', 'cancelled', 'undone'];
    const expected = states.flatMap((state) => {
      const elsewhere = state === 'signedOut' ? 'signInFirst' : 'scanNotNeeded';
      if (['ready', 'enteringAmount', 'awaitingCard'].includes(state))
        return [`${state} true taken`, `${state} false notEvoucher`];
      if (state === 'reading') return ['reading true scanNotNeeded', 'reading false notEvoucher'];
      return [
        `${state} true ${elsewhere}`,
        `${state} false ${elsewhere}`,
        ...(results.includes(state) ? [`${state} true taken`] : []),
      ];
    });
    expect([...said].sort()).toEqual(expected.sort());
  });

  it('asks nobody for a PIN who showed a code (R35), and pays by no PIN what a code agreed to', () => {
    const byCode = situations.filter(({ state }) => state.context.customer?.voucher !== undefined);
    expect(new Set(byCode.map(stateOf))).toEqual(
      new Set(['awaitingAmount', 'quoting', 'settling', 'confirmingQuote', 'unknown']),
    );
    const kinds = byCode
      .filter((entry) => stateOf(entry) === 'settling')
      .map((e) => e.state.context.authorisation?.kind);
    expect(new Set(kinds)).toEqual(new Set(['voucher', 'ticket']));
  });

  it('keeps neither code nor voucher once the sale has ended', () => {
    for (const { state } of situations.filter(({ state: { context } }) => context.result !== null)) {
      expect([state.context.credential, state.context.customer, state.context.authorisation]).toEqual([
        null,
        null,
        null,
      ]);
    }
    for (const { state } of situations.filter((entry) => stateOf(entry) !== 'identifying')) {
      expect(state.context.credential).toBeNull();
    }
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
      const isWorking = nameOf(state) === 'unknown' && !state.matches({ unknown: 'waiting' });
      if (!isWorking) expect(state.context.countdown, JSON.stringify(state.value)).not.toBeNull();
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
