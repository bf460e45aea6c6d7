import { DeviceCardReader } from '../../../drivers/device-card-reader.ts';
import { deviceModels, type ReaderModel, type ScannerModel } from '../../../drivers/device-table.ts';
import type { HelperCardReader } from '../../../drivers/helper/helper-card-reader.ts';
import { type HidBus, systemHidBus } from '../../../drivers/hid/hid-bus.ts';
import { CnEscPinPad } from '../../../drivers/pinpad/cn-esc-pin-pad.ts';
import type { DevicePinPad } from '../../../drivers/pinpad/device-pin-pad.ts';
import { PlainKeypad } from '../../../drivers/pinpad/plain-keypad.ts';
import { VerifonePinPad } from '../../../drivers/pinpad/verifone-pin-pad.ts';
import { DeviceScanner } from '../../../drivers/scanner/device-scanner.ts';
import type { Scheduler } from '../../../drivers/scheduler.ts';
import { watchFolder } from '../../../drivers/serial/device-watch.ts';
import type { DeviceFault, Transport } from '../../../drivers/transport.ts';
import type { StatusView } from '../../ipc/view.ts';
import type { CardReader } from '../../ports/card-reader.ts';
import type { ScannerEvent } from '../../ports/scanner.ts';
import type { TerminalPinKeys } from '../keys/terminal-pin-keys.ts';
import type { DeviceConfig, NamedDevice } from './device-config.ts';
import { deviceView, troubleOf } from './device-view.ts';
import { codecOf, helperReaderOf, hidTransportOf, serialTransportOf } from './open-device.ts';
import { type Inventory, type PluggedIn, takeInventory } from './plugged-in.ts';
import { ReaderChoice } from './reader-choice.ts';

export interface CounterDevicesOptions {
  readonly config: DeviceConfig;
  readonly scheduler: Scheduler;
  /** Stays its owner's. */
  readonly virtual: CardReader;
  /** The keys that PIN pads seal with; one is taken for each PIN entry. */
  readonly pinKeys: Pick<TerminalPinKeys, 'take'>;
  /** What is plugged in, and where HID devices are; a test tells its own. */
  readonly inventory?: () => Promise<Inventory>;
  readonly hidBus?: HidBus;
  /** A chip on the screen has changed. */
  onChange(): void;
  onScan(event: ScannerEvent): void;
  /** A card was swiped at a reader that is there and not in use. */
  onUnheardSwipe(): void;
  /** Gets what keeps devices from being found or used, each once. */
  report(fault: Error): void;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** Between two looks for devices that are wanted and not there. Where folders can be watched the looking is woken by
 *  them, and this is only in case one was missed; enumerating is not free (each look asks every USB device). */
const lookAgainMs = { watched: 10_000, unwatched: 3_000 };
/** After a node has appeared: its permissions are set a moment later. */
const settleMs = 300;

/** The devices of one counter, from its configuration: connects those that are named, looks for those that are not, and
 *  chooses the reader. Begins at once. */
export class CounterDevices {
  readonly reader: ReaderChoice;
  readonly pinPad: DevicePinPad | null;
  readonly #options: CounterDevicesOptions;
  readonly #bus: HidBus;
  /** Those that are named before the virtual one, which is always there. */
  readonly #readers: 'automatic' | readonly NamedDevice<ReaderModel>[];
  readonly #found = new Set<string>();
  readonly #reported = new Set<string>();
  #endWatch: (() => void) | null = null;
  #scanner: DeviceScanner | null = null;
  #scannerKey = '';
  #faults: readonly DeviceFault[] = [];
  #next: { readonly timer: unknown } | null = null;
  #looking = false;
  /** A device has come or gone since the last look. */
  #woken = false;
  #closed = false;

