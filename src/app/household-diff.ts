import type { LinkOnRecord } from '../centre/centre-store.ts';
import type { EmbeddedCentre } from '../centre/embedded-centre.ts';
import type { SourceReason } from '../domain/charge-plan.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import { linkObstacles } from '../domain/link-standing.ts';
import { type Fen, zeroFen } from '../domain/money.ts';
import type { Relation } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { FundingRow } from '../domain/settlement.ts';
import type { DeckHousehold } from '../ipc/view.ts';
import type { Clock } from '../ports/clock.ts';
import { messageIds } from '../terminal/message-ids.ts';
import type { Deck } from './deck.ts';
import { openDeckCentre } from './deck-centre.ts';
import { demoInstitution } from './demo-institution.ts';
import { whyNoMoney } from './link-money.ts';
import type { Rules } from './rules.ts';

/** One household under two profiles: the same people, the same links, the same sales. `[a, b]` everywhere: under the first
 *  profile and under the second. */
export interface HouseholdDiff {
  readonly household: DeckHousehold;
  readonly profiles: readonly [PolicyProfile, PolicyProfile];
  readonly links: readonly LinkUnderBoth[];
  readonly sales: readonly SaleUnderBoth[];
}

/** `provider`, `beneficiary`: ids of the deck. `obstacles`: why it gives no money, null = it does. */
export interface LinkUnderBoth {
  readonly provider: string;
  readonly beneficiary: string;
  readonly relation: Relation;
  readonly obstacles: readonly [SourceReason | null, SourceReason | null];
  readonly differs: boolean;
}

export interface SaleUnderBoth {
  readonly person: string;
  readonly amount: Fen;
  readonly outcomes: readonly [SaleOutcome, SaleOutcome];
  readonly differs: boolean;
}

/** Who would pay what: the rows of the quote, and cash. */
export type SaleOutcome =
  | { readonly kind: 'quoted'; readonly rows: readonly FundingRow[]; readonly cash: Fen }
  | { readonly kind: 'declined'; readonly code: DeclineCode };

/** Asks two centres, one under each profile, that have just been loaded with the deck; nothing is kept.
 *  Shapes: a sale for each person and amount, people in the deck's order. A bill has no goods, so drugs are meant.
 *  Errors: `RangeError` for an amount of zero. */
export async function householdDiff(
  deck: Deck,
  household: DeckHousehold,
  profiles: readonly [PolicyProfile, PolicyProfile],
  amounts: readonly Fen[],
  rules: Rules,
  clock: Clock,
): Promise<HouseholdDiff> {
  const [a, b] = [
    await underProfile(deck, household, profiles[0], amounts, rules, clock),
    await underProfile(deck, household, profiles[1], amounts, rules, clock),
  ];
  return {
    household,
    profiles,
    links: a.links.map(({ link, obstacle }, at) => {
      const obstacles = [obstacle, b.links[at]?.obstacle ?? null] as const;
      const { provider, beneficiary, relation } = link;
      return { provider, beneficiary, relation, obstacles, differs: obstacles[0] !== obstacles[1] };
    }),
    sales: a.sales.map(({ person, amount, outcome }, at) => {
      const other = b.sales[at]?.outcome ?? outcome;
      return {
        person,
        amount,
        outcomes: [outcome, other],
        differs: paymentsOf(outcome) !== paymentsOf(other),
      };
    }),
  };
}

interface Under {
  readonly links: readonly { readonly link: LinkOnRecord; readonly obstacle: SourceReason | null }[];
  readonly sales: readonly { readonly person: string; readonly amount: Fen; readonly outcome: SaleOutcome }[];
}

async function underProfile(
  deck: Deck,
  household: DeckHousehold,
  profile: PolicyProfile,
  amounts: readonly Fen[],
  rules: Rules,
  clock: Clock,
): Promise<Under> {
  const centre = openDeckCentre(deck, profile, rules, clock);
  try {
    const sales: Under['sales'][number][] = [];
    for (const { id } of household.people) {
      for (const amount of amounts)
        sales.push({ person: id, amount, outcome: await quoted(centre, deck, id, amount, clock) });
    }
    return { links: linksOf(centre, household, profile, rules, clock), sales };
  } finally {
    centre.close();
  }
}

/** The household's links in the order in which they were made. Links of the deck stay within a household, so these are all
 *  that a limit could hang on. */
function linksOf(
  { registry }: EmbeddedCentre,
  household: DeckHousehold,
  profile: PolicyProfile,
  rules: Rules,
  clock: Clock,
): Under['links'] {
  const found = household.people.flatMap(({ id }) => registry.linksOf(id));
  const once = [...new Map(found.map((link) => [link.linkId, link])).values()];
  const obstacles = linkObstacles(once, profile, rules.listedAreas, clock.now());
  return once
    .map((link) => ({ link, obstacle: whyNoMoney(link, obstacles.get(link.linkId) ?? null, profile) }))
    .sort(
      (x, y) =>
        x.link.since - y.link.since ||
        (x.link.provider + x.link.beneficiary < y.link.provider + y.link.beneficiary ? -1 : 1),
    );
}

async function quoted(
  { centre }: EmbeddedCentre,
  deck: Deck,
  person: string,
  amount: Fen,
  clock: Clock,
): Promise<SaleOutcome> {
  const card = deck.cards.get(person);
  if (card === undefined) throw new RangeError(`${person} has no card in the deck`);
  const ids = messageIds(demoInstitution.code, clock, 0);
  const envelope = () => ({
    msgId: ids.nextMsgId(),
    institution: demoInstitution,
    terminal: 'T0000001',
    operator: '01',
    signNo: null,
    at: clock.now(),
  });
  const pan = card.pan;
  const identified = await centre.identify({
    ...envelope(),
    credential: { medium: 'stripe', pan, last4: pan.expose().slice(-4) },
  });
  if (identified.kind === 'declined') return { kind: 'declined', code: identified.decline.code };
  const bill = { total: amount, fund: zeroFen, goods: [] };
  const answer = await centre.quote({ ...envelope(), card: identified.card, bill });
  if (answer.kind === 'declined') return { kind: 'declined', code: answer.decline.code };
  return { kind: 'quoted', rows: answer.quote.split.rows, cash: answer.quote.split.cash };
}

/** Who pays what, as one text; a source that pays nothing is left out. */
function paymentsOf(outcome: SaleOutcome): string {
  if (outcome.kind === 'declined') return outcome.code;
  const paid = outcome.rows
    .filter((row) => row.paid > 0)
    .map(({ source, maskedName, paid }) => [source, maskedName, paid]);
  return JSON.stringify([paid, outcome.cash]);
}
