import { type ReceiptLine, receiptLines, undoReceiptLines } from '../../src/domain/receipt.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { Undo } from '../../src/domain/undo.ts';
import { Broken } from './broken.ts';
import type { GiveBack, ModelSale } from './rule-model.ts';

/** Reads the customer's slip as he does, and holds its amounts against what the model has of the sale. Errors: `Broken`. */
export function checkSaleSlip(settlement: Settlement, { first, person }: ModelSale): void {
  const own = first.takes.filter((take) => take.person === person).reduce((sum, take) => sum + take.amount, 0);
  const accounts = first.takes.reduce((sum, take) => sum + take.amount, 0);
  compare(settlement.msgId, receiptLines(settlement, 'zh-CN'), {
    费用总金额: first.total,
    统筹支出: first.fund,
    本次账户支付: accounts,
    '其中:本人': own,
    '其中:共济': accounts - own,
    自费现金: first.cash,
  });
}

export function checkUndoSlip(undo: Undo, sale: ModelSale, give: GiveBack): void {
  const own = give.back.get(sale.person) ?? 0;
  const accounts = [...give.back.values()].reduce((sum, amount) => sum + amount, 0);
  compare(undo.msgId, undoReceiptLines(undo, 'zh-CN'), {
    原费用总金额: sale.first.total,
    本次退回: -give.total,
    退回统筹: -give.fund,
    退回账户: -accounts,
    '其中:本人': -own,
    '其中:共济': -(accounts - own),
    退回现金: -Math.max(0, give.cash),
    另收现金: Math.max(0, -give.cash),
    退后仍支付: give.rest?.total ?? 0,
  });
}

/** A line that says nothing stands for zero. What stays paid comes further down under the same labels: the first of a label
 *  counts. */
function compare(msgId: string, lines: readonly ReceiptLine[], expected: Readonly<Record<string, number>>): void {
  const upTo = lines.findIndex(({ label }) => label === '退后仍支付');
  const read = upTo < 0 ? lines : lines.slice(0, upTo + 1);
  for (const [label, fen] of Object.entries(expected)) {
    const value = read.find((line) => line.label === label)?.value ?? '0.00';
    const [whole = '', decimals = ''] = value.replace('-', '').split('.');
    const told = (Number(whole) * 100 + Number(decimals)) * (value.startsWith('-') ? -1 : 1);
    if (told !== fen && !(told === 0 && fen === 0))
      throw new Broken('slip', `the slip of ${msgId} says ${label} ${value}, the model ${fen} fen`);
  }
}
