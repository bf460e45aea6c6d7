import { DeviceCardReader } from '../../../drivers/device-card-reader.ts';
import type { LinkState } from '../../../drivers/device-link.ts';
import { deviceModels, type ReaderModel, type ScannerModel } from '../../../drivers/device-table.ts';
import type { HelperCardReader } from '../../../drivers/helper/helper-card-reader.ts';
import { CnEscPinPad } from '../../../drivers/pinpad/cn-esc-pin-pad.ts';
import type { DevicePinPad } from '../../../drivers/pinpad/device-pin-pad.ts';
import { PlainKeypad } from '../../../drivers/pinpad/plain-keypad.ts';
import { VerifonePinPad } from '../../../drivers/pinpad/verifone-pin-pad.ts';
import { DeviceScanner } from '../../../drivers/scanner/device-scanner.ts';
import type { Scheduler } from '../../../drivers/scheduler.ts';
import { watchFolder } from '../../../drivers/serial/device-watch.ts';
import type { DeviceFault, Transport } from '../../../drivers/transport.ts';
import type { DeviceView, StatusView } from '../../ipc/view.ts';
import type { CardReader } from '../../ports/card-reader.ts';
import type { ScannerEvent } from '../../ports/scanner.ts';
import type { DeviceConfig, NamedDevice } from './device-config.ts';
import { codecOf, helperReaderOf, hidTransportOf, serialTransportOf } from './open-device.ts';
import { type Inventory, type PluggedIn, takeInventory } from './plugged-in.ts';
import { type LinkedReader, ReaderChoice } from './reader-choice.ts';

/** The keys that PIN pads seal with; see `LocalDesk`. */
interface PinKeys {
  pinBlockKey(): Uint8Array;
  pinBlockTdesKey(): Uint8Array;
}

export interface CounterDevicesOptions {
  readonly config: DeviceConfig;
  readonly scheduler: Scheduler;
  /** Stays its owner's. */
  readonly virtual: CardReader;
  readonly pinKeys: PinKeys;
  /** What is plugged in; a test tells its own. */
  readonly inventory?: () => Promise<Inventory>;
  /** A chip on the screen has changed. */
  onChange(): void;
  onScan(event: ScannerEvent): void;
  /** Gets what keeps devices from being found or used, each once. */
  report(fault: Error): void;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** Between two looks for devices that are wanted and not there. Where folders can be watched the looking is woken by
 *  them, and this is only in case one was missed; enumerating is not free (each look asks every USB device). */
const lookAgainMs = process.platform === 'linux' ? 10_000 : 3_000;
/** After a node has appeared: its permissions are set a moment later. */
const settleMs = 300;

/** The devices of one counter, from its configuration: connects those that are named, looks for those that are not, and
 *  chooses the reader. Begins at once. */
export class CounterDevices {
  readonly reader: ReaderChoice;
  readonly pinPad: DevicePinPad | null;
  readonly #options: CounterDevicesOptions;
  readonly #found = new Map<string, LinkedReader>();
  readonly #reported = new Set<string>();
  readonly #endWatch: () => void;
  #scanner: DeviceScanner | null = null;
  #faults: readonly DeviceFault[] = [];
  #next: { readonly timer: unknown } | null = null;
  #looking = false;
  #closed = false;

