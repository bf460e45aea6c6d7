import { Link } from './link.ts';

export interface UhidDevice {
  readonly name: string;
  readonly vendor: number;
  readonly product: number;
  /** The report descriptor. */
  readonly descriptor: Uint8Array;
  /** The serial number. */
  readonly serial?: string;
}

/** Kinds of `struct uhid_event` of linux/uhid.h, which is packed. */
const uhid = { destroy: 1, open: 4, close: 5, getReport: 9, getReportReply: 10, create2: 11, input2: 12 } as const;
const busUsb = 3;
const inputOutputError = 5;

/** A HID device made through /dev/uhid: `/dev/hidrawN` for everybody else in the guest. Plugged when made. */
export class Uhid {
  readonly #link = new Link('/dev/uhid');
  #openCount = 0;

  constructor({ name, vendor, product, descriptor, serial = '' }: UhidDevice) {
    const event = Buffer.alloc(4376);
    event.writeUInt32LE(uhid.create2, 0);
    event.write(name, 4);
    event.write(serial, 196);
    event.writeUInt16LE(descriptor.length, 260);
    event.writeUInt16LE(busUsb, 262);
    event.writeUInt32LE(vendor, 264);
    event.writeUInt32LE(product, 268);
    event.writeUInt32LE(0x100, 272);
    event.set(descriptor, 280);
    this.#link.write(event);
    this.#link.on('data', (message) => {
      const kind = message.readUInt32LE(0);
      if (kind === uhid.open) this.#openCount++;
      if (kind === uhid.close) this.#openCount--;
      if (kind === uhid.getReport) this.#refuse(message);
    });
  }

  /** True while a program has the device open. */
  get isOpen(): boolean {
    return this.#openCount > 0;
  }

  pause(): void {
    this.#link.pause();
  }

  resume(): void {
    this.#link.resume();
  }

  /** Sends an input report. */
  input(report: Uint8Array): void {
    const head = Buffer.alloc(6);
    head.writeUInt32LE(uhid.input2, 0);
    head.writeUInt16LE(report.length, 4);
    this.#link.write(Buffer.concat([head, report]));
  }

  /** Pulls the plug. When this returns the device is gone. */
  unplug(): void {
    this.#link.write(Uint8Array.of(uhid.destroy, 0, 0, 0));
    this.#link.close();
  }

  #refuse(message: Buffer): void {
    const reply = Buffer.alloc(12);
    reply.writeUInt32LE(uhid.getReportReply, 0);
    message.copy(reply, 4, 4, 8);
    reply.writeUInt16LE(inputOutputError, 8);
    this.#link.write(reply);
  }
}
