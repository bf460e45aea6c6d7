import type { CalendarDay } from '../domain/calendar-day.ts';
import { evoucherText } from '../domain/evoucher.ts';
import type { LinkReasonCode } from '../domain/link-record.ts';
import { above, type Fen, zeroFen } from '../domain/money.ts';
import {
  type AreaName,
  type CardState,
  type InsuranceKind,
  type InsuranceStatus,
  maskNumber,
} from '../domain/person.ts';
import type { Settlement } from '../domain/settlement.ts';
import { syntheticRegion } from '../domain/synthetic.ts';
import type { Undo } from '../domain/undo.ts';
import type { AccountRef, CardHolder, LinkOnRecord, LinkRow, Rows, WritableRows } from './centre-store.ts';
import { type Desk, unguessable } from './desk.ts';
import { dissolveLinks } from './link-book.ts';
import { pinDigits, pinVerifier } from './pin-verification.ts';
import { terminalKeyPlace } from './sign-in.ts';
import { leftOf, standingOf } from './undo-plan.ts';

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
  /** 社保电脑号, digits; where the place gives people one (R19). */
  readonly computerNumber?: string;
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
  readonly area?: AreaName;
  readonly insurance?: InsuranceKind;
  readonly wallet?: 'open' | 'closed';
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

  /** Takes a terminal in, or gives it a new key. `terminal`: `institution/terminal`; `key`: 16 or 32 bytes, under which its PIN
   *  keys are wrapped. */
  enrolTerminal(terminal: string, key: Uint8Array): void {
    const keySealed = this.#desk.vault.sealKey(terminalKeyPlace(terminal), key);
    this.#desk.store.write((rows) => rows.putTerminalKey({ terminal, keySealed }));
  }

  /** What the insurer's app shows as this person's 医保码: a new code each time, of which only a keyed index is kept.
   *  `issuedAt`: ms since the epoch, now when left out. */
  issueCode(person: string, issuedAt: number = this.#desk.clock.now()): string {
    const { profile, random, vault } = this.#desk;
    const code = evoucherText(profile.evoucher, random(16), syntheticRegion.slice(0, 2));
    this.#desk.store.write((rows) => {
      this.#holderOf(rows, person);
      rows.addEvoucher(vault.indexOf('evoucher', code), person, issuedAt);
    });
    return code;
  }

  /** Changes what is given. A balance is changed by a posting of the difference. Insurance that ends, or changes its area or
   *  kind, dissolves the person's links in the same transaction where the profile says so (R23). */
  set(person: string, change: PersonChange): void {
    this.#desk.store.write((rows) => {
      const holder = this.#holderOf(rows, person);
      if (change.balance !== undefined)
        this.#setBalance(rows, { kind: 'personal', person }, change.balance, 'adjustment');
      if (change.status !== undefined) rows.setStatus(person, change.status);
      if (change.card !== undefined) rows.setCardState(person, change.card);
      if (change.insurance !== undefined) rows.setInsurance(person, change.insurance);
      if (change.area !== undefined) rows.setArea(person, change.area);
      if (change.wallet !== undefined) rows.setWalletOpened(person, change.wallet === 'open');
      const reason = movingReason(holder, change);
      if (reason !== null) dissolveLinks(this.#desk, rows, person, { code: reason }, this.#desk.clock.now());
    });
  }

  /** What a service point does for a customer with card and ID card (R79): tries back to zero, lock off. */
  unlockPin(person: string): void {
    this.#desk.store.write((rows) => rows.resetTries(this.#holderOf(rows, person).card, true));
  }

  /** Null = no personal account. */
  balanceOf(person: string): Fen | null {
    return this.#desk.store.read((rows) => rows.balanceOf(person, 'personal'));
  }

  walletBalanceOf(person: string): Fen {
    return this.#desk.store.read((rows) => rows.balanceOf(person, 'wallet') ?? zeroFen);
  }

  /** What lies in a person's accounts, also in a personal account that was closed: money that came back to it later waits
   *  there to be paid out. */
  holdingsOf(person: string): { readonly personal: Fen; readonly wallet: Fen } {
    return this.#desk.store.read((rows) => ({
      personal: rows.moneyOf(person, 'personal'),
      wallet: rows.moneyOf(person, 'wallet'),
    }));
  }

  /** Of a person's insurance. */
  statusOf(person: string): InsuranceStatus {
    return this.#desk.store.read((rows) => this.#holderOf(rows, person).status);
  }

  /** Wrong PIN entries in a row, and whether they locked the PIN. */
  pinTriesOf(person: string): { readonly wrong: number; readonly locked: boolean } {
    return this.#desk.store.read((rows) => {
      const { wrongTries, pinLocked } = this.#holderOf(rows, person);
      return { wrong: wrongTries, locked: pinLocked };
    });
  }

  /** All links of a person in both roles, ended ones too. */
  linksOf(person: string): readonly LinkOnRecord[] {
    return this.#desk.store.read((rows) => rows.linksAround(person, this.#desk.clock.now(), 'own'));
  }

  /** What was settled and undone on a day (China Standard Time), oldest first. */
  recordedOn(day: CalendarDay): readonly (Settlement | Undo)[] {
    return this.#desk.store.read((rows) => rows.recordedOn(day));
  }

  /** What of a sale is still paid, cash included; zero when all of it was given back. Errors: `RangeError` for what is no
   *  sale's id. */
  leftOf(settlementId: string): Fen {
    return this.#desk.store.read((rows) => {
      const sale = rows.settlementOnRecord(settlementId);
      if (sale?.root !== settlementId) throw new RangeError(`no sale is called ${settlementId} here`);
      return leftOf(standingOf(rows, sale));
    });
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
    if (person.computerNumber !== undefined) {
      rows.addComputerNumber(person.id, vault.indexOf('computerNumber', person.computerNumber));
    }
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
    if (balance === null && rows.balanceOf(account.person, account.kind) === null) return;
    rows.openAccount(account);
    const at = this.#desk.clock.now();
    const common = { kind, settlement: null, undo: null, link: null, quota: zeroFen, at } as const;
    const opening = { kind: 'opening' } as const;
    // One that was closed may hold what came back to it since.
    const [from, to] = [rows.moneyOf(account.person, account.kind), balance ?? zeroFen];
    if (to > from) rows.addPosting({ ...common, debit: opening, credit: account, amount: above(to, from) });
    if (to < from) rows.addPosting({ ...common, debit: account, credit: opening, amount: above(from, to) });
    if (balance === null) rows.closeAccount(account.person);
  }

  #holderOf(rows: Rows, person: string): CardHolder {
    const holder = rows.holderByPerson(person);
    if (!holder) throw new RangeError(`nobody is called ${person} here`);
    return holder;
  }
}

/** Why this change dissolves links (R23); null where it does not. */
function movingReason(before: CardHolder, { status, area, insurance }: PersonChange): LinkReasonCode | null {
  if (status === 'terminated') return 'terminated';
  // Links that came with the register, or were made under rules that do not dissolve them, have ended with the insurance too.
  if (status !== undefined && before.status === 'terminated') return 'terminated';
  if (area !== undefined && area !== before.area) return 'moved';
  return insurance !== undefined && insurance !== before.insurance ? 'insuranceChanged' : null;
}
