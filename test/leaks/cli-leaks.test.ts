import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type IPty, spawn as spawnInTerminal } from '@lydell/node-pty';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';
import { LeakSearch } from './leak-search.ts';
import { heapStrings, leaksInFiles, leaksInMemory } from './searched-places.ts';

const program = resolve(import.meta.dirname, '../../src/cli/gongji.ts');
const { people } = loadDeck();
const rightPin = people.find(({ id }) => id === 'demo.mother')?.pin ?? '';
/** Three PINs that no deck knows: a wrong one goes the same way as a right one, and must stay as secret. */
const wrongPins = ['739158', '604297', '285713'];
const named = (texts: readonly string[]) => texts.map((text, at) => ({ what: `PIN ${at + 1}`, text }));
const search = new LeakSearch(
  named([...wrongPins, rightPin]),
  people.flatMap(({ id, residentId, card }) => [
    { what: `the ID number of ${id}`, text: residentId },
    { what: `the card number of ${id}`, text: card.pan },
    { what: `the social security card number of ${id}`, text: card.ssCardNumber },
    { what: `the card identification code of ${id}`, text: card.cardSn },
  ]),
);
/** For memory: the deck's own PIN and numbers are in there with the deck. */
const typedSearch = new LeakSearch(named(wrongPins));

let folder: string;
let env: NodeJS.ProcessEnv;
const terminals: IPty[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-cli-leaks-'));
  env = { ...process.env, GONGJI_CONFIG_DIR: join(folder, 'config'), NODE_COMPILE_CACHE: join(folder, 'compiled') };
});
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All that the command prints. */
function gongji(...args: string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    child.once('error', fail).once('close', () => done(printed));
  });
}

const story = `scenario: two wrong PINs, a right one, a cancel, and a crash
profile: chongqing-2021
clock: 2025-04-19T10:00:00+08:00
people:
  mother:   { balance: "50.00", pin: "739158" }
  daughter: { balance: "200.00", pin: "135790" }
links:
  - { provider: daughter, beneficiary: mother, relation: parent }
steps:
  - sale: { amount: "80.00" }
  - swipe: mother
  - pin: "604297"
  - expect: { outcome: declined, code: D20, triesLeft: 5 }
  - pin: "285713"
  - crash: { what: terminal, when: settling }
  - pin: "739158"
  - sale: { amount: "30.00" }
  - swipe: mother
  - pin: "739158"
  - expect: { outcome: approved }
  - cancel: last
  - sale: { amount: "30.00" }
  - swipe: mother
  - pin: "739158"
  - refund: { of: last, amount: "10.00" }
  - expect: { outcome: declined, code: D71, own: "1.00", cash: "1.00" }
`;

describe('the command line', () => {
  it('tells no PIN and no number in the demo', async () => {
    for (const language of ['zh-CN', 'en']) {
      const printed = await gongji('demo', '--lang', language);
      expect(printed).toContain('30.00');
      expect(search.leaksIn('what was printed', printed)).toEqual([]);
    }
  });

  it('tells none in a report of a scenario, though an expectation does not hold', async () => {
    const file = join(folder, 'story.yaml');
    const junit = join(folder, 'junit.xml');
    writeFileSync(file, story);
    const reports = [
      await gongji('scenario', 'run', file),
      await gongji('scenario', 'run', '--json', file),
      await gongji('scenario', 'run', '--junit', junit, file),
      readFileSync(junit, 'utf8'),
    ];
    for (const report of reports) {
      expect(report).toContain('D71');
      expect(search.leaksIn('the report', report)).toEqual([]);
    }
  });

  it('tells none in the lists of people and devices', async () => {
    for (const args of [['households'], ['households', '--json'], ['devices', '--json'], ['profiles']]) {
      expect(search.leaksIn(args.join(' '), await gongji(...args))).toEqual([]);
    }
  });

  it('tells none where links are explained, listed and compared', async () => {
    const pair = ['--provider', 'demo.daughter', '--beneficiary', 'demo.mother', '--relation', 'parent'];
    const commands = [
      ['link', 'explain', ...pair],
      ['link', 'explain', ...pair, '--json'],
      ['link', 'list', 'demo.mother'],
      ['profile', 'diff', 'chongqing-2021', 'national-2026', '--household', 'demo'],
      ['profile', 'diff', 'chongqing-2021', 'national-2026', '--household', 'demo', '--json'],
    ];
    for (const args of commands) {
      const printed = await gongji(...args);
      expect(printed, args.join(' ')).toMatch(/demo\.|\*/);
      expect(search.leaksIn(args.join(' '), printed)).toEqual([]);
    }
  }, 60_000);
});

