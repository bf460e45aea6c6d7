import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PinBlock, PinBlockFormat } from './pin-pad.ts';

/** Seals PIN digits into an encrypted PIN block, ISO 9564-1 format 4 under AES-128, bound to the card number:
 *  AES(AES(PIN field) XOR PAN field). Both directions live here because pad and centre must agree and neither may import
 *  the other.
 *  Shapes: `digits` 4 to 12 bytes, one a digit, 0 to 9 (values, not ASCII); `pan` 1 to 19 decimal digits; `key` 16
 *  bytes; `fill` 8 random bytes (passed in by tests only). `digits` is the caller's to wipe, everything made here is
 *  wiped. Errors: `RangeError` for other shapes, without their content. */
export function sealPinBlock(
  digits: Uint8Array,
  pan: string,
  key: Uint8Array,
  fill: Uint8Array = randomBytes(8),
): PinBlock {
  checkDigits(digits);
  if (fill.length !== 8) throw new RangeError('PIN block fill must be 8 bytes');
  const block = pinField(digits, fill);
  aes('seal', block, key);
  xorInto(block, panField(pan));
  aes('seal', block, key);
  const hex = hexOf(block);
  block.fill(0);
  return { format: 'iso4-aes128', hex };
}

/** The same in ISO 9564-1 format 0 under TDES: TDES(PIN field XOR PAN field). The PIN field has no room for chance, so one
 *  PIN of one card gives one block under one key. `key`: 16 bytes. Hardware pads make such blocks themselves. */
export function sealIso0PinBlock(digits: Uint8Array, pan: string, key: Uint8Array): PinBlock {
  checkDigits(digits);
  const block = new Uint8Array(8).fill(0xff);
  block[0] = digits.length;
  for (const [index, digit] of digits.entries()) setNibble(block, index + 2, digit);
  xorInto(block, iso0PanField(pan));
  tdesBlocks('seal', block, key);
  const hex = hexOf(block);
  block.fill(0);
  return { format: 'iso0-tdes', hex };
}

/** The keys that PIN pads and centre share, 16 bytes each. A format without a key is not in use. */
export type PinBlockKeys = Readonly<Partial<Record<PinBlockFormat, Uint8Array>>>;

/** Opens a block that was sealed for the same card number under the key of its format. Null when it does not open: other
 *  key, other card, damaged, not hexadecimal, a format not in use or unknown. The digits (0 to 9, not ASCII) are the
 *  caller's to wipe. Errors: `RangeError` for a `pan` or key of a wrong shape. */
export function openPinBlock(block: PinBlock, pan: string, keys: PinBlockKeys): Uint8Array | null {
  switch (block.format) {
    case 'iso4-aes128':
      return openIso4(block.hex, pan, keys['iso4-aes128']);
    case 'iso0-tdes':
      return openIso0(block.hex, pan, keys['iso0-tdes']);
    default:
      // A block may come from another program's terminal.
      return null;
  }
}

function openIso4(hex: string, pan: string, key: Uint8Array | undefined): Uint8Array | null {
  const account = panField(pan);
  if (key === undefined || !/^[0-9a-f]{32}$/i.test(hex)) return null;
  const field = new Uint8Array(Buffer.from(hex, 'hex'));
  aes('open', field, key);
  xorInto(field, account);
  aes('open', field, key);
  const digits = digitsOf(field, 4, 0xa);
  field.fill(0);
  return digits;
}

function openIso0(hex: string, pan: string, key: Uint8Array | undefined): Uint8Array | null {
  const account = iso0PanField(pan);
  if (key === undefined || !/^[0-9a-f]{16}$/i.test(hex)) return null;
  const field = new Uint8Array(Buffer.from(hex, 'hex'));
  tdesBlocks('open', field, key);
  xorInto(field, account);
  const digits = digitsOf(field, 0, 0xf);
  field.fill(0);
  return digits;
}

/** Control nibble 4, length, digits, `A` up to the eighth byte, then eight random bytes. */
function pinField(digits: Uint8Array, fill: Uint8Array): Uint8Array {
  const field = new Uint8Array(16).fill(0xaa, 0, 8);
  field[0] = 0x40 | digits.length;
  for (const [index, digit] of digits.entries()) setNibble(field, index + 2, digit);
  field.set(fill, 8);
  return field;
}

function checkDigits(digits: Uint8Array): void {
  if (digits.length < 4 || digits.length > 12 || digits.some((digit) => digit > 9)) {
    throw new RangeError('PIN digits must be 4 to 12 bytes of 0 to 9');
  }
}

/** The PIN of a field: control nibble, length, digits, filler up to the eighth byte. Null when it is none. */
function digitsOf(field: Uint8Array, control: number, filler: number): Uint8Array | null {
  const length = nibble(field, 1);
  if (nibble(field, 0) !== control || length < 4 || length > 12) return null;
  const digits = new Uint8Array(length);
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
 *  the name exists in OpenSSL and in Electron's BoringSSL. */
function aes(direction: 'seal' | 'open', block: Uint8Array, key: Uint8Array): void {
  if (key.length !== 16) throw new RangeError('PIN block key must be 16 bytes');
  const cipher =
    direction === 'seal' ? createCipheriv('aes-128-ecb', key, null) : createDecipheriv('aes-128-ecb', key, null);
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
  const wholeKey = new Uint8Array(24);
  wholeKey.set(key);
  wholeKey.set(key.subarray(0, 8), 16);
  for (let at = 0; at < blocks.length; at += 8) {
    const vector = new Uint8Array(8);
    const cipher =
      direction === 'seal'
        ? createCipheriv('des-ede3-cbc', wholeKey, vector)
        : createDecipheriv('des-ede3-cbc', wholeKey, vector);
    cipher.setAutoPadding(false);
    const out = cipher.update(blocks.subarray(at, at + 8));
    cipher.final();
    blocks.set(out, at);
    out.fill(0);
  }
  wholeKey.fill(0);
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
