import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFault } from '../../../drivers/serial/open-fault.ts';

describe('openFault', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'notFound'],
    ['Error: No such device or address, cannot open /dev/ttyUSB0', 'notFound'],
    ['Opening COM3: File not found', 'notFound'],
    ['Port does not exist - please call MockBinding.createPort first', 'notFound'],
    ['Error Resource temporarily unavailable Cannot lock port', 'locked'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'locked'],
    ['Port is locked cannot open', 'locked'],
    ['Opening COM3: Access denied', 'locked'],
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'denied'],
    ['Error: Inappropriate ioctl for device setting custom baud rate of 9600', 'failed'],
    ['Error: Input/output error, cannot open /dev/ttyS1', 'failed'],
  ])('%s: %s', async (text, code) => {
    const cause = new Error(text);
    const fault = await openFault(cause, { name: 'the reader', path: '/dev/ttyUSB0' });
    expect([fault.code, fault.cause]).toEqual([code, cause]);
    expect(fault.message).toContain('/dev/ttyUSB0');
  });

  it('says which group to join, if joining helps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gongji-denied-'));
    const path = join(folder, 'ttyUSB0');
    const groupFile = join(folder, 'group');
    writeFileSync(path, '');
    // Only root may give a file away; everybody else owns it with a group that is not root's.
    const gid = process.getgid?.() === 0 ? 4242 : (process.getgid?.() ?? 0);
    chownSync(path, process.getuid?.() ?? 0, gid);
    writeFileSync(groupFile, `root:x:0:\nothers:x:1${gid}:\ndialout:x:${gid}:somebody\n`);
    const messageOf = async () =>
      (await openFault(new Error('Permission denied'), { name: 'it', path, groupFile })).message;
    chmodSync(path, 0o660);
    expect(await messageOf()).toContain(`sudo usermod -aG dialout ${userInfo().username}`);
    expect(await messageOf()).toContain('gongji devices udev');
    chmodSync(path, 0o600);
    expect(await messageOf()).not.toContain('usermod');
    expect(await messageOf()).toContain('gongji devices udev');
    chmodSync(path, 0o660);
    writeFileSync(groupFile, 'root:x:0:\n');
    expect(await messageOf()).not.toContain('usermod');
    rmSync(folder, { recursive: true });
  });
});
