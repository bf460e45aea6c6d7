import type { DocumentKind, LinkTerms, LinkVerdict } from '../domain/link-application.ts';
import type { LinkRecord, LinkStanding } from '../domain/link-record.ts';
import type { BindingRules } from '../domain/policy-profile.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { Secret } from '../domain/secret.ts';
import type { Credential, ReadFailure } from '../ports/card-reader.ts';
import type {
  CardRef,
  Decline,
  DeskProof,
  Envelope,
  ExplainLinkRequest,
  LookedUp,
  PersonProof,
} from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';

/** What is done at an insurance office: a new link, one that takes another's place (R8), or the end of one. */
export type BindingTask =
  | { readonly kind: 'link' }
  | { readonly kind: 'change'; readonly linkId: string }
  | { readonly kind: 'unlink'; readonly linkId: string };

/** What can happen at the binding desk. No event carries a PIN. */
export type BindingEvent =
  | { readonly type: 'binding.started'; readonly operator: string; readonly channel: 'counter' | 'hospital' }
  | { readonly type: 'binding.closed' }
  /** A card was read, or a 医保码 scanned; whose it is says the stage. */
  | { readonly type: 'card.swiped'; readonly credential: Credential }
  | { readonly type: 'card.failed'; readonly reason: ReadFailure }
  /** A card whose reading began when none was wanted, or one at a reader that is not in use. */
  | { readonly type: 'card.dropped' }
  | { readonly type: 'card.elsewhere' }
  /** Scanned, but no 医保码. */
  | { readonly type: 'code.refused' }
  /** A number keyed in from a card or an ID card, well formed. */
  | { readonly type: 'number.keyed'; readonly medium: 'ssCardNumber' | 'residentId'; readonly number: Secret<string> }
  /** One that is not: its check character, length or characters. */
  | { readonly type: 'number.refused'; readonly prompt: PromptId }
  /** Somebody asked for a sale, a sign-out or the like, which wait until the desk is closed. */
  | { readonly type: 'counter.asked' }
  | { readonly type: 'task.chosen'; readonly task: BindingTask }
  /** All that the form asks for; the machine adds the channel. */
  | { readonly type: 'terms.given'; readonly terms: Omit<LinkTerms, 'channel'> }
  | { readonly type: 'reason.given'; readonly reason: string }
  | { readonly type: 'reader.gone' }
  | { readonly type: 'reader.back' }
  /** One step back; from the first step it ends. */
  | { readonly type: 'key.back' }
  | { readonly type: 'key.confirm' }
  /** Ends it; while something is being written only after the answer. */
  | { readonly type: 'key.cancel' }
  /** A notice has stood long enough; the machine's own. */
  | { readonly type: 'notice.over' };

/** The machine's states. `desk`: the provider's links are on the screen and a task is chosen; `unclear`: the centre has not
 *  answered whether a link was made or ended, and is asked again by the same message. */
export const bindingStages = [
  'idle',
  'awaitingProvider',
  'lookingUpProvider',
  'awaitingPin',
  'admitting',
  'desk',
  'awaitingBeneficiary',
  'lookingUpBeneficiary',
  'fillingIn',
  'explaining',
  'reviewing',
  'linking',
  'linked',
  'givingReason',
  'unlinking',
  'unlinked',
  'unclear',
  'refused',
] as const;
export type BindingStage = (typeof bindingStages)[number];

/** In milliseconds. `person`: how long a person may take at any step that waits for one. */
export interface BindingDelays {
  readonly person: number;
  readonly pin: number;
  readonly answer: number;
  /** Between two questions while it is unclear, doubled up to `retryMax`. */
  readonly retry: number;
  readonly retryMax: number;
  /** How long a result stays on the screen. */
  readonly shown: number;
  readonly attention: number;
  readonly notice: number;
}

export const defaultBindingDelays: BindingDelays = {
  person: 120_000,
  pin: 30_000,
  answer: 15_000,
  retry: 1_000,
  retryMax: 60_000,
  shown: 60_000,
  attention: 800,
  notice: 10_000,
};

