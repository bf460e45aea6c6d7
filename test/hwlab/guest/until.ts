import { setTimeout as wait } from 'node:timers/promises';

/** Looks until `probe` gives something; enumeration takes its time, here as on a real bus.
 *  Errors: after `limitMs`, that `what` did not happen. */
export async function until<T>(
  what: string | (() => string),
  probe: () => T | Promise<T>,
  limitMs = 20_000,
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== false && found !== null && found !== undefined) return found as Exclude<T, false | null | undefined>;
    if (performance.now() > end)
      throw new Error(`did not happen in ${limitMs / 1000} s: ${typeof what === 'string' ? what : what()}`);
    await wait(10);
  }
}
