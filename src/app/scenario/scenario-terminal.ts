import type { VirtualCard } from '../../../drivers/codec/card-line.ts';
import type { LineFault } from '../../../drivers/virtual/line-fault.ts';
import type { Bill } from '../../domain/bill.ts';
import type { CounterState } from '../../domain/counter-state.ts';
import type { Fen } from '../../domain/money.ts';
import type { Settlement } from '../../domain/settlement.ts';
import type { MsgId } from '../../ports/ids.ts';
import type { OpenIntent } from '../../ports/journal.ts';
import type { BindingStage } from '../../terminal/binding-model.ts';
import type { UndoChoice } from '../../terminal/counter-model.ts';
import type { BindingAnswer, Counter, CounterSnapshot, StartAnswer } from '../counter.ts';
import type { Planned } from './faulty-centre.ts';
import { type Operation, operationAtDesk, operationOf, type Refusal, refusalAfter } from './operation.ts';
import { TerminalRun, type TerminalRunOptions } from './terminal-run.ts';

/** How long a terminal that was killed takes to be back, in ms. */
const bootMs = 2000;

export interface ScenarioTerminalOptions extends Omit<TerminalRunOptions, 'report' | 'onSnapshot'> {
  readonly onApproved: (settlement: Settlement) => void;
}

interface PlannedCrash extends Planned {
  readonly when: CounterState;
}

/** Where the binding desk goes on without a person. While it is unclear whether a link was made, it does not. */
const drivingAtDesk: readonly BindingStage[] = [
  ...(['lookingUpProvider', 'admitting', 'lookingUpBeneficiary', 'explaining', 'linking', 'unlinking'] as const),
];

/** One counter with virtual devices, over all the times its program is started, and a memory for how its last operation
 *  ended: the counter itself forgets that as soon as it is ready again. */
export class ScenarioTerminal {
  readonly #options: ScenarioTerminalOptions;
  readonly #bugs: Error[] = [];
  readonly #crashes: PlannedCrash[] = [];
  #present: TerminalRun | null = null;
  #isDown = false;
  #bootFault: unknown = null;
  #operation: Operation | null = null;
  #binding: Operation | null = null;
  /** True between two operations, and while a result is shown: there is nothing that a crash could cut off. */
  #isSettled = true;
  #asked: 'reversal' | null = null;
  #readerPlugged = true;

  static async open(options: ScenarioTerminalOptions): Promise<ScenarioTerminal> {
    const terminal = new ScenarioTerminal(options);
    await terminal.#boot();
    return terminal;
  }

  private constructor(options: ScenarioTerminalOptions) {
    this.#options = options;
  }

  get counter(): Counter {
    return this.#run.counter;
  }

  get #run(): TerminalRun {
    if (this.#present === null) throw new Error('scenario: a terminal before its first start');
    return this.#present;
  }

