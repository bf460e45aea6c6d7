import type { JournalDisk } from '../../src/terminal/file-journal.ts';

/** What happened to a file or a name, in order. A file is a number, whatever its name. */
type Step =
  | { readonly kind: 'write'; readonly file: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'make'; readonly path: string; readonly file: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'syncNames' };

/** A coin that gives true with a probability. */
export type Coin = (probability: number) => boolean;

const sectorBytes = 512;

/** A disk in memory that remembers every step, and what of it a power cut would leave. It keeps what real ones keep, and
 *  no more: what was flushed; of the writes since, each one, none, or single sectors of one; of the names since the last
 *  flush of their folder, those up to some moment, as file systems with a log do. */
export class RecordedDisk {
  readonly #steps: Step[] = [];
  readonly #contents: Content[] = [];
  #names = new Map<string, number>();

  /** How many steps there have been: a moment, for `after`. */
  get now(): number {
    return this.#steps.length;
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }
  /** The number of the file of this name, made when there is none. */
  open(path: string): number {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const file = this.#contents.push(new Content()) - 1;
    this.#do({ kind: 'make', path, file });
    return file;
  }
  read(file: number): Uint8Array {
    return this.#content(file).bytes;
  }
  write(file: number, at: number, bytes: Uint8Array): void {
    this.#do({ kind: 'write', file, at, bytes: Uint8Array.from(bytes) });
  }
  truncate(file: number, size: number): void {
    this.#do({ kind: 'truncate', file, size });
  }
  sync(file: number): void {
    this.#do({ kind: 'sync', file });
  }
  rename(from: string, to: string): void {
    this.#do({ kind: 'rename', from, to });
  }
  remove(path: string): void {
    this.#do({ kind: 'remove', path });
  }
  syncNames(): void {
    this.#do({ kind: 'syncNames' });
  }

  /** The files that a power cut leaves after so many steps. */
  after(steps: number, coin: Coin): ReadonlyMap<string, Uint8Array> {
    const done = this.#steps.slice(0, steps);
    const contents = this.#contents.map(() => new Content());
    const flushed = contents.map((_, file) => done.findLastIndex((step) => step.kind === 'sync' && step.file === file));
    const namesFlushed = done.findLastIndex((step) => step.kind === 'syncNames');
    const names = new Map<string, number>();
    let isNameLogged = true;
    for (const [index, step] of done.entries()) {
      if (step.kind === 'write' || step.kind === 'truncate') {
        const content = contents[step.file] as Content;
        if (index < (flushed[step.file] as number)) content.apply(step);
        else content.applyInPart(step, coin);
      } else if (step.kind === 'make' || step.kind === 'rename' || step.kind === 'remove') {
        isNameLogged &&= index < namesFlushed || coin(0.5);
        if (isNameLogged) applyName(names, step);
      }
    }
    return new Map([...names].map(([path, file]) => [path, (contents[file] as Content).bytes]));
  }

  /** This disk as the journal's. Folders need not be made. */
  asJournalDisk(): JournalDisk {
    return {
      read: async (path) => (this.has(path) ? Uint8Array.from(this.read(this.open(path))) : null),
      exists: async (path) => this.has(path),
      open: async (path) => {
        const file = this.open(path);
        return {
          write: async (bytes, at) => this.write(file, at, bytes),
          truncate: async (size) => this.truncate(file, size),
          datasync: async () => this.sync(file),
          close: async () => {},
        };
      },
      rename: async (from, to) => this.rename(from, to),
      makeFolder: async () => {},
      syncFolder: async () => this.syncNames(),
    };
  }

  #do(step: Step): void {
    this.#steps.push(step);
    if (step.kind === 'write' || step.kind === 'truncate') this.#content(step.file).apply(step);
    else if (step.kind === 'make' || step.kind === 'rename' || step.kind === 'remove') applyName(this.#names, step);
  }

  #content(file: number): Content {
    const content = this.#contents[file];
    if (!content) throw new RangeError(`there is no file ${file}`);
    return content;
  }
}

type Change = Extract<Step, { readonly kind: 'write' | 'truncate' }>;

/** A file's bytes, which grow in a buffer that is larger than they are. */
class Content {
  #buffer = new Uint8Array(4096);
  #size = 0;

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') this.#resize(change.size);
    else this.#put(change.at, change.bytes);
  }

  /** Of a write all, nothing, or some of its sectors; of a truncation all or nothing. */
  applyInPart(change: Change, coin: Coin): void {
    if (coin(0.5)) {
      this.apply(change);
      return;
    }
    if (change.kind === 'truncate' || coin(0.5)) return;
    for (let from = change.at; from < change.at + change.bytes.length; ) {
      const to = Math.min(change.at + change.bytes.length, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
      if (coin(0.5)) this.#put(from, change.bytes.subarray(from - change.at, to - change.at));
      from = to;
    }
  }

  #put(at: number, bytes: Uint8Array): void {
    if (at + bytes.length > this.#size) this.#resize(at + bytes.length);
    this.#buffer.set(bytes, at);
  }

  #resize(size: number): void {
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, this.#buffer.length * 2));
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    // What lies beyond the end reads as zeros when the file grows again.
    if (size < this.#size) this.#buffer.fill(0, size, this.#size);
    this.#size = size;
  }
}

function applyName(
  names: Map<string, number>,
  step: Extract<Step, { readonly kind: 'make' | 'rename' | 'remove' }>,
): void {
  if (step.kind === 'make') {
    names.set(step.path, step.file);
  } else if (step.kind === 'remove') {
    names.delete(step.path);
  } else {
    const file = names.get(step.from);
    if (file === undefined) return;
    names.delete(step.from);
    names.set(step.to, file);
  }
}
