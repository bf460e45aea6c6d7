import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { VirtualCard } from '../../../drivers/codec/card-line.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../../drivers/pty/pseudo-terminal.ts';
import { type LineFault, lineFaults } from '../../../drivers/virtual/line-fault.ts';
import { PtySwiper } from './pty-swiper.ts';

export interface ServeReaderOptions {
  /** The deck's cards by `household.person`. */
  readonly cards: ReadonlyMap<string, VirtualCard>;
  /** A name for the line, as a symbolic link. */
  readonly link?: string;
  /** How a card is read when the command does not say. */
  readonly as: 'stripe' | 'chip';
  /** Commands, a line each; the end of it ends the reader. */
  readonly input: Readable;
  /** Takes a line of output; the first is the path of the reader. */
  print(line: string): void;
  /** Ends the reader early. */
  readonly signal?: AbortSignal;
}

const serveReaderHelp = [
  'PERSON [stripe|chip] [none|half|noise|double|slow|reversed]   swipe the card of a person of the deck',
  'hex BYTES                                                     send bytes as they are, such as: hex 25 42 0d',
  'people                                                        whose cards there are',
  'help, quit',
] as const;

type ReaderCommand =
  | { readonly kind: 'nothing' | 'help' | 'people' | 'quit' }
  | { readonly kind: 'hex'; readonly bytes: Uint8Array }
  | { readonly kind: 'swipe'; readonly person: string; readonly as: 'stripe' | 'chip'; readonly fault: LineFault }
  | { readonly kind: 'mistake'; readonly text: string };

/** At the end of the commands: until the program at the other end has taken the last bytes, which the end of the line
 *  would throw away. */
const lastBytesMs = 300;
const shownBytesMax = 16;

/** A serial card reader for any other program, on a pseudo-terminal. Swipes what the commands say, one after the other;
 *  mistakes are told and passed over. Resolves at the end of the commands or at `signal`. Errors: `DeviceFault` of
 *  `openPseudoTerminal`. */
export async function serveReader(options: ServeReaderOptions): Promise<void> {
  const { cards, as, input, print, link, signal } = options;
  const terminal = await openPseudoTerminal(link === undefined ? {} : { link });
  try {
    print(terminal.path);
    terminal.onData((chunk) => print(`the program sent ${shownBytes(chunk)}`));
    const swiper = new PtySwiper(terminal);
    const lines = createInterface({ input, ...(signal && { signal }) });
    for await (const line of lines) {
      const command = parseReaderCommand(line, [...cards.keys()], as);
      if (command.kind === 'quit') break;
      for (const told of await obey(terminal, swiper, command, cards)) print(told);
    }
    if (signal?.aborted !== true) await pause(lastBytesMs);
  } finally {
    // Else a pipe that nobody ends would keep the program alive.
    input.destroy();
    await terminal.close();
  }
}

async function obey(
  terminal: PseudoTerminal,
  swiper: PtySwiper,
  command: ReaderCommand,
  cards: ReadonlyMap<string, VirtualCard>,
): Promise<readonly string[]> {
  switch (command.kind) {
    case 'nothing':
    case 'quit':
      return [];
    case 'help':
      return serveReaderHelp;
    case 'people':
      return [...cards.keys()];
    case 'mistake':
      return [command.text];
    case 'hex':
      return [await sent(`${command.bytes.length} bytes`, () => terminal.write(command.bytes))];
    case 'swipe': {
      const { person, as, fault } = command;
      const card = cards.get(person);
      if (card === undefined) return [];
      const what = `${person} ${as}${fault === 'none' ? '' : ` ${fault}`}`;
      return [await sent(what, () => swiper.swipe(card, as, fault))];
    }
  }
}

async function sent(what: string, run: () => Promise<void>): Promise<string> {
  try {
    await run();
    return `sent ${what}`;
  } catch (thrown) {
    return `not sent: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** Understands a line of commands. `people`: who has a card. Never throws. */
export function parseReaderCommand(line: string, people: readonly string[], usual: 'stripe' | 'chip'): ReaderCommand {
  const [first = '', ...rest] = line.trim().split(/\s+/);
  if (first === '') return { kind: 'nothing' };
  if (first === 'hex') return hexCommand(rest.join(''));
  if (first === 'help' || first === 'people' || first === 'quit')
    return rest.length === 0 ? { kind: first } : mistake(`"${first}" stands alone`);
  if (!people.includes(first)) return mistake(nobody(first, people));
  let as: 'stripe' | 'chip' | null = null;
  let fault: LineFault | null = null;
  for (const word of rest) {
    const knownFault = lineFaults.find((known) => known === word);
    if ((word === 'stripe' || word === 'chip') && as === null) as = word;
    else if (knownFault !== undefined && fault === null) fault = knownFault;
    else return mistake(`"${word}" does not fit here: stripe or chip, and one of ${lineFaults.join(', ')}`);
  }
  return { kind: 'swipe', person: first, as: as ?? usual, fault: fault ?? 'none' };
}

function hexCommand(digits: string): ReaderCommand {
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits))
    return mistake('hex wants two hexadecimal digits for each byte: hex 25 42 0d');
  return { kind: 'hex', bytes: Buffer.from(digits, 'hex') };
}

function mistake(text: string): ReaderCommand {
  return { kind: 'mistake', text };
}

function nobody(name: string, people: readonly string[]): string {
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  const near = people
    .map((person) => ({
      person,
      distance: Math.min(distance(name, person), distance(name, person.split('.').at(-1) ?? '')),
    }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ person }) => person);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : '"people" lists whose cards there are';
  return `no card of "${shown}"; ${hint}`;
}

/** How many characters must be changed, added or left out to make `b` of `a`; Infinity for lengths far apart. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [at, character] of [...a].entries()) {
    const next = [at + 1];
    for (let to = 1; to < row.length; to++) {
      const above = row[to] ?? 0;
      const before = row[to - 1] ?? 0;
      const left = next[to - 1] ?? 0;
      next.push(Math.min(above + 1, left + 1, before + (character === b[to - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function shownBytes(chunk: Uint8Array): string {
  if (chunk.length > shownBytesMax) return `${chunk.length} bytes`;
  return [...chunk].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
