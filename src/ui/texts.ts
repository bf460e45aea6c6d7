import type { SourceReason } from '../domain/charge-plan.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { CardState, InsuranceKind, InsuranceStatus, Relation } from '../domain/person.ts';
import type { Language, PromptId, PromptParams } from '../domain/prompt.ts';
import type { DeckPerson, DeviceTrouble, ReadingFault, StatusView } from '../ipc/view.ts';
import { bindingTexts } from './binding-texts.ts';
import type { Face } from './result-face.ts';
import type { Turn } from './turn.ts';

/** One meaning in every language of the product; the languages are equal in meaning, not word for word. */
export type Words = Readonly<Record<Language, string>>;

/** Labels of the screens. The sentence that says what to do now is not here: it is the domain's prompt. */
export const texts = {
  ...bindingTexts,
  product: { 'zh-CN': '共济终端', en: 'Gongji Terminal' },
  testEnvironment: { 'zh-CN': '测试环境', en: 'Test system' },
  testEnvironmentLong: {
    'zh-CN': '这是模拟器：不动真钱，人员均为虚构',
    en: 'This is a simulator: no real money moves, all people are invented',
  },
  starting: { 'zh-CN': '正在启动…', en: 'Starting…' },

  reader: { 'zh-CN': '读卡器', en: 'Reader' },
  pinPad: { 'zh-CN': '密码键盘', en: 'PIN pad' },
  scanner: { 'zh-CN': '扫码枪', en: 'Scanner' },
  deviceConnected: { 'zh-CN': '已连接', en: 'connected' },
  deviceOpening: { 'zh-CN': '连接中', en: 'connecting' },
  deviceLost: { 'zh-CN': '已断开', en: 'unplugged' },
  deviceInstead: { 'zh-CN': '首选设备{trouble}', en: 'First choice: {trouble}' },
  centre: { 'zh-CN': '中心', en: 'Centre' },
  centreOnline: { 'zh-CN': '已连接', en: 'online' },
  centreOffline: { 'zh-CN': '无应答', en: 'no answer' },
  operator: { 'zh-CN': '收银', en: 'Clerk' },
  nobodySignedIn: { 'zh-CN': '未签到', en: 'Not signed in' },
  switchLanguage: { 'zh-CN': 'Switch to English (F8)', en: '切换到中文 (F8)' },
  languageBadge: { 'zh-CN': 'EN', en: '中' },
  themeLight: { 'zh-CN': '外观：浅色。点按切换', en: 'Appearance: light. Press to change' },
  themeDark: { 'zh-CN': '外观：深色。点按切换', en: 'Appearance: dark. Press to change' },
  themeSystem: { 'zh-CN': '外观：随系统。点按切换', en: 'Appearance: as the system. Press to change' },
  voiceOn: { 'zh-CN': '语音：开。点按关闭', en: 'Voice: on. Press to turn off' },
  voiceOff: { 'zh-CN': '语音：关。点按打开', en: 'Voice: off. Press to turn on' },

  secondsLeft: { 'zh-CN': '还有 {seconds} 秒自动取消', en: '{seconds} s left, then the sale is cancelled' },
  secondsLeftResult: { 'zh-CN': '{seconds} 秒后回到首页', en: 'Back to the start in {seconds} s' },
  secondsShort: { 'zh-CN': '{seconds} 秒', en: '{seconds} s' },

  amount: { 'zh-CN': '金额', en: 'Amount' },
  amountDue: { 'zh-CN': '应付', en: 'To pay' },
  customer: { 'zh-CN': '客户', en: 'Customer' },
  erase: { 'zh-CN': '退格', en: 'Erase' },
  clear: { 'zh-CN': '清除', en: 'Clear' },
  confirmAmount: { 'zh-CN': '确认金额', en: 'Confirm amount' },
  confirmQuote: { 'zh-CN': '确认新金额', en: 'Accept new split' },
  confirmUndoCancel: { 'zh-CN': '确认撤销', en: 'Cancel this sale' },
  confirmUndoRefund: { 'zh-CN': '确认退费', en: 'Refund it' },
  confirmQuery: { 'zh-CN': '立即查询', en: 'Ask now' },
  confirmReverse: { 'zh-CN': '立即冲正', en: 'Reverse now' },
  confirmFinish: { 'zh-CN': '完成', en: 'Done' },
  confirmSignIn: { 'zh-CN': '签到', en: 'Sign in' },
  confirmPin: { 'zh-CN': '确认密码', en: 'Confirm PIN' },
  confirmNothing: { 'zh-CN': '确认', en: 'Confirm' },
  cancel: { 'zh-CN': '取消', en: 'Cancel' },
  close: { 'zh-CN': '关闭', en: 'Close' },
  goBack: { 'zh-CN': '返回', en: 'Back' },
  inquiryKey: { 'zh-CN': '查余额', en: 'Balance' },
  undoKey: { 'zh-CN': '撤销/退费', en: 'Undo' },
  supervisorKey: { 'zh-CN': '主管', en: 'Supervisor' },
  keysHelp: { 'zh-CN': '按键', en: 'Keys' },
  signOut: { 'zh-CN': '签退', en: 'Sign out' },
  signIn: { 'zh-CN': '签到', en: 'Sign in' },

  ladder: { 'zh-CN': '资金来源', en: 'Where the money comes from' },
  ladderPending: { 'zh-CN': '刷卡后试算', en: 'Worked out after the card' },
  ladderQuoting: { 'zh-CN': '正在试算…', en: 'Working it out…' },
  ladderFund: { 'zh-CN': '统筹基金', en: 'Insurance pool' },
  ladderFundNote: { 'zh-CN': '先行支付', en: 'Pays first' },
  ladderOwn: { 'zh-CN': '本人账户', en: 'Own account' },
  ladderWallet: { 'zh-CN': '医保钱包', en: 'Medical wallet' },
  ladderProvider: { 'zh-CN': '共济人', en: 'Family provider' },
  ladderCash: { 'zh-CN': '现金', en: 'Cash' },
  ladderOthers: { 'zh-CN': '另外 {count} 个共济账户', en: '{count} more family accounts' },
  ladderOthersPaid: { 'zh-CN': '合计', en: 'Together' },
  ladderOthersUnpaid: { 'zh-CN': '没有支付', en: 'Paid nothing' },
  cashNone: { 'zh-CN': '不收现金', en: 'Nothing to collect' },
  cashCollect: { 'zh-CN': '收现金', en: 'To collect' },
  cashNotEligible: {
    'zh-CN': '含账户不能购买的商品 ¥{amount}',
    en: 'Includes ¥{amount} of goods an account may not buy',
  },
  balanceFromTo: { 'zh-CN': '余额由 {before} 变为 {after}', en: 'Balance from {before} to {after}' },

  sumOwnOnly: { 'zh-CN': '全部由本人账户支付。', en: 'All of it comes from the own account.' },
  sumFundOnly: { 'zh-CN': '全部由统筹基金支付。', en: 'The pool pays all of it.' },
  sumSharedAfterOwn: {
    'zh-CN': '共济：本人余额用完，由 {payers} 支付 ¥{shared}',
    en: 'Shared: own balance used up, ¥{shared} from {payers}',
  },
  sumSharedAfterSpared: {
    'zh-CN': '共济：本人账户付到可用上限，由 {payers} 支付 ¥{shared}',
    en: 'Shared: own account pays what it may, ¥{shared} from {payers}',
  },
  sumSharedOnly: {
    'zh-CN': '共济：本人账户没有可用余额，由 {payers} 支付 ¥{shared}',
    en: 'Shared: nothing in the own account, ¥{shared} from {payers}',
  },
  sumThenCash: { 'zh-CN': '，另收现金 ¥{cash}', en: ', and ¥{cash} in cash' },
  sumOwnThenCash: {
    'zh-CN': '本人账户支付 ¥{own}，另收现金 ¥{cash}',
    en: 'Own account pays ¥{own}, and ¥{cash} in cash',
  },
  sumCashOnly: { 'zh-CN': '账户没有支付，收现金 ¥{cash}', en: 'No account pays: ¥{cash} in cash' },
  sumProviderSkipped: { 'zh-CN': '（共济账户：{reason}）', en: ' (family account: {reason})' },
  listSeparator: { 'zh-CN': '、', en: ', ' },
  fullStop: { 'zh-CN': '。', en: '.' },

  customerPanel: { 'zh-CN': '客户屏', en: 'Customer display' },
  tagline: { 'zh-CN': '医保个人账户 · 家庭共济', en: 'Family account sharing' },
  sharedPart: { 'zh-CN': '家人共济支付', en: 'Paid by family' },
  ownPart: { 'zh-CN': '本人账户', en: 'Own account' },
  cashPart: { 'zh-CN': '付现金', en: 'Cash' },
  ownBack: { 'zh-CN': '退回本人账户', en: 'Back to your account' },
  sharedBack: { 'zh-CN': '退回家人账户', en: 'Back to family' },
  cashDue: { 'zh-CN': '另付现金', en: 'To pay in cash' },
  cashBack: { 'zh-CN': '退现金', en: 'Cash back' },
  pinDots: { 'zh-CN': '已输入 {count} 位，共 {length} 位', en: '{count} of {length} digits entered' },
  pinClear: { 'zh-CN': '清', en: 'Clear' },
  pinConfirm: { 'zh-CN': '确认', en: 'OK' },
  pinTooShort: { 'zh-CN': '还差 {missing} 位', en: '{missing} more to enter' },
  pinSealing: { 'zh-CN': '正在加密…', en: 'Encrypting…' },
  pinShield: { 'zh-CN': '请用手遮挡', en: 'Shield the keys with your hand' },
  pinOnCustomerDisplay: { 'zh-CN': '客户在客户屏上输入密码', en: 'The customer enters the PIN on the other display' },
  welcomeTitle: { 'zh-CN': '一次刷卡，一次密码', en: 'One swipe, one PIN' },
  welcomeLine: {
    'zh-CN': '本人余额不足时，由绑定的家人账户接着支付',
    en: 'When your own balance is short, your linked family account pays the rest',
  },

  today: { 'zh-CN': '今日', en: 'Today' },
  todayEmpty: { 'zh-CN': '今天还没有收款', en: 'No sales yet today' },
  todayCount: { 'zh-CN': '{count} 笔', en: 'Sales: {count}' },
  todayTotal: { 'zh-CN': '合计', en: 'Total' },
  todayShared: { 'zh-CN': '共济', en: 'Shared' },
  todayCash: { 'zh-CN': '现金', en: 'Cash' },
  todayApproved: { 'zh-CN': '成功', en: 'Paid' },
  todaySharedMark: { 'zh-CN': '共', en: '+' },
  todaySharedLong: { 'zh-CN': '含共济 ¥{shared}', en: 'Family paid ¥{shared}' },
  todayCancelled: { 'zh-CN': '撤销，已退回', en: 'Cancelled, given back' },
  todayRefunded: { 'zh-CN': '退费，已退回', en: 'Refunded, given back' },
  todayReversed: { 'zh-CN': '冲正，已退回', en: 'Reversed, given back' },
  todayPartLeft: { 'zh-CN': '已退过，还剩 ¥{left}', en: 'Partly given back, ¥{left} left' },
  todayNoneLeft: { 'zh-CN': '已全部退回', en: 'Given back whole' },

  faceApproved: { 'zh-CN': '支付成功', en: 'Paid' },
  faceDeclined: { 'zh-CN': '支付未成功', en: 'Not paid' },
  faceUnknown: { 'zh-CN': '结果未知', en: 'Outcome unknown' },
  faceCancelled: { 'zh-CN': '已取消', en: 'Cancelled' },
  faceTimedOut: { 'zh-CN': '操作超时', en: 'Timed out' },
  faceUndone: { 'zh-CN': '已退回', en: 'Given back' },
  faceReversed: { 'zh-CN': '已冲正', en: 'Reversed' },
  faceSuspended: { 'zh-CN': '已挂账', en: 'Suspended' },
  faceChecked: { 'zh-CN': '已查明', en: 'Checked' },
  faceNotUndone: { 'zh-CN': '未退回', en: 'Not given back' },
  nothingReturned: { 'zh-CN': '金额未变', en: 'Nothing has changed' },
  suspendedOpen: { 'zh-CN': '结果仍未知', en: 'Outcome still unknown' },
  adviceSuspended: {
    'zh-CN': '请登记客户联系方式；按 F10 可再查询，日结前必须核对',
    en: 'Note how to reach the customer. F10 asks again; it must be checked before day-end',
  },
  adviceUndone: { 'zh-CN': '请把退款凭条交给客户', en: 'Hand the refund slip to the customer' },
  adviceReversed: { 'zh-CN': '这笔没有扣款，可以重新收款', en: 'Nothing stays charged. The sale can be done again' },
  adviceNotUndone: { 'zh-CN': '可以重新办理', en: 'It can be done again' },
  nothingCharged: { 'zh-CN': '未扣款', en: 'Nothing was charged' },
  collectCash: { 'zh-CN': '请收现金', en: 'Collect in cash' },
  noCash: { 'zh-CN': '不收现金', en: 'No cash' },
  whatNow: { 'zh-CN': '现在怎么办', en: 'What to do now' },
  code: { 'zh-CN': '代码', en: 'Code' },
  adviceApproved: { 'zh-CN': '请把凭条交给客户', en: 'Hand the slip to the customer' },
  adviceCancelled: { 'zh-CN': '可以重新收款', en: 'The sale can be started again' },
  adviceTimedOut: { 'zh-CN': '客户准备好后，请重新收款', en: 'Start again when the customer is ready' },
  unknownDoNot: { 'zh-CN': '请勿重复刷卡', en: 'Do not swipe again' },
  unknownDoNotUndo: { 'zh-CN': '请勿重复办理', en: 'Do not do it again' },
  unknownKnown: { 'zh-CN': '已知', en: 'What is known' },
  unknownSettle: {
    'zh-CN': '账户扣款 ¥{amount}，{time} 发出，已询问 {attempts} 次。可能已扣款，也可能没有',
    en: 'May be charged: ¥{amount}. Sent {time}, times asked: {attempts}',
  },
  unknownCancel: {
    'zh-CN': '撤销 ¥{amount}，{time} 发出，已询问 {attempts} 次。可能已退回，也可能没有',
    en: 'May be given back: ¥{amount}. Sent {time}, times asked: {attempts}',
  },
  unknownRefund: {
    'zh-CN': '退费 ¥{amount}，{time} 发出，已询问 {attempts} 次。可能已退回，也可能没有',
    en: 'May be refunded: ¥{amount}. Sent {time}, times asked: {attempts}',
  },
  unknownNext: { 'zh-CN': '接下来', en: 'What happens next' },
  unknownQueryIn: { 'zh-CN': '{seconds} 秒后自动查询', en: 'The terminal asks again in {seconds} s' },
  unknownQueryNow: { 'zh-CN': '正在向医保中心查询', en: 'The terminal is asking the centre' },
  unknownReverseIn: { 'zh-CN': '{seconds} 秒后自动冲正（退回）', en: 'The terminal reverses the sale in {seconds} s' },
  unknownReverseNow: { 'zh-CN': '正在冲正（退回）', en: 'The terminal is reversing the sale' },
  unknownWaiting: { 'zh-CN': '；另有 {count} 笔待查', en: '; {count} more to be checked' },
  unknownDo: {
    'zh-CN': '不收现金，不关终端，先不做新的收款；可查余额、重印',
    en: 'Take no cash, start no sale. Balance and reprint work',
  },
  unknownDoUndo: {
    'zh-CN': '不退现金，不关终端，先不做新的收款；可查余额、重印',
    en: 'Hand out no cash, start no sale. Balance and reprint work',
  },

  amountReturned: { 'zh-CN': '退回', en: 'Give back' },
  amountOpen: { 'zh-CN': '待核实', en: 'To be checked' },
  amountRefund: { 'zh-CN': '退费金额', en: 'Refund' },
  amountSale: { 'zh-CN': '原金额', en: 'Sale' },
  wayBack: { 'zh-CN': '退回给谁', en: 'Who gets what back' },
  wayBackPending: { 'zh-CN': '正在计算退回金额…', en: 'Working out who gets what back…' },
  wayBackTo: { 'zh-CN': '退回账户', en: 'Back to the account' },
  wayBackToFund: { 'zh-CN': '退回基金', en: 'Back to the pool' },
  handCash: { 'zh-CN': '退给客户现金', en: 'Hand out cash' },
  handCashIfTaken: { 'zh-CN': '如已收现金，请退给客户', en: 'If cash was taken, hand it back' },
  handNoCash: { 'zh-CN': '不退现金', en: 'No cash to hand out' },
  collectMore: { 'zh-CN': '请另收现金', en: 'Collect in cash' },
  remains: { 'zh-CN': '退回后仍支付 ¥{total}：{parts}', en: 'Stays paid: ¥{total} ({parts})' },
  partSeparator: { 'zh-CN': '，', en: ', ' },
  remainsNothing: { 'zh-CN': '全部退回，客户不再支付', en: 'All of it is given back, nothing stays paid' },
  remainsShared: { 'zh-CN': '共济', en: 'Family' },

  listTitle: { 'zh-CN': '请选一笔交易，再按要办的事', en: 'Choose a sale, then what to do with it' },
  listTitleAmount: { 'zh-CN': '请输入退费金额；不输入就全退', en: 'Enter the refund, or nothing for all that is left' },
  listKeys: {
    'zh-CN': '↑↓ 选交易 · ←→ 选操作 · PgUp PgDn 换日 · Enter 办理',
    en: '↑↓ sale · ←→ action · PgUp PgDn day · Enter goes on',
  },
  listKeysAmount: { 'zh-CN': '最多 ¥{left} · 下一步先看退给谁', en: 'At most ¥{left}. Next: see who gets what back' },
  listToday: { 'zh-CN': '今日', en: 'Today' },
  listPrevious: { 'zh-CN': '更早', en: 'Earlier' },
  listNext: { 'zh-CN': '更晚', en: 'Later' },
  listNoEarlier: { 'zh-CN': '一年之内没有更早的交易', en: 'No earlier sales within a year' },
  actCancel: { 'zh-CN': '撤销整笔', en: 'Cancel sale' },
  actRefund: { 'zh-CN': '退费', en: 'Refund' },
  actReprint: { 'zh-CN': '重印凭条', en: 'Print again' },
  actCancelNote: { 'zh-CN': '当日，全退', en: 'Whole, same day' },
  actRefundNote: { 'zh-CN': '不限日，可部分', en: 'Any day, any part' },
  actReprintNote: { 'zh-CN': '标明“重印”', en: 'Marked as a reprint' },
  undoNoRow: { 'zh-CN': '没有选中的交易', en: 'No sale is chosen' },
  undoOfUndo: { 'zh-CN': '退款不能再退', en: 'A refund cannot be undone' },
  undoNothingLeft: { 'zh-CN': '已全部退回', en: 'Given back whole' },
  undoWhileUnknown: { 'zh-CN': '先等结果查明', en: 'Wait for the outcome' },
  cancelNotToday: { 'zh-CN': '不是今天的，请退费', en: 'Not of today: refund it' },
  rowPaid: { 'zh-CN': '原支付', en: 'Was paid by' },
  rowReturned: { 'zh-CN': '退回', en: 'Given back' },
  rowLeft: { 'zh-CN': '还可退', en: 'Left to give back' },
  rowTime: { 'zh-CN': '时间', en: 'Time' },
  enlarge: { 'zh-CN': '放大看', en: 'Read it large' },
  reprintTitle: { 'zh-CN': '重印凭条', en: 'Slip, printed again' },

  inquiry: { 'zh-CN': '查余额', en: 'Balance' },
  inquiryOwn: { 'zh-CN': '本人账户', en: 'Own account' },
  inquiryWallet: { 'zh-CN': '医保钱包', en: 'Medical wallet' },
  inquiryNoAccount: { 'zh-CN': '没有个人账户', en: 'No personal account' },
  inquiryFamily: { 'zh-CN': '共济账户', en: 'Family accounts' },
  inquiryNoFamily: { 'zh-CN': '没有绑定共济账户', en: 'No family account is linked' },
  inquiryAvailable: { 'zh-CN': '够用', en: 'Available' },
  inquiryNotAvailable: { 'zh-CN': '不可用', en: 'Not available' },

  suspendedChip: { 'zh-CN': '挂账', en: 'Suspended' },
  supervisor: { 'zh-CN': '主管', en: 'Supervisor' },
  supervisorUnknown: { 'zh-CN': '结果未知的交易', en: 'Outcome unknown' },
  supervisorNoUnknown: { 'zh-CN': '没有结果未知的交易', en: 'No outcome is unknown' },
  supervisorSuspended: { 'zh-CN': '挂账', en: 'Suspended items' },
  supervisorNoSuspended: { 'zh-CN': '没有挂账', en: 'Nothing is suspended' },
  supervisorHealth: { 'zh-CN': '终端状况', en: 'The terminal' },
  supervisorMore: { 'zh-CN': '另有 {count} 条，先处理以上各条', en: '{count} more, after these' },
  pendingKind: { 'zh-CN': '交易', en: 'Message' },
  pendingSent: { 'zh-CN': '发出', en: 'Sent' },
  pendingStep: { 'zh-CN': '自动步骤', en: 'Next step' },
  pendingAttempts: { 'zh-CN': '已询问', en: 'Times asked' },
  pendingTimes: { 'zh-CN': '{count} 次', en: '{count}' },
  pendingMessage: { 'zh-CN': '流水号', en: 'Message id' },
  kindSettle: { 'zh-CN': '收款', en: 'Sale' },
  kindCancel: { 'zh-CN': '撤销', en: 'Cancel' },
  kindRefund: { 'zh-CN': '退费', en: 'Refund' },
  stepQuery: { 'zh-CN': '查询', en: 'Ask the centre' },
  stepReverse: { 'zh-CN': '冲正', en: 'Reverse' },
  pushQuery: { 'zh-CN': '立即查询', en: 'Ask now' },
  pushReverse: { 'zh-CN': '立即冲正', en: 'Reverse now' },
  pushUnderWay: { 'zh-CN': '正在等中心答复', en: 'Waiting for the answer' },
  suspend: { 'zh-CN': '挂账…', en: 'Suspend…' },
  askAgain: { 'zh-CN': '再查询', en: 'Ask again' },
  suspendTitle: { 'zh-CN': '挂账：¥{amount}，结果未知', en: 'Suspend ¥{amount}, outcome unknown' },
  suspendMeans: {
    'zh-CN': '挂账不表示已付，也不表示未付。终端只记下这笔，不再等它；日结前必须查明。',
    en: 'This does not mean paid, nor unpaid. The item is written down and waited for no longer; it must be found out before day-end.',
  },
  suspendBy: { 'zh-CN': '主管工号', en: 'Supervisor number' },
  suspendReason: { 'zh-CN': '原因', en: 'Reason' },
  suspendReasonHint: { 'zh-CN': '可补充说明', en: 'More, in your own words' },
  suspendNext: { 'zh-CN': '下一步', en: 'Next' },
  suspendSure: {
    'zh-CN': '由 {by} 挂账。原因：{reason}。确定吗？',
    en: 'Suspended by {by}. Reason: {reason}. Are you sure?',
  },
  suspendDo: { 'zh-CN': '确认挂账', en: 'Suspend it' },
  suspendedBy: { 'zh-CN': '{by} · {reason}', en: '{by} · {reason}' },
  reasonCentre: { 'zh-CN': '中心长时间无应答', en: 'The centre does not answer' },
  reasonNetwork: { 'zh-CN': '网络故障', en: 'The network is down' },
  reasonCustomer: { 'zh-CN': '客户不能再等', en: 'The customer cannot wait' },
  reasonShutdown: { 'zh-CN': '终端要关机', en: 'The terminal must be turned off' },
  healthKeys: { 'zh-CN': '密钥保护', en: 'Keys held by' },
  healthKeysSystem: { 'zh-CN': '操作系统密钥库', en: "the operating system's key store" },
  healthKeysPassphrase: { 'zh-CN': '启动时输入的口令', en: 'a passphrase given at each start' },
  healthKeysFile: { 'zh-CN': '口令文件（只防拷贝）', en: 'a passphrase file, which guards copies only' },
  healthJournal: { 'zh-CN': '流水日志', en: 'Journal' },
  healthJournalGood: { 'zh-CN': '完好', en: 'in order' },
  healthJournalSetAside: {
    'zh-CN': '曾损坏，{unreadable} 条读不出，原文件在 {path}',
    en: '{unreadable} entries unreadable; all of it kept at {path}',
  },
  healthFaults: { 'zh-CN': '最近故障', en: 'Last faults' },
  healthNoFaults: { 'zh-CN': '无', en: 'none' },

  slip: { 'zh-CN': '凭条', en: 'Slip' },
  signedOutLine: { 'zh-CN': '签到后开始今天的收款', en: 'Sign in to start taking payments' },
  outOfServiceLine: { 'zh-CN': '没有正在进行的收款', en: 'No sale is in progress' },
  recoveringLine: {
    'zh-CN': '正在检查上次关机前是否有未决交易',
    en: 'Checking for a sale left open when the terminal last stopped',
  },

  deck: { 'zh-CN': '虚拟读卡器', en: 'Virtual reader' },
  deckIntro: {
    'zh-CN': '点一张卡即刷卡，也可以拖到读卡器上。金额为期初余额',
    en: 'Click or drag a card to swipe it. Amounts: opening balances',
  },
  deckBeside: {
    'zh-CN': '现在使用的是 {name}；这里的卡仅供演示',
    en: 'In use now: {name}. These cards are for demonstration',
  },
  deckClose: { 'zh-CN': '收起', en: 'Close' },
  deckMedium: { 'zh-CN': '介质', en: 'Medium' },
  deckStripe: { 'zh-CN': '磁条', en: 'Stripe' },
  deckChip: { 'zh-CN': '芯片', en: 'Chip' },
  deckFault: { 'zh-CN': '读卡故障', en: 'Reading fault' },
  deckSlot: { 'zh-CN': '把卡拖到这里', en: 'Drop a card here' },
  deckPin: { 'zh-CN': '演示密码 1 3 5 7 9 0', en: 'Demo PIN 1 3 5 7 9 0' },
  deckOpening: { 'zh-CN': '¥{balance}', en: '¥{balance}' },
  deckNoAccount: { 'zh-CN': '无个人账户', en: 'No account' },
  deckUses: { 'zh-CN': '可用 {names}', en: 'Uses {names}' },
  deckHelps: { 'zh-CN': '帮 {names}', en: 'Helps {names}' },
  deckSynthetic: { 'zh-CN': '人员均为虚构', en: 'All people are invented' },
  deckKeys: {
    'zh-CN': '↑↓ 家庭 · ←→ 人 · Enter 刷卡 · M 介质 · G 故障',
    en: '↑↓ family · ←→ person · Enter swipe · M medium · G fault',
  },
  deckSwipe: { 'zh-CN': '刷 {name} 的卡', en: "Swipe {name}'s card" },

  help: { 'zh-CN': '按键一览', en: 'Keyboard' },
  helpClose: { 'zh-CN': '关闭', en: 'Close' },
  helpDigits: {
    'zh-CN': '输入金额；客户输入密码时只进密码框',
    en: 'Amount; while a PIN is asked for, the PIN and nothing else',
  },
  helpErase: { 'zh-CN': '退格；输密码时清除', en: 'Erase; clears a PIN' },
  helpEnter: { 'zh-CN': '确认', en: 'Confirm' },
  helpEscape: { 'zh-CN': '取消（结算中不能取消）', en: 'Cancel (not while settling)' },
  helpF1: { 'zh-CN': '显示或关闭本页', en: 'Show or close this page' },
  helpF2: { 'zh-CN': '查余额；再按关闭', en: 'Balance query; again closes it' },
  helpF6: { 'zh-CN': '交易列表：撤销、退费、重印', en: 'List of sales: cancel, refund, print again' },
  helpF10: { 'zh-CN': '主管：未知结果、挂账、终端状况', en: 'Supervisor: unknown outcomes, suspended items' },
  helpF3: { 'zh-CN': '打开或收起虚拟读卡器', en: 'Open or close the virtual reader' },
  helpF8: { 'zh-CN': '中文 / English', en: 'English / 中文' },
  helpF12: { 'zh-CN': '签到 / 签退', en: 'Sign in / sign out' },
  helpVirtual: { 'zh-CN': '打开虚拟读卡器', en: 'Open the virtual reader' },
  helpTab: { 'zh-CN': '在按钮之间移动，空格键按下', en: 'Move between buttons, Space presses' },
} as const satisfies Record<string, Words>;

