import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Secret } from '../../src/domain/secret.ts';

/** A key that a developer configures for an encrypting reader. */
export interface DukptKey {
  /** Hexadecimal digits with which the key serial numbers of its readers begin; none = all readers. */
  readonly ksnPrefix: string;
  /** `base`: the base derivation key of many readers. `initial`: the initial key that one reader was loaded with. */
  readonly kind: 'base' | 'initial';
  /** 32 hexadecimal digits. */
  readonly key: Secret<string>;
}

/** What the key of a transaction is turned into before it encrypts: MagTek takes the PIN variant for tracks (MagneSafe V5
 *  99875475, appendix D), ID TECH the data variant encrypted with itself (SecureMag 80096504, chapter 10). */
export type DukptVariant = 'pin' | 'data';

export const ksnBytes = 10;

const zeroIv = Buffer.alloc(8);
const registerMask = Buffer.from('C0C0C0C000000000C0C0C0C000000000', 'hex');
const variantMasks = {
  pin: Buffer.from('00000000000000FF00000000000000FF', 'hex'),
  data: Buffer.from('0000000000FF00000000000000FF0000', 'hex'),
} as const;
const counterBits = 21;

/** The key under which a reader encrypted, by its key serial number (TDES DUKPT, ANSI X9.24-1:2009, annex A); null when no
 *  key is meant for that reader. The first key whose prefix fits is taken. Shapes: `ksn` has `ksnBytes` bytes. */
export function dukptKeyFor(keys: readonly DukptKey[], ksn: Uint8Array, variant: DukptVariant): Uint8Array | null {
  const digits = Buffer.from(ksn).toString('hex');
  const key = keys.find(({ ksnPrefix }) => digits.startsWith(ksnPrefix.toLowerCase()));
  return key === undefined ? null : workingKey(transactionKey(initialKeyOf(key, ksn), ksn), variant);
}

/** TDES-CBC with two keys and IV 0. Shapes: `cipherText` of whole 8-byte blocks; the answer is as long. */
export function decryptTdes(key: Uint8Array, cipherText: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('des-ede3-cbc', threeKeys(key), zeroIv).setAutoPadding(false);
  return Buffer.concat([decipher.update(cipherText), decipher.final()]);
}

/** Refuses keys that cannot be keys, so that a mistake in the settings shows before the first card.
 *  Errors: RangeError, which does not say the key. */
export function checkDukptKeys(keys: readonly DukptKey[]): void {
  for (const { ksnPrefix, key } of keys) {
    if (!/^[0-9a-f]{0,20}$/i.test(ksnPrefix)) throw new RangeError('a KSN prefix has up to 20 hexadecimal digits');
    if (!/^[0-9a-f]{32}$/i.test(key.expose())) throw new RangeError('a DUKPT key has 32 hexadecimal digits');
  }
}

/** The initial key that a reader with this key serial number is loaded with. */
export function initialKey(baseKey: Uint8Array, ksn: Uint8Array): Buffer {
  const register = withoutCounter(ksn).subarray(0, 8);
  return Buffer.concat([encryptTdes(baseKey, register), encryptTdes(xor(baseKey, registerMask), register)]);
}

/** The key of the transaction that the counter in `ksn` numbers. At most 21 steps, one for each bit set. */
export function transactionKey(initial: Uint8Array, ksn: Uint8Array): Buffer {
  const register = withoutCounter(ksn).subarray(2);
  const counter = counterOf(ksn);
  let key = Buffer.from(initial);
  for (let bit = counterBits - 1; bit >= 0; bit--) {
    if ((counter & (1 << bit)) === 0) continue;
    const at = 7 - (bit >> 3);
    register.writeUInt8(register.readUInt8(at) | (1 << (bit & 7)), at);
    key = Buffer.concat([nextHalf(xor(key, registerMask), register), nextHalf(key, register)]);
  }
  return key;
}

export function workingKey(transaction: Uint8Array, variant: DukptVariant): Buffer {
  const masked = xor(transaction, variantMasks[variant]);
  if (variant === 'pin') return masked;
  return Buffer.concat([encryptTdes(masked, masked.subarray(0, 8)), encryptTdes(masked, masked.subarray(8))]);
}

function initialKeyOf({ kind, key }: DukptKey, ksn: Uint8Array): Buffer {
  const bytes = Buffer.from(key.expose(), 'hex');
  return kind === 'initial' ? bytes : initialKey(bytes, ksn);
}

/** One half of the next key: the register, folded with the right half, encrypted with the left half, folded again. */
function nextHalf(key: Buffer, register: Uint8Array): Buffer {
  const left = key.subarray(0, 8);
  const right = key.subarray(8);
  // One DES is TDES with three equal keys; DES itself is missing where old ciphers are switched off.
  return xor(tdes(Buffer.concat([left, left, left]), xor(register, right)), right);
}

function withoutCounter(ksn: Uint8Array): Buffer {
  const bytes = Buffer.from(ksn);
  bytes.writeUInt8(bytes.readUInt8(7) & 0xe0, 7);
  bytes.fill(0, 8);
  return bytes;
}

function counterOf(ksn: Uint8Array): number {
  return Buffer.from(ksn).readUIntBE(7, 3) & 0x1fffff;
}

function encryptTdes(key: Uint8Array, block: Uint8Array): Buffer {
  return tdes(threeKeys(key), block);
}

/** Always CBC with IV 0, which on a single block is ECB: Electron's BoringSSL has no `des-ede3-ecb`. */
function tdes(key: Uint8Array, block: Uint8Array): Buffer {
  const cipher = createCipheriv('des-ede3-cbc', key, zeroIv).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

function threeKeys(key: Uint8Array): Buffer {
  return Buffer.concat([key, key.subarray(0, 8)]);
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)));
}
