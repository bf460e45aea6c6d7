import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/ports/journal.ts';
import { openFileJournal } from '../../src/terminal/file-journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-journal-'));
  path = join(folder, 'sub', 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const intent = (msgId: string): Intent => ({ msgId, kind: 'settle', amountFen: 8000, card: 'card-1', at: 1 });

describe('the journal on disk', () => {
  it('gives back after a restart what has no outcome, oldest first', async () => {
    const before = await openFileJournal(path);
    await before.intend(intent('A'));
    await before.intend(intent('B'));
    await before.intend(intent('C'));
    await before.settled('B', 'settled');
    await before.close();
    const after = await openFileJournal(path);
    expect((await after.open()).map(({ msgId }) => msgId)).toEqual(['A', 'C']);
    expect(after.lastMsgId).toBe('C');
    await after.close();
  });

  it('cuts off a last line without its end, which a power cut left, and goes on', async () => {
    const before = await openFileJournal(path);
    await before.intend(intent('A'));
    await before.close();
    appendFileSync(path, '{"intent":{"msgId":"B","kin');
    const after = await openFileJournal(path);
    expect((await after.open()).map(({ msgId }) => msgId)).toEqual(['A']);
    await after.intend(intent('C'));
    await after.close();
    const again = await openFileJournal(path);
    expect((await again.open()).map(({ msgId }) => msgId)).toEqual(['A', 'C']);
    await again.close();
  });

  it.each(['not json\n', '{"intent":{"msgId":"A"}}\n', '{"other":1}\n', '{"msgId":"A","outcome":"perhaps"}\n'])(
    'refuses a damaged line and leaves the file as it is: %j',
    async (line) => {
      const before = await openFileJournal(path);
      await before.intend(intent('A'));
      await before.close();
      appendFileSync(path, line);
      const content = readFileSync(path);
      await expect(openFileJournal(path)).rejects.toMatchObject({ code: 'corrupt', message: /line 2/ });
      expect(readFileSync(path)).toEqual(content);
    },
  );

  it('takes back a line that was written in part, so that the next one does not join it', async () => {
    let room = Number.POSITIVE_INFINITY;
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const small: typeof open = async (...args) => {
      const file = await open(...args);
      const write = file.appendFile.bind(file);
      file.appendFile = async (data, options) => {
        const bytes = Buffer.from(data as string);
        await write(bytes.subarray(0, room), options);
        if (bytes.length > room) throw full;
      };
      return file;
    };
    const journal = await openFileJournal(path, small);
    await journal.intend(intent('A'));
    room = 7;
    await expect(journal.intend(intent('B'))).rejects.toMatchObject({ code: 'notWritable', cause: full });
    room = Number.POSITIVE_INFINITY;
    await journal.intend(intent('C'));
    await journal.close();
    const after = await openFileJournal(path);
    expect((await after.open()).map(({ msgId }) => msgId)).toEqual(['A', 'C']);
    await after.close();
  });

  it('flushes every entry to the disk before it counts', async () => {
    const done: string[] = [];
    const watched: typeof open = async (...args) => {
      const file = await open(...args);
      const [append, sync] = [file.appendFile.bind(file), file.datasync.bind(file)];
      file.appendFile = async (...written) => {
        await append(...written);
        done.push('written');
      };
      file.datasync = async () => {
        await sync();
        done.push('flushed');
      };
      return file;
    };
    const journal = await openFileJournal(path, watched);
    await journal.intend(intent('A'));
    done.push('intended');
    await journal.settled('A', 'settled');
    done.push('settled');
    expect(done).toEqual(['written', 'flushed', 'intended', 'written', 'flushed', 'settled']);
    await journal.close();
  });

  it('says when it cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openFileJournal(join(folder, 'file', 'journal'))).rejects.toMatchObject({ code: 'notWritable' });
  });
});
