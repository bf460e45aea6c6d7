import type { CalendarDay } from '../domain/calendar-day.ts';
import type { LinkRecord } from '../domain/link-record.ts';
import type { Fen } from '../domain/money.ts';
import type { AdmitAnswer, CardRef, LinkAnswer, UnlinkAnswer } from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';
import type { LinkActor, LinkAsked } from './link-office.ts';

/** The answer to a message of an insurance office's desk. */
export type DeskAnswer = AdmitAnswer | LinkAnswer | UnlinkAnswer;

/** What an admitted person's desk may go on with. */
export interface DeskPermitRow {
  readonly permit: string;
  readonly card: CardRef;
  /** `institution/terminal`. */
  readonly terminal: string;
  readonly operator: string;
  /** Good before this moment. */
  readonly expiresAt: number;
}

/** A link that waits for the beneficiary (R12). `outcome` null = it still does. */
export interface LinkAskRow {
  readonly askId: string;
  readonly asked: LinkAsked;
  readonly actor: LinkActor;
  readonly at: number;
  /** It may be answered before this moment. */
  readonly expiresAt: number;
  readonly outcome: AskOutcome | null;
}
/** `turnedDown`: by the beneficiary; `withdrawn`: the provider took it back; `superseded`: he asked the same beneficiary anew. */
export type AskOutcome = 'linked' | 'turnedDown' | 'withdrawn' | 'superseded';

/** What the store keeps of how links came about, beside the links themselves. */
export interface LinkRows {
  /** The history of a person's links in both roles, oldest first; what was done to a quota only to its provider. */
  recordsOf(person: string): readonly LinkRecord[];
  /** Of a day in China, oldest first. */
  recordsOn(day: CalendarDay): readonly LinkRecord[];
  answerTo(msgId: MsgId): { readonly requestHash: string; readonly answer: DeskAnswer } | undefined;
  permit(permit: string): DeskPermitRow | undefined;
  /** What a provider has asked a beneficiary and has no answer to, be it too late for one. */
  unansweredAsk(provider: string, beneficiary: string): LinkAskRow | undefined;
  /** Those of a person in both roles that can still be answered at `now`, oldest first. */
  openAsksOf(person: string, now: number): readonly LinkAskRow[];
  /** What a provider asked for that was turned down after `since`, the last first. */
  asksTurnedDown(provider: string, since: number): readonly (LinkAskRow & { readonly answeredAt: number })[];
}

export interface WritableLinkRows extends LinkRows {
  /** Brings the end of a link forward to `until`; the record `endedBy` must follow in the same transaction. */
  end(linkId: string, until: number, endedBy: string): void;
  /** Writes what happened to a link: it must say what the link now is. */
  addRecord(record: LinkRecord): void;
  /** Sets what of a provider's money a link may still use; the record must follow in the same transaction. */
  setQuota(linkId: string, before: Fen | null, after: Fen, at: number, record: string): void;
  /** A message's first and only answer. */
  addAnswer(msgId: MsgId, requestHash: string, answer: DeskAnswer, at: number): void;
  addPermit(row: DeskPermitRow): void;
  addAsk(row: Omit<LinkAskRow, 'outcome'>): void;
  closeAsk(askId: string, outcome: AskOutcome, at: number): void;
}
