import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { HidBus, listHidDevices } from '../../../drivers/hid/hid-bus.ts';
import { createHidTransport, type HidTransportOptions } from '../../../drivers/hid/hid-transport.ts';
import { type Connection, DeviceFault } from '../../../drivers/transport.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { FakeNodeHid } from './fake-node-hid.ts';

const path = '/dev/hidraw3';
const magtek = { usb: [{ vendorId: 0x0801, productId: 0x0002 }] };

interface Bench {
  readonly hid: FakeNodeHid;
  readonly scheduler: ManualScheduler;
  readonly bus: HidBus;
  readonly chunks: number[][];
  readonly gone: DeviceFault[];
  advance(ms: number): Promise<void>;
  connect(options?: Partial<HidTransportOptions>): Promise<Connection>;
}

function bench(platform: NodeJS.Platform = 'linux', fileRefusal?: string, deviceFolder = '/nowhere'): Bench {
  const hid = new FakeNodeHid();
  const scheduler = new ManualScheduler();
  let nowMs = 0;
  const bus = new HidBus({
    load: () => Promise.resolve(hid),
    scheduler,
    nowMs: () => nowMs,
    platform,
    deviceFolder,
    mayOpen: () =>
      fileRefusal === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error(), { code: fileRefusal })),
  });
  const chunks: number[][] = [];
  const gone: DeviceFault[] = [];
  const connect = (options: Partial<HidTransportOptions> = {}) =>
    createHidTransport({ name: 'MagTek', match: magtek, reportBytes: 8, bus, ...options }).connect({
      onChunk: (chunk) => chunks.push([...chunk]),
      onGone: (fault) => gone.push(fault),
    });
  const advance = async (ms: number) => {
    nowMs += ms;
    scheduler.advance(ms);
    await nextTurn();
  };
  return { hid, scheduler, bus, chunks, gone, advance, connect };
}

async function faultOf(promise: Promise<unknown>): Promise<DeviceFault> {
  const thrown = await promise.then(
    () => 'it went well',
    (error: unknown) => error,
  );
  if (thrown instanceof DeviceFault) return thrown;
  throw new Error(`no device fault: ${String(thrown)}`);
}

const report = (first: number) => Uint8Array.from({ length: 8 }, (_, at) => first + at);

