import type { PromptId } from '../domain/prompt.ts';
import type { CustomerView } from '../ipc/view.ts';

/** The face of a result screen: each has a shape of its own, so that it is not told by colour alone. */
export type Face = 'approved' | 'declined' | 'unknown' | 'cancelled' | 'timedOut' | 'undone' | 'suspended';

/** Which face a view shows; null while a sale is under way. A time-out is a cancellation with another cause, and looks
 *  different because the clerk does something else after it. */
export function faceOf(view: Pick<CustomerView, 'stage' | 'prompt' | 'result'>): Face | null {
  switch (view.stage) {
    case 'approved':
    case 'unknown':
    case 'undone':
    case 'suspended':
      return view.stage;
    case 'declined':
    case 'cancelled':
      return view.prompt.id === 'timedOut' || view.result?.code === 'PIN_TIMEOUT' ? 'timedOut' : view.stage;
    default:
      return null;
  }
}

const aboutUndo: readonly PromptId[] = ['undoCancelled', 'undoRefused', 'undoNotDone'];

/** True when what did not happen is a giving back, not a payment. */
export function isAboutUndo({ prompt }: Pick<CustomerView, 'prompt'>): boolean {
  return aboutUndo.includes(prompt.id);
}
