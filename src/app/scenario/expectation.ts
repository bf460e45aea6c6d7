import { type DeclineCode, declineCodes } from '../../domain/decline-code.ts';
import { type Fen, formatYuan, zeroFen } from '../../domain/money.ts';
import { type Moved, movedBy, type Operation } from './operation.ts';
import type { StepValues } from './scenario-shapes.ts';
import type { Payments } from './scenario-world.ts';
import { compared, type Verdict } from './verdict.ts';

export type Expectation = StepValues['expect'];

/** What an expectation is held against. `payments`: who paid for it or got money back, by name. `onlyProvider`: the name of
 *  the customer's provider where there is but one. */
export interface Outcome {
  readonly operation: Operation;
  readonly payments: Payments | undefined;
  readonly onlyProvider: string | undefined;
  readonly bugs: readonly Error[];
}

/** Whether an operation is what the file says of it, in the words of the file. */
export function judged(expectation: Expectation, outcome: Outcome): Verdict {
  const expected = inWords(expectation);
  const actual = told(outcome, expectation);
  const verdict = compared(expected, actual);
  if (verdict.passed) return verdict;
  const { operation, bugs } = outcome;
  const reported = bugs.length === 0 ? {} : { reported: bugs.map((bug) => bug.message) };
  return { ...verdict, actual: { outcome: operation.outcome, ...actual, ...reported } };
}

/** An expectation as it stands in the file. A provider of whom 0.00 is expected is one that pays nothing. */
export function inWords(expectation: Expectation): Record<string, unknown> {
  const { outcome, code, own, providers, cash, fund, cardReads, pinEntries, triesLeft, rules } = expectation;
  const all = {
    outcome,
    code: code === undefined ? undefined : codeInWords(code),
    own: yuan(own),
    providers:
      providers &&
      Object.fromEntries(
        Object.entries(providers).flatMap(([name, amount]) => (amount ? [[name, formatYuan(amount)]] : [])),
      ),
    cash,
    fund: yuan(fund),
    cardReads,
    pinEntries,
    triesLeft,
    rules,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The operation in the words of an expectation, only the keys that it looks at. `nothing`: there is no such value. */
function told(outcome: Outcome, expectation: Expectation): Record<string, unknown> {
  const { operation } = outcome;
  const moved = movedBy(operation);
  const all: Record<keyof Expectation, unknown> = {
    outcome: operation.outcome,
    code: operation.code === null ? undefined : codeInWords(operation.code),
    own: yuan(moved?.own),
    providers: moved && providersOf(outcome, expectation.providers),
    cash: moved && cashOf(moved),
    fund: yuan(moved?.fund),
    cardReads: operation.cardReads,
    pinEntries: operation.pinEntries,
    triesLeft: operation.triesLeft ?? undefined,
    rules: operation.rules,
  };
  const looked = Object.entries(all).filter(([key]) => expectation[key as keyof Expectation] !== undefined);
  return Object.fromEntries(looked.map(([key, value]) => [key, value ?? 'nothing']));
}

/** Who else paid or got money back, by name. The wallet's part stands under `wallet`, or under the name of the only
 *  linked provider when the expectation calls it so. */
function providersOf(
  { operation, payments, onlyProvider }: Outcome,
  expected: Expectation['providers'],
): Record<string, string> {
  const hasMoved = operation.outcome === 'approved' && (operation.settlement ?? operation.undo) !== null;
  if (!hasMoved || payments === undefined) return {};
  const paid = new Map(payments.providers);
  if (payments.wallet > 0) {
    const calledByName = onlyProvider !== undefined && expected?.[onlyProvider] !== undefined;
    paid.set(calledByName ? onlyProvider : 'wallet', payments.wallet);
  }
  return Object.fromEntries([...paid].map(([name, amount]) => [name, formatYuan(amount)]));
}

/** Below zero where the customer has to pay on top of what goes back (R122). */
function cashOf({ cash, cashDue }: Moved): string {
  return cashDue > zeroFen ? `-${formatYuan(cashDue)}` : formatYuan(cash);
}

/** `D20 PIN_WRONG`; a code of a later feature by its name alone. */
export function codeInWords(code: string): string {
  return code in declineCodes ? `${declineCodes[code as DeclineCode].number} ${code}` : code;
}

function yuan(amount: Fen | undefined): string | undefined {
  return amount === undefined ? undefined : formatYuan(amount);
}
