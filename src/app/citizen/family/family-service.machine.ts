import { assign, type SnapshotFrom, setup } from 'xstate';
import type { FamilyRefusal } from '../../../centre/family-service.ts';
import { type FamilyStep, familySteps } from '../../../domain/family-service.ts';
import type { Relation } from '../../../domain/person.ts';
import type { Secret } from '../../../domain/secret.ts';

/** What a holder said of a relative and the centre found. */
export interface NamedRelative {
  readonly name: Secret<string>;
  readonly residentId: Secret<string>;
  readonly relation: Relation;
  readonly maskedName: string;
  readonly photoNeeded: boolean;
}

export interface FamilyContext {
  /** That the PIN was entered right; null before that. */
  readonly permit: Secret<string> | null;
  readonly relative: NamedRelative | null;
  /** The application whose face check is awaited. */
  readonly memberId: string | null;
  /** Why the last thing tried was not done. */
  readonly refusal: FamilyRefusal | null;
}

/** What the citizen does and what the centre says of it. The PIN itself is in none of them: who takes it asks the centre,
 *  and tells here what that said. `face.over`: the relative did not pass, or did not come. */
export type FamilyEvent =
  | { readonly type: 'mine.opened' }
  | { readonly type: 'service.opened' }
  | { readonly type: 'add.chosen' }
  | { readonly type: 'pin.verified'; readonly permit: Secret<string> }
  | { readonly type: 'notice.agreed' }
  | { readonly type: 'relative.found'; readonly relative: NamedRelative }
  | { readonly type: 'application.sent'; readonly memberId: string }
  | { readonly type: 'face.passed' }
  | { readonly type: 'face.over' }
  | { readonly type: 'step.refused'; readonly refusal: FamilyRefusal };

const nothing: FamilyContext = { permit: null, relative: null, memberId: null, refusal: null };

/** Adding a relative to the e-card's family service, in the fixed order of R102: the start, 我的, 亲情服务, 添加 with the e-card's
 *  PIN, the notice, who it is, his papers, his own face check, opened. Each event takes one step and is heard in its own
 *  state only, so that none can be left out. It holds what one visit does; what counts is at the centre. */
export const familyServiceMachine = setup({
  types: { context: {} as FamilyContext, events: {} as FamilyEvent },
  actions: {
    forget: assign(nothing),
    keepPermit: assign((_, { permit }: { permit: Secret<string> }) => ({ permit, refusal: null })),
    keepRelative: assign((_, { relative }: { relative: NamedRelative }) => ({ relative, refusal: null })),
    keepApplication: assign((_, { memberId }: { memberId: string }) => ({
      ...nothing,
      memberId,
    })),
    tell: assign((_, { refusal }: { refusal: FamilyRefusal }) => ({ refusal })),
    askAgain: assign((_, { refusal }: { refusal: FamilyRefusal }) => ({ ...nothing, refusal })),
  },
  guards: {
    isPermitOver: (_, { refusal }: { refusal: FamilyRefusal }) => refusal.kind === 'permitOver',
  },
}).createMachine({
  id: 'familyService',
  context: nothing,
  initial: 'home',
  states: {
    home: { entry: 'forget', on: { 'mine.opened': 'mine' } },
    mine: { on: { 'service.opened': 'familyService' } },
    familyService: {
      entry: 'forget',
      on: { 'add.chosen': 'pin', 'mine.opened': 'mine' },
    },
    pin: {
      on: {
        'pin.verified': {
          target: 'notice',
          actions: { type: 'keepPermit', params: ({ event }) => ({ permit: event.permit }) },
        },
        'step.refused': { actions: { type: 'tell', params: ({ event }) => ({ refusal: event.refusal }) } },
        'service.opened': 'familyService',
      },
    },
    notice: {
      on: {
        'notice.agreed': 'details',
        'service.opened': 'familyService',
      },
    },
    details: {
      on: {
        'relative.found': {
          target: 'proof',
          actions: { type: 'keepRelative', params: ({ event }) => ({ relative: event.relative }) },
        },
        'step.refused': [
          {
            guard: { type: 'isPermitOver', params: ({ event }) => ({ refusal: event.refusal }) },
            target: 'pin',
            actions: { type: 'askAgain', params: ({ event }) => ({ refusal: event.refusal }) },
          },
          { actions: { type: 'tell', params: ({ event }) => ({ refusal: event.refusal }) } },
        ],
        'service.opened': 'familyService',
      },
    },
    proof: {
      on: {
        'application.sent': {
          target: 'faceCheck',
          actions: { type: 'keepApplication', params: ({ event }) => ({ memberId: event.memberId }) },
        },
        'step.refused': [
          {
            guard: { type: 'isPermitOver', params: ({ event }) => ({ refusal: event.refusal }) },
            target: 'pin',
            actions: { type: 'askAgain', params: ({ event }) => ({ refusal: event.refusal }) },
          },
          { actions: { type: 'tell', params: ({ event }) => ({ refusal: event.refusal }) } },
        ],
        'service.opened': 'familyService',
      },
    },
    faceCheck: {
      on: { 'face.passed': 'opened', 'face.over': 'notOpened', 'service.opened': 'familyService' },
    },
    opened: { on: { 'service.opened': 'familyService' } },
    notOpened: { entry: 'forget', on: { 'service.opened': 'familyService' } },
  },
});

export type FamilySnapshot = SnapshotFrom<typeof familyServiceMachine>;
export type FamilyState = FamilyStep | 'notOpened';

export function stateOf(snapshot: Pick<FamilySnapshot, 'value'>): FamilyState {
  return snapshot.value as FamilyState;
}

/** How far along the fixed order a state is; not opened is where opened would be. */
export function placeOf(state: FamilyState): number {
  return familySteps.indexOf(state === 'notOpened' ? 'opened' : state);
}
