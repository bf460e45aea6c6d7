import { createHash } from 'node:crypto';
import type { Bill } from '../domain/bill.ts';
import {
  type ChargePlan,
  type OwnSource,
  type ProviderSource,
  planCharge,
  type SourceStep,
} from '../domain/charge-plan.ts';
import { type LinkObstacle, linkObstacles } from '../domain/link-standing.ts';
import { type Fen, subtract, sum, zeroFen } from '../domain/money.ts';
import { maskName } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { FundingRow, Quote } from '../domain/settlement.ts';
import type { AccountRef, CardHolder, LinkOnRecord, Rows } from './centre-store.ts';
import type { Desk } from './desk.ts';

/** What a sale would charge now: the quote for the customer, and the movements that would book it. */
export interface Charge {
  readonly quote: Quote;
  readonly ownBefore: Fen;
  readonly ownAfter: Fen;
  readonly movements: readonly Movement[];
}
export interface Movement {
  readonly debit: AccountRef;
  readonly amount: Fen;
  readonly link: string | null;
  /** How much of the link's quota it uses. */
  readonly quota: Fen;
}

/** What a person's accounts and links are worth now, judged by the rules in force. */
export interface Sources {
  readonly own: OwnSource;
  /** One link from each provider, and what he would lend over it. */
  readonly providers: readonly { readonly link: LinkOnRecord; readonly source: ProviderSource }[];
}

/** Collects the facts about own account and providers from the store and judges the links. Source: R4 to R25, R75. */
export function sourcesOf(desk: Desk, rows: Rows, holder: CardHolder, now: number): Sources {
  const { profile } = desk;
  const { links, obstacles } = obstaclesAround(desk, rows, holder.person, now);
  const counted = onePerPair(links, obstacles);
  return {
    own: {
      balance: rows.balanceOf(holder.person, 'personal'),
      earmarked: profile.fundModel === 'quota_hold' ? earmarked(links, holder, obstacles) : zeroFen,
      sent: rows.transfers.heldBy(holder.person, now),
    },
    providers: counted
      .filter((link) => link.beneficiary === holder.person)
      .map((link) => ({ link, source: providerSource(rows, link, obstacles, now) })),
  };
}

/** Plans the charge over a customer's sources with the domain's rules and puts it into words for the terminal: names
 *  masked, balances of nobody but the customer (R134, R142).
 *  Errors: `RangeError` for a bill that is not sound. Source: rules R30 to R46, R64 to R75. */
export function chargeOf(desk: Desk, rows: Rows, holder: CardHolder, bill: Bill, now: number): Charge {
  const { profile } = desk;
  const { own, providers } = sourcesOf(desk, rows, holder, now);
  const { balance } = own;

  const plan = planCharge({
    profile,
    bill,
    own,
    providers: providers.map(({ source }) => source),
    wallet: {
      balance: (profile.fundModel === 'wallet' ? rows.balanceOf(holder.person, 'wallet') : null) ?? zeroFen,
      // What lies in the wallet was moved there when the links were judged; at the counter it only has to be open on
      // both sides (R72), whatever has become of the links since.
      bothOpened:
        holder.walletOpened && (providers.length === 0 || providers.some(({ link }) => link.providerWalletOpened)),
    },
  });

  const ownPaid = sum(plan.legs.filter((leg) => leg.source.kind === 'own').map((leg) => leg.paid));
  const ownBefore = balance ?? zeroFen;
  const ownAfter = subtract(ownBefore, ownPaid);
  const linkOf = (id: string) => {
    const found = providers.find(({ link }) => link.linkId === id);
    if (!found) throw new Error('a charge plan names a link that it was not given');
    return found.link;
  };
  return {
    quote: {
      split: {
        total: plan.total,
        fund: plan.fund,
        own: ownPaid,
        shared: subtract(plan.covered, ownPaid),
        cash: plan.cash,
        notEligible: plan.notEligible,
        rows: plan.steps.map((step): FundingRow => {
          const { source, ...told } = { source: step.source, paid: step.paid, reason: step.reason };
          if (source.kind === 'provider') {
            const { providerName, relation } = linkOf(source.linkId);
            return { source: 'provider', maskedName: maskName(providerName), relation, ...told };
          }
          const maskedName = maskName(holder.name);
          if (source.kind === 'wallet' || balance === null) return { source: source.kind, maskedName, ...told };
          return { source: 'own', maskedName, ...told, before: ownBefore, after: ownAfter };
        }),
      },
      digest: digestOf(profile.name, holder, bill, plan),
      needsPin: plan.legs.length > 0,
    },
    ownBefore,
    ownAfter,
    movements: movementsOf(desk, holder, plan, linkOf),
  };
}

/** Whether one of these links could stand beyond the profile's limits. Where no side of them has more links in force than
 *  it may have, all of them count and nobody further away matters; else it hangs on everybody connected which ones do. */
