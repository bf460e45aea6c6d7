import type { PinKey } from '../../src/ports/pin-key.ts';
import type { PinEntry, PinPad, PinPadInfo, PinRequest } from '../../src/ports/pin-pad.ts';
import { Listeners } from '../listeners.ts';
import { PinBuffer } from './pin-buffer.ts';
import { PinEntrySlot } from './pin-entry-slot.ts';

export type PinPadKey = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 'backspace' | 'clear' | 'confirm' | 'cancel';

export interface VirtualPinPadOptions {
  /** The key that the PIN block is sealed with, and so its format. Asked for once per entry, when the customer has
   *  confirmed; it stays its owner's. */
  pinKey(): PinKey;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** A PIN pad without a device: keys come from a scenario, the command line or a test. Confirming too few digits does
 *  nothing, further digits are not taken, keys while no entry is open are ignored. */
export class VirtualPinPad implements PinPad {
  readonly info: PinPadInfo = { kind: 'virtual', name: '虚拟密码键盘' };
  readonly #options: VirtualPinPadOptions;
  readonly #digits = new PinBuffer();
  readonly #counts: Listeners<number>;
  readonly #slot = new PinEntrySlot(() => this.#wipe());

  constructor(options: VirtualPinPadOptions) {
    this.#options = options;
    this.#counts = new Listeners(options.onListenerThrow);
  }

  /** True while a PIN is asked for. */
  get open(): boolean {
    return this.#slot.request !== null;
  }

  async enter(request: PinRequest, signal: AbortSignal): Promise<PinEntry> {
    const entry = this.#slot.open(request, signal);
    this.#wipe();
    return entry;
  }

  subscribe(listener: (digitCount: number) => void): () => void {
    return this.#counts.add(listener);
  }

  key(key: PinPadKey): void {
    const { request } = this.#slot;
    if (request === null) return;
    switch (key) {
      case 'confirm':
        if (this.#digits.count === request.length) this.#slot.seal(this.#digits.view(), this.#options.pinKey);
        return;
      case 'cancel':
        this.#slot.cancel();
        return;
      case 'clear':
        this.#wipe();
        return;
      case 'backspace':
        this.#digits.backspace();
        break;
      default:
        if (this.#digits.count === request.length || !this.#digits.push(key)) return;
    }
    this.#counts.tell(this.#digits.count);
  }

  /** Presses the digits of a text, one after the other. Errors: `RangeError` for text that is not digits, without it. */
  type(digits: string): void {
    if (!/^\d*$/.test(digits)) throw new RangeError('only digits can be typed');
    for (const digit of digits) this.key(Number(digit) as PinPadKey);
  }

  #wipe(): void {
    this.#digits.wipe();
    this.#counts.tell(0);
  }
}
