import type { CalendarDay } from '../domain/calendar-day.ts';
import type { LinkFacts } from '../domain/link-standing.ts';
import type { Fen } from '../domain/money.ts';
import type { AreaName, CardState, InsuranceKind, InsuranceStatus, Relation } from '../domain/person.ts';
import type { CardRef, SettleAnswer } from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';

/** Where the centre keeps what it knows, as its use cases see it: rows in and out, transactions, no rule and no SQL.
 *  Contract: what `write` did is durable when it returns, all of it or nothing; writes run one after the other, also
 *  across processes; `read` sees one moment. Faults: `StoreFault`, and whatever `work` throws, after undoing it. */
export interface CentreStore {
  write<T>(work: (rows: WritableRows) => T): T;
  read<T>(work: (rows: Rows) => T): T;
  /** What is wrong with the books and the file, in words; empty when nothing is. */
  audit(): readonly string[];
  close(): void;
}

/** Why a store cannot be used. All but `unavailable` come from opening it, which changes nothing in the file. */
export class StoreFault extends Error {
  readonly code: 'unavailable' | 'newerSchema' | 'foreignFile' | 'corrupt' | 'otherKeys' | 'notDurable';
  constructor(code: StoreFault['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreFault';
    this.code = code;
  }
}

/** A card with whose it is. `panSealed` as card-vault.ts makes it. */
export interface CardHolder {
  readonly card: CardRef;
  readonly cardState: CardState;
  readonly maskedCard: string;
  readonly panSealed: Uint8Array;
  readonly pinVerifier: Uint8Array;
  readonly wrongTries: number;
  readonly pinLocked: boolean;
  readonly person: string;
  readonly name: string;
  readonly maskedId: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: AreaName;
  readonly walletOpened: boolean;
}

/** The indexes of the other numbers that a chip tells (card-vault.ts). */
export interface ChipNumbers {
  readonly ssCardIndex: Uint8Array;
  readonly residentIndex: Uint8Array;
}

/** A link on record with what its provider is today. `providerBalance` null = no personal account. `linksOfProvider`,
 *  `linksOfBeneficiary`: how many links each side has in force in this role, whatever the rules think of them. */
export interface LinkOnRecord extends LinkFacts {
  readonly rank: number | null;
  readonly quotaLeft: Fen | null;
  readonly providerName: string;
  readonly providerCard: CardState;
  readonly providerBalance: Fen | null;
  readonly providerWalletOpened: boolean;
  readonly linksOfProvider: number;
  readonly linksOfBeneficiary: number;
}

/** What a message id was answered; `sealed`: it was asked for before it came, and settles nothing for ever. */
export type StoredAnswer =
  | { readonly kind: 'answered'; readonly requestHash: string; readonly answer: SettleAnswer }
  | { readonly kind: 'sealed' };

export interface Rows {
  holderByRef(card: CardRef): CardHolder | undefined;
  holderByNumber(number: 'pan' | 'cardSn', index: Uint8Array): CardHolder | undefined;
  holderByPerson(person: string): CardHolder | undefined;
  chipNumbersOf(card: CardRef): ChipNumbers | undefined;
  /** Null = no such account, or closed. */
  balanceOf(person: string, kind: 'personal' | 'wallet'): Fen | null;
  /** The links of a person in both roles. With `connected` those of everybody reached over links in force as well,
   *  which limits on the number of links need where somebody has more than they allow. Ended ones of others are left
   *  out. */
  linksAround(person: string, now: number, reach: 'own' | 'connected'): readonly LinkOnRecord[];
  answerTo(msgId: MsgId): StoredAnswer | undefined;
  /** Settled answers of a business day (China Standard Time), oldest first. */
  settledOn(day: CalendarDay): readonly SettleAnswer[];
  hasDeck(deck: string): boolean;
}

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly residentIndex: Uint8Array;
  readonly maskedId: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: AreaName;
  readonly born: CalendarDay;
  readonly walletOpened: boolean;
}
export interface CardRow {
  readonly ref: CardRef;
  readonly person: string;
  readonly panIndex: Uint8Array;
  readonly panSealed: Uint8Array;
  readonly ssCardIndex: Uint8Array;
  readonly cardSnIndex: Uint8Array;
  readonly maskedCard: string;
  readonly state: CardState;
  readonly pinVerifier: Uint8Array;
  readonly pinLocked: boolean;
}
export interface LinkRow {
  readonly provider: string;
  readonly beneficiary: string;
  readonly relation: Relation;
  readonly since: number;
  readonly until: number | null;
  readonly quota: Fen | null;
  readonly rank: number | null;
}

/** An account by what it is: a person's own, the pool, an institution's, or the counter-account of openings. */
export type AccountRef =
  | { readonly kind: 'personal' | 'wallet'; readonly person: string }
  | { readonly kind: 'fund' | 'opening' }
  | { readonly kind: 'merchant'; readonly institution: string };

/** A movement of money from `debit` to `credit`. `quota`: how much of the link's quota it uses, zero or `amount`. */
export interface PostingRow {
  readonly kind: 'opening' | 'adjustment' | 'settlement';
  readonly settlement: string | null;
  readonly link: string | null;
  readonly debit: AccountRef;
  readonly credit: AccountRef;
  readonly amount: Fen;
  readonly quota: Fen;
  readonly at: number;
}

export interface TicketRow {
  readonly ticket: string;
  readonly card: CardRef;
  readonly billHash: string;
  readonly terminal: string;
  /** Valid before this moment. */
  readonly expiresAt: number;
}

export interface WritableRows extends Rows {
  addPerson(row: PersonRow): void;
  addCard(row: CardRow): void;
  /** Makes the account unless it is there; a closed one is opened. */
  openAccount(account: AccountRef): void;
  /** Closes a personal account with nothing in it. */
  closeAccount(person: string): void;
  addPosting(row: PostingRow): void;
  /** Gives the new link's id; ids grow in the order of adding. */
  addLink(row: LinkRow): string;
  /** Ends the links from this provider to this beneficiary that are still open at `at`; gives how many. */
  endLinks(provider: string, beneficiary: string, at: number): number;
  setStatus(person: string, status: InsuranceStatus): void;
  setCardState(person: string, state: CardState): void;
  /** Counts a PIN entry as wrong. */
  countTry(card: CardRef): void;
  lockPin(card: CardRef): void;
  /** Tries back to zero; with `unlock` the lock as well. */
  resetTries(card: CardRef, unlock: boolean): void;
  addTicket(row: TicketRow): void;
  /** Uses a ticket up. Gives when it would have expired; undefined when it is unknown, used, expired, or another's. */
  redeemTicket(
    ticket: string,
    usedBy: MsgId,
    bound: Omit<TicketRow, 'ticket' | 'expiresAt'>,
    now: number,
  ): number | undefined;
  /** A message's first and only answer. A settled one must be followed by `addSettlement` in the same transaction. */
  addAnswer(msgId: MsgId, requestHash: string, answer: SettleAnswer, at: number): void;
  /** Seals a message id that was never seen. */
  seal(msgId: MsgId, at: number): void;
  /** Closes a settlement: its answer and postings must be there and add up. */
  addSettlement(answer: SettleAnswer & { readonly kind: 'settled' }, beneficiary: string): void;
  noteDeck(deck: string, at: number): void;
}
