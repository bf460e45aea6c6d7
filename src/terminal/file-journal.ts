import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MsgId } from '../ports/ids.ts';
import { type Intent, type IntentOutcome, intentOutcomes, type Journal, JournalFault } from '../ports/journal.ts';

type Entry = { readonly intent: Intent } | { readonly msgId: MsgId; readonly outcome: IntentOutcome };

export interface FileJournal extends Journal {
  /** The last message id noted, so that ids go on from there after a restart. */
  readonly lastMsgId: MsgId | undefined;
  close(): Promise<void>;
}

/** The terminal's journal as a file: a JSON line an entry, appended and flushed to the disk before it counts.
 *  A last line without its end is what a power cut leaves of a write that was never acknowledged: it is cut off. Any
 *  other line that cannot be read makes the journal `corrupt`; the file is left as it is. A write that fails half way, as
 *  on a full disk, is taken back; where that fails too, nothing further is taken until the next start.
 *  Errors: `JournalFault` notWritable, corrupt. `openFile` is the file system's, or a test's. */
export async function openFileJournal(path: string, openFile: typeof open = open): Promise<FileJournal> {
  const { entries, wholeBytes, bytes } = await readEntries(path);
  const pending = new Map<MsgId, Intent>();
  let lastMsgId: MsgId | undefined;
  for (const entry of entries) {
    if ('intent' in entry) {
      pending.set(entry.intent.msgId, entry.intent);
      lastMsgId = entry.intent.msgId;
    } else {
      pending.delete(entry.msgId);
    }
  }
  const file = await writable(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    if (wholeBytes < bytes) await truncate(path, wholeBytes);
    return openFile(path, 'a', 0o600);
  });
  let size = wholeBytes;
  let isSound = true;
  const append = (entry: Entry) =>
    writable(path, async () => {
      if (!isSound) throw new Error('an earlier write could not be taken back');
      const line = `${JSON.stringify(entry)}\n`;
      try {
        await file.appendFile(line);
        await file.datasync();
      } catch (fault) {
        isSound = false;
        await file.truncate(size);
        await file.datasync();
        isSound = true;
        throw fault;
      }
      size += Buffer.byteLength(line);
    });
  return {
    lastMsgId,
    open: async () => [...pending.values()],
    intend: async (intent) => {
      await append({ intent });
      pending.set(intent.msgId, intent);
    },
    settled: async (msgId, outcome) => {
      await append({ msgId, outcome });
      pending.delete(msgId);
    },
    close: () => file.close(),
  };
}

async function readEntries(path: string): Promise<{ entries: Entry[]; wholeBytes: number; bytes: number }> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { entries: [], wholeBytes: 0, bytes: 0 };
    throw new JournalFault('notWritable', `the journal ${path} cannot be read`, { cause });
  }
  const wholeBytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const entries = lines.map((line, index) => {
    const entry = parseEntry(line);
    if (entry === null) {
      throw new JournalFault(
        'corrupt',
        `the journal ${path} is damaged at line ${index + 1}; it was left as it is, set it aside to start anew`,
      );
    }
    return entry;
  });
  return { entries, wholeBytes, bytes: content.length };
}

function parseEntry(line: string): Entry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if ('intent' in value && isIntent(value.intent)) return { intent: value.intent };
  if ('msgId' in value && 'outcome' in value && typeof value.msgId === 'string') {
    const outcome = intentOutcomes.find((known) => known === value.outcome);
    if (outcome !== undefined) return { msgId: value.msgId, outcome };
  }
  return null;
}

function isIntent(value: unknown): value is Intent {
  const intent = value as Partial<Intent> | null;
  return (
    typeof intent === 'object' &&
    intent !== null &&
    typeof intent.msgId === 'string' &&
    intent.kind === 'settle' &&
    Number.isSafeInteger(intent.amountFen) &&
    typeof intent.card === 'string' &&
    Number.isSafeInteger(intent.at)
  );
}

async function writable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new JournalFault('notWritable', `the journal ${path} cannot be written`, { cause });
  }
}
