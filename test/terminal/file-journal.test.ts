import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fen, zeroFen } from '../../src/domain/money.ts';
import type { BookedRecord } from '../../src/domain/reconciliation.ts';
import type { MsgId } from '../../src/ports/ids.ts';
import {
  type Intent,
  type IntentOutcome,
  intentOutcomes,
  moneyKinds,
  type OpenIntent,
  type Suspension,
} from '../../src/ports/journal.ts';
import { type FileJournal, type JournalDisk, nodeDisk, openFileJournal } from '../../src/terminal/file-journal.ts';
import { type Coin, RecordedDisk } from '../powercut/recorded-disk.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-journal-'));
  path = join(folder, 'sub', 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const intent = (msgId: string): Intent => ({
  msgId,
  kind: 'settle',
  amountFen: 8000,
  card: 'card-1',
  settlementId: null,
  operator: '01',
  at: 1,
});
const suspension: Suspension = { by: '09', reason: '中心三天没有答复', at: 2 };
const openIds = async (journal: FileJournal) => (await journal.open()).open.map(({ msgId }) => msgId);

/** An entry that is to be noted, and what becomes of the open intents by it, written a second time. */
type Step =
  | { readonly do: 'intend'; readonly intent: Intent }
  | { readonly do: 'reversing'; readonly msgId: MsgId }
  | { readonly do: 'suspend'; readonly msgId: MsgId; readonly suspension: Suspension }
  | { readonly do: 'settled'; readonly msgId: MsgId; readonly outcome: IntentOutcome };

function note(journal: FileJournal, step: Step): Promise<void> {
  if (step.do === 'intend') return journal.intend(step.intent);
  if (step.do === 'reversing') return journal.reversing(step.msgId);
  if (step.do === 'suspend') return journal.suspend(step.msgId, step.suspension);
  return journal.settled(step.msgId, step.outcome);
}

function openAfter(steps: readonly Step[]): readonly OpenIntent[] {
  let open: OpenIntent[] = [];
  for (const step of steps) {
    const change = (msgId: MsgId, to: Partial<OpenIntent>) => {
      open = open.map((one) => (one.msgId === msgId ? { ...one, ...to } : one));
    };
    if (step.do === 'intend') open.push({ ...step.intent, reversing: false, suspension: null });
    else if (step.do === 'reversing') change(step.msgId, { reversing: true });
    else if (step.do === 'suspend') change(step.msgId, { suspension: step.suspension });
    else open = open.filter(({ msgId }) => msgId !== step.msgId);
  }
  return open;
}

/** Runs of entries as a terminal makes them: an id is intended once and before anything else is said of it. */
const runs: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.record({
      which: fc.nat(),
      what: fc.constantFrom('intend', 'intend', 'reversing', 'suspend', 'settled'),
      kind: fc.constantFrom(...moneyKinds),
      amountFen: fc.nat(),
      outcome: fc.constantFrom(...intentOutcomes),
      text: fc.string({ unit: 'binary', maxLength: 600, size: 'max' }),
    }),
    { maxLength: 14 },
  )
  .map((choices) => {
    const ids: string[] = [];
    return choices.map(({ which, what, kind, amountFen, outcome, text }, index): Step => {
      const msgId = ids[which % ids.length];
      if (what === 'intend' || msgId === undefined) {
        ids.push(`P9900000000120250419100000${String(index).padStart(4, '0')}`);
        const of = kind === 'settle' ? { card: text, settlementId: null } : { card: null, settlementId: text };
        return { do: 'intend', intent: { ...intent(ids.at(-1) as string), kind, amountFen, ...of } };
      }
      if (what === 'reversing') return { do: 'reversing', msgId };
      if (what === 'suspend') return { do: 'suspend', msgId, suspension: { ...suspension, reason: text } };
      return { do: 'settled', msgId, outcome };
    });
  });

/** A disk in memory with these files on it, flushed. */
function diskWith(files: Readonly<Record<string, Uint8Array>>): RecordedDisk {
  const disk = new RecordedDisk();
  for (const [name, bytes] of Object.entries(files)) {
    const file = disk.open(name);
    disk.write(file, 0, bytes);
    disk.sync(file);
  }
  disk.syncNames();
  return disk;
}

const bytesOf = (disk: RecordedDisk, name: string): Buffer => Buffer.from(disk.read(disk.open(name)));