export type TextId = keyof typeof texts;

/** Why a source paid what it paid, in a few words. A provider's balance is never told, only a word (R134, R142). */
export const reasonWords: Readonly<Record<SourceReason, Words>> = {
  enough: { 'zh-CN': '够用', en: 'Enough' },
  usedUp: { 'zh-CN': '用完', en: 'Used up' },
  upToReserve: { 'zh-CN': '用到保留额为止', en: 'Down to its reserve' },
  upToQuota: { 'zh-CN': '共济额度用完', en: 'Quota used up' },
  notNeeded: { 'zh-CN': '无需动用', en: 'Not needed' },
  noAccount: { 'zh-CN': '没有个人账户', en: 'No personal account' },
  empty: { 'zh-CN': '没有余额', en: 'Nothing left in it' },
  heldForQuota: { 'zh-CN': '余额已留作共济额度', en: 'Set aside as quota for family' },
  heldForTransfer: { 'zh-CN': '余额已转出，待对方接收', en: 'Sent to a wallet, not accepted yet' },
  ownNotZero: { 'zh-CN': '本人有余额时不能共济', en: 'Only once the own balance is zero' },
  belowReserve: { 'zh-CN': '不高于保留额', en: 'Not above its reserve' },
  noQuota: { 'zh-CN': '未设共济额度', en: 'No quota was set' },
  quotaUsedUp: { 'zh-CN': '共济额度已用完', en: 'Quota already used up' },
  throughWallet: { 'zh-CN': '通过医保钱包支付', en: 'Pays through the wallet' },
  walletNotOpened: { 'zh-CN': '医保钱包未开通', en: 'Wallet not opened' },
  cardLost: { 'zh-CN': '共济人的卡已停用', en: "Provider's card is blocked" },
  suspended: { 'zh-CN': '共济人参保暂停', en: 'Insurance suspended' },
  terminated: { 'zh-CN': '共济人参保终止', en: 'Insurance ended' },
  arrears: { 'zh-CN': '共济人欠费', en: 'Insurance in arrears' },
  linkNotYetInForce: { 'zh-CN': '共济关系尚未生效', en: 'Link not yet in force' },
  linkEnded: { 'zh-CN': '共济关系已解除', en: 'Link has ended' },
  insuranceKindNotAllowed: { 'zh-CN': '参保类型不能共济', en: 'Kind of insurance not allowed' },
  relationNotAllowed: { 'zh-CN': '亲属关系不在共济范围', en: 'Relation not covered' },
  areaNotOpen: { 'zh-CN': '参保地未开通共济', en: 'Area not open for sharing' },
  linkLimit: { 'zh-CN': '超出共济人数上限', en: 'Beyond the number of links' },
};

