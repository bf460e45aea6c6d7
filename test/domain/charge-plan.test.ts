import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadPolicyProfiles } from '../../src/app/policy-profiles.ts';
import { type Bill, billProblem, type GoodsLine, goodsKinds } from '../../src/domain/bill.ts';
import {
  type ChargeInput,
  type ChargePlan,
  isEligible,
  type ProviderSource,
  planCharge,
  type SourceReason,
  settledGoods,
} from '../../src/domain/charge-plan.ts';
import { add, type Fen, fen, formatYuan, sum, zeroFen } from '../../src/domain/money.ts';
import { cardStates, insuranceStatuses } from '../../src/domain/person.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { yuan } from './settled-sale.ts';

const profiles = loadPolicyProfiles(readFixture('policy-profiles.yaml'), 'policy-profiles.yaml');

function profile(name: string, changes: Partial<PolicyProfile> = {}): PolicyProfile {
  const found = profiles.get(name);
  if (!found) throw new Error(`no profile ${name}`);
  return { ...found, ...changes };
}

function provider(balance: string | null, said: Partial<ProviderSource> = {}): ProviderSource {
  return {
    linkId: 'l1',
    linkedAt: 1,
    rank: null,
    balance: balance === null ? null : yuan(balance),
    status: 'normal',
    card: 'normal',
    quotaLeft: null,
    obstacle: null,
    ...said,
  };
}

interface Case {
  readonly profile?: PolicyProfile;
  readonly amount: string;
  readonly fund?: string;
  readonly goods?: readonly GoodsLine[];
  readonly own: string | null;
  readonly earmarked?: string;
  readonly sent?: string;
  readonly providers?: readonly ProviderSource[];
  readonly wallet?: { readonly balance: string; readonly bothOpened?: boolean };
}

function plan(said: Case): ChargePlan {
  return planCharge({
    profile: said.profile ?? profile('chongqing-2021'),
    bill: { total: yuan(said.amount), fund: yuan(said.fund ?? '0'), goods: said.goods ?? [] },
    own: {
      balance: said.own === null ? null : yuan(said.own),
      earmarked: yuan(said.earmarked ?? '0'),
      ...(said.sent === undefined ? {} : { sent: yuan(said.sent) }),
    },
    providers: said.providers ?? [],
    wallet: { balance: yuan(said.wallet?.balance ?? '0'), bothOpened: said.wallet?.bothOpened ?? true },
  });
}

/** `fund · own / providers / cash`, the form of the worked examples; a source without a leg is 0. */
function charged(result: ChargePlan): string {
  const of = (kind: string) =>
    formatYuan(sum(result.legs.filter((leg) => leg.source.kind === kind).map((leg) => leg.paid)));
  const shared = result.legs.filter((leg) => leg.source.kind !== 'own').map((leg) => formatYuan(leg.paid));
  const fundPart = result.fund > 0 ? `${formatYuan(result.fund)} · ` : '';
  return `${fundPart}${of('own')} / ${shared.join(' + ') || '0.00'} / ${formatYuan(result.cash)}`;
}

function reasons(result: ChargePlan): readonly SourceReason[] {
  return result.steps.map((step) => step.reason);
}

const cancelled = { obstacle: 'linkEnded' } as const;
const lostBlocks = profile('chongqing-2021', { providerCardLostBlocks: true });
const quota = profile('national-2026');

