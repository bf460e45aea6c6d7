import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { PinKey } from './pin-key.ts';
import type { PinBlock, PinBlockFormat } from './pin-pad.ts';
import { sm4Block } from './sm4.ts';
import { wipeableBytes } from './wipeable-bytes.ts';

/** Seals PIN digits into an encrypted PIN block of the key's format, bound to the card number. ISO 9564-1 format 4, under
 *  AES-128 or SM4: E(E(PIN field) XOR PAN field). Format 0, under two-key TDES: E(PIN field XOR PAN field), which has no
 *  room for chance, so one PIN of one card gives one block under one key. Both directions live here because pad and centre
 *  must agree and neither may import the other.
 *  Shapes: `digits` 4 to 12 bytes, one a digit, 0 to 9 (values, not ASCII); `pan` 1 to 19 decimal digits; `fill` of format
 *  4, 8 random bytes (passed in by tests only). `digits` and `key` are the caller's to wipe, everything made here is wiped.
 *  Errors: `RangeError` for other shapes, without their content. */
export function sealPinBlock(
  digits: Uint8Array,
  pan: string,
  key: PinKey,
  fill: Uint8Array = randomBytes(8),
): PinBlock {
  if (digits.length < 4 || digits.length > 12 || digits.some((digit) => digit > 9)) {
    throw new RangeError('PIN digits must be 4 to 12 bytes of 0 to 9');
  }
  if (fill.length !== 8) throw new RangeError('PIN block fill must be 8 bytes');
  const { account, pinField, sealedTwice } = layoutOf(key.format, pan);
  const block = pinField(digits, fill);
  if (sealedTwice) encipher('seal', block, key);
  xorInto(block, account);
  encipher('seal', block, key);
  const hex = hexOf(block);
  block.fill(0);
  return { format: key.format, keyId: key.keyId, hex };
}

/** Opens a block that was sealed for the same card number under this key. Null when it does not open: another key or
 *  format, another card, damaged, not hexadecimal. The digits (0 to 9, not ASCII) are the caller's to wipe.
 *  Errors: `RangeError` for a `pan` or key of a wrong shape. */
export function openPinBlock(block: PinBlock, pan: string, key: PinKey): Uint8Array | null {
  const { account, control, filler, sealedTwice } = layoutOf(key.format, pan);
  const isHex = new RegExp(`^[0-9a-f]{${account.length * 2}}$`, 'i').test(block.hex);
  if (block.format !== key.format || block.keyId !== key.keyId || !isHex) return null;
  const field = wipeableBytes(account.length);
  field.set(Buffer.from(block.hex, 'hex'));
  encipher('open', field, key);
  xorInto(field, account);
  if (sealedTwice) encipher('open', field, key);
  const digits = digitsOf(field, control, filler);
  field.fill(0);
  return digits;
}

/** The check value of a key: the first 3 bytes of zeros encrypted under it, hexadecimal, as the pads compute it too.
 *  Errors: `RangeError` for a key that has not 16 bytes. */
export function keyCheckValue(key: Pick<PinKey, 'format' | 'key'>): string {
  const block = new Uint8Array(key.format === 'iso0-tdes' ? 8 : 16);
  encipher('seal', block, key);
  return hexOf(block.subarray(0, 3));
}

interface Layout {
  /** What the PIN is bound to: one cipher block. */
  readonly account: Uint8Array;
  /** The first nibble of the PIN field, and what fills it behind the digits. */
  readonly control: number;
  readonly filler: number;
  readonly sealedTwice: boolean;
  pinField(digits: Uint8Array, fill: Uint8Array): Uint8Array;
}

/** Errors: `RangeError` for a `pan` of a wrong shape. */
function layoutOf(format: PinBlockFormat, pan: string): Layout {
  return format === 'iso0-tdes'
    ? { account: iso0PanField(pan), control: 0, filler: 0xf, sealedTwice: false, pinField: iso0PinField }
    : { account: panField(pan), control: 4, filler: 0xa, sealedTwice: true, pinField };
}

const ciphers: Readonly<Record<PinBlockFormat, typeof aes>> = {
  'iso4-aes128': aes,
  'iso4-sm4': sm4Block,
  'iso0-tdes': tdesBlocks,
};

/** The cipher of a format on one block in place. Errors: `RangeError` for a key that has not 16 bytes. */
function encipher(
  direction: 'seal' | 'open',
  block: Uint8Array,
  { format, key }: Pick<PinKey, 'format' | 'key'>,
): void {
  ciphers[format](direction, block, key);
}

/** Control nibble 4, length, digits, `A` up to the eighth byte, then eight random bytes. */
function pinField(digits: Uint8Array, fill: Uint8Array): Uint8Array {
  const field = wipeableBytes(16).fill(0xaa, 0, 8);
  field[0] = 0x40 | digits.length;
  for (const [index, digit] of digits.entries()) setNibble(field, index + 2, digit);
  field.set(fill, 8);
  return field;
}

