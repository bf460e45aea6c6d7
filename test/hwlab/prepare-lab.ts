import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import envPaths from 'env-paths';
import { type ProgressLine, progressText } from '../../electron/runtime/progress-line.ts';
import { runWatched } from '../../electron/runtime/watched-child.ts';
import { whatLacks } from './lab-needs.ts';

/** Where the lab's kernel and QEMU are, or why there is none. */
export type Lab = { readonly folder: string } | { readonly missing: string };

const fetchScript = join(import.meta.dirname, 'fetch.sh');
/** What a first run fetches and unpacks. */
const fetchedBytes = 740_000_000;
const stallMs = 120_000;

/** Gets what the hardware lab is made of into the user's cache folder; later runs find it there, offline. An unreachable
 *  Debian archive is an answer, not an error: a machine that has npm's registry alone must be able to run the tests. */
export async function prepareLab(progress: ProgressLine): Promise<Lab> {
  const lacking = whatLacks({ platform: process.platform, arch: process.arch, has: isOnPath });
  if (lacking !== null) return { missing: lacking };
  const caches = join(envPaths('gongji-terminal', { suffix: '' }).cache, 'hwlab');
  const name = createHash('sha256').update(readFileSync(fetchScript)).digest('hex').slice(0, 12);
  const folder = join(caches, name);
  await mkdir(folder, { recursive: true });
  for (const other of await readdir(caches)) {
    if (other !== name) await rm(join(caches, other), { recursive: true, force: true });
  }
  const outcome = await runWatched({
    command: 'bash',
    args: [fetchScript, folder],
    cwd: folder,
    env: process.env,
    watchedFolder: folder,
    stallMs,
    onBytes: (bytes) => {
      if (bytes < fetchedBytes / 100) return;
      progress.update(progressText('Making the hardware lab (110 MB to fetch, once)', bytes, fetchedBytes));
    },
  });
  progress.end();
  return outcome.ok ? { folder } : { missing: `it could not be made (${outcome.reason})` };
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