describe('worked examples', () => {
  it.each<{ it: string; given: Case; charge: string; why: readonly SourceReason[] }>([
    {
      it: 'E1 own money is enough (R30)',
      given: { amount: '30', own: '50', providers: [provider('200')] },
      charge: '30.00 / 0.00 / 0.00',
      why: ['enough', 'notNeeded'],
    },
    {
      it: 'E2 own money is short, the provider pays the rest (R30, R34)',
      given: { amount: '80', own: '50', providers: [provider('200')] },
      charge: '50.00 / 30.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'E3 both are short, the rest is cash (R36)',
      given: { amount: '100', own: '50', providers: [provider('20')] },
      charge: '50.00 / 20.00 / 30.00',
      why: ['usedUp', 'usedUp'],
    },
    {
      it: 'E4a own balance is exactly the amount (R54)',
      given: { amount: '80', own: '80', providers: [provider('200')] },
      charge: '80.00 / 0.00 / 0.00',
      why: ['enough', 'notNeeded'],
    },
    {
      it: 'E4b own and provider together are exactly the amount',
      given: { amount: '80', own: '50', providers: [provider('30')] },
      charge: '50.00 / 30.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'E4c the provider alone is exactly the amount',
      given: { amount: '60', own: '0', providers: [provider('60')] },
      charge: '0.00 / 60.00 / 0.00',
      why: ['empty', 'enough'],
    },
    {
      it: 'E5 nobody has anything, all is cash (R36)',
      given: { amount: '25.50', own: '0', providers: [provider('0')] },
      charge: '0.00 / 0.00 / 25.50',
      why: ['empty', 'empty'],
    },
    {
      it: 'E6 the last fen of the own account is used (R31, R53)',
      given: { amount: '33.34', own: '0.01', providers: [provider('88.00')] },
      charge: '0.01 / 33.33 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'E8 hospital bill: the pool pays first (R37)',
      given: { amount: '200', fund: '120', own: '50', providers: [provider('100')] },
      charge: '120.00 · 50.00 / 30.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'E10 link cancelled before the sale (R22, R26)',
      given: { amount: '70', own: '20', providers: [provider('200', cancelled)] },
      charge: '20.00 / 0.00 / 50.00',
      why: ['usedUp', 'linkEnded'],
    },
    {
      it: 'E10 its quote, before the link was cancelled',
      given: { amount: '70', own: '20', providers: [provider('200')] },
      charge: '20.00 / 50.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'E11a provider suspended (R44)',
      given: { amount: '90', own: '40', providers: [provider('500', { status: 'suspended' })] },
      charge: '40.00 / 0.00 / 50.00',
      why: ['usedUp', 'suspended'],
    },
    {
      it: 'E11a provider in arrears (R44)',
      given: { amount: '90', own: '40', providers: [provider('500', { status: 'arrears' })] },
      charge: '40.00 / 0.00 / 50.00',
      why: ['usedUp', 'arrears'],
    },
    {
      it: "E11b the provider's card is lost, the account is not (R45)",
      given: { amount: '90', own: '40', providers: [provider('500', { card: 'lost' })] },
      charge: '40.00 / 50.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'E11b the same where a lost card blocks (provider_card_lost_blocks)',
      given: { profile: lostBlocks, amount: '90', own: '40', providers: [provider('500', { card: 'lost' })] },
      charge: '40.00 / 0.00 / 50.00',
      why: ['usedUp', 'cardLost'],
    },
    {
      it: 'E12 the provider is linked to another beneficiary (R4)',
      given: { amount: '70', own: '20', providers: [provider('200', { obstacle: 'linkLimit' })] },
      charge: '20.00 / 0.00 / 50.00',
      why: ['usedUp', 'linkLimit'],
    },
    {
      it: 'E14 a second provider is beyond the limit, the first one pays (R5)',
      given: {
        amount: '70',
        own: '20',
        providers: [provider('30'), provider('200', { linkId: 'l2', linkedAt: 2, obstacle: 'linkLimit' })],
      },
      charge: '20.00 / 30.00 / 20.00',
      why: ['usedUp', 'usedUp', 'linkLimit'],
    },
    {
      it: 'E16 a quota is the most that a provider gives (R75)',
      given: { profile: quota, amount: '350', own: '20', providers: [provider('1000', { quotaLeft: yuan('300') })] },
      charge: '20.00 / 300.00 / 30.00',
      why: ['usedUp', 'upToQuota'],
    },
  ])('$it', ({ given, charge, why }) => {
    const result = plan(given);
    expect(charged(result)).toBe(charge);
    expect(reasons(result)).toEqual(why);
  });
});

const sz19 = profile('shenzhen-2019');
const sz23 = profile('shenzhen-2023');
const two = (first: ProviderSource, second: Partial<ProviderSource> & { balance: Fen | null }) => [
  first,
  provider(null, { linkId: 'l2', linkedAt: 2, ...second }),
];

