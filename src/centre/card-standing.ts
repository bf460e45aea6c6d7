import type { DeclineCode } from '../domain/decline-code.ts';
import type { CardState } from '../domain/person.ts';
import type { Decline } from '../ports/centre.ts';
import type { CardHolder } from './centre-store.ts';

const codeOfState = {
  fake: 'CARD_FAKE',
  cancelled: 'CARD_CANCELLED',
  lost: 'CARD_LOST',
  tempLost: 'CARD_LOST',
  sealed: 'CARD_SEALED',
} as const satisfies Record<Exclude<CardState, 'normal'>, DeclineCode>;

/** Why this card may not pay, before any PIN: card state, insurance status, PIN lock, in this order (R86, R90, R93).
 *  Null when it may. `pinLocked` is the caller's view of the lock. */
export function standingDecline(holder: CardHolder, pinLocked: boolean): Decline | null {
  if (holder.cardState !== 'normal') return { code: codeOfState[holder.cardState], fact: holder.cardState };
  if (holder.status !== 'normal') return { code: 'INSURANCE_NOT_NORMAL', fact: holder.status };
  return pinLocked ? { code: 'PIN_LOCKED' } : null;
}
