import { describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { HouseholdsError, loadHouseholds } from '../../src/app/households.ts';
import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { hasLuhn } from '../../src/domain/pan.ts';
import { parseResidentId } from '../../src/domain/resident-id.ts';
import { cardSnProblem, ssCardNumberProblem } from '../../src/domain/social-security-card.ts';
import { embeddedOptions, StandingClock, yuan } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';

const deck = loadHouseholds(readFixture('households.yaml'), 'households.yaml');
const people = deck.households.flatMap((household) => household.people);
const of = (id: string) => {
  const found = people.find((person) => person.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};

describe('the deck', () => {
  it('tells the seed’s story and every other that the terminal must show', () => {
    expect(deck.households.length).toBeGreaterThanOrEqual(9);
    expect(people.length).toBeGreaterThanOrEqual(24);
    expect([of('demo.mother').balance, of('demo.daughter').balance]).toEqual([yuan('50'), yuan('200')]);
    expect(of('empty-provider.provider').balance).toBe(0);
    expect(of('no-account.grandmother').balance).toBeNull();
    expect(of('lost-card.father').card.state).toBe('lost');
    expect(of('suspended-provider.son').status).toBe('suspended');
    expect(of('cross-area.mother').area).not.toBe(of('cross-area.son').area);
    expect(of('locked-pin.father').pinLocked).toBe(true);
    expect(of('one-fen.wife').balance).toBe(1);
    expect(
      deck.households.filter(({ links }) => new Set(links.map((link) => link.provider)).size < links.length),
    ).toHaveLength(1);
  });

  it('says in one sentence of each language what a household shows', () => {
    for (const { shows, title } of deck.households) {
      expect(shows['zh-CN']).toMatch(/^[^。]+。$/);
      expect(shows.en).toMatch(/\.$/);
      expect(`${title['zh-CN']} ${title.en}`).toMatch(/\p{Script=Han}.* \p{Lu}/u);
    }
  });

  it('gives everybody valid numbers and a name, no two alike', () => {
    for (const { card, residentId, pin } of people) {
      expect(parseResidentId(residentId).ok).toBe(true);
      expect([ssCardNumberProblem(card.ssCardNumber), cardSnProblem(card.cardSn), hasLuhn(card.pan)]).toEqual([
        null,
        null,
        true,
      ]);
      expect(pin).toBe('135790');
    }
    for (const pick of [
      (person: (typeof people)[number]) => person.residentId,
      (person: (typeof people)[number]) => person.card.pan,
      (person: (typeof people)[number]) => person.last4,
      (person: (typeof people)[number]) => person.name,
    ]) {
      expect(new Set(people.map(pick)).size).toBe(people.length);
    }
  });

  it('goes into a centre, once', () => {
    const { registry, close } = openEmbeddedCentre(embeddedOptions(profile('chongqing-2021'), new StandingClock()));
    const links = deck.households.flatMap((household) => household.links);
    expect(registry.seed(deck.deck, people, links)).toBe(true);
    expect(registry.seed(deck.deck, people, links)).toBe(false);
    expect(registry.balanceOf('demo.mother')).toBe(yuan('50'));
    expect(registry.linksOf('two-relatives.son')).toHaveLength(2);
    expect(registry.audit()).toEqual([]);
    close();
  });
});

describe('a deck file that cannot be understood', () => {
  const file = (household: string) => `deck: d
pin: "135790"
area: 重庆市/渝中区
since: 2024-01-01
households:
  demo:
    title: { zh-CN: 甲, en: A }
    shows: { zh-CN: 甲。, en: A. }
${household}`;
  const whole = `    people:
      mother: { name: 李甲, born: 1956-03-12 }
      son: { name: 李乙, born: 1980-03-12 }
`;

  it.each([
    [
      'a balance that is a number',
      file('    people:\n      mother: { name: 甲, born: 1956-03-12, balance: 50.00 }'),
      'deck.yaml:10: households.demo.people.mother.balance: expected yuan text such as "80.00", or none, got 50.00',
    ],
    [
      'an unknown key',
      file('    people:\n      mother:\n        name: 甲\n        born: 1956-03-12\n        blance: "50.00"'),
      /^deck\.yaml:13: households\.demo\.people\.mother\.blance: unknown key, expected a mapping with the keys name, born, balance/,
    ],
    [
      'a state that nobody knows',
      file('    people:\n      mother: { name: 甲, born: 1956-03-12, card: stolen }'),
      'deck.yaml:10: households.demo.people.mother.card: expected one of normal, lost, tempLost, cancelled, sealed, fake, got "stolen"',
    ],
    [
      'a day that does not exist',
      file('    people:\n      mother: { name: 甲, born: 1957-02-29 }'),
      'deck.yaml:10: households.demo.people.mother.born: expected an existing day such as 2024-01-01, got "1957-02-29"',
    ],
    [
      'a link to a stranger',
      file(`${whole}    links:\n      - { provider: uncle, beneficiary: mother, relation: sibling }`),
      'deck.yaml:13: households.demo.links.0.provider: expected one of mother, son, got "uncle"',
    ],
    [
      'a link to oneself',
      file(`${whole}    links:\n      - { provider: son, beneficiary: son, relation: other }`),
      'deck.yaml:13: households.demo.links.0.beneficiary: expected somebody else than the provider: nobody is linked to himself, got "son"',
    ],
    ['nothing at all', '', /^deck\.yaml:1: expected a mapping with the keys deck, pin/],
  ])('%s', (_, yaml, message) => {
    const read = () => loadHouseholds(yaml, 'deck.yaml');
    expect(read).toThrow(HouseholdsError);
    expect(read).toThrow(typeof message === 'string' ? expect.objectContaining({ message }) : message);
  });

  it('tells all problems at once, in the order of the lines', () => {
    const yaml = file(
      '    people:\n      mother: { name: 甲, born: 1956-03-12, card: stolen }\n      son: { name: 乙 }',
    );
    expect(() => loadHouseholds(yaml, 'deck.yaml')).toThrow(
      /deck\.yaml:10: .*\ndeck\.yaml:11: households\.demo\.people\.son\.born/,
    );
  });
});
