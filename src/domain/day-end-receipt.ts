import { chinaDateTime } from './china-time.ts';
import type { LinkDeed, LinkRecord } from './link-record.ts';
import { add, type Fen, formatYuan } from './money.ts';
import type { Language } from './prompt.ts';
import type { ReceiptLine } from './receipt.ts';
import { type DayBreak, type DayTotals, netYuan, type Reconciliation, recordOf } from './reconciliation.ts';

/** A suspended item (挂账) that the day's end carries on. `at`: when it was sent, ms since the epoch. */
export interface CarriedItem {
  readonly msgId: string;
  readonly kind: 'settle' | 'cancel' | 'refund';
  readonly amount: Fen;
  readonly at: number;
}

export interface DayEndFacts {
  readonly report: Reconciliation;
  readonly suspended: readonly CarriedItem[];
  readonly links: readonly LinkRecord[];
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  /** When it was made, ms since the epoch. */
  readonly at: number;
}

const words = {
  'zh-CN': {
    title: '医保个人账户日结单',
    test: '测试环境 模拟交易 不涉及真实资金',
    institution: '机构名称',
    institutionCode: '机构编号',
    terminal: '终端编号',
    operator: '经办人',
    day: '结账日期',
    at: '打印时间',
    balanced: '终端与中心账目相符',
    broken: '终端与中心账目不符',
    records: '笔数',
    salesAndUndos: '收款/退回',
    total: '费用总金额',
    fund: '统筹支出',
    account: '账户支付',
    own: '其中:本人',
    shared: '其中:共济',
    cash: '现金',
    withoutUndos: '不含退回',
    centre: '中心',
    centreOnly: '中心有、终端无',
    terminalOnly: '终端有、中心无',
    amount: '金额不同',
    carried: '挂账(结转)',
    settle: '结算',
    cancel: '撤销',
    refund: '退费',
    sale: '结算',
    reversal: '冲正',
    links: '绑定业务',
    linked: '新增关联',
    ended: '解除关联',
    dissolved: '自动解除',
    quotaSet: '调整额度',
  },
  en: {
    title: 'Day-end report',
    test: 'TEST: simulated sales, no real money',
    institution: 'Institution',
    institutionCode: 'Institution no.',
    terminal: 'Terminal',
    operator: 'Operator',
    day: 'Business day',
    at: 'Printed',
    balanced: 'Terminal and centre agree',
    broken: 'Terminal and centre differ',
    records: 'Records',
    salesAndUndos: 'sales/returns',
    total: 'Total',
    fund: 'Pooled fund',
    account: 'Paid from accounts',
    own: 'of it: own',
    shared: 'of it: shared',
    cash: 'Cash',
    withoutUndos: 'Without returns',
    centre: 'Centre',
    centreOnly: 'Centre only',
    terminalOnly: 'Terminal only',
    amount: 'Other amounts',
    carried: 'Suspended, carried on',
    settle: 'Settlement',
    cancel: 'Cancel',
    refund: 'Refund',
    sale: 'Sale',
    reversal: 'Reversal',
    links: 'Bindings',
    linked: 'Linked',
    ended: 'Cancelled',
    dissolved: 'Dissolved',
    quotaSet: 'Quota set',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** The slip of a day's end: what the terminal holds for done, net of what was given back (R130); the centre's sums where they
 *  differ, and every record in which they do (R152); suspended items carried on (R151); what was done to links.
 *  Source: R147 to R153. */
export function dayEndReceiptLines(facts: DayEndFacts, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  const { report, suspended, links, institution } = facts;
  const isBalanced = report.breaks.length === 0;
  return [
    { kind: 'title', label: say.title, value: '' },
    note(say.test),
    field(say.institution, institution.name),
    field(say.institutionCode, institution.code),
    field(say.terminal, facts.terminal),
    field(say.operator, facts.operator),
    field(say.day, report.day),
    field(say.at, chinaDateTime(facts.at)),
    rule,
    ...totalLines(report.terminal, language),
    field(say.withoutUndos, `${report.terminal.sales}  ${formatYuan(report.terminal.total.in)}`),
    rule,
    note(isBalanced ? say.balanced : say.broken),
    ...(isBalanced ? [] : [field(say.centre, ''), ...totalLines(report.centre, language)]),
    ...report.breaks.flatMap((one) => breakLines(one, language)),
    ...(suspended.length === 0 ? [] : [rule, field(say.carried, String(suspended.length))]),
    ...suspended.flatMap(({ msgId, kind, amount: what }) => [field(say[kind], formatYuan(what)), note(msgId)]),
    ...(links.length === 0 ? [] : [rule, field(say.links, String(links.length))]),
    ...links.map((link) => note(linkLine(link, say[link.deed satisfies LinkDeed]))),
  ];
}

function totalLines(totals: DayTotals, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  const accounts = { in: add(totals.own.in, totals.shared.in), out: add(totals.own.out, totals.shared.out) };
  return [
    field(say.records, `${totals.sales + totals.undos} (${say.salesAndUndos} ${totals.sales}/${totals.undos})`),
    amount(say.total, netYuan(totals.total)),
    amount(say.fund, netYuan(totals.fund)),
    amount(say.account, netYuan(accounts)),
    subAmount(say.own, netYuan(totals.own)),
    subAmount(say.shared, netYuan(totals.shared)),
    amount(say.cash, netYuan(totals.cash)),
  ];
}

function breakLines(one: DayBreak, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  const record = recordOf(one);
  const sums =
    one.kind === 'amount'
      ? `${formatYuan(one.terminal.total)} / ${formatYuan(one.centre.total)}`
      : formatYuan(record.total);
  return [field(`${say[one.kind]} ${say[record.kind]}`, sums), note(record.msgId)];
}

function linkLine({ at, provider, beneficiary, linkId }: LinkRecord, deed: string): string {
  return `${chinaDateTime(at).slice(11, 16)} ${deed} ${provider.maskedName} → ${beneficiary.maskedName} ${linkId}`;
}

const rule: ReceiptLine = { kind: 'rule', label: '', value: '' };
const note = (label: string): ReceiptLine => ({ kind: 'note', label, value: '' });
const field = (label: string, value: string): ReceiptLine => ({ kind: 'field', label, value });
const amount = (label: string, value: string): ReceiptLine => ({ kind: 'amount', label, value });
const subAmount = (label: string, value: string): ReceiptLine => ({ kind: 'subAmount', label, value });
