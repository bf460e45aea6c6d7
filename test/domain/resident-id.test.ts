import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bornOf,
  parseResidentId,
  type ResidentIdProblem,
  regionOf,
  residentIdCheck,
  sexOf,
} from '../../src/domain/resident-id.ts';
import { syntheticResidentId } from '../../src/domain/synthetic.ts';

/** The two numbers that GB 11643-1999 itself prints, and that of the card specification. */
const inStandard = { woman: '11010519491231002X', man: '440524188001010014', card: '111111198101011110' };

describe('GB 11643', () => {
  it.each(Object.values(inStandard))('the example %s is valid', (text) => {
    expect(parseResidentId(text)).toEqual({ ok: true, id: text });
  });

  it('region, birth date and sex are read from the number', () => {
    const parsed = parseResidentId(inStandard.woman);
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(regionOf(parsed.id)).toBe('110105');
    expect(bornOf(parsed.id)).toBe('1949-12-31');
    expect(sexOf(parsed.id)).toBe('female');
    const other = parseResidentId(inStandard.man);
    expect(other.ok && sexOf(other.id)).toBe('male');
  });

  it('spaces around it and a small x are forgiven', () => {
    expect(parseResidentId(' 11010519491231002x\n')).toEqual({ ok: true, id: inStandard.woman });
  });

  it.each<[string, ResidentIdProblem]>([
    ['', 'length'],
    ['11010519491231002', 'length'],
    ['110105491231002', 'length'],
    ['1101051949123100X2', 'characters'],
    ['11010519491231００2X', 'characters'],
    ['110105194912310-2X', 'characters'],
    ['11010519490231002X', 'birthDate'],
    ['110105194900010023', 'birthDate'],
    ['110105201902290021', 'birthDate'],
    ['110105194912310021', 'checkCharacter'],
    ['11010519491231001X', 'checkCharacter'],
  ])('%j: %s', (text, problem) => {
    expect(parseResidentId(text)).toEqual({ ok: false, problem });
  });

  it('MOD 11-2 detects every changed digit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 16 }), fc.integer({ min: 1, max: 9 }), (seed, at, by) => {
        const id = syntheticResidentId(seed);
        const digit = (Number(id[at]) + by) % 10;
        expect(parseResidentId(id.slice(0, at) + digit + id.slice(at + 1)).ok).toBe(false);
      }),
    );
  });

  it('MOD 11-2 detects every two neighbours that changed places', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 15 }), (seed, at) => {
        const id = syntheticResidentId(seed);
        const swapped = id.slice(0, at) + id[at + 1] + id[at] + id.slice(at + 2);
        expect(parseResidentId(swapped).ok).toBe(swapped === id);
      }),
    );
  });

  it('a check character is made from 17 digits only', () => {
    expect(() => residentIdCheck('1101051949123100')).toThrow(RangeError);
    expect(() => residentIdCheck('1101051949123100a')).toThrow(RangeError);
  });
});
