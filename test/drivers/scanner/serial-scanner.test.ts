import { afterEach } from 'vitest';
import { scannerTextCodec } from '../../../drivers/codec/scanner-text.ts';
import { DeviceScanner } from '../../../drivers/scanner/device-scanner.ts';
import { createSerialTransport } from '../../../drivers/serial/serial-transport.ts';
import type { Transport } from '../../../drivers/transport.ts';
import { scannerContract } from '../../contract/scanner.contract.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { PtyDevice, until } from '../serial/pty-pair.ts';

const devices: PtyDevice[] = [];
afterEach(async () => {
  for (const device of devices.splice(0)) await device.remove();
});

/** Longer than a scanner waits. */
const silenceMs = 100;

scannerContract('serial over a pty', async (onListenerThrow) => {
  const device = new PtyDevice();
  devices.push(device);
  await device.plug();
  const serial = createSerialTransport({
    name: '扫码枪',
    find: async () => (device.isPlugged ? device.path : null),
    settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  });
  let isConnected = false;
  let cameBytes = 0;
  const transport: Transport = {
    ...serial,
    connect: async (events) => {
      const connection = await serial.connect({
        onChunk: (chunk) => {
          events.onChunk(chunk);
          cameBytes += chunk.length;
        },
        onGone: (fault) => {
          isConnected = false;
          events.onGone(fault);
        },
      });
      isConnected = true;
      return {
        write: (bytes) => connection.write(bytes),
        close: () => {
          isConnected = false;
          return connection.close();
        },
      };
    },
  };
  const scheduler = new ManualScheduler();
  const scanner = new DeviceScanner({
    transport,
    codec: scannerTextCodec,
    scheduler,
    retryMs: { first: 500, max: 500 },
    onListenerThrow,
  });
  scanner.start();
  await until('the port is opened', () => scanner.state.kind === 'connected');
  const send = async (bytes: Uint8Array) => {
    const bytesThen = cameBytes + bytes.length;
    await device.send(bytes);
    await until('the scanner has the bytes', () => cameBytes >= bytesThen || !isConnected);
  };
  const sendText = (text: string) => send(Buffer.from(text, 'latin1'));
  return {
    scanner,
    silenceMakes: 'scanned',
    scan: (text) => sendText(`${text}\r\n`),
    begin: (text) => sendText(text),
    noise: () => sendText('\x01\x02\r\n'),
    flood: () => send(new Uint8Array(20_000).fill(0x41)),
    silence: async () => scheduler.advance(silenceMs),
    unplug: async () => {
      await device.unplug();
      await until('the unplug is seen', () => !isConnected);
    },
    plug: async () => {
      await device.plug();
      await until('the port is opened again', () => {
        scheduler.advance(500);
        return scanner.state.kind === 'connected';
      });
    },
  };
});
