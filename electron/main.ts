import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, ipcMain, session } from 'electron';
import { availableProtections } from '../src/app/keys/key-protection.ts';
import { createKiosk } from '../src/app/kiosk.ts';
import type { Kiosk } from '../src/app/kiosk-contract.ts';
import { channels, type Hello } from '../src/ipc/channels.ts';
import { declareAppScheme, serveApp } from './app-protocol.ts';
import { crashReport } from './crash.ts';
import type { Fault } from './fault-page.ts';
import { hardenApp, hardenSession } from './hardening.ts';
import { judgeIntent, type Refusal } from './intent-gate.ts';
import { ipcTrace } from './ipc-trace.ts';
import { kioskOptionsFrom } from './kiosk-options.ts';
import { osKeyStore } from './os-key-store.ts';
import { Windows } from './windows.ts';

const usageExitCode = 64;
const crashedExitCode = 70;

const dataFolder = process.env.GONGJI_DATA_DIR || app.getPath('userData');
mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
app.setPath('userData', dataFolder);
const kioskOptions = readOptions();

let windows: Windows | null = null;
let crashed = false;

process.on('uncaughtException', (error) => stopService(error));
process.on('unhandledRejection', (error) => stopService(error));
declareAppScheme();
hardenApp();

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => windows?.focus());
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => stopService(error));
} else {
  process.stderr.write('The terminal is already running with this data folder: its window comes to the front.\n');
  app.exit(0);
}

/** Opens the screens and the kiosk behind them side by side; a screen's `hello` waits for the kiosk. */
async function start(): Promise<void> {
  // Not persistent: what a page might store is gone with the program.
  const screens = session.fromPartition('screens');
  hardenSession(screens);
  serveApp(screens, join(import.meta.dirname, '../renderer'));

  const fixturesFolder = join(app.isPackaged ? process.resourcesPath : app.getAppPath(), 'fixtures');
  const keyProtections = availableProtections(osKeyStore(), process.env);
  // It has been read: what we start from here on need not know it.
  delete process.env.GONGJI_KEY_PASSPHRASE;
  const starting = createKiosk({
    dataFolder,
    fixturesFolder,
    report: note,
    tellProtection: (sentence) => process.stderr.write(`${sentence}\n`),
    tellCitizenPages: (url) => process.stderr.write(`citizens' pages: ${url}\n`),
    keyProtections,
    ...kioskOptions,
  });
  windows = new Windows(screens);
  connect(windows, starting);
  windows.open();
  try {
    closeWithTheApp(await starting);
  } catch (error) {
    // Nothing has been swiped or typed yet, so these words are safe, and they say what to do.
    const advice = error instanceof Error ? error.message : 'unknown';
    process.stderr.write(`The terminal cannot start: ${advice}\n`);
    if (error instanceof Error && 'code' in error && error.code === 'unknownProfile') return app.exit(usageExitCode);
    stopService(error, 'cannotStart', advice);
  }
}

/** The channel table's two ends: intents and hellos in, views out. */
function connect(screens: Windows, starting: Promise<Kiosk>): void {
  const trace = ipcTrace(process.env.GONGJI_IPC_TRACE);
  let kiosk: Kiosk | null = null;
  let refusals = 0;

  ipcMain.handle(channels.hello, async (event): Promise<Hello | null> => {
    const role = screens.roleOf(event.sender, event.senderFrame);
    trace({ direction: 'in', role, channel: channels.hello, payload: null });
    const started = await starting.catch(() => null);
    if (role === null || started === null || crashed) return null;
    const hello = { ...started.hello(role), customerDisplay: screens.hasCustomer };
    trace({ direction: 'out', role, channel: channels.hello, payload: hello });
    return hello;
  });

  ipcMain.handle(channels.intent, (event, payload: unknown): Refusal | null => {
    const role = screens.roleOf(event.sender, event.senderFrame);
    trace({ direction: 'in', role, channel: channels.intent, payload });
    const judgement = judgeIntent(role, payload);
    if (judgement.kind === 'refused') {
      refusals += 1;
      process.stderr.write(`message refused: ${judgement.refusal} ${judgement.name} (${refusals} so far)\n`);
      return judgement.refusal;
    }
    if (role === null || kiosk === null || crashed) return 'outOfService';
    try {
      kiosk.take(judgement.intent, role);
    } catch (error) {
      stopService(error);
      return 'outOfService';
    }
    return null;
  });

  const send = (role: 'operator' | 'customer', channel: string, payload: unknown) => {
    if (!crashed && screens.send(role, channel, payload)) trace({ direction: 'out', role, channel, payload });
  };
  const onStarted = (started: Kiosk) => {
    kiosk = started;
    started.onView((view) => send('operator', channels.view, view));
    started.onCustomerView((view) => send('customer', channels.customerView, view));
    started.onSettings((settings) => {
      send('operator', channels.settings, settings);
      send('customer', channels.settings, settings);
    });
  };
  // A kiosk that does not start is reported where it was started.
  starting.then(onStarted, () => {});
}

function closeWithTheApp(kiosk: Kiosk): void {
  app.on('will-quit', (event) => {
    event.preventDefault();
    kiosk
      .close()
      .catch(note)
      .finally(() => app.exit(crashed ? crashedExitCode : 0));
  });
}

function readOptions(): ReturnType<typeof kioskOptionsFrom> {
  try {
    return kioskOptionsFrom(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return process.exit(usageExitCode);
  }
}

/** A bug: no screen can be trusted to tell the truth any more. Says so on every screen, without what caused it, and lets
 *  nothing further in; the program ends, with its code, when the operator closes the window. */
function stopService(error: unknown, fault: Fault = 'crashed', advice?: string): void {
  note(error);
  if (crashed) return;
  crashed = true;
  if (!windows?.showFault(fault, advice)) app.exit(crashedExitCode);
}

/** Writes a fault down, without what it was about. */
function note(error: unknown): void {
  const report = `${new Date().toISOString()} ${crashReport(error)}\n`;
  process.stderr.write(report);
  try {
    appendFileSync(join(dataFolder, 'faults.log'), report, { mode: 0o600 });
  } catch {
    process.stderr.write('faults.log could not be written\n');
  }
}

app.on('window-all-closed', () => {
  if (crashed) app.exit(crashedExitCode);
  else app.quit();
});
