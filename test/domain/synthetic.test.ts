import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasLuhn, panProblem } from '../../src/domain/pan.ts';
import { bornOf, parseResidentId, regionOf } from '../../src/domain/resident-id.ts';
import { cardSnProblem, regionOfCardSn, ssCardNumberProblem } from '../../src/domain/social-security-card.ts';
import {
  type Seed,
  syntheticCardSn,
  syntheticComputerNumber,
  syntheticName,
  syntheticPan,
  syntheticRegion,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../src/domain/synthetic.ts';

const anySeed = fc.oneof<fc.Arbitrary<Seed>[]>(fc.maxSafeNat(), fc.string());
const anyDay = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));

const generators: Readonly<Record<string, (seed: Seed) => string>> = {
  residentId: syntheticResidentId,
  'residentId with one birth date': (seed) => syntheticResidentId(seed, '1958-03-02'),
  ssCardNumber: syntheticSsCardNumber,
  computerNumber: syntheticComputerNumber,
  cardSn: syntheticCardSn,
  pan: syntheticPan,
};

describe('synthetic people are valid and nobody', () => {
  it('a resident ID is valid, in region 99 and born before anybody who was ever given a number', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const id = syntheticResidentId(seed);
        expect(parseResidentId(id)).toEqual({ ok: true, id });
        expect(regionOf(id).startsWith('99')).toBe(true);
        expect(bornOf(id) >= '1800-01-01' && bornOf(id) <= '1849-12-31').toBe(true);
      }),
    );
  });

  it('a resident ID with a given birth date is valid and still in region 99', () => {
    fc.assert(
      fc.property(anySeed, anyDay, (seed, born) => {
        const id = syntheticResidentId(seed, born);
        expect(parseResidentId(id)).toEqual({ ok: true, id });
        expect(regionOf(id).startsWith('99')).toBe(true);
        expect(bornOf(id)).toBe(born);
      }),
    );
  });

  it('a 社保电脑号 has ten digits and begins with 00', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(syntheticComputerNumber(seed)).toMatch(/^00\d{8}$/);
      }),
    );
  });

  it('a 社会保障卡卡号 is valid and begins with ZZ', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(ssCardNumberProblem(syntheticSsCardNumber(seed))).toBeNull();
        expect(syntheticSsCardNumber(seed)).toMatch(/^ZZ/);
      }),
    );
  });

  it('a 卡识别码 is valid and of region 99', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(cardSnProblem(syntheticCardSn(seed))).toBeNull();
        expect(regionOfCardSn(syntheticCardSn(seed))).toBe(syntheticRegion);
        expect(syntheticRegion).toMatch(/^99/);
      }),
    );
  });

  it("a card number has 19 digits, its Luhn digit, and no country's prefix", () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(panProblem(syntheticPan(seed))).toBeNull();
        expect(syntheticPan(seed)).toMatch(/^9999\d{15}$/);
        expect(hasLuhn(syntheticPan(seed))).toBe(true);
      }),
    );
  });

  it('a name is a family name and one or two heavenly stems', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(syntheticName(seed)).toMatch(/^[赵钱孙李周吴郑王冯陈][甲乙丙丁戊己庚辛壬癸]{1,2}$/);
      }),
    );
  });
});

describe.each(Object.entries(generators))('%s', (_, generate) => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(generate(seed)).toBe(generate(seed));
      }),
    );
  });

  it('differs for 20,000 whole numbers', () => {
    expect(new Set(Array.from({ length: 20_000 }, (_, seed) => generate(seed))).size).toBe(20_000);
  });

  it('differs for the names of 60 people', () => {
    const names = Array.from({ length: 60 }, (_, at) => `household${at % 12}/person${at}`);
    expect(new Set(names.map((name) => generate(name))).size).toBe(60);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %d as a seed', (seed) => {
    expect(() => generate(seed)).toThrow(RangeError);
  });
});

it.each(['1958-02-30', '19580302', ''])('a birth date %j is refused', (born) => {
  expect(() => syntheticResidentId(1, born)).toThrow(RangeError);
});

it('all 1,100 names can come up', () => {
  expect(new Set(Array.from({ length: 1_100 }, (_, seed) => syntheticName(seed))).size).toBe(1_100);
});

it('the numbers of version 1 stay as they are: people keep theirs', () => {
  expect(syntheticResidentId('mother')).toBe('991159184104246642');
  expect(syntheticResidentId('mother', '1960-01-02')).toBe('991159196001026645');
  expect(syntheticSsCardNumber('mother')).toBe('ZZ72SODZ4');
  expect(syntheticCardSn('mother')).toBe('990000D156000005003A01C79ABB4877');
  expect(syntheticPan('mother')).toBe('9999636374571111595');
  expect(syntheticName('mother')).toBe('陈己戊');
});