describe('rules of the split', () => {
  it.each<{ it: string; given: Case; charge: string; why: readonly SourceReason[] }>([
    {
      it: 'R32 own_must_be_zero: an own balance keeps the provider out even when it is short',
      given: { profile: sz23, amount: '80', own: '50', providers: [provider('200')] },
      charge: '50.00 / 0.00 / 30.00',
      why: ['usedUp', 'ownNotZero'],
    },
    {
      it: 'R32 own_must_be_zero: an own balance of zero lets the provider pay',
      given: { profile: sz23, amount: '80', own: '0', providers: [provider('200')] },
      charge: '0.00 / 80.00 / 0.00',
      why: ['empty', 'enough'],
    },
    {
      it: 'R32 own_must_be_zero: no account at all is as good as zero',
      given: { profile: sz23, amount: '80', own: null, providers: [provider('200')] },
      charge: '0.00 / 80.00 / 0.00',
      why: ['noAccount', 'enough'],
    },
    {
      it: 'R16, R30 a beneficiary without an account spends shared money',
      given: { amount: '80', own: null, providers: [provider('200')] },
      charge: '0.00 / 80.00 / 0.00',
      why: ['noAccount', 'enough'],
    },
    {
      it: 'R15 a provider without an account gives nothing',
      given: { amount: '80', own: '50', providers: [provider(null)] },
      charge: '50.00 / 0.00 / 30.00',
      why: ['usedUp', 'noAccount'],
    },
    {
      it: 'R40 balance_desc: the larger balance first',
      given: { profile: sz23, amount: '80', own: '0', providers: two(provider('50'), { balance: yuan('60') }) },
      charge: '0.00 / 60.00 + 20.00 / 0.00',
      why: ['empty', 'usedUp', 'enough'],
    },
    {
      it: 'R42 balance_desc: at a tie the earlier link first',
      given: {
        profile: sz23,
        amount: '80',
        own: '0',
        providers: two(provider('50', { linkedAt: 3, status: 'arrears' }), { balance: yuan('50') }),
      },
      charge: '0.00 / 50.00 / 30.00',
      why: ['empty', 'usedUp', 'arrears'],
    },
    {
      it: 'R42 at a tie of balance and time the link id decides',
      given: {
        profile: sz23,
        amount: '80',
        own: '0',
        providers: two(provider('50', { linkId: 'l3', linkedAt: 2, status: 'arrears' }), { balance: yuan('50') }),
      },
      charge: '0.00 / 50.00 / 30.00',
      why: ['empty', 'usedUp', 'arrears'],
    },
    {
      it: 'R41 link_time: the earlier link first, whatever the balances',
      given: {
        profile: profile('national-2024'),
        amount: '80',
        own: '0',
        providers: two(provider('50', { linkedAt: 3 }), { balance: yuan('10') }),
      },
      charge: '0.00 / 10.00 + 50.00 / 20.00',
      why: ['empty', 'usedUp', 'usedUp'],
    },
    {
      it: "R41 beneficiary_set: the beneficiary's own order, who has no place in it comes last",
      given: {
        profile: profile('national-2024', { providerOrder: 'beneficiary_set' }),
        amount: '80',
        own: '0',
        providers: two(provider('50'), { balance: yuan('10'), rank: 1 }),
      },
      charge: '0.00 / 10.00 + 50.00 / 20.00',
      why: ['empty', 'usedUp', 'usedUp'],
    },
    {
      it: 'R43 only what is above the reserve is shared',
      given: { profile: sz19, amount: '80', own: '0', providers: [provider('7838.15')] },
      charge: '0.00 / 60.00 / 20.00',
      why: ['empty', 'upToReserve'],
    },
    {
      it: 'R43 a balance at the reserve gives nothing',
      given: { profile: sz19, amount: '80', own: '0', providers: [provider('7778.15')] },
      charge: '0.00 / 0.00 / 80.00',
      why: ['empty', 'belowReserve'],
    },
    {
      it: 'R43 the reserve holds for a quota as well',
      given: {
        profile: profile('national-2026', { providerReserve: yuan('900') }),
        amount: '350',
        own: '20',
        providers: [provider('1000', { quotaLeft: yuan('300') })],
      },
      charge: '20.00 / 100.00 / 230.00',
      why: ['usedUp', 'upToReserve'],
    },
    {
      it: 'R44 provider_status_check: at_link does not look again at payment',
      given: {
        profile: profile('chongqing-2021', { providerStatusCheck: 'at_link' }),
        amount: '80',
        own: '50',
        providers: [provider('200', { status: 'suspended' })],
      },
      charge: '50.00 / 30.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'R75 no quota set aside, no shared money',
      given: { profile: quota, amount: '80', own: '50', providers: [provider('200')] },
      charge: '50.00 / 0.00 / 30.00',
      why: ['usedUp', 'noQuota'],
    },
    {
      it: 'R75 a quota that is used up',
      given: { profile: quota, amount: '80', own: '50', providers: [provider('200', { quotaLeft: zeroFen })] },
      charge: '50.00 / 0.00 / 30.00',
      why: ['usedUp', 'quotaUsedUp'],
    },
    {
      it: 'R75 a quota on an empty account',
      given: { profile: quota, amount: '80', own: '50', providers: [provider('0', { quotaLeft: yuan('10') })] },
      charge: '50.00 / 0.00 / 30.00',
      why: ['usedUp', 'empty'],
    },
    {
      it: 'R75 a quota is looked at only where the profile has quotas',
      given: { amount: '80', own: '50', providers: [provider('200', { quotaLeft: zeroFen })] },
      charge: '50.00 / 30.00 / 0.00',
      why: ['usedUp', 'enough'],
    },
    {
      it: 'R75 a provider cannot spend what is set aside for others, and is told so',
      given: { profile: quota, amount: '800', own: '1000', earmarked: '300' },
      charge: '700.00 / 0.00 / 100.00',
      why: ['heldForQuota'],
    },
    {
      it: 'R75 everything set aside for others',
      given: { profile: quota, amount: '80', own: '300', earmarked: '300' },
      charge: '0.00 / 0.00 / 80.00',
      why: ['heldForQuota'],
    },
    {
      it: 'R71 what was sent to a wallet and not accepted yet cannot be spent',
      given: { profile: profile('wallet-2025'), amount: '80', own: '100', sent: '60' },
      charge: '40.00 / 0.00 / 40.00',
      why: ['heldForTransfer', 'empty'],
    },
    {
      it: 'R71 nor lent, under a profile of another kind',
      given: { amount: '80', own: '0', providers: [provider('100', { sent: yuan('60') })] },
      charge: '0.00 / 40.00 / 40.00',
      why: ['empty', 'usedUp'],
    },
    {
      it: 'R71 all that a provider has was sent',
      given: { amount: '80', own: '0', providers: [provider('100', { sent: yuan('100') })] },
      charge: '0.00 / 0.00 / 80.00',
      why: ['empty', 'empty'],
    },
    {
      it: 'R69 wallet model: shared money is in the wallet, not behind the link',
      given: {
        profile: profile('wallet-2025'),
        amount: '80',
        own: '50',
        providers: [provider('200')],
        wallet: { balance: '10' },
      },
      charge: '50.00 / 10.00 / 20.00',
      why: ['usedUp', 'usedUp', 'throughWallet'],
    },
    {
      it: 'R72 wallet model: nothing from a wallet that was not opened',
      given: {
        profile: profile('wallet-2025'),
        amount: '80',
        own: '50',
        providers: [provider('200')],
        wallet: { balance: '10', bothOpened: false },
      },
      charge: '50.00 / 0.00 / 30.00',
      why: ['usedUp', 'walletNotOpened', 'throughWallet'],
    },
    {
      it: 'R37 the pool pays all, no account is asked, not even an empty one',
      given: { amount: '80', fund: '80', own: '50', providers: [provider('0')] },
      charge: '80.00 · 0.00 / 0.00 / 0.00',
      why: ['notNeeded', 'notNeeded'],
    },
  ])('$it', ({ given, charge, why }) => {
    const result = plan(given);
    expect(charged(result)).toBe(charge);
    expect(reasons(result)).toEqual(why);
  });

  it('the first obstacle of a provider is the one told: link, insurance, card, account', () => {
    const told = (said: Partial<ProviderSource>) =>
      reasons(plan({ profile: lostBlocks, amount: '80', own: '50', providers: [provider(null, said)] }))[1];
    expect(told({ obstacle: 'areaNotOpen', status: 'arrears', card: 'lost' })).toBe('areaNotOpen');
    expect(told({ status: 'arrears', card: 'lost' })).toBe('arrears');
    expect(told({ card: 'lost' })).toBe('cardLost');
    expect(told({})).toBe('noAccount');
  });

  it('does not reorder the sources that it was given', () => {
    const providers = Object.freeze([provider('1', { linkedAt: 2 }), provider('2', { linkId: 'l2' })]);
    plan({ amount: '80', own: '0', providers });
    expect(providers.map(({ linkId }) => linkId)).toEqual(['l1', 'l2']);
  });
});

