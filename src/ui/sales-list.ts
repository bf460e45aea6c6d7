import { formatYuan, parseYuan } from '../domain/money.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { Intent } from '../ipc/intent.ts';
import type { TerminalView, TodayRow } from '../ipc/view.ts';
import { type AmountKey, typed } from './amount-draft.ts';
import type { TextId } from './texts.ts';

/** What can be done with a line of the list. */
export const saleActions = ['cancel', 'refund', 'reprint'] as const;
export type SaleAction = (typeof saleActions)[number];

/** The list of sales as it lies over the sale. `msgId`: the chosen line; `action`: the one that Enter does; `draft`: the
 *  amount of a refund as it is being typed, empty = all that is left. */
export interface SalesList {
  readonly phase: 'closed' | 'rows' | 'amount';
  readonly msgId: string | null;
  readonly action: SaleAction;
  readonly draft: string;
}

export const closedList: SalesList = { phase: 'closed', msgId: null, action: 'cancel', draft: '' };

type Listed = Pick<TerminalView, 'stage' | 'today' | 'listDay'>;

/** The list opened on a line; on the newest one when none is named. */
export function openedList(view: Listed, msgId: string | null): SalesList {
  return onRow(view, { ...closedList, phase: 'rows', msgId });
}

/** The chosen line; another day's list begins with its newest. */
export function chosenRow(list: SalesList, { today }: Pick<Listed, 'today'>): TodayRow | null {
  return today.find((row) => row.msgId === list.msgId) ?? today[0] ?? null;
}

/** Why an action is not possible on a line; null when it is. Whether it is allowed is the centre's to say: this only
 *  spares a question whose answer is known. */
export function obstacle(action: SaleAction, row: TodayRow | null, { stage, listDay }: Listed): TextId | null {
  if (row === null) return 'undoNoRow';
  if (action === 'reprint') return null;
  if (row.kind !== 'approved') return 'undoOfUndo';
  if (row.left === 0) return 'undoNothingLeft';
  if (stage === 'unknown') return 'undoWhileUnknown';
  return action === 'cancel' && listDay !== null ? 'cancelNotToday' : null;
}

/** The list after an arrow up or down. The ends hold. */
export function movedRow(list: SalesList, view: Listed, step: 1 | -1): SalesList {
  const row = chosenRow(list, view);
  const at = row === null ? -1 : view.today.indexOf(row);
  const next = view.today[Math.min(view.today.length - 1, Math.max(0, at + step))];
  return onRow(view, { ...list, msgId: next?.msgId ?? null });
}

/** The list after an arrow to the side: the next action that is possible on this line. */
export function movedAction(list: SalesList, view: Listed, step: 1 | -1): SalesList {
  const row = chosenRow(list, view);
  const possible = saleActions.filter((action) => obstacle(action, row, view) === null);
  const at = possible.indexOf(list.action) + step;
  return { ...list, action: possible[Math.min(possible.length - 1, Math.max(0, at))] ?? list.action };
}

/** A line that was chosen keeps the action where it is possible, else gets the first one that is. */
function onRow(view: Listed, list: SalesList): SalesList {
  const row = chosenRow(list, view);
  if (obstacle(list.action, row, view) === null) return list;
  const first = saleActions.find((action) => obstacle(action, row, view) === null);
  return { ...list, action: first ?? list.action };
}

export function refundTyped(list: SalesList, key: AmountKey): SalesList {
  return { ...list, draft: typed(list.draft, key) };
}

/** What is wrong with the amount of a refund; null = it can be asked for. */
export function refundProblem(draft: string, row: TodayRow): PromptId | 'tooMuch' | null {
  if (draft === '') return null;
  const parsed = parseYuan(draft);
  if (!parsed.ok) {
    if (parsed.problem === 'tooLarge') return 'tooMuch';
    return parsed.problem === 'tooManyDecimals' ? 'amountTooManyDecimals' : 'amountNotANumber';
  }
  if (parsed.fen === 0) return 'amountNotPositive';
  return parsed.fen > row.left ? 'tooMuch' : null;
}

/** What pressing an action comes to: the list afterwards, and what is asked of the terminal. */
export function pressed(
  list: SalesList,
  view: Listed,
  action: SaleAction = list.action,
): { readonly list: SalesList; readonly intent: Intent | null } {
  const row = chosenRow(list, view);
  if (row === null || obstacle(action, row, view) !== null) return { list, intent: null };
  const chosen = { ...list, msgId: row.msgId, action };
  if (list.phase === 'amount') {
    if (refundProblem(list.draft, row) !== null) return { list, intent: null };
    return { list: chosen, intent: undoIntent('refund', row, list.draft) };
  }
  switch (action) {
    case 'cancel':
      return { list: chosen, intent: undoIntent('cancel', row, '') };
    case 'refund':
      return { list: { ...chosen, phase: 'amount', draft: '' }, intent: null };
    case 'reprint':
      return { list: chosen, intent: { kind: 'receipt.reprint', msgId: row.msgId } };
  }
}

function undoIntent(undo: 'cancel' | 'refund', row: TodayRow, amount: string): Intent {
  return { kind: 'undo.choose', undo, settlementId: row.settlementId, amount };
}

/** One step back: from the amount to the lines, from the lines out. */
export function steppedBack(list: SalesList): SalesList {
  return list.phase === 'amount' ? { ...list, phase: 'rows', draft: '' } : closedList;
}

/** What the amount field shows while nothing is typed: all that is left. */
export function leftText(row: TodayRow): string {
  return formatYuan(row.left);
}
