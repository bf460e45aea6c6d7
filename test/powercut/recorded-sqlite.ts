import sqlite3InitModule, { type Database, type PreparedStatement, type SqlValue } from '@sqlite.org/sqlite-wasm';
import type { RecordedDisk } from './recorded-disk.ts';

/** SQLite itself, of the version that the program's binding has, as WebAssembly, over a file system of ours: so that every
 *  write, truncation, flush and name that it asks for is seen in its order. With the compile-time settings of the binding
 *  that matter here: pages of 4 KiB. */
const sqlite3 = await sqlite3InitModule();
const { capi, wasm } = sqlite3;

export const sqliteVersion = sqlite3.version.libVersion;

const vfsName = 'recorded';
/** The disk of the moment: a VFS is registered once and for all databases. */
let disk: RecordedDisk | null = null;
interface OpenFile {
  readonly disk: RecordedDisk;
  readonly file: number;
  /** SQLite's own file system flushes the name of a new log at its first flush. */
  isNewLog: boolean;
}
const openFiles = new Map<number, OpenFile>();
const fileAt = (pointer: number): OpenFile => {
  const found = openFiles.get(pointer);
  if (!found) throw new RangeError('SQLite uses a file that is not open');
  return found;
};
const theDisk = (): RecordedDisk => {
  if (!disk) throw new Error('no disk was given');
  return disk;
};
const nameAt = (pointer: number): string => wasm.cstrToJs(pointer) ?? '';

registerVfs();
function registerVfs(): void {
  const io = new capi.sqlite3_io_methods();
  // Without shared memory: it is never part of what a power cut leaves.
  Object.assign(io, { $iVersion: 1 });
  const vfs = new capi.sqlite3_vfs();
  Object.assign(vfs, { $iVersion: 1, $szOsFile: new capi.sqlite3_file().structInfo.sizeof, $mxPathname: 512 });
  const ok = capi.SQLITE_OK;
  let chance = 1;
  sqlite3.vfs.installVfs({
    io: {
      struct: io,
      methods: {
        xClose: (pointer) => {
          openFiles.delete(pointer);
          return ok;
        },
        xRead: (pointer, buffer, length, offset) => {
          const { disk, file } = fileAt(pointer);
          const from = Number(offset);
          const bytes = disk.read(file).subarray(from, from + length);
          const heap = wasm.heap8u();
          heap.set(bytes, buffer);
          if (bytes.length === length) return ok;
          heap.fill(0, buffer + bytes.length, buffer + length);
          return capi.SQLITE_IOERR_SHORT_READ;
        },
        xWrite: (pointer, buffer, length, offset) => {
          const { disk, file } = fileAt(pointer);
          disk.write(file, Number(offset), wasm.heap8u().subarray(buffer, buffer + length));
          return ok;
        },
        xTruncate: (pointer, size) => {
          const { disk, file } = fileAt(pointer);
          disk.truncate(file, Number(size));
          return ok;
        },
        xSync: (pointer) => {
          const open = fileAt(pointer);
          open.disk.sync(open.file);
          if (open.isNewLog) open.disk.syncNames();
          open.isNewLog = false;
          return ok;
        },
        xFileSize: (pointer, size) => {
          const { disk, file } = fileAt(pointer);
          wasm.poke64(size, BigInt(disk.read(file).length));
          return ok;
        },
        // There is one connection.
        xLock: () => ok,
        xUnlock: () => ok,
        xCheckReservedLock: (_pointer, held) => {
          wasm.poke32(held, 0);
          return ok;
        },
        xFileControl: () => capi.SQLITE_NOTFOUND,
        // As SQLite says of disks under Linux.
        xSectorSize: () => 4096 as never,
        xDeviceCharacteristics: () => capi.SQLITE_IOCAP_POWERSAFE_OVERWRITE as never,
      },
    },
    vfs: {
      struct: vfs,
      name: vfsName,
      methods: {
        xOpen: (_vfs, name, pointer, flags, flagsOut) => {
          const disk = theDisk();
          const path = nameAt(name);
          const isLog = (flags & (capi.SQLITE_OPEN_WAL | capi.SQLITE_OPEN_MAIN_JOURNAL)) !== 0;
          const isNewLog = isLog && !disk.has(path);
          if (!disk.has(path) && (flags & capi.SQLITE_OPEN_CREATE) === 0) return capi.SQLITE_CANTOPEN;
          openFiles.set(pointer, { disk, file: disk.open(path), isNewLog });
          const file = new capi.sqlite3_file(pointer);
          file.$pMethods = io.pointer as number;
          file.dispose();
          if (flagsOut) wasm.poke32(flagsOut, flags);
          return ok;
        },
        xDelete: (_vfs, name, flushName) => {
          theDisk().remove(nameAt(name));
          if (flushName) theDisk().syncNames();
          return ok;
        },
        xAccess: (_vfs, name, _flags, found) => {
          wasm.poke32(found, theDisk().has(nameAt(name)) ? 1 : 0);
          return ok;
        },
        xFullPathname: (_vfs, name, length, full) =>
          wasm.cstrncpy(full, name, length) < length ? ok : capi.SQLITE_CANTOPEN,
        xRandomness: (_vfs, length, bytes) => {
          const heap = wasm.heap8u();
          for (let at = 0; at < length; at++) {
            chance = (Math.imul(chance, 1_103_515_245) + 12_345) >>> 0;
            heap[bytes + at] = chance >>> 16;
          }
          return length as never;
        },
        xSleep: () => ok,
        xCurrentTime: (_vfs, day) => {
          wasm.poke64f(day, 2_460_000.5);
          return ok;
        },
        xGetLastError: () => {},
      },
    },
  });
}

