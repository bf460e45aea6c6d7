import type { DeclineCode } from '../domain/decline-code.ts';
import { formatYuan } from '../domain/money.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { Undo, UndoQuote } from '../domain/undo.ts';
import type {
  Authorisation,
  Decline,
  Identified,
  IdentifyAnswer,
  PreviewUndoAnswer,
  QueryAnswer,
  QuoteAnswer,
  ReverseAnswer,
} from '../ports/centre.ts';
import type { CounterResult, PinOutput, SettleOutput, UndoOutput } from './counter-model.ts';

/** How an operation ends, as the answers of centre and PIN pad have it. */
export type Outcome = Omit<CounterResult, 'settlement' | 'undo'> & {
  readonly settlement?: Settlement;
  readonly undo?: Undo | null;
};

type Answer = IdentifyAnswer | QuoteAnswer | SettleOutput | PreviewUndoAnswer | UndoOutput | PinOutput;

function approved(settlement: Settlement): Outcome {
  const { cash } = settlement.split;
  const prompt: Prompt =
    cash > 0 ? { id: 'approvedWithCash', params: { cash: formatYuan(cash) } } : { id: 'approved', params: {} };
  return { kind: 'approved', prompt, code: null, fact: null, settlement };
}

function declined({ code, fact }: Decline, id: PromptId): Outcome {
  return { kind: 'declined', prompt: { id, params: { code } }, code, fact: fact ?? null };
}

export function cancelled(id: PromptId, code: DeclineCode | null = null): Outcome {
  return { kind: 'cancelled', prompt: { id, params: {} }, code, fact: null };
}

/** The centre cannot say what an undo would give back, so none was asked for. */
export const undoUnavailable: Outcome = {
  kind: 'cancelled',
  prompt: { id: 'undoRefused', params: { code: 'CENTRE_UNAVAILABLE' } },
  code: 'CENTRE_UNAVAILABLE',
  fact: null,
};

function undone(undo: Undo): Outcome {
  const { cash, cashDue } = undo.returned;
  const prompt: Prompt =
    cash > 0
      ? { id: 'undoneWithCash', params: { cash: formatYuan(cash) } }
      : cashDue > 0
        ? { id: 'undoneCashDue', params: { cash: formatYuan(cashDue) } }
        : { id: 'undone', params: {} };
  return { kind: 'undone', prompt, code: null, fact: null, undo };
}

function reversed(undo: Undo | null): Outcome {
  return { kind: 'undone', prompt: { id: 'reversed', params: {} }, code: null, fact: null, undo };
}

export const suspendedOutcome: Outcome = {
  kind: 'suspended',
  prompt: { id: 'suspended', params: {} },
  code: null,
  fact: null,
};

/** The outcome of an answer that ends the operation. Throws for one that does not: the guards keep those away. */
export function outcomeOf(answer: SettleOutput | UndoOutput): Outcome {
  if (answer.kind === 'settled') return approved(answer.settlement);
  if (answer.kind === 'undone') return undone(answer.undo);
  return declinedBy(answer);
}

/** What a question about an unknown outcome came to. A stale answer moved nothing, so it can be done again. */
export function resolvedOutcome(answer: QueryAnswer, kind: 'settle' | 'cancel' | 'refund'): Outcome {
  const nothingMoved = cancelled(kind === 'settle' ? 'notCharged' : 'undoNotDone');
  if (answer.kind === 'absent') return nothingMoved;
  const found = answer.answer;
  if (found.kind === 'stale' || found.kind === 'undoStale') return nothingMoved;
  if (found.kind === 'settled' && answer.undone) return reversed(null);
  return found.kind === 'declined' ? refused(found.decline, kind) : outcomeOf(found);
}

export function reversedOutcome(answer: ReverseAnswer): Outcome {
  if (answer.kind !== 'reversed') throw unexpected(answer.kind, 'reversal');
  return reversed(answer.undo);
}

export function declinedBy(answer: Answer): Outcome {
  return refused(declineOf(answer), 'settle');
}

/** The same of a cancel or refund: it gave nothing back. */
export function undoRefusedBy(answer: PreviewUndoAnswer | UndoOutput): Outcome {
  return refused(declineOf(answer), 'cancel');
}

function refused(decline: Decline, kind: 'settle' | 'cancel' | 'refund'): Outcome {
  return declined(decline, kind === 'settle' ? 'declined' : 'undoRefused');
}

export function declineOf(answer: Answer): Decline {
  if (answer.kind !== 'declined' && answer.kind !== 'refused') throw unexpected(answer.kind, 'decline');
  return answer.decline;
}

export function identified(answer: IdentifyAnswer): Identified {
  if (answer.kind !== 'identified') throw unexpected(answer.kind, 'customer');
  return answer;
}

export function quoted(answer: QuoteAnswer): Quote {
  if (answer.kind !== 'quoted') throw unexpected(answer.kind, 'quote');
  return answer.quote;
}

export function previewed(answer: PreviewUndoAnswer): UndoQuote {
  if (answer.kind !== 'previewed') throw unexpected(answer.kind, 'preview');
  return answer.quote;
}

export function staleOf(answer: SettleOutput): { quote: Quote; ticket: string | null } {
  if (answer.kind !== 'stale') throw unexpected(answer.kind, 'new quote');
  return { quote: answer.quote, ticket: answer.ticket };
}

export function undoStaleOf(answer: UndoOutput): { quote: UndoQuote } {
  if (answer.kind !== 'undoStale') throw unexpected(answer.kind, 'new preview');
  return { quote: answer.quote };
}

export function pinAuthorisation(entry: PinOutput): Authorisation {
  if (entry.kind !== 'entered') throw unexpected(entry.kind, 'PIN');
  return { kind: 'pin', pinBlock: entry.pinBlock };
}

function unexpected(kind: string, wanted: string): Error {
  return new Error(`counter machine: ${kind} is no ${wanted}`);
}

/** An invariant of the machine does not hold: a bug, which ends in `outOfService`. */
export function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`counter machine: no ${what} in this state`);
  return value;
}
