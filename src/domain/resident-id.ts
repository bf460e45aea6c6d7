import { type CalendarDay, isCalendarDay } from './calendar-day.ts';

declare const brand: unique symbol;

/** A resident identity number (公民身份号码) that is well formed: region (6), birth date (8), sequence (3), check
 *  character. It is also the social security number (社会保障号码) of its holder. */
export type ResidentId = string & { readonly [brand]: 'ResidentId' };

export type ResidentIdProblem = 'length' | 'characters' | 'birthDate' | 'checkCharacter';
export type ResidentIdParse =
  | { readonly ok: true; readonly id: ResidentId }
  | { readonly ok: false; readonly problem: ResidentIdProblem };

/** GB 11643, ISO 7064 MOD 11-2: weights 2^(18−i) mod 11, and the check character by remainder. */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = '10X98765432';

/** The check character of the first 17 digits. Errors: `RangeError` for anything but 17 digits. */
export function residentIdCheck(first17: string): string {
  if (!/^\d{17}$/.test(first17)) throw new RangeError('a check character is made from 17 digits');
  const weighted = weights.reduce((total, weight, at) => total + weight * Number(first17[at]), 0);
  return checkCharacters.charAt(weighted % 11);
}

/** Reads a resident identity number; spaces around it and a small `x` are forgiven.
 *  Errors: the first problem in the order of the type. The region is not looked up: test numbers have regions that
 *  GB/T 2260 does not assign. Source: GB 11643-1999. */
export function parseResidentId(text: string): ResidentIdParse {
  const number = text.trim().toUpperCase();
  if (number.length !== 18) return { ok: false, problem: 'length' };
  if (!/^\d{17}[\dX]$/.test(number)) return { ok: false, problem: 'characters' };
  if (!isCalendarDay(birthDay(number))) return { ok: false, problem: 'birthDate' };
  if (residentIdCheck(number.slice(0, 17)) !== number[17]) return { ok: false, problem: 'checkCharacter' };
  return { ok: true, id: number as ResidentId };
}

function birthDay(number: string): CalendarDay {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
}

/** The region where the number was given, a GB/T 2260 code of six digits. */
export function regionOf(id: ResidentId): string {
  return id.slice(0, 6);
}

export function bornOf(id: ResidentId): CalendarDay {
  return birthDay(id);
}

/** The sequence is odd for men and even for women. */
export function sexOf(id: ResidentId): 'male' | 'female' {
  return Number(id[16]) % 2 === 1 ? 'male' : 'female';
}
