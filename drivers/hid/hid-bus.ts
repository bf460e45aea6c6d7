import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { type Scheduler, systemScheduler } from '../scheduler.ts';
import { DeviceFault } from '../transport.ts';
import { openFault, unavailableFault } from './hid-faults.ts';

/** One collection of a HID device; a device with several of them stands in the list several times with one `path`.
 *  What the system does not tell is left out. */
export interface HidDevice {
  readonly path: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly usagePage?: number;
  readonly usage?: number;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** USB interface, -1 where the device hangs on no USB. */
  readonly interface: number;
}

/** What is used of node-hid's `HIDAsync`. It says an unplug as an `error` with a string, and reads only while somebody
 *  listens to `data` (PF24). */
export interface HidHandle {
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (thrown: unknown) => void): unknown;
  write(report: number[]): Promise<number>;
  sendFeatureReport(report: number[]): Promise<number>;
  close(): Promise<void>;
}

/** What is used of node-hid; a test passes a double of it. */
export interface NodeHid {
  devicesAsync(): Promise<readonly NodeHidDevice[]>;
  readonly HIDAsync: { open(path: string, options: { nonExclusive: boolean }): Promise<HidHandle> };
}

interface NodeHidDevice {
  readonly path?: string | undefined;
  readonly vendorId: number;
  readonly productId: number;
  readonly usagePage?: number | undefined;
  readonly usage?: number | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
  readonly interface: number;
}

export interface HidBusOptions {
  readonly load?: () => Promise<NodeHid>;
  readonly scheduler?: Scheduler;
  readonly nowMs?: () => number;
  readonly platform?: NodeJS.Platform;
  /** Where Linux shows its device files. */
  readonly deviceFolder?: string;
  /** Rejects as `fs.access` does when this process may not read and write `path`. */
  readonly mayOpen?: (path: string) => Promise<void>;
}

/** Each enumeration asks every USB device (PF10). */
const enumerationEveryMs = 1000;

/** The HID devices of this machine as one process sees them: it enumerates for all transports at once and seldom, and
 *  never opens a path twice.
 *  node-hid is loaded at the first call, because its binary needs libusb even where it is not used (PF15). */
export class HidBus {
  readonly scheduler: Scheduler;
  readonly platform: NodeJS.Platform;
  readonly deviceFolder: string;
  readonly #load: () => Promise<NodeHid>;
  readonly #nowMs: () => number;
  readonly #mayOpen: (path: string) => Promise<void>;
  /** The paths that are open here, and for those being closed when that is done. */
  readonly #open = new Map<string, Promise<void> | null>();
  #enumeration: Promise<readonly HidDevice[]> | null = null;
  #enumeratedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: HidBusOptions = {}) {
    this.#load = options.load ?? (() => import('node-hid'));
    this.scheduler = options.scheduler ?? systemScheduler;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.platform = options.platform ?? process.platform;
    this.deviceFolder = options.deviceFolder ?? '/dev';
    this.#mayOpen = options.mayOpen ?? ((path) => access(path, constants.R_OK | constants.W_OK));
  }

  /** The devices plugged in now. Callers at the same time share one enumeration, and it waits until the last one is a
   *  second old. Errors: `DeviceFault`. */
  devices(): Promise<readonly HidDevice[]> {
    this.#enumeration ??= this.#enumerate().finally(() => {
      this.#enumeration = null;
    });
    return this.#enumeration;
  }

  /** True while a handle of this process is open on `path`, and not being closed. */
  isOpen(path: string): boolean {
    return this.#open.get(path) === null;
  }

  /** Errors: `DeviceFault`. A path that is being closed is waited for (PF12). */
  async open(path: string, name: string): Promise<HidHandle> {
    await this.#open.get(path);
    if (this.#open.has(path)) throw new DeviceFault('locked', `${name} is already in use by this program`);
    this.#open.set(path, null);
    try {
      const { HIDAsync } = await this.#load();
      // macOS opens exclusively unless told otherwise, and then refuses what the system itself reads (PF8).
      return await HIDAsync.open(path, { nonExclusive: true });
    } catch (thrown) {
      this.#open.delete(path);
      throw await this.#faultOf(thrown, path, name);
    }
  }

  /** Closes what `open` gave for `path`. Resolves when the path is free; a handle whose device is gone may fail to
   *  close, and is given up all the same. */
  close(path: string, handle: HidHandle): Promise<void> {
    // node-hid begins to read one tick after it got a 'data' listener, and throws there when it is closed by then.
    const closing = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => handle.close())
      .catch(() => undefined)
      .then(() => {
        this.#open.delete(path);
      });
    this.#open.set(path, closing);
    return closing;
  }

  async #enumerate(): Promise<readonly HidDevice[]> {
    await this.#pause(this.#enumeratedAtMs + enumerationEveryMs - this.#nowMs());
    try {
      const hid = await this.#load();
      return (await hid.devicesAsync()).flatMap(hidDeviceOf);
    } catch (thrown) {
      throw (
        unavailableFault(thrown) ?? new DeviceFault('failed', 'the HID devices cannot be listed', { cause: thrown })
      );
    } finally {
      this.#enumeratedAtMs = this.#nowMs();
    }
  }

  #pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.scheduler.setTimeout(resolve, ms);
    });
  }

  /** On Linux the file's own permissions are asked first: node-hid gives a text that is translated in Electron. */
  async #faultOf(thrown: unknown, path: string, name: string): Promise<DeviceFault> {
    const unavailable = unavailableFault(thrown);
    if (unavailable !== null) return unavailable;
    const refusal = this.platform === 'linux' ? await this.#mayOpen(path).then(() => undefined, errnoOf) : undefined;
    return openFault({ thrown, refusal, path, name, platform: this.platform });
  }
}

/** The devices of this machine. */
export const systemHidBus = new HidBus();

/** What is plugged in, for `gongji devices`. Errors: `DeviceFault`, `unavailable` where node-hid cannot run. */
export function listHidDevices(bus: HidBus = systemHidBus): Promise<readonly HidDevice[]> {
  return bus.devices();
}

function hidDeviceOf(device: NodeHidDevice): HidDevice[] {
  const { path, vendorId, productId, usagePage, usage, serialNumber, manufacturer, product } = device;
  if (path === undefined || path === '') return [];
  return [
    {
      path,
      vendorId,
      productId,
      interface: device.interface,
      ...(usagePage === undefined ? {} : { usagePage }),
      ...(usage === undefined ? {} : { usage }),
      ...(serialNumber ? { serialNumber } : {}),
      ...(manufacturer ? { manufacturer } : {}),
      ...(product ? { product } : {}),
    },
  ];
}

function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
