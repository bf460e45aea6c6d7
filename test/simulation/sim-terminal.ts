import { VirtualPinPad } from '../../drivers/pinpad/virtual-pin-pad.ts';
import { type Counter, type CounterSnapshot, createCounter } from '../../src/app/counter.ts';
import { TerminalPinKeys } from '../../src/app/keys/terminal-pin-keys.ts';
import { fen } from '../../src/domain/money.ts';
import type { BookedRecord } from '../../src/domain/reconciliation.ts';
import { secret } from '../../src/domain/secret.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { Undo } from '../../src/domain/undo.ts';
import type { CardReader, CardReaderEvent } from '../../src/ports/card-reader.ts';
import type { Centre, Envelope } from '../../src/ports/centre.ts';
import { type IntentOutcome, type Journal, JournalFault } from '../../src/ports/journal.ts';
import type { PinPad } from '../../src/ports/pin-pad.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { type FileJournal, openFileJournal } from '../../src/terminal/file-journal.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';
import { Broken } from './broken.ts';
import type { DiskMoment, Happening, Message, UnsyncedFate } from './history.ts';
import type { Prng } from './prng.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimLine } from './sim-line.ts';
import type { SimTime, WallClock } from './sim-time.ts';

const journalPath = '/terminal/journal.jsonl';
const format = 'iso4-aes128';
/** How long people take, in milliseconds. */
const supervisorMs = 900;
const signInMs = 500;
/** Somebody who sees that nothing has come of it tries again. */
const againMs = 1_700;

type Sell = Happening & { readonly do: 'sell' };
type Undoing = Happening & { readonly do: 'undo' };
type Goal = Sell | Undoing;
type Wish = Happening & { readonly do: 'push' | 'suspend' | 'reopen' };

/** What a terminal has told somebody, in the order of telling. `messages`: those of the operation that it ends. */
export interface Told {
  readonly terminal: string;
  readonly kind: 'approved' | 'declined' | 'cancelled' | 'undone' | 'suspended';
  readonly prompt: string;
  readonly settlement: Settlement | null;
  readonly undo: Undo | null;
  readonly messages: readonly string[];
  readonly atMs: number;
}

export interface SimTerminalOptions {
  readonly number: number;
  readonly institution: { readonly code: string; readonly name: string };
  readonly time: SimTime;
  readonly clock: WallClock;
  readonly prng: Prng;
  readonly disk: SimDisk;
  readonly line: SimLine;
  readonly terminalKey: Uint8Array;
  /** How long people take for what they do, in ms. */
  readonly handMs: number;
  readonly people: readonly { readonly id: string; readonly pan: string; readonly pin: string }[];
  /** Whose card it is, by the centre's reference. */
  personOf(card: string): string | undefined;
  /** The ids of the sales that can be given back, oldest first, with their totals. */
  sales(): readonly { readonly id: string; readonly total: number }[];
  /** A test's mistakes, or nothing. */
  readonly aroundJournal: (journal: Journal) => Journal;
  readonly aroundCentre: (centre: Centre) => Centre;
  onTyped(blockHex: string, digits: string): void;
  onBroken(error: Error): void;
  onTrace(text: string): void;
  /** The counter has come to this state. */
  onState(state: string): void;
}

/** A process of the terminal's program, from its start to its end. */
interface Process {
  isAlive: boolean;
  readonly counter: Counter;
  readonly journal: FileJournal;
  readonly pad: VirtualPinPad;
}

/** One counter: the real machine, journal, PIN keys and PIN pad on a simulated disk, line and clock, with the people in
 *  front of it and behind it, and a memory for everything that it has told them. */
export class SimTerminal {
  readonly name: string;
  readonly told: Told[] = [];
  /** What the journal has noted for each message; what was noted last counts. */
  readonly noted = new Map<string, IntentOutcome>();
  /** Outcomes that a process was noting when it died: what the next one no longer finds open was noted. */
  readonly #underHand = new Map<string, IntentOutcome>();
  /** The messages that can move money which have left it. */
  readonly sent = new Set<string>();
  readonly #options: SimTerminalOptions;
  readonly #goals: Goal[] = [];
  readonly #wishes: Wish[] = [];
  #goal: { readonly of: Goal; wrongPins: number } | null = null;
  #process: Process | null = null;
  #isStarting = false;
  #startsAt: number | null = null;
  #staysSignedOut = false;
  #isPlugged = true;
  #tellReader: ((event: CardReaderEvent) => void) | null = null;
  #crashIn: (Happening & { do: 'crashIn' }) | null = null;
  #powerCut: { moment: DiskMoment; nth: number; ms: number; fate: UnsyncedFate } | null = null;
  /** The messages of the operation that goes on. */
  #operation: string[] = [];
  #place = '';
  #result: unknown = null;
  /** The quote that the customer has seen last. */
  #shown: CounterSnapshot['context']['quote'] = null;
  #lastTyped = '';

