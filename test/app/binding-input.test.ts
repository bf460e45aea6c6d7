import { describe, expect, it } from 'vitest';
import { givenTerms, keyedNumber } from '../../src/app/binding-input.ts';
import { chinaDateTime } from '../../src/domain/china-time.ts';
import { secret } from '../../src/domain/secret.ts';

const form = {
  kind: 'binding.terms',
  relation: 'parent',
  providerDocument: 'socialCard',
  beneficiaryDocument: null,
  cautionTicked: true,
  beneficiaryConsents: false,
  quota: '',
  until: '',
} as const;

describe('what the binding desk hears of its form', () => {
  it('is its terms, the quota in fen, the last day as part of the link (R7, R75)', () => {
    expect(givenTerms(form)).toEqual({
      type: 'terms.given',
      terms: {
        relation: 'parent',
        documents: { provider: 'socialCard', beneficiary: null },
        cautionTicked: true,
        beneficiaryConsents: false,
        quota: null,
        until: null,
      },
    });
    const heard = givenTerms({ ...form, quota: ' 300.5 ', until: '2026-12-31' });
    if (heard.type !== 'terms.given') throw new Error('no terms');
    expect([heard.terms.quota, chinaDateTime(heard.terms.until ?? 0)]).toEqual([30_050, '2026-12-31 23:59:59']);
  });

  it.each([
    [{ quota: '0' }, 'amountNotPositive'],
    [{ quota: '12.345' }, 'amountTooManyDecimals'],
    [{ quota: '99999999999' }, 'amountTooLarge'],
    [{ quota: '-5' }, 'amountNotANumber'],
    [{ until: '2026-02-30' }, 'bindingNotADay'],
    [{ until: '31.12.2026' }, 'bindingNotADay'],
  ])('or what is wrong with it: %o', (typed, prompt) => {
    expect(givenTerms({ ...form, ...typed })).toEqual({ type: 'number.refused', prompt });
  });
});

describe('what the binding desk hears of a keyed number', () => {
  it('is the number without spaces and in capitals, as a secret', () => {
    const heard = keyedNumber('ssCardNumber', secret(' x0000 0019 '));
    expect(heard).toMatchObject({ type: 'number.keyed', medium: 'ssCardNumber' });
    expect(heard.type === 'number.keyed' && heard.number.expose()).toBe('X00000019');
    expect(JSON.stringify(heard)).not.toContain('00019');
  });

  it('and says of a wrong one never what was typed', () => {
    const heard = keyedNumber('residentId', secret('999999199001010010'));
    expect(heard).toEqual({ type: 'number.refused', prompt: 'bindingIdCheck' });
  });
});
