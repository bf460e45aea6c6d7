import { SimulatedClock } from 'xstate';
import { createCounter } from '../../src/app/counter.ts';
import { chinaDay } from '../../src/domain/china-time.ts';
import { zeroFen } from '../../src/domain/money.ts';
import type { BindingRules } from '../../src/domain/policy-profile.ts';
import type { BookedRecord } from '../../src/domain/reconciliation.ts';
import type { Quote } from '../../src/domain/settlement.ts';
import type { CardReader, CardReaderEvent, EvoucherCredential } from '../../src/ports/card-reader.ts';
import {
  type Centre,
  CentreFault,
  type MoneyAnswer,
  type QueryAnswer,
  type ReverseAnswer,
} from '../../src/ports/centre.ts';
import type { Intent, IntentOutcome, Journal, JournalState, OpenIntent, Suspension } from '../../src/ports/journal.ts';
import type { PinKeyHolder } from '../../src/ports/pin-key.ts';
import type { PinEntry, PinPad, PinRequest } from '../../src/ports/pin-pad.ts';
import { type CounterDelays, defaultDelays } from '../../src/terminal/counter-model.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';
import { code, customer, pinBlock, quote, returned, settlement, stripe, undo, undoQuote } from './fake-ports.ts';

type Request<K extends keyof Centre> = Parameters<Centre[K]>[0];
/** Without the message that it answers: the harness adds that, unless a test names another. */
type Unaddressed<A> = A extends unknown ? Omit<A, 'refMsgId'> & { readonly refMsgId?: string } : never;
type AnswerOf<K extends keyof Centre> = Unaddressed<Awaited<ReturnType<Centre[K]>>>;
type Scripted<K extends keyof Centre> =
  | AnswerOf<K>
  | 'silence'
  | 'fault'
  | ((request: Request<K>) => Promise<AnswerOf<K>>);
type Script = { readonly [K in keyof Centre]?: readonly Scripted<K>[] };

/** What was written to the journal, in order. */
export type Journalled =
  | Intent
  | { readonly msgId: string; readonly outcome: IntentOutcome }
  | { readonly reversing: string }
  | { readonly msgId: string; readonly suspension: Suspension };

const standing: { readonly [K in keyof Centre]: Scripted<K> } = {
  signIn: { kind: 'signedIn', signNo: 'SN1', keys: [] },
  identify: customer,
  inquire: { kind: 'inquired', maskedName: '李*', own: zeroFen, wallet: null, providers: [] },
  quote: { kind: 'quoted', quote: quote(8000, 5000, 3000) },
  settle: { kind: 'settled', settlement: settlement('') },
  previewUndo: { kind: 'previewed', quote: undoQuote(returned(8000, 5000, 3000)) },
  cancel: { kind: 'undone', undo: undo('') },
  refund: { kind: 'undone', undo: undo('', undefined, 'refund') },
  reverse: { kind: 'reversed', undo: null },
  query: { kind: 'absent' },
  lookUp: 'fault',
  admit: 'fault',
  explainLink: 'fault',
  link: 'fault',
  unlink: 'fault',
  reconcile: 'fault',
};

/** The canned answer as the answer to this message: it names the id that was asked for. A function's answer is given as
 *  it is. */
function addressed<K extends keyof Centre>(answer: AnswerOf<K>, request: Request<K>): AnswerOf<K> {
  const of = 'of' in request ? request.of : request.msgId;
  const about = (money: MoneyAnswer): MoneyAnswer => {
    if (money.kind === 'settled') return { ...money, settlement: { ...money.settlement, msgId: of } };
    return money.kind === 'undone' ? { ...money, undo: { ...money.undo, msgId: of } } : money;
  };
  const any = answer as unknown as MoneyAnswer | QueryAnswer | ReverseAnswer;
  if (any.kind === 'found') return { ...any, answer: about(any.answer) } as unknown as AnswerOf<K>;
  if (any.kind === 'reversed') {
    if (any.undo === null) return answer;
    return { ...any, undo: { ...any.undo, original: { ...any.undo.original, msgId: of } } } as unknown as AnswerOf<K>;
  }
  return (any.kind === 'settled' || any.kind === 'undone' ? about(any) : answer) as unknown as AnswerOf<K>;
}

/** A counter on scripted ports and a simulated clock. Each script is a queue of answers; when it is used up the last
 *  entry goes on. `silence` never answers, `fault` throws `CentreFault`. `sent` leaves the sign-ins out, `signIns` has
 *  them. */
