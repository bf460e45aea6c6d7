import { declineCodes } from '../domain/decline-code.ts';
import { linkReceiptLines } from '../domain/link-receipt.ts';
import { allowedRelations } from '../domain/link-rules.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Language } from '../domain/prompt.ts';
import type { BindingAsks, BindingPersonView, BindingView } from '../ipc/view.ts';
import type { BindingContext, DeskPerson } from '../terminal/binding-model.ts';
import { promptOfBinding } from '../terminal/prompt-of-binding.ts';
import type { BindingSnapshot } from './binding-desk.ts';

export interface BindingViewParts {
  readonly binding: BindingSnapshot;
  readonly profile: PolicyProfile;
  readonly language: Language;
  readonly nowMs: number;
  /** The provider's PIN is typed at a pad of its own, which is not the screen's. */
  readonly atPad: boolean;
}

/** What the operator's screen shows of the binding desk: already masked, in fen and ids; the screen puts it into words. */
export function bindingView({ binding, profile, language, nowMs, atPad }: BindingViewParts): BindingView {
  const { stage, context, countdown, readerLost } = binding;
  const { channel, provider, beneficiary, task, links, terms, verdict, record, notice } = context;
  return {
    stage,
    channel,
    prompt: promptOfBinding(stage, context, { readerLost, atPad }),
    notice: notice === null ? null : { id: notice, params: {} },
    countdown: countdown && {
      totalMs: countdown.totalMs,
      // A clock that steps back must not make a time-out longer than it is.
      remainingMs: Math.min(countdown.totalMs, Math.max(0, countdown.endsAt - nowMs)),
    },
    provider: provider && personView(provider),
    beneficiary: beneficiary && personView(beneficiary),
    task: task?.kind ?? null,
    taskLink: taskLinkOf(context),
    links,
    asks: asksOf(profile),
    terms,
    verdict,
    decline: declineView(context),
    record,
    receipt: record && linkReceiptLines(record, language),
    confirm: binding.confirmable ? confirmOf(stage) : null,
    cancellable: binding.cancellable,
    canGoBack: binding.canGoBack,
  };
}

function personView({ found, document }: DeskPerson): BindingPersonView {
  const { maskedName, maskedCard, maskedId, insurance, status, area } = found;
  return { maskedName, maskedCard, maskedId, insurance, status, area, document };
}

/** Null for a new link. The one that has just been ended is no longer in the list. */
function taskLinkOf({ task, links }: BindingContext): BindingView['taskLink'] {
  if (task === null || task.kind === 'link') return null;
  return links.find(({ linkId }) => linkId === task.linkId) ?? null;
}

function asksOf(profile: PolicyProfile): BindingAsks {
  return {
    ...profile.binding,
    relations: allowedRelations(profile),
    consent: profile.beneficiaryConsent,
    quota: profile.fundModel === 'quota_hold',
    until: profile.linkExpiry === 'date',
    pays: paysOf(profile),
    minLinkDays: profile.minLinkDays,
  };
}

/** When a link under this profile gives money. */
export function paysOf({ fundModel, ownMode }: PolicyProfile): BindingAsks['pays'] {
  if (fundModel === 'wallet') return 'wallet';
  if (fundModel === 'quota_hold') return 'quota';
  return ownMode === 'own_must_be_zero' ? 'whenEmpty' : 'shortfall';
}

function declineView({ decline, setback }: BindingContext): BindingView['decline'] {
  const told = decline ?? setback;
  if (told === null) return null;
  return { code: told.code, number: declineCodes[told.code].number, triesLeft: told.triesLeft ?? null };
}

function confirmOf(stage: BindingSnapshot['stage']): BindingView['confirm'] {
  if (stage === 'reviewing') return 'link';
  return stage === 'unclear' ? 'retry' : 'finish';
}
