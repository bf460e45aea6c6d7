import type { CounterState } from '../../domain/counter-state.ts';
import type { DeclineCode } from '../../domain/decline-code.ts';
import { type Fen, zeroFen } from '../../domain/money.ts';
import type { PromptId } from '../../domain/prompt.ts';
import type { Settlement } from '../../domain/settlement.ts';
import type { Undo } from '../../domain/undo.ts';
import { codeOfPending } from '../../terminal/counter-model.ts';
import { counterState } from '../../terminal/prompt-of-state.ts';
import type { CounterSnapshot } from '../counter.ts';
import type { BindingCode } from './binding.ts';

/** What the last operation at a terminal came to. `pending`: the terminal waits and has said nothing yet; an answer in
 *  the middle of a sale (wrong PIN, bad read, refused scan, stale quote) is `declined`, though the sale goes on.
 *  `approved` with `undo`: a cancel, refund or reversal that was done. A sale that had no outcome and was taken back, or
 *  that a crash cut off, is `cancelled`: nobody paid anything. */
export interface Operation {
  readonly outcome: 'approved' | 'declined' | 'cancelled' | 'unknown' | 'suspended' | 'pending' | 'outOfService';
  readonly code: DeclineCode | BindingCode | null;
  readonly triesLeft: number | null;
  readonly settlement: Settlement | null;
  readonly undo: Undo | null;
  readonly cardReads: number;
  readonly pinEntries: number;
}

/** What came of binding two people, or of ending that: no card, no PIN, no money. */
export function bindingOperation(code: BindingCode | null): Operation {
  const nothing = { triesLeft: null, settlement: null, undo: null, cardReads: 0, pinEntries: 0 };
  return { ...nothing, outcome: code === null ? 'approved' : 'declined', code };
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
  const told = { code: null, triesLeft: null, settlement: null, undo: null, cardReads, pinEntries };
  if (state === 'outOfService') return { ...told, outcome: 'outOfService' };
  if (result !== null) {
    const { kind, code, settlement, undo } = result;
    if (kind !== 'undone') return { ...told, outcome: kind, code, settlement };
    const isTakenBack = asked === null && (undo === null || undo.kind === 'reversal');
    return isTakenBack ? { ...told, outcome: 'cancelled', code } : { ...told, outcome: 'approved', code, undo };
  }
  if (state === 'unknown') {
    const code = context.pending === null ? 'UNKNOWN_OUTCOME' : codeOfPending(context.pending);
    return { ...told, outcome: 'unknown', code };
  }
  if (refusal !== null) return { ...told, outcome: 'declined', code: refusal.code };
  if (setback !== null) {
    return { ...told, outcome: 'declined', code: setback.code, triesLeft: setback.triesLeft ?? null };
  }
  return idleStates.includes(state) ? null : { ...told, outcome: 'pending' };
}

const idleStates: readonly CounterState[] = ['ready', 'recovering', 'signedOut', 'signingIn'];