/** What the provider is to the customer, from what the customer is to the provider (`FundingRow.relation`). */
export const providerWords: Readonly<Record<Relation, Words>> = {
  spouse: { 'zh-CN': '配偶', en: 'Spouse' },
  parent: { 'zh-CN': '子女', en: 'Child' },
  child: { 'zh-CN': '父母', en: 'Parent' },
  sibling: { 'zh-CN': '兄弟姐妹', en: 'Sibling' },
  grandparent: { 'zh-CN': '孙辈', en: 'Grandchild' },
  grandchild: { 'zh-CN': '祖辈', en: 'Grandparent' },
  other: { 'zh-CN': '家人', en: 'Family' },
};

/** What to do now after a refusal; that nothing was charged is said above it. */
export const declineAdvice: Readonly<Record<DeclineCode, Words>> = {
  PERSON_NOT_FOUND: { 'zh-CN': '请核对号码，重新输入', en: 'Check the number and enter it again' },
  LINK_NOT_FOUND: { 'zh-CN': '请重新打开，看现在的关联', en: 'Open the desk again to see the present links' },
  LINK_TOO_NEW: { 'zh-CN': '关联未变。请满期后再来办理', en: 'The link stays. Come back when the least time is over' },
  SELF_LINK: { 'zh-CN': '请换另一位的卡或号码', en: "Use the other person's card or number" },
  DOC_MISSING: { 'zh-CN': '请带齐证件再办理', en: 'Come back with the document' },
  CONSENT_MISSING: { 'zh-CN': '请念告知书，征得同意后打勾', en: 'Read the notice out, and tick once they agree' },
  NOT_INSURED_HERE: { 'zh-CN': '请到参保地办理', en: 'Apply where the person is insured' },
  RELATION_NOT_ALLOWED: {
    'zh-CN': '本地规定不含该关系，请核对关系',
    en: 'The rules here leave this relation out. Check the relation',
  },
  AREA_NOT_OPEN: { 'zh-CN': '请等参保地开通后再办理', en: 'Come back once the area is opened' },
  LINK_EXISTS: { 'zh-CN': '无需再办，可以直接使用', en: 'Nothing needs to be done: it can be used' },
  PROVIDER_ALREADY_LINKED: { 'zh-CN': '请先解除原关联，或按“更换”', en: 'End the other link first, or use Change' },
  BENEFICIARY_ALREADY_LINKED: { 'zh-CN': '请对方先解除原关联', en: 'The other provider must end his link first' },
  LINK_TERM_NOT_ALLOWED: { 'zh-CN': '请更改到期日', en: 'Change the last day' },
  QUOTA_NOT_COVERED: { 'zh-CN': '请改小额度', en: 'Enter a smaller quota' },
  WALLET_NOT_OPENED: { 'zh-CN': '请先开通医保钱包', en: 'Open the wallet first' },
  WALLET_NOT_EMPTY: { 'zh-CN': '请先用完或退回，再关闭', en: 'Use it up or give it back, then close it' },
  WALLET_CLOSED_NOW: { 'zh-CN': '请在办理时间内再转', en: 'Send it again within the hours' },
  WALLET_LIMIT: { 'zh-CN': '请减少金额，或明天再转', en: 'Send less, or again tomorrow' },
  WALLET_PENDING: { 'zh-CN': '请等对方接收后再转', en: 'Send again once it is accepted' },
  WALLET_TRANSFER_GONE: { 'zh-CN': '请看转账记录', en: 'See the list of transfers' },
  WALLET_NOT_RETURNABLE: {
    'zh-CN': '钱留在医保钱包里，可以就医购药时使用',
    en: 'It stays in the wallet and can be used there',
  },
  DAYEND_BLOCKED: {
    'zh-CN': '请先查清结果未知的交易，再日结',
    en: 'Find out what is unknown first, then do the day end',
  },
  NOT_SIGNED_IN: { 'zh-CN': '请先签到，再重新收款', en: 'Sign in, then start the sale again' },
  UNKNOWN_OUTCOME: { 'zh-CN': '请等待查询结果，不要再刷卡', en: 'Wait for the answer, do not swipe again' },
  PENDING_REVERSAL: { 'zh-CN': '请等冲正完成再收款', en: 'Wait for the reversal, then start again' },
  CARD_UNREADABLE: {
    'zh-CN': '请再刷一次；仍不行，请换一张卡',
    en: 'Swipe again; if it still fails, use another card',
  },
  NOT_EVOUCHER: { 'zh-CN': '请客户打开医保码再扫', en: 'Ask the customer to open the medical-insurance code' },
  CODE_EXPIRED: { 'zh-CN': '请客户刷新医保码再扫', en: 'Ask the customer to refresh the code' },
  CODE_USED: { 'zh-CN': '请客户刷新医保码再扫', en: 'Ask the customer to refresh the code' },
  CARD_FAKE: { 'zh-CN': '请勿再用此卡，换一张卡或收现金', en: 'Do not use this card again. Another card, or cash' },
  CARD_CANCELLED: { 'zh-CN': '请客户换一张卡，或收现金', en: 'Ask for another card, or take cash' },
  CARD_LOST: {
    'zh-CN': '请客户换一张卡，或收现金；解挂请拨 12333',
    en: 'Ask for another card, or take cash. Loss reports: call 12333',
  },
  CARD_SEALED: { 'zh-CN': '请客户先到服务网点启用此卡', en: 'The card must first be enabled at a service point' },
  INSURANCE_NOT_NORMAL: {
    'zh-CN': '请收现金；参保问题请拨 12333',
    en: 'Take cash. Questions about the insurance: call 12333',
  },
  PIN_LOCKED: { 'zh-CN': '请收现金；重置后才能再用此卡', en: 'Take cash. The card works again after the reset' },
  PIN_WRONG: { 'zh-CN': '请客户重新输入密码', en: 'Ask the customer to enter the PIN again' },
  PIN_KEY_EXPIRED: { 'zh-CN': '请客户重新输入密码', en: 'Ask the customer to enter the PIN again' },
  PIN_TIMEOUT: { 'zh-CN': '客户准备好后，请重新收款', en: 'Start again when the customer is ready' },
  QUOTE_STALE: { 'zh-CN': '请看新的金额，再确认', en: 'Look at the new split and confirm' },
  ALREADY_REVERSED: { 'zh-CN': '没有可退的金额，请核对凭条', en: 'Nothing is left to give back. Check the slip' },
  REFUND_TOO_MUCH: { 'zh-CN': '请按 F6，输入较小的金额', en: 'Press F6 and enter a smaller amount' },
  CANCEL_TOO_LATE: { 'zh-CN': '请按 F6，选这笔交易，办理退费', en: 'Press F6, choose the sale and refund it' },
  CENTRE_UNAVAILABLE: { 'zh-CN': '请稍后重试，或收现金', en: 'Try again later, or take cash' },
  MESSAGE_REJECTED: { 'zh-CN': '请收现金，并联系管理员', en: 'Take cash, and call support' },
};

