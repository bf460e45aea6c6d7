import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/app/folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that locks the folder, says so, and stays until it is killed. */
async function anotherProcess() {
  const lockFile = pathToFileURL(join(import.meta.dirname, '../../src/app/folder-lock.ts')).href;
  const source = `
    import { lockFolder } from ${JSON.stringify(lockFile)};
    try {
      lockFolder(${JSON.stringify(folder)});
      // A lock that nobody refers to would be collected here.
      for (let round = 0; round < 3; round++) {
        globalThis.gc();
        await new Promise(setImmediate);
      }
      console.log('locked');
      process.stdin.resume();
    } catch (fault) {
      console.log(JSON.stringify({ code: fault.code, message: fault.message }));
    }`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    said: said.toString().trim(),
    pid: child.pid,
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('the lock on a data folder', () => {
  it('keeps this process from opening it twice, until it is released', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'inUse' }));
    expect(() => lockFolder(folder)).toThrow(/this program has it open already/);
    lock.release();
    lock.release();
    lockFolder(folder).release();
  });

  it('holds where the same folder is reached by another way of writing it, and not for another folder', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(join(folder, '..', folder.slice(folder.lastIndexOf('gongji-lock-')), '.'))).toThrow(
      expect.objectContaining({ code: 'inUse' }),
    );
    lockFolder(join(folder, 'another')).release();
    lock.release();
  });

  it('refuses a second process and says which one is the first', async () => {
    const lock = lockFolder(folder);
    const second = await anotherProcess();
    expect(JSON.parse(second.said)).toEqual({
      code: 'inUse',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    lock.release();
  });

  it('is gone when its process is killed, with its files still there', async () => {
    const first = await anotherProcess();
    expect(first.said).toBe('locked');
    expect(() => lockFolder(folder)).toThrow(new RegExp(`process ${first.pid}\\b`));
    await first.kill();
    expect(readFileSync(join(folder, 'in-use.pid'), 'utf8')).toBe(`${first.pid}\n`);
    lockFolder(folder).release();
  });

  it('tells a folder where nothing can be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => lockFolder(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'notWritable' }));
  });
});
