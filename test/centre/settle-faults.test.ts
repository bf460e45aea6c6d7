import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CardVault } from '../../src/centre/card-vault.ts';
import { type CentreStore, StoreFault, type WritableRows } from '../../src/centre/centre-store.ts';
import { LocalCentre } from '../../src/centre/local-centre.ts';
import { Registry } from '../../src/centre/registry.ts';
import { openSqliteStore } from '../../src/centre/store/sqlite-store.ts';
import { add, type Fen, fen, sum, zeroFen } from '../../src/domain/money.ts';
import { CentreFault } from '../../src/ports/centre.ts';
import { bill, embeddedOptions, link, person, rightPin, StandingClock, start, testKeys, yuan } from './centre-world.ts';
import { openOwnAnswers, ownAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter, pin } from './sales-counter.ts';

/** A store that fails at the nth step of its write transactions, counted from now on. */
class FailingStore implements CentreStore {
  readonly #store: CentreStore;
  failAt = Number.POSITIVE_INFINITY;
  steps = 0;
  /** Runs once, before the next write transaction but one: what another process may do in between. */
  between: (() => void) | null = null;
  writesSoFar = 0;
  constructor(store: CentreStore) {
    this.#store = store;
  }
  write<T>(work: (rows: WritableRows) => T): T {
    this.writesSoFar += 1;
    if (this.between !== null && this.writesSoFar % 2 === 0) {
      const other = this.between;
      this.between = null;
      other();
    }
    return this.#store.write((rows) => {
      const result = work(
        new Proxy(rows, {
          get: (target, name) => {
            const method: unknown = Reflect.get(target, name);
            if (typeof method !== 'function') return method;
            return (...args: unknown[]) => {
              const given: unknown = method.apply(target, args);
              this.#step();
              return given;
            };
          },
        }),
      );
      this.#step();
      return result;
    });
  }
  #step(): void {
    this.steps += 1;
    if (this.steps === this.failAt) throw new StoreFault('unavailable', 'the disk is gone');
  }
  read: CentreStore['read'] = (work) => this.#store.read(work);
  audit = () => this.#store.audit();
  close = () => this.#store.close();
}

function failingCentre(under = profile('national-2024')) {
  const store = new FailingStore(openSqliteStore(null, new Uint8Array(8)));
  const options = embeddedOptions(under, new StandingClock());
  const desk = { ...options, pinKeyUsesMax: 1000, store, vault: new CardVault(testKeys.pinVerificationKey) };
  const registry = new Registry(desk);
  registry.addPerson(person('mother', { balance: '50' }));
  registry.addPerson(person('son', { balance: '20' }));
  registry.addPerson(person('daughter', { balance: '200' }));
  registry.addLink(link('son', 'mother', { since: start - 2_000 }));
  registry.addLink(link('daughter', 'mother', { since: start - 1_000 }));
  return { store, registry, centre: ownAnswers(new LocalCentre(desk)) };
}

