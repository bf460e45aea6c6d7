import type { Codec, Decoded, DecodeReason, FrameDecoder } from './decoded.ts';
import { ReportFramer } from './report-codec.ts';
import { decodeScannerText, scanBytesMax } from './scanner-text.ts';

const reportBytes = 64;
const scannedDataReport = 0x02;
const dataBytesMax = 56;
const bracket = 0x5d;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** HID POS scanners (usage page 0x8C, usage 2), reports of 64 bytes with the report id in front: 0 id 2 · 1 count of data
 *  bytes · 2-4 AIM identifier · 5-60 data · 61 the maker's symbology · 63 bit 0 more reports follow. Some scanners put
 *  identifier and data one byte later. The data of reports that follow one another are one scan; one CR, LF or CR LF at
 *  its end is cut, and the rest read as `decodeScannerText` does.
 *  Errors: its own; `noise` for another report id, and for an identifier that is none or changes within a scan;
 *  `wrongLength` for a count beyond the report and for a report cut short; `tooLong` beyond `scanBytesMax`; `halfRead`
 *  when the reports to follow do not. What follows a bad report up to its last is passed over.
 *  Source: HID POS Usage Tables 1.02; Access-IS LSR118 manual, page 68. */
export const hidPosCodec: Codec = { decoder: () => new ScanDecoder() };

class ScanDecoder implements FrameDecoder {
  readonly #reports = new ReportFramer(reportBytes);
  #parts: Uint8Array[] = [];
  #scanBytes = 0;
  #symbology: string | null = null;
  /** Between reports of one scan. `skipping`: it is bad, and has been told. */
  #state: 'idle' | 'joining' | 'skipping' = 'idle';

  get midFrame(): boolean {
    return this.#reports.midReport || this.#state !== 'idle';
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    return this.#reports.push(chunk).flatMap((report) => this.#take(report));
  }

  end(): readonly Decoded[] {
    const isCut = this.#reports.drop();
    const wasJoining = this.#state === 'joining';
    this.#forget('idle');
    if (wasJoining) return [failed('halfRead')];
    return isCut ? [failed('wrongLength')] : [];
  }

  #take(report: Uint8Array): readonly Decoded[] {
    // Reports of another id are a conversation of their own and break no scan.
    if (report[0] !== scannedDataReport) return [failed('noise')];
    const hasMore = ((report[63] ?? 0) & 1) === 1;
    if (this.#state === 'skipping') {
      if (!hasMore) this.#forget('idle');
      return [];
    }
    const problem = this.#join(report);
    if (problem !== null) {
      this.#forget(hasMore ? 'skipping' : 'idle');
      return [failed(problem)];
    }
    this.#state = 'joining';
    if (hasMore) return [];
    const scan = scanOf(Buffer.concat(this.#parts), this.#symbology);
    this.#forget('idle');
    return [scan];
  }

  #join(report: Uint8Array): DecodeReason | null {
    const count = report[1] ?? 0;
    if (count > dataBytesMax) return 'wrongLength';
    const identifierAt = report[2] !== bracket && report[3] === bracket ? 3 : 2;
    const identifier = report.subarray(identifierAt, identifierAt + 3);
    if (!identifier.every((byte) => byte === 0)) {
      const symbology = Buffer.from(identifier).toString('latin1');
      if (!/^\][A-Za-z][0-9A-Za-z]$/.test(symbology)) return 'noise';
      if (this.#symbology !== null && this.#symbology !== symbology) return 'noise';
      this.#symbology = symbology;
    }
    this.#scanBytes += count;
    if (this.#scanBytes > scanBytesMax) return 'tooLong';
    this.#parts.push(report.subarray(identifierAt + 3, identifierAt + 3 + count));
    return null;
  }

  #forget(state: 'idle' | 'skipping'): void {
    this.#parts = [];
    this.#scanBytes = 0;
    this.#symbology = null;
    this.#state = state;
  }
}

function scanOf(bytes: Uint8Array, symbology: string | null): Decoded {
  const scan = decodeScannerText(withoutLineEnd(bytes));
  return scan.ok && scan.kind === 'scan' && symbology !== null ? { ...scan, symbology } : scan;
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  const last = bytes.at(-1);
  if (last !== carriageReturn && last !== lineFeed) return bytes;
  return bytes.subarray(0, last === lineFeed && bytes.at(-2) === carriageReturn ? -2 : -1);
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
