import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceReason } from '../../src/domain/charge-plan.ts';
import { formatYuan } from '../../src/domain/money.ts';
import { languages } from '../../src/domain/prompt.ts';
import { columnsOf, type ReceiptLine, receiptLines, receiptText, refundLines } from '../../src/domain/receipt.ts';
import { e2, settledSale, yuan } from './settled-sale.ts';

/** The amounts of a slip as `label value`, in order. */
function amounts(lines: readonly ReceiptLine[]): readonly string[] {
  return lines
    .filter(({ kind }) => kind === 'amount' || kind === 'subAmount')
    .map(({ label, value }) => `${label} ${value}`);
}

function labels(lines: readonly ReceiptLine[]): readonly string[] {
  return lines.map(({ label }) => label);
}

describe('the slip of E2', () => {
  it('has the amounts of the worked example', () => {
    expect(amounts(receiptLines(e2, 'zh-CN'))).toEqual([
      '费用总金额 80.00',
      '统筹支出 0.00',
      '本次账户支付 80.00',
      '其中:本人 50.00',
      '其中:共济 30.00',
      '共济人 李* 30.00',
      '自费现金 0.00',
      '结算前余额 50.00',
      '结算后余额 0.00',
    ]);
  });

  it('has the fields of R132, masked (R137), and the time of China', () => {
    const fields = receiptLines(e2, 'zh-CN').flatMap(({ kind, label, value }) =>
      kind === 'field' ? [`${label}=${value}`] : [],
    );
    expect(fields).toEqual([
      '药店名称=共济示范药店',
      '药店编号=P99000000001',
      '终端编号=T0000001',
      '经办人=01',
      '交易流水号=P99000000001202504191000000001',
      '结算编号=S20250419000001',
      '交易时间=2025-04-19 10:00:00',
      '姓名=王*',
      '身份证号=****6642',
      '社保卡号=****0019',
      '险种=居民医保',
      '统筹区=重庆市/渝中区',
    ]);
  });

  it('as plain text, 32 columns', () => {
    expect(receiptText(receiptLines(e2, 'zh-CN'))).toBe(`       医保个人账户结算单
测试环境 模拟交易 不涉及真实资金
--------------------------------
药店名称            共济示范药店
药店编号            P99000000001
终端编号                T0000001
经办人                        01
交易流水号
  P99000000001202504191000000001
结算编号         S20250419000001
交易时间     2025-04-19 10:00:00
--------------------------------
姓名                         王*
身份证号                ****6642
社保卡号                ****0019
险种                    居民医保
统筹区             重庆市/渝中区
--------------------------------
费用总金额                 80.00
统筹支出                    0.00
本次账户支付               80.00
  其中:本人                50.00
  其中:共济                30.00
  共济人 李*               30.00
自费现金                    0.00
结算前余额                 50.00
结算后余额                  0.00
--------------------------------`);
  });
});