  constructor(options: SimTerminalOptions) {
    this.#options = options;
    this.name = `T0${options.number}`;
  }

  get counter(): Counter | null {
    return this.#process?.counter ?? null;
  }

  /** What the counter is doing; `off` while there is no process. */
  get state(): string {
    return this.#process?.counter.state ?? 'off';
  }

  /** True when nobody waits for anything here any more. */
  get isAtRest(): boolean {
    return this.state === 'ready' && this.#goals.length === 0 && this.#startsAt === null;
  }

  get hasSuspended(): boolean {
    return (this.#process?.counter.snapshot.context.suspended.length ?? 0) > 0;
  }

  async openIntents(): Promise<readonly { readonly msgId: string }[]> {
    return this.#process === null ? [] : (await this.#process.journal.open()).open;
  }

  /** What its journal has booked for a day; null while no process runs. */
  async bookedOn(day: string): Promise<readonly BookedRecord[] | null> {
    return this.#process === null ? null : this.#process.journal.bookedOn(day);
  }

  get institution(): string {
    return this.#options.institution.code;
  }

  start(): void {
    this.#startsAt = null;
    if (this.#process !== null || this.#isStarting) return;
    this.#isStarting = true;
    this.#open().catch((error: unknown) => {
      this.#isStarting = false;
      if (!(error instanceof JournalFault)) this.#options.onBroken(asError(error));
      // The journal cannot be written: somebody makes room and starts it again.
      else this.#startLater(5_000);
    });
  }

  /** The process dies; with another fate than `kept` the power goes. It comes back after `ms`. */
  crash(fate: UnsyncedFate, ms: number): void {
    const process = this.#process;
    const { disk, prng } = this.#options;
    if (process) {
      this.#options.onTrace(`${this.name} dies in ${this.state}, unsynced ${fate}`);
      process.isAlive = false;
      this.#process = null;
      process.counter.stop();
      this.#tellReader = null;
    }
    this.#isStarting = false;
    this.#run += 1;
    disk.cut(fate, prng);
    this.#goal = null;
    this.#goals.length = 0;
    this.#wishes.length = 0;
    this.#operation = [];
    this.#result = null;
    this.#crashIn = null;
    this.#powerCut = null;
    this.#startLater(ms);
  }

  planCrash(planned: Happening & { do: 'crashIn' }): void {
    this.#crashIn = planned;
  }

  planPowerCut(moment: DiskMoment, nth: number, ms: number, fate: UnsyncedFate): void {
    this.#powerCut = { moment, nth, ms, fate };
  }

  fillDisk(ms: number): void {
    const { disk, time } = this.#options;
    disk.isFull = true;
    time.setTimeout(() => {
      disk.isFull = false;
    }, ms);
  }