describe('a store that fails in the middle of a settlement', () => {
  it('leaves nothing half done at any step, and the same message settles when it is back', async () => {
    const balances = (registry: Registry) => ['mother', 'son', 'daughter'].map((id) => registry.balanceOf(id));
    let failures = 0;
    for (let failAt = 1; ; failAt++) {
      const { store, registry, centre } = failingCentre();
      const counter = new Counter({ centre, registry });
      const { card } = await counter.identify('mother');
      const { digest } = await counter.quote(card, bill('100'));
      const request = counter.request(card, bill('100'), digest, pin('mother', rightPin));
      store.steps = 0;
      store.failAt = failAt;
      const outcome = await centre.settle(request).catch((fault: unknown) => fault);
      store.failAt = Number.POSITIVE_INFINITY;
      if (!(outcome instanceof CentreFault)) {
        expect(outcome).toMatchObject({ kind: 'settled' });
        break;
      }
      failures += 1;
      expect(outcome.code).toBe('storeDown');
      expect(outcome.cause).toBeInstanceOf(StoreFault);
      expect(balances(registry)).toEqual([yuan('50'), yuan('20'), yuan('200')]);
      expect(registry.recordedOn('2025-04-19')).toEqual([]);
      expect(registry.audit()).toEqual([]);
      expect(await centre.settle(request)).toMatchObject({
        kind: 'settled',
        settlement: { split: { own: 5000, shared: 5000 } },
      });
      expect(balances(registry)).toEqual([0, 0, yuan('170')]);
      store.close();
    }
    // Two transactions of several steps each: a change that makes them one step would make this test empty.
    expect(failures).toBeGreaterThan(12);
  });

  it('R78: a try is counted before it is compared, so a failure in between gives no free guess', async () => {
    const { store, registry, centre } = failingCentre();
    const counter = new Counter({ centre, registry });
    const { card } = await counter.identify('mother');
    const { digest } = await counter.quote(card, bill('100'));
    for (let guess = 0; guess < 6; guess++) {
      const request = counter.request(card, bill('100'), digest, pin('mother', '000000'));
      // The first transaction reads the answer, the holder and the PIN key, counts the key's use and the try, and commits;
      // the seventh step is the second one's.
      store.steps = 0;
      store.failAt = 7;
      await expect(centre.settle(request)).rejects.toThrow(CentreFault);
      store.failAt = Number.POSITIVE_INFINITY;
    }
    expect(await counter.settle(card, bill('100'), digest, pin('mother', rightPin))).toEqual({
      kind: 'declined',
      decline: { code: 'PIN_LOCKED' },
    });
  });
});

describe('a store that fails in the middle of an undo', () => {
  it.each(['cancel_and_resettle', 'lifo'] as const)(
    '%s: leaves nothing half done at any step, and the same message undoes when it is back',
    async (partialRefund) => {
      const balances = (registry: Registry) => ['mother', 'son', 'daughter'].map((id) => registry.balanceOf(id));
      let failures = 0;
      for (let failAt = 1; ; failAt++) {
        const { store, registry, centre } = failingCentre(profile('national-2024', { partialRefund }));
        const counter = new Counter({ centre, registry });
        const { settlementId } = await counter.sell('mother', bill('100'));
        const { digest } = await counter.preview('refund', settlementId, yuan('40'));
        const request = { ...counter.next(), settlementId, amount: yuan('40'), digest };
        store.steps = 0;
        store.failAt = failAt;
        const outcome = await centre.refund(request).catch((fault: unknown) => fault);
        store.failAt = Number.POSITIVE_INFINITY;
        if (!(outcome instanceof CentreFault)) {
          expect(outcome).toMatchObject({ kind: 'undone' });
          break;
        }
        failures += 1;
        expect(outcome.code).toBe('storeDown');
        expect(balances(registry)).toEqual([0, 0, yuan('170')]);
        expect(registry.leftOf(settlementId)).toBe(yuan('100'));
        expect(registry.audit()).toEqual([]);
        expect(await centre.refund(request)).toMatchObject({ kind: 'undone' });
        expect(balances(registry)).toEqual([0, yuan('10'), yuan('200')]);
        expect(registry.audit()).toEqual([]);
        store.close();
      }
      expect(failures).toBeGreaterThan(8);
    },
  );
});

describe('another process between the count of a try and its comparison', () => {
  it('R79: a lock that came in between holds for the right PIN too', async () => {
    const { store, registry, centre } = failingCentre();
    const counter = new Counter({ centre, registry });
    const { card } = await counter.identify('mother');
    const { digest } = await counter.quote(card, bill('100'));
    const settle = (digits: string) => counter.settle(card, bill('100'), digest, pin('mother', digits));
    for (let guess = 0; guess < 4; guess++) await settle('000000');
    store.writesSoFar = 0;
    const others: Promise<unknown>[] = [];
    store.between = () => others.push(settle('000000'));
    expect(await settle(rightPin)).toEqual({ kind: 'declined', decline: { code: 'PIN_LOCKED' } });
    expect(await Promise.all(others)).toEqual([{ kind: 'declined', decline: { code: 'PIN_LOCKED' } }]);
    expect(registry.balanceOf('mother')).toBe(yuan('50'));
  });
});

