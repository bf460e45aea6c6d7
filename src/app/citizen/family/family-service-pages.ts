import { Hono } from 'hono';
import type { CitizenEnv, CitizenParts } from '../parts.ts';
import { addPages } from './add-pages.ts';
import { ecardPages } from './ecard-pages.ts';
import { FamilyVisits } from './family-visits.ts';
import { memberPages } from './member-pages.ts';

/** The PIN of the e-cards that synthetic people have from the start. */
const deckPin = '246802';

/** The electronic social security card and its family service, mounted at `/ecard`. The deck's people get an e-card unless
 *  they have one. Source: R84, R102 to R108. */
export function familyServicePages(parts: CitizenParts): Hono<CitizenEnv> {
  parts.centre.family.issueToAll(parts.deck.people, deckPin);
  const visits = new FamilyVisits();
  const pages = new Hono<CitizenEnv>();
  pages.route('/', ecardPages(parts, visits));
  pages.route('/family', memberPages(parts, visits));
  pages.route('/family/add', addPages(parts, visits));
  return pages;
}
