import type { History, Step } from './history.ts';

/** The shortest history found that `fails` still says yes to, by leaving out ever smaller stretches of its steps (delta
 *  debugging, Zeller 2002), then by doing away with the pauses between them. */
export async function shrink(history: History, fails: (history: History) => Promise<boolean>): Promise<History> {
  let { steps } = history;
  const stillFails = (candidate: readonly Step[]) => fails({ ...history, steps: candidate });
  for (let size = Math.ceil(steps.length / 2); size >= 1; ) {
    let hasShrunk = false;
    for (let from = 0; from < steps.length; ) {
      const without = [...steps.slice(0, from), ...steps.slice(from + size)];
      // The pauses of what is left out are kept, so that the rest happens when it happened.
      const paused = keepTime(steps, from, size);
      if (await stillFails(without)) {
        steps = without;
        hasShrunk = true;
      } else if (paused !== null && (await stillFails(paused))) {
        steps = paused;
        hasShrunk = true;
      } else {
        from += size;
      }
    }
    if (size === 1 && !hasShrunk) break;
    size = hasShrunk && size === 1 ? 1 : Math.max(1, Math.floor(size / 2));
  }
  for (let at = 0; at < steps.length; at++) {
    for (const after of [0, 1_000]) {
      const step = steps[at];
      if (!step || step.after <= after) continue;
      const hastier = steps.with(at, { ...step, after });
      if (!(await stillFails(hastier))) continue;
      steps = hastier;
      break;
    }
  }
  return { ...history, steps };
}

function keepTime(steps: readonly Step[], from: number, size: number): readonly Step[] | null {
  const next = steps[from + size];
  const paused = steps.slice(from, from + size).reduce((sum, step) => sum + step.after, 0);
  if (!next || paused === 0) return null;
  return [...steps.slice(0, from), { ...next, after: next.after + paused }, ...steps.slice(from + size + 1)];
}
