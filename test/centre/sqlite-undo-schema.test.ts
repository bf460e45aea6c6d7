import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bill, embeddedOptions, link, person, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const postingColumns = 'id, kind, settlement, undo, link, debit, credit, amount_fen, quota_fen, at_ms';
let folder: string;
let path: string;
let db: DatabaseSyncInstance;
/** 100 yuan: 10 of the pool, 50 own, 30 of the daughter over her quota of 40, 10 in cash. */
let sale: string;
/** 5 yuan in cash. */
let another: string;

const open = () => openOwnAnswers(embeddedOptions(profile('national-2026'), new StandingClock(), path));
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-undo-'));
  path = join(folder, 'centre.db');
  const world = open();
  world.registry.seed(
    'deck',
    [person('mother', { balance: '50' }), person('daughter', { balance: '30' }), person('stranger', { balance: '9' })],
    [link('daughter', 'mother', { quota: yuan('40') })],
  );
  const counter = new Counter(world);
  sale = (await counter.sell('mother', bill('100', '10'))).settlementId;
  another = (await counter.sell('mother', bill('5'))).settlementId;
  world.close();
  db = new DatabaseSync(path);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const merchant = 'merchant:P99000000001';
const over = 'L00000001';
type Back = readonly [credit: string, amount: number, link: string | null, quota: number];

/** An undo of the sale as it stands in the table; the record is made from it. */
const lifo = {
  kind: 'refund',
  method: 'lifo',
  undone: '',
  root: '',
  resettled: null as string | null,
  total: 2500,
  fund: 0,
  own: 0,
  shared: 1500,
  cash: 1000,
  due: 0,
  taken: 2500,
  before: 0,
  after: 0,
  at: start,
  returnedBefore: 0,
  remaining: 7500,
};
const lifoBack: readonly Back[] = [['personal:daughter', 1500, over, 1500]];
const whole = {
  ...lifo,
  method: 'whole',
  total: 10_000,
  fund: 1000,
  own: 5000,
  shared: 3000,
  cash: 1000,
  taken: 10_000,
  after: 5000,
  remaining: 0,
};
const wholeBack: readonly Back[] = [
  ['fund', 1000, null, 0],
  ['personal:mother', 5000, null, 0],
  ['personal:daughter', 3000, over, 3000],
];
/** The same refund with the rest of 75 settled anew: 10 of the pool, 50 own, 15 of the daughter. */
const resettle = { ...lifo, method: 'cancel_and_resettle', resettled: 'S9', taken: 10_000 };
const restOf75 = {
  total: 7500,
  fund: 1000,
  own: 5000,
  shared: 1500,
  cash: 0,
  root: '',
  pin: 1,
  pays: [
    ['fund', 1000, null, 0],
    ['personal:mother', 5000, null, 0],
    ['personal:daughter', 1500, over, 1500],
  ] as readonly Back[],
};

interface Writing {
  readonly undo?: Partial<typeof lifo>;
  readonly back?: readonly Back[];
  readonly rest?: Partial<typeof restOf75> | undefined;
  /** Changes the record after it was made from the columns; and the answer after it was made from the record. */
  readonly record?: object;
  readonly answer?: object;
  readonly debit?: string;
  /** Runs before everything, and after it. */
  readonly first?: string;
  readonly last?: string;
}

const sql = (value: string | number | null) => (typeof value === 'string' ? `'${value}'` : String(value));

