import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AnyActorLogic, InspectionEvent } from 'xstate';
import { keyedNumber } from '../../src/app/binding-input.ts';
import type { CounterSnapshot } from '../../src/app/counter.ts';
import { loadRules } from '../../src/app/rules.ts';
import { parseScenario } from '../../src/app/scenario/scenario-file.ts';
import { ScenarioWorld } from '../../src/app/scenario/scenario-world.ts';
import { type BindingEvent, defaultBindingDelays } from '../../src/terminal/binding-model.ts';
import { yuan } from '../domain/settled-sale.ts';
import { LeakSearch } from './leak-search.ts';

const pins = { right: '739158', wrong: '604297', thenCancelled: '285713' } as const;
const story = `scenario: a counter that is looked at
profile: chongqing-2021
clock: 2025-04-19T10:00:00+08:00
people:
  mother:   { balance: "50.00", pin: "${pins.right}" }
  daughter: { balance: "200.00" }
links:
  - { provider: daughter, beneficiary: mother, relation: parent }
steps:
  - sale: { amount: "80.00" }
`;

/** Everything that XState's inspector is told of every machine and actor: events, contexts, and what actions are given. */
const inspected: unknown[] = [];
vi.mock('xstate', async (original) => {
  const xstate = await original<typeof import('xstate')>();
  const inspect = (told: InspectionEvent) => {
    if (told.type === '@xstate.event') inspected.push(told.event);
    // XState's own actions hold the actor itself, which would print the program.
    if (told.type === '@xstate.action' && !told.action.type.startsWith('xstate.')) inspected.push(told.action);
    if (told.type === '@xstate.snapshot') {
      const { context, output, error } = told.snapshot as { context?: unknown; output?: unknown; error?: unknown };
      inspected.push(context, output, error);
    }
  };
  return {
    ...xstate,
    createActor: (logic: AnyActorLogic, options: object) => xstate.createActor(logic, { ...options, inspect }),
  };
});

afterEach(() => {
  vi.restoreAllMocks();
  inspected.splice(0);
});

/** A value as a log, a debugger and a report would show it. */
function printed(value: unknown, depth = 6): string {
  const shown = inspect(value, { depth, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null });
  return `${shown}\n${String(value)}\n`;
}

/** The machine hangs on a snapshot, so that a deep look at one would print the program. */
function printedSnapshot(snapshot: CounterSnapshot): string {
  return printed(snapshot.context) + printed(snapshot, 3) + inspect(snapshot) + JSON.stringify(snapshot);
}

/** A part of a message that is told many times is printed once. */
function inspectedText(): string {
  expect(inspected.length).toBeGreaterThan(50);
  return [...new Set(inspected)].map((told) => printed(told)).join('\n');
}

const office = `scenario: a binding desk that is looked at
profile: chongqing-2021
clock: 2025-04-19T10:00:00+08:00
people:
  provider: { balance: "200.00", pin: "${pins.right}" }
  byCard:   { balance: "0.00" }
  byId:     { balance: "0.00" }
steps:
  - sale: { amount: "80.00" }
`;

