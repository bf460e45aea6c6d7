import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VirtualCard } from '../../../drivers/codec/card-line.ts';
import { type EmbeddedCentre, openEmbeddedCentre } from '../../centre/embedded-centre.ts';
import type { NewPerson } from '../../centre/registry.ts';
import { above, type Fen, zeroFen } from '../../domain/money.ts';
import type { AreaName } from '../../domain/person.ts';
import { bornOf } from '../../domain/resident-id.ts';
import {
  syntheticCardSn,
  syntheticName,
  syntheticPan,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../domain/synthetic.ts';
import type { CardCredential } from '../../ports/card-reader.ts';
import type { CardRef, Centre } from '../../ports/centre.ts';
import type { Ids } from '../../ports/ids.ts';
import { type CounterDelays, defaultDelays } from '../../terminal/counter-model.ts';
import { messageIds } from '../../terminal/message-ids.ts';
import { demoInstitution } from '../demo-institution.ts';
import { virtualCardOf } from '../virtual-card-of.ts';
import { FaultyCentre } from './faulty-centre.ts';
import type { Scenario, ScenarioLink, ScenarioPerson } from './scenario-file.ts';
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

/** Who paid for whom in one settlement, by name. `providers`: what each other account lost, none with nothing. */
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
  readonly #folder: string;
  readonly #embedded: EmbeddedCentre;
  readonly #underWay = new UnderWay();
  readonly #delays: CounterDelays;
  readonly #ids: Ids;
  readonly #cards = new Map<string, VirtualCard>();
  readonly #terminals = new Map<string, ScenarioTerminal>();
  readonly #holders = new Map<CardRef, string>();
  readonly #payments = new Map<string, Payments>();
  readonly #pinBlockKey: Uint8Array;

  static async open(scenario: Scenario, listedAreas: ReadonlySet<AreaName>): Promise<ScenarioWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'gongji-scenario-'));
    try {
      return new ScenarioWorld(scenario, listedAreas, folder);
    } catch (fault) {
      await rm(folder, { recursive: true, force: true });
      throw fault;
    }
  }

  private constructor(scenario: Scenario, listedAreas: ReadonlySet<AreaName>, folder: string) {
    this.#scenario = scenario;
    this.#folder = folder;
    this.clock = new VirtualClock(scenario.clock);
    this.#delays = { ...defaultDelays, pin: scenario.profile.pin.timeoutS * 1000 };
    // Terminals of one institution number their messages together, since the institution's code is what sets ids apart.
    this.#ids = messageIds(demoInstitution.code, this.clock);
    const random = repeatableBytes(scenario.name);
    this.#pinBlockKey = random(16);
    this.#embedded = openEmbeddedCentre({
      path: join(folder, 'centre.sqlite'),
      profile: scenario.profile,
      listedAreas,
      clock: this.clock,
      random,
      pinVerificationKey: random(32),
      pinBlockKey: this.#pinBlockKey,
    });
    this.centre = new FaultyCentre(this.#witnessed(this.#embedded.centre), {
      scheduler: this.clock,
      underWay: this.#underWay,
      lateMs: {
        identify: this.#delays.identify + lateByMs,
        quote: this.#delays.quote + lateByMs,
        settle: this.#delays.settle + lateByMs,
      },
    });
    for (const [index, person] of scenario.people.entries()) this.#addPerson(person, index);
    for (const [index, link] of scenario.links.entries()) this.#addLink(link, index);
  }

  get registry(): EmbeddedCentre['registry'] {
    return this.#embedded.registry;
  }

  /** The terminal of that name, put up when it is first asked for. */
  async terminal(name: string): Promise<ScenarioTerminal> {
    const known = this.#terminals.get(name);
    if (known) return known;
    const terminal = await ScenarioTerminal.open(name, {
      journalFile: join(this.#folder, `${name}.journal`),
      centre: this.centre,
      clock: this.clock,
      ids: this.#ids,
      institution: demoInstitution,
      underWay: this.#underWay,
      delays: this.#delays,
      pinBlockKey: () => this.#pinBlockKey,
    });
    this.#terminals.set(name, terminal);
    await this.comeToRest();
    return terminal;
  }

  cardOf(person: string): VirtualCard {
    const card = this.#cards.get(person);
    if (!card) throw new RangeError(`nobody is called ${person} here`);
    return card;
  }

  paymentsOf(settlementId: string): Payments | undefined {
    return this.#payments.get(settlementId);
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

  /** The centre's answers name people by mask only, so who paid is read from the accounts, before and after. */
  #witnessed(centre: Centre): Centre {
    return {
      quote: (request) => centre.quote(request),
      query: (request) => centre.query(request),
      identify: async (request) => {
        const answer = await centre.identify(request);
        if (answer.kind === 'identified') this.#holders.set(answer.card, this.#holderOf(request.credential));
        return answer;
      },
      settle: async (request) => {
        const before = this.#balances();
        const answer = await centre.settle(request);
        if (answer.kind !== 'settled' || this.#payments.has(answer.settlement.settlementId)) return answer;
        const after = this.#balances();
        const beneficiary = this.#holders.get(request.card) ?? '';
        const accounts = lost(before.accounts, after.accounts);
        const wallet = lost(before.wallets, after.wallets).get(beneficiary) ?? zeroFen;
        accounts.delete(beneficiary);
        this.#payments.set(answer.settlement.settlementId, { beneficiary, providers: accounts, wallet });
        return answer;
      },
    };
  }

  #holderOf(credential: CardCredential): string {
    const holder = [...this.#cards].find(([, card]) =>
      credential.medium === 'stripe'
        ? card.pan.expose() === credential.pan.expose()
        : card.cardSn.expose() === credential.cardSn.expose(),
    );
    return holder?.[0] ?? '';
  }

  #balances() {
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

function lost(before: ReadonlyMap<string, Fen>, after: ReadonlyMap<string, Fen>): Map<string, Fen> {
  const losses = [...before].map(([name, was]) => [name, above(was, after.get(name) ?? was)] as const);
  return new Map(losses.filter(([, amount]) => amount > 0));
}

/** Bytes that look random and are the same in every run. */
function repeatableBytes(seed: string): (byteCount: number) => Uint8Array {
  let drawn = 0;
  return (byteCount) =>
    createHash('shake256', { outputLength: byteCount }).update(`${seed}/${drawn++}`, 'utf8').digest();
}
