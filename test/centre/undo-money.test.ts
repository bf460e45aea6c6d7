import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, type Fen, fen, subtract, sum, zeroFen } from '../../src/domain/money.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { PartialRefund, Undo } from '../../src/domain/undo.ts';
import { embeddedOptions, link, person, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const names = ['a', 'b', 'c', 'd'];
const who = fc.constantFrom(...names);
const amount = fc.integer({ min: 1, max: 20_000 }).map(fen);
/** Which of the sales so far, counted round. */
const which = fc.nat({ max: 40 });
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('sale' as const), who, amount, fund: fc.integer({ min: 0, max: 5_000 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('refund' as const), which, amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reverse' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unlink' as const), who, to: who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('link' as const), who, to: who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('balance' as const), who, amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      who,
      status: fc.constantFrom('normal' as const, 'suspended' as const, 'terminated' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('night' as const) }) },
);
const links = fc.uniqueArray(fc.tuple(who, who), { maxLength: 8, selector: ([from, to]) => from + to });
const under = fc.constantFrom('national-2024', 'national-2026', 'chongqing-2021', 'shenzhen-2019', 'wallet-2025');
const methods = fc.constantFrom<PartialRefund>('lifo', 'cancel_and_resettle');

/** What a terminal was told of one sale, added up by itself. */
class Told {
  readonly sale: Settlement;
  readonly undos: Undo[] = [];
  constructor(sale: Settlement) {
    this.sale = sale;
  }
  get left(): Fen {
    return subtract(this.sale.split.total, sum(this.undos.map(({ returned }) => returned.total)));
  }
  /** What accounts have paid for it in all, net. */
  get spent(): Fen {
    const { own, shared } = this.sale.split;
    return subtract(add(own, shared), sum(this.undos.flatMap(({ returned }) => [returned.own, returned.shared])));
  }
  /** Each part of the sale is what came back of it and what stays. */
  check(undo: Undo): void {
    this.undos.push(undo);
    const { split } = this.sale;
    for (const part of ['fund', 'own', 'shared'] as const) {
      const back = sum(this.undos.map(({ returned }) => returned[part]));
      expect(back).toBeLessThanOrEqual(split[part]);
      expect(undo.remaining?.[part] ?? 0).toBe(split[part] - back);
    }
    const cash = this.undos.reduce(
      (left, { returned }) => left - returned.cash + returned.cashDue,
      split.cash as number,
    );
    expect(undo.remaining?.cash ?? 0).toBe(cash);
    const { returned } = undo;
    expect(returned.fund + returned.own + returned.shared + returned.cash).toBe(returned.total + returned.cashDue);
    expect(Math.min(returned.cash, returned.cashDue)).toBe(0);
    expect(sum(returned.rows.map((row) => row.returned))).toBe(returned.own + returned.shared);
    expect(undo.remaining?.total ?? 0).toBe(this.left);
  }
}