describe('finding a device', () => {
  it('takes the one with the ids, the usage and the serial number asked for', async () => {
    const { hid, connect } = bench();
    hid.plug({ path: '/dev/hidraw0', productId: 0x0001 });
    hid.plug({ path: '/dev/hidraw1', usagePage: 0x01, usage: 0x06 });
    hid.plug({ path: '/dev/hidraw2', usagePage: 0xff00, usage: 1, serialNumber: 'A' });
    hid.plug({ path: '/dev/hidraw4', usagePage: 0xff00, usage: 1, serialNumber: 'B' });
    await connect({ match: { ...magtek, usagePage: 0xff00, usage: 1, serialNumber: 'B' } });
    expect(hid.opened.map((open) => open.path)).toEqual(['/dev/hidraw4']);
  });

  it('takes any device of a vendor, or of a usage', async () => {
    const { hid, connect } = bench();
    hid.plug({ path: '/dev/hidraw0' });
    hid.plug({ path: '/dev/hidraw1', vendorId: 0x0c2e, productId: 0x0901 });
    hid.plug({ path: '/dev/hidraw2', vendorId: 0x1234, productId: 0x5678, usagePage: 0x8c, usage: 2 });
    await Promise.all([
      connect({ match: { usb: [{ vendorId: 0x0c2e }] } }),
      connect({ match: { usb: [], usagePage: 0x8c, usage: 2 } }),
    ]);
    expect(hid.opened.map((open) => open.path)).toEqual(['/dev/hidraw1', '/dev/hidraw2']);
  });

  it('takes a device by its ids where the system does not tell its usage, not one whose serial number it does not tell', async () => {
    const { hid, connect, advance } = bench();
    hid.plug({ path, serialNumber: '' });
    const fault = await faultOf(connect({ match: { ...magtek, serialNumber: 'B' } }));
    expect(fault.code).toBe('notFound');
    const second = connect({ match: { ...magtek, usagePage: 0xff00, usage: 1 } });
    await advance(1000);
    await second;
    expect(hid.isOpen(path)).toBe(true);
  });

  it('two alike: the second transport takes the second device, by path if told so', async () => {
    const { hid, connect, advance } = bench();
    hid.plug({ path: '/dev/hidraw0' });
    hid.plug({ path: '/dev/hidraw1' });
    hid.plug({ path: '/dev/hidraw2' });
    await Promise.all([connect(), connect(), connect({ match: { ...magtek, path: '/dev/hidraw2' } })]);
    expect(new Set(hid.opened.map((open) => open.path)).size).toBe(3);
    const fourth = faultOf(connect());
    await advance(1000);
    expect((await fourth).code).toBe('notFound');
  });

  it('goes on to the next of two alike when the first cannot be opened', async () => {
    const { hid, connect } = bench();
    hid.plug({ path: '/dev/hidraw0' });
    hid.plug({ path: '/dev/hidraw1' });
    hid.refuse('/dev/hidraw0', () => new Error('cannot open device with path /dev/hidraw0'));
    await connect();
    expect(hid.isOpen('/dev/hidraw1')).toBe(true);
  });

  it('says notFound when it is not there, and when it goes while it is opened', async () => {
    const { hid, connect, advance } = bench();
    expect((await faultOf(connect())).code).toBe('notFound');
    hid.plug({ path });
    hid.duringOpen = () => hid.unplug(path);
    const second = faultOf(connect());
    await advance(1000);
    expect((await second).code).toBe('notFound');
  });

  it('enumerates once for all who ask at a time, and once a second at most (PF10)', async () => {
    const { hid, bus, connect, advance } = bench();
    hid.plug({ path });
    await Promise.all([
      listHidDevices(bus),
      connect(),
      faultOf(connect({ match: { usb: [{ vendorId: 1, productId: 1 }] } })),
    ]);
    expect(hid.enumerations).toBe(1);
    const later = [listHidDevices(bus), listHidDevices(bus)];
    await advance(999);
    expect(hid.enumerations).toBe(1);
    await advance(1);
    expect(await Promise.all(later)).toHaveLength(2);
    expect(hid.enumerations).toBe(2);
  });

  it('does not enumerate while connected', async () => {
    const { hid, scheduler, connect } = bench();
    hid.plug({ path });
    await connect();
    scheduler.advance(60_000);
    expect(hid.enumerations).toBe(1);
    expect(scheduler.pending).toBe(0);
  });

  it('lists devices with what the system tells of them', async () => {
    const { hid, bus } = bench();
    hid.plug({ path, usagePage: 0xff00, usage: 1, serialNumber: 'S1', manufacturer: 'Mag-Tek', product: '' });
    expect(await listHidDevices(bus)).toEqual([
      {
        path,
        vendorId: 0x0801,
        productId: 0x0002,
        interface: 0,
        usagePage: 0xff00,
        usage: 1,
        serialNumber: 'S1',
        manufacturer: 'Mag-Tek',
      },
    ]);
  });
});

