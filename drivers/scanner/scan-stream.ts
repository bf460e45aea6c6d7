import { type ScanFailure, type ScannerEvent, scanFailures } from '../../src/ports/scanner.ts';
import type { Decoded, FrameDecoder } from '../codec/decoded.ts';
import type { Scheduler } from '../scheduler.ts';

/** How long a code may be silent before what has come is taken to be all, for scanners that send no line end. At 9600
 *  baud a character takes a millisecond, and USB gives a code at once; nobody scans twice within it. */
const scanSilenceMs = 100;

export interface ScanStreamOptions {
  readonly decoder: FrameDecoder;
  readonly scheduler: Scheduler;
  onEvent(event: ScannerEvent): void;
}

/** From a scanner's bytes to its events. Silence ends a code, so one never runs into the next. */
export class ScanStream {
  readonly #options: ScanStreamOptions;
  #silence: { readonly timer: unknown } | null = null;

  constructor(options: ScanStreamOptions) {
    this.#options = options;
  }

  receive(chunk: Uint8Array): void {
    const { decoder, scheduler } = this.#options;
    this.#disarm();
    this.#silence = { timer: scheduler.setTimeout(() => this.end(), scanSilenceMs) };
    this.#tell(decoder.push(chunk));
  }

  /** The line has fallen silent: what has begun is all that comes. */
  end(): void {
    this.#disarm();
    this.#tell(this.#options.decoder.end());
  }

  /** The line has broken: what has begun is half a code, even where silence would have made it a whole one. */
  cut(): void {
    const { decoder, onEvent } = this.#options;
    const isHalf = decoder.midFrame;
    this.drop();
    if (isHalf) onEvent({ kind: 'failed', reason: 'halfRead' });
  }

  /** Forgets what has begun, without an event. */
  drop(): void {
    this.#disarm();
    this.#options.decoder.end();
  }

  #tell(decoded: readonly Decoded[]): void {
    for (const each of decoded) this.#options.onEvent(eventOf(each));
  }

  #disarm(): void {
    if (this.#silence !== null) this.#options.scheduler.clearTimeout(this.#silence.timer);
    this.#silence = null;
  }
}

/** What is no code is noise to a scanner, for whatever reason; that it is too long or cut has a prompt of its own. */
function eventOf(decoded: Decoded): ScannerEvent {
  if (!decoded.ok) return { kind: 'failed', reason: isScanFailure(decoded.reason) ? decoded.reason : 'noise' };
  if (decoded.kind !== 'scan') return { kind: 'failed', reason: 'noise' };
  const { text, symbology } = decoded;
  return { kind: 'scanned', text, ...(symbology === undefined ? {} : { symbology }) };
}

function isScanFailure(reason: string): reason is ScanFailure {
  return (scanFailures as readonly string[]).includes(reason);
}
