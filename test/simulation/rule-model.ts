import { LinkModel } from './link-model.ts';
import { WalletModel } from './wallet-model.ts';

/** The rules of paying and giving back, written down a second time for the simulation and on purpose in another way: from
 *  the rules' text, on plain numbers, with nothing of the product's planning in it. What the centre does is held against
 *  it, message by message. Amounts are fen. Source: R4, R5, R22, R23, R29 to R46, R54, R75, R78, R79, R118 to R123; the
 *  project's design of `cancel_and_resettle`. Left out: goods that an account may not buy, areas, relations. */

export interface ModelRules {
  readonly ownMustBeZero: boolean;
  readonly order: 'time' | 'balance';
  readonly reserve: number;
  readonly quota: boolean;
  /** Null = as many as they like. */
  readonly beneficiariesMax: number | null;
  readonly providersMax: number | null;
  readonly lostCardBlocks: boolean;
  /** A link ends by itself with either side's insurance (R23). */
  readonly dissolves: boolean;
  /** The beneficiary has a say in a link, and may end it (R12). */
  readonly consent: boolean;
  /** Null = no wallets. */
  readonly wallet: ModelWalletRules | null;
  readonly partial: 'lifo' | 'cancel_and_resettle';
  readonly wrongPinsMax: number;
}

/** Limits of sending (R70 to R73); null = none. `night`, `backAt`: minutes after midnight in China. */
export interface ModelWalletRules {
  readonly times: number | null;
  readonly most: number | null;
  readonly sum: number | null;
  readonly night: { readonly from: number; readonly to: number } | null;
  readonly backAt: number | null;
  readonly returnable: boolean;
}

export interface ModelPerson {
  readonly id: string;
  /** What lies in the account. */
  money: number;
  /** A closed account pays nothing; what comes back to it waits in it. */
  isOpen: boolean;
  /** What lies in the wallet. */
  wallet: number;
  hasWallet: boolean;
  status: 'normal' | 'suspended' | 'terminated' | 'arrears';
  card: 'normal' | 'lost';
  readonly pin: string;
  wrongPins: number;
  locked: boolean;
}

export interface ModelLink {
  readonly id: string;
  readonly provider: string;
  readonly beneficiary: string;
  readonly since: number;
  until: number | null;
  /** Null = none was set. */
  quotaLeft: number | null;
}

/** Money from one account. `link` null = the customer's own, or his wallet, which goes by its key. */
export interface Take {
  readonly person: string;
  readonly link: string | null;
  readonly amount: number;
  /** It was taken out of what had been set aside with the link (R75), and goes back there. */
  readonly ofQuota: boolean;
}

/** A wallet among accounts. */
export function walletKey(person: string): string {
  return `the wallet of ${person}`;
}

/** Who pays a bill. Holds: `fund + takes + cash === total`. */
export interface Parts {
  readonly total: number;
  readonly fund: number;
  readonly takes: readonly Take[];
  readonly cash: number;
}

/** A sale from its settlement on. `now`: who pays for what is still paid; null when all of it has been given back. */
export interface ModelSale {
  readonly id: string;
  readonly msgId: string;
  readonly person: string;
  readonly institution: string;
  readonly first: Parts;
  readonly settledAt: number;
  now: Parts | null;
  /** How much earlier refunds gave back, of what the customer paid at first. */
  givenBack: number;
}

/** Who gets back what, net. `cash` less than zero: the customer pays so much on top. */
export interface GiveBack {
  readonly total: number;
  readonly fund: number;
  readonly back: ReadonlyMap<string, number>;
  readonly cash: number;
  readonly rest: Parts | null;
}

export class RuleModel {
  rules: ModelRules;
  readonly people = new Map<string, ModelPerson>();
  readonly links: ModelLink[] = [];
  readonly sales = new Map<string, ModelSale>();
  readonly wallets = new WalletModel(this);
  readonly office = new LinkModel(this);
  /** What the pool has paid and the institution has got, net. */
  fundPaid = 0;
  received = 0;

  constructor(rules: ModelRules) {
    this.rules = rules;
  }

