import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DayEndFacts, dayEndReceiptLines } from '../../src/domain/day-end-receipt.ts';
import { add, fen, subtract, sum, zeroFen } from '../../src/domain/money.ts';
import {
  type BookedRecord,
  bookedOf,
  bookedOfReversal,
  isBookedRecord,
  netYuan,
  reconcileDay,
  totalsOf,
} from '../../src/domain/reconciliation.ts';
import { settledSale, yuan } from './settled-sale.ts';
import { undoneSale } from './undone-sale.ts';

const day = '2025-04-19';
const at = Date.parse('2025-04-19T10:00:00+08:00');

function sale(
  msgId: string,
  own: string,
  shared: string,
  cash: string,
  more: Partial<BookedRecord> = {},
): BookedRecord {
  const parts = { own: yuan(own), shared: yuan(shared), cash: yuan(cash) };
  const total = sum(Object.values(parts));
  return { msgId, kind: 'sale', at, total, fund: zeroFen, ...parts, cashDue: zeroFen, ...more };
}
const e1 = sale('m1', '30', '0', '0');
const e2 = sale('m2', '50', '30', '0');
const e3 = sale('m3', '50', '20', '30');
const e22 = sale('m4', '50', '20', '30', { kind: 'refund' });
const books = [e1, e2, e3, e22];

describe('the day’s end', () => {
  it('worked example, E1 + E2 + E3 + E22: own 80, provider 30, cash 0; 4 records, 3 of them sales of 210', () => {
    const { terminal, centre, breaks } = reconcileDay(day, books, [...books].reverse());
    expect(breaks).toEqual([]);
    expect(terminal).toEqual(centre);
    expect(terminal).toMatchObject({ sales: 3, undos: 1 });
    expect([terminal.own, terminal.shared, terminal.cash, terminal.total].map(netYuan)).toEqual([
      '80.00',
      '30.00',
      '0.00',
      '110.00',
    ]);
    expect(terminal.total.in).toBe(yuan('210'));
  });

  it('R130: more given back than taken is a negative day', () => {
    const { own, shared, cash } = totalsOf([e22]);
    expect([own, shared, cash].map(netYuan)).toEqual(['-50.00', '-20.00', '-30.00']);
  });

  it('cash that a customer paid on top of a refund is cash that came in', () => {
    const { cash } = totalsOf([sale('m', '0', '10', '0', { kind: 'refund', cashDue: yuan('4'), total: yuan('6') })]);
    expect(netYuan(cash)).toBe('4.00');
  });

  it('R152: the three kinds of break, in the order of time', () => {
    const late = { ...e1, at: at + 1000 };
    const other = { ...e2, own: yuan('30'), shared: yuan('50') };
    expect(reconcileDay(day, [late, e2], [other, e3]).breaks).toEqual([
      { kind: 'amount', terminal: e2, centre: other },
      { kind: 'centreOnly', centre: e3 },
      { kind: 'terminalOnly', terminal: late },
    ]);
  });

  it('a sale is no refund of the same amounts', () => {
    expect(reconcileDay(day, [e3], [{ ...e3, kind: 'cancel' }]).breaks).toHaveLength(1);
  });

  const amount = fc.integer({ min: 0, max: 100_000 }).map(fen);
  const record = fc
    .record({ msgId: fc.string({ minLength: 1 }), own: amount, shared: amount, cash: amount, fund: amount })
    .map(
      (it): BookedRecord => ({
        ...it,
        kind: 'sale',
        at,
        total: sum([it.own, it.shared, it.cash, it.fund]),
        cashDue: zeroFen,
      }),
    );
  const records = fc.uniqueArray(record, { selector: ({ msgId }) => msgId, maxLength: 12 });

  it('without a break the sums are equal; with one, both sides together hold every record', () => {
    fc.assert(
      fc.property(records, records, (ours, theirs) => {
        const { terminal, centre, breaks } = reconcileDay(day, ours, theirs);
        if (breaks.length === 0) expect(terminal).toEqual(centre);
        const only = (kind: string) => breaks.filter((one) => one.kind === kind).length;
        expect(add(fen(ours.length), fen(only('centreOnly')))).toBe(add(fen(theirs.length), fen(only('terminalOnly'))));
      }),
    );
  });

  it('every kind of return takes out of the sums what the sale brought in', () => {
    fc.assert(
      fc.property(records, fc.constantFrom('cancel' as const, 'refund' as const, 'reversal' as const), (ours, kind) => {
        const back = ours.map((it) => ({ ...it, msgId: `${it.msgId}-back`, kind }));
        for (const heading of ['total', 'fund', 'own', 'shared', 'cash'] as const) {
          const { in: came, out } = totalsOf([...ours, ...back])[heading];
          expect(subtract(came, out)).toBe(0);
        }
      }),
    );
  });
});

