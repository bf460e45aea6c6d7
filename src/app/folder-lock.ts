import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { JournalFault } from '../ports/journal.ts';

export interface FolderLock {
  /** Lets others in; may be called twice. */
  release(): void;
}

/** The databases that hold a lock: one that nobody refers to would be closed with the garbage, and its lock with it. */
const held = new Set<DatabaseSyncInstance>();

/** Keeps every other process out of a data folder, and this one from opening it twice: two terminals on one journal would
 *  write over each other. The lock is SQLite's own on `in-use.lock`, so the operating system lets go of it when
 *  the process ends in whatever way, and a file that is left behind locks nobody out. `in-use.pid` only says whose it is.
 *  Errors: `JournalFault` inUse; notWritable where no lock can be had, as on a read-only disk. */
export function lockFolder(folder: string): FolderLock {
  let db: DatabaseSyncInstance | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = new DatabaseSync(join(folder, 'in-use.lock'), { timeout: 0 });
    // An open transaction that never writes: one at a time can have it, and nothing comes on the disk.
    db.exec('BEGIN IMMEDIATE');
    writeFileSync(join(folder, 'in-use.pid'), `${process.pid}\n`);
  } catch (cause) {
    db?.close();
    throw isBusy(cause) ? inUse(folder, cause) : notWritable(folder, cause);
  }
  const lock = db;
  held.add(lock);
  return {
    release: () => {
      if (held.delete(lock)) lock.close();
    },
  };
}

function inUse(folder: string, cause: unknown): JournalFault {
  const pid = holderOf(folder);
  const [who, todo] =
    pid === process.pid
      ? ['this program has it open already', 'Close it there first']
      : [
          `another Gongji Terminal is working in it${pid === undefined ? '' : ` (process ${pid})`}`,
          'Go on in that one, or end it',
        ];
  return new JournalFault('inUse', `${folder} is in use: ${who}. ${todo}; or give this one another data folder.`, {
    cause,
  });
}

function notWritable(folder: string, cause: unknown): JournalFault {
  return new JournalFault(
    'notWritable',
    `${folder} cannot be locked, so no payment can be taken. Check that the disk has room and that this program may write there`,
    { cause },
  );
}

function holderOf(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, 'in-use.pid'), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, as its extended codes end.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
