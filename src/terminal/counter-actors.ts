import { fromPromise } from 'xstate';
import type { Bill } from '../domain/bill.ts';
import type { CalendarDay } from '../domain/calendar-day.ts';
import type { LinkRecord } from '../domain/link-record.ts';
import type { Fen } from '../domain/money.ts';
import {
  type BookedRecord,
  bookedOf,
  bookedOfReversal,
  type Reconciliation,
  reconcileDay,
} from '../domain/reconciliation.ts';
import type { Quote } from '../domain/settlement.ts';
import type { Credential } from '../ports/card-reader.ts';
import {
  type CardRef,
  type Centre,
  CentreFault,
  type Declined,
  type Envelope,
  type Identified,
  type IdentifyAnswer,
  type Inquired,
  type MoneyAnswer,
  type PreviewUndoAnswer,
  type QueryAnswer,
  type QuoteAnswer,
  type QuoteRequest,
  type Reply,
  type ReverseAnswer,
  type SignInAnswer,
} from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';
import {
  type Intent,
  type IntentOutcome,
  type Journal,
  JournalFault,
  type OpenIntent,
  type Suspension,
} from '../ports/journal.ts';
import { PinKeyFault, type PinKeyHolder } from '../ports/pin-key.ts';
import { type PinPad, PinPadFault } from '../ports/pin-pad.ts';
import {
  checkedIdentify,
  checkedInquire,
  checkedPreview,
  checkedQuery,
  checkedQuote,
  checkedReverse,
  checkedSettle,
  checkedUndo,
  ownAnswer,
} from './answer-check.ts';
import { bindingActors } from './binding-actors.ts';
import type {
  PendingInput,
  PendingOutcome,
  PinOutput,
  SettleInput,
  SettleOutput,
  SuspendInput,
  UndoChoice,
  UndoInput,
  UndoOutput,
} from './counter-model.ts';
import { known } from './counter-outcome.ts';
import { fromAccounts } from './counter-setup.ts';
import { checkedReconcile } from './day-end-answer-check.ts';
import { SignIn } from './sign-in.ts';

/** What the counter's actors work with. `report` gets faults that change nothing for the customer but that somebody
 *  should see: a journal that could not note an outcome which is known, or that was found damaged. */
export interface CounterPorts {
  readonly centre: Centre;
  readonly pinPad: PinPad;
  readonly pinKeys: PinKeyHolder;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  report(fault: Error): void;
}

type AnswerTo<V extends keyof Centre> = Awaited<ReturnType<Centre[V]>>;

/** Whose balance it is, and what it is. */
export interface BalanceShown {
  readonly kind: 'shown';
  readonly maskedCard: string;
  readonly inquired: Inquired;
}
export type InquiryOutput = BalanceShown | Declined;

/** A day against the centre's, and what this terminal did to links on it. */
export interface DayReconciled {
  readonly kind: 'reconciled';
  readonly report: Reconciliation;
  readonly links: readonly LinkRecord[];
}
/** `noBooks`: the terminal's own journal cannot be used, so there is nothing to compare. */
export type DayEndOutput = DayReconciled | Declined | { readonly kind: 'noBooks' };

/** The verbs of the counter's machines on top of the ports.
 *  - Every message that can move money is noted in the journal before it leaves and its outcome after it is known, so
 *    that a restart finds what is still open. No answer is believed before it has been checked.
 *  - An actor that the machine has given up (its time-out, a supervisor) sends nothing more and notes nothing more: the
 *    machine has not heard that answer, and the journal must not know more than the machine acts on.
 *  - Messages carry the operator's sign-in, made when the first of them needs it; query and reverse go without. */
