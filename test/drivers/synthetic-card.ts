import type { VirtualCard } from '../../drivers/codec/card-line.ts';
import { secret } from '../../src/domain/secret.ts';
import {
  syntheticCardSn,
  syntheticName,
  syntheticPan,
  syntheticRegion,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../src/domain/synthetic.ts';
import type { CardRead } from '../../src/ports/card-reader.ts';

/** A card of nobody; the same seed gives the same card. */
export function syntheticCard(seed: number): VirtualCard {
  return {
    pan: secret(syntheticPan(seed)),
    region: syntheticRegion,
    socialSecurityNumber: secret(syntheticResidentId(seed)),
    ssCardNumber: secret(syntheticSsCardNumber(seed)),
    cardSn: secret(syntheticCardSn(seed)),
    name: secret(syntheticName(seed)),
  };
}

/** A read with its numbers laid open, so that a test can compare and print it. */
export function exposed(read: CardRead) {
  if (!read.ok) return read.reason;
  const { credential } = read;
  if (credential.medium === 'stripe') return { pan: credential.pan.expose(), last4: credential.last4 };
  return {
    region: credential.region,
    ssCardNumber: credential.ssCardNumber.expose(),
    cardSn: credential.cardSn.expose(),
    socialSecurityNumber: credential.socialSecurityNumber.expose(),
    name: credential.name.expose(),
    last4: credential.last4,
  };
}

/** What `exposed` gives for a good read of this card. */
export function contentOf(card: VirtualCard, as: 'stripe' | 'chip') {
  if (as === 'stripe') return { pan: card.pan.expose(), last4: card.pan.expose().slice(-4) };
  return {
    region: card.region,
    ssCardNumber: card.ssCardNumber.expose(),
    cardSn: card.cardSn.expose(),
    socialSecurityNumber: card.socialSecurityNumber.expose(),
    name: card.name.expose(),
    last4: card.ssCardNumber.expose().slice(-4),
  };
}
