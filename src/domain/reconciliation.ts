import type { CalendarDay } from './calendar-day.ts';
import { add, type Fen, formatYuan, subtract, sum, zeroFen } from './money.ts';
import type { Settlement } from './settlement.ts';
import { type Undo, type UndoKind, undoKinds } from './undo.ts';

/** A record of a business day as it is compared at the day's end: a sale, or money given back. Amounts are positive; of an
 *  undo they are what was given back, and `cashDue` what the customer paid on top.
 *  Holds: `fund + own + shared + cash === total + cashDue`. */
export interface BookedRecord {
  readonly msgId: string;
  readonly kind: 'sale' | UndoKind;
  /** Ms since the epoch, the centre's clock: its day in China is the business day. */
  readonly at: number;
  readonly total: Fen;
  readonly fund: Fen;
  readonly own: Fen;
  readonly shared: Fen;
  readonly cash: Fen;
  readonly cashDue: Fen;
}

const amounts = ['total', 'fund', 'own', 'shared', 'cash'] as const;
export type DayAmount = (typeof amounts)[number];

/** What came in and what went back under one heading. */
export interface InAndOut {
  readonly in: Fen;
  readonly out: Fen;
}

/** The sums of a day (3201). `shared` is what providers and wallets paid, and is not contained in `own` (R38, R153). */
export type DayTotals = { readonly [K in DayAmount]: InAndOut } & { readonly sales: number; readonly undos: number };

/** A record in which terminal and centre differ (R152). `centreOnly`: the centre has it and the terminal lacks it;
 *  `terminalOnly`: the other way round; `amount`: both have it, with other amounts or as something else. */
export type DayBreak =
  | { readonly kind: 'centreOnly'; readonly centre: BookedRecord }
  | { readonly kind: 'terminalOnly'; readonly terminal: BookedRecord }
  | { readonly kind: 'amount'; readonly terminal: BookedRecord; readonly centre: BookedRecord };

/** A day of a terminal against the centre's. Holds: balanced exactly when there is no break. */
export interface Reconciliation {
  readonly day: CalendarDay;
  readonly terminal: DayTotals;
  readonly centre: DayTotals;
  readonly breaks: readonly DayBreak[];
}

/** Compares what a terminal holds for done on a day with what the centre has on record of it, record by record (3202).
 *  Shapes: each list has a message id once. Breaks come in the order of time. Source: R147, R148, R151 to R153. */
export function reconcileDay(
  day: CalendarDay,
  terminal: readonly BookedRecord[],
  centre: readonly BookedRecord[],
): Reconciliation {
  const theirs = new Map(centre.map((record) => [record.msgId, record]));
  const ours = new Map(terminal.map((record) => [record.msgId, record]));
  const breaks = [
    ...terminal.flatMap((record): DayBreak[] => {
      const other = theirs.get(record.msgId);
      if (other === undefined) return [{ kind: 'terminalOnly', terminal: record }];
      return isAlike(record, other) ? [] : [{ kind: 'amount', terminal: record, centre: other }];
    }),
    ...centre
      .filter(({ msgId }) => !ours.has(msgId))
      .map((record): DayBreak => ({ kind: 'centreOnly', centre: record })),
  ];
  return {
    day,
    terminal: totalsOf(terminal),
    centre: totalsOf(centre),
    breaks: breaks.toSorted((a, b) => recordOf(a).at - recordOf(b).at),
  };
}

/** The record that a break is about, as the terminal has it, else as the centre has it. */
export function recordOf(one: DayBreak): BookedRecord {
  return one.kind === 'centreOnly' ? one.centre : one.terminal;
}

export function totalsOf(records: readonly BookedRecord[]): DayTotals {
  const sales = records.filter((record) => record.kind === 'sale');
  const undos = records.filter((record) => record.kind !== 'sale');
  const of = (list: readonly BookedRecord[], amount: DayAmount) => sum(list.map((record) => record[amount]));
  const both = (amount: DayAmount): InAndOut => ({ in: of(sales, amount), out: of(undos, amount) });
  const due = sum(undos.map((record) => record.cashDue));
  const cash = both('cash');
  return {
    sales: sales.length,
    undos: undos.length,
    total: both('total'),
    fund: both('fund'),
    own: both('own'),
    shared: both('shared'),
    cash: { in: add(cash.in, due), out: cash.out },
  };
}

/** Net yuan text with a sign where more went back than came in, as on a day of refunds (R130). */
export function netYuan({ in: came, out: went }: InAndOut): string {
  return went > came ? `-${formatYuan(subtract(went, came))}` : formatYuan(subtract(came, went));
}

/** A record as the centre confirmed it, for the day's end. */
export function bookedOf(record: Settlement | Undo): BookedRecord {
  const { msgId } = record;
  if ('undoId' in record) {
    const { total, fund, own, shared, cash, cashDue } = record.returned;
    return { msgId, kind: record.kind, at: record.undoneAt, total, fund, own, shared, cash, cashDue };
  }
  const { total, fund, own, shared, cash } = record.split;
  return { msgId, kind: 'sale', at: record.settledAt, total, fund, own, shared, cash, cashDue: zeroFen };
}

/** What a reversal books where the centre does not tell the sale itself: the sale whose outcome the terminal never heard, and that it was given back, so that the books
 *  have a forward and a reverse row as the centre's have (R148). Of a sale that was given back in part before, its own
 *  record has been booked and stays. */
export function bookedOfReversal(undo: Undo): readonly BookedRecord[] {
  const { total, fund, own, shared, cash } = undo.returned;
  const { msgId, settledAt: at } = undo.original;
  return [{ msgId, kind: 'sale', at, total, fund, own, shared, cash, cashDue: zeroFen }, bookedOf(undo)];
}

/** Whether something read from a file or a wire has the shape of a booked record. */
export function isBookedRecord(value: unknown): value is BookedRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: { readonly [K in keyof BookedRecord]?: unknown } = value;
  const isAmount = (amount: unknown): amount is number => Number.isSafeInteger(amount) && Number(amount) >= 0;
  const { total, fund, own, shared, cash, cashDue } = record;
  return (
    typeof record.msgId === 'string' &&
    ['sale', ...undoKinds].some((kind) => kind === record.kind) &&
    Number.isSafeInteger(record.at) &&
    [total, fund, own, shared, cash, cashDue].every(isAmount) &&
    Number(fund) + Number(own) + Number(shared) + Number(cash) === Number(total) + Number(cashDue)
  );
}

function isAlike(a: BookedRecord, b: BookedRecord): boolean {
  return a.kind === b.kind && a.cashDue === b.cashDue && amounts.every((amount) => a[amount] === b[amount]);
}
