import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';
import { LeakSearch } from '../leaks/leak-search.ts';
import { heapStrings, leaksInFiles, leaksInMemory } from '../leaks/searched-places.ts';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

const { people } = loadDeck();
const rightPin = people.find(({ id }) => id === 'demo.mother')?.pin ?? '';
/** PINs that no deck knows: a wrong one goes the same way as a right one, and must stay as secret. */
const wrongPins = ['739158', '604297', '285713'] as const;
const named = (texts: readonly string[]) => texts.map((text, at) => ({ what: `PIN ${at + 1}`, text }));
const numbers = people.flatMap(({ id, residentId, card }) => [
  { what: `the ID number of ${id}`, text: residentId },
  { what: `the card number of ${id}`, text: card.pan },
  { what: `the social security card number of ${id}`, text: card.ssCardNumber },
  { what: `the card identification code of ${id}`, text: card.cardSn },
]);
const search = new LeakSearch(named([...wrongPins, rightPin]), numbers);
/** For the main process: the virtual reader's deck is in its memory, with its own PIN and numbers. */
const typedSearch = new LeakSearch(named(wrongPins));

let folder: string;
let kiosk: DrivenKiosk;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongji-leaks-'));
  kiosk = await driveKiosk({ env: { GONGJI_CONFIG_DIR: join(folder, 'config') } });
});
afterAll(async () => {
  await kiosk?.remove();
  await rm(folder, { recursive: true, force: true });
});

const at = (id: string) => kiosk.page.getByTestId(id);
const atStage = (name: string) => kiosk.page.locator(`[data-testid=screen][data-stage=${name}]`).waitFor();

async function saleUpToPin(amount: string): Promise<void> {
  await atStage('ready');
  await kiosk.type(amount);
  await kiosk.page.keyboard.press('Enter');
  await atStage('awaitingCard');
  await at('key-drawer').click();
  await kiosk.page.locator('[data-person="demo.mother"]').click();
  await atStage('awaitingPin');
}

/** Waits for the answer to a wrong PIN. */
const triesLeft = (count: number) => expect.poll(() => at('headline').textContent()).toContain(String(count));

/** The strings and numbers of a screen's heap. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { captureNumericValue: true });
  await session.detach();
  return heapStrings(chunks.join(''));
}

interface AppProcess {
  readonly pid: number;
  readonly type: string;
}

const processes = (): Promise<readonly AppProcess[]> =>
  kiosk.app.evaluate(({ app }) => app.getAppMetrics().map(({ pid, type }) => ({ pid, type })));

const leaksInMemories = (some: readonly AppProcess[]) =>
  some.flatMap(({ pid, type }) => (leaksInMemory(typedSearch, pid) ?? []).map((leak) => `${type}: ${leak}`));

describe('a sale in the kiosk, and what is left of its PINs', () => {
  it('is typed by keys and by clicks, wrong and right; what was pressed stands nowhere in the document', async () => {
    await saleUpToPin('80');
    const [byKeys, byClicks, again] = wrongPins;
    await kiosk.type(byKeys);
    expect(search.leaksIn('the document', await kiosk.page.content())).toEqual([]);
    await kiosk.page.keyboard.press('Enter');
    await triesLeft(5);

    for (const digit of byClicks) await at(`pin-key-${digit}`).click();
    expect(search.leaksIn('the document', await kiosk.page.content())).toEqual([]);
    await at('pin-key-confirm').click();
    await triesLeft(4);

    await kiosk.type(again);
    await kiosk.page.keyboard.press('Enter');
    await triesLeft(3);
    await kiosk.type(rightPin);
    await kiosk.page.keyboard.press('Enter');
    await atStage('approved');
    expect(search.leaksIn('the document', await kiosk.page.content())).toEqual([]);
  });

  it('nothing of it is in what passed between the processes, was printed or was written', () => {
    expect(kiosk.ipcTrace()).toContain('pin.sealed');
    expect(search.leaksIn('the messages', kiosk.ipcTrace())).toEqual([]);
    expect(search.leaksIn('what was printed', kiosk.printed.join('\n'))).toEqual([]);
    expect(leaksInFiles(search, kiosk.dataFolder)).toEqual([]);
  });

  it("nothing of it is in the screen's heap", async () => {
    const strings = await heapOf(kiosk.page);
    expect(strings).toContain('pin.typed');
    expect(search.leaksIn("the screen's heap", strings)).toEqual([]);
  });

  it("nothing of it is in the main process's heap", async () => {
    const snapshot = join(folder, 'main.heapsnapshot');
    await kiosk.app.evaluate((_, path) => {
      const v8 = process.getBuiltinModule('node:v8');
      v8.setFlagsFromString('--heap-snapshot-string-limit=10000000');
      v8.writeHeapSnapshot(path, { exposeNumericValues: true });
    }, snapshot);
    const strings = heapStrings(readFileSync(snapshot, 'utf8'));
    expect(strings).toContain('demo.mother');
    expect(typedSearch.leaksIn("the main process's heap", strings)).toEqual([]);
  });

  it('nothing of it is in the memory of any of the processes', async () => {
    const processes = await kiosk.app.evaluate(({ app }) =>
      app.getAppMetrics().map(({ pid, type }) => ({ pid, type })),
    );
    expect(processes.map(({ type }) => type)).toEqual(expect.arrayContaining(['Browser', 'Tab']));
    const leaks = processes.flatMap(({ pid, type }) =>
      (leaksInMemory(typedSearch, pid) ?? []).map((leak) => `${type}: ${leak}`),
    );
    expect(leaks).toEqual([]);
  }, 120_000);

  it('a screen that is planted with a PIN is found out', async () => {
    await kiosk.page.evaluate(
      (codes) => {
        Object.assign(window, { planted: `pin ${String.fromCharCode(...codes)}` });
      },
      [...wrongPins[0]].map((digit) => digit.charCodeAt(0)),
    );
    expect(search.leaksIn("the screen's heap", await heapOf(kiosk.page)).join()).toContain('PIN 1 as text');
    // Other systems than Linux do not show the memory of a process.
    if (process.platform !== 'linux') return;
    const screens = (await processes()).filter(({ type }) => type === 'Tab');
    expect(leaksInMemories(screens).join()).toContain('Tab: PIN 1 as text');
  });
});

describe('a screen that dies while a PIN stands on it', () => {
  it('leaves nothing of it behind', async () => {
    const dying = await driveKiosk({ env: { GONGJI_CONFIG_DIR: join(folder, 'config') } });
    const { page } = dying;
    try {
      await page.locator('[data-testid=screen][data-stage=ready]').waitFor();
      await dying.type('1');
      await page.keyboard.press('Enter');
      await page.locator('[data-testid=screen][data-stage=awaitingCard]').waitFor();
      await page.getByTestId('key-drawer').click();
      await page.locator('[data-person="demo.daughter"]').click();
      await page.locator('[data-testid=screen][data-stage=awaitingPin]').waitFor();
      await dying.type(wrongPins[0]);
      const died = new Promise((done) => page.once('crash', done));
      const session = await page.context().newCDPSession(page);
      // It never answers: nobody is there any more.
      session.send('Page.crash').catch(() => undefined);
      await died;
      await dying.close();
      expect(search.leaksIn('the messages', dying.ipcTrace())).toEqual([]);
      expect(search.leaksIn('what was printed', dying.printed.join('\n'))).toEqual([]);
      expect(leaksInFiles(search, dying.dataFolder)).toEqual([]);
    } finally {
      await dying.remove();
    }
  });
});
