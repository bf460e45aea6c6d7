import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import { add, type Fen, zeroFen } from '../../domain/money.ts';
import type { AreaName, CardState, InsuranceKind, InsuranceStatus } from '../../domain/person.ts';
import type { Settlement } from '../../domain/settlement.ts';
import type { Undo } from '../../domain/undo.ts';
import type { CardRef, MoneyAnswer } from '../../ports/centre.ts';
import type { MsgId } from '../../ports/ids.ts';
import type {
  AccountRef,
  CardHolder,
  CardRow,
  ChipNumbers,
  EvoucherRow,
  HolderNumber,
  LinkOnRecord,
  LinkRow,
  PaidLeg,
  PersonRow,
  PinKeyRow,
  PostingRow,
  SettlementOnRecord,
  StoredAnswer,
  StoredReversal,
  TerminalKeyRow,
  TicketRow,
  WritableRows,
} from '../centre-store.ts';
import { SqliteFamilyRows } from './family-rows.ts';
import { SqliteLinkRows } from './sqlite-link-rows.ts';
import { money, parsed, type Row, Statements, type Value } from './sqlite-statements.ts';
import { SqliteTransferRows } from './sqlite-transfer-rows.ts';

/** The centre's rows in SQLite, inside the transactions of the store that has the connection. */
export class SqliteRows implements WritableRows {
  readonly #sql: Statements;
  readonly links: SqliteLinkRows;
  readonly transfers: SqliteTransferRows;
  readonly family: SqliteFamilyRows;
  constructor(db: DatabaseSyncInstance) {
    this.#sql = new Statements(db);
    this.links = new SqliteLinkRows(this.#sql);
    this.transfers = new SqliteTransferRows(this.#sql);
    this.family = new SqliteFamilyRows(db);
  }

  holderByRef(card: CardRef): CardHolder | undefined {
    return holder(this.#get(holderBy.ref, card));
  }

  holderByNumber(kind: HolderNumber, index: Uint8Array): CardHolder | undefined {
    return holder(this.#get(holderBy[kind], index));
  }

  holderByPerson(person: string): CardHolder | undefined {
    return holder(this.#get(holderBy.person, person));
  }

  chipNumbersOf(card: CardRef): ChipNumbers | undefined {
    const row = this.#get(
      'SELECT ss_card_index, resident_index FROM card JOIN person ON person.id = card.person WHERE card.ref = ?',
      card,
    );
    return row && { ssCardIndex: row.ss_card_index as Uint8Array, residentIndex: row.resident_index as Uint8Array };
  }

  balanceOf(person: string, kind: 'personal' | 'wallet'): Fen | null {
    const row = this.#get('SELECT balance_fen FROM account WHERE person = ? AND kind = ? AND closed = 0', person, kind);
    return row ? money(row.balance_fen) : null;
  }

  linksAround(person: string, now: number, reach: 'own' | 'connected'): readonly LinkOnRecord[] {
    return this.links.around(person, now, reach);
  }

  answerTo(msgId: MsgId): StoredAnswer | undefined {
    const row = this.#get('SELECT request_hash, answer FROM message WHERE msg_id = ?', msgId);
    if (!row) return undefined;
    if (row.answer === null) return { kind: 'sealed' };
    return { kind: 'answered', requestHash: String(row.request_hash), answer: parsed<MoneyAnswer>(row.answer) };
  }

  reversalOf(msgId: MsgId): StoredReversal | undefined {
    const row = this.#get(
      'SELECT undo.record FROM reversal LEFT JOIN undo ON undo.id = reversal.undo WHERE reversal.msg_id = ?',
      msgId,
    );
    return row && { undo: row.record === null ? null : parsed<Undo>(row.record) };
  }

  moneyOf(person: string, kind: 'personal' | 'wallet'): Fen {
    return money(
      this.#get('SELECT balance_fen FROM account WHERE person = ? AND kind = ?', person, kind)?.balance_fen ?? 0,
    );
  }

  recordedOn(day: CalendarDay): readonly (Settlement | Undo)[] {
    // At the same millisecond a sale stands before what undoes it.
    return this.#all(
      `SELECT message.answer -> '$.settlement' AS record, settled_at_ms AS at, 0 AS seq, settlement.id
       FROM settlement JOIN message ON message.msg_id = settlement.msg_id
       WHERE business_day = ?1 AND settlement.root = settlement.id
       UNION ALL
       SELECT record, undone_at_ms, seq, id FROM undo WHERE business_day = ?1
       ORDER BY at, seq, id`,
      day,
    ).map((row) => parsed<Settlement | Undo>(row.record));
  }

  settlementOnRecord(settlementId: string): SettlementOnRecord | undefined {
    return this.#settlement(settlementBy.id, settlementId);
  }

  settlementOfMessage(msgId: MsgId): SettlementOnRecord | undefined {
    return this.#settlement(settlementBy.message, msgId);
  }

  standingFor(root: string): SettlementOnRecord | undefined {
    return this.#settlement(settlementBy.root, root);
  }

  #settlement(by: string, value: string): SettlementOnRecord | undefined {
    const row = this.#get(by, value);
    if (!row) return undefined;
    return {
      settlement: parsed<Settlement>(row.record),
      root: String(row.root),
      beneficiary: String(row.beneficiary),
      legs: this.#all(selectLegs, String(row.id)).map(paidLeg),
      returned: money(row.returned),
    };
  }

  undosOf(root: string): readonly Undo[] {
    return this.#all('SELECT record FROM undo WHERE root = ? ORDER BY seq', root).map((row) =>
      parsed<Undo>(row.record),
    );
  }