describe('the console terminal', () => {
  const cardNumber = people.findIndex(({ id }) => id === 'demo.mother') + 1;

  /** The program at a terminal of its own, with a person before it. */
  function sitDown(data: string, snapshots: string) {
    const flags = [
      '--heapsnapshot-signal=SIGUSR2',
      '--heap-snapshot-string-limit=10000000',
      `--diagnostic-dir=${snapshots}`,
    ];
    const terminal = spawnInTerminal(
      process.execPath,
      [...flags, program, 'terminal', '--lang', 'en', '--data', data],
      { cols: 200, rows: 50, cwd: folder, env },
    );
    terminals.push(terminal);
    let printed = '';
    let seen = 0;
    terminal.onData((text) => {
      printed += text;
    });
    const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
    /** Waits until it prints this, after what was waited for before. */
    const reads = async (text: string) => {
      await expect.poll(() => printed.indexOf(text, seen), { timeout: 20_000 }).toBeGreaterThan(-1);
      seen = printed.indexOf(text, seen) + text.length;
    };
    return {
      terminal,
      ended,
      reads,
      printed: () => printed,
      /** Key by key, as a person does: each digit stands as a star before the next one is typed. */
      typePin: async (digits: string) => {
        for (const [at, digit] of [...digits].entries()) {
          terminal.write(digit);
          await reads(`> ${'*'.repeat(at + 1)}`);
        }
        terminal.write('\r');
      },
      sale: async (amount: string) => {
        terminal.write(`${amount}\r`);
        await reads('Waiting for');
        terminal.write(`${cardNumber}\r`);
        await reads('enter the 6-digit PIN');
      },
    };
  }

  it('shows stars for a PIN and keeps none of it: not on screen, disk, heap or memory', async () => {
    const data = join(folder, 'terminal');
    const snapshots = join(folder, 'snapshots');
    mkdirSync(snapshots);
    const counter = sitDown(data, snapshots);
    await counter.reads('Enter the amount');
    await counter.sale('80');
    for (const wrong of wrongPins) {
      await counter.typePin(wrong);
      await counter.reads('Wrong PIN');
    }
    // Before the next PIN is typed over it.
    expect(leaksInMemory(typedSearch, counter.terminal.pid) ?? []).toEqual([]);
    await counter.typePin(rightPin);
    await counter.reads('Balance after');

    expect(leaksInFiles(search, data)).toEqual([]);
    expect(leaksInMemory(typedSearch, counter.terminal.pid) ?? []).toEqual([]);
    process.kill(counter.terminal.pid, 'SIGUSR2');
    const snapshot = () =>
      readdirSync(snapshots).flatMap((name) => {
        // It is being written until it can be read.
        try {
          return [heapStrings(readFileSync(join(snapshots, name), 'utf8'))];
        } catch {
          return [];
        }
      });
    await expect.poll(() => snapshot().length, { timeout: 30_000, interval: 500 }).toBe(1);
    const [strings = ''] = snapshot();
    expect(strings).toContain('demo.mother');
    expect(typedSearch.leaksIn('the heap', strings)).toEqual([]);

    counter.terminal.write('\x03');
    await counter.ended;
    expect(search.leaksIn('the screen', counter.printed())).toEqual([]);
    expect(leaksInFiles(search, data)).toEqual([]);
  }, 120_000);

  it('killed with a PIN on its way, it leaves nothing of it', async () => {
    const data = join(folder, 'killed');
    const counter = sitDown(data, folder);
    await counter.reads('Enter the amount');
    await counter.sale('1');
    await counter.typePin(wrongPins[0] ?? '');
    counter.terminal.kill('SIGKILL');
    await counter.ended;
    expect(search.leaksIn('the screen', counter.printed())).toEqual([]);
    expect(leaksInFiles(search, data)).toEqual([]);
  });
});
