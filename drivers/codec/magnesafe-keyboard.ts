import type { Codec, Decoded, DecodedTrack1, DecodedTrack2, DecodeReason } from './decoded.ts';
import { lineCodec } from './line-codec.ts';
import { decodeTrackText } from './track-text.ts';

/** Three masked tracks, three encrypted tracks of 112 bytes and 128 bytes of MagnePrint in hex, and the rest. */
const magnesafeLineBytesMax = 2048;

/** Fields behind the tracks without the device serial number and the counter, which not every firmware prints. */
const fieldCountMin = 11;

/** In the encryption status: the reader encrypts. The bit is looked for in both bytes, because manuals differ in their
 *  order and masked digits must not pass as a card. */
const encryptionEnabled = 0x0404;

/** Reads what a MagneSafe reader types for a swipe, without its line end: masked tracks, then fields parted by `|`:
 *  encryption status, three encrypted tracks, MagnePrint status, MagnePrint, device serial number, session id, KSN, in
 *  some firmware a counter, clear CRC, encrypted CRC, format code. Text without `|` is that of a SureSwipe reader, tracks
 *  only. Of an encrypting reader the masked tracks are given; without encryption they are the clear ones.
 *  Errors: `wrongCrc`; `halfRead` when fields are missing, also all of them behind masked tracks; those of track text.
 *  Limits: a reader told to send no clear CRC leaves its field empty; then nothing is checked.
 *  Source: MagTek 99875475, devices.md A1. */
export function decodeMagnesafeKeyboard(line: Uint8Array): Decoded {
  const text = Buffer.from(line).toString('latin1');
  const tracksEnd = text.indexOf('|');
  if (tracksEnd === -1) return decodeTracksAlone(text);
  const start = Math.max(0, text.slice(0, tracksEnd).search(/[%;+]/));
  const fields = text.slice(tracksEnd + 1).split('|');
  if (fields.length < fieldCountMin) return failed('halfRead');
  const [clearCrc = '', encryptedCrc = '', formatCode = ''] = fields.slice(-3);
  const crcAt = text.length - formatCode.length - encryptedCrc.length - clearCrc.length - 2;
  if (clearCrc !== '' && clearCrc.toUpperCase() !== crcText(line.subarray(start, crcAt))) return failed('wrongCrc');
  const tracks = text.slice(start, tracksEnd);
  if (tracks === '') return failed('blankCard');
  return decodeTrackText(tracks, { masked: isEncrypting(fields[0] ?? '') });
}

/** One line a swipe. */
export const magnesafeKeyboardCodec: Codec = lineCodec(magnesafeLineBytesMax, decodeMagnesafeKeyboard, {
  cutIsWhole: true,
});

/** The line may be that of an encrypting reader, cut within its tracks or behind them: then none of them counts. */
function decodeTracksAlone(text: string): Decoded {
  const read = decodeTrackText(text);
  if (!read.ok || read.kind !== 'card') return read;
  const isCut = read.errors.some(({ reason }) => reason === 'halfRead');
  return isCut || [read.track1, read.track2].some(looksMasked) ? failed('halfRead') : read;
}

/** Zeros between the first four and the last four digits, and behind the expiry. No card has service code 000. */
function looksMasked(track: DecodedTrack1 | DecodedTrack2 | undefined): boolean {
  const { pan, serviceCode, discretionary } = track ?? {};
  if (pan === undefined || serviceCode !== '000') return false;
  return /^\d{4}0+\d{4}$/.test(pan.expose()) && /^0*$/.test(discretionary?.expose() ?? '');
}

/** Four hex characters; anything else is taken as encrypting. */
function isEncrypting(status: string): boolean {
  return !/^[0-9A-F]{4}$/i.test(status) || (Number.parseInt(status, 16) & encryptionEnabled) !== 0;
}

/** CRC-16/CCITT-FALSE as the reader prints it, low byte first. */
function crcText(bytes: Uint8Array): string {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  const hex = crc.toString(16).padStart(4, '0').toUpperCase();
  return hex.slice(2) + hex.slice(0, 2);
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
