import type { EventObject, SnapshotFrom } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import type { CounterState } from '../../src/domain/counter-state.ts';
import { fen } from '../../src/domain/money.ts';
import { CentreFault, type Decline, type SettleAnswer, type UndoAnswer } from '../../src/ports/centre.ts';
import { JournalFault } from '../../src/ports/journal.ts';
import { PinPadFault } from '../../src/ports/pin-pad.ts';
import { counterMachine } from '../../src/terminal/counter.machine.ts';
import { type CounterContext, defaultDelays, queriesMax } from '../../src/terminal/counter-model.ts';
import { counterState } from '../../src/terminal/prompt-of-state.ts';
import {
  bill,
  code,
  customer,
  customerByCode,
  open,
  pinBlock,
  quote,
  returned,
  settlement,
  stripe,
  undo,
  undoQuote,
} from './fake-ports.ts';

export type Snapshot = SnapshotFrom<typeof counterMachine>;
export interface Step {
  readonly from: Snapshot;
  readonly event: EventObject;
  readonly to: Snapshot;
}
export interface Situation {
  readonly state: Snapshot;
  readonly steps: readonly Step[];
}

// Ids and clock stand still so that the number of situations is finite: every message has this id.
const msgId = 'P99000000001202504191000000001';
const input = { clock: { now: () => 0 }, ids: { nextMsgId: () => msgId }, delays: defaultDelays };

const declined = (decline: Decline) => ({ kind: 'declined', decline }) as const;
const settleAnswers: readonly SettleAnswer[] = [
  { kind: 'settled', settlement: settlement(msgId) },
  declined({ code: 'PIN_WRONG', triesLeft: 5 }),
  declined({ code: 'PIN_KEY_EXPIRED' }),
  declined({ code: 'PIN_LOCKED' }),
  { kind: 'stale', quote: quote(8000, 2000, 0), ticket: 'ticket' },
  { kind: 'stale', quote: quote(8000, 2000, 0), ticket: null },
];
const undoAnswers: readonly UndoAnswer[] = [
  { kind: 'undone', undo: undo(msgId) },
  declined({ code: 'ALREADY_REVERSED' }),
  { kind: 'undoStale', quote: undoQuote(returned(8000, 0, 0)) },
];
const suspension = { by: '王店长', reason: '停机', at: 0 };
const refund = { kind: 'refund', card: null, settlementId: 'S1' } as const;

/** What the actors of each state may come to, by the state's path. */
const outputs: Record<string, readonly unknown[]> = {
  recovering: [
    [],
    [open(msgId)],
    [open(msgId, { reversing: true }), open(msgId, refund)],
    [open(msgId, { suspension })],
  ],
  signingIn: [{ kind: 'signedIn', signNo: 'SN', keys: [] }, declined({ code: 'MESSAGE_REJECTED' })],
  'identifying.asking': [customer, customerByCode, declined({ code: 'CARD_LOST', fact: 'lost' })],
  'quoting.asking': [
    { kind: 'quoted', quote: quote(8000, 5000, 3000) },
    { kind: 'quoted', quote: quote(8000, 0, 0) },
    declined({ code: 'INSURANCE_NOT_NORMAL', fact: 'arrears' }),
  ],
  awaitingPin: [
    { kind: 'entered', pinBlock },
    { kind: 'cancelled' },
    { kind: 'refused', decline: { code: 'MESSAGE_REJECTED' } },
  ],
  settling: [...settleAnswers, { kind: 'notSent' }],
  'previewingUndo.asking': [
    { kind: 'previewed', quote: undoQuote(returned(8000, 5000, 3000)) },
    declined({ code: 'CANCEL_TOO_LATE' }),
  ],
  undoing: [...undoAnswers, { kind: 'notSent' }],
  'unknown.reversing': [
    { kind: 'reversed', undo: null },
    { kind: 'reversed', undo: undo('R', undefined, 'reversal') },
  ],
  'unknown.suspending': [suspension],
};
/** What a message of that kind may turn out to have come to. */
function found(kind: 'settle' | 'cancel' | 'refund') {
  const answers = kind === 'settle' ? settleAnswers : undoAnswers;
  return [
    { kind: 'absent' },
    ...answers.map((answer) => ({ kind: 'found', answer, undone: false })),
    ...(kind === 'settle' ? [{ kind: 'found', answer: settleAnswers[0], undone: true }] : []),
  ];
}
const errors = [
  new CentreFault('noAnswer'),
  new PinPadFault('gone'),
  new JournalFault('notWritable', 'full'),
  new TypeError('a bug'),
];

