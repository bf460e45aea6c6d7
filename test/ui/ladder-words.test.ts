import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceReason } from '../../src/domain/charge-plan.ts';
import { type Fen, fen, sum, zeroFen } from '../../src/domain/money.ts';
import type { FundingRow, Split } from '../../src/domain/settlement.ts';
import { ladderSentence, ladderSteps } from '../../src/ui/ladder-words.ts';

function own(paid: number, before: number, reason: SourceReason): FundingRow {
  return {
    source: 'own',
    maskedName: '李*兰',
    paid: fen(paid),
    reason,
    before: fen(before),
    after: fen(before - paid),
  };
}
function provider(paid: number, reason: SourceReason, maskedName = '王*芳'): FundingRow {
  return { source: 'provider', maskedName, relation: 'parent', paid: fen(paid), reason };
}
function split(rows: readonly FundingRow[], cash: number, rest: { fund?: number; notEligible?: number } = {}): Split {
  const ownPaid = sum(rows.filter(({ source }) => source === 'own').map(({ paid }) => paid));
  const shared = sum(rows.filter(({ source }) => source !== 'own').map(({ paid }) => paid));
  const fund = fen(rest.fund ?? 0);
  const notEligible = fen(rest.notEligible ?? 0);
  return {
    total: sum([fund, ownPaid, shared, fen(cash)]),
    fund,
    own: ownPaid,
    shared,
    cash: fen(cash),
    notEligible,
    rows,
  };
}

const cases: readonly { it: string; split: Split; zh: string; en: string }[] = [
  {
    it: 'E1 own money enough',
    split: split([own(3000, 5000, 'enough'), provider(0, 'notNeeded')], 0),
    zh: '全部由本人账户支付。',
    en: 'All of it comes from the own account.',
  },
  {
    it: 'E2 own short, the provider pays the rest',
    split: split([own(5000, 5000, 'usedUp'), provider(3000, 'enough')], 0),
    zh: '共济：本人余额用完，由 王*芳 支付 ¥30.00。',
    en: 'Shared: own balance used up, ¥30.00 from 王*芳.',
  },
  {
    it: 'E3 both short',
    split: split([own(5000, 5000, 'usedUp'), provider(2000, 'usedUp')], 3000),
    zh: '共济：本人余额用完，由 王*芳 支付 ¥20.00，另收现金 ¥30.00。',
    en: 'Shared: own balance used up, ¥20.00 from 王*芳, and ¥30.00 in cash.',
  },
  {
    it: 'E4c the provider alone',
    split: split([own(0, 0, 'empty'), provider(6000, 'enough')], 0),
    zh: '共济：本人账户没有可用余额，由 王*芳 支付 ¥60.00。',
    en: 'Shared: nothing in the own account, ¥60.00 from 王*芳.',
  },
  {
    it: 'E5 nothing anywhere',
    split: split([own(0, 0, 'empty'), provider(0, 'empty')], 2550),
    zh: '账户没有支付，收现金 ¥25.50（共济账户：没有余额）。',
    en: 'No account pays: ¥25.50 in cash (family account: nothing left in it).',
  },
  {
    it: 'E11a a provider who is skipped is explained',
    split: split([own(4000, 4000, 'usedUp'), provider(0, 'suspended')], 5000),
    zh: '本人账户支付 ¥40.00，另收现金 ¥50.00（共济账户：共济人参保暂停）。',
    en: 'Own account pays ¥40.00, and ¥50.00 in cash (family account: insurance suspended).',
  },
  {
    it: 'own money held back as quota does not read as used up',
    split: split([own(2000, 5000, 'usedUp'), provider(3000, 'enough')], 0),
    zh: '共济：本人账户付到可用上限，由 王*芳 支付 ¥30.00。',
    en: 'Shared: own account pays what it may, ¥30.00 from 王*芳.',
  },
  {
    it: 'two providers',
    split: split([own(5000, 5000, 'usedUp'), provider(2000, 'usedUp'), provider(1000, 'enough', '王*国')], 0),
    zh: '共济：本人余额用完，由 王*芳、王*国 支付 ¥30.00。',
    en: 'Shared: own balance used up, ¥30.00 from 王*芳, 王*国.',
  },
  {
    it: 'the pool pays all',
    split: split([own(0, 5000, 'notNeeded')], 0, { fund: 8000 }),
    zh: '全部由统筹基金支付。',
    en: 'The pool pays all of it.',
  },
];

describe('the ladder in one sentence', () => {
  it.each(cases)('$it', ({ split, zh, en }) => {
    expect(ladderSentence(split, 'zh-CN')).toBe(zh);
    expect(ladderSentence(split, 'en')).toBe(en);
  });
});

describe('the steps of the ladder', () => {
  it('name the provider by what he is to the customer', () => {
    const steps = ladderSteps(split([own(5000, 5000, 'usedUp'), provider(3000, 'enough')], 0), 'zh-CN');
    expect(steps.map(({ label, name, note }) => [label, name, note])).toEqual([
      ['本人账户', '李*兰', '用完'],
      ['子女', '王*芳', '够用'],
      ['现金', '', '不收现金'],
    ]);
  });

  it('show a balance for the own account only (R134)', () => {
    const leaky = { ...provider(3000, 'enough'), before: fen(20000), after: fen(17000) };
    const steps = ladderSteps(split([own(5000, 5000, 'usedUp'), leaky], 0), 'zh-CN');
    expect(steps.map(({ balance }) => balance)).toEqual([{ before: 5000, after: 0 }, null, null]);
  });

  it('put the pool on top when it pays, and the note about goods at the cash', () => {
    const steps = ladderSteps(split([own(5000, 5000, 'usedUp')], 3280, { fund: 12000, notEligible: 3280 }), 'zh-CN');
    expect(steps.map(({ source }) => source)).toEqual(['fund', 'own', 'cash']);
    expect(steps.at(-1)?.note).toBe('含账户不能购买的商品 ¥32.80');
  });

  it('fold many accounts into one step, those that paid nothing first, and lose no fen', () => {
    const amounts = fc.array(fc.constantFrom(0, 0, 1, 2500, 50_000), { maxLength: 9 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 9999 }), (paid, cash, fund) => {
        const rows = [
          own(100, 100, 'usedUp'),
          ...paid.map((amount) => provider(amount, amount > 0 ? 'usedUp' : 'empty')),
        ];
        const bill = split(rows, cash, { fund });
        const steps = ladderSteps(bill, 'zh-CN');
        expect(steps.length).toBeLessThanOrEqual(6);
        expect(steps.at(-1)?.source).toBe('cash');
        let above: Fen = zeroFen;
        for (const step of steps) {
          expect(step.paidAbove).toBe(above);
          above = sum([above, step.paid]);
        }
        expect(above).toBe(bill.total);
        const shownPaying = steps.filter(({ source, paid }) => source === 'provider' && paid > 0).length;
        const shownIdle = steps.filter(({ source, paid }) => source === 'provider' && paid === 0).length;
        if (shownIdle > 0) expect(shownPaying).toBe(paid.filter((amount) => amount > 0).length);
      }),
    );
  });
});
