import { evoucherProblem } from '../../src/domain/evoucher.ts';
import type { Codec, Decoded } from './decoded.ts';
import { lineCodec } from './line-codec.ts';
import { decodeScannerText, scanBytesMax } from './scanner-text.ts';

/** Reads a scanned line as `decodeScannerText` does and lets only a 医保码 through. Errors: `notAnEvoucher` for any other
 *  text (R95), and those of `decodeScannerText`. */
export function decodeEvoucher(line: Uint8Array): Decoded {
  const scan = decodeScannerText(line);
  if (!scan.ok || scan.kind !== 'scan') return scan;
  return evoucherProblem(scan.text.expose()) === null ? scan : { ok: false, reason: 'notAnEvoucher' };
}

export const evoucherCodec: Codec = lineCodec(scanBytesMax, decodeEvoucher, { cutIsWhole: true });
