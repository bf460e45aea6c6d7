import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { historyOf } from './history.ts';
import { historyText } from './history-text.ts';
import { provideLightly } from './light-provide.ts';
import { type Mistaken, mistakes } from './mistakes.ts';
import { type Failure, runHistory } from './run-history.ts';
import { shrink } from './shrink.ts';
import type { SeedsDone } from './worker.ts';

const usage = `npm run simulate -- --seeds N --from S [OPTIONS]   runs N histories of terminals, people, links and faults, and
holds terminals and centre against the rules

  --seeds N       how many (default: 1000)
  --from S        the first seed (default: 1)
  --workers W     side by side (default: as many as the machine has cores, at most 4)
  --failures N    stop after so many (default: 1)
  --mistake NAME  with a mistake of ours put in: ${Object.keys(mistakes).join(', ')}
  --trace         with one seed: what happens, as it happens
  --help          this text

A history that fails is shrunk to the steps that matter, and printed with the command that runs it again. Exit codes: 0
everything held, 1 something did not or it was stopped, 2 usage.`;

/** Of a failing seed, at most so many shorter histories are tried. */
const triesMax = 1_500;
/** How many seeds a worker gets at a time. */
const batch = 50;

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly failures: number;
  readonly mistake: Mistaken | null;
  readonly trace: boolean;
}

provideLightly();
const options = readOptions();
if (options !== null) process.exitCode = options.trace ? await traceOne(options) : await simulate(options);

function readOptions(): Options | null {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '1000' },
        from: { type: 'string', default: '1' },
        workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
        failures: { type: 'string', default: '1' },
        mistake: { type: 'string' },
        trace: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return null;
    }
    const mistake = (values.mistake ?? null) as Mistaken | null;
    if (mistake !== null && !(mistake in mistakes))
      throw new TypeError(`--mistake: expected one of ${Object.keys(mistakes).join(', ')}, got ${mistake}`);
    return {
      seeds: values.trace ? 1 : wholeNumber('--seeds', values.seeds),
      from: wholeNumber('--from', values.from),
      workers: wholeNumber('--workers', values.workers),
      failures: wholeNumber('--failures', values.failures),
      mistake,
      trace: values.trace,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`simulate: ${error.message}\n`);
    process.exitCode = 2;
    return null;
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TypeError(`${option}: expected a whole number from 1 on, got ${text}`);
  return Number(text);
}

async function traceOne({ from, mistake }: Options): Promise<number> {
  const history = historyOf(from);
  process.stdout.write(`${historyText(history).join('\n')}\n\n`);
  const failure = await runHistory(history, mistake === null ? {} : mistakes[mistake], (text) =>
    process.stdout.write(`${text}\n`),
  );
  process.stdout.write(failure === null ? '\nEverything held.\n' : `\n${failure.what}: ${failure.message}\n`);
  return failure === null ? 0 : 1;
}

async function simulate(options: Options): Promise<number> {
  const { seeds, from, workers, mistake } = options;
  process.stdout.write(`${seeds} seeds from ${from}, ${workers} workers${mistake === null ? '' : `, ${mistake}`}\n`);
  const begun = process.hrtime.bigint();
  let next = from;
  const end = from + seeds;
  let done = 0;
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isStopped = true;
    });
  }
  const failing: SeedsDone['failing'][number][] = [];
  await Promise.all(
    Array.from({ length: Math.min(workers, Math.ceil(seeds / batch)) }, async () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { mistake } });
      try {
        while (next < end && !isStopped && failing.length < options.failures) {
          const order = { from: next, to: Math.min(end, next + batch) };
          next = order.to;
          const report = await ask(worker, order);
          done += order.to - order.from;
          failing.push(...report.failing);
          if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${seeds} `);
          else if (done % 10_000 === 0) process.stderr.write(`${done} of ${seeds}\n`);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r');
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  process.stdout.write(`${done} histories in ${seconds.toFixed(1)} s (${(done / seconds).toFixed(1)} a second)\n`);
  failing.sort((a, b) => a.seed - b.seed);
  for (const { seed, failure } of failing.slice(0, options.failures)) await tell(seed, failure, mistake);
  if (isStopped) process.stdout.write(`Stopped before the end: ${done} of ${seeds} were played.\n`);
  process.stdout.write(failing.length === 0 ? 'Everything held.\n' : `${failing.length} seeds failed.\n`);
  return failing.length === 0 && done === seeds ? 0 : 1;
}

function ask(worker: Worker, order: { readonly from: number; readonly to: number }): Promise<SeedsDone> {
  return new Promise((resolve, reject) => {
    worker.once('message', (report: SeedsDone) => {
      worker.off('error', reject);
      resolve(report);
    });
    worker.once('error', reject);
    worker.postMessage(order);
  });
}

async function tell(seed: number, failure: Failure, mistake: Mistaken | null): Promise<void> {
  const history = historyOf(seed);
  const mistaken = mistake === null ? {} : mistakes[mistake];
  let tries = 0;
  let message = failure.message;
  const shrunk = await shrink(history, async (shorter) => {
    tries += 1;
    if (tries > triesMax) return false;
    const found = await runHistory(shorter, mistaken);
    if (found?.what !== failure.what) return false;
    message = found.message;
    return true;
  });
  const [cast = '', people = '', ...steps] = historyText(shrunk);
  const rerun = `npm run simulate -- --seeds 1 --from ${seed}${mistake === null ? '' : ` --mistake ${mistake}`}`;
  process.stdout.write(
    [
      '',
      `seed ${seed} fails: ${failure.what}`,
      `  ${message}`,
      `  ${cast}`,
      `  ${people}`,
      `  ${steps.length} of ${history.steps.length} steps are left:`,
      ...steps.map((step) => `  ${step}`),
      `  again: ${rerun}`,
      '',
    ]
      .map((line) => `${line}\n`)
      .join(''),
  );
}
