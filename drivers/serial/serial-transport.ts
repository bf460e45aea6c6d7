import type { SerialSettings } from '../device-table.ts';
import { type Connection, type ConnectionEvents, DeviceFault, type Transport } from '../transport.ts';
import { type NodeWatch, watchFolder, watchNode } from './device-watch.ts';
import { openFault } from './open-fault.ts';

/** What is used of a serialport object. */
export interface SerialPortObject {
  readonly isOpen: boolean;
  readonly closing: boolean;
  open(done: (error: Error | null) => void): void;
  close(done: (error: Error | null) => void): void;
  write(bytes: Buffer, done: (error: Error | null | undefined) => void): boolean;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'close' | 'error', listener: (error?: Error | null) => void): unknown;
}

/** `SerialPort` of the serialport package, or its mock. */
export type SerialPortClass = new (
  options: SerialSettings & { readonly path: string; readonly autoOpen: false; readonly lock: true },
) => SerialPortObject;

export interface SerialTransportOptions {
  /** What a person calls the device. */
  readonly name: string;
  /** Where the device is now, null when it is not there. */
  find(): Promise<string | null>;
  readonly settings: SerialSettings;
  /** Folders in which the device may appear. None on a system without such folders. */
  readonly watchFolders?: readonly string[];
  readonly loadSerialPort?: () => Promise<SerialPortClass>;
}

/** Names under /dev that are no serial lines come and go all the time. */
const serialName = /^(?:tty|cu\.|rfcomm|serial)/;

/** A serial line. One port object per connection, never opened again: serialport would send what was written in between
 *  (PF5). Errors: `DeviceFault` with every code. */
export function createSerialTransport(options: SerialTransportOptions): Transport {
  const { name, settings, watchFolders = [], loadSerialPort = loadRealSerialPort } = options;
  return {
    kind: 'serial',
    name,
    connect: async (events) => {
      const SerialPort = await loadSerialPort().catch((thrown: unknown) => {
        throw new DeviceFault('unavailable', 'serial ports cannot be used: serialport has no native part here', {
          cause: thrown,
        });
      });
      const path = await options.find();
      if (path === null) throw new DeviceFault('notFound', `${name} is not plugged in`);
      try {
        const port = new SerialPort({ path, ...settings, autoOpen: false, lock: true });
        const connection = new SerialConnection(port, `${name} at ${path}`, events);
        await connection.open(path);
        return connection;
      } catch (thrown) {
        throw thrown instanceof DeviceFault ? thrown : await openFault(thrown, { name, path });
      }
    },
    watch: (onChange) => {
      const ends = watchFolders.map((folder) =>
        watchFolder(folder, (changed) => {
          if (folder !== '/dev' || changed === null || serialName.test(changed)) onChange();
        }),
      );
      return () => {
        for (const end of ends) end?.();
      };
    },
  };
}

async function loadRealSerialPort(): Promise<SerialPortClass> {
  const { SerialPort } = await import('serialport');
  return SerialPort;
}

class SerialConnection implements Connection {
  readonly #port: SerialPortObject;
  readonly #label: string;
  readonly #events: ConnectionEvents;
  /** Those who wait for a write. */
  readonly #writes = new Set<(fault: DeviceFault) => void>();
  #watch: NodeWatch | null = null;
  /** Resolves when the port is closed; null while the connection lives. */
  #ended: Promise<void> | null = null;
  /** False until `open` resolves; a loss before that is its error. */
  #isHad = false;

  constructor(port: SerialPortObject, label: string, events: ConnectionEvents) {
    this.#port = port;
    this.#label = label;
    this.#events = events;
    // Without a reader no unplug is ever noticed (PF2).
    port.on('data', (chunk) => {
      if (this.#ended !== null) return;
      events.onChunk(chunk);
      this.#watch?.check();
    });
    // Both stay for good: after a failed write there are `error` and two `close` (PF4), and `error` must find a listener.
    port.on('error', (error) => this.#gone(error));
    port.on('close', (error) => this.#gone(error));
  }

  /** Errors: `DeviceFault` when the device leaves meanwhile, and whatever serialport rejects with. */
  async open(path: string): Promise<void> {
    // Windows has no nodes, and a mock's name is none: there only the driver says that a port has gone.
    this.#watch = await watchNode(path, () => this.#gone(null)).catch(() => null);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#port.open((error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      this.#watch?.stop();
      throw error;
    }
    if (this.#ended !== null) {
      await closed(this.#port);
      throw this.#fault('was unplugged', null);
    }
    this.#isHad = true;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended !== null || !this.#port.isOpen) return Promise.reject(this.#fault('is not open', null));
    return new Promise((resolve, reject) => {
      this.#writes.add(reject);
      this.#port.write(Buffer.from(bytes), (error) => {
        this.#writes.delete(reject);
        if (error) reject(this.#fault('took no bytes', error));
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    return this.#end('was closed', null);
  }

  #gone(error: Error | null | undefined): void {
    if (this.#ended !== null) return;
    void this.#end('is gone', error);
    if (this.#isHad) this.#events.onGone(this.#fault('was unplugged', error));
  }

  #end(how: string, error: Error | null | undefined): Promise<void> {
    if (this.#ended !== null) return this.#ended;
    this.#watch?.stop();
    this.#ended = closed(this.#port);
    for (const reject of this.#writes) reject(this.#fault(how, error));
    this.#writes.clear();
    return this.#ended;
  }

  #fault(what: string, error: Error | null | undefined): DeviceFault {
    return new DeviceFault('gone', `${this.#label} ${what}`, error ? { cause: error } : {});
  }
}

/** Closes a port that may be open, closed, or closing by itself. Never rejects. */
function closed(port: SerialPortObject): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!port.isOpen && !port.closing) resolve();
    };
    port.on('close', look);
    port.on('error', look);
    if (port.isOpen) port.close(() => resolve());
    else look();
  });
}
