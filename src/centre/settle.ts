import { createHash } from 'node:crypto';
import { billProblem } from '../domain/bill.ts';
import { settledGoods } from '../domain/charge-plan.ts';
import { chinaDay } from '../domain/china-time.ts';
import { maskName } from '../domain/person.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Decline, SettleAnswer, SettleRequest } from '../ports/centre.ts';
import { openPinBlock } from '../ports/pin-block.ts';
import type { PinBlock } from '../ports/pin-pad.ts';
import { standingDecline } from './card-standing.ts';
import type { CardHolder, WritableRows } from './centre-store.ts';
import { billHash, type Charge, chargeOf } from './charge.ts';
import { type Desk, unguessable } from './desk.ts';
import { isPinLocked, isRefusedInitialPin, isRightPin } from './pin-verification.ts';

/** How long a PIN that was right stands in for itself after QUOTE_STALE. */
const ticketLifeMs = 120_000;

/** 2102: charges what the customer agreed to, or says why not. Order: answered before → card and bill known → card
 *  state → insurance → PIN → quote still true → money (R93, R26); the last four in one transaction.
 *  A PIN entry is counted as wrong in a transaction of its own *before* it is compared, so a centre that stops in
 *  between has given no free guess; a right one takes the count back (R78, R83).
 *  Every answer is stored under its message id and given again to a repeated message, without counting again. The same id
 *  with other content is MESSAGE_REJECTED and leaves nothing behind.
 *  Faults: the store's; then nothing but a counted try has changed, or the commit's outcome is unknown. */
export function settle(desk: Desk, request: SettleRequest): SettleAnswer {
  const { authorisation } = request;
  if (authorisation.kind !== 'pin') return desk.store.write((rows) => decide(desk, rows, request, null));
  const entry = desk.store.write((rows) => countEntry(desk, rows, request, authorisation.pinBlock));
  if (entry.kind === 'answered') return entry.answer;
  try {
    return desk.store.write((rows) => decide(desk, rows, request, entry));
  } finally {
    entry.digits.fill(0);
  }
}

/** A PIN entry that counts as wrong already. `tries`: wrong ones in a row, this one included. */
interface CountedEntry {
  readonly kind: 'counted';
  readonly digits: Uint8Array;
  readonly tries: number;
}
interface Answered {
  readonly kind: 'answered';
  readonly answer: SettleAnswer;
}
interface Admitted {
  readonly kind: 'admitted';
  readonly holder: CardHolder;
}

function countEntry(desk: Desk, rows: WritableRows, request: SettleRequest, block: PinBlock): CountedEntry | Answered {
  const admitted = admit(desk, rows, request, (holder) => isPinLocked(holder, desk.profile));
  if (admitted.kind === 'answered') return admitted;
  const { holder } = admitted;
  const digits = openPinBlock(block, desk.vault.open(holder.panSealed), desk.pinBlockKeys);
  // A block that does not open is a broken message, not a guess: it carries no digits that could be right.
  if (!digits) return answer(desk, rows, request, declined({ code: 'MESSAGE_REJECTED' }));
  rows.countTry(holder.card);
  return { kind: 'counted', digits, tries: holder.wrongTries + 1 };
}

/** Everything that comes before the PIN. */
function admit(
  desk: Desk,
  rows: WritableRows,
  request: SettleRequest,
  isLocked: (holder: CardHolder) => boolean,
): Admitted | Answered {
  const before = rows.answerTo(request.msgId);
  if (before) {
    const same = before.kind === 'answered' && before.requestHash === requestHash(request);
    return { kind: 'answered', answer: same ? before.answer : declined({ code: 'MESSAGE_REJECTED' }) };
  }
  const holder = rows.holderByRef(request.card);
  if (!holder || billProblem(request.bill) !== null) {
    return answer(desk, rows, request, declined({ code: 'MESSAGE_REJECTED' }));
  }
  const decline = standingDecline(holder, isLocked(holder));
  return decline ? answer(desk, rows, request, declined(decline)) : { kind: 'admitted', holder };
}

