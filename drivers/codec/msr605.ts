import { type ByteFramer, byteCodec } from './byte-codec.ts';
import type { Codec, Decoded, DecodeReason } from './decoded.ts';
import { cardOfTracks, type TrackInput, type TrackNumber } from './iso-track.ts';
import { readTrackBits } from './track-bits.ts';
import { trackInput, unreadableTrack } from './track-field.ts';

/** Commands of the MSR605/606 family (libMSRx05). The reader answers `read` when a card is drawn, once. */
export const msr605Commands = {
  reset: [0x1b, 0x61],
  read: [0x1b, 0x72],
} as const satisfies Readonly<Record<string, readonly number[]>>;

const escapeByte = 0x1b;
const head = 0x73;
const fileSeparator = 0x1c;
const endSentinel = 0x3f;

/** More than any track has (ISO/IEC 7811-6: 107), and the `?` that ends the reply. */
const trackTextMax = 112;

/** What stands in the place of a track's text. */
type Mark = 'empty' | 'unreadable';
const marks: ReadonlyMap<number, Mark> = new Map([
  [0x2b, 'empty'],
  [0x2a, 'unreadable'],
]);

const statusOk = 0x30;

/** What another status says: read error, command format, unknown command, speed. */
const failureOfStatus: ReadonlyMap<number, DecodeReason> = new Map([
  [0x31, 'unreadable'],
  [0x32, 'refused'],
  [0x34, 'refused'],
  [0x39, 'unreadable'],
]);

/** Reads replies to both read commands: `ESC s`, for each track `ESC`, its number 1 to 3 and its content, then `? FS`,
 *  `ESC`, status. The content is text with both sentinels or without, or `ESC +` for an empty and `ESC *` for an
 *  undecodable track; of a raw read it is a length and so many bytes of bits. The first content shows which of the two it
 *  is. What comes before `ESC s` is skipped.
 *  Errors: `unreadable` and `refused` as the status says, `halfRead` for a reply that breaks off, `tooLong` for a track of
 *  more than `trackTextMax` characters, `noise` for what is out of form, and those of the tracks. */
export const msr605Codec: Codec = byteCodec(() => new ReplyFramer());

/** A reply's grammar, fed byte by byte from behind `ESC s`; the byte that ends it is the last one taken. */
type Grammar<Result> = Generator<undefined, Result, number>;

class ReplyFramer implements ByteFramer {
  #reply: Grammar<Decoded> | null = null;
  #isAfterEscape = false;

  get midFrame(): boolean {
    return this.#reply !== null;
  }

  take(byte: number): Decoded | null {
    const begins = this.#isAfterEscape && byte === head;
    this.#isAfterEscape = byte === escapeByte;
    if (begins) return this.#begin();
    const step = this.#reply?.next(byte);
    if (step?.done !== true) return null;
    this.#reply = null;
    return step.value;
  }

  end(): Decoded | null {
    const result = this.#reply === null ? null : failed('halfRead');
    this.#reply = null;
    this.#isAfterEscape = false;
    return result;
  }

  /** No track has `ESC s` within: the reply under way has broken off. */
  #begin(): Decoded | null {
    const result = this.#reply === null ? null : failed('halfRead');
    this.#reply = readReply();
    this.#reply.next();
    return result;
  }
}

function* readReply(): Grammar<Decoded> {
  const preface = yield* readText([]);
  if (typeof preface === 'string') return failed(preface);
  if (preface.text !== '' || preface.mark !== null) return failed('noise');
  let { next } = preface;
  let isText: boolean | null = null;
  const tracks: Track[] = [];
  while (next !== null) {
    const number = trackNumber(next, tracks);
    if (number === null) return failed('noise');
    const first: number[] = [];
    isText ??= yield* beginsText(first);
    const content: Text | Bits | DecodeReason = yield* isText ? readText(first) : readBits(first);
    if (typeof content === 'string') return failed(content);
    tracks.push({ number, content });
    ({ next } = content);
  }
  if ((yield) !== escapeByte) return failed('noise');
  const status = yield;
  if (status !== statusOk) return failed(failureOfStatus.get(status) ?? 'noise');
  return cardOfTracks(tracks.map(inputOf));
}

interface Track {
  readonly number: TrackNumber;
  readonly content: Text | Bits;
}

interface Text {
  readonly text: string;
  readonly mark: Mark | null;
  /** The byte behind `ESC`, which is the number of the track that follows; null when `? FS` came. */
  readonly next: number | null;
}

interface Bits {
  readonly bits: Uint8Array;
  /** As in `Text`. */
  readonly next: number | null;
}

/** Whether text stands here and not a length and bits: bits begin with clock bits, so with a byte that is no character.
 *  Leaves in `taken` what it had to look at. */
function* beginsText(taken: number[]): Grammar<boolean> {
  const isCharacter = (byte: number) => byte >= 0x20 && byte <= 0x5f;
  const first = yield;
  taken.push(first);
  if (first !== escapeByte && !isCharacter(first)) return false;
  const second = yield;
  taken.push(second);
  if (first === escapeByte) return marks.has(second) || (second >= 1 && second <= 3);
  return isCharacter(second) || second === escapeByte || second === fileSeparator;
}

/** The text up to the next `ESC` that is none of a mark, or up to `? FS`; `taken` are its first bytes. */
function* readText(taken: readonly number[]): Grammar<Text | DecodeReason> {
  let text = '';
  let mark: Mark | null = null;
  for (let at = 0; ; at++) {
    const byte = taken[at] ?? (yield);
    if (byte === fileSeparator) {
      return text.endsWith('?') ? { text: text.slice(0, -1), mark, next: null } : 'noise';
    }
    if (byte === escapeByte) {
      at++;
      const next = taken[at] ?? (yield);
      const found: Mark | undefined = text === '' && mark === null ? marks.get(next) : undefined;
      if (found === undefined) return { text, mark, next };
      mark = found;
    } else {
      if (text.length === trackTextMax) return 'tooLong';
      text += String.fromCharCode(byte);
    }
  }
}

/** A length and so many bytes; `taken` are the first of these. */
function* readBits(taken: readonly number[]): Grammar<Bits | DecodeReason> {
  const bits = new Uint8Array(taken[0] ?? (yield));
  for (let at = 0; at < bits.length; at++) bits[at] = taken[at + 1] ?? (yield);
  const after = yield;
  if (after === escapeByte) return { bits, next: yield };
  return after === endSentinel && (yield) === fileSeparator ? { bits, next: null } : 'noise';
}

function trackNumber(byte: number, before: readonly Track[]): TrackNumber | null {
  const last = before.at(-1)?.number ?? 0;
  return (byte === 1 || byte === 2 || byte === 3) && byte > last ? byte : null;
}

function inputOf({ number, content }: Track): TrackInput {
  if ('bits' in content) return inputOfBits(number, content.bits);
  const { text, mark, next } = content;
  if (mark !== null && text !== '') return { number, reason: 'noise' };
  if (mark === 'unreadable') return unreadableTrack(number);
  if (text === '' || text.includes('?')) return trackInput(number, text);
  const hasStart = 'text' in trackInput(number, text);
  if (!hasStart) return { number, text: `${number === 1 ? '%' : ';'}${text}?` };
  // The `?` that ended the reply may have been this track's own.
  return { number, text: next === null ? `${text}?` : text };
}

function inputOfBits(number: TrackNumber, bits: Uint8Array): TrackInput {
  const read = readTrackBits(bits);
  if (read.ok) return trackInput(number, read.track);
  return read.reason === 'blankCard' ? { number, text: '' } : { number, reason: read.reason };
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