export function harness(
  script: Script & {
    open?: OpenIntent[];
    setAside?: JournalState['setAside'];
    journal?: Partial<Journal>;
    pinKeys?: Partial<PinKeyHolder>;
    operator?: string | null;
    delays?: Partial<CounterDelays>;
    bindingRules?: BindingRules;
  } = {},
) {
  const scheduler = new SimulatedClock();
  const clock = { now: () => 1_745_028_000_000 + scheduler.now() };
  const sent: { kind: string; request: unknown }[] = [];
  const signIns: Request<'signIn'>[] = [];
  const journalled: Journalled[] = [];
  const books: BookedRecord[] = [];
  const reports: Error[] = [];

  let quoted: Quote = quote(8000, 5000, 3000);
  const answering = <K extends keyof Centre>(kind: K) => {
    const queue: readonly Scripted<K>[] = (script[kind] as readonly Scripted<K>[] | undefined) ?? [standing[kind]];
    let next = 0;
    return async (request: Request<K>): Promise<Awaited<ReturnType<Centre[K]>>> => {
      if (kind === 'signIn') signIns.push(request as Request<'signIn'>);
      else sent.push({ kind, request });
      const answer = queue[Math.min(next, queue.length - 1)] as Scripted<K>;
      next += 1;
      if (answer === 'silence') return new Promise<never>(() => {});
      if (answer === 'fault') throw new CentreFault('noAnswer');
      const given = answer instanceof Function ? await answer(request) : addressed(answer, request);
      if ('quote' in given && 'split' in given.quote) quoted = given.quote;
      return { refMsgId: request.msgId, ...given } as unknown as Awaited<ReturnType<Centre[K]>>;
    };
  };
  const centre: Centre = {
    signIn: answering('signIn'),
    identify: answering('identify'),
    inquire: answering('inquire'),
    quote: answering('quote'),
    // Settled as it was last quoted, unless the script says otherwise.
    settle: script.settle
      ? answering('settle')
      : async (request) => {
          sent.push({ kind: 'settle', request });
          return { kind: 'settled', settlement: settlement(request.msgId, quoted), refMsgId: request.msgId };
        },
    previewUndo: answering('previewUndo'),
    cancel: answering('cancel'),
    refund: answering('refund'),
    reverse: answering('reverse'),
    query: answering('query'),
    lookUp: answering('lookUp'),
    admit: answering('admit'),
    explainLink: answering('explainLink'),
    link: answering('link'),
    unlink: answering('unlink'),
    reconcile: answering('reconcile'),
  };

  let hasKey = false;
  let keysDropped = 0;
  const pinKeys: PinKeyHolder = {
    formats: ['iso4-aes128'],
    mustRenew: () => !hasKey,
    accept: () => {
      hasKey = true;
    },
    drop: () => {
      hasKey = false;
      keysDropped += 1;
    },
    ...script.pinKeys,
  };

  let entry: { readonly request: PinRequest; resolve(entry: PinEntry): void } | null = null;
  let wiped = 0;
  const pinPad: PinPad = {
    info: { kind: 'virtual', name: 'test' },
    enter: (request, signal) =>
      new Promise((resolve) => {
        entry = { request, resolve };
        signal.addEventListener('abort', () => {
          wiped += 1;
          entry = null;
        });
      }),
    subscribe: () => () => {},
  };

  let toReader: (event: CardReaderEvent) => void = () => {};
  const reader: CardReader = {
    info: { kind: 'virtual', name: 'test' },
    subscribe: (listener) => {
      toReader = listener;
      return () => {};
    },
    close: async () => {},
  };

  let toBesideReader: (event: CardReaderEvent) => void = () => {};
  const besideReader: CardReader = {
    info: { kind: 'keyboard', name: 'test' },
    subscribe: (listener) => {
      toBesideReader = listener;
      return () => {};
    },
    close: async () => {},
  };

  const counter = createCounter({
    centre,
    pinPad,
    reader,
    besideReader: [besideReader],
    scheduler,
    clock,
    ids: messageIds('P99000000001', clock, 1),
    journal: {
      open: async () => ({ open: script.open ?? [], setAside: script.setAside ?? null }),
      intend: async (intent) => {
        journalled.push(intent);
      },
      reversing: async (msgId) => {
        journalled.push({ reversing: msgId });
      },
      suspend: async (msgId, suspension) => {
        journalled.push({ msgId, suspension });
      },
      settled: async (msgId, outcome, booked = []) => {
        journalled.push({ msgId, outcome });
        books.push(...booked);
      },
      bookedOn: async (day) => books.filter((record) => chinaDay(record.at) === day),
      ...script.journal,
    },
    pinKeys,
    institution: { code: 'P99000000001', name: '演示药店' },
    terminal: 'T1',
    operator: script.operator === undefined ? '01' : script.operator,
    delays: { ...defaultDelays, ...script.delays },
    ...(script.bindingRules && { bindingRules: script.bindingRules }),
    report: (fault) => reports.push(fault),
  });
  counter.start();

  /** Lets every promise that can go on go on. */
  const settleDown = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    counter,
    sent,
    /** What was sent, by its verb. */
    verbs: () => sent.map(({ kind }) => kind),
    requests: <K extends keyof Centre>(kind: K) =>
      sent.filter((message) => message.kind === kind).map(({ request }) => request as Request<K>),
    signIns,
    keysDropped: () => keysDropped,
    journalled,
    reports,
    settleDown,
    now: () => clock.now(),
    pinOpen: () => entry !== null,
    pinRequest: () => entry?.request ?? null,
    wiped: () => wiped,
    async ready() {
      await settleDown();
    },
    async swipe() {
      toReader({ kind: 'reading' });
      toReader({ kind: 'read', read: { ok: true, credential: stripe } });
      await settleDown();
    },
    async scan(credential: EvoucherCredential | null = code) {
      counter.send({ type: 'code.scanned', credential });
      await settleDown();
    },
    async badRead(reason: 'halfRead' | 'noise' = 'halfRead') {
      toReader({ kind: 'reading' });
      toReader({ kind: 'read', read: { ok: false, reason } });
      await settleDown();
    },
    async pin(result: PinEntry = { kind: 'entered', pinBlock }) {
      entry?.resolve(result);
      await settleDown();
    },
    /** Lets a new result or quote stand until keys are taken for it. */
    async attend() {
      scheduler.increment(defaultDelays.attention);
      await settleDown();
    },
    /** Bytes that the reader has begun, and what came of them. */
    reader: (event: CardReaderEvent) => toReader(event),
    /** The same of a reader beside it. */
    besideReader: (event: CardReaderEvent) => toBesideReader(event),
    async wait(ms: number) {
      scheduler.increment(ms);
      await settleDown();
    },
  };
}
