import { type DeckHousehold, type ReadingFault, readingFaults } from '../ipc/view.ts';

/** Where the keyboard stands in the deck. */
export interface DeckPlace {
  readonly household: number;
  readonly person: number;
}

/** The place after an arrow key: left and right go through the people of a household and on into the next one, up and
 *  down through the households. The ends hold. */
export function stepped(
  deck: readonly DeckHousehold[],
  { household, person }: DeckPlace,
  key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown',
): DeckPlace {
  const sizeOf = (index: number) => deck[index]?.people.length ?? 0;
  switch (key) {
    case 'ArrowRight':
      if (person + 1 < sizeOf(household)) return { household, person: person + 1 };
      return household + 1 < deck.length ? { household: household + 1, person: 0 } : { household, person };
    case 'ArrowLeft':
      if (person > 0) return { household, person: person - 1 };
      return household > 0 ? { household: household - 1, person: sizeOf(household - 1) - 1 } : { household, person };
    case 'ArrowDown':
    case 'ArrowUp': {
      const next = Math.min(deck.length - 1, Math.max(0, household + (key === 'ArrowDown' ? 1 : -1)));
      return { household: next, person: Math.min(person, Math.max(0, sizeOf(next) - 1)) };
    }
  }
}

/** The fault after this one, around in a circle. */
export function nextFault(fault: ReadingFault): ReadingFault {
  return readingFaults[(readingFaults.indexOf(fault) + 1) % readingFaults.length] ?? 'none';
}

/** Whom a person's account helps: the others of the household who name this person as provider. */
export function helpedBy(household: DeckHousehold, name: string): readonly string[] {
  return household.people.filter((person) => person.providers.includes(name)).map((person) => person.name);
}
