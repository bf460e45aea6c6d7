import { chinaMinute } from '../domain/china-time.ts';
import type { CounterState } from '../domain/counter-state.ts';
import { declineCodes } from '../domain/decline-code.ts';
import type { Language, Prompt } from '../domain/prompt.ts';
import { receiptLines } from '../domain/receipt.ts';
import type { Settlement, Split } from '../domain/settlement.ts';
import { promptVoice, voiceText } from '../domain/voice.ts';
import type { CustomerView, PinView, ResultView, StatusView, TerminalView, TodayRow } from '../ipc/view.ts';
import { queryPauseMs } from '../terminal/counter-model.ts';
import { promptOfState } from '../terminal/prompt-of-state.ts';
import type { CounterSnapshot } from './counter.ts';

export interface ViewParts {
  readonly state: CounterState;
  readonly snapshot: CounterSnapshot;
  readonly pin: PinView | null;
  /** Digits typed at a PIN pad of its own while that has an entry open. */
  readonly typedAtPad?: number | null;
  readonly today: readonly TodayRow[];
  readonly status: StatusView;
  readonly language: Language;
  readonly nowMs: number;
}

/** What the operator's screen shows of the counter: already masked, in fen and ids; the screen puts it into words. */
export function terminalView(parts: ViewParts): TerminalView {
  const { state, snapshot, nowMs } = parts;
  const { context } = snapshot;
  const settlement = context.result?.settlement ?? null;
  const prompt = promptOfState(state, context);
  const { typedAtPad = null } = parts;
  const padPin =
    typedAtPad === null || context.customer === null ? null : { length: context.customer.pinLength, typed: typedAtPad };
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
    amount: context.bill?.total ?? settlement?.split.total ?? null,
    customer: customerOf(context.customer, settlement),
    // After a refusal or a cancel nobody pays anything, so the quote is gone from the screens with the sale.
    split: settlement?.split ?? (context.result === null ? (context.quote?.split ?? null) : null),
    pin: parts.pin,
    padPin,
    result: resultOf(parts),
    receipt: settlement === null ? null : receiptLines(settlement, parts.language),
    voice: settlement === null ? promptVoice(prompt, parts.language) : voiceText(settlement, parts.language),
    today: parts.today,
    status: parts.status,
  };
}

/** What the customer's display may show: the quote before the PIN, but no list, no names, no balances. */
export function customerView(view: TerminalView): CustomerView {
  const { stage, prompt, countdown, sentAt, amount, pin, padPin, result, voice, split } = view;
  const cash = split?.cash ?? null;
  const shared = split?.shared ?? null;
  return { stage, prompt, countdown, sentAt, amount, pin, padPin, result, voice, cash, shared };
}

/** The sentence about a PIN that is typed at a pad of its own: it says where. */
function atPad({ id, params }: Prompt): Prompt {
  if (id === 'enterPin') return { id: 'enterPinAtPad', params };
  return { id: id === 'enterPinAgain' ? 'enterPinAgainAtPad' : id, params };
}

/** A line of today's list. */
export function todayRow(settlement: {
  readonly msgId: string;
  readonly settledAt: number;
  readonly maskedName: string;
  readonly split: Pick<Split, 'total' | 'shared' | 'cash'>;
}): TodayRow {
  const { total, shared, cash } = settlement.split;
  return {
    msgId: settlement.msgId,
    time: chinaMinute(settlement.settledAt),
    maskedName: settlement.maskedName,
    total,
    shared,
    cash,
    kind: 'approved',
  };
}

function confirmOf(state: CounterState): TerminalView['confirm'] {
  switch (state) {
    case 'ready':
    case 'enteringAmount':
    case 'awaitingAmount':
      return 'amount';
    case 'confirmingQuote':
      return 'quote';
    case 'approved':
    case 'declined':
    case 'cancelled':
      return 'finish';
    case 'signedOut':
      return 'signIn';
    default:
      return null;
  }
}

function customerOf(
  customer: CounterSnapshot['context']['customer'],
  settlement: Settlement | null,
): TerminalView['customer'] {
  const source = customer ?? settlement?.beneficiary ?? null;
  return source === null ? null : { maskedName: source.maskedName, maskedCard: source.maskedCard };
}

function resultOf({ state, snapshot, nowMs }: ViewParts): ResultView | null {
  const { context } = snapshot;
  if (state === 'unknown') {
    const nextStepInMs =
      context.countdown === null ? 0 : Math.min(queryPauseMs(context), Math.max(0, context.countdown.endsAt - nowMs));
    return {
      kind: 'unknown',
      code: 'UNKNOWN_OUTCOME',
      codeNumber: declineCodes.UNKNOWN_OUTCOME.number,
      fact: null,
      nextStepInMs,
    };
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
