import type { Codec, Decoded } from './decoded.ts';
import { decodeIdtechEncrypted, idtechFrameBytes } from './idtech-encrypted.ts';
import { cardOfTracks, type TrackInput } from './iso-track.ts';
import { reportCodec } from './report-codec.ts';
import { isTrackAt, trackInput, unreadableTrack } from './track-field.ts';

const reportBytes = 509;
const outputAt = 9;
const outputBytesMax = reportBytes - outputAt;
const startOfText = 0x02;

/** ID TECH MiniMag, "ID TECH reader data structure": 0-2 status of tracks 1 to 3 (bit 0 = could not be decoded) · 3-5
 *  lengths · 6 encode type · 7-8 length of the output · 9-508 output, the tracks as the reader is set to print them:
 *  `%…?` CR `;…?` CR, perhaps with text before, between and after. Each track is looked for where one of its length
 *  stands; CR and additions are passed over. An encrypting reader puts its frame there.
 *  The manual does not give the order of bytes 7 and 8. ID TECH's frames have the low byte first, so that is tried first;
 *  the other order is taken when only that is possible.
 *  Errors: `wrongLength` for another size, or an output that is longer than its field or its text, or shorter than its
 *  tracks; `noise` for a track that is not there; otherwise those of `cardOfTracks` and of the encrypted frame.
 *  Source: ID TECH MiniMag II quick start 80066510. */
export function decodeIdtechMinimag(report: Uint8Array): Decoded {
  if (report.length !== reportBytes) return { ok: false, reason: 'wrongLength' };
  const lengths = report.subarray(3, 6);
  const tracksBytes = lengths.reduce((total, length) => total + length, 0);
  const [low = 0, high = 0] = report.subarray(7, 9);
  const outputBytes = [low | (high << 8), (low << 8) | high].find(
    (bytes) => bytes >= tracksBytes && bytes <= outputBytesMax,
  );
  const output = report.subarray(outputAt);
  const frameBytes = idtechFrameBytes(output);
  // The frame has a length of its own, and checks.
  if (output[0] === startOfText && frameBytes <= outputBytesMax) {
    return decodeIdtechEncrypted(output.subarray(0, frameBytes));
  }
  const text = output.subarray(0, outputBytes);
  if (outputBytes === undefined || text.includes(0)) return { ok: false, reason: 'wrongLength' };
  return decodeOutput(report.subarray(0, 3), lengths, text);
}

export const idtechMinimagCodec: Codec = reportCodec(reportBytes, decodeIdtechMinimag);

function decodeOutput(status: Uint8Array, lengths: Uint8Array, output: Uint8Array): Decoded {
  let from = 0;
  const inputs = ([1, 2, 3] as const).map((number): TrackInput => {
    const length = lengths[number - 1] ?? 0;
    if (((status[number - 1] ?? 0) & 1) === 1) return unreadableTrack(number);
    if (length === 0) return { number, text: '' };
    let at = from;
    while (at + length <= output.length && !isTrackAt(number, output, at, length)) at++;
    if (at + length > output.length) return { number, reason: 'noise' };
    from = at + length;
    return trackInput(number, output.subarray(at, from));
  });
  return cardOfTracks(inputs);
}
