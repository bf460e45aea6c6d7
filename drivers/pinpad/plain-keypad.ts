import { type PlainKey, plainKeyOf, plainKeypadStart, plainKeypadStop } from '../codec/plain-keypad.ts';
import { DevicePinPad, type DevicePinPadOptions, type PadLine, type PadTalk } from './device-pin-pad.ts';
import { PinBuffer } from './pin-buffer.ts';

export interface PlainKeypadKeys {
  /** The AES-128 key that PIN blocks are sealed with, 16 bytes. Asked for once per entry; it stays its owner's. */
  pinBlockKey(): Uint8Array;
}

/** A numeric keypad that sends its keys in clear: they go into our buffer, and the block is sealed here (format 4). */
export class PlainKeypad extends DevicePinPad {
  constructor(options: DevicePinPadOptions & PlainKeypadKeys) {
    super(options, (line) => new PlainKeypadTalk(line, options.pinBlockKey));
  }
}

/** How long after the stop byte a key may still be under way. */
export const plainKeypadSettleMs = 200;

class PlainKeypadTalk implements PadTalk {
  readonly #line: PadLine;
  readonly #pinBlockKey: () => Uint8Array;
  readonly #digits = new PinBuffer();
  #phase: 'settling' | 'idle' | 'typing' = 'idle';

  constructor(line: PadLine, pinBlockKey: () => Uint8Array) {
    this.#line = line;
    this.#pinBlockKey = pinBlockKey;
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

  #press(key: PlainKey): void {
    const { request } = this.#line;
    if (request === null || this.#phase !== 'typing') return;
    switch (key) {
      case 'confirm':
        if (this.#digits.count === request.length) this.#line.seal(this.#digits.view(), this.#pinBlockKey);
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
