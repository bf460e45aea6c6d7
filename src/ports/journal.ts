import type { CardRef } from './centre.ts';
import type { MsgId } from './ids.ts';

/** A message that can move money, noted before it leaves the terminal. No PIN block, no card number. */
export interface Intent {
  readonly msgId: MsgId;
  readonly kind: 'settle';
  /** What the accounts are asked for, in fen. */
  readonly amountFen: number;
  readonly card: CardRef;
  readonly at: number;
}

/** What became of it. */
export const intentOutcomes = ['settled', 'declined', 'stale', 'absent'] as const;
export type IntentOutcome = (typeof intentOutcomes)[number];

/** The terminal's memory of messages that can move money. Contract: when `intend` resolves the entry is on disk; an
 *  entry without an outcome is given by `open` after a restart, oldest first. Faults: `JournalFault`: then the message
 *  must not be sent. */
export interface Journal {
  open(): Promise<readonly Intent[]>;
  intend(intent: Intent): Promise<void>;
  settled(msgId: MsgId, outcome: IntentOutcome): Promise<void>;
}

export class JournalFault extends Error {
  readonly code: 'notWritable' | 'corrupt';
  constructor(code: JournalFault['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalFault';
    this.code = code;
  }
}
