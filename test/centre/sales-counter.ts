import type { Bill } from '../../src/domain/bill.ts';
import type { Quote, Settlement } from '../../src/domain/settlement.ts';
import type { Authorisation, Centre, Identified, SettleAnswer, SettleRequest } from '../../src/ports/centre.ts';
import { Envelopes, pinBlockOf, rightPin, stripeOf } from './centre-world.ts';

export function pin(id: string, digits: string): Authorisation {
  return { kind: 'pin', pinBlock: pinBlockOf(id, digits) };
}

/** A terminal that asks a centre. */
export class Counter {
  readonly #centre: Centre;
  readonly #envelopes: Envelopes;
  constructor(centre: Centre, terminal = 'T1') {
    this.#centre = centre;
    this.#envelopes = new Envelopes(terminal);
  }
  next() {
    return this.#envelopes.next();
  }
  async identify(id: string): Promise<Identified> {
    const answer = await this.#centre.identify({ ...this.next(), credential: stripeOf(id) });
    if (answer.kind !== 'identified') throw new Error(`not identified: ${answer.decline.code}`);
    return answer;
  }
  async quote(card: string, of: Bill): Promise<Quote> {
    const answer = await this.#centre.quote({ ...this.next(), card, bill: of });
    if (answer.kind !== 'quoted') throw new Error(`not quoted: ${answer.decline.code}`);
    return answer.quote;
  }
  request(card: string, of: Bill, digest: string, authorisation: Authorisation): SettleRequest {
    return { ...this.next(), card, bill: of, digest, authorisation };
  }
  settle(card: string, of: Bill, digest: string, authorisation: Authorisation): Promise<SettleAnswer> {
    return this.#centre.settle(this.request(card, of, digest, authorisation));
  }
  /** The whole sale, with the right PIN where one is needed. */
  async sell(id: string, of: Bill): Promise<Settlement> {
    const { card } = await this.identify(id);
    const { digest, needsPin } = await this.quote(card, of);
    const answer = await this.settle(card, of, digest, needsPin ? pin(id, rightPin) : { kind: 'none' });
    if (answer.kind !== 'settled') throw new Error(`not settled: ${JSON.stringify(answer)}`);
    return answer.settlement;
  }
}
