import { closeSync, fdatasyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SettleRequest } from '../../src/ports/centre.ts';
import type { Intent } from '../../src/ports/journal.ts';
import { nodeDisk, openFileJournal } from '../../src/terminal/file-journal.ts';
import { Counter } from '../centre/sales-counter.ts';
import { type Figure, percentile, ratioOf, spread } from './figure.ts';
import { agreed, open, seed } from './settle.ts';

const rounds = 9;
const salesPerRound = 200;
const warmUps = 400;

/** Settlements per second with the terminal's journal around each: an entry flushed before it, one after it. Compared to
 *  two bare writes of the same bytes, each flushed, in turn with it. */
export async function measureJournalledSettlements(folder: string): Promise<readonly Figure[]> {
  const part = 'settlement with journal (intent, PIN, own + one provider, outcome; durable)';
  const path = join(folder, 'journalled.sqlite');
  seed(path, warmUps + rounds * salesPerRound);
  const centre = open(path);
  const counter = new Counter(centre);
  const journalPath = join(folder, 'journalled.jsonl');
  const journal = await openFileJournal(journalPath);
  let served = 0;
  const settleNext = async (sales: number): Promise<number[]> => {
    const requests: SettleRequest[] = [];
    for (let sale = 0; sale < sales; sale++) requests.push(await agreed(counter, `mother-${served++}`));
    const took: number[] = [];
    for (const request of requests) {
      const before = performance.now();
      await journal.intend(intentOf(request));
      const answer = await centre.centre.settle(request);
      await journal.settled(request.msgId, 'settled');
      took.push(performance.now() - before);
      if (answer.kind !== 'settled') throw new Error('a sale was not settled');
    }
    return took;
  };
  await settleNext(warmUps);
  const lines = readFileSync(journalPath)
    .toString()
    .split('\n')
    .slice(1, 3)
    .map((line) => Buffer.from(`${line}\n`));

  const bare = openSync(join(folder, 'journalled-bare'), 'w');
  const latencies: number[] = [];
  const rates = { settled: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const writeBare = () => {
      const before = performance.now();
      for (let sale = 0; sale < salesPerRound; sale++) {
        for (const line of lines) {
          writeSync(bare, line);
          fdatasyncSync(bare);
        }
      }
      rates.bare.push((salesPerRound / (performance.now() - before)) * 1000);
    };
    if (round % 2 === 0) writeBare();
    const took = await settleNext(salesPerRound);
    latencies.push(...took);
    rates.settled.push((salesPerRound / took.reduce((sum, ms) => sum + ms, 0)) * 1000);
    if (round % 2 === 1) writeBare();
  }
  closeSync(bare);
  await journal.close();
  centre.close();
  const bareName = 'two bare flushed writes';
  return [
    {
      part,
      what: 'settlements',
      unit: '/s',
      ...spread(rates.settled),
      ratio: ratioOf(rates.settled, bareName, rates.bare),
    },
    { part, what: `${bareName} of the same bytes`, unit: '/s', ...spread(rates.bare) },
    { part, what: 'time of one settlement', unit: 'ms', ...spread(latencies), p99: percentile(latencies, 0.99) },
  ];
}

const entries = 100_000;

/** How long a terminal needs at its start for a journal of 100,000 entries of which one in a thousand intents is open;
 *  compared to reading the same bytes and parsing their JSON. */
export async function measureRecovery(folder: string): Promise<readonly Figure[]> {
  const path = join(folder, 'recovery.jsonl');
  await writeLargeJournal(path);
  const took = { opened: [] as number[], parsed: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    const parse = () => {
      const before = performance.now();
      for (const line of readFileSync(path, 'utf8').split('\n')) if (line !== '') JSON.parse(line.slice(9));
      if (round >= 0) took.parsed.push(performance.now() - before);
    };
    if (round % 2 === 0) parse();
    const before = performance.now();
    const journal = await openFileJournal(path);
    const { open } = await journal.open();
    if (round >= 0) took.opened.push(performance.now() - before);
    await journal.close();
    if (open.length !== entries / 2 / 1000) throw new Error('the journal was not read right');
    if (round % 2 !== 0) parse();
  }
  const part = `recovery (a journal of ${entries.toLocaleString('en')} entries)`;
  const parsing = 'reading and JSON.parse';
  return [
    {
      part,
      what: 'journal opened, open intents known',
      unit: 'ms',
      ...spread(took.opened),
      ratio: ratioOf(took.opened, parsing, took.parsed),
    },
    { part, what: `${parsing} of the same bytes`, unit: 'ms', ...spread(took.parsed) },
  ];
}

/** Written by the journal itself, to a disk that only gathers the bytes. */
async function writeLargeJournal(path: string): Promise<void> {
  const written: Uint8Array[] = [];
  const journal = await openFileJournal(path, {
    ...nodeDisk,
    open: async () => ({
      write: async (bytes) => {
        written.push(bytes);
      },
      truncate: async () => {},
      datasync: async () => {},
      close: async () => {},
    }),
  });
  for (let sale = 0; sale < entries / 2; sale++) {
    const msgId = `P99000000001${20250419100000 + Math.floor(sale / 100)}${String(sale % 100).padStart(4, '0')}`;
    await journal.intend({
      msgId,
      kind: 'settle',
      amountFen: 8000 + sale,
      card: `8f14e45fceea167a5a36dedd4bea${String(sale).padStart(4, '0')}`,
      settlementId: null,
      operator: '01',
      at: 1_745_028_000_000 + sale,
    });
    if (sale % 1000 !== 0) await journal.settled(msgId, 'settled');
  }
  await journal.close();
  writeFileSync(path, Buffer.concat(written));
}

function intentOf({ msgId, card, operator, at }: SettleRequest): Intent {
  return { msgId, kind: 'settle', amountFen: 8000, card, settlementId: null, operator, at };
}
