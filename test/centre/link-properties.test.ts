import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { fen, formatYuan, sum, zeroFen } from '../../src/domain/money.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { bill, embeddedOptions, person, StandingClock } from './centre-world.ts';
import { asked, byPhone } from './link-forms.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

/** Whatever people do to links, in whatever order, over the real store. */

const people = ['ann', 'bob', 'eve', 'sue'] as const;
const places: readonly string[] = ['重庆市/渝中区', '四川省/成都市'];
const hourMs = 3_600_000;

const who = fc.constantFrom(...people);
const amount = fc.integer({ min: 1, max: 30_000 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('link'), a: who, b: who, amount, replaces: fc.option(fc.nat(3)) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask'), a: who, b: who, amount, agrees: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel'), a: who, at: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('setQuota'), a: who, at: fc.nat(3), amount }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sell'), a: who, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('giveBack'), part: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move'), a: who, at: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('status'), a: who, ends: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), hours: fc.integer({ min: 1, max: 40 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const rules: readonly [string, PolicyProfile][] = [
  ['national-2026', profile('national-2026')],
  [
    'a quota, one each, from the next day, at least two days',
    profile('national-2026', {
      maxBeneficiariesPerProvider: 1,
      maxProvidersPerBeneficiary: 1,
      linkEffect: 'next_day',
      unlinkEffect: 'next_day',
      minLinkDays: 2,
    }),
  ],
  [
    'a quota that stays when somebody moves',
    profile('national-2026', { autoDissolveOnTransfer: false, areaScope: 'same_province' }),
  ],
  ['chongqing-2021', profile('chongqing-2021')],
  ['chongqing-2025', profile('chongqing-2025', { areaScope: 'nationwide', unlinkEffect: 'next_day' })],
];

class LinkHistory {
  readonly clock = new StandingClock();
  readonly under: PolicyProfile;
  readonly world: EmbeddedCentre;
  readonly counter: Counter;
  readonly sales: string[] = [];
  #records = new Map<string, readonly string[]>();
  constructor(under: PolicyProfile) {
    this.under = under;
    this.world = openOwnAnswers(embeddedOptions(under, this.clock));
    this.counter = new Counter(this.world);
    for (const [at, id] of people.entries()) {
      this.world.registry.addPerson(person(id, { balance: formatYuan(fen(at * 10_000)) }));
    }
  }

  get #now(): number {
    return this.clock.now();
  }
  /** Links that have not ended, ids in order. */
  #open() {
    const all = people.flatMap((id) => this.world.registry.linksOf(id).filter((link) => link.provider === id));
    return all.filter(({ since, until }) => until === null || until > Math.max(since, this.#now));
  }
  #linkAt(provider: string, at: number): string {
    const own = this.#open().filter((link) => link.provider === provider);
    return own[at % Math.max(1, own.length)]?.linkId ?? 'L99999999';
  }

  async play(it: Step): Promise<void> {
    const { links, registry } = this.world;
    const quota = (of: number) => (this.under.fundModel === 'quota_hold' ? fen(of) : null);
    if ('replaces' in it) {
      const replaces = it.replaces === null ? null : this.#linkAt(it.a, it.replaces);
      const request = asked(it.a, it.b, { quota: quota(it.amount) }, replaces);
      const verdict = links.explain(request);
      const made = links.link(request, byPhone);
      // The dry run says what comes of it.
      expect(made.kind === 'linkRefused' ? made.verdict : { ...verdict, findings: [] }).toEqual(verdict);
    } else if ('agrees' in it) {
      const waiting = links.ask(asked(it.a, it.b, { quota: quota(it.amount) }), byPhone);
      if (waiting.kind === 'asked') links.answerAsk(waiting.ask.askId, it.b, it.agrees);
    } else if (it.do === 'cancel' && 'at' in it) {
      links.unlink(it.a, this.#linkAt(it.a, it.at), '不再需要', byPhone);
    } else if (it.do === 'setQuota' && 'amount' in it && 'at' in it) {
      links.setQuota(it.a, this.#linkAt(it.a, it.at), fen(it.amount), byPhone);
    } else if (it.do === 'sell' && 'amount' in it) await this.#sell(it.a, it.amount);
    else if ('part' in it) await this.#giveBack(it.part);
    else if ('ends' in it) registry.set(it.a, { status: it.ends ? 'terminated' : 'normal' });
    else if ('hours' in it) this.clock.advance(it.hours * hourMs);
    else if ('at' in it) registry.set(it.a, { area: places[it.at] ?? '' });
    this.#mustHold();
  }

  /** Money comes from the buyer and from those who are linked to him now, one step away, and from nobody else (R25). */
  async #sell(id: string, total: number): Promise<void> {
    const { registry } = this.world;
    const before = new Map(people.map((each) => [each, registry.balanceOf(each) ?? zeroFen]));
    if (registry.statusOf(id) !== 'normal') return;
    const { settlementId, split } = await this.counter.sell(id, bill(formatYuan(fen(total))));
    this.sales.push(settlementId);
    const providers = this.#open().filter((link) => link.beneficiary === id && link.since <= this.#now);
    let shared = 0;
    for (const each of people) {
      const paid = (before.get(each) ?? 0) - (registry.balanceOf(each) ?? 0);
      if (each === id) expect(paid).toBe(split.own);
      else {
        if (paid !== 0) expect(providers.map(({ provider }) => provider)).toContain(each);
        shared += paid;
      }
    }
    expect(shared).toBe(split.shared);
  }

  async #giveBack(part: boolean): Promise<void> {
    const sale = this.sales.at(-1);
    const left = sale === undefined ? 0 : this.world.registry.leftOf(sale);
    if (sale === undefined || left === 0) return;
    await this.counter.refund(sale, part && left > 1 ? fen(Math.floor(left / 2)) : null);
  }

  #mustHold(): void {
    const open = this.#open();
    const { maxBeneficiariesPerProvider, maxProvidersPerBeneficiary, fundModel } = this.under;
    for (const id of people) {
      const inForce = open.filter(({ since }) => since <= this.#now);
      const provides = inForce.filter(({ provider }) => provider === id).length;
      const uses = inForce.filter(({ beneficiary }) => beneficiary === id).length;
      expect(provides).toBeLessThanOrEqual(maxBeneficiariesPerProvider ?? people.length);
      expect(uses).toBeLessThanOrEqual(maxProvidersPerBeneficiary ?? people.length);
      const setAside = open.filter(({ provider }) => provider === id).map(({ quotaLeft }) => quotaLeft ?? zeroFen);
      if (fundModel === 'quota_hold') {
        expect(sum(setAside)).toBeLessThanOrEqual(this.world.registry.balanceOf(id) ?? 0);
      }
      const history = this.world.links.historyOf(id);
      const told = history.map((record) => JSON.stringify(record));
      const known = this.#records.get(id) ?? [];
      expect(told.slice(0, known.length)).toEqual(known);
      this.#records.set(id, told);
      for (const { linkId, isCancelled } of open.filter(({ provider }) => provider === id)) {
        const deeds = history.filter((record) => record.linkId === linkId && record.deed !== 'quotaSet');
        expect(deeds.map(({ deed }) => deed)).toEqual(isCancelled ? ['linked', 'ended'] : ['linked']);
      }
    }
  }

  /** After the last link has ended everything can be spent again. */
  async end(): Promise<void> {
    const { links, registry } = this.world;
    for (const id of people) registry.set(id, { status: 'normal' });
    this.clock.advance(3 * 24 * hourMs);
    for (const link of this.#open()) links.unlink(link.provider, link.linkId, '不再需要', byPhone);
    this.clock.advance(24 * hourMs);
    expect(this.#open()).toEqual([]);
    for (const id of people) {
      const balance = registry.balanceOf(id) ?? zeroFen;
      if (balance > 0) expect((await this.counter.sell(id, bill(formatYuan(balance)))).split.own).toBe(balance);
    }
    expect(registry.audit()).toEqual([]);
    this.world.close();
  }
}

describe('links in whatever order (R4 to R8, R12, R14, R22 to R25, R75)', () => {
  it.each(rules)(
    '%s: no maximum is exceeded, no quota lost, no record gone, no money borrowed round a corner',
    async (_, under) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
          const history = new LinkHistory(under);
          for (const each of steps) await history.play(each);
          await history.end();
        }),
        { numRuns: 20 },
      );
    },
  );
});
