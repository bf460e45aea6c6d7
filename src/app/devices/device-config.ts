import { readFileSync, type Stats, statSync } from 'node:fs';
import { z } from 'zod';
import type { DukptKey } from '../../../drivers/codec/dukpt.ts';
import {
  deviceModels,
  type PinPadModel,
  type ReaderModel,
  type ScannerModel,
  type SerialSettings,
} from '../../../drivers/device-table.ts';
import { secret } from '../../domain/secret.ts';
import { type PinBlockFormat, pinBlockFormats } from '../../ports/pin-pad.ts';
import { LocatedYaml, type YamlPath, type YamlProblem } from '../located-yaml.ts';
import { DeviceInputError } from './device-input-error.ts';

/** A device that the configuration names. `port`: of serial models, a path such as /dev/ttyUSB0 or COM3. `serialNumber`:
 *  which of several alike. */
export interface NamedDevice<Model> {
  readonly model: Model;
  readonly port?: string | undefined;
  readonly serialNumber?: string | undefined;
  /** Of helper services: where it listens, and what asks it for a card where that needs keys of its own. */
  readonly url?: string | undefined;
  readonly request?: string | undefined;
  readonly settings?: { readonly [name in keyof SerialSettings]?: SerialSettings[name] | undefined } | undefined;
  /** Of PIN pads: the master key that was loaded into it, 16 bytes. */
  readonly masterKey?: Uint8Array | undefined;
}

/** Which devices a counter uses. `readers` in order of preference; `virtual` stands for the virtual reader: without it
 *  there is no falling back to it, and what comes after it is never used, because it is always there. `automatic`: whatever
 *  of the table is plugged in. */
export interface DeviceConfig {
  readonly readers: 'automatic' | readonly (NamedDevice<ReaderModel> | 'virtual')[];
  readonly pinPad: 'screen' | NamedDevice<PinPadModel>;
  /** What this program's own pads seal: the screen's, and a keypad that sends its keys in clear. Hardware pads seal format
   *  0 under TDES, whatever stands here. */
  readonly pinBlock: PinBlockFormat;
  readonly scanner: 'automatic' | 'none' | NamedDevice<ScannerModel>;
  /** Where the kiosk serves its deck as a serial reader to another program, as a symbolic link to a pseudo-terminal; the
   *  deck's swipes go there and no longer to this counter. Null: they go to this counter. */
  readonly serve: string | null;
  /** Keys of encrypting readers, for developers' own test devices. */
  readonly keys: readonly DukptKey[];
}

const automaticDevices: DeviceConfig = {
  readers: 'automatic',
  pinPad: 'screen',
  pinBlock: 'iso4-aes128',
  scanner: 'automatic',
  serve: null,
  keys: [],
};

/** The formats of all PIN blocks that the pads of this counter may give. */
export function pinBlockFormatsOf({ pinPad, pinBlock }: DeviceConfig): readonly PinBlockFormat[] {
  const isHardware = pinPad !== 'screen' && pinPad.model.protocol !== 'plain-keypad';
  return [...new Set<PinBlockFormat>([pinBlock, ...(isHardware ? (['iso0-tdes'] as const) : [])])];
}

const fileBytesMax = 65_536;

/** The configuration in `path`; without a path the automatic one.
 *  Errors: `DeviceInputError` with a line for each problem, `FILE:LINE: readers.0.model: expected …`, or for a file that
 *  cannot be read. */
export function readDeviceConfig(path: string | undefined): DeviceConfig {
  if (path === undefined) return automaticDevices;
  return parseDeviceConfig(readText(path), path);
}

function readText(path: string): string {
  try {
    const problem = fileProblem(statSync(path));
    if (problem !== null) throw new DeviceInputError(`${path}: ${problem}`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof DeviceInputError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const what =
      code === 'ENOENT' ? 'there is no such file; it names the devices of a counter' : `cannot be read: ${code}`;
    throw new DeviceInputError(`${path}: ${what}`, { cause });
  }
}

function fileProblem(stats: Stats): string | null {
  // A folder is refused by the reading itself; a device might never end.
  if (!stats.isFile() && !stats.isDirectory()) return 'expected a file';
  return stats.size > fileBytesMax ? `expected at most ${fileBytesMax} bytes, got ${stats.size}` : null;
}

export function parseDeviceConfig(text: string, file: string): DeviceConfig {
  const reader = new ConfigReader(text);
  const config = reader.read();
  if (config !== null) return config;
  const inOrder = reader.problems.toSorted((a, b) => a.line - b.line);
  throw new DeviceInputError(
    inOrder.map(({ line, path, text: what }) => `${file}:${line}: ${path === '' ? '' : `${path}: `}${what}`).join('\n'),
  );
}

type Role = (typeof deviceModels)[number]['role'];
type ModelOf<R extends Role> = Extract<(typeof deviceModels)[number], { readonly role: R }>;

// Every message in a schema is a noun phrase: the reporter puts "expected" before it and what was found behind it.
const text = (what: string) => z.string({ error: what }).trim().min(1, { error: what });
const keyText = 'a key of 32 hexadecimal digits, in quotes';
const prefixText = 'up to 20 hexadecimal digits with which the key serial numbers begin, in quotes';
const keyDigits = z.string({ error: keyText }).regex(/^[0-9a-fA-F]{32}$/, { error: keyText });
const key = keyDigits.transform((digits) => new Uint8Array(Buffer.from(digits, 'hex')));
const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `one of ${keys}` : `a mapping with ${keys}`),
  });
};

