import { declineCodes } from '../../../src/domain/decline-code.ts';
import { fen, zeroFen } from '../../../src/domain/money.ts';
import type { Prompt, PromptId } from '../../../src/domain/prompt.ts';
import type { ReceiptLine } from '../../../src/domain/receipt.ts';
import type { FundingRow, Split } from '../../../src/domain/settlement.ts';
import type { Remaining, Returned, UndoQuote } from '../../../src/domain/undo.ts';
import type {
  DeviceView,
  HealthView,
  InquiryView,
  PinView,
  ResultView,
  Stage,
  StatusView,
  TerminalView,
  TodayRow,
  UnknownView,
} from '../../../src/ipc/view.ts';
import { bindingViews, dayEndViews } from './binding-views.ts';

const customer = { maskedName: '李*兰', maskedCard: '****0417' };

const seedRows: readonly FundingRow[] = [
  { source: 'own', maskedName: '李*兰', paid: fen(5000), reason: 'usedUp', before: fen(5000), after: zeroFen },
  { source: 'provider', maskedName: '王*芳', relation: 'parent', paid: fen(3000), reason: 'enough' },
];
const seedSplit = splitOf(seedRows, 8000, 0);

const manySplit = splitOf(
  [
    { source: 'own', maskedName: '李*兰', paid: fen(5000), reason: 'usedUp', before: fen(5000), after: zeroFen },
    { source: 'provider', maskedName: '王*芳', relation: 'parent', paid: fen(20000), reason: 'usedUp' },
    { source: 'provider', maskedName: '王*强', relation: 'parent', paid: zeroFen, reason: 'suspended' },
    { source: 'provider', maskedName: '王*国', relation: 'spouse', paid: fen(1500), reason: 'upToReserve' },
  ],
  50000,
  12000,
  3280,
);

function splitOf(rows: readonly FundingRow[], total: number, fund: number, notEligible = 0): Split {
  const own = rows.filter((row) => row.source === 'own').reduce((sum, row) => sum + row.paid, 0);
  const shared = rows.filter((row) => row.source !== 'own').reduce((sum, row) => sum + row.paid, 0);
  return {
    total: fen(total),
    fund: fen(fund),
    own: fen(own),
    shared: fen(shared),
    cash: fen(total - fund - own - shared),
    notEligible: fen(notEligible),
    rows,
  };
}

/** The P-256 base point: a valid public key that nobody uses. */
export const previewKey = 'BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU=';

const pin: PinView = { session: 'preview', length: 6, typed: 0, publicKey: previewKey };

const receipt: readonly ReceiptLine[] = [
  { kind: 'title', label: '医保个人账户结算单', value: '' },
  { kind: 'note', label: '测试环境 模拟交易 不涉及真实资金', value: '' },
  { kind: 'rule', label: '', value: '' },
  { kind: 'field', label: '药店名称', value: '共济演示大药房' },
  { kind: 'field', label: '药店编号', value: 'P99000000001' },
  { kind: 'field', label: '终端编号', value: 'T0000001' },
  { kind: 'field', label: '经办人', value: '01' },
  { kind: 'field', label: '交易流水号', value: 'P99000000001202504191042000001' },
  { kind: 'field', label: '结算编号', value: 'S20250419E85BEEC98FAA1410' },
  { kind: 'field', label: '交易时间', value: '2025-04-19 10:42:00' },
  { kind: 'rule', label: '', value: '' },
  { kind: 'field', label: '姓名', value: '李*兰' },
  { kind: 'field', label: '身份证号', value: '****4431' },
  { kind: 'field', label: '社保卡号', value: '****0417' },
  { kind: 'field', label: '险种', value: '职工医保' },
  { kind: 'field', label: '统筹区', value: '重庆市/渝中区' },
  { kind: 'rule', label: '', value: '' },
  { kind: 'amount', label: '费用总金额', value: '80.00' },
  { kind: 'amount', label: '统筹支出', value: '0.00' },
  { kind: 'amount', label: '本次账户支付', value: '80.00' },
  { kind: 'subAmount', label: '其中:本人', value: '50.00' },
  { kind: 'subAmount', label: '其中:共济', value: '30.00' },
  { kind: 'subAmount', label: '共济人 王*芳', value: '30.00' },
  { kind: 'amount', label: '自费现金', value: '0.00' },
  { kind: 'amount', label: '结算前余额', value: '50.00' },
  { kind: 'amount', label: '结算后余额', value: '0.00' },
];

