import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeStripeLine } from '../../../drivers/codec/card-line.ts';
import { listHidDevices } from '../../../drivers/hid/hid-bus.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../../drivers/pty/pseudo-terminal.ts';
import { systemScheduler } from '../../../drivers/scheduler.ts';
import { DeviceFault } from '../../../drivers/transport.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { CounterDevices, type CounterDevicesOptions } from '../../../src/app/devices/counter-devices.ts';
import { parseDeviceConfig } from '../../../src/app/devices/device-config.ts';
import { type Inventory, recognisedHid } from '../../../src/app/devices/plugged-in.ts';
import type { CardReaderEvent } from '../../../src/ports/card-reader.ts';
import type { ScannerEvent } from '../../../src/ports/scanner.ts';
import { hidBench } from '../../drivers/hid/hid-bench.ts';
import { magtekReport } from '../../drivers/hid/magtek-report.ts';
import { syntheticCard } from '../../drivers/synthetic-card.ts';

const nothing: Inventory = { devices: [], faults: [] };
const key = '0123456789ABCDEFFEDCBA9876543210';
let folder: string;
let link: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongji-devices-'));
  link = join(folder, 'reader');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

type Machine = Required<Pick<CounterDevicesOptions, 'scheduler' | 'hidBus' | 'inventory'>>;

function open(text: string, machine: Inventory | Machine = nothing) {
  const events: CardReaderEvent[] = [];
  const scans: ScannerEvent[] = [];
  const faults: string[] = [];
  const virtual = new VirtualCardReader({ scheduler: systemScheduler });
  const devices = new CounterDevices({
    config: parseDeviceConfig(text, 'devices.yaml'),
    scheduler: systemScheduler,
    virtual,
    pinKeys: { take: (format) => ({ format, keyId: 'test', key: new Uint8Array(16).fill(1) }) },
    ...('devices' in machine ? { inventory: () => Promise.resolve(machine) } : machine),
    onUnheardSwipe: () => undefined,
    onChange: () => undefined,
    onScan: (event) => scans.push(event),
    report: ({ message }) => faults.push(message),
  });
  devices.reader.subscribe((event) => events.push(event));
  closing.push(() => devices.close());
  return { devices, virtual, events, scans, faults };
}

async function pty(path = link): Promise<PseudoTerminal> {
  const terminal = await openPseudoTerminal({ link: path });
  closing.push(() => terminal.close());
  return terminal;
}
const swiped = (number: number) => Buffer.concat([encodeStripeLine(syntheticCard(number)), Buffer.from('\r\n')]);

describe('the devices of a counter', () => {
  it('are the virtual reader and the screen where nothing is plugged in', async () => {
    const { devices } = open('');
    expect(devices.view).toEqual({
      reader: { kind: 'virtual', name: '虚拟读卡器', state: 'connected', note: null },
      pinPad: null,
      scanner: null,
    });
  });

  it('use a named serial reader once it is there, and the virtual one until then', async () => {
    const { devices, events } = open(`readers: [{ model: line-reader, port: ${JSON.stringify(link)} }, virtual]`);
    expect(devices.reader.isVirtual).toBe(true);
    const terminal = await pty();
    await expect.poll(() => devices.view.reader.kind).toBe('serial');
    terminal.write(swiped(1));
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(['reading', 'read']);
    expect(events[1]).toMatchObject({ kind: 'read', read: { ok: true } });
  });

  it('keep a reader that is lost in the middle of a sale, and find it again', async () => {
    const { devices, events } = open(`readers: [{ model: line-reader, port: ${JSON.stringify(link)} }, virtual]`);
    const first = await pty();
    await expect.poll(() => devices.view.reader.state).toBe('connected');
    await expect.poll(() => devices.reader.isVirtual).toBe(false);
    devices.hold(true);
    await first.close();
    await expect.poll(() => devices.view.reader.state).toBe('lost');
    expect(devices.view.reader.kind).toBe('serial');
    const second = await pty();
    await expect.poll(() => devices.view.reader.state).toBe('connected');
    second.write(swiped(2));
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(['gone', 'back', 'reading', 'read']);
  });

  it('hear a scanner and show a PIN pad that is not there', async () => {
    const terminal = await pty();
    const { devices, scans } = open(`
scanner: { model: serial-scanner, port: ${JSON.stringify(link)} }
pinPad: { model: uic-pp791, port: ${JSON.stringify(join(folder, 'pad'))}, masterKey: "${key}" }`);
    await expect.poll(() => devices.view.scanner?.state).toBe('connected');
    terminal.write(Buffer.from('6901234567892\r'));
    await expect.poll(() => scans.length).toBe(1);
    expect(scans[0]).toMatchObject({ kind: 'scanned' });
    await expect.poll(() => devices.view.pinPad).toMatchObject({ kind: 'serial', state: 'opening' });
    expect(devices.view.pinPad?.note).toBe('UIC PP791 is not plugged in');
  });

  it('say what keeps them from being found, once', async () => {
    const fault = new DeviceFault('unavailable', 'HID unavailable: install libusb');
    const { devices, faults } = open('', { devices: [], faults: [fault, fault] });
    await expect.poll(() => devices.view.reader.note).toBe('HID unavailable: install libusb');
    expect(faults).toEqual(['HID unavailable: install libusb']);
  });

  it('have no virtual reader that the configuration does not name', async () => {
    const { devices, virtual, events } = open(`readers: [{ model: line-reader, port: ${JSON.stringify(link)} }]`);
    expect(devices.reader.hasVirtual).toBe(false);
    expect(devices.view.reader).toMatchObject({ kind: 'serial', state: 'opening' });
    virtual.swipe(syntheticCard(1), 'stripe');
    expect(events.map(({ kind }) => kind)).toEqual(['gone']);
  });

  it('do not use a reader that stands behind the virtual one, which is always there', async () => {
    await pty();
    const reader = `{ model: line-reader, port: ${JSON.stringify(link)} }`;
    const { devices } = open(`readers: [virtual, ${reader}]`);
    const other = open(`readers: [${reader}]`);
    await expect.poll(() => other.devices.view.reader.state).toBe('connected');
    expect(devices.view.reader.kind).toBe('virtual');
  });

  it('tell the name of a reader that is looked for, and what keeps it from being found', async () => {
    const fault = new DeviceFault('unavailable', 'HID unavailable: install libusb');
    const { devices, events } = open('readers: [{ model: magtek-hid }]', { devices: [], faults: [fault] });
    const wanted = { kind: 'hid', name: 'MagTek SureSwipe / Dynamag (HID)', state: 'opening' };
    expect(devices.view.reader).toMatchObject(wanted);
    await expect.poll(() => devices.view.reader).toMatchObject({ ...wanted, note: fault.message });
    expect(events).toMatchObject([{ kind: 'gone' }]);
  });

  it('may be closed at any time and twice', async () => {
    const { devices } = open(`readers: [{ model: line-reader, port: ${JSON.stringify(link)} }]`);
    await devices.close();
    await devices.close();
  });
});