const topShape = z.looseObject(
  {
    readers: z.unknown().optional(),
    pinPad: z.unknown().optional(),
    pinBlock: z.unknown().optional(),
    scanner: z.unknown().optional(),
    serve: z.unknown().optional(),
    keys: z.unknown().optional(),
  },
  { error: 'a mapping with readers, pinPad, pinBlock, scanner, serve, keys' },
);
const keysShape = z.array(
  strict({
    ksnPrefix: z
      .string({ error: prefixText })
      .regex(/^[0-9a-fA-F]{0,20}$/, { error: prefixText })
      .default(''),
    kind: z.enum(['base', 'initial'], { error: 'base or initial' }),
    key: keyDigits.transform((digits) => secret(digits)),
  }),
  { error: 'a list of mappings with ksnPrefix, kind, key' },
);
const pinBlockShape = z.enum(pinBlockFormats, { error: pinBlockFormats.join(', ').replace(/, (?=[^,]*$)/, ' or ') });
const deviceShape = {
  model: text("a model's name"),
  port: text('a port such as /dev/ttyUSB0 or COM3').optional(),
  serialNumber: text('a serial number, in quotes').optional(),
  url: z
    .string({ error: 'a ws:// address' })
    .regex(/^wss?:\/\/\S+$/, { error: 'a ws:// address' })
    .optional(),
  request: text('the text that asks the service for a card').optional(),
  settings: strict({
    baudRate: z.int({ error: 'a baud rate such as 9600' }).min(50, { error: 'a baud rate such as 9600' }).optional(),
    dataBits: z.union([z.literal(7), z.literal(8)], { error: '7 or 8' }).optional(),
    parity: z.enum(['none', 'even', 'odd'], { error: 'none, even or odd' }).optional(),
    stopBits: z.union([z.literal(1), z.literal(2)], { error: '1 or 2' }).optional(),
  }).optional(),
};
const plainDevice = strict(deviceShape);
const keyedDevice = strict({ ...deviceShape, masterKey: key.optional() });
type SaidDevice = z.infer<typeof keyedDevice>;

/** Reads one text and collects what is wrong with it, so that all problems are told at once. */
class ConfigReader {
  readonly problems: YamlProblem[] = [];
  readonly #yaml: LocatedYaml;
  /** Who has which port. */
  readonly #ports = new Map<string, string>();

  constructor(source: string) {
    this.#yaml = new LocatedYaml(source);
  }

  read(): DeviceConfig | null {
    this.problems.push(...this.#yaml.syntaxProblems());
    if (this.problems.length > 0) return null;
    const top = this.#value(topShape, this.#yaml.value() ?? {}, []);
    if (top === null || this.problems.length > 0) return null;
    const keys = Object.keys(topShape.shape);
    for (const key of Object.keys(top).filter((said) => !keys.includes(said)))
      this.#report([key], `unknown key: expected one of ${keys.join(', ')}`);
    const config: DeviceConfig = {
      readers: this.#readers(top.readers ?? 'automatic'),
      pinPad: this.#pinPad(top.pinPad ?? 'screen'),
      pinBlock: this.#value(pinBlockShape, top.pinBlock ?? automaticDevices.pinBlock, ['pinBlock']) ?? 'iso4-aes128',
      scanner: this.#scanner(top.scanner ?? 'automatic'),
      serve: this.#value(text('a path such as /tmp/gongji-reader').nullable(), top.serve ?? null, ['serve']),
      keys: this.#value(keysShape, top.keys ?? [], ['keys']) ?? [],
    };
    return this.problems.length === 0 ? config : null;
  }

  #readers(raw: unknown): DeviceConfig['readers'] {
    if (raw === 'automatic') return raw;
    if (!Array.isArray(raw) || raw.length === 0) {
      this.#report(['readers'], 'expected automatic, or a list of virtual and of mappings with model', true);
      return 'automatic';
    }
    return raw.flatMap((item: unknown, index): (NamedDevice<ReaderModel> | 'virtual')[] => {
      if (item === 'virtual') return ['virtual'];
      if (typeof item === 'string') this.#report(['readers', index], 'expected virtual, or a mapping with model', true);
      const device = typeof item === 'string' ? null : this.#device(item, 'reader', plainDevice, ['readers', index]);
      return device === null ? [] : [device];
    });
  }

