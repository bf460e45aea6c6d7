import { describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadListedAreas, loadPolicyProfiles } from '../../src/app/policy-profiles.ts';
import { type LinkFacts, type LinkObstacle, linkObstacle, linksBeyondLimit } from '../../src/domain/link-standing.ts';
import { relations } from '../../src/domain/person.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';

const profiles = loadPolicyProfiles(readFixture('policy-profiles.yaml'), 'policy-profiles.yaml');
const listed = loadListedAreas(readFixture('cross-province-areas.yaml'));
const names = [...profiles.keys()];
const now = 1_000;

function profile(name: string, changes: Partial<PolicyProfile> = {}): PolicyProfile {
  const found = profiles.get(name);
  if (!found) throw new Error(`no profile ${name}`);
  return { ...found, ...changes };
}

/** A child's account for a parent, both employees insured in 云阳县: it holds under every profile. */
const sound: LinkFacts = {
  linkId: 'l1',
  provider: 'daughter',
  beneficiary: 'mother',
  relation: 'parent',
  since: 0,
  until: null,
  providerInsurance: 'employee',
  beneficiaryInsurance: 'employee',
  providerStatus: 'normal',
  beneficiaryStatus: 'normal',
  providerArea: '重庆市/云阳县',
  beneficiaryArea: '重庆市/云阳县',
};

function obstacle(name: string, said: Partial<LinkFacts>): LinkObstacle | null {
  return linkObstacle({ ...sound, ...said }, profile(name), listed, now);
}

/** The profiles under which a link with these facts gives nothing, for the reason given. */
function refusedBy(said: Partial<LinkFacts>): Record<string, readonly string[]> {
  const refused: Record<string, string[]> = {};
  for (const name of names) {
    const why = obstacle(name, said);
    if (why !== null) refused[why] = [...(refused[why] ?? []), name];
  }
  return refused;
}

const employeesOnly = [
  'chongqing-2025',
  'national-2021',
  'national-2024',
  'wallet-2024',
  'wallet-2025',
  'national-2026',
  'shenzhen-2019',
  'shenzhen-2023',
];
const immediate = ['chongqing-2022', 'national-2021', 'shenzhen-2019', 'shenzhen-2023'];
const near = ['chongqing-2025', 'national-2024', 'wallet-2024', 'wallet-2025', 'national-2026'];
const sameCity = [
  'chongqing-2021',
  'chongqing-2022',
  'chongqing-2025',
  'national-2021',
  'shenzhen-2019',
  'shenzhen-2023',
];
const byList = ['wallet-2024', 'wallet-2025'];

describe('under which profiles a link gives nothing, and why', () => {
  it.each<{ it: string; said: Partial<LinkFacts>; refused: Record<string, readonly string[]> }>([
    { it: 'a parent of a child, both employees of one listed city: none', said: {}, refused: {} },
    {
      it: 'R15 a resident provides for an employee: where only employees may',
      said: { providerInsurance: 'resident' },
      refused: { insuranceKindNotAllowed: employeesOnly },
    },
    {
      it: 'R15 a resident provides for a resident: Chongqing 2022 forbids that too',
      said: { providerInsurance: 'resident', beneficiaryInsurance: 'resident' },
      refused: { insuranceKindNotAllowed: ['chongqing-2022', ...employeesOnly] },
    },
    { it: 'R16 an employee provides for a resident: none', said: { beneficiaryInsurance: 'resident' }, refused: {} },
    {
      it: 'R23 the provider’s insurance has ended: where a link ends with it',
      said: { providerStatus: 'terminated' },
      refused: { linkEnded: ['national-2026'] },
    },
    {
      it: 'R23 the beneficiary’s insurance has ended: likewise',
      said: { beneficiaryStatus: 'terminated' },
      refused: { linkEnded: ['national-2026'] },
    },
    { it: 'R23 insurance that is only suspended ends no link', said: { providerStatus: 'suspended' }, refused: {} },
    {
      it: 'R17 a sibling: where the immediate family is the set',
      said: { relation: 'sibling' },
      refused: { relationNotAllowed: immediate },
    },
    {
      it: 'R17 a grandparent',
      said: { relation: 'grandparent' },
      refused: { relationNotAllowed: immediate },
    },
    {
      it: 'R17 a grandchild',
      said: { relation: 'grandchild' },
      refused: { relationNotAllowed: immediate },
    },
    {
      it: 'R18 somebody else: only Chongqing 2021 asks for no relation',
      said: { relation: 'other' },
      refused: { relationNotAllowed: names.filter((name) => [...immediate, ...near].includes(name)) },
    },
    {
      it: 'R64, R68 two districts of Chongqing are one city, and only 云阳县 is listed',
      said: { beneficiaryArea: '重庆市/渝中区' },
      refused: { areaNotOpen: byList },
    },
    {
      it: 'R65 two cities of one province',
      said: { providerArea: '四川省/成都市', beneficiaryArea: '四川省/广安市' },
      refused: { areaNotOpen: sameCity },
    },
    {
      it: 'R66 two listed areas of two provinces',
      said: { providerArea: '四川省/成都市', beneficiaryArea: '江苏省/苏州市' },
      refused: { areaNotOpen: names.filter((name) => [...sameCity, 'national-2024'].includes(name)) },
    },
    {
      it: 'R66 a listed area and one of another province that is not',
      said: { providerArea: '四川省/成都市', beneficiaryArea: '江苏省/南京市' },
      refused: { areaNotOpen: names.filter((name) => name !== 'national-2026') },
    },
    {
      it: 'R66 the same the other way round',
      said: { providerArea: '江苏省/南京市', beneficiaryArea: '四川省/成都市' },
      refused: { areaNotOpen: names.filter((name) => name !== 'national-2026') },
    },
    {
      it: 'R67 省本级 is an area of its own, not the city around it',
      said: { providerArea: '四川省/省本级', beneficiaryArea: '四川省/成都市' },
      refused: { areaNotOpen: sameCity },
    },
    {
      it: 'R67 省本级 does not stand for an unlisted city of its province',
      said: { providerArea: '四川省/省本级', beneficiaryArea: '四川省/绵阳市' },
      refused: { areaNotOpen: names.filter((name) => [...sameCity, ...byList].includes(name)) },
    },
    {
      it: 'R13 a link that begins later: all',
      said: { since: now + 1 },
      refused: { linkNotYetInForce: names },
    },
    { it: 'R13, R14 a link that begins now holds now', said: { since: now }, refused: {} },
    { it: 'R22 a link that ended: all', said: { until: now }, refused: { linkEnded: names } },
    { it: 'R22 a link that ends in a moment still holds', said: { until: now + 1 }, refused: {} },
    {
      it: 'R25 nobody is his own relative',
      said: { provider: 'mother' },
      refused: { relationNotAllowed: names },
    },
  ])('$it', ({ said, refused }) => {
    expect(refusedBy(said)).toEqual(refused);
  });
});

