import type { Secret } from '../../src/domain/secret.ts';
import type { CardRead, ReadFailure } from '../../src/ports/card-reader.ts';
import { type ChipCard, decodeIReadCardBas, encodeIReadCardBas } from './ireadcardbas.ts';
import { decodeTrackText, encodeTrackText } from './track-text.ts';

/** The longest line that a reader sends: `iReadCardBas` fills a buffer of 1024 bytes (LD/T 33-2015), three tracks have
 *  226 characters. */
export const cardLineBytesMax = 1024;

/** A card of the virtual deck: what its stripe and its chip say. */
export interface VirtualCard extends ChipCard {
  readonly pan: Secret<string>;
}

/** Reads one line from a reader, without its line end, and picks the codec by the line's form: sentinels make a stripe,
 *  `|` makes a chip. Any bytes give an answer; work is linear in their number.
 *  Errors: `tooLong` beyond `cardLineBytesMax`; `noise` when the bytes cannot be a card's text; `notACard` for readable
 *  text of another kind (a scanned code, a driver's licence); the codecs' own. */
export function decodeCardLine(line: Uint8Array): CardRead {
  if (line.length > cardLineBytesMax) return failed('tooLong');
  if (line.some((byte) => byte < 0x20 || byte === 0x7f)) return failed('noise');
  if (line.includes(0x7c)) return decodeIReadCardBas(line);
  if (line.some((byte) => byte > 0x7e)) return failed('noise');
  return decodeTrackText(Buffer.from(line).toString('latin1'));
}

/** The stripe's text, tracks 1 and 2, without a line end. */
export function encodeStripeLine(card: VirtualCard): Uint8Array {
  return Buffer.from(encodeTrackText(card.pan), 'latin1');
}

/** The chip's `iReadCardBas` line in GBK, without a line end. */
export function encodeChipLine(card: VirtualCard): Uint8Array {
  return encodeIReadCardBas(card);
}

function failed(reason: ReadFailure): CardRead {
  return { ok: false, reason };
}
