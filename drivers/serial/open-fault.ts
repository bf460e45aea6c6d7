import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { DeviceFault } from '../transport.ts';

export interface OpenTarget {
  /** What a person calls the device. */
  readonly name: string;
  readonly path: string;
  /** Names the groups by number; `/etc/group` by default. */
  readonly groupFile?: string;
}

/** Why a serial port could not be opened. The native part gives text only, without a code (PF21), so the text decides;
 *  it is kept as the cause. */
export async function openFault(thrown: unknown, target: OpenTarget): Promise<DeviceFault> {
  const { name, path } = target;
  const text = (thrown instanceof Error ? thrown.message : String(thrown)).toLowerCase();
  const says = (...phrases: readonly string[]) => phrases.some((phrase) => text.includes(phrase));
  const cause = { cause: thrown };
  if (says('no such file', 'no such device', 'file not found', 'does not exist'))
    return new DeviceFault('notFound', `${name}: there is no ${path}; plug it in`, cause);
  // "Access denied" is what Windows says of a port that another program has open.
  if (says('cannot lock', 'is locked', 'resource busy', 'access denied'))
    return new DeviceFault('locked', `${name}: another program has ${path} open; close it`, cause);
  if (says('permission denied', 'operation not permitted'))
    return new DeviceFault('denied', `${name}: no permission to open ${path}; ${await remedyOf(target)}`, cause);
  return new DeviceFault('failed', `${name}: ${path} cannot be opened as a serial port`, cause);
}

/** What gives this user the permission: membership of the group that owns the node, if that group has it. */
async function remedyOf({ path, groupFile = '/etc/group' }: OpenTarget): Promise<string> {
  const rules = 'install the rules that `gongji devices udev` prints';
  const groupMayReadAndWrite = 0o060;
  try {
    const { gid, mode } = await stat(path);
    const group = groupNamed(await readFile(groupFile, 'utf8'), gid);
    if (group === null || gid === 0 || (mode & groupMayReadAndWrite) !== groupMayReadAndWrite) return rules;
    return `it belongs to the group ${group}: \`sudo usermod -aG ${group} ${userName()}\` and log in again, or ${rules}`;
  } catch {
    return rules;
  }
}

function groupNamed(groups: string, gid: number): string | null {
  const line = groups.split('\n').find((entry) => entry.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? null;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as in a container.
    return '$USER';
  }
}