  constructor(options: CounterDevicesOptions) {
    this.#options = options;
    const { config, scheduler, virtual } = options;
    const hasVirtual = config.readers === 'automatic' || config.readers.includes('virtual');
    this.reader = new ReaderChoice({
      scheduler,
      virtual: hasVirtual ? virtual : null,
      ...(options.onListenerThrow && { onListenerThrow: options.onListenerThrow }),
    });
    this.reader.onChange(() => this.#changed());
    for (const [preference, named] of (config.readers === 'automatic' ? [] : config.readers).entries()) {
      if (named === 'virtual' || named.model.line.kind === 'hid') continue;
      const reader = this.#namedReader(named);
      this.reader.add(reader, preference);
      reader.start();
    }
    if (typeof config.scanner === 'object' && config.scanner.model.line.kind === 'serial')
      this.#scanner = this.#newScanner(config.scanner.model, serialTransportOf(config.scanner));
    this.pinPad = config.pinPad === 'screen' ? null : this.#newPinPad(config.pinPad);
    this.pinPad?.onState(() => this.#changed());
    this.#endWatch =
      watchFolder('/dev', (name) => {
        if (name === null || name.startsWith('hidraw')) this.#lookIn(settleMs);
      }) ?? (() => undefined);
    void this.#look();
  }

  /** What the chips on the screen say. */
  get view(): Pick<StatusView, 'reader' | 'pinPad' | 'scanner'> {
    const { reader } = this;
    const trouble = reader.isVirtual ? (this.#faults[0]?.message ?? null) : null;
    return {
      reader: { ...reader.view, note: reader.view.note ?? trouble },
      pinPad: this.pinPad === null ? null : viewOf({ kind: 'serial', name: this.pinPad.info.name }, this.pinPad.state),
      scanner: this.#scanner === null ? null : viewOf(this.#scanner.info, this.#scanner.state),
    };
  }

  /** No reader is exchanged while a sale goes on. */
  hold(midSale: boolean): void {
    this.reader.hold(midSale);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endWatch();
    this.#stopWaiting();
    await Promise.all([this.reader.close(), this.pinPad?.close(), this.#scanner?.close()]);
  }

  /** Looks for devices that are wanted and not connected. */
  async #look(): Promise<void> {
    this.#stopWaiting();
    if (this.#closed || this.#looking || !this.#wantsSomething()) return;
    this.#looking = true;
    try {
      const { devices, faults } = await (this.#options.inventory ?? takeInventory)();
      if (this.#closed) return;
      this.#take(devices);
      this.#faults = faults;
      for (const fault of faults) this.#reportOnce(fault);
    } catch (bug) {
      this.#options.report(bug instanceof Error ? bug : new Error('looking for devices failed'));
    } finally {
      this.#looking = false;
    }
    this.#changed();
    if (this.#wantsSomething()) this.#lookIn(lookAgainMs);
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

  #wantsSomething(): boolean {
    const { readers, scanner } = this.#options.config;
    const hidReaders = readers === 'automatic' || readers.some((named) => isHid(named));
    const hidScanner = scanner === 'automatic' || (typeof scanner === 'object' && isHid(scanner));
    return (hidReaders && !this.reader.hasConnected) || (hidScanner && this.#scanner?.state.kind !== 'connected');
  }

  #take(devices: readonly PluggedIn[]): void {
    for (const device of devices) {
      const { model } = device;
      if (model === null || model.line.kind !== 'hid') continue;
      if (model.role === 'reader') this.#takeReader(device, model);
      else if (model.role === 'scanner') this.#takeScanner(device, model);
    }
  }

  #takeReader(device: PluggedIn, model: ReaderModel): void {
    const { readers } = this.#options.config;
    const key = `${model.id} ${device.serialNumber ?? ''}`;
    const preference =
      readers === 'automatic'
        ? deviceModels.indexOf(model)
        : readers.findIndex((named) => named !== 'virtual' && isMeant(named, device));
    if (preference < 0 || this.#found.has(key)) return;
    const reader = this.#newReader(model, hidTransportOf(device));
    this.#found.set(key, reader);
    this.reader.add(reader, preference);
    reader.start();
  }

  #takeScanner(device: PluggedIn, model: ScannerModel): void {
    const { scanner } = this.#options.config;
    const isWanted = scanner === 'automatic' || (typeof scanner === 'object' && isMeant(scanner, device));
    if (isWanted && this.#scanner === null) this.#scanner = this.#newScanner(model, hidTransportOf(device));
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
    const { scheduler, pinKeys, onListenerThrow } = this.#options;
    const options = {
      transport: serialTransportOf(named),
      scheduler,
      ...(onListenerThrow && { onListenerThrow }),
    };
    if (named.model.protocol === 'plain-keypad')
      return new PlainKeypad({ ...options, pinBlockKey: pinKeys.pinBlockKey });
    if (named.masterKey === undefined) throw new TypeError(`${named.model.id} has no master key`);
    const keys = { masterKey: named.masterKey, sessionKey: pinKeys.pinBlockTdesKey };
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
    if (!this.#closed) this.#options.onChange();
  }
}

function isHid(named: NamedDevice<ReaderModel | ScannerModel> | 'virtual'): boolean {
  return named !== 'virtual' && named.model.line.kind === 'hid';
}

function isMeant({ model, serialNumber }: NamedDevice<ReaderModel | ScannerModel>, device: PluggedIn): boolean {
  return model === device.model && (serialNumber === undefined || serialNumber === device.serialNumber);
}

function viewOf({ kind, name }: Pick<DeviceView, 'kind' | 'name'>, state: LinkState): DeviceView {
  if (state.kind === 'connected') return { kind, name, state: 'connected', note: null };
  return { kind, name, state: state.kind, note: state.fault?.message ?? null };
}
