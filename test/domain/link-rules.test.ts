import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadListedAreas, loadPolicyProfiles } from '../../src/app/policy-profiles.ts';
import { declineCodes } from '../../src/domain/decline-code.ts';
import { documentKinds, type LinkVerdict, linkChannels } from '../../src/domain/link-application.ts';
import {
  allowedRelations,
  effectiveAt,
  endableFrom,
  inPrecedence,
  judgeLink,
  type LinkCase,
  quotaFindings,
  tooNewFinding,
  withoutBalance,
} from '../../src/domain/link-rules.ts';
import { linkObstacle } from '../../src/domain/link-standing.ts';
import { sayPhrase } from '../../src/domain/link-words.ts';
import { fen } from '../../src/domain/money.ts';
import { insuranceKinds, insuranceStatuses, relations } from '../../src/domain/person.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { languages } from '../../src/domain/prompt.ts';
import { linkCase, now, type Said } from './link-case.ts';

const profiles = loadPolicyProfiles(readFixture('policy-profiles.yaml'), 'policy-profiles.yaml');
const listed = loadListedAreas(readFixture('cross-province-areas.yaml'));
const names = [...profiles.keys()];
const minuteMs = 60_000;

function profile(name: string, changes: Partial<PolicyProfile> = {}): PolicyProfile {
  const found = profiles.get(name);
  if (!found) throw new Error(`no profile ${name}`);
  return { ...found, ...changes };
}

function judged(said: Said, rules: PolicyProfile): LinkVerdict {
  return judgeLink(linkCase(said), rules, listed);
}

/** The findings as `CODE rule`, in order. */
function told(said: Said, rules: PolicyProfile): readonly string[] {
  return judged(said, rules).findings.map(({ code, rule }) => `${code} ${rule}`);
}

const except = (...left: readonly string[]) => names.filter((name) => !left.includes(name));
const cq2021 = ['chongqing-2021'];
const oneToOne = ['chongqing-2021', 'chongqing-2022'];
const oneProvider = [...oneToOne, 'chongqing-2025'];
const employeesOnly = except(...oneToOne);
const immediate = ['chongqing-2022', 'national-2021', 'shenzhen-2019', 'shenzhen-2023'];
const near = ['chongqing-2025', 'national-2024', 'wallet-2024', 'wallet-2025', 'national-2026'];
const sameCity = [...oneProvider, 'national-2021', 'shenzhen-2019', 'shenzhen-2023'];
const byList = ['wallet-2024', 'wallet-2025'];
const byCard = ['shenzhen-2019', 'shenzhen-2023'];
const quotaModel = ['national-2026'];

/** What each rule says under each profile, worked out by hand: the profiles that refuse, and with which codes and rules, in
 *  their order. A profile that is in no list allows the link. */
