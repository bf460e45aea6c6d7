import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CalendarDay } from '../domain/calendar-day.ts';
import { chinaDay } from '../domain/china-time.ts';
import { type BookedRecord, isBookedRecord } from '../domain/reconciliation.ts';
import type { MsgId } from '../ports/ids.ts';
import {
  type Intent,
  type IntentOutcome,
  intentOutcomes,
  type Journal,
  JournalFault,
  moneyKinds,
  type OpenIntent,
  type Suspension,
} from '../ports/journal.ts';

/** A disk as the journal needs it, so that a test or a simulation can give another. Errors: the file system's own. */
export interface JournalDisk {
  /** The whole file; null when there is none. */
  read(path: string): Promise<Uint8Array | null>;
  exists(path: string): Promise<boolean>;
  /** For writing; made when it is missing, for its owner only. Its name outlives a power cut after `syncFolder`. */
  open(path: string): Promise<JournalFile>;
  /** Replaces a file that is there. Outlives a power cut after `syncFolder`. */
  rename(from: string, to: string): Promise<void>;
  /** Makes a folder and those above it unless they are there; outlives a power cut when it resolves. */
  makeFolder(path: string): Promise<void>;
  /** Flushes the names in a folder. */
  syncFolder(path: string): Promise<void>;
}
/** A file open for writing. What is written or cut outlives a power cut after `datasync`. */
export interface JournalFile {
  /** All of `bytes` from position `at`; a failed write may leave a part of them. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  truncate(size: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileJournal extends Journal {
  /** The last message id noted, so that ids go on from there after a restart. */
  readonly lastMsgId: MsgId | undefined;
  /** May be called twice. */
  close(): Promise<void>;
}

/** At this size, in bytes, a journal is put away at the next opening and a new one goes on with what is open: about
 *  150,000 entries. */
const putAwayFrom = 32 * 1024 * 1024;
/** More than any entry has. Bytes. */
const entryBytesMax = 64 * 1024;
/** The business days whose books are kept in memory. */
const bookedDaysMax = 7;
/** How many booked records stand in one line, which has to stay below `entryBytesMax`. */
const bookedPerLine = 100;
/** What a disk writes whole or not at all. Bytes. */
const sectorBytes = 512;
const newline = 0x0a;

/** The terminal's journal as a file, appended to and flushed to the disk before an entry counts. A line an entry:
 *  eight hex digits of CRC-32 over the JSON, a space, the JSON. The first line marks the format; files of the format
 *  before it, JSON without a checksum, are read and go on in this one.
 *  - What a power cut leaves at the end of an entry that was never acknowledged is cut off.
 *  - Anything else that cannot be read makes the file a damaged one: it is moved to `….damaged-1` (2, 3, …), whole, and a
 *    new journal begins with every open intent that could be read; `open` says so until somebody goes on working.
 *  - A file that has grown large is moved to `….full-1` in the same way. Nothing is ever removed.
 *  - What was booked for the last days goes on in the new one, so that their end can still be made.
 *  - A write that fails half way, as on a full disk, is taken back; where that fails too, nothing further is taken until
 *    the next start.
 *  It does not keep a second process out; src/app/folder-lock.ts does.
 *  Errors: `JournalFault` notWritable; corrupt = damaged, and it could not be moved. */
