import { type PadKey, padPinBlock, padTdes, type SimulatedPad } from './simulated-line.ts';

/** A Chinese counter pad with ESC commands: working keys under its master key 0, a PIN length, ANSI X9.8. It forgets its
 *  working keys with its power, so with its cable. */
export class SimulatedCnEscPad implements SimulatedPad {
  say: (bytes: Uint8Array) => void = () => undefined;
  readonly #masterKey: Uint8Array;
  #workKey: Uint8Array | null = null;
  #pinLength = 0;
  #entry: { readonly twelveDigits: string; pin: number[] } | null = null;
  #held: string | null = null;
  dead = false;
  /** Keeps PIN blocks back. */
  holds = false;
  /** Confirms commands as PSBC pads do, and puts the key's length before a block. */
  psbc = false;

  constructor(masterKey: Uint8Array) {
    this.#masterKey = masterKey;
  }

  get asks(): boolean {
    return this.#entry !== null;
  }

  hear(bytes: Uint8Array): void {
    if (this.dead) return;
    if (bytes[0] === 0x83) {
      // What it was asked for is answered, as by the cancel key.
      if (this.#entry !== null) this.#cancel();
      return;
    }
    const command = Buffer.from(bytes).toString('latin1');
    if (command.startsWith('\x1bku')) this.#load(bytes);
    else if (command.startsWith('\x1bN')) this.#size(bytes);
    else if (command.startsWith('\x1bic')) this.#ask(command);
    else this.#reply('ER');
  }

  press(key: PadKey): void {
    const entry = this.#entry;
    if (entry === null) return;
    if (typeof key === 'number') {
      if (entry.pin.length < this.#pinLength) entry.pin.push(key);
    } else if (key === 'backspace') {
      entry.pin.pop();
    } else if (key === 'clear') {
      entry.pin = [];
    } else if (key === 'cancel') {
      this.#cancel();
    } else if (entry.pin.length === this.#pinLength && this.#workKey !== null) {
      this.#entry = null;
      const block = split(Buffer.from(padPinBlock(entry.pin, entry.twelveDigits, this.#workKey), 'hex'));
      const answer = this.psbc ? `${split(Uint8Array.of(2))}${block}` : block;
      if (this.holds) this.#held = answer;
      else this.#reply(answer);
    }
  }

  release(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#reply(held);
  }

  powerOff(): void {
    this.#workKey = null;
    this.#entry = null;
  }

  #load(bytes: Uint8Array): void {
    const blocks = (bytes[5] ?? 0) - 0x30;
    const key = padTdes('decrypt', joined(bytes.subarray(6, 6 + blocks * 16)), this.#masterKey);
    const check = padTdes('encrypt', new Uint8Array(8), key).subarray(0, 4);
    const sound = Buffer.compare(check, joined(bytes.subarray(6 + blocks * 16))) === 0;
    if (sound) this.#workKey = key;
    this.#reply(sound ? 'OK' : 'ER');
  }

  #size(bytes: Uint8Array): void {
    [this.#pinLength = 0] = joined(bytes.subarray(2));
    if (this.psbc) this.say(Uint8Array.of(0x02, 0xaa, 0x03));
    else this.#reply('OK');
  }

  #ask(command: string): void {
    if (this.#workKey === null) {
      this.#reply('ER');
      return;
    }
    this.#entry = { twelveDigits: command.slice(6), pin: [] };
    if (this.psbc) this.#reply('OK');
  }

  #cancel(): void {
    this.#entry = null;
    this.#reply('ER');
  }

  #reply(body: string): void {
    this.say(Uint8Array.of(0x02, ...Buffer.from(body, 'latin1'), 0x03));
  }
}

function split(bytes: Uint8Array): string {
  return [...bytes].map((byte) => String.fromCharCode(0x30 + (byte >> 4), 0x30 + (byte & 15))).join('');
}

function joined(nibbles: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: nibbles.length >> 1 }, (_, at) => {
    return (((nibbles[2 * at] ?? 0) & 15) << 4) | ((nibbles[2 * at + 1] ?? 0) & 15);
  });
}
