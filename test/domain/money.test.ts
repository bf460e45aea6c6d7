import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  above,
  add,
  amountMax,
  fen,
  formatYuan,
  lesser,
  parseYuan,
  subtract,
  sum,
  type YuanProblem,
  zeroFen,
} from '../../src/domain/money.ts';

const anyFen = fc.integer({ min: 0, max: amountMax }).map(fen);

describe('yuan text (R53)', () => {
  it.each([
    ['80', 8000],
    ['80.5', 8050],
    ['80.00', 8000],
    ['0.01', 1],
    ['0', 0],
    [' 33.34 ', 3334],
    ['007.10', 710],
    ['000000000000080', 8000],
    ['9999999.99', amountMax],
  ])('reads %j as %i fen', (text, amount) => {
    expect(parseYuan(text)).toEqual({ ok: true, fen: amount });
  });

  it.each<[string, YuanProblem]>([
    ['', 'empty'],
    ['  ', 'empty'],
    ['-1', 'negative'],
    ['-0.01', 'negative'],
    ['-.5', 'negative'],
    ['-', 'notANumber'],
    ['.5', 'notANumber'],
    ['5.', 'notANumber'],
    ['1e3', 'notANumber'],
    ['0x10', 'notANumber'],
    ['1,000', 'notANumber'],
    ['+1', 'notANumber'],
    ['1 0', 'notANumber'],
    ['八十', 'notANumber'],
    ['８０', 'notANumber'],
    ['NaN', 'notANumber'],
    ['0.001', 'tooManyDecimals'],
    ['80.000', 'tooManyDecimals'],
    ['10000000', 'tooLarge'],
    ['9'.repeat(400), 'tooLarge'],
  ])('refuses %j: %s', (text, problem) => {
    expect(parseYuan(text)).toEqual({ ok: false, problem });
  });

  it('every amount survives being written and read', () => {
    fc.assert(
      fc.property(anyFen, (amount) => {
        expect(parseYuan(formatYuan(amount))).toEqual({ ok: true, fen: amount });
      }),
    );
  });

  it('no text throws, and what is read is an amount', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?\d*\.?\d*$/)), (text) => {
        const parsed = parseYuan(text);
        if (parsed.ok) expect(fen(parsed.fen)).toBeLessThanOrEqual(amountMax);
      }),
    );
  });
});

describe('fen', () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is not an amount', (value) => {
    expect(() => fen(value)).toThrow(RangeError);
  });

  it('there is one zero', () => {
    expect(Object.is(fen(-0), 0)).toBe(true);
  });

  it('money has no sign: a difference below zero is a bug', () => {
    expect(() => subtract(fen(1), fen(2))).toThrow(RangeError);
    expect(above(fen(1), fen(2))).toBe(zeroFen);
  });

  it('a sum beyond safe integers is refused instead of rounded', () => {
    expect(() => add(fen(Number.MAX_SAFE_INTEGER), fen(1))).toThrow(RangeError);
  });

  it('sum, difference and floor agree', () => {
    fc.assert(
      fc.property(anyFen, anyFen, (a, b) => {
        expect(subtract(sum([a, b]), b)).toBe(a);
        expect(add(above(a, b), lesser(a, b))).toBe(a);
      }),
    );
  });

  it.each([
    [0, '0.00'],
    [1, '0.01'],
    [10, '0.10'],
    [8000, '80.00'],
    [amountMax, '9999999.99'],
  ])('%i fen is %s yuan', (amount, text) => {
    expect(formatYuan(fen(amount))).toBe(text);
  });
});
