/** Timers, passed in. The shape is that of XState's `Clock`, so a scenario's simulated clock drives machine and devices
 *  alike. Units: milliseconds. */
export interface Scheduler {
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(id: unknown): void;
}

/** The real timers of this process. */
export const systemScheduler: Scheduler = {
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout | undefined),
};