export function terminalActors(ports: CounterPorts) {
  const { centre, pinPad, pinKeys, journal, clock, ids } = ports;

  const envelope = (operator: string, msgId: MsgId, signNo: string | null): Envelope => ({
    msgId,
    institution: ports.institution,
    terminal: ports.terminal,
    operator,
    signNo,
    at: clock.now(),
  });
  const signIn = new SignIn({
    centre,
    pinKeys,
    envelope: (operator) => envelope(operator, ids.nextMsgId(), null),
    report: (fault) => ports.report(fault),
  });
  const signed = (operator: string, msgId = ids.nextMsgId()) => envelope(operator, msgId, signIn.numberOf(operator));
  const unsigned = (operator: string) => envelope(operator, ids.nextMsgId(), null);

  /** Sends a message. Faults: as the centre's, and `brokenAnswer` for the answer to another message. */
  const ask = async <V extends keyof Centre>(verb: V, request: Parameters<Centre[V]>[0]): Promise<AnswerTo<V>> =>
    ownAnswer(request, await (centre[verb] as (request: unknown) => Promise<Reply<AnswerTo<V>>>)(request));

  /** True when it went to the journal. Faults are reported. */
  const journalled = async (write: () => Promise<void>): Promise<boolean> => {
    try {
      await write();
      return true;
    } catch (fault) {
      if (!(fault instanceof JournalFault)) throw fault;
      ports.report(fault);
      return false;
    }
  };

  /** Outcomes that are known and could not be noted. They are noted before the next message: an entry that stays open
   *  would be taken for an unknown outcome after a restart, and a settlement with which a customer has left be reversed. */
  const unnoted = new Map<MsgId, { readonly outcome: IntentOutcome; readonly booked: readonly BookedRecord[] }>();
  /** Messages that the journal holds for done and the machine does not: given up while their outcome was being noted. */
  const closed = new Set<MsgId>();
  /** Messages that were done and are open in the journal again. */
  const reopened = new Set<MsgId>();
  /** Messages whose reversal stands in the journal. */
  const reversing = new Set<MsgId>();
  /** Outcomes that are being written. */
  const beingNoted = new Map<MsgId, Promise<unknown>>();
  const note = async (
    msgId: MsgId,
    outcome: IntentOutcome,
    signal: AbortSignal,
    booked: readonly BookedRecord[] = [],
  ): Promise<void> => {
    if (signal.aborted) return;
    unnoted.set(msgId, { outcome, booked });
    const noted = journalled(() => journal.settled(msgId, outcome, booked)).then((isNoted) => {
      if (isNoted) unnoted.delete(msgId);
      reopened.delete(msgId);
      if (signal.aborted) closed.add(msgId);
      else reversing.delete(msgId);
    });
    const all = Promise.allSettled([beingNoted.get(msgId), noted]).then(() => {
      if (beingNoted.get(msgId) === all) beingNoted.delete(msgId);
    });
    beingNoted.set(msgId, all);
    await noted;
  };

  const noteRest = async (): Promise<void> => {
    for (const [msgId, { outcome, booked }] of unnoted) {
      await journal.settled(msgId, outcome, booked);
      unnoted.delete(msgId);
    }
  };

  /** True when the message may leave. */
  const intend = (intent: Intent): Promise<boolean> =>
    journalled(async () => {
      await noteRest();
      await journal.intend(intent);
    });

  /** Opens a message in the journal again that it holds for done. */
  const reopen = async (pending: PendingOutcome): Promise<void> => {
    const { msgId, kind, amountFen, card, settlementId, operator, at } = pending;
    // An outcome that is on its way to the disk would come after what is written now, and close the message again.
    await beingNoted.get(msgId);
    unnoted.delete(msgId);
    if (reopened.has(msgId) || !(pending.wasSettled || closed.has(msgId))) return;
    await journal.intend({ msgId, kind, amountFen, card, settlementId, operator, at });
    if (reversing.has(msgId)) await journal.reversing(msgId);
    closed.delete(msgId);
    reopened.add(msgId);
  };

  /** What must be written before anything else happens. Faults: `JournalFault`, reported and thrown on. */
  const orReport = async (write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (fault) {
      if (fault instanceof JournalFault) ports.report(fault);
      throw fault;
    }
  };

  /** A bug inside an actor would look like a fault from outside: it is reported here and goes on as it is. */
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!faults.some((fault) => error instanceof fault)) {
        ports.report(error instanceof Error ? error : new Error('an actor of the counter failed'));
      }
      throw error;
    }
  };

  /** Under which message a code was shown to the centre. Asked again it is the same message: another one would be told
   *  that the code is used up. */
  const shownIn = new WeakMap<Credential, MsgId>();
  const identify = async (credential: Credential, operator: string): Promise<IdentifyAnswer> => {
    const refusal = await signIn.ensure(operator);
    if (refusal !== null) return refusal;
    const { medium } = credential;
    const msgId = shownIn.get(credential) ?? ids.nextMsgId();
    if (medium === 'evoucher') shownIn.set(credential, msgId);
    return checkedIdentify(await ask('identify', { ...signed(operator, msgId), credential }), medium);
  };

  const counterActors = {
    recover: fromPromise<readonly OpenIntent[]>(() =>
      watched(async () => {
        const state = await journal.open();
        if (state.setAside !== null) ports.report(setAside(state.setAside));
        for (const open of state.open) if (open.reversing) reversing.add(open.msgId);
        return state.open;
      }),
    ),

    signIn: fromPromise<SignInAnswer, { operator: string }>(({ input }) => watched(() => signIn.begin(input.operator))),

    identify: fromPromise<IdentifyAnswer, { credential: Credential; operator: string }>(({ input }) =>
      watched(() => identify(input.credential, input.operator)),
    ),

    quote: fromPromise<QuoteAnswer, { customer: Identified; bill: Bill; operator: string }>(({ input }) =>
      watched(async () => {
        const { customer, bill } = input;
        return checkedQuote(await ask('quote', { ...signed(input.operator), ...cardAndVoucher(customer), bill }), bill);
      }),
    ),

    enterPin: fromPromise<PinOutput, { customer: Identified; quote: Quote; operator: string }>(({ input, signal }) =>
      watched(async () => {
        const refusal = await signIn.ensure(input.operator, () => pinKeys.mustRenew());
        if (refusal !== null) return { kind: 'refused', decline: refusal.decline };
        const { pan, pinLength: length } = input.customer;
        // A sale that was given up meanwhile must not open the pad.
        stopIfGivenUp(signal);
        return pinPad.enter({ pan, length, amount: fromAccounts(input.quote) }, signal);
      }),
    ),

    settle: fromPromise<SettleOutput, SettleInput>(({ input, signal }) =>
      watched(async () => {
        const { intent, bill, quote, authorisation } = input;
        if (!(await intend(intent))) return { kind: 'notSent' };
        stopIfGivenUp(signal);
        const message = { ...signed(intent.operator, intent.msgId), card: cardOf(intent), bill };
        const answer = checkedSettle(await ask('settle', { ...message, digest: quote.digest, authorisation }), intent, {
          bill,
          quote,
        });
        if (answer.kind === 'declined' && answer.decline.code === 'PIN_KEY_EXPIRED' && !signal.aborted) pinKeys.drop();
        await note(intent.msgId, outcomeOf(answer), signal, booksOf(answer));
        return answer;
      }),
    ),

    previewUndo: fromPromise<PreviewUndoAnswer, { choice: UndoChoice; operator: string }>(({ input }) =>
      watched(async () => {
        const { choice, operator } = input;
        const refusal = await signIn.ensure(operator);
        if (refusal !== null) return refusal;
        const { kind: undo, settlementId } = choice;
        const asked = { ...signed(operator), undo, settlementId, amount: amountOf(choice) };
        return checkedPreview(await ask('previewUndo', asked), choice);
      }),
    ),

    undo: fromPromise<UndoOutput, UndoInput>(({ input, signal }) =>
      watched(async () => {
        const { intent, choice, quote } = input;
        if (!(await intend(intent))) return { kind: 'notSent' };
        stopIfGivenUp(signal);
        const { settlementId } = choice;
        const message = { ...signed(intent.operator, intent.msgId), settlementId, digest: quote.digest };
        const answer = checkedUndo(
          await (choice.kind === 'cancel'
            ? ask('cancel', message)
            : ask('refund', { ...message, amount: amountOf(choice) })),
          intent,
          choice,
        );
        await note(intent.msgId, outcomeOf(answer), signal, booksOf(answer));
        return answer;
      }),
    ),

    query: fromPromise<QueryAnswer, PendingInput>(({ input, signal }) =>
      watched(async () => {
        const { pending, operator, agreed } = input;
        const answer = checkedQuery(await ask('query', { ...unsigned(operator), of: pending.msgId }), pending, agreed);
        // One that was found settled and has been given back since is still a sale of its day, whose return was booked
        // by whoever made it.
        if (answer.kind === 'absent') await note(pending.msgId, 'absent', signal);
        else await note(pending.msgId, outcomeOf(answer.answer), signal, booksOf(answer.answer));
        return answer;
      }),
    ),

    reverse: fromPromise<ReverseAnswer, PendingInput>(({ input, signal }) =>
      watched(async () => {
        const { pending, operator } = input;
        const { msgId } = pending;
        if (!reversing.has(msgId)) {
          await orReport(async () => {
            await reopen(pending);
            await journal.reversing(msgId);
          });
          reversing.add(msgId);
        }
        stopIfGivenUp(signal);
        const answer = checkedReverse(await ask('reverse', { ...unsigned(operator), of: msgId }), msgId);
        await note(msgId, 'reversed', signal, answer.kind === 'reversed' ? booksOfReversal(answer) : []);
        return answer;
      }),
    ),

    suspend: fromPromise<Suspension, SuspendInput>(({ input }) =>
      watched(async () => {
        const { pending, by, reason } = input;
        const suspension = { by, reason, at: clock.now() };
        await orReport(async () => {
          await reopen(pending);
          await journal.suspend(pending.msgId, suspension);
        });
        return suspension;
      }),
    ),
  };

  const dayEndActors = {
    reconcile: fromPromise<DayEndOutput, { day: CalendarDay; operator: string }>(({ input, signal }) =>
      watched(async () => {
        const { day, operator } = input;
        const refusal = await signIn.ensure(operator);
        if (refusal !== null) return refusal;
        stopIfGivenUp(signal);
        let records: readonly BookedRecord[] = [];
        const isRead = await journalled(async () => {
          await noteRest();
          records = await journal.bookedOn(day);
        });
        if (!isRead) return { kind: 'noBooks' };
        const answer = checkedReconcile(await ask('reconcile', { ...signed(operator), day, records }), day);
        if (answer.kind === 'declined') return answer;
        return { kind: 'reconciled', report: reconcileDay(day, records, answer.records), links: answer.links };
      }),
    ),
  };

  const inquiryActors = {
    inquire: fromPromise<InquiryOutput, { credential: Credential; operator: string }>(({ input, signal }) =>
      watched(async () => {
        const { credential, operator } = input;
        const customer = await identify(credential, operator);
        if (customer.kind === 'declined') return customer;
        stopIfGivenUp(signal);
        const answer = checkedInquire(await ask('inquire', { ...signed(operator), ...cardAndVoucher(customer) }));
        if (answer.kind === 'declined') return answer;
        return { kind: 'shown', maskedCard: customer.maskedCard, inquired: answer };
      }),
    ),
  };

  const bindings = bindingActors({
    ...{ pinPad, pinKeys, signIn, signed, ask, watched },
    nextMsgId: () => ids.nextMsgId(),
  });

  return {
    counterActors,
    inquiryActors,
    dayEndActors,
    bindingActors: bindings,
    forgetSignIn: () => signIn.drop(),
  };
}

