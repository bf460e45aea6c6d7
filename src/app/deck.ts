import type { VirtualCard } from '../../drivers/codec/card-line.ts';
import type { NewLink, NewPerson } from '../centre/registry.ts';
import type { DeckHousehold } from '../ipc/view.ts';
import { readFixture } from './fixture-files.ts';
import { type Household, loadHouseholds } from './households.ts';
import { virtualCardOf } from './virtual-card-of.ts';

/** The virtual reader's deck: what the screen shows of it, what the centre's register is loaded with, and the cards by
 *  their person's id. */
export interface Deck {
  readonly id: string;
  readonly households: readonly DeckHousehold[];
  readonly people: readonly NewPerson[];
  readonly links: readonly NewLink[];
  readonly cards: ReadonlyMap<string, VirtualCard>;
}

/** The deck that comes with the program. Errors: `HouseholdsError`, as `readFileSync`. */
export function loadDeck(fixturesFolder?: string): Deck {
  const fileName = 'households.yaml';
  const { deck, households } = loadHouseholds(readFixture(fileName, fixturesFolder), fileName);
  const people = households.flatMap((household) => household.people);
  return {
    id: deck,
    households: households.map(shown),
    people,
    links: households.flatMap((household) => household.links),
    cards: new Map(people.map((person) => [person.id, virtualCardOf(person)])),
  };
}

/** A household as the drawer shows it: names of synthetic people, numbers by their last four characters only. */
function shown({ id, title, shows, people, links }: Household): DeckHousehold {
  const names = new Map(people.map((person) => [person.id, person.name]));
  return {
    id,
    title,
    shows,
    people: people.map((person) => ({
      id: person.id,
      name: person.name,
      last4: person.last4,
      insurance: person.insurance,
      status: person.status,
      card: person.card.state,
      balance: person.balance,
      providers: links
        .filter((link) => link.beneficiary === person.id && link.until === null)
        .map((link) => names.get(link.provider) ?? link.provider),
    })),
  };
}
