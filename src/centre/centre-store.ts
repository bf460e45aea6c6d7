import type { CalendarDay } from '../domain/calendar-day.ts';
import type { LinkChannel } from '../domain/link-application.ts';
import type { LinkFacts } from '../domain/link-standing.ts';
import type { Fen } from '../domain/money.ts';
import type { AreaName, CardState, InsuranceKind, InsuranceStatus, Relation } from '../domain/person.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Undo } from '../domain/undo.ts';
import type { CardRef, MoneyAnswer } from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';
import type { PinBlockFormat } from '../ports/pin-pad.ts';
import type { FamilyRows, WritableFamilyRows } from './family-store.ts';
import type { LinkRows, WritableLinkRows } from './link-rows.ts';
import type { TransferRows, WritableTransferRows } from './transfer-rows.ts';

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
  /** How it was made; null where it came with the register. */
  readonly channel: LinkChannel | null;
  /** There is a record of its end, be it still to come. */
  readonly isCancelled: boolean;
  readonly isOver: boolean;
  readonly linksOfProvider: number;
  readonly linksOfBeneficiary: number;
}

/** What a message id was answered; `sealed`: it was asked for before it came, and settles nothing for ever. */
export type StoredAnswer =
  | { readonly kind: 'answered'; readonly requestHash: string; readonly answer: MoneyAnswer }
  | { readonly kind: 'sealed' };

/** That a message was reversed. `undo`: what was given back by it; null when there was nothing. */
export interface StoredReversal {
  readonly undo: Undo | null;
}

/** A leg of a settlement as it was paid, and what of it has been given back. In the order of paying. */
export interface PaidLeg {
  readonly debit: AccountRef;
  readonly link: string | null;
  readonly paid: Fen;
  readonly quota: Fen;
  readonly returned: Fen;
}

/** A settlement as an undo needs it. `root`: the settlement that the customer made; itself, or the one whose rest this
 *  is. `returned`: of its total, cash included, over all undos of this record. */
export interface SettlementOnRecord {
  readonly settlement: Settlement;
  readonly root: string;
  readonly beneficiary: string;
  readonly legs: readonly PaidLeg[];
  readonly returned: Fen;
}

/** A terminal's key under which PIN keys are wrapped for it, sealed by the card vault. */
export interface TerminalKeyRow {
  /** `institution/terminal`. */
  readonly terminal: string;
  readonly keySealed: Uint8Array;
}

/** A PIN key that was handed out. `uses`: PIN blocks taken under it. A retired one opens nothing. */
export interface PinKeyRow {
  readonly keyId: string;
  readonly terminal: string;
  readonly format: PinBlockFormat;
  readonly keySealed: Uint8Array;
  readonly uses: number;
  readonly retired: boolean;
}

/** A 医保码 that was given to somebody, by its keyed index (card-vault.ts). `usedBy`: the identify message that used it up,
 *  and `voucher` what that was given for it; null while nobody has shown it. */
export interface EvoucherRow {
  readonly person: string;
  readonly issuedAt: number;
  readonly usedBy: MsgId | null;
  readonly voucher: string | null;
}

/** Numbers that a person is found by, as indexes of card-vault.ts. */
export type HolderNumber = 'pan' | 'cardSn' | 'ssCardNumber' | 'residentId' | 'computerNumber';

export interface Rows {
  readonly links: LinkRows;
  /** Wallet transfers. */
  readonly transfers: TransferRows;
  /** What the e-card's family service keeps. */
  readonly family: FamilyRows;
  holderByRef(card: CardRef): CardHolder | undefined;
  holderByNumber(number: HolderNumber, index: Uint8Array): CardHolder | undefined;
  holderByPerson(person: string): CardHolder | undefined;
  chipNumbersOf(card: CardRef): ChipNumbers | undefined;
  /** Null = no such account, or closed. */
  balanceOf(person: string, kind: 'personal' | 'wallet'): Fen | null;
  /** What lies in the account, also when it is closed; zero when there is none. */
  moneyOf(person: string, kind: 'personal' | 'wallet'): Fen;
  /** The links of a person in both roles. With `connected` those of everybody reached over links in force as well,
   *  which limits on the number of links need where somebody has more than they allow. Ended ones of others are left
   *  out. */
  linksAround(person: string, now: number, reach: 'own' | 'connected'): readonly LinkOnRecord[];
  answerTo(msgId: MsgId): StoredAnswer | undefined;
  /** Undefined = this message was never reversed. */
  reversalOf(msgId: MsgId): StoredReversal | undefined;
  /** What was settled and undone on a business day (China Standard Time), oldest first; rests settled anew are part of
   *  their undo. */
  recordedOn(day: CalendarDay): readonly (Settlement | Undo)[];
  /** By the id of the record itself; undefined when there is none. */
  settlementOnRecord(settlementId: string): SettlementOnRecord | undefined;
  settlementOfMessage(msgId: MsgId): SettlementOnRecord | undefined;
  /** The record that stands for a root now: the last rest settled anew, or itself. */
  standingFor(root: string): SettlementOnRecord | undefined;
  /** Undos of a sale, by its root, oldest first. */
  undosOf(root: string): readonly Undo[];
  terminalKey(terminal: string): TerminalKeyRow | undefined;
  pinKey(keyId: string): PinKeyRow | undefined;
  evoucher(codeIndex: Uint8Array): EvoucherRow | undefined;
  /** A ticket used or not. */
  ticket(ticket: string): TicketRow | undefined;
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
  /** The record that must follow in the same transaction; left out where the link comes with the register. */
  readonly madeBy?: string;
}

