import { amountMax, type Fen, sum } from './money.ts';

/** What a line of goods is, as far as an account's purposes care (R55 to R62). */
export type GoodsKind = 'drug' | 'device' | 'consumable' | 'healthFood' | 'other';
export const goodsKinds = [
  'drug',
  'device',
  'consumable',
  'healthFood',
  'other',
] as const satisfies readonly GoodsKind[];

export interface GoodsLine {
  readonly amount: Fen;
  readonly kind: GoodsKind;
  /** Approval number as printed on the pack, for example `国食健字G20990001` (R61). */
  readonly approval?: string;
  readonly name?: string;
}

/** What is to be paid. Units: fen. `fund` is the pool's part, decided elsewhere and paid first (R37); no `goods` means
 *  goods that every profile's accounts may buy. */
export interface Bill {
  readonly total: Fen;
  readonly fund: Fen;
  readonly goods: readonly GoodsLine[];
}

export type BillProblem = 'notAnAmount' | 'notPositive' | 'fundAboveTotal' | 'goodsDoNotAddUp';

/** Checks a bill before anything else is done with it (R53). Null when it is sound. */
export function billProblem(bill: Bill): BillProblem | null {
  // A bill from outside has passed no compiler: half a fen, less than nothing or more than any bill is no amount.
  const amounts = [bill.total, bill.fund, ...bill.goods.map((line) => line.amount)];
  const isAmount = (amount: Fen) => Number.isSafeInteger(amount) && amount >= 0 && amount <= amountMax;
  if (!amounts.every(isAmount)) return 'notAnAmount';
  if (bill.total <= 0) return 'notPositive';
  if (bill.fund > bill.total) return 'fundAboveTotal';
  if (bill.goods.length > 0 && sum(bill.goods.map((line) => line.amount)) !== bill.total) return 'goodsDoNotAddUp';
  return null;
}
