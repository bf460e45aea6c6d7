import { chinaDateTime, chinaDay } from './china-time.ts';
import { type DeclineCode, declineCodes } from './decline-code.ts';
import type { LinkFinding, LinkTerms, LinkVerdict } from './link-application.ts';
import { isRelationAllowed, isSameCity, isSameProvince } from './link-standing.ts';
import type { LinkPhraseId, Phrase } from './link-words.ts';
import { type Fen, formatYuan, zeroFen } from './money.ts';
import { type AreaName, type InsuranceKind, type InsuranceStatus, type Relation, relations } from './person.ts';
import type { PolicyProfile } from './policy-profile.ts';

const dayMs = 86_400_000;

/** One of the two people as the register has him today. `person`: an id that nobody else has. */
export interface LinkSide {
  readonly person: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: AreaName;
  readonly walletOpened: boolean;
}

/** A link that is asked for, with the facts that the rules look at. Moments: ms since the epoch. */
export interface LinkCase {
  readonly provider: LinkSide & {
    /** Own balance less what is set aside for others; null = no personal account. */
    readonly free: Fen | null;
  };
  readonly beneficiary: LinkSide;
  readonly terms: LinkTerms;
  /** Links of either side that have not ended at `now` (also those not yet in force), without the one that is replaced. */
  readonly open: readonly { readonly provider: string; readonly beneficiary: string }[];
  /** When the link that is replaced ends; null = none is. */
  readonly replacedUntil: number | null;
  readonly now: number;
}

type Role = 'provider' | 'beneficiary';
const roles = ['provider', 'beneficiary'] as const satisfies readonly Role[];

/** Everything that stands in the way of a link, not only the first of it, with the fact that failed and what would mend it.
 *  A self-link is told alone: nothing else about it means anything. Of two people with the same fault the provider comes
 *  first. A link between the same two counts as existing, not against the limits, which count other people.
 *  Holds: `findings` in the order of `declineCodes`; empty exactly when the link may be made.
 *  Source: rules R2 to R7, R10, R12, R14 to R18, R20, R24, R25, R28, R64 to R69, R72, R75; `listedAreas`: R66. */
export function judgeLink(c: LinkCase, profile: PolicyProfile, listedAreas: ReadonlySet<AreaName>): LinkVerdict {
  const findings = findingsOf(c, profile, listedAreas);
  return {
    findings,
    since: sinceOf(c, profile),
    swappedWouldDo: hangOnRoles(findings) && wouldDoSwapped(c, profile, listedAreas),
  };
}

/** Findings of several judges in the order in which they are told; those of one code stay as they come. */
export function inPrecedence(findings: readonly LinkFinding[]): readonly LinkFinding[] {
  const order = Object.keys(declineCodes);
  return [...findings].sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
}

/** From when the link counts (R14), and never while the one that it replaces still does (R8). */
function sinceOf({ now, replacedUntil }: LinkCase, profile: PolicyProfile): number {
  return Math.max(effectiveAt(profile.linkEffect, now), replacedUntil ?? now);
}

function findingsOf(c: LinkCase, profile: PolicyProfile, listedAreas: ReadonlySet<AreaName>): readonly LinkFinding[] {
  const { provider, beneficiary } = c;
  if (provider.person === beneficiary.person) {
    return [finding('SELF_LINK', 'R25', phrase('sameSelf'), phrase('takeTheOther'))];
  }
  return inPrecedence([
    ...paperFindings(c.terms, profile),
    ...insuranceFindings(c, profile),
    ...relationFindings(c.terms.relation, profile),
    ...areaFindings(provider.area, beneficiary.area, profile, listedAreas),
    ...limitFindings(c, profile),
    ...termFindings(c, profile),
    ...moneyFindings(c, profile),
  ]);
}

