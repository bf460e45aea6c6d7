import { CardVault } from '../../src/centre/card-vault.ts';
import type { CentreStore, WritableRows } from '../../src/centre/centre-store.ts';
import { StoreFault } from '../../src/centre/centre-store.ts';
import type { Desk } from '../../src/centre/desk.ts';
import { LinkOffice } from '../../src/centre/link-office.ts';
import { LocalCentre } from '../../src/centre/local-centre.ts';
import { Registry } from '../../src/centre/registry.ts';
import { openSqliteStore } from '../../src/centre/store/sqlite-store.ts';
import { WalletOffice } from '../../src/centre/wallet-office.ts';
import type { Centre, Envelope, Reply } from '../../src/ports/centre.ts';
import type { Message } from './history.ts';
import type { Oracle } from './oracle.ts';
import type { Prng } from './prng.ts';
import type { SimTime, WallClock } from './sim-time.ts';
import type { SimulatedRules } from './simulated-rules.ts';

/** The same for every history: deriving the vault's keys anew would cost more than a whole sale. */
const pinVerificationKey = new Uint8Array(32).fill(7);
const vault = new CardVault(pinVerificationKey);

/** A database for the histories of one worker, one after the other: to make it anew for each took a quarter of the time.
 *  Each history has its own people, institutions and terminals in it, by its number, and so sees nothing of the others. */
export class Place {
  readonly store: CentreStore = openSqliteStore(null, vault.checkValue());
  #histories = 0;

  /** A number that no history here has had. */
  next(): number {
    return this.#histories++;
  }

  close(): void {
    this.store.close();
  }
}

export interface SimCentreOptions {
  readonly store: CentreStore;
  readonly time: SimTime;
  readonly clock: WallClock;
  readonly prng: Prng;
  readonly rules: SimulatedRules;
  readonly pinKeyUsesMax: number;
  /** What stands between the line and the real centre; a test's mistake, or nothing. */
  readonly around: (centre: Centre, registry: Registry) => Centre;
  /** What stands between the centre and its rows. */
  readonly aroundRows: (rows: WritableRows) => WritableRows;
  readonly aroundLinks: (links: LinkOffice, registry: Registry) => LinkOffice;
}

/** The centre's process is dead: nobody gets an answer. */
class Died extends Error {}

/** The real centre on SQLite in memory, whose process can die in the middle of a message and comes back, and whose store
 *  can be away. Every answer is held against the oracle as it leaves. */
export class SimCentre {
  readonly clock: WallClock;
  readonly #options: SimCentreOptions;
  readonly #store: CentreStore;
  #rules: SimulatedRules;
  #registry: Registry;
  #links: LinkOffice;
  #wallet: WalletOffice;
  #centre: Centre;
  #isWorking = false;
  #isDown = false;
  #isStoreDown = false;
  #crash: { commitsLeft: number; readonly when: 'before' | 'after'; readonly ms: number } | null = null;

  constructor(options: SimCentreOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.#rules = options.rules;
    this.#store = options.store;
    [this.#registry, this.#links, this.#wallet] = this.#offices();
    this.#centre = this.#start();
  }

  get registry(): Registry {
    return this.#registry;
  }
  get links(): LinkOffice {
    return this.#links;
  }
  get wallet(): WalletOffice {
    return this.#wallet;
  }

  /** True while nothing can be changed through the register. */
  get isAway(): boolean {
    return this.#isDown || this.#isStoreDown;
  }

  get rules(): SimulatedRules {
    return this.#rules;
  }

  /** The next start is under other rules; so is everything from now on. */
  setRules(rules: SimulatedRules): void {
    this.#rules = rules;
    [this.#registry, this.#links, this.#wallet] = this.#offices();
    this.#centre = this.#start();
  }

  /** Lets the process die at its `commit`-th transaction from now, for `ms`. */
  planCrash(commit: number, when: 'before' | 'after', ms: number): void {
    this.#crash = { commitsLeft: commit, when, ms };
  }

  loseStore(ms: number): void {
    this.#isStoreDown = true;
    this.#options.time.setTimeout(() => {
      this.#isStoreDown = false;
    }, ms);
  }

  /** No further fault is planned. */
  calm(): void {
    this.#crash = null;
  }

