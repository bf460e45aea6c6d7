import { assign, enqueueActions, fromPromise, setup } from 'xstate';
import type { Bill } from '../domain/bill.ts';
import { add, type Fen } from '../domain/money.ts';
import type { PromptId, PromptParams } from '../domain/prompt.ts';
import type { Quote } from '../domain/settlement.ts';
import type { UndoQuote } from '../domain/undo.ts';
import type { CardCredential, Credential, EvoucherCredential, ReadFailure } from '../ports/card-reader.ts';
import {
  type Authorisation,
  CentreFault,
  type Decline,
  type Identified,
  type IdentifyAnswer,
  type PreviewUndoAnswer,
  type QueryAnswer,
  type QuoteAnswer,
  type ReverseAnswer,
  type SignInAnswer,
} from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';
import { JournalFault, type OpenIntent, type Suspension } from '../ports/journal.ts';
import { PinKeyFault } from '../ports/pin-key.ts';
import { PinPadFault } from '../ports/pin-pad.ts';
import {
  type CounterContext,
  type CounterDelays,
  type CounterEvent,
  type CounterInput,
  type CounterTag,
  cancelledMs,
  nothing,
  type PendingInput,
  type PendingOutcome,
  type PinOutput,
  queriesMax,
  queryPauseMs,
  type ReversalOf,
  type SettleInput,
  type SettleOutput,
  type SuspendInput,
  type UndoChoice,
  type UndoInput,
  type UndoOutput,
} from './counter-model.ts';
import { known, type Outcome } from './counter-outcome.ts';

/** How often a message that moves no money is sent before the operation is given up: asking twice is harmless, unlike
 *  for `settle`, which is sent once. */
const askAttemptsMax = 3;

const notProvided = () => Promise.reject(new Error('actor not provided'));

/** What the PIN agrees to: the accounts' part of the bill. */
export function fromAccounts({ split }: Quote): Fen {
  return add(split.own, split.shared);
}

/** The next of the messages left open becomes the one that counts; of whatever came before it nothing stays. */
function nextOf(unresolved: readonly OpenIntent[]) {
  const [next, ...rest] = unresolved;
  if (next === undefined) throw new Error('counter machine: no message is left open');
  return { ...nothing, ...pendingOf(next), unresolved: rest };
}

/** A recorded reversal goes on as one: it may have been sent (see `OpenIntent.reversing`). */
function pendingOf(open: OpenIntent) {
  const step = open.reversing ? 'reverse' : 'query';
  const pending: PendingOutcome = { ...open, suspension: null, step, wasSettled: false };
  return { pending, msgId: open.msgId, queries: 0 };
}

function withoutPin({ ticket, customer }: CounterContext): Authorisation {
  if (ticket !== null) return { kind: 'ticket', ticket };
  const voucher = customer?.voucher;
  return voucher === undefined ? { kind: 'none' } : { kind: 'voucher', voucher };
}

function settleIntent(context: CounterContext) {
  const msgId = context.ids.nextMsgId();
  return {
    msgId,
    intent: {
      msgId,
      kind: 'settle' as const,
      amountFen: fromAccounts(known(context.quote, 'quote')),
      card: known(context.customer, 'customer').card,
      settlementId: null,
      operator: known(context.operator, 'operator'),
      at: context.clock.now(),
    },
  };
}

function isByCode({ customer }: CounterContext): boolean {
  return customer?.voucher !== undefined;
}

