import type { AreaName, InsuranceKind, InsuranceStatus, Relation } from './person.ts';
import type { PolicyProfile } from './policy-profile.ts';

/** Why a link that is on record gives no money under a profile (R27: what the customer is told). */
export type LinkObstacle =
  | 'linkNotYetInForce'
  | 'linkEnded'
  | 'insuranceKindNotAllowed'
  | 'relationNotAllowed'
  | 'areaNotOpen'
  | 'linkLimit';

/** A link on record with what both sides are today. `since`/`until`: ms since the epoch, `until` null = until
 *  cancelled. */
export interface LinkFacts {
  readonly linkId: string;
  readonly provider: string;
  readonly beneficiary: string;
  readonly relation: Relation;
  readonly since: number;
  readonly until: number | null;
  /** It was ended at once, whatever a clock that was set back says since; left out = it was not. */
  readonly isOver?: boolean;
  readonly providerInsurance: InsuranceKind;
  readonly beneficiaryInsurance: InsuranceKind;
  readonly providerArea: AreaName;
  readonly beneficiaryArea: AreaName;
  readonly providerStatus: InsuranceStatus;
  readonly beneficiaryStatus: InsuranceStatus;
}

/** The four municipalities are one city each: their districts are one pooling area for `same_city`. */
const municipalities: readonly string[] = ['北京市', '天津市', '上海市', '重庆市'];

const relationSets = {
  none: null,
  immediate: ['spouse', 'parent', 'child'],
  near: ['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild'],
} as const satisfies Record<PolicyProfile['relationSet'], readonly Relation[] | null>;

/** Whether a link on record gives money at `now` under this profile, judged for itself: null = it holds. The limits on
 *  how many links a person may have are `linksBeyondLimit`'s matter.
 *  Source: R2, R15 to R18, R22, R25, R64 to R69. `listedAreas` is the list behind `area_scope: listed` (R66). */
export function linkObstacle(
  link: LinkFacts,
  profile: PolicyProfile,
  listedAreas: ReadonlySet<AreaName>,
  now: number,
): LinkObstacle | null {
  if (link.isOver === true) return 'linkEnded';
  // Ended before it began, it never was in force and waits for nothing.
  if (link.until !== null && link.until <= link.since) return 'linkEnded';
  if (now < link.since) return 'linkNotYetInForce';
  if (link.until !== null && now >= link.until) return 'linkEnded';
  // R23: where a place says so, a link ends by itself with either side's insurance, and its quota is free again.
  const hasEnded = link.providerStatus === 'terminated' || link.beneficiaryStatus === 'terminated';
  if (profile.autoDissolveOnTransfer && hasEnded) return 'linkEnded';
  if (
    !profile.providerInsurance.includes(link.providerInsurance) ||
    !profile.beneficiaryInsurance.includes(link.beneficiaryInsurance) ||
    (profile.forbidResidentResident &&
      link.providerInsurance === 'resident' &&
      link.beneficiaryInsurance === 'resident')
  ) {
    return 'insuranceKindNotAllowed';
  }
  // One's own account is charged already; as a provider's it would be counted a second time (R25).
  if (link.provider === link.beneficiary) return 'relationNotAllowed';
  if (!isRelationAllowed(link.relation, profile)) return 'relationNotAllowed';
  return areasOpen(link, profile, listedAreas) ? null : 'areaNotOpen';
}

function areasOpen(link: LinkFacts, profile: PolicyProfile, listedAreas: ReadonlySet<AreaName>): boolean {
  switch (profile.areaScope) {
    case 'nationwide':
      return true;
    case 'listed':
      return listedAreas.has(link.providerArea) && listedAreas.has(link.beneficiaryArea);
    case 'same_province':
      return isSameProvince(link.providerArea, link.beneficiaryArea);
    case 'same_city':
      return isSameCity(link.providerArea, link.beneficiaryArea);
  }
}

/** R17, R18: whether a beneficiary who is this to his provider may be linked. */
export function isRelationAllowed(relation: Relation, { relationSet }: PolicyProfile): boolean {
  const allowed: readonly Relation[] | null = relationSets[relationSet];
  return allowed === null || allowed.includes(relation);
}

/** R65. */
export function isSameProvince(a: AreaName, b: AreaName): boolean {
  return provinceOf(a) === provinceOf(b);
}

/** R64. The districts of a municipality are one city. */
export function isSameCity(a: AreaName, b: AreaName): boolean {
  return cityOf(a) === cityOf(b);
}

function provinceOf(area: AreaName): string {
  return area.split('/', 1)[0] ?? area;
}

function cityOf(area: AreaName): string {
  const province = provinceOf(area);
  return municipalities.includes(province) ? province : area;
}

/** The links, among those that hold, that stand beyond the profile's limits: the earliest ones of a provider and of a
 *  beneficiary count, later ones give nothing (R4, R5; worked examples E12, E14).
 *  Shapes: `holding` are all links of everybody concerned that hold for themselves. */
export function linksBeyondLimit(holding: readonly LinkFacts[], profile: PolicyProfile): ReadonlySet<string> {
  const beyond = new Set<string>();
  const perProvider = new Map<string, number>();
  const perBeneficiary = new Map<string, number>();
  const inTime = [...holding].sort((a, b) => a.since - b.since || (a.linkId < b.linkId ? -1 : 1));
  for (const link of inTime) {
    const ofProvider = perProvider.get(link.provider) ?? 0;
    const ofBeneficiary = perBeneficiary.get(link.beneficiary) ?? 0;
    if (
      ofProvider >= (profile.maxBeneficiariesPerProvider ?? Number.POSITIVE_INFINITY) ||
      ofBeneficiary >= (profile.maxProvidersPerBeneficiary ?? Number.POSITIVE_INFINITY)
    ) {
      beyond.add(link.linkId);
      continue;
    }
    perProvider.set(link.provider, ofProvider + 1);
    perBeneficiary.set(link.beneficiary, ofBeneficiary + 1);
  }
  return beyond;
}

/** Whether each of these links gives money at `now`, the limits counted: null = it does.
 *  Shapes: `links` are all of everybody concerned, each once; the answer has each of them by its id. */
export function linkObstacles(
  links: readonly LinkFacts[],
  profile: PolicyProfile,
  listedAreas: ReadonlySet<AreaName>,
  now: number,
): ReadonlyMap<string, LinkObstacle | null> {
  const obstacles = new Map(links.map((link) => [link.linkId, linkObstacle(link, profile, listedAreas, now)]));
  const holding = links.filter((link) => obstacles.get(link.linkId) === null);
  for (const linkId of linksBeyondLimit(holding, profile)) obstacles.set(linkId, 'linkLimit');
  return obstacles;
}
