import { chinaDateTime, chinaMinute } from '../domain/china-time.ts';
import type { CounterState } from '../domain/counter-state.ts';
import { declineCodes } from '../domain/decline-code.ts';
import { type Fen, fen, zeroFen } from '../domain/money.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Language, Prompt } from '../domain/prompt.ts';
import { type ReceiptLine, receiptLines, suspendedReceiptLines, undoReceiptLines } from '../domain/receipt.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Undo } from '../domain/undo.ts';
import { promptVoice, undoVoiceText, voiceText } from '../domain/voice.ts';
import type {
  HealthView,
  InquiryView,
  PinView,
  ResultView,
  StatusView,
  SuspendedView,
  TerminalView,
  TodayRow,
  UnknownView,
} from '../ipc/view.ts';
import type { OpenIntent } from '../ports/journal.ts';
import { codeOfPending, queryPauseMs } from '../terminal/counter-model.ts';
import { promptOfState, readFailurePrompts } from '../terminal/prompt-of-state.ts';
import type { BindingSnapshot } from './binding-desk.ts';
import { bindingView } from './binding-view.ts';
import type { CounterSnapshot, InquirySnapshot } from './counter.ts';
import type { DayEndSnapshot } from './day-end-desk.ts';
import { type DayEndPlace, dayEndView } from './day-end-view.ts';

export interface ViewParts {
  readonly state: CounterState;
  readonly snapshot: CounterSnapshot;
  readonly pin: PinView | null;
  /** Digits typed at a PIN pad of its own while that has an entry open. */
  readonly typedAtPad?: number | null;
  readonly today: readonly TodayRow[];
  readonly beside?: Beside;
  readonly status: StatusView;
  readonly language: Language;
  readonly nowMs: number;
}

/** What a counter with screens has beside the sale. */
export interface Beside {
  readonly listDay: string | null;
  readonly listNote: TerminalView['listNote'];
  readonly inquiry: InquirySnapshot | null;
  readonly dayEnd?: DayEndSnapshot | null;
  readonly binding?: { readonly snapshot: BindingSnapshot; readonly profile: PolicyProfile } | null;
  /** What is printed again, until somebody closes it. */
  readonly reprint: Settlement | Undo | null;
  readonly health: HealthView;
  /** Whose slips these are. */
  readonly place: { readonly institution: Settlement['institution']; readonly terminal: string };
}

/** What the operator's screen shows of the counter: already masked, in fen and ids; the screen puts it into words. */
export function terminalView(parts: ViewParts): TerminalView {
  const { state, snapshot, nowMs, beside } = parts;
  const { context } = snapshot;
  const settlement = context.result?.settlement ?? null;
  const undo = context.result?.undo ?? null;
  const prompt = promptOfState(state, context);
  const { typedAtPad = null } = parts;
  const desk = beside?.binding ?? null;
  const pinLength = desk === null ? context.customer?.pinLength : desk.snapshot.context.provider?.found.pinLength;
  const padPin = typedAtPad === null || pinLength === undefined ? null : { length: pinLength, typed: typedAtPad };
  const binding =
    desk &&
    bindingView({
      binding: desk.snapshot,
      profile: desk.profile,
      language: parts.language,
      nowMs,
      atPad: padPin !== null,
    });
  return {
    stage: state,
    prompt: padPin === null ? prompt : atPad(prompt),
    notice: context.notice,
    cancellable: snapshot.hasTag('cancellable'),
    confirm: state === 'signedOut' || snapshot.hasTag('confirmable') ? confirmOf(state) : null,
    countdown:
      context.countdown === null
        ? null
        : {
            totalMs: context.countdown.totalMs,
            // A clock that steps back must not make a time-out longer than it is.
            remainingMs: Math.min(context.countdown.totalMs, Math.max(0, context.countdown.endsAt - nowMs)),
          },
    sentAt: nowMs,
    amountText: context.draft === '' ? null : context.draft,
    amount: amountOf(parts),
    customer: customerOf(context.customer, settlement ?? undo),
    // After a refusal or a cancel nobody pays anything, so the quote is gone from the screens with the sale; and while an
    // outcome is unknown nobody may take it for paid.
    split:
      settlement?.split ?? (context.result === null && state !== 'unknown' ? (context.quote?.split ?? null) : null),
    pin: parts.pin,
    padPin,
    result: resultOf(parts),
    receipt: receiptOf(parts),
    voice:
      binding !== null
        ? promptVoice(binding.prompt, parts.language)
        : settlement !== null
          ? voiceText(settlement, parts.language)
          : undo !== null
            ? undoVoiceText(undo, parts.language)
            : promptVoice(prompt, parts.language),
    today: parts.today,
    listDay: beside?.listDay ?? null,
    listNote: beside?.listNote ?? null,
    undoQuote: context.result === null && state !== 'unknown' ? context.undoQuote : null,
    undone: undo && { kind: undo.kind, returned: undo.returned, remaining: undo.remaining },
    unknown: state === 'unknown' ? unknownOf(snapshot) : null,
    suspended: context.suspended.map(suspendedView),
    inquiry: beside?.inquiry ? inquiryView(beside.inquiry) : null,
    binding,
    dayEnd: beside?.dayEnd ? dayEndView(beside.dayEnd, dayEndPlace(parts, beside), suspendedView) : null,
    reprint: beside?.reprint ? slipOf(beside.reprint, parts.language, true) : null,
    status: parts.status,
    health: beside?.health ?? null,
  };
}

