import type { BindingStageView } from '../ipc/view.ts';
import type { Face } from './result-face.ts';
import type { Turn } from './turn.ts';

/** What the binding desk shows below the two people. Every stage has one picture, always at the same place. */
export type BindingBody = 'card' | 'pin' | 'wait' | 'list' | 'form' | 'verdict' | 'reason' | 'result';

interface StagePicture {
  readonly turn: Turn;
  readonly body: BindingBody;
}

const pictures: Readonly<Record<BindingStageView, StagePicture>> = {
  awaitingProvider: { turn: 'customer', body: 'card' },
  lookingUpProvider: { turn: 'terminal', body: 'wait' },
  awaitingPin: { turn: 'customer', body: 'pin' },
  admitting: { turn: 'terminal', body: 'wait' },
  desk: { turn: 'clerk', body: 'list' },
  awaitingBeneficiary: { turn: 'customer', body: 'card' },
  lookingUpBeneficiary: { turn: 'terminal', body: 'wait' },
  fillingIn: { turn: 'clerk', body: 'form' },
  explaining: { turn: 'terminal', body: 'wait' },
  reviewing: { turn: 'clerk', body: 'verdict' },
  linking: { turn: 'terminal', body: 'wait' },
  linked: { turn: 'done', body: 'result' },
  givingReason: { turn: 'clerk', body: 'reason' },
  unlinking: { turn: 'terminal', body: 'wait' },
  unlinked: { turn: 'done', body: 'result' },
  unclear: { turn: 'terminal', body: 'result' },
  refused: { turn: 'done', body: 'result' },
};

export function bindingTurn(stage: BindingStageView): Turn {
  return pictures[stage].turn;
}

export function bindingBody(stage: BindingStageView): BindingBody {
  return pictures[stage].body;
}

const faces: Readonly<Partial<Record<BindingStageView, Face>>> = {
  linked: 'approved',
  unlinked: 'undone',
  unclear: 'unknown',
  refused: 'declined',
};

/** The face of a result at the desk; null while there is none. */
export function bindingFace(stage: BindingStageView): Face | null {
  return faces[stage] ?? null;
}

/** Whether the desk needs the whole width: nobody on the other side has anything to do. */
export function isClerksAlone(stage: BindingStageView): boolean {
  return personAsked(stage) === null;
}

/** The person who is asked for now; null = nobody. */
export function personAsked(stage: BindingStageView): 'provider' | 'beneficiary' | null {
  switch (stage) {
    case 'awaitingProvider':
    case 'lookingUpProvider':
    case 'awaitingPin':
    case 'admitting':
      return 'provider';
    case 'awaitingBeneficiary':
    case 'lookingUpBeneficiary':
      return 'beneficiary';
    default:
      return null;
  }
}
