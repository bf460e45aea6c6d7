/** Weights of the eight characters before the check character, as in GB 11714 (organisation codes). */
const weights = [3, 7, 9, 10, 5, 8, 4, 2];

export type SsCardNumberProblem = 'length' | 'characters' | 'checkCharacter';
export type CardSnProblem = 'length' | 'characters' | 'region';

/** The check character of a 社会保障卡卡号's first eight characters (0 to 9, A to Z = 10 to 35): 11 − remainder, where
 *  10 is written X and 11 is written 0. Errors: `RangeError` for anything but eight such characters. */
export function ssCardCheck(first8: string): string {
  if (!/^[0-9A-Z]{8}$/.test(first8)) throw new RangeError('a check character is made from 8 characters 0-9, A-Z');
  const weighted = weights.reduce((total, weight, at) => total + weight * Number.parseInt(first8.charAt(at), 36), 0);
  const check = (11 - (weighted % 11)) % 11;
  return check === 10 ? 'X' : String(check);
}

/** What is wrong with a 社会保障卡卡号 (nine characters), null = nothing. Example of the card specification: X00000019. */
export function ssCardNumberProblem(text: string): SsCardNumberProblem | null {
  if (text.length !== 9) return 'length';
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(text)) return 'characters';
  return ssCardCheck(text.slice(0, 8)) === text[8] ? null : 'checkCharacter';
}

/** What is wrong with a 卡识别码 (16 bytes as 32 hex digits, the first six being a region code), null = nothing. */
export function cardSnProblem(text: string): CardSnProblem | null {
  if (text.length !== 32) return 'length';
  if (!/^[0-9A-Fa-f]{32}$/.test(text)) return 'characters';
  return /^\d{6}/.test(text) ? null : 'region';
}

/** The region code that a 卡识别码 begins with: who issued the card. */
export function regionOfCardSn(cardSn: string): string {
  return cardSn.slice(0, 6);
}
