import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core';

const repository = resolve(import.meta.dirname, '../..');

/** How a person is played: slower than any device. */
const personsPauseMs = 90;

export interface DrivenKiosk {
  readonly app: ElectronApplication;
  /** The Electron it runs on. */
  readonly executable: string;
  /** The operator's screen. */
  readonly page: Page;
  readonly dataFolder: string;
  /** Everything that the main process and the screens have printed so far, a line each. */
  readonly printed: readonly string[];
  /** Every message between screens and main process so far, as JSON lines. */
  ipcTrace(): string;
  /** The customer's screen; only with `customerWindow`. */
  customerPage(): Promise<Page>;
  /** Types as a person does, with a pause between two keys: a device would type without one. */
  type(text: string, page?: Page): Promise<void>;
  /** Types as a card reader or scanner does: all keys in one go, `\n` for Enter. */
  wedge(text: string, page?: Page): Promise<void>;
  /** Writes `screenshots/<name>.png`, a folder that git ignores. */
  screenshot(name: string, page?: Page): Promise<void>;
  /** Closes the window and gives the exit code; the data folder stays until `remove`. */
  close(): Promise<number | null>;
  /** Closes, and removes the data folder. */
  remove(): Promise<void>;
}

export interface DriveOptions {
  /** Of an earlier kiosk, to start again with what it left. */
  readonly dataFolder?: string;
  readonly customerWindow?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built app in the real Electron, with data of its own, and waits for the operator's screen.
 *  Errors: without `npm test`'s preparation (an Electron, a display) it says so. */
export async function driveKiosk(options: DriveOptions = {}): Promise<DrivenKiosk> {
  const executablePath = process.env.GONGJI_TEST_ELECTRON;
  if (executablePath === undefined)
    throw new Error('run these through "npm test -- test/electron": it provides the Electron');
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'gongji-kiosk-')));
  const trace = join(dataFolder, 'ipc-trace.jsonl');
  const app = await electron.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', repository],
    env: {
      ...definedOnly(process.env),
      GONGJI_DATA_DIR: dataFolder,
      GONGJI_IPC_TRACE: trace,
      GONGJI_CUSTOMER_DISPLAY: options.customerWindow ? 'window' : 'off',
      ...options.env,
    },
  });
  const printed: string[] = [];
  const keep = (source: string) => (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') printed.push(`${source}: ${line}`);
  };
  // Playwright forgets the process once it has ended.
  const child = app.process();
  child.stdout?.setEncoding('utf8').on('data', keep('stdout'));
  child.stderr?.setEncoding('utf8').on('data', keep('stderr'));
  app.on('console', (message) => keep('main')(message.text()));
  app.on('window', (screen) => keepPage(screen, keep('screen')));
  for (const screen of app.windows()) keepPage(screen, keep('screen'));

  const exit = new Promise<number | null>((done) => child.once('exit', done));
  const pageOf = async (role: 'operator' | 'customer') => {
    for (;;) {
      for (const screen of app.windows()) {
        await screen.waitForLoadState('domcontentloaded');
        const hello = await screen.evaluate(() => window.gongji.hello());
        if (hello.role === role) return screen;
      }
      await app.waitForEvent('window');
    }
  };
  const page = await pageOf('operator');
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) await app.close();
    return exit;
  };
  return {
    app,
    executable: executablePath,
    page,
    dataFolder,
    printed,
    ipcTrace: () => (existsSync(trace) ? readFileSync(trace, 'utf8') : ''),
    customerPage: () => pageOf('customer'),
    type: async (text, screen = page) => {
      // Nobody types within a few milliseconds of what a device has just typed: that would be taken for its next line.
      await pause(personsPauseMs);
      await screen.keyboard.type(text, { delay: personsPauseMs });
    },
    wedge: (text, screen = page) => typeInOneGo(screen, text),
    screenshot: async (name, shot = page) => {
      mkdirSync(join(repository, 'screenshots'), { recursive: true });
      await shot.screenshot({ path: join(repository, 'screenshots', `${name}.png`), animations: 'disabled' });
    },
    close,
    remove: async () => {
      await close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function typeInOneGo(page: Page, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const pressed = [...text].flatMap((character) => {
    const key =
      character === '\n'
        ? { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }
        : { key: character, text: character };
    return [
      session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }),
      session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key }),
    ];
  });
  await Promise.all(pressed);
  await session.detach();
}

function keepPage(page: Page, keep: (text: string) => void): void {
  page.on('console', (message) => keep(message.text()));
  page.on('pageerror', (error) => keep(`${error}`));
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
