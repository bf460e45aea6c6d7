/** A day of the calendar as `YYYY-MM-DD`. */
export type CalendarDay = string;

/** Whether the text is `YYYY-MM-DD` and names a day that exists: not 2023-02-29. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === text;
}

/** Whole years of age on a day. The birthday itself counts; who was born on 29 February has it on 1 March in other
 *  years. Errors: `RangeError` for what is not a day, or a day before birth. */
export function ageOn(born: CalendarDay, day: CalendarDay): number {
  if (!isCalendarDay(born) || !isCalendarDay(day)) throw new RangeError('an age needs two days as YYYY-MM-DD');
  if (day < born) throw new RangeError(`${day} is before the day of birth`);
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5) < born.slice(5) ? years - 1 : years;
}
