import { isDeepStrictEqual } from 'node:util';
import type { LinkOnRecord } from '../../centre/centre-store.ts';
import { add, type Fen, formatYuan } from '../../domain/money.ts';
import { playDayEnd } from './day-end-step.ts';
import { inWords, judged } from './expectation.ts';
import type { Planned } from './faulty-centre.ts';
import { type Order, turnsOf } from './interleavings.ts';
import type { Visit } from './office-desk.ts';
import { isOfficeStep, OfficeSteps } from './office-steps.ts';
import { branchTerminals, type Scenario } from './scenario-file.ts';
import type { ScenarioStep, StepKind, StepValues } from './scenario-shapes.ts';
import type { ScenarioTerminal } from './scenario-terminal.ts';
import { withoutUndefined } from './scenario-values.ts';
import type { ScenarioWorld } from './scenario-world.ts';
import { compared, failed, passed, type Verdict } from './verdict.ts';

/** Where steps happen: `home` is where a sale goes that names no terminal, `terminal` where the last one went. `office`:
 *  what came of a visit to an office or a page, until something is done at the terminal again. */
interface Place {
  readonly home: string;
  terminal: ScenarioTerminal;
  office: Visit | null;
}

/** Steps after which an expectation looks at the terminal. */
const deeds: readonly StepKind[] = ['sale', 'swipe', 'scan', 'pin', 'key', 'cancel', 'refund', 'reverse', 'supervisor'];

/** Plays the steps of a scenario in one world, one after the other; those of a parallel in one order. */
export class ScenarioPlayer {
  readonly #scenario: Scenario;
  readonly #world: ScenarioWorld;
  readonly #office: OfficeSteps;
  readonly #place: Place;
  readonly #planned: { readonly index: number; readonly planned: Planned; readonly what: string }[] = [];

  static async at(scenario: Scenario, world: ScenarioWorld): Promise<ScenarioPlayer> {
    return new ScenarioPlayer(scenario, world, await world.terminal(branchTerminals[0]));
  }

  private constructor(scenario: Scenario, world: ScenarioWorld, terminal: ScenarioTerminal) {
    this.#scenario = scenario;
    this.#world = world;
    this.#office = new OfficeSteps(scenario, world);
    this.#place = { home: branchTerminals[0], terminal, office: null };
  }

  /** `order`: in which the branches of a parallel go on; not looked at for other steps. */
  async play(step: ScenarioStep, index: number, order: Order): Promise<Verdict> {
    return step.kind === 'parallel' ? this.#parallel(step.value, order, index) : this.#play(step, index, this.#place);
  }

  /** What was to go wrong and never did: a scenario that says so must have seen it. */
  neverHappened(): readonly { readonly index: number; readonly verdict: Verdict }[] {
    return this.#planned
      .filter(({ planned }) => !planned.hasHappened)
      .map(({ index, what }) => ({ index, verdict: failed(`the ${what} to happen`, 'it never did') }));
  }

  async #parallel(branches: StepValues['parallel'], order: Order, index: number): Promise<Verdict> {
    const places: Place[] = [];
    for (const home of branchTerminals) places.push({ home, terminal: await this.#world.terminal(home), office: null });
    const waiting = branches.map((steps) => [...turnsOf(steps)]);
    for (const branch of order) {
      const [turn, place] = [waiting[branch]?.shift(), places[branch]];
      if (turn === undefined || place === undefined) throw new RangeError('an order of other branches');
      for (const step of turn) {
        const { passed: holds, expected, actual } = await this.#play(step, index, place);
        if (holds) continue;
        const where = { list: branch + 1, line: step.line, step: step.kind };
        return failed(expected === undefined ? where : { ...where, is: expected }, actual);
      }
    }
    return passed;
  }

  async #play(step: ScenarioStep, index: number, place: Place): Promise<Verdict> {
    // After half a card the line is open until silence ends it: only a cable that is pulled comes before that.
    if (step.kind !== 'unplug') await this.#world.comeToRest();
    if (deeds.includes(step.kind)) place.office = null;
    if (isOfficeStep(step)) {
      const { verdict, visit } = await this.#office.play(step);
      place.office = visit;
      return verdict;
    }
    switch (step.kind) {
      case 'sale':
        return this.#sale(step.value, place);
      case 'swipe': {
        const { card, as, fault = 'none' } = step.value;
        place.terminal.swipe(this.#world.cardOf(card), as, fault);
        if (fault !== 'half') await this.#world.comeToRest();
        return passed;
      }
      case 'scan':
        return this.#scan(step.value, place);
      case 'unplug':
        return this.#cable('plugged in', () => place.terminal.unplugReader());
      case 'plug':
        return this.#cable('unplugged', () => place.terminal.plugReader());
      case 'pin':
        return this.#act(() => place.terminal.enterPin(step.value));
      case 'key':
        return this.#act(() => place.terminal.key(step.value));
      case 'wait':
        await this.#world.pass(step.value);
        return passed;
      case 'set':
        return this.#act(() => this.#set(step.value));
      case 'fault':
        return this.#fault(step.value, index);
      case 'crash':
        return this.#crash(step.value, index, place);
      case 'cancel':
        return this.#undo('cancel', null, step.value.confirm, place);
      case 'refund':
        return this.#undo('refund', step.value.amount ?? null, step.value.confirm, place);
      case 'reverse':
        return this.#reverse(place);
      case 'supervisor':
        return this.#supervisor(step.value, place);
      case 'inquire':
        return this.#inquire(step.value, place);
      case 'expect':
        return this.#expect(step.value, place);
      case 'expectBalances':
        return this.#expectBalances(step.value);
      case 'expectWallets':
        return this.#expectWallets(step.value);
      case 'expectJournal':
        return this.#expectJournal(step.value, place);
      case 'expectInquiry':
        return this.#expectInquiry(step.value, place);
      case 'parallel':
        throw new RangeError('a parallel inside a parallel');
      case 'expectLinks':
        return this.#expectLinks(step.value);
      case 'dayEnd':
        return this.#dayEnd(step.value, place);
    }
  }

  async #sale({ bill, terminal, mustWait }: StepValues['sale'], place: Place): Promise<Verdict> {
    place.terminal = await this.#world.terminal(terminal ?? place.home);
    const answer = place.terminal.startSale(bill);
    await this.#world.comeToRest();
    return compared(mustWait ? 'busy' : 'started', answer);
  }

