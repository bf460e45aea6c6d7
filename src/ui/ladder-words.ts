import { type Fen, formatYuan, sum, zeroFen } from '../domain/money.ts';
import type { Language } from '../domain/prompt.ts';
import type { FundingRow, Split } from '../domain/settlement.ts';
import { listed, providerWords, reasonWords, text } from './texts.ts';

/** A step of the ladder as it is drawn. `before` is what was still to be paid when the step's turn came, so that the
 *  steps together show the bill draining; `balance` is there for the own account only. Units: fen. */
export interface LadderStep {
  readonly key: string;
  readonly source: 'fund' | 'own' | 'wallet' | 'provider' | 'others' | 'cash';
  readonly label: string;
  readonly name: string;
  readonly note: string;
  readonly balance: { readonly before: Fen; readonly after: Fen } | null;
  readonly paid: Fen;
  /** Paid by all steps above this one. */
  readonly paidAbove: Fen;
}

/** Most accounts that the ladder draws: with the pool and cash it then has six steps at most, which fit the smallest
 *  window. */
const accountsShownMax = 4;

/** The steps from top to bottom: the pool when it pays, the own account, wallet or providers, cash. Accounts beyond
 *  `accountsShownMax` are put into one step, those that paid nothing first.
 *  Holds: the last step's `paidAbove + paid` is `split.total`. */
export function ladderSteps(split: Split, language: Language): readonly LadderStep[] {
  const steps: LadderStep[] = [];
  let paidAbove = zeroFen;
  const step = (rest: Omit<LadderStep, 'paidAbove'>) => {
    steps.push({ ...rest, paidAbove });
    paidAbove = sum([paidAbove, rest.paid]);
  };
  if (split.fund > 0) {
    step({
      key: 'fund',
      source: 'fund',
      label: text('ladderFund', language),
      name: '',
      note: text('ladderFundNote', language),
      balance: null,
      paid: split.fund,
    });
  }
  const { shown, rest } = folded(split.rows);
  for (const [index, row] of shown.entries()) step(accountStep(row, index, language));
  if (rest.length > 0) {
    const paid = sum(rest.map((row) => row.paid));
    step({
      key: 'others',
      source: 'others',
      label: text('ladderOthers', language, { count: String(rest.length) }),
      name: '',
      note: text(paid > 0 ? 'ladderOthersPaid' : 'ladderOthersUnpaid', language),
      balance: null,
      paid,
    });
  }
  step({
    key: 'cash',
    source: 'cash',
    label: text('ladderCash', language),
    name: '',
    note:
      split.notEligible > 0
        ? text('cashNotEligible', language, { amount: formatYuan(split.notEligible) })
        : text(split.cash > 0 ? 'cashCollect' : 'cashNone', language),
    balance: null,
    paid: split.cash,
  });
  return steps;
}

function accountStep(row: FundingRow, index: number, language: Language): Omit<LadderStep, 'paidAbove'> {
  const label =
    row.source === 'own'
      ? text('ladderOwn', language)
      : row.source === 'wallet'
        ? text('ladderWallet', language)
        : row.relation === undefined
          ? text('ladderProvider', language)
          : providerWords[row.relation][language];
  const own = row.source === 'own' && row.before !== undefined && row.after !== undefined;
  return {
    key: `${row.source}-${index}`,
    source: row.source,
    label,
    name: row.maskedName,
    note: reasonWords[row.reason][language],
    balance:
      own && row.before !== undefined && row.after !== undefined ? { before: row.before, after: row.after } : null,
    paid: row.paid,
  };
}

function folded(rows: readonly FundingRow[]): { shown: readonly FundingRow[]; rest: readonly FundingRow[] } {
  if (rows.length <= accountsShownMax) return { shown: rows, rest: [] };
  const spare = rows.length - (accountsShownMax - 1);
  // Fold from the end: providers that paid nothing go first, then the last ones that paid. The own account stays.
  const candidates = rows
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => row.source === 'provider')
    .sort((a, b) => Number(a.row.paid > 0) - Number(b.row.paid > 0) || b.index - a.index);
  const away = new Set(candidates.slice(0, spare).map(({ index }) => index));
  return { shown: rows.filter((_, index) => !away.has(index)), rest: rows.filter((_, index) => away.has(index)) };
}

/** The ladder in one sentence: who pays what, and what is left for cash. */
export function ladderSentence(split: Split, language: Language): string {
  const stop = text('fullStop', language);
  const { own, shared, cash } = split;
  if (shared > 0) {
    const payers = split.rows
      .filter((row) => row.source !== 'own' && row.paid > 0)
      .map((row) => (row.source === 'wallet' ? text('ladderWallet', language) : row.maskedName));
    const ownRow = split.rows.find((row) => row.source === 'own');
    const id = own === 0 ? 'sumSharedOnly' : ownRow?.after === zeroFen ? 'sumSharedAfterOwn' : 'sumSharedAfterSpared';
    const sentence = text(id, language, { payers: listed(payers, language), shared: formatYuan(shared) });
    return sentence + (cash > 0 ? text('sumThenCash', language, { cash: formatYuan(cash) }) : '') + stop;
  }
  if (cash > 0) {
    const id = own > 0 ? 'sumOwnThenCash' : 'sumCashOnly';
    const sentence = text(id, language, { own: formatYuan(own), cash: formatYuan(cash) });
    return sentence + skipped(split, language) + stop;
  }
  return text(own > 0 ? 'sumOwnOnly' : 'sumFundOnly', language);
}

/** Why family money did not help although there was something left to pay (I50 PROVIDER_SKIPPED). */
function skipped(split: Split, language: Language): string {
  const refused = split.rows.find((row) => row.source !== 'own' && row.paid === 0 && row.reason !== 'notNeeded');
  if (refused === undefined) return '';
  const reason = reasonWords[refused.reason][language];
  return text('sumProviderSkipped', language, { reason: reason.charAt(0).toLowerCase() + reason.slice(1) });
}
