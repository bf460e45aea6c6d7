import { SimulatedClock } from 'xstate';
import { createCounter } from '../../src/app/counter.ts';
import type { CardReader, CardReaderEvent } from '../../src/ports/card-reader.ts';
import {
  type Centre,
  CentreFault,
  type QueryAnswer,
  type SettleAnswer,
  type SettleRequest,
} from '../../src/ports/centre.ts';
import type { Intent, IntentOutcome, Journal } from '../../src/ports/journal.ts';
import type { PinEntry, PinPad, PinRequest } from '../../src/ports/pin-pad.ts';
import { type CounterDelays, defaultDelays } from '../../src/terminal/counter-model.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';
import { customer, pinBlock, quote, settlement, stripe } from './fake-ports.ts';

type Answer<T> = T | 'silence' | 'fault' | (() => Promise<T>);

/** A counter on scripted ports and a simulated clock. Each script is a queue of answers; when it is used up the last
 *  entry goes on. `silence` never answers, `fault` throws `CentreFault`. */
export function harness(
  script: {
    identify?: Answer<Awaited<ReturnType<Centre['identify']>>>[];
    quote?: Answer<Awaited<ReturnType<Centre['quote']>>>[];
    settle?: Answer<SettleAnswer>[];
    query?: Answer<QueryAnswer>[];
    open?: Intent[];
    journal?: Partial<Journal>;
    operator?: string | null;
    delays?: Partial<CounterDelays>;
  } = {},
) {
  const scheduler = new SimulatedClock();
  const clock = { now: () => 1_745_028_000_000 + scheduler.now() };
  const sent: { kind: string; request: unknown }[] = [];
  const journalled: (Intent | { msgId: string; outcome: IntentOutcome })[] = [];
  const reports: Error[] = [];

  const answering = <T>(kind: string, queue: Answer<T>[]) => {
    let next = 0;
    return async (request: unknown): Promise<T> => {
      sent.push({ kind, request });
      const answer = queue[Math.min(next, queue.length - 1)] as Answer<T>;
      next += 1;
      if (answer === 'silence') return new Promise<T>(() => {});
      if (answer === 'fault') throw new CentreFault('noAnswer');
      return answer instanceof Function ? answer() : answer;
    };
  };
  const settledAs = (request: SettleRequest): SettleAnswer => ({
    kind: 'settled',
    settlement: settlement(request.msgId),
  });
  const centre: Centre = {
    identify: answering('identify', script.identify ?? [customer]),
    quote: answering('quote', script.quote ?? [{ kind: 'quoted', quote: quote(8000, 5000, 3000) }]),
    settle: script.settle
      ? answering('settle', script.settle)
      : async (request) => {
          sent.push({ kind: 'settle', request });
          return settledAs(request);
        },
    query: answering('query', script.query ?? [{ kind: 'absent' }]),
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
    ids: messageIds('P99000000001', clock),
    journal: {
      open: async () => script.open ?? [],
      intend: async (intent) => {
        journalled.push(intent);
      },
      settled: async (msgId, outcome) => {
        journalled.push({ msgId, outcome });
      },
      ...script.journal,
    },
    institution: { code: 'P99000000001', name: '演示药店' },
    terminal: 'T1',
    operator: script.operator === undefined ? '01' : script.operator,
    delays: { ...defaultDelays, ...script.delays },
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
