import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSerialPort, listSerialPorts, serialPortFinder } from '../../../drivers/serial/serial-ports.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gongji-ports-')));
  mkdirSync(join(root, 'dev'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const places = () => ({
  platform: 'linux' as const,
  devFolder: join(root, 'dev'),
  sysFolder: join(root, 'sys'),
  list: () => Promise.reject(new Error('spawn udevadm ENOENT')),
});
const dev = (name: string) => join(root, 'dev', name);

function file(path: string, text = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), target), path);
}

/** The kernel's picture of a USB adapter: the tty hangs some folders below the device that has the ids. */
function plugUsb(name: string, facts: Readonly<Record<string, string>>, at = '1-1'): void {
  const device = join(root, 'sys/devices/pci0000:00/usb1', at);
  for (const [attribute, value] of Object.entries(facts)) file(join(device, attribute), `${value}\n`);
  const tty = join(device, `${at}:1.0`, name);
  mkdirSync(join(tty, 'tty', name), { recursive: true });
  link(join(tty, 'tty', name, 'device'), tty);
  link(join(root, 'sys/class/tty', name), join(tty, 'tty', name));
  file(dev(name));
}

function unplugUsb(name: string, at = '1-1'): void {
  for (const path of [join(root, 'sys/class/tty', name), join(root, 'sys/devices/pci0000:00/usb1', at), dev(name)])
    rmSync(path, { recursive: true, force: true });
}

/** A built-in port; type 0 is one that the driver made for hardware that is not there. */
function builtIn(name: string, type: string): void {
  const device = join(root, 'sys/devices/platform/serial8250');
  mkdirSync(join(device, 'tty', name), { recursive: true });
  link(join(device, 'tty', name, 'device'), device);
  file(join(device, 'tty', name, 'type'), `${type}\n`);
  link(join(root, 'sys/class/tty', name), join(device, 'tty', name));
  file(dev(name));
}

const ftdi = { idVendor: '0403', idProduct: '6001', serial: 'A50285BI', manufacturer: 'FTDI', product: 'FT232R' };
const ch340 = { idVendor: '1a86', idProduct: '7523', product: 'USB Serial' };

describe('listSerialPorts on Linux', () => {
  it('reads /sys and /dev and needs no udevadm', async () => {
    plugUsb('ttyUSB10', ch340, '1-3');
    plugUsb('ttyUSB2', ftdi);
    plugUsb('ttyACM0', { idVendor: '0c2e', idProduct: '0b81' }, '1-2');
    builtIn('ttyS0', '4');
    builtIn('ttyS1', '0');
    mkdirSync(join(root, 'sys/class/tty/tty0'));
    file(dev('tty0'));
    mkdirSync(join(root, 'sys/class/tty/ttyprintk'));
    file(dev('ttyprintk'));
    mkdirSync(join(root, 'sys/class/tty/rfcomm0'));
    file(dev('rfcomm0'));
    link(join(root, 'dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0'), dev('ttyUSB2'));
    expect(await listSerialPorts(places())).toEqual([
      { path: dev('rfcomm0') },
      { path: dev('ttyACM0'), vendorId: '0c2e', productId: '0b81' },
      { path: dev('ttyS0') },
      {
        path: dev('ttyUSB2'),
        vendorId: '0403',
        productId: '6001',
        serialNumber: 'A50285BI',
        manufacturer: 'FTDI',
        product: 'FT232R',
        stable: dev('serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0'),
      },
      { path: dev('ttyUSB10'), vendorId: '1a86', productId: '7523', product: 'USB Serial' },
    ]);
  });

  it('leaves out a port that has no node here, as in a container', async () => {
    plugUsb('ttyUSB0', ftdi);
    rmSync(dev('ttyUSB0'));
    expect(await listSerialPorts(places())).toEqual([]);
  });

  it('lets nothing that a device calls itself control a console', async () => {
    plugUsb('ttyUSB0', { ...ftdi, product: '\u001b[2Jgood\u0007', manufacturer: '\u0000', serial: 'x'.repeat(500) });
    const [port] = await listSerialPorts(places());
    expect(port).toMatchObject({ product: '[2Jgood', serialNumber: 'x'.repeat(126) });
    expect(port).not.toHaveProperty('manufacturer');
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('spawn udevadm ENOENT'))],
    ['knows nothing', () => Promise.resolve([])],
  ])('without /sys takes what stands in /dev when serialport %s (PF1, PF25)', async (_, list) => {
    for (const name of ['ttyUSB1', 'ttyACM0', 'rfcomm0', 'ttyS0', 'tty1', 'null']) file(dev(name));
    expect(await listSerialPorts({ ...places(), list })).toEqual([
      { path: dev('rfcomm0') },
      { path: dev('ttyACM0') },
      { path: dev('ttyUSB1') },
    ]);
  });

  it('without /sys takes what serialport knows of them', async () => {
    file(dev('ttyUSB1'));
    const list = async () => [
      { path: dev('ttyUSB1'), vendorId: '0C2E', productId: '0B81', serialNumber: undefined },
      { path: dev('ttyAMA0') },
    ];
    expect(await listSerialPorts({ ...places(), list })).toEqual([
      { path: dev('ttyAMA0') },
      { path: dev('ttyUSB1'), vendorId: '0c2e', productId: '0b81' },
    ]);
  });
});

