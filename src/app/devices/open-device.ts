import { cardLineCodec } from '../../../drivers/codec/card-line.ts';
import { codecs } from '../../../drivers/codec/codecs.ts';
import type { Codec, Decoded } from '../../../drivers/codec/decoded.ts';
import type { DukptKey } from '../../../drivers/codec/dukpt.ts';
import { helperDialects } from '../../../drivers/codec/helper-reply.ts';
import { createIdtechEncryptedCodec } from '../../../drivers/codec/idtech-encrypted.ts';
import { createMagnesafe856Codec } from '../../../drivers/codec/magnesafe-856.ts';
import type { DeviceModel, ReaderModel, ScannerModel } from '../../../drivers/device-table.ts';
import { HelperCardReader, type HelperCardReaderOptions } from '../../../drivers/helper/helper-card-reader.ts';
import type { HidBus } from '../../../drivers/hid/hid-bus.ts';
import { createHidTransport } from '../../../drivers/hid/hid-transport.ts';
import { serialPortFinder } from '../../../drivers/serial/serial-ports.ts';
import { createSerialTransport } from '../../../drivers/serial/serial-transport.ts';
import type { Transport } from '../../../drivers/transport.ts';
import type { NamedDevice } from './device-config.ts';
import type { PluggedIn } from './plugged-in.ts';

/** The way to a serial device that the configuration names. */
export function serialTransportOf({ model, port, settings }: NamedDevice<DeviceModel>): Transport {
  if (model.line.kind !== 'serial') throw new TypeError(`${model.id} is not a serial device`);
  const changed = Object.fromEntries(Object.entries(settings ?? {}).filter(([, value]) => value !== undefined));
  return createSerialTransport({
    name: model.name,
    settings: { ...model.line.settings, ...changed },
    ...serialPortFinder({ path: port ?? '' }),
  });
}

/** The way to a HID device that was found. Where it has a serial number it is told apart by that, so that it is found
 *  again in another socket; else any of its kind will do. */
export function hidTransportOf(found: PluggedIn, bus?: HidBus): Transport {
  const { model, vendorId, productId, serialNumber } = found;
  if (model?.line.kind !== 'hid' || vendorId === undefined || productId === undefined)
    throw new TypeError(`${found.name} is not a HID device of the table`);
  const { usage, initialise, reportBytes } = model.line;
  return createHidTransport({
    name: model.name,
    match: {
      usb: [{ vendorId, productId }],
      ...(usage === undefined ? {} : { usagePage: usage.page, usage: usage.id }),
      ...(serialNumber === undefined ? {} : { serialNumber }),
    },
    reportBytes,
    ...(model.line.reportId === undefined ? {} : { reportId: model.line.reportId }),
    ...(initialise === undefined ? {} : { initialise }),
    ...(bus && { bus }),
  });
}

/** The codec of a reader or scanner, with the keys that a developer configured for encrypting ones. */
export function codecOf(model: ReaderModel | ScannerModel, keys: readonly DukptKey[]): Codec {
  switch (model.codec) {
    case 'card-line':
      return cardLineCodec;
    case 'magnesafe-856':
      return createMagnesafe856Codec(keys);
    case 'idtech-encrypted':
      return createIdtechEncryptedCodec(keys);
    default:
      return codecs[model.codec];
  }
}

/** The reader behind a vendor's helper service. `see` gets every answer that is not "no card yet". */
export function helperReaderOf(
  { model, url, request }: NamedDevice<ReaderModel>,
  options: Pick<HelperCardReaderOptions, 'scheduler' | 'onListenerThrow'>,
  see: (decoded: Decoded) => void = () => undefined,
): HelperCardReader {
  if (model.line.kind !== 'helper') throw new TypeError(`${model.id} is not a helper service`);
  const dialect = helperDialects[model.line.dialect];
  return new HelperCardReader({
    ...options,
    name: model.name,
    url: url ?? model.line.url,
    // Whoever names an address means that machine.
    allowRemote: url !== undefined,
    dialect: {
      request: request ?? dialect.request,
      decode: (text) => {
        const answer = dialect.decode(text);
        if (!('waiting' in answer)) see(answer);
        return answer;
      },
    },
  });
}
