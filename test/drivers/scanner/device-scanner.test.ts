import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Codec, Decoded } from '../../../drivers/codec/decoded.ts';
import { hidPosCodec } from '../../../drivers/codec/hid-pos.ts';
import { scannerTextCodec } from '../../../drivers/codec/scanner-text.ts';
import type { LinkState } from '../../../drivers/device-link.ts';
import { DeviceScanner } from '../../../drivers/scanner/device-scanner.ts';
import { DeviceFault } from '../../../drivers/transport.ts';
import type { ScannerEvent } from '../../../src/ports/scanner.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { hidPosReports } from './hid-pos-reports.ts';
import { MemoryTransport } from './memory-transport.ts';

function bench(codec: Codec = scannerTextCodec, transport = new MemoryTransport()) {
  const scheduler = new ManualScheduler();
  const states: LinkState['kind'][] = [];
  const scanner = new DeviceScanner({ transport, codec, scheduler });
  const events: ScannerEvent[] = [];
  scanner.subscribe((event) => events.push(event));
  scanner.onState(({ kind }) => states.push(kind));
  scanner.start();
  return { scanner, transport, scheduler, events, states };
}

it('a scanner that comes for the first time is not back', async () => {
  const transport = new MemoryTransport();
  transport.unplug();
  const { scanner, scheduler, events, states } = bench(scannerTextCodec, transport);
  await nextTurn();
  expect(scanner.state.kind).toBe('opening');
  transport.plug();
  scheduler.advance(6000);
  await nextTurn();
  expect(scanner.state.kind).toBe('connected');
  expect(events).toEqual([]);
  expect(states).toEqual(['opening', 'connected']);
});

it('tells why it is gone', async () => {
  const { transport, events } = bench();
  await nextTurn();
  transport.unplug();
  expect(events).toEqual([{ kind: 'gone', cause: 'unplugged' }]);
});

it('is gone once, also when it is there again and cannot be opened', async () => {
  const { scanner, transport, scheduler, events, states } = bench();
  await nextTurn();
  transport.unplug();
  transport.refusal = new DeviceFault('denied', 'no permission');
  transport.plug();
  scheduler.advance(6000);
  await nextTurn();
  expect(scanner.state).toMatchObject({ kind: 'lost', fault: { code: 'denied' } });
  expect(states).toEqual(['connected', 'lost', 'lost']);
  expect(events).toHaveLength(1);
});

it('passes on the symbology where the scanner tells it', async () => {
  const { transport, events } = bench(hidPosCodec, new MemoryTransport('hid'));
  await nextTurn();
  for (const report of hidPosReports('6901234567892')) transport.send(report);
  expect(events).toMatchObject([{ kind: 'scanned', symbology: ']Q1' }]);
});

it('what is no code of any kind is noise', async () => {
  const decoded: readonly Decoded[] = [
    { ok: true, kind: 'card', masked: false, errors: [] },
    { ok: false, reason: 'wrongLength' },
    { ok: false, reason: 'tooLong' },
  ];
  const codec: Codec = { decoder: () => ({ push: () => decoded, end: () => [], midFrame: false }) };
  const { transport, events } = bench(codec);
  await nextTurn();
  transport.send(Uint8Array.of(1));
  expect(events).toEqual(['noise', 'noise', 'tooLong'].map((reason) => ({ kind: 'failed', reason })));
});

it('frees the device at close, and leaves no timer', async () => {
  const { scanner, transport, scheduler } = bench();
  await nextTurn();
  transport.send(Buffer.from('half'));
  await scanner.close();
  expect(transport.isConnected).toBe(false);
  expect(scheduler.pending).toBe(0);
});

it('no helper service drives a scanner', () => {
  expect(() => bench(scannerTextCodec, new MemoryTransport('helper'))).toThrow(TypeError);
});
