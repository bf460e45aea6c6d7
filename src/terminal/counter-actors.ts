import { fromPromise } from 'xstate';
import { add, type Fen } from '../domain/money.ts';
import type { Quote } from '../domain/settlement.ts';
import {
  type Centre,
  CentreFault,
  type Envelope,
  type Identified,
  type IdentifyAnswer,
  type IdentifyRequest,
  type QueryAnswer,
  type QuoteAnswer,
} from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';
import { type Intent, type IntentOutcome, type Journal, JournalFault } from '../ports/journal.ts';
import { type PinEntry, type PinPad, PinPadFault } from '../ports/pin-pad.ts';
import type { SettleInput, SettleOutput } from './counter-model.ts';

/** What the counter's actors work with. `report` gets faults that change nothing for the customer but that somebody
 *  should see: a journal that could not note an outcome which is known. */
export interface CounterPorts {
  readonly centre: Centre;
  readonly pinPad: PinPad;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly institution: { readonly code: string; readonly name: string };
  readonly terminal: string;
  report(fault: Error): void;
}

/** The counter machine's verbs on top of the ports. Every settle message is noted in the journal before it leaves and
 *  its outcome after it is known, so that a restart finds what is still open. */
export function counterActors(ports: CounterPorts) {
  const { centre, pinPad, journal, clock, ids } = ports;

  const envelope = (operator: string, msgId: MsgId): Envelope => ({
    msgId,
    institution: ports.institution,
    terminal: ports.terminal,
    operator,
    at: clock.now(),
  });

  /** Notes a known outcome. When that fails the outcome is still known; the entry stays open and is asked for again. */
  const note = async (msgId: MsgId, outcome: IntentOutcome): Promise<void> => {
    try {
      await journal.settled(msgId, outcome);
    } catch (fault) {
      if (!(fault instanceof JournalFault)) throw fault;
      ports.report(fault);
    }
  };

  /** A bug inside an actor would look like a fault from outside: it is reported here and goes on as it is. */
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CentreFault || error instanceof PinPadFault || error instanceof JournalFault)) {
        ports.report(error instanceof Error ? error : new Error('an actor of the counter failed'));
      }
      throw error;
    }
  };

  const send = (operator: string) => envelope(operator, ids.nextMsgId());

  return {
    recover: fromPromise<readonly Intent[]>(() => watched(() => journal.open())),

    identify: fromPromise<IdentifyAnswer, { credential: IdentifyRequest['credential']; operator: string }>(
      ({ input }) => watched(() => centre.identify({ ...send(input.operator), credential: input.credential })),
    ),

    quote: fromPromise<QuoteAnswer, { card: string; bill: SettleInput['bill']; operator: string }>(({ input }) =>
      watched(() => centre.quote({ ...send(input.operator), card: input.card, bill: input.bill })),
    ),

    enterPin: fromPromise<PinEntry, { customer: Identified; quote: Quote }>(({ input, signal }) =>
      watched(() => {
        const { pan, pinLength: length } = input.customer;
        return pinPad.enter({ pan, length, amount: fromAccounts(input.quote) }, signal);
      }),
    ),

    settle: fromPromise<SettleOutput, SettleInput>(({ input }) =>
      watched(async () => {
        const { msgId, card, bill, quote, authorisation } = input;
        const amountFen = fromAccounts(quote);
        try {
          await journal.intend({ msgId, kind: 'settle', amountFen, card, at: clock.now() });
        } catch (fault) {
          if (!(fault instanceof JournalFault)) throw fault;
          ports.report(fault);
          return { kind: 'notSent' };
        }
        const message = { ...envelope(input.operator, msgId), card, bill, digest: quote.digest, authorisation };
        const answer = await centre.settle(message);
        await note(msgId, answer.kind);
        return answer;
      }),
    ),

    query: fromPromise<QueryAnswer, { msgId: MsgId; operator: string }>(({ input }) =>
      watched(async () => {
        const answer = await centre.query({ ...send(input.operator), of: input.msgId });
        await note(input.msgId, answer.kind === 'absent' ? 'absent' : answer.answer.kind);
        return answer;
      }),
    ),
  };
}

/** What the PIN agrees to: the accounts' part of the bill. */
function fromAccounts({ split }: Quote): Fen {
  return add(split.own, split.shared);
}
