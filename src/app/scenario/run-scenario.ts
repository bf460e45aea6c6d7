import { isDeepStrictEqual } from 'node:util';
import { type DeclineCode, declineCodes } from '../../domain/decline-code.ts';
import { type Fen, formatYuan, zeroFen } from '../../domain/money.ts';
import type { AreaName } from '../../domain/person.ts';
import type { PlannedFault } from './faulty-centre.ts';
import { type Scenario, type ScenarioStep, type StepKind, type StepValues, withoutUndefined } from './scenario-file.ts';
import type { Operation, ScenarioTerminal } from './scenario-terminal.ts';
import { ScenarioWorld } from './scenario-world.ts';

/** What became of a step. `expected` and `actual` are there when it failed: money as yuan text, keys as in the file. */
export interface StepResult {
  readonly index: number;
  readonly step: StepKind | 'audit';
  readonly passed: boolean;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** What `--json` prints of a file. */
export interface ScenarioResult {
  readonly file: string;
  readonly scenario: string;
  readonly passed: boolean;
  readonly steps: readonly StepResult[];
}

type Verdict = Pick<StepResult, 'passed' | 'expected' | 'actual'>;

const passed: Verdict = { passed: true };
const notSupported: Verdict = { passed: false, actual: 'not supported yet' };

/** Plays a scenario on the real counter machine, journal, codecs and centre, with a virtual clock and a fresh store.
 *  A failed step does not end it: the others are played and reported too. After the last step the centre's books are
 *  audited; what is wrong with them is a failed step `audit` behind the file's own.
 *  Faults: those of the store, the journal and the file system; anything else thrown is a bug. */
export async function runScenario(scenario: Scenario, listedAreas: ReadonlySet<AreaName>): Promise<ScenarioResult> {
  const world = await ScenarioWorld.open(scenario, listedAreas);
  try {
    const player = new Player(scenario, world, await world.terminal('t1'));
    const steps: StepResult[] = [];
    for (const [index, step] of scenario.steps.entries()) {
      steps.push({ index, step: step.kind, ...(await player.play(step, index)) });
    }
    for (const index of player.unusedFaults()) {
      steps[index] = { index, step: 'fault', passed: false, expected: 'the fault to happen', actual: 'it never did' };
    }
    const problems = world.registry.audit();
    if (problems.length > 0) {
      steps.push({ index: steps.length, step: 'audit', passed: false, expected: [], actual: problems });
    }
    return { file: scenario.file, scenario: scenario.name, passed: steps.every((step) => step.passed), steps };
  } finally {
    await world.close();
  }
}

/** Plays steps one by one; `sale` chooses the terminal that those after it go to. */
class Player {
  readonly #scenario: Scenario;
  readonly #world: ScenarioWorld;
  #terminal: ScenarioTerminal;
  readonly #faults: { readonly index: number; readonly planned: PlannedFault }[] = [];

  constructor(scenario: Scenario, world: ScenarioWorld, terminal: ScenarioTerminal) {
    this.#scenario = scenario;
    this.#world = world;
    this.#terminal = terminal;
  }

  async play(step: ScenarioStep, index: number): Promise<Verdict> {
    // After half a card the line is open until silence ends it: only a cable that is pulled comes before that.
    if (step.kind !== 'unplug') await this.#world.comeToRest();
    switch (step.kind) {
      case 'sale':
        return this.#sale(step.value);
      case 'swipe': {
        const { card, as, fault = 'none' } = step.value;
        this.#terminal.swipe(this.#world.cardOf(card), as, fault);
        if (fault !== 'half') await this.#world.comeToRest();
        return passed;
      }
      case 'scan':
        return this.#scan(step.value);
      case 'unplug':
        return this.#cable('plugged in', () => this.#terminal.unplugReader());
      case 'plug':
        return this.#cable('unplugged', () => this.#terminal.plugReader());
      case 'pin':
        return this.#act(() => this.#terminal.enterPin(step.value));
      case 'key':
        return this.#act(() => this.#terminal.key(step.value));
      case 'wait':
        await this.#world.pass(step.value);
        return passed;
      case 'set':
        return this.#act(() => this.#set(step.value));
      case 'fault':
        return this.#fault(step.value, index);
      case 'expect':
        return this.#expect(step.value);
      case 'expectBalances':
        return this.#expectBalances(step.value);
      case 'link':
      case 'unlink':
      case 'crash':
      case 'cancel':
      case 'refund':
      case 'reverse':
      case 'parallel':
      case 'expectLinks':
      case 'dayEnd':
        return notSupported;
    }
  }

  async #sale({ bill, terminal }: StepValues['sale']): Promise<Verdict> {
    this.#terminal = await this.#world.terminal(terminal);
    const answer = this.#terminal.startSale(bill);
    await this.#world.comeToRest();
    return compared('started', answer);
  }

