import type { MsgId } from '../ports/ids.ts';
import type { Intent, Journal } from '../ports/journal.ts';

/** A journal that lasts as long as the process: for scenarios and tests, where nothing survives anyway. */
export function memoryJournal(): Journal {
  const open = new Map<MsgId, Intent>();
  return {
    open: async () => [...open.values()],
    intend: async (intent) => {
      open.set(intent.msgId, intent);
    },
    settled: async (msgId) => {
      open.delete(msgId);
    },
  };
}
