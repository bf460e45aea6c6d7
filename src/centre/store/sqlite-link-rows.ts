import type { CalendarDay } from '../../domain/calendar-day.ts';
import type { LinkRecord } from '../../domain/link-record.ts';
import type { Fen } from '../../domain/money.ts';
import type { CardState, InsuranceStatus } from '../../domain/person.ts';
import type { MsgId } from '../../ports/ids.ts';
import type { LinkOnRecord, LinkRow } from '../centre-store.ts';
import type { LinkActor, LinkAsked } from '../link-office.ts';
import type { AskOutcome, DeskAnswer, DeskPermitRow, LinkAskRow, WritableLinkRows } from '../link-rows.ts';
import { money, parsed, type Row, type Statements } from './sqlite-statements.ts';

/** How links came about, in SQLite. */
export class SqliteLinkRows implements WritableLinkRows {
  readonly #sql: Statements;
  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** See `Rows.linksAround`. */
  around(person: string, now: number, reach: 'own' | 'connected'): readonly LinkOnRecord[] {
    return this.#sql.all(linksOf[reach], person, now).map(linkOnRecord);
  }

  /** See `WritableRows.addLink`. */
  add(row: LinkRow): string {
    const id = `L${String(Number(this.#sql.get('SELECT count(*) AS n FROM link')?.n) + 1).padStart(8, '0')}`;
    this.#sql.run(
      `INSERT INTO link (id, provider, beneficiary, relation, since_ms, until_ms, quota_left_fen, rank, made_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      row.provider,
      row.beneficiary,
      row.relation,
      row.since,
      row.until,
      row.quota,
      row.rank,
      row.madeBy ?? null,
    );
    return id;
  }

  /** See `WritableRows.endLinks`. */
  endBetween(provider: string, beneficiary: string, at: number): number {
    return this.#sql.run(
      `UPDATE link SET until_ms = max(since_ms, ?3)
       WHERE provider = ?1 AND beneficiary = ?2 AND (until_ms IS NULL OR until_ms > ?3)`,
      provider,
      beneficiary,
      at,
    );
  }

  recordsOf(person: string): readonly LinkRecord[] {
    return this.#sql
      .all(
        `SELECT record FROM link_record WHERE link IN (
           SELECT id FROM link WHERE provider = ?1 UNION ALL SELECT id FROM link WHERE beneficiary = ?1)
           AND (deed <> 'quotaSet' OR (SELECT provider FROM link WHERE link.id = link_record.link) = ?1)
         ORDER BY seq`,
        person,
      )
      .map((row) => parsed<LinkRecord>(row.record));
  }

  recordsOn(day: CalendarDay): readonly LinkRecord[] {
    return this.#sql
      .all('SELECT record FROM link_record WHERE business_day = ? ORDER BY seq', day)
      .map((row) => parsed<LinkRecord>(row.record));
  }

  answerTo(msgId: MsgId): { readonly requestHash: string; readonly answer: DeskAnswer } | undefined {
    const row = this.#sql.get('SELECT request_hash, answer FROM link_message WHERE msg_id = ?', msgId);
    return row && { requestHash: String(row.request_hash), answer: parsed<DeskAnswer>(row.answer) };
  }

  permit(permit: string): DeskPermitRow | undefined {
    const row = this.#sql.get(
      'SELECT card, terminal, operator, expires_at_ms FROM desk_permit WHERE permit = ?',
      permit,
    );
    return (
      row && {
        permit,
        card: String(row.card),
        terminal: String(row.terminal),
        operator: String(row.operator),
        expiresAt: Number(row.expires_at_ms),
      }
    );
  }

  unansweredAsk(provider: string, beneficiary: string): LinkAskRow | undefined {
    const row = this.#sql.get(
      'SELECT * FROM link_ask WHERE provider = ? AND beneficiary = ? AND outcome IS NULL',
      provider,
      beneficiary,
    );
    return row && linkAsk(row);
  }

  openAsksOf(person: string, now: number): readonly LinkAskRow[] {
    return this.#sql
      .all(
        `SELECT * FROM link_ask WHERE provider = ?1 AND outcome IS NULL AND expires_at_ms > ?2
         UNION ALL
         SELECT * FROM link_ask WHERE beneficiary = ?1 AND outcome IS NULL AND expires_at_ms > ?2
         ORDER BY seq`,
        person,
        now,
      )
      .map(linkAsk);
  }

  asksTurnedDown(provider: string, since: number): readonly (LinkAskRow & { readonly answeredAt: number })[] {
    return this.#sql
      .all(
        `SELECT * FROM link_ask WHERE provider = ? AND outcome = 'turnedDown' AND answered_at_ms > ?
         ORDER BY answered_at_ms DESC, seq DESC`,
        provider,
        since,
      )
      .map((row) => ({ ...linkAsk(row), answeredAt: Number(row.answered_at_ms) }));
  }

  end(linkId: string, until: number, endedBy: string): void {
    this.#sql.run('UPDATE link SET until_ms = ?, ended_by = ? WHERE id = ?', until, endedBy, linkId);
  }

  addRecord(record: LinkRecord): void {
    this.#sql.run(
      `INSERT INTO link_record (id, seq, deed, link, at_ms, record)
       VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM link_record), ?, ?, ?, ?)`,
      record.recordId,
      record.deed,
      record.linkId,
      record.at,
      JSON.stringify(record),
    );
  }

  setQuota(linkId: string, before: Fen | null, after: Fen, at: number, record: string): void {
    this.#sql.run(
      `INSERT INTO link_quota (id, link, before_fen, after_fen, at_ms, record)
       VALUES ((SELECT coalesce(max(id), 0) + 1 FROM link_quota), ?, ?, ?, ?, ?)`,
      linkId,
      before,
      after,
      at,
      record,
    );
  }

  addAnswer(msgId: MsgId, requestHash: string, answer: DeskAnswer, at: number): void {
    this.#sql.run(
      'INSERT INTO link_message (msg_id, request_hash, answer, record, at_ms) VALUES (?, ?, ?, ?, ?)',
      msgId,
      requestHash,
      JSON.stringify(answer),
      'record' in answer ? answer.record.recordId : null,
      at,
    );
  }

  addPermit(row: DeskPermitRow): void {
    const { permit, card, terminal, operator, expiresAt } = row;
    this.#sql.run('INSERT INTO desk_permit VALUES (?, ?, ?, ?, ?)', permit, card, terminal, operator, expiresAt);
  }

  addAsk({ askId, asked, actor, at, expiresAt }: Omit<LinkAskRow, 'outcome'>): void {
    this.#sql.run(
      `INSERT INTO link_ask (id, seq, provider, beneficiary, asked, actor, at_ms, expires_at_ms)
       VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM link_ask), ?, ?, ?, ?, ?, ?)`,
      askId,
      asked.provider,
      asked.beneficiary,
      JSON.stringify(asked),
      JSON.stringify(actor),
      at,
      expiresAt,
    );
  }

  closeAsk(askId: string, outcome: AskOutcome, at: number): void {
    this.#sql.run('UPDATE link_ask SET outcome = ?, answered_at_ms = ? WHERE id = ?', outcome, at, askId);
  }
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
    coalesce((SELECT at_ms >= link.until_ms FROM link_record WHERE link_record.id = link.ended_by), 0) AS is_over,
    (SELECT record ->> '$.channel' FROM link_record WHERE link_record.id = link.made_by) AS channel,
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
    channel: (row.channel ?? null) as LinkOnRecord['channel'],
    isCancelled: row.ended_by !== null,
    isOver: row.is_over === 1,
    linksOfProvider: Number(row.links_of_provider),
    linksOfBeneficiary: Number(row.links_of_beneficiary),
  };
}

function linkAsk(row: Row): LinkAskRow {
  return {
    askId: String(row.id),
    asked: parsed<LinkAsked>(row.asked),
    actor: parsed<LinkActor>(row.actor),
    at: Number(row.at_ms),
    expiresAt: Number(row.expires_at_ms),
    outcome: row.outcome as LinkAskRow['outcome'],
  };
}
