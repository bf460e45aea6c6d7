import type { Codec, Decoded } from './decoded.ts';

/** Frames a stream byte by byte. Each byte completes one result at most. */
export interface ByteFramer {
  take(byte: number): Decoded | null;
  /** The line has fallen silent; what has begun is over. */
  end(): Decoded | null;
  readonly midFrame: boolean;
}

/** A codec for protocols whose frames are told by their bytes alone, so that the chunks cannot matter. */
export function byteCodec(framer: () => ByteFramer): Codec {
  return {
    decoder() {
      const frames = framer();
      return {
        push(chunk) {
          const results: Decoded[] = [];
          for (const byte of chunk) {
            const result = frames.take(byte);
            if (result !== null) results.push(result);
          }
          return results;
        },
        end() {
          const result = frames.end();
          return result === null ? [] : [result];
        },
        get midFrame() {
          return frames.midFrame;
        },
      };
    },
  };
}
