import { cardLineCodec, encodeChipLine, encodeStripeLine } from '../../../drivers/codec/card-line.ts';
import type { Codec, Decoded } from '../../../drivers/codec/decoded.ts';
import { DeviceCardReader } from '../../../drivers/device-card-reader.ts';
import type { LinkState } from '../../../drivers/device-link.ts';
import type { ReaderModel, ScannerModel } from '../../../drivers/device-table.ts';
import { DeviceScanner } from '../../../drivers/scanner/device-scanner.ts';
import { type Scheduler, systemScheduler } from '../../../drivers/scheduler.ts';
import type { Transport } from '../../../drivers/transport.ts';
import { loadDeck } from '../deck.ts';
import { decodedJson } from './decoded-json.ts';
import type { DeviceConfig, NamedDevice } from './device-config.ts';
import { codecOf, helperReaderOf, hidTransportOf, serialTransportOf } from './open-device.ts';
import { type Inventory, takeInventory } from './plugged-in.ts';

export interface DevicesTestOptions {
  readonly config: DeviceConfig;
  /** The real timers when left out. */
  readonly scheduler?: Scheduler;
  /** Ends the test. */
  readonly signal: AbortSignal;
  /** Ends it after so many cards and codes, good or bad; null for no end of its own. */
  readonly count: number | null;
  readonly inventory?: () => Promise<Inventory>;
  print(line: string): void;
}

/** A device under test. */
interface Tested {
  readonly state: LinkState;
  onState(listener: (state: LinkState) => void): () => void;
  start(): void;
  close(): Promise<void>;
}

/** `gongji devices test`: opens the readers and scanners that are named or found, and prints what each swipe says,
 *  decoded and masked, until the signal or the count. With none of them the virtual reader shows what it would look
 *  like. Holds: bytes go the way they go at the counter. */
export async function testDevices(options: DevicesTestOptions): Promise<void> {
  const { config, scheduler = systemScheduler, signal, count, print } = options;
  let seen = 0;
  const enough = new AbortController();
  const show = (id: string) => (decoded: Decoded) => {
    print(`${id}: ${JSON.stringify(decodedJson(decoded, false))}`);
    seen += 1;
    if (count !== null && seen >= count) enough.abort();
  };
  const { devices, faults } = await (options.inventory ?? takeInventory)();
  for (const { message } of faults) print(message);

  const tested = new Map<string, Tested>();
  const add = (model: ReaderModel | ScannerModel, place: string, transport: Transport) => {
    const title = `${model.id}${place}`;
    tested.set(title, newTested(model, transport, tapped(codecOf(model, config.keys), show(title)), scheduler));
  };
  for (const named of namedDevices(config)) {
    const { model, port, ...place } = named;
    if (model.line.kind === 'serial') add(model, ` at ${port}`, serialTransportOf(named));
    else if (model.role === 'reader' && model.line.kind === 'helper') {
      const reader = helperReaderOf({ model, ...place }, { scheduler }, show(model.id));
      // It asks for cards only while somebody listens.
      reader.subscribe(() => undefined);
      tested.set(model.id, reader);
    }
  }
  for (const device of devices) {
    const { model, serialNumber } = device;
    if (model === null || model.role === 'pinPad' || model.line.kind !== 'hid') continue;
    add(model, serialNumber === undefined ? '' : ` ${serialNumber}`, hidTransportOf(device));
  }

  if (tested.size === 0) {
    print('No reader and no scanner is plugged in, and none is named in the configuration.');
    print('The virtual reader stands in; a card of the deck, by its stripe and by its chip:');
    swipeVirtually(show('virtual'));
    return;
  }
  for (const [id, device] of tested) {
    device.onState((state) => print(`${id}: ${stateText(state)}`));
    device.start();
  }
  print('Swipe a card or scan a code. Ctrl-C ends the test.');
  await untilAborted(AbortSignal.any([signal, enough.signal]));
  await Promise.all([...tested.values()].map((device) => device.close()));
}

function namedDevices({ readers, scanner }: DeviceConfig): readonly NamedDevice<ReaderModel | ScannerModel>[] {
  const named = readers === 'automatic' ? [] : readers.filter((reader) => reader !== 'virtual');
  return typeof scanner === 'object' ? [...named, scanner] : named;
}

function newTested(
  model: ReaderModel | ScannerModel,
  transport: Transport,
  codec: Codec,
  scheduler: Scheduler,
): Tested {
  if (model.role === 'scanner') return new DeviceScanner({ transport, codec, scheduler });
  return new DeviceCardReader({
    transport,
    codec,
    scheduler,
    ...(model.arm && { arm: Uint8Array.from(model.arm) }),
  });
}

/** The codec, and somebody who sees all that it says. */
function tapped(codec: Codec, see: (decoded: Decoded) => void): Codec {
  const seen = (decoded: readonly Decoded[]) => {
    decoded.forEach(see);
    return decoded;
  };
  return {
    decoder: () => {
      const decoder = codec.decoder();
      return {
        push: (chunk) => seen(decoder.push(chunk)),
        end: () => seen(decoder.end()),
        get midFrame() {
          return decoder.midFrame;
        },
      };
    },
  };
}

function swipeVirtually(show: (decoded: Decoded) => void): void {
  const [card] = loadDeck().cards.values();
  if (card === undefined) return;
  const decoder = cardLineCodec.decoder();
  for (const line of [encodeStripeLine(card), encodeChipLine(card)])
    decoder.push(Buffer.concat([line, Buffer.from('\r\n')])).forEach(show);
}

function stateText(state: LinkState): string {
  if (state.kind === 'connected') return 'connected';
  const why = state.fault === null ? '' : `: ${state.fault.message}`;
  return state.kind === 'lost' ? `lost${why}` : `not connected${why}`;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
