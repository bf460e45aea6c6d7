import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const sources = ['src', 'drivers', 'electron', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];
const outputs = ['out/main/main.js', 'out/main/gongji.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];
/** Outside out/, which is packed. */
const stamp = 'node_modules/.cache/gongji-built-from';

export type BuildOutcome =
  | { readonly ok: true; readonly built: boolean }
  | { readonly ok: false; readonly output: string };

/** Builds the app when `out/` is missing or was built from other sources. Quiet: the builder's words come back only when
 *  it fails. */
export async function buildIfNeeded(repository: string): Promise<BuildOutcome> {
  const fingerprint = sourceFingerprint(repository);
  if (isBuiltFrom(repository, fingerprint)) return { ok: true, built: false };
  const { code, output } = await build(repository);
  if (code !== 0) return { ok: false, output: stripVTControlCharacters(output) };
  mkdirSync(dirname(join(repository, stamp)), { recursive: true });
  writeFileSync(join(repository, stamp), `${fingerprint}\n`);
  return { ok: true, built: true };
}

function isBuiltFrom(repository: string, fingerprint: string): boolean {
  if (!outputs.every((file) => existsSync(join(repository, file)))) return false;
  try {
    return readFileSync(join(repository, stamp), 'utf8').trim() === fingerprint;
  } catch {
    return false;
  }
}

/** A hash of every source file's name, size and time of change: a removed or an older file counts as a change too. */
export function sourceFingerprint(repository: string): string {
  const hash = createHash('sha256');
  const visit = (name: string) => {
    const found = statSync(join(repository, name), { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isDirectory()) for (const below of readdirSync(join(repository, name)).sort()) visit(`${name}/${below}`);
    else hash.update(`${name} ${found.size} ${found.mtimeMs}\n`);
  };
  sources.forEach(visit);
  return hash.digest('hex');
}

async function build(repository: string): Promise<{ code: number | null; output: string }> {
  const builder = join(repository, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const child = spawn(process.execPath, [builder, 'build', '--logLevel', 'warn'], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}