  person(id: string): ModelPerson {
    const person = this.people.get(id);
    if (!person) throw new Error(`the model knows nobody called ${id}`);
    return person;
  }

  /** Who would pay this bill now. */
  parts(customer: string, total: number, fund: number, now: number): Parts {
    const takes: Take[] = [];
    let open = total - fund;
    for (const source of this.#sources(customer, now)) {
      const amount = Math.min(open, source.most);
      open -= amount;
      const ofQuota = this.rules.quota && source.link !== null;
      if (amount > 0) takes.push({ person: source.person, link: source.link, amount, ofQuota });
    }
    return { total, fund, takes, cash: open };
  }

  settle(made: Pick<ModelSale, 'id' | 'msgId' | 'person' | 'institution' | 'settledAt'>, parts: Parts): ModelSale {
    this.#pay(parts);
    const sale: ModelSale = { ...made, first: parts, now: parts, givenBack: 0 };
    this.sales.set(made.id, sale);
    return sale;
  }

  /** What giving back `amount` of what is still paid comes to; the whole when it is all of it. Changes nothing. */
  giveBack(sale: ModelSale, amount: number, now: number): GiveBack {
    const paid = sale.now;
    if (paid === null || amount <= 0 || amount > paid.total) throw new Error('the model cannot give that back');
    const rest = amount === paid.total ? null : this.#rest(sale, paid, paid.total - amount, now);
    const back = new Map<string, number>();
    for (const take of paid.takes) back.set(take.person, (back.get(take.person) ?? 0) + take.amount);
    for (const take of rest?.takes ?? []) back.set(take.person, (back.get(take.person) ?? 0) - take.amount);
    for (const [person, returned] of back) {
      if (returned < 0) throw new Error('the model would take more than was given');
      if (returned === 0) back.delete(person);
    }
    return { total: amount, fund: paid.fund - (rest?.fund ?? 0), back, cash: paid.cash - (rest?.cash ?? 0), rest };
  }

  undo(sale: ModelSale, given: GiveBack): void {
    this.#unpay(sale);
    if (given.rest) this.#pay(given.rest);
    sale.now = given.rest;
    sale.givenBack += given.total;
  }

  /** The links between two people that hold and count now, one for each pair. */
  linksInForce(now: number): readonly ModelLink[] {
    const holding = this.links
      .filter((link) => link.since <= now && (link.until === null || now < link.until) && !this.isDissolved(link))
      .sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    const { beneficiariesMax, providersMax } = this.rules;
    const counted: ModelLink[] = [];
    for (const link of holding) {
      const others = counted.filter((other) => other.provider === link.provider).length;
      const providers = counted.filter((other) => other.beneficiary === link.beneficiary).length;
      const isOver = others >= (beneficiariesMax ?? Infinity) || providers >= (providersMax ?? Infinity);
      if (!isOver) counted.push(link);
    }
    const latest = new Map(counted.map((link) => [`${link.provider}>${link.beneficiary}`, link]));
    return counted.filter((link) => latest.get(`${link.provider}>${link.beneficiary}`) === link);
  }

  /** Also a link that the register has given somebody whose insurance had ended. */
  isDissolved(link: ModelLink): boolean {
    const sides = [this.person(link.provider), this.person(link.beneficiary)];
    return this.rules.dissolves && sides.some((side) => side.status === 'terminated');
  }

