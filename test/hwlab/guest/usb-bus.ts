import { Link } from './link.ts';
import { until } from './until.ts';

/** QEMU's monitor, which plugs and unplugs FTDI adapters. `cable` is the chardev whose far end the guest has as
 *  `/dev/virtio-ports/<cable>`. Nothing is plugged at boot. */
export class UsbBus {
  readonly #link = new Link('/dev/virtio-ports/qmp');
  readonly #answers: ((error: string | null) => void)[] = [];
  readonly #deleted = new Set<string>();
  #text = '';

  constructor() {
    this.#link.on('data', (bytes) => this.#take(bytes.toString()));
    // Refused when an earlier script of this boot has asked for it.
    this.#run('qmp_capabilities').catch(() => undefined);
  }

  /** Plugs an adapter: `ttyUSBn` appears some ten milliseconds later. */
  async plug(id: string, cable: string, serial: string): Promise<void> {
    await this.#run('device_add', { driver: 'usb-serial', id, chardev: cable, 'always-plugged': true, serial });
  }

  /** Resolves when the adapter is gone. The request is on its way when this returns. */
  async unplug(id: string): Promise<void> {
    await this.#run('device_del', { id });
    await until(`${id} gone`, () => this.#deleted.delete(id));
  }

  pause(): void {
    this.#link.pause();
  }

  resume(): void {
    this.#link.resume();
  }

  #run(execute: string, given: object = {}): Promise<void> {
    this.#link.write(`${JSON.stringify({ execute, arguments: given })}\n`);
    return new Promise((resolve, reject) => {
      this.#answers.push((error) => (error === null ? resolve() : reject(new Error(error))));
    });
  }

  #take(text: string): void {
    const lines = `${this.#text}${text}`.split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line);
      if (message.event === 'DEVICE_DELETED') this.#deleted.add(message.data.device);
      else if ('return' in message) this.#answers.shift()?.(null);
      else if ('error' in message) this.#answers.shift()?.(message.error.desc);
    }
  }
}
