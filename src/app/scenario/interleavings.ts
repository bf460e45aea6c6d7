import type { ScenarioStep } from './scenario-shapes.ts';

/** The steps of a branch as they are interleaved: an expectation looks at what was just done and stays with it. */
export function turnsOf(steps: readonly ScenarioStep[]): readonly (readonly ScenarioStep[])[] {
  const turns: ScenarioStep[][] = [];
  for (const step of steps) {
    const last = turns.at(-1);
    if (last !== undefined && isLook(step)) last.push(step);
    else turns.push([step]);
  }
  return turns;
}

function isLook({ kind }: ScenarioStep): boolean {
  return kind.startsWith('expect');
}

/** More orders than a person would wait for: each is played from the beginning. */
export const ordersMax = 1000;

/** Which branch goes next, turn by turn. */
export type Order = readonly number[];

/** In how many orders the turns of branches of these lengths can follow one another when each branch keeps its own:
 *  the multinomial coefficient. */
export function orderCount(lengths: readonly number[]): number {
  let orders = 1;
  let placed = 0;
  for (const length of lengths) {
    for (let step = 1; step <= length; step++) {
      placed++;
      // Whole at every step: it is a binomial coefficient so far.
      orders = (orders * placed) / step;
    }
  }
  return orders;
}

/** All of them, the one first in which the first branch is done before the second begins. */
export function* ordersOf(lengths: readonly number[]): Generator<Order> {
  if (lengths.every((length) => length === 0)) {
    yield [];
    return;
  }
  for (const [branch, length] of lengths.entries()) {
    if (length === 0) continue;
    const left = lengths.map((other, index) => (index === branch ? other - 1 : other));
    for (const rest of ordersOf(left)) yield [branch, ...rest];
  }
}

/** Every choice of one value from each list, the last list's changing fastest. No lists have one choice: none. */
export function* choicesOf<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const [first, ...others] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first) {
    for (const rest of choicesOf(others)) yield [value, ...rest];
  }
}
