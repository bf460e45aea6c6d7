import type { Codec } from '../../drivers/codec/decoded.ts';

/** A codec with a fault that a few bytes in a row bring out: the fuzzer has to find it. */
export const codecs: Readonly<Record<string, Codec>> = {
  planted: {
    decoder: () => ({
      midFrame: false,
      push(chunk) {
        if (chunk[0] === 0x42 && chunk[1] === 0x55 && chunk[2] === 0x47) throw new TypeError('planted');
        return [];
      },
      end: () => [],
    }),
  },
};
