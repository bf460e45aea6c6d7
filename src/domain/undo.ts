import type { Fen } from './money.ts';
import type { Relation } from './person.ts';
import type { Settlement } from './settlement.ts';

/** What gives money back. `cancel`: 结算撤销, whole, on the day of the settlement (2103); `refund`: 退费, whole or in part,
 *  on any day; `reversal`: 冲正, whole, of a message whose outcome its terminal does not know (2601). */
export const undoKinds = ['cancel', 'refund', 'reversal'] as const;
export type UndoKind = (typeof undoKinds)[number];

/** How the rest of a partly refunded sale is worked out (R122): everything is given back and the rest settled anew
 *  (`cancel_and_resettle`), or the source that paid last gets its money back first (`lifo`). */
export type PartialRefund = 'cancel_and_resettle' | 'lifo';

/** Money that goes back to an account. `before` and `after` for the customer's own account only (R134). */
export interface ReturnRow {
  readonly source: 'own' | 'wallet' | 'provider';
  readonly maskedName: string;
  readonly relation?: Relation;
  readonly returned: Fen;
  readonly before?: Fen;
  readonly after?: Fen;
}

/** Who gets what back. Holds: `fund + own + shared + cash === total + cashDue`, and `cash` or `cashDue` is zero.
 *  `shared` is the providers' and the wallet's part; `cash` is handed to the customer. `cashDue` is what the customer pays
 *  on top: only where the rest is settled anew and a provider who paid before gives nothing any more (R122). */
export interface Returned {
  readonly total: Fen;
  readonly fund: Fen;
  readonly own: Fen;
  readonly shared: Fen;
  readonly cash: Fen;
  readonly cashDue: Fen;
  readonly rows: readonly ReturnRow[];
}

/** What stays paid by whom. Holds: `fund + own + shared + cash === total`. */
export interface Remaining {
  readonly total: Fen;
  readonly fund: Fen;
  readonly own: Fen;
  readonly shared: Fen;
  readonly cash: Fen;
}

/** What a cancel or refund would give back, shown before it is done. It holds nothing: when it is done the centre works it
 *  out anew and answers with a new quote where it differs. `settlementId`: of the sale as it was first settled. */
export interface UndoQuote {
  readonly kind: 'cancel' | 'refund';
  readonly settlementId: string;
  readonly returned: Returned;
  /** Null when nothing stays paid. */
  readonly remaining: Remaining | null;
  readonly digest: string;
}

/** A cancel, refund or reversal as the centre confirms it: the negative record (R119), with amounts as positive fen.
 *  The settlement's own record stays as it was. */
export interface Undo {
  readonly undoId: string;
  readonly kind: UndoKind;
  readonly msgId: string;
  /** Milliseconds since the epoch, the centre's clock. */
  readonly undoneAt: number;
  readonly profile: string;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  readonly operator: string;
  readonly beneficiary: Settlement['beneficiary'];
  /** The sale as it was first settled. */
  readonly original: {
    readonly settlementId: string;
    readonly msgId: string;
    readonly settledAt: number;
    readonly total: Fen;
  };
  readonly method: 'whole' | PartialRefund;
  readonly returned: Returned;
  /** What earlier refunds of the same sale have given back. */
  readonly returnedBefore: Fen;
  readonly remaining: Remaining | null;
  /** The settlement of the rest; null unless the rest was settled anew. */
  readonly resettledAs: string | null;
  readonly ownBefore: Fen;
  readonly ownAfter: Fen;
}
