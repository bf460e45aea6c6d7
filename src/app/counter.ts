import { type ActorRefFrom, createActor, type SnapshotFrom } from 'xstate';
import type { Scheduler } from '../../drivers/scheduler.ts';
import { type Bill, billProblem } from '../domain/bill.ts';
import type { CounterState } from '../domain/counter-state.ts';
import { parseYuan, type YuanProblem, zeroFen } from '../domain/money.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { CardReader, CardReaderEvent } from '../ports/card-reader.ts';
import { counterMachine } from '../terminal/counter.machine.ts';
import { type CounterPorts, counterActors } from '../terminal/counter-actors.ts';
import type { CounterDelays, CounterEvent } from '../terminal/counter-model.ts';
import { counterState } from '../terminal/prompt-of-state.ts';

export type CounterSnapshot = SnapshotFrom<typeof counterMachine>;

export interface CounterOptions extends CounterPorts {
  readonly reader: CardReader;
  /** Readers that work beside it, such as one that types. That they come and go is nobody's concern. */
  readonly besideReader?: readonly CardReader[];
  readonly scheduler: Scheduler;
  readonly delays: CounterDelays;
  /** Who is signed in from the start; null starts signed out. */
  readonly operator: string | null;
}

/** The answer to a start: `busy` when the last sale is not finished, never queued. */
export type StartAnswer = 'started' | 'busy' | 'notSignedIn' | 'outOfService' | 'refused';

/** One counter put together: the machine, its ports and its reader. A bug in it ends in `outOfService`: nothing is
 *  charged from then on, and `state` says so. */
export interface Counter {
  readonly state: CounterState;
  readonly snapshot: CounterSnapshot;
  start(): void;
  send(event: CounterEvent): void;
  startSale(bill: Bill): StartAnswer;
  /** Starts a sale from yuan text; what is no amount is answered `refused` and said on the screen. */
  submitAmount(text: string): StartAnswer;
  subscribe(listener: (snapshot: CounterSnapshot) => void): () => void;
  stop(): void;
}

const yuanProblemPrompts = {
  empty: 'amountNotANumber',
  notANumber: 'amountNotANumber',
  tooManyDecimals: 'amountTooManyDecimals',
  negative: 'amountNotPositive',
  tooLarge: 'amountTooLarge',
} as const satisfies Record<YuanProblem, PromptId>;

export function createCounter(options: CounterOptions): Counter {
  const machine = counterMachine.provide({ actors: counterActors(options) });
  const actor: ActorRefFrom<typeof counterMachine> = createActor(machine, {
    clock: options.scheduler,
    input: { clock: options.clock, ids: options.ids, delays: options.delays, operator: options.operator },
  });
  const listeners = new Set<(snapshot: CounterSnapshot) => void>();
  let crashed = false;
  /** The readers at which a card that is wanted has begun and is not yet read. */
  const wanted = new Set<CardReader>();
  let wasReading = false;
  const stopReaders: (() => void)[] = [];

  function listen(reader: CardReader, isBeside: boolean): void {
    const stop = reader.subscribe((event) => {
      if (event.kind === 'reading' && actor.getSnapshot().hasTag('takesCard')) wanted.add(reader);
      // What began outside of "waiting for card", or was called off or given up since, is no later sale's card.
      if (event.kind === 'read' && !wanted.delete(reader)) counter.send({ type: 'card.dropped' });
      else if (!isBeside || event.kind === 'reading' || event.kind === 'read') counter.send(readerEvent(event));
    });
    stopReaders.push(stop);
  }
  function stopListening(): void {
    for (const stop of stopReaders.splice(0)) stop();
  }

  actor.subscribe({
    next: (snapshot) => {
      const isReading = snapshot.matches('reading');
      if (!snapshot.hasTag('takesCard') || (wasReading && !isReading)) wanted.clear();
      wasReading = isReading;
      for (const listener of listeners) listener(snapshot);
    },
    error: (bug) => {
      crashed = true;
      stopListening();
      options.report(bug instanceof Error ? bug : new Error('the counter machine failed'));
      for (const listener of listeners) listener(actor.getSnapshot());
    },
  });

  const counter: Counter = {
    get state() {
      return crashed ? 'outOfService' : counterState(actor.getSnapshot().value);
    },
    get snapshot() {
      return actor.getSnapshot();
    },
    start() {
      actor.start();
      listen(options.reader, false);
      for (const reader of options.besideReader ?? []) listen(reader, true);
    },
    send(event) {
      if (event.type === 'key.cancel') wanted.clear();
      if (!crashed) actor.send(event);
    },
    startSale(bill) {
      if (billProblem(bill) !== null) return 'refused';
      const before = actor.getSnapshot();
      const accepts = !crashed && before.hasTag('acceptsSale');
      counter.send({ type: 'sale.started', bill });
      if (accepts) return 'started';
      if (counter.state === 'outOfService') return 'outOfService';
      return counter.state === 'signedOut' ? 'notSignedIn' : 'busy';
    },
    submitAmount(text) {
      const parsed = parseYuan(text);
      if (parsed.ok && parsed.fen > 0) return counter.startSale({ total: parsed.fen, fund: zeroFen, goods: [] });
      const prompt = parsed.ok ? 'amountNotPositive' : yuanProblemPrompts[parsed.problem];
      counter.send({ type: 'amount.refused', prompt });
      return 'refused';
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopListening();
      actor.stop();
    },
  };
  return counter;
}

function readerEvent(event: CardReaderEvent): CounterEvent {
  switch (event.kind) {
    case 'reading':
      return { type: 'card.reading' };
    case 'read':
      return event.read.ok
        ? { type: 'card.swiped', credential: event.read.credential }
        : { type: 'card.failed', reason: event.read.reason };
    case 'gone':
      return { type: 'reader.gone', cause: event.cause };
    case 'back':
      return { type: 'reader.back' };
  }
}
