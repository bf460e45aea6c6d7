import type { Scheduler } from '../../drivers/scheduler.ts';
import type { Clock } from '../../src/ports/clock.ts';

interface Timer {
  readonly due: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Time that stands until it is moved, with a wall clock for each machine that can be set wrong. A heap, because a long
 *  history sets and clears some ten thousand timers. Units: milliseconds since the history began. */
export class SimTime implements Scheduler {
  #now = 0;
  #set = 0;
  readonly #heap: Timer[] = [];

  get now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const timer: Timer = { due: this.#now + Math.max(0, delayMs), order: this.#set++, run };
    this.#push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    // XState clears ids that it has cleared before, and `undefined`.
    if (typeof timer === 'object' && timer !== null) (timer as Timer).run = null;
  }

  /** When the next timer fires; null when none is set. */
  nextDue(): number | null {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined) return null;
      if (next.run !== null) return next.due;
      this.#pop();
    }
  }

  /** Moves to the next timer and fires it. */
  fireNext(): void {
    if (this.nextDue() === null) return;
    const timer = this.#pop();
    this.#now = Math.max(this.#now, timer.due);
    const { run } = timer;
    timer.run = null;
    run?.();
  }

  /** Moves on to `ms`, which no timer that is set comes before. */
  moveTo(ms: number): void {
    this.#now = Math.max(this.#now, ms);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(timer, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): Timer {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) throw new Error('no timer is set');
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below += 1;
      }
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

/** The wall clock of one machine: it runs with the time of the simulation and can be set forwards and backwards. */
export class WallClock implements Clock {
  readonly #time: SimTime;
  #startMs: number;

  constructor(time: SimTime, startMs: number) {
    this.#time = time;
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#time.now;
  }

  step(ms: number): void {
    this.#startMs += ms;
  }
}
