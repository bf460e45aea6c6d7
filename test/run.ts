import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildIfNeeded } from '../electron/runtime/app-build.ts';
import { type ElectronRuntime, findElectron } from '../electron/runtime/electron-runtime.ts';
import { progressLine } from '../electron/runtime/progress-line.ts';
import { RuntimeFault } from '../electron/runtime/runtime-fault.ts';
import { aptCommand, electronPackages, missingDebianPackages, missingLibraries } from '../electron/runtime/system.ts';

/** `npm test`: gets what the tests need, runs them, and ends with the line `tests: N passed, N failed`. Arguments go to
 *  vitest; when they leave no Electron test, no Electron is asked for.
 *  Exit codes: vitest's; 1 also when something that the tests need is missing and cannot be got. */

const repository = dirname(import.meta.dirname);
const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
const displayPackages = ['xvfb', 'fonts-noto-cjk'];

/** Something that the tests need is not to be had; the message is one line that says what to do. */
class NotReady extends Error {}

/** Ended with us, however we end. */
const servers: ChildProcess[] = [];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
process.once('exit', stopServers);

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof NotReady || error instanceof RuntimeFault)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  stopServers();
}

function stopServers(): void {
  for (const server of servers.splice(0)) server.kill();
}

async function runTests(args: readonly string[]): Promise<number> {
  const env = needsElectron(args) ? { ...process.env, ...(await prepareElectron()) } : process.env;
  const folder = await mkdtemp(join(tmpdir(), 'gongji-test-'));
  try {
    const report = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: repository,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? 1)));
    process.stdout.write(`${closingLine(report, code)}\n`);
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks vitest which files the arguments choose: those that drive the kiosk need an Electron. */
function needsElectron(args: readonly string[]): boolean {
  const { stdout, status } = spawnSync(process.execPath, [vitest, 'list', '--filesOnly', ...args], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const files = stdout.split('\n').filter((file) => file.endsWith('.test.ts'));
  return (
    status !== 0 || files.some((file) => readFileSync(join(repository, file), 'utf8').includes('/kiosk-driver.ts'))
  );
}

/** An Electron, its libraries, a display of its own and the built app; gives the environment that tells the tests. */
async function prepareElectron(): Promise<NodeJS.ProcessEnv> {
  if (process.platform === 'linux') await installWhatIsMissing(displayPackages, lacksDisplayTools());
  const electron = await findElectron(repository, progressLine(process.stderr));
  await installLibraries(electron);
  const outcome = await buildIfNeeded(repository);
  if (!outcome.ok) throw new NotReady(`The app could not be built:\n${outcome.output.trimEnd()}`);
  const display = process.platform === 'linux' ? await startXvfb() : {};
  return { GONGJI_TEST_ELECTRON: electron.executable, ...display };
}

async function installLibraries(electron: ElectronRuntime): Promise<void> {
  const missing = await missingLibraries(electron.executable);
  await installWhatIsMissing(electronPackages, missing.length > 0);
  const still = missing.length > 0 ? await missingLibraries(electron.executable) : [];
  if (still.length > 0) throw new NotReady(`Electron needs libraries that are missing here: ${still.join(', ')}.`);
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
    throw new NotReady(`The Electron tests need what Debian calls ${packages.join(' ')}: install it.`);
  if (missing.length === 0) return;
  if (process.geteuid?.() !== 0) throw new NotReady(`The Electron tests need: ${aptCommand(missing, false)}`);
  process.stderr.write(`Installing for the Electron tests: ${missing.join(' ')}\n`);
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

/** A display of our own, so that the tests neither need nor disturb another; Xvfb itself picks a free number. */
async function startXvfb(): Promise<NodeJS.ProcessEnv> {
  const args = ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp', '-noreset'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  servers.push(server);
  const number = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stdio[3]?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
    server.once('error', reject);
    server.once('close', (code) => reject(new NotReady(`Xvfb ended with code ${code} before it had a display.`)));
  });
  // The windows must come up on our display, not on the Wayland desktop of whoever runs the tests.
  return { DISPLAY: `:${number}`, WAYLAND_DISPLAY: '' };
}

/** Counts from vitest's own report. A file that could not be loaded, and a run that failed without a failed test, count
 *  as one failed test each: the line never says less than the exit code. */
function closingLine(report: string, code: number): string {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(report)) counts = countTests(JSON.parse(readFileSync(report, 'utf8')));
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `tests: ${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function countTests(report: VitestReport): { passed: number; failed: number; skipped: number } {
  const notLoaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notLoaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
