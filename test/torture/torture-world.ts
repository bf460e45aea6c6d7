import { TerminalPinKeys } from '../../src/app/keys/terminal-pin-keys.ts';

/** What the processes of the torture agree on. */

export interface TerminalArguments {
  readonly folder: string;
  readonly profile: string;
  readonly terminal: string;
  readonly number: number;
  readonly seed: number;
  /** Where the centre listens; null = it is in the terminal's own process. */
  readonly socket: string | null;
}

export interface CentreArguments {
  readonly folder: string;
  readonly profile: string;
  readonly socket: string;
}

/** Who buys: of the deck, a mother whose daughter's account pays what hers cannot, and the daughter herself. */
export const buyers: readonly string[] = ['demo.mother', 'demo.daughter'];

/** Of the terminal that reaches its centre over a socket. */
export const terminalName = 'P99000000001/T0000007';
export const terminalKey = new Uint8Array(16).fill(0x5a);

export function terminalPinKeys(): TerminalPinKeys {
  return new TerminalPinKeys({ terminalKey, formats: ['iso4-aes128'] });
}
