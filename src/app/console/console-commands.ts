import type { SourceReason } from '../../domain/charge-plan.ts';
import { chinaDay } from '../../domain/china-time.ts';
import { fen, formatYuan, parseYuan } from '../../domain/money.ts';
import { type Language, promptText } from '../../domain/prompt.ts';
import { receiptLines, receiptText, undoReceiptLines } from '../../domain/receipt.ts';
import type { TodayRow } from '../../ipc/view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Counter, InquirySnapshot } from '../counter.ts';
import type { SalesBook } from '../sales-book.ts';
import { slipColumns } from './console-text.ts';

const words = {
  'zh-CN': {
    empty: '今天还没有交易',
    noLine: '清单里没有这个编号，按 l 看清单',
    notASale: '这一行不是收款，不能退',
    noSuspended: '没有这个编号的挂账',
    unknownCommand: '没有这个命令，按 ? 看说明',
    suspendHow: '挂账要写主管工号和原因，如: s 99 网络中断',
    notNow: '现在不能办理，请先完成眼前的这一步',
    approved: '收款',
    cancel: '撤销',
    refund: '退费',
    reversal: '冲正',
    left: '可退',
    suspended: '挂账',
    balance: '余额',
    noAccount: '没有个人账户',
    wallet: '医保钱包',
    available: '够用',
    unavailable: '不可用',
  },
  en: {
    empty: 'No sale today yet',
    noLine: 'The list has no such number, type l to see it',
    notASale: 'That line is no sale, there is nothing to give back',
    noSuspended: 'No suspended item has this number',
    unknownCommand: 'No such command, type ? for the list',
    suspendHow: 'Suspending needs a supervisor and a reason, for example: s 99 line down',
    notNow: 'Not now: finish what is on the screen first',
    approved: 'sale',
    cancel: 'cancel',
    refund: 'refund',
    reversal: 'reversal',
    left: 'left',
    suspended: 'suspended',
    balance: 'Balance',
    noAccount: 'no personal account',
    wallet: 'Medical wallet',
    available: 'available',
    unavailable: 'not available',
  },
} as const satisfies Record<Language, Record<string, string>>;

export interface CommandOptions {
  readonly counter: Counter;
  readonly sales: SalesBook;
  readonly language: Language;
  readonly clock: Clock;
}

/** What a console can ask for beside a sale, by a letter and Enter: `l` today's list and what is suspended, `x N` cancel,
 *  `r N [yuan]` refund, `p N` print again, `b` balance of the next card, `v` reverse an unknown outcome now,
 *  `s SUPERVISOR REASON` suspend it, `o N` ask for a suspended item again, `d` the day's end (`d -`: of the day before). Gives the lines to print: the list, the slip, or a
 *  sentence on why it cannot be done. */
export function consoleCommand(typed: string, options: CommandOptions): readonly string[] {
  const { counter, sales, language, clock } = options;
  const say = words[language];
  const [letter = '', first = '', ...rest] = typed.trim().split(/\s+/);
  const row = sales.rows[Number(first) - 1];
  const { suspended } = counter.snapshot.context;

  switch (letter) {
    case 'l': {
      const lines = [
        ...listLines(sales.rows, language),
        ...suspended.map(
          ({ msgId, amountFen, suspension }, index) =>
            `${say.suspended} ${index + 1}  ${msgId}  ${formatYuan(fen(amountFen))}  ${suspension?.reason ?? ''}`,
        ),
      ];
      return lines.length === 0 ? [say.empty] : lines;
    }
    case 'x':
      return giveBack('cancel', row, '', options);
    case 'r':
      return giveBack('refund', row, rest.join(''), options);
    case 'p': {
      const record = row === undefined ? undefined : sales.record(row.msgId);
      if (record === undefined) return [say.noLine];
      const lines =
        'undoId' in record
          ? undoReceiptLines(record, language, { reprint: true })
          : receiptLines(record, language, { reprint: true });
      return receiptText(lines, slipColumns).split('\n');
    }
    case 'b':
      return counter.startInquiry() === 'started' ? [] : [say.notNow];
    case 'd': {
      const dayAgo = first === '-' ? 86_400_000 : 0;
      const answer = counter.startDayEnd(chinaDay(clock.now() - dayAgo));
      return answer === 'busy' || answer === 'notSignedIn' ? [say.notNow] : [];
    }
    case 'v':
      if (counter.state !== 'unknown') return [say.notNow];
      counter.send({ type: 'supervisor.push', step: 'reverse' });
      return [];
    case 's': {
      if (counter.state !== 'unknown') return [say.notNow];
      const reason = rest.join(' ');
      if (first === '' || reason === '') return [say.suspendHow];
      counter.send({ type: 'supervisor.suspend', by: first, reason });
      return [];
    }
    case 'o': {
      const item = suspended[Number(first) - 1];
      if (item === undefined) return [say.noSuspended];
      if (!counter.snapshot.hasTag('acceptsSale')) return [say.notNow];
      counter.send({ type: 'suspended.reopened', msgId: item.msgId });
      return [];
    }
    default:
      return [say.unknownCommand];
  }
}

function giveBack(
  kind: 'cancel' | 'refund',
  row: TodayRow | undefined,
  typed: string,
  { counter, language }: CommandOptions,
): readonly string[] {
  const say = words[language];
  if (row === undefined) return [say.noLine];
  if (row.kind !== 'approved') return [say.notASale];
  const parsed = typed === '' ? null : parseYuan(typed);
  if (parsed !== null && !(parsed.ok && parsed.fen > 0)) {
    return [promptText({ id: parsed.ok ? 'amountNotPositive' : 'amountNotANumber', params: {} }, language)];
  }
  if (!counter.snapshot.hasTag('acceptsSale')) return [say.notNow];
  const amount = parsed === null ? null : parsed.fen;
  counter.send({ type: 'undo.chosen', undo: { kind, settlementId: row.settlementId, amount } });
  return [];
}

/** Today's sales and undos, newest first, each with the number that a command names it by. */
function listLines(rows: readonly TodayRow[], language: Language): readonly string[] {
  const say = words[language];
  return rows.map((row, index) => {
    const left = row.kind === 'approved' && row.left !== row.total ? `  ${say.left} ${formatYuan(row.left)}` : '';
    return `${String(index + 1).padStart(3)}  ${row.time}  ${row.maskedName}  ${formatYuan(row.total)}  ${say[row.kind]}${left}`;
  });
}

/** What a balance query says when its card has been asked for; of providers never how much they have (R142). */
export function inquiryLines({ inquired }: InquirySnapshot, language: Language): readonly string[] {
  if (inquired === null) return [];
  const say = words[language];
  const standing = (reason: 'available' | SourceReason) => (reason === 'available' ? say.available : say.unavailable);
  return [
    `${inquired.maskedName}  ${say.balance} ${inquired.own === null ? say.noAccount : formatYuan(inquired.own)}`,
    ...(inquired.wallet === null ? [] : [`  ${say.wallet} ${formatYuan(inquired.wallet)}`]),
    ...inquired.providers.map(({ maskedName, standing: told }) => `  ${maskedName}  ${standing(told)}`),
  ];
}
