import { type DeviceModel, deviceModels, type UsbId } from '../../../drivers/device-table.ts';

import type { DeviceConfig } from './device-config.ts';
import type { Inventory, PluggedIn } from './plugged-in.ts';

/** What `gongji devices` prints: what is plugged in, what it was recognised as or why not, and what a counter with this
 *  configuration would use. */
export function devicesText({ devices, faults }: Inventory, config: DeviceConfig): string {
  const lines = devices.flatMap((device) => [`${titleOf(device)}`, `    ${verdictOf(device)}`]);
  const nothing = 'Nothing is plugged in that could be a reader, a scanner or a PIN pad.';
  return [
    ...(lines.length === 0 ? [nothing] : ['Plugged in:', ...lines.map((line) => `  ${line}`)]),
    ...faults.map(({ message }) => `Could not look everywhere. ${message}`),
    '',
    'A counter here uses:',
    `  reader   ${readersText(config, devices)}`,
    `  scanner  ${scannerText(config, devices)}`,
    `  PIN pad  ${config.pinPad === 'screen' ? 'the one on the screen' : `${namedText(config.pinPad)}, else the one on the screen`}`,
    '  Readers and scanners in keyboard mode are listened to as they type.',
  ].join('\n');
}

/** The same for programs. Ids are numbers. */
export function devicesJson({ devices, faults }: Inventory): string {
  return JSON.stringify({
    devices: devices.map(({ model, ...device }) => ({
      ...device,
      model: model?.id ?? null,
      role: model?.role ?? null,
    })),
    faults: faults.map(({ code, message }) => ({ code, message })),
  });
}

/** What `gongji devices models` prints: the table of supported devices. */
export function modelsText(): string {
  return deviceModels
    .map(({ id, name, role, line, can, source }) =>
      [
        `${id}  ${name}`,
        `    ${roleWords[role]}, ${lineText(line)}; ${can.join(', ')}`,
        `    known from: ${source}`,
      ].join('\n'),
    )
    .join('\n');
}

const roleWords = { reader: 'card reader', scanner: 'scanner', pinPad: 'PIN pad' } as const;

function lineText(line: DeviceModel['line']): string {
  switch (line.kind) {
    case 'hid':
      return `HID ${'usage' in line && line.usb.length === 0 ? `usage page ${hex4(line.usage.page)}` : idsText(line.usb)}`;
    case 'keyboard':
      return `types as a keyboard, ${idsText(line.usb)}`;
    case 'helper':
      return `helper service, ${line.url}`;
    case 'serial': {
      const { baudRate, dataBits, parity, stopBits } = line.settings;
      return `serial ${baudRate} ${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`;
    }
  }
}

const hex4 = (value: number) => value.toString(16).padStart(4, '0');
const idsText = (ids: readonly UsbId[]) =>
  ids
    .map(({ vendorId, productId }) => `${hex4(vendorId)}:${productId === undefined ? '*' : hex4(productId)}`)
    .join(', ');

function titleOf({ bus, path, vendorId, productId, serialNumber, name }: PluggedIn): string {
  const id = vendorId === undefined || productId === undefined ? '' : `${hex4(vendorId)}:${hex4(productId)}  `;
  const serial = serialNumber ? `, serial number ${serialNumber}` : '';
  return `${bus === 'hid' ? 'HID' : 'serial'}  ${path}  ${id}${name}${serial}`;
}

function verdictOf({ model, note }: PluggedIn): string {
  if (model === null) return `not used: ${note ?? 'not in the table of supported devices'}`;
  return `${model.id} (${roleWords[model.role]}): ${note ?? model.name}`;
}

function readersText({ readers }: DeviceConfig, devices: readonly PluggedIn[]): string {
  // The virtual one is always there: nothing after it is used.
  if (readers !== 'automatic')
    return readers
      .slice(0, readers.indexOf('virtual') + 1 || undefined)
      .map(namedText)
      .join(', else ');
  const found = devices.flatMap(({ model }) =>
    model?.role === 'reader' && model.line.kind === 'hid' ? [model.id] : [],
  );
  return [...new Set(found), 'virtual'].join(', else ');
}

function scannerText({ scanner }: DeviceConfig, devices: readonly PluggedIn[]): string {
  if (typeof scanner === 'object') return namedText(scanner);
  const found = devices.find(({ model }) => model?.role === 'scanner');
  return scanner === 'none' || found?.model == null ? 'none' : found.model.id;
}

function namedText(named: 'virtual' | { readonly model: DeviceModel; readonly port?: string | undefined }): string {
  if (named === 'virtual') return named;
  return named.port === undefined ? named.model.id : `${named.model.id} at ${named.port}`;
}
