import type { LinkFinding, LinkTerms } from '../../../src/domain/link-application.ts';
import { linkReceiptLines } from '../../../src/domain/link-receipt.ts';
import type { LinkParty, LinkRecord, LinkStanding } from '../../../src/domain/link-record.ts';
import { fen } from '../../../src/domain/money.ts';
import type { PromptId, PromptParams } from '../../../src/domain/prompt.ts';
import type {
  BindingAsks,
  BindingPersonView,
  BindingStageView,
  BindingView,
  DayEndView,
} from '../../../src/ipc/view.ts';

/** 2025-04-19 10:42 in China. */
const at = Date.UTC(2025, 3, 19, 2, 42);
const day = 86_400_000;

const provider: BindingPersonView = {
  maskedName: '王*芳',
  maskedCard: '****2290',
  maskedId: '****4421',
  insurance: 'employee',
  status: 'normal',
  area: '重庆市/渝中区',
  document: 'socialCard',
};
const beneficiary: BindingPersonView = {
  ...provider,
  maskedName: '李*兰',
  maskedCard: '****0417',
  maskedId: '****4431',
  insurance: 'resident',
  area: '重庆市/云阳县',
  document: null,
};
const far: BindingPersonView = {
  ...beneficiary,
  maskedName: '欧*贞',
  area: '新疆维吾尔自治区/巴音郭楞蒙古自治州',
  status: 'suspended',
};

const party = ({ maskedName, maskedCard, maskedId, insurance, area }: BindingPersonView): LinkParty => ({
  maskedName,
  maskedCard,
  maskedId,
  insurance,
  area,
});

const standing: LinkStanding = {
  linkId: 'L20240103000417',
  role: 'provider',
  other: party(beneficiary),
  relation: 'parent',
  since: at - 400 * day,
  until: null,
  obstacle: null,
  quotaLeft: null,
  channel: 'counter',
};
const manyStandings: readonly LinkStanding[] = [
  { ...standing, quotaLeft: fen(26_050) },
  {
    ...standing,
    linkId: 'L2',
    other: { ...party(far), maskedName: '王*国', maskedCard: '****7781' },
    relation: 'grandparent',
    since: at + day,
    until: at + 300 * day,
    obstacle: 'linkNotYetInForce',
    quotaLeft: fen(100_000),
  },
  {
    ...standing,
    linkId: 'L3',
    other: { ...party(far), maskedName: '欧*贞', maskedCard: '****1003' },
    relation: 'other',
    obstacle: 'relationNotAllowed',
  },
  {
    ...standing,
    linkId: 'L4',
    role: 'beneficiary',
    other: { ...party(provider), maskedName: '赵*', maskedCard: '****4003' },
    relation: 'spouse',
  },
  {
    ...standing,
    linkId: 'L5',
    role: 'beneficiary',
    other: { ...party(provider), maskedName: '周*英', maskedCard: '****4002' },
    relation: 'child',
    obstacle: 'areaNotOpen',
  },
];

