/** What can go wrong with a swipe, on the level of bytes. */
export const lineFaults = ['none', 'half', 'noise', 'double', 'slow', 'reversed'] as const;
export type LineFault = (typeof lineFaults)[number];

/** Bytes as they go over the line, and how long the reader waits after each chunk. */
export interface Transmission {
  readonly bytes: Uint8Array;
  readonly pauseMs: number;
}

/** Long enough to be seen, well within the silence that ends a swipe. */
const slowPauseMs = 100;

const lineEnd = Buffer.from('\r\n');

/** A card's line as it arrives with a fault. `seed` decides where noise falls; the same seed gives the same bytes.
 *  half: the first half, and no line end. double: the line twice in one go. reversed: the text backwards, as a reader
 *  sends a card drawn the wrong way. noise: some bytes in the middle are others. */
export function transmit(line: Uint8Array, fault: LineFault, seed: number): Transmission {
  switch (fault) {
    case 'none':
      return { bytes: Buffer.concat([line, lineEnd]), pauseMs: 0 };
    case 'half':
      return { bytes: line.slice(0, Math.ceil(line.length / 2)), pauseMs: 0 };
    case 'noise':
      return { bytes: Buffer.concat([withNoise(line, seed), lineEnd]), pauseMs: 0 };
    case 'double':
      return { bytes: Buffer.concat([line, lineEnd, line, lineEnd]), pauseMs: 0 };
    case 'slow':
      return { bytes: Buffer.concat([line, lineEnd]), pauseMs: slowPauseMs };
    case 'reversed':
      return { bytes: Buffer.concat([line.toReversed(), lineEnd]), pauseMs: 0 };
  }
}

/** A burst of four to seven bytes in the middle half. Its first byte is a control character, as a framing error of a
 *  serial line gives: no card's text has one, so noise is always seen to be noise. None is a line end: that would be
 *  another fault. */
function withNoise(line: Uint8Array, seed: number): Uint8Array {
  const next = randomFrom(seed);
  const noisy = Uint8Array.from(line);
  const start = Math.floor(line.length / 4 + (next() * line.length) / 2);
  const length = 4 + Math.floor(next() * 4);
  for (let at = start; at < Math.min(start + length, line.length); at++) {
    const byte = Math.floor(next() * (at === start ? 8 : 256));
    noisy[at] = byte === 0x0a || byte === 0x0d ? 0x00 : byte;
  }
  return noisy;
}

/** Mulberry32: numbers in [0, 1) from a 32-bit seed. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