function decide(desk: Desk, rows: WritableRows, request: SettleRequest, entry: CountedEntry | null): SettleAnswer {
  // The try just counted may be the last one allowed: only a lock that was set before it counts here.
  const admitted = admit(desk, rows, request, (holder) =>
    entry ? holder.pinLocked : isPinLocked(holder, desk.profile),
  );
  if (admitted.kind === 'answered') return admitted.answer;
  const { holder } = admitted;
  const now = desk.clock.now();

  const pinDecline = entry && verify(desk, rows, holder, entry);
  if (pinDecline) return answer(desk, rows, request, declined(pinDecline)).answer;
  const consentUntil = entry ? now + ticketLifeMs : consentOfTicket(rows, request, now);

  const charge = chargeOf(desk, rows, holder, request.bill, now);
  const { needsPin, digest } = charge.quote;
  // Without consent a ticket that is no good asks for the PIN again, by a quote without a ticket.
  const mustAskAgain = needsPin && consentUntil === null && request.authorisation.kind === 'ticket';
  if (digest !== request.digest || mustAskAgain) {
    const ticket = consentUntil === null ? null : issueTicket(desk, rows, request, consentUntil);
    return answer(desk, rows, request, { kind: 'stale', quote: charge.quote, ticket }).answer;
  }
  if (needsPin && consentUntil === null)
    return answer(desk, rows, request, declined({ code: 'MESSAGE_REJECTED' })).answer;
  return book(desk, rows, request, holder, charge, now, consentUntil !== null);
}

/** The comparison; null when the PIN is right and may be used.
 *  The initial PIN where a place refuses it (R81) is told as PIN_LOCKED: it is not wrong and costs no try, and what the
 *  customer has to do is what that code says, have it reset at a service point. */
function verify(desk: Desk, rows: WritableRows, holder: CardHolder, { digits, tries }: CountedEntry): Decline | null {
  if (isRightPin(desk.pinVerificationKey, holder, digits)) {
    rows.resetTries(holder.card, false);
    return isRefusedInitialPin(digits, desk.profile) ? { code: 'PIN_LOCKED' } : null;
  }
  const triesLeft = desk.profile.pin.maxWrong - tries;
  if (triesLeft > 0) return { code: 'PIN_WRONG', triesLeft };
  rows.lockPin(holder.card);
  return { code: 'PIN_LOCKED' };
}

/** Until when the PIN behind this ticket stands in for itself; null when there is no ticket or it is no good. It is used
 *  up either way. */
function consentOfTicket(rows: WritableRows, request: SettleRequest, now: number): number | null {
  if (request.authorisation.kind !== 'ticket') return null;
  const { ticket } = request.authorisation;
  return rows.redeemTicket(ticket, request.msgId, boundTo(request), now) ?? null;
}

function issueTicket(desk: Desk, rows: WritableRows, request: SettleRequest, expiresAt: number): string {
  const ticket = unguessable(desk);
  rows.addTicket({ ticket, ...boundTo(request), expiresAt });
  return ticket;
}

function boundTo({ card, bill, institution, terminal }: SettleRequest) {
  return { card, billHash: billHash(bill), terminal: `${institution.code}/${terminal}` };
}

function book(
  desk: Desk,
  rows: WritableRows,
  request: SettleRequest,
  holder: CardHolder,
  { quote, ownBefore, ownAfter, movements }: Charge,
  now: number,
  pinUsed: boolean,
): SettleAnswer {
  const { msgId, institution, terminal, operator, bill } = request;
  const settlement: Settlement = {
    settlementId: `S${chinaDay(now).replaceAll('-', '')}${Buffer.from(desk.random(8)).toString('hex').toUpperCase()}`,
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
    pinUsed,
  };
  const settled = { kind: 'settled', settlement } as const;
  const credit = { kind: 'merchant', institution: institution.code } as const;
  rows.openAccount(credit);
  rows.addAnswer(msgId, requestHash(request), settled, now);
  for (const movement of movements) {
    rows.addPosting({ kind: 'settlement', settlement: settlement.settlementId, credit, at: now, ...movement });
  }
  rows.addSettlement(settled, holder.person);
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
function requestHash({ card, bill, digest, authorisation, institution, terminal, operator }: SettleRequest): string {
  const shown = authorisation.kind === 'ticket' ? authorisation.ticket : null;
  const content = [card, billHash(bill), digest, authorisation.kind, shown, institution.code, terminal, operator];
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest('hex');
}
