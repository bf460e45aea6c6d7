import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { progressLine } from '../electron/runtime/progress-line.ts';
import { installedChromium } from './chromium/installed-chromium.ts';
import { type Lab, prepareLab } from './hwlab/prepare-lab.ts';
import { NotReady, prepareElectron } from './prepare-electron.ts';

/** `npm test`: gets what the tests need, runs them, and ends with the line `tests: N passed, N failed`. Arguments go to
 *  vitest; when they leave no Electron test, no Electron is asked for, nor a hardware lab when they leave none of its.
 *  Exit codes: vitest's; 1 also when something that the tests need is missing and cannot be got. */

const repository = dirname(import.meta.dirname);
const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');

// The display that the tests got ends with us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function runTests(args: readonly string[]): Promise<number> {
  const files = chosenFiles(args);
  const uses = (part: string) => files === null || files.some((source) => source.includes(part));
  // The citizens' pages are tried in a Chromium that is installed; where none is, the Electron serves as one.
  const lacksChromium = uses('/citizen-browser.ts') && installedChromium() === null;
  const needsElectron = lacksChromium || uses('/kiosk-driver.ts') || uses('GONGJI_TEST_ELECTRON');
  const stage = needsElectron ? await prepareElectron(repository) : null;
  const lab = uses('/boot-lab.ts') ? await prepareLab(progressLine(process.stderr)) : null;
  const folder = await mkdtemp(join(tmpdir(), 'gongji-test-'));
  try {
    const report = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: repository,
      env: { ...process.env, ...stage?.env, ...(lab && labEnv(lab)) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? 1)));
    if (lab !== null && 'missing' in lab) process.stdout.write(`The hardware lab did not run: ${lab.missing}.\n`);
    process.stdout.write(`${closingLine(report, code)}\n`);
    return code;
  } finally {
    stage?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks vitest which files the arguments choose and gives their texts: those that drive the kiosk need an Electron. Null
 *  when it cannot say. */
function chosenFiles(args: readonly string[]): string[] | null {
  const { stdout, status } = spawnSync(process.execPath, [vitest, 'list', '--filesOnly', ...args], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (status !== 0) return null;
  const names = stdout.split('\n').filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => readFileSync(join(repository, name), 'utf8'));
}

function labEnv(lab: Lab): NodeJS.ProcessEnv {
  return 'folder' in lab ? { GONGJI_TEST_HWLAB: lab.folder } : { GONGJI_TEST_HWLAB_MISSING: lab.missing };
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