  constructor(options: CounterDevicesOptions) {
    this.#options = options;
    const { config, scheduler, virtual } = options;
    this.#bus = options.hidBus ?? systemHidBus;
    this.#readers = namedBeforeVirtual(config.readers);
    const hasVirtual = config.readers === 'automatic' || config.readers.includes('virtual');
    const wanted = this.#readers === 'automatic' ? undefined : this.#readers[0];
    this.reader = new ReaderChoice({
      onUnheard: () => options.onUnheardSwipe(),
      scheduler,
      virtual: hasVirtual ? virtual : null,
      wanted: wanted === undefined ? virtual.info : { kind: wanted.model.line.kind, name: wanted.model.name },
      ...(options.onListenerThrow && { onListenerThrow: options.onListenerThrow }),
    });
    this.reader.onChange(() => this.#changed());
    for (const [preference, named] of (this.#readers === 'automatic' ? [] : this.#readers).entries()) {
      if (isHid(named)) continue;
      const reader = this.#namedReader(named);
      this.reader.add(reader, preference);
      reader.start();
    }
    if (typeof config.scanner === 'object' && config.scanner.model.line.kind === 'serial')
      this.#scanner = this.#newScanner(config.scanner.model, serialTransportOf(config.scanner));
    this.pinPad = config.pinPad === 'screen' ? null : this.#newPinPad(config.pinPad);
    this.pinPad?.onState(() => this.#changed());
    this.#endWatch = watchFolder(this.#bus.deviceFolder, (name) => {
      if (name !== null && !name.startsWith('hidraw')) return;
      this.#woken = true;
      this.#lookIn(settleMs);
    });
    void this.#look();
  }

  /** What the chips on the screen say. */
  get view(): Pick<StatusView, 'reader' | 'pinPad' | 'scanner'> {
    const { reader } = this;
    const { view } = reader;
    const trouble = this.#hasReader || view.note !== null ? null : (this.#faults[0] ?? null);
    return {
      reader: trouble === null ? view : { ...view, ...troubleOf(trouble) },
      pinPad:
        this.pinPad === null ? null : deviceView({ kind: 'serial', name: this.pinPad.info.name }, this.pinPad.state),
      scanner: this.#scanner === null ? null : deviceView(this.#scanner.info, this.#scanner.state),
    };
  }

  /** No reader is exchanged while a sale goes on. */
  hold(midSale: boolean): void {
    this.reader.hold(midSale);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endWatch?.();
    this.#stopWaiting();
    await Promise.all([this.reader.close(), this.pinPad?.close(), this.#scanner?.close()]);
  }

  /** Looks for devices that are wanted and not connected; after a change also for better ones. */
  async #look(): Promise<void> {
    this.#stopWaiting();
    if (this.#closed || this.#looking || !(this.#woken ? this.#usesHid() : this.#wantsSomething())) return;
    this.#looking = true;
    this.#woken = false;
    try {
      const { devices, faults } = await (this.#options.inventory ?? (() => takeInventory(this.#bus)))();
      if (this.#closed) return;
      this.#take(devices);
      this.#faults = faults;
      for (const fault of faults) this.#reportOnce(fault);
    } catch (bug) {
      this.#options.report(bug instanceof Error ? bug : new Error('looking for devices failed'));
    } finally {
      this.#looking = false;
    }
    if (this.#woken) this.#lookIn(settleMs);
    this.#changed();
  }

  #lookIn(delayMs: number): void {
    if (this.#closed) return;
    this.#stopWaiting();
    this.#next = { timer: this.#options.scheduler.setTimeout(() => void this.#look(), delayMs) };
  }

  #stopWaiting(): void {
    if (this.#next !== null) this.#options.scheduler.clearTimeout(this.#next.timer);
    this.#next = null;
  }

  get #hasReader(): boolean {
    return this.reader.connectedPreference < Number.POSITIVE_INFINITY;
  }

  get #usesHidScanner(): boolean {
    const { scanner } = this.#options.config;
    return scanner === 'automatic' || (scanner !== 'none' && isHid(scanner));
  }

  #usesHid(): boolean {
    return this.#usesHidScanner || this.#readers === 'automatic' || this.#readers.some(isHid);
  }

  #wantsSomething(): boolean {
    const best = this.reader.connectedPreference;
    const wantsReader =
      this.#readers === 'automatic'
        ? !this.#hasReader
        : this.#readers.some((named, preference) => isHid(named) && preference < best);
    return wantsReader || (this.#usesHidScanner && this.#scanner?.state.kind !== 'connected');
  }

  #take(devices: readonly PluggedIn[]): void {
    const scanners: [PluggedIn, ScannerModel][] = [];
    for (const device of devices) {
      const { model } = device;
      if (model === null || model.line.kind !== 'hid') continue;
      if (model.role === 'reader') this.#takeReader(device, model);
      else if (model.role === 'scanner') scanners.push([device, model]);
    }
    this.#takeScanner(scanners);
  }

  #takeReader(device: PluggedIn, model: ReaderModel): void {
    const key = keyOf(device);
    const preference =
      this.#readers === 'automatic'
        ? deviceModels.indexOf(model)
        : this.#readers.findIndex((named) => isMeant(named, device));
    if (preference < 0 || this.#found.has(key)) return;
    const reader = this.#newReader(model, hidTransportOf(device, this.#bus));
    this.#found.add(key);
    this.reader.add(reader, preference);
    reader.start();
  }

  /** Takes the first that is meant, and another one in place of one that is gone. */
  #takeScanner(devices: readonly [PluggedIn, ScannerModel][]): void {
    const { scanner } = this.#options.config;
    const meant = devices.filter(
      ([device]) => scanner === 'automatic' || (typeof scanner === 'object' && isMeant(scanner, device)),
    );
    const [first] = meant;
    if (first === undefined || meant.some(([device]) => keyOf(device) === this.#scannerKey)) return;
    if (this.#scanner?.state.kind === 'connected') return;
    void this.#scanner?.close();
    const [device, model] = first;
    this.#scannerKey = keyOf(device);
    this.#scanner = this.#newScanner(model, hidTransportOf(device, this.#bus));
  }

  #namedReader(named: NamedDevice<ReaderModel>): DeviceCardReader | HelperCardReader {
    if (named.model.line.kind !== 'helper') return this.#newReader(named.model, serialTransportOf(named));
    const { scheduler, onListenerThrow } = this.#options;
    return helperReaderOf(named, { scheduler, ...(onListenerThrow && { onListenerThrow }) });
  }

  #newReader(model: ReaderModel, transport: Transport): DeviceCardReader {
    const { config, scheduler, onListenerThrow } = this.#options;
    return new DeviceCardReader({
      transport,
      codec: codecOf(model, config.keys),
      scheduler,
      ...(model.arm && { arm: Uint8Array.from(model.arm) }),
      ...(onListenerThrow && { onListenerThrow }),
    });
  }

  #newScanner(model: ScannerModel, transport: Transport): DeviceScanner {
    const { config, scheduler, onListenerThrow } = this.#options;
    const scanner = new DeviceScanner({
      transport,
      codec: codecOf(model, config.keys),
      scheduler,
      ...(onListenerThrow && { onListenerThrow }),
    });
    scanner.subscribe((event) => this.#options.onScan(event));
    scanner.onState(() => this.#changed());
    scanner.start();
    return scanner;
  }

  #newPinPad(named: Exclude<DeviceConfig['pinPad'], 'screen'>): DevicePinPad {
    const { config, scheduler, pinKeys, onListenerThrow } = this.#options;
    const options = {
      transport: serialTransportOf(named),
      scheduler,
      ...(onListenerThrow && { onListenerThrow }),
    };
    if (named.model.protocol === 'plain-keypad')
      return new PlainKeypad({ ...options, pinKey: () => pinKeys.take(config.pinBlock) });
    if (named.masterKey === undefined) throw new TypeError(`${named.model.id} has no master key`);
    const keys = { masterKey: named.masterKey, pinKey: () => pinKeys.take('iso0-tdes') };
    return named.model.protocol === 'verifone'
      ? new VerifonePinPad({ ...options, ...keys })
      : new CnEscPinPad({ ...options, ...keys });
  }

  #reportOnce(fault: Error): void {
    if (this.#reported.has(fault.message)) return;
    this.#reported.add(fault.message);
    this.#options.report(fault);
  }

  #changed(): void {
    if (this.#closed) return;
    // What was lost may come back as another device.
    if (this.#next === null && !this.#looking && this.#wantsSomething())
      this.#lookIn(lookAgainMs[this.#endWatch === null ? 'unwatched' : 'watched']);
    this.#options.onChange();
  }
}

function namedBeforeVirtual(readers: DeviceConfig['readers']): 'automatic' | readonly NamedDevice<ReaderModel>[] {
  if (readers === 'automatic') return readers;
  const virtual = readers.indexOf('virtual');
  return readers.slice(0, virtual < 0 ? undefined : virtual).filter((named) => named !== 'virtual');
}

function isHid({ model }: NamedDevice<ReaderModel | ScannerModel>): boolean {
  return model.line.kind === 'hid';
}

/** One device, in whichever socket; those of a model without serial numbers are one. */
function keyOf({ model, serialNumber }: PluggedIn): string {
  return `${model?.id} ${serialNumber ?? ''}`;
}

function isMeant({ model, serialNumber }: NamedDevice<ReaderModel | ScannerModel>, device: PluggedIn): boolean {
  return model === device.model && (serialNumber === undefined || serialNumber === device.serialNumber);
}
