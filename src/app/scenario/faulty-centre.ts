import type { Scheduler } from '../../../drivers/scheduler.ts';
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
} from '../../ports/centre.ts';
import type { UnderWay } from './under-way.ts';

export type FaultyMessage = 'identify' | 'quote' | 'settle';
export type LineFault = 'loseRequest' | 'loseReply' | 'delay' | 'duplicate' | 'storeDown';

export interface FaultyCentreOptions {
  readonly scheduler: Scheduler;
  readonly underWay: UnderWay;
  /** How long after the request a delayed answer comes: later than the terminal waits. */
  readonly lateMs: Readonly<Record<FaultyMessage, number>>;
}

/** A fault that was asked for, and whether it came to pass. */
export interface PlannedFault {
  readonly fault: LineFault;
  hasHappened: boolean;
}

/** A centre behind a line on which things go wrong as planned: `loseRequest`, the centre never gets the message;
 *  `loseReply`, it acts on it and the answer gets lost; `delay`, the answer comes after the terminal's time-out;
 *  `duplicate`, the message arrives twice; `storeDown`, the centre's store cannot be had. */
export class FaultyCentre implements Centre {
  readonly #centre: Centre;
  readonly #options: FaultyCentreOptions;
  readonly #planned: Record<FaultyMessage, PlannedFault[]> = { identify: [], quote: [], settle: [] };

  constructor(centre: Centre, options: FaultyCentreOptions) {
    this.#centre = centre;
    this.#options = options;
  }

  /** Lets the next `times` messages of a kind go wrong, after those planned before. What it gives says later whether
   *  any of them did. */
  plan(on: FaultyMessage, fault: LineFault, times: number): PlannedFault {
    const planned = { fault, hasHappened: false };
    for (let time = 0; time < times; time++) this.#planned[on].push(planned);
    return planned;
  }

  identify(request: IdentifyRequest): Promise<IdentifyAnswer> {
    return this.#send('identify', () => this.#centre.identify(request));
  }
  quote(request: QuoteRequest): Promise<QuoteAnswer> {
    return this.#send('quote', () => this.#centre.quote(request));
  }
  settle(request: SettleRequest): Promise<SettleAnswer> {
    return this.#send('settle', () => this.#centre.settle(request));
  }
  query(request: QueryRequest): Promise<QueryAnswer> {
    return this.#options.underWay.during(this.#centre.query(request));
  }

  async #send<T>(on: FaultyMessage, deliver: () => Promise<T>): Promise<T> {
    const { underWay, lateMs, scheduler } = this.#options;
    const answer = () => underWay.during(deliver());
    const planned = this.#planned[on].shift();
    if (planned) planned.hasHappened = true;
    switch (planned?.fault) {
      case undefined:
        return answer();
      case 'loseRequest':
        return never();
      case 'loseReply':
        await answer();
        return never();
      case 'delay': {
        const late = await answer();
        await new Promise<void>((resolve) => scheduler.setTimeout(resolve, lateMs[on]));
        return late;
      }
      case 'duplicate': {
        const first = await answer();
        await answer();
        return first;
      }
      case 'storeDown':
        throw new CentreFault('storeDown');
    }
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
