import { createHash } from 'node:crypto';
import type { LinkFinding, LinkTerms, LinkVerdict } from '../domain/link-application.ts';
import type { LinkParty, LinkReason, LinkRecord, LinkStanding } from '../domain/link-record.ts';
import {
  effectiveAt,
  endableFrom,
  inPrecedence,
  judgeLink,
  type LinkSide,
  tooNewFinding,
} from '../domain/link-rules.ts';
import { above, type Fen, sum, zeroFen } from '../domain/money.ts';
import { type AreaName, maskName } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Declined } from '../ports/centre.ts';
import type { CardHolder, LinkOnRecord, Rows, WritableRows } from './centre-store.ts';
import { obstaclesAround } from './charge.ts';
import { type Desk, recordNumber } from './desk.ts';
import type { LinkActor, LinkAsked, Linked, LinkRefused, Unlinked } from './link-office.ts';

/** What would come of an application, by the rows as they are. Writes nothing. Beside the domain's rules: a link that is to
 *  be replaced has to be the provider's own, open, and old enough to be ended (R8, R22).
 *  Errors: `RangeError` for a person that is not there. */
export function verdictOf(desk: Desk, rows: Rows, asked: LinkAsked, now: number): LinkVerdict {
  const { profile, listedAreas } = desk;
  const provider = holderOf(rows, asked.provider);
  const beneficiary = holderOf(rows, asked.beneficiary);
  const ofProvider = openLinks(rows, provider.person, now);
  const replaced = replacedIn(ofProvider, asked);
  const replacedUntil = replaced ? endOf(replaced, profile, now) : null;
  const { terms } = asked;
  const open = [...ofProvider, ...openLinks(rows, beneficiary.person, now)];
  const verdict = judgeLink(
    {
      provider: {
        ...sideOf(provider),
        free: freeFor(rows, provider.person, now, endsAtOnce(replaced, replacedUntil, now)),
      },
      beneficiary: sideOf(beneficiary),
      terms,
      open: open.filter(({ linkId }) => linkId !== replaced?.linkId),
      replacedUntil,
      now,
    },
    profile,
    listedAreas,
  );
  const more = replacementFindings(asked, replaced, profile, now);
  if (more.length === 0) return verdict;
  return { ...verdict, findings: inPrecedence([...verdict.findings, ...more]), swappedWouldDo: false };
}

/** Makes the link, with what it replaces ended in the same transaction, or says all that stands in the way: then nothing
 *  has changed. */
export function makeLink(
  desk: Desk,
  rows: WritableRows,
  asked: LinkAsked,
  actor: LinkActor,
  now: number,
): Linked | LinkRefused {
  const verdict = verdictOf(desk, rows, asked, now);
  if (verdict.findings.length > 0) return { kind: 'linkRefused', verdict };
  const { profile } = desk;
  const replaced = replacedIn(openLinks(rows, asked.provider, now), asked);
  if (replaced && !isEndingBy(replaced, endOf(replaced, profile, now))) {
    const until = endOf(replaced, profile, now);
    end(desk, rows, replaced, { deed: 'ended', until, reason: { code: 'changed' }, actor, now });
  }
  const { provider, beneficiary, terms } = asked;
  const recordId = recordNumber(desk, 'B', now);
  const quota = profile.fundModel === 'quota_hold' ? terms.quota : null;
  const row = { provider, beneficiary, relation: terms.relation, since: verdict.since, until: terms.until, quota };
  const linkId = rows.addLink({ ...row, rank: null, madeBy: recordId });
  const record: LinkRecord = {
    ...recordOf(desk, rows, { linkId, ...row }, actor, now),
    recordId,
    deed: 'linked',
    documents: terms.documents,
    cautionTicked: terms.cautionTicked,
    beneficiaryConsents: terms.beneficiaryConsents,
    reason: null,
    replaces: asked.replaces,
  };
  rows.links.addRecord(record);
  return { kind: 'linked', record };
}

/** Ends a link of this person's (R22), the provider's own, or as beneficiary where the rules ask both (R12). Declined:
 *  LINK_NOT_FOUND for one that is not his, has ended or is cancelled already, MESSAGE_REJECTED where this side may not end it
 *  or gives no reason, LINK_TOO_NEW before the least days are over. */
