import { createHash } from 'node:crypto';
import { planCharge } from '../domain/charge-plan.ts';
import { chinaDay } from '../domain/china-time.ts';
import { add, type Fen, fen, subtract, sum, zeroFen } from '../domain/money.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import { planLifo, planResettle, planWhole, type ReturnPlan, type StillPaid } from '../domain/return-plan.ts';
import type { FundingRow } from '../domain/settlement.ts';
import type { Remaining, Returned, ReturnRow, Undo, UndoQuote } from '../domain/undo.ts';
import type { Decline } from '../ports/centre.ts';
import type { PaidLeg, Rows, SettlementOnRecord } from './centre-store.ts';
import { type Sources, sourcesOf } from './charge.ts';
import type { Desk } from './desk.ts';

/** What an undo is asked for. `amount` null = all that is left. */
export interface UndoWanted {
  readonly kind: Undo['kind'];
  readonly amount: Fen | null;
}

/** What is still paid of a sale by one account. `row`: how the sale told of it. */
export interface PaidSource {
  readonly leg: PaidLeg;
  readonly row: FundingRow;
  readonly paid: Fen;
}

/** A source of a rest that is settled anew: what it pays and over which link. */
export interface RestSource extends PaidSource {
  readonly again: Fen;
  readonly link: string | null;
  readonly quota: Fen;
  readonly row: FundingRow;
}

/** What an undo of a sale would do now. `standing`: the record that it gives back from; `sources`: those that still pay
 *  on it, in the order of paying, with what each gets back net; `rest`: null unless the rest is settled anew. */
export interface UndoPlan {
  readonly sale: SettlementOnRecord;
  readonly standing: SettlementOnRecord;
  readonly method: Undo['method'];
  readonly sources: readonly (PaidSource & { readonly returned: Fen })[];
  readonly rest: readonly RestSource[] | null;
  readonly fundPaid: Fen;
  readonly returned: Returned;
  readonly returnedBefore: Fen;
  readonly remaining: Remaining | null;
  readonly ownBefore: Fen;
  readonly ownAfter: Fen;
}

/** Why a cancel or refund is not done, or what it would do. Order: the institution's own sale → something left →
 *  a cancel on its day (China time) → an amount that can be given back.
 *  Source: R118 to R123, R129 to R131. */
export function planUndo(
  desk: Desk,
  rows: Rows,
  { institution, settlementId }: { readonly institution: { readonly code: string }; readonly settlementId: string },
  wanted: UndoWanted,
  now: number,
): UndoPlan | Decline {
  const sale = rows.settlementOnRecord(settlementId);
  if (sale === undefined || sale.root !== settlementId || sale.settlement.institution.code !== institution.code) {
    return { code: 'MESSAGE_REJECTED' };
  }
  const standing = standingOf(rows, sale);
  const left = leftOf(standing);
  if (left === 0) return { code: 'ALREADY_REVERSED' };
  if (wanted.kind === 'cancel' && chinaDay(now) !== chinaDay(sale.settlement.settledAt)) {
    return { code: 'CANCEL_TOO_LATE' };
  }
  const amount: number = wanted.amount ?? left;
  if (!Number.isSafeInteger(amount) || amount <= 0) return { code: 'MESSAGE_REJECTED' };
  if (amount > left) return { code: 'REFUND_TOO_MUCH' };
  return planReturn(desk, rows, sale, standing, fen(amount), now);
}

/** What of a sale is still paid. */
export function leftOf(standing: SettlementOnRecord): Fen {
  return subtract(standing.settlement.split.total, standing.returned);
}

export function standingOf(rows: Rows, sale: SettlementOnRecord): SettlementOnRecord {
  const standing = rows.standingFor(sale.root);
  if (!standing) throw new Error('a settlement on record has no record that stands for it');
  return standing;
}

/** Works out who gets what back when `amount` (1 to what is left) is given back. Money goes to where it came from, whatever
 *  has become of link, card and insurance since (R121, R131). */
