import type { Scanner, ScannerEvent, ScannerInfo } from '../../src/ports/scanner.ts';
import type { Codec } from '../codec/decoded.ts';
import { DeviceLink, type DeviceLinkOptions, type LinkState } from '../device-link.ts';
import { Listeners } from '../listeners.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Transport } from '../transport.ts';
import { ScanStream } from './scan-stream.ts';

export interface DeviceScannerOptions {
  /** No helper service drives a scanner. */
  readonly transport: Transport;
  readonly codec: Codec;
  readonly scheduler: Scheduler;
  readonly retryMs?: DeviceLinkOptions['retryMs'];
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** A scanner behind a device link. The constructor does nothing; `start` begins to look for the device.
 *  Holds: each connection has its own decoder; a code half scanned at a loss is a failed one before `gone`; `gone` comes
 *  once a loss and `back` once a return, neither for a device that was never there (`state` tells of that). */
export class DeviceScanner implements Scanner {
  readonly info: ScannerInfo;
  readonly #options: DeviceScannerOptions;
  readonly #link: DeviceLink;
  readonly #listeners: Listeners<ScannerEvent>;
  readonly #stateListeners: Listeners<LinkState>;
  #stream: ScanStream | null = null;
  #isLost = false;
  #isClosed = false;

  constructor(options: DeviceScannerOptions) {
    const { transport, scheduler, retryMs, onListenerThrow } = options;
    if (transport.kind === 'helper') throw new TypeError('no helper service drives a scanner');
    this.info = { kind: transport.kind, name: transport.name };
    this.#options = options;
    this.#listeners = new Listeners(onListenerThrow);
    this.#stateListeners = new Listeners(onListenerThrow);
    this.#link = new DeviceLink({
      transport,
      scheduler,
      ...(retryMs && { retryMs }),
      onChunk: (chunk) => this.#stream?.receive(chunk),
      onState: (state) => this.#stateIs(state),
    });
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Looks for the device from now on; a second call does nothing. */
  start(): void {
    this.#link.start();
  }

  subscribe(listener: (event: ScannerEvent) => void): () => void {
    return this.#isClosed ? () => undefined : this.#listeners.add(listener);
  }

  /** Each change of `state`, after the events that belong to it. */
  onState(listener: (state: LinkState) => void): () => void {
    return this.#isClosed ? () => undefined : this.#stateListeners.add(listener);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#stream?.drop();
    this.#stream = null;
    return this.#link.close();
  }

  #stateIs(state: LinkState): void {
    if (state.kind === 'connected') this.#connected();
    else if (state.kind === 'lost' && !this.#isLost) this.#lost(state.fault.message);
    if (!this.#isClosed) this.#stateListeners.tell(state);
  }

  #connected(): void {
    const { codec, scheduler } = this.#options;
    this.#stream = new ScanStream({ decoder: codec.decoder(), scheduler, onEvent: (event) => this.#tell(event) });
    if (this.#isLost) this.#tell({ kind: 'back' });
    this.#isLost = false;
  }

  #lost(cause: string): void {
    this.#isLost = true;
    this.#stream?.cut();
    this.#stream = null;
    this.#tell({ kind: 'gone', cause });
  }

  #tell(event: ScannerEvent): void {
    if (!this.#isClosed) this.#listeners.tell(event);
  }
}
