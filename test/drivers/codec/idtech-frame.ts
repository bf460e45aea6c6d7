import { createCipheriv, createHash } from 'node:crypto';
import { type DukptVariant, initialKey, transactionKey, workingKey } from '../../../drivers/codec/dukpt.ts';
import capture from '../../../fixtures/captures/idtech-encrypted-frames.json' with { type: 'json' };

// Builds the frames that drivers/codec/idtech-encrypted.ts reads. Tracks stand as on the card, each with its LRC character
// unless the reader is set to leave it out; '' is a track that was not there. Readers encrypt under the key of the example.

const baseKey = Buffer.from(capture.key, 'hex');
const none = new Uint8Array();

interface OriginalParts {
  readonly tracks: readonly string[];
  readonly ksn: Uint8Array;
  readonly sessionId?: Uint8Array;
  readonly hashes?: readonly Uint8Array[];
}

/** Original format: tracks 1 and 2 masked and, as one block, encrypted; track 3 in the clear. */
export function originalFrame({ tracks, ksn, sessionId = none, hashes = tracks.slice(0, 2).map(sha1) }: OriginalParts) {
  const [track1 = '', track2 = '', track3 = ''] = tracks;
  const shown = [maskTrack(track1), maskTrack(track2), track3];
  return swipeFrame([0, ...headOf(tracks)], ...shown, encrypt(track1 + track2, ksn), sessionId, ...hashes, ksn);
}

/** Original format of a reader that does not encrypt. */
export function clearFrame(tracks: readonly string[]): Buffer {
  return swipeFrame([0, ...headOf(tracks)], ...tracks);
}

export interface EnhancedParts {
  readonly tracks: readonly string[];
  readonly ksn: Uint8Array;
  readonly type?: number;
  /** Fields 8 and 9 of the frame, which say what is sent. */
  readonly clearBits?: number;
  readonly encryptedBits?: number;
  readonly sent?: (track: string) => string;
  readonly hash?: (track: string) => Uint8Array;
  readonly variant?: DukptVariant;
}

/** Enhanced format: each track encrypted by itself. */
export function enhancedFrame(parts: EnhancedParts): Buffer {
  const { tracks, ksn, type = 0x80, clearBits = 0x03, encryptedBits = 0xbf, variant = 'data' } = parts;
  const { sent = maskTrack, hash = sha1 } = parts;
  const has = (bits: number, at: number) => ((bits >> at) & 1) === 1;
  return swipeFrame(
    [type, ...headOf(tracks), clearBits, encryptedBits],
    ...tracks.filter((_, at) => has(clearBits, at)).map(sent),
    ...tracks.filter((_, at) => has(encryptedBits, at)).map((track) => encrypt(track, ksn, variant)),
    has(encryptedBits, 6) ? Buffer.alloc(8, 0x55) : none,
    ...tracks.filter((_, at) => has(encryptedBits, at + 3)).map(hash),
    has(clearBits, 7) ? 'T000000001' : none,
    has(encryptedBits, 7) ? ksn : none,
  );
}

/** Any card data between STX, length and LRC, checksum, ETX. */
export function swipeFrame(...cardData: readonly (Uint8Array | string | readonly number[])[]): Buffer {
  const data = Buffer.concat(
    cardData.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
  const lrc = data.reduce((xor, byte) => xor ^ byte, 0);
  const sum = data.reduce((total, byte) => (total + byte) & 0xff, 0);
  return Buffer.concat([Buffer.of(2, data.length & 0xff, data.length >> 8), data, Buffer.of(lrc, sum, 3)]);
}

/** The first and last four digits of the number, the name, sentinels and separators stay. */
export function maskTrack(track: string): string {
  return track.replace(
    /^([%;])(B?)(\d{4})(\d*)(\d{4}(?:=|\^[^^]*\^))([^?]*)\?(.*)$/,
    (_, sentinel, format, first, hidden, shown, rest, lrc) =>
      `${sentinel}${stars(format)}${first}${stars(hidden)}${shown}${stars(rest)}?${stars(lrc)}`,
  );
}

export function sha1(text: string): Buffer {
  return createHash('sha1').update(text, 'latin1').digest();
}

/** Track status, every track found and decoded, and the three lengths. */
function headOf(tracks: readonly string[]): number[] {
  const status = tracks.reduce((bits, track, at) => (track === '' ? bits : bits | (0x09 << at)), 0);
  return [status, ...[0, 1, 2].map((at) => tracks[at]?.length ?? 0)];
}

function encrypt(text: string, ksn: Uint8Array, variant: DukptVariant = 'data'): Buffer {
  const key = workingKey(transactionKey(initialKey(baseKey, ksn), ksn), variant);
  const clear = Buffer.alloc(Math.ceil(text.length / 8) * 8);
  clear.write(text, 'latin1');
  const cipher = createCipheriv('des-ede3-cbc', Buffer.concat([key, key.subarray(0, 8)]), Buffer.alloc(8));
  return Buffer.concat([cipher.setAutoPadding(false).update(clear), cipher.final()]);
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}
