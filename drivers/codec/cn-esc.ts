import { type ByteFramer, byteCodec } from './byte-codec.ts';
import type { Codec, Decoded, DecodeReason } from './decoded.ts';
import { cardOfTracks, type TrackInput, type TrackNumber } from './iso-track.ts';

/** Commands of the Chinese counter readers with the ESC set (libzhouyb, MagneticDevAdapter.h). The reader answers a
 *  read command when a card is drawn. */
export const cnEscCommands = {
  reset: [0x1b, 0x30],
  readTrack2: [0x1b, 0x5d],
  readTracks23: [0x1b, 0x42, 0x5d],
  readAllTracks: [0x1b, 0x46, 0x5d],
  status: [0x1b, 0x6a],
} as const satisfies Readonly<Record<string, readonly number[]>>;

const escapeByte = 0x1b;
const head = 0x73;
const fileSeparator = 0x1c;
const statusOk = 0x70;
const statusError = 0x71;

/** Characters of a track between its sentinels, which are not sent: at 75 bits an inch for track 2. */
const trackLengthMax = { 1: 79, 2: 38, 3: 108 } as const;
const frameBytesMax = 512;

/** Reads one reply: `ESC s`, track 2, `A` and track 3, `%` and track 1, `? FS`, each track but in its place. Track 1 may
 *  hold an `A` and a `%`, the tracks before it cannot: so the first `%` is looked for, and `A` only before it. 0x7F at the
 *  front of a track says that it could not be read.
 *  Errors: `halfRead` without the tail, `noise` without the head, `blankCard` when no track was sent, `unreadable`. */
export function decodeCnEsc(frame: Uint8Array): Decoded {
  if (frame[0] !== escapeByte || frame[1] !== head) return failed('noise');
  const text = Buffer.from(frame).toString('latin1', 2);
  if (!text.endsWith('?\x1c')) return failed('halfRead');
  const [tracks2And3, track1] = partAt(text.slice(0, -2), '%');
  const [track2, track3] = partAt(tracks2And3, 'A');
  return cardOfTracks([trackOf(1, '%', track1), trackOf(2, ';', track2), trackOf(3, ';', track3)]);
}

export const cnEscCodec: Codec = byteCodec(() => new ReplyFramer());

class ReplyFramer implements ByteFramer {
  /** What stands before the next byte while no reply has begun. A status byte counts only where one can begin. */
  #before: 'nothing' | 'escape' | 'garbage' = 'nothing';
  #reply: number[] | null = null;

  get midFrame(): boolean {
    return this.#reply !== null;
  }

  take(byte: number): Decoded | null {
    return this.#reply === null ? this.#takeBetween(byte) : this.#takeWithin(byte, this.#reply);
  }

  end(): Decoded | null {
    return this.#reply === null ? this.#leave('nothing', null) : this.#leave('nothing', failed('halfRead'));
  }

  #takeBetween(byte: number): Decoded | null {
    if (this.#before === 'escape' && byte === head) {
      this.#reply = [escapeByte, head];
      return null;
    }
    const isStatus = this.#before !== 'garbage' && (byte === statusOk || byte === statusError);
    if (isStatus) return this.#leave('nothing', byte === statusError ? failed('refused') : null);
    return this.#leave(byte === escapeByte ? 'escape' : 'garbage', null);
  }

  #takeWithin(byte: number, reply: number[]): Decoded | null {
    // No track has these two: the reader has broken off.
    if (byte === escapeByte) return this.#leave('escape', failed('halfRead'));
    if (byte === statusError) return this.#leave('nothing', failed('refused'));
    if (reply.length === frameBytesMax) return this.#leave('garbage', failed('tooLong'));
    reply.push(byte);
    return byte === fileSeparator ? this.#leave('nothing', decodeCnEsc(Uint8Array.from(reply))) : null;
  }

  #leave(before: 'nothing' | 'escape' | 'garbage', result: Decoded | null): Decoded | null {
    this.#before = before;
    this.#reply = null;
    return result;
  }
}

/** What stands before and after the first `mark`; '' after, when there is none. */
function partAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function trackOf(number: TrackNumber, startSentinel: string, body: string): TrackInput {
  if (body === '') return { number, text: '' };
  if (body.startsWith('\x7f')) return { number, reason: 'unreadable' };
  if (body.length > trackLengthMax[number]) return { number, reason: 'tooLong' };
  return { number, text: `${startSentinel}${body}?` };
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
