/** Numeric keypads that send their keys in clear, one byte a key. Source for start, stop and the mask: term2.c of
 *  zhiliang729/ctest; the keys beside the digits are those of a terminal and are not documented. */
export const plainKeypadStart: Uint8Array = Uint8Array.of(0x82);
export const plainKeypadStop: Uint8Array = Uint8Array.of(0x83);

export type PlainKey = number | 'confirm' | 'backspace' | 'clear' | 'cancel';

const otherKeys: ReadonlyMap<number, PlainKey> = new Map([
  [0x0d, 'confirm'],
  [0x08, 'backspace'],
  [0x7f, 'clear'],
  [0x1b, 'cancel'],
]);

/** The key behind a byte: a digit as its value, so that a PIN never becomes text. The top bit is a parity bit or nothing.
 *  Null for a byte that is no key. */
export function plainKeyOf(byte: number): PlainKey | null {
  const code = byte & 0x7f;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return otherKeys.get(code) ?? null;
}