export const factWords: Readonly<Record<CardState | InsuranceStatus, Words>> = {
  normal: { 'zh-CN': '正常', en: 'Normal' },
  lost: { 'zh-CN': '正式挂失', en: 'Lost (formal)' },
  tempLost: { 'zh-CN': '临时挂失', en: 'Lost (temporary)' },
  cancelled: { 'zh-CN': '已注销', en: 'Cancelled' },
  sealed: { 'zh-CN': '未启用', en: 'Not enabled' },
  fake: { 'zh-CN': '无效卡', en: 'Not valid' },
  suspended: { 'zh-CN': '停保', en: 'Insurance suspended' },
  terminated: { 'zh-CN': '退保', en: 'Insurance ended' },
  arrears: { 'zh-CN': '欠费', en: 'In arrears' },
};

export const insuranceWords: Readonly<Record<InsuranceKind, Words>> = {
  employee: { 'zh-CN': '职工', en: 'Employee' },
  resident: { 'zh-CN': '居民', en: 'Resident' },
};

export const faultWords: Readonly<Record<ReadingFault, Words>> = {
  none: { 'zh-CN': '正常', en: 'None' },
  half: { 'zh-CN': '半刷', en: 'Half' },
  noise: { 'zh-CN': '干扰', en: 'Noise' },
  double: { 'zh-CN': '连刷', en: 'Twice' },
  slow: { 'zh-CN': '慢刷', en: 'Slow' },
  reversed: { 'zh-CN': '刷反', en: 'Reversed' },
};

