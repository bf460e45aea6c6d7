import { randomBytes } from 'node:crypto';
import type { PinKey } from '../../src/ports/pin-key.ts';
import { type PinEntry, type PinPad, PinPadFault, type PinPadInfo, type PinRequest } from '../../src/ports/pin-pad.ts';
import { Listeners } from '../listeners.ts';
import { SealedBox, type SealedMessage } from '../sealed-box.ts';
import { PinEntrySlot } from './pin-entry-slot.ts';

/** What the screen needs to show a PIN pad and to seal what is typed on it. */
export interface ScreenPinSession {
  readonly session: string;
  readonly length: number;
  readonly typed: number;
  /** P-256 public key of this session, uncompressed point, base64. */
  readonly publicKey: string;
}

/** The digits as the screen sends them. */
export interface SealedPin extends SealedMessage {
  readonly session: string;
}

/** A message from the screen that was ignored. `wrongSession`: no such session is open; `malformed`: it has not the form
 *  agreed on; `notOpened`: it does not open with the session's key. Says nothing of what was in it. */
export class ScreenPinFault extends Error {
  readonly code: 'wrongSession' | 'malformed' | 'notOpened';
  constructor(code: ScreenPinFault['code']) {
    super(`PIN from the screen ignored: ${code}`);
    this.name = 'ScreenPinFault';
    this.code = code;
  }
}

export interface ScreenPinPadOptions {
  /** The key that the PIN block is sealed with, and so its format. Asked for once per entry, when the customer has
   *  confirmed; it stays its owner's. */
  pinKey(): PinKey;
  /** The open session after each change, null when there is none. */
  onSession(session: ScreenPinSession | null): void;
  onFault(fault: ScreenPinFault): void;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** The agreement with the screen's half, src/ipc/pin-seal.ts. */
const info = 'gongji pin pad 1';
const plainBytes = 16;

interface OpenSession {
  readonly view: ScreenPinSession;
  readonly box: SealedBox;
}

/** The PIN pad of the kiosk: the keys are on a screen in another process, the digits cross to here sealed.
 *  Each entry has a session with a key pair of its own, which can be used once (`SealedBox`; salt: the session's text);
 *  the plain text is 16 bytes: length, one byte a digit, zeros. The first message that opens ends the session and drops
 *  its key.
 *  Errors: a message that is not of the open session, malformed or does not open is ignored and told to `onFault`; none
 *  throws. `PinPadFault` gone when the platform cannot make a key. */
export class ScreenPinPad implements PinPad {
  readonly info: PinPadInfo = { kind: 'screen', name: '屏幕密码键盘' };
  readonly #options: ScreenPinPadOptions;
  readonly #counts: Listeners<number>;
  readonly #slot = new PinEntrySlot(() => this.#closeSession());
  #session: OpenSession | null = null;
  #opening: Promise<void> = Promise.resolve();

  constructor(options: ScreenPinPadOptions) {
    this.#options = options;
    this.#counts = new Listeners(options.onListenerThrow);
  }

  async enter(request: PinRequest, signal: AbortSignal): Promise<PinEntry> {
    const entry = this.#slot.open(request, signal);
    this.#counts.tell(0);
    const mine = this.#slot.request;
    if (mine !== null) this.#openSession(mine).catch((cause) => this.#slot.fail(new PinPadFault('gone', { cause })));
    return entry;
  }

  subscribe(listener: (digitCount: number) => void): () => void {
    return this.#counts.add(listener);
  }

  /** The screen says how many digits stand on it. */
  typed(session: string, count: number): void {
    const open = this.#sessionOf(session);
    if (open === null) return;
    if (!Number.isInteger(count) || count < 0 || count > open.view.length) {
      this.#fault('malformed');
      return;
    }
    this.#session = { ...open, view: { ...open.view, typed: count } };
    this.#counts.tell(count);
    this.#options.onSession(this.#session.view);
  }

  /** The customer has confirmed. One message is opened at a time, in the order of arrival. */
  sealed(message: SealedPin): Promise<void> {
    const opened = this.#opening.then(() => this.#open(message));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  cancelled(session: string): void {
    if (this.#sessionOf(session) !== null) this.#slot.cancel();
  }

  async #openSession(request: PinRequest): Promise<void> {
    const box = await SealedBox.create();
    // The entry may have ended while the key was made.
    if (this.#slot.request !== request) return;
    const view: ScreenPinSession = {
      session: randomBytes(16).toString('hex'),
      length: request.length,
      typed: 0,
      publicKey: box.publicKey,
    };
    this.#session = { view, box };
    this.#options.onSession(view);
  }

  #closeSession(): void {
    const was = this.#session;
    this.#session = null;
    this.#counts.tell(0);
    if (was !== null) this.#options.onSession(null);
  }

  async #open(message: SealedPin): Promise<void> {
    const open = this.#sessionOf(message.session);
    if (open === null) return;
    const plain = await open.box.open(message, { salt: message.session, info, plainBytesMax: plainBytes });
    if (typeof plain === 'string') return this.#fault(plain);
    try {
      // `typed` replaces the session's object, so sessions are compared by name.
      if (this.#session?.view.session !== message.session) this.#fault('wrongSession');
      else this.#take(plain, open.view.length);
    } finally {
      plain.fill(0);
    }
  }

  #take(plain: Uint8Array, length: number): void {
    const digits = plain.subarray(1, 1 + length);
    const sound =
      plain.length === plainBytes &&
      plain[0] === length &&
      digits.every((digit) => digit <= 9) &&
      plain.subarray(1 + length).every((byte) => byte === 0);
    if (sound) this.#slot.seal(digits, this.#options.pinKey);
    else this.#fault('malformed');
  }

  #sessionOf(session: string): OpenSession | null {
    if (this.#session?.view.session === session) return this.#session;
    this.#fault('wrongSession');
    return null;
  }

  #fault(code: ScreenPinFault['code']): void {
    this.#options.onFault(new ScreenPinFault(code));
  }
}