describe('the counter, looked at', () => {
  it('shows no PIN and no number in its snapshots, its faults, and what XState prints by itself', async () => {
    const { profiles, listedAreas } = loadRules();
    const world = await ScenarioWorld.open(parseScenario(story, 'story.yaml', profiles), listedAreas);
    try {
      const card = world.cardOf('mother');
      const code = world.codeOf('mother', { ageMs: 0, replay: false }) ?? '';
      const search = new LeakSearch(
        Object.entries(pins).map(([what, text]) => ({ what: `the ${what} PIN`, text })),
        [
          ...[card.pan, card.ssCardNumber, card.cardSn, card.socialSecurityNumber].map((number, at) => ({
            what: `number ${at + 1} of the card`,
            text: number.expose(),
          })),
          { what: 'the 医保码', text: code },
        ],
      );
      const terminal = await world.terminal('T0000001');
      const { counter } = terminal;
      const seen: string[] = [];
      const states = new Set<string>();
      counter.subscribe((snapshot) => {
        states.add(counter.state);
        seen.push(printedSnapshot(snapshot));
      });
      const byConsole = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
        vi.spyOn(console, level).mockImplementation(() => undefined),
      );
      const sale = async () => {
        terminal.startSale({ total: yuan('80'), fund: yuan('0'), goods: [] });
        await world.comeToRest();
        terminal.swipe(card, 'stripe', 'none');
        await world.comeToRest();
      };

      await sale();
      terminal.enterPin(pins.wrong);
      await world.comeToRest();
      terminal.enterPin(pins.right);
      await world.comeToRest();
      const { lastSale } = world;
      if (lastSale === undefined) throw new Error('the sale was not paid');
      terminal.chooseUndo({ kind: 'refund', settlementId: lastSale.settlementId, amount: yuan('10') });
      await world.comeToRest();
      counter.send({ type: 'key.confirm' });
      await world.comeToRest();
      await sale();
      terminal.enterPin(pins.thenCancelled);
      await world.comeToRest();
      counter.send({ type: 'key.cancel' });
      await world.comeToRest();
      terminal.startSale({ total: yuan('80'), fund: yuan('0'), goods: [] });
      await world.comeToRest();
      terminal.scan(code);
      await world.comeToRest();
      expect(world.lastSale?.voucherUsed).toBe(true);
      await sale();
      counter.stop();
      // XState warns of this, and prints the event.
      counter.send({ type: 'key.confirm' });

      expect([...states]).toEqual(expect.arrayContaining(['awaitingPin', 'settling', 'approved', 'undoing', 'undone']));
      const byXstate = byConsole.flatMap(({ mock }) => mock.calls.flat().map((said) => printed(said)));
      expect(byXstate.length).toBeGreaterThan(0);
      const text = [...seen, ...byXstate, ...terminal.bugs.map((bug) => printed(bug))].join('\n');
      expect(text).toContain('[secret]');
      expect(search.leaksIn('what the counter shows', text)).toEqual([]);
      expect(search.leaksIn('what its inspector is told', inspectedText())).toEqual([]);
      const planted = `${text}${inspect({ pan: card.pan.expose() })}`;
      expect(search.leaksIn('x', planted)).not.toEqual([]);
    } finally {
      await world.close();
    }
  });

  it('shows none of them at the binding desk either: of a provider with his PIN, and of two whose numbers are keyed in', async () => {
    const { profiles, listedAreas } = loadRules();
    const world = await ScenarioWorld.open(parseScenario(office, 'office.yaml', profiles), listedAreas);
    try {
      const cards = (['provider', 'byCard', 'byId'] as const).map((who) => ({ who, card: world.cardOf(who) }));
      const [provider, byCard, byId] = cards.map(({ card }) => card);
      if (provider === undefined || byCard === undefined || byId === undefined) throw new Error('somebody has no card');
      const search = new LeakSearch(
        Object.entries(pins).map(([what, text]) => ({ what: `the ${what} PIN`, text })),
        cards.flatMap(({ who, card }) =>
          [card.pan, card.ssCardNumber, card.cardSn, card.socialSecurityNumber].map((number, at) => ({
            what: `number ${at + 1} of ${who}`,
            text: number.expose(),
          })),
        ),
      );
      const terminal = await world.terminal('T0000001');
      const { counter } = terminal;
      const seen: string[] = [];
      const stages = new Set<string>();
      counter.subscribe((snapshot) => {
        stages.add(counter.binding?.stage ?? 'closed');
        seen.push(printed(counter.binding), JSON.stringify(counter.binding), printedSnapshot(snapshot));
      });
      const byConsole = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
        vi.spyOn(console, level).mockImplementation(() => undefined),
      );
      const tell = async (event: BindingEvent) => {
        counter.sendBinding(event);
        await world.comeToRest();
      };
      const admit = async (...entries: readonly string[]) => {
        expect(terminal.startBinding('counter')).toBe('started');
        terminal.swipe(provider, 'stripe', 'none');
        await world.comeToRest();
        for (const digits of entries) {
          terminal.enterPin(digits);
          await world.comeToRest();
        }
      };
      const ask = async (number: BindingEvent) => {
        await tell({ type: 'task.chosen', task: { kind: 'link' } });
        await tell(number);
        const documents = { provider: null, beneficiary: 'idCard' } as const;
        const ticks = { cautionTicked: true, beneficiaryConsents: false };
        await tell({
          type: 'terms.given',
          terms: { relation: 'parent', documents, ...ticks, quota: null, until: null },
        });
        await world.pass(defaultBindingDelays.attention);
        await tell({ type: 'key.confirm' });
      };
      const linkIds = () => counter.binding?.context.links.map(({ linkId }) => linkId);

      await admit(pins.wrong, pins.right);
      await ask(keyedNumber('ssCardNumber', byCard.ssCardNumber));
      expect([counter.binding?.stage, counter.binding?.context.decline]).toEqual(['linked', null]);
      const [linkId = ''] = linkIds() ?? [];
      await world.pass(defaultBindingDelays.attention);
      counter.closeBinding();
      await admit(pins.right);
      await ask(keyedNumber('residentId', byId.socialSecurityNumber));
      expect(counter.binding?.context.verdict?.findings).not.toEqual([]);
      counter.closeBinding();
      await admit(pins.right);
      await tell({ type: 'task.chosen', task: { kind: 'unlink', linkId } });
      await tell({ type: 'reason.given', reason: '不再需要' });
      expect(linkIds()).toEqual([]);
      await world.pass(defaultBindingDelays.attention);
      counter.closeBinding();
      await admit(pins.thenCancelled);
      counter.stop();
      // XState warns of what comes too late, and prints the event.
      counter.sendBinding(keyedNumber('residentId', byId.socialSecurityNumber));
      counter.sendBinding(keyedNumber('ssCardNumber', byCard.ssCardNumber));

      expect([...stages]).toEqual(
        expect.arrayContaining(['awaitingPin', 'admitting', 'linked', 'reviewing', 'unlinked']),
      );
      const byXstate = byConsole.flatMap(({ mock }) => mock.calls.flat().map((said) => printed(said)));
      expect(byXstate.length).toBeGreaterThan(0);
      const text = [...seen, ...byXstate, ...terminal.bugs.map((bug) => printed(bug))].join('\n');
      expect(search.leaksIn('what the desk shows', text)).toEqual([]);
      const told = inspectedText();
      expect(told).toContain('number.keyed');
      expect(told).toContain('[secret]');
      expect(search.leaksIn('what its inspector is told', told)).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