const today: readonly TodayRow[] = [
  row('10:31', '张*明', 4580, 0, 0),
  row('10:27', '李*', 8000, 3000, 0),
  row('10:24', '赵*福', 3000, 3000, 0, 'refund'),
  row('10:20', '王*', 1200, 0, 1200),
  row('09:58', '欧*贞', 126350, 20000, 350),
  row('09:41', '赵*福', 8000, 3000, 2000, 'approved', 5000),
  row('09:12', '孙*', 2000, 0, 0, 'approved', 0),
];

function row(
  time: string,
  maskedName: string,
  total: number,
  shared: number,
  cash: number,
  kind: TodayRow['kind'] = 'approved',
  left = kind === 'approved' ? total : 0,
): TodayRow {
  return {
    msgId: time,
    settlementId: `S${time}`,
    time,
    maskedName,
    total: fen(total),
    fund: zeroFen,
    own: fen(total - shared - cash),
    shared: fen(shared),
    cash: fen(cash),
    cashDue: zeroFen,
    kind,
    left: fen(left),
  };
}

const health: HealthView = { keyProtection: 'passphraseFile', journalSetAside: null, faults: [] };

/** The seed sale given back whole, own account and daughter each what it paid. */
const wholeBack: Returned = {
  total: fen(8000),
  fund: zeroFen,
  own: fen(5000),
  shared: fen(3000),
  cash: zeroFen,
  cashDue: zeroFen,
  rows: [
    { source: 'own', maskedName: '李*兰', returned: fen(5000), before: zeroFen, after: fen(5000) },
    { source: 'provider', maskedName: '王*芳', relation: 'parent', returned: fen(3000) },
  ],
};
/** A part: the cash first, then a little of a provider. */
const partBack: Returned = {
  total: fen(15000),
  fund: zeroFen,
  own: zeroFen,
  shared: fen(3500),
  cash: fen(11500),
  cashDue: zeroFen,
  rows: [
    { source: 'provider', maskedName: '王*国', relation: 'spouse', returned: fen(1500) },
    { source: 'provider', maskedName: '王*芳', relation: 'parent', returned: fen(2000) },
  ],
};
const partRemains: Remaining = {
  total: fen(35000),
  fund: fen(12000),
  own: fen(5000),
  shared: fen(18000),
  cash: zeroFen,
};
/** Everybody gets something back; more accounts than the smallest window has room for. */
const manyBack: Returned = {
  total: fen(50000),
  fund: fen(12000),
  own: fen(5000),
  shared: fen(21500),
  cash: fen(11500),
  cashDue: zeroFen,
  rows: [
    { source: 'own', maskedName: '李*兰', returned: fen(5000), before: zeroFen, after: fen(5000) },
    { source: 'provider', maskedName: '王*芳', relation: 'parent', returned: fen(15000) },
    { source: 'provider', maskedName: '王*强', relation: 'parent', returned: fen(4000) },
    { source: 'provider', maskedName: '王*国', relation: 'spouse', returned: fen(1500) },
    { source: 'provider', maskedName: '欧*贞', relation: 'sibling', returned: fen(1000) },
  ],
};
/** The link has gone since: what it paid comes back to it and the customer pays the rest himself. */
const cashDueBack: Returned = {
  total: fen(1000),
  fund: zeroFen,
  own: zeroFen,
  shared: fen(3000),
  cash: zeroFen,
  cashDue: fen(2000),
  rows: [{ source: 'provider', maskedName: '王*芳', relation: 'parent', returned: fen(3000) }],
};
const cashDueRemains: Remaining = { total: fen(7000), fund: zeroFen, own: fen(5000), shared: zeroFen, cash: fen(2000) };

function undoQuoteOf(kind: UndoQuote['kind'], returned: Returned, remaining: Remaining | null): UndoQuote {
  return { kind, settlementId: 'S10:27', returned, remaining, digest: 'd' };
}

