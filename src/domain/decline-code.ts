/** Why the terminal refuses or explains something. The names are this project's own; the texts follow the rules named
 *  there. Order = order of precedence (R93: readable, genuine, card state, insurance, PIN, money): where several hold,
 *  the first one is told. */
export const declineCodes = {
  NOT_SIGNED_IN: { number: 'D80', zh: '请先签到', en: 'Please sign in first', rules: ['R143'] },
  UNKNOWN_OUTCOME: {
    number: 'D60',
    zh: '交易结果未知，正在查询，请勿重复刷卡',
    en: 'Outcome unknown, asking the centre. Do not swipe again',
    rules: ['R125'],
  },
  PENDING_REVERSAL: {
    number: 'D61',
    zh: '存在待冲正交易，请稍候',
    en: 'A reversal is still pending, please wait',
    rules: ['R127'],
  },
  CARD_UNREADABLE: {
    number: 'D01',
    zh: '读卡失败，请重新刷卡',
    en: 'Card could not be read, please swipe again',
    rules: ['R93'],
  },
  NOT_EVOUCHER: {
    number: 'D30',
    zh: '请使用医保电子凭证二维码',
    en: 'Please show a medical-insurance code',
    rules: ['R95'],
  },
  CODE_EXPIRED: {
    number: 'D31',
    zh: '医保码已过期，请刷新',
    en: 'The code has expired, please refresh it',
    rules: ['R97'],
  },
  CODE_USED: {
    number: 'D32',
    zh: '医保码已使用，请刷新',
    en: 'The code was already used, please refresh it',
    rules: ['R98'],
  },
  CARD_FAKE: { number: 'D04', zh: '无效卡，不能使用', en: 'This card is not valid', rules: ['R90'] },
  CARD_CANCELLED: { number: 'D03', zh: 'IC卡已注销', en: 'This card has been cancelled', rules: ['R86', 'R90'] },
  CARD_LOST: { number: 'D02', zh: 'IC卡已挂失', en: 'This card is reported lost', rules: ['R86', 'R90'] },
  CARD_SEALED: { number: 'D05', zh: '卡未启用', en: 'This card is not yet enabled', rules: ['R86'] },
  PERSON_NOT_FOUND: {
    number: 'D56',
    zh: '查无此人，请核对号码',
    en: 'Nobody has this number, please check it',
    rules: ['R10', 'R20'],
  },
  LINK_NOT_FOUND: {
    number: 'D55',
    zh: '没有这条关联，或已解除',
    en: 'There is no such link, or it has ended',
    rules: ['R22'],
  },
  LINK_TOO_NEW: {
    number: 'D54',
    zh: '关联未满最短期限，暂不能解除',
    en: 'The link is too new to be cancelled',
    rules: ['R22'],
  },
  SELF_LINK: { number: 'D47', zh: '不能关联本人', en: 'Nobody can be linked to himself', rules: ['R25'] },
  DOC_MISSING: {
    number: 'D46',
    zh: '缺少证件：居民身份证、社保卡、医保码任选其一',
    en: 'A document is missing: ID card, social card or code, one of the three',
    rules: ['R10'],
  },
  CONSENT_MISSING: {
    number: 'D48',
    zh: '未确认告知书，或使用人未同意',
    en: 'The notice is not ticked, or the beneficiary has not agreed',
    rules: ['R12', 'R28'],
  },
  INSURANCE_NOT_NORMAL: {
    number: 'D10',
    zh: '参保状态不正常，不能使用个人账户',
    en: 'Insurance is not in normal status, the account cannot be used',
    rules: ['R90', 'R91'],
  },
  NOT_INSURED_HERE: {
    number: 'D40',
    zh: '不在本地参保，或参保险种不能共济',
    en: 'Not insured here, or with an insurance that cannot share',
    rules: ['R2', 'R15', 'R16'],
  },
  RELATION_NOT_ALLOWED: {
    number: 'D41',
    zh: '该亲属关系不能共济',
    en: 'This relation cannot share',
    rules: ['R17', 'R18'],
  },
  AREA_NOT_OPEN: {
    number: 'D44',
    zh: '参保地未开通跨地区共济',
    en: 'Sharing is not open between these areas',
    rules: ['R64', 'R65', 'R66'],
  },
  LINK_EXISTS: { number: 'D45', zh: '已有相同的关联', en: 'This link exists already', rules: ['R25'] },
  PROVIDER_ALREADY_LINKED: {
    number: 'D42',
    zh: '提供人已关联他人，请先解除',
    en: 'The provider is linked to somebody else already; cancel that link first',
    rules: ['R4'],
  },
  BENEFICIARY_ALREADY_LINKED: {
    number: 'D43',
    zh: '使用人已被他人关联',
    en: 'The beneficiary has a provider already',
    rules: ['R5', 'R6'],
  },
  LINK_TERM_NOT_ALLOWED: {
    number: 'D53',
    zh: '关联期限不符合规定',
    en: 'A link may not have this end',
    rules: ['R7'],
  },
  QUOTA_NOT_COVERED: {
    number: 'D49',
    zh: '共济额度超过可用余额',
    en: 'The quota is more than the account has free',
    rules: ['R75'],
  },
  WALLET_NOT_OPENED: { number: 'D57', zh: '医保钱包未开通', en: 'The wallet has not been opened', rules: ['R72'] },
  WALLET_NOT_EMPTY: {
    number: 'D65',
    zh: '医保钱包里还有钱，或有转账未接收',
    en: 'There is money in the wallet, or a transfer waits',
    rules: ['R71', 'R72'],
  },
  WALLET_CLOSED_NOW: {
    number: 'D58',
    zh: '此时段不办理医保钱包转账',
    en: 'No wallet transfers at this hour',
    rules: ['R70'],
  },
  WALLET_LIMIT: {
    number: 'D59',
    zh: '超过可转的金额或笔数',
    en: 'More than may be sent through the wallet',
    rules: ['R69', 'R70', 'R73'],
  },
  WALLET_PENDING: {
    number: 'D62',
    zh: '上一笔转账还没有接收',
    en: 'The transfer before it has not been accepted yet',
    rules: ['R71'],
  },
  WALLET_TRANSFER_GONE: {
    number: 'D64',
    zh: '没有这笔转账，或已处理',
    en: 'There is no such transfer, or it is over',
    rules: ['R71'],
  },
  WALLET_NOT_RETURNABLE: {
    number: 'D63',
    zh: '这笔转账不能退回',
    en: 'This transfer cannot go back',
    rules: ['R73'],
  },
  PIN_LOCKED: {
    number: 'D21',
    zh: '密码已锁定，请持卡和身份证到服务网点重置(12333)',
    en: 'PIN locked. Reset it at a service point with card and ID card (hotline 12333)',
    rules: ['R79'],
  },
  PIN_KEY_EXPIRED: {
    number: 'D92',
    zh: '密码密钥已更新，请重新输入密码',
    en: 'The PIN key was renewed, please enter the PIN again',
    rules: [],
  },
  PIN_WRONG: {
    number: 'D20',
    zh: '密码错误，请重新输入',
    en: 'Wrong PIN, please enter it again',
    rules: ['R78', 'R82'],
  },
  PIN_TIMEOUT: { number: 'D22', zh: '操作超时，交易取消', en: 'Timed out, the sale was cancelled', rules: ['R82'] },
  ALREADY_REVERSED: { number: 'D70', zh: '该交易已撤销', en: 'That sale has been undone already', rules: ['R123'] },
  CANCEL_TOO_LATE: {
    number: 'D72',
    zh: '该交易不是今天的，不能撤销，请办理退费',
    en: 'That sale is not of today and cannot be cancelled. Refund it instead',
    rules: ['R129'],
  },
  REFUND_TOO_MUCH: {
    number: 'D71',
    zh: '退款超过原金额',
    en: 'That is more than is left of the sale',
    rules: ['R123'],
  },
  QUOTE_STALE: {
    number: 'D51',
    zh: '余额或关联已变化，请重新确认',
    en: 'Balance or link has changed, please confirm again',
    rules: ['R26', 'R46'],
  },
  DAYEND_BLOCKED: {
    number: 'D81',
    zh: '有未决交易，不能日结',
    en: 'An outcome is still open, the day cannot be closed',
    rules: ['R151'],
  },
  CENTRE_UNAVAILABLE: {
    number: 'D90',
    zh: '医保中心无应答，未扣款，请稍后重试',
    en: 'The centre does not answer. Nothing was charged, please try again later',
    rules: [],
  },
  MESSAGE_REJECTED: {
    number: 'D91',
    zh: '报文被拒绝，未扣款，请联系管理员',
    en: 'The message was rejected. Nothing was charged, please call support',
    rules: ['R145'],
  },
} as const satisfies Record<string, { number: string; zh: string; en: string; rules: readonly string[] }>;

export type DeclineCode = keyof typeof declineCodes;

/** The code that a text names: `D20`, `PIN_WRONG` or `D20 PIN_WRONG`; undefined when it names none. */
export function declineCodeOf(text: string): DeclineCode | undefined {
  const wanted = text.trim();
  for (const [name, entry] of Object.entries(declineCodes)) {
    if (wanted === name || wanted === entry.number || wanted === `${entry.number} ${name}`) return name as DeclineCode;
  }
  return undefined;
}
