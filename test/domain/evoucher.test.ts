import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evoucherProblem, evoucherText, nationalForm } from '../../src/domain/evoucher.ts';

/** The sample of R94's sources. */
const sample = '4243754826492874240001130000';

describe('R94: the text of a 医保码', () => {
  it.each([
    ['the sample', sample, null],
    ['any random digits, any province', `424${'9'.repeat(19)}990000`, null],
    ['a digit too few', sample.slice(1), 'length'],
    ['a digit too many', `${sample}0`, 'length'],
    ['nothing', '', 'length'],
    ['a letter', sample.replace('7', 'O'), 'characters'],
    ['full-width digits', sample.replace('7', '７'), 'characters'],
    ['a minus', `-${sample.slice(1)}`, 'characters'],
    ['a line end in place of a digit', `${sample.slice(0, -1)}\n`, 'characters'],
    ['another prefix', sample.replace('424', '425'), 'prefix'],
    ['a payment code of 28 digits', '1345678901234567890123450000', 'prefix'],
    ['another extension', sample.replace(/0000$/, '0001'), 'extension'],
    ['an extension that begins otherwise', sample.replace(/0000$/, '1000'), 'extension'],
  ])('%s', (_it, text, problem) => {
    expect(evoucherProblem(text)).toBe(problem);
  });
});

describe('a code that is made', () => {
  const bytes = (value: number) => new Uint8Array(16).fill(value);

  it('is the prefix, 19 digits of what was drawn, the province and the extension (R94)', () => {
    expect(evoucherText(nationalForm, bytes(0), '99')).toBe('4240000000000000000000990000');
    // 2^128 - 1 = 340282366920938463463374607431768211455.
    expect(evoucherText(nationalForm, bytes(255), '11')).toBe('4243374607431768211455110000');
  });

  it('has the form it was made by, whatever was drawn', () => {
    const forms = fc.record({ prefix: fc.constantFrom('4', '424', '9876'), random: fc.integer({ min: 6, max: 22 }) });
    fc.assert(
      fc.property(forms, fc.uint8Array({ minLength: 16, maxLength: 24 }), ({ prefix, random }, drawn) => {
        const form = { prefix, digits: prefix.length + random + 6 };
        expect(evoucherProblem(evoucherText(form, drawn, '99'), form)).toBeNull();
      }),
    );
  });

  it('is none when there is too little room, or too little was drawn', () => {
    expect(() => evoucherText({ digits: 14, prefix: '424' }, bytes(1), '99')).toThrow(RangeError);
    expect(() => evoucherText({ digits: 32, prefix: '424' }, bytes(1), '99')).toThrow(RangeError);
    expect(() => evoucherText(nationalForm, bytes(1).subarray(1), '99')).toThrow(RangeError);
  });
});

describe('the form of another place', () => {
  const form = { digits: 20, prefix: '77' };
  it.each([
    ['77000000000000990000', null],
    [sample, 'length'],
    ['42400000000000990000', 'prefix'],
  ])('%s: %s', (text, problem) => {
    expect(evoucherProblem(text, form)).toBe(problem);
  });
});
