import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortMock } from 'serialport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceLink, type LinkState } from '../../../drivers/device-link.ts';
import { serialPortFinder } from '../../../drivers/serial/serial-ports.ts';
import {
  createSerialTransport,
  type SerialPortClass,
  type SerialPortObject,
} from '../../../drivers/serial/serial-transport.ts';
import { type Connection, DeviceFault, type Transport } from '../../../drivers/transport.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { PtyDevice, until } from './pty-pair.ts';

const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

let folder = '';
let devices: PtyDevice[] = [];
let connections: Connection[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-serial-'));
  devices = [];
  connections = [];
});
afterEach(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await Promise.all(devices.map((device) => device.remove()));
  rmSync(folder, { recursive: true, force: true });
  SerialPortMock.binding.reset();
});

async function device(): Promise<PtyDevice> {
  const made = new PtyDevice();
  devices.push(made);
  await made.plug();
  return made;
}

function transportTo(path: string, SerialPort?: SerialPortClass): Transport {
  return createSerialTransport({
    name: 'the reader',
    settings,
    ...serialPortFinder({ path }),
    ...(SerialPort && { loadSerialPort: async () => SerialPort }),
  });
}

async function connect(transport: Transport) {
  const chunks: Uint8Array[] = [];
  const gone: DeviceFault[] = [];
  const connection = await transport.connect({
    onChunk: (chunk) => chunks.push(chunk),
    onGone: (fault) => gone.push(fault),
  });
  connections.push(connection);
  return { connection, heard: () => Buffer.concat(chunks), gone };
}

/** What `promise` rejects with. */
async function faultOf(promise: Promise<unknown>): Promise<DeviceFault> {
  const thrown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (thrown instanceof DeviceFault) return thrown;
  throw new Error('no device fault', { cause: thrown });
}