describe('what is booked', () => {
  const settled = settledSale({ own: '50', shares: [{ name: '李*', paid: '20' }], cash: '30' });

  it('of a sale its split, at the centre’s time', () => {
    expect(bookedOf(settled)).toEqual({ ...e3, msgId: settled.msgId, at: settled.settledAt });
  });

  it('R148: of a reversal a forward and a reverse row, which come to nothing', () => {
    const undo = undoneSale({ kind: 'reversal', own: '50', shares: [{ name: '李*', returned: '20' }], cash: '30' });
    const [forward, back] = bookedOfReversal(undo);
    expect(forward).toMatchObject({ msgId: undo.original.msgId, kind: 'sale', at: undo.original.settledAt });
    expect(back).toEqual(bookedOf(undo));
    const { own, shared, cash, total } = totalsOf([forward, back].filter((it) => it !== undefined));
    expect([own, shared, cash, total].map(netYuan)).toEqual(['0.00', '0.00', '0.00', '0.00']);
  });

  it('is told from what only looks like it', () => {
    expect(isBookedRecord(e3)).toBe(true);
    for (const wrong of [
      { ...e3, own: -1 },
      { ...e3, total: 1 },
      { ...e3, kind: 'other' },
      { ...e3, msgId: 1 },
      null,
    ]) {
      expect(isBookedRecord(wrong)).toBe(false);
    }
  });
});

describe('the slip of a day’s end', () => {
  const facts: DayEndFacts = {
    report: reconcileDay(day, books, books),
    suspended: [],
    links: [],
    institution: { code: 'P99000000001', name: '共济示范药店' },
    terminal: 'T0000001',
    operator: '01',
    at,
  };
  const text = (language: 'zh-CN' | 'en', more: Partial<DayEndFacts> = {}) =>
    dayEndReceiptLines({ ...facts, ...more }, language).map(({ label, value }) => `${label} ${value}`.trim());

  it('says the sums net, and that both sides agree', () => {
    expect(text('zh-CN')).toEqual(
      expect.arrayContaining([
        '笔数 4 (收款/退回 3/1)',
        '费用总金额 110.00',
        '账户支付 110.00',
        '其中:本人 80.00',
        '其中:共济 30.00',
        '现金 0.00',
        '不含退回 3  210.00',
        '终端与中心账目相符',
      ]),
    );
    expect(text('en')).toContain('Terminal and centre agree');
  });

  it('R151, R152: names every break and every suspended item by its message', () => {
    const lines = text('zh-CN', {
      report: reconcileDay(day, [e1], [e2]),
      suspended: [{ msgId: 'm9', kind: 'settle', amount: yuan('12'), at }],
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        '终端与中心账目不符',
        '终端有、中心无 结算 30.00',
        'm1',
        '中心有、终端无 结算 80.00',
        'm2',
      ]),
    );
    expect(lines).toEqual(expect.arrayContaining(['挂账(结转) 1', '结算 12.00', 'm9']));
  });
});
