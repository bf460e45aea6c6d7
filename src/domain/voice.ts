import type { DeclineCode } from './decline-code.ts';
import { type Fen, formatYuan, parseYuan } from './money.ts';
import { type Language, type Prompt, type PromptId, promptText } from './prompt.ts';
import type { Settlement } from './settlement.ts';
import type { Undo } from './undo.ts';

const numerals = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'] as const;

/** The recordings that a real terminal's voice kit is seen to have (R139). */
export const clips = [
  ...numerals,
  '十',
  '百',
  '千',
  '万',
  '点',
  '分',
  '角',
  '元',
  '本次消费',
  '余额为',
  '余额不足',
  '无效卡',
  '消费失败',
  '请刷卡',
  '请重新刷卡',
  '欢迎使用',
] as const;
export type Clip = (typeof clips)[number];

/** A piece of speech: a recording, or a phrase that no recording was seen for and that must be synthesised. */
export type VoicePart =
  | { readonly kind: 'clip'; readonly clip: Clip }
  | { readonly kind: 'phrase'; readonly text: string };

/** A sentence of speech: parts spoken without a pause. */
export type VoiceSentence = readonly VoicePart[];

/** An amount as it is read aloud: `2050` fen is 二十点五元, `1` is 零点零一元. Source: R141. */
export function spokenAmount(amount: Fen): string {
  const [yuan = '0', decimals = ''] = formatYuan(amount).split('.');
  const tail = decimals.replace(/0+$/, '');
  // A number that begins with ten says 十, not 一十; inside a number it stays 一十.
  const whole = spokenInteger(Number(yuan)).replace(/^一十/, '十');
  return `${whole}${tail === '' ? '' : `点${spelled(tail)}`}元`;
}

function spokenInteger(value: number): string {
  if (value >= 100_000_000) return spokenAround(value, 100_000_000, '亿');
  if (value >= 10_000) return spokenAround(value, 10_000, '万');
  return value === 0 ? '零' : spokenGroup(value);
}

/** The part above the unit, the unit, and the part below it, after 零 when its leading place is empty. */
function spokenAround(value: number, size: number, unit: string): string {
  const upper = spokenInteger(Math.floor(value / size)) + unit;
  const lower = value % size;
  if (lower === 0) return upper;
  return upper + (lower < size / 10 ? '零' : '') + spokenInteger(lower);
}

/** 1 to 9999; zeros between two digits are one 零, zeros at the end are silent. */
function spokenGroup(value: number): string {
  const units = ['千', '百', '十', ''];
  const digits = String(value).padStart(4, '0');
  let text = '';
  for (const [at, digit] of [...digits].entries()) {
    text += digit === '0' ? '零' : spelled(digit) + units[at];
  }
  return text.replace(/零+/g, '零').replace(/^零|零$/g, '');
}

function spelled(digits: string): string {
  return [...digits].map((digit) => numerals[Number(digit)] ?? '').join('');
}

/** What is said aloud after a settled sale, as the recordings and phrases to play, sentence by sentence: the sum of the
 *  sale, the shared part, what is to be paid in cash, the customer's own balance. No provider's balance (R142).
 *  Source: R139, R141, R142; worked examples E2 (本次消费, 共济支付, 余额为) and E5 (余额不足, then cash). */
export function voiceSentences(settlement: Settlement): readonly VoiceSentence[] {
  const { split } = settlement;
  return [
    [clip('本次消费'), ...amountClips(split.total)],
    ...(split.shared > 0 ? [[phrase('共济支付'), ...amountClips(split.shared)]] : []),
    ...(split.cash > split.notEligible ? [[clip('余额不足')]] : []),
    ...(split.cash > 0 ? [[phrase('请付现金'), ...amountClips(split.cash)]] : []),
    [clip('余额为'), ...amountClips(settlement.ownAfter)],
  ];
}

/** The same as one line of text, for captions and for a synthesised voice. */
export function voiceText(settlement: Settlement, language: Language = 'zh-CN'): string {
  return language === 'en' ? englishText(settlement) : spokenLine(voiceSentences(settlement));
}

/** What is said aloud after money was given back: the sum, the cash to take or to pay, the customer's own balance. Of a
 *  reversal only that nothing stays charged: its sale was never announced, nor its cash asked for. No provider's balance
 *  (R142). Source: R139 (余额为), R141. */
export function undoVoiceSentences(undo: Undo): readonly VoiceSentence[] {
  const { returned, ownAfter } = undo;
  const balance: VoiceSentence = [clip('余额为'), ...amountClips(ownAfter)];
  if (undo.kind === 'reversal') return [[phrase('交易已冲正')], [phrase('未扣款')], balance];
  return [
    [phrase('退款'), ...amountClips(returned.total)],
    ...(returned.cash > 0 ? [[phrase('请取回现金'), ...amountClips(returned.cash)]] : []),
    ...(returned.cashDue > 0 ? [[phrase('请付现金'), ...amountClips(returned.cashDue)]] : []),
    balance,
  ];
}

/** The same as one line of text. */
export function undoVoiceText(undo: Undo, language: Language = 'zh-CN'): string {
  return language === 'en' ? englishUndoText(undo) : spokenLine(undoVoiceSentences(undo));
}

function spokenLine(sentences: readonly VoiceSentence[]): string {
  return sentences
    .map((sentence) => sentence.map((part) => (part.kind === 'clip' ? part.clip : part.text)).join(''))
    .join('，');
}

