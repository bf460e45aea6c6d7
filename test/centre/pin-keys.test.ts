import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CardVault } from '../../src/centre/card-vault.ts';
import { type CentreStore, StoreFault } from '../../src/centre/centre-store.ts';
import type { EmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { LocalCentre } from '../../src/centre/local-centre.ts';
import { Registry } from '../../src/centre/registry.ts';
import { openSqliteStore } from '../../src/centre/store/sqlite-store.ts';
import type { Decline, SettleAnswer, SettleRequest, SignedIn } from '../../src/ports/centre.ts';
import { unwrapKey } from '../../src/ports/key-wrap.ts';
import { keyCheckValue } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import { type PinBlock, type PinBlockFormat, pinBlockFormats } from '../../src/ports/pin-pad.ts';
import {
  bill,
  Envelopes,
  embeddedOptions,
  person,
  pinBlockOf,
  rightPin,
  StandingClock,
  testKeys,
} from './centre-world.ts';
import { openOwnAnswers, ownAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const expired = { kind: 'declined', decline: { code: 'PIN_KEY_EXPIRED' } };
const rejected = { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
const terminalName = 'P99000000001/T1';

let world: EmbeddedCentre;
beforeEach(() => {
  world = opened();
});
afterEach(() => world.close());

function opened(pinKeyUsesMax?: number, path: string | 'memory' = 'memory'): EmbeddedCentre {
  const centre = openOwnAnswers({
    ...embeddedOptions(profile('national-2024'), new StandingClock(), path),
    ...(pinKeyUsesMax === undefined ? {} : { pinKeyUsesMax }),
  });
  centre.registry.addPerson(person('mother', { balance: '50' }));
  return centre;
}

function unwrapped(answer: SignedIn): readonly PinKey[] {
  return answer.keys.map(({ format, keyId, wrapped }) => {
    const key = unwrapKey(testKeys.terminalKey, Buffer.from(wrapped, 'hex'));
    if (key === null) throw new Error('a PIN key does not unwrap');
    return { format, keyId, key };
  });
}

async function signIn(formats: readonly PinBlockFormat[] = pinBlockFormats, envelopes = new Envelopes()) {
  world.registry.enrolTerminal(terminalName, testKeys.terminalKey);
  const answer = await world.centre.signIn({ ...envelopes.next(), formats });
  if (answer.kind !== 'signedIn') throw new Error(`not signed in: ${answer.decline.code}`);
  return answer;
}

/** A sale of ¥1 whose PIN block is this one. */
async function request(counter: Counter, block: PinBlock): Promise<SettleRequest> {
  const { card } = await counter.identify('mother');
  const { digest } = await counter.quote(card, bill('1'));
  return counter.request(card, bill('1'), digest, { kind: 'pin', pinBlock: block });
}

async function pay(counter: Counter, block: PinBlock): Promise<SettleAnswer> {
  return world.centre.settle(await request(counter, block));
}

/** How many wrong PINs are still allowed after one more. */
async function triesLeft(counter: Counter): Promise<Decline['triesLeft']> {
  const answer = await pay(counter, pinBlockOf('mother', '000000', counter.pinKey()));
  return answer.kind === 'declined' ? answer.decline.triesLeft : undefined;
}

describe('sign-in (9001)', () => {
  it("gives a key for each format, wrapped under the terminal's key, with its check value", async () => {
    const answer = await signIn();
    const keys = unwrapped(answer);
    expect(answer.keys.map(({ format }) => format)).toEqual(pinBlockFormats);
    for (const [at, { format, wrapped, checkValue, usesMax }] of answer.keys.entries()) {
      expect(wrapped).toMatch(/^[0-9A-F]{48}$/);
      expect(usesMax).toBe(100);
      const key = keys[at]?.key ?? new Uint8Array();
      expect(key).toHaveLength(16);
      expect(checkValue).toBe(keyCheckValue({ format, key }));
    }
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(3);
    expect(new Set(keys.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(3);
  });

  it('gives a number of at most 30 characters, another one each time', async () => {
    const numbers = [await signIn(), await signIn()].map(({ signNo }) => signNo);
    for (const signNo of numbers) expect(signNo).toMatch(/^[0-9A-F]{1,30}$/);
    expect(new Set(numbers).size).toBe(2);
  });

  it('a TDES key has odd parity in every byte, as pads may want', async () => {
    for (let time = 0; time < 20; time++) {
      const [key] = unwrapped(await signIn(['iso0-tdes']));
      for (const byte of key?.key ?? []) expect(byte.toString(2).replaceAll('0', '').length % 2).toBe(1);
    }
  });

  it.each([
    { it: 'no formats', formats: [] },
    { it: 'a format twice', formats: ['iso4-sm4', 'iso4-sm4'] },
    { it: 'an unknown format', formats: ['iso3'] },
  ])('$it is rejected, and the earlier keys stand', async ({ formats }) => {
    const counter = new Counter(world);
    await counter.signIn();
    const wrong = { ...counter.next(), formats: formats as PinBlockFormat[] };
    expect(await world.centre.signIn(wrong)).toEqual(rejected);
    expect(await pay(counter, pinBlockOf('mother', rightPin, counter.pinKey()))).toMatchObject({ kind: 'settled' });
  });

  it('a terminal that nobody has enrolled is rejected, also one of the same name elsewhere', async () => {
    await signIn();
    for (const envelopes of [new Envelopes('T2'), new Envelopes('T1', 'P99000000002')]) {
      expect(await world.centre.signIn({ ...envelopes.next(), formats: ['iso4-aes128'] })).toEqual(rejected);
    }
  });
});

describe('a PIN block under a key', () => {
  it.each(pinBlockFormats)('of the present sign-in settles: %s', async (format) => {
    const counter = new Counter(world, 'T1', [format]);
    await counter.signIn();
    expect(await pay(counter, pinBlockOf('mother', rightPin, counter.pinKey()))).toMatchObject({ kind: 'settled' });
  });

  it('of an earlier sign-in is expired: no try is counted, and the answer stays what it was', async () => {
    const counter = new Counter(world);
    await counter.signIn();
    const old = counter.pinKey();
    const left = await triesLeft(counter);
    await counter.signIn();
    const stale = await request(counter, pinBlockOf('mother', '000000', old));
    expect(await world.centre.settle(stale)).toEqual(expired);
    expect(await world.centre.settle(stale)).toEqual(expired);
    expect(await world.centre.query({ ...counter.next(), of: stale.msgId })).toMatchObject({
      kind: 'found',
      answer: expired,
    });
    expect(await triesLeft(counter)).toBe((left ?? 0) - 1);
    expect(await pay(counter, pinBlockOf('mother', rightPin, counter.pinKey()))).toMatchObject({ kind: 'settled' });
  });

  it("of another terminal is expired, though it opens the centre's own block", async () => {
    const [one, other] = [new Counter(world, 'T1'), new Counter(world, 'T2')];
    await one.signIn();
    await other.signIn();
    expect(await pay(one, pinBlockOf('mother', rightPin, other.pinKey()))).toEqual(expired);
    expect(await pay(other, pinBlockOf('mother', rightPin, other.pinKey()))).toMatchObject({ kind: 'settled' });
  });

  it.each<[string, (key: PinKey) => PinBlock]>([
    ['an unknown key', (key) => ({ ...pinBlockOf('mother', rightPin, key), keyId: 'nobody gave this' })],
    ['no key', (key) => ({ ...pinBlockOf('mother', rightPin, key), keyId: '' })],
    ['another format', (key) => ({ ...pinBlockOf('mother', rightPin, key), format: 'iso4-sm4' })],
    ['an unknown format', (key) => ({ ...pinBlockOf('mother', rightPin, key), format: 'iso9' as PinBlockFormat })],
  ])('of %s is expired and costs no try', async (_it, change) => {
    const counter = new Counter(world);
    await counter.signIn();
    const left = await triesLeft(counter);
    expect(await pay(counter, change(counter.pinKey()))).toEqual(expired);
    expect(await triesLeft(counter)).toBe((left ?? 0) - 1);
  });

  it('that is used up is expired; a repeated message is no use', async () => {
    world.close();
    world = opened(2);
    const counter = new Counter(world);
    await counter.signIn();
    const key = counter.pinKey();
    const first = await request(counter, pinBlockOf('mother', rightPin, key));
    for (let time = 0; time < 3; time++) expect(await world.centre.settle(first)).toMatchObject({ kind: 'settled' });
    expect(await pay(counter, pinBlockOf('mother', '000000', key))).toMatchObject({ decline: { code: 'PIN_WRONG' } });
    expect(await pay(counter, pinBlockOf('mother', rightPin, key))).toEqual(expired);
    await counter.signIn();
    expect(await pay(counter, pinBlockOf('mother', rightPin, counter.pinKey()))).toMatchObject({ kind: 'settled' });
  });

  it('that does not open is a broken message and no guess, but a use', async () => {
    world.close();
    world = opened(1);
    const counter = new Counter(world);
    await counter.signIn();
    const key = counter.pinKey();
    const broken = { ...pinBlockOf('mother', rightPin, key), hex: '00'.repeat(16) };
    expect(await pay(counter, broken)).toEqual(rejected);
    expect(await pay(counter, pinBlockOf('mother', rightPin, key))).toEqual(expired);
  });
});

describe('the count of a key', () => {
  it('is one transaction with the try: a store that fails counts neither', async () => {
    let fails = false;
    const store = openSqliteStore(null, new Uint8Array(8));
    const failing: CentreStore = {
      write: (work) =>
        store.write((rows) => {
          const result = work(rows);
          if (fails) throw new StoreFault('unavailable', 'the disk is gone');
          return result;
        }),
      read: (work) => store.read(work),
      audit: () => store.audit(),
      close: () => store.close(),
    };
    const vault = new CardVault(testKeys.pinVerificationKey);
    const desk = {
      ...embeddedOptions(profile('national-2024'), new StandingClock()),
      pinKeyUsesMax: 2,
      store: failing,
      vault,
    };
    const registry = new Registry(desk);
    registry.addPerson(person('mother', { balance: '50' }));
    world.close();
    world = { ...world, centre: ownAnswers(new LocalCentre(desk)), registry, close: () => store.close() };
    const counter = new Counter(world);
    await counter.signIn();
    const key = counter.pinKey();
    const wrong = await request(counter, pinBlockOf('mother', '000000', key));
    fails = true;
    for (let time = 0; time < 10; time++) await expect(world.centre.settle(wrong)).rejects.toThrow();
    fails = false;
    expect(await world.centre.settle(wrong)).toMatchObject({ decline: { code: 'PIN_WRONG', triesLeft: 5 } });
    expect(await pay(counter, pinBlockOf('mother', rightPin, key))).toMatchObject({ kind: 'settled' });
    expect(await pay(counter, pinBlockOf('mother', rightPin, key))).toEqual(expired);
  });
});

describe('on the disk', () => {
  it('no key is in the clear, and none opens in the place of another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gongji-pin-keys-'));
    try {
      world.close();
      world = opened(undefined, join(folder, 'centre.sqlite'));
      const keys = unwrapped(await signIn());
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
      expect(files.length).toBeGreaterThan(0);
      for (const { key, keyId } of keys) {
        expect(files.some((bytes) => bytes.includes(keyId))).toBe(true);
        for (const bytes of files) {
          expect(bytes.includes(Buffer.from(key))).toBe(false);
          expect(bytes.includes(Buffer.from(testKeys.terminalKey))).toBe(false);
        }
      }
    } finally {
      world.close();
      rmSync(folder, { recursive: true, force: true });
      world = opened();
    }
    const vault = new CardVault(testKeys.pinVerificationKey);
    const key = new Uint8Array(16).fill(3);
    const sealed = vault.sealKey('pin:1', key);
    expect(new Uint8Array(vault.openKey('pin:1', sealed))).toEqual(key);
    expect(() => vault.openKey('pin:2', sealed)).toThrow();
    expect(() => vault.open(sealed)).toThrow();
    expect(() =>
      vault.openKey(
        'pin:1',
        sealed.map((byte, at) => (at === 30 ? byte ^ 1 : byte)),
      ),
    ).toThrow();
    expect(() => vault.openKey('pin:1', vault.seal('9999000000000000018'))).toThrow();
  });
});

describe('a message that is reversed or sealed', () => {
  it('is declined ALREADY_REVERSED for ever, with nothing charged', async () => {
    const undone = { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } };
    const counter = new Counter(world);
    await counter.signIn();
    const settled = await request(counter, pinBlockOf('mother', rightPin, counter.pinKey()));
    expect(await world.centre.settle(settled)).toMatchObject({ kind: 'settled' });
    expect(await counter.reverse(settled.msgId)).toMatchObject({ kind: 'reversed' });
    const sealedEarly = await request(counter, pinBlockOf('mother', rightPin, counter.pinKey()));
    expect(await counter.reverse(sealedEarly.msgId)).toEqual({ kind: 'reversed', undo: null });
    for (let time = 0; time < 2; time++) {
      expect(await world.centre.settle(settled)).toEqual(undone);
      expect(await world.centre.settle(sealedEarly)).toEqual(undone);
    }
    expect(await world.centre.settle({ ...settled, operator: '02' })).toEqual(undone);
    expect(world.registry.balanceOf('mother')).toBe(5000);
    expect(world.registry.audit()).toEqual([]);
  });

  it('a settlement that was cancelled or refunded still has its own answer', async () => {
    const counter = new Counter(world);
    await counter.signIn();
    const settled = await request(counter, pinBlockOf('mother', rightPin, counter.pinKey()));
    const answer = await world.centre.settle(settled);
    if (answer.kind !== 'settled') throw new Error('not settled');
    await counter.cancel(answer.settlement.settlementId);
    expect(await world.centre.settle(settled)).toEqual(answer);
  });
});
