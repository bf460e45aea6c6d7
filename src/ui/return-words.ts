import { type Fen, formatYuan, sum } from '../domain/money.ts';
import type { Language } from '../domain/prompt.ts';
import type { Remaining, Returned, ReturnRow, UndoKind } from '../domain/undo.ts';
import { providerWords, text } from './texts.ts';

/** What the clerk does by hand: hands cash out or takes some in. A sale that is reversed was never shown as paid, so that
 *  its cash may never have been taken. */
export function cashWords({ cash, cashDue }: Returned, kind: UndoKind) {
  if (cashDue > 0) return { way: 'in', words: 'collectMore', amount: cashDue } as const;
  if (cash === 0) return { way: 'none', words: 'handNoCash', amount: cash } as const;
  return { way: 'out', words: kind === 'reversal' ? 'handCashIfTaken' : 'handCash', amount: cash } as const;
}

/** A step of the way back: to whom, how much. `balance` for the own account only (R134). Units: fen. */
export interface ReturnStep {
  readonly key: string;
  readonly source: 'fund' | 'own' | 'wallet' | 'provider' | 'others';
  readonly label: string;
  readonly name: string;
  readonly balance: { readonly before: Fen; readonly after: Fen } | null;
  readonly returned: Fen;
  /** Given back by the steps above this one. */
  readonly above: Fen;
}

/** Most accounts that are drawn, so that all steps fit the smallest window. */
const accountsShownMax = 4;

/** Who gets what back, in the order of the funding ladder, so that each stands where it stood when it paid: the pool,
 *  the own account, wallet or providers. Cash is not among them. Accounts that get nothing are left out; of many the
 *  last ones share a step. */
export function returnSteps(returned: Returned, language: Language): readonly ReturnStep[] {
  const accounts = returned.rows.filter((row) => row.returned > 0);
  const shown = accounts.length > accountsShownMax ? accounts.slice(0, accountsShownMax - 1) : accounts;
  const rest = accounts.slice(shown.length);
  const steps: Omit<ReturnStep, 'above'>[] = [];
  if (returned.fund > 0) {
    const label = text('ladderFund', language);
    steps.push({ key: 'fund', source: 'fund', label, name: '', balance: null, returned: returned.fund });
  }
  for (const [index, row] of shown.entries()) steps.push(accountStep(row, index, language));
  if (rest.length > 0) {
    steps.push({
      key: 'others',
      source: 'others',
      label: text('ladderOthers', language, { count: String(rest.length) }),
      name: '',
      balance: null,
      returned: sum(rest.map((row) => row.returned)),
    });
  }
  return steps.map((step, index) => ({ ...step, above: sum(steps.slice(0, index).map((one) => one.returned)) }));
}

function accountStep(row: ReturnRow, index: number, language: Language): Omit<ReturnStep, 'above'> {
  const { source, maskedName, relation, returned, before, after } = row;
  const label =
    source === 'own'
      ? text('ladderOwn', language)
      : source === 'wallet'
        ? text('ladderWallet', language)
        : relation === undefined
          ? text('ladderProvider', language)
          : providerWords[relation][language];
  const balance = source === 'own' && before !== undefined && after !== undefined ? { before, after } : null;
  return { key: `${source}-${index}`, source, label, name: maskedName, balance, returned };
}

/** What stays paid, and by whom, in one sentence. */
export function remainingSentence(remaining: Remaining | null, language: Language): string {
  if (remaining === null) return text('remainsNothing', language);
  const parts = (['fund', 'own', 'shared', 'cash'] as const)
    .filter((part) => remaining[part] > 0)
    .map((part) => `${text(remainingTexts[part], language)} ${formatYuan(remaining[part])}`);
  const total = formatYuan(remaining.total);
  return text('remains', language, { total, parts: parts.join(text('partSeparator', language)) });
}

const remainingTexts = { fund: 'ladderFund', own: 'ladderOwn', shared: 'remainsShared', cash: 'ladderCash' } as const;