describe('what a slip says', () => {
  it('every slip says that this is a test, only a reprint says so', () => {
    for (const language of languages) {
      const once = receiptLines(e2, language);
      const again = receiptLines(e2, language, { reprint: true });
      expect(labels(once).join()).toMatch(/测试环境|TEST/);
      expect(labels(once).join()).not.toMatch(/重印|REPRINT/);
      expect(labels(again).filter((label) => !labels(once).includes(label))).toEqual([
        language === 'en' ? 'REPRINT' : '重印',
      ]);
    }
  });

  it('both languages have the same lines with the same values', () => {
    const shape = (lines: readonly ReceiptLine[]) => lines.map(({ kind }) => kind);
    expect(shape(receiptLines(e2, 'en'))).toEqual(shape(receiptLines(e2, 'zh-CN')));
    expect(receiptLines(e2, 'en').some(({ label, value }) => /\p{Script=Han}/u.test(label + value))).toBe(true);
    expect(labels(receiptLines(e2, 'en')).filter((label) => /\p{Script=Han}/u.test(label))).toEqual(['by 李*']);
  });

  it('no line for an account that was not used (E4), nor for a provider who paid nothing', () => {
    const ownOnly = settledSale({ own: '80', shares: [{ name: '李*', paid: '0', reason: 'notNeeded' }] });
    expect(labels(receiptLines(ownOnly, 'zh-CN'))).not.toContain('其中:共济');
    expect(labels(receiptLines(ownOnly, 'zh-CN')).join()).not.toContain('李*');
    const providerOnly = settledSale({ own: '0', shares: [{ name: '李*', paid: '60' }] });
    expect(labels(receiptLines(providerOnly, 'zh-CN'))).not.toContain('其中:本人');
  });

  it('several providers and the wallet have a line each (R134)', () => {
    const sale = settledSale({
      own: '10',
      wallet: '5',
      shares: [
        { name: '李*', paid: '30' },
        { name: '王*芳', paid: '20' },
      ],
    });
    expect(amounts(receiptLines(sale, 'zh-CN')).slice(2, 8)).toEqual([
      '本次账户支付 65.00',
      '其中:本人 10.00',
      '其中:共济 55.00',
      '医保钱包 5.00',
      '共济人 李* 30.00',
      '共济人 王*芳 20.00',
    ]);
  });

  it('goods are listed, what an account could not buy is marked 自费 (R62, R135)', () => {
    const sale = settledSale({
      own: '60',
      cash: '20',
      notEligible: '20',
      rest: {
        goods: [
          { amount: yuan('60'), kind: 'drug', name: '感冒灵' },
          { amount: yuan('20'), kind: 'healthFood', selfPaid: true },
        ],
      },
    });
    const lines = receiptLines(sale, 'zh-CN').map(({ label, value }) => `${label} ${value}`);
    expect(lines).toContain('感冒灵 60.00');
    expect(lines).toContain('保健品(自费) 20.00');
    expect(lines).toContain('其中:账户不能支付的商品 20.00');
  });

  it('the customer signs where no PIN was used (R135)', () => {
    expect(labels(receiptLines(e2, 'zh-CN'))).not.toContain('持卡人签名');
    const unsigned = settledSale({ own: '0', cash: '20', rest: { pinUsed: false } });
    expect(labels(receiptLines(unsigned, 'zh-CN'))).toContain('持卡人签名');
  });

  it.each<[SourceReason, string]>([
    ['suspended', '共济人 李*: 参保暂停, 未扣款'],
    ['arrears', '共济人 李*: 参保欠费, 未扣款'],
    ['terminated', '共济人 李*: 参保终止, 未扣款'],
    ['cardLost', '共济人 李*: 卡已挂失, 未扣款'],
    ['linkEnded', '共济人 李*: 关联已取消, 未扣款'],
  ])('a provider passed over (%s) is named with the reason while the customer pays cash (R44, E11)', (reason, note) => {
    const sale = settledSale({ own: '40', cash: '50', shares: [{ name: '李*', paid: '0', reason }] });
    expect(labels(receiptLines(sale, 'zh-CN'))).toContain(note);
    const skipped = [{ name: '李*', paid: '0', reason }];
    const enough = settledSale({ own: '40', shares: skipped });
    expect(labels(receiptLines(enough, 'zh-CN')).join()).not.toContain('李*');
    const otherGoods = settledSale({ own: '40', cash: '50', notEligible: '50', shares: skipped });
    expect(labels(receiptLines(otherGoods, 'zh-CN')).join()).not.toContain('李*');
  });

  it.each<SourceReason>(['empty', 'belowReserve', 'noQuota', 'quotaUsedUp', 'noAccount', 'ownNotZero', 'notNeeded'])(
    'nothing is said of a provider who paid nothing because: %s (R134)',
    (reason) => {
      const sale = settledSale({ own: '40', cash: '50', shares: [{ name: '李*', paid: '0', reason }] });
      for (const language of languages) expect(labels(receiptLines(sale, language)).join()).not.toContain('李*');
    },
  );

  it('R133: before = after + own part, and a settlement where it is not so is no settlement', () => {
    const sale = settledSale({ own: '50', ownAfter: '12.34', shares: [{ name: '李*', paid: '30' }] });
    const lines = receiptLines(sale, 'zh-CN');
    expect(lines.find(({ label }) => label === '结算前余额')?.value).toBe('62.34');
    expect(lines.find(({ label }) => label === '结算后余额')?.value).toBe('12.34');
    expect(() => receiptLines({ ...sale, ownBefore: yuan('80') }, 'zh-CN')).toThrow(RangeError);
  });

  it("R134: a provider's balance is printed nowhere, even if a row should carry one", () => {
    const balance = yuan('7313.37');
    const rows = e2.split.rows.map((row) =>
      row.source === 'provider' ? { ...row, before: balance, after: balance } : row,
    );
    for (const language of languages) {
      const text = receiptText(receiptLines({ ...e2, split: { ...e2.split, rows } }, language));
      expect(text).not.toContain(formatYuan(balance));
    }
  });
});

