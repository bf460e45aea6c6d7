import { ReadlineParser } from '@serialport/parser-readline';

/** One line of a byte stream. `tooLong`: more bytes than the limit came without a line end; the rest of them is skipped.
 *  `cut`: the line fell silent before its end. */
export type LineFrame =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLong' }
  | { readonly kind: 'cut' };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Cuts a byte stream into lines that end with CR, LF or CR LF; empty lines are passed over.
 *  The splitting is `ReadlineParser`'s. It has no limit of its own and gets slow on a line that never ends, so a bound
 *  stands in front of it: at most `lineBytesMax` bytes of a line reach it. The bound also brings the three line ends to
 *  one and notes, for every line end that it lets through, how that line ended; the n-th line out of the parser belongs
 *  to the n-th note.
 *  Holds: however the bytes are cut into chunks, the frames are the same; nothing is kept beyond `lineBytesMax`. */
export class LineFramer {
  readonly #lineBytesMax: number;
  /** latin1 keeps every byte as it is; object mode gives one line a read instead of all lines joined. */
  readonly #parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1', readableObjectMode: true });
  #endings: LineFrame['kind'][] = [];
  #lineBytes = 0;
  #skipping = false;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** True while a line has begun and not ended. */
  get midLine(): boolean {
    return this.#lineBytes > 0;
  }

  /** The lines that these bytes complete. */
  push(chunk: Uint8Array): readonly LineFrame[] {
    return this.#split(this.#bound(chunk));
  }

  /** The stream has fallen silent: what has begun is over, and the next byte starts a new line. */
  endLine(): readonly LineFrame[] {
    this.#skipping = false;
    if (!this.midLine) return [];
    this.#endLineAs('cut');
    return this.#split(Uint8Array.of(lineFeed));
  }

  #bound(chunk: Uint8Array): Uint8Array {
    const ends = new LineEnds(chunk);
    const from = this.#skipping ? ends.nextFrom(0) : 0;
    const passed = new Uint8Array(chunk.length - from);
    let length = 0;
    for (let at = from; at < chunk.length; at++) {
      // What is skipped is not looked at byte by byte: noise may come as fast as the bus allows.
      if (this.#skipping) at = ends.nextFrom(at);
      const byte = chunk[at];
      if (byte === undefined) break;
      const isEnd = byte === lineFeed || byte === carriageReturn;
      if (isEnd) this.#skipping = false;
      if (isEnd && !this.midLine) continue;
      if (isEnd || this.#lineBytes === this.#lineBytesMax) {
        this.#endLineAs(isEnd ? 'line' : 'tooLong');
        this.#skipping = !isEnd;
        passed[length++] = lineFeed;
      } else {
        this.#lineBytes++;
        passed[length++] = byte;
      }
    }
    return passed.subarray(0, length);
  }

  #endLineAs(ending: LineFrame['kind']): void {
    this.#endings.push(ending);
    this.#lineBytes = 0;
  }

  /** Writes and reads in one go: a paused stream with a synchronous transform gives its lines at once, so no line can be
   *  overtaken by a timer. */
  #split(bytes: Uint8Array): readonly LineFrame[] {
    if (bytes.length > 0) this.#parser.write(bytes);
    const endings = this.#endings;
    this.#endings = [];
    return endings.map((kind) => {
      const line: unknown = this.#parser.read();
      if (typeof line !== 'string') throw new Error('the line parser gave fewer lines than line ends');
      return kind === 'line' ? { kind, bytes: Buffer.from(line, 'latin1') } : { kind };
    });
  }
}

/** Finds the line ends of a chunk from left to right; looks at each byte once for each of the two. */
class LineEnds {
  readonly #chunk: Uint8Array;
  #feed = -1;
  #carriage = -1;

  constructor(chunk: Uint8Array) {
    this.#chunk = chunk;
  }

  /** Where the first line end at or after `at` stands, the chunk's length when there is none. */
  nextFrom(at: number): number {
    if (this.#feed < at) this.#feed = this.#find(lineFeed, at);
    if (this.#carriage < at) this.#carriage = this.#find(carriageReturn, at);
    return Math.min(this.#feed, this.#carriage);
  }

  #find(byte: number, from: number): number {
    const found = this.#chunk.indexOf(byte, from);
    return found < 0 ? this.#chunk.length : found;
  }
}
