import { type Bill, billProblem, type GoodsLine } from './bill.ts';
import type { LinkObstacle } from './link-standing.ts';
import { above, add, type Fen, fen, lesser, subtract, sum, zeroFen } from './money.ts';
import type { CardState, InsuranceStatus } from './person.ts';
import type { PolicyProfile, Purpose } from './policy-profile.ts';
import type { SettledGoods } from './settlement.ts';

/** Why a source paid what it paid: the code behind each step of the funding ladder.
 *  Paid something: `enough` (it covered what was asked of it), `usedUp` (all of its balance), `upToReserve` (all above
 *  the reserve, R43), `upToQuota` (all of the quota, R75).
 *  Paid something or nothing: `heldForQuota` (the rest of the own balance is set aside for others, R75),
 *  `heldForTransfer` (it was sent to a wallet and not accepted yet, R71).
 *  Paid nothing: the others. A `LinkObstacle` says why the link does not hold under this profile. */
export type SourceReason =
  | 'enough'
  | 'usedUp'
  | 'upToReserve'
  | 'upToQuota'
  | 'notNeeded'
  | 'noAccount'
  | 'empty'
  | 'heldForQuota'
  | 'heldForTransfer'
  | 'ownNotZero'
  | 'belowReserve'
  | 'noQuota'
  | 'quotaUsedUp'
  | 'throughWallet'
  | 'walletNotOpened'
  | 'cardLost'
  | Exclude<InsuranceStatus, 'normal'>
  | LinkObstacle;

/** The beneficiary's own account. `balance` null = no personal account; `earmarked` = set aside as quota for others; `sent` =
 *  held for wallet transfers that nobody has accepted yet, none when left out. */
export interface OwnSource {
  readonly balance: Fen | null;
  readonly earmarked: Fen;
  readonly sent?: Fen;
}

/** A provider's account behind one link. `linkedAt`: ms since the epoch. `rank`: the beneficiary's own order, from 1
 *  (`provider_order: beneficiary_set`). `quotaLeft`: what is left of the quota set aside, null = none was set. */
export interface ProviderSource {
  readonly linkId: string;
  readonly linkedAt: number;
  readonly rank: number | null;
  readonly balance: Fen | null;
  readonly status: InsuranceStatus;
  readonly card: CardState;
  readonly quotaLeft: Fen | null;
  /** Held for wallet transfers that nobody has accepted yet; none when left out. */
  readonly sent?: Fen;
  readonly obstacle: LinkObstacle | null;
}

/** The beneficiary's medical-insurance wallet (R69 to R73): money that providers have moved there before. `bothOpened`:
 *  beneficiary and at least one provider have opened theirs (R72). */
export interface WalletSource {
  readonly balance: Fen;
  readonly bothOpened: boolean;
}

export interface ChargeInput {
  readonly profile: PolicyProfile;
  readonly bill: Bill;
  readonly own: OwnSource;
  readonly providers: readonly ProviderSource[];
  readonly wallet: WalletSource;
}

/** Which account a step is about. */
export type SourceRef =
  | { readonly kind: 'own' }
  | { readonly kind: 'wallet' }
  | { readonly kind: 'provider'; readonly linkId: string };

/** A step of the ladder: what this source paid and why. */
export interface SourceStep {
  readonly source: SourceRef;
  readonly paid: Fen;
  readonly reason: SourceReason;
}

/** The cascade before money moves. `legs` are the steps that pay (never 0); `steps` are all sources in order, with
 *  reasons; `eligible` = what accounts may pay; `notEligible` = goods that an account may not buy. */
export interface ChargePlan {
  readonly total: Fen;
  readonly fund: Fen;
  readonly eligible: Fen;
  readonly notEligible: Fen;
  readonly covered: Fen;
  /** Eligible goods that no source could pay. */
  readonly shortfall: Fen;
  /** `shortfall + notEligible`. */
  readonly cash: Fen;
  readonly legs: readonly SourceStep[];
  readonly steps: readonly SourceStep[];
}

