import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, type Fen, fen, formatYuan, subtract, sum, zeroFen } from '../../src/domain/money.ts';
import {
  type PaidPart,
  planLifo,
  planResettle,
  planWhole,
  type ReturnPlan,
  type StillPaid,
} from '../../src/domain/return-plan.ts';
import { yuan } from './settled-sale.ts';

/** `fund`, `own / provider … / cash`, as in the worked examples; the sources are `own`, `p1`, `p2` … */
function paid(text: string, fund = '0'): StillPaid {
  const amounts = text.split('/').map((part) => yuan(part.trim()));
  const cash = amounts.pop() ?? zeroFen;
  const parts = amounts.map((amount, at) => ({ key: keyAt(at), paid: amount }));
  return { total: sum([yuan(fund), ...amounts, cash]), fund: yuan(fund), cash, parts };
}

const keyAt = (at: number) => (at === 0 ? 'own' : `p${at}`);

/** `50 / 20 / 30`, with the pool's part before it and the cash due after it where there is any. */
function returned(plan: ReturnPlan, of: StillPaid): string {
  const accounts = of.parts.map(({ key }) => plan.parts.find((part) => part.key === key)?.returned ?? zeroFen);
  const fund = plan.fund > 0 ? `${formatYuan(plan.fund)} · ` : '';
  const due = plan.cashDue > 0 ? `, due ${formatYuan(plan.cashDue)}` : '';
  return fund + [...accounts, plan.cash].map(formatYuan).join(' / ') + due;
}

function stays(plan: ReturnPlan, of: StillPaid): string {
  if (plan.rest === null) return '-';
  const { rest } = plan;
  const accounts = of.parts.map(({ key }) => rest.parts.find((part) => part.key === key)?.paid ?? zeroFen);
  const fund = rest.fund > 0 ? `${formatYuan(rest.fund)} · ` : '';
  return fund + [...accounts, rest.cash].map(formatYuan).join(' / ');
}

const e3 = paid('50 / 20 / 30');
const e8 = paid('50 / 30 / 0', '120');
const two = paid('10 / 20 / 30 / 5');
const all = (of: StillPaid, changes: Record<string, string> = {}) =>
  new Map(of.parts.map(({ key, paid: amount }) => [key, key in changes ? yuan(changes[key] ?? '0') : amount]));

