import type { GoodsKind } from './bill.ts';
import type { SourceReason } from './charge-plan.ts';
import { chinaDateTime } from './china-time.ts';
import { add, type Fen, formatYuan } from './money.ts';
import type { InsuranceKind } from './person.ts';
import type { Language } from './prompt.ts';
import type { FundingRow, Settlement, Split } from './settlement.ts';
import type { Remaining, Returned, ReturnRow, Undo, UndoKind } from './undo.ts';

/** A line of a slip: a label, a value, and how it is set. */
export interface ReceiptLine {
  readonly kind: 'title' | 'field' | 'amount' | 'subAmount' | 'rule' | 'note';
  readonly label: string;
  readonly value: string;
}

/** The words of a slip, as in R132. `share` = 其中 … of the account payment. */
const words = {
  'zh-CN': {
    title: '医保个人账户结算单',
    suspendedTitle: '医保个人账户挂账单',
    originalMsgId: '原交易流水号',
    originalSettlementId: '原结算编号',
    originalTime: '原交易时间',
    originalTotal: '原费用总金额',
    returnedBefore: '此前已退',
    returnedTotal: '本次退回',
    returnedToFund: '退回统筹',
    returnedToAccounts: '退回账户',
    returnedCash: '退回现金',
    cashDue: '另收现金',
    cashIfCollected: '如已收现金，请退给客户',
    stays: '退后仍支付',
    nothingStays: '该笔交易已全部退回',
    resettledAs: '重新结算编号',
    beforeUndo: '退回前余额',
    afterUndo: '退回后余额',
    suspendedKind: '交易类型',
    suspendedAmount: '金额',
    sentAt: '发送时间',
    suspendedAt: '挂账时间',
    suspendedBy: '挂账人',
    suspendedReason: '挂账原因',
    noProofOfPayment: '交易结果未知，不作为付款凭证',
    noProofOfReturn: '退款结果未知，不作为退款凭证',
    test: '测试环境 模拟交易 不涉及真实资金',
    reprint: '重印',
    institution: '药店名称',
    institutionCode: '药店编号',
    terminal: '终端编号',
    operator: '经办人',
    msgId: '交易流水号',
    settlementId: '结算编号',
    time: '交易时间',
    name: '姓名',
    id: '身份证号',
    card: '社保卡号',
    insurance: '险种',
    area: '统筹区',
    selfPaidMark: '(自费)',
    total: '费用总金额',
    fund: '统筹支出',
    account: '本次账户支付',
    own: '其中:本人',
    shared: '其中:共济',
    provider: '共济人',
    wallet: '医保钱包',
    cash: '自费现金',
    notEligible: '其中:账户不能支付的商品',
    before: '结算前余额',
    after: '结算后余额',
    skipped: '未扣款',
    signature: '持卡人签名',
    agreedBy: '支付凭证',
    byCode: '医保码',
  },
  en: {
    title: 'Medical account settlement',
    suspendedTitle: 'Suspended: outcome unknown',
    originalMsgId: 'Original serial',
    originalSettlementId: 'Original no.',
    originalTime: 'Original time',
    originalTotal: 'Original total',
    returnedBefore: 'Given back before',
    returnedTotal: 'Given back now',
    returnedToFund: 'To pooled fund',
    returnedToAccounts: 'To accounts',
    returnedCash: 'Cash handed back',
    cashDue: 'Cash collected',
    cashIfCollected: 'Hand back any cash collected',
    stays: 'Still paid',
    nothingStays: 'The sale has been given back whole',
    resettledAs: 'Settled anew as',
    beforeUndo: 'Balance before',
    afterUndo: 'Balance after',
    suspendedKind: 'Kind',
    suspendedAmount: 'Amount',
    sentAt: 'Sent',
    suspendedAt: 'Suspended',
    suspendedBy: 'Suspended by',
    suspendedReason: 'Reason',
    noProofOfPayment: 'Outcome unknown, not a proof of payment',
    noProofOfReturn: 'Outcome unknown, not a proof of refund',
    test: 'TEST: simulated sale, no real money',
    reprint: 'REPRINT',
    institution: 'Pharmacy',
    institutionCode: 'Pharmacy no.',
    terminal: 'Terminal',
    operator: 'Operator',
    msgId: 'Serial no.',
    settlementId: 'Settlement no.',
    time: 'Time',
    name: 'Name',
    id: 'ID number',
    card: 'Card number',
    insurance: 'Insurance',
    area: 'Area',
    selfPaidMark: ' (cash only)',
    total: 'Total',
    fund: 'Pooled fund',
    account: 'Paid from accounts',
    own: 'of it: own',
    shared: 'of it: shared',
    provider: 'by',
    wallet: 'Medical wallet',
    cash: 'Cash',
    notEligible: 'of it: not for accounts',
    before: 'Balance before',
    after: 'Balance after',
    skipped: 'not charged',
    signature: 'Signature',
    agreedBy: 'Paid with',
    byCode: 'Medical-insurance code',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** The title of an undo's slip, and what its number is called. */
const undoWords = {
  'zh-CN': {
    cancel: { title: '医保个人账户结算撤销单', number: '撤销编号' },
    refund: { title: '医保个人账户退费单', number: '退费编号' },
    reversal: { title: '医保个人账户冲正单', number: '冲正编号' },
  },
  en: {
    cancel: { title: 'Medical account cancel', number: 'Cancel no.' },
    refund: { title: 'Medical account refund', number: 'Refund no.' },
    reversal: { title: 'Medical account reversal', number: 'Reversal no.' },
  },
} as const satisfies Record<Language, Record<UndoKind, { title: string; number: string }>>;

const suspendedKindWords = {
  'zh-CN': { settle: '结算', cancel: '结算撤销', refund: '退费' },
  en: { settle: 'Settlement', cancel: 'Cancel', refund: 'Refund' },
} as const satisfies Record<Language, Record<SuspendedItem['kind'], string>>;

const goodsWords = {
  'zh-CN': { drug: '药品', device: '医疗器械', consumable: '医用耗材', healthFood: '保健品', other: '其他' },
  en: { drug: 'Drugs', device: 'Device', consumable: 'Consumables', healthFood: 'Health food', other: 'Other' },
} as const satisfies Record<Language, Record<GoodsKind, string>>;

const insuranceWords = {
  'zh-CN': { employee: '职工医保', resident: '居民医保' },
  en: { employee: 'Employee', resident: 'Resident' },
} as const satisfies Record<Language, Record<InsuranceKind, string>>;

/** Why a provider gave nothing, as far as the slip says so (R27, R44). What would tell something about the provider's
 *  balance or quota is not among them (R134). */
const skipWords = {
  'zh-CN': {
    suspended: '参保暂停',
    terminated: '参保终止',
    arrears: '参保欠费',
    cardLost: '卡已挂失',
    linkNotYetInForce: '关联尚未生效',
    linkEnded: '关联已取消',
    insuranceKindNotAllowed: '险种不符',
    relationNotAllowed: '亲属关系不符',
    areaNotOpen: '统筹区未开通',
    linkLimit: '超过可关联人数',
    walletNotOpened: '医保钱包未开通',
  },
  en: {
    suspended: 'insurance suspended',
    terminated: 'insurance ended',
    arrears: 'insurance in arrears',
    cardLost: 'card reported lost',
    linkNotYetInForce: 'link not yet in force',
    linkEnded: 'link cancelled',
    insuranceKindNotAllowed: 'kind of insurance not allowed',
    relationNotAllowed: 'relation not allowed',
    areaNotOpen: 'area not opened',
    linkLimit: 'too many links',
    walletNotOpened: 'wallet not opened',
  },
} as const satisfies Record<Language, Partial<Record<SourceReason, string>>>;

/** The slip of a settled sale, line by line. A sale paid by 医保码 says so, and is signed like every one without a PIN
 *  (R35, R135). A source that paid nothing has no line of its own; while eligible goods
 *  had to be paid in cash, a note says which provider was passed over and why.
 *  Holds: balance before = balance after + own part (R133), and no provider's balance anywhere (R134).
 *  Errors: `RangeError` when R133 does not hold. Source: R44, R132 to R137; worked examples, "Slip lines for E2". */
export function receiptLines(
  settlement: Settlement,
  language: Language,
  options: { readonly reprint?: boolean } = {},
): readonly ReceiptLine[] {
  if (settlement.ownBefore !== add(settlement.ownAfter, settlement.split.own)) {
    throw new RangeError('the balance before is not the balance after and the own part');
  }
  const say = words[language];
  const { split } = settlement;
  const passedOver = split.cash > split.notEligible ? split.rows.filter((row) => row.source !== 'own') : [];
  return [
    ...headLines(say.title, settlement, language, options.reprint === true),
    field(say.msgId, settlement.msgId),
    field(say.settlementId, settlement.settlementId),
    field(say.time, chinaDateTime(settlement.settledAt)),
    rule,
    ...customerLines(settlement, language),
    rule,
    ...settlement.goods.map((line) =>
      field(
        (line.name ?? goodsWords[language][line.kind]) + (line.selfPaid ? say.selfPaidMark : ''),
        formatYuan(line.amount),
      ),
    ),
    ...(settlement.goods.length > 0 ? [rule] : []),
    ...amountLines(split, language),
    amount(say.before, formatYuan(settlement.ownBefore)),
    amount(say.after, formatYuan(settlement.ownAfter)),
    rule,
    ...passedOver.flatMap((row) => {
      const why = skipReason(row.reason, language);
      return why === undefined ? [] : [note(`${sharerName(row, language)}: ${why}, ${say.skipped}`)];
    }),
    ...(settlement.voucherUsed === true ? [field(say.agreedBy, say.byCode)] : []),
    ...(settlement.pinUsed ? [] : [field(say.signature, '____________')]),
  ];
}

/** The slip of a cancel, refund or reversal: its own number, the original's, and what returns to whom, all amounts of it
 *  negative; then what stays paid. Cash that the customer pays on top is the one positive amount.
 *  Holds: balance after = balance before + own part; what returns and the cash collected sum up to the total;
 *  no provider's balance anywhere (R134).
 *  Errors: `RangeError` when the balances do not fit. Source: R119, R120, R122, R138. */
export function undoReceiptLines(
  undo: Undo,
  language: Language,
  options: { readonly reprint?: boolean } = {},
): readonly ReceiptLine[] {
  const { original, returned, remaining } = undo;
  if (undo.ownAfter !== add(undo.ownBefore, returned.own)) {
    throw new RangeError('the balance after is not the balance before and what returned to it');
  }
  const say = words[language];
  const { title, number } = undoWords[language][undo.kind];
  return [
    ...headLines(title, undo, language, options.reprint === true),
    field(number, undo.undoId),
    field(say.msgId, undo.msgId),
    field(say.time, chinaDateTime(undo.undoneAt)),
    field(say.originalMsgId, original.msgId),
    field(say.originalSettlementId, original.settlementId),
    field(say.originalTime, chinaDateTime(original.settledAt)),
    rule,
    ...customerLines(undo, language),
    rule,
    amount(say.originalTotal, formatYuan(original.total)),
    ...(undo.returnedBefore > 0 ? [amount(say.returnedBefore, negative(undo.returnedBefore))] : []),
    ...returnedLines(returned, language),
    rule,
    ...(remaining === null ? [note(say.nothingStays)] : remainingLines(remaining, language)),
    ...(undo.resettledAs === null ? [] : [field(say.resettledAs, undo.resettledAs)]),
    amount(say.beforeUndo, formatYuan(undo.ownBefore)),
    amount(say.afterUndo, formatYuan(undo.ownAfter)),
    rule,
    // A sale that is reversed was never shown as paid, so that its cash may never have been taken.
    ...(undo.kind === 'reversal' && returned.cash > 0 ? [note(say.cashIfCollected)] : []),
    field(say.signature, '____________'),
  ];
}

function returnedLines(returned: Returned, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  const shares = returned.rows.filter((row) => row.source !== 'own' && row.returned > 0);
  return [
    amount(say.returnedTotal, negative(returned.total)),
    amount(say.returnedToFund, negative(returned.fund)),
    amount(say.returnedToAccounts, negative(add(returned.own, returned.shared))),
    ...(returned.own > 0 ? [subAmount(say.own, negative(returned.own))] : []),
    ...(returned.shared > 0 ? [subAmount(say.shared, negative(returned.shared))] : []),
    ...shares.map((row) => subAmount(sharerName(row, language), negative(row.returned))),
    amount(say.returnedCash, negative(returned.cash)),
    ...(returned.cashDue > 0 ? [amount(say.cashDue, formatYuan(returned.cashDue))] : []),
  ];
}

function remainingLines(remaining: Remaining, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  return [
    amount(say.stays, formatYuan(remaining.total)),
    ...(remaining.fund > 0 ? [subAmount(say.fund, formatYuan(remaining.fund))] : []),
    ...(remaining.own > 0 ? [subAmount(say.own, formatYuan(remaining.own))] : []),
    ...(remaining.shared > 0 ? [subAmount(say.shared, formatYuan(remaining.shared))] : []),
    ...(remaining.cash > 0 ? [subAmount(say.cash, formatYuan(remaining.cash))] : []),
  ];
}

/** A message whose outcome nobody could find out, as the terminal knows it: no customer, no account. `settlementId`: of
 *  the sale that was to be given back; null for a settlement. Times: ms since the epoch. */
export interface SuspendedItem {
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  readonly msgId: string;
  readonly kind: 'settle' | 'cancel' | 'refund';
  readonly amount: Fen;
  readonly settlementId: string | null;
  readonly sentAt: number;
  readonly suspendedAt: number;
  readonly by: string;
  readonly reason: string;
}

/** The slip of a suspended item (挂账单): what is known, who wrote it down and why, and that it proves nothing. */
export function suspendedReceiptLines(
  item: SuspendedItem,
  language: Language,
  options: { readonly reprint?: boolean } = {},
): readonly ReceiptLine[] {
  const say = words[language];
  return [
    ...headLines(say.suspendedTitle, item, language, options.reprint === true),
    rule,
    field(say.msgId, item.msgId),
    field(say.suspendedKind, suspendedKindWords[language][item.kind]),
    ...(item.settlementId === null ? [] : [field(say.originalSettlementId, item.settlementId)]),
    field(say.sentAt, chinaDateTime(item.sentAt)),
    amount(say.suspendedAmount, formatYuan(item.amount)),
    rule,
    field(say.suspendedAt, chinaDateTime(item.suspendedAt)),
    field(say.suspendedBy, item.by),
    field(say.suspendedReason, item.reason),
    rule,
    note(item.kind === 'settle' ? say.noProofOfPayment : say.noProofOfReturn),
  ];
}

const rule: ReceiptLine = { kind: 'rule', label: '', value: '' };
const titleLine = (label: string): ReceiptLine => ({ kind: 'title', label, value: '' });
const field = (label: string, value: string): ReceiptLine => ({ kind: 'field', label, value });
const note = (label: string): ReceiptLine => ({ kind: 'note', label, value: '' });
const amount = (label: string, value: string): ReceiptLine => ({ kind: 'amount', label, value });
const subAmount = (label: string, value: string): ReceiptLine => ({ kind: 'subAmount', label, value });

/** What goes back, with a minus; zero has none. */
function negative(returned: Fen): string {
  return returned === 0 ? formatYuan(returned) : `-${formatYuan(returned)}`;
}

/** Title and place. A reprint says so above everything else, as large as the title. */
function headLines(
  title: string,
  { institution, terminal, operator }: Pick<Settlement, 'institution' | 'terminal' | 'operator'>,
  language: Language,
  isReprint: boolean,
): readonly ReceiptLine[] {
  const say = words[language];
  return [
    ...(isReprint ? [titleLine(say.reprint)] : []),
    titleLine(title),
    note(say.test),
    rule,
    field(say.institution, institution.name),
    field(say.institutionCode, institution.code),
    field(say.terminal, terminal),
    field(say.operator, operator),
  ];
}

function customerLines({ beneficiary }: Pick<Settlement, 'beneficiary'>, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  return [
    field(say.name, beneficiary.maskedName),
    field(say.id, beneficiary.maskedId),
    field(say.card, beneficiary.maskedCard),
    field(say.insurance, insuranceWords[language][beneficiary.insurance]),
    field(say.area, beneficiary.area),
  ];
}

/** Who paid what, each account on a line of its own. */
function amountLines(split: Split, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  const shares = split.rows.filter((row) => row.source !== 'own' && row.paid > 0);
  return [
    amount(say.total, formatYuan(split.total)),
    amount(say.fund, formatYuan(split.fund)),
    amount(say.account, formatYuan(add(split.own, split.shared))),
    ...(split.own > 0 ? [subAmount(say.own, formatYuan(split.own))] : []),
    ...(split.shared > 0 ? [subAmount(say.shared, formatYuan(split.shared))] : []),
    ...shares.map((row) => subAmount(sharerName(row, language), formatYuan(row.paid))),
    amount(say.cash, formatYuan(split.cash)),
    ...(split.notEligible > 0 ? [subAmount(say.notEligible, formatYuan(split.notEligible))] : []),
  ];
}

function sharerName(row: Pick<FundingRow | ReturnRow, 'source' | 'maskedName'>, language: Language): string {
  const say = words[language];
  return row.source === 'wallet' ? say.wallet : `${say.provider} ${row.maskedName}`;
}

function skipReason(reason: SourceReason, language: Language): string | undefined {
  const told: Partial<Record<SourceReason, string>> = skipWords[language];
  return told[reason];
}

/** How many columns of a fixed-pitch printer a text takes: Chinese characters and full-width forms take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += isWide(character) ? 2 : 1;
  return columns;
}

/** East Asian Width W and F (Unicode Standard Annex 11), the blocks that names, goods and prompts are written in. */
function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    character,
  );
}

