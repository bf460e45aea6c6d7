import { wipeableBytes } from './wipeable-bytes.ts';

/** The S-box of GB/T 32907-2016, 6.2: its row 0, then row 1, and so on. */
const substitution = Uint8Array.from(
  Buffer.from(
    [
      'd690e9fecce13db716b614c228fb2c052b679a762abe04c3aa44132649860699',
      '9c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6',
      '4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35',
      '1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e',
      'eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e3',
      '1df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51',
      '8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b0',
      '8969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948',
    ].join(''),
    'hex',
  ),
);

/** The family key FK, 7.3. */
const familyKey = [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc] as const;
const rounds = 32;

/** Where the cipher works: one place each, which is overwritten after every block. Nothing waits in between, so that no two
 *  blocks meet here. */
const words = new Uint32Array(wipeableBytes(16).buffer);
const roundKeys = new Uint32Array(wipeableBytes(rounds * 4).buffer);

/** CK, 7.3: the byte j of the word i is (4i + j) × 7 modulo 256. */
const constants = Uint32Array.from({ length: rounds }, (_, i) =>
  [0, 1, 2, 3].reduce((word, j) => (word << 8) | (((4 * i + j) * 7) & 0xff), 0),
);

/** SM4, the block cipher of GB/T 32907-2016 (ISO/IEC 18033-3), on one block in place. Written out here because Electron's
 *  BoringSSL has no SM4, and because those on npm copy the block and keep the copies: this one holds clear PIN fields, so
 *  whatever it makes of them and of the key is overwritten.
 *  Shapes: `block` and `key` 16 bytes. Errors: `RangeError` for others. */
export function sm4Block(direction: 'seal' | 'open', block: Uint8Array, key: Uint8Array): void {
  if (key.length !== 16) throw new RangeError('SM4 key must be 16 bytes');
  if (block.length !== 16) throw new RangeError('SM4 works on a block of 16 bytes');
  expand(key);
  read(block);
  for (let round = 0; round < rounds; round++) {
    const roundKey = roundKeys[direction === 'seal' ? round : rounds - 1 - round] ?? 0;
    const word = substituted(mixed(round, roundKey));
    change(round, word ^ turned(word, 2) ^ turned(word, 10) ^ turned(word, 18) ^ turned(word, 24));
  }
  words.reverse();
  const view = new DataView(block.buffer, block.byteOffset, 16);
  for (let at = 0; at < 4; at++) view.setUint32(at * 4, words[at] ?? 0);
  words.fill(0);
  roundKeys.fill(0);
}

/** Key schedule, 7.3. */
function expand(key: Uint8Array): void {
  read(key);
  for (let at = 0; at < 4; at++) words[at] = (words[at] ?? 0) ^ (familyKey[at] ?? 0);
  for (let round = 0; round < rounds; round++) {
    const word = substituted(mixed(round, constants[round] ?? 0));
    roundKeys[round] = change(round, word ^ turned(word, 13) ^ turned(word, 23));
  }
  words.fill(0);
}

/** Of the four words in play the oldest one, at `round` modulo 4, is left out. */
function mixed(round: number, roundKey: number): number {
  return (words[(round + 1) & 3] ?? 0) ^ (words[(round + 2) & 3] ?? 0) ^ (words[(round + 3) & 3] ?? 0) ^ roundKey;
}

/** The transformation τ, 6.2: each byte through the S-box. */
function substituted(word: number): number {
  return (
    ((substitution[word >>> 24] ?? 0) << 24) |
    ((substitution[(word >>> 16) & 0xff] ?? 0) << 16) |
    ((substitution[(word >>> 8) & 0xff] ?? 0) << 8) |
    (substitution[word & 0xff] ?? 0)
  );
}

function turned(word: number, left: number): number {
  return (word << left) | (word >>> (32 - left));
}

/** The oldest word, changed, is the newest: it stays where it is and the counting moves on. */
function change(round: number, by: number): number {
  const word = ((words[round & 3] ?? 0) ^ by) >>> 0;
  words[round & 3] = word;
  return word;
}

/** The block or key into `words`. */
function read(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  for (let at = 0; at < 4; at++) words[at] = view.getUint32(at * 4);
}
