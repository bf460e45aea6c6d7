import type { Codec, Decoded, FrameDecoder } from './decoded.ts';

/** One piece of a stream of frames with a start and an end byte. `tooLong`: more bytes than the bound came without the end;
 *  the rest is skipped. `cut`: a new frame began, or the line fell silent, before the end. `noise`: a run of bytes that
 *  belong to no frame. */
type StxPiece =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'control'; readonly byte: number }
  | { readonly kind: 'tooLong' | 'cut' | 'noise' };

export interface StxFraming {
  /** Start byte to end byte. A start byte never stands inside a frame. */
  readonly ends: ReadonlyMap<number, number>;
  /** Bytes after the end byte that still belong to the frame, such as an LRC; they may have any value. */
  readonly trailerBytes: 0 | 1;
  /** Bytes that mean something by themselves outside a frame. */
  readonly controls: ReadonlySet<number>;
  readonly frameBytesMax: number;
}

/** Cuts a byte stream into frames, such as STX … ETX LRC, given with their start, end and trailer.
 *  Holds: however the bytes are cut into chunks, the pieces are the same; nothing is kept beyond `frameBytesMax`. */
class StxFramer {
  readonly #framing: StxFraming;
  readonly #frame: Uint8Array;
  #length = 0;
  #end = 0;
  #trailer = 0;
  #state: 'between' | 'noise' | 'frame' | 'trailer' | 'skipping' | 'skippingTrailer' = 'between';

  constructor(framing: StxFraming) {
    this.#framing = framing;
    this.#frame = new Uint8Array(framing.frameBytesMax);
  }

  get midFrame(): boolean {
    return this.#state === 'frame' || this.#state === 'trailer';
  }

  push(chunk: Uint8Array): readonly StxPiece[] {
    const pieces: StxPiece[] = [];
    for (const byte of chunk) this.#take(byte, pieces);
    return pieces;
  }

  /** The line has fallen silent: the next byte starts anew. */
  endFrame(): readonly StxPiece[] {
    const cut = this.midFrame;
    this.#state = 'between';
    return cut ? [{ kind: 'cut' }] : [];
  }

  #take(byte: number, pieces: StxPiece[]): void {
    const { ends, controls, trailerBytes } = this.#framing;
    if (this.#state === 'trailer' || this.#state === 'skippingTrailer') {
      if (this.#state === 'trailer') this.#append(byte, pieces);
      this.#trailer -= 1;
      if (this.#trailer === 0) this.#finish(pieces);
      return;
    }
    const end = ends.get(byte);
    if (end !== undefined) {
      if (this.#state === 'frame') pieces.push({ kind: 'cut' });
      this.#state = 'frame';
      this.#end = end;
      this.#length = 0;
      this.#append(byte, pieces);
      return;
    }
    if (this.#state === 'frame' || this.#state === 'skipping') {
      if (this.#state === 'frame') this.#append(byte, pieces);
      if (byte !== this.#end) return;
      this.#trailer = trailerBytes;
      if (trailerBytes === 0) this.#finish(pieces);
      // `append` may have turned the frame into one to skip.
      else this.#state = this.#state === 'frame' ? 'trailer' : 'skippingTrailer';
      return;
    }
    if (controls.has(byte)) {
      this.#state = 'between';
      pieces.push({ kind: 'control', byte });
    } else if (this.#state === 'between') {
      this.#state = 'noise';
      pieces.push({ kind: 'noise' });
    }
  }

  #append(byte: number, pieces: StxPiece[]): void {
    if (this.#length === this.#frame.length) {
      this.#state = this.#state === 'trailer' ? 'skippingTrailer' : 'skipping';
      pieces.push({ kind: 'tooLong' });
      return;
    }
    this.#frame[this.#length++] = byte;
  }

  #finish(pieces: StxPiece[]): void {
    if (this.midFrame) pieces.push({ kind: 'frame', bytes: this.#frame.slice(0, this.#length) });
    this.#state = 'between';
  }
}

/** A codec for such frames: `decodeFrame` gets each frame from start byte to trailer, and each control byte alone.
 *  Errors: `tooLong`, `halfRead` for a cut frame, `noise` once for a run of other bytes, and those of `decodeFrame`. */
export function stxCodec(framing: StxFraming, decodeFrame: (frame: Uint8Array) => Decoded): Codec {
  return { decoder: () => new StxDecoder(framing, decodeFrame) };
}

class StxDecoder implements FrameDecoder {
  readonly #framer: StxFramer;
  readonly #decodeFrame: (frame: Uint8Array) => Decoded;

  constructor(framing: StxFraming, decodeFrame: (frame: Uint8Array) => Decoded) {
    this.#framer = new StxFramer(framing);
    this.#decodeFrame = decodeFrame;
  }

  get midFrame(): boolean {
    return this.#framer.midFrame;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    return this.#framer.push(chunk).map((piece) => this.#decode(piece));
  }

  end(): readonly Decoded[] {
    return this.#framer.endFrame().map((piece) => this.#decode(piece));
  }

  #decode(piece: StxPiece): Decoded {
    switch (piece.kind) {
      case 'frame':
        return this.#decodeFrame(piece.bytes);
      case 'control':
        return this.#decodeFrame(Uint8Array.of(piece.byte));
      case 'cut':
        return { ok: false, reason: 'halfRead' };
      default:
        return { ok: false, reason: piece.kind };
    }
  }
}