const marked = { amount: yuan('20'), kind: 'healthFood', approval: '国食健字G20990001' } as const;
const unmarked = { amount: yuan('20'), kind: 'healthFood', approval: '卫食证字2099' } as const;
const drug = { amount: yuan('60'), kind: 'drug' } as const;

describe('what an account may buy', () => {
  it.each<{ it: string; given: Case; charge: string; notEligible: string }>([
    {
      it: 'R61 health food with the mark, Chongqing 2021',
      given: { amount: '80', own: '100', goods: [drug, marked] },
      charge: '80.00 / 0.00 / 0.00',
      notEligible: '0.00',
    },
    {
      it: 'R61, R62 health food without the mark becomes cash in the same sale',
      given: { amount: '80', own: '100', goods: [drug, unmarked] },
      charge: '60.00 / 0.00 / 20.00',
      notEligible: '20.00',
    },
    {
      it: 'R61 health food of which no approval is known',
      given: { amount: '80', own: '100', goods: [drug, { amount: yuan('20'), kind: 'healthFood' }] },
      charge: '60.00 / 0.00 / 20.00',
      notEligible: '20.00',
    },
    {
      it: 'R60 health food with the mark, Chongqing 2022',
      given: { profile: profile('chongqing-2022'), amount: '80', own: '100', goods: [drug, marked] },
      charge: '60.00 / 0.00 / 20.00',
      notEligible: '20.00',
    },
    {
      it: 'R60 other goods are never for an account',
      given: { amount: '80', own: '100', goods: [drug, { amount: yuan('20'), kind: 'other' }] },
      charge: '60.00 / 0.00 / 20.00',
      notEligible: '20.00',
    },
    {
      it: 'R56 devices and consumables, each by its own purpose',
      given: {
        profile: profile('chongqing-2021', { purposes: ['pharmacy_device'] }),
        amount: '80',
        own: '100',
        goods: [
          { amount: yuan('50'), kind: 'device' },
          { amount: yuan('30'), kind: 'consumable' },
        ],
      },
      charge: '50.00 / 0.00 / 30.00',
      notEligible: '30.00',
    },
    {
      it: 'R62 cash for such goods is no reason to ask a provider',
      given: { amount: '80', own: '60', providers: [provider('200')], goods: [drug, unmarked] },
      charge: '60.00 / 0.00 / 20.00',
      notEligible: '20.00',
    },
    {
      it: 'R55 a hospital bill where only pharmacies are a purpose',
      given: {
        profile: profile('chongqing-2021', { purposes: ['pharmacy_drug'] }),
        amount: '80',
        fund: '50',
        own: '100',
      },
      charge: '50.00 · 0.00 / 0.00 / 30.00',
      notEligible: '30.00',
    },
    {
      it: 'R37 the pool pays eligible goods first',
      given: { amount: '80', fund: '50', own: '100', goods: [drug, unmarked] },
      charge: '50.00 · 10.00 / 0.00 / 20.00',
      notEligible: '20.00',
    },
  ])('$it', ({ given, charge, notEligible }) => {
    const result = plan(given);
    expect(charged(result)).toBe(charge);
    expect(formatYuan(result.notEligible)).toBe(notEligible);
  });

  it('R62 settled goods mark exactly the lines that no account may buy', () => {
    expect(settledGoods(profile('chongqing-2021'), [drug, marked, unmarked])).toEqual([
      drug,
      marked,
      { ...unmarked, selfPaid: true },
    ]);
  });
});