/** Somebody who has been looked up, and how he came. */
export interface DeskPerson {
  readonly found: LookedUp;
  readonly by: 'stripe' | 'chip' | 'evoucher' | 'ssCardNumber' | 'residentId';
  /** What he has shown by that; null where a number was keyed in, and the clerk says which document it was. */
  readonly document: DocumentKind | null;
}

/** What the desk knows; replaced as a whole by nothing when it ends. */
export interface BindingFacts {
  readonly operator: string | null;
  readonly channel: 'counter' | 'hospital';
  readonly provider: DeskPerson | null;
  readonly beneficiary: DeskPerson | null;
  readonly permit: string | null;
  readonly links: readonly LinkStanding[];
  readonly task: BindingTask | null;
  readonly terms: LinkTerms | null;
  readonly verdict: LinkVerdict | null;
  readonly reason: string | null;
  /** The message whose answer counts. */
  readonly msgId: MsgId | null;
  readonly record: LinkRecord | null;
  /** The last answer that did not end it: a wrong PIN, a number that is nobody's. */
  readonly setback: Decline | null;
  /** Why it ended. */
  readonly decline: Decline | null;
  readonly readFailure: ReadFailure | null;
  readonly notice: PromptId | null;
  readonly cardReads: number;
  readonly pinEntries: number;
}

/** The desk's facts, and what the machine needs beside them. */
export interface BindingContext extends BindingFacts {
  /** Until when the permit is good, ms since the epoch. */
  readonly permitUntil: number | null;
  /** Why it ended, where that is no answer of the centre. */
  readonly ending: PromptId | null;
  /** Whom the centre is asked for; there only while he is looked up. */
  readonly asked: PersonProof | null;
  /** There only while `admitting`: it may hold a PIN block. */
  readonly proof: DeskProof | null;
  /** How often the present question has been asked without an answer. */
  readonly attempts: number;
  /** The time-out that runs in this stage, for the screen. `endsAt`: ms since the epoch. */
  readonly countdown: { readonly endsAt: number; readonly totalMs: number } | null;
  readonly rules: BindingRules;
  readonly delays: BindingDelays;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What is left of people when the desk is closed. */
export const nothingBound = {
  operator: null,
  channel: 'counter',
  provider: null,
  beneficiary: null,
  permit: null,
  permitUntil: null,
  links: [],
  task: null,
  terms: null,
  verdict: null,
  reason: null,
  msgId: null,
  record: null,
  setback: null,
  decline: null,
  ending: null,
  readFailure: null,
  notice: null,
  cardReads: 0,
  pinEntries: 0,
  asked: null,
  proof: null,
  attempts: 0,
  countdown: null,
} as const satisfies Omit<BindingContext, keyof BindingInput>;

export interface BindingInput {
  readonly rules: BindingRules;
  readonly delays: BindingDelays;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What a screen or a runner may ask of a stage instead of its name. `driving`: goes on without a person; `wantsCard`: a card
 *  or a 医保码 is wanted now; `cancellable`: nothing is being written, so the cancel key ends it; `confirmable`: the confirm
 *  key does something now; `writing`: nothing but an answer of the centre ends it. */
export type BindingTag = 'driving' | 'wantsCard' | 'cancellable' | 'confirmable' | 'writing';

/** `msgId`: of a message that is sent again it is the same. */
export interface AdmitInput {
  readonly card: CardRef;
  readonly proof: DeskProof;
  readonly operator: string;
  readonly msgId: MsgId;
}
export type AskedLink = Omit<ExplainLinkRequest, keyof Envelope>;
export interface LinkInput {
  readonly asked: AskedLink;
  readonly operator: string;
  readonly msgId: MsgId;
}
export interface UnlinkInput {
  readonly permit: string;
  readonly linkId: string;
  readonly reason: string;
  readonly channel: 'counter' | 'hospital';
  readonly operator: string;
  readonly msgId: MsgId;
}
