import { EventEmitter } from 'node:events';
import type { HidHandle, NodeHid } from '../../../drivers/hid/hid-bus.ts';

type FakeDevice = Awaited<ReturnType<NodeHid['devicesAsync']>>[number] & { readonly path: string };

/** What an open call meets for a path, where it is not simply opened. */
type Refusal = () => Error;

/** node-hid without devices, as version 3.4 was seen to behave: one handle a path here; reports that nobody listens to
 *  are lost; an unplug is one `error` with a string, only while somebody listens to `data`; `close` takes a while, drops
 *  the listeners and may come twice; a write to a device that is gone rejects. */
export class FakeNodeHid implements NodeHid {
  enumerations = 0;
  /** Reports sent while nobody listened. */
  lost = 0;
  /** What was written, with its first byte. */
  readonly written: { readonly kind: 'feature' | 'output'; readonly report: readonly number[] }[] = [];
  /** The options of each open. */
  readonly opened: { readonly path: string; readonly nonExclusive: boolean }[] = [];
  refuseEnumeration: Refusal | null = null;
  /** Runs before a feature report is answered. */
  duringFeature: () => void = () => undefined;
  refuseFeature: Refusal | null = null;
  refuseWrite: Refusal | null = null;
  /** Runs before an open is answered. */
  duringOpen: () => void = () => undefined;
  readonly #devices = new Map<string, FakeDevice>();
  readonly #refusals = new Map<string, Refusal>();
  readonly #handles = new Map<string, FakeHandle>();

  readonly HIDAsync = {
    open: async (path: string, options: { nonExclusive: boolean }): Promise<HidHandle> => {
      this.opened.push({ path, ...options });
      this.duringOpen();
      await Promise.resolve();
      const refusal = this.#refusals.get(path);
      if (refusal !== undefined) throw refusal();
      if (!this.#devices.has(path))
        throw new Error(
          `cannot open device with path ${path}: Failed to open a device with path '${path}': No such file or directory`,
        );
      if (this.#handles.has(path)) throw new Error(`${path} was opened twice`);
      const handle = new FakeHandle(this, () => this.#handles.delete(path));
      this.#handles.set(path, handle);
      return handle;
    },
  };

  async devicesAsync(): Promise<readonly FakeDevice[]> {
    this.enumerations += 1;
    await Promise.resolve();
    if (this.refuseEnumeration !== null) throw this.refuseEnumeration();
    return [...this.#devices.values()];
  }

  plug(device: Partial<FakeDevice> & Pick<FakeDevice, 'path'>): void {
    this.#devices.set(device.path, { vendorId: 0x0801, productId: 0x0002, interface: 0, ...device });
  }

  /** Opens of `path` fail from now on; null: no more. */
  refuse(path: string, refusal: Refusal | null): void {
    if (refusal === null) this.#refusals.delete(path);
    else this.#refusals.set(path, refusal);
  }

  /** The cable is pulled. The handle stays until it is closed. */
  unplug(path: string): void {
    this.#devices.delete(path);
    this.#handles.get(path)?.die();
  }

  /** The device sends; `pieceBytes` is what the driver hands over at a time. */
  report(path: string, bytes: Uint8Array, pieceBytes = bytes.length): void {
    for (let at = 0; at < bytes.length; at += pieceBytes)
      this.#handles.get(path)?.receive(Buffer.from(bytes.subarray(at, at + pieceBytes)));
  }

  /** A path whose handle is open, or still being closed. */
  isOpen(path: string): boolean {
    return this.#handles.has(path);
  }
}

class FakeHandle extends EventEmitter implements HidHandle {
  readonly #hid: FakeNodeHid;
  readonly #release: () => void;
  #state: 'alive' | 'dead' | 'closed' = 'alive';

  constructor(hid: FakeNodeHid, release: () => void) {
    super();
    this.#hid = hid;
    this.#release = release;
  }

  receive(report: Buffer): void {
    if (this.#state !== 'alive') return;
    if (this.listenerCount('data') === 0) this.#hid.lost += 1;
    try {
      this.emit('data', report);
    } catch (thrown) {
      setImmediate(() => this.emit('error', thrown));
    }
  }

  die(): void {
    if (this.#state !== 'alive') return;
    this.#state = 'dead';
    if (this.listenerCount('data') > 0)
      this.emit(
        'error',
        'could not read from HID device: hid_read_timeout: unexpected poll error (device disconnected)',
      );
  }

  async write(report: number[]): Promise<number> {
    if (this.#hid.refuseWrite !== null) throw this.#hid.refuseWrite();
    return this.#send('output', report, 'Cannot write to hid device: No such device');
  }

  async sendFeatureReport(report: number[]): Promise<number> {
    if (this.#hid.refuseFeature !== null) throw this.#hid.refuseFeature();
    const sent = this.#send(
      'feature',
      report,
      'could not send feature report to device: ioctl (SFEATURE): No such device',
    );
    this.#hid.duringFeature();
    return sent;
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await new Promise((resolve) => setImmediate(resolve));
    this.removeAllListeners();
    this.#release();
  }

  #send(kind: 'feature' | 'output', report: number[], refusal: string): number {
    if (this.#state !== 'alive') throw new Error(refusal);
    this.#hid.written.push({ kind, report });
    return report.length;
  }
}
