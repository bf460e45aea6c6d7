import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LeakSearch } from './leak-search.ts';
import { leaksInMemory } from './searched-places.ts';

const search = new LeakSearch(['739158', '604297', '285713'].map((text, at) => ({ what: `PIN ${at + 1}`, text })));
const source = resolve(import.meta.dirname, '../../src/ports/wipeable-bytes.ts');

/** What is left of a PIN in a process that had it in `bytes`, collected garbage, and overwrote it. */
async function leftOf(bytes: string): Promise<readonly string[] | null> {
  // Written so that nothing but `bytes` has the digits side by side.
  const program = `
    import { wipeableBytes } from ${JSON.stringify(source)};
    const bytes = ${bytes};
    for (const [at, one] of [39, 35, 41, 33, 37, 40].entries()) bytes[at] = one ^ 32;
    gc({ type: 'minor' });
    gc({ type: 'minor' });
    bytes.fill(0);
    console.log('wiped');
    process.stdin.once('data', () => console.log(bytes.length));
  `;
  const flags = ['--expose-gc', '--input-type=module'];
  const child = spawn(process.execPath, [...flags, '--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    return leaksInMemory(search, child.pid ?? 0);
  } finally {
    child.kill();
    await once(child, 'close');
  }
}

describe('bytes that are to be overwritten', () => {
  it('leave nothing behind, as a small array of the usual kind does', async () => {
    const wipeable = await leftOf('wipeableBytes(12)');
    const usual = await leftOf('new Uint8Array(12)');
    // Other systems than Linux do not show the memory of a process.
    if (process.platform !== 'linux') return;
    expect(wipeable).toEqual([]);
    expect(usual?.join()).toContain('PIN 1 as one byte a digit, in memory');
  });
});
