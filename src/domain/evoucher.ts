import type { EvoucherRules } from './policy-profile.ts';

/** What of the rules says how a code looks. */
export type EvoucherForm = Pick<EvoucherRules, 'digits' | 'prefix'>;

/** The form of R94. */
export const nationalForm: EvoucherForm = { digits: 28, prefix: '424' };

const extension = '0000';
/** Of the province and the extension. */
const tailDigits = 2 + extension.length;

export type EvoucherProblem = 'length' | 'characters' | 'prefix' | 'extension';

/** What is wrong with the text of a 医保码, null = nothing: 28 digits, being `424`, 17 and 2 random ones, 2 of the
 *  province, and the extension `0000`. Whether it is fresh and unused only the centre knows. The province is not looked
 *  up: synthetic people live where GB/T 2260 assigns nothing.
 *  Errors: the first problem in the order of the type; each is told as R95. Source: R94. */
export function evoucherProblem(text: string, { digits, prefix } = nationalForm): EvoucherProblem | null {
  if (text.length !== digits) return 'length';
  if (!/^[0-9]*$/.test(text)) return 'characters';
  if (!text.startsWith(prefix)) return 'prefix';
  return text.endsWith(extension) ? null : 'extension';
}

/** A code of this form. `random`: bytes that nobody can guess, at least 16; the random digits are their remainder, which
 *  favours none of them by more than one part in 10^16. `province`: its two digits of GB/T 2260.
 *  Errors: `RangeError` for a form that leaves no place for 6 to 22 random digits. Source: R94. */
export function evoucherText({ digits, prefix }: EvoucherForm, random: Uint8Array, province: string): string {
  const count = digits - prefix.length - tailDigits;
  if (count < 6 || count > 22 || random.length < 16) throw new RangeError('a code needs 6 to 22 random digits');
  const drawn = random.reduce((value, byte) => value * 256n + BigInt(byte), 0n) % 10n ** BigInt(count);
  return `${prefix}${String(drawn).padStart(count, '0')}${province}${extension}`;
}
