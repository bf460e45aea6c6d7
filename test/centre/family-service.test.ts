import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { type EmbeddedCentre, openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { FamilyApplication, FamilyRefused } from '../../src/centre/family-service.ts';
import type { Relation } from '../../src/domain/person.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { secret } from '../../src/domain/secret.ts';
import { bill, embeddedOptions, link, type PersonSketch, person, StandingClock } from './centre-world.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const pdf = Uint8Array.from(Buffer.from('%PDF-1.7'));
const hour = 3_600_000;
const digits = (pin: string) => Uint8Array.from(pin, Number);
const pin = '246802';

const sketches: Readonly<Record<string, PersonSketch>> = {
  holder: { born: '1984-09-02', balance: '200' },
  mother: { born: '1956-03-12', balance: '50' },
  child: { born: '2009-04-20' },
  sixteen: { born: '2009-04-19' },
  friend: {},
};

let centre: EmbeddedCentre;
let clock: StandingClock;
let folder: string | null = null;
afterEach(() => {
  centre.close();
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
});

function open(changes: Partial<PolicyProfile> = {}, path: string | 'memory' = 'memory') {
  clock = new StandingClock();
  centre = openEmbeddedCentre(embeddedOptions(profile('chongqing-2021', changes), clock, path));
  const people = Object.entries(sketches).map(([id, sketch]) => person(id, sketch));
  centre.registry.seed('deck', people, []);
  centre.family.issueToAll(people, pin);
}

const numbersOf = (id: string) => {
  const { name, residentId } = person(id, sketches[id]);
  return { name, residentId };
};
function permitOf(holder: string): string {
  const answer = centre.family.verifyPin(holder, digits(pin));
  if (answer.kind !== 'verified') throw new Error(`no permit: ${JSON.stringify(answer)}`);
  return answer.permit;
}
function apply(relative: string, relation: Relation, changes: Partial<FamilyApplication> = {}, holder = 'holder') {
  const permit = changes.permit ?? permitOf(holder);
  const application = { ...numbersOf(relative), relation, agreed: true, proof: png, photo: null, ...changes, permit };
  return centre.family.apply(holder, application);
}
function opened(relative: string, relation: Relation, holder = 'holder'): string {
  const applied = apply(relative, relation, {}, holder);
  if (applied.kind !== 'applied') throw new Error(`not applied: ${JSON.stringify(applied)}`);
  expect(centre.family.answerFace(relative, applied.id, true)).toEqual({ kind: 'opened' });
  return applied.id;
}
const refusedFor = (why: FamilyRefused['why']) => ({ kind: 'refused', why });

describe('the e-card’s PIN (R84)', () => {
  const enter = (text: string) => centre.family.verifyPin('holder', digits(text));

  it('locks for 24 hours at the sixth wrong entry, against the right PIN too, and counts nothing then', () => {
    open();
    for (const triesLeft of [5, 4, 3, 2, 1])
      expect(enter('135791')).toEqual(refusedFor({ kind: 'pinWrong', triesLeft }));
    const until = clock.now() + 24 * hour;
    expect(enter('135791')).toEqual(refusedFor({ kind: 'pinLocked', until }));
    clock.advance(24 * hour - 1);
    expect(enter(pin)).toEqual(refusedFor({ kind: 'pinLocked', until }));
    clock.advance(1);
    expect(enter(pin).kind).toBe('verified');
  });

  it('forgets wrong entries after 24 hours, and with a right one', () => {
    open();
    for (let entry = 0; entry < 5; entry++) enter('135791');
    clock.advance(24 * hour);
    expect(enter('135791')).toEqual(refusedFor({ kind: 'pinWrong', triesLeft: 5 }));
    expect(enter(pin).kind).toBe('verified');
    expect(enter('135791')).toEqual(refusedFor({ kind: 'pinWrong', triesLeft: 5 }));
  });

  it('is its own: the card’s PIN opens nothing, and wrong e-card entries do not touch the card', () => {
    open();
    expect(enter('135790')).toEqual(refusedFor({ kind: 'pinWrong', triesLeft: 5 }));
    expect(centre.registry.pinTriesOf('holder')).toEqual({ wrong: 0, locked: false });
  });

  it('counts an entry before it is compared, so that a stop between the two is no free try', () => {
    folder = mkdtempSync(join(tmpdir(), 'gongji-family-'));
    const path = join(folder, 'centre.db');
    open({}, path);
    const db = new DatabaseSync(path);
    // The comparison cannot be written down any more, as if the power had gone.
    db.exec("CREATE TRIGGER cut BEFORE INSERT ON ecard_permit BEGIN SELECT RAISE(ABORT, 'cut'); END");
    for (let entry = 0; entry < 6; entry++) expect(() => enter(pin)).toThrow();
    db.exec('DROP TRIGGER cut');
    db.close();
    expect(enter(pin)).toEqual(refusedFor({ kind: 'pinLocked', until: clock.now() + 24 * hour }));
  });

  it('is kept as a verifier that differs between people with the same PIN', () => {
    folder = mkdtempSync(join(tmpdir(), 'gongji-family-'));
    const path = join(folder, 'centre.db');
    open({}, path);
    centre.close();
    const db = new DatabaseSync(path);
    const kept = db.prepare('SELECT pin_verifier FROM ecard').all();
    db.close();
    expect(new Set(kept.map((row) => Buffer.from(row.pin_verifier as Uint8Array).toString('hex'))).size).toBe(5);
    open({}, 'memory');
  });

  it('is chosen with the own ID number, in a form that is not refused, and changed with the old one', () => {
    open();
    const { family } = centre;
    const { residentId } = numbersOf('holder');
    centre.registry.addPerson(person('new'));
    const own = numbersOf('new').residentId;
    expect(family.verifyPin('new', digits(pin))).toEqual(refusedFor({ kind: 'noEcard' }));
    expect(family.issue('new', residentId, digits(pin))).toEqual(refusedFor({ kind: 'otherIdNumber' }));
    const fromId = digits(own.slice(8, 14));
    expect(family.issue('new', own, fromId)).toEqual(refusedFor({ kind: 'pinForm', problem: 'fromIdNumber' }));
    expect(family.issue('new', own, digits('112358'))).toEqual({ kind: 'issued' });
    expect(family.issue('new', own, digits('112358'))).toEqual(refusedFor({ kind: 'alreadyIssued' }));
    expect(family.verifyPin('new', digits('112358')).kind).toBe('verified');

    const permit = permitOf('holder');
    expect(family.changePin('holder', permit, residentId, digits('112358'))).toEqual({ kind: 'changed' });
    expect(enter(pin).kind).toBe('refused');
    expect(enter('112358').kind).toBe('verified');
    expect(family.changePin('holder', permit, residentId, digits('831415'))).toEqual(
      refusedFor({ kind: 'permitOver' }),
    );
  });

  it('that is changed takes with it what was permitted by the old one, so that nobody who knew that changes it back', () => {
    open();
    const { residentId } = numbersOf('holder');
    const [thiefs, holders] = [permitOf('holder'), permitOf('holder')];
    expect(centre.family.changePin('holder', holders, residentId, digits('112358'))).toEqual({ kind: 'changed' });
    expect(centre.family.changePin('holder', thiefs, residentId, digits('831415'))).toEqual(
      refusedFor({ kind: 'permitOver' }),
    );
    expect(apply('mother', 'parent', { permit: thiefs })).toEqual(refusedFor({ kind: 'permitOver' }));
    expect(enter('112358').kind).toBe('verified');
  });

  it('is not changed once the card is reported lost, though it was entered before (R88)', () => {
    open();
    const permit = permitOf('holder');
    centre.registry.set('holder', { card: 'lost' });
    const { residentId } = numbersOf('holder');
    expect(centre.family.changePin('holder', permit, residentId, digits('112358'))).toEqual(
      refusedFor({ kind: 'cardNotUsable', state: 'lost' }),
    );
    centre.registry.set('holder', { card: 'normal' });
    expect(enter(pin).kind).toBe('verified');
  });

  it.each([
    ['lost', true, false],
    ['tempLost', true, true],
    ['tempLost', false, false],
    ['cancelled', true, false],
  ] as const)(
    'with a card that is %s, where a temporary loss leaves the e-card usable: %s, it works: %s (R88)',
    (card, knob, works) => {
      open({ ecardWhenTempLost: knob });
      centre.registry.set('holder', { card });
      expect(enter(pin)).toEqual(
        works ? expect.objectContaining({ kind: 'verified' }) : refusedFor({ kind: 'cardNotUsable', state: card }),
      );
    },
  );
});

describe('adding a relative (R102 to R104, R107)', () => {
  it('opens only after the relative’s own face check', () => {
    open();
    const applied = apply('mother', 'parent');
    if (applied.kind !== 'applied') throw new Error('not applied');
    const { id } = applied;
    expect(centre.family.stateOf('holder', id)).toBe('awaitingFace');
    expect(centre.family.statementFor('holder', id)).toEqual(refusedFor({ kind: 'noSuchMember' }));
    for (const other of ['holder', 'friend']) {
      expect(centre.family.answerFace(other, id, true)).toEqual(refusedFor({ kind: 'noSuchMember' }));
    }
    expect(centre.family.faceChecksOf('mother')).toMatchObject([{ id, relation: 'parent' }]);
    expect(centre.family.answerFace('mother', id, true)).toEqual({ kind: 'opened' });
    expect(centre.family.answerFace('mother', id, false)).toEqual(refusedFor({ kind: 'noSuchMember' }));
    expect(centre.family.stateOf('holder', id)).toBe('opened');
    expect(centre.family.stateOf('friend', id)).toBe('unknown');
  });

  it('is not opened when the face check fails, or nobody comes for 24 hours; then it may be tried again', () => {
    open();
    const first = apply('mother', 'parent');
    if (first.kind !== 'applied') throw new Error('not applied');
    expect(centre.family.answerFace('mother', first.id, false)).toEqual({ kind: 'notOpened' });
    expect(centre.family.stateOf('holder', first.id)).toBe('refused');
    const second = apply('mother', 'parent');
    if (second.kind !== 'applied') throw new Error('not applied');
    expect(apply('mother', 'parent')).toEqual(refusedFor({ kind: 'alreadyAdded' }));
    clock.advance(24 * hour);
    expect(centre.family.stateOf('holder', second.id)).toBe('lapsed');
    expect(centre.family.answerFace('mother', second.id, true)).toEqual(refusedFor({ kind: 'noSuchMember' }));
    expect(centre.family.faceChecksOf('mother')).toEqual([]);
    expect(apply('mother', 'parent').kind).toBe('applied');
  });

  it.each([
    ['another’s permit', { permit: 'friend' }, { kind: 'permitOver' }],
    ['a permit made up', { permit: '0'.repeat(32) }, { kind: 'permitOver' }],
    ['the notice not agreed to', { agreed: false }, { kind: 'notAgreed' }],
    ['another’s name', { name: '王某' }, { kind: 'personNotFound' }],
    ['a number that nobody has', { residentId: '990000190001010019' }, { kind: 'personNotFound' }],
    ['the holder himself', numbersOf('holder'), { kind: 'oneself' }],
    ['no proof', { proof: null }, { kind: 'proof', problem: 'missing' }],
    ['an empty proof', { proof: new Uint8Array() }, { kind: 'proof', problem: 'empty' }],
    ['a text for a proof', { proof: Uint8Array.from(Buffer.from('hello')) }, { kind: 'proof', problem: 'kind' }],
    ['a photo that nobody asked for', { photo: png }, { kind: 'photoNotAsked' }],
  ] as const)('refuses %s, and adds nobody', (_, changes, why) => {
    open();
    const permit =
      'permit' in changes ? (changes.permit === 'friend' ? permitOf('friend') : changes.permit) : undefined;
    expect(apply('mother', 'parent', { ...changes, ...(permit === undefined ? {} : { permit }) })).toEqual(
      refusedFor(why),
    );
    expect(centre.family.membersOf('holder')).toEqual([]);
  });

  it('keeps nothing of the papers, nor a PIN or an ID number in the clear', () => {
    folder = mkdtempSync(join(tmpdir(), 'gongji-family-'));
    open({}, join(folder, 'centre.db'));
    const marked = Uint8Array.from([...png, ...Buffer.from('bytes of a proof')]);
    expect(apply('child', 'child', { proof: marked, photo: marked }).kind).toBe('applied');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder ?? '', name), 'latin1'));
    expect(files.join('')).toContain('awaitingFace');
    for (const secretText of ['bytes of a proof', pin, numbersOf('child').residentId]) {
      expect(files.join('')).not.toContain(secretText);
    }
  });

  it('takes a permit once, and for ten minutes', () => {
    open();
    const permit = permitOf('holder');
    expect(apply('mother', 'parent', { permit }).kind).toBe('applied');
    expect(apply('friend', 'other', { permit })).toEqual(refusedFor({ kind: 'permitOver' }));
    const late = permitOf('holder');
    clock.advance(600_000 - 1);
    expect(centre.family.look('holder', late, { ...numbersOf('friend'), relation: 'other' }).kind).toBe('found');
    clock.advance(1);
    expect(apply('friend', 'other', { permit: late })).toEqual(refusedFor({ kind: 'permitOver' }));
  });

  it('asks a photo of who is under 16, and none at exactly 16 (R103)', () => {
    open();
    expect(
      centre.family.look('holder', permitOf('holder'), { ...numbersOf('child'), relation: 'child' }),
    ).toMatchObject({
      photoNeeded: true,
    });
    expect(apply('child', 'child')).toEqual(refusedFor({ kind: 'photo', problem: 'missing' }));
    expect(apply('child', 'child', { photo: pdf })).toEqual(refusedFor({ kind: 'photo', problem: 'kind' }));
    expect(apply('child', 'child', { photo: png }).kind).toBe('applied');
    expect(apply('sixteen', 'child').kind).toBe('applied');
  });

  it.each([
    [2, ['mother', 'friend'], 'sixteen', 'child', { group: null, max: 2 }],
    [10, ['mother'], 'friend', 'spouse', { group: 'spouse', max: 1 }],
  ] as const)(
    'with %i places, after %j there is none for %s (R107, R108)',
    (ecardSlots, taken, next, relation, problem) => {
      open({ ecardSlots });
      const ids = taken.map((relative) => opened(relative, relation));
      expect(apply(next, relation)).toEqual(refusedFor({ kind: 'noSlot', problem }));
      expect(centre.family.remove('holder', ids[0] ?? '')).toEqual({ kind: 'removed' });
      expect(apply(next, relation).kind).toBe('applied');
    },
  );
});