it('R17, R18 every relation is in the sets that the rules name, and in no other', () => {
  const allowed = (name: string) => relations.filter((relation) => obstacle(name, { relation }) === null);
  expect(allowed('chongqing-2021')).toEqual(relations);
  expect(allowed('chongqing-2022')).toEqual(['spouse', 'parent', 'child']);
  expect(allowed('national-2024')).toEqual(relations.filter((relation) => relation !== 'other'));
});

it('the first obstacle is the one told: time, insurance, relation, area', () => {
  const all = { since: now + 1, providerInsurance: 'resident', relation: 'other', beneficiaryArea: 'x/y' } as const;
  expect(obstacle('national-2021', all)).toBe('linkNotYetInForce');
  expect(obstacle('national-2021', { ...all, since: 0 })).toBe('insuranceKindNotAllowed');
  expect(obstacle('national-2021', { ...all, since: 0, providerInsurance: 'employee' })).toBe('relationNotAllowed');
  expect(obstacle('national-2021', { beneficiaryArea: 'x/y' })).toBe('areaNotOpen');
});

const link = (linkId: string, provider: string, beneficiary: string, since: number): LinkFacts => ({
  ...sound,
  linkId,
  provider,
  beneficiary,
  since,
});

describe('how many links a person may have', () => {
  const p1ForTwo = [link('a', 'p1', 'b1', 1), link('b', 'p1', 'b2', 2)];
  const b1OfTwo = [link('a', 'p1', 'b1', 1), link('b', 'p2', 'b1', 2)];
  const beyond = (links: readonly LinkFacts[], rules: PolicyProfile) => [...linksBeyondLimit(links, rules)];

  it.each([
    ['chongqing-2021', ['b'], ['b']],
    ['chongqing-2022', ['b'], ['b']],
    ['chongqing-2025', [], ['b']],
    ['national-2021', [], []],
    ['national-2024', [], []],
    ['wallet-2024', [], []],
    ['wallet-2025', [], []],
    ['national-2026', [], []],
    ['shenzhen-2019', [], []],
    ['shenzhen-2023', [], []],
  ])(
    '%s: second beneficiary of a provider (R4, R6, R24, E12), second provider of a beneficiary (R5, E14)',
    (name, ofProvider, ofBeneficiary) => {
      expect(beyond(p1ForTwo, profile(name))).toEqual(ofProvider);
      expect(beyond(b1OfTwo, profile(name))).toEqual(ofBeneficiary);
    },
  );

  it('the earliest links count, in whatever order they are given', () => {
    const rules = profile('national-2021', { maxProvidersPerBeneficiary: 2 });
    const three = [link('a', 'p3', 'b1', 3), link('c', 'p1', 'b1', 1), link('b', 'p2', 'b1', 2)];
    expect(beyond(three, rules)).toEqual(['a']);
  });

  it('two links of one moment: the smaller id counts', () => {
    expect(beyond([link('b', 'p2', 'b1', 1), link('a', 'p1', 'b1', 1)], profile('chongqing-2021'))).toEqual(['b']);
  });

  it('a link beyond the limit takes no place from others', () => {
    // p1–b2 is beyond the limit of p1, so b2 is still free for p2.
    const chain = [...p1ForTwo, link('c', 'p2', 'b2', 3)];
    expect(beyond(chain, profile('chongqing-2021'))).toEqual(['b']);
  });
});
