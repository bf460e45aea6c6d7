/** The Luhn digit (ISO/IEC 7812-1, annex B) that follows these digits. */
export function luhnDigit(digits: string): string {
  if (!/^\d+$/.test(digits)) throw new RangeError('a Luhn digit is made from digits');
  let total = 0;
  for (const [fromRight, digit] of [...digits].reverse().entries()) {
    const weighted = fromRight % 2 === 0 ? Number(digit) * 2 : Number(digit);
    total += weighted > 9 ? weighted - 9 : weighted;
  }
  return String((10 - (total % 10)) % 10);
}

export type PanProblem = 'length' | 'characters';

/** What is wrong with a card number on a stripe, null = nothing (ISO/IEC 7812-1: up to 19 digits, here at least 12).
 *  A wrong Luhn digit is no problem but a `hasLuhn` warning: cards that are not payment cards may have none. */
export function panProblem(text: string): PanProblem | null {
  if (!/^\d*$/.test(text)) return 'characters';
  return text.length < 12 || text.length > 19 ? 'length' : null;
}

export function hasLuhn(pan: string): boolean {
  return pan.length > 1 && luhnDigit(pan.slice(0, -1)) === pan.at(-1);
}
