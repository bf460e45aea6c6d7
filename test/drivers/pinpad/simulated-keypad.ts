import type { PadKey, SimulatedPad } from './simulated-line.ts';

const codes: Readonly<Record<string, number>> = { confirm: 0x0d, backspace: 0x08, clear: 0x7f, cancel: 0x1b };

/** A keypad that sends every key in clear, asked or not, digits with the top bit set. */
export class SimulatedKeypad implements SimulatedPad {
  say: (bytes: Uint8Array) => void = () => undefined;
  dead = false;
  asks = false;

  hear(bytes: Uint8Array): void {
    if (bytes[0] === 0x82) this.asks = true;
    if (bytes[0] === 0x83) this.asks = false;
  }

  press(key: PadKey): void {
    if (!this.dead) this.say(Uint8Array.of(typeof key === 'number' ? 0xb0 + key : (codes[key] ?? 0)));
  }
}
