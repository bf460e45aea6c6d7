import { assign, enqueueActions, fromPromise, setup } from 'xstate';
import type { LinkTerms } from '../domain/link-application.ts';
import type { BeneficiaryBy } from '../domain/policy-profile.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { ReadFailure } from '../ports/card-reader.ts';
import {
  type AdmitAnswer,
  type AdmittedToDesk,
  CentreFault,
  type Decline,
  type DeskProof,
  type ExplainLinkAnswer,
  type LinkAnswer,
  type LookedUp,
  type LookUpAnswer,
  type PersonProof,
  type UnlinkAnswer,
} from '../ports/centre.ts';
import type {
  AdmitInput,
  AskedLink,
  BindingContext,
  BindingEvent,
  BindingInput,
  BindingTag,
  BindingTask,
  DeskPerson,
  LinkInput,
  UnlinkInput,
} from './binding-model.ts';
import { nothingBound } from './binding-model.ts';
import type { PinOutput } from './counter-model.ts';
import { known } from './counter-outcome.ts';

/** How often a question that writes nothing, or an admission under one message id, is sent before it is given up. */
const askAttemptsMax = 3;

const notProvided = () => Promise.reject(new Error('actor not provided'));

const waysByMedium: Readonly<Record<PersonProof['medium'], BeneficiaryBy>> = {
  stripe: 'swipe',
  chip: 'swipe',
  evoucher: 'evoucher',
  ssCardNumber: 'cardNumber',
  residentId: 'residentId',
};

/** The pause before a message is sent again: doubled each time, up to `retryMax`. */
export function bindingPauseMs({ delays, attempts }: Pick<BindingContext, 'delays' | 'attempts'>): number {
  return Math.min(delays.retry * 2 ** Math.min(attempts, 16), delays.retryMax);
}

function deskPerson(found: LookedUp, { medium }: PersonProof, role: 'provider' | 'beneficiary'): DeskPerson {
  const shown = {
    stripe: 'socialCard',
    chip: 'socialCard',
    evoucher: 'evoucher',
    ssCardNumber: null,
    // The clerk has compared the provider with his ID card, or he would have had to enter a PIN.
    residentId: role === 'provider' ? 'idCard' : null,
  } as const;
  return { found, by: medium, document: shown[medium] };
}

function isPinLocked(answer: LookUpAnswer): boolean {
  return answer.kind === 'lookedUp' && answer.pinLocked === true;
}

/** What the centre is asked for: to judge it, or to make it. */
export function askedLink({ permit, beneficiary, terms, task }: BindingContext): AskedLink {
  return {
    permit: known(permit, 'permit'),
    beneficiary: known(beneficiary, 'beneficiary').found.card,
    terms: known(terms, 'terms'),
    replaces: task?.kind === 'change' ? task.linkId : null,
  };
}

export function unlinkInput({ permit, task, reason, channel, operator, msgId }: BindingContext): UnlinkInput {
  if (task?.kind !== 'unlink') throw new Error('binding machine: no link is to be ended');
  return {
    permit: known(permit, 'permit'),
    linkId: task.linkId,
    reason: known(reason, 'reason'),
    channel,
    operator: known(operator, 'operator'),
    msgId: known(msgId, 'message'),
  };
}

