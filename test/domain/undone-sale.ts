import { above, add, sum, zeroFen } from '../../src/domain/money.ts';
import type { Returned, ReturnRow, Undo, UndoKind } from '../../src/domain/undo.ts';
import { settledSale, yuan } from './settled-sale.ts';

export interface UndoneFor {
  readonly kind?: UndoKind;
  readonly own?: string;
  readonly ownBefore?: string;
  readonly shares?: readonly { readonly name: string; readonly returned: string }[];
  readonly wallet?: string;
  readonly cash?: string;
  readonly cashDue?: string;
  readonly fund?: string;
  readonly rest?: Partial<Undo>;
}

/** Money given back of E3, the synthetic sale of 2025-04-19, on the next day. Amounts in yuan. */
export function undoneSale(said: UndoneFor): Undo {
  const sale = settledSale({ own: '50', shares: [{ name: '李*', paid: '20' }], cash: '30' });
  const own = yuan(said.own ?? '0');
  const ownBefore = yuan(said.ownBefore ?? '0');
  const wallet = yuan(said.wallet ?? '0');
  const shares = (said.shares ?? []).map(
    ({ name, returned }): ReturnRow => ({
      source: 'provider',
      maskedName: name,
      relation: 'parent',
      returned: yuan(returned),
    }),
  );
  const shared = add(wallet, sum(shares.map((row) => row.returned)));
  const [cash, cashDue, fund] = [yuan(said.cash ?? '0'), yuan(said.cashDue ?? '0'), yuan(said.fund ?? '0')];
  const ownAfter = add(ownBefore, own);
  const ownRow: ReturnRow = { source: 'own', maskedName: '王*', returned: own, before: ownBefore, after: ownAfter };
  const walletRow: ReturnRow = { source: 'wallet', maskedName: '王*', returned: wallet };
  const returned: Returned = {
    total: above(sum([fund, own, shared, cash]), cashDue),
    fund,
    own,
    shared,
    cash,
    cashDue,
    rows: [...(own > 0 ? [ownRow] : []), ...(wallet > 0 ? [walletRow] : []), ...shares],
  };
  return {
    undoId: 'R20250420000001',
    kind: said.kind ?? 'refund',
    msgId: 'P99000000001202504200930000001',
    undoneAt: Date.parse('2025-04-20T09:30:00+08:00'),
    profile: sale.profile,
    institution: sale.institution,
    terminal: sale.terminal,
    operator: '02',
    beneficiary: sale.beneficiary,
    original: {
      settlementId: sale.settlementId,
      msgId: sale.msgId,
      settledAt: sale.settledAt,
      total: sale.split.total,
    },
    method: 'whole',
    returned,
    returnedBefore: zeroFen,
    remaining: null,
    resettledAs: null,
    ownBefore,
    ownAfter,
    ...said.rest,
  };
}

/** Worked example E22: all of E3 goes back. */
export const e22 = undoneSale({ own: '50', shares: [{ name: '李*', returned: '20' }], cash: '30' });

/** Of E3 10.00 given back earlier and 35.00 now, the rest settled anew after the link had gone: 55.00 stay paid, 50.00
 *  by the own account and 5.00 in cash. */
export const linkGone = undoneSale({
  shares: [{ name: '李*', returned: '20' }],
  cash: '15',
  rest: {
    method: 'cancel_and_resettle',
    returnedBefore: yuan('10'),
    remaining: { total: yuan('55'), fund: zeroFen, own: yuan('50'), shared: zeroFen, cash: yuan('5') },
    resettledAs: 'S20250420000002',
  },
});
