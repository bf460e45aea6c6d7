import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPseudoTerminal, type PseudoTerminal } from '../../../drivers/pty/pseudo-terminal.ts';
import { serialPortFinder } from '../../../drivers/serial/serial-ports.ts';
import { createSerialTransport } from '../../../drivers/serial/serial-transport.ts';
import type { DeviceFault } from '../../../drivers/transport.ts';
import { until } from '../serial/pty-pair.ts';

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
let folder = '';
let terminals: PseudoTerminal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-pty-'));
  terminals = [];
});
afterEach(async () => {
  await Promise.all(terminals.map((terminal) => terminal.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(link?: string): Promise<PseudoTerminal> {
  const terminal = await openPseudoTerminal(link === undefined ? {} : { link });
  terminals.push(terminal);
  return terminal;
}

/** Another program that has the line open. */
async function program(path: string) {
  const port = new SerialPort({ path, baudRate: 9600, autoOpen: false });
  const heard: Buffer[] = [];
  port.on('data', (chunk: Buffer) => heard.push(chunk));
  port.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
  return {
    port,
    heard: () => Buffer.concat(heard),
    close: () => new Promise((resolve) => port.close(resolve)),
  };
}

describe('openPseudoTerminal', () => {
  it('leaves no descriptor open, however often there is one', async () => {
    const descriptors = () => readdirSync('/dev/fd').length;
    await (await openPseudoTerminal()).close();
    const before = descriptors();
    for (let round = 0; round < 10; round++) await (await openPseudoTerminal()).close();
    expect(descriptors()).toBe(before);
  });

  it('carries every byte in both directions as it is, without echo', async () => {
    const terminal = await open();
    const back: Uint8Array[] = [];
    terminal.onData((chunk) => back.push(chunk));
    const other = await program(terminal.path);
    await terminal.write(everyByte);
    await until('the program hears the line', () => other.heard().length >= 256);
    expect([...other.heard()]).toEqual([...everyByte]);
    expect(back).toEqual([]);
    other.port.write(Buffer.from(everyByte));
    await until('the line hears the program', () => Buffer.concat(back).length >= 256);
    expect([...Buffer.concat(back)]).toEqual([...everyByte]);
    await other.close();
  });

  it('is raw before any program has set it so', async () => {
    const terminal = await open();
    const back: Uint8Array[] = [];
    terminal.onData((chunk) => back.push(chunk));
    // A line as the system makes it would send this back at once, and take the control characters for commands.
    await terminal.write(Buffer.from('a\rb\nc\u0003\u0004\u0011\u0013'));
    const other = await program(terminal.path);
    other.port.write(Buffer.from('x'));
    await until('the line hears the program', () => back.length > 0);
    expect(Buffer.concat(back).toString()).toBe('x');
    await other.close();
  });

  it('lives on while programs come and go', async () => {
    const terminal = await open();
    for (const word of ['first', 'second', 'third']) {
      const other = await program(terminal.path);
      await terminal.write(Buffer.from(word));
      await until(`the ${word} program hears the line`, () => other.heard().toString() === word);
      await other.close();
    }
  });

  it('its end is an unplug to the program', async () => {
    const terminal = await open();
    const lost: DeviceFault[] = [];
    const { find, watchFolders } = serialPortFinder({ path: terminal.path });
    const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
    const transport = createSerialTransport({ name: 'a reader', find, watchFolders, settings });
    await transport.connect({ onChunk: () => undefined, onGone: (fault) => lost.push(fault) });
    await Promise.all([terminal.close(), terminal.close()]);
    await until('the program loses the line', () => lost.length > 0);
    expect(lost.map(({ code }) => code)).toEqual(['gone']);
    await expect(terminal.write(everyByte)).rejects.toMatchObject({ name: 'DeviceFault', code: 'gone' });
  });

  it('says that nobody reads instead of keeping everything', async () => {
    const terminal = await open();
    const writes = Array.from({ length: 40 }, () =>
      terminal.write(new Uint8Array(4096)).then(
        () => 'taken',
        (fault: { code: string }) => fault.code,
      ),
    );
    expect(await Promise.all(writes.slice(-1))).toEqual(['failed']);
    await terminal.close();
    expect(new Set(await Promise.all(writes))).toEqual(new Set(['taken', 'gone', 'failed']));
  });

  it('makes the link that was asked for and removes it', async () => {
    const link = join(folder, 'reader');
    const terminal = await open(link);
    expect(terminal.path).toBe(link);
    const other = await program(link);
    await terminal.write(Buffer.from('x'));
    await until('the program hears the line', () => other.heard().toString() === 'x');
    await other.close();
    await terminal.close();
    expect(existsSync(link)).toBe(false);
  });

  it('replaces a link, and leaves it alone once another has replaced it', async () => {
    const link = join(folder, 'reader');
    symlinkSync('/dev/null', link);
    const first = await open(link);
    const second = await open(link);
    const target = readlinkSync(link);
    await first.close();
    expect(readlinkSync(link)).toBe(target);
    await second.close();
    expect(existsSync(link)).toBe(false);
  });

  it('does not replace a file', async () => {
    const file = join(folder, 'notes');
    writeFileSync(file, 'mine');
    await expect(open(file)).rejects.toMatchObject({ name: 'DeviceFault', code: 'failed' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await expect(open(join(folder, 'missing', 'reader'))).rejects.toMatchObject({ code: 'failed' });
  });
});
