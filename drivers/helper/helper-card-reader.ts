import iconv from 'iconv-lite';
import type { CardRead, CardReader, CardReaderEvent, CardReaderInfo } from '../../src/ports/card-reader.ts';
import { repeats } from '../card-stream.ts';
import { cardReadOf } from '../codec/card-read-of.ts';
import type { HelperAnswer, HelperDialect } from '../codec/helper-reply.ts';
import { LinkedDevice, type LinkedDeviceOptions } from '../linked-device.ts';
import { createHelperTransport } from './helper-transport.ts';

export interface HelperCardReaderOptions extends Omit<LinkedDeviceOptions, 'transport'> {
  readonly name: string;
  readonly url: string;
  readonly dialect: HelperDialect;
  readonly allowRemote?: boolean;
}

/** Between an answer and the next call. */
const pauseMs = 500;
/** How many refusals in a row mean that the card is out, where the service has no word for it. One alone may be a bad
 *  contact. */
const refusalsMax = 2;

/** A card reader behind a vendor's service, which is asked for a card again and again while somebody listens.
 *  Holds: a card is read once for as long as it stays in the reader, also across a lost connection; after a failed read of
 *  it, a good one still counts. That there is no card is no event. */
export class HelperCardReader extends LinkedDevice<CardReaderEvent> implements CardReader {
  readonly info: CardReaderInfo;
  readonly #options: HelperCardReaderOptions;
  #listenerCount = 0;
  #pause: { readonly timer: unknown } | null = null;
  /** What the card in the reader gave, null while there is none. */
  #inside: CardRead | null = null;
  #refusals = 0;
  /** The service has a word for "no card": a refusal is then something else. */
  #saysWaiting = false;

  constructor(options: HelperCardReaderOptions) {
    const { name, url, dialect, scheduler, allowRemote = false, retryMs, onListenerThrow } = options;
    const speaksUnasked = dialect.request === null;
    super({
      transport: createHelperTransport({ name, url, scheduler, speaksUnasked, allowRemote }),
      scheduler,
      ...(retryMs && { retryMs }),
      ...(onListenerThrow && { onListenerThrow }),
    });
    this.#options = options;
    this.info = { kind: 'helper', name };
  }

  override subscribe(listener: (event: CardReaderEvent) => void): () => void {
    if (this.isClosed) return () => undefined;
    const leave = super.subscribe(listener);
    let isIn = true;
    this.#listenerCount += 1;
    if (this.#listenerCount === 1) this.#callIn(0);
    return () => {
      leave();
      if (isIn) this.#listenerCount -= 1;
      isIn = false;
      if (this.#listenerCount === 0) this.#stopPause();
    };
  }

  protected connected(): void {
    this.#callIn(0);
  }

  protected received(message: Uint8Array): void {
    this.#take(this.#options.dialect.decode(textOf(message)));
    this.#callIn(pauseMs);
  }

  protected over(): void {
    this.#stopPause();
  }

  #callIn(delayMs: number): void {
    const { dialect, scheduler } = this.#options;
    const { request } = dialect;
    this.#stopPause();
    if (request === null || this.isClosed || this.#listenerCount === 0 || this.state.kind !== 'connected') return;
    const timer = scheduler.setTimeout(() => {
      this.#pause = null;
      // A call that cannot be made, or has no answer, ends the connection, and the next connection calls anew; one that
      // is refused because an answer is still owed is made after that answer.
      this.write(Buffer.from(request)).catch(() => undefined);
    }, delayMs);
    this.#pause = { timer };
  }

  #take(answer: HelperAnswer): void {
    if ('waiting' in answer) {
      this.#saysWaiting = true;
      this.#inside = null;
      return;
    }
    if (!this.#saysWaiting && !answer.ok && answer.reason === 'refused') {
      this.#refusals += 1;
      if (this.#refusals >= refusalsMax) this.#inside = null;
      return;
    }
    this.#refusals = 0;
    const read = cardReadOf(answer);
    if (this.#inside !== null && repeats(read, this.#inside)) return;
    this.#inside = read;
    this.tell({ kind: 'reading' });
    this.tell({ kind: 'read', read });
  }

  #stopPause(): void {
    if (this.#pause !== null) this.#options.scheduler.clearTimeout(this.#pause.timer);
    this.#pause = null;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Text frames are UTF-8 by the protocol; services built on a GBK library send that as bytes. */
function textOf(message: Uint8Array): string {
  try {
    return utf8.decode(message);
  } catch {
    return iconv.decode(message, 'gbk');
  }
}
