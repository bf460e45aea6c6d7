import type { AreaName } from '../../domain/person.ts';
import { choicesOf, type Order, ordersOf, turnsOf } from './interleavings.ts';
import type { Scenario } from './scenario-file.ts';
import { ScenarioPlayer } from './scenario-player.ts';
import type { ScenarioStep, StepKind } from './scenario-shapes.ts';
import { ScenarioWorld } from './scenario-world.ts';
import type { Verdict } from './verdict.ts';

/** What became of a step. `inOrder`: with a parallel in the file, the order in which its steps were played when this one
 *  failed (`1 sale, 2 sale, 1 swipe…`, the number being the list's), and in how many of all orders it did. */
export interface StepResult extends Verdict {
  readonly index: number;
  readonly step: StepKind | 'audit';
  readonly inOrder?: { readonly order: string; readonly failed: number; readonly of: number };
}

/** What `--json` prints of a file. */
export interface ScenarioResult {
  readonly file: string;
  readonly scenario: string;
  readonly passed: boolean;
  readonly steps: readonly StepResult[];
}

/** Plays a scenario on the real counter machine, journal, codecs and centre, with a virtual clock and a fresh store.
 *  A failed step does not end it: the others are played and reported too. After the last step the centre's books are
 *  audited; what is wrong with them is a failed step `audit` behind the file's own. A scenario with a parallel is played
 *  from the beginning in every order that its steps can have, and a step has passed when it did in all of them.
 *  Faults: those of the store, the journal and the file system; anything else thrown is a bug. */
export async function runScenario(scenario: Scenario, listedAreas: ReadonlySet<AreaName>): Promise<ScenarioResult> {
  const plays: Play[] = [];
  for (const orders of choicesOf(branchOrders(scenario))) plays.push(await playOnce(scenario, listedAreas, orders));
  const length = Math.max(...plays.map(({ steps }) => steps.length));
  const steps = Array.from({ length }, (_, index) => inAllOrders(plays, index));
  return { file: scenario.file, scenario: scenario.name, passed: steps.every((step) => step.passed), steps };
}

/** The scenario played in one order. */
interface Play {
  readonly order: string | undefined;
  readonly steps: readonly StepResult[];
}

async function playOnce(
  scenario: Scenario,
  listedAreas: ReadonlySet<AreaName>,
  orders: readonly Order[],
): Promise<Play> {
  const world = await ScenarioWorld.open(scenario, listedAreas);
  try {
    const player = await ScenarioPlayer.at(scenario, world);
    const waiting = [...orders];
    const steps: StepResult[] = [];
    for (const [index, step] of scenario.steps.entries()) {
      const order = step.kind === 'parallel' ? (waiting.shift() ?? []) : [];
      steps.push({ index, step: step.kind, ...(await player.play(step, index, order)) });
    }
    for (const { index, verdict } of player.neverHappened()) {
      const step = scenario.steps[index]?.kind;
      if (step !== undefined && steps[index]?.passed) steps[index] = { index, step, ...verdict };
    }
    const problems = world.registry.audit();
    if (problems.length > 0) {
      steps.push({ index: steps.length, step: 'audit', passed: false, expected: [], actual: problems });
    }
    return { order: orders.length === 0 ? undefined : orderInWords(scenario, orders), steps };
  } finally {
    await world.close();
  }
}

/** The orders of each parallel of the file. */
function branchOrders(scenario: Scenario): readonly (readonly Order[])[] {
  return parallels(scenario).map((branches) => [...ordersOf(branches.map((branch) => branch.length))]);
}

/** The turns of each branch of each parallel. */
function parallels(scenario: Scenario): readonly (readonly (readonly (readonly ScenarioStep[])[])[])[] {
  return scenario.steps.flatMap((step) => (step.kind === 'parallel' ? [step.value.map(turnsOf)] : []));
}

function orderInWords(scenario: Scenario, orders: readonly Order[]): string {
  const inWords = parallels(scenario).map((branches, parallel) => {
    const next = branches.map(() => 0);
    return (orders[parallel] ?? []).map((branch) => {
      const at = next[branch] ?? 0;
      next[branch] = at + 1;
      return `${branch + 1} ${branches[branch]?.[at]?.[0]?.kind ?? ''}`;
    });
  });
  return inWords.map((steps) => steps.join(', ')).join('; ');
}

/** A step over all orders: the first order in which it failed is told. */
function inAllOrders(plays: readonly Play[], index: number): StepResult {
  const failures = plays.filter(({ steps }) => steps[index]?.passed === false);
  const { order, steps } = failures[0] ?? plays.find((play) => play.steps[index] !== undefined) ?? { steps: [] };
  const told = steps[index];
  if (told === undefined) throw new RangeError('a step that nobody has played');
  if (order === undefined || failures.length === 0) return told;
  return { ...told, inOrder: { order, failed: failures.length, of: plays.length } };
}
