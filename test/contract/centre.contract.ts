import { describe, expect, it } from 'vitest';
import type { NewLink, NewPerson } from '../../src/centre/registry.ts';
import type { Bill } from '../../src/domain/bill.ts';
import type { Fen } from '../../src/domain/money.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { secret } from '../../src/domain/secret.ts';
import { syntheticPan, syntheticResidentId } from '../../src/domain/synthetic.ts';
import type { CardCredential } from '../../src/ports/card-reader.ts';
import type { Authorisation, SettleAnswer, SettleRequest } from '../../src/ports/centre.ts';
import {
  bill,
  chipOf,
  Envelopes,
  link,
  person,
  rightPin,
  type StandingClock,
  start,
  stripeOf,
  yuan,
} from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';
import { Counter, pin } from '../centre/sales-counter.ts';
import { type CentreWorld, centreWorlds, type OpenCentreWorld } from './centre-worlds.ts';

/** What every adapter of the `Centre` port holds. */
export function centreContract(adapter: string, open: OpenCentreWorld): void {
  describe(`Centre contract: ${adapter}`, () => {
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
    const balances = async (...ids: readonly string[]) => Promise.all(ids.map((id) => world.registry.balanceOf(id)));
    const motherAndDaughter = () => [person('mother', { balance: '50.00' }), person('daughter', { balance: '200.00' })];
    const daughterForMother = [link('daughter', 'mother')];

    describe('worked examples: identify, quote, settle', () => {
      interface Example {
        readonly it: string;
        readonly under?: PolicyProfile;
        readonly bill: Bill;
        readonly own: string | null;
        readonly provider: string;
        readonly daughter?: Parameters<typeof person>[1];
        readonly link?: Partial<NewLink>;
        /** fund / own / shared / cash. */
        readonly charged: readonly [string, string, string, string];
        readonly after: readonly [string | null, string];
        readonly reasons: readonly string[];
      }
      const examples: readonly Example[] = [
        {
          it: 'E1 own money enough',
          bill: bill('30'),
          own: '50',
          provider: '200',
          charged: ['0', '30', '0', '0'],
          after: ['20', '200'],
          reasons: ['enough', 'notNeeded'],
        },
        {
          it: 'E2 own short',
          bill: bill('80'),
          own: '50',
          provider: '200',
          charged: ['0', '50', '30', '0'],
          after: ['0', '170'],
          reasons: ['usedUp', 'enough'],
        },
        {
          it: 'E3 both short',
          bill: bill('100'),
          own: '50',
          provider: '20',
          charged: ['0', '50', '20', '30'],
          after: ['0', '0'],
          reasons: ['usedUp', 'usedUp'],
        },
        {
          it: 'E4a own exactly',
          bill: bill('80'),
          own: '80',
          provider: '200',
          charged: ['0', '80', '0', '0'],
          after: ['0', '200'],
          reasons: ['enough', 'notNeeded'],
        },
        {
          it: 'E4b both exactly',
          bill: bill('80'),
          own: '50',
          provider: '30',
          charged: ['0', '50', '30', '0'],
          after: ['0', '0'],
          reasons: ['usedUp', 'enough'],
        },
        {
          it: 'E4c provider alone exactly',
          bill: bill('60'),
          own: '0',
          provider: '60',
          charged: ['0', '0', '60', '0'],
          after: ['0', '0'],
          reasons: ['empty', 'enough'],
        },
        {
          it: 'E5 zero balances',
          bill: bill('25.50'),
          own: '0',
          provider: '0',
          charged: ['0', '0', '0', '25.50'],
          after: ['0', '0'],
          reasons: ['empty', 'empty'],
        },
        {
          it: 'E6 one fen left',
          bill: bill('33.34'),
          own: '0.01',
          provider: '88',
          charged: ['0', '0.01', '33.33', '0'],
          after: ['0', '54.67'],
          reasons: ['usedUp', 'enough'],
        },
        {
          it: 'E8 hospital bill with fund',
          bill: bill('200', '120'),
          own: '50',
          provider: '100',
          charged: ['120', '50', '30', '0'],
          after: ['0', '70'],
          reasons: ['usedUp', 'enough'],
        },
        {
          it: 'no account of her own',
          bill: bill('60'),
          own: null,
          provider: '100',
          charged: ['0', '0', '60', '0'],
          after: [null, '40'],
          reasons: ['noAccount', 'enough'],
        },
        {
          it: 'E10 link cancelled before',
          bill: bill('70'),
          own: '20',
          provider: '200',
          link: { until: start - 1 },
          charged: ['0', '20', '0', '50'],
          after: ['0', '200'],
          reasons: ['usedUp', 'linkEnded'],
        },
        {
          it: 'E11a provider suspended',
          bill: bill('90'),
          own: '40',
          provider: '500',
          daughter: { status: 'suspended' },
          charged: ['0', '40', '0', '50'],
          after: ['0', '500'],
          reasons: ['usedUp', 'suspended'],
        },
        {
          it: 'E11b provider card lost',
          bill: bill('90'),
          own: '40',
          provider: '500',
          daughter: { card: 'lost' },
          charged: ['0', '40', '50', '0'],
          after: ['0', '450'],
          reasons: ['usedUp', 'enough'],
        },
        {
          it: 'E11b provider card lost blocks',
          under: profile('chongqing-2021', { providerCardLostBlocks: true }),
          bill: bill('90'),
          own: '40',
          provider: '500',
          daughter: { card: 'lost' },
          charged: ['0', '40', '0', '50'],
          after: ['0', '500'],
          reasons: ['usedUp', 'cardLost'],
        },
        {
          it: 'E16 quota',
          under: profile('national-2026'),
          bill: bill('350'),
          own: '20',
          provider: '1000',
          link: { quota: yuan('300') },
          charged: ['0', '20', '300', '30'],
          after: ['0', '700'],
          reasons: ['usedUp', 'upToQuota'],
        },
      ];
      it.each(examples)('$it', async (example) => {
        const counter = await given(
          [
            person('mother', { balance: example.own }),
            person('daughter', { balance: example.provider, ...example.daughter }),
          ],
          [link('daughter', 'mother', example.link)],
          example.under,
        );
        const settlement = await counter.sell('mother', example.bill);
        const { fund, own, shared, cash, rows } = settlement.split;
        expect([fund, own, shared, cash]).toEqual(example.charged.map(yuan));
        expect(rows.map((row) => row.reason)).toEqual(example.reasons);
        expect(await balances('mother', 'daughter')).toEqual(
          example.after.map((text) => (text === null ? null : yuan(text))),
        );
        expect(settlement.pinUsed).toBe(own + shared > 0);
      });

      it('tells the customer her own balances and nobody else’s, names masked', async () => {
        const counter = await given(
          [person('mother', { balance: '50', name: '李甲兰' }), person('daughter', { balance: '200', name: '王乙' })],
          daughterForMother,
        );
        const settlement = await counter.sell('mother', bill('80'));
        expect(settlement.split.rows).toEqual([
          { source: 'own', maskedName: '李*兰', paid: yuan('50'), reason: 'usedUp', before: yuan('50'), after: 0 },
          { source: 'provider', maskedName: '王*', relation: 'parent', paid: yuan('30'), reason: 'enough' },
        ]);
        expect(settlement).toMatchObject({
          ownBefore: yuan('50'),
          ownAfter: 0,
          settledAt: start,
          profile: 'chongqing-2021',
        });
        const told = JSON.stringify(settlement);
        for (const hidden of [syntheticPan('mother'), syntheticResidentId('mother', '1960-01-01'), '李甲兰', '王乙']) {
          expect(told).not.toContain(hidden);
        }
      });

      it('draws on several providers in the order of the profile (R40, R41)', async () => {
        const people = [
          person('mother', { balance: '10' }),
          person('son', { balance: '20' }),
          person('daughter', { balance: '300' }),
        ];
        const links = [
          link('son', 'mother', { since: start - 2_000 }),
          link('daughter', 'mother', { since: start - 1_000 }),
        ];
        const inTime = await given(people, links, profile('national-2024'));
        expect((await inTime.sell('mother', bill('100'))).split.rows.map((row) => row.paid)).toEqual([
          1000, 2000, 7000,
        ]);
        expect(await balances('mother', 'son', 'daughter')).toEqual([0, 0, yuan('230')]);
        const byBalance = await given(people, links, profile('national-2024', { providerOrder: 'balance_desc' }));
        expect((await byBalance.sell('mother', bill('100'))).split.rows.map((row) => row.paid)).toEqual([
          1000, 9000, 0,
        ]);
      });

      it('R4, R5: a link beyond the limit gives nothing, whoever else is linked', async () => {
        const counter = await given(
          [
            person('mother', { balance: '0' }),
            person('aunt', { balance: '0' }),
            person('daughter', { balance: '100' }),
          ],
          [
            link('daughter', 'aunt', { since: start - 2_000, relation: 'other' }),
            link('daughter', 'mother', { since: start - 1_000 }),
          ],
        );
        const settlement = await counter.sell('mother', bill('10'));
        expect(settlement.split).toMatchObject({ cash: 1000, rows: [{ reason: 'empty' }, { reason: 'linkLimit' }] });
      });

      it('R69 to R72: under a wallet profile the wallet pays, the provider’s account does not', async () => {
        const counter = await given(
          [
            person('mother', { balance: '20', walletBalance: '60', area: '重庆市/云阳县' }),
            person('son', { balance: '200', area: '四川省/成都市' }),
          ],
          [link('son', 'mother')],
          profile('wallet-2025'),
        );
        const settlement = await counter.sell('mother', bill('100'));
        expect(settlement.split).toMatchObject({ own: 2000, shared: 6000, cash: 2000 });
        expect(settlement.split.rows.map((row) => [row.source, row.reason])).toEqual([
          ['own', 'usedUp'],
          ['wallet', 'usedUp'],
          ['provider', 'throughWallet'],
        ]);
        expect(await world.registry.walletBalanceOf('mother')).toBe(0);
        expect(await balances('mother', 'son')).toEqual([0, yuan('200')]);
      });

      it.each([
        ['one that begins tomorrow', [{ until: start + 86_400_000 }, { since: start + 86_400_000 }]],
        ['one that has ended', [{}, { since: start - 2000, until: start - 1000 }]],
      ] as const)('R7, R13: a link in force counts beside %s, between the same two', async (_, [now, other]) => {
        const counter = await given(motherAndDaughter(), [
          link('daughter', 'mother', { since: start - 5000, ...now }),
          link('daughter', 'mother', other),
        ]);
        const { card } = await counter.identify('mother');
        expect((await counter.quote(card, bill('80'))).split).toMatchObject({ own: 5000, shared: 3000 });
      });

      it('R75: what is set aside for others is not the provider’s to spend, and the quota shrinks with each sale', async () => {
        const counter = await given(
          [person('mother', { balance: '20' }), person('daughter', { balance: '1000' })],
          [link('daughter', 'mother', { quota: yuan('300') })],
          profile('national-2026'),
        );
        await counter.sell('mother', bill('120'));
        expect((await counter.sell('daughter', bill('750'))).split).toMatchObject({
          own: yuan('700'),
          cash: yuan('50'),
        });
        expect((await counter.sell('mother', bill('250'))).split).toMatchObject({
          shared: yuan('200'),
          cash: yuan('50'),
        });
        expect(await balances('daughter')).toEqual([0]);
        await world.registry.set('daughter', { balance: yuan('10') });
        expect((await counter.sell('mother', bill('1'))).split.rows.map((row) => row.reason)).toEqual([
          'empty',
          'quotaUsedUp',
        ]);
      });
    });

    describe('who may pay (R90, R93)', () => {
      it.each([
        ['lost', 'CARD_LOST'],
        ['tempLost', 'CARD_LOST'],
        ['cancelled', 'CARD_CANCELLED'],
        ['sealed', 'CARD_SEALED'],
        ['fake', 'CARD_FAKE'],
      ] as const)(
        'E21a: a card that is %s is refused before any PIN, %s, at identify, quote and settle',
        async (state, code) => {
          const counter = await given(motherAndDaughter(), daughterForMother);
          const { card } = await counter.identify('mother');
          const { digest } = await counter.quote(card, bill('80'));
          // Card state goes before insurance and before the PIN.
          await world.registry.set('mother', { card: state, status: 'arrears' });
          const refusal = { kind: 'declined', decline: { code, fact: state } };
          expect(await world.centre.identify({ ...counter.next(), credential: stripeOf('mother') })).toEqual(refusal);
          expect(await world.centre.quote({ ...counter.next(), card, bill: bill('80') })).toEqual(refusal);
          expect(await counter.settle(card, bill('80'), digest, pin('mother', '000000'))).toEqual(refusal);
          expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
        },
      );

      it.each(['suspended', 'terminated', 'arrears'] as const)(
        'R91: insurance %s is told before any PIN',
        async (status) => {
          await given([person('mother', { status })]);
          expect(await world.centre.identify({ ...new Envelopes().next(), credential: stripeOf('mother') })).toEqual({
            kind: 'declined',
            decline: { code: 'INSURANCE_NOT_NORMAL', fact: status },
          });
        },
      );

      it('knows a chip by its numbers together, and a number spelled in small letters', async () => {
        const counter = await given(motherAndDaughter());
        const chip = chipOf('mother');
        const known = await world.centre.identify({ ...counter.next(), credential: chip });
        expect(known).toMatchObject({ kind: 'identified', maskedCard: `****${chip.last4}`, pinLength: 6 });
        const small = { ...chip, cardSn: secret(chip.cardSn.expose().toLowerCase()) };
        expect(await world.centre.identify({ ...counter.next(), credential: small })).toMatchObject({
          kind: 'identified',
        });
        expect(known.kind === 'identified' && known.pan.expose()).toBe(syntheticPan('mother'));
      });

      const daughters = chipOf('daughter');
      it.each<[string, CardCredential]>([
        ['an unknown stripe', stripeOf('stranger')],
        ['an unknown chip', chipOf('stranger')],
        ['another card’s number', { ...chipOf('mother'), ssCardNumber: daughters.ssCardNumber }],
        ['another person’s number', { ...chipOf('mother'), socialSecurityNumber: daughters.socialSecurityNumber }],
        ['another region', { ...chipOf('mother'), region: '510000' }],
      ])('R93: %s is a fake card', async (_, credential) => {
        await given(motherAndDaughter());
        expect(await world.centre.identify({ ...new Envelopes().next(), credential })).toEqual({
          kind: 'declined',
          decline: { code: 'CARD_FAKE' },
        });
      });
    });

    describe('PIN (R76 to R83)', () => {
      const sale = async (counter: Counter, digits: string) => {
        const identified = await world.centre.identify({ ...counter.next(), credential: stripeOf('mother') });
        if (identified.kind === 'declined') return identified;
        const quote = await counter.quote(identified.card, bill('80'));
        return counter.settle(identified.card, bill('80'), quote.digest, pin('mother', digits));
      };
      const wrong = (triesLeft: number) => ({ kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft } });
      const locked = { kind: 'declined', decline: { code: 'PIN_LOCKED' } };

      it('E19: wrong, then right; the count starts anew', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        expect(await sale(counter, '000000')).toEqual(wrong(5));
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
        expect(await sale(counter, rightPin)).toMatchObject({ kind: 'settled' });
        expect(await sale(counter, '000000')).toEqual(wrong(5));
      });

      it('E20: the sixth wrong one in a row locks, at every terminal, until a service point unlocks', async () => {
        const here = await given(motherAndDaughter(), daughterForMother);
        const there = new Counter(world, 'T2');
        for (const [at, left] of [5, 4, 3, 2, 1].entries()) {
          expect(await sale(at % 2 === 0 ? here : there, '111111')).toEqual(wrong(left));
        }
        const { card } = await here.identify('mother');
        const { digest } = await here.quote(card, bill('80'));
        expect(await sale(there, '111111')).toEqual(locked);
        expect(await sale(here, rightPin)).toEqual(locked);
        expect(await here.settle(card, bill('80'), digest, pin('mother', rightPin))).toEqual(locked);
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
        await world.registry.unlockPin('mother');
        expect(await sale(here, rightPin)).toMatchObject({ kind: 'settled' });
      });

      it('two terminals at once share one count', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        const terminals = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8'].map((name) => new Counter(world, name));
        const answers = await Promise.all(
          terminals.map((terminal) => terminal.settle(card, bill('80'), digest, pin('mother', '222222'))),
        );
        const told = answers.map((answer) => (answer.kind === 'declined' ? (answer.decline.triesLeft ?? 0) : NaN));
        expect([...told].sort()).toEqual([0, 0, 0, 1, 2, 3, 4, 5]);
        expect(await counter.settle(card, bill('80'), digest, pin('mother', rightPin))).toEqual(locked);
      });

      it('a repeated message is not counted again', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        const request = counter.request(card, bill('80'), digest, pin('mother', '000000'));
        for (let times = 0; times < 10; times++) expect(await world.centre.settle(request)).toEqual(wrong(5));
        // Not even with the right PIN: the answer to a message is final.
        expect(
          await world.centre.settle({ ...request, authorisation: counter.shown(pin('mother', rightPin)) }),
        ).toEqual(wrong(5));
        expect(await sale(counter, '000000')).toEqual(wrong(4));
      });

      it('takes the number of tries from the profile, and a PIN of another length as wrong', async () => {
        const rules = profile('chongqing-2021').pin;
        const counter = await given(
          motherAndDaughter(),
          [],
          profile('chongqing-2021', { pin: { ...rules, maxWrong: 2 } }),
        );
        expect(await sale(counter, '1357')).toEqual(wrong(1));
        expect(await sale(counter, '1357900')).toEqual(locked);
      });

      it.each(['query_only', 'disabled'] as const)(
        'R81: initial PIN %s pays nothing and costs no try',
        async (initialPolicy) => {
          const rules = profile('chongqing-2021').pin;
          const counter = await given(
            [person('mother', { balance: '80', pin: rules.initial })],
            [],
            profile('chongqing-2021', { pin: { ...rules, initialPolicy } }),
          );
          expect(await sale(counter, rules.initial)).toEqual(locked);
          expect(await sale(counter, '000000')).toEqual(wrong(5));
          expect(await balances('mother')).toEqual([yuan('80')]);
        },
      );

      it.each(['accept', 'skip'] as const)('R81: initial PIN %s pays', async (initialPolicy) => {
        const rules = profile('chongqing-2021').pin;
        const counter = await given(
          [person('mother', { balance: '80', pin: rules.initial })],
          [],
          profile('chongqing-2021', { pin: { ...rules, initialPolicy } }),
        );
        expect(await sale(counter, rules.initial)).toMatchObject({ kind: 'settled' });
      });

      it('a block that does not open is a broken message, not a wrong PIN', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        expect(await counter.settle(card, bill('80'), digest, pin('daughter', rightPin))).toEqual(rejected);
        expect(await sale(counter, '000000')).toEqual(wrong(5));
      });
    });

    describe('one answer per message id (R145)', () => {
      it('gives the first answer again and charges once, also when the clock moved on', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        const request = counter.request(card, bill('80'), digest, pin('mother', rightPin));
        const first = await world.centre.settle(request);
        clock.advance(60_000);
        const again = {
          ...request,
          at: request.at + 60_000,
          authorisation: counter.shown(pin('mother', rightPin)),
        };
        expect(await world.centre.settle(again)).toEqual(first);
        expect(await balances('mother', 'daughter')).toEqual([0, yuan('170')]);
        expect(await world.registry.recordedOn('2025-04-19')).toHaveLength(1);
      });

      it.each<[string, (request: SettleRequest) => SettleRequest]>([
        ['another bill', (request) => ({ ...request, bill: bill('81') })],
        ['another quote', (request) => ({ ...request, digest: 'ff' })],
        ['another terminal', (request) => ({ ...request, terminal: 'T9' })],
        ['no PIN', (request) => ({ ...request, authorisation: { kind: 'none' } })],
      ])('the same id with %s is rejected and changes nothing', async (_, changed) => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        const request = counter.request(card, bill('80'), digest, pin('mother', rightPin));
        const first = await world.centre.settle(request);
        expect(await world.centre.settle(changed(request))).toEqual(rejected);
        expect(await world.centre.settle(request)).toEqual(first);
        expect(await balances('mother', 'daughter')).toEqual([0, yuan('170')]);
      });

      it.each<[string, Bill]>([
        ['nothing', { total: yuan('0'), fund: yuan('0'), goods: [] }],
        ['a fund part above the total', bill('10', '20')],
        ['a fund part below nothing', { ...bill('10'), fund: -500 as Fen }],
        ['half a fen', { ...bill('10'), total: 10.5 as Fen }],
        ['more than any bill', { ...bill('10'), total: Number.MAX_SAFE_INTEGER as Fen }],
        [
          'goods below nothing',
          { ...bill('1'), goods: [1100, -1000].map((amount) => ({ amount: amount as Fen, kind: 'drug' })) },
        ],
        ['goods that do not add up', { ...bill('10'), goods: [{ amount: yuan('9'), kind: 'drug' }] }],
      ])('R53: a bill of %s is rejected', async (_, broken) => {
        const counter = await given(motherAndDaughter());
        const { card } = await counter.identify('mother');
        expect(await world.centre.quote({ ...counter.next(), card, bill: broken })).toEqual(rejected);
        expect(await counter.settle(card, broken, 'ff', pin('mother', rightPin))).toEqual(rejected);
      });

      it('a card that nobody was given is rejected', async () => {
        const counter = await given(motherAndDaughter());
        expect(await world.centre.quote({ ...counter.next(), card: 'nobody', bill: bill('1') })).toEqual(rejected);
        expect(await counter.settle('nobody', bill('1'), 'ff', pin('mother', rightPin))).toEqual(rejected);
      });
    });

    describe('query (R128)', () => {
      it('finds what a message was answered', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const settlement = await counter.sell('mother', bill('80'));
        expect(await world.centre.query({ ...counter.next(), of: settlement.msgId })).toEqual({
          kind: 'found',
          answer: { kind: 'settled', settlement },
          undone: false,
        });
      });

      it('seals what it has never seen: a request still under way settles nothing', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        const late = counter.request(card, bill('80'), digest, pin('mother', rightPin));
        const question = { ...counter.next(), of: late.msgId };
        expect(await world.centre.query(question)).toEqual({ kind: 'absent' });
        expect(await world.centre.settle(late)).toEqual(reversed);
        expect(await world.centre.query(question)).toEqual({ kind: 'absent' });
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
      });
    });

    describe('QUOTE_STALE (R26, R46)', () => {
      it('E10: a link cancelled between quote and confirm is quoted anew; the PIN is asked once', async () => {
        const counter = await given(
          [person('mother', { balance: '20' }), person('daughter', { balance: '200' })],
          daughterForMother,
        );
        const { card } = await counter.identify('mother');
        const { digest, split } = await counter.quote(card, bill('70'));
        expect([split.own, split.shared, split.cash]).toEqual([2000, 5000, 0]);
        await world.registry.endLink('daughter', 'mother', start);
        const stale = await counter.settle(card, bill('70'), digest, pin('mother', rightPin));
        if (stale.kind !== 'stale' || stale.ticket === null) throw new Error('expected a new quote with a ticket');
        expect(stale.quote.split).toMatchObject({ own: 2000, shared: 0, cash: 5000 });
        expect(await balances('mother', 'daughter')).toEqual([yuan('20'), yuan('200')]);
        const confirmed = await counter.settle(card, bill('70'), stale.quote.digest, {
          kind: 'ticket',
          ticket: stale.ticket,
        });
        expect(confirmed).toMatchObject({
          kind: 'settled',
          settlement: { pinUsed: true, split: { own: 2000, cash: 5000 } },
        });
        expect(await balances('mother', 'daughter')).toEqual([0, yuan('200')]);
      });

      it('another bill than the one agreed to is quoted anew, also when the same accounts would pay the same', async () => {
        const counter = await given([person('mother', { balance: '50' })]);
        const { card } = await counter.identify('mother');
        const drugs = (kind: 'drug' | 'device'): Bill => ({ ...bill('80'), goods: [{ amount: yuan('80'), kind }] });
        const { digest } = await counter.quote(card, drugs('drug'));
        const other = await counter.settle(card, drugs('device'), digest, pin('mother', rightPin));
        expect(other).toMatchObject({ kind: 'stale', quote: { split: { own: 5000, cash: 3000 } } });
        expect(await balances('mother')).toEqual([yuan('50')]);
      });

      it('a wrong PIN on a stale quote is a wrong PIN', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        expect(await counter.settle(card, bill('80'), 'ff', pin('mother', '000000'))).toMatchObject({
          decline: { code: 'PIN_WRONG', triesLeft: 5 },
        });
      });

      const staleTicket = async (counter: Counter, card: string) => {
        const stale = await counter.settle(card, bill('80'), 'ff', pin('mother', rightPin));
        if (stale.kind !== 'stale' || stale.ticket === null) throw new Error('expected a new quote with a ticket');
        return { digest: stale.quote.digest, ticket: { kind: 'ticket', ticket: stale.ticket } as const };
      };
      it.each<
        [
          string,
          (attempt: { counter: Counter; card: string; digest: string; ticket: Authorisation }) => Promise<SettleAnswer>,
        ]
      >([
        [
          'after 120 s',
          ({ counter, card, digest, ticket }) => {
            clock.advance(120_000);
            return counter.settle(card, bill('80'), digest, ticket);
          },
        ],
        [
          'at another terminal',
          ({ card, digest, ticket }) => new Counter(world, 'T2').settle(card, bill('80'), digest, ticket),
        ],
        [
          'when it is made up',
          ({ counter, card, digest }) =>
            counter.settle(card, bill('80'), digest, { kind: 'ticket', ticket: '0'.repeat(32) }),
        ],
        ['for another bill', ({ counter, card, ticket }) => counter.settle(card, bill('10'), 'ff', ticket)],
      ])('a ticket is no good %s: a new quote without one, so that the PIN is asked again', async (_, attempt) => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest, ticket } = await staleTicket(counter, card);
        expect(await attempt({ counter, card, digest, ticket })).toMatchObject({ kind: 'stale', ticket: null });
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
      });

      it('a ticket is good until just before 120 s, and once', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest, ticket } = await staleTicket(counter, card);
        clock.advance(119_999);
        expect(await counter.settle(card, bill('80'), digest, ticket)).toMatchObject({ kind: 'settled' });
        await world.registry.set('mother', { balance: yuan('50') });
        expect(await counter.settle(card, bill('80'), digest, ticket)).toMatchObject({ kind: 'stale', ticket: null });
      });

      it('a second change in between gives a second ticket, which lives no longer than the first', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest, ticket } = await staleTicket(counter, card);
        clock.advance(100_000);
        await world.registry.set('mother', { balance: yuan('40') });
        const second = await counter.settle(card, bill('80'), digest, ticket);
        if (second.kind !== 'stale' || second.ticket === null) throw new Error('expected a second ticket');
        clock.advance(20_000);
        const late = await counter.settle(card, bill('80'), second.quote.digest, {
          kind: 'ticket',
          ticket: second.ticket,
        });
        expect(late).toMatchObject({ kind: 'stale', ticket: null });
      });

      it('cash only needs no PIN; accounts that got money meanwhile ask for it', async () => {
        const counter = await given([person('mother', { balance: '0' })]);
        const { card } = await counter.identify('mother');
        const { digest, needsPin } = await counter.quote(card, bill('25.50'));
        expect(needsPin).toBe(false);
        await world.registry.set('mother', { balance: yuan('5') });
        const stale = await counter.settle(card, bill('25.50'), digest, { kind: 'none' });
        expect(stale).toMatchObject({ kind: 'stale', ticket: null, quote: { needsPin: true, split: { own: 500 } } });
        expect(await balances('mother')).toEqual([500]);
      });

      it('money without a PIN is rejected', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        expect(await counter.settle(card, bill('80'), digest, { kind: 'none' })).toEqual(rejected);
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
      });

      it('a balance that changed without changing who pays what is no reason to ask again', async () => {
        const counter = await given(motherAndDaughter(), daughterForMother);
        const { card } = await counter.identify('mother');
        const { digest } = await counter.quote(card, bill('80'));
        await world.registry.set('daughter', { balance: yuan('30') });
        expect(await counter.settle(card, bill('80'), digest, pin('mother', rightPin))).toMatchObject({
          kind: 'settled',
        });
      });

      it('R46: two beneficiaries of one provider at once never spend more than there is; the loser is quoted anew', async () => {
        const people = [person('mother'), person('father'), person('daughter', { balance: '100' })];
        const counter = await given(
          people,
          [link('daughter', 'mother'), link('daughter', 'father')],
          profile('national-2024'),
        );
        const [ofMother, ofFather] = [await counter.identify('mother'), await counter.identify('father')];
        const [mothers, fathers] = [
          await counter.quote(ofMother.card, bill('70')),
          await counter.quote(ofFather.card, bill('70')),
        ];
        const answers = await Promise.all([
          counter.settle(ofMother.card, bill('70'), mothers.digest, pin('mother', rightPin)),
          counter.settle(ofFather.card, bill('70'), fathers.digest, pin('father', rightPin)),
        ]);
        expect(answers.map((answer) => answer.kind).sort()).toEqual(['settled', 'stale']);
        expect(await balances('daughter')).toEqual([yuan('30')]);
      });
    });
  });
}

const rejected = { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
const reversed = { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } };
