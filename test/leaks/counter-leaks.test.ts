import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CounterSnapshot } from '../../src/app/counter.ts';
import { loadRules } from '../../src/app/rules.ts';
import { parseScenario } from '../../src/app/scenario/scenario-file.ts';
import { ScenarioWorld } from '../../src/app/scenario/scenario-world.ts';
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

afterEach(() => vi.restoreAllMocks());

/** A value as a log, a debugger and a report would show it. */
function printed(value: unknown, depth = 6): string {
  const shown = inspect(value, { depth, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null });
  return `${shown}\n${String(value)}\n`;
}

/** The machine hangs on a snapshot, so that a deep look at one would print the program. */
function printedSnapshot(snapshot: CounterSnapshot): string {
  return printed(snapshot.context) + printed(snapshot, 3) + inspect(snapshot) + JSON.stringify(snapshot);
}

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
      const planted = `${text}${inspect({ pan: card.pan.expose() })}`;
      expect(search.leaksIn('x', planted)).not.toEqual([]);
    } finally {
      await world.close();
    }
  });
});