const faults = [CentreFault, PinPadFault, PinKeyFault, JournalFault];

/** What an actor was to do is not wanted any more; nobody hears this. */
function stopIfGivenUp(signal: AbortSignal): void {
  if (signal.aborted) throw new CentreFault('noAnswer');
}

function setAside({ path, unreadable }: { readonly path: string; readonly unreadable: number }): Error {
  return new Error(
    `The journal was damaged. It was set aside whole as ${path}; ${unreadable} of its lines cannot be read, the others go on in a new journal. Have somebody compare it with the centre's records before the day's end.`,
  );
}

/** Whose money a message is about, and by what he showed who he is. */
function cardAndVoucher({ card, voucher }: Identified): Pick<QuoteRequest, 'card' | 'voucher'> {
  return voucher === undefined ? { card } : { card, voucher };
}

function cardOf({ card }: Intent): CardRef {
  return known(card, 'card');
}

/** Null for all that is left, and for a cancel, which is always whole. */
function amountOf({ kind, amount }: UndoChoice): Fen | null {
  return kind === 'cancel' ? null : amount;
}

/** What an answer is to the day's books. */
function booksOf(answer: MoneyAnswer): readonly BookedRecord[] {
  if (answer.kind === 'settled') return [bookedOf(answer.settlement)];
  return answer.kind === 'undone' ? [bookedOf(answer.undo)] : [];
}

/** Both rows, the sale's whole: what was given back of it before was booked by whoever made that. */
function booksOfReversal({ undo, sale }: Extract<ReverseAnswer, { kind: 'reversed' }>): readonly BookedRecord[] {
  if (sale !== undefined) return [bookedOf(sale), ...(undo === null ? [] : [bookedOf(undo)])];
  return undo === null ? [] : bookedOfReversal(undo);
}

function outcomeOf(answer: MoneyAnswer): IntentOutcome {
  return answer.kind === 'undoStale' ? 'stale' : answer.kind;
}
