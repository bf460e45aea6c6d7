import type { MoneyAnswer, QueryAnswer, QueryRequest } from '../ports/centre.ts';
import type { Rows } from './centre-store.ts';
import type { Desk } from './desk.ts';
import { leftOf, standingOf } from './undo-plan.ts';

/** 5203: what was this message answered? One that was never seen is sealed, durably and before the answer `absent`, so
 *  that it moves nothing if it is still under way (R128). Another institution's sale is `absent`, too, and stays what it
 *  is. */
export function query(desk: Desk, request: QueryRequest): QueryAnswer {
  return desk.store.write((rows): QueryAnswer => {
    const stored = rows.answerTo(request.of);
    if (stored?.kind === 'answered') {
      const { answer } = stored;
      const of = institutionOf(answer);
      if (of !== null && of !== request.institution.code) return { kind: 'absent' };
      return { kind: 'found', answer, undone: isUndone(rows, answer) };
    }
    if (!stored) rows.seal(request.of, desk.clock.now());
    return { kind: 'absent' };
  });
}

function institutionOf(answer: MoneyAnswer): string | null {
  if (answer.kind === 'settled') return answer.settlement.institution.code;
  return answer.kind === 'undone' ? answer.undo.institution.code : null;
}

function isUndone(rows: Rows, answer: MoneyAnswer): boolean {
  const sale = answer.kind === 'settled' ? rows.settlementOnRecord(answer.settlement.settlementId) : undefined;
  return sale !== undefined && leftOf(standingOf(rows, sale)) === 0;
}