  /** True while the terminal goes on without a person: a state that does, bytes of a card on their way, or a start.
   *  Errors: whatever a start after a crash failed with. */
  get isDriving(): boolean {
    if (this.#bootFault !== null) throw this.#bootFault;
    if (this.#isDown) return true;
    const { state, snapshot } = this.counter;
    const isInquiring = this.counter.inquiry?.stage === 'asking';
    const { binding } = this.counter;
    const isBinding = binding !== null && drivingAtDesk.includes(binding.stage);
    const isEndingDay = this.counter.dayEnd?.stage === 'asking';
    const isDriven = snapshot.hasTag('driving') || isInquiring || isBinding || isEndingDay;
    return state !== 'outOfService' && (isDriven || !this.#run.reader.idle);
  }

  get operation(): Operation | null {
    return this.#operation;
  }

  /** What came of the last visit to this counter's binding desk. */
  get binding(): Operation | null {
    return this.#binding;
  }

  /** Faults and bugs that the counter reported. */
  get bugs(): readonly Error[] {
    return this.#bugs;
  }

  startSale(bill: Bill): StartAnswer {
    const answer = this.counter.startSale(bill);
    if (answer === 'started') this.#asked = null;
    return answer;
  }

  /** Chooses a sale to be given back, which leads to its preview. False when the counter is not free. */
  chooseUndo(undo: UndoChoice): boolean {
    if (!this.counter.snapshot.hasTag('acceptsSale')) return false;
    this.#asked = null;
    this.counter.send({ type: 'undo.chosen', undo });
    return true;
  }

  /** Asks for the reversal of a settled message. False when the counter is not free. */
  requestReversal(msgId: MsgId, amount: Fen): boolean {
    if (!this.counter.snapshot.hasTag('acceptsSale')) return false;
    this.#asked = 'reversal';
    this.counter.send({ type: 'reversal.requested', intent: { msgId, amount } });
    return true;
  }

  /** Reverses the sale whose outcome is unknown here, now. False when there is none. */
  reverseUnknown(): boolean {
    if (this.counter.state !== 'unknown') return false;
    this.#asked = 'reversal';
    this.push('reverse');
    return true;
  }

  push(step: 'query' | 'reverse'): void {
    this.counter.send({ type: 'supervisor.push', step });
  }

  suspend(by: string, reason: string): void {
    this.counter.send({ type: 'supervisor.suspend', by, reason });
  }

  /** Takes the suspended item that was written down last up again. False when there is none. */
  reopenLast(): boolean {
    const last = this.counter.snapshot.context.suspended.at(-1);
    if (last === undefined) return false;
    this.counter.send({ type: 'suspended.reopened', msgId: last.msgId });
    return true;
  }

  startBinding(channel: 'counter' | 'hospital'): BindingAnswer {
    const last = this.#binding;
    this.#binding = null;
    const answer = this.counter.startBinding(channel);
    if (answer !== 'started') this.#binding = last;
    return answer;
  }

  /** Begins a balance query, which waits for a card. False when it cannot begin now. */
  startInquiry(): boolean {
    return this.counter.startInquiry() === 'started';
  }

  swipe(card: VirtualCard, as: 'stripe' | 'chip', fault: LineFault): void {
    this.#run.reader.swipe(card, as, fault);
  }

  scan(text: string): void {
    this.#run.scan(text);
  }

  /** Pulls the reader's cable. False when it is out already. */
  unplugReader(): boolean {
    if (!this.#readerPlugged) return false;
    this.#readerPlugged = false;
    this.#run.reader.unplug();
    return true;
  }

  /** Puts the reader's cable back. False when it is in already. */
  plugReader(): boolean {
    if (this.#readerPlugged) return false;
    this.#readerPlugged = true;
    this.#run.reader.plug();
    return true;
  }

  /** Types a PIN and confirms it; ignored, as keys on any pad are, while no PIN is asked for. */
  enterPin(digits: string): void {
    this.#run.pad.type(digits);
    this.#run.pad.key('confirm');
  }

  key(key: 'cancel' | 'confirm'): void {
    const { pad } = this.#run;
    if (pad.open) pad.key(key);
    else this.counter.send({ type: `key.${key}` });
  }

  /** What the journal holds without an outcome. */
  async openIntents(): Promise<readonly OpenIntent[]> {
    return (await this.#run.journalState()).open;
  }

  /** Kills the program the next time it enters this state: what it begins there has begun, and goes no further. */
  planCrash(when: CounterState): Planned {
    const planned = { when, hasHappened: false };
    this.#crashes.push(planned);
    return planned;
  }

  /** Kills the program; it is started again from its journal after `bootMs`. */
  crash(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    const { clock, underWay } = this.#options;
    const killed = this.#run;
    killed.kill();
    this.#cutOff();
    this.#leaveDesk();
    clock.setTimeout(() => {
      underWay.during(killed.release().then(() => this.#boot())).catch((fault: unknown) => {
        this.#bootFault = fault;
      });
    }, bootMs);
  }

  async close(): Promise<void> {
    this.#run.kill();
    await this.#run.release();
  }

  async #boot(): Promise<void> {
    let before: { readonly state: CounterState; readonly snapshot: CounterSnapshot } | null = null;
    let refusal: Refusal | null = null;
    const run = await TerminalRun.open({
      ...this.#options,
      report: (fault) => this.#bugs.push(fault),
      onSnapshot: (snapshot) => {
        if (run !== this.#present || this.#isDown) return;
        const { state } = run.counter;
        refusal = before === null ? null : refusalAfter(before.snapshot, snapshot, refusal);
        const isEntered = before?.state !== state;
        before = { state, snapshot };
        this.#note(state, snapshot, refusal);
        this.#noteBinding(run.counter.binding);
        if (isEntered) this.#crashIfPlanned(state);
      },
    });
    this.#present = run;
    this.#isDown = false;
    run.start();
    if (!this.#readerPlugged) run.reader.unplug();
  }

  #note(state: CounterState, snapshot: CounterSnapshot, refusal: Refusal | null): void {
    const operation = operationOf(state, snapshot, refusal, this.#asked);
    const { result } = snapshot.context;
    this.#operation = operation ?? this.#operation;
    this.#isSettled = operation === null || result !== null;
    if (result?.settlement) this.#options.onApproved(result.settlement);
  }

  #noteBinding(binding: Counter['binding']): void {
    if (binding === null) this.#leaveDesk();
    else this.#binding = operationAtDesk(binding);
  }

  /** A visit to the desk that had come to nothing yet is over. */
  #leaveDesk(): void {
    if (this.#binding?.outcome === 'pending') this.#binding = { ...this.#binding, outcome: 'cancelled' };
  }

  #crashIfPlanned(state: CounterState): void {
    const planned = this.#crashes.find(({ when, hasHappened }) => when === state && !hasHappened);
    if (planned === undefined) return;
    planned.hasHappened = true;
    this.crash();
  }

  /** A sale that had not come to its end is gone with the program. If money may have moved, the journal knows, and the
   *  terminal says so as soon as it is back. */
  #cutOff(): void {
    if (this.#operation === null || this.#isSettled || this.#operation.outcome === 'unknown') return;
    this.#operation = { ...this.#operation, outcome: 'cancelled', code: null, triesLeft: null };
  }
}
