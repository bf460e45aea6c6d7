import { type PinEntry, type PinPad, PinPadFault, type PinPadInfo, type PinRequest } from '../../src/ports/pin-pad.ts';
import type { LinkState } from '../device-link.ts';
import { Listeners } from '../listeners.ts';

/** A PIN pad that may be unplugged. */
export interface HardwarePinPad extends PinPad {
  readonly connected: boolean;
  onState(listener: (state: LinkState) => void): () => void;
}

export interface FallbackPinPadOptions {
  readonly hardware: HardwarePinPad;
  readonly screen: PinPad;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** The hardware pad where there is one, else the screen's. One that is lost or fails during an entry hands it to the screen,
 *  which starts with no digits, so that the sale goes on; one that comes back is used from the next entry on.
 *  Holds: one of the two has an entry open, never both, and only its digits are told. */
export class FallbackPinPad implements PinPad {
  readonly #hardware: HardwarePinPad;
  readonly #screen: PinPad;
  readonly #counts: Listeners<number>;
  #active: PinPad | null = null;

  constructor({ hardware, screen, onListenerThrow }: FallbackPinPadOptions) {
    this.#hardware = hardware;
    this.#screen = screen;
    this.#counts = new Listeners(onListenerThrow);
    for (const pad of [hardware, screen]) {
      pad.subscribe((digitCount) => {
        if (this.#active === pad) this.#counts.tell(digitCount);
      });
    }
  }

  /** Of the pad that has the entry, or would get the next. */
  get info(): PinPadInfo {
    return (this.#active ?? this.#preferred()).info;
  }

  async enter(request: PinRequest, signal: AbortSignal): Promise<PinEntry> {
    if (this.#active !== null) throw new PinPadFault('busy');
    try {
      const first = this.#preferred();
      return await this.#enterAt(first, request, signal).catch((fault: unknown) => {
        if (first === this.#screen || !(fault instanceof PinPadFault) || fault.code === 'busy') throw fault;
        return this.#enterAt(this.#screen, request, signal);
      });
    } finally {
      this.#active = null;
    }
  }

  subscribe(listener: (digitCount: number) => void): () => void {
    return this.#counts.add(listener);
  }

  #preferred(): PinPad {
    return this.#hardware.connected ? this.#hardware : this.#screen;
  }

  #enterAt(pad: PinPad, request: PinRequest, signal: AbortSignal): Promise<PinEntry> {
    this.#active = pad;
    return pad.enter(request, signal);
  }
}
