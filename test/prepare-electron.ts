import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildIfNeeded } from '../electron/runtime/app-build.ts';
import { type ElectronRuntime, findElectron } from '../electron/runtime/electron-runtime.ts';
import { progressLine } from '../electron/runtime/progress-line.ts';
import { RuntimeFault } from '../electron/runtime/runtime-fault.ts';
import { aptCommand, electronPackages, missingDebianPackages, missingLibraries } from '../electron/runtime/system.ts';

const displayPackages = ['xvfb', 'fonts-noto-cjk'];

/** An Electron with the built app, ready to be driven. `env` tells kiosk-driver.ts where it is and on which display. */
export interface ElectronStage {
  readonly runtime: ElectronRuntime;
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Something that driving the kiosk needs is not to be had; the message is one line that says what to do. */
export class NotReady extends Error {}

/** Gets an Electron, its libraries, the built app and, on Linux, a display of our own. What is missing is installed on
 *  Debian as root. The display ends with `close`, and with this process however it ends.
 *  Errors: `NotReady`. */
export async function prepareElectron(repository: string): Promise<ElectronStage> {
  if (process.platform === 'linux') await installWhatIsMissing(displayPackages, lacksDisplayTools());
  const runtime = await findElectron(repository, progressLine(process.stderr)).catch((fault: unknown) => {
    throw fault instanceof RuntimeFault ? new NotReady(fault.message, { cause: fault }) : fault;
  });
  await installLibraries(runtime);
  await installLibusb(repository);
  const outcome = await buildIfNeeded(repository);
  if (!outcome.ok) throw new NotReady(`The app could not be built:\n${outcome.output.trimEnd()}`);
  const display = process.platform === 'linux' ? await startXvfb() : null;
  return {
    runtime,
    env: { GONGJI_TEST_ELECTRON: runtime.executable, ...display?.env },
    close: () => display?.close(),
  };
}

async function installLibraries(electron: ElectronRuntime): Promise<void> {
  const missing = await missingLibraries(electron.executable);
  await installWhatIsMissing(electronPackages, missing.length > 0);
  const still = missing.length > 0 ? await missingLibraries(electron.executable) : [];
  if (still.length > 0) throw new NotReady(`Electron needs libraries that are missing here: ${still.join(', ')}.`);
}

/** node-hid's binary for this machine. */
export function hidBinding(repository: string): string {
  const flavour = process.platform === 'linux' ? 'HID_hidraw' : 'HID';
  const folder = `${flavour}-${process.platform}-${process.arch}`;
  return join(repository, 'node_modules', 'node-hid', 'prebuilds', folder, 'node-napi-v4.node');
}

/** Gets what node-hid's binary links to. Where it cannot be had, HID devices are unavailable, and the tests hold that the
 *  program says so. */
async function installLibusb(repository: string): Promise<void> {
  const missing = await missingLibraries(hidBinding(repository));
  try {
    await installWhatIsMissing(['libusb-1.0-0'], missing.length > 0);
  } catch (fault) {
    if (!(fault instanceof NotReady)) throw fault;
    process.stderr.write(`HID devices are tested as unavailable: ${fault.message}\n`);
  }
}

function lacksDisplayTools(): boolean {
  const hasXvfb = spawnSync('Xvfb', ['-version'], { stdio: 'ignore' }).error === undefined;
  const fonts = spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' });
  return !hasXvfb || !fonts.stdout?.trim();
}

/** Installs on Debian as root; otherwise says what to type. */
async function installWhatIsMissing(packages: readonly string[], isNeeded: boolean): Promise<void> {
  if (!isNeeded) return;
  const missing = await missingDebianPackages(packages);
  if (missing === null)
    throw new NotReady(`Driving the kiosk needs what Debian calls ${packages.join(' ')}: install it.`);
  if (missing.length === 0) return;
  if (process.geteuid?.() !== 0) throw new NotReady(`Driving the kiosk needs: ${aptCommand(missing, false)}`);
  process.stderr.write(`Installing to drive the kiosk: ${missing.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  aptGet(['update', '-qq'], env);
  // After the update apt may know a package under another name.
  aptGet(['install', '-y', '-qq', ...((await missingDebianPackages(packages)) ?? missing)], env);
}

function aptGet(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync('apt-get', args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0)
    throw new NotReady(`apt-get ${args.join(' ')} failed:\n${`${stdout}${stderr}`.trim().slice(-2000)}`);
}

/** A display of our own, so that we neither need nor disturb another; Xvfb itself picks a free number. */
async function startXvfb(): Promise<{ env: Readonly<Record<string, string>>; close(): void }> {
  const args = ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp', '-noreset'];
  const server: ChildProcess = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const close = () => {
    process.removeListener('exit', close);
    server.kill();
  };
  process.once('exit', close);
  const number = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stdio[3]?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
    server.once('error', reject);
    server.once('close', (code) => reject(new NotReady(`Xvfb ended with code ${code} before it had a display.`)));
  });
  // The windows must come up on our display, not on the Wayland desktop of whoever runs this.
  return { env: { DISPLAY: `:${number}`, WAYLAND_DISPLAY: '' }, close };
}