/** Control nibble 0, length, digits, `F` to the end. */
function iso0PinField(digits: Uint8Array): Uint8Array {
  const field = wipeableBytes(8).fill(0xff);
  field[0] = digits.length;
  for (const [index, digit] of digits.entries()) setNibble(field, index + 2, digit);
  return field;
}

/** The PIN of a field: control nibble, length, digits, filler up to the eighth byte. Null when it is none. */
function digitsOf(field: Uint8Array, control: number, filler: number): Uint8Array | null {
  const length = nibble(field, 1);
  if (nibble(field, 0) !== control || length < 4 || length > 12) return null;
  const digits = wipeableBytes(length);
  let sound = true;
  for (let index = 0; index < 14; index++) {
    const value = nibble(field, index + 2);
    if (index < length) {
      digits[index] = value;
      sound &&= value <= 9;
    } else {
      sound &&= value === filler;
    }
  }
  if (sound) return digits;
  digits.fill(0);
  return null;
}

/** First nibble = digits beyond twelve; a shorter number is filled with zeros on the left; zeros on the right. */
function panField(pan: string): Uint8Array {
  checkPan(pan);
  const number = pan.padStart(12, '0');
  return new Uint8Array(Buffer.from(`${number.length - 12}${number}`.padEnd(32, '0'), 'hex'));
}

/** Format 0: four zeros and the twelve digits before the check digit, zeros on the left of a shorter number. */
function iso0PanField(pan: string): Uint8Array {
  return new Uint8Array(Buffer.from(`0000${accountDigits(pan)}`, 'hex'));
}

/** The twelve digits of a card number that format 0 binds a PIN to: the last ones without the check digit.
 *  Errors: `RangeError` for what is no card number, without it. */
export function accountDigits(pan: string): string {
  checkPan(pan);
  return pan.slice(0, -1).slice(-12).padStart(12, '0');
}

function checkPan(pan: string): void {
  if (!/^\d{1,19}$/.test(pan)) throw new RangeError('card number must be 1 to 19 digits');
}

/** One AES-128 block in place. ECB on a single block is the block cipher itself, which is what the standard asks for;
 *  the name exists in OpenSSL and in Electron's BoringSSL. As a key object: Node 24 is slow to begin with a key that is
 *  bytes. */
function aes(direction: 'seal' | 'open', block: Uint8Array, key: Uint8Array): void {
  if (key.length !== 16) throw new RangeError('PIN block key must be 16 bytes');
  const keyObject = createSecretKey(key);
  const cipher =
    direction === 'seal'
      ? createCipheriv('aes-128-ecb', keyObject, null)
      : createDecipheriv('aes-128-ecb', keyObject, null);
  cipher.setAutoPadding(false);
  const out = cipher.update(block);
  cipher.final();
  block.set(out);
  out.fill(0);
}

/** TDES with a key of two parts (16 bytes) on each block of 8 bytes by itself, in place: PIN blocks of format 0, and keys
 *  under a master key. CBC with a zero vector on a single block is the block cipher itself; Electron's BoringSSL has no
 *  `des-ede3-ecb`, and the three-part name with the first part repeated is the one that both libraries have.
 *  Errors: `RangeError` for another key or length. */
export function tdesBlocks(direction: 'seal' | 'open', blocks: Uint8Array, key: Uint8Array): void {
  if (key.length !== 16) throw new RangeError('TDES key must be 16 bytes');
  if (blocks.length % 8 !== 0) throw new RangeError('TDES works on blocks of 8 bytes');
  const threeParts = wipeableBytes(24);
  threeParts.set(key);
  threeParts.set(key.subarray(0, 8), 16);
  const keyObject = createSecretKey(threeParts);
  threeParts.fill(0);
  for (let at = 0; at < blocks.length; at += 8) {
    const vector = new Uint8Array(8);
    const cipher =
      direction === 'seal'
        ? createCipheriv('des-ede3-cbc', keyObject, vector)
        : createDecipheriv('des-ede3-cbc', keyObject, vector);
    cipher.setAutoPadding(false);
    const out = cipher.update(blocks.subarray(at, at + 8));
    cipher.final();
    blocks.set(out, at);
    out.fill(0);
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function xorInto(block: Uint8Array, other: Uint8Array): void {
  for (const [index, value] of other.entries()) block[index] = (block[index] ?? 0) ^ value;
}

function nibble(bytes: Uint8Array, index: number): number {
  const byte = bytes[index >> 1] ?? 0;
  return index % 2 === 0 ? byte >> 4 : byte & 0x0f;
}

function setNibble(bytes: Uint8Array, index: number, value: number): void {
  const byte = bytes[index >> 1] ?? 0;
  bytes[index >> 1] = index % 2 === 0 ? (byte & 0x0f) | (value << 4) : (byte & 0xf0) | value;
}
