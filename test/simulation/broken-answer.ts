/** An answer as a damaged line hands it over: wherever it tells amounts, one of them is a fen more, so that they do not add
 *  up any more; where it tells none, its kind is one that nobody knows. */
export function brokenAnswer(answer: unknown): unknown {
  const copy = structuredCloneOf(answer);
  return damage(copy) ? copy : { ...(copy as object), kind: 'garbage' };
}

function structuredCloneOf(value: unknown): unknown {
  // Secrets are kept as they are: they cannot be copied and have no amounts.
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, structuredCloneOf(part)]));
}

function damage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const told = value as Record<string, unknown>;
  for (const sums of ['split', 'returned']) {
    const amounts = told[sums];
    if (typeof amounts === 'object' && amounts !== null && 'cash' in amounts) {
      told[sums] = { ...amounts, cash: Number(amounts.cash) + 1 };
      return true;
    }
  }
  return Object.values(told).some(damage);
}
