import { type CalendarDay, isCalendarDay } from './calendar-day.ts';
import type { CertificationRules } from './policy-profile.ts';

/** What pension somebody draws: an employee's or institution's, a resident's, or as an enterprise's survivor. */
export type BenefitKind = 'employee' | 'resident' | 'survivor';

/** How somebody stands with the certification that he still is entitled to his pension. `suspended`: payment rests until he
 *  certifies, and is made up for then (R112). */
export interface CertificationStanding {
  /** The last day in time. */
  readonly due: CalendarDay;
  /** The last day that leaves payment as it is. */
  readonly graceUntil: CalendarDay;
  readonly state: 'inTime' | 'grace' | 'suspended';
}

/** How somebody stands on `day`. `starts`: when the benefit starts; `last`: the last certification, by himself, by a
 *  relative or by data that matched (R113); null = none yet.
 *  A yearly cycle rolls from the last certification, or from the start (R109); more often than yearly the year is cut into
 *  equal parts of whole months, and each part wants one certification: the first one is the part in which the benefit
 *  starts.
 *  Errors: `RangeError` for what is not a day. Source: R109 to R116. */
export function certificationStanding(
  benefit: { readonly kind: BenefitKind; readonly starts: CalendarDay; readonly last: CalendarDay | null },
  day: CalendarDay,
  rules: CertificationRules,
): CertificationStanding {
  const { kind, starts, last } = benefit;
  const due = dueDay(kind, starts, last, rules);
  const graceUntil = addDays(due, rules.graceDays);
  return { due, graceUntil, state: day <= due ? 'inTime' : day <= graceUntil ? 'grace' : 'suspended' };
}

function dueDay(
  kind: BenefitKind,
  starts: CalendarDay,
  last: CalendarDay | null,
  rules: CertificationRules,
): CalendarDay {
  const perYear = kind === 'resident' ? rules.residentPerYear : kind === 'survivor' ? 4 : 1;
  if (perYear === 1) {
    const from = last ?? starts;
    return rules.cycle === 'days365' ? addDays(from, 365) : addMonths12(from);
  }
  return last === null ? endOfPart(starts, perYear) : endOfPart(addDays(endOfPart(last, perYear), 1), perYear);
}

/** The last day of the part of the year in which `day` is. */
function endOfPart(day: CalendarDay, perYear: number): CalendarDay {
  const [year = 0, month = 0] = day.split('-').map(Number);
  const part = Math.floor(((month - 1) * perYear) / 12);
  const nextPartsFirstMonth = Math.ceil(((part + 1) * 12) / perYear);
  return iso(Date.UTC(year, nextPartsFirstMonth, 0));
}

/** The same day of the next year; 28 February where there is none. */
function addMonths12(day: CalendarDay): CalendarDay {
  const there = `${String(Number(day.slice(0, 4)) + 1).padStart(4, '0')}${day.slice(4)}`;
  return isCalendarDay(there) ? there : there.replace(/29$/, '28');
}

/** The calendar day that many days later. Errors: `RangeError` for what is not a day. */
export function addDays(day: CalendarDay, days: number): CalendarDay {
  if (!isCalendarDay(day)) throw new RangeError('a day is written YYYY-MM-DD');
  return iso(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000);
}

function iso(atMs: number): CalendarDay {
  return new Date(atMs).toISOString().slice(0, 10);
}
