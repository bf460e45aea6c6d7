import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NotReady, prepareElectron } from './prepare-electron.ts';

/** `npm test`: gets what the tests need, runs them, and ends with the line `tests: N passed, N failed`. Arguments go to
 *  vitest; when they leave no Electron test, no Electron is asked for.
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
  const stage = needsElectron(args) ? await prepareElectron(repository) : null;
  const folder = await mkdtemp(join(tmpdir(), 'gongji-test-'));
  try {
    const report = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: repository,
      env: { ...process.env, ...stage?.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? 1)));
    process.stdout.write(`${closingLine(report, code)}\n`);
    return code;
  } finally {
    stage?.close();
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
