import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOn, isCalendarDay } from '../../src/domain/calendar-day.ts';
import {
  chinaDateTime,
  chinaDay,
  chinaMinute,
  compactTime,
  lastSecondOf,
  parseInstant,
} from '../../src/domain/china-time.ts';

describe('China Standard Time', () => {
  const newYear = Date.UTC(2024, 11, 31, 16, 0, 0);
  it('is eight hours ahead of UTC, also over the end of a year', () => {
    expect(chinaDateTime(newYear)).toBe('2025-01-01 00:00:00');
    expect(chinaDateTime(newYear - 1)).toBe('2024-12-31 23:59:59');
    expect(chinaDay(newYear)).toBe('2025-01-01');
    expect(chinaMinute(newYear)).toBe('00:00');
    expect(compactTime(newYear)).toBe('20250101000000');
  });

  it('every time printed with its offset is read back to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const text = `${chinaDateTime(seconds * 1000).replace(' ', 'T')}+08:00`;
        expect(parseInstant(text)).toBe(seconds * 1000);
      }),
    );
  });

  it.each([
    ['2025-04-19T10:00:00+08:00', Date.UTC(2025, 3, 19, 2)],
    ['2025-04-19T10:00+08:00', Date.UTC(2025, 3, 19, 2)],
    ['2025-04-19T10:00:00.250Z', Date.UTC(2025, 3, 19, 10, 0, 0, 250)],
    ['2024-02-29T00:00:00-05:30', Date.UTC(2024, 1, 29, 5, 30)],
  ])('%s is read', (text, at) => {
    expect(parseInstant(text)).toBe(at);
  });

  it.each([
    ['no offset', '2025-04-19T10:00:00'],
    ['a day alone', '2025-04-19'],
    ['a day that does not exist', '2025-02-29T10:00:00Z'],
    ['hour 24', '2025-04-19T24:00:00Z'],
    ['second 60', '2025-04-19T23:59:60Z'],
    ['an offset of 15 hours', '2025-04-19T10:00:00+15:00'],
    ['a space for the T', '2025-04-19 10:00:00+08:00'],
    ['text around it', ' 2025-04-19T10:00:00Z'],
    ['nothing', ''],
  ])('%s is refused', (_, text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

describe('days', () => {
  it.each(['2024-02-29', '1800-01-01', '2025-12-31'])('%s exists', (day) => {
    expect(isCalendarDay(day)).toBe(true);
  });

  it.each(['2025-02-29', '1900-02-29', '2025-13-01', '2025-00-01', '2025-04-31', '2025-4-1', '20250401', ''])(
    '%j does not',
    (day) => {
      expect(isCalendarDay(day)).toBe(false);
    },
  );

  it.each([
    ['2009-04-19', '2025-04-18', 15],
    ['2009-04-19', '2025-04-19', 16],
    ['2009-04-19', '2009-04-19', 0],
    ['2008-02-29', '2025-02-28', 16],
    ['2008-02-29', '2025-03-01', 17],
    ['2008-02-29', '2024-02-29', 16],
    ['1849-12-31', '2025-04-19', 175],
  ])('who was born on %s is on %s %i years old (R100, R103)', (born, day, age) => {
    expect(ageOn(born, day)).toBe(age);
  });

  it('there is no age before birth or on a day that does not exist', () => {
    expect(() => ageOn('2025-04-19', '2025-04-18')).toThrow(RangeError);
    expect(() => ageOn('2025-02-29', '2025-04-18')).toThrow(RangeError);
  });
});

it('R7: the last second of a day is still that day in China, and the next one is not', () => {
  const last = lastSecondOf('2026-12-31');
  expect([chinaDay(last), chinaDay(last + 1000)]).toEqual(['2026-12-31', '2027-01-01']);
});