  /** No further fault is planned, and people do what they should. */
  calm(): void {
    this.#crashIn = null;
    this.#powerCut = null;
    this.#staysSignedOut = false;
    this.#wishes.length = 0;
    this.#options.disk.isFull = false;
    this.plug();
    if (this.#startsAt !== null) this.start();
    this.#look();
  }

  want(goal: Goal): void {
    this.#goals.push(goal);
    this.#look();
  }

  key(key: 'confirm' | 'cancel'): void {
    const process = this.#process;
    if (process?.pad.open) process.pad.key(key);
    else process?.counter.send({ type: `key.${key}` });
  }

  type(text: string): void {
    this.#process?.counter.send({ type: 'amount.edited', text });
  }

  /** A supervisor waits for the moment when this can be done. */
  supervise(wish: Wish): void {
    this.#wishes.push(wish);
    this.#look();
  }

  reopen(): void {
    const counter = this.#process?.counter;
    const first = counter?.snapshot.context.suspended[0];
    if (first) counter?.send({ type: 'suspended.reopened', msgId: first.msgId });
  }

  signOut(): void {
    const { time } = this.#options;
    this.#staysSignedOut = true;
    this.#process?.counter.send({ type: 'operator.signedOut' });
    time.setTimeout(() => {
      this.#staysSignedOut = false;
      this.#look();
    }, 9_000);
  }

  inquire(who: number): void {
    const counter = this.#process?.counter;
    if (counter?.startInquiry() !== 'started') return;
    this.#soon(this.#options.handMs, () => this.swipe(who, true));
    this.#soon(4_000, () => counter.closeInquiry());
  }

  unplug(): void {
    this.#isPlugged = false;
    this.#tellReader?.({ kind: 'gone', cause: 'unplugged' });
  }

  plug(): void {
    if (this.#isPlugged) return;
    this.#isPlugged = true;
    this.#tellReader?.({ kind: 'back' });
  }

  swipe(who: number, well: boolean): void {
    const person = this.#options.people[who];
    if (!person || !this.#isPlugged) return;
    this.#tellReader?.({ kind: 'reading' });
    this.#soon(20, () => {
      if (!this.#isPlugged) return;
      const pan = person.pan;
      const credential = { medium: 'stripe', pan: secret(pan), last4: pan.slice(-4) } as const;
      this.#tellReader?.({ kind: 'read', read: well ? { ok: true, credential } : { ok: false, reason: 'halfRead' } });
    });
  }

  /** Counts up with each death, so that a start that was under way ends in nothing. */
  #run = 0;

  #startLater(ms: number): void {
    const { time } = this.#options;
    const at = time.now + ms;
    this.#startsAt = at;
    time.setTimeout(() => {
      if (this.#startsAt === at) this.start();
    }, ms);
  }

  async #open(): Promise<void> {
    const { disk, line, clock, time, institution, number, terminalKey } = this.#options;
    this.#run += 1;
    const run = this.#run;
    const process: { isAlive: boolean } & Partial<Process> = { isAlive: true };
    const isAlive = () => process.isAlive && run === this.#run;
    const journal = await openFileJournal(
      journalPath,
      disk.view(isAlive, (moment) => this.#onDisk(moment)),
    );
    const { open } = await journal.open();
    if (!isAlive()) return;
    for (const [msgId, outcome] of this.#underHand) {
      if (open.every((intent) => intent.msgId !== msgId)) this.noted.set(msgId, outcome);
    }
    this.#underHand.clear();
    const pinKeys = new TerminalPinKeys({ terminalKey, formats: [format] });
    const pad = new VirtualPinPad({
      pinKey: () => pinKeys.take(format),
      onListenerThrow: (thrown) => this.#options.onBroken(asError(thrown)),
    });
    const reader: CardReader = {
      info: { kind: 'virtual', name: 'simulated' },
      subscribe: (listener) => {
        this.#tellReader = listener;
        return () => undefined;
      },
      close: async () => undefined,
    };
    const counter = createCounter({
      reader,
      pinPad: this.#witnessed(pad),
      pinKeys,
      centre: this.#options.aroundCentre(line.view(isAlive, (message, request) => this.#onSend(message, request))),
      journal: this.#remembered(this.#options.aroundJournal(journal), isAlive),
      clock,
      scheduler: time,
      ids: messageIds(institution.code, clock, number, journal.lastMsgId),
      delays: defaultDelays,
      institution,
      terminal: this.name,
      operator: '01',
      report: (fault) => {
        if (!(fault instanceof JournalFault)) this.#options.onBroken(fault);
      },
    });
    this.#process = Object.assign(process, { counter, journal, pad });
    this.#isStarting = false;
    counter.subscribe((snapshot) => {
      if (isAlive()) this.#onSnapshot(snapshot);
    });
    counter.start();
    if (!this.#isPlugged) this.#tellReader?.({ kind: 'gone', cause: 'unplugged' });
    this.#onSnapshot(counter.snapshot);
  }

  #witnessed(pad: VirtualPinPad): PinPad {
    return {
      info: pad.info,
      enter: async (request, signal) => {
        const entry = await pad.enter(request, signal);
        if (entry.kind === 'entered') this.#options.onTyped(entry.pinBlock.hex, this.#lastTyped);
        return entry;
      },
      subscribe: (listener) => pad.subscribe(listener),
    };
  }

  #remembered(journal: Journal, isAlive: () => boolean): Journal {
    return {
      open: () => journal.open(),
      intend: (intent) => journal.intend(intent),
      reversing: (msgId) => journal.reversing(msgId),
      suspend: (msgId, suspension) => journal.suspend(msgId, suspension),
      bookedOn: (day) => journal.bookedOn(day),
      settled: async (msgId, outcome, booked) => {
        if (isAlive()) this.#underHand.set(msgId, outcome);
        await journal.settled(msgId, outcome, booked);
        if (!isAlive()) return;
        this.#underHand.delete(msgId);
        this.noted.set(msgId, outcome);
      },
    };
  }

  #onSend(message: Message, request: Envelope): void {
    if (message === 'settle' || message === 'cancel' || message === 'refund') {
      if (this.sent.has(request.msgId)) throw new Broken('ids', `${request.msgId} was sent twice`);
      this.sent.add(request.msgId);
    }
    this.#options.onTrace(`${this.name} sends ${message} …${request.msgId.slice(-8)}`);
  }

