import { isDeepStrictEqual } from 'node:util';

/** What became of a step. `expected` and `actual` are there when it failed: money as yuan text, keys as in the file. */
export interface Verdict {
  readonly passed: boolean;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

export const passed: Verdict = { passed: true };

export function failed(expected: unknown, actual: unknown): Verdict {
  return { passed: false, expected, actual };
}

export function compared(expected: unknown, actual: unknown): Verdict {
  return isDeepStrictEqual(expected, actual) ? passed : failed(expected, actual);
}
