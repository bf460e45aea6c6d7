import iconv from 'iconv-lite';
import { secret } from '../../src/domain/secret.ts';
import type { Codec, Decoded } from './decoded.ts';
import { lineCodec } from './line-codec.ts';

/** The longest text of a QR code, 7089 digits (ISO/IEC 18004), and an AIM identifier of three characters. */
export const scanBytesMax = 7092;

const noText = /[\p{Cc}\p{Co}\ufffd]/u;

/** The control character that is part of a text: scanners send the separator FNC1 of GS1 codes as GS. */
const groupSeparator = '\u001d';

/** Flag, code character as ISO/IEC 15424 assigns them, modifier. */
const aimIdentifier = /^\][ABCDEFGHIJKLMNOPQRSTUXZdeghosz][0-9A-F]/;

/** Reads what a scanner sends for one code, without its line end: UTF-8, or GBK when it is not UTF-8. An AIM identifier
 *  in front, which scanners can be set to send, becomes the symbology.
 *  Limit: a few short GBK texts are UTF-8 by chance and are read as such.
 *  Errors: `tooLong` beyond `scanBytesMax`; `noise` for nothing, control characters, or bytes in neither encoding. */
export function decodeScannerText(line: Uint8Array): Decoded {
  if (line.length > scanBytesMax) return { ok: false, reason: 'tooLong' };
  const text = textOf(line);
  const symbology = aimIdentifier.exec(text)?.[0] ?? '';
  const content = text.slice(symbology.length);
  if (content === '' || noText.test(content.replaceAll(groupSeparator, ''))) return { ok: false, reason: 'noise' };
  return { ok: true, kind: 'scan', text: secret(content), ...(symbology !== '' && { symbology }) };
}

/** Scanners end a code with CR, LF, CR LF, or with nothing but silence. */
export const scannerTextCodec: Codec = lineCodec(scanBytesMax, decodeScannerText, { cutIsWhole: true });

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(line: Uint8Array): string {
  try {
    return utf8.decode(line);
  } catch {
    return iconv.decode(line, 'gbk');
  }
}
