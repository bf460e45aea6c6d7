import { type DeclineCode, declineCodes } from './decline-code.ts';

export type Language = 'zh-CN' | 'en';
export const languages = ['zh-CN', 'en'] as const satisfies readonly Language[];

/** The one sentence that says what to do now: an entry per state of the counter and per reading error. Texts are short,
 *  active and polite; `{name}` marks a parameter. */
export const prompts = {
  recovering: { 'zh-CN': '正在启动，请稍候', en: 'Starting, one moment please' },
  signIn: { 'zh-CN': '请签到', en: 'Please sign in' },
  ready: { 'zh-CN': '请输入金额，或请客户刷卡', en: 'Enter the amount, or let the customer swipe' },
  enterAmount: { 'zh-CN': '请输入金额，按“确认”', en: 'Enter the amount, then press Enter' },
  presentCard: { 'zh-CN': '请客户刷卡、插卡或出示医保码', en: "Waiting for the customer's card or code" },
  reading: { 'zh-CN': '正在读卡，请稍候', en: 'Reading the card' },
  retryHalfRead: {
    'zh-CN': '卡只刷了一半，请完整地再刷一次',
    en: 'Only half the card was read. Swipe it all the way again',
  },
  retryNoise: { 'zh-CN': '读卡受到干扰，请再刷一次', en: 'The reading was disturbed. Please swipe again' },
  retryReversed: { 'zh-CN': '卡刷反了，请转过来再刷', en: 'The card is the wrong way round. Turn it and swipe again' },
  retryTooLong: { 'zh-CN': '读到的数据过长，请再刷一次', en: 'Too much data was read. Please swipe again' },
  retryBlankCard: { 'zh-CN': '这张卡是空白卡，请换一张卡', en: 'This card is blank. Please use another card' },
  retryNotACard: {
    'zh-CN': '这不是社会保障卡，请换一张卡',
    en: 'This is not a social security card. Use another card',
  },
  retryEncrypted: {
    'zh-CN': '终端没有这台读卡器的密钥，认不出卡，请换一台读卡器',
    en: 'The reader encrypts and this terminal has no key for it. Use another reader',
  },
  readerLost: { 'zh-CN': '读卡器已断开，请插好读卡器', en: 'The reader is unplugged. Please plug it in' },
  readerLostInSale: {
    'zh-CN': '读卡器已断开，请插好读卡器，或按“取消”',
    en: 'The reader is unplugged. Plug it in, or press Cancel',
  },
  identifying: { 'zh-CN': '正在核对参保信息', en: 'Checking the insurance record' },
  amountForCard: { 'zh-CN': '已读卡，请输入金额，按“确认”', en: 'Card read. Enter the amount, then press Enter' },
  quoting: { 'zh-CN': '正在试算', en: 'Working out who pays what' },
  enterPin: { 'zh-CN': '请客户输入{length}位密码，按“确认”', en: 'Customer: enter the {length}-digit PIN, then OK' },
  enterPinAgain: {
    'zh-CN': '密码错误，请重新输入，还可输入{triesLeft}次',
    en: 'Wrong PIN. Please enter it again, {triesLeft} tries left',
  },
  enterPinAtPad: {
    'zh-CN': '请客户使用密码键盘，输入{length}位密码',
    en: 'Customer: enter the {length}-digit PIN on the PIN pad',
  },
  enterPinAgainAtPad: {
    'zh-CN': '密码错误，请用密码键盘重输，还剩{triesLeft}次',
    en: 'Wrong PIN. Enter it again on the PIN pad, {triesLeft} tries left',
  },
  confirmNewQuote: {
    'zh-CN': '余额或关联已变化，请看新的金额，按“确认”',
    en: 'Balance or link has changed. Look at the new split and press Enter',
  },
  settling: { 'zh-CN': '正在结算，请勿拔卡', en: 'Settling, please wait' },
  unknownOutcome: {
    'zh-CN': '交易结果未知，正在查询，请勿重复刷卡',
    en: 'Outcome unknown, asking the centre. Do not swipe again',
  },
  signingIn: { 'zh-CN': '正在签到', en: 'Signing in' },
  signInRefused: { 'zh-CN': '签到未成功，请重试', en: 'Sign-in failed, please try again' },
  unknownToQuery: {
    'zh-CN': '不知道是否已扣款，稍后自动查询，请勿重复刷卡',
    en: 'Not known if money moved. Asking again soon. Do not swipe again',
  },
  unknownToReverse: {
    'zh-CN': '中心没有回答，稍后自动冲正，请勿重复刷卡',
    en: 'The centre does not answer. The sale will be reversed. Do not swipe again',
  },
  unknownReversing: { 'zh-CN': '正在冲正，请勿重复刷卡', en: 'Reversing the sale. Do not swipe again' },
  unknownUndoToQuery: {
    'zh-CN': '不知道是否已退款，稍后自动查询，请勿重复办理',
    en: 'Not known if money went back. Asking again soon. Do not repeat it',
  },
  saleWaits: {
    'zh-CN': '这一笔查清以后才能收下一笔，请稍候',
    en: 'The next sale waits until this one is cleared up',
  },
  sayUnknown: {
    'zh-CN': '请对客户说：“正在向医保中心核实，请稍等，不会重复扣款。”',
    en: 'Say to the customer: "We are checking with the centre. You will not be charged twice."',
  },
  sayUnknownUndo: {
    'zh-CN': '请对客户说：“退款正在核实，请稍等，钱不会少。”',
    en: 'Say to the customer: "We are checking your refund. No money will be lost."',
  },
  previewingUndo: { 'zh-CN': '正在计算退回金额', en: 'Working out who gets what back' },
  confirmCancelSale: {
    'zh-CN': '请核对退回金额，按“确认”撤销这笔交易',
    en: 'Check who gets what back, then press Enter to cancel this sale',
  },
  confirmRefund: {
    'zh-CN': '请核对退回金额，按“确认”退费',
    en: 'Check who gets what back, then press Enter to refund',
  },
  confirmNewUndo: {
    'zh-CN': '退回金额已变化，请看新的金额，按“确认”',
    en: 'What is given back has changed. Look at it and press Enter',
  },
  undoing: { 'zh-CN': '正在退回，请稍候', en: 'Giving the money back, please wait' },
  undoCancelled: { 'zh-CN': '未办理，金额未变', en: 'Not done. Nothing has changed' },
  undoRefused: { 'zh-CN': '未退回。{reason}', en: 'Nothing was given back. {reason}' },
  undoNotDone: {
    'zh-CN': '已查明：未退回，可重新办理',
    en: 'Checked: nothing was given back. It can be done again',
  },
  undone: { 'zh-CN': '已退回', en: 'The money was given back' },
  undoneWithCash: { 'zh-CN': '已退回，请退给客户现金 ¥{cash}', en: 'Given back. Hand ¥{cash} in cash to the customer' },
  undoneCashDue: { 'zh-CN': '已退回，请另收现金 ¥{cash}', en: 'Given back. Please collect ¥{cash} in cash' },
  reversed: {
    'zh-CN': '已冲正，未扣款，可重新收款',
    en: 'Reversed, nothing stays charged. You can sell again',
  },
  suspended: {
    'zh-CN': '已挂账，结果未知，日结时核对',
    en: 'Written down as suspended. Its outcome is unknown and is checked at day-end',
  },
  inquiryCard: { 'zh-CN': '查余额：请客户刷卡', en: 'Balance: let the customer swipe' },
  inquiring: { 'zh-CN': '正在查询余额', en: 'Asking for the balance' },
  inquired: { 'zh-CN': '余额如下', en: 'The balance' },
  inquiryRefused: { 'zh-CN': '查不到余额。{reason}', en: 'The balance cannot be shown. {reason}' },
  dayEndAsking: { 'zh-CN': '正在与中心对账，请稍候', en: 'Comparing the day with the centre' },
  dayEndBlocked: {
    'zh-CN': '有未决交易，不能日结，请先查清结果',
    en: 'An outcome is still open, so the day cannot be closed. Clear it up first',
  },
  dayEndRefused: { 'zh-CN': '日结未完成。{reason}', en: 'The day was not compared. {reason}' },
  dayEndNoBooks: {
    'zh-CN': '日结未完成。终端读不到自己的账，请检查磁盘',
    en: 'The day was not compared. The terminal cannot use its journal, check the disk',
  },
  dayEndBalanced: { 'zh-CN': '账目相符，可以日结', en: 'The day balances' },
  dayEndBroken: {
    'zh-CN': '账目不符，有{count}处差异，请核对',
    en: 'The day does not balance: {count} differences, please check',
  },
  approved: { 'zh-CN': '支付成功', en: 'Paid' },
  approvedWithCash: { 'zh-CN': '支付成功，请收现金 ¥{cash}', en: 'Paid. Please collect ¥{cash} in cash' },
  declined: { 'zh-CN': '未扣款。{reason}', en: 'Nothing was charged. {reason}' },
  cancelled: { 'zh-CN': '已取消，未扣款', en: 'Cancelled. Nothing was charged' },
  timedOut: { 'zh-CN': '操作超时，已取消，未扣款', en: 'Timed out and cancelled. Nothing was charged' },
  notCharged: { 'zh-CN': '已查明：未扣款，可重新收款', en: 'Checked: nothing was charged. You can sell again' },
  centreUnavailable: {
    'zh-CN': '未扣款。医保中心无应答，请稍后重试',
    en: 'Nothing was charged. The centre does not answer, please try again later',
  },
  storageFault: {
    'zh-CN': '未扣款。终端存储故障，请联系管理员',
    en: 'Nothing was charged. The terminal cannot write its journal, please call support',
  },
  pinPadFault: {
    'zh-CN': '未扣款。密码键盘故障，请重试或联系管理员',
    en: 'Nothing was charged. The PIN pad failed, please try again or call support',
  },
  takeReceipt: { 'zh-CN': '请取走凭条', en: 'Please take the receipt' },
  cannotCancel: {
    'zh-CN': '正在结算，现在不能取消；结果马上就有',
    en: 'The sale is being settled and cannot be cancelled now; the result is coming',
  },
  swipeNotNeeded: {
    'zh-CN': '现在不需要刷卡，这次刷卡未使用',
    en: 'No card is needed now. Swipe not used',
  },
  swipeAgain: {
    'zh-CN': '刚才的刷卡未使用，需要时请再刷一次',
    en: 'Swipe not used. Swipe again when asked to',
  },
  otherReader: {
    'zh-CN': '这台读卡器现在未启用，请用顶栏所示的读卡器',
    en: 'That reader is not in use now. See the top bar',
  },
  signInFirst: { 'zh-CN': '请先签到', en: 'Please sign in first' },
  notEvoucher: {
    'zh-CN': '这不是医保电子凭证，请客户出示医保码或刷卡',
    en: 'Not a medical-insurance code. Show that code, or use the card',
  },
  scanNotNeeded: {
    'zh-CN': '现在不需要扫码，这次扫码未使用',
    en: 'No code is needed now. Scan not used',
  },
  busy: { 'zh-CN': '上一笔尚未结束', en: 'The last sale is not finished yet' },
  amountNotPositive: { 'zh-CN': '金额必须大于零', en: 'The amount must be above zero' },
  amountNotANumber: { 'zh-CN': '金额看不懂，请输入如 80.00', en: 'That is not an amount. Enter for example 80.00' },
  amountTooManyDecimals: { 'zh-CN': '金额最多两位小数', en: 'An amount has at most two decimals' },
  amountTooLarge: { 'zh-CN': '金额过大', en: 'The amount is too large' },
  bindingProvider: {
    'zh-CN': '请刷提供人的卡，或扫其医保码',
    en: "Swipe the provider's card, or scan the provider's code",
  },
  bindingProviderCard: { 'zh-CN': '请刷提供人的社保卡', en: "Swipe the provider's social security card" },
  bindingLookingUp: { 'zh-CN': '正在查找参保人', en: 'Looking this person up' },
  bindingPin: {
    'zh-CN': '请提供人输入{length}位密码，按“确认”',
    en: 'Provider: enter the {length}-digit PIN, then OK',
  },
  bindingPinAgain: {
    'zh-CN': '密码错误，请提供人重新输入，还可输入{triesLeft}次',
    en: 'Wrong PIN. Provider: please enter it again, {triesLeft} tries left',
  },
  bindingPinAtPad: {
    'zh-CN': '请提供人使用密码键盘，输入{length}位密码',
    en: 'Provider: enter the {length}-digit PIN on the PIN pad',
  },
  bindingPinAgainAtPad: {
    'zh-CN': '密码错误，请提供人用密码键盘重输，还剩{triesLeft}次',
    en: 'Wrong PIN. Provider: enter it again on the PIN pad, {triesLeft} tries left',
  },
  bindingAdmitting: { 'zh-CN': '正在核对身份', en: 'Checking who this is' },
  bindingDesk: {
    'zh-CN': '请选择：新增、变更或解除关联',
    en: 'Choose: make a link, change one or cancel one',
  },
  bindingBeneficiary: {
    'zh-CN': '请刷使用人的卡，或录入号码',
    en: "Swipe the beneficiary's card, or key in the number",
  },
  bindingBeneficiaryNumber: { 'zh-CN': '请录入使用人的号码', en: "Key in the beneficiary's number" },
  bindingFillIn: { 'zh-CN': '请填写关联信息，按“确认”核对', en: 'Fill in the form, then press Enter to check it' },
  bindingExplaining: { 'zh-CN': '正在核对条件，尚未办理', en: 'Checking the rules. Nothing is written yet' },
  bindingAllowed: { 'zh-CN': '可以办理，请核对后按“确认”', en: 'It can be done. Check it, then press Enter' },
  bindingNotAllowed: {
    'zh-CN': '不能办理，没有改动，原因如下',
    en: 'It cannot be done and nothing has changed. The reasons:',
  },
  bindingChangedMeanwhile: {
    'zh-CN': '情况刚刚有变化，没有办理，请重新核对',
    en: 'Things have just changed. Nothing was done, please look again',
  },
  bindingLinking: { 'zh-CN': '正在办理关联，请稍候', en: 'Making the link, please wait' },
  bindingLinked: { 'zh-CN': '关联已办好，请打印凭条', en: 'The link has been made. Print the slip' },
  bindingChanged: { 'zh-CN': '关联已变更，请打印凭条', en: 'The link has been changed. Print the slip' },
  bindingReason: { 'zh-CN': '请填写解除原因，按“确认”解除', en: 'Say why the link ends, then press Enter' },
  bindingUnlinking: { 'zh-CN': '正在解除关联，请稍候', en: 'Cancelling the link, please wait' },
  bindingUnlinked: { 'zh-CN': '关联已解除，请打印凭条', en: 'The link has been cancelled. Print the slip' },
  bindingUnclear: {
    'zh-CN': '不知道是否已办好，稍后自动再问，请勿重复办理',
    en: 'Not known if it was done. Asking again soon. Do not repeat it',
  },
  bindingAskingAgain: {
    'zh-CN': '正在向中心再问一次，请勿重复办理',
    en: 'Asking the centre once more. Do not repeat it',
  },
  bindingRefused: { 'zh-CN': '未办理，没有改动。{reason}', en: 'Not done, nothing has changed. {reason}' },
  bindingTooNew: {
    'zh-CN': '未解除，没有改动。这条关联要到 {from} 才能解除',
    en: 'Not cancelled, nothing has changed. This link can be cancelled from {from}',
  },
  bindingCentreSilent: {
    'zh-CN': '医保中心无应答，没有改动，请再试一次',
    en: 'The centre does not answer. Nothing has changed, please try again',
  },
  bindingSetback: {
    'zh-CN': '没有改动。{reason}',
    en: 'Nothing has changed. {reason}',
  },
  bindingSetbackCard: {
    'zh-CN': '没有改动。{reason}，请换一种方式录入使用人',
    en: 'Nothing has changed. {reason}. Enter the beneficiary another way',
  },
  bindingPinLocked: {
    'zh-CN': '这张卡密码已锁定，没有改动。请出示身份证或医保码',
    en: 'The PIN of this card is locked. Nothing has changed. Show the ID card or the code',
  },
  bindingSamePerson: {
    'zh-CN': '这是提供人本人，请刷使用人的卡或录入号码',
    en: "This is the provider again. The beneficiary's card or number is wanted",
  },
  bindingSamePersonNumber: {
    'zh-CN': '这是提供人本人，请录入使用人的号码',
    en: "This is the provider again. The beneficiary's number is wanted",
  },
  bindingTimedOut: { 'zh-CN': '操作超时，已结束，没有改动', en: 'Timed out and ended. Nothing has changed' },
  bindingPermitOver: {
    'zh-CN': '身份核对已过期，没有改动，请重新刷卡',
    en: 'The check of the person has run out. Nothing has changed, swipe again',
  },
  bindingPinPadFault: {
    'zh-CN': '密码键盘故障，没有改动，请重试或扫医保码',
    en: 'The PIN pad failed. Nothing has changed, try again or use the code',
  },
  bindingReaderLost: {
    'zh-CN': '读卡器已断开，请插好读卡器，或按“取消”',
    en: 'The reader is unplugged. Plug it in, or press Cancel',
  },
  bindingNotForProvider: {
    'zh-CN': '这里不能这样确认提供人，请刷提供人的社保卡',
    en: "The provider cannot come that way here. Swipe the provider's card",
  },
  bindingWayClosed: {
    'zh-CN': '本地不能用这种方式录入使用人',
    en: 'The beneficiary cannot be entered that way here',
  },
  bindingNoSuchLink: { 'zh-CN': '没有这条关联，请重新选择', en: 'There is no such link, please choose again' },
  bindingNoReason: { 'zh-CN': '请填写解除原因', en: 'Please say why the link ends' },
  bindingCannotEnd: {
    'zh-CN': '正在办理，要等中心回答后才能结束',
    en: 'It is being done and can only end when the centre has answered',
  },
  bindingFirst: { 'zh-CN': '请先结束绑定业务', en: 'Please end the binding first' },
  bindingCardLength: { 'zh-CN': '社保卡卡号应为9位，请核对', en: 'A card number has 9 characters, please check it' },
  bindingCardCharacters: {
    'zh-CN': '社保卡卡号只有数字和字母，请核对',
    en: 'A card number has digits and letters only, please check it',
  },
  bindingCardCheck: {
    'zh-CN': '社保卡卡号校验不符，请核对',
    en: "The card number's check character does not fit, please check it",
  },
  bindingIdLength: { 'zh-CN': '身份证号应为18位，请核对', en: 'An ID number has 18 characters, please check it' },
  bindingIdCharacters: {
    'zh-CN': '身份证号只有数字，末位可为X，请核对',
    en: 'An ID number has digits only, the last may be X. Please check it',
  },
  bindingIdBirthDate: {
    'zh-CN': '身份证号中的出生日期不对，请核对',
    en: 'The birth date in the ID number is none, please check it',
  },
  bindingIdCheck: {
    'zh-CN': '身份证号校验不符，请核对',
    en: "The ID number's check character does not fit, please check it",
  },
  bindingNotADay: {
    'zh-CN': '日期看不懂，请输入如 2026-12-31',
    en: 'That is not a date. Enter for example 2026-12-31',
  },
  outOfService: { 'zh-CN': '终端故障，暂停服务，请联系管理员', en: 'Out of service. Please call support' },
} as const satisfies Record<string, Record<Language, string>>;

export type PromptId = keyof typeof prompts;
export type PromptParams = Readonly<Record<string, string>>;

/** A prompt and its parameters, before it is put into words. */
export interface Prompt {
  readonly id: PromptId;
  readonly params: PromptParams;
}

/** The prompt's sentence. `{reason}` is the text of the decline code in `params.code`. A parameter that is missing stays
 *  visible as `{name}`: a test looks for it. */
export function promptText(prompt: Prompt, language: Language): string {
  return prompts[prompt.id][language].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name === 'reason' ? reasonText(prompt.params.code, language, whole) : (prompt.params[name] ?? whole),
  );
}

function reasonText(code: string | undefined, language: Language, missing: string): string {
  if (code === undefined || !(code in declineCodes)) return missing;
  return declineCodes[code as DeclineCode][language === 'en' ? 'en' : 'zh'];
}