const payloads: Record<string, readonly object[]> = {
  'amount.edited': [{ text: '8' }, { text: '' }],
  'amount.refused': [{ prompt: 'amountTooLarge' }],
  'sale.started': [{ bill }],
  'card.swiped': [{ credential: stripe }],
  'card.failed': [{ reason: 'halfRead' }],
  'reader.gone': [{ cause: 'unplugged' }],
  'code.scanned': [{ credential: code }, { credential: null }],
  'operator.signedIn': [{ operator: '01' }],
  'undo.chosen': [
    { undo: { kind: 'cancel', settlementId: 'S1', amount: null } },
    { undo: { kind: 'refund', settlementId: 'S1', amount: fen(3000) } },
  ],
  'reversal.requested': [{ intent: { msgId, amount: fen(8000) } }],
  'supervisor.push': [{ step: 'query' }, { step: 'reverse' }],
  'supervisor.suspend': [{ by: '王店长', reason: '停机' }],
  'suspended.reopened': [{ msgId }],
};

function eventsOf(descriptor: string, { pending, credential }: CounterContext): EventObject[] {
  const path = descriptor.split('.counter.')[1] ?? '';
  if (descriptor.startsWith('xstate.done.actor')) {
    const given = (path === 'unknown.asking' ? found(pending?.kind ?? 'settle') : (outputs[path] ?? [])).filter(
      // A code comes back with a voucher, and nothing else does (answer-check.ts).
      (output) =>
        path !== 'identifying.asking' || output !== (credential?.medium === 'evoucher' ? customer : customerByCode),
    );
    return given.map((output) => ({ type: descriptor, output }) as EventObject);
  }
  if (descriptor.startsWith('xstate.error.actor')) {
    return errors.map((error) => ({ type: descriptor, error }) as EventObject);
  }
  return (payloads[descriptor] ?? [{}]).map((payload) => ({ type: descriptor, ...payload }));
}

interface Entry {
  readonly state: Snapshot;
  readonly transitions: Readonly<Record<string, { readonly event: EventObject; readonly state: Snapshot }>>;
}

/** What makes two situations the same: the counters are cut off where nothing more depends on them, of a suspended item
 *  only what it is counts, and nothing at all depends on the notice. */
export function situationOf(context: CounterContext): object {
  const { clock, ids, delays, queries, cardReads, pinEntries, notice, suspended, ...rest } = context;
  return {
    ...rest,
    queries: Math.min(queries, queriesMax),
    cardReads: Math.min(cardReads, 2),
    pinEntries: Math.min(pinEntries, 1),
    suspended: suspended.map(({ kind, reversing }) => [kind, reversing]),
  };
}

/** The same where only the end of an operation is shown: whatever else is left of it goes with whatever happens next. */
function endOf({ result, operator, readerLost, suspended }: CounterContext): object {
  return { result, operator, readerLost, suspended: suspended.map(({ kind, reversing }) => [kind, reversing]) };
}

/** Equal for situations that are the same. */
export function keyOf({ value, context }: Pick<Snapshot, 'value' | 'context'>): string {
  const isOver = context.result !== null || value === 'outOfService';
  return JSON.stringify([value, (isOver ? endOf : situationOf)(context)]);
}

/** The real machine as a whole: every state, fed with every event that it takes, every answer and fault of its actors and
 *  every time-out; but for the events of `without`, which stand for what is walked another time. */
export function walk(operator: string | null, without: RegExp): readonly Situation[] {
  const map = getAdjacencyMap(counterMachine, {
    input: { ...input, operator },
    limit: 500_000,
    events: (snapshot) =>
      [...new Set(snapshot._nodes.flatMap((node) => node.ownEvents as string[]))]
        .filter((descriptor) => !without.test(descriptor))
        .flatMap((descriptor) => eventsOf(descriptor, snapshot.context)) as never[],
    serializeState: keyOf,
    serializeEvent: (event) => JSON.stringify(event) + ('error' in event ? String(event.error) : ''),
  });
  const entries: readonly Entry[] = Object.values(map);
  return entries.map(({ state, transitions }) => ({
    state,
    steps: Object.values(transitions).map((edge) => ({ from: state, event: edge.event, to: edge.state })),
  }));
}

/** Everything that customers, cards, readers and cashiers do; left out is what begins with a supervisor. */
export const atTheCounter = /^(reversal|supervisor|suspended)\./;
/** Everything that becomes of messages which may have moved money; the typing, bad reads and strays beside it are left out. */
export const ofMoney = /^(amount|code|reader|notice)\.|^card\.(reading|failed|dropped|elsewhere)$/;

export function nameOf({ value }: Snapshot): CounterState {
  return counterState(value);
}
