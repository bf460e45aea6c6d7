import type { VirtualCard } from '../../../drivers/codec/card-line.ts';
import { VirtualPinPad } from '../../../drivers/pinpad/virtual-pin-pad.ts';
import type { LineFault } from '../../../drivers/virtual/line-fault.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { VirtualScanner } from '../../../drivers/virtual/virtual-scanner.ts';
import type { Bill } from '../../domain/bill.ts';
import type { DeclineCode } from '../../domain/decline-code.ts';
import type { PromptId } from '../../domain/prompt.ts';
import type { Settlement } from '../../domain/settlement.ts';
import type { Centre } from '../../ports/centre.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Journal } from '../../ports/journal.ts';
import type { CounterDelays } from '../../terminal/counter-model.ts';
import { type FileJournal, openFileJournal } from '../../terminal/file-journal.ts';
import { counterState } from '../../terminal/prompt-of-state.ts';
import { codeScanned } from '../code-scanned.ts';
import { type Counter, type CounterSnapshot, createCounter, type StartAnswer } from '../counter.ts';
import type { UnderWay } from './under-way.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface ScenarioTerminalOptions {
  readonly journalFile: string;
  readonly centre: Centre;
  readonly clock: VirtualClock;
  readonly ids: Ids;
  readonly institution: { readonly code: string; readonly name: string };
  readonly underWay: UnderWay;
  readonly delays: CounterDelays;
  pinBlockKey(): Uint8Array;
}

/** What the last operation at a terminal came to. `pending`: the terminal waits and has said nothing yet; an answer in
 *  the middle of a sale (wrong PIN, bad read, refused scan, stale quote) is `declined`, though the sale goes on. */
export interface Operation {
  readonly outcome: 'approved' | 'declined' | 'cancelled' | 'unknown' | 'pending' | 'outOfService';
  readonly code: DeclineCode | null;
  readonly triesLeft: number | null;
  readonly settlement: Settlement | null;
  readonly cardReads: number;
  readonly pinEntries: number;
}

/** An answer to a scan that did not end the sale. */
interface Refusal {
  readonly code: DeclineCode | null;
}

/** The counter answers a scan with a notice, which goes by itself. A 医保码 is refused without a code: paying with one
 *  comes later. */
const scanRefusals: Partial<Record<PromptId, Refusal>> = {
  notEvoucher: { code: 'NOT_EVOUCHER' },
  evoucherNotYet: { code: null },
};

/** One counter with virtual devices, and a memory for how its last operation ended: the counter itself forgets that as
 *  soon as it is ready again. */
export class ScenarioTerminal {
  readonly counter: Counter;
  readonly #reader: VirtualCardReader;
  readonly #scanner: VirtualScanner;
  readonly #pad: VirtualPinPad;
  readonly #journal: FileJournal;
  readonly #bugs: Error[] = [];
  #operation: Operation | null = null;
  #readerPlugged = true;

  static async open(name: string, options: ScenarioTerminalOptions): Promise<ScenarioTerminal> {
    return new ScenarioTerminal(name, options, await openFileJournal(options.journalFile));
  }