export async function openFileJournal(path: string, disk: JournalDisk = nodeDisk): Promise<FileJournal> {
  const cannotWrite = `the journal ${path} cannot be written, so no payment can be taken. Check that the disk has room and that this program may write there`;
  const orNotWritable = <T>(work: () => Promise<T>) => orFault('notWritable', cannotWrite, work);

  let found = await orNotWritable(() => readAt(path, disk));
  if (found.unreadable > 0) {
    const cannotMove = `the journal ${path} is damaged (lines that cannot be read: ${found.unreadable}) and cannot be moved aside. It was left as it is. Check that the disk has room and that this program may write there, then start again`;
    found = await orFault('corrupt', cannotMove, () => beginAnew(path, disk, found, 'damaged'));
  } else if (found.wholeBytes >= putAwayFrom) {
    found = await orNotWritable(() => beginAnew(path, disk, found, 'full'));
  }
  const { memory, wholeBytes, isTorn, isMarked } = found;
  const { lastMsgId, setAside } = memory;

  const file = await orNotWritable(() => disk.open(path));
  let size = wholeBytes;
  let isSound = true;
  let isClosed = false;
  const append = async (line: Line) => {
    if (isClosed) throw new Error('the journal was closed');
    if (!isSound) throw new Error('an earlier write could not be taken back');
    const bytes = encoded(line);
    try {
      await file.write(bytes, size);
      await file.datasync();
    } catch (fault) {
      isSound = false;
      await file.truncate(size);
      await file.datasync();
      isSound = true;
      throw fault;
    }
    size += bytes.length;
  };
  try {
    await orNotWritable(async () => {
      if (isTorn) {
        await file.truncate(wholeBytes);
        await file.datasync();
      }
      if (!isMarked) {
        await append({ journal: 2 });
        await disk.syncFolder(dirname(path));
      }
    });
  } catch (fault) {
    await file.close();
    throw fault;
  }

  // One after the other: a write that is taken back must not take the next one with it.
  let queue: Promise<unknown> = Promise.resolve();
  const note = (line: Line): Promise<void> => {
    const noted = queue.then(() =>
      orNotWritable(async () => {
        await append(line);
        take(memory, line);
      }),
    );
    queue = noted.catch(() => undefined);
    return noted;
  };
  return {
    lastMsgId,
    open: async () => ({
      open: [...memory.open.values()],
      setAside: setAside && { path: join(dirname(path), setAside.file), unreadable: setAside.unreadable },
    }),
    intend: ({ msgId, kind, amountFen, card, settlementId, operator, at }) =>
      // By name, so that nothing else that the object may hold comes on the disk.
      note({ intent: { msgId, kind, amountFen, card, settlementId, operator, at } }),
    reversing: (msgId) => note({ reversing: msgId }),
    suspend: (msgId, { by, reason, at }) => note({ msgId, suspension: { by, reason, at } }),
    settled: (msgId, outcome, booked = []) =>
      note(booked.length === 0 ? { msgId, outcome } : { msgId, outcome, booked: booked.map(amountsOnly) }),
    bookedOn: async (day) => [...(memory.books.get(day)?.values() ?? [])],
    close: async () => {
      await queue;
      if (isClosed) return;
      isClosed = true;
      await file.close();
    },
  };
}

/** The mark of the format, then one line each for what was noted. `lastMsgId` and `setAside` stand in a journal that took
 *  another's place, after what it took over. */
type Line =
  | { readonly journal: 2 }
  | { readonly lastMsgId: MsgId | null; readonly setAside: SetAside | null }
  | { readonly books: readonly BookedRecord[] }
  | { readonly intent: Intent }
  | { readonly reversing: MsgId }
  | { readonly msgId: MsgId; readonly suspension: Suspension }
  | { readonly msgId: MsgId; readonly outcome: IntentOutcome; readonly booked?: readonly BookedRecord[] };

/** `file`: its name, in the journal's folder. */
interface SetAside {
  readonly file: string;
  readonly unreadable: number;
}

/** What the lines so far say. */
interface Memory {
  readonly open: Map<MsgId, OpenIntent>;
  /** By business day and message. */
  readonly books: Map<CalendarDay, Map<MsgId, BookedRecord>>;
  lastMsgId: MsgId | undefined;
  setAside: SetAside | null;
}

