import { createHash } from 'node:crypto';
import type { Codec, Decoded, DecodeReason, FrameDecoder } from './decoded.ts';
import { checkDukptKeys, type DukptKey, type DukptVariant, decryptTdes, dukptKeyFor, ksnBytes } from './dukpt.ts';
import { cardOfTracks, type TrackInput, type TrackNumber } from './iso-track.ts';
import { trackInput, unreadableTrack } from './track-field.ts';

/** Three tracks in the clear and encrypted, their hashes, and all that may stand beside them, are under 800 bytes. */
const cardDataBytesMax = 1024;
/** Bytes of a frame that are no card data: STX and length before them, LRC, checksum and ETX behind. */
const headBytes = 3;
const tailBytes = 3;

const startOfText = 0x02;
const endOfText = 0x03;
const zeroDigit = 0x30;
/** What pads a HID report, and line ends. */
const paddingBytes: readonly number[] = [0x00, 0x0a, 0x0d];
const hashBytes = 20;
const sessionIdBytes = 8;
const serialNumberBytes = 10;
const trackNumbers = [1, 2, 3] as const;

/** Low seven bits of the card data's first byte: ISO/ABA, AAMVA, other, raw. The eighth bit is the enhanced format. */
const encodeTypes: readonly number[] = [0, 1, 3, 4];
const rawType = 4;

/** ID TECH's swipe frame: 02 · length, low byte first · card data · LRC (XOR of the card data) · checksum (their sum) · 03.
 *  Card data: encode type · status (bits 3-5 track 1-3 was on the card) · three track lengths · in the enhanced format two
 *  bytes that say what follows · tracks in the clear or masked, each with its LRC character unless the reader is set to
 *  leave it out · the same encrypted, in the original format tracks 1 and 2 as one block · session id · SHA-1 of each
 *  track · KSN. The lengths decide which tracks were read: the manuals disagree on the sense of status bits 0-2.
 *  Masked tracks are delivered as they stand (`masked`), `*` for what is hidden. With the reader's key the encrypted ones
 *  are, their LRC and SHA-1 checked; a key that does not fit is as good as none. AES and raw tracks stay closed.
 *  Errors: `wrongLength`, `wrongLrc`, `wrongChecksum` (also a wrong SHA-1), `noise` for another encode type; otherwise
 *  those of `cardOfTracks`.
 *  Source: ID TECH SecureMag 80096504, chapter 10; Unitech MS246 manual, pages 32 to 39. */
export function decodeIdtechEncrypted(frame: Uint8Array, keys: readonly DukptKey[] = []): Decoded {
  if (frame.length !== idtechFrameBytes(frame) || frame.at(-1) !== endOfText) return failed('wrongLength');
  const data = frame.subarray(headBytes, -tailBytes);
  const { lrc, sum } = checksOf(data);
  if (frame.at(-3) !== lrc) return failed('wrongLrc');
  if (frame.at(-2) !== sum) return failed('wrongChecksum');
  const type = (data[0] ?? 0) & 0x7f;
  if (!encodeTypes.includes(type)) return failed('noise');
  const parts = ((data[0] ?? 0) & 0x80) === 0 ? originalParts(data, type) : enhancedParts(data, type);
  return parts === null ? failed('wrongLength') : cardOf(data, parts, keys);
}

/** How many bytes the frame that begins here has, by its own length field. */
export function idtechFrameBytes(frame: Uint8Array): number {
  return headBytes + ((frame[1] ?? 0) | ((frame[2] ?? 0) << 8)) + tailBytes;
}

/** `keys`: those of the readers, if a developer has them.
 *  Between frames the zeros that pad a HID report and line ends are passed over, other bytes are `noise`, told once.
 *  After a wrong length nobody knows where the next frame begins, so everything up to the next silence is passed over.
 *  Frames may also come as text, two hexadecimal digits a byte, as readers in keyboard mode type them. */
export function createIdtechEncryptedCodec(keys: readonly DukptKey[]): Codec {
  checkDukptKeys(keys);
  return { decoder: () => new SwipeFrameDecoder(keys) };
}

export const idtechEncryptedCodec: Codec = createIdtechEncryptedCodec([]);

/** Where the parts of card data stand. */
interface CardParts {
  /** In the clear, or masked where the track is among `encrypted` too. */
  readonly tracks: ReadonlyMap<TrackNumber, Uint8Array>;
  /** Blocks of whole cipher blocks, and the tracks that they hold, one behind the other. */
  readonly encrypted: readonly EncryptedBlock[];
  readonly isTdes: boolean;
  readonly variant: DukptVariant;
  readonly hashes: readonly Uint8Array[];
  readonly ksn: Uint8Array;
}

interface EncryptedBlock {
  readonly bytes: Uint8Array;
  readonly tracks: readonly { readonly number: TrackNumber; readonly length: number }[];
}