function mayExceedLimit(links: readonly LinkOnRecord[], profile: PolicyProfile): boolean {
  const { maxBeneficiariesPerProvider, maxProvidersPerBeneficiary } = profile;
  return links.some(
    ({ linksOfProvider, linksOfBeneficiary }) =>
      linksOfProvider > (maxBeneficiariesPerProvider ?? Number.POSITIVE_INFINITY) ||
      linksOfBeneficiary > (maxProvidersPerBeneficiary ?? Number.POSITIVE_INFINITY),
  );
}

/** A person's links in both roles, with what stands in the way of each now; null = it gives money. */
export function obstaclesAround(
  desk: Desk,
  rows: Rows,
  person: string,
  now: number,
): { readonly links: readonly LinkOnRecord[]; readonly obstacles: ReadonlyMap<string, LinkObstacle | null> } {
  const links = rows.linksAround(person, now, 'own');
  const connected = mayExceedLimit(links, desk.profile) ? rows.linksAround(person, now, 'connected') : [];
  const others = connected.filter((link) => link.provider !== person && link.beneficiary !== person);
  return { links, obstacles: linkObstacles([...links, ...others], desk.profile, desk.listedAreas, now) };
}

/** A link that was ended and made anew is one source, not two: of those between the same two people the one that gives
 *  money says what holds, else the latest says why none does. */
function onePerPair(
  links: readonly LinkOnRecord[],
  obstacles: ReadonlyMap<string, LinkObstacle | null>,
): readonly LinkOnRecord[] {
  const chosen = new Map<string, LinkOnRecord>();
  const holds = (link: LinkOnRecord) => Number(obstacles.get(link.linkId) === null);
  // Links come in the order of their ids, so that of two alike the later one is chosen.
  const isBetter = (a: LinkOnRecord, b: LinkOnRecord) => holds(a) - holds(b) || a.since - b.since || 1;
  for (const link of links) {
    const pair = JSON.stringify([link.provider, link.beneficiary]);
    const known = chosen.get(pair);
    if (known === undefined || isBetter(link, known) > 0) chosen.set(pair, link);
  }
  return [...chosen.values()];
}

/** What a provider has sent to a wallet and nobody has accepted yet is not his to lend (R71). */
function providerSource(
  rows: Rows,
  link: LinkOnRecord,
  obstacles: ReadonlyMap<string, LinkObstacle | null>,
  now: number,
): ProviderSource {
  return {
    linkId: link.linkId,
    linkedAt: link.since,
    rank: link.rank,
    balance: link.providerBalance,
    sent: rows.transfers.heldBy(link.provider, now),
    status: link.providerStatus,
    card: link.providerCard,
    quotaLeft: link.quotaLeft,
    obstacle: obstacles.get(link.linkId) ?? null,
  };
}

/** R75: what this person has set aside for others cannot be spent for himself until those links end, also while they do
 *  not give money yet: else there would be less than was promised when they do. */
function earmarked(
  links: readonly LinkOnRecord[],
  holder: CardHolder,
  obstacles: ReadonlyMap<string, LinkObstacle | null>,
): Fen {
  return sum(
    links
      .filter((link) => link.provider === holder.person && obstacles.get(link.linkId) !== 'linkEnded')
      .map((link) => link.quotaLeft ?? zeroFen),
  );
}

function movementsOf(
  { profile }: Desk,
  holder: CardHolder,
  plan: ChargePlan,
  linkOf: (id: string) => LinkOnRecord,
): readonly Movement[] {
  const fund: Movement = { debit: { kind: 'fund' }, amount: plan.fund, link: null, quota: zeroFen };
  const legs = plan.legs.map(({ source, paid }: SourceStep): Movement => {
    if (source.kind === 'provider') {
      const debit = { kind: 'personal', person: linkOf(source.linkId).provider } as const;
      return { debit, amount: paid, link: source.linkId, quota: profile.fundModel === 'quota_hold' ? paid : zeroFen };
    }
    const kind = source.kind === 'wallet' ? 'wallet' : 'personal';
    return { debit: { kind, person: holder.person }, amount: paid, link: null, quota: zeroFen };
  });
  return plan.fund > 0 ? [fund, ...legs] : legs;
}

/** What must still be the same when the customer's consent arrives: who, the bill, under which rules, and who pays what.
 *  Balances are left out: a provider whose money grew meanwhile pays what was agreed. */
function digestOf(profile: string, holder: CardHolder, bill: Bill, plan: ChargePlan): string {
  const legs = plan.legs.map(({ source, paid }) => [
    source.kind,
    source.kind === 'provider' ? source.linkId : null,
    paid,
  ]);
  const agreed = [profile, holder.card, billHash(bill), plan.fund, plan.cash, legs];
  return createHash('sha256').update(JSON.stringify(agreed), 'utf8').digest('hex');
}

/** A bill as one value: two bills with the same hash are the same bill. */
export function billHash(bill: Bill): string {
  const goods = bill.goods.map((line) => [line.amount, line.kind, line.approval ?? null, line.name ?? null]);
  return createHash('sha256')
    .update(JSON.stringify([bill.total, bill.fund, goods]), 'utf8')
    .digest('hex');
}
