import { describe, expect, it } from 'vitest';
import { evoucherProblem } from '../../src/domain/evoucher.ts';

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