/** Null when the card data are shorter than their lengths say. */
function originalParts(data: Uint8Array, type: number): CardParts | null {
  const parts = new PartReader(data, 5);
  const lengths = trackNumbers.map((number) => ({ number, length: data[1 + number] ?? 0 }));
  const tracks = type === rawType ? [] : lengths;
  const clear = new Map(tracks.map(({ number, length }) => [number, parts.take(length)]));
  if (parts.isOver) return null;
  const isEncrypted = parts.rest > 0;
  const together = type === rawType ? lengths : lengths.slice(0, 2);
  const blocks = isEncrypted ? [{ bytes: parts.takeBlocks(sumOf(together), 8), tracks: together }] : [];
  const ksn = isEncrypted ? parts.takeLast(ksnBytes) : new Uint8Array();
  const hashes = parts.takeLastHashes();
  if (parts.isOver) return null;
  return { tracks: clear, encrypted: blocks, isTdes: type !== rawType, variant: 'data', hashes, ksn };
}

/** Null when the card data are shorter than their lengths say. */
function enhancedParts(data: Uint8Array, type: number): CardParts | null {
  const [clearBits = 0, encryptedBits = 0] = data.subarray(5, 7);
  const parts = new PartReader(data, 7);
  const lengths = trackNumbers.map((number) => ({ number, length: data[1 + number] ?? 0 }));
  const isTdes = (clearBits & 0x30) === 0;
  const withBit = (bits: number) => lengths.filter(({ number }) => ((bits >> (number - 1)) & 1) === 1);
  const tracks = new Map(withBit(clearBits).map(({ number, length }) => [number, parts.take(length)]));
  const encrypted = withBit(encryptedBits).map((track) => ({
    bytes: parts.takeBlocks(track.length, isTdes ? 8 : 16),
    tracks: [track],
  }));
  if ((encryptedBits & 0x40) !== 0) parts.take(sessionIdBytes);
  const hashes = withBit(encryptedBits >> 3).map(() => parts.take(hashBytes));
  const ksn = (encryptedBits & 0x80) === 0 ? new Uint8Array() : parts.takeLast(ksnBytes);
  if ((clearBits & 0x80) !== 0) parts.takeLast(serialNumberBytes);
  if (parts.isOver) return null;
  const variant = (clearBits & 0x40) === 0 ? 'data' : 'pin';
  return { tracks, encrypted, isTdes: isTdes && type !== rawType, variant, hashes, ksn };
}

function cardOf(data: Uint8Array, parts: CardParts, keys: readonly DukptKey[]): Decoded {
  const opened = decrypted(parts, keys);
  // Track 3 may have come in the clear, so it says nothing of the key.
  if (opened !== null && cardOfTracks(inputsOf(data, opened)).ok) {
    if (!hasRightHashes(opened, parts.hashes)) return failed('wrongChecksum');
    return cardOfTracks(inputsOf(data, new Map([...parts.tracks, ...opened])));
  }
  const isMasked = parts.encrypted.some(({ bytes }) => bytes.length > 0);
  const card = cardOfTracks(inputsOf(data, parts.tracks), { masked: isMasked });
  // A reader may be set to send no masked tracks. Then a card was read, and only its key is missing.
  if (!card.ok && card.reason === 'blankCard' && isMasked) return { ok: true, kind: 'card', masked: true, errors: [] };
  return card;
}

/** A track without bytes that was on the card could not be decoded. */
function inputsOf(data: Uint8Array, tracks: ReadonlyMap<TrackNumber, Uint8Array>): TrackInput[] {
  return trackNumbers.map((number) => {
    const wasThere = (((data[1] ?? 0) >> (2 + number)) & 1) === 1;
    const wasRead = (data[1 + number] ?? 0) > 0;
    if (wasThere && !wasRead) return unreadableTrack(number);
    return trackInput(number, tracks.get(number) ?? new Uint8Array());
  });
}

/** The tracks that were encrypted; null without a key for this reader. */
function decrypted(parts: CardParts, keys: readonly DukptKey[]): ReadonlyMap<TrackNumber, Uint8Array> | null {
  if (!parts.isTdes || parts.encrypted.length === 0 || parts.ksn.length === 0) return null;
  const key = dukptKeyFor(keys, parts.ksn, parts.variant);
  if (key === null) return null;
  const opened = new Map<TrackNumber, Uint8Array>();
  for (const { bytes, tracks } of parts.encrypted) {
    const clear = decryptTdes(key, bytes);
    let at = 0;
    for (const { number, length } of tracks) {
      opened.set(number, clear.subarray(at, at + length));
      at += length;
    }
  }
  return opened;
}

/** A reader may hash all tracks, some or none; as many hashes as can be those of the opened tracks must be. */
function hasRightHashes(opened: ReadonlyMap<TrackNumber, Uint8Array>, hashes: readonly Uint8Array[]): boolean {
  const tracks = [...opened.values()].filter(({ length }) => length > 0);
  const right = tracks.filter((track) => {
    const hash = createHash('sha1').update(track).digest();
    return hashes.some((sent) => hash.equals(sent));
  });
  return right.length >= Math.min(tracks.length, hashes.length);
}

function sumOf(tracks: readonly { readonly length: number }[]): number {
  return tracks.reduce((total, { length }) => total + length, 0);
}

/** Takes parts off both ends of card data. */
class PartReader {
  readonly #data: Uint8Array;
  #from: number;
  #to: number;

