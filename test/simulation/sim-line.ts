import { type Centre, CentreFault, type Envelope } from '../../src/ports/centre.ts';
import { brokenAnswer } from './broken-answer.ts';
import type { LineFault, Message } from './history.ts';
import { messages } from './history.ts';
import type { Oracle } from './oracle.ts';
import type { SimCentre } from './sim-centre.ts';
import type { SimTime } from './sim-time.ts';

interface Planned {
  readonly fault: LineFault;
  readonly ms: number;
}

/** The line between one terminal and the centre, on which things go wrong as planned. It outlives the terminal's
 *  processes: what has left one of them is still under way when it has died. */
export class SimLine {
  /** Messages that are still under way, both ways. */
  underWay = 0;
  /** What goes wrong in the centre's own bookkeeping of the simulation: it ends the history. */
  readonly #onBroken: (error: Error) => void;
  readonly #time: SimTime;
  readonly #centre: SimCentre;
  readonly #oracle: Oracle;
  readonly #latencyMs: number;
  readonly #planned = new Map<Message, Planned[]>();
  /** The last answers to each kind of message, for those that come instead of another. */
  readonly #earlier = new Map<Message, unknown>();
  #downUntil = 0;

  constructor(time: SimTime, centre: SimCentre, oracle: Oracle, latencyMs: number, onBroken: (error: Error) => void) {
    this.#time = time;
    this.#centre = centre;
    this.#oracle = oracle;
    this.#latencyMs = latencyMs;
    this.#onBroken = onBroken;
  }

  plan(on: Message, fault: LineFault, ms: number, times: number): void {
    const planned = this.#planned.get(on) ?? [];
    for (let time = 0; time < times; time++) planned.push({ fault, ms });
    this.#planned.set(on, planned);
  }

  goDown(ms: number): void {
    this.#downUntil = Math.max(this.#downUntil, this.#time.now + ms);
  }

  /** No further fault is planned. */
  calm(): void {
    this.#planned.clear();
    this.#downUntil = 0;
  }

  /** The centre as one process of the terminal sees it. `onSend`: what leaves it. */
  view(isAlive: () => boolean, onSend: (message: Message, request: Envelope) => void): Centre {
    const send = (message: Message) => (request: Envelope) => {
      if (!isAlive()) return new Promise<never>(() => undefined);
      onSend(message, request);
      return this.#send(message, request, isAlive);
    };
    return Object.fromEntries(messages.map((message) => [message, send(message)])) as unknown as Centre;
  }

  #send(message: Message, request: Envelope, isAlive: () => boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const hears = (work: () => void) => () => {
        if (isAlive()) work();
      };
      const answers = (answer: unknown, ms: number) =>
        this.#later(
          ms,
          hears(() => resolve(answer)),
        );
      const faults = (error: Error) =>
        this.#later(
          this.#latencyMs,
          hears(() => reject(error)),
        );
      const arrives = (ms: number, then: (answer: unknown) => void) =>
        this.#later(ms, () => this.#deliver(message, request, then, faults));
      const silence = () => undefined;

      const latency = this.#latencyMs;
      if (this.#time.now < this.#downUntil) return;
      const planned = this.#planned.get(message)?.shift();
      switch (planned?.fault) {
        case undefined:
          arrives(latency, (answer) => answers(answer, latency));
          return;
        case 'loseRequest':
          return;
        case 'refused':
          faults(new CentreFault('noAnswer'));
          return;
        case 'loseReply':
          arrives(latency, silence);
          return;
        case 'cutAfter':
          arrives(latency, () => this.goDown(planned.ms));
          return;
        case 'late':
          arrives(latency, (answer) => answers(answer, latency + planned.ms));
          return;
        case 'reorder':
          arrives(latency + planned.ms, silence);
          return;
        case 'duplicate':
          arrives(latency, (answer) => answers(answer, latency));
          arrives(latency + planned.ms, silence);
          return;
        case 'broken':
          arrives(latency, (answer) => answers(brokenAnswer(answer), latency));
          return;
        case 'other': {
          const earlier = this.#earlier.get(message);
          arrives(latency, (answer) => {
            // Where there is no earlier one, or the same, nothing comes.
            if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(answer)) answers(earlier, latency);
          });
          return;
        }
      }
    });
  }

  #deliver(message: Message, request: Envelope, then: (answer: unknown) => void, faults: (error: Error) => void): void {
    this.#centre.take(message, request, this.#oracle).then(
      (taken) => {
        if (taken === null) return;
        this.#earlier.set(message, taken.answer);
        then(taken.answer);
      },
      (error: unknown) => {
        if (error instanceof CentreFault) faults(error);
        else this.#onBroken(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  #later(ms: number, work: () => void): void {
    this.underWay += 1;
    this.#time.setTimeout(() => {
      this.underWay -= 1;
      work();
    }, ms);
  }
}
