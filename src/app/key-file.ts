import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The key file is not what it was; the message names it and says what to do. */
class KeyFileError extends Error {
  readonly code = 'keyFileDamaged';
  constructor(message: string) {
    super(message);
    this.name = 'KeyFileError';
  }
}

/** A secret key kept in a file that only its owner can read, made at the first use. A key file of another length is
 *  refused, never replaced: what was sealed under it would be lost.
 *  Errors: `KeyFileError`; the file system's. */
export function keyFromFile(path: string, byteCount: number): Uint8Array {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // `wx`: two starts at once make one key.
    writeFileSync(path, randomBytes(byteCount), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = readFileSync(path);
  if (key.length === byteCount) return key;
  throw new KeyFileError(
    `the key file ${path} has ${key.length} bytes, expected ${byteCount}; restore it, or move it and the database away to start anew`,
  );
}
