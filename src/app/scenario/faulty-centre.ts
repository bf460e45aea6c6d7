import type { Scheduler } from '../../../drivers/scheduler.ts';
import {
  type AdmitRequest,
  type CancelRequest,
  type Centre,
  CentreFault,
  type ExplainLinkRequest,
  type IdentifyRequest,
  type InquireRequest,
  type LinkRequest,
  type LookUpRequest,
  type PreviewUndoRequest,
  type QueryRequest,
  type QuoteRequest,
  type ReconcileRequest,
  type RefundRequest,
  type ReverseRequest,
  type SettleRequest,
  type SignInRequest,
  type UnlinkRequest,
} from '../../ports/centre.ts';
import { brokenAnswer, foreignAnswer } from './mangled-answer.ts';
import type { UnderWay } from './under-way.ts';

/** Every message of the `Centre` port. */
export const faultyMessages = [
  'identify',
  'quote',
  'settle',
  'reverse',
  'cancel',
  'refund',
  'query',
  'signIn',
  'inquire',
  'previewUndo',
  'lookUp',
  'admit',
  'explainLink',
  'link',
  'unlink',
  'reconcile',
] as const satisfies readonly (keyof Centre)[];
export type FaultyMessage = (typeof faultyMessages)[number];

/** What can go wrong with a message. `loseRequest`: the centre never gets it; `lateRequest`: it gets it after the terminal
 *  has given up waiting; `loseReply`: it acts on it and the answer gets lost; `delay`: the answer comes too late;
 *  `duplicate`: the message arrives twice; `storeDown`: the centre's store cannot be had; `broken`: the answer is damaged
 *  (its amounts do not add up, or something of it is missing); `foreign`: it is the answer to another message. */
export const lineFaults = [
  'loseRequest',
  'lateRequest',
  'loseReply',
  'delay',
  'duplicate',
  'storeDown',
  'broken',
  'foreign',
] as const;
export type LineFault = (typeof lineFaults)[number];

/** Where the centre dies while a message that can move money, make a link or end one is with it: before any of it is in its
 *  books, or after all of it is. The answer is lost in both cases. */
export type CentreCrash = 'beforeCommit' | 'afterCommit';

export interface FaultyCentreOptions {
  readonly scheduler: Scheduler;
  readonly underWay: UnderWay;
  /** How long after the request something late comes, in ms, when the plan does not say: later than the terminal waits. */
  readonly lateMs: Readonly<Record<FaultyMessage, number>>;
  /** The centre that runs now; another one after a crash. */
  centre(): Centre;
  /** Kills the centre and starts it again from its files. */
  crash(): void;
}

/** A fault or crash that was asked for, and whether it came to pass. */
export interface Planned {
  hasHappened: boolean;
}
interface PlannedFault extends Planned {
  readonly fault: LineFault;
  readonly afterMs: number;
}
interface PlannedCrash extends Planned {
  readonly when: CentreCrash;
}

/** A centre behind a line on which things go wrong as planned. */
export class FaultyCentre implements Centre {
  readonly #options: FaultyCentreOptions;
  readonly #faults = new Map<FaultyMessage, PlannedFault[]>();
  readonly #crashes: PlannedCrash[] = [];

  constructor(options: FaultyCentreOptions) {
    this.#options = options;
  }

  /** Lets the next `times` messages of a kind go wrong, after those planned before. What it gives says later whether
   *  any of them did. `afterMs`: how late something late comes. */
  plan(on: FaultyMessage, fault: LineFault, times: number, afterMs?: number): Planned {
    const planned = { fault, afterMs: afterMs ?? this.#options.lateMs[on], hasHappened: false };
    const queue = this.#faults.get(on) ?? [];
    for (let time = 0; time < times; time++) queue.push(planned);
    this.#faults.set(on, queue);
    return planned;
  }

  /** Lets the centre die with the next message that can move money or change a link, after those planned before. */
  planCrash(when: CentreCrash): Planned {
    const planned = { when, hasHappened: false };
    this.#crashes.push(planned);
    return planned;
  }

  signIn(request: SignInRequest) {
    return this.#send('signIn', request, () => this.#centre.signIn(request));
  }
  identify(request: IdentifyRequest) {
    return this.#send('identify', request, () => this.#centre.identify(request));
  }
  inquire(request: InquireRequest) {
    return this.#send('inquire', request, () => this.#centre.inquire(request));
  }
  quote(request: QuoteRequest) {
    return this.#send('quote', request, () => this.#centre.quote(request));
  }
  settle(request: SettleRequest) {
    return this.#sendWrite('settle', request, () => this.#centre.settle(request));
  }
  previewUndo(request: PreviewUndoRequest) {
    return this.#send('previewUndo', request, () => this.#centre.previewUndo(request));
  }
  cancel(request: CancelRequest) {
    return this.#sendWrite('cancel', request, () => this.#centre.cancel(request));
  }
  refund(request: RefundRequest) {
    return this.#sendWrite('refund', request, () => this.#centre.refund(request));
  }
  reverse(request: ReverseRequest) {
    return this.#sendWrite('reverse', request, () => this.#centre.reverse(request));
  }
  query(request: QueryRequest) {
    return this.#send('query', request, () => this.#centre.query(request));
  }

  lookUp(request: LookUpRequest) {
    return this.#send('lookUp', request, () => this.#centre.lookUp(request));
  }
  admit(request: AdmitRequest) {
    return this.#send('admit', request, () => this.#centre.admit(request));
  }
  explainLink(request: ExplainLinkRequest) {
    return this.#send('explainLink', request, () => this.#centre.explainLink(request));
  }
  link(request: LinkRequest) {
    return this.#sendWrite('link', request, () => this.#centre.link(request));
  }
  unlink(request: UnlinkRequest) {
    return this.#sendWrite('unlink', request, () => this.#centre.unlink(request));
  }
  reconcile(request: ReconcileRequest) {
    return this.#send('reconcile', request, () => this.#centre.reconcile(request));
  }

  get #centre(): Centre {
    return this.#options.centre();
  }

  #sendWrite<T>(on: FaultyMessage, request: object, deliver: () => Promise<T>): Promise<T> {
    return this.#send(on, request, async () => {
      const crash = this.#crashes.shift();
      if (crash === undefined) return deliver();
      crash.hasHappened = true;
      if (crash.when === 'afterCommit') await deliver();
      this.#options.crash();
      return lost;
    });
  }

  /** `deliver` hands the message over and gives the answer, `lost` when none will come. */
  async #send<T>(on: FaultyMessage, request: object, deliver: () => Promise<T | typeof lost>): Promise<T> {
    const { underWay, scheduler } = this.#options;
    const answer = async (): Promise<T> => {
      const answered = await underWay.during(deliver());
      return answered === lost ? never() : answered;
    };
    const later = (ms: number) => new Promise<void>((resolve) => scheduler.setTimeout(resolve, ms));
    const planned = this.#faults.get(on)?.shift();
    if (planned) planned.hasHappened = true;
    switch (planned?.fault) {
      case undefined:
        return answer();
      case 'loseRequest':
        return never();
      case 'lateRequest':
        await later(planned.afterMs);
        return answer();
      case 'loseReply':
        await answer();
        return never();
      case 'delay': {
        const late = await answer();
        await later(planned.afterMs);
        return late;
      }
      case 'duplicate': {
        const first = await answer();
        await answer();
        return first;
      }
      case 'storeDown':
        throw new CentreFault('storeDown');
      case 'broken':
        return brokenAnswer(await answer());
      case 'foreign':
        return foreignAnswer(await answer(), request);
    }
  }
}

const lost = Symbol('lost');

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
