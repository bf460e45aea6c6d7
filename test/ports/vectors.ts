import ciphers from '../../fixtures/vectors/ciphers.json' with { type: 'json' };
import wraps from '../../fixtures/vectors/key-wrap.json' with { type: 'json' };
import pinBlocks from '../../fixtures/vectors/pin-block.json' with { type: 'json' };
import { unwrapKey, wrapKey } from '../../src/ports/key-wrap.ts';
import { keyCheckValue, openPinBlock, sealPinBlock, tdesBlocks } from '../../src/ports/pin-block.ts';
import { type PinBlockFormat, pinBlockFormats } from '../../src/ports/pin-pad.ts';
import { sm4Block } from '../../src/ports/sm4.ts';

/** One official vector: what our code gives for it, and what it must give. */
export interface VectorCase {
  readonly it: string;
  readonly expected: string;
  gives(): string;
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (value: Uint8Array | null) =>
  value === null ? 'nothing' : Buffer.from(value).toString('hex').toUpperCase();

function formatOf(text: string): PinBlockFormat {
  const format = pinBlockFormats.find((name) => name === text);
  if (format === undefined) throw new Error(`unknown format ${text}`);
  return format;
}

/** All vectors of fixtures/vectors, for whatever platform this runs on: Node has OpenSSL, Electron BoringSSL. */
export function vectorCases(): readonly VectorCase[] {
  return [
    ...pinBlocks.blocks.flatMap(({ it, format, key, pin, pan, fill, block }): VectorCase[] => {
      const pinKey = { format: formatOf(format), keyId: 'vector', key: bytes(key) };
      const digits = () => Uint8Array.from(pin, Number);
      const isFixed = fill !== null || pinKey.format === 'iso0-tdes';
      return [
        {
          it: `opened: ${it}`,
          expected: pin,
          gives: () => {
            const opened = openPinBlock({ format: pinKey.format, keyId: 'vector', hex: block }, pan, pinKey);
            return opened === null ? 'nothing' : [...opened].join('');
          },
        },
        ...(isFixed
          ? [
              {
                it: `sealed: ${it}`,
                expected: block,
                gives: () => sealPinBlock(digits(), pan, pinKey, fill === null ? undefined : bytes(fill)).hex,
              },
            ]
          : []),
      ];
    }),
    ...ciphers.blocks.flatMap(({ it, format, key, plain, cipher, times }): VectorCase[] => {
      const encipher = format === 'iso4-sm4' ? sm4Block : tdesBlocks;
      const run = (direction: 'seal' | 'open', from: string) => {
        const [block, keyBytes] = [bytes(from), bytes(key)];
        for (let time = 0; time < times; time++) encipher(direction, block, keyBytes);
        return hexOf(block);
      };
      return [
        { it: `encrypted: ${it}`, expected: cipher, gives: () => run('seal', plain) },
        ...(times === 1 ? [{ it: `decrypted: ${it}`, expected: plain, gives: () => run('open', cipher) }] : []),
      ];
    }),
    ...ciphers.checkValues.map(({ it, format, key, value }): VectorCase => {
      return {
        it: `check value: ${it}`,
        expected: value,
        gives: () => keyCheckValue({ format: formatOf(format), key: bytes(key) }),
      };
    }),
    ...wraps.wraps.flatMap(({ it, kek, key, wrapped }): VectorCase[] => [
      { it: `wrapped, ${it}`, expected: wrapped, gives: () => hexOf(wrapKey(bytes(kek), bytes(key))) },
      { it: `unwrapped, ${it}`, expected: key, gives: () => hexOf(unwrapKey(bytes(kek), bytes(wrapped))) },
    ]),
  ];
}