/** Splits a bill over the pool, the own account, the linked providers (or the wallet) and cash.
 *  The pool pays `bill.fund` first (R37); goods outside the profile's purposes are cash (R60 to R62); the rest drains
 *  each source in order (R30, R31) and what is left is cash (R36).
 *  Shapes: `legs.length <= steps.length`, no zero leg, the own step always first. Units: fen.
 *  Errors: `RangeError` for a bill that `billProblem` refuses; a shortfall is an answer.
 *  Holds: `fund + covered + cash === total`, `covered + shortfall === eligible`.
 *  Source: rules R29 to R63, R75, invariants R54; worked examples E1 to E16. */
export function planCharge(input: ChargeInput): ChargePlan {
  const { profile, bill } = input;
  const problem = billProblem(bill);
  if (problem !== null) throw new RangeError(`a bill that cannot be charged: ${problem}`);
  const goodsEligible = eligibleGoods(profile, bill);
  // The pool pays for eligible goods first; a pool part above them leaves nothing for the accounts.
  const eligible = above(goodsEligible, bill.fund);
  const notEligible = subtract(subtract(bill.total, bill.fund), eligible);

  const steps: SourceStep[] = [];
  let open = eligible;
  for (const { source, limit } of orderedSources(input)) {
    const paid = lesser(limit.amount, open);
    open = subtract(open, paid);
    steps.push({ source, paid, reason: reasonFor(paid, open, limit, eligible) });
  }
  const covered = subtract(eligible, open);
  return {
    total: bill.total,
    fund: bill.fund,
    eligible,
    notEligible,
    covered,
    shortfall: open,
    cash: add(open, notEligible),
    legs: steps.filter((step) => step.paid > 0),
    steps,
  };
}

/** What a source could pay at most, and the word for it when it pays all of that or nothing. */
interface Limit {
  readonly amount: Fen;
  readonly whenSpent: 'usedUp' | 'upToReserve' | 'upToQuota' | 'heldForQuota' | 'heldForTransfer';
  readonly whenNothing: SourceReason;
}

function reasonFor(paid: Fen, open: Fen, limit: Limit, eligible: Fen): SourceReason {
  if (paid > 0) return open > 0 ? limit.whenSpent : 'enough';
  // A source that could have paid was spared; one that could not says why, unless nothing was asked of anybody.
  if (limit.amount > 0) return 'notNeeded';
  return eligible === 0 && limit.whenNothing === 'empty' ? 'notNeeded' : limit.whenNothing;
}

function blocked(reason: SourceReason): Limit {
  return { amount: zeroFen, whenSpent: 'usedUp', whenNothing: reason };
}

function* orderedSources(input: ChargeInput): Generator<{ source: SourceRef; limit: Limit }> {
  const { profile, providers } = input;
  yield { source: { kind: 'own' }, limit: ownLimit(input.own) };
  if (profile.fundModel === 'wallet') {
    const limit = ownModeBlocks(input) ? blocked('ownNotZero') : walletLimit(input.wallet);
    yield { source: { kind: 'wallet' }, limit };
  }
  for (const provider of inOrder(providers, profile)) {
    yield { source: { kind: 'provider', linkId: provider.linkId }, limit: providerLimit(provider, input) };
  }
}

function ownLimit(own: OwnSource): Limit {
  if (own.balance === null) return blocked('noAccount');
  if (own.balance === 0) return blocked('empty');
  const { sent = zeroFen } = own;
  const held = own.earmarked > 0 ? 'heldForQuota' : 'heldForTransfer';
  const spendable = above(own.balance, add(own.earmarked, sent));
  return { amount: spendable, whenSpent: own.earmarked + sent > 0 ? held : 'usedUp', whenNothing: held };
}

function walletLimit(wallet: WalletSource): Limit {
  if (!wallet.bothOpened) return blocked('walletNotOpened');
  return { amount: wallet.balance, whenSpent: 'usedUp', whenNothing: 'empty' };
}

