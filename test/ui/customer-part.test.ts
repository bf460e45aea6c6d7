import { describe, expect, it } from 'vitest';
import { customerPart } from '../../src/ipc/customer-part.ts';
import { cannedViews } from './preview/canned-views.ts';

const part = (name: string) => {
  const make = cannedViews[name];
  if (make === undefined) throw new Error(`no canned view ${name}`);
  return customerPart(make(0));
};

describe("the customer's part of the view", () => {
  it.each(['unknown', 'unknownReverse', 'unknownRefund', 'suspended'])(
    '%s: no amount that could be read as paid',
    (name) => {
      expect(part(name)).toMatchObject({ amount: null, own: null, cash: null, shared: null });
    },
  );

  it('says which way the money goes', () => {
    expect(part('awaitingPin')).toMatchObject({ direction: 'pay', amount: 8000, own: null, shared: 3000, cash: 0 });
    expect(part('confirmingRefund')).toMatchObject({ direction: 'return', amount: 15000, shared: 3500, cash: 11500 });
    expect(part('confirmingCashDue')).toMatchObject({ amount: 1000, shared: 3000, cash: 0, cashDue: 2000 });
    expect(part('undone')).toMatchObject({ direction: 'return', amount: 8000, own: 5000, shared: 3000, cash: 0 });
  });

  it('tells him his own balance, and of his family only whether somebody would pay', () => {
    const { inquiry } = part('inquiryShown');
    expect(inquiry).toEqual({
      stage: 'shown',
      prompt: { id: 'inquired', params: {} },
      own: 126350,
      wallet: 2000,
      family: true,
    });
    expect(part('inquiryCard').inquiry).toMatchObject({ own: null, wallet: null, family: null });
  });

  it.each(Object.keys(cannedViews))('%s: no list, no suspended items, no names', (name) => {
    const text = JSON.stringify(part(name));
    expect(text).not.toMatch(/\*/);
    expect(Object.keys(part(name))).not.toEqual(expect.arrayContaining(['today']));
    expect(text).not.toContain('reason"');
  });
});