function take(memory: Memory, line: Line): void {
  const { open } = memory;
  if ('intent' in line) {
    open.set(line.intent.msgId, { ...line.intent, reversing: false, suspension: null });
    // A message that is opened again has an older id, and new ones must not go on from there.
    const { msgId } = line.intent;
    if (memory.lastMsgId === undefined || msgId > memory.lastMsgId) memory.lastMsgId = msgId;
    // Somebody went on working with this journal, and so has seen that it took another's place.
    memory.setAside = null;
  } else if ('reversing' in line) {
    const intent = open.get(line.reversing);
    if (intent) open.set(line.reversing, { ...intent, reversing: true });
  } else if ('suspension' in line) {
    const intent = open.get(line.msgId);
    if (intent) open.set(line.msgId, { ...intent, suspension: line.suspension });
  } else if ('outcome' in line) {
    open.delete(line.msgId);
    for (const record of line.booked ?? []) book(memory, record);
  } else if ('books' in line) {
    for (const record of line.books) book(memory, record);
  } else if ('setAside' in line) {
    memory.lastMsgId = line.lastMsgId ?? undefined;
    memory.setAside = line.setAside;
  }
}

/** A message is booked once. Only the days that were booked last stay in memory: not those with the latest dates, because a
 *  clock that was wrong for a while must not cost the present day its books. */
function book({ books }: Memory, record: BookedRecord): void {
  const day = chinaDay(record.at);
  const records = books.get(day) ?? new Map<MsgId, BookedRecord>();
  if (!records.has(record.msgId)) records.set(record.msgId, record);
  books.delete(day);
  books.set(day, records);
  const [oldest = day] = books.keys();
  if (books.size > bookedDaysMax) books.delete(oldest);
}

/** By name, so that nothing else that the object may hold comes on the disk. */
function amountsOnly({ msgId, kind, at, total, fund, own, shared, cash, cashDue }: BookedRecord): BookedRecord {
  return { msgId, kind, at, total, fund, own, shared, cash, cashDue };
}

/** Lines from which a new journal gets the same memory. */
function linesOf({ open, books, lastMsgId, setAside }: Memory): readonly Line[] {
  const carried = [...open.values()].flatMap(({ reversing, suspension, ...intent }): Line[] => [
    { intent },
    ...(reversing ? [{ reversing: intent.msgId }] : []),
    ...(suspension ? [{ msgId: intent.msgId, suspension }] : []),
  ]);
  const booked = [...books.values()].flatMap((records) => [...records.values()]);
  const chunks = Array.from({ length: Math.ceil(booked.length / bookedPerLine) }, (_, at): Line => {
    return { books: booked.slice(at * bookedPerLine, (at + 1) * bookedPerLine) };
  });
  return [{ journal: 2 }, ...chunks, ...carried, { lastMsgId: lastMsgId ?? null, setAside }];
}

/** What stands in a journal's file. `wholeBytes`: up to the end of the last line; `isTorn`: more follows, which a power
 *  cut left; `unreadable`: lines that cannot be read; `isMarked`: the mark of the format is there. */
interface Found {
  readonly memory: Memory;
  readonly wholeBytes: number;
  readonly isTorn: boolean;
  readonly unreadable: number;
  readonly isMarked: boolean;
}

async function readAt(path: string, disk: JournalDisk): Promise<Found> {
  await disk.makeFolder(dirname(path));
  const content = await disk.read(path);
  if (content !== null) return readJournal(content);
  if (await disk.exists(nextOf(path))) {
    // The power went between the two renames below.
    await disk.rename(nextOf(path), path);
    await disk.syncFolder(dirname(path));
  }
  return readJournal((await disk.read(path)) ?? new Uint8Array());
}

const nextOf = (path: string) => `${path}.next`;

/** Moves the file away under a name that is free and puts a new one in its place. It is broken off at any moment without
 *  loss: the new one is whole on the disk before the old one is moved, and the next opening finishes it. */
