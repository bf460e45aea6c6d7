import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A serial port of this machine. Ids are four lower-case hexadecimal digits; only USB devices have them. */
export interface SerialPortInfo {
  readonly path: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** A name that stays the same when the device is plugged in again. */
  readonly stable?: string;
}

/** What `SerialPort.list()` tells of a port. */
interface ListedPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
}

/** Where to look, for tests. */
export interface SerialPortPlaces {
  readonly platform?: NodeJS.Platform;
  readonly devFolder?: string;
  readonly sysFolder?: string;
  /** `SerialPort.list` by default. */
  readonly list?: () => Promise<readonly ListedPort[]>;
}

/** The serial ports, by name. On Linux they are read from /sys and /dev alone: serialport asks `udevadm`, which may be
 *  missing (PF1), fail, or know no ids (PF25), and is a process for each question. Elsewhere, and where /sys cannot be
 *  read, serialport is asked. Errors: none; what cannot be found out is left out. */
export async function listSerialPorts(places: SerialPortPlaces = {}): Promise<SerialPortInfo[]> {
  const { platform = process.platform, devFolder = '/dev', sysFolder = '/sys' } = places;
  const ports = platform === 'linux' ? await portsOfSys(sysFolder, devFolder) : null;
  const found = ports ?? [
    ...(await listedPorts(places.list ?? listOfSerialport, platform)),
    ...(platform === 'linux' ? await portsOfDev(devFolder) : []),
  ];
  // What was found first knows more and wins.
  const byPath = new Map(found.toReversed().map((port) => [port.path, port]));
  const stable = await stableNames(join(devFolder, 'serial/by-id'));
  return [...byPath.values()]
    .map((port) => {
      const name = stable.get(port.path);
      return name === undefined ? port : { ...port, stable: name };
    })
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/** What a wanted port is known by; all that is given must fit. Ids in hexadecimal, in either case. */
export interface SerialPortMatch {
  readonly path?: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
}

/** The path of the first port that fits, null when there is none. A path alone is taken as it is when it exists, so any
 *  node and any link will do. */
export async function findSerialPort(match: SerialPortMatch, places: SerialPortPlaces = {}): Promise<string | null> {
  const { path, ...identity } = match;
  if (Object.values(identity).every((value) => value === undefined) && path !== undefined)
    return (await exists(path, places)) ? path : null;
  const wanted = path === undefined ? undefined : await realpath(path).catch(() => path);
  const ports = await listSerialPorts(places);
  const found = ports.find((port) => (wanted === undefined || port.path === wanted) && hasIdentity(port, identity));
  return found?.path ?? null;
}

/** What `createSerialTransport` needs to find a device again. */
export interface SerialPortFinder {
  find(): Promise<string | null>;
  readonly watchFolders: readonly string[];
}

/** Finds a port anew each time. One that is configured by its path alone is known by its USB identity as well once it was
 *  there: a replugged adapter may come back under another name (PF26), and another device may take its name.
 *  Holds: `find` never answers with a port of another model than the one that the path first stood for. */
export function serialPortFinder(match: SerialPortMatch, places: SerialPortPlaces = {}): SerialPortFinder {
  const { platform = process.platform, devFolder = '/dev' } = places;
  const { path, vendorId, productId, serialNumber } = match;
  const isByPath = path !== undefined && [vendorId, productId, serialNumber].every((value) => value === undefined);
  let known: SerialPortInfo | null = null;
  /** Ports of the same model that were there together with ours, so are not ours. */
  let others: readonly string[] = [];
  const findByPath = async (wanted: string): Promise<string | null> => {
    const isThere = await exists(wanted, places);
    if (!isThere && known === null) return null;
    const target = isThere ? await realpath(wanted).catch(() => wanted) : null;
    const ports = await listSerialPorts(places);
    const there = ports.find((port) => port.path === target) ?? null;
    if (known === null && there?.vendorId !== undefined) known = there;
    if (known === null) return wanted;
    const { vendorId, productId, serialNumber } = known;
    const model = ports.filter((port) => hasIdentity(port, { vendorId, productId }));
    const same = model.filter((port) => hasIdentity(port, { serialNumber }));
    others = others.filter((other) => ports.some((port) => port.path === other));
    const [only, ...more] = same.filter((port) => !others.includes(port.path));
    // The last choice is a spare of the same model in its place.
    const ours =
      same.find((port) => port === there) ?? (more.length === 0 ? only : null) ?? model.find((port) => port === there);
    if (ours === undefined) return null;
    others = same.filter((port) => port !== ours).map((port) => port.path);
    return ours === there ? wanted : ours.path;
  };
  const folders = platform === 'win32' ? [] : [devFolder, join(devFolder, 'serial/by-id')];
  return {
    find: () => (isByPath ? findByPath(path) : findSerialPort(match, places)),
    watchFolders: [...new Set(path === undefined || platform === 'win32' ? folders : [...folders, dirname(path)])],
  };
}

function hasIdentity(
  port: SerialPortInfo,
  identity: Partial<Record<keyof SerialPortMatch, string | undefined>>,
): boolean {
  const fits = (value: string | undefined, wanted: string | undefined) =>
    wanted === undefined || value?.toLowerCase() === wanted.toLowerCase();
  return (
    fits(port.vendorId, identity.vendorId) &&
    fits(port.productId, identity.productId) &&
    fits(port.serialNumber, identity.serialNumber)
  );
}

async function exists(path: string, places: SerialPortPlaces): Promise<boolean> {
  // COM ports are no files.
  if ((places.platform ?? process.platform) === 'win32')
    return (await listSerialPorts(places)).some((port) => port.path.toLowerCase() === path.toLowerCase());
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The names that drivers give to serial lines: `ttyS0`, `ttyUSB0`, `ttyACM0`, `ttyAMA0`, `rfcomm0`; virtual consoles
 *  (`tty0`) are none, nor is the kernel's log (`ttyprintk`). */
const portName = /^(?:tty[A-Z][A-Za-z]*|rfcomm)\d+$/;

/** Null when /sys cannot be read. */
async function portsOfSys(sysFolder: string, devFolder: string): Promise<SerialPortInfo[] | null> {
  const classFolder = join(sysFolder, 'class/tty');
  const names = await readdir(classFolder).catch(() => null);
  if (names === null) return null;
  const ports = await Promise.all(
    names
      .filter((name) => portName.test(name))
      .map(async (name): Promise<SerialPortInfo | null> => {
        const path = join(devFolder, name);
        if (!(await exists(path, { platform: 'linux' }))) return null;
        const device = await realpath(join(classFolder, name, 'device')).catch(() => null);
        // A Bluetooth line has a device only while it is connected.
        if (device === null) return name.startsWith('rfcomm') ? { path } : null;
        // The driver of built-in ports makes more of them than there are; those have the type 0, unknown.
        if ((await attribute(join(classFolder, name), 'type')) === '0') return null;
        return { path, ...(await usbFacts(device, await realpath(sysFolder))) };
      }),
  );
  return ports.filter((port) => port !== null);
}

/** Walks up from a tty's device to the USB device that it is part of. */
async function usbFacts(device: string, sysFolder: string): Promise<Omit<SerialPortInfo, 'path'>> {
  for (let folder = device; folder.startsWith(`${sysFolder}/`); folder = dirname(folder)) {
    const vendorId = await attribute(folder, 'idVendor');
    const productId = await attribute(folder, 'idProduct');
    if (vendorId === undefined || productId === undefined) continue;
    return given({
      vendorId,
      productId,
      serialNumber: await attribute(folder, 'serial'),
      manufacturer: await attribute(folder, 'manufacturer'),
      product: await attribute(folder, 'product'),
    });
  }
  return {};
}

async function attribute(folder: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : printable(text);
}

/** A device says what it is called: no control character of it gets to a console. USB strings have 126 characters at
 *  most. */
function printable(text: string): string | undefined {
  const clean = text.replace(/\p{C}/gu, '').trim().slice(0, 126);
  return clean === '' ? undefined : clean;
}

/** Names in /dev when /sys says nothing: those of lines that exist only while a device is there. */
async function portsOfDev(devFolder: string): Promise<SerialPortInfo[]> {
  const names = await readdir(devFolder).catch(() => []);
  return names
    .filter((name) => /^(?:tty(?:USB|ACM)|rfcomm)\d+$/.test(name))
    .map((name) => ({ path: join(devFolder, name) }));
}

async function listOfSerialport(): Promise<readonly ListedPort[]> {
  const { SerialPort } = await import('serialport');
  return SerialPort.list();
}

async function listedPorts(
  list: () => Promise<readonly ListedPort[]>,
  platform: NodeJS.Platform,
): Promise<SerialPortInfo[]> {
  const ports = await list().catch(() => []);
  return ports.map((port) => ({
    // macOS lists the dial-in device, whose opening waits for a carrier (PF19).
    path: platform === 'darwin' ? port.path.replace(/^\/dev\/tty\./, '/dev/cu.') : port.path,
    ...given({
      vendorId: port.vendorId?.toLowerCase(),
      productId: port.productId?.toLowerCase(),
      serialNumber: port.serialNumber && printable(port.serialNumber),
      manufacturer: port.manufacturer && printable(port.manufacturer),
    }),
  }));
}

/** The links in `folder` by what they lead to. */
async function stableNames(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch(() => []);
  const entries = await Promise.all(
    names.toSorted().map(async (name): Promise<[string, string] | null> => {
      const link = join(folder, name);
      const target = await realpath(link).catch(() => null);
      return target === null ? null : [target, link];
    }),
  );
  return new Map(entries.filter((entry) => entry !== null));
}

type Facts = Omit<SerialPortInfo, 'path' | 'stable'>;

function given(facts: { [key in keyof Facts]: Facts[key] | undefined }): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''));
}