  private constructor(name: string, options: ScenarioTerminalOptions, journal: FileJournal) {
    const { underWay, clock } = options;
    this.#journal = journal;
    const onListenerThrow = (thrown: unknown) =>
      this.#bugs.push(thrown instanceof Error ? thrown : new Error('thrown'));
    this.#reader = new VirtualCardReader({ scheduler: clock, onListenerThrow });
    this.#scanner = new VirtualScanner({ scheduler: clock, onListenerThrow });
    this.#pad = new VirtualPinPad({ pinBlockKey: options.pinBlockKey, onListenerThrow });
    this.counter = createCounter({
      reader: this.#reader,
      pinPad: this.#pad,
      centre: options.centre,
      journal: counted(journal, underWay),
      clock,
      scheduler: clock,
      ids: options.ids,
      delays: options.delays,
      institution: options.institution,
      terminal: name,
      operator: '01',
      report: (fault) => this.#bugs.push(fault),
    });
    let before = this.counter.snapshot;
    let refusal: Refusal | null = null;
    this.counter.subscribe((snapshot) => {
      refusal = refusalAfter(before, snapshot, refusal);
      before = snapshot;
      this.#operation = operationOf(this.counter.state, snapshot, refusal) ?? this.#operation;
    });
    this.#scanner.subscribe((event) => {
      const scanned = codeScanned(event);
      if (scanned !== null) this.counter.send(scanned);
    });
    this.counter.start();
  }

  /** True while the counter goes on without a person, or bytes of a card are still on their way. */
  get isDriving(): boolean {
    const { state, snapshot } = this.counter;
    return state !== 'outOfService' && (snapshot.hasTag('driving') || !this.#reader.idle);
  }

  get operation(): Operation | null {
    return this.#operation;
  }

  /** Faults and bugs that the counter reported. */
  get bugs(): readonly Error[] {
    return this.#bugs;
  }

  startSale(bill: Bill): StartAnswer {
    return this.counter.startSale(bill);
  }

  swipe(card: VirtualCard, as: 'stripe' | 'chip', fault: LineFault): void {
    this.#reader.swipe(card, as, fault);
  }

  scan(text: string): void {
    this.#scanner.scan(text);
  }

  /** Pulls the reader's cable. False when it is out already. */
  unplugReader(): boolean {
    if (!this.#readerPlugged) return false;
    this.#readerPlugged = false;
    this.#reader.unplug();
    return true;
  }

  /** Puts the reader's cable back. False when it is in already. */
  plugReader(): boolean {
    if (this.#readerPlugged) return false;
    this.#readerPlugged = true;
    this.#reader.plug();
    return true;
  }

  /** Types a PIN and confirms it; ignored, as keys on any pad are, while no PIN is asked for. */
  enterPin(digits: string): void {
    this.#pad.type(digits);
    this.#pad.key('confirm');
  }

  key(key: 'cancel' | 'confirm'): void {
    if (this.#pad.open) this.#pad.key(key);
    else this.counter.send({ type: `key.${key}` });
  }

  async close(): Promise<void> {
    this.counter.stop();
    await this.#reader.close();
    await this.#scanner.close();
    await this.#journal.close();
  }
}

/** The refused scan that stands until the counter moves on: a card that is read, well or badly, does that too. */
function refusalAfter(before: CounterSnapshot, now: CounterSnapshot, standing: Refusal | null): Refusal | null {
  const { notice } = now.context;
  if (counterState(now.value) !== counterState(before.value)) return null;
  if (notice === null || notice === before.context.notice) return standing;
  return scanRefusals[notice.id] ?? standing;
}

/** Null while the counter stands idle: then the last operation stays what it was. */
function operationOf(state: Counter['state'], { context }: CounterSnapshot, refusal: Refusal | null): Operation | null {
  const { result, setback, cardReads, pinEntries } = context;
  const told = { code: null, triesLeft: null, settlement: null, cardReads, pinEntries };
  if (state === 'outOfService') return { ...told, outcome: 'outOfService' };
  if (result !== null) {
    return { ...told, outcome: result.kind, code: result.code, settlement: result.settlement };
  }
  if (state === 'unknown') return { ...told, outcome: 'unknown', code: 'UNKNOWN_OUTCOME' };
  if (refusal !== null) return { ...told, outcome: 'declined', code: refusal.code };
  if (setback !== null) {
    return { ...told, outcome: 'declined', code: setback.code, triesLeft: setback.triesLeft ?? null };
  }
  return state === 'ready' || state === 'recovering' || state === 'signedOut' ? null : { ...told, outcome: 'pending' };
}

/** The journal with its writes counted, so that nobody takes a terminal that waits for its disk for one at rest. */
function counted(journal: Journal, underWay: UnderWay): Journal {
  return {
    open: () => underWay.during(journal.open()),
    intend: (intent) => underWay.during(journal.intend(intent)),
    settled: (msgId, outcome) => underWay.during(journal.settled(msgId, outcome)),
  };
}