/** What a journal holds after these entries, on a disk in memory. */
async function written(steps: readonly Step[]): Promise<Buffer> {
  const disk = new RecordedDisk();
  const journal = await openFileJournal('journal', disk.asJournalDisk());
  for (const step of steps) await note(journal, step);
  return bytesOf(disk, 'journal');
}

/** A coin that falls the same way for the same seed. */
function seededCoin(seed: string): Coin {
  let throws = 0;
  return (probability) =>
    createHash('sha256').update(`${seed}:${throws++}`).digest().readUInt32BE() < probability * 2 ** 32;
}

describe('the journal on disk', () => {
  it('gives back after a restart what has no outcome, oldest first, with what is known of it', async () => {
    const before = await openFileJournal(path);
    for (const id of ['A', 'B', 'C', 'D']) await before.intend(intent(id));
    await before.settled('B', 'settled');
    await before.reversing('C');
    await before.suspend('D', suspension);
    const state = await before.open();
    await before.close();
    await before.close();
    const after = await openFileJournal(path);
    expect(await after.open()).toEqual(state);
    expect(state).toEqual({
      open: [
        { ...intent('A'), reversing: false, suspension: null },
        { ...intent('C'), reversing: true, suspension: null },
        { ...intent('D'), reversing: false, suspension },
      ],
      setAside: null,
    });
    expect(after.lastMsgId).toBe('D');
    await after.settled('C', 'reversed');
    expect(await openIds(after)).toEqual(['A', 'D']);
    await after.close();
  });

  it('writes nothing but what it is meant to hold', async () => {
    const journal = await openFileJournal(path);
    const more = { ...intent('A'), pinBlock: 'SECRET', pan: 'SECRET' };
    await journal.intend(more);
    await journal.suspend('A', { ...suspension, ...{ customer: 'SECRET' } });
    await journal.close();
    expect(readFileSync(path, 'utf8')).not.toContain('SECRET');
  });

  it('flushes every entry to the disk before it counts', async () => {
    const done: string[] = [];
    const watched: JournalDisk = {
      ...nodeDisk,
      open: async (name) => {
        const file = await nodeDisk.open(name);
        return {
          ...file,
          write: async (...what) => {
            await file.write(...what);
            done.push('written');
          },
          datasync: async () => {
            await file.datasync();
            done.push('flushed');
          },
        };
      },
    };
    const journal = await openFileJournal(path, watched);
    done.length = 0;
    for (const [name, work] of [
      ['intended', () => journal.intend(intent('A'))],
      ['reversing', () => journal.reversing('A')],
      ['suspended', () => journal.suspend('A', suspension)],
      ['settled', () => journal.settled('A', 'settled')],
    ] as const) {
      await work();
      done.push(name);
      expect(done.splice(0)).toEqual(['written', 'flushed', name]);
    }
    await journal.close();
  });

  it('reads a journal of the format before, and goes on in it', async () => {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(
      path,
      '{"intent":{"msgId":"A","kind":"settle","amountFen":8000,"card":"card-1","at":1}}\n' +
        '{"intent":{"msgId":"B","kind":"settle","amountFen":8000,"card":"card-1","at":1}}\n' +
        '{"msgId":"A","outcome":"settled"}\n' +
        '{"intent":{"msgId":"C","kind":"set',
    );
    const journal = await openFileJournal(path);
    const b = { ...intent('B'), operator: '', reversing: false, suspension: null };
    expect(await journal.open()).toEqual({ open: [b], setAside: null });
    await journal.intend(intent('D'));
    await journal.close();
    const after = await openFileJournal(path);
    expect(await openIds(after)).toEqual(['B', 'D']);
    await after.close();
    // From its mark on, a line without a checksum is none.
    appendFileSync(path, '{"msgId":"D","outcome":"settled"}\n');
    const damaged = await openFileJournal(path);
    expect(await damaged.open()).toMatchObject({ open: [{ msgId: 'B' }, { msgId: 'D' }], setAside: { unreadable: 1 } });
    await damaged.close();
  });
});

