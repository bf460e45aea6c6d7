import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Calls back with the name of whatever appears in `folder` or leaves it; null where the system does not say which.
 *  Does not keep the process alive. Returns the end of the watching, or null when the folder cannot be watched: it is
 *  missing, or the system has no more watches to give. */
export function watchFolder(folder: string, onName: (name: string | null) => void): (() => void) | null {
  let watcher: FSWatcher;
  try {
    // Writes to nodes of /dev are events as well (`change`): only what comes and goes counts.
    watcher = watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename') onName(name);
    });
  } catch {
    return null;
  }
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}

export interface NodeWatch {
  /** Looks whether the node is still there, unless it is being looked at. */
  check(): void;
  stop(): void;
}

const pollMs = 1000;

/** Calls `onGone`, once, when the device node behind `path` is no more or is another one. Needed because serialport may
 *  not notice an unplug at all and spin (PF23). A link is followed once: where it leads later is another device's matter.
 *  Errors: those of `realpath` and `stat` when the node is not there to begin with. */
export async function watchNode(path: string, onGone: () => void): Promise<NodeWatch> {
  const node = await realpath(path);
  const identity = await identityOf(node);
  let state: 'idle' | 'looking' | 'over' = 'idle';
  let again = false;
  const stop = () => {
    state = 'over';
    endWatch();
  };
  const look = async (): Promise<void> => {
    do {
      again = false;
      const isSame = (await identityOf(node).catch(() => null)) === identity;
      if (state === 'over') return;
      if (!isSame) {
        stop();
        onGone();
        return;
      }
    } while (again);
    state = 'idle';
  };
  const check = () => {
    again = true;
    if (state !== 'idle') return;
    state = 'looking';
    void look();
  };
  const name = basename(node);
  const folder = dirname(node);
  const endWatch =
    watchFolder(folder, (changed) => {
      if (changed === null || changed === name || changed === basename(folder)) check();
    }) ?? pollNode(node, check);
  // It may have gone before the watching began.
  check();
  return { check, stop };
}

function pollNode(node: string, onChange: () => void): () => void {
  watchFile(node, { persistent: false, interval: pollMs }, onChange);
  return () => unwatchFile(node, onChange);
}

/** A node that went and came again has another inode number. */
async function identityOf(node: string): Promise<string> {
  const { dev, ino, rdev } = await stat(node);
  return `${dev}:${ino}:${rdev}`;
}
