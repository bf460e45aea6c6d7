import { createHash } from 'node:crypto';
import { billProblem } from '../domain/bill.ts';
import { settledGoods } from '../domain/charge-plan.ts';
import { maskName } from '../domain/person.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Decline, SettleAnswer, SettleRequest } from '../ports/centre.ts';
import type { PinBlock } from '../ports/pin-pad.ts';
import { codeStandingDecline, standingDecline } from './card-standing.ts';
import type { CardHolder, TicketRow, WritableRows } from './centre-store.ts';
import { billHash, type Charge, chargeOf } from './charge.ts';
import { type Desk, recordNumber, terminalName, unguessable } from './desk.ts';
import { isByCode } from './evoucher.ts';
import { type CountedEntry, countEntry, verifyEntry } from './pin-entry.ts';
import { isPinLocked } from './pin-verification.ts';

/** How long a PIN that was right stands in for itself after QUOTE_STALE. */
const ticketLifeMs = 120_000;

/** 2102: charges what the customer agreed to, or says why not. Order: answered, sealed or reversed before → card and bill
 *  known → card state → insurance → PIN key → PIN → quote still true → money (R93, R26); the last four in one transaction.
 *  A PIN entry is counted as wrong in a transaction of its own *before* it is compared, so a centre that stops in
 *  between has given no free guess; a right one takes the count back (R78, R83). A block under a key that is not the
 *  terminal's present one, or is used up, is PIN_KEY_EXPIRED and no guess. The voucher of a 医保码 stands in the PIN's place
 *  and touches no tries; one that is no good any more is CODE_EXPIRED.
 *  Every answer is stored under its message id and given again to a repeated message, without counting again. The same id
 *  with other content is MESSAGE_REJECTED and leaves nothing behind; a message that was sealed, or whose settlement was
 *  reversed, is ALREADY_REVERSED for ever.
 *  Faults: the store's; then nothing but a counted try has changed, or the commit's outcome is unknown. */
export function settle(desk: Desk, request: SettleRequest): SettleAnswer {
  const { authorisation } = request;
  if (authorisation.kind !== 'pin') return desk.store.write((rows) => decide(desk, rows, request, null));
  // Also those of an entry that could not be counted are overwritten.
  const opened: Uint8Array[] = [];
  try {
    const entry = desk.store.write((rows) => countPin(desk, rows, request, authorisation.pinBlock, opened));
    if (entry.kind === 'answered') return entry.answer;
    return desk.store.write((rows) => decide(desk, rows, request, entry));
  } finally {
    for (const digits of opened) digits.fill(0);
  }
}

interface Answered {
  readonly kind: 'answered';
  readonly answer: SettleAnswer;
}
interface Admitted {
  readonly kind: 'admitted';
  readonly holder: CardHolder;
}

/** `opened`: see `countEntry`. */
function countPin(
  desk: Desk,
  rows: WritableRows,
  request: SettleRequest,
  block: PinBlock,
  opened: Uint8Array[],
): CountedEntry | Answered {
  const admitted = admit(desk, rows, request, (holder) => isPinLocked(holder, desk.profile));
  if (admitted.kind === 'answered') return admitted;
  const entry = countEntry(desk, rows, request, admitted.holder, block, opened);
  return 'code' in entry ? answer(desk, rows, request, declined(entry)) : entry;
}

/** Everything that comes before the PIN. */
function admit(
  desk: Desk,
  rows: WritableRows,
  request: SettleRequest,
  isLocked: (holder: CardHolder) => boolean,
): Admitted | Answered {
  const before = answeredBefore(rows, request);
  if (before !== null) return { kind: 'answered', answer: before };
  const holder = rows.holderByRef(request.card);
  if (!holder || billProblem(request.bill) !== null) {
    return answer(desk, rows, request, declined({ code: 'MESSAGE_REJECTED' }));
  }
  const decline = isByCode(rows, shownIn(request), request)
    ? codeStandingDecline(holder, desk.profile)
    : standingDecline(holder, isLocked(holder));
  return decline ? answer(desk, rows, request, declined(decline)) : { kind: 'admitted', holder };
}

/** What a message that has been here, or must not come any more, is answered; null for a new one. */
function answeredBefore(rows: WritableRows, request: SettleRequest): SettleAnswer | null {
  const before = rows.answerTo(request.msgId);
  // An id that a desk's message has used is not a sale's any more.
  if (before === undefined && rows.links.answerTo(request.msgId)) return declined({ code: 'MESSAGE_REJECTED' });
  if (before === undefined) return null;
  // A reversal that found nothing to give back, because the sale had been cancelled, is on record too.
  const isReversed = rows.reversalOf(request.msgId) !== undefined;
  if (before.kind === 'sealed' || isReversed) return declined({ code: 'ALREADY_REVERSED' });
  const { answer } = before;
  const isSettle = answer.kind === 'settled' || answer.kind === 'stale' || answer.kind === 'declined';
  if (!isSettle || before.requestHash !== requestHash(request)) return declined({ code: 'MESSAGE_REJECTED' });
  return answer;
}