export interface RecordingOptions {
  /** `normal`: what the program sets is changed on its way, so that the harness can be seen to find what is lost then. */
  readonly synchronous: 'asTheProgramSays' | 'normal';
  /** After so many pages the log moves into the database; the program's are a thousand. */
  readonly checkpointPages: number;
}
let options: RecordingOptions = { synchronous: 'asTheProgramSays', checkpointPages: 1000 };

/** Databases opened from now on are on this disk; null = on the machine's. */
export function recordOn(next: RecordedDisk | null, how: RecordingOptions = options): void {
  disk = next;
  options = how;
}

export const isRecording = (): boolean => disk !== null;

/** The part of the binding's `DatabaseSync` that the store uses, over the recorded disk. */
export class RecordedDatabase {
  readonly #db: Database;
  constructor(path: string) {
    this.#db = new sqlite3.oo1.DB(path, 'c', vfsName);
    // A log without shared memory is SQLite's for one connection only.
    this.#db.exec(
      `PRAGMA page_size = 4096; PRAGMA locking_mode = EXCLUSIVE; PRAGMA wal_autocheckpoint = ${options.checkpointPages}`,
    );
  }
  get isOpen(): boolean {
    return this.#db.isOpen();
  }
  get isTransaction(): boolean {
    return this.isOpen && capi.sqlite3_get_autocommit(this.#db) === 0;
  }
  exec(sql: string): void {
    this.#db.exec(options.synchronous === 'normal' ? sql.replace('synchronous = FULL', 'synchronous = NORMAL') : sql);
  }
  prepare(sql: string): RecordedStatement {
    // What the store reads back of the changed setting is what it set.
    const isReadBack = options.synchronous === 'normal' && sql === 'PRAGMA synchronous';
    return new RecordedStatement(this.#db, this.#db.prepare(isReadBack ? 'SELECT 2' : sql));
  }
  close(): void {
    this.#db.close();
  }
}

class RecordedStatement {
  readonly #db: Database;
  readonly #statement: PreparedStatement;
  constructor(db: Database, statement: PreparedStatement) {
    this.#db = db;
    this.#statement = statement;
  }
  get(...values: SqlValue[]): Record<string, SqlValue> | undefined {
    return this.all(...values)[0];
  }
  all(...values: SqlValue[]): Record<string, SqlValue>[] {
    const rows: Record<string, SqlValue>[] = [];
    try {
      if (values.length > 0) this.#statement.bind(values);
      while (this.#statement.step()) rows.push(this.#statement.get({}));
      return rows;
    } finally {
      this.#statement.reset(true);
    }
  }
  run(...values: SqlValue[]): { readonly changes: number } {
    this.all(...values);
    return { changes: this.#db.changes() };
  }
}
