import { describe, expect, it } from 'vitest';
import { type EventObject, transition } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import {
  type FamilyEvent,
  type FamilySnapshot,
  familyServiceMachine,
  placeOf,
  stateOf,
} from '../../src/app/citizen/family/family-service.machine.ts';
import { familySteps } from '../../src/domain/family-service.ts';
import { secret } from '../../src/domain/secret.ts';

const relative = (photoNeeded: boolean) => ({
  name: secret('李甲兰'),
  residentId: secret('990000195603120012'),
  relation: 'parent' as const,
  maskedName: '李*兰',
  photoNeeded,
});
const events: readonly FamilyEvent[] = [
  { type: 'mine.opened' },
  { type: 'service.opened' },
  { type: 'add.chosen' },
  { type: 'pin.verified', permit: secret('permit') },
  { type: 'notice.agreed' },
  { type: 'relative.found', relative: relative(true) },
  { type: 'relative.found', relative: relative(false) },
  { type: 'application.sent', memberId: 'F1' },
  { type: 'face.passed' },
  { type: 'face.over' },
  { type: 'step.refused', refusal: { kind: 'pinWrong', triesLeft: 3 } },
  { type: 'step.refused', refusal: { kind: 'permitOver' } },
];
const states = [...familySteps, 'notOpened'];
/** By which event alone each step is come to from the one before it. */
const wayTo: Readonly<Record<string, string>> = {
  mine: 'mine.opened',
  familyService: 'service.opened',
  pin: 'add.chosen',
  notice: 'pin.verified',
  details: 'notice.agreed',
  proof: 'relative.found',
  faceCheck: 'application.sent',
  opened: 'face.passed',
  notOpened: 'face.over',
};

interface Step {
  readonly from: FamilySnapshot;
  readonly event: EventObject;
  readonly to: FamilySnapshot;
}
interface Situation {
  readonly state: FamilySnapshot;
  readonly transitions: Readonly<Record<string, { readonly event: EventObject; readonly state: FamilySnapshot }>>;
}
const map = getAdjacencyMap(familyServiceMachine, {
  events: () => [...events],
  serializeState: ({ value, context }) => JSON.stringify([value, context]),
  serializeEvent: (event) => JSON.stringify(event),
});
const situations: readonly Situation[] = Object.values(map);
// Every event in every state, also those that the state does not hear.
const steps = situations.flatMap(({ state }) =>
  events.map((event): Step => ({ from: state, event, to: transition(familyServiceMachine, state, event)[0] })),
);
const isMoved = ({ from, to }: Step) => stateOf(from) !== stateOf(to);

describe('the whole graph of adding a relative', () => {
  it('reaches every step, and no other state', () => {
    expect(new Set(situations.map(({ state }) => stateOf(state)))).toEqual(new Set(states));
  });

  it('takes no step but the next one, each by its own event: none can be skipped (R102)', () => {
    const forward = steps.filter((step) => isMoved(step) && placeOf(stateOf(step.to)) > placeOf(stateOf(step.from)));
    expect(new Set(forward.map(({ to }) => stateOf(to)))).toEqual(new Set(states.slice(1)));
    for (const { from, event, to } of forward) {
      expect([stateOf(from), event.type, placeOf(stateOf(to))]).toEqual([
        stateOf(from),
        wayTo[stateOf(to)],
        placeOf(stateOf(from)) + 1,
      ]);
    }
  });

  it('opens only by the outcome of the face check (R104)', () => {
    const ends = steps.filter((step) => isMoved(step) && ['opened', 'notOpened'].includes(stateOf(step.to)));
    expect(new Set(ends.map(({ from }) => stateOf(from)))).toEqual(new Set(['faceCheck']));
  });

  it('goes back to the list, to 我的 from there, or to the PIN when that was too long ago; nowhere else', () => {
    const back = steps.filter((step) => isMoved(step) && placeOf(stateOf(step.to)) < placeOf(stateOf(step.from)));
    const kinds = new Set(back.map(({ from, to }) => `${stateOf(from)} -> ${stateOf(to)}`));
    const fromAdding = states.slice(states.indexOf('pin')).map((state) => `${state} -> familyService`);
    expect(kinds).toEqual(new Set([...fromAdding, 'familyService -> mine', 'details -> pin', 'proof -> pin']));
    for (const { event, to } of back.filter((step) => stateOf(step.to) === 'pin')) {
      expect([event.type, to.context]).toEqual([
        'step.refused',
        { permit: null, relative: null, memberId: null, refusal: { kind: 'permitOver' } },
      ]);
    }
  });

  it('holds a permit from the PIN to the application, a relative from his name to it, and else nothing of anybody', () => {
    for (const { state } of situations) {
      const { permit, relative: named, memberId } = state.context;
      const name = stateOf(state);
      expect([name, permit !== null]).toEqual([name, ['notice', 'details', 'proof'].includes(name)]);
      expect([name, named !== null]).toEqual([name, name === 'proof']);
      expect([name, memberId !== null]).toEqual([name, ['faceCheck', 'opened'].includes(name)]);
      if (['home', 'mine', 'familyService', 'notOpened'].includes(name)) expect(state.context.refusal).toBeNull();
    }
  });

  it('prints no name, number or permit with what it holds', () => {
    for (const { state } of situations)
      expect(JSON.stringify(state)).not.toMatch(/李甲兰|990000195603120012|"permit":"p/);
  });
});
