import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { _electron as electron, type Page } from 'playwright-core';
import { openPseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { driveKiosk } from '../electron/kiosk-driver.ts';
import type { ElectronStage } from '../prepare-electron.ts';
import { type Figure, percentile, ratioOf, spread } from './figure.ts';
import { memoryOfTree } from './process-tree.ts';

const swipes = 100;
const frameMs = 1000 / 60;
const starts = 5;
/** A window that has just come up still loads and tidies up. */
const settlesInMs = 2_000;

/** From the intent to swipe a card, as the screen sends it, to the first frame after the prompt for the PIN is on the
 *  screen: the way through both processes and back, and React. */
export async function measurePrompts(): Promise<readonly Figure[]> {
  const kiosk = await driveKiosk({ env: { GONGJI_IPC_TRACE: '', GONGJI_DELAYS_MS: 'attention=1' } });
  try {
    const took = await kiosk.page.evaluate(timeSwipes, swipes);
    const part = 'the kiosk in Electron';
    const what = 'card swiped → PIN prompt painted';
    const frames = took.map((ms) => ms / frameMs);
    return [
      { part, what, unit: 'ms', ...spread(took), p99: percentile(took, 0.99) },
      { part, what: `${what}, in frames of 1/60 s`, unit: 'frames', ...spread(frames), p99: percentile(frames, 0.99) },
    ];
  } finally {
    await kiosk.remove();
  }
}

/** Runs in the operator's page: sales of the demo family, each cancelled at the PIN; milliseconds of each swipe. */
async function timeSwipes(count: number): Promise<number[]> {
  const { gongji } = window;
  let view = (await gongji.hello()).view;
  const told = new Set<() => void>();
  gongji.onView((changed) => {
    view = changed;
    for (const tell of told) tell();
  });
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        told.delete(look);
        resolve();
      };
      told.add(look);
      look();
    });
  const promptPainted = () =>
    new Promise<number>((resolve) => {
      const seen = new MutationObserver(() => {
        if (document.querySelector('[data-testid=screen]')?.getAttribute('data-stage') !== 'awaitingPin') return;
        seen.disconnect();
        requestAnimationFrame(() => resolve(performance.now()));
      });
      seen.observe(document, { subtree: true, childList: true, attributes: true });
    });

  const took: number[] = [];
  while (took.length < count) {
    await until(() => view?.stage === 'ready');
    await gongji.send({ kind: 'amount.submit', text: '80' });
    await until(() => view?.stage === 'awaitingCard');
    const painted = promptPainted();
    const before = performance.now();
    void gongji.send({ kind: 'deck.swipe', person: 'demo.mother', as: 'stripe', fault: 'none' });
    took.push((await painted) - before);
    await gongji.send({ kind: 'key.cancel' });
    await until(() => view?.confirm === 'finish');
    await gongji.send({ kind: 'key.confirm' });
  }
  return took;
}

const unplugs = 20;

/** From the end of a reader's pseudo-terminal to the chip on the screen that says it is lost. */
export async function measureUnplugs(folder: string): Promise<readonly Figure[]> {
  const link = join(folder, 'reader');
  const devices = join(folder, 'devices.yaml');
  await writeFile(devices, `readers: [{ model: line-reader, port: ${JSON.stringify(link)} }]\n`);
  const kiosk = await driveKiosk({ env: { GONGJI_IPC_TRACE: '', GONGJI_DEVICES: devices } });
  // Opened after the kiosk has started: what is open before is inherited by it, and so never ends.
  let pty = await openPseudoTerminal({ link });
  const took: number[] = [];
  try {
    for (let one = 0; one < unplugs; one++) {
      await kiosk.page.evaluate(readerIs, 'connected');
      const seen = kiosk.page.evaluate(readerIs, 'lost');
      await after(200);
      const before = Date.now();
      await pty.close();
      took.push((await seen) - before);
      pty = await openPseudoTerminal({ link });
    }
  } finally {
    await kiosk.remove();
    await pty.close();
  }
  const what = 'reader unplugged → chip on the screen';
  return [{ part: 'the kiosk in Electron', what, unit: 'ms', ...spread(took), p99: percentile(took, 0.99) }];
}

/** Runs in the operator's page: when the chip of the reader says so, in ms since the epoch. */
function readerIs(state: string): Promise<number> {
  const isSo = () => document.querySelector('[data-testid=reader-status]')?.getAttribute('data-state') === state;
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      seen.disconnect();
      requestAnimationFrame(() => resolve(Date.now()));
    };
    const seen = new MutationObserver(look);
    seen.observe(document, { subtree: true, childList: true, attributes: true });
    look();
  });
}

/** Cold starts of the kiosk with data of its own and of a blank window, in turn, on the same Electron: until the largest
 *  thing on the screen is painted, and the memory that all processes hold a little later. The files are in the system's
 *  cache after the first start, which does not count. */
export async function measureStarts(
  stage: ElectronStage,
  repository: string,
  folder: string,
): Promise<readonly Figure[]> {
  const blankFolder = join(import.meta.dirname, 'blank-window');
  const kiosk: Started[] = [];
  const blank: Started[] = [];
  for (let round = 0; round <= starts; round++) {
    const pair = [await start(stage, repository, folder), await start(stage, blankFolder, folder)] as const;
    if (round === 0) continue;
    kiosk.push(pair[0]);
    blank.push(pair[1]);
  }
  const compared = (what: string, unit: string, of: (started: Started) => number): readonly Figure[] => {
    const [ours, theirs] = [kiosk.map(of), blank.map(of)];
    const part = `start and memory, Electron ${stage.runtime.version}`;
    const blankWhat = `${what}, blank window`;
    return [
      { part, what: `${what}, kiosk`, unit, ...spread(ours), ratio: ratioOf(ours, 'the blank window', theirs) },
      { part, what: blankWhat, unit, ...spread(theirs) },
    ];
  };
  const figures = [...compared('process started → painted', 'ms', (started) => started.paintedMs)];
  if (process.platform === 'linux') {
    figures.push(...compared('memory of all processes, RSS', 'MB', (started) => started.residentMb));
    figures.push(...compared('memory of all processes, PSS', 'MB', (started) => started.proportionalMb));
  }
  return figures;
}

interface Started {
  readonly paintedMs: number;
  readonly residentMb: number;
  readonly proportionalMb: number;
}

async function start({ runtime }: ElectronStage, application: string, folder: string): Promise<Started> {
  const dataFolder = await mkdtemp(join(folder, 'start-'));
  const startedAt = Date.now();
  const app = await electron.launch({
    executablePath: runtime.executable,
    args: ['--no-sandbox', '--disable-gpu', application],
    env: { ...process.env, GONGJI_DATA_DIR: dataFolder, GONGJI_CUSTOMER_DISPLAY: 'off' } as Record<string, string>,
  });
  try {
    const page = await app.firstWindow();
    await page.getByTestId('screen').waitFor();
    await after(settlesInMs);
    const memory = memoryOfTree(app.process().pid ?? 0);
    return {
      paintedMs: (await paintedAt(page)) - startedAt,
      residentMb: (memory?.residentBytes ?? 0) / 1e6,
      proportionalMb: (memory?.proportionalBytes ?? 0) / 1e6,
    };
  } finally {
    await app.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** When the page painted the largest thing on it, ms since the epoch. */
function paintedAt(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const last = list.getEntries().at(-1);
          if (last) resolve(performance.timeOrigin + last.startTime);
        }).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
}
