import { type Sealed, seal } from './seal.ts';

/** The agreement with the driver, drivers/keyboard/wedge-input.ts. */
const agreement = { salt: 'gongji', info: 'gongji keyboard wedge 1' } as const;
const lineBytesMax = 1024;

/** Seals a line that a card reader or scanner has typed, as UTF-8, for the driver behind it: no card number crosses a
 *  process border in the clear. `publicKey`: `Hello.wedgeKey`. What is longer than 1024 bytes is no card and no code of
 *  ours, and is cut. Errors: those of `seal`. */
export async function sealLine(line: string, publicKey: string): Promise<Sealed> {
  const plain = new TextEncoder().encode(line);
  try {
    return await seal(plain.subarray(0, lineBytesMax), { publicKey, ...agreement });
  } finally {
    plain.fill(0);
  }
}
