import type { Codec, Decoded, DecodeFailure, DecodeReason, FrameDecoder } from './decoded.ts';
import { cardOfTracks, type TrackNumber, trackLrc } from './iso-track.ts';

/** The longest track has 107 characters of 5 bits or 79 of 7; what is more than that are clock bits. */
export const bitFrameBytesMax = 256;

/** How the characters of a track are written: least significant bit first, then an odd parity bit (ISO/IEC 7811-6).
 *  `base` is the ASCII code of the character 0. */
interface Alphabet {
  readonly width: 5 | 7;
  readonly base: 0x30 | 0x20;
  readonly startSentinel: string;
}

const alphabets: readonly Alphabet[] = [
  { width: 5, base: 0x30, startSentinel: ';' },
  { width: 7, base: 0x20, startSentinel: '%' },
];
/** Track 2 has 40 characters with sentinels and LRC; 38 digits between sentinels are seen in practice. */
const track2LengthMax = 40;

/** Bits that fill the last byte, and the 1 that a start sentinel may begin with (`11010` and `1010001`). */
const fillingMax = 7;
const startSentinelOnesMax = 2;

type BitsRead = { readonly ok: true; readonly track: string } | DecodeFailure;

/** What went wrong, the furthest advanced first. */
const reasonsByProgress: readonly DecodeReason[] = ['wrongLrc', 'wrongParity', 'halfRead'];

/** Reads the bits of one track as a raw reader gives them, packed from the most significant bit on: clock bits (0), start
 *  sentinel, data, end sentinel, LRC, clock bits. Bits may be inverted (clock bits are 1) and in either direction of
 *  swipe. 5-bit characters are track 2, or 3 when there are more than 40 of them; 7-bit characters are track 1.
 *  Errors: `tooLong` beyond `bitFrameBytesMax`; `blankCard` for clock bits alone; `noise` without a start sentinel behind
 *  the clock bits; `wrongParity`, `wrongLrc`; `halfRead` without an end sentinel and LRC; the track's own.
 *  Limits: an LRC cannot tell which of its characters is wrong, so nothing is repaired. */
export function decodeTrackBits(bytes: Uint8Array): Decoded {
  const read = readTrackBits(bytes);
  return read.ok ? cardOfTracks([{ number: trackNumberOf(read.track), text: read.track }]) : read;
}

/** The text of the track, from sentinel to sentinel, whose bits these are, or why there is none. */
export function readTrackBits(bytes: Uint8Array): BitsRead {
  if (bytes.length > bitFrameBytesMax) return failed('tooLong');
  const forward = bitsOf(bytes);
  if (forward.every((bit) => bit === forward[0])) return failed('blankCard');
  const backward = forward.toReversed();
  const reasons = new Set<DecodeReason>();
  let longest = '';
  for (const bits of [forward, inverted(forward), backward, inverted(backward)]) {
    for (const alphabet of alphabets) {
      for (const start of startsOf(bits)) {
        const read = readCharacters(bits, start, alphabet);
        // A few bits may make an empty track by chance.
        if (!read.ok) reasons.add(read.reason);
        else if (read.track.length > longest.length) longest = read.track;
      }
    }
  }
  if (longest !== '') return { ok: true, track: longest };
  return failed(reasonsByProgress.find((reason) => reasons.has(reason)) ?? 'noise');
}

/** All bytes until the reader falls silent are one track. */
export const trackBitsCodec: Codec = { decoder: () => new TrackBitsDecoder() };

class TrackBitsDecoder implements FrameDecoder {
  readonly #bytes = new Uint8Array(bitFrameBytesMax);
  #length = 0;
  #tooLong = false;

  get midFrame(): boolean {
    return this.#length > 0;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    const room = bitFrameBytesMax - this.#length;
    this.#bytes.set(chunk.subarray(0, room), this.#length);
    this.#length += Math.min(room, chunk.length);
    this.#tooLong ||= chunk.length > room;
    return [];
  }

  end(): readonly Decoded[] {
    if (!this.midFrame) return [];
    const decoded = this.#tooLong ? failed('tooLong') : decodeTrackBits(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#tooLong = false;
    return [decoded];
  }
}

function bitsOf(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array(bytes.length * 8);
  for (let at = 0; at < bits.length; at++) bits[at] = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  return bits;
}

function inverted(bits: Uint8Array): Uint8Array {
  return bits.map((bit) => 1 - bit);
}

/** Where the start sentinel may begin: at the first 1. Or, when the filling of the last byte is in front because it was
 *  inverted and read backwards, somewhere in that run of 1 or at the first 1 behind it. */
function startsOf(bits: Uint8Array): readonly number[] {
  const first = bits.indexOf(1);
  const runEnd = bits.indexOf(0);
  if (first !== 0 || runEnd > fillingMax + startSentinelOnesMax) return [first];
  return [...Array(runEnd).keys(), bits.indexOf(1, runEnd)];
}

/** The track that begins at `start`, from sentinel to sentinel, its LRC checked. `noise`: it does not begin there. */
function readCharacters(bits: Uint8Array, start: number, { width, base, startSentinel }: Alphabet): BitsRead {
  const codes: number[] = [];
  let ended = false;
  for (let at = start; at >= 0 && at + width <= bits.length; at += width) {
    const read = characterAt(bits, at, width);
    if (codes.length === 0 && (!read.parity || base + read.code !== startSentinel.charCodeAt(0))) break;
    if (!read.parity) return { ok: false, reason: 'wrongParity' };
    const character = base + read.code;
    if (ended) {
      const track = String.fromCharCode(...codes);
      return trackLrc(track).charCodeAt(0) === character ? { ok: true, track } : { ok: false, reason: 'wrongLrc' };
    }
    codes.push(character);
    ended = character === 0x3f;
  }
  return { ok: false, reason: codes.length === 0 ? 'noise' : 'halfRead' };
}

function characterAt(bits: Uint8Array, at: number, width: number): { readonly code: number; readonly parity: boolean } {
  let code = 0;
  let ones = 0;
  for (let bit = 0; bit < width; bit++) {
    const value = bits[at + bit] ?? 0;
    ones += value;
    if (bit < width - 1) code |= value << bit;
  }
  return { code, parity: ones % 2 === 1 };
}

function trackNumberOf(track: string): TrackNumber {
  if (track.startsWith('%')) return 1;
  return track.length > track2LengthMax ? 3 : 2;
}

function failed(reason: DecodeReason): DecodeFailure {
  return { ok: false, reason };
}
