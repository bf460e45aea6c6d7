import type { QueryAnswer, QueryRequest } from '../ports/centre.ts';
import type { Desk } from './desk.ts';

/** 5203: what was this message answered? One that was never seen is sealed, durably and before the answer `absent`, so
 *  that it settles nothing if it is still under way (R128). */
export function query(desk: Desk, request: QueryRequest): QueryAnswer {
  return desk.store.write((rows): QueryAnswer => {
    const stored = rows.answerTo(request.of);
    if (stored?.kind === 'answered') return { kind: 'found', answer: stored.answer };
    if (!stored) rows.seal(request.of, desk.clock.now());
    return { kind: 'absent' };
  });
}
