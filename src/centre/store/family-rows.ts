import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import type {
  FamilyMemberRow,
  FamilyMemberState,
  PermitRow,
  TransferRow,
  TransferState,
  WritableFamilyRows,
} from '../family-store.ts';

type Row = Record<string, unknown>;
type Value = string | number | Uint8Array | null;

/** The family service's rows on SQLite, inside the transactions of the store that has the connection. */
export class SqliteFamilyRows implements WritableFamilyRows {
  readonly #db: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();
  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
  }

  bornOf(person: string): CalendarDay | undefined {
    const row = this.#get('SELECT born FROM person WHERE id = ?', person);
    return row && String(row.born);
  }

  personByResidentId(index: Uint8Array): string | undefined {
    const row = this.#get('SELECT id FROM person WHERE resident_index = ?', index);
    return row && String(row.id);
  }

  ecardPin(person: string): Uint8Array | undefined {
    return this.#get('SELECT pin_verifier FROM ecard WHERE person = ?', person)?.pin_verifier as Uint8Array | undefined;
  }

  countedEntries(person: string, max: number): readonly number[] {
    return this.#all(
      `SELECT at_ms FROM ecard_entry
       WHERE person = ?1 AND id > coalesce((SELECT max(id) FROM ecard_entry WHERE person = ?1 AND is_right = 1), 0)
       ORDER BY id DESC LIMIT ?2`,
      person,
      max,
    ).map((row) => Number(row.at_ms));
  }

  permit(permit: string): PermitRow | undefined {
    const row = this.#get('SELECT * FROM ecard_permit WHERE permit = ? AND used_for IS NULL', permit);
    return row && { permit, person: String(row.person), expiresAt: Number(row.expires_at_ms) };
  }

  member(id: string): FamilyMemberRow | undefined {
    const row = this.#get('SELECT * FROM family_member WHERE id = ?', id);
    return row && memberOf(row);
  }

  membersOf(holder: string): readonly FamilyMemberRow[] {
    return this.#all(
      `SELECT * FROM family_member WHERE holder = ? AND state IN ('awaitingFace', 'opened')
       ORDER BY applied_at_ms, id`,
      holder,
    ).map(memberOf);
  }

  awaitingFaceOf(relative: string): readonly FamilyMemberRow[] {
    return this.#all(
      "SELECT * FROM family_member WHERE relative = ? AND state = 'awaitingFace' ORDER BY applied_at_ms, id",
      relative,
    ).map(memberOf);
  }

  lastCertification(person: string): number | null {
    const at = this.#get('SELECT max(at_ms) AS at FROM certification WHERE person = ?', person)?.at;
    return at === null || at === undefined ? null : Number(at);
  }

  transfer(id: string): TransferRow | undefined {
    const row = this.#get('SELECT * FROM transfer_application WHERE id = ?', id);
    return row && transferOf(row);
  }

  transfersAround(person: string): readonly TransferRow[] {
    return this.#all(
      'SELECT * FROM transfer_application WHERE by_person = ?1 OR person = ?1 ORDER BY applied_at_ms DESC, id',
      person,
    ).map(transferOf);
  }

  addEcard(person: string, pinVerifier: Uint8Array, at: number): void {
    this.#run('INSERT INTO ecard VALUES (?, ?, ?)', person, pinVerifier, at);
  }

  setEcardPin(person: string, pinVerifier: Uint8Array): void {
    this.#run('UPDATE ecard SET pin_verifier = ? WHERE person = ?', pinVerifier, person);
  }

  countEntry(person: string, at: number): number {
    const id = Number(this.#get('SELECT coalesce(max(id), 0) + 1 AS id FROM ecard_entry')?.id);
    this.#run('INSERT INTO ecard_entry (id, person, at_ms) VALUES (?, ?, ?)', id, person, at);
    return id;
  }

  noteRightEntry(entry: number): void {
    this.#run('UPDATE ecard_entry SET is_right = 1 WHERE id = ?', entry);
  }

  addPermit(row: PermitRow): void {
    this.#run('INSERT INTO ecard_permit VALUES (?, ?, ?, NULL)', row.permit, row.person, row.expiresAt);
  }

  spendPermit(permit: string, usedFor: string): void {
    this.#run('UPDATE ecard_permit SET used_for = ? WHERE permit = ?', usedFor, permit);
  }

  spendPermitsOf(person: string, usedFor: string): void {
    this.#run('UPDATE ecard_permit SET used_for = ? WHERE person = ? AND used_for IS NULL', usedFor, person);
  }

  addMember(row: FamilyMemberRow): void {
    this.#run(
      'INSERT INTO family_member VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      row.id,
      row.holder,
      row.relative,
      row.relation,
      row.state,
      row.proof,
      row.photo,
      row.appliedAt,
      row.appliedAt,
    );
  }

  setMemberState(id: string, state: FamilyMemberState, at: number): void {
    this.#run('UPDATE family_member SET state = ?, changed_at_ms = ? WHERE id = ?', state, at, id);
  }

  lapse(before: number, at: number): void {
    this.#run(
      "UPDATE family_member SET state = 'lapsed', changed_at_ms = ? WHERE state = 'awaitingFace' AND applied_at_ms <= ?",
      at,
      before,
    );
  }

  addCertification(person: string, by: string, at: number): void {
    this.#run(
      `INSERT INTO certification VALUES ((SELECT coalesce(max(id), 0) + 1 FROM certification), ?, ?, ?)`,
      person,
      by,
      at,
    );
  }

  addTransfer(row: TransferRow): void {
    this.#run(
      'INSERT INTO transfer_application VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      row.id,
      row.person,
      row.by,
      row.from,
      row.to,
      row.state,
      row.appliedAt,
      row.appliedAt,
    );
  }

  setTransferState(id: string, state: TransferState, at: number): void {
    this.#run('UPDATE transfer_application SET state = ?, changed_at_ms = ? WHERE id = ?', state, at, id);
  }

  #get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined;
  }

  #all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#prepared(sql).all(...values) as readonly Row[];
  }

  #run(sql: string, ...values: readonly Value[]): void {
    this.#prepared(sql).run(...values);
  }

  #prepared(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function memberOf(row: Row): FamilyMemberRow {
  return {
    id: String(row.id),
    holder: String(row.holder),
    relative: String(row.relative),
    relation: row.relation as FamilyMemberRow['relation'],
    state: row.state as FamilyMemberState,
    proof: row.proof as FamilyMemberRow['proof'],
    photo: row.photo as FamilyMemberRow['photo'],
    appliedAt: Number(row.applied_at_ms),
  };
}

function transferOf(row: Row): TransferRow {
  return {
    id: String(row.id),
    person: String(row.person),
    by: String(row.by_person),
    from: String(row.from_area),
    to: String(row.to_area),
    state: row.state as TransferState,
    appliedAt: Number(row.applied_at_ms),
  };
}