/** The slip as plain text for a console or a fixed-pitch printer: values stand at the right edge, what does not fit
 *  beside its label goes below it. Shapes: no line takes more than `width` columns. Errors: `RangeError` for a width
 *  below 16, where not even an amount fits. */
export function receiptText(lines: readonly ReceiptLine[], width = 32): string {
  if (!Number.isSafeInteger(width) || width < 16) throw new RangeError(`a slip has at least 16 columns, got ${width}`);
  return lines.flatMap((line) => textLines(line, width)).join('\n');
}

function textLines({ kind, label, value }: ReceiptLine, width: number): readonly string[] {
  switch (kind) {
    case 'rule':
      return ['-'.repeat(width)];
    case 'title':
    case 'note':
      return wrapped(`${label}${value}`, width).map((part) => centred(part, width));
    case 'field':
    case 'amount':
      return besideOrBelow(label, value, width);
    case 'subAmount':
      return besideOrBelow(`  ${label}`, value, width);
  }
}

function besideOrBelow(label: string, value: string, width: number): readonly string[] {
  const gap = width - columnsOf(label) - columnsOf(value);
  if (gap >= 1) return [label + ' '.repeat(gap) + value];
  return [...wrapped(label, width), ...wrapped(value, width).map((part) => atRight(part, width))];
}

function centred(text: string, width: number): string {
  return ' '.repeat(Math.floor((width - columnsOf(text)) / 2)) + text;
}

function atRight(text: string, width: number): string {
  return ' '.repeat(width - columnsOf(text)) + text;
}

/** Breaks after as many characters as fit; a space at the break goes. Chinese needs no word boundary. */
function wrapped(text: string, width: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (columnsOf(part + character) > width) {
      parts.push(part.trimEnd());
      part = character === ' ' ? '' : character;
    } else {
      part += character;
    }
  }
  return [...parts, part];
}