export function cancelLink(
  desk: Desk,
  rows: WritableRows,
  { person, linkId, reason }: { readonly person: string; readonly linkId: string; readonly reason: LinkReason },
  actor: LinkActor,
  now: number,
): Unlinked | Declined {
  const { profile } = desk;
  const link = openLinks(rows, person, now).find((each) => each.linkId === linkId);
  const until = link && endOf(link, profile, now);
  if (!link || until === undefined || isEndingBy(link, until)) return declined('LINK_NOT_FOUND');
  const mayEnd = link.provider === person || profile.beneficiaryConsent;
  const said = typeof reason === 'string' ? reason.trim() : reason;
  if (!mayEnd || said === '') return declined('MESSAGE_REJECTED');
  const notBefore = endableFrom(link.since, now, profile);
  if (notBefore !== null) return { kind: 'declined', decline: { code: 'LINK_TOO_NEW', notBefore } };
  const record = end(desk, rows, link, { deed: 'ended', until, reason: said, actor, now });
  return { kind: 'unlinked', record };
}

/** R23: ends all links of a person whose insurance has ended or moved, at once; what is left of a quota is his provider's
 *  again. Only where the profile says so. */
export function dissolveLinks(desk: Desk, rows: WritableRows, person: string, reason: LinkReason, now: number): void {
  if (!desk.profile.autoDissolveOnTransfer) return;
  const actor: LinkActor = { channel: null, operator: 'auto', institution: null, terminal: null };
  for (const link of openLinks(rows, person, now)) {
    end(desk, rows, link, { deed: 'dissolved', until: Math.max(link.since, now), reason, actor, now });
  }
}

/** Sets what a link may still use of its provider's money (R75), and says so in the history. */
export function changeQuota(
  desk: Desk,
  rows: WritableRows,
  link: LinkOnRecord,
  quota: Fen,
  actor: LinkActor,
  now: number,
): void {
  const recordId = recordNumber(desk, 'B', now);
  rows.links.setQuota(link.linkId, link.quotaLeft, quota, now, recordId);
  rows.links.addRecord({
    ...recordOf(desk, rows, { ...link, quota }, actor, now),
    ...nothingAgreed,
    recordId,
    deed: 'quotaSet',
    quotaBefore: link.quotaLeft,
    reason: null,
  });
}

/** What a provider could set aside now: own balance less what is set aside for links that have not ended and what is on
 *  its way to somebody's wallet. Null = no personal account. `without`: a link that ends now. */
export function freeFor(rows: Rows, provider: string, now: number, without: string | null = null): Fen | null {
  const balance = rows.balanceOf(provider, 'personal');
  if (balance === null) return null;
  const setAside = openLinks(rows, provider, now)
    .filter((link) => link.provider === provider && link.linkId !== without)
    .map((link) => link.quotaLeft ?? zeroFen);
  return above(balance, sum([...setAside, rows.transfers.heldBy(provider, now)]));
}

/** The links of a person in both roles that have not ended, as he may see them. */
export function standingsOf(desk: Desk, rows: Rows, person: string, now: number): readonly LinkStanding[] {
  const { links, obstacles } = obstaclesAround(desk, rows, person, now);
  return links
    .filter((link) => obstacles.get(link.linkId) !== 'linkEnded')
    .map((link): LinkStanding => {
      const role = link.provider === person ? 'provider' : 'beneficiary';
      return {
        linkId: link.linkId,
        role,
        other: partyOf(holderOf(rows, role === 'provider' ? link.beneficiary : link.provider)),
        relation: link.relation,
        since: link.since,
        until: link.until,
        obstacle: obstacles.get(link.linkId) ?? null,
        quotaLeft: role === 'provider' ? link.quotaLeft : null,
        channel: link.channel,
      };
    });
}

export function partyOf(holder: CardHolder): LinkParty {
  const { maskedCard, maskedId, insurance, area } = holder;
  return { maskedName: maskName(holder.name), maskedCard, maskedId, insurance, area };
}

/** Errors: `RangeError` for a person that is not there. */
export function holderOf(rows: Rows, person: string): CardHolder {
  const holder = rows.holderByPerson(person);
  if (!holder) throw new RangeError(`nobody is called ${person} here`);
  return holder;
}

/** The links of a person in both roles that have not ended at `now`, also those not yet in force; but not one that was ended
 *  before it began, or at once by a clock that was set back since. */
export function openLinks(rows: Rows, person: string, now: number): readonly LinkOnRecord[] {
  return rows
    .linksAround(person, now, 'own')
    .filter((link) => !link.isOver && (link.until === null || !hasEnded(link.since, link.until, now)));
}

function hasEnded(since: number, until: number, now: number): boolean {
  return until <= now || until <= since;
}

