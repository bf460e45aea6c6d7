import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecardLockedUntil, ecardPinProblem, ecardTriesLeft } from '../../src/domain/ecard-pin.ts';

const residentId = '990000196003127418';
const digits = (text: string) => Uint8Array.from(text, Number);
const hour = 3_600_000;

describe('the PIN of an e-card (R84)', () => {
  it.each([
    ['24680', 'form'],
    ['2468024', 'form'],
    ['123456', 'consecutive'],
    ['654321', 'consecutive'],
    ['789012', 'consecutive'],
    ['210987', 'consecutive'],
    ['000000', 'repeated'],
    ['121212', 'repeated'],
    ['385385', 'repeated'],
    ['960031', 'fromIdNumber'],
    ['127418', 'fromIdNumber'],
    ['246802', null],
    ['123457', null],
    ['112233', null],
    ['130069', null],
  ])('%s is %s', (pin, problem) => {
    expect(ecardPinProblem(digits(pin), residentId)).toBe(problem);
  });

  it('refuses what is no digit', () => {
    expect(ecardPinProblem(Uint8Array.from([2, 4, 6, 8, 0, 10]), residentId)).toBe('form');
  });
});

describe('the lock of an e-card: six wrong within 24 hours, for 24 hours (R84)', () => {
  const sixIn = (lastMs: number) => [lastMs, 5, 4, 3, 2, 0];
  it.each([
    [sixIn(24 * hour - 1), 24 * hour - 1, 48 * hour - 1],
    [sixIn(24 * hour), 24 * hour, null],
    [sixIn(hour), 25 * hour - 1, 25 * hour],
    [sixIn(hour), 25 * hour, null],
    [[4, 3, 2, 1, 0], 4, null],
    [[], 0, null],
  ])('after %j it is at %i locked until %s', (counted, now, until) => {
    expect(ecardLockedUntil(counted, now)).toBe(until);
  });

  it('agrees with a count over any 24 hours, entry by entry, and tells how many are left', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 10 * hour }), { maxLength: 30 });
    fc.assert(
      fc.property(gaps, (waits) => {
        let now = 0;
        let lockedTill = 0;
        const kept: number[] = [];
        for (const wait of waits) {
          now += wait;
          const until = ecardLockedUntil(kept.slice(0, 6), now);
          expect(until).toBe(now < lockedTill ? lockedTill : null);
          if (until !== null) continue;
          kept.unshift(now);
          const inWindow = kept.filter((at) => at > now - 24 * hour).length;
          if (inWindow === 6) lockedTill = now + 24 * hour;
          else expect(ecardTriesLeft(kept.slice(0, 6), now)).toBe(6 - inWindow);
        }
      }),
    );
  });
});