export function planReturn(
  desk: Desk,
  rows: Rows,
  sale: SettlementOnRecord,
  standing: SettlementOnRecord,
  amount: Fen,
  now: number,
): UndoPlan {
  const { paid, sources } = stillPaid(standing);
  const method = amount === paid.total ? 'whole' : desk.profile.partialRefund;
  const offers = method === 'cancel_and_resettle' ? offersAgain(desk, rows, standing, sources, now) : null;
  const plan = returnPlan(paid, amount, offers);
  const returnedOf = new Map(plan.parts.map((part) => [part.key, part.returned]));
  const returned = sources.map((source, at) => ({ ...source, returned: returnedOf.get(String(at)) ?? zeroFen }));
  const own = sum(returned.filter(isOwn).map((source) => source.returned));
  const ownBefore = rows.moneyOf(standing.beneficiary, 'personal');
  const ownAfter = add(ownBefore, own);
  return {
    sale,
    standing,
    method,
    sources: returned,
    rest: offers && restOf(offers, plan),
    fundPaid: paid.fund,
    returned: {
      total: plan.total,
      fund: plan.fund,
      own,
      shared: sum(returned.filter((source) => !isOwn(source)).map((source) => source.returned)),
      cash: plan.cash,
      cashDue: plan.cashDue,
      rows: returned
        .filter((source) => source.returned > 0)
        .map((source) => returnRow(source, source.returned, ownBefore, ownAfter)),
    },
    returnedBefore: sum(rows.undosOf(sale.root).map((undo) => undo.returned.total)),
    remaining: plan.rest && remainingOf(plan.rest, sources),
    ownBefore,
    ownAfter,
  };
}

/** What the clerk and the customer see before it is done. The digest stands for all that must still hold then: the sale,
 *  the record that stands for it, what has been given back of it, who gets what, and over which link and quota the rest is
 *  paid. */
export function undoQuote(kind: 'cancel' | 'refund', plan: UndoPlan): UndoQuote {
  const { sale, standing, method, returned, remaining } = plan;
  const sources = plan.sources.map(({ leg, paid, returned: back }) => [leg.debit, leg.link, paid, back]);
  const { total, fund, cash, cashDue } = returned;
  const rest = plan.rest?.map(({ again, link, quota }) => [again, link, quota]) ?? null;
  const agreed = [kind, sale.root, standing.settlement.settlementId, standing.returned, method, sources, rest];
  return {
    kind,
    settlementId: sale.root,
    returned,
    remaining,
    digest: createHash('sha256')
      .update(JSON.stringify([...agreed, total, fund, cash, cashDue]), 'utf8')
      .digest('hex'),
  };
}

function returnPlan(paid: StillPaid, amount: Fen, offers: readonly Offer[] | null): ReturnPlan {
  if (amount === paid.total) return planWhole(paid);
  if (offers === null) return planLifo(paid, amount);
  return planResettle(paid, amount, new Map(offers.map((offer, at) => [String(at), offer.allowed])));
}

/** Who still pays what of a record. Shapes: the keys of `paid.parts` are the places in `sources`. */
function stillPaid(standing: SettlementOnRecord): { paid: StillPaid; sources: readonly PaidSource[] } {
  const { split } = standing.settlement;
  const told = split.rows.filter((row) => row.paid > 0);
  const legs = standing.legs.filter((leg) => leg.debit.kind !== 'fund');
  const sources = legs.map((leg, at): PaidSource => {
    const row = told[at];
    if (row?.paid !== leg.paid) throw new Error('a settlement tells other payments than were booked');
    return { leg, row, paid: subtract(leg.paid, leg.returned) };
  });
  const fund = sum(
    standing.legs.filter((leg) => leg.debit.kind === 'fund').map((leg) => subtract(leg.paid, leg.returned)),
  );
  const total = leftOf(standing);
  const accounts = sum(sources.map((source) => source.paid));
  const parts = sources.map((source, at) => ({ key: String(at), paid: source.paid }));
  return { paid: { total, fund, cash: subtract(subtract(total, fund), accounts), parts }, sources };
}

/** What a source may pay of the rest, and over which link. */
interface Offer extends PaidSource {
  readonly allowed: Fen;
  readonly link: string | null;
  readonly hasQuota: boolean;
  readonly reason: FundingRow['reason'];
}

