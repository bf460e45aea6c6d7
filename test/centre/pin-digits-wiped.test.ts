import { afterAll, expect, it, vi } from 'vitest';
import type { openPinBlock } from '../../src/ports/pin-block.ts';
import { bill, embeddedOptions, person, pinBlockOf, rightPin, StandingClock } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter, pin } from './sales-counter.ts';

/** What the centre has opened, and under which keys. */
const { opened, keys } = vi.hoisted(() => ({ opened: [] as Uint8Array[], keys: [] as Uint8Array[] }));
vi.mock('../../src/ports/pin-block.ts', async (importActual) => {
  const actual = await importActual<{ readonly openPinBlock: typeof openPinBlock }>();
  return {
    ...actual,
    openPinBlock: ((block, pan, key) => {
      const digits = actual.openPinBlock(block, pan, key);
      if (digits !== null) opened.push(digits);
      keys.push(key.key);
      return digits;
    }) satisfies typeof openPinBlock,
  };
});

const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock('@photostructure/sqlite', async (importActual) => {
  const actual = await importActual<typeof import('@photostructure/sqlite')>();
  class Filling extends actual.DatabaseSync {
    override exec(sql: string): void {
      if (sql === 'COMMIT' && disk.isFull) throw Object.assign(new Error('disk full'), { code: 'ERR_SQLITE_ERROR' });
      super.exec(sql);
    }
  }
  return { ...actual, DatabaseSync: Filling };
});

const world = openOwnAnswers(embeddedOptions(profile('national-2024'), new StandingClock()));
world.registry.addPerson(person('mother', { balance: '50' }));
const counter = new Counter(world);
afterAll(() => world.close());

it.each(['000000', rightPin])(
  'the digits of %s and the key are overwritten when the answer is there',
  async (typed) => {
    opened.length = keys.length = 0;
    const { card } = await counter.identify('mother');
    const { digest } = await counter.quote(card, bill('1'));
    const answer = await counter.settle(card, bill('1'), digest, pin('mother', typed));
    expect(answer.kind).toBe(typed === rightPin ? 'settled' : 'declined');
    expect(opened.map((digits) => [...digits])).toEqual([[0, 0, 0, 0, 0, 0]]);
    expect(keys.map((key) => [...key])).toEqual([Array(16).fill(0)]);
  },
);

it.each(['000000', rightPin])('the same at an insurance office, for %s', async (typed) => {
  const { card } = await counter.identify('mother');
  opened.length = keys.length = 0;
  const pinBlock = pinBlockOf('mother', typed, counter.pinKey());
  const answer = await world.centre.admit({ ...counter.next(), card, proof: { kind: 'pin', pinBlock } });
  expect(answer.kind).toBe(typed === rightPin ? 'admitted' : 'declined');
  expect(opened.map((digits) => [...digits])).toEqual([[0, 0, 0, 0, 0, 0]]);
  expect(keys.map((key) => [...key])).toContainEqual(Array(16).fill(0));
});

it('they are overwritten, too, when the try could not be counted', async () => {
  const { card } = await counter.identify('mother');
  const { digest } = await counter.quote(card, bill('1'));
  opened.length = keys.length = 0;
  disk.isFull = true;
  await expect(counter.settle(card, bill('1'), digest, pin('mother', rightPin))).rejects.toThrow('storeDown');
  disk.isFull = false;
  expect(opened.map((digits) => [...digits])).toEqual([[0, 0, 0, 0, 0, 0]]);
  expect(keys.map((key) => [...key])).toEqual([Array(16).fill(0)]);
});
