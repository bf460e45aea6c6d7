import type { Scheduler } from '../../drivers/scheduler.ts';

interface Timer {
  readonly dueMs: number;
  run(): void;
}

/** Timers that fire when a test says so, in the order of their time and then of their making. */
export class ManualScheduler implements Scheduler {
  #nowMs = 0;
  #timers: Timer[] = [];

  get pending(): number {
    return this.#timers.length;
  }

  setTimeout(run: () => void, delayMs: number): unknown {
    const timer: Timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(id: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== id);
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#nextUntil(untilMs); next !== undefined; next = this.#nextUntil(untilMs)) {
      this.#nowMs = next.dueMs;
      this.clearTimeout(next);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #nextUntil(untilMs: number): Timer | undefined {
    return this.#timers.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}
