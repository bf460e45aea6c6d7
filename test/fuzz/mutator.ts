/** A generator of numbers that gives the same ones for the same seed (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to `below` - 1. */
  under(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % below;
  }

  of<T>(values: readonly [T, ...T[]]): T {
    return values[this.under(values.length)] ?? values[0];
  }
}

const inputBytesMax = 4096;
const changesMax = 6;

/** Changes an input a little, in one to six places. `words` are what the program knows, `others` further inputs. */
export function mutate(
  input: Uint8Array,
  dice: Dice,
  words: readonly [Uint8Array, ...Uint8Array[]],
  others: readonly [Uint8Array, ...Uint8Array[]],
): Uint8Array {
  let bytes = input;
  for (let change = dice.under(changesMax); change >= 0; change--) bytes = changed(bytes, dice, words, others);
  return bytes.subarray(0, inputBytesMax);
}

function changed(
  bytes: Uint8Array,
  dice: Dice,
  words: readonly [Uint8Array, ...Uint8Array[]],
  others: readonly [Uint8Array, ...Uint8Array[]],
): Uint8Array {
  const at = dice.under(bytes.length + 1);
  const end = Math.min(bytes.length, at + dice.under(16));
  switch (dice.under(8)) {
    case 0:
      return replaced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << dice.under(8))));
    case 1:
      return replaced(bytes, at, at + 1, Uint8Array.of(dice.under(256)));
    case 2:
      return replaced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) + (dice.under(2) === 0 ? 1 : -1)));
    case 3:
      return replaced(bytes, at, at, dice.of(words));
    case 4: {
      const word = dice.of(words);
      return replaced(bytes, at, at + word.length, word);
    }
    case 5:
      return replaced(bytes, at, end, new Uint8Array());
    case 6:
      return replaced(bytes, at, at, bytes.subarray(at, end));
    default: {
      const other = dice.of(others);
      return replaced(bytes, at, bytes.length, other.subarray(dice.under(other.length + 1)));
    }
  }
}

function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(to, bytes.length));
  const result = new Uint8Array(from + by.length + rest.length);
  result.set(bytes.subarray(0, from));
  result.set(by, from);
  result.set(rest, from + by.length);
  return result;
}
