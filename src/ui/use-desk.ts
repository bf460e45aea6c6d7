import { type RefObject, useEffect, useRef, useState } from 'react';
import type { BindingStageView, TerminalView } from '../ipc/view.ts';
import {
  chosenAction,
  chosenLink,
  firstChoice,
  type LinkAction,
  type LinkChoice,
  linkRows,
  movedLink,
  movedLinkAction,
  taskIntent,
} from './binding-list.ts';
import {
  afterNumberKey,
  isComplete,
  type KeyedMedium,
  keyedMedia,
  type NumberDraft,
  type NumberKey,
} from './binding-number.ts';
import { bindingBody } from './binding-turn.ts';
import type { Deed, Situation } from './keys.ts';
import type { Screen } from './screen.ts';
import type { TextId } from './texts.ts';

/** What the clerk is doing at the binding desk that the terminal need not know: what is being keyed in, which line is
 *  chosen, and the form that Enter sends. */
export interface Desk {
  readonly kind: Situation['desk'];
  readonly number: NumberDraft;
  readonly choice: LinkChoice;
  readonly form: RefObject<HTMLFormElement | null>;
  readonly setMedium: (medium: KeyedMedium) => void;
  readonly typeNumber: (key: NumberKey) => void;
  readonly doAction: (action: LinkAction, linkId: string) => void;
  /** What Enter does now. */
  readonly confirm: { readonly text: TextId; readonly ready: boolean; readonly press: () => void };
  /** One step back, or out. */
  readonly back: () => void;
  /** Gives false when the deed is none of the desk's. */
  readonly act: (deed: Deed) => boolean;
}

const noNumber: NumberDraft = { medium: 'residentId', text: '' };

export function useDesk(screen: Screen, view: TerminalView | null): Desk {
  const binding = view?.binding ?? null;
  const stage = binding?.stage ?? null;
  const media = binding === null ? [] : keyedMedia(binding);
  const [typed, setTyped] = useState<NumberDraft>(noNumber);
  const [choice, setChoice] = useState<LinkChoice>(firstChoice);
  const form = useRef<HTMLFormElement>(null);
  const step = stage === null ? null : stepOf(stage);
  // A number is kept no longer than the step it is keyed in for; a refused one stands there to be mended.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins empty.
  useEffect(() => {
    setTyped(noNumber);
    setChoice(firstChoice);
  }, [step]);
  const number = media.includes(typed.medium) ? typed : { medium: media[0] ?? 'residentId', text: '' };
  const kind = kindOf(stage, media);
  const rows = binding === null ? [] : linkRows(binding);

  function setMedium(medium: KeyedMedium): void {
    if (medium !== number.medium) setTyped({ medium, text: '' });
  }
  function typeNumber(key: NumberKey): void {
    setTyped(afterNumberKey(number, key));
  }
  function sendNumber(): void {
    if (isComplete(number)) screen.sendNumber(number.medium, number.text);
  }
  function doAction(action: LinkAction, linkId: string): void {
    screen.send(taskIntent(action, linkId));
  }
  function doChosen(): void {
    const action = chosenAction(choice, rows);
    const row = chosenLink(choice, rows);
    if (action !== null && row !== null) doAction(action, row.linkId);
  }
  const submit = (): void => form.current?.requestSubmit();
  function confirm(): Desk['confirm'] {
    switch (binding?.stage) {
      case 'awaitingProvider':
      case 'awaitingBeneficiary':
        return media.length === 0
          ? { text: 'confirmNothing', ready: false, press: () => undefined }
          : { text: 'doLookUp', ready: isComplete(number), press: sendNumber };
      case 'desk': {
        const action = chosenAction(choice, rows);
        return { text: actionTexts[action ?? 'link'], ready: action !== null, press: doChosen };
      }
      case 'fillingIn':
        return { text: 'doExplain', ready: true, press: submit };
      case 'givingReason':
        return { text: 'doUnlink', ready: true, press: submit };
      case 'reviewing': {
        const ready = binding.confirm === 'link';
        return {
          text: ready ? (binding.task === 'change' ? 'doChange' : 'doLink') : 'doNotLink',
          ready,
          press: screen.confirm,
        };
      }
      case 'unclear':
        return { text: 'doAskAgain', ready: binding.confirm === 'retry', press: screen.confirm };
      case 'linked':
      case 'unlinked':
      case 'refused':
        return { text: 'confirmFinish', ready: binding.confirm !== null, press: screen.confirm };
      default:
        return { text: 'confirmNothing', ready: false, press: () => undefined };
    }
  }
  function back(): void {
    if (binding?.canGoBack) screen.send({ kind: 'binding.back' });
    else screen.cancel();
  }
  function act(deed: Deed): boolean {
    switch (deed.kind) {
      case 'desk.type':
        typeNumber(deed.character);
        return true;
      case 'desk.erase':
        typeNumber('erase');
        return true;
      case 'desk.row':
        setChoice(movedLink(choice, rows, deed.step));
        return true;
      case 'desk.action': {
        const other = media.find((medium) => medium !== number.medium);
        if (kind === 'list') setChoice(movedLinkAction(choice, rows, deed.step));
        else if (other !== undefined) setMedium(other);
        return true;
      }
      case 'desk.confirm': {
        const { ready, press } = confirm();
        if (ready) press();
        return true;
      }
      case 'desk.back':
        back();
        return true;
      case 'desk.close':
        screen.send({ kind: 'binding.close' });
        return true;
      case 'cancel':
        if (binding === null) return false;
        back();
        return true;
      default:
        return false;
    }
  }
  return { kind, number, choice, form, setMedium, typeNumber, doAction, confirm: confirm(), back, act };
}

/** A person is asked for and looked up in one step. */
function stepOf(stage: BindingStageView): string {
  const isBeneficiary = stage === 'awaitingBeneficiary' || stage === 'lookingUpBeneficiary';
  if (stage === 'awaitingProvider' || stage === 'lookingUpProvider') return 'provider';
  return isBeneficiary ? 'beneficiary' : stage;
}

const actionTexts = { link: 'linkNew', change: 'linkChange', unlink: 'linkEnd' } as const;

function kindOf(stage: BindingStageView | null, media: readonly KeyedMedium[]): Situation['desk'] {
  if (stage === null) return 'closed';
  const body = bindingBody(stage);
  if (body === 'card') return media.length > 0 ? 'number' : 'other';
  return body === 'list' ? 'list' : body === 'form' || body === 'reason' ? 'form' : 'other';
}
