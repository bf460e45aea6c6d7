import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';
import type { BindingStageView } from '../../src/ipc/view.ts';
import { LeakSearch } from '../leaks/leak-search.ts';
import { heapStrings, leaksInFiles, leaksInMemory } from '../leaks/searched-places.ts';
import { Clerk, patience } from './clerk.ts';
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

/** The strings and numbers of the main process's heap. */
async function mainHeapOf({ app }: DrivenKiosk): Promise<string> {
  const snapshot = join(folder, `main-${app.process().pid}.heapsnapshot`);
  await app.evaluate((_, path) => {
    const v8 = process.getBuiltinModule('node:v8');
    v8.setFlagsFromString('--heap-snapshot-string-limit=10000000');
    v8.writeHeapSnapshot(path, { exposeNumericValues: true });
  }, snapshot);
  return heapStrings(readFileSync(snapshot, 'utf8'));
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
    const strings = await mainHeapOf(kiosk);
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

describe('a visit to the binding desk, and what is left of the PIN and of the numbers that were keyed in', () => {
  let desk: DrivenKiosk;
  let clerk: Clerk;
  beforeAll(async () => {
    desk = await driveKiosk({ env: { GONGJI_CONFIG_DIR: join(folder, 'desk-config') } });
    clerk = new Clerk(desk);
  });
  afterAll(() => desk?.remove());

  const press = (key: string) => desk.page.keyboard.press(key);
  const atDesk = (stage: BindingStageView | 'closed') =>
    desk.page.locator(`[data-testid=screen][data-desk=${stage}]`).waitFor(patience);
  /** Enter, once the screen takes one. */
  const confirm = async () => {
    await desk.page.locator('[data-testid=key-confirm]:not(:disabled)').waitFor(patience);
    await press('Enter');
  };
  const admit = async (...entries: readonly string[]) => {
    await clerk.atStage('ready');
    await press('F4');
    await atDesk('awaitingProvider');
    await clerk.swipeOfDeck('demo.daughter');
    for (const [at, digits] of entries.entries()) {
      await clerk.typePin(digits);
      if (at < entries.length - 1) await clerk.says('headline', String(5 - at));
    }
    await atDesk('desk');
  };
  const endLink = async () => {
    await press('ArrowDown');
    await press('ArrowRight');
    await clerk.says('key-confirm', '解除');
    await press('Enter');
    await atDesk('givingReason');
    await clerk.at('unlinkNotNeeded').click();
    await press('Enter');
    await atDesk('unlinked');
    await confirm();
  };
  /** To the verdict on a link to whose number is keyed in. */
  const askFor = async (person: string, medium: 'ssCardNumber' | 'residentId') => {
    await press('Enter');
    await atDesk('awaitingBeneficiary');
    await clerk.at(`medium-${medium}`).click();
    const found = people.find(({ id }) => id === person);
    if (found === undefined) throw new Error(`no ${person} in the deck`);
    await desk.type(medium === 'residentId' ? found.residentId : found.card.ssCardNumber);
    await confirm();
    await atDesk('fillingIn');
    expect(search.leaksIn('the document', await desk.page.content())).toEqual([]);
    await clerk.at('relation-parent').click();
    await clerk.at('beneficiary-idCard').click();
    await clerk.at('caution-tick').click();
    await confirm();
    await atDesk('reviewing');
  };
  const link = async (person: string, medium: 'ssCardNumber' | 'residentId') => {
    await askFor(person, medium);
    await confirm();
    await atDesk('linked');
    expect(search.leaksIn('the document', await desk.page.content())).toEqual([]);
    await confirm();
  };

  it('ends a link, makes one by a card number, is refused one by an ID number, and makes one by another', async () => {
    await admit(...wrongPins, rightPin);
    await endLink();
    await admit(rightPin);
    await link('demo.mother', 'ssCardNumber');
    await admit(rightPin);
    await askFor('both-short.father', 'residentId');
    expect(await clerk.at('finding').count()).toBeGreaterThan(0);
    await press('F4');
    await admit(rightPin);
    await endLink();
    await admit(rightPin);
    await link('demo.mother', 'residentId');
    await clerk.atStage('ready');
  }, 180_000);

  it('nothing of them is in what passed between the processes, was printed or was written', () => {
    expect(desk.ipcTrace()).toContain('binding.number');
    expect(search.leaksIn('the messages', desk.ipcTrace())).toEqual([]);
    expect(search.leaksIn('what was printed', desk.printed.join('\n'))).toEqual([]);
    expect(leaksInFiles(search, desk.dataFolder)).toEqual([]);
  });

  it("nothing of them is in the screen's heap, nor of the PINs in the main process's or in any memory", async () => {
    const strings = await heapOf(desk.page);
    expect(strings).toContain('binding.number');
    expect(search.leaksIn("the screen's heap", strings)).toEqual([]);
    expect(typedSearch.leaksIn("the main process's heap", await mainHeapOf(desk))).toEqual([]);
    const all = await desk.app.evaluate(({ app }) => app.getAppMetrics().map(({ pid, type }) => ({ pid, type })));
    expect(all.map(({ type }) => type)).toEqual(expect.arrayContaining(['Browser', 'Tab']));
    expect(leaksInMemories(all)).toEqual([]);
  }, 180_000);
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
