import { checkAfter } from './after-history.ts';
import { Broken } from './broken.ts';
import type { History } from './history.ts';
import { Place } from './sim-centre.ts';
import { type Mistake, World } from './world.ts';

/** What went wrong in a history. `what`: in a word; two failures with the same word are taken for the same trouble. */
export interface Failure {
  readonly what: string;
  readonly message: string;
}

/** Runs a history from its beginning to its end in a place of its own, and has the centre's store audit itself; null when
 *  everything held. The same history always runs the same. */
export async function runHistory(
  history: History,
  mistake: Mistake = {},
  trace?: (text: string) => void,
): Promise<Failure | null> {
  const place = new Place();
  try {
    return (await runHistoryIn(place, history, mistake, trace)) ?? auditOf(place);
  } finally {
    place.close();
  }
}

/** What the store finds wrong with its books and its file. */
export function auditOf(place: Place): Failure | null {
  const problems = place.store.audit();
  return problems.length === 0 ? null : { what: 'audit', message: problems.join('; ') };
}

/** The same beside other histories; the audit is the caller's. */
export async function runHistoryIn(
  place: Place,
  history: History,
  mistake: Mistake = {},
  trace?: (text: string) => void,
): Promise<Failure | null> {
  const world = new World(history, mistake, place, trace);
  try {
    await world.run(history.steps);
    await checkAfter(world);
    return null;
  } catch (error) {
    if (error instanceof Broken) return { what: error.what, message: error.message };
    const { stack = String(error) } = error instanceof Error ? error : new Error(String(error));
    return { what: 'bug', message: stack };
  } finally {
    world.close();
  }
}
