import type { CardReader, CardReaderEvent, CardReaderInfo } from '../../src/ports/card-reader.ts';
import { CardStream } from '../card-stream.ts';
import { cardLineCodec, encodeChipLine, encodeStripeLine, type VirtualCard } from '../codec/card-line.ts';
import { Listeners } from '../listeners.ts';
import type { Scheduler } from '../scheduler.ts';
import { type LineFault, transmit } from './line-fault.ts';

export interface VirtualCardReaderOptions {
  readonly scheduler: Scheduler;
  /** Where noise falls; counted up with every swipe. */
  readonly noiseSeed?: number;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** What a serial driver hands over at a time. */
const chunkBytes = 8;

interface Job {
  /** What is still to be sent. */
  bytes: Uint8Array;
  readonly pauseMs: number;
  /** False for a swipe not yet begun: it ends what came before. Raw bytes join it. */
  begun: boolean;
}

/** A card reader without a device. It enters at the bytes: a card of the deck becomes the text that a reader would send,
 *  which goes in small chunks through the same framer and codec as a serial line's.
 *  Holds: a swipe asked for while a slow one is under way waits for it, as one hand does; else it is read when `swipe`
 *  returns, but for a half-read one, which takes the silence or the next swipe to end. Unplugged or closed, it takes no
 *  bytes. */
export class VirtualCardReader implements CardReader {
  readonly info: CardReaderInfo = { kind: 'virtual', name: '虚拟读卡器' };
  readonly #scheduler: Scheduler;
  readonly #stream: CardStream;
  readonly #listeners: Listeners<CardReaderEvent>;
  #jobs: Job[] = [];
  #pause: { readonly timer: unknown } | null = null;
  #seed: number;
  #working = false;
  #state: 'plugged' | 'unplugged' | 'closed' = 'plugged';

  constructor(options: VirtualCardReaderOptions) {
    this.#scheduler = options.scheduler;
    this.#seed = options.noiseSeed ?? 1;
    this.#listeners = new Listeners(options.onListenerThrow);
    this.#stream = new CardStream({
      decoder: cardLineCodec.decoder(),
      scheduler: options.scheduler,
      onEvent: (event) => {
        if (this.#state === 'plugged') this.#listeners.tell(event);
      },
    });
  }

  /** True when nothing is under way: no bytes to send and no line begun. With a simulated clock, move it until then. */
  get idle(): boolean {
    return this.#jobs.length === 0 && !this.#stream.midFrame;
  }

  subscribe(listener: (event: CardReaderEvent) => void): () => void {
    return this.#state === 'closed' ? () => undefined : this.#listeners.add(listener);
  }

  /** Sends a card's bytes, by its stripe or its chip, with a fault. */
  swipe(card: VirtualCard, as: 'stripe' | 'chip', fault: LineFault = 'none'): void {
    const line = as === 'stripe' ? encodeStripeLine(card) : encodeChipLine(card);
    this.#add({ ...transmit(line, fault, this.#seed++), begun: false });
  }

  /** Sends any bytes as they are; a line ends with CR, LF or CR LF. */
  sendBytes(bytes: Uint8Array): void {
    this.#add({ bytes: Uint8Array.from(bytes), pauseMs: 0, begun: true });
  }

  /** Pulls the cable: a card half read is reported as such, then `gone`, once. */
  unplug(): void {
    if (this.#state !== 'plugged') return;
    this.#stop();
    this.#stream.endSwipe();
    this.#state = 'unplugged';
    this.#listeners.tell({ kind: 'gone', cause: 'unplugged' });
  }

  plug(): void {
    if (this.#state !== 'unplugged') return;
    this.#state = 'plugged';
    this.#listeners.tell({ kind: 'back' });
  }

  close(): Promise<void> {
    this.#state = 'closed';
    this.#stop();
    this.#stream.drop();
    return Promise.resolve();
  }

  #add(job: Job): void {
    if (this.#state !== 'plugged') return;
    this.#jobs.push(job);
    this.#work();
  }

  /** Sends what may be sent now. Called again after a pause; a listener that swipes from within an event only adds to
   *  the queue. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    for (let job = this.#next(); job !== null; job = this.#next()) {
      const chunk = job.bytes.subarray(0, chunkBytes);
      job.bytes = job.bytes.subarray(chunkBytes);
      this.#stream.receive(chunk);
      if (job.bytes.length === 0) this.#jobs = this.#jobs.filter((other) => other !== job);
      else if (job.pauseMs > 0 && this.#jobs.includes(job)) this.#wait(job.pauseMs);
    }
    this.#working = false;
  }

  /** The job to go on with, null when there is none or while it pauses. */
  #next(): Job | null {
    const job = this.#jobs[0];
    if (job === undefined || this.#pause !== null) return null;
    if (job.begun) return job;
    this.#stream.endSwipe();
    job.begun = true;
    return job;
  }

  #wait(pauseMs: number): void {
    const timer = this.#scheduler.setTimeout(() => {
      this.#pause = null;
      this.#work();
    }, pauseMs);
    this.#pause = { timer };
  }

  #stop(): void {
    this.#jobs = [];
    if (this.#pause !== null) this.#scheduler.clearTimeout(this.#pause.timer);
    this.#pause = null;
  }
}
