import { existsSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import { add, type Fen, fen, zeroFen } from '../../domain/money.ts';
import type { CardState, InsuranceStatus } from '../../domain/person.ts';
import type { Settlement } from '../../domain/settlement.ts';
import type { Undo } from '../../domain/undo.ts';
import type { CardRef, MoneyAnswer } from '../../ports/centre.ts';
import type { MsgId } from '../../ports/ids.ts';
import {
  type AccountRef,
  type CardHolder,
  type CardRow,
  type CentreStore,
  type ChipNumbers,
  type EvoucherRow,
  type LinkOnRecord,
  type LinkRow,
  type PaidLeg,
  type PersonRow,
  type PinKeyRow,
  type PostingRow,
  type Rows,
  type SettlementOnRecord,
  type StoredAnswer,
  type StoredReversal,
  StoreFault,
  type TerminalKeyRow,
  type TicketRow,
  type WritableRows,
} from '../centre-store.ts';
import { migrateFrom1 } from './migrate.ts';
import { applicationId, rules, schemaVersion, tables } from './schema.ts';

/** How long a transaction waits for another process's before it gives up. */
const lockTimeoutMs = 2_000;

/** Opens, or makes, the centre's database. `path` null = in memory, for tests and scenarios. `keyCheck` tells the card
 *  vault's key from others.
 *  Errors: `StoreFault` for a file that is not this program's, is newer, is damaged, or was made with other keys; it is
 *  looked at read-only first, so that nothing in such a file changes. Also when the disk would not make commits durable:
 *  this binding is compiled with `synchronous=NORMAL` for WAL, which loses acknowledged payments at a power cut, so FULL
 *  is set and read back. */
export function openSqliteStore(path: string | null, keyCheck: Uint8Array): CentreStore {
  if (path !== null && existsSync(path) && statSync(path).size > 0) inspect(path);
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path ?? ':memory:', { timeout: lockTimeoutMs });
    prepareFile(db, path ?? ':memory:', keyCheck);
    return new SqliteStore(db);
  } catch (error) {
    // Taken back here, because the statements that this binding has not freed yet keep a closed connection's lock.
    if (db?.isTransaction) db.exec('ROLLBACK');
    db?.close();
    throw error instanceof StoreFault ? error : new StoreFault('unavailable', `cannot open ${path}`, { cause: error });
  }
}

/** Reads what a file is, without writing to it. */
function inspect(path: string): void {
  const damaged = (cause: unknown) =>
    new StoreFault(
      'corrupt',
      `${path} is damaged. Nothing was changed in it. Keep it, and put back a backup; or move it away to begin with an empty one.`,
      { cause },
    );
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: lockTimeoutMs });
    const application = number(db, 'PRAGMA application_id');
    const version = number(db, 'PRAGMA user_version');
    const isEmpty = number(db, 'SELECT count(*) FROM sqlite_schema') === 0;
    if (application !== applicationId && !(isEmpty && application === 0 && version === 0)) {
      throw new StoreFault(
        'foreignFile',
        `${path} is a database of another program. Nothing was changed in it. Choose another path for the centre's database.`,
      );
    }
    if (version > schemaVersion) {
      throw new StoreFault(
        'newerSchema',
        `${path} was written by a newer version of this program (schema ${version}, this one knows ${schemaVersion}). Nothing was changed in it. Install that version, or choose another path.`,
      );
    }
    const check = db.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw damaged(new Error(String(check?.quick_check)));
  } catch (error) {
    if (error instanceof StoreFault) throw error;
    if (wasBeingMade(path, error)) return;
    throw isBusy(error) ? new StoreFault('unavailable', `${path} is in use`, { cause: error }) : damaged(error);
  } finally {
    db?.close();
  }
}

/** Whether the power went while the file was being made. Reading alone cannot take that back (SQLITE_READONLY_ROLLBACK);
 *  the connection that writes does. Only where SQLite's rollback journal says that there was no page before: bytes 16 to
 *  19 of https://sqlite.org/fileformat2.html#the_rollback_journal. */
function wasBeingMade(path: string, error: unknown): boolean {
  const needsRollback = error instanceof Error && 'errcode' in error && error.errcode === 776;
  if (!needsRollback || !existsSync(`${path}-journal`)) return false;
  const header = readFileSync(`${path}-journal`).subarray(0, 20);
  return header.length === 20 && header.readUInt32BE(16) === 0;
}

