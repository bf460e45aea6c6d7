import { existsSync, readdirSync } from 'node:fs';
import { cardLineCodec } from '../../../drivers/codec/card-line.ts';
import type { Codec } from '../../../drivers/codec/decoded.ts';
import { magtek337Codec } from '../../../drivers/codec/magtek-337.ts';
import { encodeTrackText } from '../../../drivers/codec/track-text.ts';
import { createHidTransport } from '../../../drivers/hid/hid-transport.ts';
import { serialPortFinder } from '../../../drivers/serial/serial-ports.ts';
import { createSerialTransport } from '../../../drivers/serial/serial-transport.ts';
import type { Transport } from '../../../drivers/transport.ts';
import { secret } from '../../../src/domain/secret.ts';
import { Link } from './link.ts';
import { Uhid, type UhidDevice } from './uhid.ts';
import { until } from './until.ts';
import { UsbBus } from './usb-bus.ts';

/** Two sockets of one kind of bus, into which card readers of that kind are plugged. */
export type Socket = 0 | 1;

/** A kind of card reader as the lab can play it, the reader's side and ours. */
export interface Rig {
  readonly codec: Codec;
  /** What the kernel calls such devices, before their number. */
  readonly node: string;
  /** What `devices.yaml` says for a counter to use such a reader. */
  readonly config: string;
  /** Ours: the way to the reader in a socket, whatever it is called. */
  transport(socket: Socket): Transport;
  /** Ours: the way to the reader that is called `path` now. */
  transportByPath(path: string): Transport;
  plug(socket: Socket): Promise<void>;
  unplug(socket: Socket): Promise<void>;
  /** Pulls the plug without letting this process do anything else until the device is gone. */
  unplugAtOnce(socket: Socket): void;
  /** Everything that the reader sends for a card, in parts as they may come. */
  swipe(number: number): readonly Uint8Array[];
  send(socket: Socket, bytes: Uint8Array): void;
  /** The lab's own devices need no processor, or do again. */
  pause(): void;
  resume(): void;
}

export function panOf(number: number): string {
  return `621094${String(number).padStart(13, '0')}`;
}

/** The device nodes that a kind of reader has now, by name. */
export function nodesOf(rig: Rig): string[] {
  return readdirSync('/dev')
    .filter((name) => name.startsWith(rig.node))
    .sort();
}

const unplugLimitMs = 20_000;
const serialNumbers = ['LAB0', 'LAB1'] as const;

/** A reader that sends lines through an FTDI adapter: /dev/ttyUSB0. */
export class SerialRig implements Rig {
  readonly codec = cardLineCodec;
  readonly node = 'ttyUSB';
  readonly config = 'readers: [{ model: line-reader, port: /dev/ttyUSB0 }, virtual]';
  readonly #bus = new UsbBus();
  readonly #nodes = new Map<Socket, string>();
  readonly #cables = [new Link('/dev/virtio-ports/wire0'), new Link('/dev/virtio-ports/wire1')] as const;

  transport(socket: Socket): Transport {
    return serialTransport({ vendorId: '0403', productId: '6001', serialNumber: serialNumbers[socket] });
  }

  transportByPath(path: string): Transport {
    return serialTransport({ path });
  }

  async plug(socket: Socket): Promise<void> {
    const before = nodesOf(this);
    await this.#bus.plug(`ser${socket}`, `wire${socket}`, serialNumbers[socket]);
    const node = await until('a new ttyUSB', () => nodesOf(this).find((name) => !before.includes(name)));
    this.#nodes.set(socket, node);
  }