const table: readonly { it: string; said: Said; refused: readonly (readonly [string, readonly string[]])[] }[] = [
  { it: 'a parent of a child, both employees of one listed city: allowed everywhere', said: {}, refused: [] },
  {
    it: 'R25 oneself, and nothing else is told of it',
    said: {
      provider: { person: 'mother', status: 'suspended' },
      terms: { cautionTicked: false },
      open: [['mother', 'father']],
    },
    refused: [['SELF_LINK R25', names]],
  },
  {
    it: 'R10 nothing shown of either: two findings where documents are asked, R20 the provider’s card where it is the document',
    said: { terms: { documents: { provider: null, beneficiary: null } } },
    refused: [
      ['DOC_MISSING R10, DOC_MISSING R10', except(...byCard)],
      ['DOC_MISSING R20', byCard],
    ],
  },
  {
    it: 'R10 nothing shown of the beneficiary; R20 his documents are not asked where the provider’s card is enough',
    said: { terms: { documents: { provider: 'socialCard', beneficiary: null } } },
    refused: [['DOC_MISSING R10', except(...byCard)]],
  },
  {
    it: 'R10 any one of three is enough; R20 another paper is not the provider’s card',
    said: { terms: { documents: { provider: 'evoucher', beneficiary: 'idCard' } } },
    refused: [['DOC_MISSING R20', byCard]],
  },
  {
    it: 'R10 the hospital’s office asks as the counter does',
    said: { terms: { channel: 'hospital', documents: { provider: null, beneficiary: 'idCard' } } },
    refused: [
      ['DOC_MISSING R10', except(...byCard)],
      ['DOC_MISSING R20', byCard],
    ],
  },
  {
    it: 'R9 nobody shows a document on the telephone',
    said: { terms: { channel: 'phone', documents: { provider: null, beneficiary: null } } },
    refused: [],
  },
  {
    it: 'R19 nor on the web page',
    said: { terms: { channel: 'web', documents: { provider: null, beneficiary: null } } },
    refused: [],
  },
  {
    it: 'R28 the notice not ticked',
    said: { terms: { cautionTicked: false } },
    refused: [['CONSENT_MISSING R28', names]],
  },
  {
    it: 'R12 the beneficiary does not agree: only where he is asked',
    said: { terms: { beneficiaryConsents: false } },
    refused: [['CONSENT_MISSING R12', ['national-2026']]],
  },
  {
    it: 'R12, R28 neither',
    said: { terms: { cautionTicked: false, beneficiaryConsents: false } },
    refused: [
      ['CONSENT_MISSING R28', except('national-2026')],
      ['CONSENT_MISSING R28, CONSENT_MISSING R12', ['national-2026']],
    ],
  },
  {
    it: 'R3 the provider’s insurance is suspended',
    said: { provider: { status: 'suspended' } },
    refused: [['INSURANCE_NOT_NORMAL R3', names]],
  },
  {
    it: 'R3 the beneficiary is in arrears',
    said: { beneficiary: { status: 'arrears' } },
    refused: [['INSURANCE_NOT_NORMAL R3', names]],
  },
  {
    it: 'R3 both have ended: each is told',
    said: { provider: { status: 'terminated' }, beneficiary: { status: 'terminated' } },
    refused: [['INSURANCE_NOT_NORMAL R3, INSURANCE_NOT_NORMAL R3', names]],
  },
  {
    it: 'R15 a resident provides for an employee',
    said: { provider: { insurance: 'resident' } },
    refused: [['NOT_INSURED_HERE R15', employeesOnly]],
  },
  {
    it: 'R15 a resident provides for a resident: Chongqing 2022 forbids that too',
    said: { provider: { insurance: 'resident' }, beneficiary: { insurance: 'resident' } },
    refused: [['NOT_INSURED_HERE R15', except(...cq2021)]],
  },
  { it: 'R16 an employee provides for a resident', said: { beneficiary: { insurance: 'resident' } }, refused: [] },
  {
    it: 'R17 a sibling',
    said: { terms: { relation: 'sibling' } },
    refused: [['RELATION_NOT_ALLOWED R17', immediate]],
  },
  {
    it: 'R17 a grandparent',
    said: { terms: { relation: 'grandparent' } },
    refused: [['RELATION_NOT_ALLOWED R17', immediate]],
  },
  {
    it: 'R17 a grandchild',
    said: { terms: { relation: 'grandchild' } },
    refused: [['RELATION_NOT_ALLOWED R17', immediate]],
  },
  { it: 'R17 a spouse', said: { terms: { relation: 'spouse' } }, refused: [] },
  { it: 'R17 a child', said: { terms: { relation: 'child' } }, refused: [] },
  {
    it: 'R18 somebody else',
    said: { terms: { relation: 'other' } },
    refused: [
      ['RELATION_NOT_ALLOWED R17', immediate],
      ['RELATION_NOT_ALLOWED R18', near],
    ],
  },
  {
    it: 'R64, R68 two districts of Chongqing are one city, of which only 云阳县 is listed',
    said: { beneficiary: { area: '重庆市/渝中区' } },
    refused: [['AREA_NOT_OPEN R66', byList]],
  },
  {
    it: 'R2, R64, R65 two listed cities of one province',
    said: { provider: { area: '四川省/成都市' }, beneficiary: { area: '四川省/广安市' } },
    refused: [['NOT_INSURED_HERE R2, AREA_NOT_OPEN R64', sameCity]],
  },
  {
    it: 'R2, R65, R66 two listed areas of two provinces',
    said: { provider: { area: '四川省/成都市' }, beneficiary: { area: '江苏省/苏州市' } },
    refused: [
      ['NOT_INSURED_HERE R2, AREA_NOT_OPEN R64', sameCity],
      ['AREA_NOT_OPEN R65', ['national-2024']],
    ],
  },
  {
    it: 'R66 an area of another province that is not listed',
    said: { provider: { area: '江苏省/南京市' }, beneficiary: { area: '四川省/成都市' } },
    refused: [
      ['NOT_INSURED_HERE R2, AREA_NOT_OPEN R64', sameCity],
      ['AREA_NOT_OPEN R65', ['national-2024']],
      ['AREA_NOT_OPEN R66', byList],
    ],
  },
  {
    it: 'R66 neither area is listed: each is told, though they are one city',
    said: { provider: { area: '重庆市/渝中区' }, beneficiary: { area: '重庆市/渝中区' } },
    refused: [['AREA_NOT_OPEN R66, AREA_NOT_OPEN R66', byList]],
  },
  {
    it: 'R67 省本级 is an area of its own, not the city around it',
    said: { provider: { area: '四川省/省本级' }, beneficiary: { area: '四川省/成都市' } },
    refused: [['NOT_INSURED_HERE R2, AREA_NOT_OPEN R64', sameCity]],
  },
  {
    it: 'R67 省本级 does not stand for an unlisted city of its province',
    said: { provider: { area: '四川省/省本级' }, beneficiary: { area: '四川省/绵阳市' } },
    refused: [
      ['NOT_INSURED_HERE R2, AREA_NOT_OPEN R64', sameCity],
      ['AREA_NOT_OPEN R66', byList],
    ],
  },
  {
    it: 'R25 the same link again: it exists, and is no second one',
    said: { open: [['daughter', 'mother']] },
    refused: [['LINK_EXISTS R25', names]],
  },
  {
    it: 'R25 the same link the other way round is another link',
    said: { open: [['mother', 'daughter']] },
    refused: [],
  },
  {
    it: 'R25 links are not transitive: what the beneficiary lends and the provider borrows counts for neither',
    said: {
      open: [
        ['mother', 'aunt'],
        ['father', 'daughter'],
      ],
    },
    refused: [],
  },
  {
    it: 'R4, E12 the provider has another beneficiary',
    said: { open: [['daughter', 'father']] },
    refused: [['PROVIDER_ALREADY_LINKED R4', oneToOne]],
  },
  {
    it: 'R5, R6, E14 the beneficiary has another provider',
    said: { open: [['son', 'mother']] },
    refused: [
      ['BENEFICIARY_ALREADY_LINKED R5', oneToOne],
      ['BENEFICIARY_ALREADY_LINKED R6', ['chongqing-2025']],
    ],
  },
  {
    it: 'R4, R5, R24 both have others',
    said: {
      open: [
        ['son', 'mother'],
        ['daughter', 'father'],
        ['daughter', 'aunt'],
      ],
    },
    refused: [
      ['PROVIDER_ALREADY_LINKED R4, BENEFICIARY_ALREADY_LINKED R5', oneToOne],
      ['BENEFICIARY_ALREADY_LINKED R6', ['chongqing-2025']],
    ],
  },
  {
    it: 'R7 an end date: no profile has one',
    said: { terms: { until: now + minuteMs } },
    refused: [['LINK_TERM_NOT_ALLOWED R7', names]],
  },
  {
    it: 'R75 a quota above what the provider has free: only where quotas are set aside',
    said: { terms: { quota: fen(100_001) } },
    refused: [['QUOTA_NOT_COVERED R75', quotaModel]],
  },
  { it: 'R75 a quota of all that is free', said: { terms: { quota: fen(100_000) } }, refused: [] },
  {
    it: 'R75 a quota from somebody without a personal account',
    said: { provider: { free: null }, terms: { quota: fen(1) } },
    refused: [['QUOTA_NOT_COVERED R75', quotaModel]],
  },
  { it: 'R75 no quota: it may be set later', said: { provider: { free: fen(0) } }, refused: [] },
  {
    it: 'R72 the beneficiary has not opened the wallet',
    said: { beneficiary: { walletOpened: false } },
    refused: [['WALLET_NOT_OPENED R72', byList]],
  },
  {
    it: 'R72 nobody has',
    said: { provider: { walletOpened: false }, beneficiary: { walletOpened: false } },
    refused: [['WALLET_NOT_OPENED R72, WALLET_NOT_OPENED R72', byList]],
  },
];