/** Whether a link's own words can be a link's: what no form can send, a message could. */
export function areTermsSound({ quota, until }: LinkTerms): boolean {
  const isMoney = quota === null || (Number.isSafeInteger(quota) && quota >= 0);
  return isMoney && (until === null || Number.isSafeInteger(until));
}

/** The first 16 hex digits of a hash over all rules that a link is judged by. */
export function profileVersion(profile: PolicyProfile, listedAreas: ReadonlySet<AreaName>): string {
  const areas = profile.areaScope === 'listed' ? [...listedAreas].sort() : [];
  return createHash('sha256')
    .update(canonical([profile, areas]), 'utf8')
    .digest('hex')
    .slice(0, 16);
}

/** JSON with the keys of every object in order, so that equal rules are equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}

function replacedIn(ofProvider: readonly LinkOnRecord[], asked: LinkAsked): LinkOnRecord | undefined {
  return ofProvider.find(({ linkId, provider }) => linkId === asked.replaces && provider === asked.provider);
}

/** When a link ends that is cancelled now: not before it began, and not after it would have ended anyway. */
function endOf({ since, until }: LinkOnRecord, profile: PolicyProfile, now: number): number {
  const effective = Math.max(since, effectiveAt(profile.unlinkEffect, now));
  return until === null ? effective : Math.min(until, effective);
}

/** Whether it was cancelled before and ends by then: there is nothing left to cancel. */
function isEndingBy(link: LinkOnRecord, until: number): boolean {
  return link.isCancelled && link.until !== null && link.until <= until;
}

function endsAtOnce(replaced: LinkOnRecord | undefined, until: number | null, now: number): string | null {
  return replaced && until !== null && hasEnded(replaced.since, until, now) ? replaced.linkId : null;
}

function replacementFindings(
  asked: LinkAsked,
  replaced: LinkOnRecord | undefined,
  profile: PolicyProfile,
  now: number,
): readonly LinkFinding[] {
  if (asked.replaces === null) return [];
  if (!replaced) {
    const fact = { id: 'replacedIsGone', params: {} } as const;
    return [{ code: 'LINK_NOT_FOUND', rule: 'R8', fact, remedy: { id: 'lookAtLinksAgain', params: {} } }];
  }
  if (isEndingBy(replaced, endOf(replaced, profile, now))) return [];
  const from = endableFrom(replaced.since, now, profile);
  return from === null ? [] : [tooNewFinding(from)];
}

function sideOf({ person, insurance, status, area, walletOpened }: CardHolder): LinkSide {
  return { person, insurance, status, area, walletOpened };
}

/** Of a record that makes no link. */
const nothingAgreed = {
  documents: { provider: null, beneficiary: null },
  cautionTicked: false,
  beneficiaryConsents: false,
  replaces: null,
} as const;

function end(
  desk: Desk,
  rows: WritableRows,
  link: LinkOnRecord,
  how: Pick<LinkRecord, 'deed' | 'reason'> & {
    readonly until: number;
    readonly actor: LinkActor;
    readonly now: number;
  },
): LinkRecord {
  const { deed, reason, until, actor, now } = how;
  const recordId = recordNumber(desk, 'B', now);
  rows.links.end(link.linkId, until, recordId);
  const record: LinkRecord = {
    ...recordOf(desk, rows, { ...link, until, quota: link.quotaLeft }, actor, now),
    recordId,
    ...nothingAgreed,
    deed,
    reason,
  };
  rows.links.addRecord(record);
  return record;
}

/** What every record says. */
function recordOf(
  desk: Desk,
  rows: Rows,
  link: Pick<LinkRecord, 'linkId' | 'relation' | 'since' | 'until' | 'quota'> & {
    readonly provider: string;
    readonly beneficiary: string;
  },
  actor: LinkActor,
  now: number,
) {
  const { linkId, relation, since, until, quota } = link;
  const { channel, institution, terminal, operator } = actor;
  return {
    linkId,
    at: now,
    provider: partyOf(holderOf(rows, link.provider)),
    beneficiary: partyOf(holderOf(rows, link.beneficiary)),
    relation,
    since,
    until,
    quota,
    profile: desk.profile.name,
    profileVersion: profileVersion(desk.profile, desk.listedAreas),
    channel,
    institution: institution && { code: institution.code, name: institution.name },
    terminal,
    operator,
  };
}

function declined(code: 'LINK_NOT_FOUND' | 'MESSAGE_REJECTED'): Declined {
  return { kind: 'declined', decline: { code } };
}
