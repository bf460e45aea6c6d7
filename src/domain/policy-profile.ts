import type { Fen } from './money.ts';
import type { InsuranceKind } from './person.ts';

/** The rules of one place and period, as data. Each key is a knob of the rules catalogue; `null` means no limit or not
 *  used. The files spell the keys in snake_case; `src/app/policy-profiles.ts` reads and checks them. */
export interface PolicyProfile {
  readonly name: string;
  readonly providerInsurance: readonly InsuranceKind[];
  readonly beneficiaryInsurance: readonly InsuranceKind[];
  readonly forbidResidentResident: boolean;
  readonly relationSet: 'none' | 'immediate' | 'near';
  readonly areaScope: 'same_city' | 'same_province' | 'listed' | 'nationwide';
  readonly maxBeneficiariesPerProvider: number | null;
  readonly maxProvidersPerBeneficiary: number | null;
  readonly ownMode: 'own_then_provider' | 'own_must_be_zero';
  readonly providerOrder: 'single' | 'link_time' | 'balance_desc' | 'beneficiary_set';
  readonly providerReserve: Fen;
  readonly fundModel: 'live_balance' | 'quota_hold' | 'wallet';
  readonly wallet: WalletRules | null;
  readonly purposes: readonly Purpose[];
  readonly healthFood: 'marked_only' | 'none';
  readonly beneficiaryConsent: boolean;
  readonly linkExpiry: 'date' | null;
  readonly linkEffect: 'immediate' | 'next_day';
  readonly unlinkEffect: 'immediate' | 'next_day';
  readonly minLinkDays: number;
  readonly autoDissolveOnTransfer: boolean;
  readonly providerStatusCheck: 'at_payment' | 'at_link';
  readonly providerCardLostBlocks: boolean;
  readonly partialRefund: 'cancel_and_resettle' | 'lifo';
  readonly pin: PinRules;
  readonly evoucher: EvoucherRules;
  readonly tempLossDays: number;
  readonly ecardWhenTempLost: boolean;
  readonly ecardSlots: number;
  readonly cert: CertificationRules;
  readonly totalToleranceFen: Fen;
  readonly stmtOk: readonly string[];
  readonly fundSumIncludesAcct: boolean;
  readonly binding: BindingRules;
}

/** How a link is made at a counter. `documents`: each person shows one of ID card, social card and 医保码 (R10), or the
 *  provider's card alone is enough (R20). `beneficiaryBy`: how the counter is told who the beneficiary is. */
export interface BindingRules {
  readonly documents: 'one_of_three' | 'provider_card';
  readonly beneficiaryBy: readonly BeneficiaryBy[];
}
export const beneficiaryWays = ['swipe', 'cardNumber', 'residentId', 'evoucher'] as const;
export type BeneficiaryBy = (typeof beneficiaryWays)[number];

export type Purpose =
  | 'hospital_own_share'
  | 'pharmacy_drug'
  | 'pharmacy_device'
  | 'pharmacy_consumable'
  | 'resident_premium'
  | 'long_term_care_premium';

/** Limits of the medical-insurance wallet (R70 to R73). `closed` is `HH:MM-HH:MM`, `unacceptedReturn` `HH:MM`. */
export interface WalletRules {
  readonly perDay: number | null;
  readonly maxFen: Fen | null;
  readonly dailyTotalFen: Fen | null;
  readonly closed: string | null;
  readonly unacceptedReturn: string | null;
  readonly returnable: boolean;
}

/** R77 to R82. */
export interface PinRules {
  readonly length: number;
  readonly initial: string;
  readonly initialPolicy: 'accept' | 'query_only' | 'disabled' | 'skip';
  readonly maxWrong: number;
  readonly unlock: 'counter';
  readonly timeoutS: number;
  readonly maxUnlocks: number | null;
}

/** R94 to R98. */
export interface EvoucherRules {
  readonly digits: number;
  readonly prefix: string;
  readonly ttlS: number;
  readonly singleUse: boolean;
}

/** R109 to R116. */
export interface CertificationRules {
  readonly cycle: 'days365' | 'months12';
  readonly graceDays: number;
  readonly residentPerYear: number;
  readonly survivor: 'quarterly';
}
