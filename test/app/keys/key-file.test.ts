import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyFileError, openKeyFile } from '../../../src/app/keys/key-file.ts';
import {
  availableProtections,
  type KeyProtection,
  ProtectionError,
  passphraseFileProtection,
  passphraseProtection,
  throwAwayProtection,
} from '../../../src/app/keys/key-protection.ts';

const cheap = { log2N: 4, r: 8, p: 1 };
const passphrase = (text: string) => passphraseProtection(text, cheap);
/** The shell's, without a shell. */
const osStore: KeyProtection = {
  ...passphraseProtection('in the keyring', cheap),
  kind: 'osStore',
  describe: () => 'in the keyring',
};

let folder: string;
let data: string;
let sealed: string;
let plain: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-keys-'));
  data = join(folder, 'data');
  sealed = join(data, 'keys.sealed');
  plain = join(data, 'centre.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const besides = () => passphraseFileProtection(join(folder, 'config', 'key-passphrase'));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const faultOf = (work: () => unknown): Error => {
  try {
    work();
  } catch (fault) {
    if (fault instanceof Error) return fault;
  }
  throw new Error('no fault');
};

describe('the key file', () => {
  it.each<[string, () => KeyProtection]>([
    ['a passphrase', () => passphrase('一把钥匙')],
    ['a passphrase file', besides],
    ["the operating system's store", () => osStore],
  ])('keeps two keys under %s, the same at every start, readable to its owner alone', (_it, protection) => {
    const first = openKeyFile(data, [protection()]);
    const again = openKeyFile(data, [protection()]);
    expect(again.keys).toEqual(first.keys);
    expect([first.keys.centreKey, first.keys.terminalKey].map(({ length }) => length)).toEqual([32, 32]);
    expect(hex(first.keys.centreKey)).not.toBe(hex(first.keys.terminalKey));
    expect(readdirSync(data)).toEqual(['keys.sealed']);
    if (process.platform !== 'win32') expect(statSync(sealed).mode & 0o777).toBe(0o600);
    const text = readFileSync(sealed);
    for (const key of [first.keys.centreKey, first.keys.terminalKey]) {
      for (const form of [Buffer.from(key), hex(key), Buffer.from(key).toString('base64')]) {
        expect(text.includes(form)).toBe(false);
      }
    }
  });

  it('two data folders have different keys', () => {
    const [one, other] = ['one', 'other'].map((name) => openKeyFile(join(folder, name), [besides()]).keys);
    expect(hex(one?.centreKey ?? new Uint8Array())).not.toBe(hex(other?.centreKey ?? new Uint8Array()));
  });

  it('takes over the plain key of an earlier version, and removes it', () => {
    openKeyFile(data, [besides()]);
    rmSync(sealed);
    const old = new Uint8Array(32).fill(0x5a);
    writeFileSync(plain, old);
    const { keys } = openKeyFile(data, [passphrase('p')]);
    expect(new Uint8Array(keys.centreKey)).toEqual(old);
    expect(existsSync(plain)).toBe(false);
    expect(openKeyFile(data, [passphrase('p')]).keys).toEqual(keys);
  });

  it.each<[string, (old: Uint8Array) => Uint8Array]>([
    ['before the plain key was removed', (old) => old],
    ['after it was overwritten', () => new Uint8Array(32)],
  ])('a start that stopped %s is finished by the next one', (_it, left) => {
    const { keys } = openKeyFile(data, [besides()]);
    writeFileSync(plain, left(keys.centreKey));
    expect(openKeyFile(data, [besides()]).keys).toEqual(keys);
    expect(existsSync(plain)).toBe(false);
  });

  it('a half-written new file does not disturb the old one', () => {
    const { keys } = openKeyFile(data, [besides()]);
    writeFileSync(`${sealed}.new`, '{"format":"gongji-k');
    expect(openKeyFile(data, [besides()]).keys).toEqual(keys);
  });

  it('two keys that differ are refused, and both stay', () => {
    openKeyFile(data, [besides()]);
    writeFileSync(plain, new Uint8Array(32).fill(1));
    const before = readFileSync(sealed);
    const fault = faultOf(() => openKeyFile(data, [besides()]));
    expect(fault).toBeInstanceOf(KeyFileError);
    expect(fault.message).toContain(sealed);
    expect(fault.message).toContain(plain);
    expect(readFileSync(sealed)).toEqual(before);
    expect(readFileSync(plain)).toEqual(Buffer.alloc(32, 1));
  });

  it('a plain key of another length is refused, and stays', () => {
    openKeyFile(data, [besides()]);
    rmSync(sealed);
    writeFileSync(plain, 'short');
    expect(faultOf(() => openKeyFile(data, [besides()])).message).toContain(`${plain} has 5 bytes`);
    expect(readFileSync(plain, 'utf8')).toBe('short');
    expect(existsSync(sealed)).toBe(false);
  });

  it('is sealed anew when there is something better, and stays when there is not', () => {
    const first = openKeyFile(data, [besides()]);
    expect(first.protection.kind).toBe('passphraseFile');
    const better = openKeyFile(data, [passphrase('p'), besides()]);
    expect([better.protection.kind, better.keys]).toEqual(['passphrase', first.keys]);
    const best = openKeyFile(data, [osStore, passphrase('p'), besides()]);
    expect([best.protection.kind, best.keys]).toEqual(['osStore', first.keys]);
    expect(JSON.parse(readFileSync(sealed, 'utf8'))).toMatchObject({ protection: 'osStore' });
    const fault = faultOf(() => openKeyFile(data, [passphrase('p'), besides()]));
    expect(fault.message).toContain("operating system's store");
    expect(openKeyFile(data, [osStore, besides()]).keys).toEqual(first.keys);
  });

  it.each<[string, () => void, () => readonly KeyProtection[], RegExp]>([
    ['another passphrase', () => undefined, () => [passphrase('q')], /GONGJI_KEY_PASSPHRASE is not the passphrase/],
    ['no passphrase', () => undefined, () => [besides()], /set GONGJI_KEY_PASSPHRASE/],
    [
      'a flipped bit',
      () => change((file) => ({ ...file, sealed: flipped(file.sealed) })),
      () => [passphrase('p')],
      /damaged/,
    ],
    [
      'another first byte',
      () => change((file) => ({ ...file, sealed: `/${file.sealed.slice(1)}` })),
      () => [passphrase('p')],
      /damaged/,
    ],
    ['an empty text', () => change((file) => ({ ...file, sealed: '' })), () => [passphrase('p')], /damaged/],
    [
      'half of it',
      () => writeFileSync(sealed, readFileSync(sealed, 'utf8').slice(0, 40)),
      () => [passphrase('p')],
      /damaged/,
    ],
    ['nothing', () => writeFileSync(sealed, ''), () => [passphrase('p')], /damaged/],
    ['an unknown key', () => change((file) => ({ ...file, more: 1 })), () => [passphrase('p')], /damaged/],
    [
      'a newer version',
      () => change((file) => ({ ...file, format: 'gongji-keys/2' })),
      () => [passphrase('p')],
      /newer version/,
    ],
  ])('%s: refused with the file and what to do, and the file stays', (_it, spoil, protections, message) => {
    openKeyFile(data, [passphrase('p')]);
    spoil();
    const before = readFileSync(sealed);
    const fault = faultOf(() => openKeyFile(data, protections()));
    expect(fault).toBeInstanceOf(KeyFileError);
    expect(fault.message).toContain(sealed);
    expect(fault.message).toMatch(message);
    expect(readFileSync(sealed)).toEqual(before);
  });
});

