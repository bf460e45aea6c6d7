import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PinBlock } from './pin-pad.ts';

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
  if (digits.length < 4 || digits.length > 12 || digits.some((digit) => digit > 9)) {
    throw new RangeError('PIN digits must be 4 to 12 bytes of 0 to 9');
  }
  if (fill.length !== 8) throw new RangeError('PIN block fill must be 8 bytes');
  const block = pinField(digits, fill);
  aes('seal', block, key);
  xorInto(block, panField(pan));
  aes('seal', block, key);
  const hex = Buffer.from(block).toString('hex').toUpperCase();
  block.fill(0);
  return { format: 'iso4-aes128', hex };
}

/** Opens a block that `sealPinBlock` made for the same card number and key. Null when it does not open: other key, other
 *  card, damaged, not hexadecimal. The digits (0 to 9, not ASCII) are the caller's to wipe.
 *  Errors: `RangeError` for a `pan` or `key` of a wrong shape. */
export function openPinBlock(block: PinBlock, pan: string, key: Uint8Array): Uint8Array | null {
  const account = panField(pan);
  if (!/^[0-9a-f]{32}$/i.test(block.hex)) return null;
  const field = new Uint8Array(Buffer.from(block.hex, 'hex'));
  aes('open', field, key);
  xorInto(field, account);
  aes('open', field, key);
  const digits = digitsOf(field);
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

/** Null unless the field is one that `pinField` makes. */
function digitsOf(field: Uint8Array): Uint8Array | null {
  const length = nibble(field, 1);
  if (nibble(field, 0) !== 4 || length < 4 || length > 12) return null;
  const digits = new Uint8Array(length);
  let sound = true;
  for (let index = 0; index < 14; index++) {
    const value = nibble(field, index + 2);
    if (index < length) {
      digits[index] = value;
      sound &&= value <= 9;
    } else {
      sound &&= value === 0xa;
    }
  }
  if (sound) return digits;
  digits.fill(0);
  return null;
}

/** First nibble = digits beyond twelve; a shorter number is filled with zeros on the left; zeros on the right. */
function panField(pan: string): Uint8Array {
  if (!/^\d{1,19}$/.test(pan)) throw new RangeError('card number must be 1 to 19 digits');
  const number = pan.padStart(12, '0');
  return new Uint8Array(Buffer.from(`${number.length - 12}${number}`.padEnd(32, '0'), 'hex'));
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
