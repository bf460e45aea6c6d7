import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageIds } from '../../src/terminal/message-ids.ts';

const institution = 'P99000000001';
const noon = Date.parse('2025-04-19T12:00:00+08:00');

it('is institution, China time and a sequence: 30 characters (R145)', () => {
  expect(messageIds(institution, { now: () => noon }).nextMsgId()).toBe('P99000000001202504191200000000');
});

it('never comes twice, whatever the clock does, also over restarts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ step: fc.integer({ min: -5000, max: 5000 }), restart: fc.boolean() })),
      (steps) => {
        let now = noon;
        const clock = { now: () => now };
        let ids = messageIds(institution, clock);
        let last = '';
        for (const { step, restart } of steps) {
          now += step;
          if (restart && last !== '') ids = messageIds(institution, clock, last);
          const next = ids.nextMsgId();
          expect(next > last).toBe(true);
          expect(next).toMatch(/^P99000000001\d{18}$/);
          last = next;
        }
      },
    ),
  );
});

it('goes on with the next second when a second has used up its sequence', () => {
  const ids = messageIds(institution, { now: () => noon }, 'P99000000001202504191200009999');
  expect(ids.nextMsgId()).toBe('P99000000001202504191200010000');
});

it('refuses an institution code that is not 12 characters', () => {
  expect(() => messageIds('P1', { now: () => noon })).toThrow(RangeError);
});
