import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** In what keys are sealed before they are written to a disk, from the best to the weakest: the operating system's store of
 *  secrets; a passphrase that somebody gives at each start; a passphrase in a file beside, which protects copies of the data
 *  folder and nothing else. */
export const protectionKinds = ['osStore', 'passphrase', 'passphraseFile'] as const;
export type ProtectionKind = (typeof protectionKinds)[number];

/** Seals the bytes of a key file. `seal` gives other bytes each time. Errors: `open` throws `ProtectionError` for bytes that
 *  it did not seal or that are damaged; both throw it when what they need is not to be had. */
export interface KeyProtection {
  readonly kind: ProtectionKind;
  /** A sentence for whoever runs the program. */
  describe(): string;
  seal(bytes: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
}

/** Keys cannot be sealed or opened. The message says what to do, and nothing of what was in them. */
export class ProtectionError extends Error {
  readonly code = 'keysNotOpened';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtectionError';
  }
}

/** What the environment and the folders say: the protections that may open a key file, the best first. `osStore`: the
 *  shell's, where it has one.
 *  `GONGJI_KEY_PASSPHRASE`: a passphrase; `GONGJI_CONFIG_DIR`: where the file beside is kept. */
export function availableProtections(osStore: KeyProtection | null, env: NodeJS.ProcessEnv): readonly KeyProtection[] {
  const passphrase = env.GONGJI_KEY_PASSPHRASE ?? '';
  return [
    ...(osStore === null ? [] : [osStore]),
    ...(passphrase === '' ? [] : [passphraseProtection(passphrase)]),
    passphraseFileProtection(join(configFolder(env), 'key-passphrase')),
  ];
}

/** How hard it is to try passphrases: the figures of scrypt, RFC 7914. With these one try takes 128 MiB and about 0.4 s. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}
const usualCost: ScryptCost = { log2N: 17, r: 8, p: 1 };
/** A file that was tampered with must not make us take all the memory there is. */
const memoryBytesMax = 512 * 1024 * 1024;

/** Sealed under a passphrase: log2 N, r, p (one byte each), salt (16), nonce (12), tag (16), text; scrypt and AES-256-GCM,
 *  which binds the figures as well. */
export function passphraseProtection(passphrase: string, cost: ScryptCost = usualCost): KeyProtection {
  return {
    kind: 'passphrase',
    describe: () => 'The keys are sealed with the passphrase of GONGJI_KEY_PASSPHRASE.',
    seal(bytes) {
      const salt = randomBytes(16);
      const head = Buffer.concat([Uint8Array.of(cost.log2N, cost.r, cost.p), salt]);
      return Buffer.concat([head, sealed(stretched(passphrase, salt, cost), head, bytes)]);
    },
    open(bytes) {
      const head = bytes.subarray(0, 19);
      const [log2N = 0, r = 0, p = 0] = head;
      try {
        return opened(stretched(passphrase, head.subarray(3), { log2N, r, p }), head, bytes.subarray(19));
      } catch (cause) {
        throw new ProtectionError('GONGJI_KEY_PASSPHRASE is not the passphrase that they were sealed with', { cause });
      }
    },
  };
}

/** For keys in a folder that is removed at the end: sealed under a passphrase that nobody knows. */
export function throwAwayProtection(): KeyProtection {
  const passphrase = randomBytes(16).toString('base64');
  return {
    ...passphraseProtection(passphrase, { log2N: 10, r: 8, p: 1 }),
    describe: () => 'The keys are thrown away at the end.',
  };
}

/** Sealed under a passphrase that the program made and keeps in a file that its owner alone can read: salt (16), nonce,
 *  tag, text. It is chance, so it needs no stretching. The file is made when something is first sealed, never when
 *  something is opened. */
export function passphraseFileProtection(path: string): KeyProtection {
  return {
    kind: 'passphraseFile',
    describe: () =>
      `The keys are sealed with a passphrase in ${path}: whoever can read your files can read them. Set GONGJI_KEY_PASSPHRASE to a passphrase of your own, or use the window on a desktop with a keyring, to protect them better.`,
    seal(bytes) {
      makeSecretFile(path);
      const salt = randomBytes(16);
      return Buffer.concat([salt, sealed(expanded(readSecretFile(path), salt), salt, bytes)]);
    },
    open(bytes) {
      const secret = readSecretFile(path);
      const salt = bytes.subarray(0, 16);
      try {
        return opened(expanded(secret, salt), salt, bytes.subarray(16));
      } catch (cause) {
        throw new ProtectionError(`the passphrase in ${path} is not the one that they were sealed with`, { cause });
      }
    },
  };
}

/** A folder of the user's own, which is not where the data are: not with them in a backup, nor in the terminal's own
 *  folder of settings. */
function configFolder(env: NodeJS.ProcessEnv): string {
  if (env.GONGJI_CONFIG_DIR) return env.GONGJI_CONFIG_DIR;
  const base =
    process.platform === 'win32'
      ? env.APPDATA || join(homedir(), 'AppData', 'Roaming')
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Preferences')
        : env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(base, 'gongji-keys');
}

function makeSecretFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // `wx`: two starts at once make one.
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Errors: `ProtectionError` for a file that is not there or is none of ours. */
function readSecretFile(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ProtectionError(`the passphrase file ${path} cannot be read; restore it from a backup`, { cause });
  }
  const secret = Buffer.from(text.trim(), 'base64');
  if (secret.length === 32) return secret;
  throw new ProtectionError(`the passphrase file ${path} is damaged; restore it from a backup`);
}

/** Errors: scrypt's own for figures that cannot be. */
function stretched(passphrase: string, salt: Uint8Array, { log2N, r, p }: ScryptCost): Uint8Array {
  const N = 2 ** log2N;
  return scryptSync(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: memoryBytesMax });
}

function expanded(secret: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, 'gongji/key-file/1', 32));
}

/** Nonce (12), tag (16), text. Wipes the key. */
function sealed(key: Uint8Array, bound: Uint8Array, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
  const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
  key.fill(0);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function opened(key: Uint8Array, bound: Uint8Array, bytes: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
  key.fill(0);
  decipher.setAAD(bound).setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
}