async function beginAnew(path: string, disk: JournalDisk, old: Found, why: 'damaged' | 'full'): Promise<Found> {
  const folder = dirname(path);
  let number = 1;
  while (await disk.exists(`${path}.${why}-${number}`)) number++;
  const away = `${path}.${why}-${number}`;
  const setAside = why === 'damaged' ? { file: basename(away), unreadable: old.unreadable } : old.memory.setAside;
  const memory = { ...old.memory, setAside };
  const bytes = Buffer.concat(linesOf(memory).map(encoded));
  const next = await disk.open(nextOf(path));
  try {
    await next.truncate(0);
    await next.write(bytes, 0);
    await next.datasync();
  } finally {
    await next.close();
  }
  await disk.syncFolder(folder);
  await disk.rename(path, away);
  await disk.syncFolder(folder);
  await disk.rename(nextOf(path), path);
  await disk.syncFolder(folder);
  return { memory, wholeBytes: bytes.length, isTorn: false, unreadable: 0, isMarked: true };
}

function readJournal(bytes: Uint8Array): Found {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memory: Memory = { open: new Map(), books: new Map(), lastMsgId: undefined, setAside: null };
  let isMarked = false;
  let unreadable = 0;
  let start = 0;
  while (start < content.length) {
    const newlineAt = content.indexOf(newline, start);
    const end = newlineAt < 0 ? content.length : newlineAt;
    const line = newlineAt < 0 ? null : decoded(content, start, end, isMarked);
    if (line === null) {
      if (isTornWrite(content, start, isMarked))
        return { memory, wholeBytes: start, isTorn: true, unreadable, isMarked };
      unreadable++;
      for (const part of partsOf(content, start, end)) take(memory, part);
    } else {
      if ('journal' in line) isMarked = true;
      take(memory, line);
    }
    start = end + 1;
  }
  return { memory, wholeBytes: content.length, isTorn: false, unreadable, isMarked };
}

/** Whether the line that starts at `start` is one that a power cut tore: the last one, without its end, or with a sector
 *  that the disk never got, which then reads as zeros. A changed byte makes neither: a line's end that was changed
 *  leaves a line that is whole otherwise, and no single changed bit makes a sector's share of a line zeros. */
