import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openSqliteStore } from '../../src/centre/store/sqlite-store.ts';

/** The binding, watched: which connections were opened, and one that does not obey. */
const binding = vi.hoisted(() => ({ connections: [] as unknown[], obeys: true }));
vi.mock('@photostructure/sqlite', async (original) => {
  const actual = await original<typeof import('@photostructure/sqlite')>();
  class Watched extends actual.DatabaseSync {
    constructor(...args: ConstructorParameters<typeof actual.DatabaseSync>) {
      super(...args);
      binding.connections.push(this);
    }
    override exec(sql: string): void {
      super.exec(binding.obeys ? sql : sql.replace('synchronous = FULL', 'synchronous = NORMAL'));
    }
  }
  return { ...actual, DatabaseSync: Watched };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-durability-'));
  binding.connections.length = 0;
  binding.obeys = true;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openSqliteStore(join(folder, 'centre.db'), new Uint8Array(8));

it('commits with synchronous=FULL, write-ahead log and foreign keys, also on a file that is there already', () => {
  open().close();
  const store = open();
  const connection = binding.connections.at(-1) as DatabaseSyncInstance;
  for (const [pragma, value] of Object.entries({ synchronous: 2, journal_mode: 'wal', foreign_keys: 1 })) {
    expect(connection.prepare(`PRAGMA ${pragma}`).get()).toEqual({ [pragma]: value });
  }
  store.close();
});

it('does not open when synchronous=FULL is not taken: the binding’s default loses payments at a power cut', () => {
  binding.obeys = false;
  expect(open).toThrow(expect.objectContaining({ name: 'StoreFault', code: 'notDurable' }));
});
