import { timingSafeEqual } from 'node:crypto';
import { maskName } from '../domain/person.ts';
import { secret } from '../domain/secret.ts';
import type { CardCredential } from '../ports/card-reader.ts';
import type { Decline, Identified, IdentifyAnswer, IdentifyRequest } from '../ports/centre.ts';
import { codeStandingDecline, standingDecline } from './card-standing.ts';
import type { CardHolder, Rows } from './centre-store.ts';
import type { Desk } from './desk.ts';
import { takeCode } from './evoucher.ts';
import { isPinLocked } from './pin-verification.ts';

/** 1101: whose card or code is this, and may it pay?
 *  A card is only read, so nothing is stored and a repeated message is answered anew. Answers: CARD_FAKE for a card that is
 *  not known or a chip whose numbers do not belong together; then card state, insurance, PIN lock (R93), so that nobody is
 *  asked for a PIN in vain.
 *  A 医保码 is used up by this, in one transaction with the voucher that is given for it, also where its holder may not
 *  pay. Answers: those of `takeCode`; then card state and insurance. */
export function identify(desk: Desk, request: IdentifyRequest): IdentifyAnswer {
  const { credential } = request;
  if (credential.medium !== 'evoucher') {
    return desk.store.read((rows): IdentifyAnswer => {
      const holder = cardHolderOf(desk, rows, credential);
      if (!holder) return declined({ code: 'CARD_FAKE' });
      const decline = standingDecline(holder, isPinLocked(holder, desk.profile));
      return decline ? declined(decline) : identified(desk, holder);
    });
  }
  return desk.store.write((rows): IdentifyAnswer => {
    const shown = takeCode(desk, rows, credential, request);
    if (!('kind' in shown)) return declined(shown);
    const decline = codeStandingDecline(shown.holder, desk.profile);
    return decline ? declined(decline) : { ...identified(desk, shown.holder), voucher: secret(shown.voucher) };
  });
}

function declined(decline: Decline): IdentifyAnswer {
  return { kind: 'declined', decline };
}

function identified(desk: Desk, holder: CardHolder): Identified {
  return {
    kind: 'identified',
    card: holder.card,
    maskedName: maskName(holder.name),
    maskedCard: holder.maskedCard,
    pan: secret(desk.vault.open(holder.panSealed)),
    pinLength: desk.profile.pin.length,
  };
}

/** Whose card this is; undefined for one that is not known, or a chip whose numbers do not belong together.
 *  Names are not compared: readers spell rare characters in their own ways, numbers they do not. */
export function cardHolderOf(desk: Desk, rows: Rows, credential: CardCredential): CardHolder | undefined {
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