const unknownSale: UnknownView = {
  msgId: 'P99000000001202504191042000001',
  kind: 'settle',
  amount: fen(8000),
  sentTime: '10:42:07',
  step: 'query',
  attempts: 2,
  asking: false,
  mayReverse: true,
  waiting: 0,
};
const unknownResult: ResultView = {
  kind: 'unknown',
  code: 'UNKNOWN_OUTCOME',
  codeNumber: 'D60',
  fact: null,
  nextStepInMs: 12_000,
};
const suspendedItems: TerminalView['suspended'] = [
  {
    msgId: 'P99000000001202504190931000001',
    kind: 'settle',
    amount: fen(12600),
    time: '09:31',
    by: '88',
    reason: '中心长时间无应答; 客户已留电话',
  },
  {
    msgId: 'P99000000001202504181712000004',
    kind: 'refund',
    amount: fen(3000),
    time: '17:12',
    by: '88',
    reason: '网络故障',
  },
];

const inquiry: InquiryView = {
  stage: 'shown',
  prompt: { id: 'inquired', params: {} },
  maskedName: '李*兰',
  maskedCard: '****0417',
  own: fen(126350),
  wallet: fen(2000),
  providers: [
    { maskedName: '王*芳', relation: 'parent', available: true },
    { maskedName: '王*国', relation: 'spouse', available: false },
  ],
};

function prompt(id: PromptId, params: Prompt['params'] = {}): Prompt {
  return { id, params };
}

const status: StatusView = {
  reader: { kind: 'virtual', name: 'virtual', state: 'connected', note: null },
  pinPad: null,
  scanner: null,
  centreOnline: true,
  profile: 'chongqing-2021',
  institution: '和平药房渝中店(测试)',
  operator: '王芳',
  testEnvironment: true,
};

const serialReader: DeviceView = { kind: 'serial', name: 'ID TECH MiniMag II', state: 'connected', note: null };
const lostReader: DeviceView = { ...serialReader, state: 'lost' };
/** A counter with everything that can be plugged in. */
const allDevices: StatusView = {
  ...status,
  reader: { kind: 'hid', name: 'MagTek 磁条读卡器', state: 'connected', note: null },
  pinPad: { kind: 'serial', name: 'UIC PP791', state: 'connected', note: null },
  scanner: { kind: 'hid', name: 'Honeywell 1950g', state: 'connected', note: null },
};

function view(stage: Stage, id: PromptId, rest: Partial<TerminalView> & { params?: Prompt['params'] } = {}) {
  const { params = {}, ...change } = rest;
  return (now: number): TerminalView => ({
    stage,
    prompt: prompt(id, params),
    notice: null,
    cancellable: true,
    confirm: null,
    countdown: null,
    sentAt: now,
    amountText: null,
    amount: null,
    customer: null,
    split: null,
    pin: null,
    padPin: null,
    result: null,
    receipt: null,
    voice: null,
    today,
    listDay: null,
    listNote: null,
    undoQuote: null,
    undone: null,
    unknown: null,
    suspended: [],
    inquiry: null,
    binding: null,
    dayEnd: null,
    reprint: null,
    status,
    health,
    ...change,
  });
}

function declined(code: keyof typeof declineCodes, fact: ResultView['fact'] = null) {
  return view('declined', 'declined', {
    params: { code },
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 15_000, remainingMs: 13_000 },
    amount: fen(8000),
    amountText: '80.00',
    customer,
    result: { kind: 'declined', code, codeNumber: declineCodes[code].number, fact, nextStepInMs: null },
    voice: '消费失败',
  });
}

const sale = { amount: fen(8000), amountText: '80.00' } as const;