/** What the people have to show and to say: documents (R10, R20), the notice (R28), the beneficiary's consent (R12). */
function paperFindings(terms: LinkTerms, profile: PolicyProfile): readonly LinkFinding[] {
  const findings: LinkFinding[] = [];
  if (terms.channel === 'counter' || terms.channel === 'hospital') findings.push(...documentFindings(terms, profile));
  if (!terms.cautionTicked) {
    findings.push(finding('CONSENT_MISSING', 'R28', phrase('cautionNotTicked'), phrase('tickCaution')));
  }
  if (profile.beneficiaryConsent && !terms.beneficiaryConsents) {
    findings.push(finding('CONSENT_MISSING', 'R12', phrase('beneficiaryNotAgreed'), phrase('askBeneficiary')));
  }
  return findings;
}

function documentFindings({ documents }: LinkTerms, profile: PolicyProfile): readonly LinkFinding[] {
  switch (profile.binding.documents) {
    case 'one_of_three':
      return roles
        .filter((role) => documents[role] === null)
        .map((role) =>
          finding('DOC_MISSING', 'R10', phrase('documentNotShown', { role }), phrase('showDocument', { role })),
        );
    case 'provider_card':
      return documents.provider === 'socialCard'
        ? []
        : [finding('DOC_MISSING', 'R20', phrase('providerCardNotSwiped'), phrase('swipeProviderCard'))];
  }
}

/** Status of both (R3), and who may provide for whom (R15, R16). Two residents are told of only where each of them alone
 *  would be allowed: else the kind that is wrong is what has to change. */
function insuranceFindings(c: LinkCase, profile: PolicyProfile): readonly LinkFinding[] {
  const notNormal = roles
    .filter((role) => c[role].status !== 'normal')
    .map((role) =>
      finding(
        'INSURANCE_NOT_NORMAL',
        'R3',
        phrase('insuranceIs', { role, status: c[role].status }),
        phrase('restoreInsurance', { role }),
      ),
    );
  const wrongKind: LinkFinding[] = [];
  for (const role of roles) {
    const allowed: readonly InsuranceKind[] =
      role === 'provider' ? profile.providerInsurance : profile.beneficiaryInsurance;
    const { insurance } = c[role];
    if (allowed.includes(insurance)) continue;
    const needed = allowed[0] ?? 'employee';
    const fact = phrase('wrongInsurance', { role, insurance, needed });
    wrongKind.push(
      role === 'provider'
        ? finding('NOT_INSURED_HERE', 'R15', fact, phrase('takeAnotherProvider', { needed }))
        : finding('NOT_INSURED_HERE', 'R16', fact, phrase('changeInsuranceFirst', { role, needed })),
    );
  }
  const bothResident = roles.every((role) => c[role].insurance === 'resident');
  if (profile.forbidResidentResident && bothResident && wrongKind.length === 0) {
    const remedy = phrase('takeAnotherProvider', { needed: 'employee' });
    wrongKind.push(finding('NOT_INSURED_HERE', 'R15', phrase('bothResident'), remedy));
  }
  return [...notNormal, ...wrongKind];
}

function relationFindings(relation: Relation, profile: PolicyProfile): readonly LinkFinding[] {
  const { relationSet } = profile;
  if (relationSet === 'none' || isRelationAllowed(relation, profile)) return [];
  const rule = relationSet === 'immediate' ? 'R17' : 'R18';
  const fact = phrase('relationOutside', { relation, set: relationSet });
  return [finding('RELATION_NOT_ALLOWED', rule, fact, phrase('correctRelation'))];
}

/** What stands between two pooling areas, in whichever order of roles the profile looks at them. Under `same_city` two rules
 *  fail at once: both have to be insured with the city (R2), and sharing is open within it only (R64).
 *  Source: R2, R64 to R69. */