/** Everything that the binding machine's states are made of: what they do, ask and wait for, by name. */
export const bindingSetup = setup({
  types: {
    context: {} as BindingContext,
    events: {} as BindingEvent,
    input: {} as BindingInput,
    tags: {} as BindingTag,
  },
  actors: {
    lookUp: fromPromise<LookUpAnswer, { proof: PersonProof; operator: string }>(notProvided),
    enterPin: fromPromise<PinOutput, { person: LookedUp; operator: string }>(notProvided),
    admit: fromPromise<AdmitAnswer, AdmitInput>(notProvided),
    explain: fromPromise<ExplainLinkAnswer, { asked: AskedLink; operator: string }>(notProvided),
    link: fromPromise<LinkAnswer, LinkInput>(notProvided),
    unlink: fromPromise<UnlinkAnswer, UnlinkInput>(notProvided),
  },
  actions: {
    forget: assign(() => nothingBound),
    begin: assign((_, params: { operator: string; channel: 'counter' | 'hospital' }) => ({
      ...nothingBound,
      ...params,
    })),
    startCountdown: assign(({ context }, params: { ms: number }) => ({
      countdown: { endsAt: context.clock.now() + params.ms, totalMs: params.ms },
    })),
    stopCountdown: assign({ countdown: null }),
    /** A notice goes by itself, also where the stage stays: nobody waits for it to be dismissed. */
    say: enqueueActions(({ enqueue }, params: { id: PromptId }) => {
      enqueue.assign({ notice: params.id });
      enqueue.cancel('notice');
      enqueue.raise({ type: 'notice.over' }, { id: 'notice', delay: 'notice' });
    }),
    dropNotice: assign({ notice: null }),
    noteReadFailure: assign((_, params: { reason: ReadFailure }) => ({
      readFailure: params.reason,
      setback: null,
      notice: null,
    })),
    takeProof: assign(({ context }, params: { proof: PersonProof }) => ({
      asked: params.proof,
      cardReads: context.cardReads + (waysByMedium[params.proof.medium] === 'swipe' ? 1 : 0),
      readFailure: null,
      setback: null,
      notice: null,
      attempts: 0,
    })),
    dropAsked: assign({ asked: null, attempts: 0 }),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    setProvider: assign(({ context }, params: { found: LookedUp }) => ({
      provider: deskPerson(params.found, known(context.asked, 'proof'), 'provider'),
      asked: null,
      notice: null,
      attempts: 0,
    })),
    dropProvider: assign({ provider: null, setback: null }),
    setBeneficiary: assign(({ context }, params: { found: LookedUp }) => ({
      beneficiary: deskPerson(params.found, known(context.asked, 'proof'), 'beneficiary'),
      asked: null,
      notice: null,
      attempts: 0,
    })),
    dropBeneficiary: assign({ beneficiary: null, terms: null, setback: null }),
    setBack: assign((_, params: { decline: Decline }) => ({
      setback: params.decline,
      asked: null,
      notice: null,
      attempts: 0,
    })),
    authorise: assign(({ context }, params: { output: PinOutput }) => {
      if (params.output.kind !== 'entered') throw new Error('binding machine: no PIN was entered');
      return {
        proof: { kind: 'pin' as const, pinBlock: params.output.pinBlock },
        pinEntries: context.pinEntries + 1,
        msgId: context.ids.nextMsgId(),
        setback: null,
        notice: null,
        attempts: 0,
      };
    }),
    /** By the voucher of a 医保码, else by the ID card that the clerk has compared. */
    authoriseWithoutPin: assign(({ context }) => {
      const { voucher } = known(context.provider, 'provider').found;
      const proof: DeskProof = voucher === undefined ? { kind: 'idCard' } : { kind: 'voucher', voucher };
      return { proof, msgId: context.ids.nextMsgId(), setback: null, notice: null, attempts: 0 };
    }),
    dropProof: assign({ proof: null, msgId: null, attempts: 0 }),
    open: assign((_, { answer: { permit, expiresAt, links } }: { answer: AdmittedToDesk }) => ({
      permit,
      permitUntil: expiresAt,
      links,
      setback: null,
      notice: null,
    })),
    /** Back to the choice of a task: of the last one nothing stays. */
    clearTask: assign({
      beneficiary: null,
      task: null,
      terms: null,
      verdict: null,
      reason: null,
      msgId: null,
      record: null,
      decline: null,
      setback: null,
      readFailure: null,
      ending: null,
      attempts: 0,
    }),
    setTask: assign((_, params: { task: BindingTask }) => ({ task: params.task, setback: null, notice: null })),
    setTerms: assign(({ context }, params: { terms: Omit<LinkTerms, 'channel'> }) => {
      const { documents } = params.terms;
      // What was swiped or scanned has been seen; the clerk says it of the others only.
      const provider = context.provider?.document ?? documents.provider;
      const beneficiary = context.beneficiary?.document ?? documents.beneficiary;
      const terms: LinkTerms = { ...params.terms, channel: context.channel, documents: { provider, beneficiary } };
      return { terms, verdict: null, setback: null, notice: null, attempts: 0 };
    }),
    setVerdict: assign((_, { answer }: { answer: ExplainLinkAnswer | LinkAnswer }) => {
      if (answer.kind !== 'explained' && answer.kind !== 'linkRefused') throw new Error('binding machine: no verdict');
      return { verdict: answer.verdict, msgId: null, notice: null, attempts: 0 };
    }),
    dropVerdict: assign({ verdict: null }),
    setReason: assign((_, params: { reason: string }) => ({ reason: params.reason.trim(), notice: null })),
    intend: assign(({ context }) => ({ msgId: context.ids.nextMsgId(), setback: null, notice: null, attempts: 0 })),
    setRecord: assign((_, { answer }: { answer: LinkAnswer | UnlinkAnswer }) => {
      if (answer.kind !== 'linked' && answer.kind !== 'unlinked') throw new Error('binding machine: nothing was done');
      return { record: answer.record, links: answer.links, notice: null, attempts: 0 };
    }),
    refuse: assign(({ context }, params: { decline: Decline }) => {
      const { permitUntil } = context;
      // A message about links is rejected because of its permit when that has run out, and nothing else can be done with it.
      const isOver =
        params.decline.code === 'MESSAGE_REJECTED' && permitUntil !== null && context.clock.now() >= permitUntil;
      return {
        decline: params.decline,
        asked: null,
        ending: isOver ? ('bindingPermitOver' as const) : null,
        permit: isOver ? null : context.permit,
        setback: null,
        notice: null,
        msgId: null,
        attempts: 0,
      };
    }),
    /** It ends by itself: of the people nothing stays but the sentence. */
    end: assign(({ context: { operator, channel } }, params: { id: PromptId }) => ({
      ...nothingBound,
      operator,
      channel,
      ending: params.id,
    })),
  },
  guards: {
    isKind: (_, params: { kind: string; is: string }) => params.kind === params.is,
    isNotForProvider: ({ context }, { proof: { medium } }: { proof: PersonProof }) =>
      medium === 'ssCardNumber' || (context.rules.documents === 'provider_card' && waysByMedium[medium] !== 'swipe'),
    isWayClosed: ({ context }, { proof: { medium } }: { proof: PersonProof }) =>
      !context.rules.beneficiaryBy.includes(waysByMedium[medium]),
    needsPin: ({ context }) => context.asked?.medium === 'stripe' || context.asked?.medium === 'chip',
    isPinLocked: (_, { answer }: { answer: LookUpAnswer }) => isPinLocked(answer),
    /** The provider may come by another document than the card whose PIN is locked (R10). */
    mayShowAnother: ({ context }, { answer }: { answer: LookUpAnswer }) =>
      isPinLocked(answer) && context.rules.documents === 'one_of_three',
    /** Another number or code may do; a card that is lost or false ends it. */
    mayTryAgain: (_, { answer }: { answer: LookUpAnswer }) =>
      answer.kind === 'declined' &&
      (answer.decline.code === 'PERSON_NOT_FOUND' || answer.decline.code.startsWith('CODE_')),
    isProviderAgain: ({ context }, { answer }: { answer: LookUpAnswer }) =>
      answer.kind === 'lookedUp' && answer.card === context.provider?.found.card,
    canAskAgain: ({ context }) => context.attempts + 1 < askAttemptsMax,
    isPinToRepeat: ({ context }, { answer }: { answer: AdmitAnswer }) =>
      context.proof?.kind === 'pin' &&
      answer.kind === 'declined' &&
      (answer.decline.code === 'PIN_WRONG' || answer.decline.code === 'PIN_KEY_EXPIRED'),
    /** A change ends a link that the person provides; to end one he may be on either side, and the centre decides. */
    isLinkUnknown: ({ context }, { task }: { task: BindingTask }) =>
      task.kind !== 'link' &&
      !context.links.some(
        ({ linkId, role }) => linkId === task.linkId && (task.kind === 'unlink' || role === 'provider'),
      ),
    isTask: (_, params: { task: BindingTask; is: BindingTask['kind'] }) => params.task.kind === params.is,
    isUnlinking: ({ context }) => context.task?.kind === 'unlink',
    isAllowed: ({ context }) => context.verdict?.findings.length === 0,
    isEmptyReason: (_, params: { reason: string }) => params.reason.trim() === '',
    hasPermit: ({ context }) => context.permit !== null,
    isCentreFault: (_, params: { error: unknown }) => params.error instanceof CentreFault,
  },
  delays: {
    person: ({ context }) => context.delays.person,
    pin: ({ context }) => context.delays.pin,
    answer: ({ context }) => context.delays.answer,
    retry: ({ context }) => context.delays.retry,
    nextQuestion: ({ context }) => bindingPauseMs(context),
    shown: ({ context }) => context.delays.shown,
    attention: ({ context }) => context.delays.attention,
    notice: ({ context }) => context.delays.notice,
  },
});
