import { expect, it } from 'vitest';
import { bookedOf } from '../../src/domain/reconciliation.ts';
import { bill, embeddedOptions, link, person, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

it('R147, R148: gives a terminal its own records of a business day, what was settled and what was given back', async () => {
  const clock = new StandingClock();
  const world = openOwnAnswers(embeddedOptions(profile('chongqing-2021'), clock));
  for (const [id, balance] of [
    ['mother', '80'],
    ['daughter', '100'],
  ] as const) {
    world.registry.addPerson(person(id, { balance }));
  }
  world.registry.addLink(link('daughter', 'mother'));
  const [here, there] = [new Counter(world, 'T1'), new Counter(world, 'T2')];

  const sale = await here.sell('mother', bill('100'));
  const elsewhere = await there.sell('mother', bill('30'));
  const back = await here.refund(sale.settlementId, yuan('40'));
  clock.advance(14 * 3_600_000);
  const cancelledNextDay = await here.refund(sale.settlementId, yuan('10'));

  const recordsOf = async (counter: Counter, day: string) => {
    const answer = await world.centre.reconcile({ ...counter.next(), day, records: [] });
    if (answer.kind !== 'reconciled') throw new Error(answer.kind);
    return answer.records;
  };
  expect(new Date(start).toISOString().slice(0, 10)).toBe('2025-04-19');
  expect(await recordsOf(here, '2025-04-19')).toEqual([bookedOf(sale), bookedOf(back)]);
  expect(await recordsOf(there, '2025-04-19')).toEqual([bookedOf(elsewhere)]);
  expect(await recordsOf(here, '2025-04-20')).toEqual([bookedOf(cancelledNextDay)]);
  expect(await recordsOf(here, '2025-04-18')).toEqual([]);
  expect(world.registry.audit()).toEqual([]);
  world.close();
});