  #pinPad(raw: unknown): DeviceConfig['pinPad'] {
    if (raw === 'screen') return raw;
    const device = this.#device(raw, 'pinPad', keyedDevice, ['pinPad']);
    if (device === null) return 'screen';
    if (device.model.protocol !== 'plain-keypad' && device.masterKey === undefined) {
      const why = `${device.model.id} gets its session key under the master key that was loaded into it`;
      this.#report(['pinPad'], `expected masterKey, ${keyText}: ${why}`);
    }
    return device;
  }

  #scanner(raw: unknown): DeviceConfig['scanner'] {
    if (raw === 'automatic' || raw === 'none') return raw;
    return this.#device(raw, 'scanner', plainDevice, ['scanner']) ?? 'none';
  }

  #device<R extends Role>(
    raw: unknown,
    role: R,
    shape: z.ZodType<SaidDevice>,
    path: YamlPath,
  ): NamedDevice<ModelOf<R>> | null {
    const said = this.#value(shape, raw, path);
    if (said === null) return null;
    const models = deviceModels.filter((model): model is ModelOf<R> => model.role === role);
    const model = models.find(({ id }) => id === said.model);
    if (model === undefined) {
      this.#report([...path, 'model'], `expected one of ${models.map(({ id }) => id).join(', ')}`, true);
      return null;
    }
    const misplaced = misplacedKey(model, said) ?? this.#takenPort(said, path);
    if (misplaced === null) return { ...said, model };
    this.#report([...path, misplaced.key], misplaced.text);
    return null;
  }

  /** Of two that share a port the one would win that is opened first: today this one, tomorrow that one. */
  #takenPort({ port }: SaidDevice, path: YamlPath): Misplaced | null {
    if (port === undefined) return null;
    const owner = this.#ports.get(port);
    if (owner !== undefined) return { key: 'port', text: `expected a port of its own: ${owner} has ${port}` };
    this.#ports.set(port, path.join('.'));
    return null;
  }

  #value<T>(shape: z.ZodType<T>, raw: unknown, path: YamlPath): T | null {
    const parsed = shape.safeParse(raw);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const at = [...path, ...issue.path.filter((step) => typeof step !== 'symbol')];
      if (issue.code === 'unrecognized_keys')
        for (const unknownKey of issue.keys)
          this.#report([...at, unknownKey], `unknown key: expected ${issue.message}`);
      // What stands where a key should is not repeated: it may be the key with a typing error.
      else this.#report(at, `expected ${issue.message}`, issue.message !== keyText);
    }
    return null;
  }

  #report(path: YamlPath, what: string, withGot = false): void {
    const got = withGot ? `, got ${this.#yaml.gotAt(path)}` : '';
    this.problems.push({ line: this.#yaml.lineOf(path), path: path.join('.'), text: `${what}${got}` });
  }
}

interface Misplaced {
  readonly key: keyof SaidDevice;
  readonly text: string;
}

/** A key that this model cannot have or cannot do without. */
function misplacedKey(model: (typeof deviceModels)[number], said: SaidDevice): Misplaced | null {
  const isSerial = model.line.kind === 'serial';
  if (isSerial && said.port === undefined)
    return { key: 'port', text: `expected a port such as /dev/ttyUSB0 or COM3: ${model.id} is a serial device` };
  if (!isSerial && said.port !== undefined)
    return { key: 'port', text: `expected no port: ${model.id} is not a serial device` };
  if (!isSerial && said.settings !== undefined)
    return { key: 'settings', text: `expected no settings: ${model.id} is not a serial device` };
  for (const key of ['url', 'request'] as const) {
    if (model.line.kind !== 'helper' && said[key] !== undefined)
      return { key, text: `expected no ${key}: ${model.id} is not a helper service` };
  }
  if (model.line.kind === 'keyboard')
    return { key: 'model', text: `expected no keyboard reader: what types is always listened to` };
  return null;
}
