import type { SourceReason } from '../../src/domain/charge-plan.ts';
import { add, type Fen, parseYuan, sum, zeroFen } from '../../src/domain/money.ts';
import type { FundingRow, Settlement } from '../../src/domain/settlement.ts';

export function yuan(text: string): Fen {
  const parsed = parseYuan(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem}`);
  return parsed.fen;
}

export interface SoldFor {
  readonly own: string;
  readonly ownAfter?: string;
  readonly shares?: readonly { readonly name: string; readonly paid: string; readonly reason?: SourceReason }[];
  readonly wallet?: string;
  readonly cash?: string;
  readonly notEligible?: string;
  readonly fund?: string;
  readonly rest?: Partial<Settlement>;
}

/** A settlement of a synthetic sale on 2025-04-19 10:00:00, as the centre would confirm it. Amounts in yuan. */
export function settledSale(said: SoldFor): Settlement {
  const own = yuan(said.own);
  const ownAfter = yuan(said.ownAfter ?? '0');
  const ownBefore = add(ownAfter, own);
  const wallet = yuan(said.wallet ?? '0');
  const shares = (said.shares ?? []).map(
    ({ name, paid, reason }): FundingRow => ({
      source: 'provider',
      maskedName: name,
      relation: 'parent',
      paid: yuan(paid),
      reason: reason ?? 'enough',
    }),
  );
  const shared = add(wallet, sum(shares.map((row) => row.paid)));
  const cash = yuan(said.cash ?? '0');
  const fund = yuan(said.fund ?? '0');
  const ownRow: FundingRow = {
    source: 'own',
    maskedName: '王*',
    paid: own,
    reason: 'usedUp',
    before: ownBefore,
    after: ownAfter,
  };
  const walletRow: FundingRow = { source: 'wallet', maskedName: '王*', paid: wallet, reason: 'enough' };
  return {
    settlementId: 'S20250419000001',
    msgId: 'P99000000001202504191000000001',
    settledAt: Date.UTC(2025, 3, 19, 2),
    profile: 'chongqing-2021',
    institution: { code: 'P99000000001', name: '共济示范药店' },
    terminal: 'T0000001',
    operator: '01',
    beneficiary: {
      maskedName: '王*',
      maskedCard: '****0019',
      maskedId: '****6642',
      insurance: 'resident',
      area: '重庆市/渝中区',
    },
    goods: [],
    split: {
      total: sum([fund, own, shared, cash]),
      fund,
      own,
      shared,
      cash,
      notEligible: yuan(said.notEligible ?? '0'),
      rows: [ownRow, ...(wallet > zeroFen ? [walletRow] : []), ...shares],
    },
    ownBefore,
    ownAfter,
    pinUsed: true,
    ...said.rest,
  };
}

/** Worked example E2: 80.00 of which the own account pays 50.00 and the daughter's 30.00. */
export const e2 = settledSale({ own: '50', shares: [{ name: '李*', paid: '30' }] });
