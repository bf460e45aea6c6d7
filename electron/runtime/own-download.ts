import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgressLine, progressText } from './progress-line.ts';
import { type ChildOutcome, runWatched } from './watched-child.ts';

/** A release page that is blocked by dropping packets must not hold up the start for longer than this. */
const stallMs = 20_000;

/** Lets the electron package fetch its own binary (its `install.js`; since version 42 it does so on demand only).
 *  Errors: none, a refused or silent download is an answer with its reason. */
export async function downloadOwn(packageFolder: string, progress: ProgressLine): Promise<ChildOutcome> {
  const scratch = await mkdtemp(join(tmpdir(), 'gongji-electron-'));
  try {
    return await runWatched({
      command: process.execPath,
      args: [join(packageFolder, 'install.js')],
      cwd: packageFolder,
      // It downloads into the temporary folder first: a private one shows how far it is.
      env: { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch },
      watchedFolder: scratch,
      stallMs,
      onBytes: (bytes) => {
        if (bytes > 0) progress.update(progressText('Downloading Electron', bytes, null));
      },
    });
  } finally {
    progress.end();
    await rm(scratch, { recursive: true, force: true });
  }
}
