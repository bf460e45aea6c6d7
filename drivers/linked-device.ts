import { DeviceLink, type DeviceLinkOptions, type LinkState } from './device-link.ts';
import { Listeners } from './listeners.ts';
import type { Scheduler } from './scheduler.ts';
import type { Transport } from './transport.ts';

export interface LinkedDeviceOptions {
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  readonly retryMs?: DeviceLinkOptions['retryMs'];
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** That a device is lost and there again. */
type Presence = { readonly kind: 'gone'; readonly cause: string } | { readonly kind: 'back' };

/** What readers and scanners behind a device link have in common: who listens, and when they are told that it comes and
 *  goes. The constructor does nothing; `start` begins to look for the device.
 *  Holds: `gone` comes once a loss, after what the loss has cut short, and `back` once a return; neither for a device that
 *  was never there (`state` tells of that); nothing is told after `close`, which may come twice. */
export abstract class LinkedDevice<Event> {
  readonly #listeners: Listeners<Event | Presence>;
  readonly #states: Listeners<LinkState>;
  readonly #link: DeviceLink;
  #isLost = false;
  #isClosed = false;

  constructor({ transport, scheduler, retryMs, onListenerThrow }: LinkedDeviceOptions) {
    this.#listeners = new Listeners(onListenerThrow);
    this.#states = new Listeners(onListenerThrow);
    this.#link = new DeviceLink({
      transport,
      scheduler,
      ...(retryMs && { retryMs }),
      onChunk: (chunk) => this.received(chunk),
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

  subscribe(listener: (event: Event | Presence) => void): () => void {
    return this.#isClosed ? () => undefined : this.#listeners.add(listener);
  }

  /** Each change of `state`, after the events that belong to it. */
  onState(listener: (state: LinkState) => void): () => void {
    return this.#isClosed ? () => undefined : this.#states.add(listener);
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.over();
    }
    return this.#link.close();
  }

  /** A connection begins. */
  protected abstract connected(): void;
  protected abstract received(chunk: Uint8Array): void;
  /** The connection is over, by a loss or by `close`: what has begun is cut short. */
  protected abstract over(): void;

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  protected tell(event: Event | Presence): void {
    if (!this.#isClosed) this.#listeners.tell(event);
  }

  /** Errors: `DeviceFault` when not connected; nothing is queued. */
  protected write(bytes: Uint8Array): Promise<void> {
    return this.#link.write(bytes);
  }

  #stateIs(state: LinkState): void {
    if (state.kind === 'connected') {
      this.connected();
      if (this.#isLost) this.tell({ kind: 'back' });
      this.#isLost = false;
    } else if (state.kind === 'lost' && !this.#isLost) {
      this.#isLost = true;
      this.over();
      this.tell({ kind: 'gone', cause: state.fault.message });
    }
    if (!this.#isClosed) this.#states.tell(state);
  }
}