describe('bills that are refused (R53)', () => {
  it.each<{ it: string; bill: Bill; problem: ReturnType<typeof billProblem> }>([
    { it: 'nothing to pay', bill: { total: zeroFen, fund: zeroFen, goods: [] }, problem: 'notPositive' },
    { it: 'pool above total', bill: { total: fen(1), fund: fen(2), goods: [] }, problem: 'fundAboveTotal' },
    { it: 'goods below total', bill: { total: fen(6001), fund: zeroFen, goods: [drug] }, problem: 'goodsDoNotAddUp' },
    { it: 'goods above total', bill: { total: fen(5999), fund: zeroFen, goods: [drug] }, problem: 'goodsDoNotAddUp' },
  ])('$it', ({ bill, problem }) => {
    expect(billProblem(bill)).toBe(problem);
    const own = { balance: fen(100), earmarked: zeroFen };
    const input = { profile: profile('chongqing-2021'), bill, own, providers: [] };
    expect(() => planCharge({ ...input, wallet: { balance: zeroFen, bothOpened: true } })).toThrow(RangeError);
  });

  it('a sound bill has no problem', () => {
    expect(billProblem({ total: fen(6000), fund: fen(6000), goods: [drug] })).toBeNull();
  });
});

const someFen = fc.integer({ min: 0, max: 3_000_000 }).map(fen);
const smallFen = fc.integer({ min: 0, max: 300 }).map(fen);
/** Small amounts meet at boundaries, large ones reach the reserve of shenzhen-2019. */
const anyFen = fc.oneof(smallFen, someFen);