describe.each(table)('$it', ({ said, refused }) => {
  it.each(names)('%s', (name) => {
    const expected = refused.filter(([, by]) => by.includes(name)).flatMap(([codes]) => codes.split(', '));
    expect(told(said, profile(name))).toEqual(expected);
  });
});

it('every rule that fails is told at once, in the order of the codes', () => {
  const said: Said = {
    provider: { insurance: 'resident', status: 'arrears', area: '四川省/成都市' },
    beneficiary: { status: 'suspended' },
    terms: {
      relation: 'other',
      documents: { provider: null, beneficiary: null },
      cautionTicked: false,
      beneficiaryConsents: false,
      until: now,
      quota: fen(100_001),
    },
    open: [
      ['daughter', 'mother'],
      ['daughter', 'father'],
      ['son', 'mother'],
    ],
  };
  const strict = profile('chongqing-2022', {
    providerInsurance: ['employee'],
    beneficiaryConsent: true,
    fundModel: 'quota_hold',
  });
  expect(told(said, strict)).toEqual([
    'DOC_MISSING R10',
    'DOC_MISSING R10',
    'CONSENT_MISSING R28',
    'CONSENT_MISSING R12',
    'INSURANCE_NOT_NORMAL R3',
    'INSURANCE_NOT_NORMAL R3',
    'NOT_INSURED_HERE R15',
    'NOT_INSURED_HERE R2',
    'RELATION_NOT_ALLOWED R17',
    'AREA_NOT_OPEN R64',
    'LINK_EXISTS R25',
    'PROVIDER_ALREADY_LINKED R4',
    'BENEFICIARY_ALREADY_LINKED R5',
    'LINK_TERM_NOT_ALLOWED R7',
    'QUOTA_NOT_COVERED R75',
  ]);
});

