import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  it('says when it cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openFileJournal(join(folder, 'file', 'journal'))).rejects.toMatchObject({ code: 'notWritable' });
  });
});
