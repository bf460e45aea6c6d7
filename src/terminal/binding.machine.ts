import type { PromptId } from '../domain/prompt.ts';
import type { Credential } from '../ports/card-reader.ts';
import type { AdmitAnswer, Decline, LinkAnswer, LookUpAnswer, PersonProof, UnlinkAnswer } from '../ports/centre.ts';
import { type BindingContext, type BindingDelays, type BindingEvent, nothingBound } from './binding-model.ts';
import { askedLink, bindingPauseMs, bindingSetup, unlinkInput } from './binding-setup.ts';
import { known } from './counter-outcome.ts';

const saying = (id: PromptId) => ({ type: 'say' as const, params: { id } });
const ending = (id: PromptId) => ({ target: '#binding.refused', actions: { type: 'end' as const, params: { id } } });
const closing = { target: '#binding.idle', actions: 'forget' } as const;
const waiting = (delay: keyof BindingDelays) => ({
  type: 'startCountdown' as const,
  params: ({ context }: { context: BindingContext }) => ({ ms: context.delays[delay] }),
});
const timingOut = ending('bindingTimedOut');

/** Told before anybody types a PIN in vain (R93). */
const pinLocked: Decline = { code: 'PIN_LOCKED' };
const centreSilent: Decline = { code: 'CENTRE_UNAVAILABLE' };
const settingBackBySilence = { type: 'setBack' as const, params: { decline: centreSilent } };
const refusingBySilence = { type: 'refuse' as const, params: { decline: centreSilent } };

type Of<T extends BindingEvent['type']> = { readonly event: Extract<BindingEvent, { type: T }> };
const swiped = ({ event }: { event: { credential: Credential } }): { proof: PersonProof } => ({
  proof: event.credential,
});
const keyed = ({ event: { medium, number } }: Of<'number.keyed'>): { proof: PersonProof } => ({
  proof: { medium, number },
});
const sayingUnused = {
  type: 'say' as const,
  params: ({ event }: Of<'card.swiped'>): { id: PromptId } => ({
    id: event.credential.medium === 'evoucher' ? 'scanNotNeeded' : 'swipeNotNeeded',
  }),
};
const refusedNumber = { type: 'say' as const, params: ({ event }: Of<'number.refused'>) => ({ id: event.prompt }) };
const notingReadFailure = {
  type: 'noteReadFailure' as const,
  params: ({ event }: Of<'card.failed'>) => ({ reason: event.reason }),
};

type Answered<A> = { readonly event: { readonly output: A } };
const isKind = (is: string) => ({
  type: 'isKind' as const,
  params: ({ event }: Answered<{ readonly kind: string }>) => ({ kind: event.output.kind, is }),
});
const withAnswer = <A>({ event }: Answered<A>) => ({ answer: event.output });
const found = ({ event: { output } }: Answered<LookUpAnswer>) => {
  if (output.kind !== 'lookedUp') throw new Error('binding machine: nobody was found');
  return { found: output };
};
const declineOf = ({ event: { output } }: Answered<{ readonly kind: string }>) => {
  if (output.kind !== 'declined' && output.kind !== 'refused') throw new Error('binding machine: nothing was declined');
  return { decline: (output as { readonly kind: string; readonly decline: Decline }).decline };
};
const refusing = { target: '#binding.refused', actions: { type: 'refuse' as const, params: declineOf } };

const operatorOf = ({ operator }: BindingContext) => known(operator, 'operator');
const lookUpInput = ({ context }: { context: BindingContext }) => ({
  proof: known(context.asked, 'card or number'),
  operator: operatorOf(context),
});
const linkInput = ({ context }: { context: BindingContext }) => ({
  asked: askedLink(context),
  operator: operatorOf(context),
  msgId: known(context.msgId, 'message'),
});

