import type { DeclineCode } from '../domain/decline-code.ts';
import { formatYuan } from '../domain/money.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { Quote, Settlement } from '../domain/settlement.ts';
import type { Authorisation, Decline, Identified, IdentifyAnswer, QueryAnswer, QuoteAnswer } from '../ports/centre.ts';
import type { PinEntry } from '../ports/pin-pad.ts';
import type { CounterResult, SettleOutput } from './counter-model.ts';

/** How an operation ends, as the answers of centre and PIN pad have it. */
export type Outcome = Omit<CounterResult, 'settlement'> & { readonly settlement?: Settlement };

function approved(settlement: Settlement): Outcome {
  const { cash } = settlement.split;
  const prompt: Prompt =
    cash > 0 ? { id: 'approvedWithCash', params: { cash: formatYuan(cash) } } : { id: 'approved', params: {} };
  return { kind: 'approved', prompt, code: null, fact: null, settlement };
}

function declined(decline: Decline): Outcome {
  const prompt: Prompt = { id: 'declined', params: { code: decline.code } };
  return { kind: 'declined', prompt, code: decline.code, fact: decline.fact ?? null };
}

export function cancelled(id: PromptId, code: DeclineCode | null = null): Outcome {
  return { kind: 'cancelled', prompt: { id, params: {} }, code, fact: null };
}

/** The outcome of an answer that ends the sale. Throws for one that does not: the guards keep those away. */
export function outcomeOf(answer: SettleOutput): Outcome {
  if (answer.kind === 'settled') return approved(answer.settlement);
  return declined(declineOf(answer));
}

/** What a question about an unknown outcome came to. A stale answer moved nothing, so the sale can be done again. */
export function resolvedOutcome(answer: QueryAnswer): Outcome {
  if (answer.kind === 'absent' || answer.answer.kind === 'stale') return cancelled('notCharged');
  return outcomeOf(answer.answer);
}

export function declinedBy(answer: IdentifyAnswer | QuoteAnswer): Outcome {
  return declined(declineOf(answer));
}

export function declineOf(answer: IdentifyAnswer | QuoteAnswer | SettleOutput): Decline {
  if (answer.kind !== 'declined') throw new Error(`counter machine: ${answer.kind} is no decline`);
  return answer.decline;
}

export function identified(answer: IdentifyAnswer): Identified {
  if (answer.kind !== 'identified') throw new Error(`counter machine: ${answer.kind} is no customer`);
  return answer;
}

export function quoted(answer: QuoteAnswer): Quote {
  if (answer.kind !== 'quoted') throw new Error(`counter machine: ${answer.kind} is no quote`);
  return answer.quote;
}

export function staleOf(answer: SettleOutput): { quote: Quote; ticket: string | null } {
  if (answer.kind !== 'stale') throw new Error(`counter machine: ${answer.kind} is no new quote`);
  return { quote: answer.quote, ticket: answer.ticket };
}

export function pinAuthorisation(entry: PinEntry): Authorisation {
  if (entry.kind !== 'entered') throw new Error('counter machine: no PIN was entered');
  return { kind: 'pin', pinBlock: entry.pinBlock };
}

/** An invariant of the machine does not hold: a bug, which ends in `outOfService`. */
export function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`counter machine: no ${what} in this state`);
  return value;
}
