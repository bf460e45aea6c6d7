import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

/** No real card: a number that must turn up nowhere once it was in a message or an error. */
const planted = '6228480402564890018';

describe('the shell around the kiosk', () => {
  let kiosk: DrivenKiosk;
  beforeAll(async () => {
    kiosk = await driveKiosk({ customerWindow: true });
  }, 60_000);
  afterAll(() => kiosk.remove());

  it('gives a page the bridge and nothing else', async () => {
    const seen = await kiosk.page.evaluate(() => ({
      bridge: Object.keys(window.gongji).sort(),
      node: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
        (name) => name in window,
      ),
    }));
    expect(seen).toEqual({ bridge: ['hello', 'onCustomerView', 'onSettings', 'onView', 'send'], node: [] });
  });

  it('is a secure context, so that the page can seal a PIN', async () => {
    expect(await kiosk.page.evaluate(() => isSecureContext && typeof crypto.subtle.encrypt)).toBe('function');
  });

  it('serves every page under a strict content security policy', async () => {
    const response = await kiosk.page.reload();
    const policy = response?.headers()['content-security-policy']?.split('; ') ?? [];
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'none'"]));
    expect(policy.join()).not.toMatch(/unsafe|\*|https?:/);
  });

  it('runs no script but its own files, and connects to nothing', async () => {
    const reached = await kiosk.page.evaluate(async () => {
      const script = document.createElement('script');
      const inline = (() => {
        try {
          script.append('1');
          return 'accepted';
        } catch (error) {
          return error instanceof TypeError ? 'blocked' : 'failed';
        }
      })();
      const fetched = await fetch('index.html').then(
        () => 'fetched',
        () => 'blocked',
      );
      return [inline, fetched];
    });
    expect(reached).toEqual(['blocked', 'blocked']);
  });

  it.each(['https://example.com/', 'app://elsewhere/index.html'])('goes nowhere: %s', async (url) => {
    await kiosk.app.evaluate(({ BrowserWindow }) => {
      Object.assign(globalThis, {
        prevented: new Promise<boolean>((done) => {
          for (const { webContents } of BrowserWindow.getAllWindows()) {
            webContents.once('will-frame-navigate', (event) => done(event.defaultPrevented));
          }
        }),
      });
    });
    await kiosk.page.evaluate((target) => {
      location.href = target;
    }, url);
    expect(await kiosk.app.evaluate(() => Reflect.get(globalThis, 'prevented'))).toBe(true);
    expect(kiosk.page.url()).toBe('app://gongji/index.html');
  });

  it('opens no window', async () => {
    const before = kiosk.app.windows().length;
    expect(await kiosk.page.evaluate(() => window.open('https://example.com/'))).toBeNull();
    expect(kiosk.app.windows().length).toBe(before);
  });

  it('grants no permission and no developer tools', async () => {
    const state = await kiosk.page.evaluate(
      async () => (await navigator.permissions.query({ name: 'geolocation' })).state,
    );
    expect(state).toBe('denied');
    const tools = await kiosk.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        webContents.openDevTools();
        return webContents.isDevToolsOpened();
      }),
    );
    expect(tools).toEqual([false, false]);
  });

  it('refuses an intent that is none of ours, and reports it without its content', async () => {
    const refusal = await kiosk.page.evaluate(async (pan) => {
      const bad = { kind: 'amount.submit', text: '1', pan };
      return window.gongji.send(bad as never).then(
        () => 'taken',
        (error: Error) => error.message,
      );
    }, planted);
    expect(refusal).toBe('intent not taken: unknownIntent');
    await expect.poll(() => kiosk.printed).toContain('stderr: message refused: unknownIntent amount.submit (1 so far)');
    expect(kiosk.printed.join('\n')).not.toContain(planted);
  });

  it("takes nothing of the operator's from the customer's display", async () => {
    const customer = await kiosk.customerPage();
    const refusal = await customer.evaluate(() =>
      window.gongji.send({ kind: 'amount.submit', text: '80.00' }).then(
        () => 'taken',
        (error: Error) => error.message,
      ),
    );
    expect(refusal).toBe('intent not taken: notThisRole');
    const hello = await customer.evaluate(() => window.gongji.hello());
    expect(hello).toMatchObject({ role: 'customer', view: null, deck: [], customerDisplay: true });
  });

  it('runs once for one data folder', async () => {
    const second = spawn(kiosk.executable, ['--no-sandbox', '--disable-gpu', resolve(import.meta.dirname, '../..')], {
      env: { ...process.env, GONGJI_DATA_DIR: kiosk.dataFolder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    second.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await new Promise((done) => second.once('close', done))).toBe(0);
    expect(said).toContain('already running');
  });

  it('ends with 0 when the operator closes the window', async () => {
    expect(await kiosk.close()).toBe(0);
  });
});

describe('when something breaks', () => {
  it('a bug in the main process stops service on the screen, is noted without its words, and ends with 70', async () => {
    const kiosk = await driveKiosk();
    await kiosk.app.evaluate((_electron, pan) => {
      setImmediate(() => {
        throw new Error(`card ${pan}`);
      });
    }, planted);
    await kiosk.page.waitForURL('app://gongji/fault.html?why=crashed');
    expect(await kiosk.page.textContent('main')).toContain('Out of service');
    await kiosk.screenshot('out-of-service');
    expect(await kiosk.close()).toBe(70);
    const noted = readFileSync(join(kiosk.dataFolder, 'faults.log'), 'utf8');
    expect(noted).toMatch(/^\d{4}-\S+Z Error\n\s+at /);
    expect(`${noted}${kiosk.printed.join('\n')}`).not.toContain(planted);
    await kiosk.remove();
  });

  it('a screen that is gone comes back once, and says so the second time', async () => {
    const kiosk = await driveKiosk();
    const addressAfterCrash = () =>
      kiosk.app.evaluate(
        ({ BrowserWindow }) =>
          new Promise<string>((done) => {
            const contents = BrowserWindow.getAllWindows()[0]?.webContents;
            contents?.once('did-finish-load', () => done(contents.getURL()));
            contents?.forcefullyCrashRenderer();
          }),
      );
    expect(await addressAfterCrash()).toBe('app://gongji/index.html');
    expect(await addressAfterCrash()).toBe('app://gongji/fault.html?why=screenGone');
    await kiosk.remove();
  });
});
