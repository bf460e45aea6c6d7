import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'gongji.ts');
const start = (...args: string[]) =>
  spawn(process.execPath, [program, 'citizen', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

it('gongji citizen prints where its pages are, serves them, and ends well with a signal', async () => {
  const child = start('--port', '0', '--lang', 'en');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${url}/sign-in`)).text()).toContain('There is no password');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});

it.each([
  [['--port', '65536'], 2, 'not a port'],
  [['--port', 'x'], 2, 'not a port'],
  [['--profile', 'atlantis-1999'], 2, 'unknown profile "atlantis-1999"'],
])('%s ends with %i and says why', async (args, code, why) => {
  const child = start(...args);
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  expect((await once(child, 'close'))[0]).toBe(code);
  expect(told).toContain(why);
});
