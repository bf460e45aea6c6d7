import type { CardReader, CardReaderEvent, CardReaderInfo } from '../src/ports/card-reader.ts';
import { CardStream } from './card-stream.ts';
import type { Codec } from './codec/decoded.ts';
import { DeviceLink, type DeviceLinkOptions, type LinkState } from './device-link.ts';
import { Listeners } from './listeners.ts';
import type { Scheduler } from './scheduler.ts';
import type { Transport } from './transport.ts';

export interface DeviceCardReaderOptions {
  readonly transport: Transport;
  readonly codec: Codec;
  readonly scheduler: Scheduler;
  /** Sent at each connection and again after each answer, to readers that read only when they are told to. */
  readonly arm?: Uint8Array;
  readonly silenceMs?: number;
  readonly retryMs?: DeviceLinkOptions['retryMs'];
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** Until a command that could not be written is tried again; and the longest pause after answers that are no card, which
 *  doubles from `armPauseMs`: a reader may answer a command at once by refusing it. */
const armRetryMs = 2000;
const armPauseMs = 250;

/** A card reader behind a device link. The constructor does nothing; `start` begins to look for the device.
 *  Holds: each connection has its own decoder; a card half read at a loss is a failed read before `gone`; `gone` comes
 *  once a loss and `back` once a return, neither for a device that was never there (`state` tells of that). */
export class DeviceCardReader implements CardReader {
  readonly info: CardReaderInfo;
  readonly #options: DeviceCardReaderOptions;
  readonly #listeners: Listeners<CardReaderEvent>;
  readonly #stateListeners: Listeners<LinkState>;
  readonly #link: DeviceLink;
  #stream: CardStream | null = null;
  #armTimer: { readonly timer: unknown } | null = null;
  /** Answers in a row that were no card. */
  #failures = 0;
  #isLost = false;
  #isClosed = false;

  constructor(options: DeviceCardReaderOptions) {
    const { transport, scheduler, retryMs, onListenerThrow } = options;
    this.#options = options;
    this.info = { kind: transport.kind, name: transport.name };
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

  subscribe(listener: (event: CardReaderEvent) => void): () => void {
    return this.#isClosed ? () => undefined : this.#listeners.add(listener);
  }

  /** Each change of `state`, after the events that belong to it. */
  onState(listener: (state: LinkState) => void): () => void {
    return this.#isClosed ? () => undefined : this.#stateListeners.add(listener);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#stopArm();
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
    const { codec, scheduler, silenceMs } = this.#options;
    this.#stream = new CardStream({
      decoder: codec.decoder(),
      scheduler,
      ...(silenceMs !== undefined && { silenceMs }),
      onEvent: (event) => {
        if (event.kind === 'read') this.#failures = event.read.ok ? 0 : this.#failures + 1;
        this.#tell(event);
      },
      onSwipeEnd: () =>
        this.#armIn(this.#failures < 2 ? 0 : Math.min(armRetryMs, armPauseMs * 2 ** (this.#failures - 2))),
    });
    if (this.#isLost) this.#tell({ kind: 'back' });
    this.#isLost = false;
    this.#arm();
  }

  #lost(cause: string): void {
    this.#isLost = true;
    this.#stream?.endSwipe();
    this.#stopArm();
    this.#stream = null;
    this.#tell({ kind: 'gone', cause });
  }

  #tell(event: CardReaderEvent): void {
    if (!this.#isClosed) this.#listeners.tell(event);
  }

  #armIn(delayMs: number): void {
    this.#stopArm();
    if (this.#options.arm === undefined || this.#isClosed) return;
    const timer = this.#options.scheduler.setTimeout(() => {
      this.#armTimer = null;
      this.#arm();
    }, delayMs);
    this.#armTimer = { timer };
  }

  #arm(): void {
    const stream = this.#stream;
    if (this.#options.arm === undefined || stream === null) return;
    this.#link.write(this.#options.arm).catch(() => {
      if (this.#stream === stream) this.#armIn(armRetryMs);
    });
  }

  #stopArm(): void {
    if (this.#armTimer !== null) this.#options.scheduler.clearTimeout(this.#armTimer.timer);
    this.#armTimer = null;
  }
}