/** What each source may pay when the rest is settled anew: the customer's own accounts what they paid, a provider no more
 *  than he could lend now if everything had been given back (R122 a). */
function offersAgain(
  desk: Desk,
  rows: Rows,
  standing: SettlementOnRecord,
  sources: readonly PaidSource[],
  now: number,
): readonly Offer[] {
  const holder = rows.holderByPerson(standing.beneficiary);
  if (!holder) throw new Error('a settlement on record has no beneficiary');
  const { providers } = sourcesOf(desk, rows, holder, now);
  return sources.map((source): Offer => {
    const { leg, paid, row } = source;
    if (leg.link === null) return { ...source, allowed: paid, link: null, hasQuota: false, reason: row.reason };
    const { allowed, reason, link } = lending(desk.profile, providers, source);
    return { ...source, allowed, link, hasQuota: desk.profile.fundModel === 'quota_hold', reason };
  });
}

/** What a provider could lend now if he had his part back, at most that part. The domain's rules are asked by a bill of
 *  just that part that nobody else can pay. */
function lending(
  profile: PolicyProfile,
  providers: Sources['providers'],
  { leg, paid }: PaidSource,
): { readonly allowed: Fen; readonly reason: FundingRow['reason']; readonly link: string | null } {
  const now = providers.find(({ link }) => 'person' in leg.debit && link.provider === leg.debit.person);
  if (!now || paid === 0) return { allowed: zeroFen, reason: now ? 'notNeeded' : 'linkEnded', link: null };
  const { balance, quotaLeft, linkId } = now.source;
  const quotaBack = linkId === leg.link && leg.quota > 0 ? paid : zeroFen;
  const { steps } = planCharge({
    profile: { ...profile, purposes: ['pharmacy_drug'] },
    bill: { total: paid, fund: zeroFen, goods: [] },
    own: { balance: null, earmarked: zeroFen },
    providers: [
      {
        ...now.source,
        balance: balance === null ? null : add(balance, paid),
        quotaLeft: quotaLeft === null ? null : add(quotaLeft, quotaBack),
      },
    ],
    wallet: { balance: zeroFen, bothOpened: false },
  });
  const step = steps.find(({ source }) => source.kind === 'provider');
  return { allowed: step?.paid ?? zeroFen, reason: step?.reason ?? 'linkEnded', link: linkId };
}

function restOf(offers: readonly Offer[], plan: ReturnPlan): readonly RestSource[] {
  const againOf = new Map(plan.rest?.parts.map((part) => [part.key, part.paid]));
  return offers.map(({ allowed, hasQuota, reason, ...source }, at): RestSource => {
    const again = againOf.get(String(at)) ?? zeroFen;
    const { before: _before, after: _after, ...row } = source.row;
    const why = again === source.paid ? source.row.reason : again < allowed ? 'enough' : reason;
    return {
      ...source,
      again,
      quota: hasQuota ? again : zeroFen,
      row: { ...row, paid: again, reason: again === 0 && allowed > 0 ? 'notNeeded' : why },
    };
  });
}

function remainingOf(rest: StillPaid, sources: readonly PaidSource[]): Remaining {
  const parts = rest.parts.map(({ key, paid }) => ({
    paid,
    own: sources.some((it, at) => String(at) === key && isOwn(it)),
  }));
  return {
    total: rest.total,
    fund: rest.fund,
    own: sum(parts.filter((part) => part.own).map((part) => part.paid)),
    shared: sum(parts.filter((part) => !part.own).map((part) => part.paid)),
    cash: rest.cash,
  };
}

function isOwn({ row }: PaidSource): boolean {
  return row.source === 'own';
}

function returnRow({ row }: PaidSource, returned: Fen, ownBefore: Fen, ownAfter: Fen): ReturnRow {
  const { source, maskedName } = row;
  if (source === 'own') return { source, maskedName, returned, before: ownBefore, after: ownAfter };
  return { source, maskedName, ...(row.relation === undefined ? {} : { relation: row.relation }), returned };
}
