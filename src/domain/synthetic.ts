import type { CalendarDay } from './calendar-day.ts';
import { isCalendarDay } from './calendar-day.ts';
import { luhnDigit } from './pan.ts';
import { parseResidentId, type ResidentId, residentIdCheck } from './resident-id.ts';
import { ssCardCheck } from './social-security-card.ts';

/** What a synthetic number is made from: the same seed gives the same number, always. A whole number ≥ 0 or any text. */
export type Seed = number | string;

/** Region code of synthetic cards: GB/T 2260 assigns no code that begins with 99. */
export const syntheticRegion = '990000';

const regionCount = 10_000;
const firstBirthDay = Date.UTC(1800, 0, 1);
const birthDayCount = 18_262;
const dayMs = 86_400_000;

/** A resident identity number that is valid and nobody's.
 *  Why nobody's: its region is 99xxxx. GB/T 2260 assigns no such region, and read as a foreigner's permanent-resident
 *  number (9, region of two digits, …) it names the region 9x, which is not assigned either. Without `born` the birth
 *  date is in 1800 to 1849 as well: the numbers were introduced in 1984, when nobody born then was alive.
 *  Distinct: whole numbers below 10,000 × 998 × 18,262 (below 10,000 × 998 for one `born`) never meet; n texts meet
 *  with a chance below n² ÷ (2 × that bound): under 10⁻⁵ for 1,000 people, 5 % for 1,000 people born on one day.
 *  Errors: `RangeError` for a `born` that is no day or a seed that is no seed. */
export function syntheticResidentId(seed: Seed, born?: CalendarDay): ResidentId {
  if (born !== undefined && !isCalendarDay(born)) throw new RangeError(`not a day as YYYY-MM-DD: ${born}`);
  const digits = new Digits(seed, regionCount * 998 * (born === undefined ? birthDayCount : 1));
  const region = `99${digits.take(regionCount)}`;
  const sequence = String(digits.takeNumber(998) + 1).padStart(3, '0');
  const birth = born ?? new Date(firstBirthDay + digits.takeNumber(birthDayCount) * dayMs).toISOString().slice(0, 10);
  const first17 = region + birth.replaceAll('-', '') + sequence;
  const parsed = parseResidentId(first17 + residentIdCheck(first17));
  if (!parsed.ok) throw new RangeError(`synthetic number is not well formed: ${parsed.problem}`);
  return parsed.id;
}

/** A 社会保障卡卡号 that is valid and nobody's: ZZ, six characters, check character. Issued numbers are seen with one
 *  letter and seven digits; and such a number means a person only together with its region, which is 990000 here.
 *  Distinct: whole numbers below 36⁶ never meet; n texts meet with a chance below n² ÷ (2 × 36⁶), 0.03 % for 1,000. */
export function syntheticSsCardNumber(seed: Seed): string {
  const space = 36 ** 6;
  const first8 = `ZZ${new Digits(seed, space).takeNumber(space).toString(36).toUpperCase().padStart(6, '0')}`;
  return first8 + ssCardCheck(first8);
}

/** A 社保电脑号 of ten digits that is nobody's: it begins with 00, and such a number means a person only within the city that
 *  gave it, which synthetic people do not have. Distinct: whole numbers below 10⁸ never meet; n texts meet with a chance
 *  below n² ÷ (2 × 10⁸), 0.5 % for 1,000. */
export function syntheticComputerNumber(seed: Seed): string {
  return `00${spread(seed, 10n ** 8n)
    .toString()
    .padStart(8, '0')}`;
}

/** A 卡识别码 (32 hex digits) that no card has: region 990000, the application's registered id D156000005, then the
 *  seed. Distinct: whole numbers never meet; n texts meet with a chance below n² ÷ 2⁵⁷. */
export function syntheticCardSn(seed: Seed): string {
  return `${syntheticRegion}D15600000500${spread(seed, 1n << 56n)
    .toString(16)
    .toUpperCase()
    .padStart(14, '0')}`;
}

/** A card number of 19 digits with a right Luhn digit that no issuer has: ISO/IEC 7812 leaves numbers beginning with 9
 *  to the country whose ISO 3166 code follows, and 999 is no country's (ISO 3166 never assigns 900 to 999).
 *  Distinct: whole numbers below 10¹⁴ never meet; n texts meet with a chance below n² ÷ (2 × 10¹⁴). */
export function syntheticPan(seed: Seed): string {
  const digits = `9999${spread(seed, 10n ** 14n)
    .toString()
    .padStart(14, '0')}`;
  return digits + luhnDigit(digits);
}

const familyNames = [...'赵钱孙李周吴郑王冯陈'];
/** The heavenly stems: what Chinese texts call people who do not exist (甲, 乙, 丙), as others say A, B and C. */
const stems = [...'甲乙丙丁戊己庚辛壬癸'];

/** A name for somebody who does not exist, such as 李丙 or 王甲癸: a family name and one or two heavenly stems. There
 *  are 1,100 such names, so people may share one; the numbers tell them apart. */
export function syntheticName(seed: Seed): string {
  const digits = new Digits(seed, familyNames.length * stems.length * (stems.length + 1));
  const pick = (from: readonly string[]) => from[digits.takeNumber(from.length)] ?? '';
  return pick(familyNames) + pick(stems) + pick([...stems, '']);
}

/** A prime above every space here and therefore coprime to all of them: multiplying by it visits each number of a
 *  space once. The next prime after 2⁶⁴ ÷ golden ratio, so that neighbours land far apart. */
const stride = 11_400_714_819_323_198_549n;

/** A number in `[0, space)`; a whole number as seed reaches every one of them exactly once. */
function spread(seed: Seed, space: bigint): bigint {
  if (typeof seed === 'number' && (!Number.isSafeInteger(seed) || seed < 0)) {
    throw new RangeError(`a seed is a whole number >= 0 or a text, got ${seed}`);
  }
  const index = typeof seed === 'number' ? BigInt(seed) : fnv1a(seed);
  return ((index + 1n) * stride) % space;
}

/** FNV-1a, 64 bits, over UTF-16 code units. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at++) {
    hash = ((hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash;
}

/** One number taken apart into parts of different sizes, so that each combination of parts comes once. */
class Digits {
  #rest: bigint;
  constructor(seed: Seed, space: number) {
    this.#rest = spread(seed, BigInt(space));
  }
  takeNumber(size: number): number {
    const part = this.#rest % BigInt(size);
    this.#rest /= BigInt(size);
    return Number(part);
  }
  /** As decimal digits, as many as the largest has. */
  take(size: number): string {
    return String(this.takeNumber(size)).padStart(String(size - 1).length, '0');
  }
}
