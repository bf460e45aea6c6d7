import type { Secret } from '../../src/domain/secret.ts';
import type { Codec, Decoded, DecodeReason, FrameDecoder } from './decoded.ts';
import { cardOfTracks, endSentinelAt, type TrackInput, type TrackNumber, type TrackOptions } from './iso-track.ts';
import { lineCodec } from './line-codec.ts';
import { type LineFrame, LineFramer } from './line-framer.ts';

/** Three tracks have 226 characters; readers may put text of their own around them. */
const stripeBytesMax = 512;
const lineEnd = Uint8Array.of(0x0d);

/** Reads the text that a keyboard or serial reader sends for a stripe: `%…?;…?+…?`, sentinels included, an LRC character
 *  after each track optional. `text` for track 3 is what stands between its sentinels.
 *  Start sentinels: `%` track 1; `;` track 2, or 3 when track 2 is behind; `@` track 2 in 7 bits; `+` `#` `!` `&` track 3
 *  as ISO, AAMVA, CADL, 7 bits; `%` track 3 as AAMVA when another track is behind. A track that the reader could not decode
 *  is the letter `E`. Small letters count as capital ones: a keyboard reader under CapsLock turns them. A stripe drawn
 *  backwards (the whole text reversed) is turned round and read.
 *  Errors: `notACard` for text without sentinels, `noise` for what stands between tracks or is no character of a stripe;
 *  `halfRead`, `tooLong`, `wrongLrc`, `unreadable`, `blankCard` when no track is left, else in `errors`. */
export function decodeTrackText(line: Uint8Array | string, options: TrackOptions = {}): Decoded {
  const text = typeof line === 'string' ? line : Buffer.from(line).toString('latin1');
  if (!/^[ -~]*$/.test(text)) return failed('noise');
  const capitals = text.toUpperCase();
  const forward = readStripe(capitals, options);
  if (forward.ok || !isStartSentinel(capitals.at(-1))) return forward;
  const turned = readStripe([...capitals].reverse().join(''), options);
  return turned.ok || !isStartSentinel(capitals.at(0)) ? turned : forward;
}

/** The text of a virtual card's stripe: tracks 1 and 2, no LRC, no line end. The name on track 1 is the same for every
 *  card: the alphabet of the track has no Chinese characters, and nobody's name is needed there. Expiry December 2049,
 *  service code 220. */
export function encodeTrackText(pan: Secret<string>): string {
  const rest = '491222000000000';
  return `%B${pan.expose()}^GONGJI/TEST CARD^${rest}?;${pan.expose()}=${rest}?`;
}

/** One line a swipe. Its end sentinels say whether it is whole, so silence may stand for the line end. */
export const trackTextCodec: Codec = lineCodec(stripeBytesMax, (line) => decodeTrackText(line), { cutIsWhole: true });

/** The unencrypted text of ID TECH readers: all tracks in one line, or each track a line of its own (the default: track
 *  separator and terminator are both CR). Track lines are kept until a line of another swipe or silence shows that the
 *  swipe is complete. */
export const idtechTextCodec: Codec = { decoder: () => new IdtechTextDecoder() };

class IdtechTextDecoder implements FrameDecoder {
  readonly #framer = new LineFramer(stripeBytesMax);
  /** Lines of the swipe under way, one a track, and the number of the last. */
  #lines: readonly string[] = [];
  #last: 0 | TrackNumber = 0;

  get midFrame(): boolean {
    return this.#framer.midLine || this.#lines.length > 0;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    return this.#framer.push(chunk).flatMap((frame) => this.#take(frame));
  }

  end(): readonly Decoded[] {
    const last = this.push(lineEnd);
    this.#framer.endLine();
    return [...last, ...this.#flush()];
  }

  #take(frame: LineFrame): readonly Decoded[] {
    if (frame.kind !== 'line') return [...this.#flush(), failed('tooLong')];
    const line = Buffer.from(frame.bytes).toString('latin1');
    const going = splitTracks(line, this.#last);
    const before = going === null ? this.#flush() : [];
    const tracks = going ?? splitTracks(line, 0) ?? [];
    const last = tracks.at(-1);
    if (last === undefined) return [...before, decodeTrackText(line)];
    this.#lines = [...this.#lines, line];
    this.#last = last.number;
    return tracks.length > 1 || last.number === 3 ? [...before, ...this.#flush()] : before;
  }

  /** What the lines so far make, if there are any. */
  #flush(): readonly Decoded[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#last = 0;
    return lines.length === 0 ? [] : [decodeTrackText(lines.join(''))];
  }
}

function readStripe(text: string, options: TrackOptions): Decoded {
  // Without an end sentinel, `%` and `;` are a stripe that was cut; the other sentinels begin much else.
  const tracks = text.includes('?') || /^[%;]/.test(text) ? splitTracks(text, 0) : null;
  if (tracks !== null) return cardOfTracks(tracks, options);
  // With a damaged first sentinel the others still stand: that is a card, read badly.
  const isDamagedStripe = text.endsWith('?') && text.includes(';');
  return failed(isDamagedStripe || /^[%;]/.test(text) ? 'noise' : 'notACard');
}

/** Splits a text into its tracks, of which `last` is behind already; null when something else stands among them or they
 *  are out of order. Linear in the length of the text: there are three tracks at most. */
function splitTracks(text: string, last: 0 | TrackNumber): readonly TrackInput[] | null {
  const tracks: TrackInput[] = [];
  let before = last;
  for (let at = 0; at < text.length; ) {
    const number = trackNumberAt(text, at, before);
    if (number === null) return null;
    const end = endSentinelAt(number, text, at);
    const next = end === -1 ? text.length : end + 1 + lrcLength(text, end + 1, number);
    tracks.push({ number, text: text.slice(at, next) });
    before = number;
    at = next;
  }
  return tracks.length === 0 ? null : tracks;
}

/** Which track the character at `at` opens, null when it is no start sentinel or its track would be out of order. */
function trackNumberAt(text: string, at: number, last: 0 | TrackNumber): TrackNumber | null {
  switch (text.charAt(at)) {
    case '%':
      // No field of an AAMVA track 3 ends with `^`; a track 1 has two of them.
      return last === 0 ? 1 : last < 3 && !text.includes('^', at) ? 3 : null;
    case ';':
      return last < 2 ? 2 : last === 2 ? 3 : null;
    case '@':
      return last < 2 ? 2 : null;
    case '+':
    case '#':
    case '!':
    case '&':
      return last < 3 ? 3 : null;
    default:
      return null;
  }
}

/** 1 when the character at `at`, behind the end sentinel of track `number`, is an LRC, right or wrong, else 0. It is one
 *  when the line ends or the next track begins after it. It may print as a start sentinel itself: no track begins with
 *  two of them, nor does one consist of its start sentinel. Except AAMVA's `#!`, so `!` tells nothing here. */
function lrcLength(text: string, at: number, number: TrackNumber): 0 | 1 {
  const follows = text.charAt(at + 1);
  if (follows === '') return at < text.length ? 1 : 0;
  return follows !== '!' && trackNumberAt(text, at + 1, number) !== null ? 1 : 0;
}

function isStartSentinel(character: string | undefined): boolean {
  return character !== undefined && '%;+@#!&'.includes(character);
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
