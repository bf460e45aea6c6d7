import type { DeclineCode } from '../domain/decline-code.ts';
import type { CardState } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
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

/** The same of a holder who shows a 医保码: no PIN is asked (R35), so that its lock does not matter, and where the rules say
 *  so the code still pays while the card is reported lost for a time (R88). */
export function codeStandingDecline(holder: CardHolder, { ecardWhenTempLost }: PolicyProfile): Decline | null {
  const isUsable = holder.cardState === 'tempLost' && ecardWhenTempLost;
  return standingDecline(isUsable ? { ...holder, cardState: 'normal' } : holder, false);
}
