import type { Secret } from '../../src/domain/secret.ts';
import type { Codec, Decoded, DecodeReason } from './decoded.ts';
import { type ChipCard, chipLineBytesMax, decodeChipLine, encodeIReadCardBas } from './ireadcardbas.ts';
import { lineCodec } from './line-codec.ts';
import { decodeTrackText, encodeTrackText } from './track-text.ts';

/** The longest line that a reader sends: three tracks have 226 characters, a chip's line is longer. */
export const cardLineBytesMax = chipLineBytesMax;

/** A card of the virtual deck: what its stripe and its chip say. */
export interface VirtualCard extends ChipCard {
  readonly pan: Secret<string>;
}

/** Lines of stripes and chips, each ended by CR, LF or CR LF; silence cuts a line off. */
export const cardLineCodec: Codec = lineCodec(cardLineBytesMax, decodeCardLine);

/** Reads one line from a reader, without its line end, and picks the codec by the line's form: sentinels make a stripe,
 *  `|` makes a chip. Any bytes give an answer; work is linear in their number.
 *  Errors: `tooLong` beyond `cardLineBytesMax`; `noise` when the bytes cannot be a card's text; `notACard` for readable
 *  text of another kind, such as a scanned code; the codecs' own. */
export function decodeCardLine(line: Uint8Array): Decoded {
  if (line.length > cardLineBytesMax) return failed('tooLong');
  if (line.some((byte) => byte < 0x20 || byte === 0x7f)) return failed('noise');
  return line.includes(0x7c) ? decodeChipLine(line) : decodeTrackText(line);
}

/** The stripe's text, tracks 1 and 2, without a line end. */
export function encodeStripeLine(card: VirtualCard): Uint8Array {
  return Buffer.from(encodeTrackText(card.pan), 'latin1');
}

/** The chip's `iReadCardBas` line in GBK, without a line end. */
export function encodeChipLine(card: VirtualCard): Uint8Array {
  return encodeIReadCardBas(card);
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
