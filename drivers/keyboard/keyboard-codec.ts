import { cardLineBytesMax, decodeCardLine } from '../codec/card-line.ts';
import type { Codec, Decoded, FrameDecoder } from '../codec/decoded.ts';
import { decodeIdtechEncrypted, idtechFrameBytes } from '../codec/idtech-encrypted.ts';
import { type LineFrame, LineFramer } from '../codec/line-framer.ts';
import { decodeMagnesafeKeyboard } from '../codec/magnesafe-keyboard.ts';
import { decodeTrackText } from '../codec/track-text.ts';

/** Whether a typed line is a card's, by its form: sentinels in front, or behind when it was drawn backwards; the fields of
 *  a chip; the frame of an encrypting ID TECH reader in hexadecimal. Anything else is a scanned code. */
export function isCardLine(line: string): boolean {
  return /^[%;+]|[%;+]$|\|/.test(line) || idtechFrame(line) !== null;
}

/** Lines of card readers that type, whichever they are. Tracks that come as lines of their own, as ID TECH readers send
 *  them by default, are looked at together: two that agree name a card that one alone does not.
 *  Errors: those of track text, MagneSafe text, chip lines and ID TECH frames. */
export const keyboardCodec: Codec = { decoder: () => new KeyboardDecoder() };

class KeyboardDecoder implements FrameDecoder {
  readonly #framer = new LineFramer(cardLineBytesMax);
  /** The tracks of this swipe so far. */
  #tracks = '';

  get midFrame(): boolean {
    return this.#framer.midLine;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    return this.#decode(this.#framer.push(chunk));
  }

  end(): readonly Decoded[] {
    const decoded = this.#decode(this.#framer.endLine());
    this.#tracks = '';
    return decoded;
  }

  #decode(frames: readonly LineFrame[]): readonly Decoded[] {
    return frames.map((frame) => {
      if (frame.kind !== 'line') return { ok: false, reason: frame.kind === 'cut' ? 'halfRead' : 'tooLong' };
      const line = Buffer.from(frame.bytes).toString('latin1');
      const isNextTrack = /^[;+][^|]*$/.test(line) && this.#tracks.length + line.length <= cardLineBytesMax;
      const text = isNextTrack ? this.#tracks + line : line;
      this.#tracks = /^[%;+][^|]*$/.test(text) ? text : '';
      return decodeTyped(text);
    });
  }
}

function decodeTyped(text: string): Decoded {
  const frame = idtechFrame(text);
  if (frame !== null) return decodeIdtechEncrypted(frame);
  if (!/^[%;+]|[%;+]$/.test(text)) return decodeCardLine(Buffer.from(text, 'latin1'));
  // The alphabet of a stripe has no small letters: those are the work of a Caps Lock.
  const upper = text.toUpperCase();
  return upper.includes('|') ? decodeMagnesafeKeyboard(Buffer.from(upper, 'latin1')) : decodeTrackText(upper);
}

/** Two hexadecimal digits a byte, from STX to ETX and as long as it says itself; null for anything else. */
function idtechFrame(text: string): Uint8Array | null {
  if (!/^02(?:[0-9A-F]{2})*03$/i.test(text)) return null;
  const frame = Buffer.from(text, 'hex');
  return idtechFrameBytes(frame) === frame.length ? frame : null;
}
