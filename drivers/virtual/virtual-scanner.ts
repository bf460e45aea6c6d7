import type { Scanner, ScannerEvent, ScannerInfo } from '../../src/ports/scanner.ts';
import { scannerTextCodec } from '../codec/scanner-text.ts';
import { Listeners } from '../listeners.ts';
import { ScanStream } from '../scanner/scan-stream.ts';
import type { Scheduler } from '../scheduler.ts';

export interface VirtualScannerOptions {
  readonly scheduler: Scheduler;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** What a serial driver hands over at a time. */
const chunkBytes = 8;

/** A scanner without a device. It enters at the bytes, which go in small chunks through the same codec as a serial
 *  scanner's. Unplugged or closed, it takes none. */
export class VirtualScanner implements Scanner {
  readonly info: ScannerInfo = { kind: 'virtual', name: '虚拟扫码器' };
  readonly #listeners: Listeners<ScannerEvent>;
  readonly #stream: ScanStream;
  #state: 'plugged' | 'unplugged' | 'closed' = 'plugged';

  constructor(options: VirtualScannerOptions) {
    this.#listeners = new Listeners(options.onListenerThrow);
    this.#stream = new ScanStream({
      decoder: scannerTextCodec.decoder(),
      scheduler: options.scheduler,
      onEvent: (event) => this.#tell(event),
    });
  }

  subscribe(listener: (event: ScannerEvent) => void): () => void {
    return this.#state === 'closed' ? () => undefined : this.#listeners.add(listener);
  }

  /** Scans a code; what was begun before it is over. */
  scan(text: string): void {
    if (this.#state !== 'plugged') return;
    this.#stream.end();
    this.sendBytes(Buffer.from(`${text}\r`));
  }

  /** Sends any bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.#state === 'plugged'; at += chunkBytes)
      this.#stream.receive(bytes.slice(at, at + chunkBytes));
  }

  /** Pulls the cable: what has begun is told as half read, then `gone`, once. */
  unplug(): void {
    if (this.#state !== 'plugged') return;
    this.#stream.cut();
    this.#state = 'unplugged';
    this.#tell({ kind: 'gone', cause: 'unplugged' });
  }

  plug(): void {
    if (this.#state !== 'unplugged') return;
    this.#state = 'plugged';
    this.#tell({ kind: 'back' });
  }

  close(): Promise<void> {
    this.#state = 'closed';
    this.#stream.drop();
    return Promise.resolve();
  }

  #tell(event: ScannerEvent): void {
    if (this.#state !== 'closed') this.#listeners.tell(event);
  }
}