/** What the centre says to a link, at once or when it is asked again. */
const linkAnswered = [
  {
    guard: isKind('linked'),
    target: '#binding.linked',
    actions: { type: 'setRecord' as const, params: withAnswer<LinkAnswer> },
  },
  {
    // What the dry run allowed is not allowed any more.
    guard: isKind('linkRefused'),
    target: '#binding.reviewing',
    actions: [{ type: 'setVerdict' as const, params: withAnswer<LinkAnswer> }, saying('bindingChangedMeanwhile')],
  },
  refusing,
] as const;
const unlinkAnswered = [
  {
    guard: isKind('unlinked'),
    target: '#binding.unlinked',
    actions: { type: 'setRecord' as const, params: withAnswer<UnlinkAnswer> },
  },
  refusing,
] as const;

/** Who waits for a card takes these. */
const cardTrouble = {
  'code.refused': { actions: saying('notEvoucher') },
  'number.refused': { actions: refusedNumber },
} as const;

/** A result: it stands for a while, and goes by a key only when it can have been read. */
const result = {
  tags: ['cancellable' as const],
  entry: waiting('shown'),
  exit: 'stopCountdown' as const,
  after: { shown: closing },
  initial: 'showing' as const,
  states: {
    showing: { after: { attention: 'open' } },
    open: { tags: ['confirmable' as const], on: { 'key.confirm': closing } },
  },
};

const backToDesk = { target: '#binding.desk', actions: 'clearTask' } as const;

/** The binding desk beside the sale: who provides, his PIN, his links; then a new link, one in another's place, or the end
 *  of one. Input: the profile's rules of a counter, clock, ids, delays (ms). Actors are the centre's verbs and the PIN pad.
 *  Errors: an actor's error means "we do not know". What writes nothing is asked again and then given up; a link or its end
 *  goes to `unclear`, where the same message is sent again until the centre answers.
 *  Holds: a PIN block is in the context only while `admitting`; nothing is written but in `linking` and `unlinking`, after a
 *  dry run that found nothing in the way and a key, or a reason; in `idle` nothing of anybody is left.
 *  Source: rules R8, R10, R12, R20, R22, R25, R28, R78, R93. */
