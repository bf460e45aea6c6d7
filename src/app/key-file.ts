import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A secret key kept in a file that only its owner can read, made at the first use. A key file of another length is
 *  refused, never replaced: what was sealed under it would be lost.
 *  Errors: `Error` that names the file and what to do. */
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
  throw new Error(
    `the key file ${path} has ${key.length} bytes, expected ${byteCount}; restore it, or move it and the database away to start anew`,
  );
}
