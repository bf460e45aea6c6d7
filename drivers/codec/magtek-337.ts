import type { Codec, Decoded } from './decoded.ts';
import { cardOfTracks } from './iso-track.ts';
import { reportCodec } from './report-codec.ts';
import { trackInput, unreadableTrack } from './track-field.ts';

const reportBytes = 337;
const trackBytesMax = 110;

/** MagTek's plain HID report, and ID TECH's in "other mode": 0-2 status of tracks 1 to 3 (bit 0 = could not be decoded) ·
 *  3-5 lengths · 6 encode type · 7, 117, 227 tracks of up to 110 bytes with both sentinels, without LRC. The reader sends
 *  a report for every swipe; what stands behind a track's length is left over from other swipes.
 *  Errors: `wrongLength` for another size or a length beyond the field; otherwise those of `cardOfTracks`.
 *  Source: MagTek 99875191, page 15; ID TECH SecureMag 80096504, page 32. */
export function decodeMagtek337(report: Uint8Array): Decoded {
  const lengths = report.subarray(3, 6);
  if (report.length !== reportBytes || lengths.some((length) => length > trackBytesMax)) {
    return { ok: false, reason: 'wrongLength' };
  }
  return cardOfTracks(
    ([1, 2, 3] as const).map((number) => {
      const at = 7 + (number - 1) * trackBytesMax;
      const hasFailed = ((report[number - 1] ?? 0) & 1) === 1;
      return hasFailed
        ? unreadableTrack(number)
        : trackInput(number, report.subarray(at, at + (lengths[number - 1] ?? 0)));
    }),
  );
}

export const magtek337Codec: Codec = reportCodec(reportBytes, decodeMagtek337);
