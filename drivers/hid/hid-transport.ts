import { matchesUsb, type UsbId } from '../device-table.ts';
import { watchFolder } from '../serial/device-watch.ts';
import { type Connection, type ConnectionEvents, DeviceFault, type Transport } from '../transport.ts';
import { type HidBus, type HidDevice, type HidHandle, systemHidBus } from './hid-bus.ts';
import { ReportAssembler } from './report-assembler.ts';

/** Which device is meant: all that is given must be so. */
export interface HidMatch {
  /** One of these; every product of the vendor where none is named; any device when the list is empty. */
  readonly usb: readonly UsbId[];
  readonly usagePage?: number;
  readonly usage?: number;
  /** Tells two devices of one kind apart. */
  readonly serialNumber?: string;
  /** As `listHidDevices` gives it; changes with the socket, and on Linux with the order of plugging in. */
  readonly path?: string;
}

export interface HidTransportOptions {
  readonly name: string;
  readonly match: HidMatch;
  /** Bytes of one input report, with its id where the device numbers its reports. */
  readonly reportBytes: number;
  /** The number of the input reports that count, where the device numbers its reports. */
  readonly reportId?: number;
  /** Feature reports that bring a device into the mode that its codec reads; their first byte is the id, or 0. */
  readonly initialise?: readonly (readonly number[])[];
  readonly bus?: HidBus;
}

export interface HidTransport extends Transport {
  readonly kind: 'hid';
}

/** A way to a HID device through node-hid's asynchronous class. A chunk is one report, with its id where the device
 *  numbers its reports (PF22). `write` takes a report likewise; the 00 that stands for "no number" is put before it here.
 *  Of several devices that match, the first is taken that can be opened and that this process has not opened yet. */
export function createHidTransport(options: HidTransportOptions): HidTransport {
  const bus = options.bus ?? systemHidBus;
  return {
    kind: 'hid',
    name: options.name,
    connect: (events) => connect(options, bus, events),
    ...(bus.platform === 'linux' ? { watch: (onChange: () => void) => watchHidraw(bus, onChange) } : {}),
  };
}

async function connect(options: HidTransportOptions, bus: HidBus, events: ConnectionEvents): Promise<Connection> {
  const { name, match } = options;
  const devices = (await bus.devices()).filter((device) => isMeant(device, match));
  let fault: DeviceFault | null = null;
  for (const path of new Set(devices.map((device) => device.path))) {
    if (bus.isOpen(path)) continue;
    try {
      const connection = new HidConnection(options, bus, path, await bus.open(path, name), events);
      await connection.initialise(options.initialise ?? []);
      return connection;
    } catch (thrown) {
      if (!(thrown instanceof DeviceFault)) throw thrown;
      fault ??= thrown;
    }
  }
  throw fault ?? new DeviceFault('notFound', `${name} is not plugged in`);
}

function isMeant(device: HidDevice, match: HidMatch): boolean {
  const { usb, usagePage, usage, serialNumber, path } = match;
  const isNamed = usb.some((id) => matchesUsb(id, device));
  // hidapi's libusb driver tells no usage (undefined); then the ids must do.
  const hasUsage = (wanted: number | undefined, is: number | undefined) =>
    wanted === undefined || is === wanted || (is === undefined && isNamed);
  return (
    (isNamed || usb.length === 0) &&
    hasUsage(usagePage, device.usagePage) &&
    hasUsage(usage, device.usage) &&
    (serialNumber === undefined || serialNumber === device.serialNumber) &&
    (path === undefined || path === device.path)
  );
}

/** One open handle. It listens from the moment that it is open, because node-hid keeps nothing for later (PF11), tells
 *  an unplug only as an `error`, and crashes the process with an `error` that nobody listens to (PF24). */
class HidConnection implements Connection {
  readonly #name: string;
  readonly #numbered: boolean;
  readonly #bus: HidBus;
  readonly #path: string;
  readonly #handle: HidHandle;
  readonly #events: ConnectionEvents;
  readonly #assembler: ReportAssembler;
  #state: 'settingUp' | 'open' | 'gone' | 'closed' = 'settingUp';
  #closing: Promise<void> | null = null;

  constructor(options: HidTransportOptions, bus: HidBus, path: string, handle: HidHandle, events: ConnectionEvents) {
    this.#name = options.name;
    this.#numbered = options.reportId !== undefined;
    this.#bus = bus;
    this.#path = path;
    this.#handle = handle;
    this.#events = events;
    this.#assembler = new ReportAssembler({
      reportBytes: options.reportBytes,
      ...(options.reportId === undefined ? {} : { reportId: options.reportId }),
      scheduler: bus.scheduler,
      onReport: (report) => this.#give(report),
    });
    handle.on('error', (thrown) => this.#lose(thrown));
    handle.on('data', (report) => {
      // Before it is set up a device may send in another mode.
      if (this.#state === 'open') this.#assembler.push(report);
    });
  }

  /** Brings the device into the mode that its codec reads. Errors: `DeviceFault`; the connection is then closed. */
  async initialise(reports: readonly (readonly number[])[]): Promise<void> {
    try {
      for (const report of reports) await this.#handle.sendFeatureReport([...report]);
    } catch (thrown) {
      await this.close();
      throw new DeviceFault('failed', `${this.#name} cannot be set up`, { cause: thrown });
    }
    if (this.#state !== 'settingUp') {
      await this.close();
      throw new DeviceFault('gone', `${this.#name} was unplugged while it was being set up`);
    }
    this.#state = 'open';
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw new DeviceFault('gone', `${this.#name} is not connected`);
    try {
      await this.#handle.write(this.#numbered ? [...bytes] : [0, ...bytes]);
    } catch (thrown) {
      throw new DeviceFault('failed', `${this.#name} did not take a command`, { cause: thrown });
    }
  }

  close(): Promise<void> {
    if (this.#state !== 'gone') this.#state = 'closed';
    this.#assembler.drop();
    this.#closing ??= this.#bus.close(this.#path, this.#handle);
    return this.#closing;
  }

  /** An exception from a 'data' listener comes back as an `error` from node-hid, and would look like an unplug. */
  #give(report: Uint8Array): void {
    try {
      this.#events.onChunk(report);
    } catch (thrown) {
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  #lose(thrown: unknown): void {
    if (this.#state === 'gone' || this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#assembler.end();
    this.#state = 'gone';
    // The old handle keeps the device's number, and a replugged device would come under another (PF26).
    void this.close();
    if (wasOpen) this.#events.onGone(new DeviceFault('gone', `${this.#name} was unplugged`, { cause: thrown }));
  }
}

/** udev sets the permissions of a new device file shortly after the kernel has made it. */
const settleMs = 200;

function watchHidraw({ deviceFolder, scheduler }: HidBus, onChange: () => void): () => void {
  let settling: { readonly timer: unknown } | null = null;
  const unsettle = () => {
    if (settling !== null) scheduler.clearTimeout(settling.timer);
    settling = null;
  };
  const endWatch = watchFolder(deviceFolder, (file) => {
    if (file !== null && !file.startsWith('hidraw')) return;
    unsettle();
    settling = { timer: scheduler.setTimeout(onChange, settleMs) };
  });
  return () => {
    endWatch?.();
    unsettle();
  };
}
