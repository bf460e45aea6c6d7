import { parentPort, workerData } from 'node:worker_threads';
import { historyOf } from './history.ts';
import { provideLightly } from './light-provide.ts';
import { type Mistaken, mistakes } from './mistakes.ts';
import { auditOf, type Failure, runHistory, runHistoryIn } from './run-history.ts';
import { Place } from './sim-centre.ts';

/** What a worker has found in its share of the seeds. */
export interface SeedsDone {
  readonly failing: readonly { readonly seed: number; readonly failure: Failure }[];
}

const { mistake } = workerData as { readonly mistake: Mistaken | null };

provideLightly();
parentPort?.on('message', async ({ from, to }: { readonly from: number; readonly to: number }) => {
  const failing: { seed: number; failure: Failure }[] = [];
  const suspects = new Set<number>();
  const mistaken = mistake === null ? {} : mistakes[mistake];
  const place = new Place();
  for (let seed = from; seed < to; seed++) {
    if ((await runHistoryIn(place, historyOf(seed), mistaken)) !== null) suspects.add(seed);
  }
  const isSound = auditOf(place) === null;
  place.close();
  // Whatever failed beside others must fail alone as well; where the books are wrong, any of them may have done it.
  for (let seed = from; seed < to; seed++) {
    if (isSound && !suspects.has(seed)) continue;
    const failure = await runHistory(historyOf(seed), mistaken);
    if (failure !== null) failing.push({ seed, failure });
    else if (suspects.has(seed))
      failing.push({ seed, failure: { what: 'beside', message: 'it fails beside others only' } });
  }
  const done: SeedsDone = { failing };
  parentPort?.postMessage(done);
});
