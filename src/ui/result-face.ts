import type { CustomerView } from '../ipc/view.ts';

/** The face of a result screen: each has a shape of its own, so that it is not told by colour alone. */
export type Face = 'approved' | 'declined' | 'unknown' | 'cancelled' | 'timedOut';

/** Which face a view shows; null while a sale is under way. A time-out is a cancellation with another cause, and looks
 *  different because the clerk does something else after it. */
export function faceOf(view: Pick<CustomerView, 'stage' | 'prompt' | 'result'>): Face | null {
  switch (view.stage) {
    case 'approved':
    case 'unknown':
      return view.stage;
    case 'declined':
    case 'cancelled':
      return view.prompt.id === 'timedOut' || view.result?.code === 'PIN_TIMEOUT' ? 'timedOut' : view.stage;
    default:
      return null;
  }
}
