declare const brand: unique symbol;

/** Money in fen (1 yuan = 100 fen): a safe integer ≥ 0. Direction belongs to the posting, never to the sign. */
export type Fen = number & { readonly [brand]: 'Fen' };

/** The largest amount that one sale may have: 9,999,999.99 yuan, what fits N(16,2) on the wire with room to sum. */
export const amountMax = 999_999_999 as Fen;

export const zeroFen = 0 as Fen;

/** A whole number of fen as money. Throws `RangeError` for anything that is not a safe integer ≥ 0: that is a bug of
 *  the caller, never an answer. */
export function fen(value: number): Fen {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an amount in fen: ${String(value)}`);
  return (value === 0 ? 0 : value) as Fen;
}

export function add(a: Fen, b: Fen): Fen {
  return fen(a + b);
}

export function sum(amounts: Iterable<Fen>): Fen {
  let total = zeroFen;
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/** `a − b`. Throws `RangeError` when b is larger: money has no sign. */
export function subtract(a: Fen, b: Fen): Fen {
  return fen(a - b);
}

/** `a − b`, or zero when b is larger: what is left of `a` above a floor `b`. */
export function above(a: Fen, b: Fen): Fen {
  return a > b ? fen(a - b) : zeroFen;
}

export function lesser(a: Fen, b: Fen): Fen {
  return a < b ? a : b;
}

export type YuanProblem = 'empty' | 'notANumber' | 'tooManyDecimals' | 'negative' | 'tooLarge';
export type YuanParse =
  | { readonly ok: true; readonly fen: Fen }
  | { readonly ok: false; readonly problem: YuanProblem };

/** Reads yuan text such as `80`, `80.5`, `80.00`, `0.01` by splitting the string, so no float is involved.
 *  Errors: named in `problem`; zero is read (a caller that wants a positive amount checks it itself, rule R53). */
export function parseYuan(text: string): YuanParse {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: false, problem: 'empty' };
  if (/^-(\d+(\.\d*)?|\.\d+)$/.test(trimmed)) return { ok: false, problem: 'negative' };
  const match = /^(\d+)(?:\.(\d*))?$/.exec(trimmed);
  if (!match) return { ok: false, problem: 'notANumber' };
  const whole = (match[1] ?? '').replace(/^0+(?=\d)/, '');
  const decimals = match[2] ?? '';
  if (match[2] === '') return { ok: false, problem: 'notANumber' };
  if (decimals.length > 2) return { ok: false, problem: 'tooManyDecimals' };
  if (whole.length > 9) return { ok: false, problem: 'tooLarge' };
  const value = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return value > amountMax ? { ok: false, problem: 'tooLarge' } : { ok: true, fen: fen(value) };
}

/** Yuan text with two decimals and no grouping: `8000` fen is `80.00`. */
export function formatYuan(amount: Fen): string {
  const digits = String(fen(amount)).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