  /** Takes a message; null when nobody answers. Faults: the centre's `CentreFault`. */
  async take(message: Message, request: Envelope, oracle: Oracle): Promise<{ readonly answer: unknown } | null> {
    if (this.#isDown) return null;
    this.#isWorking = true;
    try {
      const centre = this.#centre as unknown as Record<Message, (request: Envelope) => Promise<Reply<object>>>;
      // The centre works without a pause until its answer is there, so nothing comes between answer and oracle.
      const answer = await centre[message](request);
      const { refMsgId, ...bare } = answer;
      if (refMsgId !== request.msgId) throw new Error(`the answer to ${message} names another message`);
      this.#tell(message, request, bare, oracle);
      return { answer };
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.#tellDeath(message, request, oracle);
      return null;
    } finally {
      this.#isWorking = false;
    }
  }

  /** What the store itself says of a card holder's wrong PINs. */
  wrongPinsOf(person: string): number {
    return this.#store.read((rows) => rows.holderByPerson(person)?.wrongTries ?? 0);
  }

  isLocked(person: string): boolean {
    return this.#store.read((rows) => rows.holderByPerson(person)?.pinLocked ?? false);
  }

  #tell(message: Message, request: Envelope, answer: unknown, oracle: Oracle): void {
    if (message === 'cancel' || message === 'refund') {
      oracle.cancelOrRefund(message, request as never, answer as never);
    } else {
      oracle[message](request as never, answer as never);
    }
  }

  /** What was done before the end is told by what stands in the store. */
  #tellDeath(message: Message, request: Envelope, oracle: Oracle): void {
    const stored = this.#store.read((rows) => ({
      own: rows.answerTo(request.msgId),
      of: 'of' in request ? rows.answerTo(String(request.of)) : undefined,
      reversal: 'of' in request ? rows.reversalOf(String(request.of)) : undefined,
    }));
    const own = stored.own?.kind === 'answered' ? stored.own.answer : undefined;
    switch (message) {
      case 'settle': {
        const person = oracle.personOf((request as unknown as { card: string }).card);
        oracle.settleBrokenOff(request as never, own as never, person === undefined ? 0 : this.wrongPinsOf(person));
        return;
      }
      case 'cancel':
      case 'refund':
        if (own && !oracle.known.has(request.msgId)) oracle.cancelOrRefund(message, request as never, own as never);
        return;
      case 'reverse':
        if (stored.reversal) oracle.reverse(request as never, { kind: 'reversed', undo: stored.reversal.undo });
        return;
      case 'query':
        if (stored.of?.kind === 'sealed') oracle.query(request as never, { kind: 'absent' });
        return;
      case 'signIn': {
        const terminal = `${request.institution.code}/${request.terminal}`;
        const key = oracle.liveKeyOf(terminal);
        const row = key === undefined ? undefined : this.#store.read((rows) => rows.pinKey(key));
        if (row?.retired) oracle.retireKeys(terminal);
        return;
      }
      default:
        return;
    }
  }

  /** What is changed beside the terminals' messages; nobody dies over it. */
  #offices(): [Registry, LinkOffice, WalletOffice] {
    const store: CentreStore = {
      ...this.#plain(),
      read: (work) => this.#store.read((rows) => work(this.#options.aroundRows(rows as WritableRows))),
      write: (work) => this.#store.write((rows) => work(this.#options.aroundRows(rows))),
    };
    const desk = this.#desk(store);
    const registry = new Registry(desk);
    return [registry, this.#options.aroundLinks(new LinkOffice(desk), registry), new WalletOffice(desk)];
  }

  #plain(): Pick<CentreStore, 'audit' | 'close'> {
    return { audit: () => this.#store.audit(), close: () => undefined };
  }

  #start(): Centre {
    return this.#options.around(new LocalCentre(this.#desk(this.#mortal())), this.#registry);
  }

  #desk(store: CentreStore): Desk {
    const { clock, prng, pinKeyUsesMax } = this.#options;
    const random = (byteCount: number) => prng.bytes(byteCount);
    const { profile } = this.#rules;
    return { store, profile, listedAreas: new Set(), clock, random, vault, pinVerificationKey, pinKeyUsesMax };
  }

  /** The store as a process sees it that may die over it. */
  #mortal(): CentreStore {
    const { aroundRows } = this.#options;
    const store: CentreStore = {
      ...this.#plain(),
      // What only reads is given rows to write as well; it has no verb for it.
      read: (work) => this.#store.read((rows) => work(aroundRows(rows as WritableRows))),
      write: (work) => this.#store.write((rows) => work(aroundRows(rows))),
    };
    const available = () => {
      if (this.#isStoreDown) throw new StoreFault('unavailable', 'the store is away');
    };
    return {
      read: (work) => {
        available();
        return store.read(work);
      },
      write: <T>(work: (rows: WritableRows) => T): T => {
        available();
        const crash = this.#crash;
        if (!this.#isWorking || crash === null) return store.write(work);
        crash.commitsLeft -= 1;
        if (crash.commitsLeft > 0) return store.write(work);
        this.#crash = null;
        if (crash.when === 'after') {
          store.write(work);
          this.#die(crash.ms);
        }
        return store.write((rows) => {
          work(rows);
          return this.#die(crash.ms);
        });
      },
      ...this.#plain(),
    };
  }

  #die(ms: number): never {
    this.#isDown = true;
    this.#options.time.setTimeout(() => {
      this.#isDown = false;
      this.#centre = this.#start();
    }, ms);
    throw new Died('the centre died');
  }
}
