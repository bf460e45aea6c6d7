import type { PinKey } from '../../src/ports/pin-key.ts';
import {
  type PinBlock,
  type PinEntry,
  type PinPad,
  PinPadFault,
  type PinPadInfo,
  type PinRequest,
} from '../../src/ports/pin-pad.ts';
import { DeviceLink, type DeviceLinkOptions, type LinkState } from '../device-link.ts';
import { Listeners } from '../listeners.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Transport } from '../transport.ts';
import { PinEntrySlot } from './pin-entry-slot.ts';

export interface DevicePinPadOptions {
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  readonly retryMs?: DeviceLinkOptions['retryMs'];
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** The conversation with a pad over one connection. Each connection has a new one, so nothing that was going to be said
 *  over an old one is ever sent, and no answer from before is known to it. */
export interface PadTalk {
  /** The connection has just been made. */
  connected(): void;
  receive(chunk: Uint8Array): void;
  /** An entry has been opened; `PadLine.request` says what for. */
  entryOpened(): void;
  /** The entry is over, however it ended. The pad may still have it. */
  entryEnded(): void;
  /** The connection is over, and with it an open entry: nothing typed may be left. */
  dropped?(): void;
}

/** What a conversation has to work with. Without effect once its connection is over. */
export interface PadLine {
  /** Of the open entry; null when none is. */
  readonly request: PinRequest | null;
  /** A write that fails ends the open entry as `gone`. */
  write(bytes: Uint8Array): void;
  /** Calls back after a while. There is one such wait: a new one takes the place of the last. */
  wait(delayMs: number, run: () => void): void;
  stopWaiting(): void;
  typed(digitCount: number): void;
  /** The four ends of an entry. */
  entered(pinBlock: PinBlock): void;
  seal(digits: Uint8Array, pinKey: () => PinKey): void;
  cancelled(): void;
  failed(cause?: unknown): void;
}

/** What PIN pads on a line have in common: one connection after the other, one entry at a time.
 *  Holds: an entry belongs to the connection it was opened on; losing that ends it as `gone`. */
export class DevicePinPad implements PinPad {
  readonly info: PinPadInfo;
  readonly #scheduler: Scheduler;
  readonly #link: DeviceLink;
  readonly #converse: (line: PadLine) => PadTalk;
  readonly #counts: Listeners<number>;
  readonly #states: Listeners<LinkState>;
  readonly #slot = new PinEntrySlot(() => this.#entryEnded());
  #talk: PadTalk | null = null;
  #wait: { readonly timer: unknown } | null = null;

  /** Begins to connect at once. */
  constructor(options: DevicePinPadOptions, converse: (line: PadLine) => PadTalk) {
    const { transport, scheduler, retryMs, onListenerThrow } = options;
    this.info = { kind: kindOf(transport), name: transport.name };
    this.#scheduler = scheduler;
    this.#converse = converse;
    this.#counts = new Listeners(onListenerThrow);
    this.#states = new Listeners(onListenerThrow);
    this.#link = new DeviceLink({
      transport,
      scheduler,
      onChunk: (chunk) => this.#talk?.receive(chunk),
      onState: (state) => this.#onState(state),
      ...(retryMs === undefined ? {} : { retryMs }),
    });
    this.#link.start();
  }

  get connected(): boolean {
    return this.#talk !== null;
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Called with each change of the connection. */
  onState(listener: (state: LinkState) => void): () => void {
    return this.#states.add(listener);
  }

  async enter(request: PinRequest, signal: AbortSignal): Promise<PinEntry> {
    const entry = this.#slot.open(request, signal);
    this.#counts.tell(0);
    if (this.#slot.request === null) return entry;
    if (this.#talk === null) this.#slot.fail(new PinPadFault('gone'));
    else this.#talk.entryOpened();
    return entry;
  }

  subscribe(listener: (digitCount: number) => void): () => void {
    return this.#counts.add(listener);
  }

  /** An open entry ends as `gone`, at the pad too. */
  async close(): Promise<void> {
    this.#slot.fail(new PinPadFault('gone'));
    this.#endTalk();
    await this.#link.close();
  }

  #onState(state: LinkState): void {
    this.#endTalk();
    if (state.kind === 'connected') {
      this.#talk = this.#converse(this.#newLine());
      this.#talk.connected();
    } else {
      this.#slot.fail(new PinPadFault('gone', { cause: state.fault }));
    }
    this.#states.tell(state);
  }

  #endTalk(): void {
    this.#stopWaiting();
    this.#talk?.dropped?.();
    this.#talk = null;
  }

  #entryEnded(): void {
    this.#talk?.entryEnded();
    this.#counts.tell(0);
  }

  #newLine(): PadLine {
    const slot = this.#slot;
    return {
      get request() {
        return slot.request;
      },
      write: (bytes) => {
        const talk = this.#talk;
        this.#link.write(bytes).catch((cause: unknown) => {
          if (this.#talk === talk) slot.fail(new PinPadFault('gone', { cause }));
        });
      },
      wait: (delayMs, run) => {
        this.#stopWaiting();
        this.#wait = { timer: this.#scheduler.setTimeout(run, delayMs) };
      },
      stopWaiting: () => this.#stopWaiting(),
      typed: (digitCount) => this.#counts.tell(digitCount),
      entered: (pinBlock) => slot.entered(pinBlock),
      seal: (digits, pinKey) => slot.seal(digits, pinKey),
      cancelled: () => slot.cancel(),
      failed: (cause) => slot.fail(new PinPadFault('failed', { cause })),
    };
  }

  #stopWaiting(): void {
    if (this.#wait !== null) this.#scheduler.clearTimeout(this.#wait.timer);
    this.#wait = null;
  }
}

function kindOf({ kind }: Transport): PinPadInfo['kind'] {
  return kind === 'hid' || kind === 'virtual' ? kind : 'serial';
}