describe('listSerialPorts elsewhere', () => {
  it('gives the call-out device on macOS, whose opening does not wait for a carrier (PF19)', async () => {
    const list = async () => [{ path: '/dev/tty.usbserial-1', vendorId: '0403', productId: '6001' }];
    expect(await listSerialPorts({ ...places(), platform: 'darwin', list })).toEqual([
      { path: '/dev/cu.usbserial-1', vendorId: '0403', productId: '6001' },
    ]);
  });

  it('finds COM ports, which are no files', async () => {
    const list = async () => [{ path: 'COM12', vendorId: '0403', productId: '6001' }];
    const windows = { ...places(), platform: 'win32' as const, list };
    expect(await findSerialPort({ path: 'com12' }, windows)).toBe('com12');
    expect(await findSerialPort({ path: 'COM1' }, windows)).toBeNull();
    expect(await findSerialPort({ vendorId: '0403' }, windows)).toBe('COM12');
    expect(serialPortFinder({ path: 'COM12' }, windows).watchFolders).toEqual([]);
  });
});

describe('findSerialPort', () => {
  it('takes a path as it is, whatever it is', async () => {
    file(join(root, 'reader'));
    expect(await findSerialPort({ path: join(root, 'reader') }, places())).toBe(join(root, 'reader'));
    expect(await findSerialPort({ path: join(root, 'none') }, places())).toBeNull();
  });

  it('takes the first port that fits everything that is known', async () => {
    plugUsb('ttyUSB0', ftdi);
    plugUsb('ttyUSB1', { ...ftdi, serial: 'B1' }, '1-2');
    plugUsb('ttyUSB2', ch340, '1-3');
    const find = (match: Parameters<typeof findSerialPort>[0]) => findSerialPort(match, places());
    expect(await find({ vendorId: '0403', productId: '6001' })).toBe(dev('ttyUSB0'));
    expect(await find({ vendorId: '0403', serialNumber: 'B1' })).toBe(dev('ttyUSB1'));
    expect(await find({ vendorId: '1A86' })).toBe(dev('ttyUSB2'));
    expect(await find({ vendorId: '1a86', serialNumber: 'B1' })).toBeNull();
    expect(await find({ path: dev('ttyUSB1'), vendorId: '0403' })).toBe(dev('ttyUSB1'));
    expect(await find({ path: dev('ttyUSB2'), vendorId: '0403' })).toBeNull();
    expect(await find({})).toBe(dev('ttyUSB0'));
  });
});

describe('a port configured by its path (PF26)', () => {
  const byPath = () => serialPortFinder({ path: dev('ttyUSB0') }, places());

  it('is found by its name, and under another name once it was there', async () => {
    plugUsb('ttyUSB0', ftdi);
    const { find } = byPath();
    expect(await find()).toBe(dev('ttyUSB0'));
    unplugUsb('ttyUSB0');
    expect(await find()).toBeNull();
    plugUsb('ttyUSB1', ftdi);
    expect(await find()).toBe(dev('ttyUSB1'));
    unplugUsb('ttyUSB1');
    plugUsb('ttyUSB0', ftdi);
    expect(await find()).toBe(dev('ttyUSB0'));
  });

  it('is not found under another name when it was never there', async () => {
    plugUsb('ttyUSB1', ftdi);
    expect(await byPath().find()).toBeNull();
  });

  it('is told from another device that takes its name', async () => {
    plugUsb('ttyUSB0', ftdi);
    const { find } = byPath();
    await find();
    unplugUsb('ttyUSB0');
    plugUsb('ttyUSB0', ch340, '1-2');
    expect(await find()).toBeNull();
    plugUsb('ttyUSB1', ftdi);
    expect(await find()).toBe(dev('ttyUSB1'));
  });

  it('may be replaced by a spare of the same model', async () => {
    plugUsb('ttyUSB0', ftdi);
    const { find } = byPath();
    await find();
    unplugUsb('ttyUSB0');
    plugUsb('ttyUSB0', { ...ftdi, serial: 'SPARE' });
    expect(await find()).toBe(dev('ttyUSB0'));
  });

  it('is not mixed up with another of the same model, without serial numbers', async () => {
    plugUsb('ttyUSB0', ch340, '1-1');
    plugUsb('ttyUSB1', ch340, '1-2');
    const { find } = byPath();
    expect(await find()).toBe(dev('ttyUSB0'));
    unplugUsb('ttyUSB0', '1-1');
    expect(await find()).toBeNull();
    plugUsb('ttyUSB2', ch340, '1-1');
    expect(await find()).toBe(dev('ttyUSB2'));
    unplugUsb('ttyUSB2', '1-1');
    unplugUsb('ttyUSB1', '1-2');
    expect(await find()).toBeNull();
    plugUsb('ttyUSB1', ch340, '1-1');
    expect(await find()).toBe(dev('ttyUSB1'));
  });

  it('is not guessed among several', async () => {
    plugUsb('ttyUSB0', ch340, '1-1');
    const { find } = byPath();
    await find();
    unplugUsb('ttyUSB0', '1-1');
    plugUsb('ttyUSB1', ch340, '1-2');
    plugUsb('ttyUSB2', ch340, '1-3');
    expect(await find()).toBeNull();
  });

  it('is only its path when it has no identity', async () => {
    builtIn('ttyS0', '4');
    const { find } = serialPortFinder({ path: dev('ttyS0') }, places());
    expect(await find()).toBe(dev('ttyS0'));
    rmSync(dev('ttyS0'));
    builtIn('ttyS1', '4');
    expect(await find()).toBeNull();
  });

  it('is followed through a stable name', async () => {
    plugUsb('ttyUSB0', ftdi);
    const stable = dev('serial/by-id/usb-FTDI');
    link(stable, dev('ttyUSB0'));
    const { find, watchFolders } = serialPortFinder({ path: stable }, places());
    expect(await find()).toBe(stable);
    expect(watchFolders).toEqual([join(root, 'dev'), join(root, 'dev/serial/by-id')]);
  });
});
