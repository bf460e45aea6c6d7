import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { EmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { MsgId } from '../../src/ports/ids.ts';
import { openFileJournal } from '../../src/terminal/file-journal.ts';
import { readLog } from '../bench/write-ahead-log.ts';
import { bill, embeddedOptions, fixedRandom, StandingClock } from '../centre/centre-world.ts';
import { openOwnAnswers } from '../centre/own-answers.ts';
import { profile } from '../centre/profiles.ts';
import { Counter } from '../centre/sales-counter.ts';
import { type Coin, RecordedDisk } from './recorded-disk.ts';
import { type RecordingOptions, recordOn, sqliteVersion } from './recorded-sqlite.ts';
import { day, everybody, openingFen, RunOfSales, seed, type Told } from './run-of-sales.ts';

/** Every write, truncation, flush and name of a run of sales, on the database and on the journal, in one order; then the
 *  files as a power cut leaves them at any moment of it, opened by the real program. The database is written by SQLite
 *  of the binding's own version over a file system that records (recorded-sqlite.ts), because a file system below the
 *  binding itself would take a compiler; and it is read, recovered and audited through the binding. */

// The store opens what it imports: SQLite over the recorded disk while one is recorded, and the binding at all other times.
vi.mock('@photostructure/sqlite', async (importOriginal) => {
  const original = await importOriginal<typeof import('@photostructure/sqlite')>();
  const { isRecording, RecordedDatabase } = await import('./recorded-sqlite.ts');
  const open = function DatabaseSync(...given: ConstructorParameters<typeof original.DatabaseSync>) {
    return isRecording() ? new RecordedDatabase(String(given[0])) : new original.DatabaseSync(...given);
  };
  return { ...original, DatabaseSync: open };
});

const rounds = 6;
const recordedFolder = join(tmpdir(), 'gongji-recorded-and-not-there');
const rules = profile('chongqing-2021');

/** Everything that happens on one disk while a centre is made, seeded and sold at. */
interface Recording {
  readonly disk: RecordedDisk;
  readonly madeAt: number;
  readonly told: readonly Told[];
  readonly run: RunOfSales;
}

async function record(options: RecordingOptions, flushesJournal = true): Promise<Recording> {
  const disk = new RecordedDisk();
  recordOn(disk, options);
  try {
    const journalDisk = disk.asJournalDisk();
    const centre = openAt(recordedFolder, 'recorded');
    const journal = await openFileJournal(
      join(recordedFolder, 'journal.jsonl'),
      flushesJournal
        ? journalDisk
        : { ...journalDisk, open: async (path) => ({ ...(await journalDisk.open(path)), datasync: async () => {} }) },
    );
    seed(centre);
    const madeAt = disk.now;
    const run = new RunOfSales(centre, journal, () => disk.now);
    await run.run(rounds);
    return { disk, madeAt, told: run.told, run };
  } finally {
    recordOn(null);
  }
}

/** `chance`: the same name draws the same ids, so that they stand in the same places of the database. */
function openAt(folder: string, chance = 'reopened'): EmbeddedCentre {
  const options = embeddedOptions(rules, new StandingClock(), join(folder, 'centre.sqlite'));
  return openOwnAnswers({ ...options, random: fixedRandom(chance) });
}

function seededCoin(name: string): Coin {
  let throws = 0;
  return (probability) =>
    createHash('sha256').update(`${name}:${throws++}`).digest().readUInt32BE() < probability * 2 ** 32;
}

/** Moments between `from` and `to`, drawn by a seed. */
function moments(count: number, from: number, to: number): readonly number[] {
  return Array.from(
    { length: count },
    (_, index) => from + (createHash('sha256').update(`moment ${index}`).digest().readUInt32BE() % (to - from + 1)),
  );
}

async function inFolder<T>(files: ReadonlyMap<string, Uint8Array>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gongji-powercut-'));
  try {
    for (const [path, bytes] of files) writeFileSync(join(folder, basename(path)), bytes);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the program found after its start, and what of it is wrong, in words. */
interface Found {
  readonly wrong: readonly string[];
  /** What became of the intents that were open. */
  readonly resolved: readonly string[];
}

/** Starts the program as ever after a power cut at a moment: it asks for what its journal has open, or reverses it. */
async function startAfter({ disk, told, run }: Recording, moment: number): Promise<Found> {
  const known = told.filter(({ at }) => at <= moment);
  return inFolder(disk.after(moment, seededCoin(`cut at ${moment}`)), async (folder) => {
    let centre: EmbeddedCentre;
    try {
      centre = openAt(folder);
    } catch (fault) {
      return { wrong: [`the database does not open: ${String(fault)}`], resolved: [] };
    }
    const journal = await openFileJournal(join(folder, 'journal.jsonl'));
    try {
      const counter = new Counter(centre, 'T2');
      const wrong: string[] = [];
      const state = await journal.open();
      if (state.setAside !== null) wrong.push('the journal is damaged');

      // What the journal acknowledged stands in it, and no message reached the centre before it did.
      const text = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
      for (const entry of known) {
        if (entry.by !== 'journal') continue;
        const { msgId, what } = entry;
        const open = state.open.find((intent) => intent.msgId === msgId);
        if (!text.includes(msgId)) wrong.push(`${msgId} is not in the journal`);
        if (what === 'reversing' && open && !open.reversing) wrong.push(`${msgId}: its reversal is not in the journal`);
        if (what !== 'intended' && what !== 'reversing' && open)
          wrong.push(`${msgId}: its outcome is not in the journal`);
      }
      const records = centre.registry.recordedOn(day);
      for (const { msgId } of records) {
        // A reversal has a message id of its own, and the intent of what it reverses.
        const isIntended =
          text.includes(msgId) ||
          records.some((one) => 'undoId' in one && one.msgId === msgId && one.kind === 'reversal');
        if (!isIntended) wrong.push(`${msgId} moved money and is not in the journal`);
      }

      const resolved: string[] = [];
      for (const intent of state.open) {
        const { msgId } = intent;
        if (intent.reversing) {
          const answer = await counter.reverse(msgId);
          if (answer.kind !== 'reversed') wrong.push(`${msgId} cannot be reversed`);
          await journal.settled(msgId, 'reversed');
          resolved.push('reversed');
        } else {
          const answer = await centre.centre.query({ ...counter.next(), of: msgId });
          const outcome = answer.kind === 'absent' ? 'absent' : answer.answer.kind;
          if (outcome !== 'absent' && outcome !== 'settled' && outcome !== 'undone') {
            wrong.push(`${msgId} was answered ${outcome}`);
          } else {
            await journal.settled(msgId, outcome);
            resolved.push(outcome);
          }
        }
      }
      if ((await journal.open()).open.length > 0) wrong.push('something stays open');

      // The last thing that the centre said of a message still holds.
      const said = new Map<MsgId, Told>();
      for (const one of known) if (one.by === 'centre') said.set(one.msgId, one);
      for (const { msgId, answer } of [...said.values()].flatMap((one) => (one.by === 'centre' ? [one] : []))) {
        const now = await centre.centre.query({ ...counter.next(), of: msgId });
        if (typeof answer === 'string') {
          const isSo = answer === 'absent' ? now.kind === 'absent' : now.kind === 'found' && now.undone;
          if (!isSo) wrong.push(`${msgId} was ${answer} and is ${now.kind}`);
        } else if (now.kind === 'absent' || JSON.stringify(now.answer) !== JSON.stringify(answer)) {
          wrong.push(`${msgId} was ${answer.kind} and is lost`);
        }
      }

      // Everything sent again moves nothing.
      const before = balances(centre);
      const sent = new Set(known.map(({ msgId }) => msgId));
      for (const request of run.requests) if (sent.has(request.msgId)) await centre.centre.settle(request);
      if (balances(centre) !== before) wrong.push('a message that came again moved money');
      const after = centre.registry.recordedOn(day);
      const spent = after.reduce(
        (sum, one) =>
          'undoId' in one ? sum - one.returned.own - one.returned.shared : sum + one.split.own + one.split.shared,
        0,
      );
      if (before + spent !== openingFen) wrong.push(`${openingFen - spent - before} fen are gone`);
      const settled = after.flatMap((one) => ('undoId' in one ? [] : [one.msgId]));
      if (new Set(settled).size !== settled.length) wrong.push('a message settled twice');
      wrong.push(...centre.registry.audit());

      if (centre.registry.balanceOf('daughter-0') === null) wrong.push('the people are lost');
      else await counter.sell('daughter-0', bill('1'));
      return { wrong, resolved };
    } finally {
      await journal.close();
      centre.close();
    }
  });
}

function balances({ registry }: EmbeddedCentre): number {
  return everybody.reduce((sum, id) => sum + (registry.balanceOf(id) ?? 0), 0);
}

async function startAfterEach(recording: Recording, cuts: readonly number[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const moment of cuts) {
    const { wrong, resolved } = await startAfter(recording, moment);
    found.push({ wrong: wrong.map((what) => `cut at ${moment}: ${what}`), resolved });
  }
  return found;
}

/** How many of the cuts lost something of this kind. */
function lossesOf(found: readonly Found[], kind: string): number {
  return found.filter(({ wrong }) => wrong.some((what) => what.endsWith(kind))).length;
}

describe('a power cut', () => {
  const often: RecordingOptions = { synchronous: 'asTheProgramSays', checkpointPages: 60 };
  let recording: Recording;
  beforeAll(async () => {
    recording = await record(often);
  });

  it('loses no acknowledged sale and doubles none, at 300 moments of a run of sales', async () => {
    const { disk, madeAt } = recording;
    const found = await startAfterEach(recording, moments(300, madeAt, disk.now));
    expect(found.flatMap(({ wrong }) => wrong)).toEqual([]);
    // The cuts came in the middle of everything: before the centre had a message, after it, while it was reversed.
    expect(new Set(found.flatMap(({ resolved }) => resolved))).toEqual(
      new Set(['absent', 'settled', 'undone', 'reversed']),
    );
  }, 300_000);

  it('leaves a database that opens when it comes while that is being made', async () => {
    const { disk, madeAt } = recording;
    for (const moment of moments(60, 0, madeAt)) {
      await inFolder(disk.after(moment, seededCoin(`made ${moment}`)), async (folder) => {
        const centre = openAt(folder);
        seed(centre);
        expect(balances(centre), `cut at ${moment}`).toBe(openingFen);
        expect(centre.registry.audit()).toEqual([]);
        centre.close();
      });
    }
  }, 120_000);

  it('is seen to lose sales when SQLite does not flush every commit (synchronous NORMAL)', async () => {
    const careless = await record({ ...often, synchronous: 'normal' });
    const cuts = moments(40, careless.madeAt, careless.disk.now);
    const found = await startAfterEach(careless, cuts);
    expect(lossesOf(found, 'is lost')).toBeGreaterThan(10);
  }, 120_000);

  it('is seen to lose entries when the journal does not flush them', async () => {
    const careless = await record(often, false);
    const cuts = moments(40, careless.madeAt, careless.disk.now);
    const found = await startAfterEach(careless, cuts);
    expect(lossesOf(found, 'not in the journal')).toBeGreaterThan(10);
  }, 120_000);
});

describe('what is recorded', () => {
  it('is what the binding writes: the same SQLite, the same pages for the same transactions', async () => {
    const whole: RecordingOptions = { synchronous: 'asTheProgramSays', checkpointPages: 1_000 };
    const { disk } = await record(whole);
    const logOf = (folder: string) => readLog(join(folder, 'centre.sqlite-wal'));
    const recorded = await inFolder(
      disk.after(disk.now, () => true),
      async (folder) => logOf(folder),
    );
    const written = await inFolder(new Map(), async (folder) => {
      const centre = openAt(folder, 'recorded');
      const journal = await openFileJournal(join(folder, 'journal.jsonl'));
      seed(centre);
      await new RunOfSales(centre, journal, () => 0).run(rounds);
      const log = logOf(folder);
      await journal.close();
      centre.close();
      return log;
    });
    expect(recorded).toEqual(written);
    const db = new DatabaseSync(':memory:');
    expect(db.prepare('SELECT sqlite_version() AS version').get()).toEqual({ version: sqliteVersion });
    db.close();
  });
});
