import type { GoodsLine } from './bill.ts';
import type { SourceReason } from './charge-plan.ts';
import type { Fen } from './money.ts';
import type { InsuranceKind, Relation } from './person.ts';

/** One step of the funding ladder as terminal, screen and slip may know it: own account, wallet or a provider.
 *  `before` and `after` are there for the customer's own account only: a provider's balance never leaves the centre
 *  (R134, R142). */
export interface FundingRow {
  readonly source: 'own' | 'wallet' | 'provider';
  readonly maskedName: string;
  /** What the beneficiary is to this provider; absent for own and wallet. */
  readonly relation?: Relation;
  readonly paid: Fen;
  readonly reason: SourceReason;
  readonly before?: Fen;
  readonly after?: Fen;
}

/** How a bill is paid. Holds: `fund + own + shared + cash === total`; `shared` is the providers' and the wallet's part
 *  (acct_mulaid_pay), and is *not* contained in `own` (R38 is a matter of the wire). */
export interface Split {
  readonly total: Fen;
  readonly fund: Fen;
  readonly own: Fen;
  readonly shared: Fen;
  readonly cash: Fen;
  /** The part of `cash` that is for goods which an account may not buy (R62). */
  readonly notEligible: Fen;
  readonly rows: readonly FundingRow[];
}

/** What would be charged, shown to the customer before the PIN (2101). It holds nothing: at settlement the centre
 *  computes it anew and refuses with QUOTE_STALE when it differs (R26, R46). `digest` stands for everything that must
 *  still be the same. `needsPin` is false when no account pays anything. */
export interface Quote {
  readonly split: Split;
  readonly digest: string;
  readonly needsPin: boolean;
}

/** A line of goods as settled. `selfPaid`: no account could buy it under the profile of the day, so it was cash (自费,
 *  R62); written down at settlement because the profile may be another one at the reprint. */
export interface SettledGoods extends GoodsLine {
  readonly selfPaid?: boolean;
}

/** A settled sale as the centre confirms it (2102). */
export interface Settlement {
  readonly settlementId: string;
  readonly msgId: string;
  /** Milliseconds since the epoch, the centre's clock. */
  readonly settledAt: number;
  readonly profile: string;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  readonly beneficiary: {
    readonly maskedName: string;
    readonly maskedCard: string;
    readonly maskedId: string;
    readonly insurance: InsuranceKind;
    readonly area: string;
  };
  readonly goods: readonly SettledGoods[];
  readonly split: Split;
  readonly ownBefore: Fen;
  readonly ownAfter: Fen;
  /** False when no PIN was asked: the sale was all cash, or a 医保码 was shown (R135: then the customer signs). */
  readonly pinUsed: boolean;
  /** True when a 医保码 stood in for the PIN (R35), never together with `pinUsed`. */
  readonly voucherUsed?: boolean;
}
