import { appendFileSync } from 'node:fs';
import type { ScreenRole } from '../src/ipc/channels.ts';

export interface TracedMessage {
  readonly direction: 'in' | 'out';
  readonly role: ScreenRole | null;
  readonly channel: string;
  readonly payload: unknown;
}

/** Writes every message between screens and main process to `file`, a JSON line each: what a leak search reads. Only for
 *  development and tests; without a file it does nothing. */
export function ipcTrace(file: string | undefined): (message: TracedMessage) => void {
  if (!file) return () => {};
  return (message) => appendFileSync(file, `${JSON.stringify(message)}\n`, { mode: 0o600 });
}
