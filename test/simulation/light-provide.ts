import { counterMachine } from '../../src/terminal/counter.machine.ts';

/** XState builds every state of a machine anew when it is provided with actors, which took a third of the simulation's
 *  time: a history starts a terminal a few times. Here the provided machine shares the states of the first one; only the
 *  actors and actions are its own, which XState looks up in the machine of a snapshot. A test holds that histories run the
 *  same with and without. */
export function provideLightly(): () => void {
  type Parts = Record<'actors' | 'actions' | 'guards' | 'delays', object>;
  const machine = counterMachine as unknown as Record<string, unknown> & { implementations: Parts };
  const prototype = Object.getPrototypeOf(machine) as Record<string, (...args: never[]) => unknown>;
  machine.provide = (given: Partial<Parts>) => {
    const { actors, actions, guards, delays } = machine.implementations;
    const light: Record<string, unknown> = Object.assign(Object.create(prototype), machine, {
      implementations: {
        actors: { ...actors, ...given.actors },
        actions: { ...actions, ...given.actions },
        guards: { ...guards, ...given.guards },
        delays: { ...delays, ...given.delays },
      },
      provide: prototype.provide,
    });
    for (const bound of ['transition', 'getInitialSnapshot', 'getPersistedSnapshot', 'restoreSnapshot', 'start']) {
      light[bound] = prototype[bound]?.bind(light);
    }
    return light;
  };
  return () => delete machine.provide;
}
