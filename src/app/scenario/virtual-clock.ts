import { SimulatedClock } from 'xstate';
import type { Scheduler } from '../../../drivers/scheduler.ts';
import type { Clock } from '../../ports/clock.ts';

/** Timers that may fire without end between two moments mean a machine that runs in a circle. */
const firingsMax = 100_000;

/** Time that stands still until it is moved. Timers fire at their own moment and in order, and `whenQuiet` is awaited
 *  after each, so that what a timer set in motion has come to rest before the next one. Units: milliseconds. */
export class VirtualClock implements Clock, Scheduler {
  readonly #simulated = new SimulatedClock();
  readonly #due = new Map<unknown, number>();
  readonly #startMs: number;

  /** `startMs`: what the wall clock shows at the start, since the epoch. */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#simulated.now();
  }

  setTimeout(run: () => void, timeoutMs: number): unknown {
    const id: number = this.#simulated.setTimeout(() => {
      this.#due.delete(id);
      run();
    }, timeoutMs);
    this.#due.set(id, this.#simulated.now() + timeoutMs);
    return id;
  }

  clearTimeout(id: unknown): void {
    if (!this.#due.delete(id)) return;
    this.#simulated.clearTimeout(id as number);
  }

  /** Moves to the next timer and fires it. False when there is none. */
  fireNext(): boolean {
    const next = this.#nextDue();
    if (next === null) return false;
    this.#simulated.increment(Math.max(0, next - this.#simulated.now()));
    return true;
  }

  /** Moves on by `ms`. Errors: `Error` when timers never come to an end. */
  async pass(ms: number, whenQuiet: () => Promise<void>): Promise<void> {
    const end = this.#simulated.now() + ms;
    for (let fired = 0; (this.#nextDue() ?? Number.POSITIVE_INFINITY) <= end; fired++) {
      if (fired === firingsMax) throw new Error('virtual clock: timers fire without end');
      this.fireNext();
      await whenQuiet();
    }
    this.#simulated.increment(end - this.#simulated.now());
  }

  #nextDue(): number | null {
    return this.#due.size === 0 ? null : Math.min(...this.#due.values());
  }
}
