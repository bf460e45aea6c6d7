import { chinaDay } from '../../domain/china-time.ts';
import { netYuan } from '../../domain/reconciliation.ts';
import type { DayEndSnapshot } from '../day-end-desk.ts';
import { codeInWords } from './expectation.ts';
import type { StepValues } from './scenario-shapes.ts';
import type { ScenarioTerminal } from './scenario-terminal.ts';
import { withoutUndefined } from './scenario-values.ts';
import type { ScenarioWorld } from './scenario-world.ts';
import { compared, failed, type Verdict } from './verdict.ts';

type DayEndExpectation = StepValues['dayEnd']['expect'];

const dayMs = 86_400_000;

/** Ends the day at a terminal and takes the result off the screen again. The sums are the terminal's; with every break they
 *  differ from the centre's. */
export async function playDayEnd(
  { day, expect }: Pick<StepValues['dayEnd'], 'day' | 'expect'>,
  terminal: ScenarioTerminal,
  world: ScenarioWorld,
): Promise<Verdict> {
  const { counter } = terminal;
  const now = world.clock.now();
  const answer = counter.startDayEnd(chinaDay(day === 'today' ? now : now - dayMs));
  if (answer !== 'started' && answer !== 'blocked') return failed('started', answer);
  await world.comeToRest();
  const snapshot = counter.dayEnd;
  counter.closeDayEnd();
  if (snapshot === null) return failed(expect, 'no day end on the screen');
  const wanted = withoutUndefined({ ...expect, code: expect.code && codeInWords(expect.code) });
  const told = Object.entries(toldOf(snapshot)).filter(([key]) => key in wanted);
  const verdict = compared(wanted, Object.fromEntries(told));
  if (verdict.passed || snapshot.reconciled === null) return verdict;
  const breaks = snapshot.reconciled.report.breaks.map(({ kind }) => kind);
  return { ...verdict, actual: { ...Object.fromEntries(told), ...(breaks.length > 0 ? { found: breaks } : {}) } };
}

/** A day's end in the words of an expectation. `nothing`: there is no such value. */
function toldOf({ reconciled, decline }: DayEndSnapshot): Record<keyof DayEndExpectation, unknown> {
  const report = reconciled?.report;
  const sums = report?.terminal;
  return {
    balanced: report !== undefined && report.breaks.length === 0,
    records: sums === undefined ? 'nothing' : sums.sales + sums.undos,
    own: sums ? netYuan(sums.own) : 'nothing',
    provider: sums ? netYuan(sums.shared) : 'nothing',
    cash: sums ? netYuan(sums.cash) : 'nothing',
    fund: sums ? netYuan(sums.fund) : 'nothing',
    total: sums ? netYuan(sums.total) : 'nothing',
    breaks: report?.breaks.length ?? 'nothing',
    links: reconciled?.links.length ?? 'nothing',
    code: decline === null ? 'nothing' : codeInWords(decline.code),
  };
}
