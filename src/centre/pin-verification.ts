import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { CardRef } from '../ports/centre.ts';
import type { CardHolder } from './centre-store.ts';

/** What is kept of a PIN: HMAC-SHA-256 under the centre's key over card and digits. A bare hash of six digits falls in a
 *  second; this one needs the key, and two cards with one PIN look different.
 *  Shapes: `digits` one byte a digit, 0 to 9, as `openPinBlock` gives them; the caller wipes them. */
export function pinVerifier(key: Uint8Array, card: CardRef, digits: Uint8Array): Uint8Array {
  // A key object, as in card-vault.ts: Node 24 is slow to begin with a key that is bytes.
  return createHmac('sha256', createSecretKey(key)).update(`pin:${card}:`, 'utf8').update(digits).digest();
}

/** Whether these digits are the card's PIN, in a time that does not depend on how many of them are right. */
export function isRightPin(key: Uint8Array, holder: CardHolder, digits: Uint8Array): boolean {
  return timingSafeEqual(pinVerifier(key, holder.card, digits), holder.pinVerifier);
}

/** Whether the card is locked for PIN entries: once locked it stays so (R79, R83), and so does a card whose last try was
 *  counted by a centre that stopped before it could say wrong. */
export function isPinLocked(holder: CardHolder, { pin }: PolicyProfile): boolean {
  return holder.pinLocked || holder.wrongTries >= pin.maxWrong;
}

/** R81: places that let nobody pay with the PIN that every new card has. `accept` and `skip` do not mind it. */
export function isRefusedInitialPin(digits: Uint8Array, { pin }: PolicyProfile): boolean {
  if (pin.initialPolicy !== 'query_only' && pin.initialPolicy !== 'disabled') return false;
  const initial = pinDigits(pin.initial);
  return initial.length === digits.length && timingSafeEqual(initial, digits);
}

/** PIN text of a file as digit values. Errors: `RangeError` without the text. */
export function pinDigits(text: string): Uint8Array {
  if (!/^\d{4,12}$/.test(text)) throw new RangeError('a PIN has 4 to 12 digits');
  return Uint8Array.from(text, Number);
}
