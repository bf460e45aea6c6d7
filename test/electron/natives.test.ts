import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingLibraries } from '../../electron/runtime/system.ts';
import { bundle } from '../bundle.ts';
import { vectorCases } from '../ports/vectors.ts';
import { hidBinding } from '../prepare-electron.ts';
import { cryptoAnswers } from './natives-app/crypto-answers.ts';
import type { NativesReport } from './natives-app/main.ts';

const repository = resolve(import.meta.dirname, '../..');

describe('in the main process of the real Electron', () => {
  let report: NativesReport;
  let folder: string;

  beforeAll(async () => {
    // Below the repository, so that the packages with native parts are found from there.
    const caches = join(repository, 'node_modules', '.cache');
    mkdirSync(caches, { recursive: true });
    folder = mkdtempSync(join(caches, 'gongji-natives-'));
    await bundle({
      entry: join(import.meta.dirname, 'natives-app', 'main.ts'),
      folder,
      name: 'main.mjs',
      format: 'es',
      external: ['electron', 'serialport', '@serialport/bindings-cpp', 'node-hid', '@lydell/node-pty'],
    });
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'natives', version: '0.0.0', main: 'main.mjs' }),
    );
    report = await runInElectron(folder);
  }, 90_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('our cryptography gives what it gives in Node', async () => {
    const inNode = await cryptoAnswers();
    expect(report.crypto).toEqual({ is: inNode });
    expect(inNode).toMatchObject({
      'TDES-CBC with IV 0, DUKPT initial key': '6ac292faa1315b4d858ab3a3d7d5933a',
      'AES-256-GCM, a key in its place': '0123456789abcdeffedcba9876543210',
      'scrypt and AES-256-GCM, keys under a passphrase': '0123456789abcdeffedcba9876543210',
      'AES-256-GCM, opened': '4012345678909',
      'SHA-256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      'SHA-1, hash of a track': 'a9993e364706816aba3e25717850c26c9cd0d89d',
      'ECDH on P-256, agreed': '00'.repeat(32),
    });
  });

  it('the official vectors of PIN blocks, ciphers and key wrap hold', () => {
    const expected = Object.fromEntries(vectorCases().map(({ it, expected }) => [it, expected]));
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(report.vectors).toEqual({ is: expected });
  });

  // BoringSSL lacks SM4, SM3 and des-ede3-ecb, among others: what nobody needs, it need not have.
  it('every cipher and hash that our sources name is there', () => {
    const named = namesIn([
      'drivers',
      'src/app/keys',
      'src/centre',
      'src/domain',
      'src/ports',
      'src/terminal',
      'electron',
    ]);
    expect(named.ciphers).toEqual(expect.arrayContaining(['aes-128-ecb', 'aes-256-gcm', 'des-ede3-cbc']));
    expect(named.hashes).toEqual(expect.arrayContaining(['sha1', 'sha256']));
    const known = new Set([...report.ciphers, ...report.hashes].map((name) => name.toLowerCase()));
    expect([...named.ciphers, ...named.hashes].filter((name) => !known.has(name))).toEqual([]);
  });

  it('the store of secrets gives back what it sealed, or there is none', () => {
    expect(report.osStore).toEqual({ is: expect.stringMatching(/^(?:none|given back)$/) });
  });

  it('node-hid lists the devices, or says what to install', async () => {
    const missing = await missingLibraries(hidBinding(repository));
    if (missing.length === 0) expect(report.hid).toEqual({ is: expect.any(Number) });
    else
      expect(report.hid).toEqual({ code: 'unavailable', message: expect.stringContaining('HID unavailable: install') });
  });

  it('the serial ports are listed', () => {
    expect(report.serialPorts).toEqual({ is: expect.any(Number) });
  });

  it('serialport reads and writes a pseudo-terminal that node-pty has opened', () => {
    const expected =
      process.platform === 'win32'
        ? { code: 'unavailable', message: expect.any(String) }
        : { is: { read: 'to the driver\r', written: 'to the device\r' } };
    expect(report.serial).toEqual(expected);
  });
});

async function runInElectron(folder: string): Promise<NativesReport> {
  const executable = process.env.GONGJI_TEST_ELECTRON;
  if (executable === undefined)
    throw new Error('run this through "npm test -- test/electron/natives.test.ts": it provides the Electron');
  const file = join(folder, 'report.json');
  const child = spawn(executable, ['--no-sandbox', '--disable-gpu', folder], {
    env: { ...process.env, GONGJI_NATIVES_REPORT: file },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0) throw new Error(`Electron ended with ${code}:\n${printed.slice(-3000)}`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The algorithms that our sources ask `node:crypto` for. */
function namesIn(folders: readonly string[]): { ciphers: string[]; hashes: string[] } {
  const texts = folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(repository, folder, name), 'utf8')),
  );
  const found = (pattern: RegExp) => [
    ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))),
  ];
  return {
    ciphers: found(/create(?:C|Dec)ipheriv\(\s*'([^']+)'/g),
    hashes: found(/(?:createHash|createHmac|hkdfSync|pbkdf2Sync)\(\s*'([^']+)'/g),
  };
}
