import type { Language } from './prompt.ts';

/** Facts and remedies of what stands in the way of a wallet transfer. Amounts fill in as yuan, times as `HH:MM`. */
export const walletPhrases = {
  walletNotHere: { 'zh-CN': '本地没有医保钱包', en: 'There is no medical-insurance wallet here' },
  walletElsewhere: { 'zh-CN': '请按本地的共济办法办理', en: 'Share in the way that this place has' },
  walletSenderNotOpened: { 'zh-CN': '转出人未开通医保钱包', en: 'The sender has not opened the wallet' },
  walletReceiverNotOpened: { 'zh-CN': '收款人未开通医保钱包', en: 'The receiver has not opened the wallet' },
  walletOpenFirst: { 'zh-CN': '请先开通医保钱包；没有转账', en: 'Open the wallet first. Nothing was moved' },
  walletSenderStatus: { 'zh-CN': '转出人的参保状态不正常', en: "The sender's insurance is not in normal status" },
  walletStatusFirst: { 'zh-CN': '请先恢复参保；没有转账', en: 'Have the insurance put right first. Nothing was moved' },
  walletNotLinked: { 'zh-CN': '转出人没有与收款人建立共济关系', en: 'The sender is not linked to the receiver' },
  walletLinkNotYet: { 'zh-CN': '共济关系还没有生效', en: 'The link is not in force yet' },
  walletLinkNotHere: { 'zh-CN': '这条共济关系在本地不能使用', en: 'This link does not hold under the rules here' },
  walletLinkFirst: { 'zh-CN': '请先办理关联；没有转账', en: 'Make the link first. Nothing was moved' },
  walletNoAccount: { 'zh-CN': '转出人没有个人账户', en: 'The sender has no personal account' },
  walletNotFree: {
    'zh-CN': '可转余额 {free} 元，要转 {amount} 元',
    en: 'There are {free} yuan free, and {amount} were to be sent',
  },
  walletSendLess: { 'zh-CN': '请减少金额；没有转账', en: 'Send less. Nothing was moved' },
  walletNothing: { 'zh-CN': '转账金额必须大于零', en: 'The amount must be more than zero' },
  walletEnterAmount: { 'zh-CN': '请填写金额', en: 'Enter an amount' },
  walletOverOne: {
    'zh-CN': '每笔最多 {max} 元，要转 {amount} 元',
    en: 'One transfer may have {max} yuan, and {amount} were to be sent',
  },
  walletOverCount: {
    'zh-CN': '今天已转 {count} 笔，每天最多 {max} 笔',
    en: '{count} transfers were sent today, and {max} are allowed',
  },
  walletOverTotal: {
    'zh-CN': '今天已转 {sent} 元，再转 {amount} 元超过每天 {max} 元',
    en: '{sent} yuan were sent today; {amount} more are above the {max} of a day',
  },
  walletTomorrow: { 'zh-CN': '请明天再转；没有转账', en: 'Send it tomorrow. Nothing was moved' },
  walletClosedNow: { 'zh-CN': '{from} 至 {to} 不办理转账', en: 'No transfers from {from} to {to}' },
  walletFromThen: { 'zh-CN': '请在 {to} 以后再办；没有转账', en: 'Come back after {to}. Nothing was moved' },
  walletOneWaits: {
    'zh-CN': '上一笔转账 {amount} 元还没有接收',
    en: 'The transfer before it, {amount} yuan, has not been accepted yet',
  },
  walletUntilAccepted: {
    'zh-CN': '请等对方接收或退回；没有转账',
    en: 'Wait until it is accepted or has come back. Nothing was moved',
  },
  walletNotWaiting: { 'zh-CN': '这笔转账已接收或已退回', en: 'This transfer was accepted or has gone back already' },
  walletNotYours: { 'zh-CN': '没有这笔转账', en: 'There is no such transfer' },
  walletLookAgain: { 'zh-CN': '请刷新后查看；没有变动', en: 'Look at the list again. Nothing was changed' },
  walletNotReturnable: {
    'zh-CN': '本地规定，接收后的转账不能退回',
    en: 'Here a transfer that was accepted cannot go back',
  },
  walletReturnMax: {
    'zh-CN': '最多可退 {max} 元，要退 {amount} 元',
    en: 'At most {max} yuan can go back, and {amount} were to',
  },
  walletReturnLess: { 'zh-CN': '请减少金额；没有变动', en: 'Give back less. Nothing was changed' },
  walletSenderNoAccount: {
    'zh-CN': '转出人的个人账户已关闭，退不回去',
    en: "The sender's personal account is closed, so nothing can go back to it",
  },
  walletKeepIt: { 'zh-CN': '钱仍在医保钱包里，可用于看病买药', en: 'The money stays in the wallet and pays bills' },
  walletNotEmpty: { 'zh-CN': '医保钱包里还有 {balance} 元', en: 'There are {balance} yuan in the wallet' },
  walletTransfersWait: {
    'zh-CN': '还有 {count} 笔转账未接收',
    en: '{count} transfers have not been accepted yet',
  },
  walletEmptyFirst: {
    'zh-CN': '请用完或退回后再关闭；钱包没有变动',
    en: 'Use it up or give it back first. The wallet is as it was',
  },
} as const satisfies Record<string, Record<Language, string>>;
