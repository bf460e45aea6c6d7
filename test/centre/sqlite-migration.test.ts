import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { bill, embeddedOptions, StandingClock, start, yuan } from './centre-world.ts';
import { asked, byPhone } from './link-forms.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const options = (path: string) => embeddedOptions(profile('national-2026'), new StandingClock(), path);

/** Everything in a database that rows of an earlier version can be told by. */
function rowsOf(earlier: string, path: string) {
  const [before, after] = [new DatabaseSync(':memory:'), new DatabaseSync(path)];
  before.exec(earlier);
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

describe.each([1, 2])('a file of version %i', (version) => {
  const written = readFixture(`databases/centre-${version}.sql`);
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gongji-migration-'));
    path = join(folder, 'centre.db');
    const db = new DatabaseSync(path);
    db.exec(written);
    db.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is brought up when it is opened, and nothing of it is lost', () => {
    const first = openOwnAnswers(options(path));
    expect(first.registry.audit()).toEqual([]);
    first.close();
    const { before, after } = rowsOf(written, path);
    expect(after).toEqual(before);
  });

  it('goes on where it was: its sales can be undone, its people linked', async () => {
    const clock = new StandingClock();
    clock.advance(1000);
    const world = openOwnAnswers({ ...options(path), clock });
    const counter = new Counter(world, 'T7');
    for (const sale of world.registry.recordedOn('2025-04-19')) {
      if ('undoId' in sale || world.registry.leftOf(sale.settlementId) === 0) continue;
      await counter.refund(sale.settlementId);
    }
    // 50 and perhaps 3 were hers; the daughter gave 40 over a quota of 40 that has ended since.
    expect(world.registry.balanceOf('mother')).toBe(yuan(version === 1 ? '53' : '50'));
    expect(world.registry.balanceOf('daughter')).toBe(yuan('200'));
    expect(world.registry.linksOf('mother')[0]).toMatchObject({
      quotaLeft: yuan('40'),
      until: start + 1,
      channel: null,
    });
    expect(world.registry.balanceOf('aunt')).toEqual(version === 1 ? null : yuan('9'));
    expect(world.links.link(asked('daughter', 'mother', { quota: yuan('200') }), byPhone)).toMatchObject({
      kind: 'linked',
    });
    await counter.sell('mother', bill('55'));
    expect(world.registry.audit()).toEqual([]);
    world.close();
  });

  it('is held by the same rules as a new one', () => {
    openOwnAnswers(options(path)).close();
    const fresh = join(folder, 'fresh.db');
    openOwnAnswers(options(fresh)).close();
    const objects = (file: string) => {
      const db = new DatabaseSync(file);
      const found = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
      const now = db.prepare('PRAGMA user_version').get();
      db.close();
      return { found, now };
    };
    expect(objects(path)).toEqual(objects(fresh));
  });

  it('is not touched when it is refused: other keys, or rows that point to nothing', () => {
    const otherKeys = { ...options(path), pinVerificationKey: new Uint8Array(32).fill(8) };
    expect(() => openOwnAnswers(otherKeys)).toThrow(expect.objectContaining({ code: 'otherKeys' }));
    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: version });
    db.exec(
      "PRAGMA foreign_keys = OFF; INSERT INTO link VALUES ('L9', 'nobody', 'mother', 'other', 0, NULL, NULL, NULL)",
    );
    const { n } = db.prepare('SELECT count(*) AS n FROM settlement').get() ?? {};
    db.close();
    expect(() => openOwnAnswers(options(path))).toThrow(expect.objectContaining({ code: 'unavailable' }));
    const after = new DatabaseSync(path);
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: version });
    expect(after.prepare('SELECT count(*) AS n FROM settlement').get()).toEqual({ n });
    after.close();
  });
});
