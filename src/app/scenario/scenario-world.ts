import { createHash } from 'node:crypto';
import { accessSync, constants, cpSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VirtualCard } from '../../../drivers/codec/card-line.ts';
import type { LinkOnRecord } from '../../centre/centre-store.ts';
import { type EmbeddedCentre, openEmbeddedCentre } from '../../centre/embedded-centre.ts';
import type { NewPerson, PersonChange } from '../../centre/registry.ts';
import { above, type Fen, zeroFen } from '../../domain/money.ts';
import type { AreaName } from '../../domain/person.ts';
import { bornOf } from '../../domain/resident-id.ts';
import type { Settlement } from '../../domain/settlement.ts';
import {
  syntheticCardSn,
  syntheticName,
  syntheticPan,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../domain/synthetic.ts';
import type { Undo } from '../../domain/undo.ts';
import type { Credential } from '../../ports/card-reader.ts';
import type { CardRef, Centre } from '../../ports/centre.ts';
import { type BindingDelays, defaultBindingDelays } from '../../terminal/binding-model.ts';
import { type CounterDelays, defaultDelays } from '../../terminal/counter-model.ts';
import { demoInstitution } from '../demo-institution.ts';
import { virtualCardOf } from '../virtual-card-of.ts';
import { FaultyCentre, type FaultyMessage } from './faulty-centre.ts';
import type { Scenario } from './scenario-file.ts';
import type { ScenarioLink, ScenarioPerson } from './scenario-shapes.ts';
import { ScenarioTerminal } from './scenario-terminal.ts';
import { UnderWay } from './under-way.ts';
import { VirtualClock } from './virtual-clock.ts';

const areaDefault = '重庆市/渝中区';
const dayMs = 86_400_000;
const minuteMs = 60_000;
/** How far behind the terminal's time-out a delayed answer comes. */
const lateByMs = 1000;
/** More time-outs than any sale has between two things that a person does. */
const drivesMax = 1000;

/** Who paid for whom in one settlement, or got what back in one undo, by name. `providers`: what each other account lost
 *  or gained, none with nothing. */
export interface Payments {
  readonly beneficiary: string;
  readonly providers: ReadonlyMap<string, Fen>;
  readonly wallet: Fen;
}

/** A scenario's people, links, centre and terminals, with everything real but the devices and the time: the centre keeps
 *  its database and each terminal its journal in a fresh folder, which `close` removes.
 *  Faults: `StoreFault`, `JournalFault`, and the file system's when there is no room for that folder. */
export class ScenarioWorld {
  readonly clock: VirtualClock;
  readonly centre: FaultyCentre;
  readonly #scenario: Scenario;
  readonly #listedAreas: ReadonlySet<AreaName>;
  readonly #folder: string;
  readonly #random: (byteCount: number) => Uint8Array;
  readonly #pinVerificationKey: Uint8Array;
  readonly #underWay = new UnderWay();
  readonly #delays: CounterDelays;
  readonly #bindingDelays: BindingDelays;
  readonly #cards = new Map<string, VirtualCard>();
  readonly #terminals = new Map<string, ScenarioTerminal>();
  /** The codes that were shown, the latest last. */
  readonly #codes = new Map<string, { readonly person: string; readonly issuedAt: number }>();
  readonly #holders = new Map<CardRef, string>();
  readonly #payments = new Map<string, Payments>();
  readonly #approved = new Map<string, Settlement>();
  #embedded: EmbeddedCentre;
  #centreRuns = 0;

  static async open(scenario: Scenario, listedAreas: ReadonlySet<AreaName>): Promise<ScenarioWorld> {
    const folder = await mkdtemp(join(temporaryFolder(), 'gongji-scenario-'));
    try {
      return new ScenarioWorld(scenario, listedAreas, folder);
    } catch (fault) {
      await rm(folder, { recursive: true, force: true });
      throw fault;
    }
  }

  private constructor(scenario: Scenario, listedAreas: ReadonlySet<AreaName>, folder: string) {
    this.#scenario = scenario;
    this.#listedAreas = listedAreas;
    this.#folder = folder;
    this.clock = new VirtualClock(scenario.clock);
    this.#delays = { ...defaultDelays, pin: scenario.profile.pin.timeoutS * 1000 };
    // Nobody has to have read a screen here before a key counts, so that a binding takes no time.
    this.#bindingDelays = { ...defaultBindingDelays, pin: this.#delays.pin, attention: 0 };
    this.#random = repeatableBytes(scenario.name);
    this.#pinVerificationKey = this.#random(32);
    mkdirSync(this.#centreFolder);
    this.#embedded = this.#openCentre();
    this.centre = new FaultyCentre({
      scheduler: this.clock,
      underWay: this.#underWay,
      lateMs: lateMs(this.#delays, this.#bindingDelays),
      centre: () => this.#witnessed(this.#embedded.centre),
      crash: () => this.crashCentre(),
    });
    for (const [index, person] of scenario.people.entries()) this.#addPerson(person, index);
    for (const [index, link] of scenario.links.entries()) this.#addLink(link, index);
  }

  /** The centre that runs now; another one after a crash. */
  get embedded(): EmbeddedCentre {
    return this.#embedded;
  }

  get registry(): EmbeddedCentre['registry'] {
    return this.#embedded.registry;
  }

  /** The sale that was approved last, at whatever terminal. */
  get lastSale(): Settlement | undefined {
    return [...this.#approved.values()].at(-1);
  }

  /** The terminal of that name, put up when it is first asked for. */
  async terminal(name: string): Promise<ScenarioTerminal> {
    const known = this.#terminals.get(name);
    if (known) return known;
    const terminalKey = this.#random(16);
    this.registry.enrolTerminal(`${demoInstitution.code}/${name}`, terminalKey);
    const terminal = await ScenarioTerminal.open({
      journalFile: join(this.#folder, name, 'journal.jsonl'),
      centre: this.centre,
      clock: this.clock,
      institution: demoInstitution,
      terminal: name,
      number: this.#terminals.size + 1,
      underWay: this.#underWay,
      delays: this.#delays,
      bindingRules: this.#scenario.profile.binding,
      bindingDelays: this.#bindingDelays,
      terminalKey,
      evoucher: this.#scenario.profile.evoucher,
      onApproved: (settlement) => {
        const { settlementId } = settlement;
        if (!this.#approved.has(settlementId)) this.#approved.set(settlementId, settlement);
      },
    });
    this.#terminals.set(name, terminal);
    await this.comeToRest();
    return terminal;
  }

  /** Kills the centre and starts it again from the files as they are at this moment: nothing of its memory is left, and
   *  its database was not closed. */
  crashCentre(): void {
    const before = this.#centreFolder;
    this.#centreRuns++;
    cpSync(before, this.#centreFolder, { recursive: true });
    this.#embedded.close();
    this.#embedded = this.#openCentre();
  }

  cardOf(person: string): VirtualCard {
    const card = this.#cards.get(person);
    if (!card) throw new RangeError(`nobody is called ${person} here`);
    return card;
  }

  /** Which PIN a person types when nothing else is said. */
  pinOf(person: string): string {
    const { people, profile } = this.#scenario;
    return people.find(({ name }) => name === person)?.pin ?? profile.pin.initial;
  }

  /** The 医保码 that a person's telephone shows. `ageMs`: how long ago it came on the screen. A replay is the code that was
   *  shown last; undefined when none was, or it is not as old as that. */
  codeOf(person: string, { ageMs, replay }: { readonly ageMs: number; readonly replay: boolean }): string | undefined {
    const issuedAt = this.clock.now() - ageMs;
    if (replay) {
      const last = [...this.#codes].findLast(([, shown]) => shown.person === person);
      return last !== undefined && last[1].issuedAt <= issuedAt ? last[0] : undefined;
    }
    const code = this.registry.issueCode(person, issuedAt);
    this.#codes.set(code, { person, issuedAt });
    return code;
  }

  /** Changes the world around the terminals. */
  set(person: string, change: PersonChange): void {
    this.registry.set(person, change);
  }

  /** The links of a person in both roles that have not ended. */
  openLinksOf(person: string): readonly LinkOnRecord[] {
    const now = this.clock.now();
    return this.registry.linksOf(person).filter(({ until }) => until === null || until > now);
  }

  /** The number of the link between two people that has not ended. */
  openLink(provider: string, beneficiary: string): string | undefined {
    return this.openLinksOf(provider).find((link) => link.provider === provider && link.beneficiary === beneficiary)
      ?.linkId;
  }

  /** Everybody who is or was somebody's provider. */
  providersOf(beneficiary: string): readonly string[] {
    const links = this.registry.linksOf(beneficiary).filter((link) => link.beneficiary === beneficiary);
    return [...new Set(links.map(({ provider }) => provider))];
  }

  /** Of a settlement or an undo. */
  paymentsOf(id: string): Payments | undefined {
    return this.#payments.get(id);
  }

  /** Lets promises and time run until every terminal waits for a person, or for an answer that it does not know. */
  async comeToRest(): Promise<void> {
    const terminals = () => [...this.#terminals.values()];
    await this.#underWay.quiet();
    for (let drives = 0; terminals().some((terminal) => terminal.isDriving); drives++) {
      if (drives === drivesMax || !this.clock.fireNext()) throw new Error('scenario: a terminal does not come to rest');
      await this.#underWay.quiet();
    }
  }

  /** Lets time pass, then goes on until everybody waits for a person. */
  async pass(ms: number): Promise<void> {
    await this.clock.pass(ms, () => this.#underWay.quiet());
    await this.comeToRest();
  }

  async close(): Promise<void> {
    for (const terminal of this.#terminals.values()) await terminal.close();
    this.#embedded.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #centreFolder(): string {
    return join(this.#folder, `centre-${this.#centreRuns}`);
  }

  #openCentre(): EmbeddedCentre {
    return openEmbeddedCentre({
      path: join(this.#centreFolder, 'centre.sqlite'),
      profile: this.#scenario.profile,
      listedAreas: this.#listedAreas,
      clock: this.clock,
      random: this.#random,
      pinVerificationKey: this.#pinVerificationKey,
    });
  }

  /** The centre's answers name people by mask only, so who paid and who got money back is read from the accounts, before
   *  and after. */
  #witnessed(centre: Centre): Centre {
    return {
      signIn: (request) => centre.signIn(request),
      inquire: (request) => centre.inquire(request),
      quote: (request) => centre.quote(request),
      previewUndo: (request) => centre.previewUndo(request),
      query: (request) => centre.query(request),
      lookUp: (request) => centre.lookUp(request),
      admit: (request) => centre.admit(request),
      explainLink: (request) => centre.explainLink(request),
      link: (request) => centre.link(request),
      unlink: (request) => centre.unlink(request),
      reconcile: (request) => centre.reconcile(request),
      identify: async (request) => {
        const answer = await centre.identify(request);
        if (answer.kind === 'identified') this.#holders.set(answer.card, this.#holderOf(request.credential));
        return answer;
      },
      settle: async (request) => {
        const before = this.#balances();
        const answer = await centre.settle(request);
        if (answer.kind === 'settled') {
          const beneficiary = this.#holders.get(request.card) ?? '';
          this.#notePayments(answer.settlement.settlementId, beneficiary, before, this.#balances());
        }
        return answer;
      },
      cancel: (request) => this.#undoing(() => centre.cancel(request)),
      refund: (request) => this.#undoing(() => centre.refund(request)),
      reverse: (request) => this.#undoing(() => centre.reverse(request)),
    };
  }

  async #undoing<T extends { readonly kind: string }>(work: () => Promise<T>): Promise<T> {
    const before = this.#balances();
    const answer = await work();
    const undo = 'undo' in answer ? (answer.undo as Undo | null) : null;
    if (undo !== null) {
      const beneficiary = this.#payments.get(undo.original.settlementId)?.beneficiary ?? '';
      // What an undo gives back is what the accounts would have lost the other way round.
      this.#notePayments(undo.undoId, beneficiary, this.#balances(), before);
    }
    return answer;
  }

  #notePayments(id: string, beneficiary: string, from: Balances, to: Balances): void {
    // The answer that comes a second time moved nothing.
    if (this.#payments.has(id)) return;
    const providers = lost(from.accounts, to.accounts);
    const wallet = lost(from.wallets, to.wallets).get(beneficiary) ?? zeroFen;
    providers.delete(beneficiary);
    this.#payments.set(id, { beneficiary, providers, wallet });
  }

  #holderOf(credential: Credential): string {
    if (credential.medium === 'evoucher') return this.#codes.get(credential.code.expose())?.person ?? '';
    const holder = [...this.#cards].find(([, card]) =>
      credential.medium === 'stripe'
        ? card.pan.expose() === credential.pan.expose()
        : card.cardSn.expose() === credential.cardSn.expose(),
    );
    return holder?.[0] ?? '';
  }

  #balances(): Balances {
    const names = this.#scenario.people.map((person) => person.name);
    return {
      accounts: new Map(names.map((name) => [name, this.registry.balanceOf(name) ?? zeroFen])),
      wallets: new Map(names.map((name) => [name, this.registry.walletBalanceOf(name)])),
    };
  }

  #addPerson(person: ScenarioPerson, index: number): void {
    const { profile } = this.#scenario;
    const residentId = syntheticResidentId(index, person.born);
    const card = {
      pan: syntheticPan(index),
      ssCardNumber: syntheticSsCardNumber(index),
      cardSn: syntheticCardSn(index),
    };
    const known: NewPerson = {
      id: person.name,
      name: syntheticName(index),
      residentId,
      insurance: person.insurance ?? 'employee',
      status: person.status ?? 'normal',
      area: person.area ?? areaDefault,
      born: bornOf(residentId),
      balance: person.balance === undefined ? zeroFen : person.balance,
      walletOpened: person.wallet !== 'closed',
      walletBalance: person.walletBalance ?? zeroFen,
      pin: person.pin ?? profile.pin.initial,
      pinLocked: false,
      card: { ...card, state: person.card ?? 'normal' },
    };
    this.registry.addPerson(known);
    this.#cards.set(person.name, virtualCardOf(known));
  }

  /** A link that names no beginning is a year old; those further down in the file are a little younger. */
  #addLink(link: ScenarioLink, index: number): void {
    const { clock } = this.#scenario;
    const yearAgo = Math.min(clock, link.until ?? clock) - 365 * dayMs;
    this.registry.addLink({
      provider: link.provider,
      beneficiary: link.beneficiary,
      // What most profiles allow and the seed page tells of: a child pays for a parent.
      relation: link.relation ?? 'parent',
      since: link.since ?? yearAgo + index * minuteMs,
      until: link.until ?? null,
      quota: link.quota ?? null,
      rank: index + 1,
    });
  }
}

interface Balances {
  readonly accounts: ReadonlyMap<string, Fen>;
  readonly wallets: ReadonlyMap<string, Fen>;
}

/** Later than the terminal waits for the answer to each message. */
function lateMs(delays: CounterDelays, { answer }: BindingDelays): Record<FaultyMessage, number> {
  const { signIn, identify, quote, settle, previewUndo, undo, queryAnswer } = delays;
  const waits: Record<FaultyMessage, number> = {
    signIn,
    identify,
    inquire: identify,
    quote,
    settle,
    previewUndo,
    cancel: undo,
    refund: undo,
    reverse: queryAnswer,
    query: queryAnswer,
    lookUp: answer,
    admit: answer,
    explainLink: answer,
    link: answer,
    unlink: answer,
    reconcile: quote,
  };
  const late = Object.entries(waits).map(([message, ms]) => [message, ms + lateByMs]);
  return Object.fromEntries(late) as Record<FaultyMessage, number>;
}

function lost(before: ReadonlyMap<string, Fen>, after: ReadonlyMap<string, Fen>): Map<string, Fen> {
  const losses = [...before].map(([name, was]) => [name, above(was, after.get(name) ?? was)] as const);
  return new Map(losses.filter(([, amount]) => amount > 0));
}

/** Where a run keeps its files. They are gone at its end, so they need not survive the machine: Linux has a folder in
 *  memory, where a scenario of many orders does not wait for a disk. TMPDIR goes before it. */
function temporaryFolder(): string {
  const inMemory = '/dev/shm';
  if (process.env.TMPDIR !== undefined || process.platform !== 'linux') return tmpdir();
  try {
    accessSync(inMemory, constants.W_OK);
    return inMemory;
  } catch {
    return tmpdir();
  }
}

/** Bytes that look random and are the same in every run. */
function repeatableBytes(seed: string): (byteCount: number) => Uint8Array {
  let drawn = 0;
  return (byteCount) => {
    const blocks: Uint8Array[] = [];
    for (let bytes = 0; bytes < byteCount; bytes += 32) {
      blocks.push(createHash('sha256').update(`${seed}/${drawn++}`, 'utf8').digest());
    }
    return Buffer.concat(blocks).subarray(0, byteCount);
  };
}