export const readerWords: Readonly<Record<StatusView['reader']['kind'], Words>> = {
  virtual: { 'zh-CN': '虚拟', en: 'virtual' },
  serial: { 'zh-CN': '串口', en: 'serial' },
  hid: { 'zh-CN': 'USB', en: 'USB' },
  helper: { 'zh-CN': '读卡服务', en: 'helper service' },
  keyboard: { 'zh-CN': '键盘口', en: 'keyboard' },
};

export const troubleWords: Readonly<Record<DeviceTrouble, Words>> = {
  notFound: { 'zh-CN': '未插入', en: 'not plugged in' },
  locked: { 'zh-CN': '被占用', en: 'in use elsewhere' },
  denied: { 'zh-CN': '没有权限', en: 'no permission' },
  unavailable: { 'zh-CN': '缺少驱动', en: 'driver missing' },
  gone: { 'zh-CN': '已断开', en: 'unplugged' },
  failed: { 'zh-CN': '打不开', en: 'cannot be opened' },
};

export const turnWords: Readonly<Record<Turn, Words>> = {
  clerk: { 'zh-CN': '请您操作', en: 'Your turn' },
  customer: { 'zh-CN': '等待客户', en: 'Customer' },
  terminal: { 'zh-CN': '请稍候', en: 'Working' },
  done: { 'zh-CN': '已结束', en: 'Finished' },
  stopped: { 'zh-CN': '已停用', en: 'Stopped' },
};

