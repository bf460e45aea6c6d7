import { cnEscCodec } from './cn-esc.ts';
import type { Codec } from './decoded.ts';
import { evoucherCodec } from './evoucher.ts';
import { hidPosCodec } from './hid-pos.ts';
import { idtechEncryptedCodec } from './idtech-encrypted.ts';
import { idtechMinimagCodec } from './idtech-minimag.ts';
import { iReadCardBasCodec, iReadCardBasExtCodec } from './ireadcardbas.ts';
import { magnesafe856Codec } from './magnesafe-856.ts';
import { magnesafeKeyboardCodec } from './magnesafe-keyboard.ts';
import { magtek337Codec } from './magtek-337.ts';
import { msr605Codec } from './msr605.ts';
import { pinpadCnEscCodec } from './pinpad-cn-esc.ts';
import { pinpadVerifoneCodec } from './pinpad-verifone.ts';
import { scannerTextCodec } from './scanner-text.ts';
import { trackBitsCodec } from './track-bits.ts';
import { idtechTextCodec, trackTextCodec } from './track-text.ts';

/** Every codec by the name that the command line and the table of devices use. */
export const codecs = {
  'track-text': trackTextCodec,
  'track-bits': trackBitsCodec,
  'magtek-337': magtek337Codec,
  'magnesafe-856': magnesafe856Codec,
  'magnesafe-keyboard': magnesafeKeyboardCodec,
  'idtech-text': idtechTextCodec,
  'idtech-minimag': idtechMinimagCodec,
  'idtech-encrypted': idtechEncryptedCodec,
  msr605: msr605Codec,
  'cn-esc': cnEscCodec,
  ireadcardbas: iReadCardBasCodec,
  'ireadcardbas-ext': iReadCardBasExtCodec,
  'hid-pos': hidPosCodec,
  'scanner-text': scannerTextCodec,
  evoucher: evoucherCodec,
  'pinpad-verifone': pinpadVerifoneCodec,
  'pinpad-cn-esc': pinpadCnEscCodec,
} as const satisfies Readonly<Record<string, Codec>>;

export type CodecName = keyof typeof codecs;
export const codecNames = Object.keys(codecs) as readonly CodecName[];
