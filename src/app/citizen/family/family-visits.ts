import { type Actor, createActor } from 'xstate';
import type { Session } from '../session.ts';
import { type FamilyState, familyServiceMachine, stateOf } from './family-service.machine.ts';

export type FamilyActor = Actor<typeof familyServiceMachine>;

/** Where each visit is in adding a relative; gone with the visit. */
export class FamilyVisits {
  readonly #actors = new WeakMap<Session, FamilyActor>();

  of(session: Session): FamilyActor {
    const known = this.#actors.get(session);
    if (known !== undefined) return known;
    const actor = createActor(familyServiceMachine).start();
    this.#actors.set(session, actor);
    return actor;
  }
}

export const base = '/ecard';

const paths = {
  home: base,
  mine: `${base}/mine`,
  familyService: `${base}/family`,
  pin: `${base}/family/add/pin`,
  notice: `${base}/family/add/notice`,
  details: `${base}/family/add/details`,
  proof: `${base}/family/add/proof`,
  faceCheck: `${base}/family/add/face`,
  opened: `${base}/family/add/opened`,
  notOpened: `${base}/family/add/not-opened`,
} as const satisfies Record<FamilyState, string>;

/** The page of the step at which a visit is. */
export function pathOf(actor: FamilyActor): string {
  return paths[stateOf(actor.getSnapshot())];
}
