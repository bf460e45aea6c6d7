import { setImmediate } from 'node:timers/promises';
import type { WritableRows } from '../../src/centre/centre-store.ts';
import type { LinkOffice } from '../../src/centre/link-office.ts';
import type { Registry } from '../../src/centre/registry.ts';
import { chinaDay } from '../../src/domain/china-time.ts';
import { type Fen, fen, zeroFen } from '../../src/domain/money.ts';
import {
  syntheticCardSn,
  syntheticName,
  syntheticPan,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../src/domain/synthetic.ts';
import type { Centre } from '../../src/ports/centre.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { Broken } from './broken.ts';
import type { History, Step } from './history.ts';
import { Oracle } from './oracle.ts';
import { Prng } from './prng.ts';
import { RuleModel } from './rule-model.ts';
import { type Place, SimCentre } from './sim-centre.ts';
import { SimDisk } from './sim-disk.ts';
import { SimLine } from './sim-line.ts';
import { SimOffices } from './sim-offices.ts';
import { SimTerminal } from './sim-terminal.ts';
import { SimTime, WallClock } from './sim-time.ts';
import { simulatedRules } from './simulated-rules.ts';

/** A mistake that a test puts into the product, to see it found. Each place is between two parts of it. */
export interface Mistake {
  readonly centre?: (centre: Centre, registry: Registry, people: readonly string[]) => Centre;
  readonly terminalsCentre?: (centre: Centre, time: SimTime) => Centre;
  readonly journal?: (journal: Journal) => Journal;
  readonly rows?: (rows: WritableRows) => WritableRows;
  readonly links?: (links: LinkOffice, registry: Registry) => LinkOffice;
}

const firstDay = '2025-04-19T00:00:00+08:00';
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** More timers than any history needs: beyond that something goes round in a circle. */
const timersMax = 60_000;
/** By then every question and every reversal has been sent and answered, at the longest intervals. */
const restMs = 3 * 3_600_000;
/** An outcome that could not be noted is noted after one restart; whatever is open after so many stays open. */
const restartsMax = 4;
const pins = ['135790', '246801', '975310', '112358', '314159'] as const;
/** More people than a history has. */
const peopleMax = 10;
const born = '1960-01-01';

/** Everything that a history happens to. */
export class World {
  readonly time = new SimTime();
  readonly centreClock: WallClock;
  readonly model: RuleModel;
  readonly oracle: Oracle;
  readonly centre: SimCentre;
  readonly offices: SimOffices;
  readonly terminals: readonly SimTerminal[];
  readonly institutions: readonly { readonly code: string; readonly name: string }[];
  readonly people: readonly { readonly id: string; readonly pan: string; readonly pin: string }[];
  /** What was put into accounts from outside, less what was taken out, in fen. */
  putIn = 0;
  readonly #firstNumber: number;
  readonly #lines: readonly SimLine[];
  readonly #clocks: readonly WallClock[];
  readonly #trace: (text: string) => void;
  /** Changes that wait for a counter to come to a state. */
  readonly #meddlings: Step[] = [];
  #broken: Error | null = null;
  #timers = 0;

  constructor(history: History, mistake: Mistake, place: Place, trace: (text: string) => void = () => undefined) {
    const { cast, seed } = history;
    this.#trace = (text) => trace(`${String(this.time.now).padStart(9)} ms  ${text}`);
    // Histories that share a place have days of their own, so that a day's list does not grow with each of them.
    const startMs = Date.parse(firstDay) + (seed % 97) * 5 * dayMs + cast.startMinute * minuteMs;
    this.centreClock = new WallClock(this.time, startMs);
    const rules = rulesAt(cast.rules);
    const number = place.next();
    this.#firstNumber = number * peopleMax;
    this.institutions = ['共济演示大药房', '共济演示医院'].map((name, at) => ({
      code: `P99${String(number * 10 + at + 1).padStart(9, '0')}`,
      name,
    }));
    this.people = cast.people.map((_, at) => ({
      id: number === 0 ? `P${at + 1}` : `P${at + 1} of ${number}`,
      pan: syntheticPan(this.#firstNumber + at),
      pin: pins[at % pins.length] ?? pins[0],
    }));
    const typed = new Map<string, string>();
    const personOfPan = new Map(this.people.map(({ pan, id }) => [pan, id]));
    this.model = new RuleModel(rules.model);
    this.oracle = new Oracle(this.model, {
      now: () => this.centreClock.now(),
      personOfPan: (pan) => personOfPan.get(pan),
      typedFor: (hex) => typed.get(hex),
      rulesName: () => this.centre.rules.profile.name,
    });
    this.centre = new SimCentre({
      store: place.store,
      time: this.time,
      clock: this.centreClock,
      prng: new Prng(seed + 1),
      rules,
      pinKeyUsesMax: cast.pinKeyUsesMax,
      around: (centre, registry) =>
        mistake.centre?.(
          centre,
          registry,
          this.people.map(({ id }) => id),
        ) ?? centre,
      aroundRows: mistake.rows ?? ((rows) => rows),
      aroundLinks: mistake.links ?? ((links) => links),
    });
    this.offices = new SimOffices(this.centre, this.model, (at) => this.#idOf(at));
    this.#settleIn(history);
    const onBroken = (error: Error) => {
      this.#broken ??= error;
    };
    const prng = new Prng(seed + 2);
    this.#clocks = Array.from({ length: cast.terminals }, () => new WallClock(this.time, startMs));
    this.#lines = this.#clocks.map((_, at) => new SimLine(this.time, this.centre, this.oracle, 3 + 2 * at, onBroken));
    this.terminals = this.#clocks.map((clock, at) => {
      // The third terminal stands in another house.
      const institution = this.institutions[at === 2 ? 1 : 0];
      if (!institution) throw new RangeError('no institution');
      const terminalKey = new Uint8Array(32).fill(at + 1);
      this.centre.registry.enrolTerminal(`${institution.code}/T0${at + 1}`, terminalKey);
      return new SimTerminal({
        number: at + 1,
        institution,
        time: this.time,
        clock,
        prng,
        disk: new SimDisk(this.time),
        line: this.#lineAt(at),
        terminalKey,
        handMs: cast.handMs,
        people: this.people,
        personOf: (card) => this.oracle.personOf(card),
        sales: () => [...this.model.sales.values()].map(({ id, first }) => ({ id, total: first.total })),
        aroundJournal: mistake.journal ?? ((journal) => journal),
        aroundCentre: (centre) => mistake.terminalsCentre?.(centre, this.time) ?? centre,
        onTyped: (hex, digits) => typed.set(hex, digits),
        onBroken,
        onTrace: this.#trace,
        onState: (state) => this.#meddle(state),
      });
    });
  }

  /** Lets everything happen, then ends all faults and gives everybody time. Errors: `Broken`, or the bug itself. */
  async run(steps: readonly Step[]): Promise<void> {
    for (const terminal of this.terminals) terminal.start();
    await this.#pass(2_000);
    for (const step of steps) {
      await this.#pass(step.after);
      this.#trace(`-- ${step.do}`);
      if (step.during === undefined) this.#happen(step);
      else this.#meddlings.push(step);
      await this.#turn();
    }
    await this.#comeToRest();
  }

  close(): void {
    for (const terminal of this.terminals) terminal.counter?.stop();
  }

  /** Held after every step of the clock: no balance is another one than the model's. */
  checkBalances(): void {
    const { registry } = this.centre;
    for (const { id } of this.people) {
      const { money, wallet, isOpen } = this.model.person(id);
      const held = registry.holdingsOf(id);
      if (held.personal !== money) throw new Broken('balance', `${id} has ${held.personal} fen, the model ${money}`);
      if (held.wallet !== wallet) throw new Broken('balance', `${id} has ${held.wallet} in the wallet, not ${wallet}`);
      if ((registry.balanceOf(id) !== null) !== isOpen) throw new Broken('balance', `whether ${id} has an account`);
    }
  }

  #settleIn({ cast }: History): void {
    const { registry } = this.centre;
    for (const [at, { id, pan, pin }] of this.people.entries()) {
      const { balance = null, wallet: hasWallet = false } = cast.people[at] ?? {};
      registry.addPerson({
        id,
        name: syntheticName(at),
        residentId: syntheticResidentId(this.#firstNumber + at, born),
        insurance: 'employee',
        status: 'normal',
        area: '重庆市/渝中区',
        born,
        balance: balance === null ? null : fen(balance),
        walletOpened: hasWallet,
        walletBalance: zeroFen,
        pin,
        pinLocked: false,
        card: {
          pan,
          ssCardNumber: syntheticSsCardNumber(this.#firstNumber + at),
          cardSn: syntheticCardSn(this.#firstNumber + at),
          state: 'normal',
        },
      });
      this.putIn += balance ?? 0;
      this.model.people.set(id, {
        ...{
          id,
          money: balance ?? 0,
          isOpen: balance !== null,
          wallet: 0,
          hasWallet,
          pin,
          status: 'normal',
          card: 'normal',
          wrongPins: 0,
          locked: false,
        },
      });
    }
    for (const [at, { provider, beneficiary, quota }] of cast.links.entries()) {
      this.#addLink(provider, beneficiary, quota, this.centreClock.now() - dayMs + at * minuteMs);
    }
  }

  #happen(step: Step): void {
    const terminal = 'at' in step ? this.terminals[step.at % this.terminals.length] : undefined;
    const line = 'at' in step ? this.#lineAt(step.at % this.#lines.length) : undefined;
    switch (step.do) {
      case 'sell':
      case 'undo':
        terminal?.want(step);
        return;
      case 'inquire':
        terminal?.inquire(step.who % this.people.length);
        return;
      case 'key':
        terminal?.key(step.key);
        return;
      case 'swipe':
        terminal?.swipe(step.who % this.people.length, step.well);
        return;
      case 'type':
        terminal?.type(step.text);
        return;
      case 'line':
        line?.plan(step.on, step.fault, step.ms, step.times);
        return;
      case 'lineDown':
        line?.goDown(step.ms);
        return;
      case 'centreCrash':
        this.centre.planCrash(step.commit, step.when, step.ms);
        return;
      case 'storeDown':
        this.centre.loseStore(step.ms);
        return;
      case 'crash':
        terminal?.crash(step.fate, step.ms);
        return;
      case 'crashIn':
        terminal?.planCrash(step);
        return;
      case 'powerCut':
        terminal?.planPowerCut(step.moment, step.nth, step.ms, step.fate);
        return;
      case 'diskFull':
        terminal?.fillDisk(step.ms);
        return;
      case 'clock':
        (step.whose === null ? this.centreClock : this.#clocks[step.whose % this.#clocks.length])?.step(step.ms);
        return;
      case 'midnight':
        this.#beforeMidnight();
        return;
      case 'hours':
        for (const clock of [this.centreClock, ...this.#clocks]) clock.step(step.ms);
        this.oracle.noteChange();
        return;
      case 'unplug': {
        terminal?.unplug();
        this.time.setTimeout(() => terminal?.plug(), step.ms);
        return;
      }
      case 'push':
      case 'suspend':
      case 'reopen':
        terminal?.supervise(step);
        return;
      case 'signOut':
        terminal?.signOut();
        return;
      case 'rules': {
        const rules = rulesAt(step.rules);
        this.centre.setRules(rules);
        this.model.rules = rules.model;
        this.oracle.noteChange();
        return;
      }
      default:
        if (!this.centre.isAway) this.#change(step);
    }
  }

  #meddle(state: string): void {
    const at = this.#meddlings.findIndex(({ during }) => during === state);
    const [step] = at < 0 ? [] : this.#meddlings.splice(at, 1);
    if (!step) return;
    // Not from within the machine, which is on its way to this state.
    this.time.setTimeout(() => {
      this.#trace(`-- ${step.do} in the middle of ${state}`);
      this.#happen(step);
    }, 1);
  }

  /** What the insurer changes in its register. */
  #change(step: Step): void {
    const { registry } = this.centre;
    this.oracle.noteChange();
    const person = 'who' in step ? this.model.person(this.#idOf(step.who)) : undefined;
    switch (step.do) {
      case 'balance':
        if (!person) return;
        registry.set(person.id, { balance: step.fen as Fen | null });
        // One that is closed already stays as it is.
        if (step.fen === null && !person.isOpen) return;
        this.putIn += (step.fen ?? 0) - person.money;
        person.money = step.fen ?? 0;
        person.isOpen = step.fen !== null;
        return;
      case 'status': {
        if (!person) return;
        registry.set(person.id, { status: step.status });
        // Links that the register has given somebody whose insurance had ended do not come back with it.
        const dissolves = step.status === 'terminated' || person.status === 'terminated';
        person.status = step.status;
        if (dissolves) this.model.office.dissolve(person.id, this.centreClock.now());
        return;
      }
      case 'card':
        if (!person) return;
        registry.set(person.id, { card: step.state });
        person.card = step.state;
        return;
      case 'unlockPin':
        if (!person) return;
        registry.unlockPin(person.id);
        person.wrongPins = 0;
        person.locked = false;
        return;
      case 'addLink':
        this.#addLink(step.provider, step.beneficiary, step.quota, this.centreClock.now());
        return;
      case 'endLink': {
        const now = this.centreClock.now();
        const pairs = this.model.links.filter((link) => link.until === null || link.until > now);
        const link = pairs[step.link % Math.max(1, pairs.length)];
        if (!link) return;
        registry.endLink(link.provider, link.beneficiary, now);
        for (const other of pairs) {
          if (other.provider !== link.provider || other.beneficiary !== link.beneficiary) continue;
          other.until = Math.max(other.since, now);
        }
        return;
      }
      case 'officeLink':
      case 'officeUnlink':
      case 'setQuota':
      case 'send':
      case 'answerTransfer':
      case 'giveBack':
      case 'wallet':
        this.offices.happen(step);
        this.checkBalances();
        return;
      default:
        return;
    }
  }

  #addLink(providerAt: number, beneficiaryAt: number, quota: number, since: number): void {
    const [provider, beneficiary] = [this.#idOf(providerAt), this.#idOf(beneficiaryAt)];
    const isOpen = this.model.links.some(
      (link) => link.provider === provider && link.beneficiary === beneficiary && link.until === null,
    );
    if (isOpen || provider === beneficiary) return;
    const link = { provider, beneficiary, since, until: null };
    const id = this.centre.registry.addLink({ ...link, relation: 'parent', quota: fen(quota), rank: null });
    this.model.links.push({ ...link, id, quotaLeft: quota });
  }

  #idOf(at: number): string {
    const person = this.people[at % this.people.length];
    if (!person) throw new RangeError('nobody is there');
    return person.id;
  }

  /** The clocks go on to a moment before midnight in China. */
  #beforeMidnight(): void {
    const now = this.centreClock.now();
    const next = Date.parse(`${chinaDay(now + dayMs)}T00:00:00+08:00`);
    for (const clock of [this.centreClock, ...this.#clocks]) clock.step(next - 3_000 - now);
  }

  async #comeToRest(): Promise<void> {
    this.#trace('-- all faults end');
    const isQuiet = () => this.#lines.every((line) => line.underWay === 0) && !this.centre.isAway;
    const end = this.time.now + restMs;
    for (let restarts = 0; ; restarts++) {
      for (const line of this.#lines) line.calm();
      this.centre.calm();
      for (const terminal of this.terminals) terminal.calm();
      this.#meddlings.length = 0;
      await this.#passUntil(end, () => isQuiet() && this.terminals.every((terminal) => terminal.isAtRest));
      const stuck = this.terminals.filter((terminal) => !terminal.isAtRest);
      if (stuck.length > 0 || !isQuiet()) {
        const states = stuck.map((terminal) => `${terminal.name} in ${terminal.state}`);
        throw new Broken('stuck', `it does not come to rest: ${states.join(', ') || 'messages are under way'}`);
      }
      const suspended = this.terminals.filter((terminal) => terminal.hasSuspended);
      for (const terminal of suspended) terminal.reopen();
      // An outcome that a full disk did not take is noted before the next message, or asked for after the next start.
      const unnoted = suspended.length > 0 ? [] : await this.#withOpenIntents();
      if (suspended.length === 0 && (unnoted.length === 0 || restarts >= restartsMax)) return;
      for (const terminal of unnoted) terminal.crash('kept', 1_000);
      await this.#turn();
    }
  }

  async #withOpenIntents(): Promise<readonly SimTerminal[]> {
    const found: SimTerminal[] = [];
    for (const terminal of this.terminals) if ((await terminal.openIntents()).length > 0) found.push(terminal);
    return found;
  }

  async #passUntil(end: number, isOver: () => boolean): Promise<void> {
    await this.#turn();
    while (!isOver()) {
      const due = this.time.nextDue();
      if (due === null || due > end) return;
      await this.#fire();
    }
  }

  async #pass(ms: number): Promise<void> {
    const end = this.time.now + ms;
    await this.#turn();
    for (let due = this.time.nextDue(); due !== null && due <= end; due = this.time.nextDue()) await this.#fire();
    this.time.moveTo(end);
  }

  async #fire(): Promise<void> {
    this.#timers += 1;
    if (this.#timers > timersMax) throw new Broken('stuck', 'timers fire without end');
    this.time.fireNext();
    await this.#turn();
  }

  /** Lets every promise that can go on go on: one turn of the event loop empties their queue. */
  async #turn(): Promise<void> {
    await setImmediate();
    if (this.#broken !== null) throw this.#broken;
  }

  #lineAt(at: number): SimLine {
    const line = this.#lines[at];
    if (!line) throw new RangeError('no line there');
    return line;
  }
}

function rulesAt(at: number) {
  const rules = simulatedRules[at % simulatedRules.length];
  if (!rules) throw new RangeError('no rules');
  return rules;
}
