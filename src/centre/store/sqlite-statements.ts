import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { type Fen, fen } from '../../domain/money.ts';

export type Row = Record<string, unknown>;
export type Value = string | number | null | Uint8Array;

/** The statements of a connection, each prepared once. */
export class Statements {
  readonly #db: DatabaseSyncInstance;
  readonly #prepared = new Map<string, StatementSyncInstance>();
  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
  }

  get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }
  all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#statement(sql).all(...values) as readonly Row[];
  }
  /** Gives how many rows were changed. */
  run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const prepared = this.#db.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

export function money(value: unknown): Fen {
  return fen(Number(value));
}

/** JSON as this program wrote it. */
export function parsed<T>(json: unknown): T {
  return JSON.parse(String(json)) as T;
}
