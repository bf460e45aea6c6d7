import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasLuhn, luhnDigit, panProblem } from '../../src/domain/pan.ts';
import { maskName, maskNumber } from '../../src/domain/person.ts';
import {
  cardSnProblem,
  regionOfCardSn,
  ssCardCheck,
  ssCardNumberProblem,
} from '../../src/domain/social-security-card.ts';
import { syntheticPan, syntheticSsCardNumber } from '../../src/domain/synthetic.ts';

describe('社会保障卡卡号', () => {
  it('the example of the card specification is valid', () => {
    expect(ssCardNumberProblem('X00000019')).toBeNull();
  });

  // Weighted sums by hand: 0 → 11 − 0 → 0; 00000005 × 2 = 10 → 1; 00000006 × 2 = 12 → 10 → X; A0000000 = 30 → 3.
  it.each([
    ['00000000', '0'],
    ['00000005', '1'],
    ['00000006', 'X'],
    ['A0000000', '3'],
  ])('check character of %s is %s', (first8, check) => {
    expect(ssCardCheck(first8)).toBe(check);
  });

  it.each([
    ['', 'length'],
    ['X0000001', 'length'],
    ['x00000019', 'characters'],
    ['X0000001-', 'characters'],
    ['X0000001A', 'characters'],
    ['X00000018', 'checkCharacter'],
    ['X00000109', 'checkCharacter'],
  ])('%j: %s', (text, problem) => {
    expect(ssCardNumberProblem(text)).toBe(problem);
  });

  it('every changed digit is detected', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 36 ** 6 - 1 }),
        fc.integer({ min: 2, max: 7 }),
        fc.nat({ max: 9 }),
        (seed, at, digit) => {
          const number = syntheticSsCardNumber(seed);
          fc.pre(/\d/.test(number.charAt(at)) && number[at] !== String(digit));
          expect(ssCardNumberProblem(number.slice(0, at) + digit + number.slice(at + 1))).toBe('checkCharacter');
        },
      ),
    );
  });

  it('a check character is made from eight characters only', () => {
    expect(() => ssCardCheck('X000000')).toThrow(RangeError);
    expect(() => ssCardCheck('x0000001')).toThrow(RangeError);
  });
});

describe('卡识别码', () => {
  it('the example of the card specification is valid and begins with its region', () => {
    expect(cardSnProblem('639900D15600000500BF7C7A48FB4966')).toBeNull();
    expect(regionOfCardSn('639900D15600000500BF7C7A48FB4966')).toBe('639900');
  });

  it.each([
    ['639900D15600000500BF7C7A48FB496', 'length'],
    ['639900D15600000500BF7C7A48FB496G', 'characters'],
    ['63990AD15600000500BF7C7A48FB4966', 'region'],
  ])('%s: %s', (text, problem) => {
    expect(cardSnProblem(text)).toBe(problem);
  });
});

describe('card number on a stripe (ISO/IEC 7812)', () => {
  it.each(['79927398713', '4242424242424242', '378282246310005', '5555555555554444'])(
    '%s has its Luhn digit',
    (pan) => {
      expect(hasLuhn(pan)).toBe(true);
    },
  );

  it('a wrong Luhn digit is a warning, not a problem', () => {
    expect(hasLuhn('4242424242424241')).toBe(false);
    expect(panProblem('4242424242424241')).toBeNull();
  });

  it('Luhn detects every changed digit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 18 }), fc.integer({ min: 1, max: 9 }), (seed, at, by) => {
        const pan = syntheticPan(seed);
        expect(hasLuhn(pan.slice(0, at) + ((Number(pan[at]) + by) % 10) + pan.slice(at + 1))).toBe(false);
      }),
    );
  });

  it.each([
    ['', 'length'],
    ['12345678901', 'length'],
    ['12345678901234567890', 'length'],
    ['4242-4242-4242', 'characters'],
    ['４２４２４２４２４２４２', 'characters'],
  ])('%j: %s', (text, problem) => {
    expect(panProblem(text)).toBe(problem);
  });

  it('a Luhn digit is made from digits only', () => {
    expect(() => luhnDigit('')).toThrow(RangeError);
    expect(() => luhnDigit('12a')).toThrow(RangeError);
    expect(hasLuhn('')).toBe(false);
  });
});

describe('masks fail closed (R134, R137)', () => {
  it.each([
    ['李芳', '李*'],
    ['李小芳', '李*芳'],
    ['欧阳小芳', '欧*芳'],
    ['李', '*'],
    ['', '*'],
    ['  ', '*'],
  ])('name %j is shown as %s', (name, shown) => {
    expect(maskName(name)).toBe(shown);
  });

  it.each([
    ['X00000019', '****0019'],
    ['9999636374571111595', '****1595'],
    ['12345678', '****'],
    ['', '****'],
  ])('number %j is shown as %s', (number, shown) => {
    expect(maskNumber(number)).toBe(shown);
  });
});
