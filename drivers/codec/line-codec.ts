import type { Codec, Decoded, FrameDecoder } from './decoded.ts';
import { type LineFrame, LineFramer } from './line-framer.ts';

export interface LineCodecOptions {
  /** Whether silence ends a line as a CR does, for devices that may send no line end. Otherwise it is `halfRead`. */
  readonly cutIsWhole?: boolean;
}

const lineEnd = Uint8Array.of(0x0d);

/** A codec for devices that send lines ended by CR, LF or CR LF: one result a line, empty lines passed over.
 *  Errors: `tooLong` beyond `lineBytesMax`, `halfRead` for a line without its end, and those of `decodeLine`. */
export function lineCodec(
  lineBytesMax: number,
  decodeLine: (line: Uint8Array) => Decoded,
  options: LineCodecOptions = {},
): Codec {
  return { decoder: () => new LineDecoder(lineBytesMax, decodeLine, options.cutIsWhole ?? false) };
}

class LineDecoder implements FrameDecoder {
  readonly #framer: LineFramer;
  readonly #decodeLine: (line: Uint8Array) => Decoded;
  readonly #cutIsWhole: boolean;

  constructor(lineBytesMax: number, decodeLine: (line: Uint8Array) => Decoded, cutIsWhole: boolean) {
    this.#framer = new LineFramer(lineBytesMax);
    this.#decodeLine = decodeLine;
    this.#cutIsWhole = cutIsWhole;
  }

  get midFrame(): boolean {
    return this.#framer.midLine;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    return this.#decode(this.#framer.push(chunk));
  }

  end(): readonly Decoded[] {
    if (!this.#cutIsWhole) return this.#decode(this.#framer.endLine());
    return this.#decode(this.#framer.push(lineEnd));
  }

  #decode(frames: readonly LineFrame[]): readonly Decoded[] {
    return frames.map((frame) => {
      if (frame.kind === 'line') return this.#decodeLine(frame.bytes);
      return { ok: false, reason: frame.kind === 'cut' ? 'halfRead' : 'tooLong' };
    });
  }
}