describe('the HID devices of a counter', () => {
  const magtek = { path: '/dev/hidraw0', vendorId: 0x0801, productId: 0x0002 };
  const minimag = { path: '/dev/hidraw1', vendorId: 0x0acd, productId: 0x0500 };
  const honeywell = { path: '/dev/hidraw2', vendorId: 0x0c2e, productId: 1, usagePage: 0x8c, usage: 2 };
  const other = { path: '/dev/hidraw3', vendorId: 0x1234, productId: 1, usagePage: 0x8c, usage: 2 };

  function bench(text: string) {
    const { hid, scheduler, bus, advance } = hidBench();
    const opened = open(text, {
      scheduler,
      hidBus: bus,
      inventory: async () => ({ devices: recognisedHid(await listHidDevices(bus)), faults: [] }),
    });
    /** Long enough for a look and a connection. */
    const look = async () => {
      for (let second = 0; second < 20; second++) await advance(1000);
    };
    return { ...opened, hid, look };
  }

  it('are found when they are plugged in, and again at another place', async () => {
    const { devices, hid, look, events } = bench('');
    await look();
    expect(devices.reader.isVirtual).toBe(true);
    hid.plug(magtek);
    await look();
    expect(devices.view.reader).toMatchObject({ kind: 'hid', state: 'connected' });
    hid.unplug(magtek.path);
    hid.plug({ ...magtek, path: '/dev/hidraw7' });
    await look();
    hid.report('/dev/hidraw7', magtekReport(syntheticCard(1)));
    expect(events.map(({ kind }) => kind)).toEqual(['gone', 'back', 'reading', 'read']);
  });

  it('are used in the order of the configuration, whichever was there first', async () => {
    const { devices, hid, look } = bench(
      'readers: [{ model: magtek-hid }, { model: idtech-minimag-hid }, virtual]\nscanner: none',
    );
    hid.plug(minimag);
    await look();
    expect(devices.view.reader.name).toContain('MiniMag');
    hid.plug(magtek);
    await look();
    expect(devices.view.reader.name).toContain('MagTek');
    hid.unplug(magtek.path);
    await look();
    expect(devices.view.reader.name).toContain('MiniMag');
  });

  it('are not looked for while there is nothing better to find', async () => {
    const { hid, look } = bench('scanner: none');
    hid.plug(magtek);
    await look();
    const before = hid.enumerations;
    await look();
    expect(hid.enumerations).toBe(before);
  });

  it('a scanner is taken and kept, and another takes the place of one that is gone', async () => {
    const { devices, hid, look } = bench('');
    hid.plug(magtek);
    hid.plug(honeywell);
    hid.plug(other);
    await look();
    expect(devices.view.scanner).toMatchObject({ state: 'connected', name: 'Honeywell / Youjie scanner (HID POS)' });
    expect([hid.isOpen(honeywell.path), hid.isOpen(other.path)]).toEqual([true, false]);
    hid.unplug(honeywell.path);
    await look();
    expect(devices.view.scanner).toMatchObject({ state: 'connected', name: 'Barcode scanner (HID POS)' });
    hid.plug(honeywell);
    await look();
    expect([hid.isOpen(honeywell.path), hid.isOpen(other.path)]).toEqual([false, true]);
  });
});
