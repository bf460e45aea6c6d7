import type { VirtualCard } from '../../drivers/codec/card-line.ts';
import type { NewPerson } from '../centre/registry.ts';
import { secret } from '../domain/secret.ts';

/** The card that the virtual reader swipes for a person of the register: its stripe, and its chip, whose 卡识别码 begins
 *  with the region. */
export function virtualCardOf({ name, residentId, card }: NewPerson): VirtualCard {
  return {
    region: card.cardSn.slice(0, 6),
    pan: secret(card.pan),
    socialSecurityNumber: secret(residentId),
    ssCardNumber: secret(card.ssCardNumber),
    cardSn: secret(card.cardSn),
    name: secret(name),
  };
}
