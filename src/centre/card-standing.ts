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

/** What is the matter with the card itself (R86); null when nothing is. */
export function stateDecline({ cardState }: CardHolder): Decline | null {
  return cardState === 'normal' ? null : { code: codeOfState[cardState], fact: cardState };
}

/** The same of a holder who shows a 医保码: where the rules say so it is good while the card is reported lost for a time
 *  (R88). */
export function codeStateDecline(holder: CardHolder, { ecardWhenTempLost }: PolicyProfile): Decline | null {
  return holder.cardState === 'tempLost' && ecardWhenTempLost ? null : stateDecline(holder);
}

/** Why this card may not pay, before any PIN: card state, insurance status, PIN lock, in this order (R86, R90, R93).
 *  Null when it may. `pinLocked` is the caller's view of the lock. */
export function standingDecline(holder: CardHolder, pinLocked: boolean): Decline | null {
  const decline = stateDecline(holder);
  if (decline) return decline;
  if (holder.status !== 'normal') return { code: 'INSURANCE_NOT_NORMAL', fact: holder.status };
  return pinLocked ? { code: 'PIN_LOCKED' } : null;
}

/** Why the holder of a 医保码 may not pay: no PIN is asked (R35), so that its lock does not matter. */
export function codeStandingDecline(holder: CardHolder, profile: PolicyProfile): Decline | null {
  const decline = codeStateDecline(holder, profile);
  return decline ?? standingDecline({ ...holder, cardState: 'normal' }, false);
}
