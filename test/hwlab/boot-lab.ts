import { execFile, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../bundle.ts';

const run = promisify(execFile);
const repository = dirname(dirname(import.meta.dirname));

/** A guest that has run. `status` is the script's exit status, null when it never ended. */
export interface LabRun {
  readonly status: number | null;
  /** What the script printed. */
  readonly output: string;
  /** What the kernel printed. */
  readonly console: string;
}

/** Boots the lab and runs one of the project's scripts in it, beside devices that it can plug and unplug; see guest/.
 *  The project is at its own place in the guest, `/project`, and cannot be written to.
 *  Shapes: `lab` is what fetch.sh has made; `script` is a path from the repository's root.
 *  Errors: QEMU cannot be started. */
export async function bootLab(lab: string, script: string, limitMs: number): Promise<LabRun> {
  const out = await mkdtemp(join(tmpdir(), 'gongji-hwlab-'));
  try {
    await makeInitramfs(lab, out);
    // QEMU's options have no room for the commas of a path, nor a socket's address for a long one: all is relative to here.
    await symlink(repository, join(out, 'project'));
    await symlink(dirname(await realpath(process.execPath)), join(out, 'node'));
    await mkdir(join(out, 'shared'));
    // One file: in emulation it takes seconds to load as many small ones as the drivers and serialport are made of.
    await bundle({
      entry: join(repository, script),
      folder: join(out, 'shared'),
      name: 'script.mjs',
      format: 'es',
      external: ['@serialport/bindings-cpp', 'node-hid'],
    });
    await writeFile(join(out, 'shared', 'command'), `exec /node/${basename(process.execPath)} /out/script.mjs\n`);
    const output = await runQemu(lab, out, limitMs);
    const status = await readFile(join(out, 'shared', 'status'), 'utf8').catch(() => '');
    return {
      status: status === '' ? null : Number(status),
      output,
      console: await readFile(join(out, 'console.log'), 'utf8').catch(() => ''),
    };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Debian's folders of libraries below what was unpacked. */
const libraryFolders = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'];

/** What fetch.sh made, and on top of it init, and the libraries that Node and the packages' bindings link to. The kernel
 *  takes archives one after the other. */
async function makeInitramfs(lab: string, out: string): Promise<void> {
  const tree = join(out, 'tree');
  await mkdir(join(tree, 'usr', 'lib'), { recursive: true });
  await mkdir(join(tree, 'lib64'));
  await symlink('/project/node_modules', join(tree, 'node_modules'));
  await copyFile(join(import.meta.dirname, 'guest', 'init'), join(tree, 'init'));
  await chmod(join(tree, 'init'), 0o755);
  for (const library of await librariesOf([process.execPath, ...(await bindings())], lab)) {
    const folder = basename(library).startsWith('ld-linux') ? 'lib64' : join('usr', 'lib');
    await copyFile(library, join(tree, folder, basename(library)));
  }
  const pack = 'find . | "$0" cpio -o -H newc 2> /dev/null';
  const { stdout } = await run('sh', ['-c', pack, join(lab, 'busybox')], {
    cwd: tree,
    encoding: 'buffer',
    maxBuffer: 1e9,
  });
  await writeFile(join(out, 'initramfs'), Buffer.concat([await readFile(join(lab, 'initramfs')), stdout]));
}

async function bindings(): Promise<string[]> {
  const prebuilds = join(repository, 'node_modules', 'node-hid', 'prebuilds');
  const serial = join(repository, 'node_modules', '@serialport', 'bindings-cpp', 'prebuilds', 'linux-x64');
  const folders = [serial, join(prebuilds, 'HID-linux-x64'), join(prebuilds, 'HID_hidraw-linux-x64')];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  return files.flat().filter((file) => !file.includes('musl'));
}

async function librariesOf(files: readonly string[], lab: string): Promise<Set<string>> {
  const env = { ...process.env, LD_LIBRARY_PATH: libraryPath(lab) };
  const listed = await Promise.all(files.map((file) => run('ldd', [file], { env })));
  const lines = listed.flatMap(({ stdout }) => stdout.split('\n'));
  return new Set(lines.flatMap((line) => /^\s*(?:\S+ => )?(\/\S+) \(/.exec(line)?.[1] ?? []));
}

const libraryPath = (lab: string) => libraryFolders.map((folder) => join(lab, 'debian', folder)).join(':');

async function runQemu(lab: string, out: string, limitMs: number): Promise<string> {
  const usr = join(lab, 'debian', 'usr');
  const share = (id: string, path: string, mode: string) => [
    ...['-fsdev', `local,id=${id},path=${path},security_model=none${mode}`],
    ...['-device', `virtio-9p-pci,fsdev=${id},mount_tag=${id}`],
  ];
  // A cable is a listening socket: QEMU's device has one end, a port of the guest's the other.
  const cable = (id: string) => ['-chardev', `socket,id=${id},path=${id}.sock,server=on,wait=off`];
  const port = (id: string) => [
    ...['-chardev', `socket,id=${id}-far,path=${id}.sock`],
    ...['-device', `virtserialport,chardev=${id}-far,name=${id}`],
  ];
  const args = [
    ...['-L', join(usr, 'share', 'qemu'), '-L', join(usr, 'share', 'seabios')],
    ...['-accel', await accelerator(), '-cpu', 'max', '-smp', '1', '-m', '512'],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'file:console.log'],
    ...['-kernel', join(lab, 'vmlinux'), '-initrd', 'initramfs'],
    ...['-append', 'console=ttyS0 quiet panic=-1 mitigations=off audit=0 8250.nr_uarts=1'],
    ...share('project', 'project/', ',readonly=on'),
    ...share('node', 'node/', ',readonly=on'),
    ...share('out', 'shared', ''),
    ...['-device', 'virtio-serial-pci', '-chardev', 'stdio,id=stdout,signal=off'],
    ...['-device', 'virtserialport,chardev=stdout,name=stdout'],
    ...cable('qmp'),
    ...['-mon', 'chardev=qmp,mode=control', ...port('qmp')],
    ...['wire0', 'wire1'].flatMap((id) => [...cable(id), ...port(id)]),
    ...['-device', 'qemu-xhci'],
  ];
  // Ends with us, however we end.
  const command = ['--pdeathsig', 'KILL', join(usr, 'bin', 'qemu-system-x86_64'), ...args];
  const qemu = spawn('setpriv', command, {
    cwd: out,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraryPath(lab),
      QEMU_MODULE_DIR: join(usr, 'lib', 'x86_64-linux-gnu', 'qemu'),
    },
    // Its stdin stays open: at its end QEMU would take the guest's output port away, and the guest's writes would hang.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => qemu.kill('SIGKILL'), limitMs);
  let output = '';
  for (const stream of [qemu.stdout, qemu.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  try {
    await new Promise<void>((resolve, reject) => {
      qemu.once('error', reject);
      qemu.once('close', () => resolve());
    });
  } finally {
    clearTimeout(timer);
  }
  return output;
}

/** KVM where it can run a stock kernel: there are hosts whose /dev/kvm opens although the processor shows neither extension,
 *  and it cannot. */
async function accelerator(): Promise<string> {
  const processor = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const canRead = await readFile('/dev/kvm', { flag: 'r+' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'EINVAL',
  );
  return canRead && /\b(?:vmx|svm)\b/.test(processor) ? 'kvm' : 'tcg';
}