export function areaFindings(
  providerArea: AreaName,
  beneficiaryArea: AreaName,
  profile: PolicyProfile,
  listedAreas: ReadonlySet<AreaName>,
): readonly LinkFinding[] {
  const both = { providerArea, beneficiaryArea };
  switch (profile.areaScope) {
    case 'nationwide':
      return [];
    case 'same_city':
      if (isSameCity(providerArea, beneficiaryArea)) return [];
      return [
        finding('NOT_INSURED_HERE', 'R2', phrase('notSameCity', both), phrase('moveToOneCity')),
        finding('AREA_NOT_OPEN', 'R64', phrase('onlyWithinCity', both), phrase('waitForOpening')),
      ];
    case 'same_province':
      if (isSameProvince(providerArea, beneficiaryArea)) return [];
      return [finding('AREA_NOT_OPEN', 'R65', phrase('onlyWithinProvince', both), phrase('waitForOpening'))];
    case 'listed':
      return [['provider', providerArea] as const, ['beneficiary', beneficiaryArea] as const]
        .filter(([, area]) => !listedAreas.has(area))
        .map(([role, area]) =>
          finding('AREA_NOT_OPEN', 'R66', phrase('areaNotListed', { role, area }), phrase('waitForOpening')),
        );
  }
}

/** A link that is there already (R25), and how many other people each side has (R4 to R6, R24). */
function limitFindings({ provider, beneficiary, open }: LinkCase, profile: PolicyProfile): readonly LinkFinding[] {
  const findings: LinkFinding[] = [];
  const beneficiaries = new Set(open.flatMap((link) => (link.provider === provider.person ? [link.beneficiary] : [])));
  const providers = new Set(open.flatMap((link) => (link.beneficiary === beneficiary.person ? [link.provider] : [])));
  if (beneficiaries.delete(beneficiary.person)) {
    providers.delete(provider.person);
    findings.push(finding('LINK_EXISTS', 'R25', phrase('linkedAlready'), phrase('nothingToDo')));
  }
  const { maxBeneficiariesPerProvider: ofProvider, maxProvidersPerBeneficiary: ofBeneficiary } = profile;
  if (ofProvider !== null && beneficiaries.size >= ofProvider) {
    const fact = phrase('providerHasLinks', { count: String(beneficiaries.size), max: String(ofProvider) });
    findings.push(finding('PROVIDER_ALREADY_LINKED', 'R4', fact, phrase('endOrChange')));
  }
  if (ofBeneficiary !== null && providers.size >= ofBeneficiary) {
    const fact = phrase('beneficiaryHasProviders', { count: String(providers.size), max: String(ofBeneficiary) });
    // Where a provider may have several, it is R6 that still allows a beneficiary only so many.
    const rule = ofProvider === null ? 'R6' : 'R5';
    findings.push(finding('BENEFICIARY_ALREADY_LINKED', rule, fact, phrase('otherProviderEnds')));
  }
  return findings;
}

/** R7: no end where links last until they are cancelled; else one after the beginning. */
function termFindings(c: LinkCase, profile: PolicyProfile): readonly LinkFinding[] {
  const { until } = c.terms;
  if (until === null) return [];
  if (profile.linkExpiry === null) {
    return [finding('LINK_TERM_NOT_ALLOWED', 'R7', phrase('noEndHere'), phrase('leaveEndEmpty'))];
  }
  const since = sinceOf(c, profile);
  if (until > since) return [];
  const fact = phrase('endBeforeBeginning', { until: chinaDateTime(until), since: chinaDateTime(since) });
  return [finding('LINK_TERM_NOT_ALLOWED', 'R7', fact, phrase('chooseLaterEnd'))];
}

/** A quota that the account does not cover (R75), wallets that are not opened (R72). A link without a quota may be made:
 *  it gives nothing until one is set. */
function moneyFindings(c: LinkCase, profile: PolicyProfile): readonly LinkFinding[] {
  switch (profile.fundModel) {
    case 'live_balance':
      return [];
    case 'quota_hold':
      return quotaFindings(c.terms.quota ?? zeroFen, c.provider.free);
    case 'wallet':
      return roles
        .filter((role) => !c[role].walletOpened)
        .map((role) =>
          finding('WALLET_NOT_OPENED', 'R72', phrase('walletNotOpened', { role }), phrase('openWallet', { role })),
        );
  }
}