function prepareFile(db: DatabaseSyncInstance, path: string, keyCheck: Uint8Array): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF');
  const mode = db.prepare('PRAGMA journal_mode').get()?.journal_mode;
  if (mode !== (path === ':memory:' ? 'memory' : 'wal')) {
    throw new StoreFault('notDurable', `${path}: this place does not allow a write-ahead log (got ${String(mode)})`);
  }
  // A migration takes tables away and puts them back, which no foreign key would survive. Inside a transaction this
  // switch does nothing.
  db.exec('PRAGMA foreign_keys = OFF');
  db.exec('BEGIN IMMEDIATE');
  const version = number(db, 'PRAGMA user_version');
  if (version === 0) {
    db.exec(tables);
    db.exec(rules);
    db.exec("INSERT INTO account (id, kind) VALUES ('fund', 'fund'), ('opening', 'opening')");
    db.prepare("INSERT INTO meta VALUES ('keyCheck', ?)").run(keyCheck);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`);
  }
  const known = db.prepare("SELECT value FROM meta WHERE key = 'keyCheck'").get()?.value;
  if (!(known instanceof Uint8Array) || Buffer.compare(known, keyCheck) !== 0) {
    throw new StoreFault(
      'otherKeys',
      `${path} was made with other keys, so its cards cannot be found. Nothing was changed in it. Start with the keys it was made with, or choose another path.`,
    );
  }
  if (version === 1) migrateFrom1(db);
  db.exec('COMMIT');
  db.exec('PRAGMA foreign_keys = ON');
  if (number(db, 'PRAGMA synchronous') !== 2 || number(db, 'PRAGMA foreign_keys') !== 1) {
    throw new StoreFault('notDurable', `${path}: SQLite does not accept synchronous=FULL and foreign_keys=ON`);
  }
}

function number(db: DatabaseSyncInstance, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, as its extended codes end.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

class SqliteStore implements CentreStore {
  readonly #db: DatabaseSyncInstance;
  readonly #rows: SqliteRows;
  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
    this.#rows = new SqliteRows(db);
  }

  write<T>(work: (rows: WritableRows) => T): T {
    return this.#transaction('BEGIN IMMEDIATE', () => work(this.#rows));
  }

  read<T>(work: (rows: Rows) => T): T {
    return this.#transaction('BEGIN', () => work(this.#rows));
  }

  audit(): readonly string[] {
    return this.#transaction('BEGIN', () => [
      ...this.#db
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(row.integrity_check))
        .filter((line) => line !== 'ok'),
      ...this.#db
        .prepare('PRAGMA foreign_key_check')
        .all()
        .map((row) => `${String(row.table)} points to nothing`),
      ...this.#db
        .prepare(books)
        .all()
        .map((row) => String(row.problem)),
    ]);
  }

  close(): void {
    if (!this.#db.isOpen) return;
    // This binding frees statements with the garbage, and until then a closed connection keeps its log: what is in the
    // log is moved to the file here, so that the file alone is whole. Failing that nothing is lost, the log stays.
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }

  /** All of `work` or nothing of it. SQLite's own errors become `StoreFault`s; they hold no values, only names. */
  #transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    try {
      this.#db.exec(begin);
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const ours = code.startsWith('ERR_SQLITE') || !this.#db.isOpen;
      throw ours ? new StoreFault('unavailable', 'the centre’s database failed', { cause: error }) : error;
    }
  }
}

/** What must hold of the books, besides what the schema refuses row by row. */
const books = `
  SELECT id || ': the balance is not the sum of its postings' AS problem FROM account
  WHERE person IS NOT NULL AND balance_fen <> coalesce((SELECT sum(amount_fen) FROM posting WHERE credit = account.id), 0)
    - coalesce((SELECT sum(amount_fen) FROM posting WHERE debit = account.id), 0)
  UNION ALL
  SELECT id || ': the postings do not add up to the split' FROM settlement
  WHERE total_fen - cash_fen <> coalesce((SELECT sum(amount_fen) FROM posting WHERE settlement = settlement.id), 0)
  UNION ALL
  SELECT sale.id || ': settled less returned is not what stands' FROM settlement AS sale
  JOIN settlement AS standing ON standing.root = sale.id
    AND NOT EXISTS (SELECT 1 FROM undo WHERE undone = standing.id AND resettled_as IS NOT NULL)
  WHERE sale.root = sale.id AND EXISTS (
    SELECT 1 FROM (
      SELECT
        coalesce(sum(total_fen), 0) AS total, coalesce(sum(fund_fen), 0) AS fund, coalesce(sum(own_fen), 0) AS own,
        coalesce(sum(shared_fen), 0) AS shared, coalesce(sum(cash_fen - cash_due_fen), 0) AS cash,
        coalesce(sum(total_fen) FILTER (WHERE undone = standing.id), 0) AS standing_total,
        coalesce(sum(fund_fen) FILTER (WHERE undone = standing.id), 0) AS standing_fund,
        coalesce(sum(own_fen) FILTER (WHERE undone = standing.id), 0) AS standing_own,
        coalesce(sum(shared_fen) FILTER (WHERE undone = standing.id), 0) AS standing_shared,
        coalesce(sum(cash_fen) FILTER (WHERE undone = standing.id), 0) AS standing_cash
      FROM undo WHERE root = sale.id)
    WHERE sale.total_fen - total <> standing.total_fen - standing_total
      OR sale.fund_fen - fund <> standing.fund_fen - standing_fund
      OR sale.own_fen - own <> standing.own_fen - standing_own
      OR sale.shared_fen - shared <> standing.shared_fen - standing_shared
      OR sale.cash_fen - cash <> standing.cash_fen - standing_cash)
  UNION ALL
  SELECT id || ': more or less than one record stands' FROM settlement AS sale
  WHERE root = id AND 1 <> (
    SELECT count(*) FROM settlement AS standing WHERE standing.root = sale.id
      AND NOT EXISTS (SELECT 1 FROM undo WHERE undone = standing.id AND resettled_as IS NOT NULL))
  UNION ALL
  SELECT id || ': what accounts gave and got back is not what stands' FROM settlement AS sale
  WHERE root = id AND total_fen - cash_fen
    - coalesce((SELECT sum(total_fen - cash_fen + cash_due_fen) FROM undo WHERE undo.root = sale.id), 0) <> (
    SELECT coalesce(sum(iif(posting.undo IS NULL, amount_fen, -amount_fen)), 0) FROM posting
    WHERE settlement IN (SELECT id FROM settlement WHERE root = sale.id)
      OR undo IN (SELECT id FROM undo WHERE root = sale.id))
  UNION ALL
  SELECT record || ': ' || account || ' got back more than it paid' FROM (
    SELECT settlement AS record, debit AS account, link, amount_fen AS paid, 0 AS back, quota_fen AS quota FROM posting
    WHERE settlement IS NOT NULL
    UNION ALL
    SELECT undo.undone, credit, link, 0, amount_fen, -quota_fen FROM posting JOIN undo ON undo.id = posting.undo)
  GROUP BY record, account, link HAVING sum(back) > sum(paid) OR sum(quota) < 0`;

type Row = Record<string, unknown>;

/** The statements, prepared once. */
class SqliteRows implements WritableRows {
  readonly #db: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();
  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
  }

  holderByRef(card: CardRef): CardHolder | undefined {
    return holder(this.#get(holderBy.ref, card));
  }

  holderByNumber(kind: 'pan' | 'cardSn', index: Uint8Array): CardHolder | undefined {
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
    return this.#all(linksOf[reach], person, now).map(linkOnRecord);
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
      `INSERT INTO posting (id, kind, settlement, undo, link, debit, credit, amount_fen, quota_fen, at_ms)
       VALUES ((SELECT coalesce(max(id), 0) + 1 FROM posting), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.kind,
      row.settlement,
      row.undo,
      row.link,
      accountId(row.debit),
      accountId(row.credit),
      row.amount,
      row.quota,
      row.at,
    );
  }

  addLink(row: LinkRow): string {
    const id = `L${String(Number(this.#get('SELECT count(*) AS n FROM link')?.n) + 1).padStart(8, '0')}`;
    this.#run(
      'INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      row.provider,
      row.beneficiary,
      row.relation,
      row.since,
      row.until,
      row.quota,
      row.rank,
    );
    return id;
  }

  endLinks(provider: string, beneficiary: string, at: number): number {
    return this.#run(
      `UPDATE link SET until_ms = max(since_ms, ?3)
       WHERE provider = ?1 AND beneficiary = ?2 AND (until_ms IS NULL OR until_ms > ?3)`,
      provider,
      beneficiary,
      at,
    );
  }

  setStatus(person: string, status: InsuranceStatus): void {
    this.#run('UPDATE person SET status = ? WHERE id = ?', status, person);
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

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known) return known;
    const prepared = this.#db.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
  #get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }
  #all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#statement(sql).all(...values) as readonly Row[];
  }
  #run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }
}