describe('knobs that no shipped profile has', () => {
  it('R16 only employees may use: a resident is refused, and the provider’s kind is another matter', () => {
    const rules = profile('national-2021', { beneficiaryInsurance: ['employee'] });
    expect(told({ beneficiary: { insurance: 'resident' } }, rules)).toEqual(['NOT_INSURED_HERE R16']);
    const bothWrong = { provider: { insurance: 'resident' }, beneficiary: { insurance: 'resident' } } as const;
    expect(told(bothWrong, profile('national-2021', { ...rules, forbidResidentResident: true }))).toEqual([
      'NOT_INSURED_HERE R15',
      'NOT_INSURED_HERE R16',
    ]);
  });

  it.each([
    [1, [], []],
    [2, [['daughter', 'a']], []],
    [
      2,
      [
        ['daughter', 'a'],
        ['daughter', 'b'],
      ],
      ['PROVIDER_ALREADY_LINKED R4'],
    ],
    [
      2,
      [
        ['daughter', 'a'],
        ['daughter', 'mother'],
      ],
      ['LINK_EXISTS R25'],
    ],
    [
      3,
      [
        ['daughter', 'a'],
        ['daughter', 'b'],
      ],
      [],
    ],
    // Two links to the same person, one to come and one that runs out, are one person.
    [
      2,
      [
        ['daughter', 'a'],
        ['daughter', 'a'],
      ],
      [],
    ],
    // Beyond the limit already, by links that came with the register.
    [
      1,
      [
        ['daughter', 'a'],
        ['daughter', 'b'],
      ],
      ['PROVIDER_ALREADY_LINKED R4'],
    ],
  ] as const)('R4 at most %j beneficiaries, with %j on record', (max, open, codes) => {
    expect(told({ open }, profile('national-2021', { maxBeneficiariesPerProvider: max }))).toEqual(codes);
  });

  it.each([
    [2, [['son', 'mother']], []],
    [
      2,
      [
        ['son', 'mother'],
        ['aunt', 'mother'],
      ],
      ['BENEFICIARY_ALREADY_LINKED R6'],
    ],
  ] as const)('R5, R6 at most %j providers, with %j on record', (max, open, codes) => {
    expect(told({ open }, profile('national-2021', { maxProvidersPerBeneficiary: max }))).toEqual(codes);
  });

  it('R7 where links may end: an end after the beginning, to the millisecond', () => {
    const rules = profile('national-2021', { linkExpiry: 'date' });
    expect(told({}, rules)).toEqual([]);
    expect(told({ terms: { until: now + 1 } }, rules)).toEqual([]);
    expect(told({ terms: { until: now } }, rules)).toEqual(['LINK_TERM_NOT_ALLOWED R7']);
    const nextDay = profile('national-2021', { linkExpiry: 'date', linkEffect: 'next_day' });
    const midnight = Date.parse('2025-04-20T00:00:00+08:00');
    expect(told({ terms: { until: midnight } }, nextDay)).toEqual(['LINK_TERM_NOT_ALLOWED R7']);
    expect(told({ terms: { until: midnight + 1 } }, nextDay)).toEqual([]);
  });
});

