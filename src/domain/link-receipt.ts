import { chinaDateTime } from './china-time.ts';
import type { LinkDeed, LinkParty, LinkRecord } from './link-record.ts';
import {
  channelWords,
  documentWords,
  insuranceWords,
  linkCaution,
  relationWords,
  sayLinkReason,
} from './link-words.ts';
import { type Fen, formatYuan } from './money.ts';
import type { Language } from './prompt.ts';
import type { ReceiptLine } from './receipt.ts';

const titles = {
  'zh-CN': {
    linked: '医保个人账户关联确认单',
    changed: '医保个人账户关联变更确认单',
    ended: '医保个人账户关联解除确认单',
    dissolved: '医保个人账户关联自动解除单',
    quotaSet: '共济额度调整单',
  },
  en: {
    linked: 'Account link made',
    changed: 'Account link changed',
    ended: 'Account link cancelled',
    dissolved: 'Account link dissolved',
    quotaSet: 'Quota of a link changed',
  },
} as const satisfies Record<Language, Record<LinkDeed | 'changed', string>>;

const words = {
  'zh-CN': {
    test: '测试环境 模拟业务 不涉及真实资金',
    reprint: '重印',
    institution: '办理机构',
    institutionCode: '机构编号',
    terminal: '终端编号',
    operator: '经办人',
    self: '本人',
    channel: '办理渠道',
    linkId: '关联编号',
    recordId: '业务编号',
    replaces: '原关联编号',
    time: '办理时间',
    provider: '提供人（由其账户付款）',
    beneficiary: '使用人（看病买药）',
    name: '姓名',
    id: '身份证号',
    card: '社保卡号',
    insurance: '险种',
    area: '参保地',
    document: '出示证件',
    relation: '使用人是提供人的',
    since: '生效时间',
    until: '截止时间',
    endedAt: '解除生效',
    lasting: '长期有效',
    quota: '共济额度',
    quotaBack: '退还提供人额度',
    quotaBefore: '调整前额度',
    noQuota: '未设',
    profile: '执行规则',
    version: '规则版本',
    reason: '解除原因',
    caution: '已阅读并确认：',
    consent: '使用人已同意',
    past: '已结算的费用不受影响',
    signatureOfProvider: '提供人签名',
    signatureOfBeneficiary: '使用人签名',
  },
  en: {
    test: 'TEST: simulated, no real money',
    reprint: 'REPRINT',
    institution: 'Office',
    institutionCode: 'Office no.',
    terminal: 'Terminal',
    operator: 'Operator',
    self: 'in person',
    channel: 'Channel',
    linkId: 'Link no.',
    recordId: 'Record no.',
    replaces: 'Replaces link',
    time: 'Time',
    provider: 'PROVIDER: whose account pays',
    beneficiary: 'BENEFICIARY: who is treated',
    name: 'Name',
    id: 'ID number',
    card: 'Card number',
    insurance: 'Insurance',
    area: 'Area',
    document: 'Document',
    relation: "Provider's",
    since: 'From',
    until: 'Until',
    endedAt: 'Ends',
    lasting: 'cancelled',
    quota: 'Quota',
    quotaBack: 'Quota given back',
    quotaBefore: 'Quota before',
    noQuota: 'none',
    profile: 'Rules',
    version: 'Version',
    reason: 'Reason',
    caution: 'Read and agreed:',
    consent: 'The beneficiary has agreed',
    past: 'What was settled before stays',
    signatureOfProvider: 'Provider',
    signatureOfBeneficiary: 'Beneficiary',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** The slip that confirms what was done to a link: number, both people with their roles in words and by which document each
 *  was seen, what the link is and from when to when, under which rules; of a new one the notice that was ticked (R28).
 *  At a counter the provider signs, and the beneficiary where he had to agree. Names and numbers are masked (R137); what the
 *  provider's account has is nowhere (R134).
 *  Source: R7, R10, R12, R14, R22, R23, R28, R75. */
export function linkReceiptLines(
  record: LinkRecord,
  language: Language,
  options: { readonly reprint?: boolean } = {},
): readonly ReceiptLine[] {
  const say = words[language];
  const isNew = record.deed === 'linked';
  const goesOn = isNew || record.deed === 'quotaSet';
  const isAtCounter = record.channel === 'counter' || record.channel === 'hospital';
  const { institution } = record;
  return [
    ...(options.reprint === true ? [titleLine(say.reprint)] : []),
    titleLine(titles[language][isNew && record.replaces !== null ? 'changed' : record.deed]),
    note(say.test),
    rule,
    ...(institution === null
      ? []
      : [field(say.institution, institution.name), field(say.institutionCode, institution.code)]),
    ...(record.terminal === null ? [] : [field(say.terminal, record.terminal)]),
    ...(record.channel === null ? [] : [field(say.operator, isAtCounter ? record.operator : say.self)]),
    field(say.channel, channelWords[language][record.channel ?? 'self']),
    field(say.linkId, record.linkId),
    field(say.recordId, record.recordId),
    ...(record.replaces === null ? [] : [field(say.replaces, record.replaces)]),
    field(say.time, chinaDateTime(record.at)),
    rule,
    ...partyLines(record, 'provider', language),
    ...partyLines(record, 'beneficiary', language),
    rule,
    field(say.relation, relationWords[language][record.relation]),
    field(say.since, chinaDateTime(record.since)),
    field(goesOn ? say.until : say.endedAt, record.until === null ? say.lasting : chinaDateTime(record.until)),
    ...quotaLines(record, language),
    field(say.profile, record.profile),
    field(say.version, record.profileVersion),
    ...(record.reason === null ? [] : [field(say.reason, sayLinkReason(record.reason, language))]),
    rule,
    ...(isNew ? agreedLines(record, language) : [note(say.past)]),
    ...(isAtCounter ? [field(say.signatureOfProvider, '____________')] : []),
    ...(isAtCounter && isNew && record.beneficiaryConsents ? [field(say.signatureOfBeneficiary, '____________')] : []),
  ];
}

const rule: ReceiptLine = { kind: 'rule', label: '', value: '' };
const titleLine = (label: string): ReceiptLine => ({ kind: 'title', label, value: '' });
const field = (label: string, value: string): ReceiptLine => ({ kind: 'field', label, value });
const note = (label: string): ReceiptLine => ({ kind: 'note', label, value: '' });

function partyLines(record: LinkRecord, role: 'provider' | 'beneficiary', language: Language): readonly ReceiptLine[] {
  const say = words[language];
  const party: LinkParty = record[role];
  const document = record.documents[role];
  return [
    note(say[role]),
    field(say.name, party.maskedName),
    field(say.id, party.maskedId),
    field(say.card, party.maskedCard),
    field(say.insurance, insuranceWords[language][party.insurance]),
    field(say.area, party.area),
    ...(document === null ? [] : [field(say.document, documentWords[language][document])]),
  ];
}

function quotaLines({ deed, quota, quotaBefore }: LinkRecord, language: Language): readonly ReceiptLine[] {
  if (quota === null) return [];
  const say = words[language];
  const amount = (label: string, what: Fen): ReceiptLine => ({ kind: 'amount', label, value: formatYuan(what) });
  if (deed === 'ended' || deed === 'dissolved') return [amount(say.quotaBack, quota)];
  if (quotaBefore === undefined) return [amount(say.quota, quota)];
  const before = quotaBefore === null ? field(say.quotaBefore, say.noQuota) : amount(say.quotaBefore, quotaBefore);
  return [before, amount(say.quota, quota)];
}

function agreedLines(record: LinkRecord, language: Language): readonly ReceiptLine[] {
  const say = words[language];
  return [
    ...(record.cautionTicked ? [note(say.caution), note(linkCaution[language])] : []),
    ...(record.beneficiaryConsents ? [note(say.consent)] : []),
  ];
}
