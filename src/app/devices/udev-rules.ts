import { deviceModels, serialAdapters, type UsbId } from '../../../drivers/device-table.ts';

/** Makers of scanners with a HID POS mode: udev cannot ask for a usage page. */
const hidScannerVendors: readonly (UsbId & { readonly name: string })[] = [
  { vendorId: 0x05e0, name: 'Symbol / Zebra' },
  { vendorId: 0x05f9, name: 'Datalogic' },
];

/** The udev rules that let who sits at the seat, and the groups `plugdev` and `dialout`, open the table's HID devices and every
 *  serial adapter; printed by `gongji devices udev`. */
export function udevRules(): string {
  const hex = (value: number) => value.toString(16).padStart(4, '0');
  const of = (subsystem: string, { vendorId, productId }: UsbId) =>
    [
      `SUBSYSTEM=="${subsystem}"`,
      `ATTRS{idVendor}=="${hex(vendorId)}"`,
      ...(productId === undefined ? [] : [`ATTRS{idProduct}=="${hex(productId)}"`]),
      `MODE="0660", GROUP="${subsystem === 'tty' ? 'dialout' : 'plugdev'}", TAG+="uaccess"`,
    ].join(', ');
  const lines = deviceModels.flatMap(({ name, line }): string[] => {
    if (line.kind === 'helper' || line.kind === 'keyboard' || line.usb.length === 0) return [];
    return [`# ${name}`, ...line.usb.map((id) => of(line.kind === 'hid' ? 'hidraw' : 'tty', id))];
  });
  const scanners = hidScannerVendors.flatMap(({ name, ...id }) => [`# ${name} scanners`, of('hidraw', id)]);
  const adapters = serialAdapters.flatMap(({ name, ...id }) => [`# ${name} serial adapters`, of('tty', id)]);
  return [
    '# Card readers, scanners and PIN pads of Gongji Terminal. Save as /etc/udev/rules.d/70-gongji-terminal.rules, then:',
    '#   sudo udevadm control --reload && sudo udevadm trigger',
    ...lines,
    ...scanners,
    ...adapters,
  ].join('\n');
}
