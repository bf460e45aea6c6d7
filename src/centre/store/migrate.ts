import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { rules, schemaVersion, tables } from './schema.ts';

/** Brings a database of an earlier version to the present one, inside the caller's transaction and with foreign keys off: every
 *  table is copied, made anew and filled again, because SQLite cannot change a table's checks; then the rules are put on
 *  and the foreign keys looked at. Nothing of version 1 was a rest or an undo, so that each settlement is its own root.
 *  Errors: throws what SQLite throws, and when something points to nothing; the caller takes everything back. */
export function migrate(db: DatabaseSyncInstance, from: number): void {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
    .all()
    .map((row) => String(row.name));
  const refills = names.map((name) => {
    // Generated columns are not among these.
    const columns = db
      .prepare(`PRAGMA table_info(${name})`)
      .all()
      .map((row) => String(row.name));
    db.exec(`CREATE TEMP TABLE "old ${name}" AS SELECT ${columns} FROM main.${name}; DROP TABLE main.${name}`);
    const [into, taken] = from === 1 && name === 'settlement' ? ['root, ', 'id, '] : ['', ''];
    return `INSERT INTO main.${name} (${into}${columns}) SELECT ${taken}${columns} FROM temp."old ${name}";
      DROP TABLE temp."old ${name}"`;
  });
  db.exec(tables);
  for (const refill of refills) db.exec(refill);
  db.exec(rules);
  const [loose] = db.prepare('PRAGMA foreign_key_check').all();
  if (loose !== undefined) throw new Error(`migration: a row of ${String(loose.table)} points to nothing`);
  db.exec(`PRAGMA user_version = ${schemaVersion}`);
}
