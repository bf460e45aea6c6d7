import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type Connection, type ConnectionEvents, DeviceFault, type Transport } from '../../../drivers/transport.ts';

/** The device's side of a line: what it says goes to `say` when somebody is connected, and nowhere otherwise. */
export interface SimulatedPad {
  say: (bytes: Uint8Array) => void;
  hear(bytes: Uint8Array): void;
  press(key: PadKey): void;
}
export type PadKey = number | 'backspace' | 'clear' | 'confirm' | 'cancel';

/** A cable to a simulated pad that can be pulled. Bytes come in small chunks. */
export class SimulatedLine implements Transport {
  readonly kind = 'serial';
  readonly name = '仿真键盘';
  /** What each connection was sent, packets in their order. */
  readonly sent: Uint8Array[][] = [];
  /** What it has handed over, as it is left. */
  readonly given: Uint8Array[] = [];
  /** What is put between two packets of the device. */
  noise = new Uint8Array();
  chunkBytes = 3;
  takesNothing = false;
  #plugged = true;
  #events: ConnectionEvents | null = null;
  #onChange: () => void = () => undefined;
  readonly #pad: SimulatedPad;

  constructor(pad: SimulatedPad) {
    this.#pad = pad;
    pad.say = (bytes) => this.say(Uint8Array.from([...this.noise, ...bytes, ...this.noise]));
  }

  async connect(events: ConnectionEvents): Promise<Connection> {
    if (!this.#plugged) throw new DeviceFault('notFound', 'not plugged in');
    this.#events = events;
    const sent: Uint8Array[] = [];
    this.sent.push(sent);
    return {
      write: async (bytes) => {
        if (this.#events !== events || this.takesNothing) throw new DeviceFault('gone', 'unplugged');
        sent.push(Uint8Array.from(bytes));
        this.#pad.hear(Uint8Array.from(bytes));
      },
      close: async () => {
        if (this.#events === events) this.#events = null;
      },
    };
  }

  watch(onChange: () => void): () => void {
    this.#onChange = onChange;
    return () => {
      this.#onChange = () => undefined;
    };
  }

  /** Any bytes from the device's side. */
  say(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += this.chunkBytes) {
      const chunk = bytes.slice(at, at + this.chunkBytes);
      this.given.push(chunk);
      this.#events?.onChunk(chunk);
    }
  }

  unplug(): void {
    this.#plugged = false;
    const events = this.#events;
    this.#events = null;
    events?.onGone(new DeviceFault('gone', 'unplugged'));
  }

  plug(): void {
    this.#plugged = true;
    this.#onChange();
  }
}

/** The pad's own cryptography, apart from the program's: TDES by the name that takes the two-part key as it is, and the
 *  fields of ANSI X9.8 as hex text. */
export function padTdes(direction: 'encrypt' | 'decrypt', blocks: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher =
    direction === 'encrypt' ? createCipheriv('des-ede', key, null) : createDecipheriv('des-ede', key, null);
  cipher.setAutoPadding(false);
  return cipher.update(blocks);
}

export function padPinBlock(pin: readonly number[], twelveDigits: string, key: Uint8Array): string {
  const field = BigInt(`0x0${pin.length.toString(16)}${pin.join('').padEnd(14, 'F')}`);
  const clear = (field ^ BigInt(`0x0000${twelveDigits}`)).toString(16).padStart(16, '0');
  return Buffer.from(padTdes('encrypt', Buffer.from(clear, 'hex'), key))
    .toString('hex')
    .toUpperCase();
}

/** Lets promises and what hangs on them run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