  /** Everybody who may pay for this customer now, in order, with the most that he could give. */
  *#sources(
    customer: string,
    now: number,
    isRest = false,
  ): Generator<{ person: string; link: string | null; most: number }> {
    const { rules } = this;
    const inForce = this.linksInForce(now);
    const own = spendable(this.person(customer));
    // From the making of a link to its end, also before it begins.
    const setAside = this.office
      .open(now)
      .filter((link) => link.provider === customer && !this.isDissolved(link))
      .map((link) => link.quotaLeft ?? 0);
    const earmarked = rules.quota ? setAside.reduce((total, quota) => total + quota, 0) : 0;
    yield { person: customer, link: null, most: Math.max(0, own - earmarked - this.wallets.held(customer, now)) };
    if (rules.ownMustBeZero && own > 0 && !isRest) return;
    if (rules.wallet !== null) {
      yield { person: walletKey(customer), link: null, most: this.#walletOf(customer) };
      return;
    }
    const providers = inForce
      .filter((link) => link.beneficiary === customer)
      .map((link) => ({ link, provider: this.person(link.provider) }));
    const byTime = (a: ModelLink, b: ModelLink) => a.since - b.since || (a.id < b.id ? -1 : 1);
    providers.sort((a, b) => {
      const byBalance = standing(b.provider) - standing(a.provider);
      return (rules.order === 'balance' ? byBalance : 0) || byTime(a.link, b.link);
    });
    for (const { link, provider } of providers) {
      if (provider.status !== 'normal' || (rules.lostCardBlocks && provider.card !== 'normal')) continue;
      const lendable = Math.max(0, spendable(provider) - this.wallets.held(provider.id, now) - rules.reserve);
      const most = rules.quota ? Math.min(lendable, link.quotaLeft ?? 0) : lendable;
      yield { person: provider.id, link: link.id, most };
    }
  }

  /** Who pays for `total` of a sale that `paid` paid for. */
  #rest(sale: ModelSale, paid: Parts, total: number, now: number): Parts {
    const fund = Math.min(paid.fund, total);
    let open = total - fund;
    const allowed = new Map<string, { most: number; link: string | null; ofQuota: boolean }>();
    if (this.rules.partial === 'cancel_and_resettle') {
      // What each could give if all of it had come back to him.
      this.#unpay(sale);
      for (const { person, link, most } of this.#sources(sale.person, now, true))
        allowed.set(person, { most, link, ofQuota: this.rules.quota });
      this.#pay(paid);
    }
    const takes: Take[] = [];
    // Whoever paid first goes on paying; so the last ones get their money back first, cash before all of them.
    for (const take of paid.takes) {
      // The customer's own money was his to pay with when he bought; of a provider it is asked anew whether he may.
      const stays = this.rules.partial === 'lifo' || take.link === null;
      const may = stays
        ? { most: take.amount, link: take.link, ofQuota: take.ofQuota }
        : (allowed.get(take.person) ?? null);
      const amount = Math.min(open, take.amount, may?.most ?? 0);
      open -= amount;
      if (amount > 0 && may) takes.push({ person: take.person, link: may.link, amount, ofQuota: may.ofQuota });
    }
    return { total, fund, takes, cash: open };
  }

  #pay(parts: Parts): void {
    for (const take of parts.takes) this.#move(take, -take.amount);
    this.fundPaid += parts.fund;
    this.received += parts.total - parts.cash;
  }

  #unpay(sale: ModelSale): void {
    const { now } = sale;
    if (now === null) return;
    for (const take of now.takes) this.#move(take, take.amount);
    this.fundPaid -= now.fund;
    this.received -= now.total - now.cash;
  }

  /** R72: a wallet pays where its holder and somebody who ever was his provider have one. */
  #walletOf(customer: string): number {
    const providers = this.links.filter((link) => link.beneficiary === customer).map((link) => link.provider);
    const isOpened = providers.length === 0 || providers.some((provider) => this.person(provider).hasWallet);
    const { hasWallet, wallet } = this.person(customer);
    return hasWallet && isOpened ? wallet : 0;
  }

  #move(take: Take, amount: number): void {
    const holder = [...this.people.values()].find(({ id }) => walletKey(id) === take.person);
    if (holder) holder.wallet += amount;
    const person = holder ?? this.person(take.person);
    if (!holder) person.money += amount;
    if (person.money < 0 || person.wallet < 0) throw new Error('the model overdraws an account');
    if (!take.ofQuota) return;
    const link = this.links.find(({ id }) => id === take.link);
    if (link) link.quotaLeft = (link.quotaLeft ?? 0) + amount;
  }
}

function spendable({ isOpen, money }: ModelPerson): number {
  return isOpen ? money : 0;
}

/** Among providers nobody comes after one without an account. */
function standing({ isOpen, money }: ModelPerson): number {
  return isOpen ? money : -1;
}