describe('a power cut', () => {
  it('at whatever byte leaves the entries up to some moment, every one that was written whole among them', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(), async (steps, cut) => {
        const whole = await written(steps);
        const left = whole.subarray(0, cut % (whole.length + 1));
        // The first line is the mark of the format.
        const kept = steps.slice(0, Math.max(0, left.filter((byte) => byte === 0x0a).length - 1));
        const disk = diskWith({ journal: left });
        const journal = await openFileJournal('journal', disk.asJournalDisk());
        expect(await journal.open()).toEqual({ open: openAfter(kept), setAside: null });
        await journal.intend(intent('Z'));
        const again = await openFileJournal('journal', disk.asJournalDisk());
        expect(await again.open()).toEqual(await journal.open());
      }),
      { numRuns: 300 },
    );
  });

  it('at whatever moment loses no entry that was acknowledged, whatever the disk kept of what was not flushed', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.string(), async (steps, seed) => {
        const disk = new RecordedDisk();
        const journal = await openFileJournal('journal', disk.asJournalDisk());
        const acknowledged = [disk.now];
        for (const step of steps) {
          await note(journal, step);
          acknowledged.push(disk.now);
        }
        for (let moment = 0; moment <= disk.now; moment++) {
          const atLeast = acknowledged.filter((at) => at <= moment).length - 1;
          const left = Object.fromEntries(disk.after(moment, seededCoin(`${seed}:${moment}`)));
          const after = await openFileJournal('journal', diskWith(left).asJournalDisk());
          const state = await after.open();
          expect(state.setAside).toBeNull();
          expect([
            openAfter(steps.slice(0, Math.max(0, atLeast))),
            openAfter(steps.slice(0, atLeast + 1)),
          ]).toContainEqual(state.open);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('that leaves any of the sectors of the last entry, the others as zeros, is no damage', async () => {
    const before = await written([{ do: 'intend', intent: intent('A') }]);
    const long = { ...intent('B'), card: 'x'.repeat(1_200) };
    const whole = await written([
      { do: 'intend', intent: intent('A') },
      { do: 'intend', intent: long },
    ]);
    const sectors = [before.length, 512, 1024, whole.length];
    for (let kept = 0; kept < 7; kept++) {
      const bytes = Buffer.from(whole);
      for (const index of [0, 1, 2]) if (((kept >> index) & 1) === 0) bytes.fill(0, sectors[index], sectors[index + 1]);
      const disk = diskWith({ journal: bytes });
      const journal = await openFileJournal('journal', disk.asJournalDisk());
      expect(await journal.open()).toMatchObject({ open: [{ msgId: 'A' }], setAside: null });
      expect(bytesOf(disk, 'journal')).toEqual(before);
    }
  });

  it('while a damaged journal is being replaced loses nothing of either', async () => {
    const steps: Step[] = ['A', 'B', 'C'].map((id) => ({ do: 'intend', intent: intent(id) }));
    const damaged = await written([...steps, { do: 'settled', msgId: 'B', outcome: 'settled' }]);
    damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);
    const disk = diskWith({ journal: damaged });
    const before = disk.now;
    await openFileJournal('journal', disk.asJournalDisk());
    for (let moment = before; moment <= disk.now; moment++) {
      for (let round = 0; round < 20; round++) {
        const left = diskWith(Object.fromEntries(disk.after(moment, seededCoin(`${moment}:${round}`))));
        const journal = await openFileJournal('journal', left.asJournalDisk());
        expect(await journal.open()).toMatchObject({
          open: [{ msgId: 'C' }],
          setAside: { path: 'journal.damaged-1', unreadable: 1 },
        });
        expect(bytesOf(left, 'journal.damaged-1')).toEqual(damaged);
        expect(journal.lastMsgId).toBe('C');
      }
    }
  });
});