function englishText({ split, ownAfter }: Settlement): string {
  return [
    `Total ${formatYuan(split.total)} yuan`,
    ...(split.shared > 0 ? [`shared ${formatYuan(split.shared)} yuan`] : []),
    ...(split.cash > 0 ? [`please pay ${formatYuan(split.cash)} yuan in cash`] : []),
    `balance ${formatYuan(ownAfter)} yuan`,
  ].join(', ');
}

function englishUndoText({ kind, returned, ownAfter }: Undo): string {
  const balance = `balance ${formatYuan(ownAfter)} yuan`;
  if (kind === 'reversal') return `Reversed, nothing was charged, ${balance}`;
  return [
    `Refund ${formatYuan(returned.total)} yuan`,
    ...(returned.cash > 0 ? [`please take ${formatYuan(returned.cash)} yuan in cash`] : []),
    ...(returned.cashDue > 0 ? [`please pay ${formatYuan(returned.cashDue)} yuan in cash`] : []),
    balance,
  ].join(', ');
}

function clip(name: Clip): VoicePart {
  return { kind: 'clip', clip: name };
}

function phrase(text: string): VoicePart {
  return { kind: 'phrase', text };
}

function amountClips(amount: Fen): readonly VoicePart[] {
  return [...spokenAmount(amount)].map((character) => {
    const known = clips.find((name) => name === character);
    return known === undefined ? phrase(character) : clip(known);
  });
}

/** What is said with a prompt, in the words of the recordings (R139) and of kiosks (R140). */
const promptVoices: Partial<Record<PromptId, string>> = {
  ready: '欢迎使用',
  presentCard: '请刷卡',
  retryHalfRead: '请重新刷卡',
  retryNoise: '请重新刷卡',
  retryReversed: '请重新刷卡',
  retryTooLong: '请重新刷卡',
  retryBlankCard: '无效卡',
  retryNotACard: '无效卡',
  enterPin: '请输入{length}位社保卡密码，并按“确认”键',
  enterPinAgain: '密码错误',
  bindingProvider: '请刷卡',
  bindingProviderCard: '请刷卡',
  bindingBeneficiary: '请刷卡',
  bindingPin: '请输入{length}位社保卡密码，并按“确认”键',
  bindingPinAgain: '密码错误',
  takeReceipt: '请取走凭条',
  unknownToQuery: '正在向医保中心核实，请稍候，不会重复扣款',
  unknownToReverse: '正在向医保中心核实，请稍候，不会重复扣款',
  unknownReversing: '正在向医保中心核实，请稍候，不会重复扣款',
  unknownUndoToQuery: '退款正在核实，请稍候，钱不会少',
  notCharged: '未扣款',
  reversed: '交易已冲正，未扣款',
  suspended: '交易结果正在核实，请咨询店员',
  undoNotDone: '未退款',
  undone: '已退款',
  undoneWithCash: '已退款，请取回现金{cash}',
  undoneCashDue: '已退款，请付现金{cash}',
};

const englishUnknown = 'We are checking with the centre, please wait. You will not be charged twice';

/** English where the prompt's own sentence speaks to the clerk: what is said aloud is for the customer. */
const englishVoices: Partial<Record<PromptId, string>> = {
  ready: 'Welcome',
  presentCard: 'Please swipe or insert your card',
  enterPin: 'Please enter your {length}-digit PIN, then press OK',
  bindingProvider: 'Please swipe or insert your card',
  bindingProviderCard: 'Please swipe or insert your card',
  bindingBeneficiary: 'Please swipe or insert the card',
  bindingPin: 'Please enter your {length}-digit PIN, then press OK',
  unknownToQuery: englishUnknown,
  unknownToReverse: englishUnknown,
  unknownReversing: englishUnknown,
  unknownUndoToQuery: 'We are checking your refund, please wait. No money will be lost',
  notCharged: 'Nothing was charged',
  reversed: 'Reversed, nothing was charged',
  suspended: 'The outcome is being checked, please ask the clerk',
  undoNotDone: 'Nothing was given back',
  undoneWithCash: 'Your money was given back. Please take {cash} in cash',
  undoneCashDue: 'Your money was given back. Please pay {cash} in cash',
};

const declineVoices: Partial<Record<DeclineCode, string>> = {
  CARD_UNREADABLE: '请重新刷卡',
  CARD_LOST: '无效卡',
  CARD_CANCELLED: '无效卡',
  CARD_FAKE: '无效卡',
  CARD_SEALED: '无效卡',
  INSURANCE_NOT_NORMAL: '消费失败',
  PIN_WRONG: '密码错误',
  PIN_LOCKED: '消费失败',
};

/** What is said aloud with a prompt, null = nothing. In English it is the prompt's own
 *  sentence, unless that one speaks to the clerk. */
export function promptVoice(prompt: Prompt, language: Language = 'zh-CN'): string | null {
  const code = prompt.params.code;
  const text = prompt.id === 'declined' ? declineVoices[code as DeclineCode] : promptVoices[prompt.id];
  if (text === undefined) return null;
  const said = language === 'en' ? englishVoices[prompt.id] : text;
  if (said === undefined) return promptText(prompt, 'en');
  return said
    .replace('{length}', (whole) => prompt.params.length ?? whole)
    .replace('{cash}', (whole) => spokenCash(prompt.params.cash ?? whole, language));
}

/** Yuan as a prompt carries them, read aloud; what is no amount stays as it is. */
function spokenCash(yuan: string, language: Language): string {
  const read = parseYuan(yuan);
  if (!read.ok) return yuan;
  return language === 'en' ? `${formatYuan(read.fen)} yuan` : spokenAmount(read.fen);
}