describe('from when it counts (R14, R22)', () => {
  const midnight = Date.parse('2025-04-20T00:00:00+08:00');

  it('at once, or with the next day in China', () => {
    expect(judged({}, profile('national-2021')).since).toBe(now);
    expect(judged({}, profile('national-2021', { linkEffect: 'next_day' })).since).toBe(midnight);
  });

  it('never while the link that it replaces still counts', () => {
    expect(judged({ replacedUntil: midnight }, profile('national-2021')).since).toBe(midnight);
    expect(judged({ replacedUntil: now }, profile('national-2021', { linkEffect: 'next_day' })).since).toBe(midnight);
  });

  it.each([
    ['2025-04-19T00:00:00+08:00', '2025-04-20T00:00:00+08:00'],
    ['2025-04-19T23:59:59.999+08:00', '2025-04-20T00:00:00+08:00'],
    ['2025-12-31T12:00:00+08:00', '2026-01-01T00:00:00+08:00'],
    ['2024-02-28T18:00:00Z', '2024-03-01T00:00:00+08:00'],
  ])('the next day of %s begins at %s', (at, then) => {
    expect(effectiveAt('next_day', Date.parse(at))).toBe(Date.parse(then));
    expect(effectiveAt('immediate', Date.parse(at))).toBe(Date.parse(at));
  });

  it('a link may be ended once its least time is over, and not a moment before', () => {
    const rules = profile('national-2021', { minLinkDays: 90 });
    const over = now + 90 * 24 * 60 * minuteMs;
    expect(endableFrom(now, now, profile('national-2021'))).toBeNull();
    expect(endableFrom(now + 1, now, profile('national-2021'))).toBeNull();
    expect(endableFrom(now, over - 1, rules)).toBe(over);
    expect(endableFrom(now, over, rules)).toBeNull();
    expect(sayPhrase(tooNewFinding(over).fact, 'zh-CN')).toContain('2025-07-18 10:00:00');
  });
});

describe('swapped roles (R20)', () => {
  const swapped: Said = { provider: { insurance: 'resident' }, terms: { relation: 'child' } };

  it('a link that would do the other way round says so', () => {
    const verdict = judged(swapped, profile('national-2021'));
    expect(verdict.findings.map(({ code }) => code)).toEqual(['NOT_INSURED_HERE']);
    expect(verdict.swappedWouldDo).toBe(true);
  });

  it('not where it is allowed as it is, would not do either way, or is a self-link', () => {
    expect(judged({}, profile('national-2021')).swappedWouldDo).toBe(false);
    expect(judged({ ...swapped, terms: { cautionTicked: false } }, profile('national-2021')).swappedWouldDo).toBe(
      false,
    );
    expect(judged({ provider: { person: 'mother' } }, profile('national-2021')).swappedWouldDo).toBe(false);
  });

  it('where the provider’s card is the document, the card that was swiped does not stand in the way', () => {
    const byCardSaid: Said = {
      ...swapped,
      terms: { relation: 'child', documents: { provider: 'socialCard', beneficiary: null } },
    };
    expect(judged(byCardSaid, profile('shenzhen-2023')).swappedWouldDo).toBe(true);
    expect(judged(byCardSaid, profile('national-2021')).swappedWouldDo).toBe(false);
  });

  it('not for a link that is there already, nor for a quota that is too high', () => {
    expect(judged({ open: [['daughter', 'mother']] }, profile('national-2021')).swappedWouldDo).toBe(false);
    const tooMuch = { terms: { quota: fen(100_001) } };
    expect(judged(tooMuch, profile('national-2026')).swappedWouldDo).toBe(false);
    const noAccount: Said = { ...swapped, provider: { insurance: 'resident', free: null } };
    const asked = { ...noAccount, terms: { relation: 'child', quota: fen(1) } } as const;
    expect(judged(asked, profile('national-2026')).swappedWouldDo).toBe(true);
  });

  it('limits are those of the exchanged roles', () => {
    const rules = profile('chongqing-2025');
    const taken = judged({ ...swapped, open: [['aunt', 'daughter']] }, rules);
    expect(taken.swappedWouldDo).toBe(false);
  });
});