describe('what a holder does for a relative (R105, R106)', () => {
  it('shows the relative’s own code, which pays the relative’s own money, and makes no link', async () => {
    open();
    const id = opened('mother', 'parent');
    const answer = centre.family.codeOf('holder', id);
    expect(answer).toMatchObject({ kind: 'code', ttlS: 60, code: expect.stringMatching(/^424\d{21}0000$/) });
    if (answer.kind !== 'code') throw new Error('no code');
    const counter = new Counter(centre);
    await counter.signIn();
    const credential = { medium: 'evoucher', code: secret(answer.code) } as const;
    const shown = await centre.centre.identify({ ...counter.next(), credential });
    if (shown.kind !== 'identified' || shown.voucher === undefined) throw new Error('the code was not taken');
    const { digest } = await counter.quote(shown.card, bill('80'));
    const sale = await counter.settle(shown.card, bill('80'), digest, { kind: 'voucher', voucher: shown.voucher });
    expect(sale).toMatchObject({ settlement: { split: { own: 5000, shared: 0, cash: 3000 } } });
    expect(centre.registry.balanceOf('holder')).toBe(20_000);
    for (const one of ['holder', 'mother']) expect(centre.registry.linksOf(one)).toEqual([]);
    centre.registry.set('mother', { card: 'tempLost' });
    expect(centre.family.codeOf('holder', id)).toEqual(refusedFor({ kind: 'cardNotUsable', state: 'tempLost' }));
  });

  it('does nothing for whom it was not opened, or no longer', () => {
    open();
    const id = opened('mother', 'parent');
    const { family } = centre;
    const tries = (holder: string) => [
      family.codeOf(holder, id),
      family.statementFor(holder, id),
      family.certify(holder, id),
      family.applyTransfer(holder, id, '四川省/成都市'),
      family.remove(holder, id),
    ];
    for (const answer of tries('friend')) expect(answer).toEqual(refusedFor({ kind: 'noSuchMember' }));
    family.remove('holder', id);
    for (const answer of tries('holder')) expect(answer).toEqual(refusedFor({ kind: 'noSuchMember' }));
  });

  it('tells the rights statement with nothing in the clear, and certifies (R109)', () => {
    open();
    const id = opened('mother', 'parent');
    const told = centre.family.statementFor('holder', id);
    if (told.kind !== 'statement') throw new Error('no statement');
    expect(told.statement).toMatchObject({
      insurance: 'employee',
      status: 'normal',
      area: '重庆市/渝中区',
      balance: 5000,
      certification: { due: '2017-03-12', state: 'suspended', last: null },
    });
    const { name, residentId } = numbersOf('mother');
    for (const clear of [name, residentId]) expect(JSON.stringify(told)).not.toContain(clear);
    expect(centre.family.certify('holder', id)).toMatchObject({
      standing: { due: '2026-04-19', state: 'inTime', last: '2025-04-19' },
    });
    const friend = opened('sixteen', 'child');
    expect(centre.family.certify('holder', friend)).toEqual(refusedFor({ kind: 'noBenefit' }));
  });

  it.each([
    [true, '0', 0],
    [false, '0', null],
    [false, '80', 8000],
  ] as const)(
    'tells what lies in a wallet, also in one that is closed: open %s, with %s yuan',
    (walletOpened, walletBalance, told) => {
      open();
      centre.registry.addPerson(person('new', { walletOpened, walletBalance }));
      const applied = centre.family.apply('holder', {
        ...{ ...person('new'), relation: 'parent', permit: permitOf('holder') },
        ...{ agreed: true, proof: png, photo: null },
      });
      if (applied.kind !== 'applied') throw new Error('not applied');
      centre.family.answerFace('new', applied.id, true);
      expect(centre.family.statementFor('holder', applied.id)).toMatchObject({ statement: { wallet: told } });
    },
  );

  it('moves the relative when the application is done, not before, one at a time', () => {
    open();
    const id = opened('mother', 'parent');
    const { family } = centre;
    const areaOf = () => {
      const told = family.statementFor('holder', id);
      return told.kind === 'statement' ? told.statement.area : null;
    };
    expect(family.applyTransfer('holder', id, '成都市')).toEqual(refusedFor({ kind: 'areaForm' }));
    expect(family.applyTransfer('holder', id, '重庆市/渝中区')).toEqual(refusedFor({ kind: 'sameArea' }));
    const sent = family.applyTransfer('holder', id, '四川省/成都市');
    if (sent.kind !== 'submitted') throw new Error('not sent');
    expect(family.applyTransfer('holder', id, '四川省/广安市')).toEqual(refusedFor({ kind: 'transferOpen' }));
    expect(family.advanceTransfer('friend', sent.id)).toEqual(refusedFor({ kind: 'noSuchTransfer' }));
    expect(family.advanceTransfer('holder', sent.id)).toEqual({ kind: 'advanced', state: 'inProgress' });
    expect(areaOf()).toBe('重庆市/渝中区');
    expect(family.advanceTransfer('mother', sent.id)).toEqual({ kind: 'advanced', state: 'done' });
    expect(areaOf()).toBe('四川省/成都市');
    expect(family.advanceTransfer('holder', sent.id)).toEqual(refusedFor({ kind: 'noSuchTransfer' }));
    expect(family.transfersOf('mother')).toMatchObject([{ id: sent.id, state: 'done' }]);
    expect(centre.registry.audit()).toEqual([]);
  });

  it.each([true, false])(
    'a move dissolves the relative’s links where the rules say so: %s (R23)',
    (autoDissolveOnTransfer) => {
      open({ autoDissolveOnTransfer, areaScope: 'nationwide' });
      centre.registry.addLink(link('friend', 'mother'));
      const id = opened('mother', 'parent');
      const sent = centre.family.applyTransfer('holder', id, '四川省/成都市');
      if (sent.kind !== 'submitted') throw new Error('not sent');
      centre.family.advanceTransfer('holder', sent.id);
      const isOpen = () => centre.registry.linksOf('mother').map(({ until }) => until === null);
      expect(isOpen()).toEqual([true]);
      centre.family.advanceTransfer('holder', sent.id);
      expect(isOpen()).toEqual([!autoDissolveOnTransfer]);
    },
  );
});
