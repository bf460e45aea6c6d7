import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { bill, embeddedOptions, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-migration-'));
  path = join(folder, 'centre.db');
  const db = new DatabaseSync(path);
  db.exec(readFixture('databases/centre-1.sql'));
  db.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = () => embeddedOptions(profile('national-2026'), new StandingClock(), path);

/** Everything in a database that rows of version 1 can be told by. */
function rowsOf(columnsLike: string) {
  const [before, after] = [new DatabaseSync(':memory:'), new DatabaseSync(path)];
  before.exec(columnsLike);
  const names = before.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const read = (db: typeof before) =>
    names.map(({ name }) => {
      const columns = before.prepare(`PRAGMA table_info(${name})`).all();
      return [name, db.prepare(`SELECT ${columns.map((column) => String(column.name))} FROM ${name} ORDER BY 1`).all()];
    });
  const rows = { before: read(before), after: read(after) };
  before.close();
  after.close();
  return rows;
}

it('a file of version 1 is brought up when it is opened: nothing of it is lost, and its sales can be undone', async () => {
  const first = openOwnAnswers(options());
  expect(first.registry.audit()).toEqual([]);
  first.close();
  const { before, after } = rowsOf(readFixture('databases/centre-1.sql'));
  expect(after).toEqual(before);

  const world = openOwnAnswers(options());
  const sales = world.registry.recordedOn('2025-04-19');
  expect(sales).toHaveLength(2);
  const counter = new Counter(world, 'T7');
  for (const sale of sales) {
    if (!('settlementId' in sale)) throw new Error('version 1 knew no undo');
    await counter.cancel(sale.settlementId);
  }
  // 50 and 3 were hers; the daughter gave 40 over a quota of 40 that has ended since.
  expect([world.registry.balanceOf('mother'), world.registry.balanceOf('daughter')]).toEqual([yuan('53'), yuan('200')]);
  expect(world.registry.linksOf('mother')[0]).toMatchObject({ quotaLeft: yuan('40'), until: start + 1 });
  expect(world.registry.balanceOf('aunt')).toBeNull();
  await counter.sell('mother', bill('5'));
  expect(world.registry.audit()).toEqual([]);
  world.close();
});

it('the same rules hold in it as in a new one', () => {
  openOwnAnswers(options()).close();
  const fresh = join(folder, 'fresh.db');
  openOwnAnswers({ ...options(), path: fresh }).close();
  const objects = (file: string) => {
    const db = new DatabaseSync(file);
    const found = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
    const version = db.prepare('PRAGMA user_version').get();
    db.close();
    return { found, version };
  };
  expect(objects(path)).toEqual(objects(fresh));
});

it('is not touched when it is refused: other keys, or rows that point to nothing', () => {
  const otherKeys = { ...options(), pinVerificationKey: new Uint8Array(32).fill(8) };
  expect(() => openOwnAnswers(otherKeys)).toThrow(expect.objectContaining({ code: 'otherKeys' }));
  const db = new DatabaseSync(path);
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  db.exec(
    "PRAGMA foreign_keys = OFF; INSERT INTO link VALUES ('L9', 'nobody', 'mother', 'other', 0, NULL, NULL, NULL)",
  );
  db.close();
  expect(() => openOwnAnswers(options())).toThrow(expect.objectContaining({ code: 'unavailable' }));
  const after = new DatabaseSync(path);
  expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  expect(after.prepare('SELECT count(*) AS n FROM settlement').get()).toEqual({ n: 2 });
  after.close();
});