describe('serial transport on a pseudo-terminal', () => {
  it('carries bytes in both directions', async () => {
    const reader = await device();
    const { connection, heard } = await connect(transportTo(reader.path));
    await reader.send(everyByte);
    await until('the bytes of the reader', () => heard().length >= 256);
    expect([...heard()]).toEqual([...everyByte]);
    await connection.write(everyByte);
    await until('the bytes for the reader', () => reader.received.length >= 256);
    expect([...reader.received]).toEqual([...everyByte]);
  });

  it('a device that is not there is not found, by its name or by its path', async () => {
    const nowhere = createSerialTransport({ name: 'the reader', settings, find: async () => null });
    const wrong = createSerialTransport({ name: 'the reader', settings, find: async () => join(folder, 'none') });
    expect((await faultOf(connect(nowhere))).code).toBe('notFound');
    const fault = await faultOf(connect(wrong));
    expect(fault.code).toBe('notFound');
    expect(fault.cause).toBeInstanceOf(Error);
  });

  it('a port that another has open is locked until that one closes it', async () => {
    const reader = await device();
    const first = await connect(transportTo(reader.path));
    expect((await faultOf(connect(transportTo(reader.path)))).code).toBe('locked');
    await first.connection.close();
    const second = await connect(transportTo(reader.path));
    await reader.send(Buffer.from('x'));
    await until('the bytes of the reader', () => second.heard().toString() === 'x');
    expect(first.heard()).toHaveLength(0);
  });

  it('what is no serial line fails', async () => {
    writeFileSync(join(folder, 'notes'), '');
    expect((await faultOf(connect(transportTo(join(folder, 'notes'))))).code).toBe('failed');
  });

  it('an unplug while waiting is told once; writing is refused then', async () => {
    const reader = await device();
    const { connection, gone } = await connect(transportTo(reader.path));
    await reader.unplug();
    await until('the loss', () => gone.length > 0);
    expect((await faultOf(connection.write(everyByte))).code).toBe('gone');
    await connection.close();
    expect(gone.map(({ code }) => code)).toEqual(['gone']);
  });

  it('an unplug right after the bytes is told too (PF23)', async () => {
    for (let round = 0; round < 20; round++) {
      const reader = await device();
      const { gone } = await connect(transportTo(reader.path));
      await reader.send(everyByte);
      await reader.unplug();
      await until(`the loss of round ${round}`, () => gone.length > 0);
      expect(gone).toHaveLength(1);
    }
  });

  it('tells nothing after close, which may come at any time and any number of times', async () => {
    const reader = await device();
    const { connection, gone, heard } = await connect(transportTo(reader.path));
    const write = connection.write(everyByte).catch((fault: DeviceFault) => fault.code);
    await Promise.all([connection.close(), connection.close()]);
    await connection.close();
    expect([undefined, 'gone']).toContain(await write);
    await reader.send(Buffer.from('late'));
    await reader.unplug();
    expect([gone, heard().length]).toEqual([[], 0]);
    expect((await faultOf(connection.write(everyByte))).code).toBe('gone');
  });

  it('notices that a device may have come', async () => {
    const reader = await device();
    await reader.unplug();
    let changes = 0;
    const endWatch = transportTo(reader.path).watch?.(() => {
      changes += 1;
    });
    await reader.plug();
    await until('the change', () => changes > 0);
    endWatch?.();
    const before = changes;
    await reader.unplug();
    await reader.plug();
    expect(changes).toBe(before);
  });

  it('watching folders that are not there is no fault', () => {
    const transport = createSerialTransport({
      name: 'the reader',
      settings,
      find: async () => null,
      watchFolders: [join(folder, 'none')],
    });
    expect(() => transport.watch?.(() => undefined)()).not.toThrow();
  });

  it('says what is missing where serialport cannot be loaded', async () => {
    const cause = new Error('no native build');
    const transport = createSerialTransport({
      name: 'the reader',
      settings,
      find: async () => '/dev/ttyUSB0',
      loadSerialPort: () => Promise.reject(cause),
    });
    const fault = await faultOf(connect(transport));
    expect([fault.code, fault.cause]).toEqual(['unavailable', cause]);
  });

  it('what was written to a device that has gone is never sent to the one that comes (PF5)', async () => {
    const reader = await device();
    const scheduler = new ManualScheduler();
    const states: LinkState['kind'][] = [];
    const link = new DeviceLink({
      transport: transportTo(reader.path),
      scheduler,
      onChunk: () => undefined,
      onState: ({ kind }) => states.push(kind),
    });
    link.start();
    await until('the connection', () => link.state.kind === 'connected');
    await reader.unplug();
    // It may be sent into the void or refused, as the loss is seen in time or not.
    await link.write(Buffer.from('stale 1')).catch(() => undefined);
    await until('the loss', () => link.state.kind === 'lost');
    expect((await faultOf(link.write(Buffer.from('stale 2')))).code).toBe('gone');
    await reader.plug();
    scheduler.advance(500);
    await until('the return', () => link.state.kind === 'connected');
    await link.write(Buffer.from('fresh'));
    await until('the fresh bytes', () => reader.received.length > 0);
    expect(reader.received.toString()).toBe('fresh');
    expect(states).toEqual(['connected', 'lost', 'connected']);
    await link.close();
  });
});

/** serialport's mock, and the last port made with it. */
function mocked() {
  const made: SerialPortMock[] = [];
  class Recorded extends SerialPortMock {
    constructor(options: ConstructorParameters<typeof SerialPortMock>[0]) {
      super(options);
      made.push(this);
    }
  }
  return { SerialPort: Recorded as SerialPortClass, made };
}