describe('worked examples', () => {
  it('E22: the whole of E3 goes back to where it came from', () => {
    const plan = planWhole(e3);
    expect(returned(plan, e3)).toBe('50.00 / 20.00 / 30.00');
    expect(plan.rest).toBeNull();
  });

  it('E22: the same when the link is gone, by either method (R121)', () => {
    expect(planResettle(e3, e3.total, new Map())).toEqual(planWhole(e3));
  });

  it.each([
    { it: 'E3, 10: cash alone', of: e3, amount: '10', back: '0.00 / 0.00 / 10.00', rest: '50.00 / 20.00 / 20.00' },
    { it: 'E3, 30: all the cash', of: e3, amount: '30', back: '0.00 / 0.00 / 30.00', rest: '50.00 / 20.00 / 0.00' },
    { it: 'E3, 45: and the provider', of: e3, amount: '45', back: '0.00 / 15.00 / 30.00', rest: '50.00 / 5.00 / 0.00' },
    {
      it: 'E3, 60: and the own part',
      of: e3,
      amount: '60',
      back: '10.00 / 20.00 / 30.00',
      rest: '40.00 / 0.00 / 0.00',
    },
    { it: 'E3, one fen', of: e3, amount: '0.01', back: '0.00 / 0.00 / 0.01', rest: '50.00 / 20.00 / 29.99' },
    {
      it: 'E8, 80: the pool last',
      of: e8,
      amount: '80',
      back: '50.00 / 30.00 / 0.00',
      rest: '120.00 · 0.00 / 0.00 / 0.00',
    },
    {
      it: 'E8, 100: the pool too',
      of: e8,
      amount: '100',
      back: '20.00 · 50.00 / 30.00 / 0.00',
      rest: '100.00 · 0.00 / 0.00 / 0.00',
    },
    {
      it: 'two providers: the last one first',
      of: two,
      amount: '40',
      back: '0.00 / 5.00 / 30.00 / 5.00',
      rest: '10.00 / 15.00 / 0.00 / 0.00',
    },
  ])('part of $it, by either method (R122)', ({ of, amount, back, rest }) => {
    for (const plan of [planLifo(of, yuan(amount)), planResettle(of, yuan(amount), all(of))]) {
      expect(returned(plan, of)).toBe(back);
      expect(stays(plan, of)).toBe(rest);
    }
  });

  it.each([
    // 90 are settled anew: own 50, the provider nothing, so 40 in cash where 30 were paid in cash.
    {
      it: 'owes cash',
      of: e3,
      amount: '10',
      allowed: { p1: '0' },
      back: '0.00 / 20.00 / 0.00, due 10.00',
      rest: '50.00 / 0.00 / 40.00',
    },
    {
      it: 'is even',
      of: e3,
      amount: '20',
      allowed: { p1: '0' },
      back: '0.00 / 20.00 / 0.00',
      rest: '50.00 / 0.00 / 30.00',
    },
    {
      it: 'gets less cash',
      of: e3,
      amount: '35',
      allowed: { p1: '0' },
      back: '0.00 / 20.00 / 15.00',
      rest: '50.00 / 0.00 / 15.00',
    },
    {
      it: 'sees no change, the provider was not needed',
      of: e3,
      amount: '60',
      allowed: { p1: '0' },
      back: '10.00 / 20.00 / 30.00',
      rest: '40.00 / 0.00 / 0.00',
    },
    // The second provider fills in for the first only as far as he paid himself.
    {
      it: 'with two providers',
      of: two,
      amount: '15',
      allowed: { p1: '0' },
      back: '0.00 / 20.00 / 0.00 / 0.00, due 5.00',
      rest: '10.00 / 0.00 / 30.00 / 10.00',
    },
    // A quota that has shrunk since, and an own account that may give nothing.
    {
      it: 'with a smaller quota',
      of: two,
      amount: '15',
      allowed: { p1: '12' },
      back: '0.00 / 8.00 / 2.00 / 5.00',
      rest: '10.00 / 12.00 / 28.00 / 0.00',
    },
    {
      it: 'with a closed own account',
      of: e3,
      amount: '10',
      allowed: { own: '0' },
      back: '50.00 / 0.00 / 0.00, due 40.00',
      rest: '0.00 / 20.00 / 70.00',
    },
  ])('link gone: settled anew the customer $it', ({ of, amount, allowed, back, rest }) => {
    const plan = planResettle(of, yuan(amount), all(of, allowed));
    expect(returned(plan, of)).toBe(back);
    expect(stays(plan, of)).toBe(rest);
  });

  it('lifo does not mind that the link is gone: the money only goes back (R121)', () => {
    expect(returned(planLifo(e3, yuan('10')), e3)).toBe('0.00 / 0.00 / 10.00');
  });

  it('leaves out who gets nothing, and who pays nothing any more', () => {
    const plan = planLifo(e3, yuan('50'));
    expect(plan.parts).toEqual([{ key: 'p1', returned: yuan('20') }]);
    expect(plan.rest?.parts).toEqual([{ key: 'own', paid: yuan('50') }]);
  });

  it('gives a source that is not named nothing to pay', () => {
    expect(returned(planResettle(e3, yuan('10'), new Map([['p1', yuan('20')]])), e3)).toBe(
      '50.00 / 0.00 / 0.00, due 40.00',
    );
  });
});

describe('refuses', () => {
  const plans = [
    { name: 'planLifo', plan: planLifo },
    { name: 'planResettle', plan: (of: StillPaid, amount: Fen) => planResettle(of, amount, all(of)) },
  ];
  it.each(plans)('$name: an amount of zero', ({ plan }) => {
    expect(() => plan(e3, zeroFen)).toThrow(RangeError);
  });
  it.each(plans)('$name: more than is still paid (R123)', ({ plan }) => {
    expect(() => plan(e3, yuan('100.01'))).toThrow(RangeError);
  });
  it.each(plans)('$name: what does not add up', ({ plan }) => {
    expect(() => plan({ ...e3, total: yuan('100.01') }, yuan('1'))).toThrow(RangeError);
    expect(() => plan({ ...e3, cash: zeroFen }, yuan('1'))).toThrow(RangeError);
  });
  it.each(plans)('$name: a source named twice', ({ plan }) => {
    const twice = { ...e3, parts: e3.parts.map((part) => ({ ...part, key: 'own' })) };
    expect(() => plan(twice, yuan('1'))).toThrow(RangeError);
  });
  it('planWhole: a sale of which nothing is paid any more', () => {
    expect(() => planWhole({ total: zeroFen, fund: zeroFen, cash: zeroFen, parts: [] })).toThrow(RangeError);
  });
});

