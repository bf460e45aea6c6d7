import { type Fen, formatYuan } from '../../domain/money.ts';
import { type Language, type Prompt, promptText } from '../../domain/prompt.ts';
import { columnsOf, receiptText } from '../../domain/receipt.ts';
import type { FundingRow, Split } from '../../domain/settlement.ts';
import type { UndoQuote } from '../../domain/undo.ts';
import type { TerminalView } from '../../ipc/view.ts';

const words = {
  'zh-CN': {
    title: '共济终端 · 测试环境 · 模拟交易，不涉及真实资金',
    bill: '应付',
    fund: '统筹',
    own: '本人',
    wallet: '医保钱包',
    provider: '共济',
    cash: '现金',
    balance: '余额',
    voice: '语音',
    giveBack: '退回',
    cashDue: '另收现金',
    remaining: '仍付',
  },
  en: {
    title: 'Gongji Terminal · test environment · simulated sales, no real money',
    bill: 'To pay',
    fund: 'Pool',
    own: 'Own account',
    wallet: 'Wallet',
    provider: 'Family',
    cash: 'Cash',
    balance: 'balance',
    voice: 'Voice',
    giveBack: 'Given back',
    cashDue: 'To collect',
    remaining: 'Stays paid',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** A paper roll of 58 mm has 32 columns, one of 80 mm 48; a console has room for the wider one's longest lines. */
export const slipColumns = 42;

/** What every console says first: this is a simulator. */
export function consoleTitle(language: Language): string {
  return words[language].title;
}

/** The lines that a console adds when the counter goes from one view to the next: the sentence, who would pay, the
 *  voice, the slip. Nothing in a view identifies a person, so nothing here does. */
export function consoleLines(before: TerminalView | null, now: TerminalView, language: Language): readonly string[] {
  const shown = before === null ? [] : sentences(before, language);
  const isSaidAgain = now.notice !== null && now.notice !== before?.notice;
  const lines = sentences(now, language).filter((line, at) => !shown.includes(line) || (at === 0 && isSaidAgain));
  if (now.split !== null && now.result === null && now.split !== before?.split) {
    lines.unshift(...quoteLines(now.split, language));
  }
  if (now.undoQuote !== null && now.undoQuote.digest !== before?.undoQuote?.digest) {
    lines.unshift(...undoLines(now.undoQuote, language));
  }
  const isResult = now.result !== null && before?.result?.kind !== now.result.kind;
  if (isResult && now.voice !== null) lines.push(`${words[language].voice}: ${now.voice}`);
  if (isResult && now.receipt !== null) lines.push('', ...receiptText(now.receipt, slipColumns).split('\n'), '');
  return lines;
}

/** The notice, when there is one, comes first. */
function sentences(view: TerminalView, language: Language): readonly string[] {
  const { unknown } = view;
  const forCustomer: Prompt | null = unknown && {
    id: unknown.kind === 'settle' ? 'sayUnknown' : 'sayUnknownUndo',
    params: {},
  };
  const prompts = [view.notice, view.prompt, forCustomer].filter((prompt) => prompt !== null);
  return prompts.map((prompt) => promptText(prompt, language));
}

/** The funding ladder of a quote: a line for whoever is asked, with the own balance before and after. */
function quoteLines(split: Split, language: Language): readonly string[] {
  const say = words[language];
  return aligned([
    [say.bill, split.total, ''],
    ...(split.fund > 0 ? [[say.fund, split.fund, ''] as const] : []),
    ...split.rows.map((row) => [nameOf(row, language), row.paid, balancesOf(row, language)] as const),
    [say.cash, split.cash, ''],
  ]);
}

function aligned(rows: readonly (readonly [string, Fen, string])[]): readonly string[] {
  const nameColumns = Math.max(...rows.map(([name]) => columnsOf(name)));
  const amountColumns = Math.max(...rows.map(([, amount]) => formatYuan(amount).length));
  return rows.map(([name, amount, note]) =>
    `  ${name}${' '.repeat(nameColumns - columnsOf(name))}  ${formatYuan(amount).padStart(amountColumns)}  ${note}`.trimEnd(),
  );
}

/** Who would get what back, and what stays paid. */
function undoLines({ returned, remaining }: UndoQuote, language: Language): readonly string[] {
  const say = words[language];
  return aligned([
    [say.giveBack, returned.total, ''],
    ...(returned.fund > 0 ? [[say.fund, returned.fund, ''] as const] : []),
    ...returned.rows.map((row) => [nameOf(row, language), row.returned, balancesOf(row, language)] as const),
    returned.cashDue > 0 ? [say.cashDue, returned.cashDue, ''] : [say.cash, returned.cash, ''],
    ...(remaining === null ? [] : [[say.remaining, remaining.total, ''] as const]),
  ]);
}

function nameOf(row: Pick<FundingRow, 'source' | 'maskedName'>, language: Language): string {
  return `${words[language][row.source]} ${row.maskedName}`;
}

function balancesOf({ before, after }: Pick<FundingRow, 'before' | 'after'>, language: Language): string {
  if (before === undefined || after === undefined) return '';
  return `${words[language].balance} ${formatYuan(before)} → ${formatYuan(after)}`;
}
