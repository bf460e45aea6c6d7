import type { Scanner, ScannerEvent, ScannerInfo } from '../../src/ports/scanner.ts';
import type { Codec } from '../codec/decoded.ts';
import { LinkedDevice, type LinkedDeviceOptions } from '../linked-device.ts';
import { ScanStream } from './scan-stream.ts';

export interface DeviceScannerOptions extends LinkedDeviceOptions {
  readonly codec: Codec;
}

/** A scanner that sends bytes. Holds: each connection has its own decoder; a code half scanned at a loss is a failed scan
 *  before `gone`, also where silence would make it whole. */
export class DeviceScanner extends LinkedDevice<ScannerEvent> implements Scanner {
  readonly info: ScannerInfo;
  readonly #options: DeviceScannerOptions;
  #stream: ScanStream | null = null;

  constructor(options: DeviceScannerOptions) {
    const { kind, name } = options.transport;
    if (kind === 'helper') throw new TypeError('no helper service drives a scanner');
    super(options);
    this.info = { kind, name };
    this.#options = options;
  }

  protected connected(): void {
    const { codec, scheduler } = this.#options;
    this.#stream = new ScanStream({ decoder: codec.decoder(), scheduler, onEvent: (event) => this.tell(event) });
  }

  protected received(chunk: Uint8Array): void {
    this.#stream?.receive(chunk);
  }

  protected over(): void {
    if (this.isClosed) this.#stream?.drop();
    else this.#stream?.cut();
    this.#stream = null;
  }
}
