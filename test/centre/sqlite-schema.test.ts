import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFault } from '../../src/centre/centre-store.ts';
import type { EmbeddedCentre, openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { secret } from '../../src/domain/secret.ts';
import {
  syntheticCardSn,
  syntheticPan,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../src/domain/synthetic.ts';
import { bill, embeddedOptions, link, person, rightPin, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const postingColumns = 'id, kind, settlement, undo, link, debit, credit, amount_fen, quota_fen, at_ms';
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-centre-'));
  path = join(folder, 'centre.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(changes: Partial<Parameters<typeof openEmbeddedCentre>[0]> = {}): EmbeddedCentre {
  return openOwnAnswers({ ...embeddedOptions(profile('chongqing-2021'), new StandingClock(), path), ...changes });
}

function faultOf(work: () => unknown): StoreFault {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreFault) return error;
    throw error;
  }
  throw new Error('expected a StoreFault');
}

describe('the database refuses wrong states by itself', () => {
  let db: DatabaseSyncInstance;
  beforeEach(async () => {
    const world = open();
    const { registry, close } = world;
    registry.seed(
      'deck',
      [
        person('mother', { balance: '50', walletBalance: '5' }),
        person('daughter', { balance: '200' }),
        person('stranger', { balance: '9' }),
      ],
      [link('daughter', 'mother', { quota: yuan('40') })],
    );
    await new Counter(world).sell('mother', bill('80'));
    close();
    db = new DatabaseSync(path);
    db.exec(`INSERT INTO message (msg_id, outcome, at_ms) VALUES ('sealed', 'sealed', 0)`);
  });
  afterEach(() => db.close());

  /** A second settlement, right as it stands; each case below breaks one thing of it. */
  const parts = {
    answer: { total: 1000, fund: 0, own: 0, shared: 400, cash: 600, ownAfter: 0 },
    postings: [`('personal:daughter', 'merchant:P99000000001', 400, 'L00000001', 400)`],
    settlement: {
      beneficiary: 'mother',
      total: 1000,
      fund: 0,
      own: 0,
      shared: 400,
      cash: 600,
      after: 0,
      pin: 1,
      voucher: 0,
    },
    outcome: 'settled',
  };
  function write(changed: {
    answer?: Partial<typeof parts.answer>;
    postings?: readonly string[];
    settlement?: Partial<typeof parts.settlement>;
    before?: string;
    after?: string;
  }): void {
    const answer = { ...parts.answer, ...changed.answer };
    const { ownAfter, ...split } = answer;
    const sold = { ...parts.settlement, ...changed.settlement };
    const { beneficiary, total, fund, own, shared, cash, after, pin, voucher } = sold;
    const json = JSON.stringify({ kind: 'settled', settlement: { settlementId: 'S2', split, ownAfter } });
    const postings = (changed.postings ?? parts.postings).map((posting, at) => {
      const [debit, credit, amount, by, quota] = posting.slice(1, -1).split(', ');
      return `INSERT INTO posting (${postingColumns}) VALUES (${100 + at}, 'settlement', 'S2', NULL, ${by}, ${debit}, ${credit}, ${amount}, ${quota}, 0);`;
    });
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(`
        ${changed.before ?? ''};
        INSERT INTO message VALUES ('m2', 'settled', 'hash', '${json}', 'S2', NULL, 0);
        ${postings.join('\n')}
        INSERT INTO settlement (id, root, msg_id, beneficiary, institution, terminal, operator, profile, settled_at_ms, total_fen,
          fund_fen, own_fen, shared_fen, cash_fen, own_before_fen, own_after_fen, pin_used, voucher_used)
        VALUES ('S2', 'S2', 'm2', '${beneficiary}', 'merchant:P99000000001', 'T1', '01', 'p', ${start}, ${total}, ${fund}, ${own},
          ${shared}, ${cash}, ${after + own}, ${after}, ${pin}, ${voucher});
        ${changed.after ?? ''};
        COMMIT`);
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  it('takes a right settlement, so that the refusals below mean something', () => {
    write({});
    expect(db.prepare("SELECT quota_left_fen FROM link WHERE id = 'L00000001'").get()).toEqual({
      quota_left_fen: 3600,
    });
    expect(db.prepare("SELECT business_day FROM settlement WHERE id = 'S2'").get()).toEqual({
      business_day: '2025-04-19',
    });
  });

  /** The voucher of a code of this person, used up by that message. */
  const voucherOf = (id: string, usedBy: string, consent = 'voucher') =>
    `INSERT INTO ticket SELECT '${'f'.repeat(32)}', ref, '${consent}', 'hash', 'T1', 0, '${usedBy}' FROM card
     WHERE person = '${id}'`;

  it('takes one that was paid by 医保码, so that the refusals below mean something', () => {
    write({ settlement: { pin: 0, voucher: 1 }, before: voucherOf('mother', 'm2') });
  });

  const merchant = `'merchant:P99000000001'`;
  it.each<[string, Parameters<typeof write>[0], RegExp]>([
    ['a split that does not add up to its total', { settlement: { cash: 500 }, answer: { cash: 500 } }, /add up/],
    ['postings below the split', { postings: [`('personal:daughter', ${merchant}, 300, 'L00000001', 0)`] }, /add up/],
    ['no posting at all', { postings: [] }, /add up/],
    [
      'a posting to somebody else than the institution',
      { postings: [`('personal:daughter', 'opening', 400, 'L00000001', 0)`] },
      /add up/,
    ],
    [
      'shared money from somebody without a link',
      { postings: [`('personal:stranger', ${merchant}, 400, null, 0)`] },
      /add up/,
    ],
    [
      'shared money over somebody else’s link',
      { postings: [`('personal:stranger', ${merchant}, 400, 'L00000001', 0)`] },
      /gives its provider/,
    ],
    [
      'money of another wallet’s owner',
      { postings: [`('wallet:mother', ${merchant}, 400, null, 0)`], settlement: { beneficiary: 'stranger' } },
      /add up/,
    ],
    ['an answer that names other amounts', { answer: { shared: 300, cash: 700 } }, /what its message was answered/],
    ['an answer that names another balance', { answer: { ownAfter: 1 } }, /what its message was answered/],
    [
      'a balance told that is not the balance left',
      { settlement: { after: 7 }, answer: { ownAfter: 7 } },
      /balance told/,
    ],
    ['account money without a PIN and without a code', { settlement: { pin: 0 } }, /CHECK/],
    [
      'a PIN and a code for the same money',
      { settlement: { pin: 1, voucher: 1 }, before: voucherOf('mother', 'm2') },
      /CHECK/,
    ],
    ['a code without a voucher', { settlement: { pin: 0, voucher: 1 } }, /by its voucher/],
    [
      'a code whose voucher another message used up',
      { settlement: { pin: 0, voucher: 1 }, before: voucherOf('mother', 'm9') },
      /by its voucher/,
    ],
    [
      'somebody else’s code',
      { settlement: { pin: 0, voucher: 1 }, before: voucherOf('daughter', 'm2') },
      /by its voucher/,
    ],
    [
      'the ticket of a PIN for the voucher of a code',
      { settlement: { pin: 0, voucher: 1 }, before: voucherOf('mother', 'm2', 'pin') },
      /by its voucher/,
    ],
    [
      'a posting after the settlement',
      {
        after: `INSERT INTO posting (${postingColumns}) VALUES (200, 'settlement', 'S2', NULL, 'L00000001', 'personal:daughter', ${merchant}, 1, 0, 0)`,
      },
      /closed by their settlement/,
    ],
    ['a balance below zero', { postings: [`('personal:daughter', ${merchant}, 999999, 'L00000001', 0)`] }, /CHECK/],
    ['a wallet below zero', { postings: [`('wallet:mother', ${merchant}, 501, null, 0)`] }, /CHECK/],
    ['a quota below zero', { postings: [`('personal:daughter', ${merchant}, 4001, 'L00000001', 4001)`] }, /CHECK/],
    ['a quota that was never set aside', { before: 'UPDATE link SET quota_left_fen = NULL' }, /no quota was set aside/],
    ['a posting of nothing', { postings: [`('personal:daughter', ${merchant}, 0, 'L00000001', 0)`] }, /CHECK/],
    [
      'a posting that takes money back by its sign',
      { postings: [`('personal:daughter', ${merchant}, -400, 'L00000001', 0)`] },
      /CHECK/,
    ],
  ])('%s', (_, changed, message) => {
    const before = db.prepare('SELECT * FROM account ORDER BY id').all();
    expect(() => write(changed)).toThrow(message);
    expect(db.prepare('SELECT * FROM account ORDER BY id').all()).toEqual(before);
  });

  it.each<[string, string, RegExp]>([
    ['a balance set by hand', "UPDATE account SET balance_fen = 1 WHERE id = 'personal:stranger'", /by a posting only/],
    [
      'a posting applied twice',
      "UPDATE account SET balance_fen = balance_fen + 900, last_posting = 4 WHERE id = 'personal:stranger'",
      /by a posting only/,
    ],
    [
      'an account that begins with money',
      "INSERT INTO account (id, kind, person, balance_fen) VALUES ('x', 'personal', 'mother', 5)",
      /starts empty/,
    ],
    [
      'a balance of an institution',
      `UPDATE account SET balance_fen = 5, last_posting = 9 WHERE id = ${merchant}`,
      /by a posting only/,
    ],
    ['an account removed', "DELETE FROM account WHERE id = 'personal:stranger'", /never removed/],
    [
      'a closed account with money in it',
      "UPDATE account SET closed = 1 WHERE id = 'personal:stranger'",
      /when it is empty/,
    ],
    [
      'money put into a closed account',
      `UPDATE account SET closed = 1 WHERE id = 'personal:mother';
       INSERT INTO posting (${postingColumns}) VALUES (900, 'adjustment', NULL, NULL, NULL, 'opening', 'personal:mother', 1, 0, 0)`,
      /nothing but returns/,
    ],
    ['a posting changed', 'UPDATE posting SET amount_fen = amount_fen + 1', /never changed/],
    ['a posting removed', 'DELETE FROM posting', /never removed/],
    ['a posting replaced', `REPLACE INTO posting SELECT * FROM posting`, /postings only grow/],
    ['a settlement changed', 'UPDATE settlement SET terminal = terminal', /never changed/],
    ['a settlement removed', 'DELETE FROM settlement', /never removed/],
    ['an answer changed', "UPDATE message SET request_hash = 'x'", /never changed/],
    ['an answer removed', 'DELETE FROM message', /never removed/],
    ['an answer replaced', 'REPLACE INTO message SELECT * FROM message', /one answer/],
    [
      'a second answer to a sealed id',
      "INSERT INTO message VALUES ('sealed', 'declined', 'h', '{\"kind\":\"declined\"}', NULL, NULL, 0)",
      /one answer/,
    ],
    [
      'an answer that says something else than its outcome',
      "INSERT INTO message VALUES ('m3', 'declined', 'h', '{\"kind\":\"settled\"}', NULL, NULL, 0)",
      /CHECK/,
    ],
    [
      'settled without a settlement',
      "INSERT INTO message VALUES ('m3', 'settled', 'h', '{\"kind\":\"settled\"}', NULL, NULL, 0)",
      /CHECK/,
    ],
    [
      'settled with a settlement that never comes',
      "INSERT INTO message VALUES ('m3', 'settled', 'h', '{\"kind\":\"settled\"}', 'S9', NULL, 0)",
      /FOREIGN KEY/,
    ],
    [
      'a link to oneself',
      "INSERT INTO link VALUES ('L9', 'mother', 'mother', 'other', 0, NULL, NULL, NULL, NULL, NULL)",
      /CHECK/,
    ],
    [
      'the same link open twice',
      "INSERT INTO link VALUES ('L9', 'daughter', 'mother', 'parent', 0, NULL, NULL, NULL, NULL, NULL)",
      /UNIQUE/,
    ],
    ['a link turned round', 'UPDATE link SET provider = beneficiary, beneficiary = provider', /keeps its two sides/],
    ['a link removed', 'DELETE FROM link', /never removed/],
    [
      'a relation that nobody knows',
      "INSERT INTO link VALUES ('L9', 'stranger', 'mother', 'friend', 0, NULL, NULL, NULL, NULL, NULL)",
      /CHECK/,
    ],
    [
      'a card number in clear instead of its mask',
      `UPDATE card SET masked_card = '${syntheticSsCardNumber('mother')}'`,
      /CHECK/,
    ],
  ])('%s', (_, sql, message) => {
    expect(() => db.exec(sql)).toThrow(message);
  });

  it.each([
    ['used a second time', "UPDATE evoucher SET used_by = 'm9' WHERE used_by IS NOT NULL"],
    ['unused again', 'UPDATE evoucher SET used_by = NULL, voucher = NULL WHERE used_by IS NOT NULL'],
    ['used up without a voucher', "UPDATE evoucher SET used_by = 'm9' WHERE used_by IS NULL"],
    ['made younger', 'UPDATE evoucher SET issued_at_ms = issued_at_ms + 1 WHERE used_by IS NULL'],
    ['given to another person', "UPDATE evoucher SET person = 'stranger' WHERE used_by IS NULL"],
    ['removed', 'DELETE FROM evoucher'],
    ['written down in clear', "INSERT INTO evoucher VALUES (CAST('42400' AS BLOB), 'mother', 0, NULL, NULL)"],
    ['a voucher used twice', "UPDATE ticket SET used_by = 'm8'; UPDATE ticket SET used_by = 'm9'"],
    ['two vouchers used by one message', "UPDATE ticket SET used_by = 'm9'"],
    [
      'a PIN’s ticket for any bill',
      `INSERT INTO ticket SELECT '${'f'.repeat(32)}', ref, 'pin', NULL, 'T1', 0, NULL FROM card WHERE person = 'mother'`,
    ],
    [
      'a PIN’s ticket that becomes a code’s',
      `INSERT INTO ticket SELECT '${'f'.repeat(32)}', ref, 'pin', 'hash', 'T1', 0, NULL FROM card WHERE person = 'mother';
       UPDATE ticket SET consent = 'voucher'`,
    ],
    ['a voucher for one bill only', "UPDATE ticket SET bill_hash = 'hash'"],
  ])('a code or voucher %s', async (_, sql) => {
    const world = open();
    const counter = new Counter(world);
    await counter.signIn();
    for (const id of ['mother', 'daughter']) {
      const code = { medium: 'evoucher', code: secret(world.registry.issueCode(id)) } as const;
      expect(await world.centre.identify({ ...counter.next(), credential: code })).toMatchObject({
        kind: 'identified',
      });
    }
    world.registry.issueCode('mother');
    world.close();
    expect(() => db.exec(`BEGIN; ${sql}; COMMIT`)).toThrow(/used once|never removed|CHECK|UNIQUE/);
  });

  it('holds no 医保码 in clear, in no file, before or after it was used', async () => {
    const world = open();
    const counter = new Counter(world);
    const codes = [world.registry.issueCode('mother'), world.registry.issueCode('mother')];
    await world.centre.identify({
      ...counter.next(),
      credential: { medium: 'evoucher', code: secret(codes[0] ?? '') },
    });
    world.close();
    const bytes = ['', '-wal'].map((end) => readFileSync(`${path}${end}`).toString('latin1')).join('');
    for (const code of codes) expect(bytes).not.toContain(code.slice(3, -6));
  });

  it('holds no card number, ID number or PIN in clear, in no file', () => {
    const bytes = Buffer.concat([readFileSync(path), readFileSync(`${path}-wal`)])
      .toString('latin1')
      .toUpperCase();
    for (const id of ['mother', 'daughter', 'stranger']) {
      for (const hidden of [
        syntheticPan(id),
        syntheticSsCardNumber(id),
        syntheticCardSn(id),
        syntheticResidentId(id, '1960-01-01'),
      ]) {
        expect(bytes).not.toContain(hidden.toUpperCase());
      }
    }
    expect(bytes).not.toContain(rightPin);
    expect(bytes).toContain('MOTHER');
  });
});

describe('opening', () => {
  it('keeps everything over a restart, and the rules may be others next time', async () => {
    const first = open();
    first.registry.seed(
      'deck',
      [person('mother', { balance: '50' }), person('son'), person('daughter', { balance: '200' })],
      [],
    );
    first.registry.addLink(link('daughter', 'mother'));
    first.registry.addLink(link('daughter', 'son', { since: start - 1_000, relation: 'sibling' }));
    const settlement = await new Counter(first).sell('mother', bill('80'));
    first.close();

    const second = open({ profile: profile('national-2024') });
    expect(second.registry.recordedOn('2025-04-19')).toEqual([settlement]);
    expect(second.registry.balanceOf('daughter')).toBe(yuan('170'));
    expect((await new Counter(second, 'T2').sell('son', bill('20'))).split.shared).toBe(yuan('20'));
    expect(second.registry.audit()).toEqual([]);
    second.close();
  });

  it('loads a deck once', () => {
    const first = open();
    expect(first.registry.seed('deck', [person('mother', { balance: '50' })], [])).toBe(true);
    first.registry.set('mother', { balance: yuan('1') });
    expect(first.registry.seed('deck', [person('mother', { balance: '50' })], [])).toBe(false);
    first.close();
    const second = open();
    expect(second.registry.seed('deck', [person('mother', { balance: '50' })], [])).toBe(false);
    expect(second.registry.balanceOf('mother')).toBe(yuan('1'));
    second.close();
  });

  it('loads all of a deck or nothing', () => {
    const { registry, close } = open();
    const twice = [person('mother', { balance: '50' }), person('mother', { balance: '50' })];
    expect(faultOf(() => registry.seed('deck', twice, [])).code).toBe('unavailable');
    expect(registry.balanceOf('mother')).toBeNull();
    expect(registry.seed('deck', [person('mother', { balance: '50' })], [])).toBe(true);
    close();
  });

  it('refuses a newer database and says what to do', () => {
    open().close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const before = readFileSync(path);
    const fault = faultOf(open);
    expect(fault.code).toBe('newerSchema');
    expect(fault.message).toMatch(
      /newer version of this program \(schema 99, this one knows 3\).*Install that version/,
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it.each([
    ['with a version of its own', 'CREATE TABLE recipes (name TEXT); PRAGMA user_version = 1'],
    ['without one', 'CREATE TABLE recipes (name TEXT)'],
    ['with write-ahead log', 'PRAGMA journal_mode = WAL; CREATE TABLE recipes (name TEXT)'],
  ])('refuses another program’s database %s, unchanged', (_, sql) => {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
    const before = readFileSync(path);
    const fault = faultOf(open);
    expect(fault.code).toBe('foreignFile');
    expect(fault.message).toMatch(/another program.*another path/);
    expect(readFileSync(path)).toEqual(before);
  });

  it.each<[string, (sound: Buffer) => Buffer]>([
    ['is no database', () => Buffer.from('合计 80.00\n'.repeat(1000))],
    ['lost its second half', (sound) => sound.subarray(0, sound.length / 2)],
    [
      'has a page overwritten',
      (sound) => Buffer.concat([sound.subarray(0, 8192), Buffer.alloc(8192, 0x55), sound.subarray(16_384)]),
    ],
  ])('refuses a file that %s, unchanged', (_, damage) => {
    const { registry, close } = open();
    registry.seed('deck', [person('mother', { balance: '50' })], []);
    close();
    const damaged = damage(readFileSync(path));
    writeFileSync(path, damaged);
    const fault = faultOf(open);
    expect(fault.code).toBe('corrupt');
    expect(fault.message).toMatch(/damaged.*backup/);
    expect(readFileSync(path)).toEqual(damaged);
  });

  it('refuses to work with other keys', () => {
    open().close();
    const fault = faultOf(() => open({ pinVerificationKey: new Uint8Array(32).fill(8) }));
    expect(fault.code).toBe('otherKeys');
    open().close();
  });

  it('says so when the place cannot be written to', () => {
    path = join(folder, 'nowhere', 'centre.db');
    expect(faultOf(open).code).toBe('unavailable');
  });
});