/** A view for each state that a screen can be in. */
export const cannedViews: Readonly<Record<string, (now: number) => TerminalView>> = {
  recovering: view('recovering', 'recovering', { cancellable: false }),
  signedOut: view('signedOut', 'signIn', {
    cancellable: false,
    confirm: 'signIn',
    today: [],
    status: { ...status, centreOnline: false, operator: null },
  }),
  ready: view('ready', 'ready', { cancellable: false, confirm: 'amount' }),
  enteringAmount: view('enteringAmount', 'enterAmount', {
    confirm: 'amount',
    amountText: '80.0',
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
  }),
  amountNotice: view('enteringAmount', 'enterAmount', {
    confirm: 'amount',
    amountText: '80.005',
    notice: prompt('amountTooManyDecimals'),
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
  }),
  awaitingCard: view('awaitingCard', 'presentCard', {
    ...sale,
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
    voice: '请刷卡',
  }),
  retry: view('awaitingCard', 'retryHalfRead', { ...sale, countdown: { totalMs: 60_000, remainingMs: 8_400 } }),
  reading: view('reading', 'reading', sale),
  identifying: view('identifying', 'identifying', sale),
  awaitingAmount: view('awaitingAmount', 'amountForCard', {
    customer,
    confirm: 'amount',
    amountText: '',
    countdown: { totalMs: 60_000, remainingMs: 41_000 },
  }),
  quoting: view('quoting', 'quoting', { ...sale, customer }),
  confirmingQuote: view('confirmingQuote', 'confirmNewQuote', {
    ...sale,
    customer,
    confirm: 'quote',
    split: splitOf(
      [
        ...seedRows.slice(0, 1),
        { source: 'provider', maskedName: '王*芳', relation: 'parent', paid: zeroFen, reason: 'linkEnded' },
      ],
      8000,
      0,
    ),
    countdown: { totalMs: 30_000, remainingMs: 27_000 },
  }),
  awaitingPin: view('awaitingPin', 'enterPin', {
    ...sale,
    params: { length: '6' },
    customer,
    split: seedSplit,
    pin: { ...pin, typed: 4 },
    countdown: { totalMs: 30_000, remainingMs: 22_000 },
    voice: '请输入密码',
  }),
  pinAgain: view('awaitingPin', 'enterPinAgain', {
    ...sale,
    params: { triesLeft: '5' },
    customer,
    split: seedSplit,
    pin,
    countdown: { totalMs: 30_000, remainingMs: 7_200 },
  }),
  manySources: view('awaitingPin', 'enterPin', {
    amount: fen(50000),
    amountText: '500.00',
    params: { length: '6' },
    customer,
    split: manySplit,
    pin,
    countdown: { totalMs: 30_000, remainingMs: 22_000 },
  }),
  settling: view('settling', 'settling', {
    ...sale,
    customer,
    split: seedSplit,
    cancellable: false,
    notice: prompt('cannotCancel'),
  }),
  unknown: view('unknown', 'unknownToQuery', {
    ...sale,
    customer,
    split: seedSplit,
    cancellable: false,
    confirm: 'query',
    countdown: { totalMs: 12_000, remainingMs: 12_000 },
    unknown: unknownSale,
    result: unknownResult,
  }),
  unknownReverse: view('unknown', 'unknownToReverse', {
    ...sale,
    cancellable: false,
    confirm: 'query',
    countdown: { totalMs: 48_000, remainingMs: 31_000 },
    unknown: { ...unknownSale, step: 'reverse', attempts: 5, waiting: 2 },
    result: { ...unknownResult, nextStepInMs: 31_000 },
    suspended: suspendedItems,
    health: {
      keyProtection: 'osStore',
      journalSetAside: { path: '/var/lib/gongji/journal.jsonl.damaged-20250419', unreadable: 1 },
      faults: [
        { time: '10:42:22', name: 'CentreFault noAnswer' },
        { time: '10:42:07', name: 'CentreFault noAnswer' },
      ],
    },
  }),
  unknownAsking: view('unknown', 'unknownOutcome', {
    ...sale,
    cancellable: false,
    unknown: { ...unknownSale, asking: true },
    result: { ...unknownResult, nextStepInMs: 0 },
    notice: prompt('busy'),
  }),
  unknownRefund: view('unknown', 'unknownUndoToQuery', {
    amount: fen(3000),
    cancellable: false,
    confirm: 'query',
    countdown: { totalMs: 6_000, remainingMs: 5_000 },
    unknown: { ...unknownSale, kind: 'refund', amount: fen(3000), mayReverse: false },
    result: { ...unknownResult, nextStepInMs: 5_000 },
  }),
  signingIn: view('signingIn', 'signingIn', { cancellable: false, status: { ...status, operator: null } }),
  previewingUndo: view('previewingUndo', 'previewingUndo', { amount: fen(8000) }),
  confirmingCancel: view('confirmingUndo', 'confirmCancelSale', {
    amount: fen(8000),
    confirm: 'undo',
    countdown: { totalMs: 60_000, remainingMs: 55_000 },
    undoQuote: undoQuoteOf('cancel', wholeBack, null),
  }),
  confirmingRefund: view('confirmingUndo', 'confirmRefund', {
    amount: fen(15000),
    confirm: 'undo',
    countdown: { totalMs: 60_000, remainingMs: 55_000 },
    undoQuote: undoQuoteOf('refund', partBack, partRemains),
  }),
  confirmingMany: view('confirmingUndo', 'confirmCancelSale', {
    amount: fen(50000),
    confirm: 'undo',
    countdown: { totalMs: 60_000, remainingMs: 55_000 },
    undoQuote: undoQuoteOf('cancel', manyBack, null),
  }),
  confirmingCashDue: view('confirmingUndo', 'confirmNewUndo', {
    amount: fen(1000),
    confirm: 'undo',
    countdown: { totalMs: 60_000, remainingMs: 55_000 },
    undoQuote: undoQuoteOf('refund', cashDueBack, cashDueRemains),
  }),
  undoing: view('undoing', 'undoing', {
    amount: fen(8000),
    cancellable: false,
    undoQuote: undoQuoteOf('cancel', wholeBack, null),
  }),
  undone: view('undone', 'undone', {
    amount: fen(8000),
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 30_000, remainingMs: 28_000 },
    result: { kind: 'undone', code: null, codeNumber: null, fact: null, nextStepInMs: null },
    undone: { kind: 'cancel', returned: wholeBack, remaining: null },
    receipt,
  }),
  undoneWithCash: view('undone', 'undoneWithCash', {
    params: { cash: '115.00' },
    amount: fen(15000),
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 30_000, remainingMs: 28_000 },
    result: { kind: 'undone', code: null, codeNumber: null, fact: null, nextStepInMs: null },
    undone: { kind: 'refund', returned: partBack, remaining: partRemains },
    receipt,
  }),
  reversed: view('undone', 'reversed', {
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 30_000, remainingMs: 28_000 },
    result: { kind: 'undone', code: null, codeNumber: null, fact: null, nextStepInMs: null },
  }),
  undoRefused: view('declined', 'undoRefused', {
    params: { code: 'CANCEL_TOO_LATE' },
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 20_000, remainingMs: 18_000 },
    result: { kind: 'declined', code: 'CANCEL_TOO_LATE', codeNumber: 'D72', fact: null, nextStepInMs: null },
  }),
  undoCancelled: view('cancelled', 'undoCancelled', {
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 6_000, remainingMs: 5_500 },
    result: { kind: 'cancelled', code: null, codeNumber: null, fact: null, nextStepInMs: null },
  }),
  suspended: view('suspended', 'suspended', {
    amount: fen(8000),
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 30_000, remainingMs: 28_000 },
    result: { kind: 'suspended', code: 'UNKNOWN_OUTCOME', codeNumber: 'D60', fact: null, nextStepInMs: null },
    suspended: suspendedItems,
  }),
  suspendedChip: view('ready', 'ready', { cancellable: false, confirm: 'amount', suspended: suspendedItems }),
  otherDay: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    listDay: '2025-04-18',
    today: today.slice(1, 4),
  }),
  inquiryCard: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    inquiry: {
      ...inquiry,
      stage: 'awaitingCard',
      prompt: prompt('inquiryCard'),
      maskedName: null,
      maskedCard: null,
      own: null,
      wallet: null,
      providers: [],
    },
  }),
  inquiryShown: view('ready', 'ready', { cancellable: false, confirm: 'amount', inquiry }),
  inquiryInUnknown: view('unknown', 'unknownToQuery', {
    ...sale,
    cancellable: false,
    confirm: 'query',
    countdown: { totalMs: 12_000, remainingMs: 12_000 },
    unknown: unknownSale,
    result: unknownResult,
    inquiry: { ...inquiry, wallet: null },
  }),
  inquiryRefused: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    inquiry: {
      ...inquiry,
      stage: 'refused',
      prompt: prompt('inquiryRefused', { code: 'CARD_LOST' }),
      own: null,
      wallet: null,
      providers: [],
    },
  }),
  reprint: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    reprint: [{ kind: 'note', label: '重印', value: '' }, ...receipt],
  }),
  approved: view('approved', 'approved', {
    ...sale,
    customer,
    split: seedSplit,
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 15_000, remainingMs: 14_000 },
    result: { kind: 'approved', code: null, codeNumber: null, fact: null, nextStepInMs: null },
    receipt,
    voice: '本次消费八十元，余额为零元',
  }),
  approvedWithCash: view('approved', 'approvedWithCash', {
    amount: fen(50000),
    amountText: '500.00',
    params: { cash: '115.00' },
    customer,
    split: manySplit,
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 15_000, remainingMs: 14_000 },
    result: { kind: 'approved', code: null, codeNumber: null, fact: null, nextStepInMs: null },
    receipt,
  }),
  declinedLost: declined('CARD_LOST', 'lost'),
  declinedLocked: declined('PIN_LOCKED'),
  cancelled: view('cancelled', 'cancelled', {
    ...sale,
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 5_000, remainingMs: 4_500 },
    result: { kind: 'cancelled', code: null, codeNumber: null, fact: null, nextStepInMs: null },
  }),
  timedOut: view('cancelled', 'timedOut', {
    ...sale,
    cancellable: false,
    confirm: 'finish',
    countdown: { totalMs: 15_000, remainingMs: 12_500 },
    result: { kind: 'cancelled', code: null, codeNumber: null, fact: null, nextStepInMs: null },
  }),
  outOfService: view('outOfService', 'outOfService', { cancellable: false }),

  serialReader: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    status: { ...status, reader: serialReader },
  }),
  allDevices: view('awaitingCard', 'presentCard', {
    ...sale,
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
    status: allDevices,
  }),
  lostWaiting: view('awaitingCard', 'readerLostInSale', {
    ...sale,
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
    status: { ...status, reader: lostReader },
  }),
  lostReady: view('ready', 'readerLost', {
    cancellable: false,
    confirm: 'amount',
    status: { ...status, reader: lostReader },
  }),
  lostDuringPin: view('awaitingPin', 'enterPin', {
    ...sale,
    params: { length: '6' },
    customer,
    split: seedSplit,
    pin: { ...pin, typed: 2 },
    countdown: { totalMs: 30_000, remainingMs: 22_000 },
    status: {
      ...allDevices,
      reader: { ...allDevices.reader, state: 'lost' },
      scanner: { kind: 'hid', name: 'Honeywell 1950g', state: 'lost', note: null },
    },
  }),
  devicesOpening: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    status: {
      ...allDevices,
      reader: {
        kind: 'serial',
        name: 'MSR605 /dev/ttyUSB0',
        state: 'opening',
        note: 'no permission to open /dev/ttyUSB0; add the user to the group dialout',
        trouble: 'denied',
      },
      pinPad: { kind: 'serial', name: 'UIC PP791', state: 'opening', note: null },
    },
  }),
  virtualAfterLoss: view('ready', 'ready', {
    cancellable: false,
    confirm: 'amount',
    status: {
      ...status,
      reader: {
        kind: 'virtual',
        name: '虚拟读卡器',
        state: 'connected',
        note: 'ID TECH MiniMag II was unplugged',
        trouble: 'gone',
      },
    },
  }),
  pinAtPad: view('awaitingPin', 'enterPinAtPad', {
    ...sale,
    params: { length: '6' },
    customer,
    split: seedSplit,
    padPin: { length: 6, typed: 2 },
    countdown: { totalMs: 30_000, remainingMs: 22_000 },
    status: allDevices,
  }),
  strayDuringPin: view('awaitingPin', 'enterPin', {
    ...sale,
    params: { length: '6' },
    customer,
    split: seedSplit,
    pin: { ...pin, typed: 3 },
    notice: prompt('swipeNotNeeded'),
    countdown: { totalMs: 30_000, remainingMs: 22_000 },
    status: allDevices,
  }),
  scanWhileWaiting: view('awaitingCard', 'presentCard', {
    ...sale,
    notice: prompt('notEvoucher'),
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
    status: allDevices,
  }),
  encrypted: view('awaitingCard', 'retryEncrypted', {
    ...sale,
    countdown: { totalMs: 60_000, remainingMs: 52_000 },
    status: allDevices,
  }),
  ...Object.fromEntries(
    Object.entries(bindingViews).map(([name, binding]) => [
      name,
      view('ready', 'ready', {
        cancellable: false,
        confirm: 'amount',
        binding,
        pin: binding.stage === 'awaitingPin' ? { ...pin, typed: 3 } : null,
      }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(dayEndViews).map(([name, dayEnd]) => [
      name,
      view('ready', 'ready', { cancellable: false, confirm: 'amount', dayEnd }),
    ]),
  ),
};