describe('a damaged journal', () => {
  it('is found out at every single bit, kept whole, and gives every open intent that can be read', async () => {
    const steps: readonly Step[] = [
      { do: 'intend', intent: intent('A') },
      { do: 'reversing', msgId: 'A' },
      { do: 'intend', intent: { ...intent('B'), card: ' @ 卡 ' } },
      { do: 'suspend', msgId: 'B', suspension },
      { do: 'intend', intent: intent('C') },
      { do: 'settled', msgId: 'C', outcome: 'declined' },
      { do: 'intend', intent: { ...intent('D'), kind: 'refund', card: null, settlementId: 'S1' } },
    ];
    const sound = await written(steps);
    const lineOf = (at: number) => sound.subarray(0, at).filter((byte) => byte === 0x0a).length;
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const bytes = Buffer.from(sound);
      const at = bit >> 3;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at);
      const disk = diskWith({ journal: bytes });
      const { open, setAside } = await (await openFileJournal('journal', disk.asJournalDisk())).open();
      expect(setAside, `bit ${bit}`).toMatchObject({ path: 'journal.damaged-1' });
      expect(bytesOf(disk, 'journal.damaged-1')).toEqual(bytes);
      // The end of a line is not of its content: both lines are read all the same.
      const lost = sound[at] === 0x0a ? -1 : lineOf(at) - 1;
      expect(open, `bit ${bit}`).toEqual(openAfter(steps.filter((_, index) => index !== lost)));
    }
  });

  it.each([
    ['a line that is no JSON', 'not json\n'],
    ['a line of another program', '{"other":1}\n'],
    ['an entry without its end in the middle', '12345678 {"intent":{"msg\n96bfd640 {"last\n'],
    ['more without an end than an entry can be', 'x'.repeat(70_000)],
    ['an end that was changed', `${'x'.repeat(20)}\0${'x'.repeat(20)}\n`],
  ])('is put aside for %s', async (_, more) => {
    const before = await openFileJournal(path);
    await before.intend(intent('A'));
    await before.close();
    appendFileSync(path, more);
    const content = readFileSync(path);
    const after = await openFileJournal(path);
    const { open, setAside } = await after.open();
    expect(open.map(({ msgId }) => msgId)).toEqual(['A']);
    expect(setAside).toMatchObject({ path: `${path}.damaged-1` });
    expect(readFileSync(`${path}.damaged-1`)).toEqual(content);
    await after.close();
  });

  it('is reported until somebody goes on working, and the next one does not take its name', async () => {
    const damage = async () => {
      appendFileSync(path, 'damage\n');
      return openFileJournal(path);
    };
    const first = await openFileJournal(path);
    await first.intend(intent('A'));
    await first.intend(intent('B'));
    await first.settled('B', 'settled');
    await first.close();
    const aside = { path: `${path}.damaged-1`, unreadable: 1 };
    const second = await damage();
    expect((await second.open()).setAside).toEqual(aside);
    expect(second.lastMsgId).toBe('B');
    await second.close();
    const third = await openFileJournal(path);
    expect((await third.open()).setAside).toEqual(aside);
    expect(third.lastMsgId).toBe('B');
    await third.intend(intent('C'));
    await third.close();
    const fourth = await openFileJournal(path);
    expect(await fourth.open()).toMatchObject({ open: [{ msgId: 'A' }, { msgId: 'C' }], setAside: null });
    await fourth.close();
    const fifth = await damage();
    expect((await fifth.open()).setAside).toEqual({ path: `${path}.damaged-2`, unreadable: 1 });
    expect(await openIds(fifth)).toEqual(['A', 'C']);
    await fifth.close();
    expect(readdirSync(join(folder, 'sub')).sort()).toEqual([
      'journal.jsonl',
      'journal.jsonl.damaged-1',
      'journal.jsonl.damaged-2',
    ]);
  });

  it.each(['open', 'rename'] as const)('is left as it is when it cannot be moved: %s', async (failing) => {
    const before = await openFileJournal(path);
    await before.intend(intent('A'));
    await before.close();
    appendFileSync(path, 'damage\n');
    const content = readFileSync(path);
    const fault = Object.assign(new Error('read-only file system'), { code: 'EROFS' });
    const readOnly = { ...nodeDisk, [failing]: () => Promise.reject(fault) };
    await expect(openFileJournal(path, readOnly)).rejects.toMatchObject({ code: 'corrupt', cause: fault });
    expect(readFileSync(path)).toEqual(content);
    const after = await openFileJournal(path);
    expect(await openIds(after)).toEqual(['A']);
    await after.close();
  });
});

