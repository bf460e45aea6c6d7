import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BrowserContext, chromium, _electron as electron, type Page } from 'playwright-core';
import { installedChromium } from './installed-chromium.ts';

export interface Screen {
  readonly width: number;
  readonly height: number;
  /** The pages' script does not run. */
  readonly scriptless?: boolean;
  readonly dark?: boolean;
}

export const telephone: Screen = { width: 390, height: 844 };
export const desktop: Screen = { width: 1280, height: 800 };

/** A real Chromium. Each visit has cookies of its own. */
export interface CitizenBrowser {
  visit(screen: Screen): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the Chromium that is installed, or else the Electron of the tests with nothing but windows.
 *  Errors: where there is neither, it says how to get one. */
export async function openCitizenBrowser(): Promise<CitizenBrowser> {
  const executablePath = installedChromium();
  return executablePath === null ? openElectron() : openChromium(executablePath);
}

async function openChromium(executablePath: string): Promise<CitizenBrowser> {
  // Containers have no namespaces to sandbox with, and only our own pages are opened.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  return {
    async visit({ width, height, scriptless = false, dark = false }) {
      const context: BrowserContext = await browser.newContext({
        viewport: { width, height },
        javaScriptEnabled: !scriptless,
        colorScheme: dark ? 'dark' : 'light',
      });
      return context.newPage();
    },
    close: () => browser.close(),
  };
}

async function openElectron(): Promise<CitizenBrowser> {
  const executablePath = process.env.GONGJI_TEST_ELECTRON;
  if (executablePath === undefined)
    throw new Error(
      'no Chromium is installed; run these through "npm test -- test/chromium", which provides an Electron',
    );
  const folder = await mkdtemp(join(tmpdir(), 'gongji-windows-'));
  await writeFile(join(folder, 'package.json'), '{ "name": "windows", "version": "0.0.0", "main": "main.cjs" }');
  await writeFile(join(folder, 'main.cjs'), "require('electron').app.on('window-all-closed', () => undefined);\n");
  const app = await electron.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', folder] });
  let visits = 0;
  return {
    async visit({ width, height, scriptless = false, dark = false }) {
      visits += 1;
      const opened = app.waitForEvent('window');
      await app.evaluate(
        async ({ BrowserWindow, nativeTheme }, window) => {
          nativeTheme.themeSource = window.dark ? 'dark' : 'light';
          const { width, height, partition, javascript } = window;
          const webPreferences = { partition, javascript };
          await new BrowserWindow({ width, height, useContentSize: true, webPreferences }).loadURL('about:blank');
        },
        { width, height, dark, partition: `visit-${visits}`, javascript: !scriptless },
      );
      const page = await opened;
      await page.setViewportSize({ width, height });
      return page;
    },
    async close() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes `screenshots/<name>.png`, a folder that git ignores. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = resolve(import.meta.dirname, '../../screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
