import { describe, expect, it } from 'vitest';
import type { LinkTerms } from '../../src/domain/link-application.ts';
import type { CardState } from '../../src/domain/person.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { secret } from '../../src/domain/secret.ts';
import { syntheticResidentId, syntheticSsCardNumber } from '../../src/domain/synthetic.ts';
import type { DeskProof, PersonProof } from '../../src/ports/centre.ts';
import {
  bill,
  chipOf,
  link,
  type PersonSketch,
  person,
  pinBlockOf,
  rightPin,
  start,
  stripeOf,
  yuan,
} from '../centre/centre-world.ts';
import { terms } from '../centre/link-forms.ts';
import { profile } from '../centre/profiles.ts';
import { Counter, pin } from '../centre/sales-counter.ts';
import { centreWorlds, type OpenCentreWorld } from './centre-worlds.ts';

const dayMs = 86_400_000;
const rejected = { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };

/** What every centre must do at an insurance office's desk. */
export function linksContract(name: string, open: OpenCentreWorld): void {
  describe(`Centre contract, the insurance office: ${name}`, () => {
    const openWorld = centreWorlds(open);

    /** The daughter, her mother, and her father at the desk of T1. */
    async function office(
      under: PolicyProfile = profile('national-2024'),
      sketches: Record<string, PersonSketch> = {},
    ) {
      const people = { daughter: { balance: '200' }, mother: { balance: '0' }, father: { balance: '0' }, ...sketches };
      const made = await openWorld(
        Object.entries(people).map(([id, sketch]) => person(id, sketch)),
        [],
        under,
      );
      const { world, counter } = made;
      await counter.signIn();
      return { ...made, ...deskOf(world.centre, counter), codeOf: (id: string) => world.registry.issueCode(id) };
    }

    describe('looking somebody up', () => {
      const numbers: readonly [string, PersonProof][] = [
        ['the stripe', stripeOf('mother')],
        ['the chip', chipOf('mother')],
        ['the keyed card number', { medium: 'ssCardNumber', number: secret(syntheticSsCardNumber('mother')) }],
        [
          'the keyed number as clerks write it',
          { medium: 'ssCardNumber', number: secret(` ${syntheticSsCardNumber('mother').toLowerCase()} `) },
        ],
        ['the keyed ID number', { medium: 'residentId', number: secret(syntheticResidentId('mother', '1960-01-01')) }],
      ];
      it.each(numbers)('finds a person by %s, names and numbers masked (R10, R20)', async (_, proof) => {
        const { lookUp, card } = await office();
        const found = await lookUp(proof);
        expect(found).toMatchObject({
          kind: 'lookedUp',
          insurance: 'employee',
          status: 'normal',
          area: '重庆市/渝中区',
        });
        expect(found).toMatchObject({ card: await card('mother'), pinLength: 6 });
        const told = JSON.stringify(found);
        expect(told).not.toContain(syntheticSsCardNumber('mother'));
        expect(told).not.toContain(syntheticResidentId('mother', '1960-01-01'));
        expect(told).toMatch(/"maskedName":".\*.*?","maskedCard":"\*{4}.{4}","maskedId":"\*{4}.{4}"/);
      });

      it('finds the one who shows a 医保码, and uses the code up (R98)', async () => {
        const { lookUp, card, codeOf } = await office();
        const code = secret(await codeOf('mother'));
        const shown: PersonProof = { medium: 'evoucher', code };
        expect(await lookUp(shown)).toMatchObject({
          kind: 'lookedUp',
          card: await card('mother'),
          voucher: expect.anything(),
        });
        expect(await lookUp(shown)).toEqual({ kind: 'declined', decline: { code: 'CODE_USED' } });
      });

      it('tells a number that is nobody’s from a card that is no card', async () => {
        const { lookUp } = await office();
        const number = secret(syntheticSsCardNumber('nobody'));
        expect(await lookUp({ medium: 'ssCardNumber', number })).toEqual({
          kind: 'declined',
          decline: { code: 'PERSON_NOT_FOUND' },
        });
        expect(await lookUp(stripeOf('nobody'))).toEqual({ kind: 'declined', decline: { code: 'CARD_FAKE' } });
      });

      it.each<[CardState, string]>([
        ['lost', 'CARD_LOST'],
        ['tempLost', 'CARD_LOST'],
        ['cancelled', 'CARD_CANCELLED'],
        ['sealed', 'CARD_SEALED'],
        ['fake', 'CARD_FAKE'],
      ])('refuses a card that is %s, but not its holder’s number (R86)', async (state, code) => {
        const { lookUp } = await office(undefined, { mother: { card: state } });
        expect(await lookUp(stripeOf('mother'))).toEqual({ kind: 'declined', decline: { code, fact: state } });
        const byNumber = await lookUp({ medium: 'ssCardNumber', number: secret(syntheticSsCardNumber('mother')) });
        expect(byNumber.kind).toBe('lookedUp');
      });

      it('does not mind insurance that is not normal, nor a locked PIN', async () => {
        const { lookUp } = await office(undefined, { mother: { status: 'suspended', pinLocked: true } });
        expect(await lookUp(stripeOf('mother'))).toMatchObject({ kind: 'lookedUp', status: 'suspended' });
      });

      it('tells a locked PIN of a card that was read, and of nobody else (R79, R93)', async () => {
        const { lookUp, codeOf } = await office(undefined, { mother: { pinLocked: true } });
        expect(await lookUp(stripeOf('mother'))).toHaveProperty('pinLocked', true);
        expect(await lookUp(stripeOf('daughter'))).not.toHaveProperty('pinLocked');
        const byNumber = await lookUp({ medium: 'ssCardNumber', number: secret(syntheticSsCardNumber('mother')) });
        expect(byNumber.kind).toBe('lookedUp');
        expect(byNumber).not.toHaveProperty('pinLocked');
        const byCode = await lookUp({ medium: 'evoucher', code: secret(await codeOf('mother')) });
        expect(byCode.kind).toBe('lookedUp');
        expect(byCode).not.toHaveProperty('pinLocked');
      });
    });

    describe('admitting somebody', () => {
      it('gives a permit for ten minutes, and tells the links, for the right PIN', async () => {
        const { world, admit } = await office();
        await world.registry.addLink(link('daughter', 'mother'));
        const admitted = await admit('daughter', { typed: rightPin });
        if (admitted.kind !== 'admitted') throw new Error(JSON.stringify(admitted));
        expect(admitted.expiresAt).toBe(start + 600_000);
        expect(admitted.links).toMatchObject([{ role: 'provider', relation: 'parent', obstacle: null, channel: null }]);
      });

      it('counts wrong PINs together with those at sales, and locks with the last one (R78, R79, R83)', async () => {
        const { world, counter, admit, card } = await office();
        for (const triesLeft of [5, 4, 3]) {
          expect(await admit('daughter', { typed: '000000' })).toEqual({
            kind: 'declined',
            decline: { code: 'PIN_WRONG', triesLeft },
          });
        }
        const of = bill('5');
        const { digest } = await counter.quote(await card('daughter'), of);
        expect(await counter.settle(await card('daughter'), of, digest, pin('daughter', '000000'))).toMatchObject({
          decline: { code: 'PIN_WRONG', triesLeft: 2 },
        });
        await admit('daughter', { typed: '000000' });
        expect(await admit('daughter', { typed: '000000' })).toMatchObject({ decline: { code: 'PIN_LOCKED' } });
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ decline: { code: 'PIN_LOCKED' } });
        await world.registry.unlockPin('daughter');
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ kind: 'admitted' });
      });

      it('takes a right PIN’s tries back to zero, also at the last try there is', async () => {
        const { admit } = await office();
        for (let time = 0; time < 5; time++) await admit('daughter', { typed: '000000' });
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ kind: 'admitted' });
        expect(await admit('daughter', { typed: '000000' })).toMatchObject({ decline: { triesLeft: 5 } });
      });

      it('counts a message once that comes twice, and refuses its id for anything else', async () => {
        const { world, counter, card, blockOf, admit } = await office();
        const wrong = {
          ...counter.next(),
          card: await card('daughter'),
          proof: { kind: 'pin', pinBlock: blockOf('daughter', '000000') } as const,
        };
        const first = await world.centre.admit(wrong);
        expect(await world.centre.admit(wrong)).toEqual(first);
        expect(first).toMatchObject({ decline: { triesLeft: 5 } });
        expect(await world.centre.admit({ ...wrong, card: await card('mother') })).toEqual(rejected);
        expect(await world.centre.admit({ ...wrong, operator: '02' })).toEqual(rejected);
        expect(await world.centre.unlink({ ...wrong, permit: 'x', linkId: 'L1', reason: 'y' })).toEqual(rejected);
        expect(await admit('daughter', { typed: '000000' })).toMatchObject({ decline: { triesLeft: 4 } });
      });

      it('does not take the id of a sale, nor a sale that of a desk’s message', async () => {
        const { world, counter, card, blockOf } = await office();
        const sale = await counter.ring('daughter', bill('5'));
        const settled = await world.centre.settle(sale);
        if (settled.kind !== 'settled') throw new Error(settled.kind);
        const proof = { kind: 'pin', pinBlock: blockOf('daughter', rightPin) } as const;
        const admit = { ...counter.next(), card: await card('daughter'), proof };
        expect(await world.centre.admit({ ...admit, msgId: sale.msgId })).toEqual(rejected);
        expect((await world.centre.admit(admit)).kind).toBe('admitted');
        const next = await counter.ring('daughter', bill('5'));
        expect(await world.centre.settle({ ...next, msgId: admit.msgId })).toEqual(rejected);
        const cancel = await counter.cancelRequest(settled.settlement.settlementId);
        expect(await world.centre.cancel({ ...cancel, msgId: admit.msgId })).toEqual(rejected);
        expect(await world.centre.refund({ ...cancel, amount: null, msgId: admit.msgId })).toEqual(rejected);
        expect(await world.registry.balanceOf('daughter')).toBe(yuan('195'));
      });

      it('tells a PIN under a key of an earlier sign-in apart from a wrong one', async () => {
        const { counter, admit, blockOf } = await office();
        const pinBlock = blockOf('daughter', '000000');
        await counter.signIn();
        expect(await admit('daughter', { kind: 'pin', pinBlock })).toEqual({
          kind: 'declined',
          decline: { code: 'PIN_KEY_EXPIRED' },
        });
        expect(await admit('daughter', { typed: '000000' })).toMatchObject({ decline: { triesLeft: 5 } });
      });

      it('takes a 医保码 in the PIN’s place, once (R35)', async () => {
        const { admit, lookUp, codeOf } = await office(undefined, { daughter: { balance: '200', pinLocked: true } });
        const found = await lookUp({ medium: 'evoucher', code: secret(await codeOf('daughter')) });
        if (found.kind !== 'lookedUp' || !found.voucher) throw new Error('no voucher');
        const proof = { kind: 'voucher', voucher: found.voucher } as const;
        expect(await admit('daughter', proof)).toMatchObject({ kind: 'admitted' });
        expect(await admit('daughter', proof)).toEqual({ kind: 'declined', decline: { code: 'CODE_EXPIRED' } });
      });

      it('takes nobody else’s voucher', async () => {
        const { admit, lookUp, codeOf } = await office();
        const found = await lookUp({ medium: 'evoucher', code: secret(await codeOf('mother')) });
        if (found.kind !== 'lookedUp' || !found.voucher) throw new Error('no voucher');
        expect(await admit('daughter', { kind: 'voucher', voucher: found.voucher })).toMatchObject({
          decline: { code: 'CODE_EXPIRED' },
        });
      });

      it('takes an ID card where documents are taken, also of somebody whose card is lost (R10)', async () => {
        const lost = { daughter: { card: 'lost' } } as const;
        const { admit } = await office(profile('chongqing-2021'), lost);
        expect(await admit('daughter', { kind: 'idCard' })).toMatchObject({ kind: 'admitted' });
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ decline: { code: 'CARD_LOST' } });
      });

      it('takes no ID card where the provider’s card has to be swiped (R20)', async () => {
        const { admit } = await office(profile('shenzhen-2023'));
        expect(await admit('daughter', { kind: 'idCard' })).toEqual(rejected);
      });

      it('lets somebody look at his links whose insurance is suspended', async () => {
        const { admit } = await office(undefined, { daughter: { status: 'suspended' } });
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ kind: 'admitted' });
      });

      it('knows no card that is not there', async () => {
        const { world, counter, blockOf } = await office();
        const proof = { kind: 'pin', pinBlock: blockOf('daughter', rightPin) } as const;
        expect(await world.centre.admit({ ...counter.next(), card: 'f'.repeat(32), proof })).toEqual(rejected);
      });
    });

    describe('a permit', () => {
      it.each<[string, (made: Awaited<ReturnType<typeof office>>) => Promise<Counter> | Counter, object]>([
        ['another operator', ({ counter }) => counter, { operator: '02' }],
        [
          'another terminal',
          async ({ world }) => {
            const other = new Counter(world, 'T2');
            await other.signIn();
            return other;
          },
          {},
        ],
        [
          'ten minutes later',
          ({ clock, counter }) => {
            clock.advance(600_000);
            return counter;
          },
          {},
        ],
      ])('is no good for %s', async (_, change, more) => {
        const made = await office();
        const permit = await made.permitOf('daughter');
        const other = await change(made);
        const asked = { permit, beneficiary: await made.card('mother'), terms: terms(), replaces: null };
        expect(await made.world.centre.explainLink({ ...other.next(), ...asked, ...more })).toEqual(rejected);
        expect(await made.world.centre.link({ ...other.next(), ...asked, ...more })).toEqual(rejected);
        const unlink = { permit, linkId: 'L00000001', reason: '不再需要' };
        expect(await made.world.centre.unlink({ ...other.next(), ...unlink, ...more })).toEqual(rejected);
      });

      it('is nothing that can be thought up, and no form sends what it does not allow', async () => {
        const { world, counter, card, permitOf } = await office();
        const asked = { permit: '0'.repeat(32), beneficiary: await card('mother'), terms: terms(), replaces: null };
        expect(await world.centre.link({ ...counter.next(), ...asked })).toEqual(rejected);
        const permit = await permitOf('daughter');
        for (const wrong of [
          { beneficiary: 'f'.repeat(32) },
          { terms: terms({ channel: 'phone' }) },
          { terms: terms({ quota: -1 as LinkTerms['quota'] }) },
          { terms: terms({ quota: 0.5 as LinkTerms['quota'] }) },
          { terms: terms({ until: Number.NaN }) },
        ]) {
          expect(await world.centre.link({ ...counter.next(), ...asked, permit, ...wrong })).toEqual(rejected);
        }
      });
    });

    describe('the dry run', () => {
      it('tells all that stands in the way in order, writes nothing, and says so when it would do', async () => {
        const { explain, permitOf, world } = await office(profile('chongqing-2021'), {
          mother: { status: 'arrears' },
          father: {},
        });
        await world.registry.addLink(link('daughter', 'father'));
        const permit = await permitOf('daughter');
        const documents = { provider: 'socialCard', beneficiary: null } as const;
        const refused = await explain(permit, 'mother', { documents, cautionTicked: false });
        if (refused.kind !== 'explained') throw new Error('not explained');
        expect(refused.verdict.findings.map(({ code, rule }) => [code, rule])).toEqual([
          ['DOC_MISSING', 'R10'],
          ['CONSENT_MISSING', 'R28'],
          ['INSURANCE_NOT_NORMAL', 'R3'],
          ['PROVIDER_ALREADY_LINKED', 'R4'],
        ]);
        await world.registry.set('mother', { status: 'normal' });
        await world.registry.endLink('daughter', 'father', start);
        expect(await explain(permit, 'mother')).toEqual({
          kind: 'explained',
          verdict: { findings: [], since: start, swappedWouldDo: false },
        });
        expect(
          await world.centre.inquire({ ...new Counter(world).next(), card: await cardOf(world, 'mother') }),
        ).toMatchObject({ providers: [] });
      });
    });

    describe('linking', () => {
      it('makes the link, keeps who, how and under which rules, and the next sale uses it (R1, R13)', async () => {
        const { bind, counter, clock } = await office();
        const before = await counter.ring('mother', bill('60'));
        clock.advance(5);
        const linked = await bind('daughter', 'mother');
        if (linked.kind !== 'linked') throw new Error(JSON.stringify(linked));
        const { institution, terminal, operator } = before;
        expect(linked.record).toMatchObject({
          deed: 'linked',
          at: start + 5,
          relation: 'parent',
          since: start + 5,
          until: null,
          quota: null,
          profile: 'national-2024',
          profileVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
          channel: 'counter',
          documents: { provider: 'socialCard', beneficiary: 'idCard' },
          cautionTicked: true,
          institution,
          terminal,
          operator,
          reason: null,
          replaces: null,
        });
        expect(linked.links).toMatchObject([{ linkId: linked.record.linkId, role: 'provider', channel: 'counter' }]);
        expect((await counter.sell('mother', bill('60'))).split.shared).toBe(yuan('60'));
      });

      it('makes it once when the message comes twice, and says the same again, also when the permit is over', async () => {
        const { world, linkRequest, clock } = await office();
        const request = await linkRequest('daughter', 'mother');
        const first = await world.centre.link(request);
        clock.advance(dayMs);
        expect(await world.centre.link(request)).toEqual(first);
        expect(await world.centre.link({ ...request, terms: terms({ relation: 'child' }) })).toEqual(rejected);
        const reconciled = await world.centre.reconcile({ ...request, day: '2025-04-19', records: [] });
        expect(reconciled).toMatchObject({ links: [{ deed: 'linked' }] });
      });

      it('refuses with every reason, and nothing has changed', async () => {
        const { bind, counter } = await office(undefined, { mother: { area: '四川省/成都市' } });
        const refused = await bind('daughter', 'mother', { relation: 'other' });
        if (refused.kind !== 'linkRefused') throw new Error('not refused');
        expect(refused.verdict.findings.map(({ code }) => code)).toEqual(['RELATION_NOT_ALLOWED', 'AREA_NOT_OPEN']);
        expect((await counter.sell('mother', bill('60'))).split.cash).toBe(yuan('60'));
      });

      it('refuses oneself, and the same link again (R25)', async () => {
        const { bind } = await office();
        expect(await bind('daughter', 'daughter')).toMatchObject({ verdict: { findings: [{ code: 'SELF_LINK' }] } });
        await bind('daughter', 'mother');
        expect(await bind('daughter', 'mother')).toMatchObject({ verdict: { findings: [{ code: 'LINK_EXISTS' }] } });
      });

      it('is not transitive (R25)', async () => {
        const { bind, counter } = await office();
        await bind('daughter', 'mother');
        await bind('mother', 'father', { relation: 'spouse' });
        expect((await counter.sell('father', bill('60'))).split).toMatchObject({ shared: 0, cash: yuan('60') });
      });

      it('judges by what is true when it is made, not by the dry run (R26)', async () => {
        const { world, explain, permitOf, linkRequest } = await office(profile('chongqing-2021'));
        const permit = await permitOf('daughter');
        expect(await explain(permit, 'mother')).toMatchObject({ verdict: { findings: [] } });
        await world.registry.addLink(link('daughter', 'father'));
        expect(await world.centre.link(await linkRequest('daughter', 'mother', {}, null, permit))).toMatchObject({
          verdict: { findings: [{ code: 'PROVIDER_ALREADY_LINKED' }] },
        });
      });

      it('counts from the next day where the rules say so (R14)', async () => {
        const { bind, counter, clock } = await office(profile('national-2024', { linkEffect: 'next_day' }));
        const midnight = Date.parse('2025-04-20T00:00:00+08:00');
        expect(await bind('daughter', 'mother')).toMatchObject({ record: { since: midnight } });
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(0);
        clock.advance(midnight - start);
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(yuan('6'));
      });

      it('ends where a day was set for it (R7)', async () => {
        const { bind, counter, clock } = await office(profile('national-2024', { linkExpiry: 'date' }));
        expect(await bind('daughter', 'mother', { until: start })).toMatchObject({
          verdict: { findings: [{ code: 'LINK_TERM_NOT_ALLOWED' }] },
        });
        await bind('daughter', 'mother', { until: start + dayMs });
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(yuan('6'));
        clock.advance(dayMs);
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(0);
      });

      it('sets a quota aside, which the provider cannot spend, and refuses more than he has free (R75)', async () => {
        const { bind, counter } = await office(profile('national-2026'));
        expect(await bind('daughter', 'mother', { quota: yuan('150') })).toMatchObject({
          record: { quota: yuan('150') },
          links: [{ quotaLeft: yuan('150') }],
        });
        expect(await bind('daughter', 'father', { quota: yuan('50.01') })).toMatchObject({
          verdict: { findings: [{ code: 'QUOTA_NOT_COVERED' }] },
        });
        expect(await bind('daughter', 'father', { quota: yuan('50') })).toMatchObject({ kind: 'linked' });
        expect((await counter.sell('daughter', bill('10'))).split.own).toBe(0);
        expect((await counter.sell('mother', bill('160'))).split).toMatchObject({
          shared: yuan('150'),
          cash: yuan('10'),
        });
      });
    });

    describe('changing in one go (R8)', () => {
      it('ends the one and makes the other, which knows what it replaces', async () => {
        const { bind, counter, world } = await office(profile('chongqing-2021'));
        const old = await bind('daughter', 'mother');
        if (old.kind !== 'linked') throw new Error('not linked');
        const { linkId } = old.record;
        const changed = await bind('daughter', 'father', {}, linkId);
        expect(changed).toMatchObject({ record: { replaces: linkId, since: start }, links: [{ role: 'provider' }] });
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(0);
        expect((await counter.sell('father', bill('6'))).split.shared).toBe(yuan('6'));
        const reconciled = await world.centre.reconcile({ ...counter.next(), day: '2025-04-19', records: [] });
        expect(reconciled).toMatchObject({
          links: [{ deed: 'linked' }, { deed: 'ended', linkId }, { deed: 'linked', replaces: linkId }],
        });
      });

      it('changes nothing when the new one is refused', async () => {
        const { bind, counter } = await office(profile('chongqing-2021'), { father: { status: 'suspended' } });
        const old = await bind('daughter', 'mother');
        if (old.kind !== 'linked') throw new Error('not linked');
        expect(await bind('daughter', 'father', {}, old.record.linkId)).toMatchObject({
          verdict: { findings: [{ code: 'INSURANCE_NOT_NORMAL' }] },
        });
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(yuan('6'));
      });

      it('replaces nothing that is not the provider’s own, or is too new (R22)', async () => {
        const { bind, world } = await office(profile('chongqing-2025', { minLinkDays: 90 }));
        const others = await bind('father', 'daughter');
        if (others.kind !== 'linked') throw new Error('not linked');
        const notHis = { verdict: { findings: [{ code: 'LINK_NOT_FOUND', rule: 'R8' }] } };
        expect(await bind('daughter', 'mother', {}, others.record.linkId)).toMatchObject(notHis);
        expect(await bind('daughter', 'mother', {}, 'L99999999')).toMatchObject(notHis);
        const own = await bind('daughter', 'mother');
        if (own.kind !== 'linked') throw new Error('not linked');
        await world.registry.addPerson(person('aunt'));
        expect(await bind('daughter', 'aunt', { relation: 'sibling' }, own.record.linkId)).toMatchObject({
          verdict: { findings: [{ code: 'LINK_TOO_NEW', rule: 'R22' }] },
        });
      });

      it('begins when the old one ends, where cancelling counts from the next day', async () => {
        const { bind, counter, clock } = await office(profile('chongqing-2021', { unlinkEffect: 'next_day' }));
        const midnight = Date.parse('2025-04-20T00:00:00+08:00');
        const old = await bind('daughter', 'mother');
        if (old.kind !== 'linked') throw new Error('not linked');
        expect(await bind('daughter', 'father', {}, old.record.linkId)).toMatchObject({ record: { since: midnight } });
        const shares = async () => {
          const paid = await Promise.all(['mother', 'father'].map(async (who) => counter.sell(who, bill('1'))));
          return paid.map(({ split }) => split.shared > 0);
        };
        expect(await shares()).toEqual([true, false]);
        clock.advance(midnight - start);
        expect(await shares()).toEqual([false, true]);
      });
    });

    describe('cancelling', () => {
      it('ends it at once, the quota is the provider’s again, and past sales stay (R22, R75)', async () => {
        const { bind, counter, unlink, world } = await office(profile('national-2026'));
        const linked = await bind('daughter', 'mother', { quota: yuan('150') });
        if (linked.kind !== 'linked') throw new Error('not linked');
        await counter.sell('mother', bill('40'));
        expect(await unlink('daughter', linked.record.linkId)).toMatchObject({
          record: { deed: 'ended', until: start, quota: yuan('110'), reason: '不再需要', channel: 'counter' },
          links: [],
        });
        expect((await counter.sell('daughter', bill('160'))).split.own).toBe(yuan('160'));
        expect(await world.registry.balanceOf('daughter')).toBe(0);
      });

      it('is the same once or twice with the same message; a second one finds nothing', async () => {
        const { bind, counter, permitOf, unlink, world } = await office();
        const linked = await bind('daughter', 'mother');
        if (linked.kind !== 'linked') throw new Error('not linked');
        const { linkId } = linked.record;
        const permit = await permitOf('daughter');
        const request = { ...counter.next(), permit, linkId, reason: '换人' };
        const first = await world.centre.unlink(request);
        expect(first).toMatchObject({ kind: 'unlinked' });
        expect(await world.centre.unlink(request)).toEqual(first);
        expect(await unlink('daughter', linkId)).toEqual({ kind: 'declined', decline: { code: 'LINK_NOT_FOUND' } });
      });

      it('is the provider’s, and the beneficiary’s only where both are asked (R12)', async () => {
        for (const [under, answer] of [
          ['national-2024', rejected],
          ['national-2026', { kind: 'unlinked' }],
        ] as const) {
          const { bind, unlink } = await office(profile(under));
          const linked = await bind('daughter', 'mother');
          if (linked.kind !== 'linked') throw new Error('not linked');
          expect(await unlink('father', linked.record.linkId)).toMatchObject({ decline: { code: 'LINK_NOT_FOUND' } });
          expect(await unlink('mother', linked.record.linkId)).toMatchObject(answer);
        }
      });

      it('needs a reason', async () => {
        const { bind, unlink } = await office();
        const linked = await bind('daughter', 'mother');
        if (linked.kind !== 'linked') throw new Error('not linked');
        expect(await unlink('daughter', linked.record.linkId, '  ')).toEqual(rejected);
      });

      it('has to wait for the least days, and says until when (R22)', async () => {
        const { bind, unlink, clock } = await office(profile('national-2024', { minLinkDays: 90 }));
        const linked = await bind('daughter', 'mother');
        if (linked.kind !== 'linked') throw new Error('not linked');
        clock.advance(90 * dayMs - 1);
        expect(await unlink('daughter', linked.record.linkId)).toEqual({
          kind: 'declined',
          decline: { code: 'LINK_TOO_NEW', notBefore: start + 90 * dayMs },
        });
        clock.advance(1);
        expect(await unlink('daughter', linked.record.linkId)).toMatchObject({ kind: 'unlinked' });
      });

      it('counts from the next day where the rules say so (R22), and cannot be done twice', async () => {
        const { bind, unlink, counter, clock } = await office(profile('national-2024', { unlinkEffect: 'next_day' }));
        const midnight = Date.parse('2025-04-20T00:00:00+08:00');
        const linked = await bind('daughter', 'mother');
        if (linked.kind !== 'linked') throw new Error('not linked');
        expect(await unlink('daughter', linked.record.linkId)).toMatchObject({ record: { until: midnight } });
        expect(await unlink('daughter', linked.record.linkId)).toMatchObject({ decline: { code: 'LINK_NOT_FOUND' } });
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(yuan('6'));
        clock.advance(midnight - start);
        expect((await counter.sell('mother', bill('6'))).split.shared).toBe(0);
      });
    });

    describe('a link that changes during a sale (R26)', () => {
      it.each(['cancelled', 'changed', 'made'] as const)('is quoted anew when it was %s', async (what) => {
        const { world, bind, unlink, counter } = await office();
        const old = what === 'made' ? null : await bind('daughter', 'mother');
        const sale = await counter.ring('mother', bill('60'));
        if (what === 'made') await bind('daughter', 'mother');
        else if (old?.kind !== 'linked') throw new Error('not linked');
        else if (what === 'changed') await bind('daughter', 'father', {}, old.record.linkId);
        else await unlink('daughter', old.record.linkId);
        const stale = await world.centre.settle(sale);
        if (stale.kind !== 'stale') throw new Error(JSON.stringify(stale));
        expect(stale.quote.split).toMatchObject(what === 'made' ? { shared: yuan('60') } : { cash: yuan('60') });
        expect(await world.registry.balanceOf('daughter')).toBe(yuan('200'));
      });
    });

    describe('insurance that ends or moves (R23)', () => {
      it.each([
        ['the provider’s ends', 'daughter', { status: 'terminated' }],
        ['the beneficiary’s ends', 'mother', { status: 'terminated' }],
        ['the provider moves', 'daughter', { area: '四川省/成都市' }],
        ['the beneficiary’s kind changes', 'mother', { insurance: 'resident' }],
      ] as const)('dissolves the links at once when %s, for good', async (_, who, change) => {
        const { world, bind, admit, counter } = await office(profile('national-2026'));
        await bind('daughter', 'mother', { quota: yuan('150') });
        await world.registry.set(who, change);
        await world.registry.set(who, { status: 'normal', area: '重庆市/渝中区', insurance: 'employee' });
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ links: [] });
        expect((await counter.sell('daughter', bill('200'))).split.own).toBe(yuan('200'));
      });

      it('leaves links alone where only payment is stopped, and where the rules do not dissolve', async () => {
        const { world, bind, admit } = await office(profile('national-2026'));
        await bind('daughter', 'mother', { quota: yuan('150') });
        await world.registry.set('daughter', { status: 'suspended', area: '重庆市/渝中区', insurance: 'employee' });
        expect(await admit('daughter', { typed: rightPin })).toMatchObject({ links: [{ quotaLeft: yuan('150') }] });
        const other = await office(profile('national-2024'));
        await other.bind('daughter', 'mother');
        await other.world.registry.set('mother', { area: '四川省/成都市' });
        expect(await other.admit('daughter', { typed: rightPin })).toMatchObject({
          links: [{ obstacle: 'areaNotOpen' }],
        });
      });
    });

    it('the day’s end tells what this terminal did to links, and no other’s (3201)', async () => {
      const { world, bind, counter } = await office();
      await bind('daughter', 'mother');
      const other = new Counter(world, 'T2');
      await other.signIn();
      await deskOf(world.centre, other).bind('daughter', 'father');
      const told = async (at: Counter, day: string) => {
        const answer = await world.centre.reconcile({ ...at.next(), day, records: [] });
        return answer.kind === 'reconciled' ? answer.links.map(({ terminal }) => terminal) : answer;
      };
      expect(await told(counter, '2025-04-19')).toEqual(['T1']);
      expect(await told(other, '2025-04-19')).toEqual(['T2']);
      expect(await told(counter, '2025-04-20')).toEqual([]);
    });
  });
}

