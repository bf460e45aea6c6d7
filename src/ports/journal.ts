import type { CalendarDay } from '../domain/calendar-day.ts';
import type { BookedRecord } from '../domain/reconciliation.ts';
import type { CardRef } from './centre.ts';
import type { MsgId } from './ids.ts';

/** What a message that can move money asks for. */
export const moneyKinds = ['settle', 'cancel', 'refund'] as const;
export type MoneyKind = (typeof moneyKinds)[number];

/** A message that can move money, noted before it leaves the terminal. No PIN block, no card number, no name. */
export interface Intent {
  readonly msgId: MsgId;
  readonly kind: MoneyKind;
  /** Settle: what the accounts are asked for; cancel and refund: what is given back in all. Fen. */
  readonly amountFen: number;
  /** Settle: whose card. Null for the others. */
  readonly card: CardRef | null;
  /** Cancel and refund: of which settlement. Null for settle. */
  readonly settlementId: string | null;
  readonly operator: string;
  readonly at: number;
}

/** What became of it. `reversed`: a reversal was confirmed; `absent`: the centre never had it and has sealed its id. */
export const intentOutcomes = ['settled', 'declined', 'stale', 'undone', 'absent', 'reversed'] as const;
export type IntentOutcome = (typeof intentOutcomes)[number];

/** A supervisor's way out of an outcome that nobody can find out: the item is written down and carried to the day's end
 *  (挂账). `reason`: the supervisor's words. */
export interface Suspension {
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/** An intent without an outcome. `reversing`: a reversal has been sent, or may have been: from then on nothing but a
 *  reversal resolves it. `suspension`: written down as 挂账; it waits for no sale and no sale waits for it. */
export interface OpenIntent extends Intent {
  readonly reversing: boolean;
  readonly suspension: Suspension | null;
}

/** What a journal was found to be when it was opened. `setAside`: it was damaged; the damaged file was moved there whole,
 *  and what could be read of it goes on in a new one. */
export interface JournalState {
  /** Oldest first. */
  readonly open: readonly OpenIntent[];
  readonly setAside: { readonly path: string; readonly unreadable: number } | null;
}

/** The terminal's memory of messages that can move money. Contract: when one of the writing calls resolves its entry is on
 *  disk; an intent without an outcome is given by `open` after a restart. `open` may be called again and gives the
 *  present state. Faults: `JournalFault`: then the message must not be sent. */
export interface Journal {
  open(): Promise<JournalState>;
  intend(intent: Intent): Promise<void>;
  /** A reversal of this message is about to be sent. */
  reversing(msgId: MsgId): Promise<void>;
  suspend(msgId: MsgId, suspension: Suspension): Promise<void>;
  /** `booked`: what the outcome is to the day's books; a message that stands there already is not booked again. */
  settled(msgId: MsgId, outcome: IntentOutcome, booked?: readonly BookedRecord[]): Promise<void>;
  /** What was booked for a business day (China Standard Time), in the order of noting. Kept for the seven days
   *  that were booked last. */
  bookedOn(day: CalendarDay): Promise<readonly BookedRecord[]>;
}

/** `corrupt`: damaged and could not be set aside either; `inUse`: another process has it. */
export class JournalFault extends Error {
  readonly code: 'notWritable' | 'corrupt' | 'inUse';
  constructor(code: JournalFault['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalFault';
    this.code = code;
  }
}