describe('plain text', () => {
  it.each([
    ['', 0],
    ['abc 1.00', 8],
    ['共济人 李*', 10],
    ['¥80', 3],
    ['“确认”', 6],
    ['１２，。', 8],
    ['𠮷', 2],
  ])('%j takes %i columns', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it('no line is wider than the paper, and nothing is lost', () => {
    const text = fc.string({ unit: fc.constantFrom(...'共济人李*A1 .:/'), maxLength: 60 });
    const line = fc.record({
      kind: fc.constantFrom('title', 'field', 'amount', 'subAmount', 'rule', 'note'),
      label: text,
      value: text,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.integer({ min: 16, max: 48 }), (lines, width) => {
        const printed = receiptText(lines, width);
        for (const row of printed.split('\n')) expect(columnsOf(row)).toBeLessThanOrEqual(width);
        const said = lines.flatMap(({ kind, label, value }) => (kind === 'rule' ? [] : [label, value]));
        expect(printed.replace(/[\s-]/g, '')).toBe(said.join('').replace(/\s/g, ''));
      }),
    );
  });

  it('both languages fit paper of 32 and 48 columns, amounts at the right edge', () => {
    for (const language of languages) {
      for (const width of [32, 48]) {
        for (const row of receiptText(receiptLines(e2, language), width).split('\n')) {
          expect(columnsOf(row)).toBeLessThanOrEqual(width);
          if (/\d\.\d\d$/.test(row)) expect(columnsOf(row)).toBe(width);
        }
      }
    }
  });

  it.each([15, 0, Number.NaN, 32.5])('a width of %d is refused', (width) => {
    expect(() => receiptText([], width)).toThrow(RangeError);
  });
});

describe('the slip of a refund (R138)', () => {
  const slip = refundLines(e2, { number: 'R20250420000001', atMs: Date.parse('2025-04-20T09:30:00+08:00') }, 'zh-CN');

  it('has negative amounts and what each account gets back, and no balance', () => {
    expect(amounts(slip)).toEqual([
      '费用总金额 -80.00',
      '统筹支出 0.00',
      '本次账户支付 -80.00',
      '其中:本人 -50.00',
      '其中:共济 -30.00',
      '共济人 李* -30.00',
      '自费现金 0.00',
    ]);
  });

  it('has a number of its own and names the original', () => {
    const fields = slip.flatMap(({ kind, label, value }) => (kind === 'field' ? [`${label}=${value}`] : []));
    expect(fields).toEqual(
      expect.arrayContaining([
        '退费编号=R20250420000001',
        '交易时间=2025-04-20 09:30:00',
        `原交易流水号=${e2.msgId}`,
        `原结算编号=${e2.settlementId}`,
        '持卡人签名=____________',
      ]),
    );
  });
});