  async #act(deed: () => void): Promise<Verdict> {
    deed();
    await this.#world.comeToRest();
    return passed;
  }

  async #scan({ evoucher = '', age = 0, replay = false, text }: StepValues['scan'], place: Place): Promise<Verdict> {
    const shown = text ?? this.#world.codeOf(evoucher, { ageMs: age, replay });
    if (shown === undefined) return failed(`a code of that age that ${evoucher} has shown before`, 'none');
    return this.#act(() => place.terminal.scan(shown));
  }

  /** A cable that is where the step wants it cannot be moved there: the step fails. */
  async #cable(before: 'plugged in' | 'unplugged', move: () => boolean): Promise<Verdict> {
    const moved = move();
    await this.#world.comeToRest();
    const now = before === 'unplugged' ? 'plugged in' : 'unplugged';
    return moved ? passed : failed(`a reader that is ${before}`, `one that is ${now}`);
  }

  #set(changes: StepValues['set']): void {
    for (const [name, change] of Object.entries(changes)) {
      if (change === undefined) continue;
      const { pin, ...others } = change;
      if (pin !== undefined) this.#world.registry.unlockPin(name);
      this.#world.set(name, withoutUndefined(others));
    }
  }

  #fault({ on, do: fault, times, after }: StepValues['fault'], index: number): Verdict {
    this.#planned.push({ index, planned: this.#world.centre.plan(on, fault, times, after), what: 'fault' });
    return passed;
  }

  async #crash(crash: StepValues['crash'], index: number, { terminal }: Place): Promise<Verdict> {
    if (crash.when !== undefined) {
      const planned =
        crash.what === 'terminal' ? terminal.planCrash(crash.when) : this.#world.centre.planCrash(crash.when);
      this.#planned.push({ index, planned, what: 'crash' });
      return passed;
    }
    return this.#act(() => (crash.what === 'terminal' ? terminal.crash() : this.#world.crashCentre()));
  }

  /** From the sale in the list over the preview to its confirmation, as a person at the counter does it. */
  async #undo(kind: 'cancel' | 'refund', amount: Fen | null, confirm: boolean, place: Place): Promise<Verdict> {
    const sale = this.#world.lastSale;
    if (sale === undefined) return failed(`a sale to ${kind}`, 'none has been approved');
    const { settlementId } = sale;
    if (!place.terminal.chooseUndo({ kind, settlementId, amount })) return failed('started', 'busy');
    await this.#world.comeToRest();
    const isPreviewed = place.terminal.counter.state === 'confirmingUndo';
    return confirm && isPreviewed ? this.#act(() => place.terminal.key('confirm')) : passed;
  }

  /** The last sale is the one whose outcome this terminal does not know, if there is one. */
  async #reverse({ terminal }: Place): Promise<Verdict> {
    if (terminal.reverseUnknown()) {
      await this.#world.comeToRest();
      return passed;
    }
    const sale = this.#world.lastSale;
    if (sale === undefined) return failed('a sale to reverse', 'none has been approved');
    const { own, shared } = sale.split;
    if (!terminal.requestReversal(sale.msgId, add(own, shared))) return failed('started', 'busy');
    await this.#world.comeToRest();
    return passed;
  }

  async #supervisor(said: StepValues['supervisor'], { terminal }: Place): Promise<Verdict> {
    switch (said.kind) {
      case 'push':
        return this.#act(() => terminal.push(said.step));
      case 'suspend':
        return this.#act(() => terminal.suspend(said.by, said.reason));
      case 'reopen': {
        const isThere = terminal.reopenLast();
        await this.#world.comeToRest();
        return isThere ? passed : failed('a suspended item', 'none');
      }
    }
  }

  async #dayEnd({ terminal: name, ...asked }: StepValues['dayEnd'], { terminal }: Place): Promise<Verdict> {
    return playDayEnd(asked, name === undefined ? terminal : await this.#world.terminal(name), this.#world);
  }

  async #inquire(person: string, { terminal }: Place): Promise<Verdict> {
    if (!terminal.startInquiry()) return failed('started', 'busy');
    await this.#world.comeToRest();
    return this.#act(() => terminal.swipe(this.#world.cardOf(person), 'stripe', 'none'));
  }

  #expect(expectation: StepValues['expect'], { terminal, office }: Place): Verdict {
    const { operation, bugs } = office ?? terminal;
    if (operation === null) return failed(inWords(expectation), 'no operation yet');
    const id = operation.undo?.undoId ?? operation.settlement?.settlementId;
    const payments = id === undefined ? undefined : this.#world.paymentsOf(id);
    const providers = payments === undefined ? [] : this.#world.providersOf(payments.beneficiary);
    const onlyProvider = providers.length === 1 ? providers[0] : undefined;
    return judged(expectation, { operation, payments, onlyProvider, bugs });
  }

  #expectBalances(expectation: StepValues['expectBalances']): Verdict {
    const balances = Object.keys(expectation).map((name) => [name, this.#world.registry.balanceOf(name)] as const);
    const inWords = (entries: readonly (readonly [string, Fen | null | undefined])[]) =>
      Object.fromEntries(entries.map(([name, amount]) => [name, inYuan(amount)]));
    return compared(inWords(Object.entries(expectation)), inWords(balances));
  }

  #expectWallets(expectation: StepValues['expectWallets']): Verdict {
    const wallets = Object.keys(expectation).map((name) => [name, this.#world.registry.walletBalanceOf(name)] as const);
    const inWords = (entries: readonly (readonly [string, Fen | undefined])[]) =>
      Object.fromEntries(entries.map(([name, amount]) => [name, inYuan(amount)]));
    return compared(inWords(Object.entries(expectation)), inWords(wallets));
  }

  /** All links that have not ended, each once, in the order of the file; only the keys that it names are looked at. */
  #expectLinks(expected: StepValues['expectLinks']): Verdict {
    const open = this.#scenario.people.flatMap(({ name }) =>
      this.#world.openLinksOf(name).filter((link) => link.beneficiary === name),
    );
    const inWords = (link: object, keys: readonly string[]) =>
      Object.fromEntries(Object.entries(link).filter(([key, value]) => keys.includes(key) && value !== undefined));
    const linkKeys = ['provider', 'beneficiary', 'relation', 'since', 'until', 'quota'];
    const wanted = expected.map((link) => inWords(link, linkKeys));
    const left = [...open];
    const found = wanted.flatMap((link) => {
      const at = left.findIndex((one) => isDeepStrictEqual(inWords(named(one), Object.keys(link)), link));
      return at < 0 ? [] : left.splice(at, 1).map(() => link);
    });
    const others = left.map((link) => inWords(named(link), ['provider', 'beneficiary', 'relation', 'quota']));
    return compared(wanted, [...found, ...others]);
  }

  #expectInquiry(expectation: StepValues['expectInquiry'], { terminal }: Place): Verdict {
    const { inquiry } = terminal.counter;
    if (inquiry === null) return failed(expectation, 'no balance query on the screen');
    const { inquired, decline } = inquiry;
    const all = { own: inquired?.own, wallet: inquired?.wallet, code: decline?.code };
    const expected = withoutUndefined(expectation);
    const looked = Object.entries(all).filter(([key]) => key in expected);
    const shown = looked.map(([key, value]) => [key, key === 'code' ? value : inYuan(value as Fen | null | undefined)]);
    const wanted = Object.entries(expected).map(([key, value]) => [key, key === 'code' ? value : inYuan(value as Fen)]);
    return compared(Object.fromEntries(wanted), Object.fromEntries(shown));
  }

  async #expectJournal(expectation: StepValues['expectJournal'], { terminal }: Place): Promise<Verdict> {
    const intents = await terminal.openIntents();
    const suspended = intents.filter((intent) => intent.suspension !== null).length;
    const all = { open: intents.length - suspended, suspended };
    const expected = withoutUndefined(expectation);
    const looked = Object.entries(all).filter(([key]) => key in expected);
    return compared(expected, Object.fromEntries(looked));
  }
}

/** A link on record with the quota as a file calls it. */
function named({ quotaLeft, ...link }: LinkOnRecord) {
  return { ...link, quota: quotaLeft ?? undefined };
}

/** `none` = there is no such account; `nothing` = nothing was told. */
function inYuan(amount: Fen | null | undefined): string {
  if (amount === undefined) return 'nothing';
  return amount === null ? 'none' : formatYuan(amount);
}
