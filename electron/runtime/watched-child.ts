import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A child process that fetches something, and the folder in which its bytes can be seen arriving. */
export interface WatchedChild {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly watchedFolder: string;
  /** No new byte for this long: the other side does not answer. */
  readonly stallMs: number;
  readonly onBytes: (bytes: number) => void;
}

export type ChildOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const lookEveryMs = 400;
const outputCharactersMax = 20_000;

/** Runs `child` to its end, telling how many bytes it has fetched; ends it when they stop coming.
 *  Errors: none, a child that fails, hangs or does not exist is an answer whose `reason` is one line of its own words. */
export async function runWatched(child: WatchedChild): Promise<ChildOutcome> {
  const started = spawn(child.command, [...child.args], {
    cwd: child.cwd,
    env: child.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-outputCharactersMax);
  };
  started.stdout.on('data', keep);
  started.stderr.on('data', keep);
  const endWithUs = () => started.kill('SIGKILL');
  // Before any other exit listener: those may remove the folder that the child writes into.
  process.prependOnceListener('exit', endWithUs);

  let stalled = false;
  const stopWatching = watchBytes(child, () => {
    stalled = true;
    started.kill('SIGKILL');
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      started.once('error', reject);
      started.once('close', resolve);
    });
    if (code === 0) return { ok: true };
    if (stalled) return { ok: false, reason: `no answer for ${Math.round(child.stallMs / 1000)} s` };
    return { ok: false, reason: firstWords(output) ?? `it ended with code ${code}` };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'it could not be started' };
  } finally {
    process.removeListener('exit', endWithUs);
    await stopWatching();
  }
}

/** Looks at the folder until the returned function is called. */
function watchBytes(child: WatchedChild, onStall: () => void): () => Promise<void> {
  let watching = true;
  let wake = () => {};
  const loop = async () => {
    let seen = -1;
    let movedAt = performance.now();
    while (watching) {
      const bytes = await bytesIn(child.watchedFolder);
      if (bytes !== seen) {
        seen = bytes;
        movedAt = performance.now();
        child.onBytes(bytes);
      } else if (performance.now() - movedAt > child.stallMs) {
        onStall();
        return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, lookEveryMs);
      });
    }
  };
  const ended = loop();
  return async () => {
    watching = false;
    wake();
    await ended;
  };
}

/** Sum of the sizes of all files under `folder`; what vanishes while one looks counts nothing. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return bytesIn(path);
      return stat(path).then(
        (found) => found.size,
        () => 0,
      );
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The first two lines in which the child says what went wrong, without npm's prefix and its pointers to a log. */
export function firstWords(output: string): string | null {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^npm (?:warn|notice)\b/.test(line) && !/complete log of this run/.test(line))
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, ''))
    .filter((line) => line !== '' && !line.startsWith('at '));
  return lines.length === 0 ? null : lines.slice(0, 2).join('; ').slice(0, 240);
}
