import type { CardCredential, CardRead, CardReaderEvent } from '../src/ports/card-reader.ts';
import { cardReadOf } from './codec/card-read-of.ts';
import type { Decoded, FrameDecoder } from './codec/decoded.ts';
import type { Scheduler } from './scheduler.ts';

/** How long a reader may be silent before what has come is taken to be all. Readers send a character a millisecond; 250 ms
 *  is also what jquery.cardswipe waits between two characters. No hand swipes twice within it. */
export const cardSilenceMs = 250;

export interface CardStreamOptions {
  /** Of this connection alone. */
  readonly decoder: FrameDecoder;
  readonly scheduler: Scheduler;
  readonly silenceMs?: number;
  onEvent(event: CardReaderEvent): void;
  /** A swipe that gave a read is over. */
  onSwipeEnd?(): void;
}

/** From a reader's bytes to its events: the decoder, whose card it is, and the rule that bytes without a pause of
 *  `silenceMs` between them are one swipe. Every reader that sends bytes has one, the virtual as the serial.
 *  Holds: each `read` has its own `reading` before it. A swipe gives one read: readers repeat a line, or send each track
 *  as a line, so after the first read the same card again and failures are dropped. What is not dropped is a good read
 *  after a failure, or of another card. */
export class CardStream {
  readonly #decoder: FrameDecoder;
  readonly #scheduler: Scheduler;
  readonly #silenceMs: number;
  readonly #onEvent: (event: CardReaderEvent) => void;
  readonly #onSwipeEnd: () => void;
  #silence: { readonly timer: unknown } | null = null;
  #reading = false;
  #swipe: CardRead | null = null;

  constructor(options: CardStreamOptions) {
    this.#decoder = options.decoder;
    this.#scheduler = options.scheduler;
    this.#silenceMs = options.silenceMs ?? cardSilenceMs;
    this.#onEvent = options.onEvent;
    this.#onSwipeEnd = () => options.onSwipeEnd?.();
  }

  /** True while a frame has begun and is neither complete nor fallen silent. */
  get midFrame(): boolean {
    return this.#decoder.midFrame;
  }

  /** Takes bytes as they come; events are given before it returns. */
  receive(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#disarm();
    this.#silence = { timer: this.#scheduler.setTimeout(() => this.endSwipe(), this.#silenceMs) };
    this.#take(this.#decoder.push(chunk));
    if (this.midFrame && this.#swipe === null) this.#announce();
  }

  /** The swipe is over, without waiting for the silence: what has begun is all that comes. */
  endSwipe(): void {
    this.#disarm();
    this.#take(this.#decoder.end());
    const isRead = this.#swipe !== null;
    this.#swipe = null;
    if (isRead) this.#onSwipeEnd();
  }

  /** Forgets everything that has come, without an event. */
  drop(): void {
    this.#disarm();
    this.#decoder.end();
    this.#swipe = null;
    this.#reading = false;
  }

  #take(frames: readonly Decoded[]): void {
    for (const frame of frames) {
      const read = cardReadOf(frame);
      if (this.#swipe !== null && repeats(read, this.#swipe)) continue;
      this.#swipe = read;
      this.#announce();
      this.#reading = false;
      this.#onEvent({ kind: 'read', read });
    }
  }

  #announce(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#onEvent({ kind: 'reading' });
  }

  #disarm(): void {
    if (this.#silence !== null) this.#scheduler.clearTimeout(this.#silence.timer);
    this.#silence = null;
  }
}

/** Whether a later read of a swipe says nothing new. */
export function repeats(read: CardRead, before: CardRead): boolean {
  return !read.ok || (before.ok && numberOf(read.credential) === numberOf(before.credential));
}

function numberOf(credential: CardCredential): string {
  return credential.medium === 'stripe' ? credential.pan.expose() : credential.cardSn.expose();
}