const anyGoods = fc.array(
  fc.record(
    {
      amount: anyFen,
      kind: fc.constantFrom(...goodsKinds),
      approval: fc.constantFrom('国食健字G20990001', '卫食证字2099'),
    },
    { requiredKeys: ['amount', 'kind'] },
  ),
  { maxLength: 4 },
);

const anyBill: fc.Arbitrary<Bill> = fc
  .record({ goods: anyGoods, extra: anyFen.map((amount) => add(amount, fen(1))), fund: fc.nat() })
  .map(({ goods, extra, fund }) => {
    const priced = goods.length === 0 || sum(goods.map((line) => line.amount)) === 0 ? [] : goods;
    const total = priced.length === 0 ? extra : sum(priced.map((line) => line.amount));
    return { total, fund: fen(fund % (total + 1)), goods: priced };
  });

const anyProvider = (at: number): fc.Arbitrary<ProviderSource> =>
  fc.record({
    linkId: fc.constant(`l${at}`),
    linkedAt: fc.integer({ min: 0, max: 3 }),
    rank: fc.option(fc.integer({ min: 1, max: 3 })),
    balance: fc.option(anyFen, { freq: 5 }),
    status: fc.oneof({ weight: 4, arbitrary: fc.constant('normal' as const) }, fc.constantFrom(...insuranceStatuses)),
    card: fc.oneof({ weight: 4, arbitrary: fc.constant('normal' as const) }, fc.constantFrom(...cardStates)),
    quotaLeft: fc.option(anyFen, { freq: 4 }),
    sent: fc.oneof(fc.constant(zeroFen), anyFen),
    obstacle: fc.option(fc.constantFrom('linkEnded' as const, 'linkLimit' as const), { freq: 1, nil: null }),
  });

const anyProfile: fc.Arbitrary<PolicyProfile> = fc
  .record({
    base: fc.constantFrom(...profiles.values()),
    cardLostBlocks: fc.boolean(),
    order: fc.option(fc.constantFrom('link_time', 'balance_desc', 'beneficiary_set')),
  })
  .map(({ base, cardLostBlocks, order }) => ({
    ...base,
    providerCardLostBlocks: cardLostBlocks,
    providerOrder: order ?? base.providerOrder,
  }));

const anyInput: fc.Arbitrary<ChargeInput> = fc
  .record({
    profile: anyProfile,
    bill: anyBill,
    ownBalance: fc.option(anyFen, { freq: 5 }),
    earmarked: anyFen,
    sent: fc.oneof(fc.constant(zeroFen), anyFen),
    providers: fc.integer({ min: 0, max: 4 }).chain((count) => fc.tuple(...[...Array(count).keys()].map(anyProvider))),
    wallet: fc.record({ balance: anyFen, bothOpened: fc.boolean() }),
  })
  .map(({ profile: chosen, bill, ownBalance, earmarked, sent, providers, wallet }) => ({
    profile: chosen,
    bill,
    own: { balance: ownBalance, earmarked: chosen.fundModel === 'quota_hold' ? earmarked : zeroFen, sent },
    providers,
    wallet,
  }));