describe('a disk that does not take it', () => {
  /** The file system's, with room for so many more bytes, and calls that fail on demand. */
  function poorDisk() {
    const poor = { room: Number.POSITIVE_INFINITY, failing: new Set<'datasync' | 'truncate'>() };
    const fault = (code: string) => Object.assign(new Error(code), { code });
    const disk: JournalDisk = {
      ...nodeDisk,
      open: async (name) => {
        const file = await nodeDisk.open(name);
        return {
          close: () => file.close(),
          write: async (bytes, at) => {
            await file.write(bytes.subarray(0, Math.min(poor.room, bytes.length)), at);
            if (bytes.length > poor.room) throw fault('ENOSPC');
          },
          datasync: async () => {
            if (poor.failing.has('datasync')) throw fault('EIO');
            await file.datasync();
          },
          truncate: async (size) => {
            if (poor.failing.has('truncate')) throw fault('EIO');
            await file.truncate(size);
          },
        };
      },
    };
    return { poor, disk };
  }

  it.each([0, 1, 7, 60])('is full after %i bytes of an entry: it is taken back, and the next one is', async (room) => {
    const { poor, disk } = poorDisk();
    const journal = await openFileJournal(path, disk);
    await journal.intend(intent('A'));
    const content = readFileSync(path);
    poor.room = room;
    await expect(journal.intend(intent('B'))).rejects.toMatchObject({
      code: 'notWritable',
      cause: { code: 'ENOSPC' },
    });
    expect(readFileSync(path)).toEqual(content);
    expect(await openIds(journal)).toEqual(['A']);
    poor.room = Number.POSITIVE_INFINITY;
    await journal.intend(intent('C'));
    await journal.close();
    const after = await openFileJournal(path);
    expect(await openIds(after)).toEqual(['A', 'C']);
    await after.close();
  });

  it('fails only at the flush: the entry is taken back as far as the disk lets it, and does not count', async () => {
    const { poor, disk } = poorDisk();
    const journal = await openFileJournal(path, disk);
    await journal.intend(intent('A'));
    poor.failing.add('datasync');
    await expect(journal.intend(intent('B'))).rejects.toMatchObject({ code: 'notWritable' });
    poor.failing.clear();
    // That it was taken back was not flushed either: nobody knows what is on the disk.
    await expect(journal.intend(intent('C'))).rejects.toMatchObject({ code: 'notWritable' });
    expect(await openIds(journal)).toEqual(['A']);
    await journal.close();
    const after = await openFileJournal(path);
    expect(await openIds(after)).toEqual(['A']);
    await after.intend(intent('D'));
    await after.close();
  });

  it('lets half an entry stand: nothing further is taken until the next start, which cuts it off', async () => {
    const { poor, disk } = poorDisk();
    const journal = await openFileJournal(path, disk);
    await journal.intend(intent('A'));
    poor.room = 20;
    poor.failing.add('truncate');
    await expect(journal.intend(intent('B'))).rejects.toMatchObject({ code: 'notWritable' });
    poor.room = Number.POSITIVE_INFINITY;
    poor.failing.clear();
    await expect(journal.settled('A', 'settled')).rejects.toMatchObject({ code: 'notWritable' });
    expect(await openIds(journal)).toEqual(['A']);
    await journal.close();
    const after = await openFileJournal(path);
    expect(await after.open()).toMatchObject({ open: [{ msgId: 'A' }], setAside: null });
    await after.close();
  });

  it('takes back the entry that failed and no other, when several are under way', async () => {
    const { poor, disk } = poorDisk();
    const journal = await openFileJournal(path, disk);
    const size = readFileSync(path).length;
    poor.room = 30;
    const first = journal.intend(intent('A'));
    const failed = expect(first).rejects.toMatchObject({ code: 'notWritable' });
    // Room comes back while the first is still under way.
    void first.catch(() => {
      poor.room = Number.POSITIVE_INFINITY;
    });
    await Promise.all([failed, journal.intend(intent('B')), journal.intend(intent('C'))]);
    await journal.close();
    expect(readFileSync(path, 'utf8').slice(size)).toMatch(/^[^\n]*"B"[^\n]*\n[^\n]*"C"[^\n]*\n$/);
  });

  it.each([
    ['the disk is read-only', 'EROFS'],
    ['the folder is', 'EACCES'],
  ])('%s', async (_, code) => {
    const fault = Object.assign(new Error(code), { code });
    const readOnly = { ...nodeDisk, open: () => Promise.reject(fault) };
    await expect(openFileJournal(path, readOnly)).rejects.toMatchObject({ code: 'notWritable', cause: fault });
  });

  it('is no folder, or the journal is one', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openFileJournal(join(folder, 'file', 'journal'))).rejects.toMatchObject({ code: 'notWritable' });
    await expect(openFileJournal(folder)).rejects.toMatchObject({ code: 'notWritable' });
  });

  it('was closed: an entry is refused', async () => {
    const journal = await openFileJournal(path);
    await journal.close();
    await expect(journal.intend(intent('A'))).rejects.toMatchObject({ code: 'notWritable' });
  });
});