function dayEndPlace({ snapshot: { context }, language, nowMs }: ViewParts, { place }: Beside): DayEndPlace {
  return { ...place, operator: context.operator ?? '', suspended: context.suspended, language, nowMs };
}

/** What the sale, the way back or the open question is about. */
function amountOf({ state, snapshot: { context } }: ViewParts): Fen | null {
  const { result, bill, pending, undoQuote, undoChoice } = context;
  if (result !== null) {
    if (result.kind === 'suspended') return fen(context.suspended.at(-1)?.amountFen ?? 0);
    return result.settlement?.split.total ?? result.undo?.returned.total ?? bill?.total ?? null;
  }
  // Of a message of an earlier run only what the accounts were asked for is known.
  if (state === 'unknown') return pending && fen(pending.amountFen);
  return undoQuote?.returned.total ?? undoChoice?.amount ?? bill?.total ?? null;
}

function receiptOf({ snapshot: { context }, language, beside }: ViewParts): readonly ReceiptLine[] | null {
  const { result, suspended } = context;
  if (result === null) return null;
  const record = result.settlement ?? result.undo;
  if (record !== null) return slipOf(record, language, false);
  const item = result.kind === 'suspended' ? suspended.at(-1) : undefined;
  if (item === undefined || item.suspension === null || beside === undefined) return null;
  const { msgId, kind, amountFen, settlementId, operator, at, suspension } = item;
  return suspendedReceiptLines(
    {
      ...beside.place,
      ...{ operator, msgId, kind, settlementId },
      amount: fen(amountFen),
      sentAt: at,
      suspendedAt: suspension.at,
      by: suspension.by,
      reason: suspension.reason,
    },
    language,
  );
}

function slipOf(record: Settlement | Undo, language: Language, reprint: boolean): readonly ReceiptLine[] {
  return 'undoId' in record
    ? undoReceiptLines(record, language, { reprint })
    : receiptLines(record, language, { reprint });
}

function unknownOf({ context }: CounterSnapshot): UnknownView | null {
  const { pending, queries, countdown, unresolved } = context;
  if (pending === null) return null;
  return {
    msgId: pending.msgId,
    kind: pending.kind,
    amount: fen(pending.amountFen),
    sentTime: chinaDateTime(pending.at).slice(11),
    step: pending.step,
    attempts: queries,
    asking: countdown === null,
    mayReverse: pending.kind === 'settle',
    waiting: unresolved.length,
  };
}

