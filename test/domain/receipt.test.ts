import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceReason } from '../../src/domain/charge-plan.ts';
import { formatYuan } from '../../src/domain/money.ts';
import { languages } from '../../src/domain/prompt.ts';
import {
  columnsOf,
  type ReceiptLine,
  receiptLines,
  receiptText,
  type SuspendedItem,
  suspendedReceiptLines,
  undoReceiptLines,
} from '../../src/domain/receipt.ts';
import { undoKinds } from '../../src/domain/undo.ts';
import { e2, settledSale, yuan } from './settled-sale.ts';
import { e22, linkGone, undoneSale } from './undone-sale.ts';

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

  it.each([
    ['zh-CN', '支付凭证 医保码', '持卡人签名 ____________'],
    ['en', 'Paid with Medical-insurance code', 'Signature ____________'],
  ] as const)('%s: a sale paid by 医保码 says so and is signed (R35, R135)', (language, paidWith, signed) => {
    const sale = settledSale({ own: '50', cash: '0', rest: { pinUsed: false, voucherUsed: true } });
    const lines = receiptLines(sale, language).map(({ label, value }) => `${label} ${value}`);
    expect(lines.slice(-2)).toEqual([paidWith, signed]);
    expect(labels(receiptLines(e2, language))).not.toContain(paidWith.split(' ')[0]);
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

const suspended: SuspendedItem = {
  institution: e2.institution,
  terminal: e2.terminal,
  operator: '01',
  msgId: e2.msgId,
  kind: 'settle',
  amount: yuan('80'),
  settlementId: null,
  sentAt: e2.settledAt,
  suspendedAt: e2.settledAt + 600_000,
  by: '店长',
  reason: '中心一直没有回答',
};

describe('every slip', () => {
  const slips = [
    { slip: 'settlement', lines: receiptLines.bind(null, e2) },
    { slip: 'cancel', lines: undoReceiptLines.bind(null, { ...e22, kind: 'cancel' }) },
    { slip: 'refund', lines: undoReceiptLines.bind(null, linkGone) },
    { slip: 'reversal', lines: undoReceiptLines.bind(null, { ...e22, kind: 'reversal' }) },
    { slip: 'suspended item', lines: suspendedReceiptLines.bind(null, suspended) },
  ];

  it.each(slips)('$slip: a reprint says so above everything else, the first print does not', ({ lines }) => {
    for (const [language, mark] of [
      ['zh-CN', '重印'],
      ['en', 'REPRINT'],
    ] as const) {
      const once = lines(language, {});
      expect(labels(once).join()).not.toMatch(/重印|REPRINT/);
      expect(lines(language, { reprint: true })).toEqual([{ kind: 'title', label: mark, value: '' }, ...once]);
    }
  });

  it.each(slips)('$slip: says that this is a test, and both languages have the same lines', ({ lines }) => {
    const shape = (language: 'zh-CN' | 'en') => lines(language, {}).map(({ kind }) => kind);
    expect(shape('en')).toEqual(shape('zh-CN'));
    expect(labels(lines('zh-CN', {}))).toContain('测试环境 模拟交易 不涉及真实资金');
    expect(labels(lines('en', {}))).toContain('TEST: simulated sale, no real money');
  });

  it.each(slips)('$slip: in English no label is Chinese but the masked names', ({ lines }) => {
    const chinese = labels(lines('en', {})).filter((label) => /\p{Script=Han}/u.test(label));
    expect(chinese.filter((label) => label !== 'by 李*')).toEqual([]);
  });

  it.each(slips)('$slip: fits paper of 32 columns', ({ lines }) => {
    for (const language of languages) {
      for (const row of receiptText(lines(language, {}), 32).split('\n')) {
        expect(columnsOf(row)).toBeLessThanOrEqual(32);
        if (/\d\.\d\d$/.test(row)) expect(columnsOf(row)).toBe(32);
      }
    }
  });
});

describe('the slip of money given back (R138)', () => {
  it('E22 whole: negative amounts, what each account gets back, the cash to hand out, the own balance', () => {
    expect(amounts(undoReceiptLines(e22, 'zh-CN'))).toEqual([
      '原费用总金额 100.00',
      '本次退回 -100.00',
      '退回统筹 0.00',
      '退回账户 -70.00',
      '其中:本人 -50.00',
      '其中:共济 -20.00',
      '共济人 李* -20.00',
      '退回现金 -30.00',
      '退回前余额 0.00',
      '退回后余额 50.00',
    ]);
    expect(labels(undoReceiptLines(e22, 'zh-CN'))).toContain('该笔交易已全部退回');
  });

  it('E22 as plain text, 32 columns', () => {
    expect(receiptText(undoReceiptLines(e22, 'zh-CN', { reprint: true }))).toBe(`              重印
       医保个人账户退费单
测试环境 模拟交易 不涉及真实资金
--------------------------------
药店名称            共济示范药店
药店编号            P99000000001
终端编号                T0000001
经办人                        02
退费编号         R20250420000001
交易流水号
  P99000000001202504200930000001
交易时间     2025-04-20 09:30:00
原交易流水号
  P99000000001202504191000000001
原结算编号       S20250419000001
原交易时间   2025-04-19 10:00:00
--------------------------------
姓名                         王*
身份证号                ****6642
社保卡号                ****0019
险种                    居民医保
统筹区             重庆市/渝中区
--------------------------------
原费用总金额              100.00
本次退回                 -100.00
退回统筹                    0.00
退回账户                  -70.00
  其中:本人               -50.00
  其中:共济               -20.00
  共济人 李*              -20.00
退回现金                  -30.00
--------------------------------
       该笔交易已全部退回
退回前余额                  0.00
退回后余额                 50.00
--------------------------------
持卡人签名          ____________`);
  });

  it('a part: what was given back before, what stays paid by whom, and as what it was settled anew (R122)', () => {
    const lines = undoReceiptLines(linkGone, 'zh-CN');
    expect(amounts(lines)).toEqual([
      '原费用总金额 100.00',
      '此前已退 -10.00',
      '本次退回 -35.00',
      '退回统筹 0.00',
      '退回账户 -20.00',
      '其中:共济 -20.00',
      '共济人 李* -20.00',
      '退回现金 -15.00',
      '退后仍支付 55.00',
      '其中:本人 50.00',
      '自费现金 5.00',
      '退回前余额 0.00',
      '退回后余额 0.00',
    ]);
    expect(lines).toContainEqual({ kind: 'field', label: '重新结算编号', value: 'S20250420000002' });
    expect(labels(lines)).not.toContain('该笔交易已全部退回');
  });

  it('cash that the customer pays on top is a positive amount, and the slip adds up', () => {
    const due = undoneSale({ shares: [{ name: '李*', returned: '20' }], cashDue: '10' });
    expect(amounts(undoReceiptLines(due, 'zh-CN')).slice(1, 8)).toEqual([
      '本次退回 -10.00',
      '退回统筹 0.00',
      '退回账户 -20.00',
      '其中:共济 -20.00',
      '共济人 李* -20.00',
      '退回现金 0.00',
      '另收现金 10.00',
    ]);
  });

  it('the pool, the wallet and each provider have a line of their own', () => {
    const undo = undoneSale({
      fund: '120',
      own: '10',
      wallet: '5',
      shares: [
        { name: '李*', returned: '30' },
        { name: '王*芳', returned: '20' },
        { name: '赵*', returned: '0' },
      ],
    });
    expect(amounts(undoReceiptLines(undo, 'zh-CN')).slice(1, 9)).toEqual([
      '本次退回 -185.00',
      '退回统筹 -120.00',
      '退回账户 -65.00',
      '其中:本人 -10.00',
      '其中:共济 -55.00',
      '医保钱包 -5.00',
      '共济人 李* -30.00',
      '共济人 王*芳 -20.00',
    ]);
  });

  it('R119: has a number of its own and names the original', () => {
    const fields = undoReceiptLines(e22, 'zh-CN').flatMap(({ kind, label, value }) =>
      kind === 'field' ? [`${label}=${value}`] : [],
    );
    expect(fields).toEqual([
      '药店名称=共济示范药店',
      '药店编号=P99000000001',
      '终端编号=T0000001',
      '经办人=02',
      '退费编号=R20250420000001',
      '交易流水号=P99000000001202504200930000001',
      '交易时间=2025-04-20 09:30:00',
      `原交易流水号=${e2.msgId}`,
      `原结算编号=${e2.settlementId}`,
      '原交易时间=2025-04-19 10:00:00',
      '姓名=王*',
      '身份证号=****6642',
      '社保卡号=****0019',
      '险种=居民医保',
      '统筹区=重庆市/渝中区',
      '持卡人签名=____________',
    ]);
  });

  it.each([
    ['cancel', '医保个人账户结算撤销单', '撤销编号'],
    ['refund', '医保个人账户退费单', '退费编号'],
    ['reversal', '医保个人账户冲正单', '冲正编号'],
  ] as const)('%s: %s', (kind, title, number) => {
    const lines = undoReceiptLines({ ...e22, kind }, 'zh-CN');
    expect(lines[0]).toEqual({ kind: 'title', label: title, value: '' });
    expect(labels(lines)).toContain(number);
  });

  it('a reversed sale was never shown as paid: its cash is handed back only if it was taken', () => {
    const says = (kind: (typeof undoKinds)[number], cash: string) =>
      labels(undoReceiptLines(undoneSale({ kind, own: '50', cash }), 'zh-CN')).includes('如已收现金，请退给客户');
    expect(undoKinds.map((kind) => says(kind, '30'))).toEqual([false, false, true]);
    expect(says('reversal', '0')).toBe(false);
  });

  it('balance after = balance before + own part, and an undo where it is not so is none', () => {
    const undo = undoneSale({ own: '50', ownBefore: '12.34' });
    expect(amounts(undoReceiptLines(undo, 'zh-CN')).slice(-2)).toEqual(['退回前余额 12.34', '退回后余额 62.34']);
    expect(() => undoReceiptLines({ ...undo, ownAfter: yuan('62.33') }, 'zh-CN')).toThrow(RangeError);
  });

  it("R134: a provider's balance is printed nowhere, even if a row should carry one", () => {
    const balance = yuan('7313.37');
    const rows = e22.returned.rows.map((row) =>
      row.source === 'provider' ? { ...row, before: balance, after: balance } : row,
    );
    for (const language of languages) {
      const text = receiptText(undoReceiptLines({ ...e22, returned: { ...e22.returned, rows } }, language));
      expect(text).not.toContain(formatYuan(balance));
    }
  });
});

describe('the slip of a suspended item', () => {
  it('says what is known, who wrote it down and why, and that it proves no payment', () => {
    expect(receiptText(suspendedReceiptLines(suspended, 'zh-CN'))).toBe(`       医保个人账户挂账单
测试环境 模拟交易 不涉及真实资金
--------------------------------
药店名称            共济示范药店
药店编号            P99000000001
终端编号                T0000001
经办人                        01
--------------------------------
交易流水号
  P99000000001202504191000000001
交易类型                    结算
发送时间     2025-04-19 10:00:00
金额                       80.00
--------------------------------
挂账时间     2025-04-19 10:10:00
挂账人                      店长
挂账原因        中心一直没有回答
--------------------------------
  交易结果未知，不作为付款凭证`);
  });

  it('of a refund names the settlement and proves no refund', () => {
    const lines = suspendedReceiptLines({ ...suspended, kind: 'refund', settlementId: 'S1' }, 'en');
    expect(lines).toContainEqual({ kind: 'field', label: 'Original no.', value: 'S1' });
    expect(labels(lines)).toContain('Outcome unknown, not a proof of refund');
    expect(labels(lines)).not.toContain('Outcome unknown, not a proof of payment');
  });
});