function isTornWrite(content: Buffer, start: number, isMarked: boolean): boolean {
  const newlineAt = content.indexOf(newline, start);
  const isLast = newlineAt < 0 || newlineAt === content.length - 1;
  if (!isLast || content.length - start > entryBytesMax) return false;
  for (let from = start; from < content.length; ) {
    const to = Math.min(content.length, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
    if (content.subarray(from, to).every((byte) => byte === 0)) return true;
    from = to;
  }
  return newlineAt < 0 && decoded(content, start, content.length - 1, isMarked) === null;
}

/** What can be read of an unreadable line: the two lines that it was, when the end of the first was changed. */
function partsOf(content: Buffer, start: number, end: number): readonly Line[] {
  if (end - start > 2 * entryBytesMax) return [];
  for (let second = start + 1; second < end; second++) {
    const line = content[second + checksumDigits] === space ? decoded(content, second, end, true) : null;
    const first = line && decoded(content, start, second - 1, true);
    if (line) return first ? [first, line] : [line];
  }
  const last = decoded(content, start, end - 1, true);
  return last ? [last] : [];
}

const checksumDigits = 8;
const space = 0x20;

function encoded(line: Line): Buffer {
  const json = JSON.stringify(line);
  return Buffer.from(`${crc32(json).toString(16).padStart(checksumDigits, '0')} ${json}\n`);
}

/** The checksum that is written at `start`; null when none is. Capitals are none: a changed bit would make some. */
function checksumAt(content: Buffer, start: number): number | null {
  let value = 0;
  for (let at = start; at < start + checksumDigits; at++) {
    const byte = content[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if (byte >= 0x61 && byte <= 0x66) value = value * 16 + byte - 0x61 + 10;
    else return null;
  }
  return value;
}

/** The line between `start` and `end`; null when it cannot be read. Before the mark of the format it may be one of the
 *  format before. */
function decoded(content: Buffer, start: number, end: number, isMarked: boolean): Line | null {
  const json = start + checksumDigits + 1;
  const checksum = content[json - 1] === space && json < end ? checksumAt(content, start) : null;
  const isChecked = checksum !== null && checksum === crc32(content.subarray(json, end));
  if (!isChecked && isMarked) return null;
  try {
    const value: unknown = JSON.parse(content.toString('utf8', isChecked ? json : start, end));
    return isChecked ? lineFrom(value) : plainLineFrom(value);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

type Raw<T> = { readonly [K in keyof T]?: unknown };
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const oneOf = <T extends string>(known: readonly T[], value: unknown) => known.some((one) => one === value);

/** A line as it is written now; null when it is something else, as a later program may write. */
function lineFrom(value: unknown): Line | null {
  const isLine =
    isObject(value) &&
    (value.journal === 2 ||
      isIntent(value.intent) ||
      typeof value.reversing === 'string' ||
      (typeof value.msgId === 'string' &&
        (isSuspension(value.suspension) ||
          (oneOf(intentOutcomes, value.outcome) && (value.booked === undefined || isBooks(value.booked))))) ||
      isBooks(value.books) ||
      isOrigin(value));
  return isLine ? (value as unknown as Line) : null;
}

/** A line of the format before, which knew only settlements and not who made them. */
function plainLineFrom(value: unknown): Line | null {
  if (!isObject(value)) return null;
  if (isObject(value.intent)) return lineFrom({ intent: { settlementId: null, operator: '', ...value.intent } });
  return 'outcome' in value ? lineFrom(value) : null;
}

function isIntent(value: unknown): value is Intent {
  if (!isObject(value)) return false;
  const { msgId, kind, amountFen, card, settlementId, operator, at }: Raw<Intent> = value;
  return (
    typeof msgId === 'string' &&
    oneOf(moneyKinds, kind) &&
    Number.isSafeInteger(amountFen) &&
    (typeof card === 'string' || card === null) &&
    (typeof settlementId === 'string' || settlementId === null) &&
    typeof operator === 'string' &&
    Number.isSafeInteger(at)
  );
}

function isSuspension(value: unknown): value is Suspension {
  if (!isObject(value)) return false;
  const { by, reason, at }: Raw<Suspension> = value;
  return typeof by === 'string' && typeof reason === 'string' && Number.isSafeInteger(at);
}

function isBooks(value: unknown): value is readonly BookedRecord[] {
  return Array.isArray(value) && value.every(isBookedRecord);
}

function isOrigin({ lastMsgId, setAside }: Record<string, unknown>): boolean {
  const isNamed = isObject(setAside) && typeof setAside.file === 'string' && Number.isSafeInteger(setAside.unreadable);
  return (typeof lastMsgId === 'string' || lastMsgId === null) && (isNamed || setAside === null);
}

/** The file system's. */
export const nodeDisk: JournalDisk = {
  read: async (path) => {
    try {
      return await readFile(path);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    }
  },
  exists: async (path) => {
    try {
      await access(path);
      return true;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
  },
  open: async (path) => {
    // Not with O_APPEND: Windows does not truncate what was opened so.
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    return {
      write: async (bytes, at) => {
        for (let done = 0; done < bytes.length; ) {
          done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
        }
      },
      truncate: (size) => file.truncate(size),
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  rename,
  makeFolder: async (path) => {
    const topmost = await mkdir(path, { recursive: true });
    if (topmost === undefined) return;
    for (let made = resolve(path); made !== dirname(made); made = dirname(made)) {
      await nodeDisk.syncFolder(dirname(made));
      if (made === resolve(topmost)) return;
    }
  },
  syncFolder: async (path) => {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } catch (error) {
      // Windows flushes no folders; its file system logs names by itself.
      if (!isCode(error, 'EPERM', 'EISDIR')) throw error;
    } finally {
      await folder.close();
    }
  },
};

const isCode = (error: unknown, ...codes: readonly string[]) =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);

async function orFault<T>(code: JournalFault['code'], message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new JournalFault(code, message, { cause });
  }
}
