import { type Secret, secret } from '../../src/domain/secret.ts';
import type { Scheduler } from '../scheduler.ts';
import { SealedBox, type SealedMessage } from '../sealed-box.ts';
import { KeyboardCardReader } from './keyboard-card-reader.ts';
import { isCardLine } from './keyboard-codec.ts';
import { KeyboardScanner } from './keyboard-scanner.ts';

/** A message from a screen that was ignored. `malformed`: it has not the form agreed on; `notOpened`: it was not sealed
 *  for us. Says nothing of what was in it. */
export class WedgeFault extends Error {
  readonly code: 'malformed' | 'notOpened';
  constructor(code: WedgeFault['code']) {
    super(`typed line from the screen ignored: ${code}`);
    this.name = 'WedgeFault';
    this.code = code;
  }
}

export interface WedgeInputOptions {
  readonly scheduler: Scheduler;
  onFault(fault: WedgeFault): void;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** The agreement with the screen's half, src/ipc/wedge-seal.ts. */
const agreement = { salt: 'gongji', info: 'gongji keyboard wedge 1', plainBytesMax: 1024 } as const;

/** What card readers and scanners type into our screens: they withhold it from every field and seal it, here it is opened
 *  and becomes the events of a card reader or of a scanner.
 *  Errors: a message that is malformed or does not open is ignored and told to `onFault`; none throws. */
export class WedgeInput {
  readonly reader: KeyboardCardReader;
  readonly scanner: KeyboardScanner;
  readonly #box: SealedBox;
  readonly #options: WedgeInputOptions;
  #opening: Promise<void> = Promise.resolve();

  private constructor(box: SealedBox, options: WedgeInputOptions) {
    const { scheduler, onListenerThrow } = options;
    this.#box = box;
    this.#options = options;
    this.reader = new KeyboardCardReader({ scheduler, ...(onListenerThrow && { onListenerThrow }) });
    this.scanner = new KeyboardScanner(onListenerThrow);
  }

  static async open(options: WedgeInputOptions): Promise<WedgeInput> {
    return new WedgeInput(await SealedBox.create(), options);
  }

  /** For `Hello.wedgeKey`. */
  get publicKey(): string {
    return this.#box.publicKey;
  }

  /** A screen sees that a card's line has begun. */
  began(): void {
    this.#opening = this.#opening.then(() => this.reader.begin());
  }

  /** A screen hands over a line. Lines are opened one at a time, in the order of arrival. */
  sealed(message: SealedMessage): Promise<void> {
    const opened = this.#opening.then(() => this.#open(message));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  /** A line that somebody typed himself, such as a card number: nobody's events, only for whoever asked. Null when it does
   *  not open. */
  async typed(message: SealedMessage): Promise<Secret<string> | null> {
    const line = await this.#box.open(message, agreement);
    if (typeof line === 'string') {
      this.#options.onFault(new WedgeFault(line));
      return null;
    }
    const text = secret(Buffer.from(line).toString('utf8'));
    line.fill(0);
    return text;
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.scanner.close();
  }

  async #open(message: SealedMessage): Promise<void> {
    const line = await this.#box.open(message, agreement);
    if (typeof line === 'string') return this.#options.onFault(new WedgeFault(line));
    if (isCardLine(Buffer.from(line).toString('latin1'))) this.reader.line(line);
    else this.scanner.line(line);
    line.fill(0);
  }
}
