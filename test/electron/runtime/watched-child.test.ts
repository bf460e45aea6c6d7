import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstWords, runWatched } from '../../../electron/runtime/watched-child.ts';

describe('a child that fetches', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gongji-watched-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = (script: string, stallMs = 60_000, command = process.execPath) => {
    const seen: number[] = [];
    const outcome = runWatched({
      command,
      args: ['-e', script],
      cwd: folder,
      env: process.env,
      watchedFolder: folder,
      stallMs,
      onBytes: (bytes) => seen.push(bytes),
    });
    return outcome.then((value) => ({ value, seen }));
  };

  it('ends well', async () => {
    const { value } = await run('');
    expect(value).toEqual({ ok: true });
  });

  it('fails with its own first words', async () => {
    const { value } = await run("console.error('npm error code E404\\nnpm error 404 Not Found'); process.exit(1)");
    expect(value).toEqual({ ok: false, reason: 'code E404; 404 Not Found' });
  });

  it('fails without words', async () => {
    expect((await run('process.exit(3)')).value).toEqual({ ok: false, reason: 'it ended with code 3' });
  });

  it('is ended when no more bytes come', async () => {
    const { value, seen } = await run("require('fs').writeFileSync('a', 'abc'); setInterval(() => {}, 1000)", 900);
    expect(value).toEqual({ ok: false, reason: 'no answer for 1 s' });
    expect(seen.at(-1)).toBe(3);
  });

  it('cannot be started', async () => {
    const { value } = await run('', 60_000, join(folder, 'nothing'));
    expect(value).toMatchObject({ ok: false, reason: expect.stringContaining('ENOENT') });
  });
});

describe('the first words of a failure', () => {
  it.each([
    [
      'npm warn old\nnpm error code ENOTFOUND\nnpm error network no such host\nnpm error A complete log of this run is in x',
      'code ENOTFOUND; network no such host',
    ],
    ['\nTypeError: fetch failed\n    at node:internal:1:2\n', 'TypeError: fetch failed'],
    ['\n \n', null],
  ])('%j', (output, words) => {
    expect(firstWords(output)).toBe(words);
  });
});
