import type { Scheduler } from '../scheduler.ts';

/** How long a report's pieces may be apart. A full-speed endpoint sends one a millisecond. */
const pieceSilenceMs = 100;

export interface ReportAssemblerOptions {
  /** Bytes of one report, with its id where the device numbers its reports. */
  readonly reportBytes: number;
  /** The number of the reports to take, where the device numbers them; others are passed over. */
  readonly reportId?: number;
  readonly scheduler: Scheduler;
  onReport(report: Uint8Array): void;
}

/** Puts a device's reports together. hidraw gives whole ones, hidapi's libusb driver a long one in pieces of the
 *  endpoint's size (PF13).
 *  Holds: what is given has `reportBytes` bytes, or fewer when the rest did not come; what is longer is cut to it, as
 *  newer firmware may append fields. Keeps at most one report. */
export class ReportAssembler {
  readonly #options: ReportAssemblerOptions;
  readonly #report: Uint8Array;
  #length = 0;
  #silence: { readonly timer: unknown } | null = null;

  constructor(options: ReportAssemblerOptions) {
    this.#options = options;
    this.#report = new Uint8Array(options.reportBytes);
  }

  push(piece: Uint8Array): void {
    const { reportBytes, reportId, scheduler } = this.#options;
    this.#disarm();
    // A piece of full size is a report of its own: the rest of the one before it is lost.
    if (piece.length >= reportBytes) this.end();
    if (this.#length === 0 && reportId !== undefined && piece[0] !== reportId) return;
    const taken = piece.subarray(0, reportBytes - this.#length);
    this.#report.set(taken, this.#length);
    this.#length += taken.length;
    if (this.#length === reportBytes) this.end();
    else if (this.#length > 0) this.#silence = { timer: scheduler.setTimeout(() => this.end(), pieceSilenceMs) };
  }

  /** Nothing more comes: hands on what there is. */
  end(): void {
    this.#disarm();
    if (this.#length === 0) return;
    const report = this.#report.slice(0, this.#length);
    this.drop();
    this.#options.onReport(report);
  }

  drop(): void {
    this.#disarm();
    // What a card said does not stay in memory.
    this.#report.fill(0);
    this.#length = 0;
  }

  #disarm(): void {
    if (this.#silence !== null) this.#options.scheduler.clearTimeout(this.#silence.timer);
    this.#silence = null;
  }
}