/** R75: what a provider sets aside has to be there. `free` as in `LinkCase`. */
export function quotaFindings(quota: Fen, free: Fen | null): readonly LinkFinding[] {
  if (quota <= (free ?? zeroFen)) return [];
  if (free === null) {
    const remedy = phrase('takeAnotherProvider', { needed: 'employee' });
    return [finding('QUOTA_NOT_COVERED', 'R75', phrase('providerHasNoAccount'), remedy)];
  }
  const fact = phrase('quotaAboveFree', { quota: formatYuan(quota), free: formatYuan(free) });
  return [finding('QUOTA_NOT_COVERED', 'R75', fact, phrase('lowerQuota'))];
}

/** Whether this could have failed because the two were swapped. That the link as asked for is there says that they were not,
 *  nor does an account that has too little for the quota say that it is the wrong one. */
function hangOnRoles(findings: readonly LinkFinding[]): boolean {
  const exists = findings.some(({ code }) => code === 'LINK_EXISTS');
  return !exists && findings.some(({ fact }) => fact.id !== 'quotaAboveFree');
}

/** Whether the two have probably been swapped (R20): the same link the other way round would be allowed. Where the
 *  provider's card is the document, the other card would have been swiped, so documents say nothing about it; nor does
 *  the quota, which was meant for another account. */
function wouldDoSwapped(c: LinkCase, profile: PolicyProfile, listedAreas: ReadonlySet<AreaName>): boolean {
  const { provider, beneficiary, terms } = c;
  const isByCard = profile.binding.documents === 'provider_card';
  const swapped: LinkCase = {
    ...c,
    provider: { ...beneficiary, free: null },
    beneficiary: provider,
    terms: {
      ...terms,
      relation: inverse[terms.relation],
      documents: isByCard
        ? { provider: 'socialCard', beneficiary: null }
        : { provider: terms.documents.beneficiary, beneficiary: terms.documents.provider },
      quota: null,
    },
  };
  return findingsOf(swapped, profile, listedAreas).length === 0;
}

/** What the provider is to the beneficiary, where the beneficiary is that to the provider. */
const inverse = {
  spouse: 'spouse',
  parent: 'child',
  child: 'parent',
  sibling: 'sibling',
  grandparent: 'grandchild',
  grandchild: 'grandparent',
  other: 'other',
} as const satisfies Record<Relation, Relation>;

/** R22: null = a link of this beginning may be ended now; else from when. Days are of 24 hours. */
export function endableFrom(since: number, now: number, profile: PolicyProfile): number | null {
  if (profile.minLinkDays === 0) return null;
  const from = since + profile.minLinkDays * dayMs;
  return now >= from ? null : from;
}

/** Why a link cannot take another's place yet: that one may be ended from `from` on (R22). */
export function tooNewFinding(from: number): LinkFinding {
  const params = { from: chinaDateTime(from) };
  return finding('LINK_TOO_NEW', 'R22', phrase('linkTooNew', params), phrase('comeBackLater', params));
}

/** When a link begins or ends that is made or cancelled at `now`: at once, or with the next day in China (R14, R22). */
export function effectiveAt(effect: 'immediate' | 'next_day', now: number): number {
  if (effect === 'immediate') return now;
  return Date.parse(`${chinaDay(now)}T00:00:00+08:00`) + dayMs;
}

/** The relations that a link may be of, in the order in which forms list them (R17, R18). */
export function allowedRelations(profile: PolicyProfile): readonly Relation[] {
  return relations.filter((relation) => isRelationAllowed(relation, profile));
}

/** A verdict for other eyes than the provider's: what his account has free is left out (R134). */
export function withoutBalance(verdict: LinkVerdict): LinkVerdict {
  const findings = verdict.findings.map((told) =>
    told.fact.id === 'quotaAboveFree' ? { ...told, fact: phrase('quotaNotCovered') } : told,
  );
  return { ...verdict, findings };
}

function phrase(id: LinkPhraseId, params: Phrase['params'] = {}): Phrase {
  return { id, params };
}

function finding(code: DeclineCode, rule: LinkFinding['rule'], fact: Phrase, remedy: Phrase): LinkFinding {
  return { code, rule, fact, remedy };
}
