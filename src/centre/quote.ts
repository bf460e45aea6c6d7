import { billProblem } from '../domain/bill.ts';
import type { QuoteAnswer, QuoteRequest } from '../ports/centre.ts';
import { codeStandingDecline, standingDecline } from './card-standing.ts';
import { chargeOf } from './charge.ts';
import type { Desk } from './desk.ts';
import { isByCode } from './evoucher.ts';
import { isPinLocked } from './pin-verification.ts';

/** 2101: what would be charged now. It holds nothing and stores nothing (R26): the settlement computes it anew. */
export function quote(desk: Desk, request: QuoteRequest): QuoteAnswer {
  return desk.store.read((rows): QuoteAnswer => {
    const holder = rows.holderByRef(request.card);
    if (!holder || billProblem(request.bill) !== null)
      return { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
    const decline = isByCode(rows, request.voucher?.expose(), request)
      ? codeStandingDecline(holder, desk.profile)
      : standingDecline(holder, isPinLocked(holder, desk.profile));
    if (decline) return { kind: 'declined', decline };
    return { kind: 'quoted', quote: chargeOf(desk, rows, holder, request.bill, desk.clock.now()).quote };
  });
}
