import { accountDigits, tdesBlocks } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import type { PinRequest } from '../../src/ports/pin-pad.ts';
import type { Decoded } from '../codec/decoded.ts';
import {
  encodeAnsiPinRequest,
  encodeInputCancel,
  encodePinLength,
  encodeWorkKey,
  pinpadCnEscCodec,
} from '../codec/pinpad-cn-esc.ts';
import { DevicePinPad, type DevicePinPadOptions, type PadLine, type PadTalk } from './device-pin-pad.ts';
import { sealedSessionKey } from './session-key.ts';

export interface CnEscKeys {
  /** The pad's master key, 16 bytes. */
  readonly masterKey: Uint8Array;
  /** Where the keys stand in the pad, from 0. */
  readonly slots?: { readonly masterKey: number; readonly workKey: number };
  /** The key that the pad seals with, for TDES. Asked for once per entry, and loaded into the pad when it is another one;
   *  it stays its owner's. */
  pinKey(): PinKey;
}

/** A Chinese counter PIN pad with ESC commands. Its PIN blocks are passed on untouched; it tells no digits.
 *  `ER` to the request for a PIN is what the pad says when the customer presses cancel or lets its time run out, so it ends
 *  the entry as cancelled; `ER` to anything else is `failed`. */
export class CnEscPinPad extends DevicePinPad {
  constructor(options: DevicePinPadOptions & CnEscKeys) {
    super(options, (line) => new CnEscTalk(line, options));
  }
}

/** How long a pad may take to answer a command that waits for nobody. */
export const cnEscAnswerMs = 2000;

/** How long after the cancel byte, which has no answer of its own, an answer to what it cancelled may still come. */
export const cnEscSettleMs = 500;

/** settling: the cancel byte is out, whatever comes is of an older entry. loading, sizing: the working key, the PIN length
 *  is out. waiting: the customer types. */
type Phase = 'settling' | 'idle' | 'loading' | 'sizing' | 'waiting';

/** Replies carry no number, so what belongs together follows from the order: before each request for a PIN the PIN length
 *  is set anew, and a block counts only after that is confirmed; one that comes sooner is of an entry before. */
class CnEscTalk implements PadTalk {
  readonly #line: PadLine;
  readonly #keys: CnEscKeys;
  readonly #slots: { readonly masterKey: number; readonly workKey: number };
  readonly #decoder = pinpadCnEscCodec.decoder();
  #phase: Phase = 'idle';
  /** The id of the key that is in the pad, as far as this connection knows. */
  #loaded: string | null = null;
  /** Of the key that this entry is sealed with. */
  #keyId: string | null = null;

  constructor(line: PadLine, keys: CnEscKeys) {
    this.#line = line;
    this.#keys = keys;
    this.#slots = keys.slots ?? { masterKey: 0, workKey: 0 };
  }

  connected(): void {
    this.#settle();
  }

  receive(chunk: Uint8Array): void {
    for (const decoded of this.#decoder.push(chunk)) this.#take(decoded);
  }

  entryOpened(): void {
    this.#keyId = null;
    if (this.#phase === 'idle') this.#rest();
  }

  entryEnded(): void {
    if (this.#phase !== 'settling' && this.#phase !== 'idle') this.#settle();
  }

  #take(decoded: Decoded): void {
    const { request } = this.#line;
    if (request === null || this.#phase === 'settling' || this.#phase === 'idle') return;
    if (!decoded.ok) {
      // Bytes between replies mean nothing, but half a byte cannot be asked for again.
      if (decoded.reason === 'wrongLength' && this.#phase === 'waiting') this.#line.failed();
      return;
    }
    if (decoded.kind !== 'pinpad') return;
    const { message, fields } = decoded;
    if (this.#phase === 'waiting') {
      if (message === 'data') this.#block(fields.data ?? '');
      if (message === 'error') this.#done(() => this.#line.cancelled());
    } else if (message === 'error') {
      this.#line.failed();
    } else if (message === 'ok') {
      if (this.#phase === 'loading') this.#loaded = this.#keyId;
      this.#next(request);
    }
  }

  /** Eight bytes, or nine when the length of the key, in blocks or bytes, stands before them. */
  #block(hex: string): void {
    if (hex.length !== 16 && hex.length !== 18) this.#line.failed();
    else this.#done(() => this.#line.entered({ format: 'iso0-tdes', keyId: this.#keyId ?? '', hex: hex.slice(-16) }));
  }

  /** The pad has ended the entry itself: there is nothing to cancel. */
  #done(end: () => void): void {
    this.#phase = 'idle';
    end();
  }

  #settle(): void {
    this.#phase = 'settling';
    this.#line.wait(cnEscSettleMs, () => this.#rest());
    this.#line.write(encodeInputCancel());
  }

  /** Nothing is out. An entry that has been waiting for that begins. */
  #rest(): void {
    this.#phase = 'idle';
    const { request } = this.#line;
    if (request !== null) this.#next(request);
  }

  #next(request: PinRequest): void {
    try {
      if (this.#keyId === null) {
        const key = this.#keys.pinKey();
        this.#keyId = key.keyId;
        if (key.keyId !== this.#loaded) {
          this.#loaded = null;
          this.#command('loading', workKeyCommand(this.#slots, key, this.#keys.masterKey));
          return;
        }
      }
      if (this.#phase !== 'sizing') {
        this.#command('sizing', encodePinLength(request.length));
      } else {
        const asked = encodeAnsiPinRequest(this.#slots, accountDigits(request.pan.expose()));
        this.#phase = 'waiting';
        this.#line.stopWaiting();
        this.#line.write(asked);
      }
    } catch (cause) {
      this.#line.failed(cause);
    }
  }

  #command(phase: Phase, bytes: Uint8Array): void {
    this.#phase = phase;
    this.#line.wait(cnEscAnswerMs, () => this.#line.failed());
    this.#line.write(bytes);
  }
}

/** The check value is the first four bytes of zeros under the key. Errors: `RangeError` for a key of a wrong shape. */
function workKeyCommand(
  slots: { readonly masterKey: number; readonly workKey: number },
  key: PinKey,
  masterKey: Uint8Array,
): Uint8Array {
  const sealed = sealedSessionKey(key, masterKey);
  const check = new Uint8Array(8);
  tdesBlocks('seal', check, key.key);
  return encodeWorkKey(slots, sealed, check.subarray(0, 4));
}
