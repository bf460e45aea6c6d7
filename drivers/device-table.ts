import { cnEscCommands } from './codec/cn-esc.ts';
import type { CodecName } from './codec/codecs.ts';
import type { HelperDialectName } from './codec/helper-reply.ts';
import { msr605Commands } from './codec/msr605.ts';

/** What a device can do for a counter. `encrypts`: its tracks name no card without its key. */
export type Capability = 'track1' | 'track2' | 'track3' | 'chip' | 'encrypts' | 'codes' | 'pin';

export interface UsbId {
  readonly vendorId: number;
  /** Every product of the vendor when left out. */
  readonly productId?: number;
}

export interface SerialSettings {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** How a model is reached. `usb`: what tells it apart on the bus; a serial device behind a general adapter has none and
 *  must be named in the configuration. `reportBytes`: the length of an input report. `url`: where a vendor's helper service listens. `keyboard`: it types; nothing has to be opened. */
export type DeviceLine =
  | {
      readonly kind: 'hid';
      readonly usb: readonly UsbId[];
      readonly usage?: { readonly page: number; readonly id: number };
      readonly reportBytes: number;
      /** The number of the input reports that count, where the device numbers its reports. */
      readonly reportId?: number;
      /** Feature reports sent after opening; the first byte is the report's id, or 0. */
      readonly initialise?: readonly (readonly number[])[];
    }
  | { readonly kind: 'serial'; readonly usb: readonly UsbId[]; readonly settings: SerialSettings }
  | { readonly kind: 'helper'; readonly dialect: HelperDialectName; readonly url: string }
  | { readonly kind: 'keyboard'; readonly usb: readonly UsbId[] };

interface Row {
  /** The name in the configuration. */
  readonly id: string;
  /** What a person calls it. */
  readonly name: string;
  readonly line: DeviceLine;
  readonly can: readonly Capability[];
  /** Where the knowledge comes from. Nothing here was tried on the device itself unless it says so. */
  readonly source: string;
}

/** Bytes sent at connection and again after each answer, to readers that read only when they are told to. */
export type ReaderModel = Row & {
  readonly role: 'reader';
  readonly codec: CodecName | 'card-line';
  readonly arm?: readonly number[];
};
export type ScannerModel = Row & { readonly role: 'scanner'; readonly codec: 'hid-pos' | 'scanner-text' };
export type PinPadModel = Row & { readonly role: 'pinPad'; readonly protocol: 'verifone' | 'cn-esc' | 'plain-keypad' };
export type DeviceModel = ReaderModel | ScannerModel | PinPadModel;

const n81 = (baudRate: number): SerialSettings => ({ baudRate, dataBits: 8, parity: 'none', stopBits: 1 });
const e71 = (baudRate: number): SerialSettings => ({ baudRate, dataBits: 7, parity: 'even', stopBits: 1 });
const magtek = 0x0801;
const idtech = 0x0acd;

/** The supported devices, a row each, in the order of preference of the automatic choice. */
export const deviceModels: readonly DeviceModel[] = [
  {
    id: 'magtek-hid',
    name: 'MagTek SureSwipe / Dynamag (HID)',
    role: 'reader',
    line: { kind: 'hid', usb: [{ vendorId: magtek, productId: 0x0002 }], reportBytes: 337 },
    codec: 'magtek-337',
    can: ['track1', 'track2', 'track3'],
    source: 'MagTek manual 99875191',
  },
  {
    id: 'magnesafe-hid',
    name: 'MagTek MagneSafe V5 (HID)',
    role: 'reader',
    line: {
      kind: 'hid',
      usb: [0x0011, 0x0013, 0x0014].map((productId) => ({ vendorId: magtek, productId })),
      reportBytes: 856,
    },
    codec: 'magnesafe-856',
    can: ['track1', 'track2', 'track3', 'encrypts'],
    source: 'MagTek manual 99875475, appendix D',
  },
  {
    id: 'idtech-minimag-hid',
    name: 'ID TECH MiniMag II (HID)',
    role: 'reader',
    line: { kind: 'hid', usb: [{ vendorId: idtech, productId: 0x0500 }], reportBytes: 509 },
    codec: 'idtech-minimag',
    can: ['track1', 'track2', 'track3'],
    source: 'ID TECH MiniMag II quick start; product id from the list of Microsoft PointOfService',
  },
  {
    id: 'idtech-securemag-hid',
    name: 'ID TECH SecureMag (HID, encrypting)',
    role: 'reader',
    line: { kind: 'hid', usb: [{ vendorId: idtech, productId: 0x2010 }], reportBytes: 537 },
    codec: 'idtech-encrypted',
    can: ['track1', 'track2', 'track3', 'encrypts'],
    source: 'ID TECH SecureMag manual 80096504; list of Microsoft PointOfService',
  },
  {
    id: 'magtek-keyboard',
    name: 'MagTek (keyboard)',
    role: 'reader',
    line: { kind: 'keyboard', usb: [{ vendorId: magtek, productId: 0x0001 }] },
    codec: 'magnesafe-keyboard',
    can: ['track1', 'track2', 'track3', 'encrypts'],
    source: 'MagTek manual 99875475, page 3',
  },
  {
    id: 'idtech-securemag-keyboard',
    name: 'ID TECH SecureMag (keyboard)',
    role: 'reader',
    line: { kind: 'keyboard', usb: [{ vendorId: idtech, productId: 0x2030 }] },
    codec: 'idtech-text',
    can: ['track1', 'track2', 'track3', 'encrypts'],
    source: 'list of Microsoft PointOfService; ID TECH SecureMag manual',
  },
  {
    id: 'line-reader',
    name: 'Serial card reader',
    role: 'reader',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    codec: 'card-line',
    can: ['track1', 'track2', 'track3', 'chip'],
    source: 'MSR-100 examples; LD/T 33-2015; this program (gongji reader serve)',
  },
  {
    id: 'idtech-serial',
    name: 'ID TECH MiniMag / SecureMag (serial, clear text)',
    role: 'reader',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    codec: 'idtech-text',
    can: ['track1', 'track2', 'track3'],
    source: 'ID TECH SecureHead manual, page 22; BT Mag manual, page 13',
  },
  {
    id: 'idtech-serial-7e1',
    name: 'ID TECH (serial, clear text, 7E1)',
    role: 'reader',
    line: { kind: 'serial', usb: [], settings: e71(9600) },
    codec: 'idtech-text',
    can: ['track1', 'track2', 'track3'],
    source: 'ID TECH serial settings; 7 data bits only where nothing is encrypted',
  },
  {
    id: 'idtech-serial-encrypted',
    name: 'ID TECH SecureMag (serial, encrypting)',
    role: 'reader',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    codec: 'idtech-encrypted',
    can: ['track1', 'track2', 'track3', 'encrypts'],
    source: 'ID TECH SecureMag manual, page 43; Unitech MS246 manual, pages 32-39',
  },
  {
    id: 'msr605',
    name: 'MSR605 / MSR606',
    role: 'reader',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    codec: 'msr605',
    arm: msr605Commands.read,
    can: ['track1', 'track2', 'track3'],
    source: 'libMSRx05',
  },
  {
    id: 'cn-esc-reader',
    name: '磁条读写器（ESC 指令）',
    role: 'reader',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    codec: 'cn-esc',
    arm: cnEscCommands.readAllTracks,
    can: ['track1', 'track2', 'track3'],
    source: 'libzhouyb, MagneticDevAdapter.h; the baud rate is not documented',
  },
  ...(['decard', 'port-12342', 'sichuan', 'dkqapp'] as const).map(
    (dialect): ReaderModel => ({
      id: `helper-${dialect}`,
      name: `社保卡读卡服务 (${dialect})`,
      role: 'reader',
      line: { kind: 'helper', dialect, url: 'ws://127.0.0.1:12342' },
      codec: 'ireadcardbas',
      can: ['chip'],
      source: "the services' public web clients",
    }),
  ),
  {
    id: 'honeywell-hid-scanner',
    name: 'Honeywell / Youjie scanner (HID POS)',
    role: 'scanner',
    line: {
      kind: 'hid',
      usb: [{ vendorId: 0x0c2e }, { vendorId: 0x23d0 }],
      usage: { page: 0x8c, id: 2 },
      reportBytes: 64,
      reportId: 0x02,
      initialise: [[0xfe, 0x01]],
    },
    codec: 'hid-pos',
    can: ['codes'],
    source: 'WebHidBarcodeScanner',
  },
  {
    id: 'hid-pos-scanner',
    name: 'Barcode scanner (HID POS)',
    role: 'scanner',
    line: { kind: 'hid', usb: [], usage: { page: 0x8c, id: 2 }, reportBytes: 64 },
    codec: 'hid-pos',
    can: ['codes'],
    source: 'USB HID POS usage tables 1.02; Access-IS LSR118 manual, page 68',
  },
  {
    id: 'serial-scanner',
    name: 'Serial scanner',
    role: 'scanner',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    codec: 'scanner-text',
    can: ['codes'],
    source: 'WebSerialBarcodeScanner examples',
  },
  {
    id: 'verifone-1000se',
    name: 'VeriFone 1000SE / 101 / 201',
    role: 'pinPad',
    line: { kind: 'serial', usb: [], settings: e71(1200) },
    protocol: 'verifone',
    can: ['pin'],
    source: 'Dunfield PINPAD.TXT',
  },
  {
    id: 'uic-pp791',
    name: 'UIC PP791',
    role: 'pinPad',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    protocol: 'verifone',
    can: ['pin'],
    source: 'UIC PP791 manual, pages 202-246',
  },
  {
    id: 'cn-esc-pinpad',
    name: '密码键盘（ESC 指令）',
    role: 'pinPad',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    protocol: 'cn-esc',
    can: ['pin'],
    source: 'libzhouyb, PSBC and ICBC adapters; the baud rate is not documented',
  },
  {
    id: 'plain-keypad',
    name: '明文数字键盘',
    role: 'pinPad',
    line: { kind: 'serial', usb: [], settings: n81(9600) },
    protocol: 'plain-keypad',
    can: ['pin'],
    source: 'term2.c of zhiliang729/ctest',
  },
];

/** General adapters between USB and a serial line: what hangs on them cannot be told from here. */
export const serialAdapters: readonly (UsbId & { readonly name: string })[] = [
  { vendorId: 0x0403, name: 'FTDI' },
  { vendorId: 0x067b, name: 'Prolific PL2303' },
  { vendorId: 0x10c4, name: 'Silicon Labs CP210x' },
  { vendorId: 0x1a86, name: 'WCH CH340' },
];

export function matchesUsb(id: UsbId, device: { readonly vendorId: number; readonly productId: number }): boolean {
  return id.vendorId === device.vendorId && (id.productId === undefined || id.productId === device.productId);
}
