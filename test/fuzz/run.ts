import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundle } from '../bundle.ts';
import { type Instrumented, instrument } from './instrument.ts';
import { seedsOf } from './seeds.ts';
import type { FuzzOrder, FuzzReport } from './worker.ts';

const usage = `npm run fuzz [-- OPTIONS]   throws bytes at the codecs until one breaks its contract

  --seconds N      how long, shared by the codecs (default: 60)
  --codec NAME     only this one; may be given several times
  --seed N         as in an earlier run (default: drawn, and printed)
  --codecs FILE    module whose "codecs" are tried (default: drivers/codec/codecs.ts)
  --help           this text

It begins with the captures and goes on from those inputs that reach something new in the code. What it finds is kept in
.fuzz/ and printed as hex, with the line that shows it. Exit codes: 0 nothing found, 1 found, 2 usage.`;

const repository = dirname(dirname(import.meta.dirname));
const findings = join(repository, '.fuzz');
const counters = '__places';
const inputBytesMax = 65_536;
/** Beyond its share of the time: the codec works on one input for ever. */
const stuckMs = 10_000;

interface Options {
  readonly seconds: number;
  readonly names: readonly string[];
  readonly registry: string;
  readonly seed: number;
}

const given = await readOptions();
if (given !== null) process.exitCode = await fuzz(given);

async function readOptions(): Promise<Options | null> {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        codec: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string' },
        codecs: { type: 'string', default: join(repository, 'drivers', 'codec', 'codecs.ts') },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return null;
    }
    const registry = resolve(values.codecs);
    const known = Object.keys((await import(pathToFileURL(registry).href)).codecs);
    const unknown = values.codec.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new TypeError(`--codec: expected one of ${known.join(', ')}, got ${unknown}`);
    return {
      seconds: wholeNumber('--seconds', values.seconds),
      names: values.codec.length > 0 ? values.codec : known,
      registry,
      seed: values.seed === undefined ? 1 + Math.floor(Math.random() * 999_999) : wholeNumber('--seed', values.seed),
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`fuzz: ${error.message}\n`);
    process.exitCode = 2;
    return null;
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TypeError(`${option}: expected a whole number from 1 on, got ${text}`);
  return Number(text);
}

async function fuzz({ names, seconds, seed, registry }: Options): Promise<number> {
  mkdirSync(findings, { recursive: true });
  // Below the repository, so that its packages are found from there.
  const folder = mkdtempSync(join(findings, 'run-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.stdout.write(`${names.length} codecs, ${seconds} s, --seed ${seed}\n`);
  const { places, words } = await prepare(folder, registry);
  const seeds = seedsOf(join(repository, 'fixtures', 'captures'));
  let found = 0;
  for (const codec of names) {
    const report = await runWorker({
      ...{ bundle: join(folder, 'codecs.mjs'), counters, places, codec, seed, seeds, words },
      milliseconds: (seconds * 1000) / names.length,
      underWay: new SharedArrayBuffer(4 + inputBytesMax),
    });
    process.stdout.write(`${codec}: ${report.inputs} inputs reach ${report.reached} places of ${places}\n`);
    if (report.what === null) continue;
    found++;
    tell(codec, report.bytes, report.what);
  }
  process.stdout.write(found === 0 ? 'Nothing found.\n' : `${found} found.\n`);
  return found === 0 ? 0 : 1;
}

/** One file of the codecs and the contract that they are held to, with counters in it. */
async function prepare(folder: string, registry: string): Promise<Instrumented> {
  const entry = join(folder, 'entry.ts');
  const property = join(import.meta.dirname, 'codec-property.ts');
  writeFileSync(
    entry,
    `export { codecs } from ${JSON.stringify(registry)};\nexport { holdToContract } from ${JSON.stringify(property)};\n`,
  );
  await bundle({ entry, folder, name: 'plain.mjs', format: 'es', external: ['iconv-lite'] });
  const instrumented = instrument(readFileSync(join(folder, 'plain.mjs'), 'utf8'), counters);
  writeFileSync(join(folder, 'codecs.mjs'), instrumented.code);
  return instrumented;
}

async function runWorker(order: FuzzOrder): Promise<FuzzReport> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
  const abandon = new AbortController();
  const stuck = setTimeout(() => abandon.abort(), order.milliseconds + stuckMs);
  try {
    const [report] = await once(worker, 'message', { signal: abandon.signal });
    return report;
  } catch (error) {
    if (!abandon.signal.aborted) throw error;
    const length = new DataView(order.underWay).getUint32(0);
    const bytes = new Uint8Array(order.underWay, 4, length).slice();
    return { inputs: 1, reached: 0, what: `works on it for more than ${stuckMs / 1000} s`, bytes };
  } finally {
    clearTimeout(stuck);
    await worker.terminate();
  }
}

function tell(codec: string, bytes: Uint8Array, what: string): void {
  const hex = Buffer.from(bytes).toString('hex');
  const name = `${codec}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.hex`;
  writeFileSync(join(findings, name), `${hex}\n`);
  process.stdout.write(
    `  ${what}\n  kept as .fuzz/${name}\n  echo ${hex} | npm run -s gongji -- reader decode --codec ${codec}\n`,
  );
}
