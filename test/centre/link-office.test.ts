import { afterEach, describe, expect, it } from 'vitest';
import type { EmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { LinkActor } from '../../src/centre/link-office.ts';
import type { fen } from '../../src/domain/money.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { syntheticResidentId, syntheticSsCardNumber } from '../../src/domain/synthetic.ts';
import { bill, embeddedOptions, link, type PersonSketch, person, StandingClock, start, yuan } from './centre-world.ts';
import { asked, byPhone } from './link-forms.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const dayMs = 86_400_000;
const byWeb: LinkActor = { ...byPhone, channel: 'web' };

let opened: EmbeddedCentre[] = [];
afterEach(() => {
  for (const world of opened) {
    expect(world.registry.audit()).toEqual([]);
    world.close();
  }
  opened = [];
});

function office(under: PolicyProfile = profile('national-2026'), sketches: Record<string, PersonSketch> = {}) {
  const clock = new StandingClock();
  const world = openOwnAnswers(embeddedOptions(under, clock));
  opened.push(world);
  const people = { daughter: { balance: '200' }, mother: { balance: '0' }, father: { balance: '0' }, ...sketches };
  for (const [id, sketch] of Object.entries(people)) world.registry.addPerson(person(id, sketch));
  return { ...world, clock, counter: new Counter(world) };
}

const gone = { kind: 'declined', decline: { code: 'LINK_NOT_FOUND' } };

describe('a link by telephone or web', () => {
  it('is made without papers, and its record says by which way (R9, R19)', () => {
    const { links } = office(profile('shenzhen-2023'));
    const documents = { provider: null, beneficiary: null };
    const made = links.link(asked('daughter', 'mother', { channel: 'web', documents }), byWeb);
    expect(made).toMatchObject({ record: { channel: 'web', operator: 'self', institution: null, terminal: null } });
    expect(links.standingsOf('daughter')).toMatchObject([{ role: 'provider', channel: 'web', obstacle: null }]);
    expect(links.standingsOf('mother')).toMatchObject([{ role: 'beneficiary', channel: 'web', quotaLeft: null }]);
  });

  it('asks nobody who is not there, and takes no amount that is none', () => {
    const { links } = office();
    expect(() => links.explain(asked('daughter', 'nobody'))).toThrow(RangeError);
    expect(() => links.standingsOf('nobody')).toThrow(RangeError);
    expect(() => links.explain(asked('daughter', 'mother', { quota: 0.5 as ReturnType<typeof fen> }))).toThrow(
      RangeError,
    );
    expect(() => links.setQuota('daughter', 'L00000001', -1 as ReturnType<typeof fen>, byPhone)).toThrow(RangeError);
  });

  it('R23, R75: sets no quota aside for a link of somebody whose insurance has ended, and leaves no trace of it', () => {
    const { links, registry } = office();
    registry.set('daughter', { status: 'terminated' });
    const linkId = registry.addLink(link('daughter', 'mother', { quota: yuan('20') }));
    const before = registry.linksOf('daughter');
    expect(links.setQuota('daughter', linkId, yuan('30'), byPhone)).toEqual(gone);
    expect(registry.linksOf('daughter')).toEqual(before);
    expect(links.historyOf('daughter')).toEqual([]);
  });

  it('tells nobody a quota that is not his own', () => {
    const { links } = office();
    links.link(asked('daughter', 'mother', { quota: yuan('50') }), byPhone);
    expect(links.standingsOf('daughter')).toMatchObject([{ quotaLeft: yuan('50') }]);
    expect(links.standingsOf('mother')).toMatchObject([{ quotaLeft: null }]);
  });

  it('keeps no quota where the fund model has none (R75)', () => {
    const { links } = office(profile('national-2024'));
    const made = links.link(asked('daughter', 'mother', { quota: yuan('500') }), byPhone);
    expect(made).toMatchObject({ record: { quota: null } });
  });

  it('lists what gives no money, with the reason, and leaves out what has ended', () => {
    const { links, registry } = office(profile('chongqing-2021'));
    registry.addLink(link('daughter', 'mother'));
    registry.addLink(link('daughter', 'father', { since: start - 3_600_000 }));
    registry.addLink(link('mother', 'father', { since: start + dayMs }));
    registry.addLink(link('father', 'mother', { until: start }));
    expect(links.standingsOf('daughter').map(({ obstacle }) => obstacle)).toEqual([null, 'linkLimit']);
    expect(links.standingsOf('mother').map(({ role, obstacle }) => [role, obstacle])).toEqual([
      ['beneficiary', null],
      ['provider', 'linkNotYetInForce'],
    ]);
  });
});

describe('the history', () => {
  it('keeps what was done to links of both roles, oldest first, and by day in China', () => {
    const { links, clock, registry } = office();
    const first = links.link(asked('daughter', 'mother', { quota: yuan('50') }), byPhone);
    const second = links.link(asked('father', 'daughter', { relation: 'child' }), byWeb);
    if (first.kind !== 'linked' || second.kind !== 'linked') throw new Error('not linked');
    clock.advance(dayMs);
    links.unlink('daughter', first.record.linkId, '不再需要', byPhone);
    registry.set('father', { status: 'terminated' });
    const told = links.historyOf('daughter').map(({ deed, linkId, reason }) => [deed, linkId, reason]);
    expect(told).toEqual([
      ['linked', first.record.linkId, null],
      ['linked', second.record.linkId, null],
      ['ended', first.record.linkId, '不再需要'],
      ['dissolved', second.record.linkId, { code: 'terminated' }],
    ]);
    expect(links.historyOf('mother')).toHaveLength(2);
    expect(links.recordsOn('2025-04-19')).toEqual([first.record, second.record]);
    expect(links.recordsOn('2025-04-20').map(({ deed }) => deed)).toEqual(['ended', 'dissolved']);
    expect(links.recordsOn('2025-04-20')[1]).toMatchObject({ channel: null, terminal: null, until: start + dayMs });
  });

  it('says under which rules: the same version for the same rules, another for others', () => {
    const versions = [
      profile('national-2026'),
      { ...profile('national-2026') },
      profile('national-2026', { minLinkDays: 1 }),
    ].map((under) => {
      const made = office(under).links.link(asked('daughter', 'mother'), byPhone);
      return made.kind === 'linked' && made.record.profileVersion;
    });
    expect(versions[0]).toBe(versions[1]);
    expect(versions[0]).not.toBe(versions[2]);
  });

  it('has a dissolved link end where it ends sooner than it was cancelled for', () => {
    const { links, registry } = office(profile('national-2026', { unlinkEffect: 'next_day' }));
    const made = links.link(asked('daughter', 'mother'), byPhone);
    if (made.kind !== 'linked') throw new Error('not linked');
    links.unlink('daughter', made.record.linkId, '不再需要', byPhone);
    registry.set('mother', { area: '四川省/成都市' });
    expect(links.historyOf('mother').map(({ deed }) => deed)).toEqual(['linked', 'ended', 'dissolved']);
    expect(registry.linksOf('mother')).toMatchObject([{ until: start }]);
  });

  it('stays ended when the centre’s clock is set back, and its quota stays free', async () => {
    const { links, registry, clock, counter } = office();
    const made = links.link(asked('daughter', 'mother', { quota: yuan('150') }), byPhone);
    if (made.kind !== 'linked') throw new Error('not linked');
    clock.advance(1_000);
    links.unlink('daughter', made.record.linkId, '不再需要', byPhone);
    clock.advance(-500);
    expect(links.unlink('daughter', made.record.linkId, '不再需要', byPhone)).toEqual(gone);
    expect(links.standingsOf('mother')).toEqual([]);
    expect((await counter.sell('mother', bill('10'))).split).toMatchObject({ shared: 0, cash: yuan('10') });
    expect(links.link(asked('daughter', 'mother', { quota: yuan('200') }), byPhone).kind).toBe('linked');
    expect(registry.linksOf('mother')).toMatchObject([{ isOver: true }, { isOver: false, quotaLeft: yuan('200') }]);
  });

  it('R23: does not come back to life with an insurance that had ended before there was a record of it', () => {
    const { links, registry } = office(undefined, { daughter: { balance: '200', status: 'terminated' } });
    registry.addLink(link('daughter', 'mother', { quota: yuan('150') }));
    expect(links.standingsOf('mother')).toEqual([]);
    registry.set('daughter', { status: 'normal' });
    expect(links.standingsOf('mother')).toEqual([]);
    expect(links.historyOf('mother')).toMatchObject([{ deed: 'dissolved', quota: yuan('150') }]);
    expect(links.link(asked('daughter', 'mother', { quota: yuan('200') }), byPhone).kind).toBe('linked');
  });
});

describe('a quota (R75)', () => {
  function linked(under?: PolicyProfile) {
    const made = office(under);
    const answer = made.links.link(asked('daughter', 'mother', { quota: yuan('50') }), byPhone);
    if (answer.kind !== 'linked') throw new Error('not linked');
    return { ...made, linkId: answer.record.linkId };
  }

  it('is changed within what the provider has, up to the last fen, and not beyond', async () => {
    const { links, linkId, counter, registry } = linked();
    expect(links.setQuota('daughter', linkId, yuan('200'), byPhone)).toMatchObject({
      standing: { quotaLeft: yuan('200') },
    });
    expect(links.setQuota('daughter', linkId, yuan('200.01'), byPhone)).toEqual({
      kind: 'declined',
      decline: { code: 'QUOTA_NOT_COVERED' },
    });
    await counter.sell('mother', bill('30'));
    expect(links.standingsOf('daughter')).toMatchObject([{ quotaLeft: yuan('170') }]);
    expect(links.setQuota('daughter', linkId, yuan('0'), byPhone)).toMatchObject({ kind: 'set' });
    expect((await counter.sell('mother', bill('1'))).split.shared).toBe(0);
    expect((await counter.sell('daughter', bill('170'))).split.own).toBe(yuan('170'));
    expect(registry.balanceOf('daughter')).toBe(0);
  });

  it('may be set later where the link was made without one, which gave nothing until then', async () => {
    const { links, counter } = office();
    const made = links.link(asked('daughter', 'mother'), byPhone);
    if (made.kind !== 'linked') throw new Error('not linked');
    expect((await counter.sell('mother', bill('6'))).split.shared).toBe(0);
    links.setQuota('daughter', made.record.linkId, yuan('5'), byPhone);
    expect((await counter.sell('mother', bill('6'))).split.shared).toBe(yuan('5'));
  });

  it('is the provider’s to set, of a link that has not ended, where there is one', () => {
    const { links, linkId } = linked();
    expect(links.setQuota('mother', linkId, yuan('1'), byPhone)).toEqual(gone);
    links.unlink('daughter', linkId, '不再需要', byPhone);
    expect(links.setQuota('daughter', linkId, yuan('1'), byPhone)).toEqual(gone);
    const live = linked(profile('national-2024'));
    expect(live.links.setQuota('daughter', live.linkId, yuan('1'), byPhone)).toMatchObject({
      decline: { code: 'MESSAGE_REJECTED' },
    });
  });

  it('leaves a record of each change: who, when, by which way and rules, from what to what', async () => {
    const { links, linkId, clock, counter } = linked();
    await counter.sell('mother', bill('20'));
    clock.advance(60_000);
    links.setQuota('daughter', linkId, yuan('80'), byWeb);
    links.setQuota('daughter', linkId, yuan('80'), byWeb);
    links.setQuota('daughter', linkId, yuan('200'), byPhone);
    const [made, changed, ...more] = links.historyOf('daughter');
    expect(more).toEqual([]);
    expect(changed).toMatchObject({
      deed: 'quotaSet',
      linkId,
      at: start + 60_000,
      quotaBefore: yuan('30'),
      quota: yuan('80'),
      channel: 'web',
      operator: 'self',
      profile: 'national-2026',
      profileVersion: made?.profileVersion,
      reason: null,
      until: null,
    });
    // What is left of it is the provider's to know.
    expect(links.historyOf('mother')).toEqual([made]);
  });

  it('says where none was set before', () => {
    const { links } = office();
    const made = links.link(asked('daughter', 'mother'), byPhone);
    if (made.kind !== 'linked') throw new Error('not linked');
    links.setQuota('daughter', made.record.linkId, yuan('0'), byPhone);
    expect(links.historyOf('daughter')[1]).toMatchObject({ quotaBefore: null, quota: 0 });
  });

  it('is set aside before the link counts, and until it ends', async () => {
    const { links, counter, clock } = office(
      profile('national-2026', { linkEffect: 'next_day', unlinkEffect: 'next_day' }),
    );
    const made = links.link(asked('daughter', 'mother', { quota: yuan('150') }), byPhone);
    if (made.kind !== 'linked') throw new Error('not linked');
    expect(links.explain(asked('daughter', 'father', { quota: yuan('50.01') })).findings).toMatchObject([
      { code: 'QUOTA_NOT_COVERED' },
    ]);
    expect((await counter.sell('daughter', bill('60'))).split).toMatchObject({ own: yuan('50'), cash: yuan('10') });
    clock.advance(dayMs);
    links.unlink('daughter', made.record.linkId, '不再需要', byPhone);
    expect((await counter.sell('mother', bill('100'))).split.shared).toBe(yuan('100'));
    expect((await counter.sell('daughter', bill('50'))).split.own).toBe(0);
    clock.advance(dayMs);
    expect((await counter.sell('daughter', bill('50'))).split.own).toBe(yuan('50'));
  });
});

describe('a link that ends before it begins', () => {
  const nextDay = profile('national-2026', { linkEffect: 'next_day', unlinkEffect: 'next_day' });

  it.each(['cancelled', 'dissolved'])(
    'is over at once when it is %s, and its quota free (R14, R22, R23)',
    async (how) => {
      const { links, registry, counter } = office(nextDay);
      const made = links.link(asked('daughter', 'mother', { quota: yuan('150') }), byPhone);
      if (made.kind !== 'linked') throw new Error('not linked');
      if (how === 'cancelled') links.unlink('daughter', made.record.linkId, '不再需要', byPhone);
      else registry.set('mother', { area: '四川省/成都市' });
      expect(links.standingsOf('daughter')).toEqual([]);
      expect(links.explain(asked('daughter', 'mother', { quota: yuan('200') })).findings).toEqual([]);
      expect((await counter.sell('daughter', bill('200'))).split.own).toBe(yuan('200'));
    },
  );

  it('gives its quota to the one that takes its place (R8)', () => {
    const { links } = office(nextDay);
    const made = links.link(asked('daughter', 'mother', { quota: yuan('150') }), byPhone);
    if (made.kind !== 'linked') throw new Error('not linked');
    const other = asked('daughter', 'father', { quota: yuan('200') }, made.record.linkId);
    expect(links.link(other, byPhone)).toMatchObject({ kind: 'linked' });
  });
});

describe('a link that asks the beneficiary (R12)', () => {
  it('is made when he agrees, as it was asked for', () => {
    const { links } = office();
    const terms = { quota: yuan('50'), beneficiaryConsents: false };
    expect(links.link(asked('daughter', 'mother', terms), byPhone)).toMatchObject({
      verdict: { findings: [{ code: 'CONSENT_MISSING', rule: 'R12' }] },
    });
    const waiting = links.ask(asked('daughter', 'mother', terms), byPhone);
    if (waiting.kind !== 'asked') throw new Error('not asked');
    expect(links.standingsOf('mother')).toEqual([]);
    expect(links.asksFor('daughter')).toEqual([waiting.ask]);
    expect(links.asksFor('mother')).toMatchObject([{ role: 'beneficiary', relation: 'parent', quota: yuan('50') }]);
    const { askId } = waiting.ask;
    expect(links.answerAsk(askId, 'father', true)).toEqual(gone);
    expect(links.answerAsk(askId, 'daughter', true)).toMatchObject({ decline: { code: 'MESSAGE_REJECTED' } });
    expect(links.answerAsk(askId, 'mother', true)).toMatchObject({
      record: { beneficiaryConsents: true, quota: yuan('50'), channel: 'phone' },
    });
    expect(links.asksFor('mother')).toEqual([]);
    expect(links.answerAsk(askId, 'mother', true)).toEqual(gone);
  });

  it.each([
    ['the beneficiary says no', 'mother'],
    ['the provider takes it back', 'daughter'],
  ])('is not made when %s', (_, who) => {
    const { links } = office();
    const waiting = links.ask(asked('daughter', 'mother'), byPhone);
    if (waiting.kind !== 'asked') throw new Error('not asked');
    expect(links.answerAsk(waiting.ask.askId, who, false)).toEqual({ kind: 'turnedDown' });
    expect(links.answerAsk(waiting.ask.askId, 'mother', true)).toEqual(gone);
    expect(links.standingsOf('mother')).toEqual([]);
  });

  it('that was turned down is told to the provider for thirty days, and nobody else', () => {
    const { links, clock } = office();
    const ask = () => {
      const waiting = links.ask(asked('daughter', 'mother', { quota: yuan('50') }), byPhone);
      if (waiting.kind !== 'asked') throw new Error('not asked');
      return waiting.ask;
    };
    const refused = ask();
    expect(links.asksTurnedDown('daughter')).toEqual([]);
    clock.advance(60_000);
    links.answerAsk(refused.askId, 'mother', false);
    clock.advance(dayMs);
    links.answerAsk(ask().askId, 'daughter', false);
    ask();
    const told = [{ ...refused, answeredAt: start + 60_000 }];
    expect(links.asksTurnedDown('daughter')).toEqual(told);
    for (const other of ['mother', 'father']) expect(links.asksTurnedDown(other)).toEqual([]);
    clock.advance(29 * dayMs - 1);
    expect(links.asksTurnedDown('daughter')).toEqual(told);
    clock.advance(1);
    expect(links.asksTurnedDown('daughter')).toEqual([]);
  });

  it('waits for seven days', () => {
    const { links, clock } = office();
    const waiting = links.ask(asked('daughter', 'mother'), byPhone);
    if (waiting.kind !== 'asked') throw new Error('not asked');
    clock.advance(7 * dayMs - 1);
    expect(links.asksFor('mother')).toHaveLength(1);
    clock.advance(1);
    expect(links.asksFor('mother')).toEqual([]);
    expect(links.answerAsk(waiting.ask.askId, 'mother', true)).toEqual(gone);
    expect(links.ask(asked('daughter', 'mother'), byPhone)).toMatchObject({ kind: 'asked' });
  });

  it('is asked for once: the later question takes the place of the earlier', () => {
    const { links } = office();
    const first = links.ask(asked('daughter', 'mother', { quota: yuan('10') }), byPhone);
    links.ask(asked('daughter', 'mother', { quota: yuan('20') }), byPhone);
    expect(links.asksFor('mother')).toMatchObject([{ quota: yuan('20') }]);
    if (first.kind !== 'asked') throw new Error('not asked');
    expect(links.answerAsk(first.ask.askId, 'mother', true)).toEqual(gone);
  });

  it('is refused when it is asked, or when it is answered, by the rules of that moment, and tells no balance', () => {
    const { links, registry } = office();
    expect(links.ask(asked('daughter', 'daughter'), byPhone)).toMatchObject({ kind: 'linkRefused' });
    const waiting = links.ask(asked('daughter', 'mother', { quota: yuan('200') }), byPhone);
    if (waiting.kind !== 'asked') throw new Error('not asked');
    registry.set('daughter', { balance: yuan('123.45') });
    const refused = links.answerAsk(waiting.ask.askId, 'mother', true);
    expect(refused).toMatchObject({ kind: 'linkRefused', verdict: { findings: [{ code: 'QUOTA_NOT_COVERED' }] } });
    expect(JSON.stringify(refused)).not.toContain('123.45');
    registry.set('daughter', { balance: yuan('200') });
    expect(links.answerAsk(waiting.ask.askId, 'mother', true)).toMatchObject({ kind: 'linked' });
  });
});

describe('finding a person', () => {
  it('by ID number, card number, or 社保电脑号, and nobody by somebody else’s kind of number (R19, R20)', () => {
    const { links, registry } = office();
    registry.addPerson({ ...person('aunt'), computerNumber: '612345678' });
    expect(links.personByNumber('computerNumber', '612345678')).toBe('aunt');
    expect(links.personByNumber('ssCardNumber', syntheticSsCardNumber('aunt'))).toBe('aunt');
    expect(links.personByNumber('residentId', syntheticResidentId('aunt', '1960-01-01'))).toBe('aunt');
    expect(links.personByNumber('residentId', '612345678')).toBeUndefined();
    expect(links.personByNumber('computerNumber', '612345679')).toBeUndefined();
  });

  it('tells what may be shown of him', () => {
    const { links } = office(undefined, { mother: { walletOpened: false, status: 'arrears', insurance: 'resident' } });
    const party = links.partyOf('mother');
    expect(party).toMatchObject({
      insurance: 'resident',
      status: 'arrears',
      walletOpened: false,
      area: '重庆市/渝中区',
    });
    expect(party.maskedId).toMatch(/^\*{4}.{4}$/);
    expect(party.maskedName).toMatch(/\*/);
  });
});
