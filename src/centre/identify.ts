import { timingSafeEqual } from 'node:crypto';
import { maskName } from '../domain/person.ts';
import { secret } from '../domain/secret.ts';
import type { IdentifyAnswer, IdentifyRequest } from '../ports/centre.ts';
import { standingDecline } from './card-standing.ts';
import type { CardHolder, Rows } from './centre-store.ts';
import type { Desk } from './desk.ts';
import { isPinLocked } from './pin-verification.ts';

/** 1101: whose card is this, and may it pay? A reading, so nothing is stored and a repeated message is answered anew.
 *  Answers: CARD_FAKE for a card that is not known or a chip whose numbers do not belong together; then card state,
 *  insurance, PIN lock (R93), so that nobody is asked for a PIN in vain. */
export function identify(desk: Desk, request: IdentifyRequest): IdentifyAnswer {
  return desk.store.read((rows): IdentifyAnswer => {
    const holder = holderOf(desk, rows, request.credential);
    if (!holder) return { kind: 'declined', decline: { code: 'CARD_FAKE' } };
    const decline = standingDecline(holder, isPinLocked(holder, desk.profile));
    if (decline) return { kind: 'declined', decline };
    return {
      kind: 'identified',
      card: holder.card,
      maskedName: maskName(holder.name),
      maskedCard: holder.maskedCard,
      pan: secret(desk.vault.open(holder.panSealed)),
      pinLength: desk.profile.pin.length,
    };
  });
}

/** Names are not compared: readers spell rare characters in their own ways, numbers they do not. */
function holderOf(desk: Desk, rows: Rows, credential: IdentifyRequest['credential']): CardHolder | undefined {
  const { vault } = desk;
  if (credential.medium === 'stripe') return rows.holderByNumber('pan', vault.indexOf('pan', credential.pan.expose()));
  const cardSn = credential.cardSn.expose();
  const holder = rows.holderByNumber('cardSn', vault.indexOf('cardSn', cardSn));
  const numbers = holder && rows.chipNumbersOf(holder.card);
  if (!numbers) return undefined;
  const belongTogether =
    timingSafeEqual(numbers.ssCardIndex, vault.indexOf('ssCardNumber', credential.ssCardNumber.expose())) &&
    timingSafeEqual(numbers.residentIndex, vault.indexOf('residentId', credential.socialSecurityNumber.expose())) &&
    cardSn.trim().startsWith(credential.region);
  return belongTogether ? holder : undefined;
}