  terminalKey(terminal: string): TerminalKeyRow | undefined {
    const row = this.#get('SELECT key_sealed FROM terminal_key WHERE terminal = ?', terminal);
    return row && { terminal, keySealed: row.key_sealed as Uint8Array };
  }

  pinKey(keyId: string): PinKeyRow | undefined {
    const row = this.#get('SELECT terminal, format, key_sealed, uses, retired FROM pin_key WHERE key_id = ?', keyId);
    return (
      row && {
        keyId,
        terminal: String(row.terminal),
        format: row.format as PinKeyRow['format'],
        keySealed: row.key_sealed as Uint8Array,
        uses: Number(row.uses),
        retired: row.retired === 1,
      }
    );
  }

  evoucher(codeIndex: Uint8Array): EvoucherRow | undefined {
    const row = this.#get(
      'SELECT person, issued_at_ms, used_by, voucher FROM evoucher WHERE code_index = ?',
      codeIndex,
    );
    return (
      row && {
        person: String(row.person),
        issuedAt: Number(row.issued_at_ms),
        usedBy: row.used_by === null ? null : String(row.used_by),
        voucher: row.voucher === null ? null : String(row.voucher),
      }
    );
  }

  ticket(ticket: string): TicketRow | undefined {
    const row = this.#get(
      'SELECT card, consent, bill_hash, terminal, expires_at_ms FROM ticket WHERE ticket = ?',
      ticket,
    );
    return (
      row && {
        ticket,
        card: String(row.card),
        consent: row.consent as TicketRow['consent'],
        billHash: row.bill_hash === null ? null : String(row.bill_hash),
        terminal: String(row.terminal),
        expiresAt: Number(row.expires_at_ms),
      }
    );
  }

  hasDeck(deck: string): boolean {
    return this.#get('SELECT 1 FROM deck WHERE id = ?', deck) !== undefined;
  }

  addPerson(row: PersonRow): void {
    this.#run(
      'INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      row.id,
      row.name,
      row.residentIndex,
      row.maskedId,
      row.insurance,
      row.status,
      row.area,
      row.born,
      Number(row.walletOpened),
    );
  }

  addCard(row: CardRow): void {
    this.#run(
      'INSERT INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)',
      row.ref,
      row.person,
      row.panIndex,
      row.panSealed,
      row.ssCardIndex,
      row.cardSnIndex,
      row.maskedCard,
      row.state,
      row.pinVerifier,
      Number(row.pinLocked),
    );
  }

  openAccount(account: AccountRef): void {
    const id = accountId(account);
    const known = this.#get('SELECT closed FROM account WHERE id = ?', id);
    if (known?.closed === 1) this.#run('UPDATE account SET closed = 0 WHERE id = ?', id);
    if (known) return;
    const person = 'person' in account ? account.person : null;
    this.#run('INSERT INTO account (id, kind, person) VALUES (?, ?, ?)', id, account.kind, person);
  }

  closeAccount(person: string): void {
    this.#run("UPDATE account SET closed = 1 WHERE person = ? AND kind = 'personal'", person);
  }

  addPosting(row: PostingRow): void {
    this.#run(
      `INSERT INTO posting (id, kind, settlement, undo, transfer, link, debit, credit, amount_fen, quota_fen, at_ms)
       VALUES ((SELECT coalesce(max(id), 0) + 1 FROM posting), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.kind,
      row.settlement,
      row.undo,
      row.transfer ?? null,
      row.link,
      accountId(row.debit),
      accountId(row.credit),
      row.amount,
      row.quota,
      row.at,
    );
  }

  addLink(row: LinkRow): string {
    return this.links.add(row);
  }

  endLinks(provider: string, beneficiary: string, at: number): number {
    return this.links.endBetween(provider, beneficiary, at);
  }

  setStatus(person: string, status: InsuranceStatus): void {
    this.#run('UPDATE person SET status = ? WHERE id = ?', status, person);
  }

  setInsurance(person: string, insurance: InsuranceKind): void {
    this.#run('UPDATE person SET insurance = ? WHERE id = ?', insurance, person);
  }

  setArea(person: string, area: AreaName): void {
    this.#run('UPDATE person SET area = ? WHERE id = ?', area, person);
  }

  setWalletOpened(person: string, opened: boolean): void {
    this.#run('UPDATE person SET wallet_opened = ? WHERE id = ?', Number(opened), person);
  }

  addComputerNumber(person: string, index: Uint8Array): void {
    this.#run("INSERT INTO person_number VALUES ('computerNumber', ?, ?)", index, person);
  }

  setCardState(person: string, state: CardState): void {
    this.#run('UPDATE card SET state = ? WHERE person = ?', state, person);
  }

  countTry(card: CardRef): void {
    this.#run('UPDATE card SET wrong_tries = wrong_tries + 1 WHERE ref = ?', card);
  }

  lockPin(card: CardRef): void {
    this.#run('UPDATE card SET pin_locked = 1 WHERE ref = ?', card);
  }

  resetTries(card: CardRef, unlock: boolean): void {
    this.#run('UPDATE card SET wrong_tries = 0, pin_locked = pin_locked AND NOT ? WHERE ref = ?', Number(unlock), card);
  }

  addTicket(row: TicketRow): void {
    this.#run(
      'INSERT INTO ticket (ticket, card, consent, bill_hash, terminal, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
      row.ticket,
      row.card,
      row.consent,
      row.billHash,
      row.terminal,
      row.expiresAt,
    );
  }

  redeemTicket(
    ticket: string,
    usedBy: MsgId,
    bound: Pick<TicketRow, 'card' | 'billHash' | 'terminal'>,
    now: number,
  ): Pick<TicketRow, 'consent' | 'expiresAt'> | undefined {
    const row = this.#get(
      `UPDATE ticket SET used_by = ? WHERE ticket = ? AND used_by IS NULL
         AND card = ? AND bill_hash IS ? AND terminal = ? AND expires_at_ms > ? RETURNING consent, expires_at_ms`,
      usedBy,
      ticket,
      bound.card,
      bound.billHash,
      bound.terminal,
      now,
    );
    return row && { consent: row.consent as TicketRow['consent'], expiresAt: Number(row.expires_at_ms) };
  }

  addEvoucher(codeIndex: Uint8Array, person: string, issuedAt: number): void {
    this.#run('INSERT INTO evoucher (code_index, person, issued_at_ms) VALUES (?, ?, ?)', codeIndex, person, issuedAt);
  }

  spendEvoucher(codeIndex: Uint8Array, usedBy: MsgId, voucher: string): void {
    this.#run('UPDATE evoucher SET used_by = ?, voucher = ? WHERE code_index = ?', usedBy, voucher, codeIndex);
  }

  addAnswer(msgId: MsgId, requestHash: string, answer: MoneyAnswer, at: number): void {
    this.#run(
      'INSERT INTO message (msg_id, outcome, request_hash, answer, settlement, undo, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
      msgId,
      answer.kind,
      requestHash,
      JSON.stringify(answer),
      answer.kind === 'settled' ? answer.settlement.settlementId : null,
      answer.kind === 'undone' ? answer.undo.undoId : null,
      at,
    );
  }

  seal(msgId: MsgId, at: number): void {
    this.#run("INSERT INTO message (msg_id, outcome, at_ms) VALUES (?, 'sealed', ?)", msgId, at);
  }

  addReversal(msgId: MsgId, undo: Undo | null, at: number): void {
    this.#run('INSERT INTO reversal VALUES (?, ?, ?)', msgId, undo === null ? null : undo.undoId, at);
  }

  addSettlement(settlement: Settlement, beneficiary: string, root: string): void {
    const { split } = settlement;
    this.#run(
      `INSERT INTO settlement (id, root, record, msg_id, beneficiary, institution, terminal, operator, profile,
         settled_at_ms, total_fen, fund_fen, own_fen, shared_fen, cash_fen, own_before_fen, own_after_fen, pin_used,
         voucher_used)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      settlement.settlementId,
      root,
      root === settlement.settlementId ? null : JSON.stringify(settlement),
      settlement.msgId,
      beneficiary,
      accountId({ kind: 'merchant', institution: settlement.institution.code }),
      settlement.terminal,
      settlement.operator,
      settlement.profile,
      settlement.settledAt,
      split.total,
      split.fund,
      split.own,
      split.shared,
      split.cash,
      settlement.ownBefore,
      settlement.ownAfter,
      Number(settlement.pinUsed),
      Number(settlement.voucherUsed === true),
    );
  }

  addUndo(undo: Undo, undone: string, root: string): void {
    const { returned, remaining } = undo;
    // Where the rest is settled anew all that was left is taken back first.
    const resettled = undo.resettledAs === null ? zeroFen : (remaining?.total ?? zeroFen);
    this.#run(
      `INSERT INTO undo (id, seq, kind, method, msg_id, root, undone, resettled_as, record, undone_at_ms, total_fen,
         fund_fen, own_fen, shared_fen, cash_fen, cash_due_fen, taken_fen, own_before_fen, own_after_fen)
       VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM undo), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      undo.undoId,
      undo.kind,
      undo.method,
      undo.msgId,
      root,
      undone,
      undo.resettledAs,
      JSON.stringify(undo),
      undo.undoneAt,
      returned.total,
      returned.fund,
      returned.own,
      returned.shared,
      returned.cash,
      returned.cashDue,
      add(returned.total, resettled),
      undo.ownBefore,
      undo.ownAfter,
    );
  }

  putTerminalKey(row: TerminalKeyRow): void {
    this.#run(
      'INSERT INTO terminal_key VALUES (?, ?) ON CONFLICT (terminal) DO UPDATE SET key_sealed = excluded.key_sealed',
      row.terminal,
      row.keySealed,
    );
  }

  addPinKey(row: Omit<PinKeyRow, 'uses' | 'retired'>, at: number): void {
    this.#run(
      'INSERT INTO pin_key (key_id, terminal, format, key_sealed, at_ms) VALUES (?, ?, ?, ?, ?)',
      row.keyId,
      row.terminal,
      row.format,
      row.keySealed,
      at,
    );
  }

  countPinKeyUse(keyId: string): void {
    this.#run('UPDATE pin_key SET uses = uses + 1 WHERE key_id = ?', keyId);
  }

  retirePinKeys(terminal: string): void {
    this.#run('UPDATE pin_key SET retired = 1 WHERE terminal = ? AND retired = 0', terminal);
  }

  noteDeck(deck: string, at: number): void {
    this.#run('INSERT INTO deck VALUES (?, ?)', deck, at);
  }

  #get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#sql.get(sql, ...values);
  }
  #all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#sql.all(sql, ...values);
  }
  #run(sql: string, ...values: readonly Value[]): number {
    return this.#sql.run(sql, ...values);
  }
}

const selectHolder = `
  SELECT card.ref, card.person, card.pan_sealed, card.masked_card, card.state, card.pin_verifier, card.wrong_tries,
    card.pin_locked, person.name, person.masked_id, person.insurance, person.status, person.area, person.wallet_opened
  FROM card JOIN person ON person.id = card.person`;
const holderBy = {
  ref: `${selectHolder} WHERE card.ref = ?`,
  pan: `${selectHolder} WHERE card.pan_index = ?`,
  cardSn: `${selectHolder} WHERE card.card_sn_index = ?`,
  person: `${selectHolder} WHERE card.person = ?`,
  ssCardNumber: `${selectHolder} WHERE card.ss_card_index = ?`,
  residentId: `${selectHolder} WHERE person.resident_index = ?`,
  computerNumber: `${selectHolder} WHERE card.person = (
    SELECT person FROM person_number WHERE kind = 'computerNumber' AND number_index = ?)`,
};

function holder(row: Row | undefined): CardHolder | undefined {
  if (!row) return undefined;
  return {
    card: String(row.ref),
    cardState: row.state as CardState,
    maskedCard: String(row.masked_card),
    panSealed: row.pan_sealed as Uint8Array,
    pinVerifier: row.pin_verifier as Uint8Array,
    wrongTries: Number(row.wrong_tries),
    pinLocked: row.pin_locked === 1,
    person: String(row.person),
    name: String(row.name),
    maskedId: String(row.masked_id),
    insurance: row.insurance as CardHolder['insurance'],
    status: row.status as InsuranceStatus,
    area: String(row.area),
    walletOpened: row.wallet_opened === 1,
  };
}

/** A settlement with what has been taken back of it. What a root says is in the answer to its message, a rest keeps its
 *  own record. */
const selectSettlement = `
  SELECT settlement.id, root, beneficiary,
    coalesce(settlement.record, (SELECT answer -> '$.settlement' FROM message WHERE message.msg_id = settlement.msg_id))
      AS record,
    (SELECT coalesce(sum(taken_fen), 0) FROM undo WHERE undone = settlement.id) AS returned
  FROM settlement`;
const settlementBy = {
  id: `${selectSettlement} WHERE id = ?`,
  message: `${selectSettlement} WHERE msg_id = ?`,
  root: `${selectSettlement}
    WHERE root = ? AND NOT EXISTS (SELECT 1 FROM undo WHERE undone = settlement.id AND resettled_as IS NOT NULL)`,
};

const selectLegs = `
  SELECT account.kind, account.person, link, amount_fen, quota_fen, (
    SELECT coalesce(sum(back.amount_fen), 0) FROM undo JOIN posting AS back ON back.undo = undo.id
    WHERE undo.undone = ?1 AND back.credit = posting.debit AND back.link IS posting.link) AS returned
  FROM posting JOIN account ON account.id = posting.debit
  WHERE posting.settlement = ?1 ORDER BY posting.id`;

function paidLeg(row: Row): PaidLeg {
  const { kind, person } = row;
  if (kind === 'merchant' || kind === 'opening') throw new Error(`a settlement was paid by an account of kind ${kind}`);
  return {
    debit: kind === 'fund' ? { kind } : { kind: kind as 'personal' | 'wallet', person: String(person) },
    link: row.link === null ? null : String(row.link),
    paid: money(row.amount_fen),
    quota: money(row.quota_fen),
    returned: money(row.returned),
  };
}

function accountId(account: AccountRef): string {
  if ('person' in account) return `${account.kind}:${account.person}`;
  return account.kind === 'merchant' ? `merchant:${account.institution}` : account.kind;
}
