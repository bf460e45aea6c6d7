import type { CounterState } from '../../domain/counter-state.ts';
import { type DeclineCode, declineCodes } from '../../domain/decline-code.ts';
import type { LinkFinding } from '../../domain/link-application.ts';
import { type Fen, zeroFen } from '../../domain/money.ts';
import type { PromptId } from '../../domain/prompt.ts';
import type { Settlement } from '../../domain/settlement.ts';
import type { Undo } from '../../domain/undo.ts';
import { codeOfPending } from '../../terminal/counter-model.ts';
import { counterState } from '../../terminal/prompt-of-state.ts';
import type { BindingSnapshot, CounterSnapshot } from '../counter.ts';

/** What the last operation at a terminal came to. `pending`: the terminal waits and has said nothing yet; an answer in
 *  the middle of a sale (wrong PIN, bad read, refused scan, stale quote) is `declined`, though the sale goes on.
 *  `approved` with `undo`: a cancel, refund or reversal that was done. A sale that had no outcome and was taken back, or
 *  that a crash cut off, is `cancelled`: nobody paid anything. */
export interface Operation {
  readonly outcome: 'approved' | 'declined' | 'cancelled' | 'unknown' | 'suspended' | 'pending' | 'outOfService';
  readonly code: DeclineCode | null;
  /** All rules that a link or a transfer failed by, in order; of any other refusal those of its code. */
  readonly rules: readonly string[];
  readonly triesLeft: number | null;
  readonly settlement: Settlement | null;
  readonly undo: Undo | null;
  readonly cardReads: number;
  readonly pinEntries: number;
}

const noMoney = { rules: [], triesLeft: null, settlement: null, undo: null, cardReads: 0, pinEntries: 0 } as const;

/** Done without a card, a PIN or a sale's money. */
export const answered: Operation = { ...noMoney, outcome: 'approved', code: null };

export function declinedAs(code: DeclineCode): Operation {
  return { ...noMoney, outcome: 'declined', code, rules: declineCodes[code].rules };
}

/** Refused for all of these, told by the first one's code. */
export function refusedFor(findings: readonly LinkFinding[]): Operation {
  return { ...noMoney, outcome: 'declined', code: findings[0]?.code ?? null, rules: rulesOf(findings) };
}

function rulesOf(findings: readonly LinkFinding[]): readonly string[] {
  return [...new Set(findings.map(({ rule }) => rule))];
}

/** What has come of a visit to the binding desk so far. */
export function operationAtDesk({ stage, context }: BindingSnapshot): Operation {
  const { record, verdict, cardReads, pinEntries } = context;
  const told = { ...noMoney, cardReads, pinEntries };
  if (stage === 'unclear') return { ...told, outcome: 'unknown', code: 'UNKNOWN_OUTCOME' };
  if (record !== null && (stage === 'linked' || stage === 'unlinked'))
    return { ...told, outcome: 'approved', code: null };
  const findings = stage === 'reviewing' || stage === 'refused' ? (verdict?.findings ?? []) : [];
  if (findings.length > 0) return { ...refusedFor(findings), cardReads, pinEntries };
  if (context.readFailure !== null) return { ...declinedAs('CARD_UNREADABLE'), cardReads, pinEntries };
  const decline = context.decline ?? context.setback;
  // A time-out ends it without an answer of the centre.
  if (decline === null) return { ...told, outcome: stage === 'refused' ? 'cancelled' : 'pending', code: null };
  return { ...declinedAs(decline.code), triesLeft: decline.triesLeft ?? null, cardReads, pinEntries };
}

/** Money that an operation moved: what the customer paid, or got back where something was undone. `cashDue`: what he
 *  paid in cash on top of a refund. */
export interface Moved {
  readonly fund: Fen;
  readonly own: Fen;
  readonly cash: Fen;
  readonly cashDue: Fen;
}

const nothingMoved: Moved = { fund: zeroFen, own: zeroFen, cash: zeroFen, cashDue: zeroFen };

/** Undefined while nobody can say. */
export function movedBy({ outcome, settlement, undo }: Operation): Moved | undefined {
  switch (outcome) {
    case 'approved':
      if (undo !== null) return undo.returned;
      // A reversal of what had been given back before gives nothing back.
      return settlement === null ? nothingMoved : { ...settlement.split, cashDue: zeroFen };
    case 'declined':
    case 'cancelled':
      return nothingMoved;
    default:
      return undefined;
  }
}

/** An answer to a scan that did not end the sale. */
export interface Refusal {
  readonly code: DeclineCode;
}

/** The counter answers the scan of what is no 医保码 with a notice, which goes by itself. */
const scanRefusals: Partial<Record<PromptId, Refusal>> = {
  notEvoucher: { code: 'NOT_EVOUCHER' },
};

/** The refused scan that stands until the counter moves on: a card that is read, well or badly, does that too. */
export function refusalAfter(before: CounterSnapshot, now: CounterSnapshot, standing: Refusal | null): Refusal | null {
  const { notice } = now.context;
  if (counterState(now.value) !== counterState(before.value)) return null;
  if (notice === null || notice === before.context.notice) return standing;
  return scanRefusals[notice.id] ?? standing;
}

/** Null while the counter stands idle: then the last operation stays what it was. `asked`: a reversal was asked for, and
 *  is itself the operation. */
export function operationOf(
  state: CounterState,
  { context }: Pick<CounterSnapshot, 'context'>,
  refusal: Refusal | null,
  asked: 'reversal' | null,
): Operation | null {
  const { result, setback, cardReads, pinEntries } = context;
  const told = { ...noMoney, code: null, cardReads, pinEntries };
  if (state === 'outOfService') return { ...told, outcome: 'outOfService' };
  if (result !== null) {
    const { kind, code, settlement, undo } = result;
    if (kind !== 'undone') {
      const rules = kind === 'declined' && code !== null ? declineCodes[code].rules : [];
      return { ...told, outcome: kind, code, rules, settlement };
    }
    const isTakenBack = asked === null && (undo === null || undo.kind === 'reversal');
    return isTakenBack ? { ...told, outcome: 'cancelled', code } : { ...told, outcome: 'approved', code, undo };
  }
  if (state === 'unknown') {
    const code = context.pending === null ? 'UNKNOWN_OUTCOME' : codeOfPending(context.pending);
    return { ...told, outcome: 'unknown', code };
  }
  if (refusal !== null) return { ...declinedAs(refusal.code), cardReads, pinEntries };
  if (setback !== null) {
    return { ...declinedAs(setback.code), triesLeft: setback.triesLeft ?? null, cardReads, pinEntries };
  }
  return idleStates.includes(state) ? null : { ...told, outcome: 'pending' };
}

const idleStates: readonly CounterState[] = ['ready', 'recovering', 'signedOut', 'signingIn'];
