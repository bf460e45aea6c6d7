import { describe, expect, it } from 'vitest';
import { cardLineCodec } from '../../../drivers/codec/card-line.ts';
import type { Codec } from '../../../drivers/codec/decoded.ts';
import { magtek337Codec } from '../../../drivers/codec/magtek-337.ts';
import { DeviceCardReader } from '../../../drivers/device-card-reader.ts';
import { createHidTransport } from '../../../drivers/hid/hid-transport.ts';
import { cardReaderContract } from '../../contract/card-reader.contract.ts';
import { presentedCardContract } from '../../contract/presented-card.contract.ts';
import { exposed, syntheticCard } from '../synthetic-card.ts';
import { hidBench, longMs } from './hid-bench.ts';
import { magtekReport } from './magtek-report.ts';

const device = { path: '/dev/hidraw0' };

async function bench(
  codec: Codec,
  reportBytes: number,
  pieceBytes: number,
  onListenerThrow: (thrown: unknown) => void = () => undefined,
) {
  const { hid, scheduler, bus, advance } = hidBench();
  hid.plug(device);
  const transport = createHidTransport({
    name: 'MagTek',
    match: { usb: [{ vendorId: 0x0801, productId: 0x0002 }] },
    reportBytes,
    bus,
  });
  const reader = new DeviceCardReader({ transport, codec, scheduler, onListenerThrow });
  reader.start();
  await advance(0);
  let path = device.path;
  const send = async (bytes: Uint8Array) => hid.report(path, bytes, pieceBytes);
  const unplug = async () => {
    hid.unplug(path);
    await advance(0);
  };
  const plug = async (at = path) => {
    path = at;
    hid.plug({ path });
    await advance(longMs);
    await advance(longMs);
  };
  return {
    hid,
    reader,
    send,
    silence: () => advance(longMs),
    unplug,
    plug,
    plugElsewhere: () => plug('/dev/hidraw7'),
    sendAndUnplug: async (bytes: Uint8Array) => {
      await send(bytes);
      await unplug();
    },
  };
}

cardReaderContract('HID over a double of node-hid, lines in reports of a byte', (onListenerThrow) =>
  bench(cardLineCodec, 1, 1, onListenerThrow),
);

for (const pieceBytes of [337, 64]) {
  presentedCardContract(
    `MagTek over a double of node-hid, ${pieceBytes} bytes at a time`,
    'stripe',
    async (onListenerThrow) => {
      const rig = await bench(magtek337Codec, 337, pieceBytes, onListenerThrow);
      return {
        ...rig,
        present: async (card) => {
          await rig.send(magtekReport(card));
          await rig.silence();
        },
      };
    },
  );
}

describe('a MagTek reader that is pulled out', () => {
  async function magtek() {
    const rig = await bench(magtek337Codec, 337, 64);
    const shown: string[] = [];
    rig.reader.subscribe((event) => {
      const read = event.kind === 'read' ? exposed(event.read) : event.kind;
      shown.push(typeof read === 'string' ? read : read.last4);
    });
    return { ...rig, shown };
  }
  const card = syntheticCard(3);
  const last4 = card.pan.expose().slice(-4);

  it('in the middle of a report: no card, then gone', async () => {
    const { send, unplug, plug, silence, shown } = await magtek();
    await send(magtekReport(card).subarray(0, 192));
    await unplug();
    await plug();
    await send(magtekReport(card));
    await silence();
    expect(shown).toEqual(['reading', 'noise', 'gone', 'back', 'reading', last4]);
  });

  it('a report of which the end never comes is no card, and the next swipe is read', async () => {
    const { send, silence, shown } = await magtek();
    await send(magtekReport(card).subarray(0, 192));
    await silence();
    await send(magtekReport(card));
    await silence();
    expect(shown).toEqual(['reading', 'noise', 'reading', last4]);
  });

  it('and comes back under another path', async () => {
    const { hid, unplug, plug, shown } = await magtek();
    await unplug();
    await plug('/dev/hidraw7');
    hid.report('/dev/hidraw7', magtekReport(card));
    expect(shown).toEqual(['gone', 'back', 'reading', last4]);
  });
});
