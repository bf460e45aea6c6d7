import { existsSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { type CentreStore, type Rows, StoreFault, type WritableRows } from '../centre-store.ts';
import { books } from './books.ts';
import { migrate } from './migrate.ts';
import { applicationId, rules, schemaVersion, tables } from './schema.ts';
import { SqliteRows } from './sqlite-rows.ts';

/** How long a transaction waits for another process's before it gives up. */
const lockTimeoutMs = 2_000;

/** Opens, or makes, the centre's database. `path` null = in memory, for tests and scenarios. `keyCheck` tells the card
 *  vault's key from others.
 *  Errors: `StoreFault` for a file that is not this program's, is newer, is damaged, or was made with other keys; it is
 *  looked at read-only first, so that nothing in such a file changes. Also when the disk would not make commits durable:
 *  this binding is compiled with `synchronous=NORMAL` for WAL, which loses acknowledged payments at a power cut, so FULL
 *  is set and read back. */
export function openSqliteStore(path: string | null, keyCheck: Uint8Array): CentreStore {
  if (path !== null && existsSync(path) && statSync(path).size > 0) inspect(path);
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path ?? ':memory:', { timeout: lockTimeoutMs });
    prepareFile(db, path ?? ':memory:', keyCheck);
    return new SqliteStore(db);
  } catch (error) {
    // Taken back here, because the statements that this binding has not freed yet keep a closed connection's lock.
    if (db?.isTransaction) db.exec('ROLLBACK');
    db?.close();
    throw error instanceof StoreFault ? error : new StoreFault('unavailable', `cannot open ${path}`, { cause: error });
  }
}

/** Reads what a file is, without writing to it. */
function inspect(path: string): void {
  const damaged = (cause: unknown) =>
    new StoreFault(
      'corrupt',
      `${path} is damaged. Nothing was changed in it. Keep it, and put back a backup; or move it away to begin with an empty one.`,
      { cause },
    );
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: lockTimeoutMs });
    const application = number(db, 'PRAGMA application_id');
    const version = number(db, 'PRAGMA user_version');
    const isEmpty = number(db, 'SELECT count(*) FROM sqlite_schema') === 0;
    if (application !== applicationId && !(isEmpty && application === 0 && version === 0)) {
      throw new StoreFault(
        'foreignFile',
        `${path} is a database of another program. Nothing was changed in it. Choose another path for the centre's database.`,
      );
    }
    if (version > schemaVersion) {
      throw new StoreFault(
        'newerSchema',
        `${path} was written by a newer version of this program (schema ${version}, this one knows ${schemaVersion}). Nothing was changed in it. Install that version, or choose another path.`,
      );
    }
    const check = db.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw damaged(new Error(String(check?.quick_check)));
  } catch (error) {
    if (error instanceof StoreFault) throw error;
    if (wasBeingMade(path, error)) return;
    throw isBusy(error) ? new StoreFault('unavailable', `${path} is in use`, { cause: error }) : damaged(error);
  } finally {
    db?.close();
  }
}

/** Whether the power went while the file was being made. Reading alone cannot take that back (SQLITE_READONLY_ROLLBACK);
 *  the connection that writes does. Only where SQLite's rollback journal says that there was no page before: bytes 16 to
 *  19 of https://sqlite.org/fileformat2.html#the_rollback_journal. */
function wasBeingMade(path: string, error: unknown): boolean {
  const needsRollback = error instanceof Error && 'errcode' in error && error.errcode === 776;
  if (!needsRollback || !existsSync(`${path}-journal`)) return false;
  const header = readFileSync(`${path}-journal`).subarray(0, 20);
  return header.length === 20 && header.readUInt32BE(16) === 0;
}

function prepareFile(db: DatabaseSyncInstance, path: string, keyCheck: Uint8Array): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF');
  const mode = db.prepare('PRAGMA journal_mode').get()?.journal_mode;
  if (mode !== (path === ':memory:' ? 'memory' : 'wal')) {
    throw new StoreFault('notDurable', `${path}: this place does not allow a write-ahead log (got ${String(mode)})`);
  }
  // A migration takes tables away and puts them back, which no foreign key would survive. Inside a transaction this
  // switch does nothing.
  db.exec('PRAGMA foreign_keys = OFF');
  db.exec('BEGIN IMMEDIATE');
  const version = number(db, 'PRAGMA user_version');
  if (version === 0) {
    db.exec(tables);
    db.exec(rules);
    db.exec("INSERT INTO account (id, kind) VALUES ('fund', 'fund'), ('opening', 'opening')");
    db.prepare("INSERT INTO meta VALUES ('keyCheck', ?)").run(keyCheck);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`);
  }
  const known = db.prepare("SELECT value FROM meta WHERE key = 'keyCheck'").get()?.value;
  if (!(known instanceof Uint8Array) || Buffer.compare(known, keyCheck) !== 0) {
    throw new StoreFault(
      'otherKeys',
      `${path} was made with other keys, so its cards cannot be found. Nothing was changed in it. Start with the keys it was made with, or choose another path.`,
    );
  }
  if (version > 0 && version < schemaVersion) migrate(db, version);
  db.exec('COMMIT');
  db.exec('PRAGMA foreign_keys = ON');
  if (number(db, 'PRAGMA synchronous') !== 2 || number(db, 'PRAGMA foreign_keys') !== 1) {
    throw new StoreFault('notDurable', `${path}: SQLite does not accept synchronous=FULL and foreign_keys=ON`);
  }
}

function number(db: DatabaseSyncInstance, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, as its extended codes end.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

class SqliteStore implements CentreStore {
  readonly #db: DatabaseSyncInstance;
  readonly #rows: SqliteRows;
  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
    this.#rows = new SqliteRows(db);
  }

  write<T>(work: (rows: WritableRows) => T): T {
    return this.#transaction('BEGIN IMMEDIATE', () => work(this.#rows));
  }

  read<T>(work: (rows: Rows) => T): T {
    return this.#transaction('BEGIN', () => work(this.#rows));
  }

  audit(): readonly string[] {
    return this.#transaction('BEGIN', () => [
      ...this.#db
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(row.integrity_check))
        .filter((line) => line !== 'ok'),
      ...this.#db
        .prepare('PRAGMA foreign_key_check')
        .all()
        .map((row) => `${String(row.table)} points to nothing`),
      ...this.#db
        .prepare(books)
        .all()
        .map((row) => String(row.problem)),
    ]);
  }

  close(): void {
    if (!this.#db.isOpen) return;
    // This binding frees statements with the garbage, and until then a closed connection keeps its log: what is in the
    // log is moved to the file here, so that the file alone is whole. Failing that nothing is lost, the log stays.
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }

  /** All of `work` or nothing of it. SQLite's own errors become `StoreFault`s; they hold no values, only names. */
  #transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    try {
      this.#db.exec(begin);
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const ours = code.startsWith('ERR_SQLITE') || !this.#db.isOpen;
      throw ours ? new StoreFault('unavailable', 'the centre’s database failed', { cause: error }) : error;
    }
  }
}
