import { createActor } from 'xstate';
import type { Scheduler } from '../../drivers/scheduler.ts';
import type { CalendarDay } from '../domain/calendar-day.ts';
import type { Decline } from '../ports/centre.ts';
import type { DayReconciled, terminalActors } from '../terminal/counter-actors.ts';
import { type DayEndDelays, dayEndMachine } from '../terminal/day-end.machine.ts';

/** A day's end as it stands. `decline` with `blocked` and `refused`, `reconciled` with `shown`. */
export interface DayEndSnapshot {
  readonly stage: 'asking' | 'blocked' | 'refused' | 'shown';
  readonly day: CalendarDay;
  readonly reconciled: DayReconciled | null;
  readonly decline: Decline | null;
}

export interface DayEndDesk {
  /** Null while nobody asks for a day's end. */
  readonly snapshot: DayEndSnapshot | null;
  start(of: { readonly day: CalendarDay; readonly operator: string; readonly isBlocked: boolean }): void;
  close(): void;
  stop(): void;
}

/** The day's end of a counter, running from the start. `onChange` after every change. */
export function createDayEndDesk(options: {
  readonly actors: ReturnType<typeof terminalActors>['dayEndActors'];
  readonly scheduler: Scheduler;
  readonly delays: DayEndDelays;
  onChange(): void;
  report(bug: Error): void;
}): DayEndDesk {
  const actor = createActor(dayEndMachine.provide({ actors: options.actors }), {
    clock: options.scheduler,
    input: options.delays,
  });
  actor.subscribe({
    next: () => options.onChange(),
    error: (bug) => {
      options.report(bug instanceof Error ? bug : new Error('the day-end machine failed'));
      options.onChange();
    },
  });
  actor.start();
  return {
    get snapshot() {
      const { value: stage, context, status } = actor.getSnapshot();
      const { day, reconciled, decline } = context;
      if (status !== 'active' || stage === 'idle' || day === null) return null;
      return { stage, day, reconciled, decline };
    },
    start: (of) => actor.send({ type: 'dayEnd.started', ...of }),
    close() {
      if (actor.getSnapshot().value !== 'idle') actor.send({ type: 'dayEnd.closed' });
    },
    stop: () => actor.stop(),
  };
}
