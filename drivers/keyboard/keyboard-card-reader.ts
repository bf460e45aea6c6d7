import type { CardReader, CardReaderEvent, CardReaderInfo } from '../../src/ports/card-reader.ts';
import { CardStream, cardSilenceMs } from '../card-stream.ts';
import { Listeners } from '../listeners.ts';
import type { Scheduler } from '../scheduler.ts';
import { keyboardCodec } from './keyboard-codec.ts';

const lineEnd = 0x0d;

export interface KeyboardCardReaderOptions {
  readonly scheduler: Scheduler;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** A card reader that types. Which one, and whether one is there at all, the system does not tell: it is never gone.
 *  Holds: `begin` gives `reading` before the line is whole, once a swipe. */
export class KeyboardCardReader implements CardReader {
  readonly info: CardReaderInfo = { kind: 'keyboard', name: '键盘读卡器' };
  readonly #scheduler: Scheduler;
  readonly #stream: CardStream;
  readonly #listeners: Listeners<CardReaderEvent>;
  #isAnnounced = false;
  #swipe: { readonly timer: unknown } | null = null;
  #isClosed = false;

  constructor(options: KeyboardCardReaderOptions) {
    this.#scheduler = options.scheduler;
    this.#listeners = new Listeners(options.onListenerThrow);
    this.#stream = new CardStream({
      decoder: keyboardCodec.decoder(),
      scheduler: options.scheduler,
      onEvent: (event) => {
        if (event.kind !== 'reading' || !this.#isAnnounced) this.#tell(event);
      },
    });
  }

  subscribe(listener: (event: CardReaderEvent) => void): () => void {
    return this.#isClosed ? () => undefined : this.#listeners.add(listener);
  }

  /** A card's first characters have been typed; a line follows. The second track of a swipe announces nothing: it may
   *  say nothing new, and then no read follows. */
  begin(): void {
    if (this.#swipe !== null) return;
    this.#tell({ kind: 'reading' });
    this.#isAnnounced = true;
  }

  /** A line as typed, without its end. */
  line(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#restartSwipe();
    this.#stream.receive(Uint8Array.of(...bytes, lineEnd));
    this.#isAnnounced = false;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#stream.drop();
    this.#endSwipe();
    return Promise.resolve();
  }

  #restartSwipe(): void {
    this.#endSwipe();
    const timer = this.#scheduler.setTimeout(() => {
      this.#swipe = null;
    }, cardSilenceMs);
    this.#swipe = { timer };
  }

  #endSwipe(): void {
    if (this.#swipe !== null) this.#scheduler.clearTimeout(this.#swipe.timer);
    this.#swipe = null;
  }

  #tell(event: CardReaderEvent): void {
    if (!this.#isClosed) this.#listeners.tell(event);
  }
}