describe('money that goes back', () => {
  it('is conserved to the fen over any sequence of sales, refunds, cancels, reversals and changes (R120 to R131)', async () => {
    await fc.assert(
      fc.asyncProperty(
        under,
        methods,
        links,
        fc.array(operation, { minLength: 4, maxLength: 30 }),
        async (rules, partialRefund, pairs, operations) => {
          const area = rules === 'wallet-2025' ? '重庆市/云阳县' : '重庆市/渝中区';
          const clock = new StandingClock();
          const world = openOwnAnswers(embeddedOptions(profile(rules, { partialRefund }), clock));
          const { centre, registry, close } = world;
          for (const id of names) registry.addPerson(person(id, { balance: '100', walletBalance: '30', area }));
          const addLink = (provider: string, beneficiary: string, since: number) => {
            const known = registry.linksOf(provider).some((it) => it.beneficiary === beneficiary && it.until === null);
            if (provider !== beneficiary && !known)
              registry.addLink(link(provider, beneficiary, { since, quota: yuan('40') }));
          };
          for (const [at, [provider, beneficiary]] of pairs.entries())
            addLink(provider, beneficiary, start - 1_000 + at);
          const wealth = () =>
            sum(
              names.flatMap((id) => {
                const { personal, wallet } = registry.holdingsOf(id);
                return [personal, wallet];
              }),
            );
          const counter = new Counter(world);
          const told: Told[] = [];
          const spent = () => sum(told.map((it) => it.spent));
          let put = wealth();
          for (const step of operations) {
            if (step.kind === 'night') clock.advance(86_400_000);
            if (step.kind === 'link') addLink(step.who, step.to, clock.now());
            if (step.kind === 'unlink') registry.endLink(step.who, step.to, clock.now());
            if (step.kind === 'status') registry.set(step.who, { status: step.status });
            if (step.kind === 'balance' || step.kind === 'close') {
              registry.set(step.who, { balance: step.kind === 'close' ? null : step.amount });
              put = add(wealth(), spent());
            }
            if (step.kind === 'sale' && registry.statusOf(step.who) === 'normal') {
              const fund = fen(Math.min(step.fund, step.amount));
              told.push(new Told(await counter.sell(step.who, { total: step.amount, fund, goods: [] })));
            }
            const of = 'which' in step && told.length > 0 ? told[step.which % told.length] : undefined;
            if (of && of.left > 0) {
              const { settlementId, msgId } = of.sale;
              if (step.kind === 'refund') {
                of.check(await counter.refund(settlementId, fen(Math.min(step.amount, of.left))));
              } else if (step.kind === 'reverse') {
                const answer = await counter.reverse(msgId);
                if (answer.kind !== 'reversed' || answer.undo === null) throw new Error('nothing was given back');
                of.check(answer.undo);
              } else {
                const preview = await centre.previewUndo({
                  ...counter.next(),
                  undo: 'cancel',
                  settlementId,
                  amount: null,
                });
                if (preview.kind === 'previewed') of.check(await counter.cancel(settlementId));
                else expect(preview.decline.code).toBe('CANCEL_TOO_LATE');
              }
              expect(registry.leftOf(settlementId)).toBe(of.left);
            }
            expect(add(wealth(), spent())).toBe(put);
          }
          expect(registry.audit()).toEqual([]);
          for (const { left, spent: kept } of told) if (left === 0) expect(kept).toBe(zeroFen);
          close();
        },
      ),
      { numRuns: 120 },
    );
  }, 60_000);

  it('with nothing changed meanwhile both methods give the same to the same people (R122)', async () => {
    await fc.assert(
      fc.asyncProperty(
        links,
        fc.array(fc.tuple(who, amount, fc.array(amount, { maxLength: 4 })), { maxLength: 6 }),
        async (pairs, sales) => {
          const [lifo, resettle] = await Promise.all(
            (['lifo', 'cancel_and_resettle'] as const).map(async (partialRefund) => {
              const rules = profile('national-2024', { partialRefund });
              const world = openOwnAnswers(embeddedOptions(rules, new StandingClock()));
              for (const id of names) world.registry.addPerson(person(id, { balance: '70' }));
              for (const [at, [provider, beneficiary]] of pairs.entries()) {
                if (provider !== beneficiary)
                  world.registry.addLink(link(provider, beneficiary, { since: start - 1_000 + at }));
              }
              const counter = new Counter(world);
              const told: object[] = [];
              for (const [id, total, refunds] of sales) {
                const { settlementId } = await counter.sell(id, { total, fund: fen(Math.min(total, 1000)), goods: [] });
                for (const wanted of refunds) {
                  const left = world.registry.leftOf(settlementId);
                  if (left === 0) break;
                  const { returned, remaining } = await counter.refund(settlementId, fen(Math.min(wanted, left)));
                  told.push({ returned, remaining });
                }
              }
              world.close();
              return told;
            }),
          );
          expect(resettle).toEqual(lifo);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
