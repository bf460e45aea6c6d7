import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Ids } from '../../src/ports/ids.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';

const institution = 'P99000000001';
const noon = Date.parse('2025-04-19T12:00:00+08:00');

it('is institution, China time, the terminal and a sequence: 30 characters (R145)', () => {
  expect(messageIds(institution, { now: () => noon }, 7).nextMsgId()).toBe('P99000000001202504191200000700');
});

it('never comes twice, whatever the clocks do, over restarts and among the terminals of an institution', () => {
  const step = fc.record({
    terminal: fc.constantFrom(0, 1, 99),
    ms: fc.integer({ min: -5000, max: 5000 }),
    restart: fc.boolean(),
    count: fc.integer({ min: 1, max: 120 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const given = new Set<string>();
      const terminals = new Map<number, { now: number; ids: Ids; last: string }>();
      for (const { terminal, ms, restart, count } of steps) {
        const at = terminals.get(terminal) ?? { now: noon, ids: { nextMsgId: () => '' }, last: '' };
        const clock = { now: () => at.now };
        at.now += ms;
        if (at.last === '') at.ids = messageIds(institution, clock, terminal);
        else if (restart) at.ids = messageIds(institution, clock, terminal, at.last);
        terminals.set(terminal, at);
        for (let made = 0; made < count; made += 1) {
          const next = at.ids.nextMsgId();
          // One expectation for what holds of every id: there are very many.
          const isGood = next > at.last && /^P99000000001\d{18}$/.test(next) && !given.has(next);
          if (!isGood) expect(next).toBe(`an id of its own after ${at.last}`);
          given.add(next);
          at.last = next;
        }
      }
    }),
  );
});

it.each([
  ['has used up its sequence', 'P99000000001202504191200000799', 7],
  ['was another terminal number', 'P99000000001202504191200000755', 8],
  ['was of the time before terminals had numbers', 'P99000000001202504191200009999', 7],
])('goes on with the next second when the last id %s', (_, after, terminal) => {
  const ids = messageIds(institution, { now: () => noon }, terminal, after);
  expect(ids.nextMsgId()).toBe(`P99000000001202504191200010${terminal}00`);
});

it('refuses an institution code that is not 12 characters', () => {
  expect(() => messageIds('P1', { now: () => noon }, 1)).toThrow(RangeError);
});

it.each([-1, 100, 1.5, Number.NaN])('refuses %s as the number of a terminal', (terminal) => {
  expect(() => messageIds(institution, { now: () => noon }, terminal)).toThrow(RangeError);
});
