import { describe, expect, it } from 'vitest';
import { fen, sum, zeroFen } from '../../src/domain/money.ts';
import { languages } from '../../src/domain/prompt.ts';
import type { Returned, ReturnRow } from '../../src/domain/undo.ts';
import { cashWords, remainingSentence, returnSteps } from '../../src/ui/return-words.ts';
import { emptySuspension, suspensionOf } from '../../src/ui/suspension.ts';
import { cannedViews } from './preview/canned-views.ts';

const own: ReturnRow = { source: 'own', maskedName: '李*', returned: fen(5000), before: zeroFen, after: fen(5000) };
const provider = (returned: number): ReturnRow => ({
  source: 'provider',
  maskedName: '王*',
  relation: 'parent',
  returned: fen(returned),
});

function returned(rows: readonly ReturnRow[], fund = 0, cash = 0): Returned {
  const of = (source: boolean) =>
    sum(rows.filter((row) => (row.source === 'own') === source).map((row) => row.returned));
  const parts = { fund: fen(fund), own: of(true), shared: of(false), cash: fen(cash) };
  return { ...parts, total: sum(Object.values(parts)), cashDue: zeroFen, rows };
}

describe('the way back', () => {
  it('goes to where the money came from, in the order of paying', () => {
    const steps = returnSteps(returned([own, provider(3000)], 2000), 'zh-CN');
    expect(steps.map(({ label, name, returned: back, above }) => [label, name, back, above])).toEqual([
      ['统筹基金', '', 2000, 0],
      ['本人账户', '李*', 5000, 2000],
      ['子女', '王*', 3000, 7000],
    ]);
  });

  it("shows a balance for the customer's own account only (R134)", () => {
    const rows = [own, { ...provider(3000), before: fen(1), after: fen(3001) }];
    expect(returnSteps(returned(rows), 'en').map(({ balance }) => balance)).toEqual([{ before: 0, after: 5000 }, null]);
  });

  it('says what the clerk does with cash; of a reversal, only with cash that was taken', () => {
    const back = returned([own], 0, 1000);
    expect(cashWords(back, 'cancel')).toEqual({ way: 'out', words: 'handCash', amount: 1000 });
    expect(cashWords(back, 'reversal')).toEqual({ way: 'out', words: 'handCashIfTaken', amount: 1000 });
    expect(cashWords(returned([own]), 'reversal')).toMatchObject({ way: 'none', words: 'handNoCash' });
    const due = { ...returned([own]), cashDue: fen(200) };
    expect(cashWords(due, 'refund')).toEqual({ way: 'in', words: 'collectMore', amount: 200 });
  });

  it('leaves out who gets nothing', () => {
    expect(returnSteps(returned([{ ...own, returned: zeroFen }, provider(10)]), 'en')).toHaveLength(1);
    expect(returnSteps(returned([]), 'en')).toEqual([]);
  });

  it('has five steps at most, with nothing lost', () => {
    const many = returned([own, ...[1, 2, 3, 4, 5].map((each) => provider(each * 100))], 700);
    const steps = returnSteps(many, 'en');
    expect(steps).toHaveLength(5);
    expect(sum(steps.map((step) => step.returned))).toBe(many.total);
    expect(steps.at(-1)?.source).toBe('others');
  });
});

describe('what stays paid', () => {
  const remaining = { total: fen(5000), fund: zeroFen, own: fen(3000), shared: fen(2000), cash: zeroFen };
  it.each(languages)('is said in one sentence in %s', (language) => {
    expect(remainingSentence(remaining, language)).toMatch(/50\.00.*30\.00.*20\.00/);
    expect(remainingSentence(remaining, language)).not.toMatch(/ 0\.00/);
    expect(remainingSentence(null, language)).not.toMatch(/\d/);
  });
});

describe('a suspension', () => {
  const words = (id: string) => `<${id}>`;
  it.each([
    [
      { by: ' 88 ', reason: 'reasonNetwork', more: '' },
      { by: '88', reason: '<reasonNetwork>' },
    ],
    [
      { by: '88', reason: 'reasonNetwork', more: ' left ' },
      { by: '88', reason: '<reasonNetwork>; left' },
    ],
    [
      { by: '88', reason: null, more: 'left' },
      { by: '88', reason: 'left' },
    ],
    [{ by: ' ', reason: 'reasonNetwork', more: '' }, null],
    [{ by: '88', reason: null, more: ' ' }, null],
    [emptySuspension, null],
  ] as const)('%j is written down as %j', (filledIn, said) => {
    expect(suspensionOf(filledIn, words)).toEqual(said);
  });

  it('has a reason as long as the terminal takes', () => {
    expect(suspensionOf({ by: '88', reason: null, more: 'x'.repeat(200) }, words)?.reason).toHaveLength(80);
  });
});

it('has a canned view for each kind of way back', () => {
  const quotes = Object.values(cannedViews).flatMap((make) => make(0).undoQuote ?? []);
  for (const { returned: back } of quotes) {
    expect(back.fund + back.own + back.shared + back.cash).toBe(back.total + back.cashDue);
  }
  expect(quotes.some(({ returned: back }) => back.cashDue > 0)).toBe(true);
});