/** R32: with `own_must_be_zero` an own balance above zero keeps everybody else out, even when it is short. */
function ownModeBlocks({ profile, own }: ChargeInput): boolean {
  return profile.ownMode === 'own_must_be_zero' && own.balance !== null && own.balance > 0;
}

/** R43 to R45, R75: the first obstacle in this order is the one told. */
function providerLimit(provider: ProviderSource, input: ChargeInput): Limit {
  const { profile } = input;
  if (provider.obstacle !== null) return blocked(provider.obstacle);
  if (profile.providerStatusCheck === 'at_payment' && provider.status !== 'normal') return blocked(provider.status);
  if (profile.providerCardLostBlocks && provider.card !== 'normal') return blocked('cardLost');
  if (provider.balance === null) return blocked('noAccount');
  if (ownModeBlocks(input)) return blocked('ownNotZero');
  if (profile.fundModel === 'wallet') return blocked('throughWallet');
  // A live balance is the whole quota.
  const quota = profile.fundModel === 'quota_hold' ? provider.quotaLeft : provider.balance;
  if (quota === null) return blocked('noQuota');
  const free = above(provider.balance, provider.sent ?? zeroFen);
  if (free === 0) return blocked('empty');
  if (quota === 0) return blocked('quotaUsedUp');
  const lendable = above(free, profile.providerReserve);
  if (quota < lendable) return { amount: quota, whenSpent: 'upToQuota', whenNothing: 'quotaUsedUp' };
  return {
    amount: lendable,
    whenSpent: profile.providerReserve > 0 ? 'upToReserve' : 'usedUp',
    whenNothing: 'belowReserve',
  };
}

/** R40 to R42. `single` is link time too: a second live link, which the link rules refuse, is an obstacle already. */
function inOrder(providers: readonly ProviderSource[], profile: PolicyProfile): readonly ProviderSource[] {
  const byTime = (a: ProviderSource, b: ProviderSource) =>
    a.linkedAt - b.linkedAt || (a.linkId < b.linkId ? -1 : a.linkId > b.linkId ? 1 : 0);
  const order = {
    single: byTime,
    link_time: byTime,
    balance_desc: (a: ProviderSource, b: ProviderSource) => (b.balance ?? -1) - (a.balance ?? -1) || byTime(a, b),
    beneficiary_set: (a: ProviderSource, b: ProviderSource) =>
      (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) || byTime(a, b),
  } satisfies Record<PolicyProfile['providerOrder'], unknown>;
  return [...providers].sort(order[profile.providerOrder]);
}

/** The sum of goods that accounts may buy under this profile (R55 to R62). A bill without lines is a hospital's when
 *  the pool pays a part, else a pharmacy's drugs. */
function eligibleGoods(profile: PolicyProfile, bill: Bill): Fen {
  if (bill.goods.length === 0) {
    const purpose: Purpose = bill.fund > 0 ? 'hospital_own_share' : 'pharmacy_drug';
    return profile.purposes.includes(purpose) ? bill.total : zeroFen;
  }
  return fen(sum(bill.goods.filter((line) => isEligible(profile, line)).map((line) => line.amount)));
}

/** The goods of a bill as a settlement keeps them: the lines that no account may buy are marked (R62). */
export function settledGoods(profile: PolicyProfile, goods: readonly GoodsLine[]): readonly SettledGoods[] {
  return goods.map((line) => (isEligible(profile, line) ? line : { ...line, selfPaid: true }));
}

/** Whether an account may buy this line under this profile. Health food needs the approval mark 国食健字 (R61). */
export function isEligible(profile: PolicyProfile, line: GoodsLine): boolean {
  switch (line.kind) {
    case 'drug':
      return profile.purposes.includes('pharmacy_drug');
    case 'device':
      return profile.purposes.includes('pharmacy_device');
    case 'consumable':
      return profile.purposes.includes('pharmacy_consumable');
    case 'healthFood':
      return profile.healthFood === 'marked_only' && (line.approval?.trim().startsWith('国食健字') ?? false);
    case 'other':
      return false;
  }
}
