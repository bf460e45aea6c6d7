import { describe, expect, it } from 'vitest';
import type { NewLink, NewPerson, PersonChange } from '../../src/centre/registry.ts';
import type { Fen } from '../../src/domain/money.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { PartialRefund, Returned, Undo } from '../../src/domain/undo.ts';
import type { RefundRequest } from '../../src/ports/centre.ts';
import { bill, link, person, type StandingClock, start, yuan } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';
import { Counter, undone } from '../centre/sales-counter.ts';
import { type CentreWorld, centreWorlds, type OpenCentreWorld } from './centre-worlds.ts';

const rejected = { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
const alreadyReversed = { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } };
const tooMuch = { kind: 'declined', decline: { code: 'REFUND_TOO_MUCH' } };
const tooLate = { kind: 'declined', decline: { code: 'CANCEL_TOO_LATE' } };
const dayMs = 86_400_000;
const methods = ['cancel_and_resettle', 'lifo'] as const satisfies readonly PartialRefund[];

/** Part of the contract of `Centre`: cancel, refund, reversal, query and the balance query. */
export function undoContract(adapter: string, open: OpenCentreWorld): void {
  describe(`Centre contract, giving back: ${adapter}`, () => {
    let world: CentreWorld;
    let clock: StandingClock;
    const begin = centreWorlds(open);

    async function given(
      people: readonly NewPerson[],
      links: readonly NewLink[] = [],
      under: PolicyProfile = profile('chongqing-2021'),
    ): Promise<Counter> {
      const begun = await begin(people, links, under);
      ({ world, clock } = begun);
      return begun.counter;
    }
    /** What lies in the accounts, also in closed ones. */
    const held = (...ids: readonly string[]) =>
      Promise.all(ids.map(async (id) => (await world.registry.holdingsOf(id)).personal));
    const family = (own = '50', provider = '20') => [
      person('mother', { balance: own, walletBalance: '5' }),
      person('daughter', { balance: provider }),
    ];
    const daughterForMother = [link('daughter', 'mother')];
    /** Sums of a return: total, pool, own, shared, cash, cash due. */
    const sums = ({ total, fund, own, shared, cash, cashDue }: Returned) => [total, fund, own, shared, cash, cashDue];
    const fens = (...texts: readonly string[]) => texts.map(yuan);

    describe('the whole sale back', () => {
      it('E22: a cancel gives each part back and makes a record of its own; the second one is D70', async () => {
        const counter = await given(family(), daughterForMother);
        const sale = await counter.sell('mother', bill('100'));
        clock.advance(60_000);
        const undo = await counter.cancel(sale.settlementId);
        expect(undo).toEqual({
          undoId: expect.stringMatching(/^R20250419[0-9A-F]{16}$/),
          kind: 'cancel',
          msgId: expect.stringContaining('P99000000001'),
          undoneAt: start + 60_000,
          profile: 'chongqing-2021',
          institution: sale.institution,
          terminal: 'T1',
          operator: '01',
          beneficiary: sale.beneficiary,
          original: { settlementId: sale.settlementId, msgId: sale.msgId, settledAt: start, total: yuan('100') },
          method: 'whole',
          returned: {
            total: yuan('100'),
            fund: 0,
            own: yuan('50'),
            shared: yuan('20'),
            cash: yuan('30'),
            cashDue: 0,
            rows: [
              {
                source: 'own',
                maskedName: sale.beneficiary.maskedName,
                returned: yuan('50'),
                before: 0,
                after: yuan('50'),
              },
              {
                source: 'provider',
                maskedName: sale.split.rows[1]?.maskedName,
                relation: 'parent',
                returned: yuan('20'),
              },
            ],
          },
          returnedBefore: 0,
          remaining: null,
          resettledAs: null,
          ownBefore: 0,
          ownAfter: yuan('50'),
        });
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
        expect(await world.registry.recordedOn('2025-04-19')).toEqual([sale, undo]);
        expect(await world.registry.leftOf(sale.settlementId)).toBe(0);
        const again = { ...counter.next(), settlementId: sale.settlementId, digest: 'ff' };
        expect(await world.centre.cancel(again)).toEqual(alreadyReversed);
        expect(await world.centre.refund({ ...again, ...counter.next(), amount: null })).toEqual(alreadyReversed);
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
      });

      const undoing: readonly [string, (counter: Counter, sale: Settlement) => Promise<Undo>][] = [
        ['cancel', (counter, sale) => counter.cancel(sale.settlementId)],
        ['refund', (counter, sale) => counter.refund(sale.settlementId)],
        ['refund of the sum', (counter, sale) => counter.refund(sale.settlementId, sale.split.total)],
        ['reversal', (counter, sale) => reversed(counter, sale)],
      ];
      const since: readonly [string, () => Promise<unknown>][] = [
        ['nothing has changed', async () => {}],
        ['the link has gone (R121)', async () => world.registry.endLink('daughter', 'mother', start)],
        [
          'the provider is linked to another (R121)',
          async () => {
            await world.registry.endLink('daughter', 'mother', start);
            await world.registry.addLink(link('daughter', 'aunt', { since: start }));
          },
        ],
        ...(
          [
            ['the provider’s card is lost (R131)', 'daughter', { card: 'lost' }],
            ['the provider’s insurance has ended (R131)', 'daughter', { status: 'terminated' }],
            ['her own insurance is suspended (R131)', 'mother', { status: 'suspended' }],
            ['her own card is lost', 'mother', { card: 'lost' }],
            ['the provider’s account was closed', 'daughter', { balance: null }],
            ['her own account was closed', 'mother', { balance: null }],
          ] as const
        ).map(([name, who, change]): [string, () => Promise<unknown>] => [
          name,
          async () => world.registry.set(who, change satisfies PersonChange),
        ]),
      ];
      const cases = undoing.flatMap(([how, undo]) => since.map(([what, change]) => ({ how, undo, what, change })));
      it.each(cases)('$how: each part returns to where it came from when $what', async ({ undo, change }) => {
        const counter = await given([...family(), person('aunt')], daughterForMother);
        const sale = await counter.sell('mother', bill('100', '10'));
        expect(await held('mother', 'daughter')).toEqual([0, 0]);
        await change();
        const { returned, remaining } = await undo(counter, sale);
        expect(sums(returned)).toEqual(fens('100', '10', '50', '20', '20', '0'));
        expect(remaining).toBeNull();
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
        expect(await world.registry.leftOf(sale.settlementId)).toBe(0);
      });

      it('what comes back to a closed account in parts is told as it grows', async () => {
        const counter = await given(family('50', '0'), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('50'));
        await world.registry.set('mother', { balance: null });
        const told = [];
        for (const amount of ['20', '10', '20']) {
          const { ownBefore, ownAfter } = await counter.refund(settlementId, yuan(amount));
          told.push([ownBefore, ownAfter]);
        }
        expect(told).toEqual([
          [0, 2000],
          [2000, 3000],
          [3000, 5000],
        ]);
        expect(await held('mother')).toEqual(fens('50'));
      });

      it('money that came back to a closed account lies there and pays nothing, until the account is opened', async () => {
        const counter = await given(family('50', '100'), daughterForMother);
        const sale = await counter.sell('mother', bill('80'));
        await world.registry.set('mother', { balance: null });
        expect(await counter.cancel(sale.settlementId)).toMatchObject({ ownBefore: 0, ownAfter: yuan('50') });
        expect(await world.registry.balanceOf('mother')).toBeNull();
        expect((await counter.sell('mother', bill('10'))).split).toMatchObject({ own: 0, shared: yuan('10') });
        await world.registry.set('mother', { balance: yuan('70') });
        expect(await held('mother')).toEqual(fens('70'));
      });

      it.each(undoing)('%s: the quota comes back with the money (R75)', async (_, undo) => {
        const counter = await given(
          [person('mother', { balance: '20' }), person('daughter', { balance: '1000' })],
          [link('daughter', 'mother', { quota: yuan('300') })],
          profile('national-2026'),
        );
        const sale = await counter.sell('mother', bill('350'));
        expect(sale.split).toMatchObject({ own: yuan('20'), shared: yuan('300'), cash: yuan('30') });
        await undo(counter, sale);
        expect((await counter.sell('mother', bill('350'))).split).toEqual(sale.split);
      });

      it.each(undoing)('%s: the wallet’s part comes back to the wallet (R70)', async (_, undo) => {
        const counter = await given(
          [
            person('mother', { balance: '20', walletBalance: '60', area: '重庆市/云阳县' }),
            person('son', { balance: '200', area: '四川省/成都市' }),
          ],
          [link('son', 'mother')],
          profile('wallet-2025'),
        );
        const { returned } = await undo(counter, await counter.sell('mother', bill('100')));
        expect(returned.rows.map(({ source, returned: back }) => [source, back])).toEqual([
          ['own', yuan('20')],
          ['wallet', yuan('60')],
        ]);
        expect(await world.registry.walletBalanceOf('mother')).toBe(yuan('60'));
        expect(await held('mother', 'son')).toEqual(fens('20', '200'));
      });

      it('a sale without any account is undone too: the cash is handed back', async () => {
        const counter = await given([person('mother')]);
        const sale = await counter.sell('mother', bill('25.50'));
        const { returned } = await counter.cancel(sale.settlementId);
        expect(sums(returned)).toEqual(fens('25.50', '0', '0', '0', '25.50', '0'));
        expect(returned.rows).toEqual([]);
      });

      it('two beneficiaries of one provider: each undo gives back its own sale', async () => {
        const people = [person('mother'), person('father'), person('daughter', { balance: '100' })];
        const counter = await given(
          people,
          [link('daughter', 'mother'), link('daughter', 'father')],
          profile('national-2024'),
        );
        const ofMother = await counter.sell('mother', bill('60'));
        const ofFather = await counter.sell('father', bill('40'));
        await counter.cancel(ofMother.settlementId);
        expect(await held('daughter')).toEqual(fens('60'));
        await counter.refund(ofFather.settlementId, yuan('15'));
        expect(await held('daughter')).toEqual(fens('75'));
        expect(await held('mother', 'father')).toEqual([0, 0]);
      });
    });

    describe('what is declined, in this order', () => {
      const ask = async (
        counter: Counter,
        undo: 'cancel' | 'refund',
        settlementId: string,
        amount: Fen | null = null,
      ) => {
        const preview = await world.centre.previewUndo({ ...counter.next(), undo, settlementId, amount });
        const digest = preview.kind === 'previewed' ? preview.quote.digest : 'ff';
        const done =
          undo === 'cancel'
            ? await world.centre.cancel({ ...counter.next(), settlementId, digest })
            : await world.centre.refund({ ...counter.next(), settlementId, amount, digest });
        // The preview declines as the undo does.
        if (done.kind === 'declined') expect(preview).toEqual(done);
        return done;
      };

      it('a sale that nobody knows, and another institution’s', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        const elsewhere = new Counter(world, 'T1', ['iso4-aes128'], 'P99000000002');
        for (const undo of ['cancel', 'refund'] as const) {
          expect(await ask(counter, undo, 'S20250419FFFFFFFFFFFFFFFF')).toEqual(rejected);
          expect(await ask(elsewhere, undo, settlementId)).toEqual(rejected);
        }
        expect(await held('mother', 'daughter')).toEqual([0, 0]);
        expect(await ask(new Counter(world, 'T2'), 'refund', settlementId)).toMatchObject({ kind: 'undone' });
        expect(await ask(elsewhere, 'refund', settlementId)).toEqual(rejected);
      });

      it('R129: a cancel after midnight in China is D72, not a second before; a refund is done, in the new day’s list', async () => {
        const counter = await given(family(), daughterForMother);
        const first = await counter.sell('mother', bill('40'));
        const second = await counter.sell('mother', bill('30'));
        clock.advance(14 * 3_600_000 - 1);
        const cancelled = await counter.cancel(first.settlementId);
        clock.advance(1);
        expect(await ask(counter, 'cancel', second.settlementId)).toEqual(tooLate);
        const refunded = await counter.refund(second.settlementId);
        expect(refunded.undoId).toMatch(/^R20250420/);
        const sales = [first, second].sort((a, b) => (a.settlementId < b.settlementId ? -1 : 1));
        expect(await world.registry.recordedOn('2025-04-19')).toEqual([...sales, cancelled]);
        expect(await world.registry.recordedOn('2025-04-20')).toEqual([refunded]);
        // What is undone is told before the day.
        expect(await ask(counter, 'cancel', first.settlementId)).toEqual(alreadyReversed);
      });

      it.each([0, -100, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('an amount of %s', async (amount) => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        expect(await ask(counter, 'refund', settlementId, amount as Fen)).toEqual(rejected);
        expect(await held('mother', 'daughter')).toEqual([0, 0]);
      });

      it('R123: more than is left is D71, and D70 once nothing is', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        expect(await ask(counter, 'refund', settlementId, yuan('100.01'))).toEqual(tooMuch);
        await counter.refund(settlementId, yuan('60'));
        expect(await ask(counter, 'refund', settlementId, yuan('40.01'))).toEqual(tooMuch);
        await counter.refund(settlementId, yuan('40'));
        expect(await ask(counter, 'refund', settlementId, yuan('0.01'))).toEqual(alreadyReversed);
      });
    });

    describe.each(methods)('a part of the sale back, %s (R122)', (partialRefund) => {
      const under = () => profile('national-2024', { partialRefund });
      const pair = () =>
        given(
          [
            person('mother', { balance: '50' }),
            person('son', { balance: '20' }),
            person('daughter', { balance: '40' }),
          ],
          [link('son', 'mother', { since: start - 2000 }), link('daughter', 'mother', { since: start - 1000 })],
          under(),
        );

      it('gives back what paid last first: cash, the last provider, the own account, the pool', async () => {
        const counter = await pair();
        // 20 pool, 50 own, 20 son, 40 daughter, 30 cash.
        const sale = await counter.sell('mother', bill('160', '20'));
        expect(sale.split).toMatchObject({ fund: 2000, own: 5000, shared: 6000, cash: 3000 });
        const steps = [
          { amount: '25', back: ['25', '0', '0', '0', '25', '0'], left: ['0', '0', '0'] },
          { amount: '15', back: ['15', '0', '0', '10', '5', '0'], left: ['0', '0', '10'] },
          { amount: '60', back: ['60', '0', '10', '50', '0', '0'], left: ['10', '20', '40'] },
          { amount: '45', back: ['45', '5', '40', '0', '0', '0'], left: ['50', '20', '40'] },
        ];
        let before = yuan('0');
        for (const { amount, back, left } of steps) {
          const undo = await counter.refund(sale.settlementId, yuan(amount));
          expect(sums(undo.returned)).toEqual(back.map(yuan));
          expect(await held('mother', 'son', 'daughter')).toEqual(left.map(yuan));
          expect(undo).toMatchObject({ kind: 'refund', method: partialRefund, returnedBefore: before });
          expect(undo.resettledAs !== null).toBe(partialRefund === 'cancel_and_resettle');
          before = (before + yuan(amount)) as Fen;
          expect(undo.remaining?.total).toBe(yuan('160') - before);
        }
        const last = await counter.refund(sale.settlementId);
        expect(last).toMatchObject({ method: 'whole', remaining: null, resettledAs: null, returnedBefore: before });
        expect(sums(last.returned)).toEqual(fens('15', '15', '0', '0', '0', '0'));
        const records = await world.registry.recordedOn('2025-04-19');
        expect(records).toHaveLength(6);
        expect(records[0]).toEqual(sale);
        expect(records.at(-1)).toEqual(last);
      });

      it('says what stays paid, and by whom', async () => {
        const counter = await pair();
        const sale = await counter.sell('mother', bill('160', '20'));
        const { remaining, returned, ownBefore, ownAfter } = await counter.refund(sale.settlementId, yuan('100'));
        expect(remaining).toEqual({ total: 6000, fund: 2000, own: 4000, shared: 0, cash: 0 });
        expect(returned.rows.map((row) => [row.source, row.relation, row.returned, row.before, row.after])).toEqual([
          ['own', undefined, 1000, 0, 1000],
          ['provider', 'parent', 2000, undefined, undefined],
          ['provider', 'parent', 4000, undefined, undefined],
        ]);
        expect([ownBefore, ownAfter]).toEqual([0, 1000]);
      });

      it('a cancel gives back what is left, and so does a reversal', async () => {
        const counter = await pair();
        const first = await counter.sell('mother', bill('80'));
        await counter.refund(first.settlementId, yuan('35'));
        const cancelled = await counter.cancel(first.settlementId);
        expect(cancelled).toMatchObject({
          method: 'whole',
          returnedBefore: yuan('35'),
          returned: { total: yuan('45') },
        });
        const second = await counter.sell('mother', bill('80'));
        await counter.refund(second.settlementId, yuan('35'));
        const undo = await reversed(counter, second);
        expect(undo).toMatchObject({ kind: 'reversal', returnedBefore: yuan('35'), returned: { total: yuan('45') } });
        expect(await held('mother', 'son', 'daughter')).toEqual(fens('50', '20', '40'));
      });

      it('the record of a rest is no sale: nothing is refunded or cancelled by its number', async () => {
        const counter = await pair();
        const sale = await counter.sell('mother', bill('80'));
        const { resettledAs } = await counter.refund(sale.settlementId, yuan('10'));
        const settlementId = resettledAs ?? 'S20250419FFFFFFFFFFFFFFFF';
        const asked = { ...counter.next(), settlementId, digest: 'ff' };
        expect(await world.centre.cancel(asked)).toEqual(rejected);
        expect(await world.centre.refund({ ...asked, ...counter.next(), amount: null })).toEqual(rejected);
      });

      it('gives quota back with the money, and takes it again for the rest', async () => {
        const counter = await given(
          [person('mother', { balance: '20' }), person('daughter', { balance: '1000' })],
          [link('daughter', 'mother', { quota: yuan('300') })],
          profile('national-2026', { partialRefund }),
        );
        const { settlementId } = await counter.sell('mother', bill('320'));
        await counter.refund(settlementId, yuan('120'));
        expect((await counter.sell('mother', bill('200'))).split).toMatchObject({
          shared: yuan('120'),
          cash: yuan('80'),
        });
        expect(await held('mother', 'daughter')).toEqual(fens('0', '700'));
      });

      it('the wallet gives again what it gave', async () => {
        const counter = await given(
          [
            person('mother', { balance: '20', walletBalance: '60', area: '重庆市/云阳县' }),
            person('son', { balance: '200', area: '四川省/成都市' }),
          ],
          [link('son', 'mother')],
          profile('wallet-2025', { partialRefund }),
        );
        const { settlementId } = await counter.sell('mother', bill('100'));
        const { remaining } = await counter.refund(settlementId, yuan('50'));
        expect(remaining).toEqual({ total: 5000, fund: 0, own: 2000, shared: 3000, cash: 0 });
        expect(await world.registry.walletBalanceOf('mother')).toBe(yuan('30'));
      });

      it('a provider who has spent his money since still gives for the rest what he gave', async () => {
        const counter = await given(
          family('50', '200'),
          daughterForMother,
          profile('chongqing-2021', { partialRefund }),
        );
        const { settlementId } = await counter.sell('mother', bill('80'));
        await world.registry.set('daughter', { balance: yuan('0') });
        const { returned } = await counter.refund(settlementId, yuan('10'));
        expect(sums(returned)).toEqual(fens('10', '0', '0', '10', '0', '0'));
        expect(await held('mother', 'daughter')).toEqual(fens('0', '10'));
      });

      it('money that the customer got since is not asked for the rest', async () => {
        const counter = await pair();
        const { settlementId } = await counter.sell('mother', bill('160'));
        await world.registry.set('mother', { balance: yuan('500') });
        await world.registry.set('daughter', { balance: yuan('500') });
        const { returned } = await counter.refund(settlementId, yuan('60'));
        expect(sums(returned)).toEqual(fens('60', '0', '0', '10', '50', '0'));
      });
    });

    describe('the rest settled anew when a provider gives nothing any more (R122 a)', () => {
      const sale = async (under: Partial<PolicyProfile> = {}) => {
        const counter = await given(
          family('50', '200'),
          daughterForMother,
          profile('chongqing-2021', { partialRefund: 'cancel_and_resettle', ...under }),
        );
        return { counter, ...(await counter.sell('mother', bill('80'))) };
      };
      const blocking: readonly [string, Partial<PolicyProfile>, () => Promise<unknown>][] = [
        ['the link has gone', {}, async () => world.registry.endLink('daughter', 'mother', start)],
        ['his insurance is suspended', {}, async () => world.registry.set('daughter', { status: 'suspended' })],
        [
          'his card is lost where that matters',
          { providerCardLostBlocks: true },
          async () => world.registry.set('daughter', { card: 'lost' }),
        ],
        ['his account was closed', {}, async () => world.registry.set('daughter', { balance: null })],
        [
          'another link came before his (R4)',
          {},
          async () => world.registry.addLink(link('daughter', 'aunt', { since: start - 2 * dayMs })),
        ],
      ];
      it.each(blocking)(
        '%s: he gets all back, and the customer owes the difference in cash',
        async (_, under, block) => {
          const { counter, settlementId } = await sale(under);
          await world.registry.addPerson(person('aunt'));
          await block();
          const [before = 0] = await held('daughter');
          const { returned, remaining } = await counter.refund(settlementId, yuan('10'));
          expect(sums(returned)).toEqual(fens('10', '0', '0', '30', '0', '20'));
          expect(remaining).toEqual({ total: yuan('70'), fund: 0, own: yuan('50'), shared: 0, cash: yuan('20') });
          expect(await held('mother', 'daughter')).toEqual([0, before + yuan('30')]);
          // The cash is paid now, and comes back first.
          const rest = await counter.refund(settlementId, yuan('25'));
          expect(sums(rest.returned)).toEqual(fens('25', '0', '5', '0', '20', '0'));
          const all = await counter.refund(settlementId);
          expect(sums(all.returned)).toEqual(fens('45', '0', '45', '0', '0', '0'));
          expect(await held('mother')).toEqual(fens('50'));
        },
      );

      it('a lost card that does not matter blocks nobody', async () => {
        const { counter, settlementId } = await sale();
        await world.registry.set('daughter', { card: 'lost' });
        const { returned } = await counter.refund(settlementId, yuan('10'));
        expect(sums(returned)).toEqual(fens('10', '0', '0', '10', '0', '0'));
      });

      it('R43: a reserve that his money does not reach any more counts for the rest', async () => {
        const { counter, settlementId } = await sale({ providerReserve: yuan('100') });
        // With his 30 back he has 110, of which he may lend 10.
        await world.registry.set('daughter', { balance: yuan('80') });
        const { returned, remaining } = await counter.refund(settlementId, yuan('10'));
        expect(sums(returned)).toEqual(fens('10', '0', '0', '20', '0', '10'));
        expect(remaining).toMatchObject({ own: yuan('50'), shared: yuan('10'), cash: yuan('10') });
      });

      it('a link that was ended and made anew stands', async () => {
        const { counter, settlementId } = await sale();
        await world.registry.endLink('daughter', 'mother', start);
        await world.registry.addLink(link('daughter', 'mother', { since: start }));
        const { returned } = await counter.refund(settlementId, yuan('10'));
        expect(sums(returned)).toEqual(fens('10', '0', '0', '10', '0', '0'));
        expect(sums((await counter.cancel(settlementId)).returned)).toEqual(fens('70', '0', '50', '20', '0', '0'));
      });

      it('under lifo the same change changes nothing', async () => {
        const { counter, settlementId } = await sale({ partialRefund: 'lifo' });
        await world.registry.endLink('daughter', 'mother', start);
        expect(sums((await counter.refund(settlementId, yuan('10'))).returned)).toEqual(
          fens('10', '0', '0', '10', '0', '0'),
        );
      });
    });

    describe('undoStale', () => {
      const agreed = async (amount: string | null = '10') => {
        const counter = await given(family('50', '200'), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('80'));
        const wanted = amount === null ? null : yuan(amount);
        const { digest } = await counter.preview('refund', settlementId, wanted);
        const request: RefundRequest = { ...counter.next(), settlementId, amount: wanted, digest };
        return { counter, settlementId, request };
      };

      it('a link that changed in between: nothing moves, the new quote says what would', async () => {
        const { counter, settlementId, request } = await agreed();
        await world.registry.endLink('daughter', 'mother', start);
        const stale = await world.centre.refund(request);
        if (stale.kind !== 'undoStale') throw new Error(`expected undoStale, got ${stale.kind}`);
        expect(sums(stale.quote.returned)).toEqual(fens('10', '0', '0', '30', '0', '20'));
        expect(stale.quote).toEqual(await counter.preview('refund', settlementId, yuan('10')));
        expect(await held('mother', 'daughter')).toEqual(fens('0', '170'));
        expect(await world.centre.refund(request)).toEqual(stale);
        const confirmed = { ...request, ...counter.next(), digest: stale.quote.digest };
        expect(undone(await world.centre.refund(confirmed)).returned).toEqual(stale.quote.returned);
        expect(await held('mother', 'daughter')).toEqual(fens('0', '200'));
      });

      it('another refund in between, also one after which the same people would get the same', async () => {
        const { counter, settlementId, request } = await agreed();
        await counter.refund(settlementId, yuan('10'));
        expect(await world.centre.refund(request)).toMatchObject({ kind: 'undoStale' });
        expect(await world.registry.leftOf(settlementId)).toBe(yuan('70'));
      });

      it('other people than agreed to, also where it is the same sums', async () => {
        const counter = await given(
          [
            person('mother', { balance: '50' }),
            person('son', { balance: '20' }),
            person('daughter', { balance: '40' }),
          ],
          [link('son', 'mother', { since: start - 2000 }), link('daughter', 'mother', { since: start - 1000 })],
          profile('national-2024', { partialRefund: 'cancel_and_resettle' }),
        );
        const { settlementId } = await counter.sell('mother', bill('110'));
        const amount = yuan('20');
        const agreedTo = await counter.preview('refund', settlementId, amount);
        await world.registry.endLink('son', 'mother', start);
        const stale = await world.centre.refund({ ...counter.next(), settlementId, amount, digest: agreedTo.digest });
        if (stale.kind !== 'undoStale') throw new Error(`expected undoStale, got ${stale.kind}`);
        expect(sums(stale.quote.returned)).toEqual(sums(agreedTo.returned));
        await counter.refund(settlementId, amount);
        expect(await held('mother', 'son', 'daughter')).toEqual(fens('0', '20', '0'));
      });

      it('a refund agreed to is no cancel, and another amount is another refund', async () => {
        const { counter, settlementId, request } = await agreed(null);
        const { digest } = request;
        expect(await world.centre.cancel({ ...counter.next(), settlementId, digest })).toMatchObject({
          kind: 'undoStale',
          quote: { kind: 'cancel' },
        });
        const other = { ...request, ...counter.next(), amount: yuan('79.99') };
        expect(await world.centre.refund(other)).toMatchObject({ kind: 'undoStale' });
        expect(await world.centre.refund(request)).toMatchObject({ kind: 'undone' });
      });

      it('balances that changed without changing who gets what are no reason to ask again', async () => {
        const { request } = await agreed();
        await world.registry.set('mother', { balance: yuan('7') });
        await world.registry.set('daughter', { balance: yuan('7') });
        expect(await world.centre.refund(request)).toMatchObject({ kind: 'undone' });
      });
    });

    describe('one answer per message id (R145)', () => {
      it('gives the first answer again and gives back once, also later', async () => {
        const counter = await given(family(), daughterForMother);
        const first = await counter.sell('mother', bill('40'));
        const second = await counter.sell('mother', bill('20'));
        const cancel = await counter.cancelRequest(first.settlementId);
        const { digest } = await counter.preview('refund', second.settlementId, yuan('15'));
        const { settlementId } = second;
        const refund = { ...counter.next(), settlementId, amount: yuan('15'), digest };
        const answers = [await world.centre.cancel(cancel), await world.centre.refund(refund)];
        expect(answers.map((answer) => answer.kind)).toEqual(['undone', 'undone']);
        clock.advance(dayMs);
        const again = [
          await world.centre.cancel({ ...cancel, at: cancel.at + dayMs }),
          await world.centre.refund({ ...refund, at: refund.at + dayMs }),
        ];
        expect(again).toEqual(answers);
        expect(await held('mother', 'daughter')).toEqual(fens('45', '20'));
      });

      it.each<[string, (request: RefundRequest) => RefundRequest]>([
        ['another amount', (request) => ({ ...request, amount: yuan('16') })],
        ['another quote', (request) => ({ ...request, digest: 'ff' })],
        ['another sale', (request) => ({ ...request, settlementId: 'S0' })],
        ['another terminal', (request) => ({ ...request, terminal: 'T9' })],
        ['another operator', (request) => ({ ...request, operator: '02' })],
      ])('the same id with %s is rejected and changes nothing', async (_, changed) => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        const amount = yuan('15');
        const { digest } = await counter.preview('refund', settlementId, amount);
        const request = { ...counter.next(), settlementId, amount, digest };
        const first = await world.centre.refund(request);
        expect(await world.centre.refund(changed(request))).toEqual(rejected);
        expect(await world.centre.cancel(request)).toEqual(rejected);
        expect(await world.centre.refund(request)).toEqual(first);
        expect(await world.registry.leftOf(settlementId)).toBe(yuan('85'));
      });

      it('the id of a sale is no id of a cancel, nor the other way round', async () => {
        const counter = await given(family(), daughterForMother);
        const ring = await counter.ring('mother', bill('10'));
        const { settlementId, msgId } = await counter.sell('mother', bill('40'));
        const cancel = await counter.cancelRequest(settlementId);
        expect(await world.centre.cancel({ ...cancel, msgId })).toEqual(rejected);
        undone(await world.centre.cancel(cancel));
        expect(await world.centre.settle({ ...ring, msgId: cancel.msgId })).toEqual(rejected);
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
      });

      it('a refund of all that is left is no cancel of the same id', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('40'));
        const { digest } = await counter.preview('refund', settlementId);
        const request = { ...counter.next(), settlementId, amount: null, digest };
        expect(await world.centre.refund(request)).toMatchObject({ kind: 'undone' });
        expect(await world.centre.cancel(request)).toEqual(rejected);
      });

      it('a cancel is of the whole, whatever amount its preview names', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('40'));
        const preview = await counter.preview('cancel', settlementId, yuan('1'));
        expect(preview).toEqual(await counter.preview('cancel', settlementId));
        expect(preview).toMatchObject({ kind: 'cancel', returned: { total: yuan('40') }, remaining: null });
      });

      it('a decline is final for its id', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        const request = { ...counter.next(), settlementId, amount: yuan('101'), digest: 'ff' };
        for (let times = 0; times < 2; times++) expect(await world.centre.refund(request)).toEqual(tooMuch);
        expect(await world.centre.query({ ...counter.next(), of: request.msgId })).toEqual({
          kind: 'found',
          answer: tooMuch,
          undone: false,
        });
      });
    });

    describe('reversal (2601, R126 to R128)', () => {
      it('gives back the sale of a message, says the same each time, and is the end of it', async () => {
        const counter = await given(family(), daughterForMother);
        const request = await counter.ring('mother', bill('100'));
        const settled = await world.centre.settle(request);
        clock.advance(dayMs);
        const first = await counter.reverse(request.msgId);
        expect(first).toMatchObject({
          kind: 'reversed',
          undo: { kind: 'reversal', method: 'whole', original: { msgId: request.msgId }, remaining: null },
        });
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
        clock.advance(1000);
        expect(await counter.reverse(request.msgId)).toEqual(first);
        expect(await new Counter(world, 'T2').reverse(request.msgId)).toEqual(first);
        expect(await world.centre.settle(request)).toEqual(alreadyReversed);
        expect(await world.centre.query({ ...counter.next(), of: request.msgId })).toEqual({
          kind: 'found',
          answer: settled,
          undone: true,
        });
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
      });

      it('before the message it seals it: it settles nothing when it comes', async () => {
        const counter = await given(family(), daughterForMother);
        const late = await counter.ring('mother', bill('100'));
        for (let times = 0; times < 2; times++) {
          expect(await counter.reverse(late.msgId)).toEqual({ kind: 'reversed', undo: null });
        }
        expect(await world.centre.settle(late)).toEqual(alreadyReversed);
        expect(await world.centre.query({ ...counter.next(), of: late.msgId })).toEqual({ kind: 'absent' });
        expect(await counter.reverse(late.msgId)).toEqual({ kind: 'reversed', undo: null });
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
      });

      it('after a question that sealed it, too', async () => {
        const counter = await given(family(), daughterForMother);
        const late = await counter.ring('mother', bill('100'));
        expect(await world.centre.query({ ...counter.next(), of: late.msgId })).toEqual({ kind: 'absent' });
        expect(await counter.reverse(late.msgId)).toEqual({ kind: 'reversed', undo: null });
        expect(await world.centre.settle(late)).toEqual(alreadyReversed);
      });

      it.each(['cancel', 'refund'] as const)('after a %s there is nothing to give back', async (how) => {
        const counter = await given(family(), daughterForMother);
        const request = await counter.ring('mother', bill('100'));
        const settled = await world.centre.settle(request);
        if (settled.kind !== 'settled') throw new Error('not settled');
        await counter[how](settled.settlement.settlementId);
        for (let times = 0; times < 2; times++) {
          expect(await counter.reverse(request.msgId)).toMatchObject({ kind: 'reversed', undo: null });
        }
        expect(await world.centre.settle(request)).toEqual(alreadyReversed);
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
      });

      it('R148: says what the message had settled, however much of it was given back before', async () => {
        const counter = await given(family(), daughterForMother);
        const other = new Counter(world, 'T2');
        for (const before of [null, yuan('10'), yuan('50')]) {
          const sale = await counter.sell('mother', bill('50'));
          if (before !== null) await other.refund(sale.settlementId, before);
          for (let times = 0; times < 2; times++) {
            expect(await counter.reverse(sale.msgId)).toMatchObject({ kind: 'reversed', sale });
          }
        }
      });

      it('of a message that was declined there is nothing to give back', async () => {
        const counter = await given(family(), daughterForMother);
        const request = await counter.ring('mother', bill('100'));
        await world.registry.set('mother', { card: 'lost' });
        expect(await world.centre.settle(request)).toMatchObject({ decline: { code: 'CARD_LOST' } });
        expect(await counter.reverse(request.msgId)).toEqual({ kind: 'reversed', undo: null });
      });

      it('a cancel or refund that was done is not taken back', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        const part = await counter.refund(settlementId, yuan('10'));
        const rest = await counter.cancel(settlementId);
        expect(await counter.reverse(part.msgId)).toEqual(alreadyReversed);
        expect(await counter.reverse(rest.msgId)).toEqual(alreadyReversed);
        expect(await held('mother', 'daughter')).toEqual(fens('50', '20'));
      });

      it('a cancel that was sealed before it came gives nothing back', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        const late = await counter.cancelRequest(settlementId);
        expect(await world.centre.query({ ...counter.next(), of: late.msgId })).toEqual({ kind: 'absent' });
        expect(await world.centre.cancel(late)).toEqual(rejected);
        expect(await held('mother', 'daughter')).toEqual([0, 0]);
      });

      it('another institution’s sale is not reversed', async () => {
        const counter = await given(family(), daughterForMother);
        const { msgId } = await counter.sell('mother', bill('100'));
        const elsewhere = new Counter(world, 'T1', ['iso4-aes128'], 'P99000000002');
        expect(await elsewhere.reverse(msgId)).toEqual(rejected);
        expect(await held('mother', 'daughter')).toEqual([0, 0]);
        expect(await counter.reverse(msgId)).toMatchObject({ undo: { returned: { total: yuan('100') } } });
        expect(await elsewhere.reverse(msgId)).toEqual(rejected);
      });
    });

    describe('query (5203)', () => {
      it('says of a sale whether all of it has been given back since', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId, msgId } = await counter.sell('mother', bill('100'));
        const ask = () => world.centre.query({ ...counter.next(), of: msgId });
        expect(await ask()).toMatchObject({ kind: 'found', answer: { kind: 'settled' }, undone: false });
        await counter.refund(settlementId, yuan('99.99'));
        expect(await ask()).toMatchObject({ kind: 'found', answer: { kind: 'settled' }, undone: false });
        await counter.refund(settlementId);
        expect(await ask()).toMatchObject({ kind: 'found', answer: { kind: 'settled' }, undone: true });
      });

      it('finds what a cancel and a refund were answered', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId } = await counter.sell('mother', bill('100'));
        for (const undo of [await counter.refund(settlementId, yuan('10')), await counter.cancel(settlementId)]) {
          const found = await world.centre.query({ ...counter.next(), of: undo.msgId });
          expect(found).toEqual({ kind: 'found', answer: { kind: 'undone', undo }, undone: false });
        }
      });

      it('tells another institution nothing, and seals nothing for it', async () => {
        const counter = await given(family(), daughterForMother);
        const { settlementId, msgId } = await counter.sell('mother', bill('100'));
        const { msgId: cancelled } = await counter.cancel(settlementId);
        const elsewhere = new Counter(world, 'T1', ['iso4-aes128'], 'P99000000002');
        for (const of of [msgId, cancelled]) {
          expect(await world.centre.query({ ...elsewhere.next(), of })).toEqual({ kind: 'absent' });
          expect(await world.centre.query({ ...counter.next(), of })).toMatchObject({ kind: 'found' });
        }
      });
    });

    describe('balance query', () => {
      const inquire = async (counter: Counter) =>
        world.centre.inquire({ ...counter.next(), card: (await counter.identify('mother')).card });

      it('tells the holder her own balances, and of providers only whether they would pay (R134, R142)', async () => {
        const counter = await given(
          [
            person('mother', { balance: '12.34', name: '李甲兰' }),
            person('son', { balance: '777.77', name: '王乙', status: 'arrears' }),
            person('daughter', { balance: '888.88', name: '王丙' }),
            person('aunt', { name: '李丁' }),
          ],
          [
            link('son', 'mother', { since: start - 3000 }),
            link('daughter', 'mother', { since: start - 2000, relation: 'parent' }),
            link('aunt', 'mother', { since: start - 1000, relation: 'sibling' }),
          ],
          profile('national-2024'),
        );
        const told = await inquire(counter);
        expect(told).toEqual({
          kind: 'inquired',
          maskedName: '李*兰',
          own: yuan('12.34'),
          wallet: null,
          providers: [
            { maskedName: '王*', relation: 'parent', standing: 'arrears' },
            { maskedName: '王*', relation: 'parent', standing: 'available' },
            { maskedName: '李*', relation: 'sibling', standing: 'empty' },
          ],
        });
        expect(JSON.stringify(told)).not.toMatch(/77777|88888/);
        expect(await inquire(counter)).toEqual(told);
      });

      it('tells the wallet where there is one, and no account as none', async () => {
        const wallet = await given(
          [
            person('mother', { balance: null, walletBalance: '60', area: '重庆市/云阳县' }),
            person('son', { balance: '200', area: '四川省/成都市' }),
          ],
          [link('son', 'mother')],
          profile('wallet-2025'),
        );
        expect(await inquire(wallet)).toMatchObject({
          own: null,
          wallet: yuan('60'),
          providers: [{ standing: 'throughWallet' }],
        });
      });

      it('R32: with her own money left, one who must wait for it is not available', async () => {
        const counter = await given(
          family(),
          daughterForMother,
          profile('chongqing-2021', { ownMode: 'own_must_be_zero' }),
        );
        expect(await inquire(counter)).toMatchObject({ providers: [{ standing: 'ownNotZero' }] });
      });

      it('is declined for a card that may not pay, or that nobody was given', async () => {
        const counter = await given(family());
        const { card } = await counter.identify('mother');
        expect(await world.centre.inquire({ ...counter.next(), card: 'nobody' })).toEqual(rejected);
        await world.registry.set('mother', { card: 'lost' });
        expect(await world.centre.inquire({ ...counter.next(), card })).toEqual({
          kind: 'declined',
          decline: { code: 'CARD_LOST', fact: 'lost' },
        });
      });
    });
  });
}

async function reversed(counter: Counter, { msgId }: Settlement): Promise<Undo> {
  const answer = await counter.reverse(msgId);
  if (answer.kind !== 'reversed' || answer.undo === null) throw new Error('nothing was given back');
  return answer.undo;
}
