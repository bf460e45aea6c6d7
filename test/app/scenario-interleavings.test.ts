import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choicesOf, orderCount, ordersOf } from '../../src/app/scenario/interleavings.ts';

describe('the orders of two lists of steps', () => {
  it('are all that keep each list in its own order', () => {
    expect([...ordersOf([2, 2])]).toEqual([
      [0, 0, 1, 1],
      [0, 1, 0, 1],
      [0, 1, 1, 0],
      [1, 0, 0, 1],
      [1, 0, 1, 0],
      [1, 1, 0, 0],
    ]);
  });

  it('are as many as are counted, each of them once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 3 }), (lengths) => {
        const orders = [...ordersOf(lengths)];
        expect(orders).toHaveLength(orderCount(lengths));
        expect(new Set(orders.map((order) => order.join())).size).toBe(orders.length);
        for (const order of orders) {
          expect(lengths.map((_, branch) => order.filter((one) => one === branch).length)).toEqual(lengths);
        }
      }),
    );
  });

  it('are counted without being made', () => {
    expect([orderCount([4, 4]), orderCount([7, 7]), orderCount([0, 5]), orderCount([10, 10])]).toEqual([
      70, 3432, 1, 184_756,
    ]);
  });
});

it('several parallels have every choice of one order from each', () => {
  expect([...choicesOf([])]).toEqual([[]]);
  expect([
    ...choicesOf([
      ['a', 'b'],
      ['c', 'd'],
    ]),
  ]).toEqual([
    ['a', 'c'],
    ['a', 'd'],
    ['b', 'c'],
    ['b', 'd'],
  ]);
  expect([...choicesOf([['a'], []])]).toEqual([]);
});