export const faceTexts: Readonly<Record<Face, TextId>> = {
  approved: 'faceApproved',
  declined: 'faceDeclined',
  unknown: 'faceUnknown',
  cancelled: 'faceCancelled',
  timedOut: 'faceTimedOut',
  undone: 'faceUndone',
  suspended: 'faceSuspended',
};

/** Names of the policy profiles; one that is not here is shown as it is called in its file. */
const profileWords: Readonly<Record<string, Words>> = {
  'chongqing-2021': { 'zh-CN': '重庆·2021', en: 'Chongqing 2021' },
  'chongqing-2022': { 'zh-CN': '重庆·2022', en: 'Chongqing 2022' },
  'chongqing-2025': { 'zh-CN': '重庆·2025', en: 'Chongqing 2025' },
  'national-2021': { 'zh-CN': '全国·2021', en: 'National 2021' },
  'national-2024': { 'zh-CN': '全国·2024', en: 'National 2024' },
  'wallet-2024': { 'zh-CN': '医保钱包·2024', en: 'Wallet 2024' },
  'wallet-2025': { 'zh-CN': '医保钱包·2025', en: 'Wallet 2025' },
  'national-2026': { 'zh-CN': '全国·2026', en: 'National 2026' },
  'shenzhen-2019': { 'zh-CN': '深圳·2019', en: 'Shenzhen 2019' },
  'shenzhen-2023': { 'zh-CN': '深圳·2023', en: 'Shenzhen 2023' },
};