describe('serial transport, staged', () => {
  it('passes the settings on and takes the lock', async () => {
    SerialPortMock.binding.createPort('/dev/ttyUSB7');
    const { SerialPort, made } = mocked();
    const transport = createSerialTransport({
      name: 'the reader',
      settings: { baudRate: 1200, dataBits: 7, parity: 'even', stopBits: 1 },
      find: async () => '/dev/ttyUSB7',
      loadSerialPort: async () => SerialPort,
    });
    await connect(transport);
    expect(made[0]?.settings).toMatchObject({ baudRate: 1200, dataBits: 7, parity: 'even', stopBits: 1, lock: true });
  });

  it.each([
    ['removed', () => rmSync(join(folder, 'ttyUSB0'))],
    [
      'replaced by another',
      () => {
        writeFileSync(join(folder, 'new'), '');
        renameSync(join(folder, 'new'), join(folder, 'ttyUSB0'));
      },
    ],
  ])('closes a port whose node is %s although the driver says nothing (PF23)', async (_, pull) => {
    const path = join(folder, 'ttyUSB0');
    writeFileSync(path, '');
    SerialPortMock.binding.createPort(path);
    const { SerialPort, made } = mocked();
    const { gone } = await connect(transportTo(path, SerialPort));
    pull();
    await until('the loss', () => gone.length > 0);
    await until('the closing', () => made[0]?.isOpen === false);
    expect(gone.map(({ code }) => code)).toEqual(['gone']);
  });

  it('follows a link to its node: what becomes of the link does not matter', async () => {
    const path = join(folder, 'by-id', 'reader');
    const node = join(folder, 'ttyUSB0');
    writeFileSync(node, '');
    mkdirSync(join(folder, 'by-id'));
    symlinkSync(node, path);
    SerialPortMock.binding.createPort(path);
    const { SerialPort } = mocked();
    const { gone, connection } = await connect(transportTo(path, SerialPort));
    rmSync(path);
    symlinkSync('/dev/null', path);
    await connection.write(everyByte);
    expect(gone).toEqual([]);
    rmSync(node);
    await until('the loss', () => gone.length > 0);
  });

  it('a failed write, then error and two times close, are one loss (PF4)', async () => {
    const staged = stagedPort();
    const { connection, gone } = await connect(transportTo('/dev/null', staged.SerialPort));
    const write = faultOf(connection.write(everyByte));
    const broken = new Error('EIO: i/o error, write');
    staged.fail(broken);
    expect(await write).toMatchObject({ code: 'gone', cause: broken });
    expect(gone).toMatchObject([{ code: 'gone', cause: broken }]);
    staged.emit('error', new Error('late'));
  });

  it('a write that hangs ends with the connection', async () => {
    const staged = stagedPort();
    const { connection } = await connect(transportTo('/dev/null', staged.SerialPort));
    const write = faultOf(connection.write(everyByte));
    await connection.close();
    expect((await write).code).toBe('gone');
  });

  it('a device that leaves while it is being opened is not had', async () => {
    const path = join(folder, 'ttyUSB0');
    writeFileSync(path, '');
    const staged = stagedPort();
    staged.beforeOpen = async () => {
      rmSync(path);
      staged.emit('close', new Error('bad file descriptor'));
    };
    const gone: DeviceFault[] = [];
    const connecting = transportTo(path, staged.SerialPort).connect({
      onChunk: () => undefined,
      onGone: (fault) => gone.push(fault),
    });
    expect((await faultOf(connecting)).code).toBe('gone');
    expect([gone, staged.isOpen()]).toEqual([[], false]);
  });
});

/** A port object that does what a test says. */
function stagedPort() {
  const listeners: [event: string, listener: (value: never) => void][] = [];
  const state = { isOpen: false, closing: false };
  const emit = (event: string, value?: unknown) => {
    for (const [name, listener] of listeners) if (name === event) listener(value as never);
  };
  let pending: ((error: Error) => void) | null = null;
  const staged = {
    beforeOpen: async () => undefined as unknown,
    isOpen: () => state.isOpen,
    emit,
    /** A write fails: serialport closes by itself, then the stream says so as well. */
    fail: (error: Error) => {
      state.isOpen = false;
      state.closing = true;
      pending?.(error);
      emit('error', error);
      state.closing = false;
      emit('close', undefined);
      emit('close', error);
    },
    SerialPort: class implements SerialPortObject {
      get isOpen() {
        return state.isOpen;
      }
      get closing() {
        return state.closing;
      }
      open(done: (error: Error | null) => void) {
        void staged.beforeOpen().then(() => {
          state.isOpen = true;
          done(null);
        });
      }
      close(done: (error: Error | null) => void) {
        state.isOpen = false;
        emit('close', null);
        done(null);
      }
      write(_: Buffer, done: (error: Error | null | undefined) => void) {
        pending = done;
        return true;
      }
      on(event: string, listener: (value: never) => void) {
        listeners.push([event, listener]);
      }
    } satisfies SerialPortClass,
  };
  return staged;
}
