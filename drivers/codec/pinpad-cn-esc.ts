import type { Codec, Decoded, DecodeFailure, DecodeReason } from './decoded.ts';
import { type StxFraming, stxCodec } from './stx-framer.ts';

/** The Chinese counter PIN pads with ESC commands (PSBC and ICBC style): what they reply.
 *  A reply is STX … ETX without a check value. `OK` → message `ok`; `ER`, alone or with an error code in nibbles → `error`
 *  with field `code`; nibbles (each + 0x30), alone or after `OK` → `data` with field `data`, hex; one byte AA → `ok`, which
 *  is how setting the PIN length is confirmed; other printable text → `text` with field `text`. That includes text that
 *  begins with E: public code takes a reply of four bytes for an error on its E alone and loses such data.
 *  Source: libzhouyb, PinDevCmdAdapter.h and PSBC_PinPadDevAdapter.h. */
const stx = 0x02;
const etx = 0x03;
const nibbleBase = 0x30;
const confirmed = 0xaa;

/** The longest documented reply is a key block of 24 bytes with its length, split: 52 bytes. */
const frameBytesMax = 512;

const framing: StxFraming = {
  ends: new Map([[stx, etx]]),
  trailerBytes: 0,
  controls: new Set(),
  frameBytesMax,
};

export const pinpadCnEscCodec: Codec = stxCodec(framing, decodeCnEscPinPad);

/** One reply from STX to ETX. Errors: `halfRead` without them, `wrongLength` when empty or of half a byte, `noise`. */
export function decodeCnEscPinPad(frame: Uint8Array): Decoded {
  if (frame[0] !== stx) return failed('noise');
  if (frame.length < 2 || frame.at(-1) !== etx) return failed('halfRead');
  const body = frame.subarray(1, -1);
  if (body.length === 0) return failed('wrongLength');
  if (body.length === 1 && body[0] === confirmed) return pinpad('ok', {});
  const text = Buffer.from(body).toString('latin1');
  const status = text.slice(0, 2);
  const rest = body.subarray(2);
  if (status === 'OK' && rest.every(isNibble)) return rest.length === 0 ? pinpad('ok', {}) : data('data', 'data', rest);
  if (status === 'ER' && rest.every(isNibble))
    return rest.length === 0 ? pinpad('error', {}) : data('error', 'code', rest);
  if (body.every(isNibble)) return data('data', 'data', body);
  return /^[\x20-\x7e]+$/.test(text) ? pinpad('text', { text }) : failed('noise');
}

function data(message: string, field: string, nibbles: Uint8Array): Decoded {
  if (nibbles.length % 2 !== 0) return failed('wrongLength');
  const hex = Array.from(nibbles, (byte) => (byte - nibbleBase).toString(16).toUpperCase()).join('');
  return pinpad(message, { [field]: hex });
}

function isNibble(byte: number): boolean {
  return byte >= nibbleBase && byte <= nibbleBase + 0xf;
}

function pinpad(message: string, fields: Readonly<Record<string, string>>): Decoded {
  return { ok: true, kind: 'pinpad', message, fields };
}

function failed(reason: DecodeReason): DecodeFailure {
  return { ok: false, reason };
}

/** Where keys stand in the pad: a master key and a working key under it. */
export interface CnEscKeySlots {
  readonly masterKey: number;
  readonly workKey: number;
}

/** 1B 4E: how many digits the next PINs have. */
export function encodePinLength(length: number): Uint8Array {
  return command([0x4e], split(Uint8Array.of(length)));
}

/** 1B 6B 75: a working key, encrypted under the master key (8, 16 or 24 bytes), and its check value. */
export function encodeWorkKey(slots: CnEscKeySlots, encrypted: Uint8Array, checkValue: Uint8Array): Uint8Array {
  return command(
    [0x6b, 0x75],
    digits(slots.masterKey, slots.workKey, encrypted.length / 8),
    split(encrypted),
    split(checkValue),
  );
}

/** 1B 69 63: asks for a PIN once, as an ANSI X9.8 block under the working key. `account`: the twelve digits that the block
 *  is bound to. */
export function encodeAnsiPinRequest(slots: CnEscKeySlots, account: string): Uint8Array {
  return command([0x69, 0x63], digits(slots.masterKey, slots.workKey, 0), Buffer.from(account, 'latin1'));
}

/** 83: ends the entry that is open. */
export function encodeInputCancel(): Uint8Array {
  return Uint8Array.of(0x83);
}

function command(code: readonly number[], ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from([0x1b, ...code, ...parts.flatMap((part) => [...part])]);
}

function digits(...values: readonly number[]): readonly number[] {
  return values.map((value) => value + nibbleBase);
}

/** 拆字: each byte as two nibbles + 0x30, so A to F become 3A to 3F. */
function split(bytes: Uint8Array): readonly number[] {
  return [...bytes].flatMap((byte) => [(byte >> 4) + nibbleBase, (byte & 0x0f) + nibbleBase]);
}
