import { encodeStripeLine, type VirtualCard } from '../../../drivers/codec/card-line.ts';

/** What a MagTek SureSwipe sends for a card (manual 99875191): status 0-2, lengths 3-5, encode type 6, tracks of 110 bytes
 *  from 7 on. */
export function magtekReport(card: VirtualCard): Uint8Array {
  const line = Buffer.from(encodeStripeLine(card)).toString('latin1');
  const report = new Uint8Array(337);
  for (const [track, text] of line.split(/(?=;)/).entries()) {
    report[3 + track] = text.length;
    report.set(Buffer.from(text, 'latin1'), 7 + 110 * track);
  }
  return report;
}