describe('properties', () => {
  /** Small amounts often, so that amounts meet exactly. */
  const amount = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2_000_000 })).map(fen);
  const stillPaid = fc
    .record({ fund: amount, cash: amount, accounts: fc.array(amount, { maxLength: 5 }) })
    .map(({ fund, cash, accounts }): StillPaid => {
      const parts = accounts.map((account, at): PaidPart => ({ key: keyAt(at), paid: account }));
      return { total: sum([fund, cash, ...accounts]), fund, cash, parts };
    })
    .filter(({ total }) => total > 0);
  const refund = stillPaid.chain((of) =>
    fc.record({
      of: fc.constant(of),
      amount: fc.integer({ min: 1, max: of.total }).map(fen),
      allowed: fc
        .array(fc.option(amount, { nil: undefined }), { minLength: of.parts.length, maxLength: of.parts.length })
        .map((limits) => new Map(limits.flatMap((limit, at) => (limit === undefined ? [] : [[keyAt(at), limit]])))),
    }),
  );

  /** The identities of `Returned` and `Remaining`, and that nobody gets back what he has not paid. */
  function holds(plan: ReturnPlan, of: StillPaid, wanted: Fen): void {
    const accounts = sum(plan.parts.map((part) => part.returned));
    expect(plan.total).toBe(wanted);
    expect(sum([plan.fund, accounts, plan.cash])).toBe(add(plan.total, plan.cashDue));
    expect(Math.min(plan.cash, plan.cashDue)).toBe(0);
    expect(plan.fund).toBeLessThanOrEqual(of.fund);
    expect(plan.cash).toBeLessThanOrEqual(of.cash);
    for (const part of plan.parts) expect(part.returned).toBeGreaterThan(0);
    const order = of.parts.map((part) => part.key);
    expect(plan.parts.map((part) => part.key)).toEqual(
      order.filter((key) => plan.parts.some((part) => part.key === key)),
    );

    const { rest } = plan;
    expect(rest === null).toBe(wanted === of.total);
    if (rest !== null) {
      expect(rest.total).toBe(subtract(of.total, wanted));
      expect(sum([rest.fund, rest.cash, ...rest.parts.map((part) => part.paid)])).toBe(rest.total);
      for (const part of rest.parts) expect(part.paid).toBeGreaterThan(0);
    }
    expect(add(plan.fund, rest?.fund ?? zeroFen)).toBe(of.fund);
    expect(add(plan.cash, rest?.cash ?? zeroFen)).toBe(add(of.cash, plan.cashDue));
    for (const { key, paid: before } of of.parts) {
      const back = plan.parts.find((part) => part.key === key)?.returned ?? zeroFen;
      const left = rest?.parts.find((part) => part.key === key)?.paid ?? zeroFen;
      expect(add(back, left)).toBe(before);
    }
  }

  it('R120, R122: every plan adds up and nobody gets back more than he paid', () => {
    fc.assert(
      fc.property(refund, ({ of, amount: wanted, allowed }) => {
        holds(planLifo(of, wanted), of, wanted);
        holds(planResettle(of, wanted, allowed), of, wanted);
        holds(planWhole(of), of, of.total);
        expect(planLifo(of, wanted).cashDue).toBe(0);
      }),
    );
  });

  it('R122: with nothing changed both methods give the same', () => {
    fc.assert(
      fc.property(refund, ({ of, amount: wanted }) => {
        expect(planResettle(of, wanted, all(of))).toEqual(planLifo(of, wanted));
      }),
    );
  });

  it('R122: settled anew, no source gives more than it is allowed or than it gave', () => {
    fc.assert(
      fc.property(refund, ({ of, amount: wanted, allowed }) => {
        for (const { key, paid: now } of planResettle(of, wanted, allowed).rest?.parts ?? []) {
          expect(now).toBeLessThanOrEqual(allowed.get(key) ?? zeroFen);
          expect(now).toBeLessThanOrEqual(of.parts.find((part) => part.key === key)?.paid ?? zeroFen);
        }
      }),
    );
  });

  it('R54: settled anew, there is cash only when every source has given what it may', () => {
    fc.assert(
      fc.property(refund, ({ of, amount: wanted, allowed }) => {
        const { rest } = planResettle(of, wanted, allowed);
        if (rest === null || rest.cash === 0) return;
        expect(rest.fund).toBe(of.fund);
        for (const { key, paid: before } of of.parts) {
          const now = rest.parts.find((part) => part.key === key)?.paid ?? zeroFen;
          expect(now).toBe(Math.min(before, allowed.get(key) ?? zeroFen));
        }
      }),
    );
  });

  it('a refund of the whole is the cancel', () => {
    fc.assert(
      fc.property(refund, ({ of, allowed }) => {
        expect(planLifo(of, of.total)).toEqual(planWhole(of));
        expect(planResettle(of, of.total, allowed)).toEqual(planWhole(of));
      }),
    );
  });

  it('R123: refunds one after the other come to the same as one of their sum', () => {
    fc.assert(
      fc.property(refund, fc.integer({ min: 1 }), ({ of, amount: wanted }, seed) => {
        fc.pre(wanted > 1);
        const first = fen(1 + (seed % (wanted - 1)));
        const one = planLifo(of, first);
        if (one.rest === null) throw new Error('something must be left');
        const two = planLifo(one.rest, subtract(wanted, first));
        const both = planLifo(of, wanted);
        expect(two.rest).toEqual(both.rest);
        expect(add(one.fund, two.fund)).toBe(both.fund);
        expect(add(one.cash, two.cash)).toBe(both.cash);
        const back = (plan: ReturnPlan, key: string) =>
          plan.parts.find((part) => part.key === key)?.returned ?? zeroFen;
        for (const { key } of of.parts) expect(add(back(one, key), back(two, key))).toBe(back(both, key));
      }),
    );
  });
});
