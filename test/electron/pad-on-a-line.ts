import type { PseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import type { SimulatedPad } from '../drivers/pinpad/simulated-line.ts';

const [etx, so] = [0x03, 0x0e];
const oneByte = [0x04, 0x06, 0x15];

/** Connects a simulated pad to a serial line. `framing`: a line cuts and joins what was written in one piece; Verifone's
 *  packets say where they end, the others' commands come one at a time. */
export function putPadOnLine(pad: SimulatedPad, line: PseudoTerminal, framing: 'verifone' | 'none'): void {
  // A pad whose cable is out talks to nobody.
  pad.say = (bytes) => void line.write(bytes).catch(() => undefined);
  let heard: number[] = [];
  line.onData((chunk) => {
    if (framing === 'none') return pad.hear(chunk);
    for (const byte of chunk) {
      heard.push(byte);
      const isWhole = heard.length === 1 ? oneByte.includes(byte) : [etx, so].includes(heard.at(-2) ?? 0);
      if (!isWhole) continue;
      pad.hear(Uint8Array.from(heard));
      heard = [];
    }
  });
}
