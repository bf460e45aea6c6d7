import type { CustomerView } from '../ipc/view.ts';

type Timed = Pick<CustomerView, 'countdown' | 'sentAt'>;

/** Below this the sentence says the seconds in words. */
export const hurryMs = 10_000;

/** What is left of the running time-out at `now`, never below zero; null when none runs. Units: ms. */
export function remainingMs({ countdown, sentAt }: Timed, now: number): number | null {
  if (countdown === null) return null;
  return Math.max(0, Math.min(countdown.totalMs, countdown.remainingMs - Math.max(0, now - sentAt)));
}

/** Whole seconds to show, rounded up so that 0 is only shown when the time is over. */
export function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}
