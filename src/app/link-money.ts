import type { LinkOnRecord } from '../centre/centre-store.ts';
import { planCharge, type SourceReason } from '../domain/charge-plan.ts';
import type { LinkObstacle } from '../domain/link-standing.ts';
import { amountMax, zeroFen } from '../domain/money.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';

/** Why a sale to the beneficiary would get nothing over this link now; null = it would get something. The rules of a charge
 *  are asked themselves, by a bill larger than what people have and a beneficiary without money of his own. */
export function whyNoMoney(
  link: LinkOnRecord,
  obstacle: LinkObstacle | null,
  profile: PolicyProfile,
): SourceReason | null {
  const { linkId } = link;
  const { steps } = planCharge({
    profile: { ...profile, purposes: ['pharmacy_drug'] },
    bill: { total: amountMax, fund: zeroFen, goods: [] },
    own: { balance: null, earmarked: zeroFen },
    providers: [
      {
        linkId,
        linkedAt: link.since,
        rank: link.rank,
        balance: link.providerBalance,
        status: link.providerStatus,
        card: link.providerCard,
        quotaLeft: link.quotaLeft,
        obstacle,
      },
    ],
    wallet: { balance: zeroFen, bothOpened: false },
  });
  const step = steps.find(({ source }) => source.kind === 'provider');
  return step === undefined || step.paid > 0 ? null : step.reason;
}
