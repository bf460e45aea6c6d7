import { describe, expect, it } from 'vitest';
import type { NewLink, NewPerson } from '../../src/centre/registry.ts';
import { evoucherProblem } from '../../src/domain/evoucher.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { secret } from '../../src/domain/secret.ts';
import type { EvoucherCredential } from '../../src/ports/card-reader.ts';
import type { Authorisation, Identified, IdentifyAnswer } from '../../src/ports/centre.ts';
import { bill, link, person, rightPin, type StandingClock, start, yuan } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';
import { Counter, pin } from '../centre/sales-counter.ts';
import { type CentreWorld, centreWorlds, type OpenCentreWorld } from './centre-worlds.ts';

const declined = (code: string, fact?: string) => ({ kind: 'declined', decline: { code, ...(fact ? { fact } : {}) } });

/** Part of the contract of `Centre`: paying by 医保码 (R35, R88, R94 to R98). */
export function evoucherContract(adapter: string, open: OpenCentreWorld): void {
  describe(`Centre contract, 医保码: ${adapter}`, () => {
    let world: CentreWorld;
    let clock: StandingClock;
    const begin = centreWorlds(open);

    async function given(
      people: readonly NewPerson[] = [person('mother', { balance: '50' }), person('daughter', { balance: '200' })],
      links: readonly NewLink[] = [link('daughter', 'mother')],
      under: PolicyProfile = profile('chongqing-2021'),
    ): Promise<Counter> {
      const begun = await begin(people, links, under);
      ({ world, clock } = begun);
      return begun.counter;
    }
    const balances = async (...ids: readonly string[]) => Promise.all(ids.map((id) => world.registry.balanceOf(id)));
    const codeOf = async (id: string, issuedAt?: number): Promise<EvoucherCredential> => ({
      medium: 'evoucher',
      code: secret(await world.registry.issueCode(id, issuedAt)),
    });
    const shown = async (counter: Counter, credential: EvoucherCredential): Promise<IdentifyAnswer> =>
      world.centre.identify({ ...counter.next(), credential });
    /** A fresh code of hers, shown. */
    async function byCode(counter: Counter, id = 'mother') {
      return accepted(await shown(counter, await codeOf(id)));
    }
    function accepted(answer: IdentifyAnswer): Identified & { readonly authorisation: Authorisation } {
      if (answer.kind !== 'identified' || answer.voucher === undefined) throw new Error(JSON.stringify(answer));
      return { ...answer, authorisation: { kind: 'voucher', voucher: answer.voucher } };
    }

    it('R94: a code has the form of the profile, and no two are the same', async () => {
      await given();
      const codes = await Promise.all(Array.from({ length: 20 }, () => world.registry.issueCode('mother')));
      expect(codes.map((code) => evoucherProblem(code))).toEqual(codes.map(() => null));
      expect(codes[0]).toMatch(/^424\d{19}990000$/);
      expect(new Set(codes).size).toBe(20);
      const short = profile('chongqing-2021', { evoucher: { digits: 20, prefix: '77', ttlS: 60, singleUse: true } });
      const counter = await given(undefined, [], short);
      const credential = await codeOf('mother');
      expect(credential.code.expose()).toMatch(/^77\d{12}990000$/);
      expect(await shown(counter, credential)).toMatchObject({ kind: 'identified' });
    });

    it('a code is given only to people who are there', async () => {
      await given();
      await expect((async () => world.registry.issueCode('nobody'))()).rejects.toThrow(RangeError);
    });

    it('R35, E2: the code pays from both accounts without a PIN, and says so', async () => {
      const counter = await given();
      const { card, maskedCard, maskedName, authorisation } = await byCode(counter);
      expect([maskedCard, maskedName]).toEqual([expect.stringMatching(/^\*{4}/), expect.stringContaining('*')]);
      const { digest } = await counter.quote(card, bill('80'));
      const answer = await counter.settle(card, bill('80'), digest, authorisation);
      expect(answer).toMatchObject({
        kind: 'settled',
        settlement: { pinUsed: false, voucherUsed: true, split: { own: 5000, shared: 3000, cash: 0 } },
      });
      expect(await balances('mother', 'daughter')).toEqual([0, yuan('170')]);
      const [sale] = await world.registry.recordedOn('2025-04-19');
      expect(answer).toMatchObject({ settlement: sale });
    });

    it('R122: what a code paid is given back and settled anew like any other sale', async () => {
      const counter = await given(
        undefined,
        undefined,
        profile('chongqing-2021', { partialRefund: 'cancel_and_resettle' }),
      );
      const { card, authorisation } = await byCode(counter);
      const { digest } = await counter.quote(card, bill('80'));
      const answer = await counter.settle(card, bill('80'), digest, authorisation);
      if (answer.kind !== 'settled') throw new Error(answer.kind);
      const undo = await counter.refund(answer.settlement.settlementId, yuan('40'));
      expect(undo).toMatchObject({ method: 'cancel_and_resettle', returned: { own: 1000, shared: 3000 } });
      await counter.reverse(answer.settlement.msgId);
      expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
    });

    describe('a code that does not pay', () => {
      it.each([
        ['a payment app’s', 'https://pay.example/c/281004566312'],
        ['one of another prefix', '4250000000000000000000990000'],
        ['one that nobody was given', '4240000000000000000000990000'],
      ])('R95: %s', async (_, text) => {
        const counter = await given();
        const answer = await shown(counter, { medium: 'evoucher', code: secret(text) });
        expect(answer).toMatchObject(declined('NOT_EVOUCHER'));
      });

      it('R97, E21 b: one older than its life, from the next millisecond on', async () => {
        const counter = await given();
        expect(await shown(counter, await codeOf('mother', start - 61_000))).toMatchObject(declined('CODE_EXPIRED'));
        expect(await shown(counter, await codeOf('mother', start - 60_001))).toMatchObject(declined('CODE_EXPIRED'));
        expect(await shown(counter, await codeOf('mother', start - 60_000))).toMatchObject({ kind: 'identified' });
      });

      it('R98, E21 d: one that was shown before, whatever became of its sale; once it is old, as an old one', async () => {
        const counter = await given();
        const code = await codeOf('mother');
        expect(await shown(counter, code)).toMatchObject({ kind: 'identified' });
        expect(await shown(counter, code)).toMatchObject(declined('CODE_USED'));
        expect(await shown(new Counter(world, 'T2'), code)).toMatchObject(declined('CODE_USED'));
        clock.advance(60_001);
        expect(await shown(counter, code)).toMatchObject(declined('CODE_EXPIRED'));
      });

      it('it is used up, too, when its holder may not pay', async () => {
        const counter = await given([person('mother', { balance: '50', card: 'lost' })], []);
        const code = await codeOf('mother');
        expect(await shown(counter, code)).toMatchObject(declined('CARD_LOST', 'lost'));
        await world.registry.set('mother', { card: 'normal' });
        expect(await shown(counter, code)).toMatchObject(declined('CODE_USED'));
      });

      it('is answered again to the same message, and to no other', async () => {
        const counter = await given();
        const credential = await codeOf('mother');
        const message = { ...counter.next(), credential };
        const first = accepted(await world.centre.identify(message));
        clock.advance(90_000);
        const again = accepted(await world.centre.identify(message));
        expect(again.voucher?.expose()).toBe(first.voucher?.expose());
        expect(await world.centre.identify({ ...message, terminal: 'T2' })).toMatchObject(declined('CODE_EXPIRED'));
      });

      it('where the rules allow it a code is good until it is old', async () => {
        const { evoucher } = profile('chongqing-2021');
        const under = profile('chongqing-2021', { evoucher: { ...evoucher, singleUse: false } });
        const counter = await given(undefined, undefined, under);
        const code = await codeOf('mother');
        const [one, two] = [accepted(await shown(counter, code)), accepted(await shown(counter, code))];
        expect(one.voucher?.expose()).not.toBe(two.voucher?.expose());
        clock.advance(60_001);
        expect(await shown(counter, code)).toMatchObject(declined('CODE_EXPIRED'));
      });
    });

    describe('its holder', () => {
      const away = [person('mother', { balance: '50', card: 'tempLost' })];

      it.each([
        [true, { kind: 'settled' }],
        [false, declined('CARD_LOST', 'tempLost')],
      ])(
        'R88: with ecardWhenTempLost %s, while the card is reported lost for a time',
        async (ecardWhenTempLost, end) => {
          const counter = await given(away, [], profile('chongqing-2021', { ecardWhenTempLost }));
          const answer = await shown(counter, await codeOf('mother'));
          if (answer.kind === 'declined') {
            expect(answer).toMatchObject(end);
            return;
          }
          const { card, voucher, authorisation } = accepted(answer);
          // Without the voucher it is the card that is asked about.
          expect(await world.centre.quote({ ...counter.next(), card, bill: bill('30') })).toMatchObject(
            declined('CARD_LOST', 'tempLost'),
          );
          expect(await world.centre.inquire({ ...counter.next(), card })).toMatchObject(
            declined('CARD_LOST', 'tempLost'),
          );
          if (voucher === undefined) throw new Error('no voucher');
          expect(await world.centre.inquire({ ...counter.next(), card, voucher })).toMatchObject({ own: yuan('50') });
          const quoted = await world.centre.quote({ ...counter.next(), card, bill: bill('30'), voucher });
          if (quoted.kind !== 'quoted') throw new Error(quoted.kind);
          const { digest } = quoted.quote;
          expect(await counter.settle(card, bill('30'), digest, pin('mother', rightPin))).toMatchObject(
            declined('CARD_LOST', 'tempLost'),
          );
          expect(await counter.settle(card, bill('30'), digest, authorisation)).toMatchObject(end);
        },
      );

      it('R88: another’s voucher, or one given elsewhere, does not speak for this card', async () => {
        const people = [...away, person('daughter', { balance: '200' })];
        const counter = await given(people, [], profile('chongqing-2021', { ecardWhenTempLost: true }));
        const [hers, anothers] = [await byCode(counter), await byCode(counter, 'daughter')];
        const elsewhere = await byCode(new Counter(world, 'T2'));
        for (const { voucher } of [anothers, elsewhere]) {
          if (voucher === undefined) throw new Error('no voucher');
          const asked = { ...counter.next(), card: hers.card, bill: bill('30'), voucher };
          expect(await world.centre.quote(asked)).toMatchObject(declined('CARD_LOST', 'tempLost'));
        }
      });

      it.each([
        [{ card: 'lost' }, 'CARD_LOST', 'lost'],
        [{ card: 'cancelled' }, 'CARD_CANCELLED', 'cancelled'],
        [{ status: 'suspended' }, 'INSURANCE_NOT_NORMAL', 'suspended'],
      ] as const)('%j: refused as with the card', async (state, code, fact) => {
        const counter = await given([person('mother', { balance: '50', ...state })], []);
        expect(await shown(counter, await codeOf('mother'))).toMatchObject(declined(code, fact));
      });

      it('refused at the settlement when the card was reported lost meanwhile', async () => {
        const counter = await given();
        const { card, authorisation } = await byCode(counter);
        const { digest } = await counter.quote(card, bill('80'));
        await world.registry.set('mother', { card: 'lost' });
        expect(await counter.settle(card, bill('80'), digest, authorisation)).toMatchObject(
          declined('CARD_LOST', 'lost'),
        );
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
      });

      it('no PIN is asked, so its lock does not matter, and no try is touched', async () => {
        const counter = await given();
        const { card: byCard } = await counter.identify('mother');
        const before = await counter.quote(byCard, bill('10'));
        const wrong = await counter.settle(byCard, bill('10'), before.digest, pin('mother', '000000'));
        expect(wrong).toMatchObject({ decline: { code: 'PIN_WRONG' } });
        const { card, authorisation } = await byCode(counter);
        const { digest } = await counter.quote(card, bill('10'));
        expect(await counter.settle(card, bill('10'), digest, authorisation)).toMatchObject({ kind: 'settled' });
        const again = await counter.quote(card, bill('5'));
        const second = await counter.settle(card, bill('5'), again.digest, pin('mother', '000000'));
        const tries = [wrong, second].map((answer) => (answer.kind === 'declined' ? answer.decline.triesLeft : null));
        expect(tries[1]).toBe((tries[0] ?? 0) - 1);

        const locked = await given([person('mother', { balance: '50', pinLocked: true })], []);
        expect(await byCode(locked)).toMatchObject({ kind: 'identified' });
      });
    });

    describe('the voucher', () => {
      const rung = async (counter: Counter) => {
        const { card, authorisation } = await byCode(counter);
        const { digest } = await counter.quote(card, bill('80'));
        return { card, authorisation, digest };
      };

      it('is good once, and the same message again gets the same answer', async () => {
        const counter = await given();
        const { card, authorisation, digest } = await rung(counter);
        const request = counter.request(card, bill('80'), digest, authorisation);
        const answer = await world.centre.settle(request);
        expect(answer).toMatchObject({ kind: 'settled' });
        expect(await world.centre.settle(request)).toEqual(answer);
        const next = await counter.quote(card, bill('80'));
        expect(await counter.settle(card, bill('80'), next.digest, authorisation)).toMatchObject(
          declined('CODE_EXPIRED'),
        );
        expect(await balances('mother', 'daughter')).toEqual([0, yuan('170')]);
      });

      it('is part of what a message says: with another one the same id is another message', async () => {
        const counter = await given();
        const { card, authorisation, digest } = await rung(counter);
        const request = counter.request(card, bill('80'), digest, authorisation);
        await world.centre.settle(request);
        const other = await byCode(counter);
        expect(await world.centre.settle({ ...request, authorisation: other.authorisation })).toMatchObject(
          declined('MESSAGE_REJECTED'),
        );
      });

      it.each<
        [string, (of: { counter: Counter; card: string; digest: string; authorisation: Authorisation }) => unknown]
      >([
        [
          'after five minutes',
          ({ counter, card, digest, authorisation }) => {
            clock.advance(300_000);
            return counter.settle(card, bill('80'), digest, authorisation);
          },
        ],
        [
          'at another terminal',
          ({ card, digest, authorisation }) => new Counter(world, 'T2').settle(card, bill('80'), digest, authorisation),
        ],
        [
          'for another’s card',
          async ({ counter, authorisation }) => {
            const { card } = await counter.identify('daughter');
            const { digest } = await counter.quote(card, bill('80'));
            return counter.settle(card, bill('80'), digest, authorisation);
          },
        ],
        [
          'when it was never given',
          ({ counter, card, digest }) =>
            counter.settle(card, bill('80'), digest, { kind: 'voucher', voucher: secret('0'.repeat(32)) }),
        ],
      ])('is no good %s: nothing is charged, and a new code is wanted', async (_, attempt) => {
        const counter = await given();
        expect(await attempt({ counter, ...(await rung(counter)) })).toMatchObject(declined('CODE_EXPIRED'));
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('200')]);
      });

      it('is no ticket, and a ticket is no voucher', async () => {
        const counter = await given();
        const { card, authorisation, digest } = await rung(counter);
        if (authorisation.kind !== 'voucher') throw new Error('no voucher');
        const asTicket = { kind: 'ticket', ticket: authorisation.voucher.expose() } as const;
        expect(await counter.settle(card, bill('80'), digest, asTicket)).toMatchObject(declined('CODE_EXPIRED'));
        const stale = await counter.settle(card, bill('80'), 'ff', pin('mother', rightPin));
        if (stale.kind !== 'stale' || stale.ticket === null) throw new Error('expected a ticket');
        const asVoucher = { kind: 'voucher', voucher: secret(stale.ticket) } as const;
        expect(await counter.settle(card, bill('80'), digest, asVoucher)).toMatchObject(declined('CODE_EXPIRED'));
      });

      it('R26, R46: after QUOTE_STALE a ticket goes on for it, and what that settles is still by code', async () => {
        const counter = await given();
        const { card, authorisation, digest } = await rung(counter);
        await world.registry.set('daughter', { balance: yuan('10') });
        const stale = await counter.settle(card, bill('80'), digest, authorisation);
        if (stale.kind !== 'stale' || stale.ticket === null) throw new Error('expected a new quote with a ticket');
        expect(await balances('mother', 'daughter')).toEqual([yuan('50'), yuan('10')]);
        expect(await counter.settle(card, bill('80'), stale.quote.digest, authorisation)).toMatchObject(
          declined('CODE_EXPIRED'),
        );
        const byTicket = { kind: 'ticket', ticket: stale.ticket } as const;
        expect(await counter.settle(card, bill('80'), stale.quote.digest, byTicket)).toMatchObject({
          kind: 'settled',
          settlement: { pinUsed: false, voucherUsed: true, split: { own: 5000, shared: 1000, cash: 2000 } },
        });
        expect(await counter.settle(card, bill('80'), stale.quote.digest, byTicket)).toMatchObject(
          declined('CODE_EXPIRED'),
        );
      });

      it('agrees to cash as well, when no account pays anything', async () => {
        const counter = await given([person('mother')], []);
        const { card, authorisation } = await byCode(counter);
        const { digest, needsPin } = await counter.quote(card, bill('80'));
        expect(needsPin).toBe(false);
        expect(await counter.settle(card, bill('80'), digest, authorisation)).toMatchObject({
          settlement: { pinUsed: false, voucherUsed: true, split: { cash: 8000 } },
        });
      });
    });
  });
}
