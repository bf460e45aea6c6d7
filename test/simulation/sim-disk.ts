import type { JournalDisk, JournalFile } from '../../src/terminal/file-journal.ts';
import type { DiskMoment, UnsyncedFate } from './history.ts';
import type { Prng } from './prng.ts';
import type { SimTime } from './sim-time.ts';

/** How long the disk takes for a write and for a flush, in milliseconds. */
const writeMs = 1;
const syncMs = 2;

interface File {
  content: Buffer;
  /** As it would be after a power cut that loses everything unsynced. */
  durable: Buffer;
  unsynced: Change[];
}
type Change = { readonly at: number; readonly bytes: Buffer } | { readonly size: number };

/** A terminal's disk. What was written and not flushed may be lost when the power goes: all of it, none, or a part. It
 *  outlives the processes on it; each of them has a view of its own, which does nothing any more once its process is
 *  dead. */
export class SimDisk {
  /** No write finds room. */
  isFull = false;
  readonly #time: SimTime;
  #names = new Map<string, File>();
  #durableNames = new Map<string, File>();

  constructor(time: SimTime) {
    this.#time = time;
  }

  /** The power goes, or with `kept` the process only. */
  cut(fate: UnsyncedFate, prng: Prng): void {
    if (fate === 'kept') {
      // The process has died, the machine has not: its cache writes everything down in the end.
      for (const file of this.#names.values()) settleDown(file);
      this.#durableNames = new Map(this.#names);
      return;
    }
    this.#names = new Map(this.#durableNames);
    for (const file of new Set(this.#names.values())) {
      let content = file.durable;
      if (fate === 'torn') {
        // Everything up to a change that was under way, of which a part was done.
        const whole = prng.below(file.unsynced.length + 1);
        for (const change of file.unsynced.slice(0, whole)) content = changed(content, change);
        const torn = file.unsynced[whole];
        if (torn && 'bytes' in torn) content = tornInto(content, torn, prng);
      }
      file.content = content;
      settleDown(file);
    }
  }

  /** The text of a file as its processes see it. */
  textOf(path: string): string {
    return this.#names.get(path)?.content.toString('utf8') ?? '';
  }

  paths(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** The disk as a process sees it. `onMoment` is told what has just been done, or is about to be. */
  view(isAlive: () => boolean, onMoment: (moment: DiskMoment) => void): JournalDisk {
    const time = this.#time;
    /** Lets `ms` pass, then does `work`; for ever when the process has died meanwhile. */
    const doing = <T>(ms: number, work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        const run = () => {
          if (!isAlive()) return;
          try {
            const result = work();
            if (isAlive()) resolve(result);
          } catch (error) {
            reject(error);
          }
        };
        if (ms === 0) run();
        else time.setTimeout(run, ms);
      });
    const noSpace = () => Object.assign(new Error('no space left on the disk'), { code: 'ENOSPC' });
    const missing = () => Object.assign(new Error('no such file'), { code: 'ENOENT' });

    const opened = (file: File): JournalFile => ({
      write: (bytes, at) => {
        onMoment('beforeWrite');
        return doing(writeMs, () => {
          const given = Buffer.from(bytes);
          // A full disk takes what still fits.
          const taken = this.isFull ? given.subarray(0, given.length >> 1) : given;
          change(file, { at, bytes: taken });
          onMoment('afterWrite');
          if (this.isFull) throw noSpace();
        });
      },
      truncate: (size) => doing(writeMs, () => change(file, { size })),
      datasync: () =>
        doing(syncMs, () => {
          settleDown(file);
          onMoment('afterSync');
        }),
      close: () => doing(0, () => undefined),
    });
    return {
      read: (path) => doing(0, () => this.#names.get(path)?.content ?? null),
      exists: (path) => doing(0, () => this.#names.has(path)),
      open: (path) =>
        doing(0, () => {
          const known = this.#names.get(path);
          if (known) return opened(known);
          if (this.isFull) throw noSpace();
          const made: File = { content: Buffer.alloc(0), durable: Buffer.alloc(0), unsynced: [] };
          this.#names.set(path, made);
          return opened(made);
        }),
      rename: (from, to) =>
        doing(writeMs, () => {
          const file = this.#names.get(from);
          if (!file) throw missing();
          this.#names.delete(from);
          this.#names.set(to, file);
        }),
      makeFolder: () => doing(0, () => undefined),
      syncFolder: () =>
        doing(syncMs, () => {
          this.#durableNames = new Map(this.#names);
        }),
    };
  }
}

function change(file: File, change: Change): void {
  file.content = changed(file.content, change);
  file.unsynced.push(change);
}

function settleDown(file: File): void {
  file.durable = file.content;
  file.unsynced = [];
}

function changed(content: Buffer, change: Change): Buffer {
  if ('size' in change) return Buffer.concat([content.subarray(0, change.size)], change.size);
  const after = Buffer.alloc(Math.max(content.length, change.at + change.bytes.length));
  content.copy(after);
  change.bytes.copy(after, change.at);
  return after;
}

/** What a disk has made of a write when the power went: its beginning up to any byte, or its whole length with sectors
 *  that never came and read as zeros. */
function tornInto(content: Buffer, { at, bytes }: { at: number; bytes: Buffer }, prng: Prng): Buffer {
  if (prng.chance(0.6)) return changed(content, { at, bytes: bytes.subarray(0, prng.below(bytes.length + 1)) });
  const sectorBytes = 512;
  const torn = Buffer.from(bytes);
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, (Math.floor((at + from) / sectorBytes) + 1) * sectorBytes - at);
    if (prng.chance(0.5)) torn.fill(0, from, to);
    from = to;
  }
  return changed(content, { at, bytes: torn });
}
