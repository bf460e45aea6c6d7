import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type KeyProtection, ProtectionError, protectionKinds } from './key-protection.ts';

/** The keys that outlive the program, 32 bytes each. `centreKey`: PIN verifiers and the card vault hang on it.
 *  `terminalKey`: the centre wraps PIN keys under it. */
export interface LastingKeys {
  readonly centreKey: Uint8Array;
  readonly terminalKey: Uint8Array;
}

export interface OpenKeyFile {
  readonly keys: LastingKeys;
  /** The one that the file is sealed with now. */
  readonly protection: KeyProtection;
}

/** The keys cannot be had; nothing was changed. The message names the file and says what to do. */
export class KeyFileError extends Error {
  readonly code = 'keyFile';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyFileError';
  }
}

const keyBytes = 32;
/** `sealed`: base64 of version (1), centre key (32), terminal key (32) under the protection. */
const shape = z.strictObject({
  format: z.literal('gongji-keys/1'),
  protection: z.enum(protectionKinds),
  sealed: z.base64(),
});
const plainVersion = 1;

/** The lasting keys of a data folder, in one sealed file, `keys.sealed`; made at the first use. `protections`: what may open
 *  it, the best first; a file that is sealed with a weaker one than the first is sealed anew with that, so that protection
 *  only ever gets better. A `centre.key` of an earlier version, 32 bytes in the clear, is taken over and then overwritten
 *  and removed. A file that does not open is refused, never replaced: what was sealed under its keys would be lost.
 *  Errors: `KeyFileError`; the file system's. */
export function openKeyFile(dataFolder: string, protections: readonly KeyProtection[]): OpenKeyFile {
  const [best] = protections;
  if (best === undefined) throw new RangeError('keys need a protection');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const path = join(dataFolder, 'keys.sealed');
  const plainPath = join(dataFolder, 'centre.key');
  const found = existsSync(path) ? openExisting(path, protections) : null;
  if (found !== null) finishRemoval(plainPath);
  const plain = plainCentreKey(plainPath);
  if (found !== null && plain !== null && Buffer.compare(found.keys.centreKey, plain) !== 0) {
    throw new KeyFileError(
      `${path} and ${plainPath} hold different keys, and only one of them opens the database; move the one that does not belong to it away`,
    );
  }
  const keys = found?.keys ?? { centreKey: plain ?? newKey(), terminalKey: newKey() };
  const isBetter = found === null || rank(best) < rank(found.protection);
  if (isBetter) {
    writeSealed(path, keys, best);
    // What is on the disk now opens: only then is the old one removed.
    if (Buffer.compare(openExisting(path, protections).keys.centreKey, keys.centreKey) !== 0) {
      throw new KeyFileError(`${path} was written and reads back differently; the disk may be failing`);
    }
  }
  if (plain !== null) removePlain(plainPath);
  return { keys, protection: isBetter ? best : found.protection };
}

function newKey(): Uint8Array {
  return new Uint8Array(randomBytes(keyBytes));
}

function rank({ kind }: KeyProtection): number {
  return protectionKinds.indexOf(kind);
}

function openExisting(path: string, protections: readonly KeyProtection[]): OpenKeyFile {
  const file = parsed(path);
  const protection = protections.find(({ kind }) => kind === file.protection);
  if (protection === undefined) throw new KeyFileError(`${path} ${missing[file.protection]}`);
  let plain: Uint8Array;
  try {
    plain = protection.open(Buffer.from(file.sealed, 'base64'));
  } catch (cause) {
    if (!(cause instanceof ProtectionError)) throw cause;
    throw new KeyFileError(`${path} cannot be opened: ${cause.message}; or the file is damaged: ${remedy}`, { cause });
  }
  if (plain[0] !== plainVersion || plain.length !== 1 + 2 * keyBytes) throw damaged(path);
  // Copies: a Buffer's `slice` would be a view of what is wiped next.
  const copy = (from: number) => Uint8Array.from(plain.subarray(from, from + keyBytes));
  const keys = { centreKey: copy(1), terminalKey: copy(1 + keyBytes) };
  plain.fill(0);
  return { keys, protection };
}

const remedy =
  'restore it from a backup, or move it and centre.sqlite away to start anew with new keys and an empty database';
const missing: Readonly<Record<KeyProtection['kind'], string>> = {
  osStore:
    "is sealed with the operating system's store of secrets: open it with the window, as the same user, with the keyring unlocked",
  passphrase: 'is sealed with a passphrase: set GONGJI_KEY_PASSPHRASE to it',
  passphraseFile: 'is sealed with a passphrase file, which is not in use here',
};

function damaged(path: string): KeyFileError {
  return new KeyFileError(`${path} is damaged: ${remedy}`);
}

function parsed(path: string): z.infer<typeof shape> {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw damaged(path);
    throw cause;
  }
  const file = shape.safeParse(raw);
  if (file.success) return file.data;
  const isNewer = z.looseObject({ format: z.string().startsWith('gongji-keys/') }).safeParse(raw).success;
  const format = z.looseObject({ format: z.literal('gongji-keys/1') }).safeParse(raw);
  if (isNewer && !format.success) {
    throw new KeyFileError(`${path} is of a newer version of this program; use that one`);
  }
  throw damaged(path);
}

/** All of it or nothing: a new file takes the old one's place when it is whole and on the disk. */
function writeSealed(path: string, { centreKey, terminalKey }: LastingKeys, protection: KeyProtection): void {
  const plain = new Uint8Array(1 + 2 * keyBytes);
  plain[0] = plainVersion;
  plain.set(centreKey, 1);
  plain.set(terminalKey, 1 + keyBytes);
  const sealed = Buffer.from(protection.seal(plain)).toString('base64');
  plain.fill(0);
  const file: z.infer<typeof shape> = { format: 'gongji-keys/1', protection: protection.kind, sealed };
  const temporary = `${path}.new`;
  writeFileSync(temporary, `${JSON.stringify(file)}\n`, { mode: 0o600, flush: true });
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Null when there is none. Errors: `KeyFileError` for one of another length. */
function plainCentreKey(path: string): Uint8Array | null {
  if (!existsSync(path)) return null;
  const key = new Uint8Array(readFileSync(path));
  if (key.length === keyBytes) return key;
  throw new KeyFileError(
    `the key file ${path} has ${key.length} bytes, expected ${keyBytes}; restore it, or move it and the database away to start anew`,
  );
}

/** An earlier start may have stopped between overwriting and removing. */
function finishRemoval(path: string): void {
  if (existsSync(path) && readFileSync(path).every((byte) => byte === 0)) removePlain(path);
}

/** Overwritten first, as far as a file system lets one do that. */
function removePlain(path: string): void {
  writeFileSync(path, new Uint8Array(statSync(path).size), { flag: 'r+', flush: true });
  rmSync(path);
  syncFolder(dirname(path));
}

function syncFolder(folder: string): void {
  // Windows has no folders to sync; there the rename itself is what is to be had.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
