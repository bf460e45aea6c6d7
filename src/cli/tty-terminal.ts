import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitKeypressEvents, type Key } from 'node:readline';
import { type ConsoleKey, type ConsoleTerminal, openConsoleTerminal } from '../app/console/console-terminal.ts';
import { throwAwayProtection } from '../app/keys/key-protection.ts';

export interface TtyTerminalOptions {
  readonly lang: 'zh-CN' | 'en';
  readonly profile: string;
  /** Undefined = a new folder that is removed at the end. */
  readonly data?: string;
}

const clearLine = '\r\x1b[K';

/** Runs the console terminal on this process's terminal until Ctrl-C, Ctrl-D, or a signal to end. Keys are read raw, so
 *  that nothing echoes a PIN. Errors: those of opening the counter. */
export async function runTerminal({ lang, profile, data }: TtyTerminalOptions): Promise<void> {
  const { stdout } = process;
  const dataFolder = data ?? (await mkdtemp(join(tmpdir(), 'gongji-terminal-')));
  let terminal: ConsoleTerminal | undefined;
  const redraw = () => {
    if (terminal !== undefined) stdout.write(`${clearLine}${terminal.inputLine}`);
  };
  try {
    terminal = await openConsoleTerminal({
      dataFolder,
      profile,
      ...(data === undefined && { keyProtections: [throwAwayProtection()] }),
      language: lang,
      print: (line) => stdout.write(`${clearLine}${line}\n`),
      redraw,
    });
    process.stderr.write(`${clearLine}${terminal.keyProtection}\n`);
    redraw();
    await readKeys(terminal);
  } finally {
    await terminal?.close();
    stdout.write(clearLine);
    if (data === undefined) await rm(dataFolder, { recursive: true, force: true });
  }
}

/** Hands keys to the terminal; resolves when it is to end. */
async function readKeys(terminal: ConsoleTerminal): Promise<void> {
  const { stdin } = process;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  try {
    await new Promise<void>((end) => {
      for (const signal of signals) process.once(signal, () => end());
      stdin.once('end', () => end());
      // A terminal window that is closed: reads and writes fail from then on, and there is only tidying up left.
      stdin.once('error', () => end());
      process.stdout.on('error', () => end());
      stdin.on('keypress', (char: string | undefined, key: Key) => {
        if (key.ctrl && (key.name === 'c' || key.name === 'd')) return end();
        const pressed = consoleKey(char, key);
        if (pressed !== null) terminal.key(pressed);
      });
    });
  } finally {
    stdin.removeAllListeners('keypress');
    for (const signal of signals) process.removeAllListeners(signal);
    if (!stdin.destroyed) stdin.setRawMode(false);
    stdin.pause();
  }
}

function consoleKey(char: string | undefined, key: Key): ConsoleKey | null {
  if (key.name === 'return' || key.name === 'enter') return 'enter';
  if (key.name === 'backspace' || key.name === 'escape') return key.name;
  return char !== undefined && char.length === 1 && char >= ' ' ? { char } : null;
}
