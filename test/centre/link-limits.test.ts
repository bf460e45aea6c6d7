import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkObstacle, linksBeyondLimit } from '../../src/domain/link-standing.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { bill, embeddedOptions, link, person, StandingClock, start } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const people = ['a', 'b', 'c', 'd', 'e'];
const pairs = people.flatMap((provider) => people.map((beneficiary) => [provider, beneficiary] as const));

/** Any family: who lends to whom, in the order in which it was agreed, and whether it still holds. */
const families = fc.uniqueArray(
  fc.record({
    pair: fc.constantFrom(...pairs.filter(([provider, beneficiary]) => provider !== beneficiary)),
    ended: fc.boolean(),
  }),
  { maxLength: 12, selector: ({ pair }) => pair.join() },
);

describe('R4, R5: limits on the number of links', () => {
  it.each<[string, Partial<PolicyProfile>]>([
    ['one beneficiary, one provider', { maxBeneficiariesPerProvider: 1, maxProvidersPerBeneficiary: 1 }],
    ['two beneficiaries', { maxBeneficiariesPerProvider: 2, maxProvidersPerBeneficiary: null }],
    [
      'any number of beneficiaries, two providers',
      { maxBeneficiariesPerProvider: null, maxProvidersPerBeneficiary: 2 },
    ],
  ])('%s: the centre refuses the links that the rules refuse over everybody’s links', async (_, limits) => {
    const rules = profile('national-2024', limits);
    await fc.assert(
      fc.asyncProperty(families, async (family) => {
        const world = openOwnAnswers(embeddedOptions(rules, new StandingClock()));
        const links = family.map(({ pair: [provider, beneficiary], ended }, age) =>
          link(provider, beneficiary, { since: start - 10_000 + age, until: ended ? start : null }),
        );
        const { registry, close } = world;
        registry.seed(
          'deck',
          people.map((id) => person(id)),
          links,
        );
        const onRecord = new Map(people.flatMap((id) => registry.linksOf(id)).map((known) => [known.linkId, known]));
        const holding = [...onRecord.values()].filter((known) => !linkObstacle(known, rules, new Set(), start));
        const beyond = linksBeyondLimit(holding, rules);
        const counter = new Counter(world);
        for (const id of people) {
          const { card } = await counter.identify(id);
          const { split } = await counter.quote(card, bill('1'));
          const refused = split.rows
            .filter(({ source }) => source === 'provider')
            .map(({ reason }) => reason === 'linkLimit');
          const toThem = [...onRecord.values()].filter(({ beneficiary }) => beneficiary === id);
          const expected = toThem.sort((a, b) => a.since - b.since).map(({ linkId }) => beyond.has(linkId));
          expect(refused).toEqual(expected);
        }
        close();
      }),
      { numRuns: 40 },
    );
  });
});
