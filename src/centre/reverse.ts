import type { Undo } from '../domain/undo.ts';
import type { ReverseAnswer, ReverseRequest } from '../ports/centre.ts';
import type { Desk } from './desk.ts';
import { book } from './undo.ts';
import { leftOf, planReturn, standingOf } from './undo-plan.ts';

/** 2601: makes a settle message have settled nothing, once, and says the same each time (R126, R128). What is left of its
 *  sale goes back to where it came from; a message that was never seen is sealed; of one that was declined, or cancelled
 *  since, there is nothing to give back.
 *  Declined: ALREADY_REVERSED for a cancel or refund that was done, which is not taken back; MESSAGE_REJECTED for another
 *  institution's sale. */
export function reverse(desk: Desk, request: ReverseRequest): ReverseAnswer {
  return desk.store.write((rows): ReverseAnswer => {
    const { of } = request;
    const stored = rows.answerTo(of);
    if (stored?.kind === 'answered' && stored.answer.kind === 'undone') {
      return { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } };
    }
    const sale = rows.settlementOfMessage(of);
    if (sale && sale.settlement.institution.code !== request.institution.code) {
      return { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
    }
    const reversed = (undo: Undo | null): ReverseAnswer => ({
      kind: 'reversed',
      undo,
      ...(sale ? { sale: sale.settlement } : {}),
    });
    const before = rows.reversalOf(of);
    if (before) return reversed(before.undo);
    const now = desk.clock.now();
    if (!stored) rows.seal(of, now);
    const standing = sale && standingOf(rows, sale);
    const left = standing && leftOf(standing);
    const undo =
      sale && standing && left
        ? book(
            desk,
            rows,
            planReturn(desk, rows, sale, standing, left, now),
            { ...request, kind: 'reversal' },
            now,
            null,
          )
        : null;
    rows.addReversal(of, undo, now);
    return reversed(undo);
  });
}