describe('what stands in the way', () => {
  const dlopen = (text: string) => () => Object.assign(new Error(text), { code: 'ERR_DLOPEN_FAILED' });
  const missingLibraries: readonly (readonly [string, () => Error, RegExp])[] = [
    [
      'libusb is missing (PF15)',
      dlopen('libusb-1.0.so.0: cannot open shared object file: No such file or directory'),
      /install libusb-1\.0-0 .*libusb1/,
    ],
    [
      'libusb is missing on musl',
      dlopen(
        'Error loading shared library libusb-1.0.so.0: No such file or directory (needed by /app/HID_hidraw.node)',
      ),
      /install libusb-1\.0-0/,
    ],
    ['libudev is missing', dlopen('libudev.so.1: cannot open shared object file'), /install libudev1/],
    ['another library is missing', dlopen('libx.so.2: cannot open shared object file'), /install libx\.so\.2/],
    ['the binary is for another system', dlopen('Error relocating: symbol not found'), /no binary that runs/],
    [
      'there is no binary (PF16)',
      () => new Error('No native build was found for platform=linux runtime=electron'),
      /no binary for/,
    ],
    [
      'there is no binary',
      () => new Error('Failed to find binding for HID_hidraw\nTried paths:\n - x'),
      /no binary for/,
    ],
  ];
  it.each(missingLibraries)('%s: unavailable, at the first call', async (_what, thrown, message) => {
    const { hid, bus, connect, advance } = bench();
    hid.refuseEnumeration = thrown;
    const fault = await faultOf(connect());
    expect(fault.code).toBe('unavailable');
    expect(fault.message).toMatch(/^HID unavailable: /);
    expect(fault.message).toMatch(message);
    const list = faultOf(listHidDevices(bus));
    await advance(1000);
    expect((await list).code).toBe('unavailable');
  });

  it('the package itself is missing: unavailable', async () => {
    const bus = new HidBus({
      load: () => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' })),
      scheduler: new ManualScheduler(),
    });
    expect((await faultOf(listHidDevices(bus))).code).toBe('unavailable');
  });

  it('an enumeration that fails otherwise is no missing library', async () => {
    const { hid, connect } = bench();
    hid.refuseEnumeration = () => new Error('hid_enumerate failed');
    expect((await faultOf(connect())).code).toBe('failed');
  });

  const refusals: readonly (readonly [string, NodeJS.Platform, string, string | undefined, string, RegExp])[] = [
    ['Linux, no permission', 'linux', `${path}: Permission denied`, undefined, 'denied', /gongji devices udev/],
    ['Linux in Chinese, no permission', 'linux', `${path}: 权限不够`, 'EACCES', 'denied', /gongji devices udev/],
    ['Linux in Chinese, gone', 'linux', `${path}: 没有那个文件或目录`, 'ENOENT', 'notFound', /unplugged/],
    ['Linux, otherwise', 'linux', `${path}: Input/output error`, undefined, 'failed', /cannot be opened/],
    ['macOS, in use', 'darwin', '(0xE00002C5) (iokit/common) exclusive access', undefined, 'locked', /another program/],
    ['macOS, no permission', 'darwin', '(0xE00002E2) not permitted', undefined, 'denied', /Input Monitoring/],
    ['Windows, a keyboard (PF8)', 'win32', '(0x00000005) Access is denied.', undefined, 'denied', /keyboard mode/],
    ['Windows, in use', 'win32', '(0x00000020) The process cannot access', undefined, 'locked', /another program/],
  ];
  it.each(refusals)('%s', async (_what, platform, text, fileRefusal, code, message) => {
    const { hid, connect } = bench(platform, fileRefusal);
    hid.plug({ path });
    hid.refuse(path, () => new Error(`cannot open device with path ${text}`));
    const fault = await faultOf(connect());
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(message);
  });

  it('a path that could not be opened can be tried again', async () => {
    const { hid, connect, advance } = bench();
    hid.plug({ path });
    hid.refuse(path, () => new Error(`cannot open device with path ${path}: Permission denied`));
    expect((await faultOf(connect())).code).toBe('denied');
    hid.refuse(path, null);
    const again = connect();
    await advance(1000);
    await again;
    expect(hid.isOpen(path)).toBe(true);
  });

  it('macOS is asked for shared access (PF8)', async () => {
    const { hid, connect } = bench('darwin');
    hid.plug({ path });
    await connect();
    expect(hid.opened).toEqual([{ path, nonExclusive: true }]);
  });
});

it('with the real node-hid: a list, or the fault that says what to install', async () => {
  const outcome = await listHidDevices(new HidBus()).catch((thrown: unknown) => thrown);
  if (outcome instanceof DeviceFault) expect(outcome.code).toBe('unavailable');
  else expect(outcome).toBeInstanceOf(Array);
});

