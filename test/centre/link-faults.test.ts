import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CardVault } from '../../src/centre/card-vault.ts';
import type { CentreStore } from '../../src/centre/centre-store.ts';
import { StoreFault } from '../../src/centre/centre-store.ts';
import type { Desk } from '../../src/centre/desk.ts';
import { LinkOffice } from '../../src/centre/link-office.ts';
import { LocalCentre } from '../../src/centre/local-centre.ts';
import { Registry } from '../../src/centre/registry.ts';
import { openSqliteStore } from '../../src/centre/store/sqlite-store.ts';
import type { AdmitRequest } from '../../src/ports/centre.ts';
import { bill, embeddedOptions, person, pinBlockOf, rightPin, StandingClock, testKeys, yuan } from './centre-world.ts';
import { asked, byPhone, terms } from './link-forms.ts';
import { ownAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

/** A store that breaks down: `writes` more transactions get through, and the one after them loses its commit, or only the
 *  word of it. */
class FailingStore implements CentreStore {
  writes = Number.POSITIVE_INFINITY;
  commits = false;
  readonly #store: CentreStore;
  constructor(store: CentreStore) {
    this.#store = store;
  }
  write: CentreStore['write'] = (work) => {
    this.writes -= 1;
    if (this.writes >= 0) return this.#store.write(work);
    if (this.commits) this.#store.write(work);
    else {
      try {
        this.#store.write((rows) => {
          work(rows);
          throw new StoreFault('unavailable', 'the power went');
        });
      } catch (error) {
        if (!(error instanceof StoreFault)) throw error;
      }
    }
    throw new StoreFault('unavailable', 'the power went');
  };
  read: CentreStore['read'] = (work) => this.#store.read(work);
  audit = () => this.#store.audit();
  close = () => this.#store.close();
}

let store: FailingStore;
let world: { centre: LocalCentre; registry: Registry; links: LinkOffice };
let counter: Counter;
beforeEach(async () => {
  const vault = new CardVault(testKeys.pinVerificationKey);
  store = new FailingStore(openSqliteStore(null, vault.checkValue()));
  const options = embeddedOptions(profile('national-2026'), new StandingClock());
  const desk: Desk = { ...options, pinKeyUsesMax: 100, store, vault };
  world = {
    centre: ownAnswers(new LocalCentre(desk)) as LocalCentre,
    registry: new Registry(desk),
    links: new LinkOffice(desk),
  };
  world.registry.addPerson(person('daughter', { balance: '200' }));
  for (const id of ['mother', 'father']) world.registry.addPerson(person(id));
  counter = new Counter(world);
  await counter.signIn();
});
afterEach(() => {
  store.writes = Number.POSITIVE_INFINITY;
  expect(store.audit()).toEqual([]);
  store.close();
});

async function admitRequest(digits: string): Promise<AdmitRequest> {
  const { card } = await counter.identify('daughter');
  const pinBlock = pinBlockOf('daughter', digits, counter.pinKey());
  return { ...counter.next(), card, proof: { kind: 'pin', pinBlock } };
}

async function linkRequest(beneficiary: string, replaces: string | null = null) {
  const admitted = await world.centre.admit(await admitRequest(rightPin));
  if (admitted.kind !== 'admitted') throw new Error('not admitted');
  const { card } = await counter.identify(beneficiary);
  const quota = yuan('150');
  return { ...counter.next(), permit: admitted.permit, beneficiary: card, terms: terms({ quota }), replaces };
}

describe('a centre that breaks down at the insurance office', () => {
  it('gives no free guess: a PIN entry counts that could not be answered (R78, R83)', async () => {
    const [wrong, right] = [await admitRequest('000000'), await admitRequest(rightPin)];
    store.writes = 1;
    await expect(world.centre.admit(wrong)).rejects.toThrow('storeDown');
    store.writes = Number.POSITIVE_INFINITY;
    expect(world.registry.pinTriesOf('daughter')).toEqual({ wrong: 1, locked: false });
    for (let time = 0; time < 5; time++) {
      store.writes = 1;
      await expect(world.centre.admit(await admitRequest('000000'))).rejects.toThrow('storeDown');
    }
    store.writes = Number.POSITIVE_INFINITY;
    expect(await world.centre.admit(right)).toMatchObject({ decline: { code: 'PIN_LOCKED' } });
  });

  it.each([
    ['before the commit', false],
    ['after the commit', true],
  ])('makes a link once, %s', async (_, commits) => {
    const request = await linkRequest('mother');
    Object.assign(store, { writes: 0, commits });
    await expect(world.centre.link(request)).rejects.toThrow('storeDown');
    store.writes = Number.POSITIVE_INFINITY;
    expect(world.links.standingsOf('daughter')).toHaveLength(commits ? 1 : 0);
    expect(await world.centre.link(request)).toMatchObject({ kind: 'linked' });
    expect(world.links.historyOf('daughter')).toHaveLength(1);
  });

  it.each([
    ['before the commit', false],
    ['after the commit', true],
  ])('changes a link whole or not at all, %s (R8)', async (_, commits) => {
    const old = await world.centre.link(await linkRequest('mother'));
    if (old.kind !== 'linked') throw new Error('not linked');
    const request = await linkRequest('father', old.record.linkId);
    Object.assign(store, { writes: 0, commits });
    await expect(world.centre.link(request)).rejects.toThrow('storeDown');
    store.writes = Number.POSITIVE_INFINITY;
    expect((await counter.sell('mother', bill('1'))).split.shared).toBe(commits ? 0 : yuan('1'));
    expect(await world.centre.link(request)).toMatchObject({ kind: 'linked' });
    expect(world.links.historyOf('daughter').map(({ deed }) => deed)).toEqual(['linked', 'ended', 'linked']);
  });

  it.each([
    ['before the commit', false],
    ['after the commit', true],
  ])('moves somebody and dissolves his links together, %s (R23)', (_, commits) => {
    world.links.link(asked('daughter', 'mother', { quota: yuan('150') }), byPhone);
    Object.assign(store, { writes: 0, commits });
    expect(() => world.registry.set('mother', { status: 'terminated' })).toThrow(StoreFault);
    store.writes = Number.POSITIVE_INFINITY;
    expect(world.registry.statusOf('mother')).toBe(commits ? 'terminated' : 'normal');
    expect(world.links.standingsOf('daughter')).toHaveLength(commits ? 0 : 1);
  });
});