it('goes on from the newest message id, also after an older message was opened again', async () => {
  const disk = diskWith({
    journal: await written([
      { do: 'intend', intent: intent('A') },
      { do: 'settled', msgId: 'A', outcome: 'settled' },
      { do: 'intend', intent: intent('B') },
      { do: 'settled', msgId: 'B', outcome: 'settled' },
      { do: 'intend', intent: intent('A') },
    ]),
  });
  const journal = await openFileJournal('journal', disk.asJournalDisk());
  expect((await journal.open()).open.map(({ msgId }) => msgId)).toEqual(['A']);
  expect(journal.lastMsgId).toBe('B');
});

it('puts a journal that has grown large away, and goes on with what is open', async () => {
  const a = await written([
    { do: 'intend', intent: intent('A') },
    { do: 'reversing', msgId: 'A' },
  ]);
  const filler = await written([
    { do: 'intend', intent: intent('F') },
    { do: 'settled', msgId: 'F', outcome: 'settled' },
  ]);
  const closed = filler.subarray(filler.indexOf('\n') + 1);
  const large = Buffer.concat([a, ...Array(Math.ceil((32 * 1024 * 1024) / closed.length)).fill(closed)]);
  const disk = diskWith({ journal: large });
  const journal = await openFileJournal('journal', disk.asJournalDisk());
  const state = await journal.open();
  expect(state).toEqual({ open: [{ ...intent('A'), reversing: true, suspension: null }], setAside: null });
  expect(journal.lastMsgId).toBe('F');
  expect(bytesOf(disk, 'journal.full-1').equals(large)).toBe(true);
  expect(bytesOf(disk, 'journal').length).toBeLessThan(1_000);
  const again = await openFileJournal('journal', disk.asJournalDisk());
  expect(await again.open()).toEqual(state);
  expect(disk.has('journal.next')).toBe(false);
});

describe('the books of a day', () => {
  const booked = (msgId: string, day: string, own = 100): BookedRecord => ({
    ...{ msgId, kind: 'sale', at: Date.parse(`${day}T23:59:59+08:00`), total: fen(own), own: fen(own) },
    ...{ fund: zeroFen, shared: zeroFen, cash: zeroFen, cashDue: zeroFen },
  });
  const ids = async (journal: FileJournal, day: string) => (await journal.bookedOn(day)).map(({ msgId }) => msgId);

  it('come back after a restart, by the day in China, each message once', async () => {
    const first = await openFileJournal(path);
    await first.intend(intent('A'));
    await first.settled('A', 'settled', [booked('A', '2025-04-19')]);
    await first.settled('A', 'reversed', [booked('A', '2025-04-19', 7), booked('R', '2025-04-20')]);
    await first.close();
    const second = await openFileJournal(path);
    expect(await second.bookedOn('2025-04-19')).toEqual([booked('A', '2025-04-19')]);
    expect(await ids(second, '2025-04-20')).toEqual(['R']);
    expect(await second.bookedOn('2025-04-21')).toEqual([]);
    await second.close();
  });

  it('go on in the journal that takes the place of a damaged one, those of the seven days booked last', async () => {
    const first = await openFileJournal(path);
    // The clock was wrong for a while.
    const days = [
      '2025-04-13',
      '2031-01-01',
      '2032-01-01',
      '2025-04-16',
      '2025-04-17',
      '2025-04-18',
      '2025-04-19',
      '2025-04-20',
    ];
    for (const day of days) await first.settled(day, 'settled', [booked(day, day)]);
    for (let at = 0; at < 250; at += 1) await first.settled(`n${at}`, 'settled', [booked(`n${at}`, '2025-04-20')]);
    await first.close();
    appendFileSync(path, 'damaged\n{}\n');
    const second = await openFileJournal(path);
    expect((await second.open()).setAside).not.toBeNull();
    await second.close();
    const third = await openFileJournal(path);
    expect(await Promise.all(days.map((day) => ids(third, day)))).toEqual([
      [],
      ...days.slice(1, -1).map((day) => [day]),
      ['2025-04-20', ...Array.from({ length: 250 }, (_, at) => `n${at}`)],
    ]);
    await third.close();
  });

  it('hold nothing beside the amounts', async () => {
    const journal = await openFileJournal(path);
    const more = { ...booked('A', '2025-04-19'), maskedName: '李*' };
    await journal.settled('A', 'settled', [more]);
    await journal.close();
    expect(readFileSync(path, 'utf8')).not.toContain('李');
  });
});
