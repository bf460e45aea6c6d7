export type EvoucherProblem = 'length' | 'characters' | 'prefix' | 'extension';

/** What is wrong with the text of a 医保码, null = nothing: 28 digits, being `424`, 17 and 2 random ones, 2 of the
 *  province, and the extension `0000`. Whether it is fresh and unused only the centre knows. The province is not looked
 *  up: synthetic people live where GB/T 2260 assigns nothing.
 *  Errors: the first problem in the order of the type; each is told as R95. Source: R94. */
export function evoucherProblem(text: string): EvoucherProblem | null {
  if (text.length !== 28) return 'length';
  if (!/^[0-9]*$/.test(text)) return 'characters';
  if (!text.startsWith('424')) return 'prefix';
  return text.endsWith('0000') ? null : 'extension';
}
