import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, certificationStanding } from '../../src/domain/certification.ts';
import type { CertificationRules } from '../../src/domain/policy-profile.ts';

const rules = { cycle: 'days365', graceDays: 15, residentPerYear: 2, survivor: 'quarterly' } as const;
const months12: CertificationRules = { ...rules, cycle: 'months12' };
const yearly: CertificationRules = { ...rules, residentPerYear: 1 };
const starts = '2020-05-10';

describe('when a pensioner certifies (R109 to R116)', () => {
  it.each([
    ['employee', '2023-04-19', rules, '2024-04-18'],
    ['employee', '2023-04-19', months12, '2024-04-19'],
    ['employee', '2024-02-29', rules, '2025-02-28'],
    ['employee', '2024-02-29', months12, '2025-02-28'],
    ['employee', null, rules, '2021-05-10'],
    ['resident', '2025-03-01', rules, '2025-12-31'],
    ['resident', '2025-07-01', rules, '2026-06-30'],
    ['resident', null, rules, '2020-06-30'],
    ['resident', '2025-03-01', yearly, '2026-03-01'],
    ['resident', '2025-05-01', { ...rules, residentPerYear: 5 }, '2025-08-31'],
    ['survivor', '2025-03-31', rules, '2025-06-30'],
    ['survivor', '2025-10-01', rules, '2026-03-31'],
    ['survivor', null, rules, '2020-06-30'],
  ] as const)('%s, last %s: due %#', (kind, last, under, due) => {
    expect(certificationStanding({ kind, starts, last }, '2020-05-10', under).due).toBe(due);
  });

  it('leaves payment as it is to the fifteenth day after, and suspends it from the sixteenth (R111)', () => {
    const on = (day: string) => certificationStanding({ kind: 'employee', starts, last: '2024-04-19' }, day, rules);
    expect(on('2025-04-19').state).toBe('inTime');
    expect(on('2025-04-20').state).toBe('grace');
    expect(on('2025-05-04')).toEqual({ due: '2025-04-19', graceUntil: '2025-05-04', state: 'grace' });
    expect(on('2025-05-05').state).toBe('suspended');
  });

  it('is in time on the day of any certification (R112), and never due before it', () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((n) => addDays('2000-01-01', n));
    const kinds = fc.constantFrom('employee', 'resident', 'survivor');
    fc.assert(
      fc.property(kinds, day, fc.integer({ min: 1, max: 12 }), (kind, last, residentPerYear) => {
        const standing = certificationStanding({ kind, starts: last, last }, last, { ...rules, residentPerYear });
        expect(standing.state).toBe('inTime');
        expect(standing.due > last).toBe(true);
      }),
    );
  });

  it('refuses what is no day', () => {
    expect(() => certificationStanding({ kind: 'employee', starts: 'x', last: null }, '2025-01-01', rules)).toThrow(
      RangeError,
    );
  });
});
