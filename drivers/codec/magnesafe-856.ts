import type { Codec, Decoded } from './decoded.ts';
import { checkDukptKeys, type DukptKey, decryptTdes, dukptKeyFor, ksnBytes } from './dukpt.ts';
import { cardOfTracks, type TrackInput, type TrackNumber } from './iso-track.ts';
import { reportCodec } from './report-codec.ts';
import { trackInput, unreadableTrack } from './track-field.ts';

const reportBytes = 856;
const trackBytesMax = 112;
const blockBytes = 8;
const trackNumbers = [1, 2, 3] as const;

/** Offsets of track 1; those of tracks 2 and 3 follow it. */
const offset = {
  status: 0,
  lengths: 3,
  tracks: 7,
  encryptionStatus: 493,
  ksn: 495,
  maskedLengths: 505,
  maskedTracks: 508,
  absoluteLengths: 852,
} as const;

/** Bits of the encryption status, sent big-endian. */
const encryption = {
  /** Both must be set, or the reader sends in the clear what it would encrypt. */
  on: 0b110,
  /** Keys used up, no answer in time, no transactions left: a report without a card. */
  refuses: 0b1_0001_0001,
} as const;

/** MagTek MagneSafe V5, HID. At security level 2 the tracks stand in the clear in the fields for encrypted data. At levels
 *  3 and 4 those are encrypted, and copies stand beside them with most digits of the number masked by zeros: without the
 *  reader's key they are what there is (`masked`), numbers as they stand. A key that does not fit is as good as none.
 *  Which level it is the encryption status says; masked tracks beside no clear ones are delivered whatever it says.
 *  Errors: `wrongLength` for a report that is too short, a length beyond its field, or lengths that contradict each
 *  other; `refused` when the reader has no keys or transactions left; otherwise those of `cardOfTracks`. Longer reports
 *  are fine: newer firmware appends fields.
 *  Source: MagTek 99875475, pages 17, 98 and 110, appendix C. */
export function decodeMagnesafe856(report: Uint8Array, keys: readonly DukptKey[] = []): Decoded {
  if (report.length < reportBytes) return { ok: false, reason: 'wrongLength' };
  const lengthFields = [offset.lengths, offset.maskedLengths, offset.absoluteLengths];
  if (lengthFields.some((at) => report.subarray(at, at + 3).some((length) => length > trackBytesMax))) {
    return { ok: false, reason: 'wrongLength' };
  }
  const status = ((report[offset.encryptionStatus] ?? 0) << 8) | (report[offset.encryptionStatus + 1] ?? 0);
  const isEncrypted = (status & encryption.on) === encryption.on || hasMaskedTracksAlone(report);
  const card = isEncrypted ? decodeEncrypted(report, keys) : decodeClear(report);
  const hasNoData = !card.ok && card.reason === 'blankCard';
  return hasNoData && (status & encryption.refuses) !== 0 ? { ok: false, reason: 'refused' } : card;
}

/** `keys`: those of the readers, if a developer has them.
 *  Bytes after a whole report that are fewer than one are taken for its own tail, so a report cut short by an unplug is
 *  told only when it is the first one. */
export function createMagnesafe856Codec(keys: readonly DukptKey[]): Codec {
  checkDukptKeys(keys);
  return reportCodec(reportBytes, (report) => decodeMagnesafe856(report, keys), { rest: 'ignored' });
}

export const magnesafe856Codec: Codec = createMagnesafe856Codec([]);

/** Whatever the encryption status says: no track begins where clear text would, and masked ones are there. */
function hasMaskedTracksAlone(report: Uint8Array): boolean {
  const begins = (number: TrackNumber, fields: number, lengths: number) => {
    const track = trackInput(number, fieldAt(report, fields, lengths, number));
    return 'text' in track && track.text !== '';
  };
  return (
    trackNumbers.some((number) => begins(number, offset.maskedTracks, offset.maskedLengths)) &&
    !trackNumbers.some((number) => begins(number, offset.tracks, offset.lengths))
  );
}

/** Clear text may be padded to whole cipher blocks; its length is then among the absolute ones, which may also be unset. */
function decodeClear(report: Uint8Array): Decoded {
  const hasAbsolute = trackNumbers.some((number) => lengthAt(report, offset.absoluteLengths, number) !== 0);
  const lengths = hasAbsolute ? offset.absoluteLengths : offset.lengths;
  const contradicts = (number: TrackNumber) => {
    const length = lengthAt(report, lengths, number);
    return ![length, wholeBlocks(length)].includes(lengthAt(report, offset.lengths, number));
  };
  if (trackNumbers.some((number) => !hasFailed(report, number) && contradicts(number)))
    return { ok: false, reason: 'wrongLength' };
  return cardOfTracks(tracksOf(report, (number) => fieldAt(report, offset.tracks, lengths, number)));
}

function decodeEncrypted(report: Uint8Array, keys: readonly DukptKey[]): Decoded {
  const clear = decrypted(report, keys);
  if (clear !== null && (clear.ok || clear.reason === 'wrongLength')) return clear;
  const fieldOf = (number: TrackNumber) => fieldAt(report, offset.maskedTracks, offset.maskedLengths, number);
  const masked = cardOfTracks(tracksOf(report, fieldOf), { masked: true });
  const hasData = trackNumbers.some((number) => fieldAt(report, offset.tracks, offset.lengths, number).length > 0);
  // A reader may be set to send no masked tracks. Then a card was read, and only its key is missing.
  if (!masked.ok && masked.reason === 'blankCard' && hasData)
    return { ok: true, kind: 'card', masked: true, errors: [] };
  return masked;
}

/** Null without a key for this reader. */
function decrypted(report: Uint8Array, keys: readonly DukptKey[]): Decoded | null {
  const key = dukptKeyFor(keys, report.subarray(offset.ksn, offset.ksn + ksnBytes), 'pin');
  if (key === null) return null;
  const texts = new Map<TrackNumber, Uint8Array>();
  for (const number of trackNumbers) {
    const field = fieldAt(report, offset.tracks, offset.lengths, number);
    const length = lengthAt(report, offset.absoluteLengths, number);
    if (field.length !== wholeBlocks(length)) return { ok: false, reason: 'wrongLength' };
    texts.set(number, decryptTdes(key, field).subarray(0, length));
  }
  return cardOfTracks(tracksOf(report, (number) => texts.get(number) ?? new Uint8Array()));
}

function tracksOf(report: Uint8Array, fieldOf: (number: TrackNumber) => Uint8Array): TrackInput[] {
  return trackNumbers.map((number) =>
    hasFailed(report, number) ? unreadableTrack(number) : trackInput(number, fieldOf(number)),
  );
}

function hasFailed(report: Uint8Array, number: TrackNumber): boolean {
  return (lengthAt(report, offset.status, number) & 1) === 1;
}

function fieldAt(report: Uint8Array, fields: number, lengths: number, number: TrackNumber): Uint8Array {
  const at = fields + (number - 1) * trackBytesMax;
  return report.subarray(at, at + lengthAt(report, lengths, number));
}

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

function lengthAt(report: Uint8Array, lengths: number, number: TrackNumber): number {
  return report[lengths + number - 1] ?? 0;
}
