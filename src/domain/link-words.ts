import type { DocumentKind, LinkChannel } from './link-application.ts';
import type { LinkReason, LinkReasonCode } from './link-record.ts';
import type { InsuranceKind, InsuranceStatus, Relation } from './person.ts';
import type { Language } from './prompt.ts';
import { walletPhrases } from './wallet-words.ts';

/** A sentence and what fills it, before it is put into words. */
export interface Phrase {
  readonly id: LinkPhraseId;
  /** Plain text, but for the names of `vocabularies`: those are looked up in the language of the sentence. */
  readonly params: Readonly<Record<string, string>>;
}

/** Who is who in a link: whose account pays, and who is treated or buys. */
export const roleWords = {
  'zh-CN': { provider: '提供人', beneficiary: '使用人' },
  en: { provider: 'provider', beneficiary: 'beneficiary' },
} as const satisfies Record<Language, Record<'provider' | 'beneficiary', string>>;

/** What the beneficiary is to the provider (R17, R18). */
export const relationWords = {
  'zh-CN': {
    spouse: '配偶',
    parent: '父母',
    child: '子女',
    sibling: '兄弟姐妹',
    grandparent: '祖父母、外祖父母',
    grandchild: '孙子女、外孙子女',
    other: '其他',
  },
  en: {
    spouse: 'spouse',
    parent: 'parent',
    child: 'child',
    sibling: 'sibling',
    grandparent: 'grandparent',
    grandchild: 'grandchild',
    other: 'other',
  },
} as const satisfies Record<Language, Record<Relation, string>>;

/** Where a link was made or ended; `self` = by itself. */
export const channelWords = {
  'zh-CN': { counter: '经办窗口', hospital: '医院医保办', phone: '手机', web: '个人网页', self: '系统自动' },
  en: { counter: 'Counter', hospital: 'Hospital office', phone: 'Phone', web: 'Web page', self: 'By itself' },
} as const satisfies Record<Language, Record<LinkChannel | 'self', string>>;

const linkReasonWords = {
  'zh-CN': {
    changed: '变更关联',
    terminated: '参保终止，自动解除',
    moved: '参保地变更，自动解除',
    insuranceChanged: '参保险种变更，自动解除',
    noLongerNeeded: '不再需要',
    changePerson: '更换使用人',
    relationEnded: '亲属关系变化',
    other: '其他',
  },
  en: {
    changed: 'Changed for another link',
    terminated: 'Insurance ended',
    moved: 'Moved to another area',
    insuranceChanged: 'Kind of insurance changed',
    noLongerNeeded: 'No longer needed',
    changePerson: 'For another relative',
    relationEnded: 'The relation has changed',
    other: 'Another reason',
  },
} as const satisfies Record<Language, Record<LinkReasonCode, string>>;

/** What somebody said stays as he said it. */
export function sayLinkReason(reason: LinkReason, language: Language): string {
  return typeof reason === 'string' ? reason : linkReasonWords[language][reason.code];
}

export const documentWords = {
  'zh-CN': { idCard: '居民身份证', socialCard: '社保卡', evoucher: '医保码' },
  en: { idCard: 'ID card', socialCard: 'social card', evoucher: 'code' },
} as const satisfies Record<Language, Record<DocumentKind, string>>;

export const insuranceWords = {
  'zh-CN': { employee: '职工医保', resident: '居民医保' },
  en: { employee: 'employee insurance', resident: 'resident insurance' },
} as const satisfies Record<Language, Record<InsuranceKind, string>>;

const statusWords = {
  'zh-CN': { normal: '正常', suspended: '暂停', terminated: '终止', arrears: '欠费' },
  en: { normal: 'normal', suspended: 'suspended', terminated: 'terminated', arrears: 'in arrears' },
} as const satisfies Record<Language, Record<InsuranceStatus, string>>;

