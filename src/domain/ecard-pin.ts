/** How many digits the PIN of an electronic social security card has; not a knob, it is the same everywhere (R84). */
export const ecardPinLength = 6;

export type EcardPinProblem = 'form' | 'consecutive' | 'repeated' | 'fromIdNumber';

/** What is wrong with six digits that somebody chooses as the PIN of an e-card; null = nothing.
 *  Refused are six digits that count up or down by one (9 and 0 are neighbours), that repeat a block of one, two or three
 *  digits all along (111111, 121212, 123123), or that stand in this order anywhere in the holder's ID number.
 *  Errors: the first problem in the order of the type. Shapes: `pin` one byte a digit, 0 to 9. Source: R84. */
export function ecardPinProblem(pin: Uint8Array, residentId: string): EcardPinProblem | null {
  if (pin.length !== ecardPinLength || pin.some((digit) => digit > 9)) return 'form';
  const counts = (by: 1 | 9) => pin.every((digit, at) => at === 0 || digit === ((pin[at - 1] ?? 0) + by) % 10);
  if (counts(1) || counts(9)) return 'consecutive';
  if ([1, 2, 3].some((block) => pin.every((digit, at) => digit === pin[at % block]))) return 'repeated';
  return residentId.includes(pin.join('')) ? 'fromIdNumber' : null;
}

/** So many wrong entries within the time lock the e-card, for the same time again (R84). */
export const ecardTries = { max: 6, withinMs: 86_400_000 } as const;

/** Until when an e-card is locked for PIN entries; null = it is not. `counted`: the moments of the entries since the last
 *  right one, in ms since the epoch, newest first; an entry counts from before it is compared. Nobody enters while it is
 *  locked, so the newest six say it all. Source: R84. */
export function ecardLockedUntil(counted: readonly number[], now: number): number | null {
  const newest = counted[0];
  const oldest = counted[ecardTries.max - 1];
  if (newest === undefined || oldest === undefined || newest - oldest >= ecardTries.withinMs) return null;
  const until = newest + ecardTries.withinMs;
  return now < until ? until : null;
}

/** How many wrong entries are left at `now` before the e-card locks; at least one while it is not locked. */
export function ecardTriesLeft(counted: readonly number[], now: number): number {
  return ecardTries.max - counted.filter((at) => now - at < ecardTries.withinMs).length;
}