describe('a connection', () => {
  it('hears from the moment it is open and keeps the order (PF11)', async () => {
    const { hid, chunks, connect } = bench();
    hid.plug({ path });
    await connect();
    hid.report(path, report(0));
    hid.report(path, report(10));
    expect(chunks).toEqual([[...report(0)], [...report(10)]]);
    expect(hid.lost).toBe(0);
  });

  it('is told gone once when the unplug comes as a string (PF24)', async () => {
    const { hid, gone, connect } = bench();
    hid.plug({ path });
    const connection = await connect();
    hid.unplug(path);
    hid.unplug(path);
    expect(gone.map(({ code }) => code)).toEqual(['gone']);
    expect((await faultOf(connection.write(report(0)))).code).toBe('gone');
    await connection.close();
    expect(hid.isOpen(path)).toBe(false);
  });

  it('is let go of after an unplug without being closed, and the next opens a new handle at the same path (PF12)', async () => {
    const { hid, chunks, connect, advance } = bench();
    hid.plug({ path });
    await connect();
    hid.unplug(path);
    hid.plug({ path });
    const again = connect();
    await advance(1000);
    await again;
    hid.report(path, report(5));
    expect(chunks).toEqual([[...report(5)]]);
  });

  it('waits for the closing of its path', async () => {
    const { hid, connect, advance } = bench();
    hid.plug({ path });
    const first = await connect();
    await advance(1000);
    void first.close();
    await connect();
    expect(hid.opened).toHaveLength(2);
  });

  it('is silent after close, which may come twice, and frees the path', async () => {
    const { hid, chunks, gone, scheduler, connect } = bench();
    hid.plug({ path });
    const connection = await connect();
    hid.report(path, report(0).subarray(0, 3));
    const closing = connection.close();
    hid.report(path, report(0));
    hid.unplug(path);
    await closing;
    await connection.close();
    scheduler.advance(10_000);
    expect(chunks).toEqual([]);
    expect(gone).toEqual([]);
    expect(hid.isOpen(path)).toBe(false);
    expect((await faultOf(connection.write(report(0)))).code).toBe('gone');
    expect(hid.written).toEqual([]);
  });

  it('puts 00 before a report of a device that does not number them, and nothing before one that does (PF22)', async () => {
    const { hid, connect } = bench();
    hid.plug({ path: '/dev/hidraw0' });
    hid.plug({ path: '/dev/hidraw1' });
    const [plain, numbered] = await Promise.all([connect(), connect({ reportId: 2 })]);
    await plain.write(Uint8Array.of(7, 8));
    await numbered.write(Uint8Array.of(2, 9));
    expect(hid.written).toEqual([
      { kind: 'output', report: [0, 7, 8] },
      { kind: 'output', report: [2, 9] },
    ]);
  });

  it('a write that fails is a fault', async () => {
    const { hid, connect } = bench();
    hid.plug({ path });
    const connection = await connect();
    hid.refuseWrite = () => new Error('Cannot write to hid device: Broken pipe');
    expect((await faultOf(connection.write(report(0)))).code).toBe('failed');
  });

  it('a listener that throws is a bug, not an unplug', async () => {
    const { hid, gone, bus } = bench();
    hid.plug({ path });
    const bug = new Error('a bug in a listener');
    const thrown: unknown[] = [];
    const queue = globalThis.queueMicrotask;
    globalThis.queueMicrotask = (run) => {
      try {
        run();
      } catch (what) {
        thrown.push(what);
      }
    };
    try {
      await createHidTransport({ name: 'MagTek', match: magtek, reportBytes: 8, bus }).connect({
        onChunk: () => {
          throw bug;
        },
        onGone: (fault) => gone.push(fault),
      });
      hid.report(path, report(0));
    } finally {
      globalThis.queueMicrotask = queue;
    }
    await nextTurn();
    expect(thrown).toEqual([bug]);
    expect(gone).toEqual([]);
  });
});

describe('setting up', () => {
  const initialise = [[254, 1]];

  it('sends the reports before anything that the device sends counts', async () => {
    const { hid, chunks, connect } = bench();
    hid.plug({ path });
    await connect({ initialise: [...initialise, [0, 9]] });
    expect(hid.written).toEqual([
      { kind: 'feature', report: [254, 1] },
      { kind: 'feature', report: [0, 9] },
    ]);
    hid.report(path, report(0));
    expect(chunks).toHaveLength(1);
  });

  it('a refusal is a fault, and the handle is closed', async () => {
    const { hid, connect } = bench();
    hid.plug({ path });
    hid.refuseFeature = () => new Error('could not send feature report to device: Broken pipe');
    expect((await faultOf(connect({ initialise }))).code).toBe('failed');
    expect(hid.isOpen(path)).toBe(false);
  });

  it('an unplug meanwhile is a fault of connect and not told as gone', async () => {
    const { hid, gone, connect } = bench();
    hid.plug({ path });
    hid.duringFeature = () => hid.unplug(path);
    expect((await faultOf(connect({ initialise }))).code).toBe('gone');
    expect(gone).toEqual([]);
    expect(hid.isOpen(path)).toBe(false);
  });

  it('what the device sends meanwhile is dropped', async () => {
    const { hid, chunks, connect } = bench();
    hid.plug({ path });
    hid.duringFeature = () => hid.report(path, report(0));
    await connect({ initialise });
    hid.report(path, report(1));
    expect(chunks).toEqual([[...report(1)]]);
    expect(hid.lost).toBe(0);
  });
});

