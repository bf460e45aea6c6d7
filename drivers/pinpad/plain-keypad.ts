import type { PinKey } from '../../src/ports/pin-key.ts';
import { type PlainKey, plainKeyOf, plainKeypadStart, plainKeypadStop } from '../codec/plain-keypad.ts';
import { DevicePinPad, type DevicePinPadOptions, type PadLine, type PadTalk } from './device-pin-pad.ts';
import { PinBuffer } from './pin-buffer.ts';

export interface PlainKeypadKeys {
  /** The key that the PIN block is sealed with, and so its format. Asked for once per entry, when the customer has
   *  confirmed; it stays its owner's. */
  pinKey(): PinKey;
}

/** A numeric keypad that sends its keys in clear: they go into our buffer, and the block is sealed here. */
export class PlainKeypad extends DevicePinPad {
  constructor(options: DevicePinPadOptions & PlainKeypadKeys) {
    super(options, (line) => new PlainKeypadTalk(line, options.pinKey));
  }
}

/** How long after the stop byte a key may still be under way. */
export const plainKeypadSettleMs = 200;

class PlainKeypadTalk implements PadTalk {
  readonly #line: PadLine;
  readonly #pinKey: () => PinKey;
  readonly #digits = new PinBuffer();
  #phase: 'settling' | 'idle' | 'typing' = 'idle';

  constructor(line: PadLine, pinKey: () => PinKey) {
    this.#line = line;
    this.#pinKey = pinKey;
  }

  connected(): void {
    this.#settle();
  }

  receive(chunk: Uint8Array): void {
    for (const byte of chunk) {
      const key = plainKeyOf(byte);
      if (key !== null) this.#press(key);
    }
    // The system's buffer is no place for digits either.
    chunk.fill(0);
  }

  entryOpened(): void {
    if (this.#phase === 'idle') this.#rest();
  }

  entryEnded(): void {
    this.#digits.wipe();
    if (this.#phase === 'typing') this.#settle();
  }

  dropped(): void {
    this.#digits.wipe();
  }

  #press(key: PlainKey): void {
    const { request } = this.#line;
    if (request === null || this.#phase !== 'typing') return;
    switch (key) {
      case 'confirm':
        if (this.#digits.count === request.length) this.#line.seal(this.#digits.view(), this.#pinKey);
        return;
      case 'cancel':
        this.#line.cancelled();
        return;
      case 'clear':
        this.#digits.wipe();
        break;
      case 'backspace':
        this.#digits.backspace();
        break;
      default:
        if (this.#digits.count === request.length || !this.#digits.push(key)) return;
    }
    this.#line.typed(this.#digits.count);
  }

  #settle(): void {
    this.#phase = 'settling';
    this.#line.wait(plainKeypadSettleMs, () => this.#rest());
    this.#line.write(plainKeypadStop);
  }

  /** No key of an older entry is under way any more. An entry that has been waiting for that begins. */
  #rest(): void {
    this.#phase = 'idle';
    if (this.#line.request === null) return;
    this.#phase = 'typing';
    this.#line.write(plainKeypadStart);
  }
}
