import type { CalendarDay } from '../../domain/calendar-day.ts';
import type { Fen } from '../../domain/money.ts';
import type { SentOnDay } from '../../domain/wallet.ts';
import type { TransferEnd, TransferOnRecord, TransferRow, WritableTransferRows } from '../transfer-rows.ts';
import { money, type Row, type Statements } from './sqlite-statements.ts';

/** Wallet transfers, in SQLite. */
export class SqliteTransferRows implements WritableTransferRows {
  readonly #sql: Statements;
  constructor(sql: Statements) {
    this.#sql = sql;
  }

  byId(id: string): TransferOnRecord | undefined {
    const row = this.#sql.get(selectBy.id, id);
    return row && onRecord(row);
  }

  of(person: string): readonly TransferOnRecord[] {
    return this.#sql.all(selectBy.person, person).map(onRecord);
  }

  waitingOf(person: string, now: number): readonly TransferOnRecord[] {
    return this.#sql.all(selectBy.waiting, person, now).map(onRecord);
  }

  heldBy(person: string, now: number): Fen {
    return money(this.#sql.get(held, person, now)?.held);
  }

  sentOn(person: string, day: CalendarDay): SentOnDay {
    const row = this.#sql.get(
      'SELECT count(*) AS n, coalesce(sum(amount_fen), 0) AS total FROM wallet_transfer WHERE sender = ? AND sent_day = ?',
      person,
      day,
    );
    return { count: Number(row?.n), total: money(row?.total) };
  }

  add(row: TransferRow): void {
    this.#sql.run(
      `INSERT INTO wallet_transfer (id, sender, receiver, link, amount_fen, profile, sent_at_ms, lapses_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.sender,
      row.receiver,
      row.link,
      row.amount,
      row.profile,
      row.sentAt,
      row.lapsesAt,
    );
  }

  end(id: string, as: TransferEnd, at: number): void {
    this.#sql.run('UPDATE wallet_transfer SET ended_as = ?, ended_at_ms = ? WHERE id = ?', as, at, id);
  }
}

const waits = 'ended_as IS NULL AND (lapses_at_ms IS NULL OR lapses_at_ms > ?2)';
const held = `SELECT coalesce(sum(amount_fen), 0) AS held FROM wallet_transfer WHERE sender = ?1 AND ${waits}`;

const select = `
  SELECT it.*, sender.name AS sender_name, receiver.name AS receiver_name, (
    SELECT coalesce(sum(amount_fen), 0) FROM posting
    WHERE transfer = it.id AND credit = 'personal:' || it.sender) AS given_back_fen
  FROM wallet_transfer AS it
  JOIN person AS sender ON sender.id = it.sender
  JOIN person AS receiver ON receiver.id = it.receiver`;
const inOrder = 'ORDER BY it.sent_at_ms, it.id';
const selectBy = {
  id: `${select} WHERE it.id = ?`,
  person: `${select} WHERE it.sender = ?1 OR it.receiver = ?1 ${inOrder}`,
  waiting: `${select} WHERE (it.sender = ?1 OR it.receiver = ?1) AND ${waits} ${inOrder}`,
};

function onRecord(row: Row): TransferOnRecord {
  return {
    id: String(row.id),
    sender: String(row.sender),
    receiver: String(row.receiver),
    link: String(row.link),
    amount: money(row.amount_fen),
    profile: String(row.profile),
    sentAt: Number(row.sent_at_ms),
    lapsesAt: row.lapses_at_ms === null ? null : Number(row.lapses_at_ms),
    senderName: String(row.sender_name),
    receiverName: String(row.receiver_name),
    end: row.ended_as === null ? null : { as: row.ended_as as TransferEnd, at: Number(row.ended_at_ms) },
    givenBack: money(row.given_back_fen),
  };
}