interface File {
  readonly format: string;
  readonly protection: string;
  readonly sealed: string;
}

function change(to: (file: File) => object): void {
  writeFileSync(sealed, JSON.stringify(to(JSON.parse(readFileSync(sealed, 'utf8')))));
}

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
  return bytes.toString('base64');
}

describe('protections', () => {
  it.each<[string, KeyProtection]>([
    ['passphrase', passphrase('p')],
    ['thrown away', throwAwayProtection()],
  ])('%s: seals anew each time, opens nothing that was changed', (_it, protection) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const [one = new Uint8Array(), other = new Uint8Array()] = [protection.seal(bytes), protection.seal(bytes)];
    expect(hex(one)).not.toBe(hex(other));
    expect(new Uint8Array(protection.open(one))).toEqual(bytes);
    for (let at = 0; at < one.length; at++) {
      const wrong = Uint8Array.from(one).with(at, (one[at] ?? 0) ^ 1);
      expect(() => protection.open(wrong)).toThrow(ProtectionError);
    }
    expect(() => protection.open(one.subarray(0, -1))).toThrow(ProtectionError);
  });

  it('the passphrase file is made by sealing, never by opening, and can be read by its owner alone', () => {
    const path = join(folder, 'config', 'key-passphrase');
    const protection = passphraseFileProtection(path);
    const fault = faultOf(() => protection.open(new Uint8Array(80)));
    expect(fault).toBeInstanceOf(ProtectionError);
    expect(fault.message).toContain(path);
    expect(existsSync(path)).toBe(false);
    const bytes = protection.seal(Uint8Array.of(7));
    expect(new Uint8Array(protection.open(bytes))).toEqual(Uint8Array.of(7));
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    protection.seal(Uint8Array.of(8));
    expect(readFileSync(path, 'utf8')).toBe(text);
    writeFileSync(path, Buffer.alloc(32, 1).toString('base64'));
    expect(faultOf(() => protection.open(bytes)).message).toMatch(/not the one/);
    writeFileSync(path, 'x');
    expect(faultOf(() => protection.open(bytes)).message).toMatch(/damaged/);
  });

  it('are the shell’s store, then the passphrase, then the file, each only where it is to be had', () => {
    const kinds = (store: KeyProtection | null, env: NodeJS.ProcessEnv) =>
      availableProtections(store, { GONGJI_CONFIG_DIR: folder, ...env }).map(({ kind }) => kind);
    expect(kinds(null, {})).toEqual(['passphraseFile']);
    expect(kinds(null, { GONGJI_KEY_PASSPHRASE: '' })).toEqual(['passphraseFile']);
    expect(kinds(null, { GONGJI_KEY_PASSPHRASE: 'p' })).toEqual(['passphrase', 'passphraseFile']);
    expect(kinds(osStore, { GONGJI_KEY_PASSPHRASE: 'p' })).toEqual(['osStore', 'passphrase', 'passphraseFile']);
  });

  it('say what they are, the file also that it is the weakest, where it is and how to do better', () => {
    const [file] = availableProtections(null, { GONGJI_CONFIG_DIR: folder });
    expect(file?.describe()).toContain(join(folder, 'key-passphrase'));
    expect(file?.describe()).toMatch(/whoever can read your files.*GONGJI_KEY_PASSPHRASE/);
    expect(passphrase('secret words').describe()).not.toContain('secret words');
  });

  it('the usual cost of a passphrase is stored with what it sealed', () => {
    const bytes = passphraseProtection('p').seal(Uint8Array.of(1));
    expect([...bytes.subarray(0, 3)]).toEqual([17, 8, 1]);
    expect(new Uint8Array(passphrase('p').open(bytes))).toEqual(Uint8Array.of(1));
  });
});
