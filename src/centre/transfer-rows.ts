import type { CalendarDay } from '../domain/calendar-day.ts';
import type { Fen } from '../domain/money.ts';
import type { SentOnDay } from '../domain/wallet.ts';

/** A wallet transfer as it is sent. Moments: ms since the epoch. */
export interface TransferRow {
  readonly id: string;
  readonly sender: string;
  readonly receiver: string;
  /** The link that it was judged by. */
  readonly link: string;
  readonly amount: Fen;
  readonly profile: string;
  readonly sentAt: number;
  readonly lapsesAt: number | null;
}

/** How somebody ended a transfer; one that lapses ends by time and has none. */
export type TransferEnd = 'accepted' | 'declined' | 'withdrawn';

/** A transfer with what has become of it. */
export interface TransferOnRecord extends TransferRow {
  readonly senderName: string;
  readonly receiverName: string;
  readonly end: { readonly as: TransferEnd; readonly at: number } | null;
  readonly givenBack: Fen;
}

/** The rows of wallet transfers. */
export interface TransferRows {
  byId(id: string): TransferOnRecord | undefined;
  /** In both roles, oldest first. */
  of(person: string): readonly TransferOnRecord[];
  /** Those that nobody has ended and that have not lapsed, in both roles, oldest first. */
  waitingOf(person: string, now: number): readonly TransferOnRecord[];
  /** What this person has sent and nobody has accepted yet: he cannot spend it. */
  heldBy(person: string, now: number): Fen;
  sentOn(person: string, day: CalendarDay): SentOnDay;
}

export interface WritableTransferRows extends TransferRows {
  add(row: TransferRow): void;
  /** Ends a transfer; an accepted one must have its posting. */
  end(id: string, as: TransferEnd, at: number): void;
}
