import { chinaDateTime } from '../domain/china-time.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { Prompt, PromptId } from '../domain/prompt.ts';
import type { BindingContext, BindingStage } from './binding-model.ts';
import { readFailurePrompts } from './prompt-of-state.ts';

const stagePrompts = {
  idle: 'ready',
  awaitingProvider: 'bindingProvider',
  lookingUpProvider: 'bindingLookingUp',
  awaitingPin: 'bindingPin',
  admitting: 'bindingAdmitting',
  desk: 'bindingDesk',
  awaitingBeneficiary: 'bindingBeneficiary',
  lookingUpBeneficiary: 'bindingLookingUp',
  fillingIn: 'bindingFillIn',
  explaining: 'bindingExplaining',
  reviewing: 'bindingAllowed',
  linking: 'bindingLinking',
  linked: 'bindingLinked',
  givingReason: 'bindingReason',
  unlinking: 'bindingUnlinking',
  unlinked: 'bindingUnlinked',
  unclear: 'bindingUnclear',
  refused: 'bindingRefused',
} as const satisfies Record<BindingStage, PromptId>;

/** The name of a state value of the binding machine: its top level. */
export function bindingStage(value: string | object): BindingStage {
  const name = typeof value === 'string' ? value : Object.keys(value)[0];
  if (name === undefined || !(name in stagePrompts)) throw new Error('binding machine: a stage without a prompt');
  return name as BindingStage;
}

/** The one sentence for a stage of the binding desk: what to do now. `atPad`: the PIN is typed at a pad of its own. */
export function promptOfBinding(
  stage: BindingStage,
  context: BindingContext,
  { readerLost, atPad }: { readonly readerLost: boolean; readonly atPad: boolean },
): Prompt {
  const plain = (id: PromptId): Prompt => ({ id, params: {} });
  switch (stage) {
    case 'awaitingProvider':
    case 'awaitingBeneficiary':
      return awaitingPrompt(stage, context, readerLost);
    case 'awaitingPin':
      return pinPrompt(context, atPad);
    case 'desk':
    case 'fillingIn':
      return context.setback === null ? plain(stagePrompts[stage]) : setbackPrompt(context.setback);
    case 'reviewing':
      return plain(context.verdict?.findings.length === 0 ? 'bindingAllowed' : 'bindingNotAllowed');
    case 'linked':
      return plain(context.task?.kind === 'change' ? 'bindingChanged' : 'bindingLinked');
    case 'unclear':
      return plain(context.countdown === null ? 'bindingAskingAgain' : 'bindingUnclear');
    case 'refused':
      return refusedPrompt(context);
    default:
      return plain(stagePrompts[stage]);
  }
}

function awaitingPrompt(
  stage: 'awaitingProvider' | 'awaitingBeneficiary',
  { readFailure, setback, rules }: BindingContext,
  readerLost: boolean,
): Prompt {
  const hasNoSwipe = stage === 'awaitingBeneficiary' && !rules.beneficiaryBy.includes('swipe');
  if (readerLost && !hasNoSwipe) return { id: 'bindingReaderLost', params: {} };
  if (readFailure !== null) return { id: readFailurePrompts[readFailure], params: {} };
  if (setback?.code === 'SELF_LINK' && hasNoSwipe) return { id: 'bindingSamePersonNumber', params: {} };
  if (stage === 'awaitingBeneficiary' && isOfTheCard(setback) && rules.beneficiaryBy.length > 1) {
    return { id: 'bindingSetbackCard', params: { code: setback.code } };
  }
  if (setback !== null) return setbackPrompt(setback);
  if (hasNoSwipe) return { id: 'bindingBeneficiaryNumber', params: {} };
  const isCardOnly = stage === 'awaitingProvider' && rules.documents === 'provider_card';
  return { id: isCardOnly ? 'bindingProviderCard' : stagePrompts[stage], params: {} };
}

/** Whether this card will not do, so that its owner may come by another way that the profile has. */
function isOfTheCard(setback: BindingContext['setback']): setback is NonNullable<BindingContext['setback']> {
  const ofCards: readonly (DeclineCode | undefined)[] = ['CARD_LOST', 'CARD_CANCELLED', 'CARD_FAKE', 'CARD_SEALED'];
  return ofCards.includes(setback?.code);
}

function setbackPrompt({ code }: NonNullable<BindingContext['setback']>): Prompt {
  if (code === 'CENTRE_UNAVAILABLE') return { id: 'bindingCentreSilent', params: {} };
  if (code === 'SELF_LINK') return { id: 'bindingSamePerson', params: {} };
  if (code === 'PIN_LOCKED') return { id: 'bindingPinLocked', params: {} };
  return { id: 'bindingSetback', params: { code } };
}

function pinPrompt({ setback, provider }: BindingContext, atPad: boolean): Prompt {
  const triesLeft = setback?.code === 'PIN_WRONG' ? setback.triesLeft : undefined;
  if (triesLeft !== undefined) {
    return { id: atPad ? 'bindingPinAgainAtPad' : 'bindingPinAgain', params: { triesLeft: String(triesLeft) } };
  }
  const length = String(provider?.found.pinLength ?? 6);
  return { id: atPad ? 'bindingPinAtPad' : 'bindingPin', params: { length } };
}

function refusedPrompt({ decline, ending }: BindingContext): Prompt {
  if (ending !== null) return { id: ending, params: {} };
  if (decline === null || decline.code === 'CENTRE_UNAVAILABLE') return { id: 'bindingCentreSilent', params: {} };
  const { code, notBefore } = decline;
  if (code === 'LINK_TOO_NEW' && notBefore !== undefined) {
    return { id: 'bindingTooNew', params: { from: chinaDateTime(notBefore) } };
  }
  return { id: 'bindingRefused', params: { code } };
}