/** Everything that the counter machine's states are made of: what they do, ask and wait for, by name. */
export const counterSetup = setup({
  types: {
    context: {} as CounterContext,
    events: {} as CounterEvent,
    input: {} as CounterInput,
    tags: {} as CounterTag,
  },
  actors: {
    recover: fromPromise<readonly OpenIntent[]>(notProvided),
    signIn: fromPromise<SignInAnswer, { operator: string }>(notProvided),
    identify: fromPromise<IdentifyAnswer, { credential: Credential; operator: string }>(notProvided),
    quote: fromPromise<QuoteAnswer, { customer: Identified; bill: Bill; operator: string }>(notProvided),
    enterPin: fromPromise<PinOutput, { customer: Identified; quote: Quote; operator: string }>(notProvided),
    settle: fromPromise<SettleOutput, SettleInput>(notProvided),
    previewUndo: fromPromise<PreviewUndoAnswer, { choice: UndoChoice; operator: string }>(notProvided),
    undo: fromPromise<UndoOutput, UndoInput>(notProvided),
    query: fromPromise<QueryAnswer, PendingInput>(notProvided),
    reverse: fromPromise<ReverseAnswer, PendingInput>(notProvided),
    suspend: fromPromise<Suspension, SuspendInput>(notProvided),
  },
  actions: {
    forgetCustomer: assign(() => ({ ...nothing, notice: null, countdown: null })),
    startCountdown: assign(({ context }, params: { ms: number }) => ({
      countdown: { endsAt: context.clock.now() + params.ms, totalMs: params.ms },
    })),
    stopCountdown: assign({ countdown: null }),
    /** A notice goes by itself, also where the state stays: nobody waits for it to be dismissed. */
    say: enqueueActions(({ enqueue }, { id, params = {} }: { id: PromptId; params?: PromptParams }) => {
      enqueue.assign({ notice: { id, params } });
      enqueue.cancel('notice');
      enqueue.raise({ type: 'notice.over' }, { id: 'notice', delay: 'notice' });
    }),
    forgetReadFailure: assign({ readFailure: null, setback: null }),
    dropNotice: assign({ notice: null }),
    loseReader: assign({ readerLost: true, notice: null }),
    findReader: assign({ readerLost: false }),
    setBill: assign((_, params: { bill: Bill }) => ({ bill: params.bill, notice: null })),
    setDraft: assign((_, params: { text: string }) => ({ draft: params.text, notice: null })),
    takeCard: assign(({ context }, params: { credential: CardCredential }) => ({
      credential: params.credential,
      cardReads: context.cardReads + 1,
      readFailure: null,
      setback: null,
      notice: null,
      attempts: 0,
    })),
    /** Like a card, but no card was read. */
    takeCode: assign((_, params: { credential: EvoucherCredential }) => ({
      credential: params.credential,
      readFailure: null,
      setback: null,
      notice: null,
      attempts: 0,
    })),
    noteReadFailure: assign((_, params: { reason: ReadFailure }) => ({
      readFailure: params.reason,
      setback: { code: 'CARD_UNREADABLE' as const },
    })),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    setCustomer: assign((_, params: { customer: Identified }) => ({
      customer: params.customer,
      credential: null,
      notice: null,
      attempts: 0,
    })),
    setQuote: assign((_, params: { quote: Quote }) => ({ quote: params.quote, notice: null, attempts: 0 })),
    setStaleQuote: assign((_, params: { quote: Quote; ticket: string | null }) => ({
      quote: params.quote,
      ticket: params.ticket,
      notice: null,
      setback: { code: 'QUOTE_STALE' as const },
    })),
    notePinSetback: assign((_, params: { decline: Decline }) => ({ setback: params.decline, notice: null })),
    authorise: assign(({ context }, params: { authorisation: Authorisation }) => ({
      ...settleIntent(context),
      authorisation: params.authorisation,
      ticket: null,
      setback: null,
      notice: null,
      pinEntries: context.pinEntries + (params.authorisation.kind === 'pin' ? 1 : 0),
    })),
    /** By the ticket of what was agreed to before, else by the voucher of a code, else, no account paying anything, by
     *  nothing (E5). */
    authoriseWithoutPin: assign(({ context }) => ({
      ...settleIntent(context),
      authorisation: withoutPin(context),
      ticket: null,
      setback: null,
      notice: null,
    })),
    dropAuthorisation: assign({ authorisation: null }),
    /** No answer of the centre means this message is back at home: it moved nothing. */
    dropIntent: assign({ intent: null }),
    setUndoChoice: assign((_, params: { choice: UndoChoice }) => ({ undoChoice: params.choice, notice: null })),
    setUndoQuote: assign((_, params: { quote: UndoQuote }) => ({
      undoQuote: params.quote,
      notice: null,
      attempts: 0,
    })),
    setStaleUndoQuote: assign((_, params: { quote: UndoQuote }) => ({
      undoQuote: params.quote,
      notice: null,
      setback: { code: 'QUOTE_STALE' as const },
    })),
    intendUndo: assign(({ context }) => {
      const { kind, settlementId, returned } = known(context.undoQuote, 'preview of an undo');
      const msgId = context.ids.nextMsgId();
      return {
        setback: null,
        notice: null,
        msgId,
        intent: {
          msgId,
          kind,
          amountFen: returned.total,
          card: null,
          settlementId,
          operator: known(context.operator, 'operator'),
          at: context.clock.now(),
        },
      };
    }),
    end: assign((_, params: Outcome) => ({
      result: { settlement: null, undo: null, ...params },
      setback: null,
      notice: null,
      credential: null,
      customer: null,
      ticket: null,
      undoQuote: null,
      pending: null,
      intent: null,
      queries: 0,
    })),
    becomeUnknown: assign(({ context }) => ({
      ...pendingOf({ ...known(context.intent, 'message'), reversing: false, suspension: null }),
      intent: null,
    })),
    setRecovered: assign((_, params: { open: readonly OpenIntent[] }) => ({
      unresolved: params.open.filter(({ suspension }) => suspension === null),
      suspended: params.open.filter(({ suspension }) => suspension !== null),
    })),
    nextUnresolved: assign(({ context }) => nextOf(context.unresolved)),
    setReversal: assign(({ context }, { msgId, amount }: ReversalOf) => {
      const pending: PendingOutcome = {
        msgId,
        kind: 'settle',
        amountFen: amount,
        card: null,
        settlementId: null,
        operator: known(context.operator, 'operator'),
        at: context.clock.now(),
        reversing: false,
        suspension: null,
        step: 'reverse',
        wasSettled: true,
      };
      return { ...nothing, pending, msgId, queries: 0 };
    }),
    reopen: assign(({ context }, params: { msgId: MsgId }) => ({
      ...nextOf(context.suspended.filter(({ msgId }) => msgId === params.msgId)),
      suspended: context.suspended.filter(({ msgId }) => msgId !== params.msgId),
    })),
    countQuery: assign(({ context }) => ({ queries: context.queries + 1 })),
    /** After enough questions without an answer a settle message is reversed; an undo is only ever asked for. */
    turnToReversal: assign(({ context }) => {
      const pending = known(context.pending, 'message');
      return pending.kind === 'settle' && context.queries >= queriesMax
        ? { pending: { ...pending, step: 'reverse' as const } }
        : {};
    }),
    beginReversal: assign(({ context }) => ({
      pending: { ...known(context.pending, 'message'), step: 'reverse' as const },
    })),
    /** The reversal could not be noted, so that none has left: what the centre did can still be asked for. */
    askInstead: assign(({ context }) => {
      const pending = known(context.pending, 'message');
      return pending.reversing || pending.wasSettled ? {} : { pending: { ...pending, step: 'query' as const } };
    }),
    /** The reversal may have left: from now on nothing else resolves this message. */
    noteReversing: assign(({ context }) => ({
      pending: { ...known(context.pending, 'message'), reversing: true },
    })),
    addSuspended: assign(({ context }, params: { suspension: Suspension }) => {
      const { step: _, wasSettled: __, ...item } = known(context.pending, 'message');
      const others = context.suspended.filter(({ msgId }) => msgId !== item.msgId);
      return { suspended: [...others, { ...item, suspension: params.suspension }] };
    }),
    beginSignIn: assign((_, params: { operator: string }) => ({ newOperator: params.operator, notice: null })),
    takeOperator: assign(({ context }) => ({
      operator: context.newOperator ?? context.operator,
      newOperator: null,
    })),
    signOut: assign({ operator: null, newOperator: null }),
    /** Sign-in number and PIN keys are the actors' memory; whoever provides those provides this. */
    forgetSignIn: assign({}),
  },
  guards: {
    hasUnresolved: ({ context }) => context.unresolved.length > 0,
    hasBill: ({ context }) => context.bill !== null,
    hasDraft: ({ context }) => context.draft !== '',
    mustAskPin: ({ context }) => context.quote?.needsPin === true && context.ticket === null && !isByCode(context),
    /** A 医保码 is shown, and that is all (R35). */
    needsPin: ({ context }, params: { quote: Quote }) => params.quote.needsPin && !isByCode(context),
    isCode: (_, params: { credential: EvoucherCredential | null }) => params.credential !== null,
    canAskAgain: ({ context }) => context.attempts + 1 < askAttemptsMax,
    isEmptyText: (_, params: { text: string }) => params.text === '',
    isKind: (_, params: { kind: string; is: string }) => params.kind === params.is,
    /** An error that is no fault of a port is a bug of ours, and nothing should be charged on top of it. */
    isBug: (_, { error }: { error: unknown }) =>
      !(
        error instanceof CentreFault ||
        error instanceof PinPadFault ||
        error instanceof PinKeyFault ||
        error instanceof JournalFault
      ),
    isCentreFault: (_, params: { error: unknown }) => params.error instanceof CentreFault,
    isJournalFault: (_, params: { error: unknown }) => params.error instanceof JournalFault,
    isSignedOut: ({ context }) => context.operator === null,
    /** The operator of the start is signed in by the terminal itself, and again before the next message that needs it:
     *  a centre that is silent at the start does not block the counter. */
    isNewOperator: ({ context }) => context.newOperator !== null,
    isSuspended: ({ context }, params: { msgId: MsgId }) =>
      context.suspended.some(({ msgId }) => msgId === params.msgId),
    mustReverse: ({ context }) => context.pending?.step === 'reverse',
    /** The step that a supervisor asks for is one that this message allows. */
    isStepOpen: ({ context: { pending } }, params: { step: 'query' | 'reverse'; is: 'query' | 'reverse' }) =>
      pending !== null &&
      params.step === params.is &&
      (params.is === 'reverse' ? pending.kind === 'settle' : !pending.reversing),
    isChargedAfterAll: (_, { answer }: { answer: QueryAnswer }) =>
      answer.kind === 'found' && answer.answer.kind === 'settled' && !answer.undone,
    isUndoneAfterAll: (_, { answer }: { answer: QueryAnswer }) =>
      answer.kind === 'found' && (answer.answer.kind === 'undone' || answer.answer.kind === 'settled'),
    isDeclinedAfterAll: (_, { answer }: { answer: QueryAnswer }) =>
      answer.kind === 'found' && answer.answer.kind === 'declined',
    isPinWrong: ({ context }, { answer }: { answer: SettleOutput }) =>
      !isByCode(context) && answer.kind === 'declined' && answer.decline.code === 'PIN_WRONG',
    isPinKeyExpired: ({ context }, { answer }: { answer: SettleOutput }) =>
      !isByCode(context) && answer.kind === 'declined' && answer.decline.code === 'PIN_KEY_EXPIRED',
  },
  delays: {
    enterAmount: ({ context }) => context.delays.enterAmount,
    card: ({ context }) => context.delays.card,
    read: ({ context }) => context.delays.read,
    identify: ({ context }) => context.delays.identify,
    amount: ({ context }) => context.delays.amount,
    quote: ({ context }) => context.delays.quote,
    retry: ({ context }) => context.delays.retry,
    pin: ({ context }) => context.delays.pin,
    confirmQuote: ({ context }) => context.delays.confirmQuote,
    settle: ({ context }) => context.delays.settle,
    nextStep: ({ context }) => queryPauseMs(context),
    queryAnswer: ({ context }) => context.delays.queryAnswer,
    signIn: ({ context }) => context.delays.signIn,
    previewUndo: ({ context }) => context.delays.previewUndo,
    confirmUndo: ({ context }) => context.delays.confirmUndo,
    undo: ({ context }) => context.delays.undo,
    approved: ({ context }) => context.delays.approved,
    declined: ({ context }) => context.delays.declined,
    cancelled: ({ context }) => cancelledMs(context),
    undone: ({ context }) => context.delays.undone,
    suspended: ({ context }) => context.delays.suspended,
    attention: ({ context }) => context.delays.attention,
    notice: ({ context }) => context.delays.notice,
  },
});

/** Starts the countdown of a waiting state; its exit is `stopCountdown`. */
export const countdown = (delay: keyof CounterDelays) => ({
  type: 'startCountdown' as const,
  params: ({ context }: { context: CounterContext }) => ({ ms: context.delays[delay] }),
});
