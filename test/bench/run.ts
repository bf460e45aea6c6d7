import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ElectronStage, NotReady, prepareElectron } from '../prepare-electron.ts';
import { measureCodecs, measureFramers } from './decode.ts';
import { type Figure, table } from './figure.ts';
import { measureJournalledSettlements, measureRecovery } from './journal.ts';
import { measurePlans } from './plan.ts';
import { measureSerialSwipes } from './serial.ts';
import { measureSettlements } from './settle.ts';
import { measureSwipes } from './swipe.ts';
import { measurePrompts, measureStarts, measureUnplugs } from './window.ts';

const usage = `npm run bench [-- OPTIONS]   measures, in about four minutes

  --only PART     plan, settle, journal, recovery, swipe, decode, serial, prompt, unplug or start; may be given
                  several times
  --folder PATH   where the databases are made: the disk that is measured (default: the system's folder for temporary files)
  --json          one JSON object instead of tables
  --help          this text

Figures are of this machine, now: compare the ratios, which are to something measured in turn with it in the same run.`;

const repository = dirname(dirname(import.meta.dirname));
const parts = [
  'plan',
  'settle',
  'journal',
  'recovery',
  'swipe',
  'decode',
  'serial',
  'prompt',
  'unplug',
  'start',
] as const;
type Part = (typeof parts)[number];
/** Linux's number of the file system that is kept in memory, where flushing costs nothing. */
const tmpfs = 0x01021994;

const given = readOptions();
if (given !== null) await run(given);

interface Options {
  readonly parts: readonly Part[];
  readonly folder: string;
  readonly json: boolean;
}

function readOptions(): Options | null {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        folder: { type: 'string', default: tmpdir() },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = values.only.find((name) => !parts.some((part) => part === name));
    if (unknown !== undefined) throw new TypeError(`--only: expected one of ${parts.join(', ')}, got ${unknown}`);
    if (values.help) process.stdout.write(`${usage}\n`);
    const chosen = parts.filter((part) => values.only.length === 0 || values.only.includes(part));
    return values.help ? null : { parts: chosen, folder: values.folder, json: values.json };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = 2;
    return null;
  }
}

async function run({ parts, folder: place, json }: Options): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  const folder = mkdtempSync(join(place, 'gongji-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const inMemory = statfsSync(folder).type === tmpfs;
  const needsElectron = (['prompt', 'unplug', 'start'] as const).some((part) => parts.includes(part));
  const stage = needsElectron ? await stageOrReason() : null;
  try {
    const figures: Figure[] = [];
    const show = (measured: readonly Figure[]) => {
      figures.push(...measured);
      if (!json) process.stdout.write(`\n${table(measured)}\n`);
    };
    const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
    if (!json) process.stdout.write(`${machine}\n`);
    if (inMemory && !json) process.stdout.write(`${place} is kept in memory: flushes cost nothing there.\n`);

    if (parts.includes('plan')) show(await measurePlans());
    if (parts.includes('settle')) show(await measureSettlements(folder));
    if (parts.includes('journal')) show(await measureJournalledSettlements(folder));
    if (parts.includes('recovery')) show(await measureRecovery(folder));
    if (parts.includes('swipe')) show(await measureSwipes(folder));
    if (parts.includes('decode')) show([...measureCodecs(), ...measureFramers()]);
    if (parts.includes('serial')) show(await measureSerialSwipes());
    if (typeof stage === 'string') {
      if (!json) process.stdout.write(`\nthe kiosk in Electron: skipped. ${stage}\n`);
    } else if (stage !== null) {
      Object.assign(process.env, stage.env);
      if (parts.includes('prompt')) show(await measurePrompts());
      if (parts.includes('unplug')) show(await measureUnplugs(folder));
      if (parts.includes('start')) show(await measureStarts(stage, repository, folder));
    }
    const skipped = typeof stage === 'string' ? { electron: stage } : {};
    if (json) process.stdout.write(`${JSON.stringify({ machine, inMemory, figures, skipped }, null, 2)}\n`);
  } finally {
    if (stage !== null && typeof stage !== 'string') stage.close();
  }
}

/** An Electron to drive, or in a sentence why there is none. */
async function stageOrReason(): Promise<ElectronStage | string> {
  try {
    return await prepareElectron(repository);
  } catch (error) {
    if (error instanceof NotReady) return error.message;
    throw error;
  }
}