/** The sentence as the customer reads it, where the domain's prompt speaks to the clerk. Prompts that are not here are
 *  for both. */
export const customerPrompts: Readonly<Partial<Record<PromptId, Words>>> = {
  recovering: { 'zh-CN': '请稍候', en: 'One moment please' },
  signIn: { 'zh-CN': '暂停收款，请稍候', en: 'This counter opens shortly' },
  ready: { 'zh-CN': '您好，欢迎光临', en: 'Welcome' },
  enterAmount: { 'zh-CN': '正在录入金额，请稍候', en: 'The amount is being entered' },
  presentCard: { 'zh-CN': '请刷卡、插卡或出示医保码', en: 'Swipe or insert your card, or show your code' },
  readerLost: { 'zh-CN': '读卡器暂时不能用，请稍候', en: 'The reader is not working. Please wait' },
  readerLostInSale: { 'zh-CN': '读卡器暂时不能用，请稍候', en: 'The reader is not working. Please wait' },
  retryEncrypted: { 'zh-CN': '这台读卡器不能用，请稍候', en: 'This reader cannot be used. Please wait' },
  notEvoucher: {
    'zh-CN': '这不是医保电子凭证，请出示医保码或刷卡',
    en: 'Not a medical-insurance code. Show that code, or use your card',
  },
  amountForCard: { 'zh-CN': '已读卡，正在录入金额', en: 'Card read. The amount is being entered' },
  enterPin: { 'zh-CN': '请输入{length}位密码，按“确认”', en: 'Enter your PIN, {length} digits, then OK' },
  enterPinAgain: {
    'zh-CN': '密码错误，请重新输入，还可输入{triesLeft}次',
    en: 'Wrong PIN. Enter it again, {triesLeft} tries left',
  },
  enterPinAtPad: { 'zh-CN': '请使用密码键盘，输入{length}位密码', en: 'Enter your {length}-digit PIN on the PIN pad' },
  enterPinAgainAtPad: {
    'zh-CN': '密码错误，请重新输入，还可输入{triesLeft}次',
    en: 'Wrong PIN. Enter it again, {triesLeft} tries left',
  },
  confirmNewQuote: { 'zh-CN': '支付方式有变化，请看新的金额', en: 'The split has changed. Please look at it' },
  settling: { 'zh-CN': '正在结算，请稍候', en: 'Paying, one moment please' },
  unknownOutcome: {
    'zh-CN': '正在查询结果，请稍候，不要再刷卡',
    en: 'Checking the result. Please wait, do not swipe again',
  },
  signingIn: { 'zh-CN': '请稍候', en: 'One moment please' },
  signInRefused: { 'zh-CN': '暂停收款，请稍候', en: 'This counter opens shortly' },
  unknownToQuery: {
    'zh-CN': '正在向医保中心核实，请稍候，不会重复扣款',
    en: 'We are checking with the centre. Please wait, you will not be charged twice',
  },
  unknownToReverse: {
    'zh-CN': '正在向医保中心核实，请稍候，不会重复扣款',
    en: 'We are checking with the centre. Please wait, you will not be charged twice',
  },
  unknownReversing: {
    'zh-CN': '正在向医保中心核实，请稍候，不会重复扣款',
    en: 'We are checking with the centre. Please wait, you will not be charged twice',
  },
  unknownUndoToQuery: {
    'zh-CN': '退款正在核实，请稍候，钱不会少',
    en: 'We are checking your refund. Please wait, no money will be lost',
  },
  sayUnknown: { 'zh-CN': '正在向医保中心核实，请稍候', en: 'We are checking with the centre. Please wait' },
  sayUnknownUndo: { 'zh-CN': '退款正在核实，请稍候', en: 'We are checking your refund. Please wait' },
  previewingUndo: { 'zh-CN': '正在办理退款，请稍候', en: 'Your refund is being prepared' },
  confirmCancelSale: { 'zh-CN': '正在办理退款，请稍候', en: 'Your refund is being prepared' },
  confirmRefund: { 'zh-CN': '正在办理退款，请稍候', en: 'Your refund is being prepared' },
  confirmNewUndo: { 'zh-CN': '退款金额有变化，请稍候', en: 'The refund has changed. One moment please' },
  undoing: { 'zh-CN': '正在退款，请稍候', en: 'Your money is being given back' },
  undoNotDone: { 'zh-CN': '已查明：没有退款', en: 'Checked: nothing was given back' },
  undoneWithCash: { 'zh-CN': '已退款，请收好现金 ¥{cash}', en: 'Refunded. Please take ¥{cash} in cash' },
  undoneCashDue: { 'zh-CN': '已退款，请另付现金 ¥{cash}', en: 'Refunded. Please pay ¥{cash} in cash' },
  reversed: { 'zh-CN': '这笔没有扣款', en: 'You were not charged' },
  suspended: {
    'zh-CN': '结果正在核对，请向收银台登记',
    en: 'The result is being checked. Please leave your contact at the counter',
  },
  inquired: { 'zh-CN': '您的余额', en: 'Your balance' },
  bindingProvider: {
    'zh-CN': '用谁的账户付钱，请谁刷卡或出示医保码',
    en: 'Whose account pays? Swipe that card, or show that code',
  },
  bindingProviderCard: { 'zh-CN': '用谁的账户付钱，请刷谁的社保卡', en: 'Whose account pays? Swipe that social card' },
  bindingBeneficiary: {
    'zh-CN': '钱给哪位家人用？请刷他的卡或出示证件',
    en: "Who is it for? Swipe that relative's card, or show a document",
  },
  bindingBeneficiaryNumber: { 'zh-CN': '请出示家人的社保卡', en: "Show the relative's social card" },
  bindingSamePerson: { 'zh-CN': '这还是您本人，请换家人的卡', en: "That is you again. The relative's card, please" },
  bindingSamePersonNumber: {
    'zh-CN': '这是您本人的号码，请出示家人的社保卡',
    en: "Your own number. Show the relative's card",
  },
  bindingSetbackCard: { 'zh-CN': '这张卡现在不能用，请听柜台说明', en: 'This card cannot be used now. Please listen' },
  bindingPin: { 'zh-CN': '请输入{length}位密码，按“确认”', en: 'Enter your PIN, {length} digits, then OK' },
  bindingPinAgain: {
    'zh-CN': '密码错误，请重新输入，还可输入{triesLeft}次',
    en: 'Wrong PIN. Enter it again, {triesLeft} tries left',
  },
  bindingPinAtPad: {
    'zh-CN': '请使用密码键盘，输入{length}位密码',
    en: 'Enter your {length}-digit PIN on the PIN pad',
  },
  bindingPinAgainAtPad: {
    'zh-CN': '密码错误，请重新输入，还可输入{triesLeft}次',
    en: 'Wrong PIN. Enter it again, {triesLeft} tries left',
  },
  bindingReaderLost: { 'zh-CN': '读卡器暂时不能用，请稍候', en: 'The reader is not working. Please wait' },
  bindingPinPadFault: { 'zh-CN': '密码键盘暂时不能使用，没有改动', en: 'The PIN pad failed. Nothing has changed' },
  bindingDesk: { 'zh-CN': '身份已核对，请告诉柜台要办什么', en: 'You are known now. Say what you want done' },
  bindingFillIn: { 'zh-CN': '正在填写，请听柜台说明', en: 'The form is being filled in. Please listen' },
  bindingExplaining: { 'zh-CN': '正在核对，还没有办理', en: 'Being checked. Nothing is done yet' },
  bindingAllowed: { 'zh-CN': '可以办理，请听柜台确认', en: 'It can be done. The counter will confirm' },
  bindingNotAllowed: { 'zh-CN': '现在不能办理，没有改动', en: 'It cannot be done now. Nothing has changed' },
  bindingChangedMeanwhile: { 'zh-CN': '情况有变化，没有办理', en: 'Things have changed. Nothing was done' },
  bindingLinked: { 'zh-CN': '共济已办好，请收好凭条', en: 'The family link is made. Please take the slip' },
  bindingChanged: { 'zh-CN': '共济已变更，请收好凭条', en: 'The family link is changed. Please take the slip' },
  bindingReason: { 'zh-CN': '正在办理解除，请说明原因', en: 'The link is to end. Please say why' },
  bindingUnlinked: { 'zh-CN': '共济已解除，请收好凭条', en: 'The family link has ended. Please take the slip' },
  bindingUnclear: { 'zh-CN': '正在向医保中心核实，请稍候', en: 'We are checking with the centre. Please wait' },
  bindingAskingAgain: { 'zh-CN': '正在向医保中心核实，请稍候', en: 'We are checking with the centre. Please wait' },
  inquiryCard: { 'zh-CN': '查余额，请刷卡', en: 'Balance: please swipe your card' },
  approvedWithCash: { 'zh-CN': '支付成功，请付现金 ¥{cash}', en: 'Paid. Please pay ¥{cash} in cash' },
  storageFault: { 'zh-CN': '未扣款。终端暂时不能使用', en: 'Nothing was charged. The terminal cannot be used now' },
  pinPadFault: { 'zh-CN': '未扣款。密码键盘暂时不能使用', en: 'Nothing was charged. The PIN pad cannot be used now' },
  notCharged: { 'zh-CN': '已查明：未扣款', en: 'Checked: nothing was charged' },
  cannotCancel: { 'zh-CN': '正在结算，请稍候', en: 'Paying, one moment please' },
  busy: { 'zh-CN': '请稍候', en: 'One moment please' },
  amountNotPositive: { 'zh-CN': '正在录入金额，请稍候', en: 'The amount is being entered' },
  amountNotANumber: { 'zh-CN': '正在录入金额，请稍候', en: 'The amount is being entered' },
  amountTooManyDecimals: { 'zh-CN': '正在录入金额，请稍候', en: 'The amount is being entered' },
  amountTooLarge: { 'zh-CN': '正在录入金额，请稍候', en: 'The amount is being entered' },
  outOfService: { 'zh-CN': '暂停服务', en: 'Out of service' },
};

/** A label with its parameters filled in. A parameter that is missing stays visible as `{name}`. */
export function text(id: TextId, language: Language, params: PromptParams = {}): string {
  return filled(texts[id], language, params);
}

/** Words of a table with their parameters filled in. */
export function filled(words: Words, language: Language, params: PromptParams = {}): string {
  return words[language].replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}

export function profileName(profile: string, language: Language): string {
  return profileWords[profile]?.[language] ?? profile;
}

/** Names as a list in a sentence: `王芳、李明` or `Wang Fang, Li Ming`. */
export function listed(names: readonly string[], language: Language): string {
  return names.join(texts.listSeparator[language]);
}

/** What is unusual about a card of the deck, in words; null when nothing is. */
export function personMark(person: DeckPerson, language: Language): string | null {
  if (person.card !== 'normal') return factWords[person.card][language];
  if (person.status !== 'normal') return factWords[person.status][language];
  return null;
}