const asks: BindingAsks = {
  documents: 'one_of_three',
  beneficiaryBy: ['swipe', 'cardNumber', 'residentId', 'evoucher'],
  relations: ['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'other'],
  consent: false,
  quota: false,
  until: false,
  pays: 'shortfall',
  minLinkDays: 0,
};
/** Everything that a profile may ask for. */
const asksAll: BindingAsks = {
  ...asks,
  relations: ['spouse', 'parent', 'child'],
  consent: true,
  quota: true,
  until: true,
  pays: 'quota',
  minLinkDays: 90,
};
const shenzhen: BindingAsks = {
  ...asks,
  documents: 'provider_card',
  beneficiaryBy: ['cardNumber'],
  pays: 'whenEmpty',
};

const terms: LinkTerms = {
  relation: 'parent',
  channel: 'hospital',
  documents: { provider: 'socialCard', beneficiary: 'idCard' },
  cautionTicked: true,
  beneficiaryConsents: true,
  quota: null,
  until: null,
};

const finding = (
  code: LinkFinding['code'],
  rule: LinkFinding['rule'],
  fact: LinkFinding['fact'],
  remedy: LinkFinding['remedy'],
): LinkFinding => ({ code, rule, fact, remedy });

const tooMany = finding(
  'PROVIDER_ALREADY_LINKED',
  'R4',
  { id: 'providerHasLinks', params: { count: '1', max: '1' } },
  { id: 'endOrChange', params: {} },
);
const findings: readonly LinkFinding[] = [
  finding(
    'DOC_MISSING',
    'R10',
    { id: 'documentNotShown', params: { role: 'beneficiary' } },
    { id: 'showDocument', params: { role: 'beneficiary' } },
  ),
  finding('CONSENT_MISSING', 'R28', { id: 'cautionNotTicked', params: {} }, { id: 'tickCaution', params: {} }),
  finding(
    'INSURANCE_NOT_NORMAL',
    'R3',
    { id: 'insuranceIs', params: { role: 'beneficiary', status: 'suspended' } },
    { id: 'restoreInsurance', params: { role: 'beneficiary' } },
  ),
  finding(
    'NOT_INSURED_HERE',
    'R2',
    {
      id: 'notSameCity',
      params: { providerArea: '重庆市/渝中区', beneficiaryArea: '新疆维吾尔自治区/巴音郭楞蒙古自治州' },
    },
    { id: 'moveToOneCity', params: {} },
  ),
  finding(
    'RELATION_NOT_ALLOWED',
    'R18',
    { id: 'relationOutside', params: { relation: 'other', set: 'near' } },
    { id: 'correctRelation', params: {} },
  ),
  tooMany,
  finding(
    'QUOTA_NOT_COVERED',
    'R75',
    { id: 'quotaAboveFree', params: { quota: '1000.00', free: '260.50' } },
    { id: 'lowerQuota', params: {} },
  ),
];

const record: LinkRecord = {
  recordId: 'R20250419000001',
  deed: 'linked',
  linkId: 'L20250419E85BEEC9',
  at,
  provider: party(provider),
  beneficiary: party(beneficiary),
  relation: 'parent',
  since: at,
  until: null,
  quota: null,
  profile: 'chongqing-2021',
  profileVersion: '8f14e45fceea167a',
  channel: 'hospital',
  documents: terms.documents,
  cautionTicked: true,
  beneficiaryConsents: true,
  institution: { code: 'P99000000001', name: '和平医院医保办(测试)' },
  terminal: 'T0000001',
  operator: '01',
  reason: null,
  replaces: null,
};

function binding(
  stage: BindingStageView,
  id: PromptId,
  rest: Partial<BindingView> & { params?: PromptParams } = {},
): BindingView {
  const { params = {}, ...change } = rest;
  return {
    stage,
    channel: 'counter',
    prompt: { id, params },
    notice: null,
    countdown: null,
    provider: null,
    beneficiary: null,
    task: null,
    taskLink: null,
    links: [],
    asks,
    terms: null,
    verdict: null,
    decline: null,
    record: null,
    receipt: null,
    confirm: null,
    cancellable: true,
    canGoBack: false,
    ...change,
  };
}

const minute = { totalMs: 120_000, remainingMs: 104_000 };
const both = { provider, beneficiary, task: 'link', canGoBack: true, countdown: minute } as const;

/** The binding desk at every stage, and in its widest and narrowest shapes. */
export const bindingViews: Readonly<Record<string, BindingView>> = {
  deskProvider: binding('awaitingProvider', 'bindingProvider', { countdown: minute }),
  deskProviderCard: binding('awaitingProvider', 'bindingProviderCard', { asks: shenzhen, countdown: minute }),
  deskProviderRefused: binding('awaitingProvider', 'bindingSetback', {
    params: { code: 'PERSON_NOT_FOUND' },
    notice: { id: 'bindingIdCheck', params: {} },
    countdown: minute,
  }),
  deskPinLocked: binding('awaitingProvider', 'bindingPinLocked', { countdown: minute }),
  deskReaderLost: binding('awaitingProvider', 'bindingReaderLost', { countdown: minute }),
  deskLookingUp: binding('lookingUpProvider', 'bindingLookingUp'),
  deskPin: binding('awaitingPin', 'bindingPin', {
    params: { length: '6' },
    provider,
    countdown: { totalMs: 30_000, remainingMs: 22_000 },
    canGoBack: true,
  }),
  deskAdmitting: binding('admitting', 'bindingAdmitting', { provider, cancellable: false }),
  deskEmpty: binding('desk', 'bindingDesk', { provider, countdown: minute }),
  deskOne: binding('desk', 'bindingDesk', { provider, links: [standing], countdown: minute }),
  deskMany: binding('desk', 'bindingDesk', { provider, links: manyStandings, asks: asksAll, countdown: minute }),
  deskBeneficiary: binding('awaitingBeneficiary', 'bindingBeneficiary', {
    provider,
    task: 'link',
    countdown: minute,
    canGoBack: true,
  }),
  deskBeneficiaryNumber: binding('awaitingBeneficiary', 'bindingBeneficiaryNumber', {
    provider,
    task: 'link',
    asks: shenzhen,
    countdown: { totalMs: 120_000, remainingMs: 8_000 },
    canGoBack: true,
  }),
  deskSamePerson: binding('awaitingBeneficiary', 'bindingSamePerson', {
    provider,
    task: 'change',
    taskLink: standing,
    countdown: minute,
    canGoBack: true,
  }),
  deskLookingUpOther: binding('lookingUpBeneficiary', 'bindingLookingUp', { provider, task: 'link' }),
  deskForm: binding('fillingIn', 'bindingFillIn', both),
  deskFormAll: binding('fillingIn', 'bindingFillIn', { ...both, asks: asksAll }),
  deskFormShenzhen: binding('fillingIn', 'bindingFillIn', { ...both, asks: shenzhen }),
  deskFormAgain: binding('fillingIn', 'bindingFillIn', {
    ...both,
    asks: asksAll,
    terms: { ...terms, quota: fen(30_000), until: Date.UTC(2026, 11, 31, 16) },
    notice: { id: 'bindingNotADay', params: {} },
  }),
  deskExplaining: binding('explaining', 'bindingExplaining', { ...both, terms }),
  deskAllowed: binding('reviewing', 'bindingAllowed', {
    ...both,
    terms,
    verdict: { findings: [], since: at, swappedWouldDo: false },
    confirm: 'link',
  }),
  deskAllowedAll: binding('reviewing', 'bindingAllowed', {
    ...both,
    task: 'change',
    taskLink: standing,
    asks: asksAll,
    terms: { ...terms, quota: fen(30_000), until: Date.UTC(2099, 11, 31, 16) },
    verdict: { findings: [], since: Date.UTC(2099, 0, 1), swappedWouldDo: false },
    confirm: 'link',
  }),
  deskRefusedOne: binding('reviewing', 'bindingNotAllowed', {
    ...both,
    terms,
    verdict: { findings: [tooMany], since: at, swappedWouldDo: true },
  }),
  deskRefusedMany: binding('reviewing', 'bindingNotAllowed', {
    ...both,
    beneficiary: far,
    asks: asksAll,
    terms,
    verdict: { findings, since: at, swappedWouldDo: true },
  }),
  deskLinking: binding('linking', 'bindingLinking', { ...both, canGoBack: false, cancellable: false, terms }),
  deskLinked: binding('linked', 'bindingLinked', {
    ...both,
    canGoBack: false,
    terms,
    record,
    receipt: linkReceiptLines(record, 'zh-CN'),
    confirm: 'finish',
    countdown: { totalMs: 30_000, remainingMs: 26_000 },
  }),
  deskReason: binding('givingReason', 'bindingReason', {
    provider,
    task: 'unlink',
    taskLink: { ...standing, quotaLeft: fen(26_050) },
    countdown: minute,
    canGoBack: true,
  }),
  deskUnlinking: binding('unlinking', 'bindingUnlinking', { provider, task: 'unlink', cancellable: false }),
  deskUnlinked: binding('unlinked', 'bindingUnlinked', {
    provider,
    task: 'unlink',
    record: { ...record, deed: 'ended', until: at, quota: fen(26_050), reason: '提供人要求' },
    receipt: linkReceiptLines(
      { ...record, deed: 'ended', until: at, quota: fen(26_050), reason: '提供人要求' },
      'zh-CN',
    ),
    confirm: 'finish',
    countdown: { totalMs: 30_000, remainingMs: 26_000 },
  }),
  deskUnclear: binding('unclear', 'bindingUnclear', {
    ...both,
    canGoBack: false,
    cancellable: false,
    confirm: 'retry',
    countdown: { totalMs: 8_000, remainingMs: 6_000 },
  }),
  deskRefused: binding('refused', 'bindingRefused', {
    params: { code: 'CARD_LOST' },
    provider,
    decline: { code: 'CARD_LOST', number: 'D02', triesLeft: null },
    confirm: 'finish',
    countdown: { totalMs: 15_000, remainingMs: 12_000 },
  }),
};

const totals = {
  records: 9,
  sales: 7,
  total: '3031.80',
  fund: '120.00',
  own: '1290.30',
  shared: '350.00',
  cash: '1271.50',
};
const dayEnd: DayEndView = {
  stage: 'shown',
  prompt: { id: 'dayEndBalanced', params: {} },
  day: '2025-04-19',
  balanced: true,
  terminal: totals,
  centre: totals,
  breaks: [],
  suspended: [],
  links: [record, { ...record, deed: 'ended' }],
  receipt: linkReceiptLines(record, 'zh-CN'),
};
const suspended: DayEndView['suspended'] = [
  {
    msgId: 'P99000000001202504191042000001',
    kind: 'settle',
    amount: fen(8000),
    time: '10:42',
    by: '88',
    reason: '中心长时间无应答; 客户已留电话',
  },
];

export const dayEndViews: Readonly<Record<string, DayEndView>> = {
  dayEndAsking: {
    ...dayEnd,
    stage: 'asking',
    prompt: { id: 'dayEndAsking', params: {} },
    balanced: false,
    terminal: null,
    centre: null,
    links: [],
    receipt: null,
  },
  dayEndBalanced: dayEnd,
  dayEndBroken: {
    ...dayEnd,
    prompt: { id: 'dayEndBroken', params: { count: '5' } },
    balanced: false,
    centre: { ...totals, records: 10, sales: 8, total: '3111.80', shared: '380.00' },
    suspended,
    breaks: [
      {
        kind: 'centreOnly',
        msgId: 'P99000000001202504191042000001',
        time: '10:42',
        terminal: null,
        centre: '80.00',
        suspended: true,
      },
      {
        kind: 'amount',
        msgId: 'P99000000001202504191027000002',
        time: '10:27',
        terminal: '-30.00',
        centre: '-80.00',
        suspended: false,
      },
      {
        kind: 'terminalOnly',
        msgId: 'P99000000001202504190958000003',
        time: '09:58',
        terminal: '1263.50',
        centre: null,
        suspended: false,
      },
      {
        kind: 'terminalOnly',
        msgId: 'P99000000001202504190941000004',
        time: '09:41',
        terminal: '80.00',
        centre: null,
        suspended: false,
      },
    ],
    links: [record, { ...record, deed: 'ended' }, { ...record, deed: 'dissolved' }, record, record],
  },
  dayEndBlocked: {
    ...dayEnd,
    stage: 'blocked',
    prompt: { id: 'dayEndBlocked', params: {} },
    balanced: false,
    terminal: null,
    centre: null,
    suspended,
    links: [],
    receipt: null,
  },
};