/** An account by what it is: a person's own, the pool, an institution's, or the counter-account of openings. */
export type AccountRef =
  | { readonly kind: 'personal' | 'wallet'; readonly person: string }
  | { readonly kind: 'fund' | 'opening' }
  | { readonly kind: 'merchant'; readonly institution: string };

/** A movement of money from `debit` to `credit`. `quota`: how much of the link's quota it uses, zero or `amount`. A `transfer`
 *  goes from a personal account to another person's wallet, or from a wallet back. */
export interface PostingRow {
  readonly kind: 'opening' | 'adjustment' | 'settlement' | 'return' | 'transfer';
  readonly settlement: string | null;
  /** Of a `return`: the undo it belongs to. Its money goes from the institution to the account that paid. */
  readonly undo: string | null;
  /** Of a `transfer`: which. */
  readonly transfer?: string;
  readonly link: string | null;
  readonly debit: AccountRef;
  readonly credit: AccountRef;
  readonly amount: Fen;
  readonly quota: Fen;
  readonly at: number;
}

/** What stands in for a consent that was given before. `consent`: a PIN that was verified, or a 医保码 that was shown.
 *  `billHash` null = good for any bill, which only the voucher of a code is. */
export interface TicketRow {
  readonly ticket: string;
  readonly card: CardRef;
  readonly consent: 'pin' | 'voucher';
  readonly billHash: string | null;
  readonly terminal: string;
  /** Valid before this moment. */
  readonly expiresAt: number;
}

export interface WritableRows extends Rows {
  readonly links: WritableLinkRows;
  readonly transfers: WritableTransferRows;
  readonly family: WritableFamilyRows;
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
  setInsurance(person: string, insurance: InsuranceKind): void;
  setArea(person: string, area: AreaName): void;
  setWalletOpened(person: string, opened: boolean): void;
  addComputerNumber(person: string, index: Uint8Array): void;
  setCardState(person: string, state: CardState): void;
  /** Counts a PIN entry as wrong. */
  countTry(card: CardRef): void;
  lockPin(card: CardRef): void;
  /** Tries back to zero; with `unlock` the lock as well. */
  resetTries(card: CardRef, unlock: boolean): void;
  addTicket(row: TicketRow): void;
  /** Uses a ticket up. Gives what it stood for and until when it would have; undefined when it is unknown, used, expired,
   *  or another's. */
  redeemTicket(
    ticket: string,
    usedBy: MsgId,
    bound: Pick<TicketRow, 'card' | 'billHash' | 'terminal'>,
    now: number,
  ): Pick<TicketRow, 'consent' | 'expiresAt'> | undefined;
  addEvoucher(codeIndex: Uint8Array, person: string, issuedAt: number): void;
  /** Uses a code up; once. */
  spendEvoucher(codeIndex: Uint8Array, usedBy: MsgId, voucher: string): void;
  /** A message's first and only answer. A settled one must be followed by `addSettlement`, one that undoes by `addUndo`,
   *  in the same transaction. */
  addAnswer(msgId: MsgId, requestHash: string, answer: MoneyAnswer, at: number): void;
  /** Seals a message id that was never seen. */
  seal(msgId: MsgId, at: number): void;
  /** Notes that a message was reversed: it must be sealed or answered, and nothing of its sale may stay paid. `undo`: what
   *  was given back by it, added before. */
  addReversal(msgId: MsgId, undo: Undo | null, at: number): void;
  /** Closes a settlement: its answer and postings must be there and add up. `root`: see `SettlementOnRecord`. */
  addSettlement(settlement: Settlement, beneficiary: string, root: string): void;
  /** Closes an undo of the settlement on record `undone`: its return postings must be there and add up. */
  addUndo(undo: Undo, undone: string, root: string): void;
  putTerminalKey(row: TerminalKeyRow): void;
  addPinKey(row: Omit<PinKeyRow, 'uses' | 'retired'>, at: number): void;
  /** Counts a PIN block under this key. */
  countPinKeyUse(keyId: string): void;
  /** Ends all PIN keys of a terminal. */
  retirePinKeys(terminal: string): void;
  noteDeck(deck: string, at: number): void;
}