  constructor(data: Uint8Array, from: number) {
    this.#data = data;
    this.#from = from;
    this.#to = data.length;
  }

  /** More was taken than there is. */
  get isOver(): boolean {
    return this.#from > this.#to;
  }

  get rest(): number {
    return this.#to - this.#from;
  }

  take(bytes: number): Uint8Array {
    this.#from += bytes;
    return this.#data.subarray(this.#from - bytes, this.#from);
  }

  takeBlocks(bytes: number, blockBytes: number): Uint8Array {
    return this.take(Math.ceil(bytes / blockBytes) * blockBytes);
  }

  takeLast(bytes: number): Uint8Array {
    this.#to -= bytes;
    return this.#data.subarray(Math.max(0, this.#to), this.#to + bytes);
  }

  takeLastHashes(): Uint8Array[] {
    const hashes: Uint8Array[] = [];
    while (this.rest >= hashBytes) hashes.unshift(this.takeLast(hashBytes));
    return hashes;
  }
}

/** `passing`: after a wrong length, up to the next silence. */
type FrameState = 'idle' | 'frame' | 'passing';

class SwipeFrameDecoder implements FrameDecoder {
  readonly #keys: readonly DukptKey[];
  readonly #frame = new Uint8Array(headBytes + cardDataBytesMax + tailBytes);
  #frameBytes = 0;
  #state: FrameState = 'idle';
  #hasToldNoise = false;
  /** The first digit of a byte, while a frame comes as text; null while it does not. */
  #hex: string | null = null;

  constructor(keys: readonly DukptKey[]) {
    this.#keys = keys;
  }

  get midFrame(): boolean {
    return this.#state !== 'idle' || this.#hex !== null;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    const found: Decoded[] = [];
    for (const byte of chunk) {
      const decoded = this.#state === 'passing' ? null : this.#take(byte);
      if (decoded !== null) found.push(decoded);
    }
    return found;
  }

  end(): readonly Decoded[] {
    const begun = this.#frame.subarray(0, this.#frameBytes);
    const isCut = this.#state === 'frame' || (this.#state === 'idle' && this.#hex !== null);
    // The checks of what came are right: nothing is missing, the length said too much.
    const isWhole = begun.length > headBytes + tailBytes && hasOwnTail(begun);
    this.#begin('idle');
    this.#hasToldNoise = false;
    return isCut ? [failed(isWhole ? 'wrongLength' : 'halfRead')] : [];
  }

  #take(byte: number): Decoded | null {
    if (this.#hex !== null) return this.#takeDigit(byte);
    if (this.#state === 'frame') return this.#takeFrameByte(byte);
    if (byte === startOfText) {
      this.#state = 'frame';
      return this.#takeFrameByte(byte);
    }
    if (byte === zeroDigit) {
      this.#hex = '0';
      return null;
    }
    return paddingBytes.includes(byte) ? null : this.#tellNoise();
  }

  #takeDigit(byte: number): Decoded | null {
    const digits = `${this.#hex}${String.fromCharCode(byte)}`;
    if (this.#state === 'idle' && digits !== '02') {
      this.#hex = null;
      const noise = this.#tellNoise();
      return this.#take(byte) ?? noise;
    }
    if (!/^[0-9A-Fa-f]{1,2}$/.test(digits)) {
      this.#begin('passing');
      return failed('wrongLength');
    }
    this.#hex = digits.length === 2 ? '' : digits;
    if (digits.length < 2) return null;
    this.#state = 'frame';
    return this.#takeFrameByte(Number.parseInt(digits, 16));
  }

  #takeFrameByte(byte: number): Decoded | null {
    this.#hasToldNoise = false;
    this.#frame[this.#frameBytes++] = byte;
    if (this.#frameBytes < headBytes) return null;
    const expected = idtechFrameBytes(this.#frame);
    if (expected > this.#frame.length) {
      this.#begin('passing');
      return failed('wrongLength');
    }
    if (this.#frameBytes < expected) return null;
    const decoded = decodeIdtechEncrypted(this.#frame.slice(0, expected), this.#keys);
    this.#begin(byte === endOfText ? 'idle' : 'passing');
    return decoded;
  }

  #tellNoise(): Decoded | null {
    if (this.#hasToldNoise) return null;
    this.#hasToldNoise = true;
    return failed('noise');
  }

  #begin(state: FrameState): void {
    this.#state = state;
    this.#hex = null;
    this.#frame.fill(0, 0, this.#frameBytes);
    this.#frameBytes = 0;
  }
}

function hasOwnTail(frame: Uint8Array): boolean {
  const { lrc, sum } = checksOf(frame.subarray(headBytes, -tailBytes));
  return frame.at(-3) === lrc && frame.at(-2) === sum && frame.at(-1) === endOfText;
}

function checksOf(data: Uint8Array): { readonly lrc: number; readonly sum: number } {
  let lrc = 0;
  let sum = 0;
  for (const byte of data) {
    lrc ^= byte;
    sum = (sum + byte) & 0xff;
  }
  return { lrc, sum };
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
