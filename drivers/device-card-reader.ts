import type { CardReader, CardReaderEvent, CardReaderInfo } from '../src/ports/card-reader.ts';
import { CardStream } from './card-stream.ts';
import type { Codec } from './codec/decoded.ts';
import { LinkedDevice, type LinkedDeviceOptions } from './linked-device.ts';

export interface DeviceCardReaderOptions extends LinkedDeviceOptions {
  readonly codec: Codec;
  /** Sent at each connection and again after each answer, to readers that read only when they are told to. */
  readonly arm?: Uint8Array;
  readonly silenceMs?: number;
}

/** Until a command that could not be written is tried again; and the longest pause after answers that are no card, which
 *  doubles from `armPauseMs`: a reader may answer a command at once by refusing it. */
const armRetryMs = 2000;
const armPauseMs = 250;

/** A card reader that sends bytes. Holds: each connection has its own decoder; a card half read at a loss is a failed
 *  read before `gone`. */
export class DeviceCardReader extends LinkedDevice<CardReaderEvent> implements CardReader {
  readonly info: CardReaderInfo;
  readonly #options: DeviceCardReaderOptions;
  #stream: CardStream | null = null;
  #armTimer: { readonly timer: unknown } | null = null;
  /** Answers in a row that were no card. */
  #failures = 0;

  constructor(options: DeviceCardReaderOptions) {
    super(options);
    this.#options = options;
    this.info = { kind: options.transport.kind, name: options.transport.name };
  }

  protected connected(): void {
    const { codec, scheduler, silenceMs } = this.#options;
    this.#stream = new CardStream({
      decoder: codec.decoder(),
      scheduler,
      ...(silenceMs !== undefined && { silenceMs }),
      onEvent: (event) => {
        if (event.kind === 'read') this.#failures = event.read.ok ? 0 : this.#failures + 1;
        this.tell(event);
      },
      onSwipeEnd: () =>
        this.#armIn(this.#failures < 2 ? 0 : Math.min(armRetryMs, armPauseMs * 2 ** (this.#failures - 2))),
    });
    this.#arm();
  }

  protected received(chunk: Uint8Array): void {
    this.#stream?.receive(chunk);
  }

  protected over(): void {
    if (this.isClosed) this.#stream?.drop();
    else this.#stream?.endSwipe();
    this.#stopArm();
    this.#stream = null;
  }

  #armIn(delayMs: number): void {
    this.#stopArm();
    if (this.#options.arm === undefined || this.isClosed) return;
    const timer = this.#options.scheduler.setTimeout(() => {
      this.#armTimer = null;
      this.#arm();
    }, delayMs);
    this.#armTimer = { timer };
  }

  #arm(): void {
    const stream = this.#stream;
    if (this.#options.arm === undefined || stream === null) return;
    this.write(this.#options.arm).catch(() => {
      if (this.#stream === stream) this.#armIn(armRetryMs);
    });
  }

  #stopArm(): void {
    if (this.#armTimer !== null) this.#options.scheduler.clearTimeout(this.#armTimer.timer);
    this.#armTimer = null;
  }
}
