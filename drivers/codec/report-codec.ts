import type { Codec, Decoded, FrameDecoder } from './decoded.ts';

export interface ReportCodecOptions {
  /** What bytes are that follow a whole report and are fewer than one. `wrongLength`: a report that is too short.
   *  `ignored`: the tail of that report, from firmware whose reports are longer. Without a whole report before them they
   *  are always too short. */
  readonly rest?: 'wrongLength' | 'ignored';
}

/** A codec for HID reports of one size, `reportBytes`. Error of its own: `wrongLength` for a report that is too short when
 *  the line falls silent. */
export function reportCodec(
  reportBytes: number,
  decodeReport: (report: Uint8Array) => Decoded,
  { rest = 'wrongLength' }: ReportCodecOptions = {},
): Codec {
  return { decoder: () => new ReportDecoder(reportBytes, decodeReport, rest) };
}

class ReportDecoder implements FrameDecoder {
  readonly #reports: ReportFramer;
  readonly #decodeReport: (report: Uint8Array) => Decoded;
  readonly #rest: 'wrongLength' | 'ignored';
  #hasWhole = false;

  constructor(reportBytes: number, decodeReport: (report: Uint8Array) => Decoded, rest: 'wrongLength' | 'ignored') {
    this.#reports = new ReportFramer(reportBytes);
    this.#decodeReport = decodeReport;
    this.#rest = rest;
  }

  get midFrame(): boolean {
    return this.#reports.midReport;
  }

  push(chunk: Uint8Array): readonly Decoded[] {
    const reports = this.#reports.push(chunk);
    if (reports.length > 0) this.#hasWhole = true;
    return reports.map((report) => this.#decodeReport(report));
  }

  end(): readonly Decoded[] {
    const isTail = this.#hasWhole && this.#rest === 'ignored';
    this.#hasWhole = false;
    return this.#reports.drop() && !isTail ? [{ ok: false, reason: 'wrongLength' }] : [];
  }
}

/** Cuts a byte stream into reports of one size. Keeps less than one report. */
export class ReportFramer {
  readonly #begun: Uint8Array;
  #begunBytes = 0;

  constructor(reportBytes: number) {
    this.#begun = new Uint8Array(reportBytes);
  }

  get midReport(): boolean {
    return this.#begunBytes > 0;
  }

  /** The reports that these bytes complete, each a copy of its own. */
  push(chunk: Uint8Array): Uint8Array[] {
    const reports: Uint8Array[] = [];
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + this.#begun.length - this.#begunBytes);
      this.#begun.set(part, this.#begunBytes);
      this.#begunBytes += part.length;
      at += part.length;
      if (this.#begunBytes < this.#begun.length) break;
      reports.push(this.#begun.slice());
      this.#begunBytes = 0;
    }
    return reports;
  }

  /** Forgets what has begun; true if something had. */
  drop(): boolean {
    const had = this.midReport;
    this.#begun.fill(0);
    this.#begunBytes = 0;
    return had;
  }
}
