import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Codec } from '../../drivers/codec/decoded.ts';
import { Dice, mutate } from './mutator.ts';

/** What one worker is to do: throw inputs at one codec for a while, beginning with the seeds. */
export interface FuzzOrder {
  readonly bundle: string;
  readonly counters: string;
  readonly places: number;
  readonly codec: string;
  readonly milliseconds: number;
  readonly seed: number;
  readonly seeds: readonly Uint8Array[];
  readonly words: readonly Uint8Array[];
  /** Where the input under way is written first: its length in four bytes, then its bytes. */
  readonly underWay: SharedArrayBuffer;
}

/** How it went. `what`: what does not hold for `bytes`; null when nothing was found. */
export interface FuzzReport {
  readonly inputs: number;
  readonly reached: number;
  readonly what: string | null;
  readonly bytes: Uint8Array;
}

const inputsBetweenLooks = 64;

const order: FuzzOrder = workerData;
const counters = new Uint8Array(order.places);
Object.assign(globalThis, { [order.counters]: counters });
const { codecs, holdToContract } = await import(pathToFileURL(order.bundle).href);
parentPort?.postMessage(fuzz(codecs[order.codec]));

/** Keeps every input that reaches a place, or a number of times, that none before it has reached, and goes on from these. */
function fuzz(codec: Codec): FuzzReport {
  const dice = new Dice(order.seed);
  const words = [Uint8Array.of(0), ...order.words] as const;
  const kept: [Uint8Array, ...Uint8Array[]] = [new Uint8Array()];
  const seen = new Uint8Array(order.places);
  const end = performance.now() + order.milliseconds;
  const queue = [...order.seeds];
  let inputs = 0;
  while (inputs % inputsBetweenLooks !== 0 || performance.now() < end) {
    const bytes = queue.pop() ?? mutate(dice.of(kept), dice, words, kept);
    inputs++;
    note(bytes);
    counters.fill(0);
    try {
      holdToContract(codec, bytes);
    } catch (error) {
      return { inputs, reached: reachedOf(seen), what: error instanceof Error ? error.message : String(error), bytes };
    }
    if (isNew(seen)) kept.push(bytes);
  }
  return { inputs, reached: reachedOf(seen), what: null, bytes: new Uint8Array() };
}

function note(bytes: Uint8Array): void {
  new DataView(order.underWay).setUint32(0, bytes.length);
  new Uint8Array(order.underWay, 4).set(bytes);
}

/** Counts are told apart by their order of magnitude: 1, 2 to 3, 4 to 7, … */
function isNew(seen: Uint8Array): boolean {
  let found = false;
  // Not over entries(), which makes an array for each: this is done after every input.
  for (let place = 0; place < counters.length; place++) {
    const count = counters[place] ?? 0;
    if (count === 0) continue;
    const magnitude = 1 << (31 - Math.clz32(count));
    const before = seen[place] ?? 0;
    if ((before & magnitude) !== 0) continue;
    seen[place] = before | magnitude;
    found = true;
  }
  return found;
}

function reachedOf(seen: Uint8Array): number {
  return seen.filter((magnitudes) => magnitudes !== 0).length;
}
