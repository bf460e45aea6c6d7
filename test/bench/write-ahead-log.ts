import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What stands in a SQLite write-ahead log since it was begun anew. */
export interface LogContent {
  readonly pageBytes: number;
  /** How many frames each transaction has, in order. */
  readonly framesOfTransactions: readonly number[];
}

/** Sizes and places are those of https://sqlite.org/fileformat2.html#walformat. */
const headerBytes = 32;
const frameHeaderBytes = 24;

/** Reads a log up to the first frame that is left over from before it was begun anew. */
export function readLog(path: string): LogContent {
  const log = readFileSync(path);
  const pageBytes = log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  const framesOfTransactions: number[] = [];
  let frames = 0;
  for (let at = headerBytes; at + frameHeaderBytes + pageBytes <= log.length; at += frameHeaderBytes + pageBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    frames += 1;
    // A frame that ends a transaction tells the size of the database after it.
    if (log.readUInt32BE(at + 4) === 0) continue;
    framesOfTransactions.push(frames);
    frames = 0;
  }
  return { pageBytes, framesOfTransactions };
}

/** Writes what a log holds again, and nothing else: as many bytes in as many writes and flushes, one after the other into
 *  a file that is already there in full, as SQLite overwrites its log after a checkpoint. Header and page of a frame are a
 *  write each. On macOS Node flushes harder than SQLite does (F_FULLFSYNC). */
export class BareLog {
  readonly #file: number;
  readonly #header = Buffer.alloc(frameHeaderBytes, 0x47);
  readonly #page: Buffer;
  readonly #fileBytes: number;
  #at = 0;

  constructor(path: string, pageBytes: number) {
    this.#page = Buffer.alloc(pageBytes, 0x4a);
    // SQLite moves the log into the database after a thousand pages.
    this.#fileBytes = 1_000 * (frameHeaderBytes + pageBytes);
    this.#file = openSync(path, 'w');
    writeSync(this.#file, Buffer.alloc(this.#fileBytes), 0, this.#fileBytes, 0);
    fsyncSync(this.#file);
  }

  /** Writes a transaction of so many frames and flushes it. */
  transaction(frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      if (this.#at + frameHeaderBytes + this.#page.length > this.#fileBytes) this.#at = 0;
      writeSync(this.#file, this.#header, 0, frameHeaderBytes, this.#at);
      writeSync(this.#file, this.#page, 0, this.#page.length, this.#at + frameHeaderBytes);
      this.#at += frameHeaderBytes + this.#page.length;
    }
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}
