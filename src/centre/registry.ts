import type { CalendarDay } from '../domain/calendar-day.ts';
import { above, type Fen, zeroFen } from '../domain/money.ts';
import { type CardState, type InsuranceKind, type InsuranceStatus, maskNumber } from '../domain/person.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { AccountRef, LinkOnRecord, LinkRow, WritableRows } from './centre-store.ts';
import { type Desk, unguessable } from './desk.ts';
import { pinDigits, pinVerifier } from './pin-verification.ts';

/** A synthetic person with card and accounts, as the registry takes them in. `balance` null = no personal account;
 *  `pin`: digits as text, kept only as a verifier. */
export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly residentId: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: string;
  readonly born: CalendarDay;
  readonly balance: Fen | null;
  readonly walletOpened: boolean;
  readonly walletBalance: Fen;
  readonly pin: string;
  readonly pinLocked: boolean;
  readonly card: {
    readonly pan: string;
    readonly ssCardNumber: string;
    readonly cardSn: string;
    readonly state: CardState;
  };
}

/** A link by the ids of its people. `since`/`until`: ms since the epoch. `quota`: set aside by the provider. */
export type NewLink = LinkRow;

export interface PersonChange {
  /** Null = close the personal account. */
  readonly balance?: Fen | null;
  readonly status?: InsuranceStatus;
  readonly card?: CardState;
}

/** The insurer's register of people, cards and links: what the deck loader, the scenario runner and the screens' day list
 *  use beside the `Centre` port. Every change is one durable transaction.
 *  Errors: `RangeError` for a person that is not there; faults: `StoreFault`, also for what the schema refuses (a number
 *  twice, a second open link between the same two people). */
export class Registry {
  readonly #desk: Desk;
  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addPerson(person: NewPerson): void {
    this.#desk.store.write((rows) => this.#addPerson(rows, person));
  }

  /** Gives the link's id. */
  addLink(link: NewLink): string {
    return this.#desk.store.write((rows) => rows.addLink(link));
  }

  /** Ends the open link from `provider` to `beneficiary` at `at` (ms since the epoch); false when there is none. */
  endLink(provider: string, beneficiary: string, at: number): boolean {
    return this.#desk.store.write((rows) => rows.endLinks(provider, beneficiary, at) > 0);
  }

  /** Loads a deck unless one with this id was loaded before, all of it in one transaction; says whether it did. */
  seed(deck: string, people: readonly NewPerson[], links: readonly NewLink[]): boolean {
    return this.#desk.store.write((rows) => {
      if (rows.hasDeck(deck)) return false;
      for (const person of people) this.#addPerson(rows, person);
      for (const link of links) rows.addLink(link);
      rows.noteDeck(deck, this.#desk.clock.now());
      return true;
    });
  }

  /** Changes what is given. A balance is changed by a posting of the difference. */
  set(person: string, change: PersonChange): void {
    this.#desk.store.write((rows) => {
      this.#cardOf(rows, person);
      if (change.balance !== undefined)
        this.#setBalance(rows, { kind: 'personal', person }, change.balance, 'adjustment');
      if (change.status !== undefined) rows.setStatus(person, change.status);
      if (change.card !== undefined) rows.setCardState(person, change.card);
    });
  }

  /** What a service point does for a customer with card and ID card (R79): tries back to zero, lock off. */
  unlockPin(person: string): void {
    this.#desk.store.write((rows) => rows.resetTries(this.#cardOf(rows, person), true));
  }

  /** Null = no personal account. */
  balanceOf(person: string): Fen | null {
    return this.#desk.store.read((rows) => rows.balanceOf(person, 'personal'));
  }

  walletBalanceOf(person: string): Fen {
    return this.#desk.store.read((rows) => rows.balanceOf(person, 'wallet') ?? zeroFen);
  }

  /** All links of a person in both roles, ended ones too. */
  linksOf(person: string): readonly LinkOnRecord[] {
    return this.#desk.store.read((rows) => rows.linksAround(person, this.#desk.clock.now(), 'own'));
  }

  /** What was settled on a day (China Standard Time), oldest first. */
  settlementsOn(day: CalendarDay): readonly Settlement[] {
    return this.#desk.store
      .read((rows) => rows.settledOn(day))
      .flatMap((answer) => (answer.kind === 'settled' ? [answer.settlement] : []));
  }

  /** What is wrong with the books and the file, in words; empty when nothing is. */
  audit(): readonly string[] {
    return this.#desk.store.audit();
  }

  #addPerson(rows: WritableRows, person: NewPerson): void {
    const { vault, pinVerificationKey } = this.#desk;
    const { pan, ssCardNumber, cardSn, state } = person.card;
    rows.addPerson({
      id: person.id,
      name: person.name,
      residentIndex: vault.indexOf('residentId', person.residentId),
      maskedId: maskNumber(person.residentId),
      insurance: person.insurance,
      status: person.status,
      area: person.area,
      born: person.born,
      walletOpened: person.walletOpened,
    });
    const ref = unguessable(this.#desk);
    const digits = pinDigits(person.pin);
    rows.addCard({
      ref,
      person: person.id,
      panIndex: vault.indexOf('pan', pan),
      panSealed: vault.seal(pan),
      ssCardIndex: vault.indexOf('ssCardNumber', ssCardNumber),
      cardSnIndex: vault.indexOf('cardSn', cardSn),
      maskedCard: maskNumber(ssCardNumber),
      state,
      pinVerifier: pinVerifier(pinVerificationKey, ref, digits),
      pinLocked: person.pinLocked,
    });
    digits.fill(0);
    this.#setBalance(rows, { kind: 'personal', person: person.id }, person.balance, 'opening');
    this.#setBalance(rows, { kind: 'wallet', person: person.id }, person.walletBalance, 'opening');
  }

  #setBalance(
    rows: WritableRows,
    account: AccountRef & { readonly kind: 'personal' | 'wallet' },
    balance: Fen | null,
    kind: 'opening' | 'adjustment',
  ): void {
    const before = rows.balanceOf(account.person, account.kind);
    if (balance === null && before === null) return;
    if (before === null) rows.openAccount(account);
    const common = { kind, settlement: null, link: null, quota: zeroFen, at: this.#desk.clock.now() } as const;
    const opening = { kind: 'opening' } as const;
    const [from, to] = [before ?? zeroFen, balance ?? zeroFen];
    if (to > from) rows.addPosting({ ...common, debit: opening, credit: account, amount: above(to, from) });
    if (to < from) rows.addPosting({ ...common, debit: account, credit: opening, amount: above(from, to) });
    if (balance === null) rows.closeAccount(account.person);
  }

  #cardOf(rows: WritableRows, person: string): string {
    const holder = rows.holderByPerson(person);
    if (!holder) throw new RangeError(`nobody is called ${person} here`);
    return holder.card;
  }
}
