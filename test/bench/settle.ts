import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedCentre, openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { SettleRequest } from '../../src/ports/centre.ts';
import { bill, embeddedOptions, link, person, rightPin, StandingClock } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';
import { Counter, pin } from '../centre/sales-counter.ts';
import { type Figure, percentile, ratioOf, spread } from './figure.ts';
import { BareLog, type LogContent, readLog } from './write-ahead-log.ts';

const rounds = 9;
const salesPerRound = 250;
/** Sales before anything is timed: to read what they write, and to warm up. */
const salesBefore = { read: 25, warmUp: 475 } as const;
const part = 'settlement (PIN, own + one provider, durable)';

/** Settlements per second of the embedded centre on a file in `folder`, one after the other, and how that compares to
 *  writing and flushing the same bytes there without SQLite. Every sale is another family's, so that no row is hot. */
export async function measureSettlements(folder: string): Promise<readonly Figure[]> {
  const path = join(folder, 'centre.sqlite');
  const families = salesBefore.read + salesBefore.warmUp + rounds * salesPerRound;
  seed(path, families);

  // Opened anew, so that the log holds nothing but the sales below.
  const centre = open(path);
  const counter = new Counter(centre);
  let served = 0;
  const settleNext = async (sales: number): Promise<number[]> => {
    const requests: SettleRequest[] = [];
    for (let sale = 0; sale < sales; sale++) requests.push(await agreed(counter, `mother-${served++}`));
    return settleAll(centre, requests);
  };
  await settleNext(salesBefore.read);
  const log = readLog(`${path}-wal`);
  await settleNext(salesBefore.warmUp);

  const bare = new BareLog(join(folder, 'bare.log'), log.pageBytes);
  const latencies: number[] = [];
  const rates = { settled: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const writeBare = () => rates.bare.push(perSecond(salesPerRound, writeAgain(bare, log, salesPerRound)));
    if (round % 2 === 0) writeBare();
    const took = await settleNext(salesPerRound);
    latencies.push(...took);
    rates.settled.push(
      perSecond(
        salesPerRound,
        took.reduce((sum, ms) => sum + ms, 0),
      ),
    );
    if (round % 2 === 1) writeBare();
  }
  bare.close();
  centre.close();

  const bareName = 'the bare loop';
  return [
    {
      part,
      what: 'settlements',
      unit: '/s',
      ...spread(rates.settled),
      ratio: ratioOf(rates.settled, bareName, rates.bare),
    },
    { part, what: `${bareName}: same bytes, writes, flushes`, unit: '/s', ...spread(rates.bare) },
    { part, what: 'time of one settlement', unit: 'ms', ...spread(latencies), p99: percentile(latencies, 0.99) },
    ...written(log),
  ];
}

export function seed(path: string, families: number): void {
  const { registry, close } = open(path);
  const each = <T>(make: (index: number) => T) => Array.from({ length: families }, (_, index) => make(index));
  registry.seed(
    'bench',
    [
      ...each((index) => person(`mother-${index}`, { balance: '50' })),
      ...each((index) => person(`daughter-${index}`, { balance: '200' })),
    ],
    each((index) => link(`daughter-${index}`, `mother-${index}`)),
  );
  close();
}

export function open(path: string): EmbeddedCentre {
  const options = embeddedOptions(profile('chongqing-2021'), new StandingClock(), path);
  // One key for the whole run: a sign-in is not what is measured.
  const pinKeyUsesMax = Number.MAX_SAFE_INTEGER;
  return openEmbeddedCentre({ ...options, pinKeyUsesMax, random: (byteCount) => randomBytes(byteCount) });
}

/** A sale of 80.00 up to the PIN: 50.00 are the mother's own, 30.00 the daughter's. */
export async function agreed(counter: Counter, mother: string): Promise<SettleRequest> {
  const { card } = await counter.identify(mother);
  const { digest } = await counter.quote(card, bill('80'));
  return counter.request(card, bill('80'), digest, pin(mother, rightPin));
}

/** Milliseconds of each settlement. */
async function settleAll({ centre }: EmbeddedCentre, requests: readonly SettleRequest[]): Promise<number[]> {
  const took: number[] = [];
  for (const request of requests) {
    const before = performance.now();
    const answer = await centre.settle(request);
    took.push(performance.now() - before);
    if (answer.kind !== 'settled' || answer.settlement.split.shared !== 3000) throw new Error('a sale was not settled');
  }
  return took;
}

/** Milliseconds for writing as much as `sales` settlements do. */
function writeAgain(bare: BareLog, { framesOfTransactions }: LogContent, sales: number): number {
  const transactions = (sales / salesBefore.read) * framesOfTransactions.length;
  const before = performance.now();
  for (let at = 0; at < transactions; at++) {
    bare.transaction(framesOfTransactions[at % framesOfTransactions.length] ?? 0);
  }
  return performance.now() - before;
}

/** What one settlement writes to the log; the moving of the log into the database comes on top. */
function written({ pageBytes, framesOfTransactions }: LogContent): readonly Figure[] {
  const frames = framesOfTransactions.reduce((sum, count) => sum + count, 0);
  const a = (what: string, unit: string, total: number): Figure => {
    const value = total / salesBefore.read;
    return { part, what: `${what} a settlement`, unit, value, min: value, max: value };
  };
  return [
    a('flushes', '', framesOfTransactions.length),
    a('writes', '', frames * 2),
    a('bytes written', 'B', frames * (pageBytes + 24)),
  ];
}

function perSecond(sales: number, ms: number): number {
  return (sales / ms) * 1000;
}