type Value = string | number | null | Uint8Array;

const selectHolder = `
  SELECT card.ref, card.person, card.pan_sealed, card.masked_card, card.state, card.pin_verifier, card.wrong_tries,
    card.pin_locked, person.name, person.masked_id, person.insurance, person.status, person.area, person.wallet_opened
  FROM card JOIN person ON person.id = card.person`;
const holderBy = {
  ref: `${selectHolder} WHERE card.ref = ?`,
  pan: `${selectHolder} WHERE card.pan_index = ?`,
  cardSn: `${selectHolder} WHERE card.card_sn_index = ?`,
  person: `${selectHolder} WHERE card.person = ?`,
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

const inForce = 'link.since_ms <= ?2 AND (link.until_ms IS NULL OR link.until_ms > ?2)';

/** Everybody reached from ?1 over links in force at ?2. Two plain joins, because an OR over both sides uses no index. */
const withConnected = `
  WITH RECURSIVE connected (person) AS (
    VALUES (?1)
    UNION
    SELECT link.beneficiary FROM connected JOIN link ON link.provider = connected.person WHERE ${inForce}
    UNION
    SELECT link.provider FROM connected JOIN link ON link.beneficiary = connected.person WHERE ${inForce}
  )`;

const selectLink = `
  SELECT link.*, provider.name, provider.status, provider.insurance AS provider_insurance,
    provider.area AS provider_area, provider.wallet_opened, beneficiary.insurance AS beneficiary_insurance,
    beneficiary.status AS beneficiary_status, beneficiary.area AS beneficiary_area, card.state,
    (SELECT balance_fen FROM account WHERE person = link.provider AND kind = 'personal' AND closed = 0) AS balance_fen,
    (SELECT count(*) FROM link WHERE link.provider = provider.id AND ${inForce}) AS links_of_provider,
    (SELECT count(*) FROM link WHERE link.beneficiary = beneficiary.id AND ${inForce}) AS links_of_beneficiary
  FROM link
  JOIN person AS provider ON provider.id = link.provider
  JOIN person AS beneficiary ON beneficiary.id = link.beneficiary
  JOIN card ON card.person = link.provider`;
const linksOf = {
  own: `${selectLink} WHERE link.beneficiary = ?1 OR link.provider = ?1 ORDER BY link.id`,
  connected: `${withConnected} ${selectLink}
    WHERE link.beneficiary IN (SELECT person FROM connected) AND (link.beneficiary = ?1 OR (${inForce}))
    ORDER BY link.id`,
};

function linkOnRecord(row: Row): LinkOnRecord {
  return {
    linkId: String(row.id),
    provider: String(row.provider),
    beneficiary: String(row.beneficiary),
    relation: row.relation as LinkOnRecord['relation'],
    since: Number(row.since_ms),
    until: row.until_ms === null ? null : Number(row.until_ms),
    rank: row.rank === null ? null : Number(row.rank),
    quotaLeft: row.quota_left_fen === null ? null : money(row.quota_left_fen),
    providerInsurance: row.provider_insurance as LinkOnRecord['providerInsurance'],
    beneficiaryInsurance: row.beneficiary_insurance as LinkOnRecord['beneficiaryInsurance'],
    providerArea: String(row.provider_area),
    beneficiaryArea: String(row.beneficiary_area),
    providerName: String(row.name),
    providerStatus: row.status as InsuranceStatus,
    beneficiaryStatus: row.beneficiary_status as InsuranceStatus,
    providerCard: row.state as CardState,
    providerBalance: row.balance_fen === null ? null : money(row.balance_fen),
    providerWalletOpened: row.wallet_opened === 1,
    linksOfProvider: Number(row.links_of_provider),
    linksOfBeneficiary: Number(row.links_of_beneficiary),
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

function money(value: unknown): Fen {
  return fen(Number(value));
}

function parsed<T extends MoneyAnswer | Settlement | Undo>(json: unknown): T {
  return JSON.parse(String(json)) as T;
}
