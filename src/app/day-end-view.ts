import { chinaDateTime } from '../domain/china-time.ts';
import { dayEndReceiptLines } from '../domain/day-end-receipt.ts';
import { fen, formatYuan } from '../domain/money.ts';
import type { Language, Prompt } from '../domain/prompt.ts';
import type { ReceiptLine } from '../domain/receipt.ts';
import { type DayBreak, type DayTotals, netYuan, recordOf } from '../domain/reconciliation.ts';
import type { DayBreakView, DayEndView, DayTotalsView, SuspendedView } from '../ipc/view.ts';
import type { OpenIntent } from '../ports/journal.ts';
import type { DayEndSnapshot } from './day-end-desk.ts';

/** What a day's end is shown with. */
export interface DayEndPlace {
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  readonly suspended: readonly OpenIntent[];
  readonly language: Language;
  readonly nowMs: number;
}

/** A day's end as the screen shows it. `suspendedView`: how the screen's other lists tell of a suspended item. */
export function dayEndView(
  snapshot: DayEndSnapshot,
  place: DayEndPlace,
  suspendedView: (item: OpenIntent) => SuspendedView,
): DayEndView {
  const { stage, day, reconciled } = snapshot;
  const report = reconciled?.report ?? null;
  const items = new Set(place.suspended.map((item) => item.msgId));
  return {
    stage,
    prompt: promptOf(snapshot),
    day,
    balanced: report !== null && report.breaks.length === 0,
    terminal: report && totalsView(report.terminal),
    centre: report && totalsView(report.centre),
    breaks: (report?.breaks ?? []).map((one) => breakView(one, items)),
    suspended: place.suspended.map(suspendedView),
    links: reconciled?.links ?? [],
    receipt: dayEndSlip(snapshot, place),
  };
}

/** The slip; null while there is nothing to print. */
export function dayEndSlip({ reconciled }: DayEndSnapshot, place: DayEndPlace): readonly ReceiptLine[] | null {
  if (reconciled === null) return null;
  const { institution, terminal, operator, suspended, language, nowMs } = place;
  const carried = suspended.map(({ msgId, kind, amountFen, at }) => ({ msgId, kind, amount: fen(amountFen), at }));
  const { report, links } = reconciled;
  return dayEndReceiptLines(
    { report, links, suspended: carried, institution, terminal, operator, at: nowMs },
    language,
  );
}

/** The one sentence about a day's end. */
export function promptOf({ stage, reconciled, decline }: DayEndSnapshot): Prompt {
  switch (stage) {
    case 'asking':
      return { id: 'dayEndAsking', params: {} };
    case 'blocked':
      return { id: 'dayEndBlocked', params: {} };
    case 'refused':
      return decline === null
        ? { id: 'dayEndNoBooks', params: {} }
        : { id: 'dayEndRefused', params: { code: decline.code } };
    case 'shown': {
      const count = reconciled?.report.breaks.length ?? 0;
      return count === 0
        ? { id: 'dayEndBalanced', params: {} }
        : { id: 'dayEndBroken', params: { count: String(count) } };
    }
  }
}

function totalsView({ sales, undos, total, fund, own, shared, cash }: DayTotals): DayTotalsView {
  return {
    records: sales + undos,
    sales,
    total: netYuan(total),
    fund: netYuan(fund),
    own: netYuan(own),
    shared: netYuan(shared),
    cash: netYuan(cash),
  };
}

function breakView(one: DayBreak, suspended: ReadonlySet<string>): DayBreakView {
  const { msgId, at } = recordOf(one);
  return {
    kind: one.kind,
    msgId,
    time: chinaDateTime(at).slice(11, 16),
    terminal: one.kind === 'centreOnly' ? null : formatYuan(one.terminal.total),
    centre: one.kind === 'terminalOnly' ? null : formatYuan(one.centre.total),
    suspended: suspended.has(msgId),
  };
}
