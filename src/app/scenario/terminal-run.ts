import { VirtualPinPad } from '../../../drivers/pinpad/virtual-pin-pad.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { VirtualScanner } from '../../../drivers/virtual/virtual-scanner.ts';
import type { EvoucherForm } from '../../domain/evoucher.ts';
import type { BindingRules } from '../../domain/policy-profile.ts';
import type { Centre } from '../../ports/centre.ts';
import type { Journal, JournalState } from '../../ports/journal.ts';
import type { BindingDelays } from '../../terminal/binding-model.ts';
import type { CounterDelays } from '../../terminal/counter-model.ts';
import { type FileJournal, openFileJournal } from '../../terminal/file-journal.ts';
import { messageIds } from '../../terminal/message-ids.ts';
import { codeScanned } from '../code-scanned.ts';
import { type Counter, type CounterSnapshot, createCounter } from '../counter.ts';
import { TerminalPinKeys } from '../keys/terminal-pin-keys.ts';
import { Lifeline } from './lifeline.ts';
import type { UnderWay } from './under-way.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface TerminalRunOptions {
  readonly journalFile: string;
  readonly centre: Centre;
  readonly clock: VirtualClock;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  /** 0 to 99; terminals of one institution tell their messages apart by it. */
  readonly number: number;
  readonly underWay: UnderWay;
  readonly delays: CounterDelays;
  readonly bindingRules: BindingRules;
  readonly bindingDelays: BindingDelays;
  /** Under which the centre wraps this terminal's PIN keys: 16 bytes. */
  readonly terminalKey: Uint8Array;
  /** How a 医保码 looks here. */
  readonly evoucher: EvoucherForm;
  readonly report: (fault: Error) => void;
  readonly onSnapshot: (snapshot: CounterSnapshot) => void;
}

/** The terminal's program from one start to its end: the counter with virtual devices on a journal file. */
export class TerminalRun {
  readonly counter: Counter;
  readonly reader: VirtualCardReader;
  readonly pad: VirtualPinPad;
  readonly #scanner: VirtualScanner;
  readonly #journal: FileJournal;
  readonly #lifeline = new Lifeline();

  /** Opens the journal and puts the counter together; `start` starts it. Faults: `JournalFault`. */
  static async open(options: TerminalRunOptions): Promise<TerminalRun> {
    return new TerminalRun(options, await openFileJournal(options.journalFile));
  }

  private constructor(options: TerminalRunOptions, journal: FileJournal) {
    const { clock, report, institution, terminal } = options;
    this.#journal = journal;
    const onListenerThrow = (thrown: unknown) => report(thrown instanceof Error ? thrown : new Error('thrown'));
    const pinKeys = new TerminalPinKeys({ terminalKey: options.terminalKey, formats: ['iso4-aes128'] });
    this.reader = new VirtualCardReader({ scheduler: clock, onListenerThrow });
    this.#scanner = new VirtualScanner({ scheduler: clock, onListenerThrow });
    this.pad = new VirtualPinPad({ pinKey: () => pinKeys.take('iso4-aes128'), onListenerThrow });
    this.counter = createCounter({
      reader: this.reader,
      pinPad: this.pad,
      pinKeys,
      centre: heardCentre(options.centre, this.#lifeline),
      journal: heardJournal(journal, this.#lifeline, options.underWay),
      clock,
      scheduler: clock,
      ids: messageIds(institution.code, clock, options.number, journal.lastMsgId),
      delays: options.delays,
      bindingRules: options.bindingRules,
      bindingDelays: options.bindingDelays,
      institution,
      terminal,
      operator: '01',
      report,
    });
    this.counter.subscribe((snapshot) => options.onSnapshot(snapshot));
    this.#scanner.subscribe((event) => {
      const scanned = codeScanned(event, options.evoucher);
      if (scanned !== null) this.counter.send(scanned);
    });
  }

  start(): void {
    this.counter.start();
  }

  scan(text: string): void {
    this.#scanner.scan(text);
  }

  /** What the journal holds now. */
  journalState(): Promise<JournalState> {
    return this.#journal.open();
  }

  /** Ends the program without goodbye. What it was writing gets to the file, nothing after it. */
  kill(): void {
    this.#lifeline.cut();
    this.counter.stop();
    void this.reader.close();
    void this.#scanner.close();
  }

  /** Lets go of the journal's file; once nothing is written to it any more. */
  async release(): Promise<void> {
    await this.#journal.close();
  }
}

function heardCentre(centre: Centre, lifeline: Lifeline): Centre {
  return {
    signIn: (request) => lifeline.heard(() => centre.signIn(request)),
    identify: (request) => lifeline.heard(() => centre.identify(request)),
    inquire: (request) => lifeline.heard(() => centre.inquire(request)),
    quote: (request) => lifeline.heard(() => centre.quote(request)),
    settle: (request) => lifeline.heard(() => centre.settle(request)),
    previewUndo: (request) => lifeline.heard(() => centre.previewUndo(request)),
    cancel: (request) => lifeline.heard(() => centre.cancel(request)),
    refund: (request) => lifeline.heard(() => centre.refund(request)),
    reverse: (request) => lifeline.heard(() => centre.reverse(request)),
    query: (request) => lifeline.heard(() => centre.query(request)),
    lookUp: (request) => lifeline.heard(() => centre.lookUp(request)),
    admit: (request) => lifeline.heard(() => centre.admit(request)),
    explainLink: (request) => lifeline.heard(() => centre.explainLink(request)),
    link: (request) => lifeline.heard(() => centre.link(request)),
    unlink: (request) => lifeline.heard(() => centre.unlink(request)),
    reconcile: (request) => lifeline.heard(() => centre.reconcile(request)),
  };
}

/** The journal with its writes counted, so that nobody takes a terminal that waits for its disk for one at rest. */
function heardJournal(journal: Journal, lifeline: Lifeline, underWay: UnderWay): Journal {
  const heard = <T>(begin: () => Promise<T>) => lifeline.heard(() => underWay.during(begin()));
  return {
    open: () => heard(() => journal.open()),
    intend: (intent) => heard(() => journal.intend(intent)),
    reversing: (msgId) => heard(() => journal.reversing(msgId)),
    suspend: (msgId, suspension) => heard(() => journal.suspend(msgId, suspension)),
    settled: (msgId, outcome, booked) => heard(() => journal.settled(msgId, outcome, booked)),
    bookedOn: (day) => heard(() => journal.bookedOn(day)),
  };
}
