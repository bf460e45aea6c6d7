import { createHash } from 'node:crypto';
import { add, type Fen, lesser, zeroFen } from '../domain/money.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Undo, UndoKind } from '../domain/undo.ts';
import type { CancelRequest, Decline, Envelope, RefundRequest, UndoAnswer } from '../ports/centre.ts';
import type { AccountRef, WritableRows } from './centre-store.ts';
import { type Desk, recordNumber } from './desk.ts';
import { planUndo, type UndoPlan, undoQuote } from './undo-plan.ts';

/** 2103: gives a sale back whole, on the day of the sale. Order: answered before → the sale is known and this
 *  institution's → something is left → its day → what was agreed to still holds. Every answer is stored under its message
 *  id and given again to a repeated message; the same id with other content, and one that was sealed, is MESSAGE_REJECTED.
 *  Faults: the store's; then nothing has changed, or the commit's outcome is unknown. */
export function cancel(desk: Desk, request: CancelRequest): UndoAnswer {
  return undo(desk, { kind: 'cancel', ...request, amount: null });
}

/** Gives a sale back, whole or a part of it, on any day, as often as something is left. As `cancel`, but without a day;
 *  the amount is looked at in its place. */
export function refund(desk: Desk, request: RefundRequest): UndoAnswer {
  return undo(desk, { kind: 'refund', ...request });
}

interface Asked extends RefundRequest {
  readonly kind: 'cancel' | 'refund';
}

function undo(desk: Desk, asked: Asked): UndoAnswer {
  return desk.store.write((rows): UndoAnswer => {
    const before = rows.answerTo(asked.msgId);
    if (before !== undefined) return answeredBefore(before, requestHash(asked));
    // An id that a desk's message has used is not an undo's any more.
    if (rows.links.answerTo(asked.msgId)) return { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
    const now = desk.clock.now();
    const answer = (given: UndoAnswer): UndoAnswer => {
      rows.addAnswer(asked.msgId, requestHash(asked), given, now);
      return given;
    };
    const plan = planUndo(desk, rows, asked, asked, now);
    if ('code' in plan) return answer({ kind: 'declined', decline: plan });
    const quote = undoQuote(asked.kind, plan);
    if (quote.digest !== asked.digest) return answer({ kind: 'undoStale', quote });
    return { kind: 'undone', undo: book(desk, rows, plan, asked, now, answer) };
  });
}

function answeredBefore(before: ReturnType<WritableRows['answerTo']> & object, hash: string): UndoAnswer {
  const rejected: Decline = { code: 'MESSAGE_REJECTED' };
  if (before.kind === 'sealed' || before.requestHash !== hash) return { kind: 'declined', decline: rejected };
  const { answer } = before;
  if (answer.kind === 'settled' || answer.kind === 'stale') return { kind: 'declined', decline: rejected };
  return answer;
}

/** Books a plan: returns to the accounts that paid, the rest anew where that is the method, and the negative record.
 *  `answer` stores what the message is answered, which the postings need before them; null where none is stored. */
export function book(
  desk: Desk,
  rows: WritableRows,
  plan: UndoPlan,
  by: Envelope & { readonly kind: UndoKind },
  now: number,
  answer: ((given: UndoAnswer) => void) | null,
): Undo {
  const { sale, standing, method, returned, remaining, returnedBefore, ownBefore, ownAfter } = plan;
  const { kind, msgId, institution, terminal, operator } = by;
  const first = sale.settlement;
  const undoId = recordNumber(desk, 'R', now);
  const done: Undo = {
    undoId,
    kind,
    msgId,
    undoneAt: now,
    profile: desk.profile.name,
    institution: { code: institution.code, name: institution.name },
    terminal,
    operator,
    beneficiary: first.beneficiary,
    original: { settlementId: sale.root, msgId: first.msgId, settledAt: first.settledAt, total: first.split.total },
    method,
    returned,
    returnedBefore,
    remaining,
    resettledAs: plan.rest === null ? null : recordNumber(desk, 'S', now),
    ownBefore,
    ownAfter,
  };
  answer?.({ kind: 'undone', undo: done });

  const merchant = { kind: 'merchant', institution: institution.code } as const;
  const giveBack = (credit: AccountRef, amount: Fen, link: string | null, quota: Fen) => {
    if (amount === 0) return;
    rows.addPosting({
      kind: 'return',
      settlement: null,
      undo: undoId,
      link,
      debit: merchant,
      credit,
      amount,
      quota,
      at: now,
    });
  };
  giveBack({ kind: 'fund' }, plan.rest === null ? returned.fund : plan.fundPaid, null, zeroFen);
  for (const { leg, paid, returned: net } of plan.sources) {
    // Where the rest is settled anew everything is taken back first.
    const amount = plan.rest === null ? net : paid;
    giveBack(leg.debit, amount, leg.link, leg.quota > 0 ? amount : zeroFen);
  }
  settleRest(rows, plan, done, now);
  rows.addUndo(done, standing.settlement.settlementId, sale.root);
  return done;
}

/** The rest as a settlement of its own. It is part of the undo: no message, day list or slip names it. */
function settleRest(rows: WritableRows, { sale, standing, rest }: UndoPlan, done: Undo, now: number): void {
  const { remaining, resettledAs } = done;
  if (rest === null || remaining === null || resettledAs === null) return;
  const credit = { kind: 'merchant', institution: done.institution.code } as const;
  const common = { kind: 'settlement', settlement: resettledAs, undo: null, credit, at: now } as const;
  if (remaining.fund > 0) {
    rows.addPosting({ ...common, debit: { kind: 'fund' }, link: null, amount: remaining.fund, quota: zeroFen });
  }
  for (const { leg, again, link, quota } of rest) {
    if (again > 0) rows.addPosting({ ...common, debit: leg.debit, link, amount: again, quota });
  }
  const { ownAfter } = done;
  const ownBefore = add(ownAfter, remaining.own);
  const first = sale.settlement;
  const settlement: Settlement = {
    settlementId: resettledAs,
    msgId: done.msgId,
    settledAt: now,
    profile: done.profile,
    institution: done.institution,
    terminal: done.terminal,
    operator: done.operator,
    beneficiary: first.beneficiary,
    // Which of the goods came back nobody says.
    goods: [],
    split: {
      ...remaining,
      notEligible: lesser(standing.settlement.split.notEligible, remaining.cash),
      rows: rest.map(({ row }) => (row.source === 'own' ? { ...row, before: ownBefore, after: ownAfter } : row)),
    },
    ownBefore,
    ownAfter,
    pinUsed: first.pinUsed,
    ...(first.voucherUsed === true ? { voucherUsed: true } : {}),
  };
  rows.addSettlement(settlement, sale.beneficiary, sale.root);
}

/** What a repeated message must have in common with the first; left out is the sender's clock. */
function requestHash({ kind, settlementId, amount, digest, institution, terminal, operator }: Asked): string {
  const content = [kind, settlementId, amount, digest, institution.code, terminal, operator];
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest('hex');
}