  async #act(deed: () => void): Promise<Verdict> {
    deed();
    await this.#world.comeToRest();
    return passed;
  }

  /** Nobody issues a 医保码 to the people of a scenario yet, so only text can be scanned, though it may look like one. */
  async #scan({ text }: StepValues['scan']): Promise<Verdict> {
    return text === undefined ? notSupported : this.#act(() => this.#terminal.scan(text));
  }

  /** A cable that is where the step wants it cannot be moved there: the step fails. */
  async #cable(before: 'plugged in' | 'unplugged', move: () => boolean): Promise<Verdict> {
    const moved = move();
    await this.#world.comeToRest();
    const now = before === 'unplugged' ? 'plugged in' : 'unplugged';
    return moved ? passed : { passed: false, expected: `a reader that is ${before}`, actual: `one that is ${now}` };
  }

  #set(changes: StepValues['set']): void {
    for (const [name, change] of Object.entries(changes)) {
      if (change !== undefined) this.#world.registry.set(name, withoutUndefined(change));
    }
  }

  #fault({ on, do: fault, times }: StepValues['fault'], index: number): Verdict {
    if (on !== 'identify' && on !== 'quote' && on !== 'settle') return notSupported;
    this.#faults.push({ index, planned: this.#world.centre.plan(on, fault, times) });
    return passed;
  }

  /** Steps whose fault never came to pass: a scenario that says what goes wrong must have seen it. */
  unusedFaults(): readonly number[] {
    return this.#faults.filter(({ planned }) => !planned.hasHappened).map(({ index }) => index);
  }

  #expect(expectation: StepValues['expect']): Verdict {
    const { operation, bugs } = this.#terminal;
    if (operation === null) return { passed: false, expected: inWords(expectation), actual: 'no operation yet' };
    const actual = this.#told(operation, expectation);
    const verdict = compared(inWords(expectation), actual);
    if (verdict.passed) return verdict;
    const reported = bugs.length === 0 ? {} : { reported: bugs.map((bug) => bug.message) };
    return { ...verdict, actual: { outcome: operation.outcome, ...actual, ...reported } };
  }

  /** The operation in the words of an expectation, only the keys that it looks at. `nothing`: there is no such value. */
  #told(operation: Operation, expectation: StepValues['expect']): Record<string, unknown> {
    const split = operation.settlement?.split;
    const uncharged = operation.outcome === 'declined' || operation.outcome === 'cancelled' ? zeroFen : undefined;
    const all: Record<keyof StepValues['expect'], unknown> = {
      outcome: operation.outcome,
      code: operation.code === null ? undefined : codeInWords(operation.code),
      own: yuan(split?.own ?? uncharged),
      providers: this.#providersOf(operation, expectation.providers) ?? (uncharged === undefined ? undefined : {}),
      cash: yuan(split?.cash ?? uncharged),
      fund: yuan(split?.fund ?? uncharged),
      cardReads: operation.cardReads,
      pinEntries: operation.pinEntries,
      triesLeft: operation.triesLeft ?? undefined,
    };
    const looked = Object.entries(all).filter(([key]) => expectation[key as keyof typeof expectation] !== undefined);
    return Object.fromEntries(looked.map(([key, value]) => [key, value ?? 'nothing']));
  }

  /** Who else paid, by name. The wallet's part stands under `wallet`, or under the name of the only linked provider when
   *  the expectation calls it so. */
  #providersOf(
    { settlement }: Operation,
    expected: StepValues['expect']['providers'],
  ): Record<string, string> | undefined {
    const payments = settlement === null ? undefined : this.#world.paymentsOf(settlement.settlementId);
    if (payments === undefined) return undefined;
    const paid = new Map(payments.providers);
    if (payments.wallet > 0) {
      const [onlyOne, ...others] = this.#scenario.links.filter((link) => link.beneficiary === payments.beneficiary);
      const calledByName = onlyOne && others.length === 0 && expected?.[onlyOne.provider] !== undefined;
      paid.set(calledByName ? onlyOne.provider : 'wallet', payments.wallet);
    }
    return Object.fromEntries([...paid].map(([name, amount]) => [name, formatYuan(amount)]));
  }

  #expectBalances(expectation: StepValues['expectBalances']): Verdict {
    const balances = Object.keys(expectation).map((name) => [name, this.#world.registry.balanceOf(name)] as const);
    const inYuan = (entries: readonly (readonly [string, Fen | null | undefined])[]) =>
      Object.fromEntries(entries.map(([name, amount]) => [name, amount === null ? 'none' : yuan(amount)]));
    return compared(inYuan(Object.entries(expectation)), inYuan(balances));
  }
}

function compared(expected: unknown, actual: unknown): Verdict {
  return isDeepStrictEqual(expected, actual) ? passed : { passed: false, expected, actual };
}

/** An expectation as it stands in the file. A provider of whom 0.00 is expected is one that pays nothing. */
function inWords(expectation: StepValues['expect']): Record<string, unknown> {
  const { outcome, code, own, providers, cash, fund, cardReads, pinEntries, triesLeft } = expectation;
  const all = {
    outcome,
    code: code === undefined ? undefined : codeInWords(code),
    own: yuan(own),
    providers:
      providers &&
      Object.fromEntries(
        Object.entries(providers).flatMap(([name, amount]) => (amount ? [[name, formatYuan(amount)]] : [])),
      ),
    cash: yuan(cash),
    fund: yuan(fund),
    cardReads,
    pinEntries,
    triesLeft,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** `D20 PIN_WRONG`; a code of a later feature by its name alone. */
function codeInWords(code: string): string {
  return code in declineCodes ? `${declineCodes[code as DeclineCode].number} ${code}` : code;
}

function yuan(amount: Fen | undefined): string | undefined {
  return amount === undefined ? undefined : formatYuan(amount);
}