export const bindingMachine = bindingSetup.createMachine({
  id: 'binding',
  context: ({ input }) => ({ ...nothingBound, ...input }),
  initial: 'idle',
  on: {
    // What no stage below wants is answered here, not queued.
    'card.swiped': { actions: sayingUnused },
    'card.failed': { actions: saying('swipeNotNeeded') },
    'card.dropped': { actions: saying('swipeNotNeeded') },
    'card.elsewhere': { actions: saying('otherReader') },
    'code.refused': { actions: saying('scanNotNeeded') },
    'number.refused': { actions: refusedNumber },
    'counter.asked': { actions: saying('bindingFirst') },
    'notice.over': { actions: 'dropNotice' },
    'binding.closed': closing,
    'key.cancel': closing,
  },
  states: {
    idle: {
      on: {
        'binding.started': {
          target: 'awaitingProvider',
          actions: {
            type: 'begin',
            params: ({ event }) => ({ operator: event.operator, channel: event.channel }),
          },
        },
        'card.swiped': {},
        'card.failed': {},
        'card.dropped': {},
        'card.elsewhere': {},
        'code.refused': {},
        'number.refused': {},
        'counter.asked': {},
        'notice.over': {},
        'binding.closed': {},
        'key.cancel': {},
      },
    },

    awaitingProvider: {
      tags: ['wantsCard', 'cancellable'],
      entry: waiting('person'),
      exit: 'stopCountdown',
      after: { person: timingOut },
      on: {
        ...cardTrouble,
        'card.swiped': [
          { guard: { type: 'isNotForProvider', params: swiped }, actions: saying('bindingNotForProvider') },
          { target: 'lookingUpProvider', actions: { type: 'takeProof', params: swiped } },
        ],
        'card.failed': { target: 'awaitingProvider', reenter: true, actions: notingReadFailure },
        'number.keyed': [
          { guard: { type: 'isNotForProvider', params: keyed }, actions: saying('bindingNotForProvider') },
          { target: 'lookingUpProvider', actions: { type: 'takeProof', params: keyed } },
        ],
        'reader.gone': { target: 'awaitingProvider', reenter: true },
        'reader.back': { target: 'awaitingProvider', reenter: true },
        'key.back': closing,
      },
    },

    lookingUpProvider: {
      tags: ['driving', 'cancellable'],
      initial: 'asking',
      on: { 'key.back': { target: 'awaitingProvider', actions: 'dropAsked' } },
      states: {
        asking: {
          after: {
            answer: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.awaitingProvider', actions: settingBackBySilence },
            ],
          },
          invoke: {
            src: 'lookUp',
            input: lookUpInput,
            onDone: [
              {
                guard: { type: 'mayTryAgain', params: withAnswer },
                target: '#binding.awaitingProvider',
                actions: { type: 'setBack', params: declineOf },
              },
              { guard: isKind('declined'), ...refusing },
              {
                guard: { type: 'mayShowAnother', params: withAnswer },
                target: '#binding.awaitingProvider',
                actions: { type: 'setBack', params: { decline: pinLocked } },
              },
              {
                guard: { type: 'isPinLocked', params: withAnswer },
                target: '#binding.refused',
                actions: { type: 'refuse', params: { decline: pinLocked } },
              },
              {
                guard: 'needsPin',
                target: '#binding.awaitingPin',
                actions: { type: 'setProvider', params: found },
              },
              {
                target: '#binding.admitting',
                actions: [{ type: 'setProvider', params: found }, 'authoriseWithoutPin'],
              },
            ],
            onError: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.awaitingProvider', actions: settingBackBySilence },
            ],
          },
        },
        pausing: { after: { retry: 'asking' } },
      },
    },

    awaitingPin: {
      tags: ['cancellable'],
      entry: waiting('pin'),
      exit: 'stopCountdown',
      after: { pin: timingOut },
      on: { 'key.back': { target: 'awaitingProvider', actions: 'dropProvider' } },
      invoke: {
        src: 'enterPin',
        input: ({ context }) => ({
          person: known(context.provider, 'provider').found,
          operator: operatorOf(context),
        }),
        onDone: [
          { guard: isKind('cancelled'), ...closing },
          { guard: isKind('refused'), ...refusing },
          {
            target: 'admitting',
            actions: { type: 'authorise', params: ({ event }) => ({ output: event.output }) },
          },
        ],
        onError: [
          // The PIN key had to be renewed first, and the centre is silent.
          {
            guard: { type: 'isCentreFault', params: ({ event }) => ({ error: event.error }) },
            target: 'refused',
            actions: refusingBySilence,
          },
          ending('bindingPinPadFault'),
        ],
      },
    },

    admitting: {
      tags: ['driving', 'cancellable'],
      exit: 'dropProof',
      initial: 'asking',
      states: {
        asking: {
          after: {
            answer: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.refused', actions: refusingBySilence },
            ],
          },
          invoke: {
            src: 'admit',
            input: ({ context }) => ({
              card: known(context.provider, 'provider').found.card,
              proof: known(context.proof, 'proof'),
              operator: operatorOf(context),
              msgId: known(context.msgId, 'message'),
            }),
            onDone: [
              {
                guard: isKind('admitted'),
                target: '#binding.desk',
                actions: {
                  type: 'open',
                  params: ({ event: { output } }: Answered<AdmitAnswer>) => {
                    if (output.kind !== 'admitted') throw new Error('binding machine: nobody was admitted');
                    return { answer: output };
                  },
                },
              },
              {
                guard: { type: 'isPinToRepeat', params: withAnswer },
                target: '#binding.awaitingPin',
                actions: { type: 'setBack', params: declineOf },
              },
              refusing,
            ],
            onError: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.refused', actions: refusingBySilence },
            ],
          },
        },
        pausing: { after: { retry: 'asking' } },
      },
    },

    desk: {
      tags: ['cancellable'],
      entry: waiting('person'),
      exit: 'stopCountdown',
      after: { person: timingOut },
      on: {
        'task.chosen': [
          {
            guard: { type: 'isTask', params: ({ event }) => ({ task: event.task, is: 'link' }) },
            target: 'awaitingBeneficiary',
            actions: { type: 'setTask', params: ({ event }) => ({ task: event.task }) },
          },
          {
            guard: { type: 'isLinkUnknown', params: ({ event }) => ({ task: event.task }) },
            actions: saying('bindingNoSuchLink'),
          },
          {
            guard: { type: 'isTask', params: ({ event }) => ({ task: event.task, is: 'change' }) },
            target: 'awaitingBeneficiary',
            actions: { type: 'setTask', params: ({ event }) => ({ task: event.task }) },
          },
          { target: 'givingReason', actions: { type: 'setTask', params: ({ event }) => ({ task: event.task }) } },
        ],
      },
    },

    awaitingBeneficiary: {
      tags: ['wantsCard', 'cancellable'],
      entry: waiting('person'),
      exit: 'stopCountdown',
      after: { person: timingOut },
      on: {
        ...cardTrouble,
        'card.swiped': [
          { guard: { type: 'isWayClosed', params: swiped }, actions: saying('bindingWayClosed') },
          { target: 'lookingUpBeneficiary', actions: { type: 'takeProof', params: swiped } },
        ],
        'card.failed': { target: 'awaitingBeneficiary', reenter: true, actions: notingReadFailure },
        'number.keyed': [
          { guard: { type: 'isWayClosed', params: keyed }, actions: saying('bindingWayClosed') },
          { target: 'lookingUpBeneficiary', actions: { type: 'takeProof', params: keyed } },
        ],
        'reader.gone': { target: 'awaitingBeneficiary', reenter: true },
        'reader.back': { target: 'awaitingBeneficiary', reenter: true },
        'key.back': backToDesk,
      },
    },

    lookingUpBeneficiary: {
      tags: ['driving', 'cancellable'],
      initial: 'asking',
      on: { 'key.back': { target: 'awaitingBeneficiary', actions: 'dropAsked' } },
      states: {
        asking: {
          after: {
            answer: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.awaitingBeneficiary', actions: settingBackBySilence },
            ],
          },
          invoke: {
            src: 'lookUp',
            input: lookUpInput,
            onDone: [
              {
                guard: isKind('declined'),
                target: '#binding.awaitingBeneficiary',
                actions: { type: 'setBack', params: declineOf },
              },
              {
                guard: { type: 'isProviderAgain', params: withAnswer },
                target: '#binding.awaitingBeneficiary',
                actions: { type: 'setBack', params: { decline: { code: 'SELF_LINK' } } },
              },
              { target: '#binding.fillingIn', actions: { type: 'setBeneficiary', params: found } },
            ],
            onError: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.awaitingBeneficiary', actions: settingBackBySilence },
            ],
          },
        },
        pausing: { after: { retry: 'asking' } },
      },
    },

    fillingIn: {
      tags: ['cancellable'],
      entry: waiting('person'),
      exit: 'stopCountdown',
      after: { person: timingOut },
      on: {
        'terms.given': {
          target: 'explaining',
          actions: { type: 'setTerms', params: ({ event }) => ({ terms: event.terms }) },
        },
        'key.back': { target: 'awaitingBeneficiary', actions: 'dropBeneficiary' },
      },
    },

    explaining: {
      tags: ['driving', 'cancellable'],
      initial: 'asking',
      on: { 'key.back': 'fillingIn' },
      states: {
        asking: {
          after: {
            answer: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.fillingIn', actions: settingBackBySilence },
            ],
          },
          invoke: {
            src: 'explain',
            input: ({ context }) => ({ asked: askedLink(context), operator: operatorOf(context) }),
            onDone: [
              {
                guard: isKind('explained'),
                target: '#binding.reviewing',
                actions: { type: 'setVerdict', params: withAnswer },
              },
              refusing,
            ],
            onError: [
              { guard: 'canAskAgain', target: 'pausing', actions: 'countAttempt' },
              { target: '#binding.fillingIn', actions: settingBackBySilence },
            ],
          },
        },
        pausing: { after: { retry: 'asking' } },
      },
    },

    reviewing: {
      tags: ['cancellable'],
      entry: waiting('person'),
      exit: 'stopCountdown',
      after: { person: timingOut },
      on: { 'key.back': { target: 'fillingIn', actions: 'dropVerdict' } },
      initial: 'showing',
      states: {
        showing: { after: { attention: [{ guard: 'isAllowed', target: 'open' }] } },
        open: {
          tags: ['confirmable'],
          on: { 'key.confirm': { target: '#binding.linking', actions: 'intend' } },
        },
      },
    },

    linking: {
      tags: ['driving', 'writing'],
      after: { answer: 'unclear' },
      invoke: { src: 'link', input: linkInput, onDone: linkAnswered, onError: 'unclear' },
      on: {
        'key.cancel': { actions: saying('bindingCannotEnd') },
        'binding.closed': { actions: saying('bindingCannotEnd') },
      },
    },

    linked: { ...result, on: { 'key.back': backToDesk } },

    givingReason: {
      tags: ['cancellable'],
      entry: waiting('person'),
      exit: 'stopCountdown',
      after: { person: timingOut },
      on: {
        'reason.given': [
          {
            guard: { type: 'isEmptyReason', params: ({ event }) => ({ reason: event.reason }) },
            actions: saying('bindingNoReason'),
          },
          {
            target: 'unlinking',
            actions: [{ type: 'setReason', params: ({ event }) => ({ reason: event.reason }) }, 'intend'],
          },
        ],
        'key.back': backToDesk,
      },
    },

    unlinking: {
      tags: ['driving', 'writing'],
      after: { answer: 'unclear' },
      invoke: {
        src: 'unlink',
        input: ({ context }) => unlinkInput(context),
        onDone: unlinkAnswered,
        onError: 'unclear',
      },
      on: {
        'key.cancel': { actions: saying('bindingCannotEnd') },
        'binding.closed': { actions: saying('bindingCannotEnd') },
      },
    },

    unlinked: { ...result, on: { 'key.back': backToDesk } },

    unclear: {
      tags: ['driving', 'writing'],
      initial: 'waiting',
      on: {
        'key.cancel': { actions: saying('bindingCannotEnd') },
        'binding.closed': { actions: saying('bindingCannotEnd') },
      },
      states: {
        waiting: {
          tags: ['confirmable'],
          entry: {
            type: 'startCountdown',
            params: ({ context }) => ({ ms: bindingPauseMs(context) }),
          },
          exit: ['stopCountdown', 'countAttempt'],
          after: {
            nextQuestion: [{ guard: 'isUnlinking', target: 'askingToUnlink' }, { target: 'askingToLink' }],
          },
          on: { 'key.confirm': [{ guard: 'isUnlinking', target: 'askingToUnlink' }, { target: 'askingToLink' }] },
        },
        askingToLink: {
          after: { answer: 'waiting' },
          invoke: { src: 'link', input: linkInput, onDone: linkAnswered, onError: 'waiting' },
        },
        askingToUnlink: {
          after: { answer: 'waiting' },
          invoke: {
            src: 'unlink',
            input: ({ context }) => unlinkInput(context),
            onDone: unlinkAnswered,
            onError: 'waiting',
          },
        },
      },
    },

    refused: { ...result, on: { 'key.back': { guard: 'hasPermit', ...backToDesk } } },
  },
});