/** The relation sets of the profiles, as the rules list them (R17, R18). */
const setWords = {
  'zh-CN': {
    immediate: '配偶、父母、子女',
    near: '配偶、父母、子女、兄弟姐妹、祖父母、外祖父母、孙子女、外孙子女',
  },
  en: {
    immediate: 'spouse, parents, children',
    near: 'spouse, parents, children, siblings, grandparents, grandchildren',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Parameters whose values are words of the rules, not text. */
const vocabularies: Readonly<Record<string, Record<Language, Readonly<Record<string, string>>>>> = {
  role: roleWords,
  relation: relationWords,
  insurance: insuranceWords,
  needed: insuranceWords,
  status: statusWords,
  set: setWords,
};

/** Facts and remedies of link findings. `{name}` marks a parameter. A fact says what is, a remedy what to do. */
const phrases = {
  ...walletPhrases,
  sameSelf: { 'zh-CN': '提供人和使用人是同一个人', en: 'Provider and beneficiary are the same person' },
  takeTheOther: { 'zh-CN': '请用另一位的卡或号码', en: "Use the other person's card or number" },
  documentNotShown: { 'zh-CN': '{role}未出示证件', en: 'The {role} has shown no document' },
  showDocument: {
    'zh-CN': '请出示{role}的身份证、社保卡或医保码，任选其一',
    en: "Show the {role}'s ID card, social card or code; one of them is enough",
  },
  providerCardNotSwiped: { 'zh-CN': '未刷提供人的社保卡', en: "The provider's social card was not swiped" },
  swipeProviderCard: {
    'zh-CN': '请刷提供人（付款一方）的社保卡',
    en: 'Swipe the social card of the provider, whose account pays',
  },
  cautionNotTicked: { 'zh-CN': '未确认告知书', en: 'The notice is not ticked' },
  tickCaution: { 'zh-CN': '请提供人阅读告知书并打勾', en: 'Let the provider read the notice and tick it' },
  beneficiaryNotAgreed: { 'zh-CN': '使用人未同意', en: 'The beneficiary has not agreed' },
  askBeneficiary: { 'zh-CN': '请使用人本人同意', en: 'Ask the beneficiary to agree' },
  insuranceIs: { 'zh-CN': '{role}参保状态：{status}', en: "The {role}'s insurance is {status}" },
  restoreInsurance: {
    'zh-CN': '请{role}先恢复正常参保',
    en: "Bring the {role}'s insurance back to normal first",
  },
  notSameCity: {
    'zh-CN': '双方须在同一城市参保：提供人在{providerArea}，使用人在{beneficiaryArea}',
    en: 'Both must be insured in one city: the provider is in {providerArea}, the beneficiary in {beneficiaryArea}',
  },
  moveToOneCity: {
    'zh-CN': '请把医保关系转到同一城市后再办理',
    en: 'Apply again when both are insured in one city',
  },
  wrongInsurance: {
    'zh-CN': '{role}参加{insurance}，按规定须参加{needed}',
    en: 'The {role} has {insurance}; the rules ask for {needed}',
  },
  takeAnotherProvider: {
    'zh-CN': '请由参加{needed}的亲属作提供人',
    en: 'Let a relative with {needed} be the provider',
  },
  changeInsuranceFirst: {
    'zh-CN': '请{role}参加{needed}后再办理',
    en: 'Apply again when the {role} has {needed}',
  },
  bothResident: {
    'zh-CN': '双方都参加居民医保，居民之间不能共济',
    en: 'Both have resident insurance, which cannot share with each other',
  },
  relationOutside: {
    'zh-CN': '关系“{relation}”不在规定范围内（{set}）',
    en: 'The relation "{relation}" is not among those allowed: {set}',
  },
  correctRelation: {
    'zh-CN': '关系选错请更正，否则不能关联',
    en: 'Correct the relation if it was chosen wrongly; else there is no way',
  },
  onlyWithinCity: {
    'zh-CN': '本地只在同一城市内共济，{providerArea}与{beneficiaryArea}之间未开通',
    en: 'Sharing is open within one city only, not between {providerArea} and {beneficiaryArea}',
  },
  onlyWithinProvince: {
    'zh-CN': '只在同一省内共济，{providerArea}与{beneficiaryArea}之间未开通',
    en: 'Sharing is open within one province only, not between {providerArea} and {beneficiaryArea}',
  },
  areaNotListed: {
    'zh-CN': '{role}参保地{area}不在已开通地区名单内',
    en: "The {role}'s area {area} is not on the list of areas opened",
  },
  waitForOpening: {
    'zh-CN': '请等当地开通，或咨询医保热线12393',
    en: 'Wait until it is opened, or ask the hotline 12393',
  },
  linkedAlready: { 'zh-CN': '这两人已有这项关联', en: 'These two have this link already' },
  nothingToDo: { 'zh-CN': '无需再办；要更改请办变更', en: 'Nothing needs doing; to change it, choose change' },
  providerHasLinks: {
    'zh-CN': '提供人已关联{count}人，上限{max}人',
    en: 'The provider is linked to {count} already, the limit is {max}',
  },
  endOrChange: {
    'zh-CN': '请先解除原关联，或办理变更',
    en: 'Cancel that link first, or change it in one go',
  },
  beneficiaryHasProviders: {
    'zh-CN': '使用人已被{count}人关联，上限{max}人',
    en: 'The beneficiary has {count} already, the limit is {max}',
  },
  otherProviderEnds: {
    'zh-CN': '请原提供人先解除关联',
    en: 'Let the present provider cancel his link first',
  },
  noEndHere: {
    'zh-CN': '关联长期有效，直到解除，不能填截止日期',
    en: 'A link lasts until it is cancelled and may have no end date',
  },
  leaveEndEmpty: { 'zh-CN': '请不填截止日期', en: 'Leave the end date empty' },
  endBeforeBeginning: {
    'zh-CN': '截止时间{until}不晚于生效时间{since}',
    en: 'The end {until} is not after the beginning {since}',
  },
  chooseLaterEnd: { 'zh-CN': '请填更晚的截止日期', en: 'Choose a later end date' },
  quotaAboveFree: {
    'zh-CN': '共济额度{quota}元，提供人账户可用{free}元',
    en: "The quota is {quota} yuan, the provider's account has {free} free",
  },
  /** The same for eyes that are not the provider's: no balance in it (R134). */
  quotaNotCovered: {
    'zh-CN': '共济额度超过提供人账户可用余额',
    en: "The quota is more than the provider's account has",
  },
  lowerQuota: { 'zh-CN': '请减少共济额度', en: 'Lower the quota' },
  providerHasNoAccount: {
    'zh-CN': '提供人没有个人账户，不能设共济额度',
    en: 'The provider has no personal account to set a quota aside from',
  },
  walletNotOpened: { 'zh-CN': '{role}未开通医保钱包', en: 'The {role} has not opened the wallet' },
  openWallet: { 'zh-CN': '请{role}先开通医保钱包', en: 'Let the {role} open the wallet first' },
  linkTooNew: {
    'zh-CN': '原关联未满最短期限，{from}起可解除',
    en: 'The present link is too new; it may be ended from {from}',
  },
  replacedIsGone: {
    'zh-CN': '要变更的关联不存在，或已解除',
    en: 'The link to be changed is not there, or has ended',
  },
  lookAtLinksAgain: { 'zh-CN': '请重新查看关联列表', en: 'Look at the list of links again' },
  comeBackLater: { 'zh-CN': '请在{from}以后再办理', en: 'Come back after {from}' },
} as const satisfies Record<string, Record<Language, string>>;

export type LinkPhraseId = keyof typeof phrases;

/** A phrase in words. A parameter that is not given stays visible as `{name}`, so that a test finds it. */
export function sayPhrase({ id, params }: Phrase, language: Language): string {
  return phrases[id][language].replace(/\{(\w+)\}/g, (mark, name: string) => {
    const value = params[name];
    if (value === undefined) return mark;
    const words = vocabularies[name]?.[language];
    return words !== undefined && Object.hasOwn(words, value) ? (words[value] ?? value) : value;
  });
}

/** The legal caution that the provider reads and ticks (R28). */
export const linkCaution = {
  'zh-CN':
    '社保卡里的余额属于个人所有，给家人使用时需确保符合要求，不得进行违法违规操作。具体操作方法还需根据当地而定。',
  en: 'The balance on the card is your own. When relatives use it, the rules must be kept and nothing unlawful done. The details differ from place to place.',
} as const satisfies Record<Language, string>;
