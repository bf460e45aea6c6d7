import { setImmediate as nextTurn } from 'node:timers/promises';
import { hidPosCodec } from '../../../drivers/codec/hid-pos.ts';
import { scannerTextCodec } from '../../../drivers/codec/scanner-text.ts';
import { createHidTransport } from '../../../drivers/hid/hid-transport.ts';
import { DeviceScanner } from '../../../drivers/scanner/device-scanner.ts';
import { VirtualScanner } from '../../../drivers/virtual/virtual-scanner.ts';
import { scannerContract } from '../../contract/scanner.contract.ts';
import { hidBench, longMs } from '../hid/hid-bench.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { hidPosReports } from './hid-pos-reports.ts';
import { MemoryTransport } from './memory-transport.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');

scannerContract('virtual', async (onListenerThrow) => {
  const scheduler = new ManualScheduler();
  const scanner = new VirtualScanner({ scheduler, onListenerThrow });
  return {
    scanner,
    silenceMakes: 'scanned',
    scan: async (text) => scanner.scan(text),
    begin: async (text) => scanner.sendBytes(latin(text)),
    noise: async () => scanner.sendBytes(latin('\x01\x02\r')),
    flood: async () => scanner.sendBytes(new Uint8Array(20_000).fill(0x41)),
    silence: async () => scheduler.advance(longMs),
    unplug: async () => scanner.unplug(),
    plug: async () => scanner.plug(),
  };
});

for (const [ending, end] of [
  ['CR', '\r'],
  ['LF', '\n'],
  ['CR LF', '\r\n'],
  ['nothing', ''],
] as const) {
  scannerContract(`text ended by ${ending}, over a transport in memory`, async (onListenerThrow) => {
    const scheduler = new ManualScheduler();
    const transport = new MemoryTransport();
    const scanner = new DeviceScanner({ transport, codec: scannerTextCodec, scheduler, onListenerThrow });
    scanner.start();
    await nextTurn();
    const send = (text: string) => {
      transport.send(latin(text));
      if (end === '') scheduler.advance(100);
    };
    return {
      scanner,
      silenceMakes: 'scanned',
      scan: async (text) => send(`${text}${end}`),
      begin: async (text) => transport.send(latin(text)),
      noise: async () => send(`\x01\x02${end}`),
      flood: async () => transport.send(new Uint8Array(20_000).fill(0x41)),
      silence: async () => scheduler.advance(longMs),
      unplug: async () => transport.unplug(),
      plug: async () => {
        transport.plug();
        scheduler.advance(longMs);
        await nextTurn();
      },
    };
  });
}

for (const pieceBytes of [64, 8]) {
  scannerContract(`HID POS over a double of node-hid, ${pieceBytes} bytes at a time`, async (onListenerThrow) => {
    const { hid, scheduler, bus, advance } = hidBench();
    const device = { path: '/dev/hidraw0', usagePage: 0x8c, usage: 2 };
    hid.plug(device);
    const transport = createHidTransport({
      name: '扫码枪',
      match: { usb: [], usagePage: 0x8c, usage: 2 },
      reportBytes: 64,
      bus,
    });
    const scanner = new DeviceScanner({ transport, codec: hidPosCodec, scheduler, onListenerThrow });
    scanner.start();
    await advance(0);
    const send = (reports: readonly Uint8Array[]) => {
      for (const report of reports) hid.report(device.path, report, pieceBytes);
    };
    return {
      scanner,
      silenceMakes: 'halfRead',
      scan: async (text) => send(hidPosReports(text)),
      begin: async (text) => send(hidPosReports(text, { isWhole: false })),
      noise: async () => send([new Uint8Array(64).fill(0x09)]),
      flood: async () => send(hidPosReports('A'.repeat(20_000), { isWhole: false })),
      silence: async () => advance(longMs),
      unplug: async () => {
        hid.unplug(device.path);
        await advance(0);
      },
      plug: async () => {
        hid.plug(device);
        await advance(longMs);
        await advance(longMs);
      },
    };
  });
}