describe('what is told', () => {
  it('facts carry the numbers that failed', () => {
    const { findings } = judged({ open: [['daughter', 'father']] }, profile('chongqing-2021'));
    expect(findings.map(({ fact }) => sayPhrase(fact, 'zh-CN'))).toEqual(['提供人已关联1人，上限1人']);
    const quota = judged({ terms: { quota: fen(100_001) } }, profile('national-2026')).findings[0];
    expect(quota && sayPhrase(quota.fact, 'en')).toBe(
      "The quota is 1000.01 yuan, the provider's account has 1000.00 free",
    );
  });

  it('R134 what the provider has free is for his eyes only', () => {
    const verdict = judged({ terms: { quota: fen(100_001) } }, profile('national-2026'));
    expect(JSON.stringify(verdict)).toContain('1000.00');
    const told = withoutBalance(verdict);
    expect(JSON.stringify(told)).not.toContain('1000.0');
    expect(told.findings.map(({ code }) => code)).toEqual(['QUOTA_NOT_COVERED']);
  });

  it('R75 a quota is judged alike when it is changed later', () => {
    expect(quotaFindings(fen(300), fen(300))).toEqual([]);
    expect(quotaFindings(fen(301), fen(300)).map(({ rule }) => rule)).toEqual(['R75']);
    expect(quotaFindings(fen(0), null)).toEqual([]);
  });

  it('R17, R18 the form lists the relations that are allowed', () => {
    expect(allowedRelations(profile('chongqing-2021'))).toEqual(relations);
    expect(allowedRelations(profile('chongqing-2022'))).toEqual(['spouse', 'parent', 'child']);
    expect(allowedRelations(profile('national-2026'))).toEqual(relations.filter((relation) => relation !== 'other'));
  });
});

const anyArea = fc.constantFrom('重庆市/云阳县', '重庆市/渝中区', '四川省/成都市', '四川省/绵阳市', '江苏省/苏州市');
const anySide = (person: fc.Arbitrary<string>) =>
  fc.record({
    person,
    insurance: fc.constantFrom(...insuranceKinds),
    status: fc.constantFrom(...insuranceStatuses),
    area: anyArea,
    walletOpened: fc.boolean(),
  });
