import { type DeviceModel, deviceModels, matchesUsb, serialAdapters } from '../../../drivers/device-table.ts';
import { type HidBus, type HidDevice, listHidDevices } from '../../../drivers/hid/hid-bus.ts';
import { listSerialPorts, type SerialPortInfo } from '../../../drivers/serial/serial-ports.ts';
import { DeviceFault } from '../../../drivers/transport.ts';

/** A device that is plugged in, and what the table makes of it. `note` says why it is not used, or what must be done. */
export interface PluggedIn {
  readonly bus: 'hid' | 'serial';
  readonly path: string;
  readonly vendorId?: number;
  readonly productId?: number;
  readonly serialNumber?: string;
  /** As the device calls itself. */
  readonly name: string;
  readonly model: DeviceModel | null;
  readonly note: string | null;
}

/** What is plugged in, and what could not be looked at. */
export interface Inventory {
  readonly devices: readonly PluggedIn[];
  readonly faults: readonly DeviceFault[];
}

export async function takeInventory(bus?: HidBus): Promise<Inventory> {
  const faults: DeviceFault[] = [];
  const orNone = async <T>(listing: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await listing;
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault;
      faults.push(fault);
      return [];
    }
  };
  const [hid, serial] = await Promise.all([orNone(listHidDevices(bus)), orNone(listSerialPorts())]);
  return { devices: [...recognisedHid(hid), ...serial.map(recognisedSerial)], faults };
}

/** The HID devices by path: a device with several collections is the one that the table knows best. */
export function recognisedHid(devices: readonly HidDevice[]): readonly PluggedIn[] {
  const byPath = new Map<string, PluggedIn>();
  for (const device of devices) {
    const found = recognisedCollection(device);
    const before = byPath.get(device.path);
    if (before === undefined || (before.model === null && found.model !== null)) byPath.set(device.path, found);
  }
  return [...byPath.values()];
}

function recognisedCollection(device: HidDevice): PluggedIn {
  const { path, vendorId, productId, serialNumber, product, manufacturer } = device;
  const model =
    deviceModels.find(({ line }) => {
      if (line.kind === 'keyboard') return line.usb.some((id) => matchesUsb(id, device));
      if (line.kind !== 'hid') return false;
      const isUsb = line.usb.length === 0 || line.usb.some((id) => matchesUsb(id, device));
      const isUse = !('usage' in line) || (device.usagePage === line.usage.page && device.usage === line.usage.id);
      return isUsb && isUse;
    }) ?? null;
  return {
    bus: 'hid',
    path,
    vendorId,
    productId,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    name: [manufacturer, product].filter((text) => text?.trim()).join(' ') || '(no name)',
    model,
    note:
      model !== null
        ? model.line.kind === 'keyboard'
          ? 'it types like a keyboard: it is listened to without being opened'
          : null
        : whyNotHid(device),
  };
}

const desktopPage = 0x01;
const keyboardUsage = 0x06;

function whyNotHid({ usagePage, usage }: HidDevice): string {
  if (usagePage === desktopPage && usage === keyboardUsage)
    return 'a keyboard: a reader or scanner in keyboard mode is listened to as it types';
  return 'not in the table of supported devices';
}

export function recognisedSerial(port: SerialPortInfo): PluggedIn {
  const { path, serialNumber, manufacturer, product } = port;
  const [vendorId, productId] = [numberOf(port.vendorId), numberOf(port.productId)];
  const usb = vendorId === null || productId === null ? null : { vendorId, productId };
  const model =
    usb === null
      ? null
      : (deviceModels.find(({ line }) => line.kind === 'serial' && line.usb.some((id) => matchesUsb(id, usb))) ?? null);
  const adapter = usb === null ? undefined : serialAdapters.find((id) => matchesUsb(id, usb));
  return {
    bus: 'serial',
    path,
    ...(usb ?? {}),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    name: [manufacturer, product].filter((text) => text?.trim()).join(' ') || adapter?.name || 'serial port',
    model,
    note:
      model !== null
        ? null
        : `${adapter === undefined ? 'a serial line' : `a serial adapter (${adapter.name})`}: what hangs on it cannot be told; name it in devices.yaml with port: ${path}`,
  };
}

function numberOf(hex: string | undefined): number | null {
  return hex === undefined ? null : Number.parseInt(hex, 16);
}
