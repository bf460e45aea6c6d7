import { chinaDay } from '../../domain/china-time.ts';
import { linkObstacle } from '../../domain/link-standing.ts';
import type { AreaName, InsuranceKind, InsuranceStatus, Relation } from '../../domain/person.ts';
import type { PolicyProfile } from '../../domain/policy-profile.ts';

/** Why two people are not bound. */
export const bindingCodes = {
  SELF_LINK: 'D47',
  DOC_MISSING: 'D46',
  CONSENT_MISSING: 'D48',
  NOT_INSURED_HERE: 'D40',
  RELATION_NOT_ALLOWED: 'D41',
  AREA_NOT_OPEN: 'D44',
  LINK_EXISTS: 'D45',
  PROVIDER_ALREADY_LINKED: 'D42',
  BENEFICIARY_ALREADY_LINKED: 'D43',
} as const;
export type BindingCode = keyof typeof bindingCodes | 'INSURANCE_NOT_NORMAL';

interface Side {
  readonly name: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: AreaName;
}

/** A binding that somebody asks for. `open`: the links of both people that are open at `now` (ms since the epoch). */
export interface BindingRequest {
  readonly provider: Side;
  readonly beneficiary: Side;
  readonly relation: Relation;
  readonly documents: readonly ('provider' | 'beneficiary')[];
  /** The legal caution was ticked (R28), and the beneficiary agrees (R12). */
  readonly caution: boolean;
  readonly consent: boolean;
  readonly atCounter: boolean;
  readonly open: readonly { readonly provider: string; readonly beneficiary: string }[];
  readonly now: number;
}

/** Whether two people may be bound under a profile; null = they may. What is asked of the people comes before what the
 *  limits say, so that nobody learns about somebody else's links without papers.
 *  Source: rules R2 to R5, R10, R12, R15 to R18, R25, R28, R64 to R69. */
export function bindingObstacle(
  request: BindingRequest,
  profile: PolicyProfile,
  listedAreas: ReadonlySet<AreaName>,
): BindingCode | null {
  const { provider, beneficiary, relation, documents, open, now } = request;
  if (provider.name === beneficiary.name) return 'SELF_LINK';
  if (request.atCounter && !(documents.includes('provider') && documents.includes('beneficiary'))) return 'DOC_MISSING';
  if (!request.caution || (profile.beneficiaryConsent && !request.consent)) return 'CONSENT_MISSING';
  if (provider.status !== 'normal' || beneficiary.status !== 'normal') return 'INSURANCE_NOT_NORMAL';
  const facts = {
    linkId: '',
    provider: provider.name,
    beneficiary: beneficiary.name,
    relation,
    since: now,
    until: null,
    providerInsurance: provider.insurance,
    beneficiaryInsurance: beneficiary.insurance,
    providerArea: provider.area,
    beneficiaryArea: beneficiary.area,
    providerStatus: provider.status,
    beneficiaryStatus: beneficiary.status,
  };
  switch (linkObstacle(facts, profile, listedAreas, now)) {
    case 'insuranceKindNotAllowed':
      return 'NOT_INSURED_HERE';
    case 'relationNotAllowed':
      return 'RELATION_NOT_ALLOWED';
    case 'areaNotOpen':
      return 'AREA_NOT_OPEN';
    default:
      return limitReached(open, provider.name, beneficiary.name, profile);
  }
}

function limitReached(
  open: BindingRequest['open'],
  provider: string,
  beneficiary: string,
  { maxBeneficiariesPerProvider, maxProvidersPerBeneficiary }: PolicyProfile,
): BindingCode | null {
  const ofProvider = open.filter((link) => link.provider === provider);
  const ofBeneficiary = open.filter((link) => link.beneficiary === beneficiary);
  if (ofProvider.some((link) => link.beneficiary === beneficiary)) return 'LINK_EXISTS';
  if (ofProvider.length >= (maxBeneficiariesPerProvider ?? Number.POSITIVE_INFINITY)) return 'PROVIDER_ALREADY_LINKED';
  if (ofBeneficiary.length >= (maxProvidersPerBeneficiary ?? Number.POSITIVE_INFINITY)) {
    return 'BENEFICIARY_ALREADY_LINKED';
  }
  return null;
}

/** When a link begins or ends that is made or cancelled at `now`: at once, or with the next day in China (R14, R22). */
export function effectiveAt(effect: 'immediate' | 'next_day', now: number): number {
  if (effect === 'immediate') return now;
  return Date.parse(`${chinaDay(now)}T00:00:00+08:00`) + 86_400_000;
}