  async unplug(socket: Socket): Promise<void> {
    await this.#bus.unplug(`ser${socket}`);
    // The kernel hears of it when QEMU has long forgotten the device.
    await until('its node gone', () => !this.#isThere(socket));
  }

  unplugAtOnce(socket: Socket): void {
    void this.#bus.unplug(`ser${socket}`);
    const end = performance.now() + unplugLimitMs;
    while (this.#isThere(socket)) {
      if (performance.now() > end) throw new Error('its node stays');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }

  swipe(number: number): readonly Uint8Array[] {
    const line = Buffer.from(`${encodeTrackText(secret(panOf(number)))}\r\n`, 'latin1');
    return [line.subarray(0, 9), line.subarray(9)];
  }

  send(socket: Socket, bytes: Uint8Array): void {
    this.#cables[socket].write(bytes);
  }

  pause(): void {
    for (const part of [this.#bus, ...this.#cables]) part.pause();
  }

  resume(): void {
    for (const part of [this.#bus, ...this.#cables]) part.resume();
  }

  #isThere(socket: Socket): boolean {
    return existsSync(`/dev/${this.#nodes.get(socket)}`);
  }
}

function serialTransport(match: Parameters<typeof serialPortFinder>[0]): Transport {
  const finder = serialPortFinder(match);
  return createSerialTransport({
    name: 'lab line reader',
    find: () => finder.find(),
    settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
    watchFolders: finder.watchFolders,
  });
}

/** MagTek's reader after its reference manual 99875191: one unnumbered input report of 337 bytes, which are 3 decode states,
 *  3 lengths, the encoding and 3 tracks of 110 bytes. */
const magtek: UhidDevice = {
  name: 'Mag-Tek USB Swipe Reader',
  vendor: 0x0801,
  product: 0x0002,
  descriptor: Uint8Array.from([
    // Usage page 0xff00, usage 1, application collection, bytes of 0 to 255.
    ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
    // States, lengths and encoding: 7 bytes.
    ...[0x09, 0x20, 0x09, 0x21, 0x09, 0x22, 0x09, 0x28, 0x09, 0x29, 0x09, 0x2a, 0x09, 0x38, 0x95, 0x07, 0x81, 0x02],
    // Tracks 1, 2 and 3: 110 buffered bytes each.
    ...[0x09, 0x30, 0x95, 0x6e, 0x82, 0x02, 0x01, 0x09, 0x31, 0x95, 0x6e, 0x82, 0x02, 0x01],
    ...[0x09, 0x32, 0x95, 0x6e, 0x82, 0x02, 0x01],
    // Commands: a feature report of 24 bytes.
    ...[0x09, 0x20, 0x95, 0x18, 0xb2, 0x02, 0x01, 0xc0],
  ]),
};
const reportBytes = 337;
const trackBytes = 110;

/** MagTek's HID reader: /dev/hidraw0. */
export class HidRig implements Rig {
  readonly codec = magtek337Codec;
  readonly node = 'hidraw';
  readonly config = 'readers: automatic';
  readonly #devices = new Map<Socket, Uhid>();

  transport(socket: Socket): Transport {
    return createHidTransport({
      name: 'lab MagTek',
      match: {
        usb: [{ vendorId: magtek.vendor, productId: magtek.product }],
        serialNumber: serialNumbers[socket],
      },
      reportBytes,
    });
  }

  transportByPath(): Transport {
    return createHidTransport({
      name: 'lab MagTek',
      match: { usb: [{ vendorId: magtek.vendor, productId: magtek.product }] },
      reportBytes,
    });
  }

  async plug(socket: Socket): Promise<void> {
    const before = nodesOf(this).length;
    this.#devices.set(socket, new Uhid({ ...magtek, serial: serialNumbers[socket] }));
    await until('a new hidraw', () => nodesOf(this).length > before);
  }

  unplug(socket: Socket): Promise<void> {
    this.unplugAtOnce(socket);
    return Promise.resolve();
  }

  unplugAtOnce(socket: Socket): void {
    this.#devices.get(socket)?.unplug();
    this.#devices.delete(socket);
  }

  swipe(number: number): readonly Uint8Array[] {
    const report = Buffer.alloc(reportBytes);
    const tracks = encodeTrackText(secret(panOf(number))).match(/[%;][^?]*\?/g) ?? [];
    for (const [index, track] of tracks.entries()) {
      report[3 + index] = track.length;
      report.write(track, 7 + index * trackBytes, 'latin1');
    }
    return [report];
  }

  send(socket: Socket, bytes: Uint8Array): void {
    this.#devices.get(socket)?.input(bytes);
  }

  pause(): void {
    for (const device of this.#devices.values()) device.pause();
  }

  resume(): void {
    for (const device of this.#devices.values()) device.resume();
  }
}