function decide(desk: Desk, rows: WritableRows, request: SettleRequest, entry: CountedEntry | null): SettleAnswer {
  // The try just counted may be the last one allowed: only a lock that was set before it counts here.
  const admitted = admit(desk, rows, request, (holder) =>
    entry ? holder.pinLocked : isPinLocked(holder, desk.profile),
  );
  if (admitted.kind === 'answered') return admitted.answer;
  const { holder } = admitted;
  const now = desk.clock.now();

  const pinDecline = entry && verifyEntry(desk, rows, holder, entry);
  if (pinDecline) return answer(desk, rows, request, declined(pinDecline)).answer;
  const isCode = request.authorisation.kind === 'voucher' || isByCode(rows, shownIn(request), request);
  const consent: Consent | null = entry
    ? { consent: 'pin', expiresAt: now + ticketLifeMs }
    : redeemed(rows, request, now);
  // Who showed a code has no PIN to give instead: he shows another one.
  if (isCode && consent === null) return answer(desk, rows, request, declined({ code: 'CODE_EXPIRED' })).answer;

  const charge = chargeOf(desk, rows, holder, request.bill, now);
  const { needsPin, digest } = charge.quote;
  // Without consent a ticket that is no good asks for the PIN again, by a quote without a ticket.
  const mustAskAgain = needsPin && consent === null && request.authorisation.kind === 'ticket';
  if (digest !== request.digest || mustAskAgain) {
    const ticket = consent === null ? null : issueTicket(desk, rows, request, consent);
    return answer(desk, rows, request, { kind: 'stale', quote: charge.quote, ticket }).answer;
  }
  if (needsPin && consent === null) return answer(desk, rows, request, declined({ code: 'MESSAGE_REJECTED' })).answer;
  return book(desk, rows, request, holder, charge, now, consent);
}

/** What shows that the customer agreed, and until when it stands in for itself. */
type Consent = Pick<TicketRow, 'consent' | 'expiresAt'>;

/** The voucher or ticket that a message brings. */
function shownIn({ authorisation }: SettleRequest): string | undefined {
  if (authorisation.kind === 'voucher') return authorisation.voucher.expose();
  return authorisation.kind === 'ticket' ? authorisation.ticket : undefined;
}

/** The consent behind the voucher or ticket; null when there is none or it is no good. It is used up either way. */
function redeemed(rows: WritableRows, request: SettleRequest, now: number): Consent | null {
  const shown = shownIn(request);
  if (shown === undefined) return null;
  const bound = boundTo(request);
  const billHash = request.authorisation.kind === 'voucher' ? null : bound.billHash;
  return rows.redeemTicket(shown, request.msgId, { ...bound, billHash }, now) ?? null;
}

function issueTicket(desk: Desk, rows: WritableRows, request: SettleRequest, consent: Consent): string {
  const ticket = unguessable(desk);
  rows.addTicket({ ticket, ...boundTo(request), ...consent });
  return ticket;
}

function boundTo(request: SettleRequest) {
  return { card: request.card, billHash: billHash(request.bill), terminal: terminalName(request) };
}

function book(
  desk: Desk,
  rows: WritableRows,
  request: SettleRequest,
  holder: CardHolder,
  { quote, ownBefore, ownAfter, movements }: Charge,
  now: number,
  consent: Consent | null,
): SettleAnswer {
  const { msgId, institution, terminal, operator, bill } = request;
  const settlement: Settlement = {
    settlementId: recordNumber(desk, 'S', now),
    msgId,
    settledAt: now,
    profile: desk.profile.name,
    institution: { code: institution.code, name: institution.name },
    terminal,
    operator,
    beneficiary: {
      maskedName: maskName(holder.name),
      maskedCard: holder.maskedCard,
      maskedId: holder.maskedId,
      insurance: holder.insurance,
      area: holder.area,
    },
    goods: settledGoods(desk.profile, bill.goods),
    split: quote.split,
    ownBefore,
    ownAfter,
    pinUsed: consent?.consent === 'pin',
    ...(consent?.consent === 'voucher' ? { voucherUsed: true } : {}),
  };
  const settled = { kind: 'settled', settlement } as const;
  const credit = { kind: 'merchant', institution: institution.code } as const;
  rows.openAccount(credit);
  rows.addAnswer(msgId, requestHash(request), settled, now);
  for (const movement of movements) {
    const { settlementId } = settlement;
    rows.addPosting({ kind: 'settlement', settlement: settlementId, undo: null, credit, at: now, ...movement });
  }
  rows.addSettlement(settlement, holder.person, settlement.settlementId);
  return settled;
}

function answer(desk: Desk, rows: WritableRows, request: SettleRequest, given: SettleAnswer): Answered {
  rows.addAnswer(request.msgId, requestHash(request), given, desk.clock.now());
  return { kind: 'answered', answer: given };
}

function declined(decline: Decline): SettleAnswer {
  return { kind: 'declined', decline };
}

/** What a repeated message must have in common with the first. Left out: the PIN block, which is another one each time
 *  it is made and would tie stored rows to a PIN; and the sender's clock. */
function requestHash(request: SettleRequest): string {
  const { card, bill, digest, authorisation, institution, terminal, operator } = request;
  const shown = shownIn(request) ?? null;
  const content = [card, billHash(bill), digest, authorisation.kind, shown, institution.code, terminal, operator];
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest('hex');
}