function suspendedView({ msgId, kind, amountFen, at, suspension }: OpenIntent): SuspendedView {
  const by = suspension?.by ?? '';
  const reason = suspension?.reason ?? '';
  return { msgId, kind, amount: fen(amountFen), time: chinaDateTime(at).slice(5, 16), by, reason };
}

function inquiryView({ stage, inquired, maskedCard, decline, readFailure }: InquirySnapshot): InquiryView {
  const prompts = { awaitingCard: 'inquiryCard', asking: 'inquiring', shown: 'inquired' } as const;
  const prompt: Prompt =
    stage === 'refused'
      ? { id: 'inquiryRefused', params: { code: decline?.code ?? 'CENTRE_UNAVAILABLE' } }
      : { id: readFailure === null ? prompts[stage] : readFailurePrompts[readFailure], params: {} };
  return {
    stage,
    prompt,
    maskedName: inquired?.maskedName ?? null,
    maskedCard,
    own: inquired?.own ?? null,
    wallet: inquired?.wallet ?? null,
    providers: (inquired?.providers ?? []).map(({ maskedName, relation, standing }) => ({
      maskedName,
      relation,
      available: standing === 'available',
    })),
  };
}

/** The sentence about a PIN that is typed at a pad of its own: it says where. */
function atPad({ id, params }: Prompt): Prompt {
  if (id === 'enterPin') return { id: 'enterPinAtPad', params };
  return { id: id === 'enterPinAgain' ? 'enterPinAgainAtPad' : id, params };
}

/** A line of the list. `left`: what of a sale can still be given back; null for an undo. */
export function todayRow(record: Settlement | Undo, left: Fen | null): TodayRow {
  const { msgId, beneficiary } = record;
  const line = { msgId, maskedName: beneficiary.maskedName, left: left ?? zeroFen };
  if ('undoId' in record) {
    const { total, fund, own, shared, cash, cashDue } = record.returned;
    const { settlementId } = record.original;
    const time = chinaMinute(record.undoneAt);
    return { ...line, settlementId, time, total, fund, own, shared, cash, cashDue, kind: record.kind };
  }
  const { total, fund, own, shared, cash } = record.split;
  const time = chinaMinute(record.settledAt);
  const { settlementId } = record;
  return { ...line, settlementId, time, total, fund, own, shared, cash, cashDue: zeroFen, kind: 'approved' };
}

function confirmOf(state: CounterState): TerminalView['confirm'] {
  switch (state) {
    case 'ready':
    case 'enteringAmount':
    case 'awaitingAmount':
      return 'amount';
    case 'confirmingQuote':
      return 'quote';
    case 'confirmingUndo':
      return 'undo';
    case 'unknown':
      return 'query';
    case 'approved':
    case 'declined':
    case 'cancelled':
    case 'undone':
    case 'suspended':
      return 'finish';
    case 'signedOut':
      return 'signIn';
    default:
      return null;
  }
}

function customerOf(
  customer: CounterSnapshot['context']['customer'],
  record: Settlement | Undo | null,
): TerminalView['customer'] {
  const source = customer ?? record?.beneficiary ?? null;
  return source === null ? null : { maskedName: source.maskedName, maskedCard: source.maskedCard };
}

function resultOf({ state, snapshot, nowMs }: ViewParts): ResultView | null {
  const { context } = snapshot;
  if (state === 'unknown') {
    const nextStepInMs =
      context.countdown === null ? 0 : Math.min(queryPauseMs(context), Math.max(0, context.countdown.endsAt - nowMs));
    const code = context.pending === null ? 'UNKNOWN_OUTCOME' : codeOfPending(context.pending);
    return { kind: 'unknown', code, codeNumber: declineCodes[code].number, fact: null, nextStepInMs };
  }
  const { result } = context;
  if (result === null) return null;
  return {
    kind: result.kind,
    code: result.code,
    codeNumber: result.code === null ? null : declineCodes[result.code].number,
    fact: result.fact,
    nextStepInMs: null,
  };
}
