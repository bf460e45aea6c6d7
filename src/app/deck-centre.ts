import { randomBytes } from 'node:crypto';
import { type EmbeddedCentre, openEmbeddedCentre } from '../centre/embedded-centre.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deck } from './deck.ts';
import type { Rules } from './rules.ts';

/** A centre of its own in memory that knows the deck's people and links, for questions that leave nothing behind. */
export function openDeckCentre(deck: Deck, profile: PolicyProfile, rules: Rules, clock: Clock): EmbeddedCentre {
  const centre = openEmbeddedCentre({
    path: 'memory',
    profile,
    listedAreas: rules.listedAreas,
    clock,
    random: (byteCount) => randomBytes(byteCount),
    pinVerificationKey: randomBytes(32),
  });
  centre.registry.seed(deck.id, deck.people, deck.links);
  return centre;
}
