import { type ActorRefFrom, createActor, type SnapshotFrom } from 'xstate';
import type { Scheduler } from '../../drivers/scheduler.ts';
import { type Bill, billProblem } from '../domain/bill.ts';
import type { CalendarDay } from '../domain/calendar-day.ts';
import type { CounterState } from '../domain/counter-state.ts';
import { parseYuan, type YuanProblem, zeroFen } from '../domain/money.ts';
import { type BindingRules, beneficiaryWays } from '../domain/policy-profile.ts';
import type { PromptId } from '../domain/prompt.ts';
import type { CardReader, CardReaderEvent, ReadFailure } from '../ports/card-reader.ts';
import type { Decline, Inquired } from '../ports/centre.ts';
import { type BindingDelays, type BindingEvent, defaultBindingDelays } from '../terminal/binding-model.ts';
import { counterMachine } from '../terminal/counter.machine.ts';
import { type CounterPorts, terminalActors } from '../terminal/counter-actors.ts';
import type { CounterDelays, CounterEvent } from '../terminal/counter-model.ts';
import { inquiryMachine } from '../terminal/inquiry.machine.ts';
import { counterState } from '../terminal/prompt-of-state.ts';
import { type BindingSnapshot, createBindingDesk } from './binding-desk.ts';
import { createDayEndDesk, type DayEndSnapshot } from './day-end-desk.ts';

export type CounterSnapshot = SnapshotFrom<typeof counterMachine>;
export type { BindingSnapshot };

export interface CounterOptions extends CounterPorts {
  readonly reader: CardReader;
  /** Readers that work beside it, such as one that types. That they come and go is nobody's concern. */
  readonly besideReader?: readonly CardReader[];
  readonly scheduler: Scheduler;
  readonly delays: CounterDelays;
  /** Who is signed in from the start; null starts signed out. */
  readonly operator: string | null;
  /** How the profile has links made at a counter; by documents and in every way when left out. */
  readonly bindingRules?: BindingRules;
  readonly bindingDelays?: Partial<BindingDelays>;
}

/** The answer to a start: `busy` when the last sale is not finished, never queued. */
export type StartAnswer = 'started' | 'busy' | 'notSignedIn' | 'outOfService' | 'refused';

/** The answer to the start of a balance query: `busy` while a sale runs, which goes before it. */
export type InquiryAnswer = 'started' | 'busy' | 'notSignedIn';

/** A balance query beside the sale. `readFailure`: the last swipe was bad, and it still waits for one. */
export interface InquirySnapshot {
  readonly stage: 'awaitingCard' | 'asking' | 'shown' | 'refused';
  readonly inquired: Inquired | null;
  readonly maskedCard: string | null;
  readonly decline: Decline | null;
  readonly readFailure: ReadFailure | null;
}

/** The answer to the start of a day's end: `busy` while a sale runs. */
export type DayEndAnswer = 'started' | 'blocked' | 'busy' | 'notSignedIn';

/** The answer to the opening of the binding desk: `busy` while a sale runs or an outcome is unknown. */
export type BindingAnswer = 'started' | 'busy' | 'notSignedIn';

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
  /** Null while nobody asks for a balance. */
  readonly inquiry: InquirySnapshot | null;
  /** Asks for a balance: the next card or 医保码 is this query's, also while an outcome is unknown. It ends by itself, when a sale
   *  starts, or by `closeInquiry`. */
  startInquiry(): InquiryAnswer;
  closeInquiry(): void;
  /** Null while nobody asks for a day's end. */
  readonly dayEnd: DayEndSnapshot | null;
  /** Compares the terminal's books of a day with the centre's. `blocked`, which its snapshot says too: an outcome is
   *  unknown (R151). It ends when a sale starts, or by `closeDayEnd`. */
  startDayEnd(day: CalendarDay): DayEndAnswer;
  closeDayEnd(): void;
  /** Null while the binding desk is closed. */
  readonly binding: BindingSnapshot | null;
  /** Opens the binding desk between sales. Until it ends no sale and no balance query starts, and cards and codes are the
   *  desk's. */
  startBinding(channel: 'counter' | 'hospital'): BindingAnswer;
  sendBinding(event: BindingEvent): void;
  /** As the desk's cancel key: not while something is being written. */
  closeBinding(): void;
  /** Tells of changes of the counter, of its balance query and of its binding desk. */
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

/** How long a day's end stays on the screen, in ms. */
const dayEndShownMs = 300_000;

/** Where a balance query does not get into a sale's way. */
const betweenSales: ReadonlySet<CounterState> = new Set([
  ...(['ready', 'unknown', 'approved', 'declined', 'cancelled', 'undone', 'suspended'] as const),
]);

