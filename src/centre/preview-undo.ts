import type { PreviewUndoAnswer, PreviewUndoRequest } from '../ports/centre.ts';
import type { Desk } from './desk.ts';
import { planUndo, undoQuote } from './undo-plan.ts';

/** What a cancel or refund would give back to whom, and what would stay paid. It holds nothing and stores nothing: when it
 *  is done it is worked out anew. Declined as the undo itself would be. */
export function previewUndo(desk: Desk, request: PreviewUndoRequest): PreviewUndoAnswer {
  return desk.store.read((rows): PreviewUndoAnswer => {
    const { undo: kind } = request;
    const amount = kind === 'cancel' ? null : request.amount;
    const plan = planUndo(desk, rows, request, { kind, amount }, desk.clock.now());
    if ('code' in plan) return { kind: 'declined', decline: plan };
    return { kind: 'previewed', quote: undoQuote(kind, plan) };
  });
}