describe('watching for devices', () => {
  it('on Linux tells once that the device files changed, when they have settled', async () => {
    const deviceFolder = await mkdtemp(join(tmpdir(), 'gongji-dev-'));
    try {
      const { bus, scheduler } = bench('linux', undefined, deviceFolder);
      const transport = createHidTransport({ name: 'MagTek', match: magtek, reportBytes: 8, bus });
      let changes = 0;
      const stop = transport.watch?.(() => {
        changes += 1;
      });
      await vi.waitFor(async () => {
        await writeFile(join(deviceFolder, 'tty1'), '');
        await rm(join(deviceFolder, 'hidraw0'), { force: true });
        await writeFile(join(deviceFolder, 'hidraw0'), '');
        expect(scheduler.pending).toBe(1);
      });
      expect(changes).toBe(0);
      scheduler.advance(200);
      expect(changes).toBe(1);
      stop?.();
      await writeFile(join(deviceFolder, 'hidraw1'), '');
      await nextTurn();
      expect(scheduler.pending).toBe(0);
    } finally {
      await rm(deviceFolder, { recursive: true });
    }
  });

  it('goes without where the folder cannot be watched, and elsewhere there is none', () => {
    const options = { name: 'MagTek', match: magtek, reportBytes: 8 };
    const { bus } = bench('linux', undefined, '/nowhere');
    createHidTransport({ ...options, bus }).watch?.(() => undefined)();
    expect(createHidTransport({ ...options, bus: bench('win32').bus }).watch).toBeUndefined();
  });
});

describe('putting reports together', () => {
  it('a report in pieces is one chunk (PF13)', async () => {
    const { hid, chunks, connect } = bench();
    hid.plug({ path });
    await connect({ reportBytes: 337 });
    const long = Uint8Array.from({ length: 337 }, (_, at) => at % 251);
    hid.report(path, long, 64);
    hid.report(path, long, 64);
    expect(chunks).toEqual([[...long], [...long]]);
  });

  it('however long the pieces are, the reports are the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 64 }), async (size, piece) => {
        const { hid, chunks, connect } = bench();
        hid.plug({ path });
        await connect({ reportBytes: size });
        const sent = [0, 1, 2].map((n) => Uint8Array.from({ length: size }, (_, at) => n * 80 + at));
        for (const each of sent) hid.report(path, each, piece);
        expect(chunks).toEqual(sent.map((each) => [...each]));
      }),
    );
  });

  it('a longer report is cut', async () => {
    const { hid, chunks, connect } = bench();
    hid.plug({ path });
    await connect();
    hid.report(
      path,
      Uint8Array.from({ length: 12 }, (_, at) => at),
    );
    expect(chunks).toEqual([[...report(0)]]);
  });

  it('a report that falls silent is handed on as it is, and not joined to the next', async () => {
    const { hid, chunks, scheduler, connect } = bench();
    hid.plug({ path });
    await connect();
    hid.report(path, report(0).subarray(0, 5));
    expect(chunks).toEqual([]);
    scheduler.advance(100);
    hid.report(path, report(20), 4);
    expect(chunks).toEqual([[0, 1, 2, 3, 4], [...report(20)]]);
    hid.report(path, report(0).subarray(0, 5));
    hid.report(path, report(30));
    expect(chunks.slice(2)).toEqual([[0, 1, 2, 3, 4], [...report(30)]]);
    expect(scheduler.pending).toBe(0);
  });

  it('pieces that come slowly are still one report', async () => {
    const { hid, chunks, scheduler, connect } = bench();
    hid.plug({ path });
    await connect();
    for (const [from, to] of [
      [0, 3],
      [3, 6],
      [6, 8],
    ]) {
      hid.report(path, report(0).subarray(from, to));
      scheduler.advance(60);
    }
    expect(chunks).toEqual([[...report(0)]]);
  });

  it('a report half come at the unplug is handed on before gone is told', async () => {
    const { hid, bus } = bench();
    hid.plug({ path });
    const heard: string[] = [];
    await createHidTransport({ name: 'MagTek', match: magtek, reportBytes: 8, bus }).connect({
      onChunk: (chunk) => heard.push(`${chunk.length} bytes`),
      onGone: ({ code }) => heard.push(code),
    });
    hid.report(path, report(0).subarray(0, 5));
    hid.unplug(path);
    expect(heard).toEqual(['5 bytes', 'gone']);
  });

  it('reports of other numbers are passed over where the device numbers them', async () => {
    const { hid, chunks, connect } = bench();
    hid.plug({ path });
    await connect({ reportId: 2 });
    hid.report(path, Uint8Array.of(3, 1));
    hid.report(path, report(2), 4);
    hid.report(path, report(5));
    expect(chunks).toEqual([[...report(2)]]);
  });
});