function write({
  undo: changes = {},
  back = lifoBack,
  rest,
  record: said = {},
  answer,
  debit = merchant,
  first = '',
  last = '',
}: Writing) {
  const undo = { ...lifo, ...changes };
  undo.undone ||= sale;
  undo.root ||= sale;
  const anew = rest && { ...restOf75, ...rest };
  const { total, fund, own, shared, cash, due } = undo;
  const left = anew ? { ...anew, pays: undefined, root: undefined, pin: undefined } : { total: undo.remaining };
  const record = JSON.stringify({
    undoId: 'R1',
    kind: undo.kind,
    msgId: 'm2',
    undoneAt: undo.at,
    original: { settlementId: undo.root },
    method: undo.method,
    returned: { total, fund, own, shared, cash, cashDue: due },
    returnedBefore: undo.returnedBefore,
    remaining: undo.remaining === 0 ? null : left,
    resettledAs: undo.resettled,
    ownBefore: undo.before,
    ownAfter: undo.after,
    ...said,
  });
  const answered = `{"kind":"undone","undo":${answer ? JSON.stringify({ ...JSON.parse(record), ...answer }) : record}}`;
  const nextPosting = '(SELECT max(id) + 1 FROM posting)';
  const returns = back.map(
    ([credit, amount, by, quota]) =>
      `INSERT INTO posting (${postingColumns}) VALUES (${nextPosting}, 'return', NULL, 'R1', ${sql(by)}, ${sql(debit)}, ${sql(credit)}, ${amount}, ${quota}, 0);`,
  );
  const pays = anew?.pays.map(
    ([from, amount, by, quota]) =>
      `INSERT INTO posting (${postingColumns}) VALUES (${nextPosting}, 'settlement', 'S9', NULL, ${sql(by)}, ${sql(from)}, '${merchant}', ${amount}, ${quota}, 0);`,
  );
  const split = anew && {
    total: anew.total,
    fund: anew.fund,
    own: anew.own,
    shared: anew.shared,
    cash: anew.cash,
  };
  const settled = anew
    ? `INSERT INTO settlement (id, root, record, msg_id, beneficiary, institution, terminal, operator, profile, settled_at_ms,
         total_fen, fund_fen, own_fen, shared_fen, cash_fen, own_before_fen, own_after_fen, pin_used,
         voucher_used)
       VALUES ('S9', ${sql(anew.root || undo.root)}, '${JSON.stringify({ settlementId: 'S9', split })}', 'm2', 'mother',
         '${merchant}', 'T1', '01', 'p', ${start}, ${anew.total}, ${anew.fund}, ${anew.own}, ${anew.shared},
         ${anew.cash}, ${undo.after + anew.own}, ${undo.after}, ${anew.pin}, ${1 - anew.pin});`
    : '';
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(`
      ${first};
      ${undo.kind === 'reversal' ? '' : `INSERT INTO message VALUES ('m2', 'undone', 'hash', '${answered}', NULL, 'R1', 0);`}
      ${returns.join('\n')}
      ${pays?.join('\n') ?? ''}
      ${settled}
      INSERT INTO undo (id, seq, kind, method, msg_id, root, undone, resettled_as, record, undone_at_ms, total_fen, fund_fen,
        own_fen, shared_fen, cash_fen, cash_due_fen, taken_fen, own_before_fen, own_after_fen)
      VALUES ('R1', (SELECT coalesce(max(seq), 0) + 1 FROM undo), ${sql(undo.kind)}, ${sql(undo.method)}, 'm2',
        ${sql(undo.root)}, ${sql(undo.undone)}, ${sql(undo.resettled)}, '${record}', ${undo.at}, ${total}, ${fund}, ${own},
        ${shared}, ${cash}, ${due}, ${undo.taken}, ${undo.before}, ${undo.after});
      ${last};
      COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

const undoColumns =
  'total_fen, fund_fen, own_fen, shared_fen, cash_fen, cash_due_fen, taken_fen, own_before_fen, own_after_fen';

/** The undo written a second time, as another one or as itself. */
function again(id: string): string {
  return `INSERT OR REPLACE INTO undo (id, seq, kind, method, msg_id, root, undone, resettled_as, record, undone_at_ms,
      ${undoColumns})
    SELECT '${id}', seq + 1, kind, 'lifo', msg_id, root, undone, NULL,
      json_set(record, '$.undoId', '${id}', '$.method', 'lifo', '$.resettledAs', NULL), undone_at_ms, ${undoColumns}
    FROM undo`;
}

describe('what the database takes, so that the refusals below mean something', () => {
  const balances = () =>
    db
      .prepare("SELECT balance_fen FROM account WHERE id IN ('personal:daughter', 'personal:mother') ORDER BY id")
      .all();
  const quota = () => db.prepare(`SELECT quota_left_fen FROM link WHERE id = '${over}'`).get();

  it.each<[string, Writing, number, number, number]>([
    ['a part', {}, 1500, 0, 2500],
    ['the whole', { undo: whole, back: wholeBack }, 3000, 5000, 4000],
    ['a cancel', { undo: { ...whole, kind: 'cancel' }, back: wholeBack }, 3000, 5000, 4000],
    ['a reversal', { undo: { ...whole, kind: 'reversal', at: start + 86_400_000 }, back: wholeBack }, 3000, 5000, 4000],
    ['a part with the rest settled anew', { undo: resettle, back: wholeBack, rest: {} }, 1500, 0, 2500],
    [
      'a rest to which somebody gives nothing any more',
      {
        undo: { ...resettle, shared: 3000, cash: 0, due: 500 },
        back: wholeBack,
        rest: { shared: 0, cash: 1500, pays: restOf75.pays.slice(0, 2) },
      },
      3000,
      0,
      4000,
    ],
  ])('%s', (_, writing, daughter, mother, left) => {
    write(writing);
    expect(balances()).toEqual([{ balance_fen: daughter }, { balance_fen: mother }]);
    expect(quota()).toEqual({ quota_left_fen: left });
    const world = open();
    expect(world.registry.audit()).toEqual([]);
    world.close();
  });
});

describe('the database refuses wrong undos by itself', () => {
  it.each<[string, () => Writing, RegExp]>([
    ['parts that do not add up to the total', () => ({ undo: { cash: 900 } }), /CHECK/],
    ['nothing given back', () => ({ undo: { total: 0, shared: 0, cash: 0, taken: 0 }, back: [] }), /total/],
    [
      'cash to the customer and from him',
      () => ({ undo: { shared: 2000, due: 500 }, back: [['personal:daughter', 2000, over, 2000]] }),
      /CHECK/,
    ],
    ['a cancel of a part', () => ({ undo: { kind: 'cancel' } }), /CHECK/],
    ['a rest without its settlement', () => ({ undo: { method: 'cancel_and_resettle' } }), /CHECK/],
    [
      'cash due without a rest',
      () => ({ undo: { shared: 1500, cash: 0, due: 500, total: 1000, taken: 1000 } }),
      /more than was paid/,
    ],
    ['a record of other amounts', () => ({ record: { returned: { total: 2500 } } }), /CHECK/],
    ['a record of another sale', () => ({ record: { original: { settlementId: 'S0' } } }), /CHECK/],
    ['a whole that leaves something', () => ({ undo: { method: 'whole' } }), /CHECK/],
    [
      'postings below the record',
      () => ({ back: [['personal:daughter', 1400, over, 1400]] }),
      /must add up to what it gives back/,
    ],
    ['no posting at all', () => ({ back: [] }), /must add up to what it gives back/],
    ['money of somebody else than the institution', () => ({ debit: 'opening' }), /must add up to what it gives back/],
    [
      'her money over her link to somebody else',
      () => ({ back: [['personal:stranger', 1500, over, 0]] }),
      /a link gives its provider/,
    ],
    [
      'money to somebody who paid nothing',
      () => ({ undo: { own: 1500, shared: 0, after: 1500 }, back: [['personal:stranger', 1500, null, 0]] }),
      /more than was paid/,
    ],
    [
      'more to the provider than he paid',
      () => ({
        undo: { total: 3100, shared: 3100, cash: 0, taken: 3100, remaining: 6900 },
        back: [['personal:daughter', 3100, over, 0]],
      }),
      /more than was paid/,
    ],
    [
      'more to the pool than it paid',
      () => ({ undo: { fund: 1500, shared: 0 }, back: [['fund', 1500, null, 0]] }),
      /more than was paid/,
    ],
    [
      'more cash than was paid',
      () => ({ undo: { shared: 1499, cash: 1001 }, back: [['personal:daughter', 1499, over, 1499]] }),
      /more than was paid/,
    ],
    ['an undo of a record that is not the sale’s', () => ({ undo: { undone: another } }), /what stands for the sale/],
    ['an undo of nothing', () => ({ undo: { undone: 'S0' } }), /what stands for the sale/],
    [
      'a message that was answered otherwise',
      () => ({ answer: { operator: '99' } }),
      /says what its message was answered/,
    ],
    [
      'a cancel on the day after',
      () => ({ undo: { ...whole, kind: 'cancel', at: start + 86_400_000 }, back: wholeBack }),
      /same business day/,
    ],
    ['what was given back before, told wrongly', () => ({ undo: { returnedBefore: 1 } }), /no more than its total/],
    ['what is left, told wrongly', () => ({ undo: { remaining: 7400 } }), /no more than its total/],
    ['a balance told that is not the balance left', () => ({ undo: { before: 7, after: 7 } }), /balance told/],
    [
      'a posting after the undo',
      () => ({
        last: `INSERT INTO posting (${postingColumns}) VALUES (900, 'return', NULL, 'R1', NULL, '${merchant}', 'fund', 1, 0, 0)`,
      }),
      /closed by their settlement or undo/,
    ],
    ['an undo written twice', () => ({ last: again('R1') }), /written once/],
    [
      'a rest that takes from her wallet what the daughter got back',
      () => ({
        first: `INSERT INTO posting (${postingColumns}) VALUES (900, 'adjustment', NULL, NULL, NULL, 'opening', 'wallet:mother', 1500, 0, 0)`,
        undo: resettle,
        back: wholeBack,
        rest: { pays: [...restOf75.pays.slice(0, 2), ['wallet:mother', 1500, null, 0]] },
      }),
      /from nobody more/,
    ],
    [
      'a rest that takes the stranger’s money',
      () => ({
        undo: { ...resettle, own: 0 },
        back: wholeBack,
        rest: {
          pays: [
            ['fund', 1000, null, 0],
            ['personal:stranger', 900, null, 0],
            ['personal:mother', 4100, null, 0],
            ['personal:daughter', 1500, over, 1500],
          ],
        },
      }),
      /add up/,
    ],
    [
      'a rest of another amount than the refund was answered to leave',
      () => ({ undo: resettle, back: wholeBack, rest: {}, answer: { remaining: { total: 7400 } } }),
      /what its refund was answered to leave/,
    ],
    [
      'a rest of another sale',
      () => ({ undo: resettle, back: wholeBack, rest: { root: another } }),
      /answered to leave/,
    ],
    [
      'a rest by code of what a PIN paid',
      () => ({ undo: resettle, back: wholeBack, rest: { pin: 0 } }),
      /answered to leave/,
    ],
    [
      'a rest before everything was taken back',
      () => ({
        undo: { ...resettle, total: 1500, cash: 0, taken: 9000, remaining: 7500 },
        back: wholeBack,
        rest: {},
      }),
      /must add up|more than was paid|no more than its total/,
    ],
  ])('%s', (_, writing, message) => {
    const before = db.prepare('SELECT * FROM account ORDER BY id').all();
    expect(() => write(writing())).toThrow(message);
    expect(db.prepare('SELECT * FROM account ORDER BY id').all()).toEqual(before);
  });

  it('an undo of a record whose rest was settled anew', () => {
    write({ undo: resettle, back: wholeBack, rest: {} });
    expect(() => db.exec(again('R2'))).toThrow(/what stands for the sale/);
  });

  it.each<[string, string, RegExp]>([
    ['changed', 'UPDATE undo SET total_fen = total_fen + 1', /never changed/],
    ['removed', 'DELETE FROM undo', /never removed/],
    [
      'left without a record',
      "INSERT INTO message VALUES ('m3', 'undone', 'h', '{\"kind\":\"undone\"}', NULL, 'R9', 0)",
      /FOREIGN KEY/,
    ],
    [
      'answered without a record',
      "INSERT INTO message VALUES ('m3', 'undone', 'h', '{\"kind\":\"undone\"}', NULL, NULL, 0)",
      /CHECK/,
    ],
    [
      'paid out without a record',
      `INSERT INTO posting (${postingColumns}) VALUES (900, 'return', NULL, 'R9', NULL, '${merchant}', 'personal:stranger', 1, 0, 0)`,
      /FOREIGN KEY/,
    ],
    [
      'paid out without being named',
      `INSERT INTO posting (${postingColumns}) VALUES (900, 'return', NULL, NULL, NULL, '${merchant}', 'personal:stranger', 1, 0, 0)`,
      /CHECK/,
    ],
  ])('an undo is not %s', (_, statement, message) => {
    write({});
    expect(() => db.exec(statement)).toThrow(message);
  });
});

describe('the database refuses wrong reversals by itself', () => {
  const messageOf = (id: string) =>
    String(db.prepare(`SELECT msg_id FROM settlement WHERE id = '${id}'`).get()?.msg_id);

  it('takes one of a sale that was given back, and of a sealed id', () => {
    write({
      undo: { ...whole, kind: 'reversal' },
      back: wholeBack,
      last: `INSERT INTO reversal VALUES ('${messageOf(sale)}', 'R1', 0)`,
    });
    db.exec("INSERT INTO message (msg_id, outcome, at_ms) VALUES ('sealed', 'sealed', 0)");
    db.exec("INSERT INTO reversal VALUES ('sealed', NULL, 0)");
    expect(() => db.exec("INSERT OR REPLACE INTO reversal VALUES ('sealed', NULL, 1)")).toThrow(/reversed once/);
    expect(() => db.exec('UPDATE reversal SET at_ms = 1')).toThrow(/never changed/);
    expect(() => db.exec('DELETE FROM reversal')).toThrow(/never removed/);
  });

  it('of a sale of which something stays paid', () => {
    write({});
    expect(() => db.exec(`INSERT INTO reversal VALUES ('${messageOf(sale)}', NULL, 0)`)).toThrow(/nothing stays paid/);
  });

  it('of a refund', () => {
    write({});
    expect(() => db.exec("INSERT INTO reversal VALUES ('m2', NULL, 0)")).toThrow(/is not reversed/);
  });

  it('of a message that nobody sent', () => {
    expect(() => db.exec("INSERT INTO reversal VALUES ('m9', NULL, 0)")).toThrow(/FOREIGN KEY/);
  });

  it('with another undo than its own', () => {
    write({ undo: whole, back: wholeBack });
    expect(() => db.exec(`INSERT INTO reversal VALUES ('${messageOf(sale)}', 'R1', 0)`)).toThrow(/its own/);
    db.exec(`INSERT INTO reversal VALUES ('${messageOf(sale)}', NULL, 0)`);
  });
});

describe('the database refuses wrong PIN keys by itself', () => {
  beforeEach(() => {
    db.exec(`INSERT INTO terminal_key VALUES ('P1/T9', X'00');
      INSERT INTO pin_key (key_id, terminal, format, key_sealed, at_ms) VALUES ('k1', 'P1/T9', 'iso4-sm4', X'00', 0)`);
  });

  it.each<[string, string, RegExp]>([
    [
      'a second one of a format',
      "INSERT INTO pin_key (key_id, terminal, format, key_sealed, at_ms) VALUES ('k2', 'P1/T9', 'iso4-sm4', X'00', 0)",
      /one PIN key of a format/,
    ],
    [
      'one that was used before it came',
      "INSERT INTO pin_key (key_id, terminal, format, key_sealed, uses, at_ms) VALUES ('k2', 'P1/T9', 'iso0-tdes', X'00', 1, 0)",
      /new when it comes/,
    ],
    [
      'one of a terminal that nobody enrolled',
      "INSERT INTO pin_key (key_id, terminal, format, key_sealed, at_ms) VALUES ('k2', 'P1/T8', 'iso4-sm4', X'00', 0)",
      /FOREIGN KEY/,
    ],
    ['one removed', 'DELETE FROM pin_key', /never removed/],
    [
      'one whose uses grow less',
      "UPDATE pin_key SET uses = 3 WHERE key_id = 'k1'; UPDATE pin_key SET uses = 2 WHERE key_id = 'k1'",
      /only wears out/,
    ],
    [
      'one that comes back',
      "UPDATE pin_key SET retired = 1 WHERE key_id = 'k1'; UPDATE pin_key SET retired = 0 WHERE key_id = 'k1'",
      /only wears out/,
    ],
    ['one that becomes another', "UPDATE pin_key SET key_sealed = X'01'", /only wears out/],
  ])('%s', (_, statement, message) => {
    expect(() => db.exec(statement)).toThrow(message);
  });
});
