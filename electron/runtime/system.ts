import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian's packages that an Electron needs. Since 2024 some carry the suffix t64; `aptCommand` finds the right name. */
export const electronPackages = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libnotify4',
  'libatk-bridge2.0-0',
  'libdrm2',
  'libusb-1.0-0',
] as const;

/** True when a window could be shown: always outside Linux, there when an X or Wayland display is named. */
export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
}

/** The shared libraries that the loader does not find for `executable`, by file name; none where there is no `ldd`. */
export async function missingLibraries(executable: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  try {
    const { stdout } = await run('ldd', [executable]);
    return librariesNotFound(stdout);
  } catch {
    return [];
  }
}

/** Reads `ldd`'s lines, `libgbm.so.1 => not found`. */
export function librariesNotFound(lddOutput: string): string[] {
  const names = lddOutput.split('\n').flatMap((line) => /^\s*(\S+) => not found/.exec(line)?.[1] ?? []);
  return [...new Set(names)];
}

/** Of `packages`, those that dpkg does not have installed, by the name that this Debian gives them; null where there is
 *  no dpkg. */
export async function missingDebianPackages(packages: readonly string[]): Promise<string[] | null> {
  if (!existsSync('/var/lib/dpkg/status')) return null;
  const missing: string[] = [];
  for (const name of packages) {
    const names = [name, `${name}t64`];
    const found = await Promise.all(names.map(isInstalled));
    if (!found.includes(true)) missing.push((await isKnownToApt(`${name}t64`)) ? `${name}t64` : name);
  }
  return missing;
}

const isInstalled = (name: string) =>
  run('dpkg-query', ['-W', '-f', `\${Status}`, name]).then(
    ({ stdout }) => stdout.includes('install ok installed'),
    () => false,
  );
const isKnownToApt = (name: string) =>
  run('apt-cache', ['show', '--no-all-versions', name]).then(
    ({ stdout }) => stdout.includes(`Package: ${name}`),
    () => false,
  );

/** The line that a person types to install `packages`. */
export function aptCommand(packages: readonly string[], asRoot: boolean): string {
  const sudo = asRoot ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y ${packages.join(' ')}`;
}

/** What decides whether Chromium's sandbox can work. `userNamespaces`: null when it could not be tried. */
export interface SandboxFacts {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly setuidHelper: boolean;
  readonly userNamespaces: boolean | null;
}

/** Why there can be no sandbox: `root` (Chromium refuses to make one), `noNamespaces` (neither user namespaces nor the
 *  setuid helper); null when there can be one. */
export function sandboxProblem(facts: SandboxFacts): 'root' | 'noNamespaces' | null {
  if (facts.platform !== 'linux') return null;
  if (facts.isRoot) return 'root';
  return facts.setuidHelper || facts.userNamespaces !== false ? null : 'noNamespaces';
}

/** Looks at this machine. `folder` is the Electron's. */
export async function sandboxFacts(folder: string): Promise<SandboxFacts> {
  const isRoot = process.geteuid?.() === 0;
  return {
    platform: process.platform,
    isRoot,
    setuidHelper: isSetuidRoot(join(folder, 'chrome-sandbox')),
    userNamespaces: process.platform === 'linux' && !isRoot ? await canUnshare() : null,
  };
}

function isSetuidRoot(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && found.uid === 0 && (found.mode & 0o4755) === 0o4755;
}

/** Tries the very thing: a user namespace with a mapping, which container profiles and AppArmor may refuse although the
 *  kernel's switches allow it. */
async function canUnshare(): Promise<boolean | null> {
  if (switchIs('/proc/sys/kernel/unprivileged_userns_clone', '0')) return false;
  if (switchIs('/proc/sys/user/max_user_namespaces', '0')) return false;
  try {
    await run('unshare', ['--user', '--map-root-user', '--net', 'true']);
    return true;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? null : false;
  }
}

function switchIs(file: string, value: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() === value;
  } catch {
    return false;
  }
}