const somebody = fc.constantFrom('daughter', 'mother', 'father');
const anyDocument = fc.option(fc.constantFrom(...documentKinds), { nil: null });
const anyCase: fc.Arbitrary<LinkCase> = fc.record({
  provider: fc
    .tuple(anySide(somebody), fc.option(fc.nat(2000).map(fen), { nil: null }))
    .map(([side, free]) => ({ ...side, free })),
  beneficiary: anySide(somebody),
  terms: fc.record({
    relation: fc.constantFrom(...relations),
    channel: fc.constantFrom(...linkChannels),
    documents: fc.record({ provider: anyDocument, beneficiary: anyDocument }),
    cautionTicked: fc.boolean(),
    beneficiaryConsents: fc.boolean(),
    quota: fc.option(fc.nat(2000).map(fen), { nil: null }),
    until: fc.option(fc.integer({ min: now - 10, max: now + 10 }), { nil: null }),
  }),
  open: fc.array(fc.record({ provider: somebody, beneficiary: somebody }), { maxLength: 4 }),
  replacedUntil: fc.option(fc.integer({ min: now, max: now + 100 }), { nil: null }),
  now: fc.constant(now),
});
/** A case that is sound but for a few things, so that many are allowed. */
const nearlySound: fc.Arbitrary<LinkCase> = fc
  .tuple(
    anyCase,
    fc.subarray(['insurance', 'status', 'area', 'walletOpened', 'free'] as const, { maxLength: 2 }),
    fc.subarray(['insurance', 'status', 'area', 'walletOpened'] as const, { maxLength: 2 }),
    fc.subarray(['relation', 'channel', 'documents', 'quota', 'until'] as const, { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([any, ofProvider, ofBeneficiary, ofTerms, withOthers]) => {
    const sound = linkCase();
    const taken = <T extends object>(from: T, keys: readonly (keyof T)[]) =>
      Object.fromEntries(keys.map((key) => [key, from[key]])) as Partial<T>;
    return {
      ...sound,
      provider: { ...sound.provider, ...taken(any.provider, ofProvider) },
      beneficiary: { ...sound.beneficiary, ...taken(any.beneficiary, ofBeneficiary) },
      terms: { ...sound.terms, ...taken(any.terms, ofTerms) },
      open: withOthers ? any.open : [],
      replacedUntil: any.replacedUntil,
    };
  });
const anyProfile = fc
  .record({
    base: fc.constantFrom(...names),
    linkExpiry: fc.constantFrom('date' as const, null),
    linkEffect: fc.constantFrom('immediate' as const, 'next_day' as const),
    maxBeneficiariesPerProvider: fc.constantFrom(null, 1, 2),
    maxProvidersPerBeneficiary: fc.constantFrom(null, 1, 2),
  })
  .map(({ base, ...changes }) => profile(base, changes));

describe('properties', () => {
  it('findings are in the order of the codes, none twice, and a link is refused exactly when there is one', () => {
    const order = Object.keys(declineCodes);
    fc.assert(
      fc.property(anyCase, anyProfile, (c, rules) => {
        const { findings, since } = judgeLink(c, rules, listed);
        expect(inPrecedence(findings)).toEqual(findings);
        const places = findings.map(({ code }) => order.indexOf(code));
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(new Set(findings.map((told) => JSON.stringify(told))).size).toBe(findings.length);
        expect(since).toBeGreaterThanOrEqual(Math.max(c.now, c.replacedUntil ?? c.now));
      }),
    );
  });

  it('what is allowed gives money when it counts: the rules of payment have no obstacle to it', () => {
    fc.assert(
      fc.property(nearlySound, anyProfile, (c, rules) => {
        const { findings, since } = judgeLink(c, rules, listed);
        fc.pre(findings.length === 0);
        const facts = {
          linkId: 'l',
          provider: c.provider.person,
          beneficiary: c.beneficiary.person,
          relation: c.terms.relation,
          since,
          until: c.terms.until,
          providerInsurance: c.provider.insurance,
          beneficiaryInsurance: c.beneficiary.insurance,
          providerArea: c.provider.area,
          beneficiaryArea: c.beneficiary.area,
          providerStatus: c.provider.status,
          beneficiaryStatus: c.beneficiary.status,
        };
        expect(linkObstacle(facts, rules, listed, since)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('nothing is told about a limit, area, relation or expiry that the profile does not have', () => {
    const free = profile('national-2026', {
      relationSet: 'none',
      linkExpiry: 'date',
      fundModel: 'live_balance',
      beneficiaryConsent: false,
      providerInsurance: insuranceKinds,
    });
    fc.assert(
      fc.property(anyCase, (c) => {
        const codes = judgeLink(c, free, listed).findings.map(({ code }) => code);
        const possible = ['SELF_LINK', 'DOC_MISSING', 'CONSENT_MISSING', 'INSURANCE_NOT_NORMAL', 'LINK_EXISTS'];
        expect(codes.filter((code) => ![...possible, 'LINK_TERM_NOT_ALLOWED'].includes(code))).toEqual([]);
      }),
    );
  });

  it('when the swap would do, the exchanged application is allowed', () => {
    const inverse = { parent: 'child', child: 'parent', grandparent: 'grandchild', grandchild: 'grandparent' } as const;
    fc.assert(
      fc.property(nearlySound, anyProfile, (c, rules) => {
        fc.pre(judgeLink(c, rules, listed).swappedWouldDo);
        const { relation, documents } = c.terms;
        const exchanged: LinkCase = {
          ...c,
          provider: { ...c.beneficiary, free: null },
          beneficiary: c.provider,
          terms: {
            ...c.terms,
            relation: relation in inverse ? inverse[relation as keyof typeof inverse] : relation,
            documents:
              rules.binding.documents === 'provider_card'
                ? { provider: 'socialCard', beneficiary: null }
                : { provider: documents.beneficiary, beneficiary: documents.provider },
            quota: null,
          },
        };
        expect(judgeLink(exchanged, rules, listed).findings).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('every fact and remedy is a whole sentence in both languages, without names', () => {
    fc.assert(
      fc.property(anyCase, anyProfile, (c, rules) => {
        for (const { fact, remedy } of judgeLink(c, rules, listed).findings) {
          for (const language of languages) {
            for (const sentence of [sayPhrase(fact, language), sayPhrase(remedy, language)]) {
              expect(sentence).not.toMatch(/[{}]|daughter|mother|father/);
              expect(sentence.length).toBeGreaterThan(3);
            }
          }
        }
      }),
    );
  });
});
