import type { EmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { CalendarDay } from '../../src/domain/calendar-day.ts';
import type { MoneyAnswer, SettleRequest } from '../../src/ports/centre.ts';
import type { MsgId } from '../../src/ports/ids.ts';
import type { Intent, IntentOutcome, Journal } from '../../src/ports/journal.ts';
import { bill, link, person, start, yuan } from '../centre/centre-world.ts';
import { Counter, undone } from '../centre/sales-counter.ts';

/** What somebody was told: the terminal by the centre, or by its journal. `at`: how many steps the disk had seen. */
export type Told = { readonly at: number } & (
  | { readonly by: 'centre'; readonly msgId: MsgId; readonly answer: MoneyAnswer | 'reversed' | 'absent' }
  | { readonly by: 'journal'; readonly msgId: MsgId; readonly what: 'intended' | 'reversing' | IntentOutcome }
);

export const day: CalendarDay = '2025-04-19' as CalendarDay;
const families = 4;
const beneficiary = (index: number) => `mother-${index % families}`;
export const everybody = Array.from({ length: families }, (_, index) => [
  beneficiary(index),
  `daughter-${index}`,
]).flat();
export const openingFen = families * (yuan('500') + yuan('900'));

export function seed({ registry }: EmbeddedCentre): void {
  const each = Array.from({ length: families }, (_, index) => index);
  registry.seed(
    'power cut',
    [
      ...each.map((index) => person(beneficiary(index), { balance: '500' })),
      ...each.map((index) => person(`daughter-${index}`, { balance: '900' })),
    ],
    each.map((index) => link(`daughter-${index}`, beneficiary(index))),
  );
}

/** A terminal's day at a centre, with its journal, message by message: sales, sales whose answer got lost and which are
 *  reversed or asked for, messages that never arrived, cancels and refunds. Everything that was told is kept, and the
 *  requests, to be sent again. */
export class RunOfSales {
  readonly told: Told[] = [];
  readonly requests: SettleRequest[] = [];
  readonly #counter: Counter;
  readonly #centre: EmbeddedCentre['centre'];
  readonly #journal: Journal;
  readonly #now: () => number;

  constructor(embedded: EmbeddedCentre, journal: Journal, now: () => number) {
    this.#counter = new Counter(embedded);
    this.#centre = embedded.centre;
    this.#journal = journal;
    this.#now = now;
  }

  async run(rounds: number): Promise<void> {
    await this.#counter.signIn();
    for (let round = 0; round < rounds; round++) {
      // Own account and the daughter's, until the first is empty; then the daughter's and cash.
      const first = await this.#sale(round, 'answered');
      await this.#sale(round + 1, 'reversed');
      const second = await this.#sale(round + 2, 'askedFor');
      await this.#neverArrived(round);
      if (first !== null && round % 2 === 0) await this.#cancel(first);
      if (second !== null) await this.#refund(second, round % 3 === 0 ? null : '7.5');
    }
  }

  /** Gives the settlement's id; null for one that is reversed. */
  async #sale(family: number, ending: 'answered' | 'reversed' | 'askedFor'): Promise<string | null> {
    const request = await this.#counter.ring(beneficiary(family), bill('61.25', '11.05'));
    const { msgId } = request;
    this.requests.push(request);
    await this.#intend({ ...common(msgId), kind: 'settle', amountFen: 5020, card: request.card });
    const answer = await this.#centre.settle(request);
    if (answer.kind !== 'settled') throw new Error(`not settled: ${JSON.stringify(answer)}`);
    if (ending === 'reversed') {
      await this.#journal.reversing(msgId);
      this.#tell({ by: 'journal', msgId, what: 'reversing' });
      await this.#counter.reverse(msgId);
      this.#tell({ by: 'centre', msgId, answer: 'reversed' });
      await this.#settled(msgId, 'reversed');
      return null;
    }
    if (ending === 'answered') this.#tell({ by: 'centre', msgId, answer });
    else await this.#ask(msgId);
    await this.#settled(msgId, 'settled');
    return answer.settlement.settlementId;
  }

  async #neverArrived(family: number): Promise<void> {
    const request = await this.#counter.ring(beneficiary(family), bill('10'));
    this.requests.push(request);
    await this.#intend({ ...common(request.msgId), kind: 'settle', amountFen: 1000, card: request.card });
    await this.#ask(request.msgId);
    await this.#settled(request.msgId, 'absent');
  }

  async #cancel(settlementId: string): Promise<void> {
    const request = await this.#counter.cancelRequest(settlementId);
    await this.#undo('cancel', request, () => this.#centre.cancel(request));
  }

  async #refund(settlementId: string, yuanText: string | null): Promise<void> {
    const amount = yuanText === null ? null : yuan(yuanText);
    const { digest } = await this.#counter.preview('refund', settlementId, amount);
    const request = { ...this.#counter.next(), settlementId, amount, digest };
    await this.#undo('refund', request, () => this.#centre.refund(request));
  }

  async #undo(
    kind: 'cancel' | 'refund',
    { msgId, settlementId }: { readonly msgId: MsgId; readonly settlementId: string },
    send: () => Promise<MoneyAnswer>,
  ): Promise<void> {
    await this.#intend({ ...common(msgId), kind, amountFen: 1, settlementId });
    const answer = await send();
    if (answer.kind !== 'undone') throw new Error(`not undone: ${JSON.stringify(answer)}`);
    this.#tell({ by: 'centre', msgId, answer: { kind: 'undone', undo: undone(answer) } });
    await this.#settled(msgId, 'undone');
  }

  async #ask(of: MsgId): Promise<void> {
    const answer = await this.#centre.query({ ...this.#counter.next(), of });
    this.#tell({ by: 'centre', msgId: of, answer: answer.kind === 'absent' ? 'absent' : answer.answer });
  }

  async #intend(intent: Intent): Promise<void> {
    await this.#journal.intend(intent);
    this.#tell({ by: 'journal', msgId: intent.msgId, what: 'intended' });
  }

  async #settled(msgId: MsgId, outcome: IntentOutcome): Promise<void> {
    await this.#journal.settled(msgId, outcome);
    this.#tell({ by: 'journal', msgId, what: outcome });
  }

  #tell(what: Told extends infer T ? (T extends Told ? Omit<T, 'at'> : never) : never): void {
    this.told.push({ ...what, at: this.#now() } as Told);
  }
}

function common(msgId: MsgId): Omit<Intent, 'kind' | 'amountFen'> {
  return { msgId, card: null, settlementId: null, operator: '01', at: start };
}
