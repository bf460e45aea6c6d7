import {
  type Centre,
  CentreFault,
  type IdentifyAnswer,
  type IdentifyRequest,
  type QueryAnswer,
  type QueryRequest,
  type QuoteAnswer,
  type QuoteRequest,
  type SettleAnswer,
  type SettleRequest,
} from '../ports/centre.ts';
import { StoreFault } from './centre-store.ts';
import type { Desk } from './desk.ts';
import { identify } from './identify.ts';
import { query } from './query.ts';
import { quote } from './quote.ts';
import { settle } from './settle.ts';

/** The centre in the terminal's own process. Faults: `CentreFault` `storeDown` for whatever the store throws; anything
 *  else is a bug and passes through. */
export class LocalCentre implements Centre {
  readonly #desk: Desk;
  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async identify(request: IdentifyRequest): Promise<IdentifyAnswer> {
    return answering(() => identify(this.#desk, request));
  }
  async quote(request: QuoteRequest): Promise<QuoteAnswer> {
    return answering(() => quote(this.#desk, request));
  }
  async settle(request: SettleRequest): Promise<SettleAnswer> {
    return answering(() => settle(this.#desk, request));
  }
  async query(request: QueryRequest): Promise<QueryAnswer> {
    return answering(() => query(this.#desk, request));
  }
}

function answering<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof StoreFault ? new CentreFault('storeDown', { cause: error }) : error;
  }
}