/** The most that each source of a plan may give, said a second time and in other words than in the code under test. */
function mostOf(input: ChargeInput, step: ChargePlan['steps'][number]): number {
  const { profile: rules, own, providers, wallet } = input;
  const { source } = step;
  if (source.kind === 'own') return Math.max(0, (own.balance ?? 0) - own.earmarked - (own.sent ?? 0));
  if (rules.ownMode === 'own_must_be_zero' && (own.balance ?? 0) > 0) return 0;
  if (source.kind === 'wallet') return wallet.bothOpened ? wallet.balance : 0;
  const found = providers.find(({ linkId }) => linkId === source.linkId);
  if (!found || found.obstacle || found.balance === null || rules.fundModel === 'wallet') return 0;
  if (found.status !== 'normal' || (rules.providerCardLostBlocks && found.card !== 'normal')) return 0;
  const lendable = Math.max(0, found.balance - (found.sent ?? 0) - rules.providerReserve);
  return rules.fundModel === 'quota_hold' ? Math.min(lendable, found.quotaLeft ?? 0) : lendable;
}

/** Checks `holds` on random charges; fast-check prints the seed of a failure. */
function always(holds: (input: ChargeInput, result: ChargePlan) => void): void {
  fc.assert(
    fc.property(anyInput, (input) => holds(input, planCharge(input))),
    { numRuns: 2000 },
  );
}

describe('invariants R54 over all ten profiles', () => {
  it('there are ten', () => {
    expect(profiles.size).toBe(10);
  });

  it('(a) fund + accounts + cash is the total, nothing is lost', () => {
    always((input, result) => {
      const paid = sum(result.steps.map((step) => step.paid));
      expect(result.covered).toBe(paid);
      expect(result.fund + paid + result.cash).toBe(input.bill.total);
      expect(result.covered + result.shortfall).toBe(result.eligible);
      expect(result.shortfall + result.notEligible).toBe(result.cash);
      expect(result.fund + result.eligible + result.notEligible).toBe(result.total);
    });
  });

  it('(b) a provider or the wallet pays only when the own account is used up', () => {
    always((input, result) => {
      const [own, ...others] = result.steps;
      if (own && others.some((step) => step.paid > 0)) expect(own.paid).toBe(mostOf(input, own));
    });
  });

  it('(c) no source pays more than it may: balance, reserve, quota, link, status', () => {
    always((input, result) => {
      for (const step of result.steps) expect(step.paid).toBeLessThanOrEqual(mostOf(input, step));
    });
  });

  it('(d) cash for eligible goods only when every usable source is used up', () => {
    always((input, result) => {
      if (result.shortfall > 0) expect(result.steps.map((step) => mostOf(input, step))).toEqual(paidOf(result));
    });
  });

  it('(e) a source pays only when every usable one before it is used up', () => {
    always((input, result) => {
      const last = result.steps.findLastIndex((step) => step.paid > 0);
      const before = result.steps.slice(0, Math.max(0, last));
      expect(before.map((step) => step.paid)).toEqual(before.map((step) => mostOf(input, step)));
    });
  });

  it('legs are the paying steps in order, the own step comes first, every source comes once', () => {
    always((input, result) => {
      expect(result.legs).toEqual(result.steps.filter((step) => step.paid > 0));
      expect(result.steps[0]?.source.kind).toBe('own');
      const ids = result.steps.flatMap(({ source }) => (source.kind === 'provider' ? [source.linkId] : []));
      expect(ids.toSorted()).toEqual(input.providers.map(({ linkId }) => linkId).toSorted());
    });
  });

  it('a reason says "paid" exactly when something was paid', () => {
    const paying = new Set<SourceReason>(['enough', 'usedUp', 'upToReserve', 'upToQuota']);
    always((_, result) => {
      for (const step of result.steps) {
        const isEither = step.reason === 'heldForQuota' || step.reason === 'heldForTransfer';
        if (!isEither) expect(paying.has(step.reason)).toBe(step.paid > 0);
      }
    });
  });

  it('accounts pay only for goods that they may buy (R60 to R62)', () => {
    always(({ profile: rules, bill }, result) => {
      const allowed = bill.goods.filter((line) => isEligible(rules, line)).map((line) => line.amount);
      if (bill.goods.length > 0) expect(result.covered).toBeLessThanOrEqual(sum(allowed));
    });
  });
});

function paidOf(result: ChargePlan): readonly number[] {
  return result.steps.map((step) => step.paid);
}