export function createCounter(options: CounterOptions): Counter {
  const { counterActors, inquiryActors, dayEndActors, bindingActors, forgetSignIn } = terminalActors(options);
  const machine = counterMachine.provide({ actors: counterActors, actions: { forgetSignIn } });
  const actor: ActorRefFrom<typeof counterMachine> = createActor(machine, {
    clock: options.scheduler,
    input: { clock: options.clock, ids: options.ids, delays: options.delays, operator: options.operator },
  });
  const { card, identify, queryAnswer, approved } = options.delays;
  const inquiry = createActor(inquiryMachine.provide({ actors: inquiryActors }), {
    clock: options.scheduler,
    input: { card, answer: identify + queryAnswer, shown: approved },
  });
  const listeners = new Set<(snapshot: CounterSnapshot) => void>();
  let crashed = false;
  /** The readers at which a card that is wanted has begun and is not yet read. */
  const wanted = new Set<CardReader>();
  /** The same of a balance query. */
  const wantedByInquiry = new Set<CardReader>();
  let wasReading = false;
  const stopReaders: (() => void)[] = [];

  const inquires = () => inquiry.getSnapshot().value === 'awaitingCard';
  const tell = () => {
    for (const listener of listeners) listener(actor.getSnapshot());
  };
  const dayEnd = createDayEndDesk({
    actors: dayEndActors,
    scheduler: options.scheduler,
    // Its message may be the first of the day, which signs in before.
    delays: { answer: options.delays.signIn + queryAnswer, shown: dayEndShownMs },
    onChange: () => tell(),
    report: (bug) => options.report(bug),
  });
  const binding = createBindingDesk({
    actors: bindingActors,
    scheduler: options.scheduler,
    input: {
      rules: options.bindingRules ?? { documents: 'one_of_three', beneficiaryBy: beneficiaryWays },
      delays: { ...defaultBindingDelays, ...options.bindingDelays },
      clock: options.clock,
      ids: options.ids,
    },
    onChange: () => tell(),
    report: (bug) => options.report(bug),
  });

  function listen(reader: CardReader, isBeside: boolean): void {
    const stop = reader.subscribe((event) => {
      if (binding.heard(event, reader, isBeside)) return;
      if (event.kind === 'reading' && inquires()) {
        wantedByInquiry.add(reader);
        return;
      }
      if (event.kind === 'read' && wantedByInquiry.delete(reader)) {
        const { read } = event;
        if (read.ok) inquiry.send({ type: 'card.swiped', credential: read.credential });
        else inquiry.send({ type: 'card.failed', reason: read.reason });
        return;
      }
      if (event.kind === 'gone') wantedByInquiry.delete(reader);
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
      if (!betweenSales.has(counterState(snapshot.value))) {
        counter.closeInquiry();
        counter.closeDayEnd();
      }
      // A suspended item that is asked for again may change the sums (R151).
      if (snapshot.matches('unknown') && dayEnd.snapshot?.stage !== 'blocked') counter.closeDayEnd();
      tell();
    },
    error: (bug) => {
      crashed = true;
      stopListening();
      counter.closeInquiry();
      counter.closeBinding();
      options.report(bug instanceof Error ? bug : new Error('the counter machine failed'));
      tell();
    },
  });
  inquiry.subscribe({
    next: () => {
      if (!inquires()) wantedByInquiry.clear();
      tell();
    },
    error: (bug) => {
      options.report(bug instanceof Error ? bug : new Error('the inquiry machine failed'));
      tell();
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
      inquiry.start();
      listen(options.reader, false);
      for (const reader of options.besideReader ?? []) listen(reader, true);
    },
    send(event) {
      if (binding.takes(event)) return;
      if (event.type === 'key.cancel') wanted.clear();
      if (event.type === 'code.scanned' && event.credential !== null && inquires()) {
        inquiry.send({ type: 'card.swiped', credential: event.credential });
        return;
      }
      if (!crashed) actor.send(event);
    },
    startSale(bill) {
      if (billProblem(bill) !== null) return 'refused';
      const before = actor.getSnapshot();
      const accepts = !crashed && !binding.isOpen && before.hasTag('acceptsSale');
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
    get inquiry() {
      const { value: stage, context, status } = inquiry.getSnapshot();
      if (status !== 'active' || stage === 'idle') return null;
      const { inquired, maskedCard, decline, readFailure } = context;
      return { stage, inquired, maskedCard, decline, readFailure };
    },
    startInquiry() {
      const { operator } = actor.getSnapshot().context;
      if (operator === null) return 'notSignedIn';
      if (binding.isOpen || !betweenSales.has(counter.state)) return 'busy';
      // A card that began before is nobody's: it was not swiped for this.
      wanted.clear();
      inquiry.send({ type: 'inquiry.started', operator });
      return 'started';
    },
    closeInquiry() {
      if (counter.inquiry !== null) inquiry.send({ type: 'inquiry.closed' });
    },
    get dayEnd() {
      return dayEnd.snapshot;
    },
    startDayEnd(day) {
      const { operator, pending, unresolved } = actor.getSnapshot().context;
      if (operator === null) return 'notSignedIn';
      if (crashed || binding.isOpen || !betweenSales.has(counter.state)) return 'busy';
      const isBlocked = pending !== null || unresolved.length > 0;
      counter.closeInquiry();
      dayEnd.start({ day, operator, isBlocked });
      return isBlocked ? 'blocked' : 'started';
    },
    closeDayEnd() {
      dayEnd.close();
    },
    get binding() {
      return binding.snapshot(actor.getSnapshot().context.readerLost);
    },
    startBinding(channel) {
      const { operator } = actor.getSnapshot().context;
      if (operator === null) return 'notSignedIn';
      const { state } = counter;
      if (crashed || binding.isOpen || state === 'unknown' || !betweenSales.has(state)) return 'busy';
      counter.closeInquiry();
      counter.closeDayEnd();
      binding.send({ type: 'binding.started', operator, channel });
      // A desk that a bug has stopped does not open again.
      return binding.isOpen ? 'started' : 'busy';
    },
    sendBinding(event) {
      binding.send(event);
    },
    closeBinding() {
      binding.send({ type: 'binding.closed' });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopListening();
      binding.stop();
      dayEnd.stop();
      inquiry.stop();
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