  #onDisk(moment: DiskMoment): void {
    const cut = this.#powerCut;
    if (cut?.moment !== moment) return;
    cut.nth -= 1;
    if (cut.nth > 0) return;
    this.crash(cut.fate, cut.ms);
  }

  #onSnapshot(snapshot: CounterSnapshot): void {
    try {
      this.#observe(snapshot);
    } catch (error) {
      this.#options.onBroken(asError(error));
    }
    const place = JSON.stringify(snapshot.value);
    if (place === this.#place) return;
    this.#place = place;
    this.#options.onTrace(`${this.name} ${place}`);
    this.#options.onState(this.state);
    const planned = this.#crashIn;
    if (planned !== null && planned.state === this.state) {
      this.#crashIn = null;
      this.#soon(planned.afterMs, () => this.crash(planned.fate, planned.ms));
      return;
    }
    this.#look();
  }

  /** Holds what must hold in every situation, and remembers what people are told. */
  #observe(snapshot: CounterSnapshot): void {
    const { context } = snapshot;
    const { state } = this;
    if (state === 'outOfService') throw new Broken('bug', `${this.name} is out of service`);
    const kept = (names: readonly (keyof typeof context)[]) => {
      const left = names.filter((name) => context[name] !== null);
      if (left.length > 0) throw new Broken('privacy', `${this.name} keeps ${left.join(', ')} in ${state}`);
    };
    if (state !== 'settling') kept(['authorisation']);
    if (context.result !== null) kept(['credential', 'customer', 'ticket', 'authorisation', 'pending']);
    if (state === 'ready' || state === 'signedOut' || state === 'enteringAmount')
      kept([
        'bill',
        'credential',
        'customer',
        'quote',
        'ticket',
        'authorisation',
        'msgId',
        'undoChoice',
        'undoQuote',
        'pending',
        'result',
      ]);
    if (state === 'awaitingCard') kept(['credential', 'customer', 'quote', 'ticket', 'msgId', 'undoQuote', 'result']);
    if (state === 'identifying') kept(['customer', 'quote', 'ticket', 'msgId', 'undoQuote', 'result']);

    const { pending, msgId } = context;
    if (msgId === null) this.#operation = [];
    else if (pending !== null && !this.#operation.includes(pending.msgId)) this.#operation = [pending.msgId];
    else if (!this.#operation.includes(msgId)) this.#operation.push(msgId);
    if (state === 'awaitingPin' || state === 'confirmingQuote') this.#shown = context.quote;
    if (context.result === this.#result) return;
    this.#result = context.result;
    if (context.result === null) return;
    const { kind, prompt, settlement, undo } = context.result;
    // One that never left is nobody's: after a restart another message may get its id.
    const messages = this.#operation.filter((id) => this.sent.has(id));
    this.told.push({
      terminal: this.name,
      ...{ kind, prompt: prompt.id, settlement, undo, messages, atMs: this.#options.time.now },
    });
    this.#options.onTrace(`${this.name} tells ${kind} (${prompt.id}) of ${messages.map((id) => `…${id.slice(-8)}`)}`);
    const shown = this.#shown?.split;
    if (settlement?.pinUsed && shown && this.#goal?.of.do === 'sell') {
      const sums = ({ total, fund, own, shared, cash }: typeof shown) => [total, fund, own, shared, cash].join(' ');
      if (sums(shown) !== sums(settlement.split))
        throw new Broken('agreed', `${this.name} showed ${sums(shown)} and charged ${sums(settlement.split)}`);
    }
    this.#goal = null;
  }

  /** Lets whoever stands here do the next thing, after a moment. */
  #look(): void {
    const wanted = this.#next();
    if (wanted === null) return;
    const { ms, act } = wanted;
    const place = this.#place;
    this.#soon(ms, () => {
      if (this.#place !== place) return;
      act();
      // Nothing has come of it: somebody tries again.
      if (this.#place === place && this.#next() !== null)
        this.#soon(againMs, () => this.#place === place && this.#look());
    });
  }

  #next(): { readonly ms: number; readonly act: () => void } | null {
    const process = this.#process;
    if (process === null) return null;
    const { counter, pad } = process;
    const { snapshot, state } = counter;
    const goal = this.#goal;
    const { handMs } = this.#options;
    const [wish] = this.#wishes;
    if (wish && (wish.do === 'reopen' ? snapshot.hasTag('acceptsSale') && this.hasSuspended : state === 'unknown')) {
      return { ms: supervisorMs, act: () => this.#fulfil(counter) };
    }
    if (snapshot.hasTag('acceptsSale') && this.#goals.length > 0 && !(goal && state === 'awaitingAmount')) {
      return { ms: handMs, act: () => this.#begin(counter) };
    }
    const sell = goal?.of.do === 'sell' ? goal.of : null;
    switch (state) {
      case 'signedOut':
        return this.#staysSignedOut
          ? null
          : { ms: signInMs, act: () => counter.send({ type: 'operator.signedIn', operator: '02' }) };
      case 'awaitingCard':
        if (sell === null) return null;
        return {
          ms: handMs,
          act: () => (sell.leaves === 'card' ? this.key('cancel') : this.swipe(sell.who, true)),
        };
      case 'awaitingAmount':
        return sell === null ? null : { ms: handMs, act: () => void counter.startSale(billOf(sell)) };
      case 'awaitingPin':
        return {
          ms: handMs,
          act: () => {
            if (!pad.open) return;
            if (sell?.leaves === 'pin') pad.key('cancel');
            else this.#enterPin(counter, pad);
          },
        };
      case 'confirmingQuote':
      case 'confirmingUndo':
        if (!snapshot.hasTag('confirmable')) return null;
        return {
          ms: handMs,
          act: () => {
            const leaves = goal?.of.do === 'undo' ? goal.of.leaves : sell?.leaves === 'quote';
            counter.send({ type: leaves ? 'key.cancel' : 'key.confirm' });
          },
        };
      default:
        return null;
    }
  }

  #fulfil(counter: Counter): void {
    const wish = this.#wishes.shift();
    if (wish?.do === 'push') counter.send({ type: 'supervisor.push', step: wish.step });
    if (wish?.do === 'suspend') counter.send({ type: 'supervisor.suspend', by: 'S1', reason: 'nobody knows' });
    if (wish?.do === 'reopen') this.reopen();
  }

  #enterPin(counter: Counter, pad: VirtualPinPad): void {
    const { customer } = counter.snapshot.context;
    const id = customer === null ? undefined : this.#options.personOf(customer.card);
    const person = this.#options.people.find((known) => known.id === id);
    if (!person) return;
    const isWrong = this.#goal !== null && this.#goal.wrongPins > 0;
    if (this.#goal !== null && isWrong) this.#goal.wrongPins -= 1;
    this.#lastTyped = isWrong ? '000000' : person.pin;
    pad.type(this.#lastTyped);
    pad.key('confirm');
  }

  #begin(counter: Counter): void {
    const of = this.#goals.shift();
    if (!of) return;
    this.#goal = { of, wrongPins: of.do === 'sell' ? of.wrongPins : 0 };
    if (of.do === 'sell') {
      if (of.cardFirst && this.state === 'ready') this.swipe(of.who, true);
      else counter.startSale(billOf(of));
      return;
    }
    const sales = this.#options.sales();
    const sale = sales[sales.length - 1 - (of.which % Math.max(1, sales.length))];
    if (!sale) return;
    const amount = of.amount === null ? null : fen(Math.max(1, Math.round((sale.total * of.amount) / 1000)));
    counter.send({ type: 'undo.chosen', undo: { kind: of.undo, settlementId: sale.id, amount } });
  }

  /** After `ms`, unless this process has died by then. */
  #soon(ms: number, work: () => void): void {
    const run = this.#run;
    this.#options.time.setTimeout(() => {
      if (run === this.#run) work();
    }, ms);
  }
}

function billOf({ amount, fund }: Sell) {
  return { total: fen(amount), fund: fen(fund), goods: [] };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