type World = Awaited<ReturnType<OpenCentreWorld>>;

async function cardOf({ centre }: Pick<World, 'centre'>, id: string): Promise<string> {
  const number = secret(syntheticSsCardNumber(id));
  const found = await centre.lookUp({
    ...new Counter({} as World, 'T99').next(),
    proof: { medium: 'ssCardNumber', number },
  });
  if (found.kind !== 'lookedUp') throw new Error(`${id} is not found`);
  return found.card;
}

/** What a clerk does at the desk of a terminal that has signed in. */
function deskOf(centre: World['centre'], counter: Counter) {
  const card = (id: string) => cardOf({ centre }, id);
  const blockOf = (id: string, digits: string) => pinBlockOf(id, digits, counter.pinKey());
  const admit = async (id: string, proof: DeskProof | { readonly typed: string }) =>
    centre.admit({
      ...counter.next(),
      card: await card(id),
      proof: 'typed' in proof ? { kind: 'pin', pinBlock: blockOf(id, proof.typed) } : proof,
    });
  const permitOf = async (id: string) => {
    const admitted = await admit(id, { typed: rightPin });
    if (admitted.kind !== 'admitted') throw new Error(`${id} is not admitted: ${admitted.decline.code}`);
    return admitted.permit;
  };
  const linkRequest = async (
    provider: string,
    beneficiary: string,
    more: Partial<LinkTerms> = {},
    replaces: string | null = null,
    permit?: string,
  ) => ({
    ...counter.next(),
    permit: permit ?? (await permitOf(provider)),
    beneficiary: await card(beneficiary),
    terms: terms(more),
    replaces,
  });
  return {
    card,
    blockOf,
    admit,
    permitOf,
    linkRequest,
    lookUp: (proof: PersonProof) => centre.lookUp({ ...counter.next(), proof }),
    explain: async (permit: string, beneficiary: string, more: Partial<LinkTerms> = {}) =>
      centre.explainLink({
        ...counter.next(),
        permit,
        beneficiary: await card(beneficiary),
        terms: terms(more),
        replaces: null,
      }),
    bind: async (...asked: Parameters<typeof linkRequest>) => centre.link(await linkRequest(...asked)),
    unlink: async (id: string, linkId: string, reason = '不再需要') =>
      centre.unlink({ ...counter.next(), permit: await permitOf(id), linkId, reason }),
  };
}