describe('PIN tries on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gongji-tries-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('R83: count and lock survive a restart, and two processes share them', async () => {
    const open = (under = profile('chongqing-2021')) =>
      openOwnAnswers(embeddedOptions(under, new StandingClock(), join(folder, 'centre.db')));
    const here = open();
    here.registry.addPerson(person('mother', { balance: '50' }));
    const there = open();
    const guess = async (world: typeof here, terminal: string) => {
      const counter = new Counter(world, terminal);
      const { card } = await counter.identify('mother');
      const { digest } = await counter.quote(card, bill('10'));
      const answer = await counter.settle(card, bill('10'), digest, pin('mother', '000000'));
      return answer.kind === 'declined' ? (answer.decline.triesLeft ?? answer.decline.code) : answer.kind;
    };
    expect([await guess(here, 'T1'), await guess(there, 'T2'), await guess(here, 'T3')]).toEqual([5, 4, 3]);
    here.close();
    there.close();
    const again = open();
    expect([await guess(again, 'T4'), await guess(again, 'T5'), await guess(again, 'T6')]).toEqual([
      2,
      1,
      'PIN_LOCKED',
    ]);
    again.close();
    const later = open();
    await expect(guess(later, 'T7')).rejects.toThrow('PIN_LOCKED');
    later.close();
    // Nor do rules with more tries open what is locked.
    const rules = profile('chongqing-2021').pin;
    const generous = open(profile('chongqing-2021', { pin: { ...rules, maxWrong: 8 } }));
    await expect(guess(generous, 'T8')).rejects.toThrow('PIN_LOCKED');
    generous.registry.unlockPin('mother');
    expect(await guess(generous, 'T9')).toBe(7);
    generous.close();
  });
});

describe('money', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const who = fc.constantFrom(...names);
  const amount = fc.integer({ min: 1, max: 30_000 }).map(fen);
  const operation = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('sale' as const),
        who,
        amount,
        fund: fc.integer({ min: 0, max: 9_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('balance' as const), who, amount }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unlink' as const), who, to: who }) },
  );
  const links = fc.uniqueArray(fc.tuple(who, who), { maxLength: 10, selector: ([from, to]) => from + to });
  const under = fc.constantFrom('national-2024', 'national-2026', 'chongqing-2021', 'shenzhen-2019', 'wallet-2025');

  it('is conserved to the fen over any sequence of sales on several providers (R46, R54)', async () => {
    await fc.assert(
      fc.asyncProperty(under, links, fc.array(operation, { maxLength: 25 }), async (rules, pairs, operations) => {
        const area = rules === 'wallet-2025' ? '重庆市/云阳县' : '重庆市/渝中区';
        const world = openOwnAnswers(embeddedOptions(profile(rules), new StandingClock()));
        const { registry, close } = world;
        for (const id of names) registry.addPerson(person(id, { balance: '100', walletBalance: '30', area }));
        for (const [at, [provider, beneficiary]] of pairs.entries()) {
          const since = start - 1_000 + at;
          if (provider !== beneficiary) registry.addLink(link(provider, beneficiary, { since, quota: yuan('40') }));
        }
        const wealth = () =>
          sum(names.flatMap((id) => [registry.balanceOf(id) ?? zeroFen, registry.walletBalanceOf(id)]));
        const counter = new Counter(world);
        let put: Fen = wealth();
        let spent: Fen = zeroFen;
        for (const step of operations) {
          if (step.kind === 'unlink') registry.endLink(step.who, step.to, start);
          if (step.kind === 'balance') {
            registry.set(step.who, { balance: step.amount });
            put = add(wealth(), spent);
          }
          if (step.kind === 'sale') {
            const fund = fen(Math.min(step.fund, step.amount));
            const { split } = await counter.sell(step.who, { total: step.amount, fund, goods: [] });
            expect(split.fund + split.own + split.shared + split.cash).toBe(step.amount);
            expect(sum(split.rows.map((row) => row.paid))).toBe(split.own + split.shared);
            spent = add(spent, add(split.own, split.shared));
          }
          expect(add(wealth(), spent)).toBe(put);
        }
        expect(registry.audit()).toEqual([]);
        close();
      }),
      { numRuns: 60 },
    );
  });
});
