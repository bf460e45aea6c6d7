import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';

const program = join(import.meta.dirname, '../../src/cli/gongji.ts');
let folder: string;
let link: string;
let config: string;
let running: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-devices-test-'));
  link = join(folder, 'reader');
  config = join(folder, 'devices.yaml');
  writeFileSync(config, `readers: [{ model: line-reader, port: ${JSON.stringify(link)} }]\nscanner: none\n`);
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  rmSync(folder, { recursive: true });
});

/** The command line in a process of its own. */
function gongji(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe' });
  running.push(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, lines, ended, says: (text: string) => expect.poll(() => lines, { timeout: 20_000 }).toContain(text) };
}

async function served() {
  const reader = gongji('reader', 'serve', '--pty', '--link', link);
  await reader.says(link);
  return { ...reader, swipe: (command: string) => reader.child.stdin.write(`${command}\n`) };
}

const connected = 'line-reader at LINK: connected';

describe('gongji devices test, with a reader that gongji reader serve is', () => {
  it('shows what each swipe says, masked, and ends after the count', async () => {
    const reader = await served();
    const tested = gongji('devices', 'test', '--config', config, '--count', '3');
    await tested.says(connected.replace('LINK', link));
    for (const command of ['demo.mother', 'demo.mother chip', 'demo.mother reversed']) reader.swipe(command);
    expect(await tested.ended).toBe(0);
    const shown = tested.lines
      .filter((line) => line.includes('{'))
      .map(
        (line) => JSON.parse(line.slice(line.indexOf('{'))) as { track2?: { pan: string }; chip?: { name: string } },
      );
    expect(shown.map(({ track2, chip }) => track2?.pan ?? chip?.name)).toEqual([
      expect.stringMatching(/^\*+\d{4}$/),
      '李*兰',
      shown[0]?.track2?.pan,
    ]);
    const pan = loadDeck().cards.get('demo.mother')?.pan.expose();
    expect(pan).toMatch(/^\d{19}$/);
    expect(tested.lines.join('\n')).not.toContain(pan);
    reader.swipe('quit');
    expect(await reader.ended).toBe(0);
  });

  it('says that the reader is lost and had again, and ends by Ctrl-C', async () => {
    const first = await served();
    const tested = gongji('devices', 'test', '--config', config);
    await tested.says(connected.replace('LINK', link));
    first.swipe('quit');
    await expect.poll(() => tested.lines.some((line) => line.includes(': lost: ')), { timeout: 20_000 }).toBe(true);
    expect(await first.ended).toBe(0);
    const second = await served();
    const again = () => tested.lines.filter((line) => line.endsWith(': connected')).length;
    await expect.poll(again, { timeout: 20_000 }).toBe(2);
    for (const { child, ended } of [tested, second]) {
      child.kill('SIGINT');
      expect(await ended).toBe(0);
    }
  });

  it('waits for a reader that is not there, for as long as it is told, and takes the file before or after `test`', async () => {
    for (const args of [
      ['devices', 'test', '--config', config],
      ['devices', '--config', config, 'test'],
    ]) {
      const tested = gongji(...args, '--seconds', '1');
      expect(await tested.ended).toBe(0);
      expect(tested.lines.filter((line) => line.includes('not connected: '))).toHaveLength(1);
    }
  });

  it('ends with 2 for a configuration that cannot be understood', async () => {
    writeFileSync(config, 'readers: [vitual]');
    const tested = gongji('devices', 'test', '--config', config);
    expect(await tested.ended).toBe(2);
    expect(tested.lines[0]).toContain(`${config}:1: readers.0: expected virtual`);
  });
});
