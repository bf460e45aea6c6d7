import { isCalendarDay } from './calendar-day.ts';

/** China Standard Time is UTC+8 all year since 1992, so an offset says it all and no time-zone data is needed. */
const offsetMs = 8 * 3_600_000;

function chinaIso(atMs: number): string {
  return new Date(atMs + offsetMs).toISOString();
}

/** `YYYY-MM-DD`. `atMs`: ms since the epoch, as everywhere in this file. */
export function chinaDay(atMs: number): string {
  return chinaIso(atMs).slice(0, 10);
}

/** The last second of a day in China, `YYYY-MM-DD`: what a link that has a last day is said to last until. */
export function lastSecondOf(day: string): number {
  return Date.parse(`${day}T23:59:59+08:00`);
}

/** `HH:MM`. */
export function chinaMinute(atMs: number): string {
  return chinaIso(atMs).slice(11, 16);
}

/** `YYYY-MM-DD HH:mm:ss`, as slips print it. */
export function chinaDateTime(atMs: number): string {
  return chinaIso(atMs).slice(0, 19).replace('T', ' ');
}

/** `yyyyMMddHHmmss`, as message ids carry it (R145). */
export function compactTime(atMs: number): string {
  return chinaIso(atMs).slice(0, 19).replace(/\D/g, '');
}

const isoInstant =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Reads an ISO 8601 time with its offset, such as `2025-04-19T10:00:00+08:00`, into ms since the epoch. Null for
 *  anything else: without an offset a time would mean another instant on every machine. */
export function parseInstant(text: string): number | null {
  const day = isoInstant.exec(text)?.[1];
  return day !== undefined && isCalendarDay(day) ? Date.parse(text) : null;
}
