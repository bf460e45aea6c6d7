/** What must not be found, and what it is called in a report. */
export interface KnownSecret {
  readonly what: string;
  readonly text: string;
}

/** A secret as it might lie about: in one way of writing it down. */
interface Trace {
  readonly what: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shorter patterns are found by chance in keys and sealed numbers. */
const sureBytesMin = 6;
/** Six digits inside a number longer than this are more likely a part of a time or an id than a PIN. */
const digitRunMax = 8;
/** Of so many PINs one may be found by chance, but not each of them. */
const pinsMin = 3;

/** Looks for secrets in the bytes of a place, such as a file. `leaksIn` gives a line for each way in which one is there:
 *  `PIN 1 as text, UTF-16LE, in journal.jsonl at 12`, never the secret itself.
 *  PINs of six digits are searched for as text in three encodings, one byte or one word a digit, as the clear field of a
 *  PIN block, and as what printing or encoding a buffer of digits gives. Two of the ways are no proof for a single PIN,
 *  three packed bytes and six digits inside a longer number: those count when every PIN is found so.
 *  Card and ID numbers are searched for as text in three encodings, either case, base64, and packed two digits a byte.
 *  Errors: `RangeError` for fewer than three PINs, for other than six digits, and for numbers that chance would find. */
export class LeakSearch {
  readonly #finder: PatternFinder;
  readonly #sure: readonly Trace[];
  readonly #unsure: readonly (readonly Trace[])[];

  constructor(pins: readonly KnownSecret[], numbers: readonly KnownSecret[] = []) {
    if (pins.length < pinsMin || new Set(pins.map(({ text }) => text)).size !== pins.length) {
      throw new RangeError(`a search takes ${pinsMin} PINs, each another one`);
    }
    this.#sure = [...pins.flatMap(pinTraces), ...numbers.flatMap(numberTraces)];
    this.#unsure = pins.map(unsureTraces);
    this.#finder = new PatternFinder([...this.#sure, ...this.#unsure.flat()].map(({ bytes }) => bytes));
  }

  leaksIn(place: string, bytes: Uint8Array | string): readonly string[] {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : viewOf(bytes);
    const found = this.#finder.find(buffer);
    const isThere = ({ bytes: pattern }: Trace) => found.has(pattern);
    const sure = this.#sure.filter(isThere).flatMap(({ what, form, bytes: pattern }) => {
      const at = isPinText(pattern) ? digitsAt(buffer, pattern) : found.get(pattern);
      return at === -1 ? [] : [`${what} as ${form}, in ${place} at ${at}`];
    });
    const [first = [], ...others] = this.#unsure;
    const ofEvery = first.filter(
      (trace) =>
        isThere(trace) && others.every((traces) => traces.some((other) => other.form === trace.form && isThere(other))),
    );
    return [...sure, ...ofEvery.map(({ form }) => `every PIN as ${form}, in ${place}`)];
  }
}

/** Finds many patterns in one pass: each is looked up by two neighbouring bytes of it that few others have. */
class PatternFinder {
  readonly #byPair = new Map<number, { readonly pattern: Buffer; readonly offset: number }[]>();
  readonly #isPair = new Uint8Array(0x10000);

  constructor(patterns: readonly Buffer[]) {
    for (const pattern of patterns) {
      const offset = this.#rarestPair(pattern);
      const pair = pattern.readUInt16BE(offset);
      this.#isPair[pair] = 1;
      this.#byPair.set(pair, [...(this.#byPair.get(pair) ?? []), { pattern, offset }]);
    }
  }

  /** The patterns that are there, and where first. */
  find(buffer: Buffer): ReadonlyMap<Buffer, number> {
    const found = new Map<Buffer, number>();
    let pair = buffer[0] ?? 0;
    for (let at = 1; at < buffer.length; at += 1) {
      pair = ((pair << 8) | (buffer[at] ?? 0)) & 0xffff;
      if (this.#isPair[pair] === 0) continue;
      for (const { pattern, offset } of this.#byPair.get(pair) ?? []) {
        const start = at - 1 - offset;
        if (start >= 0 && !found.has(pattern) && isAt(buffer, start, pattern)) found.set(pattern, start);
      }
    }
    return found;
  }

  /** Zeros are everywhere, so pairs without one are better. */
  #rarestPair(pattern: Buffer): number {
    const cost = (offset: number) => {
      const pair = pattern.readUInt16BE(offset);
      const zeros = (pair >> 8 === 0 ? 1 : 0) + ((pair & 0xff) === 0 ? 1 : 0);
      return zeros * 1000 + (this.#byPair.get(pair)?.length ?? 0);
    };
    let best = 0;
    for (let offset = 1; offset < pattern.length - 1; offset += 1) if (cost(offset) < cost(best)) best = offset;
    return best;
  }
}

function isAt(buffer: Buffer, start: number, pattern: Buffer): boolean {
  for (let index = 0; index < pattern.length; index += 1) {
    if (buffer[start + index] !== pattern[index]) return false;
  }
  return true;
}

function isPinText(pattern: Buffer): boolean {
  return pattern.length === 6 && pattern.every(isDigit);
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Where the digits stand outside of a longer number; -1 for nowhere. */
function digitsAt(buffer: Buffer, digits: Buffer): number {
  for (let at = buffer.indexOf(digits); at !== -1; at = buffer.indexOf(digits, at + 1)) {
    let [first, end] = [at, at + digits.length];
    while (end - first <= digitRunMax && isDigit(buffer[first - 1])) first -= 1;
    while (end - first <= digitRunMax && isDigit(buffer[end])) end += 1;
    if (end - first <= digitRunMax) return at;
  }
  return -1;
}

function pinTraces({ what, text }: KnownSecret): readonly Trace[] {
  if (!/^\d{6}$/.test(text)) throw new RangeError('a PIN to search for has 6 digits');
  const values = Buffer.from([...text].map(Number));
  const packed = Buffer.from(text, 'hex');
  return named(what, {
    ...textForms(text),
    'one byte a digit': values,
    'one integer a digit': words(values, 4, (digit) => digit),
    // V8's small integers: shifted by one bit with pointer compression, by 32 without.
    'one compressed small integer a digit': words(values, 4, (digit) => digit << 1),
    'one small integer a digit': words(values, 8, (digit) => digit * 2 ** 32),
    'a PIN field of format 4': Buffer.concat([Buffer.of(0x46), packed, Buffer.alloc(4, 0xaa)]),
    'a PIN field of format 0': Buffer.concat([Buffer.of(0x06), packed, Buffer.alloc(4, 0xff)]),
    'hexadecimal of its characters': Buffer.from(Buffer.from(text).toString('hex')),
    'hexadecimal of its values': Buffer.from(values.toString('hex')),
    ...base64Forms('its characters', Buffer.from(text)),
    ...base64Forms('its values', values),
    'a list': Buffer.from([...values].join(',')),
    'a printed list': Buffer.from([...values].join(', ')),
    // As JSON writes a Uint8Array.
    'an object of digits': Buffer.from([...values].map((digit, at) => `"${at}":${digit}`).join(',')),
  });
}

function unsureTraces({ what, text }: KnownSecret): readonly Trace[] {
  const forms = { 'a part of a longer number': Buffer.from(text), ...packedForms(Buffer.from(text, 'hex')) };
  return Object.entries(forms).map(([form, bytes]) => ({ what, form, bytes }));
}

function numberTraces({ what, text }: KnownSecret): readonly Trace[] {
  // An `X` at the end, the check character of an ID number, is no digit.
  const digits = /^[0-9A-F]{12,}(?=X?$)/i.exec(text)?.[0];
  const packed = digits === undefined ? null : Buffer.from(digits.slice(0, digits.length - (digits.length % 2)), 'hex');
  const otherCase = text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
  return named(what, {
    ...textForms(text),
    ...(otherCase === text ? {} : { 'text in the other case': Buffer.from(otherCase) }),
    ...base64Forms('its characters', Buffer.from(text)),
    ...(packed === null ? {} : packedForms(packed)),
  });
}

function named(what: string, forms: Readonly<Record<string, Buffer>>): readonly Trace[] {
  return Object.entries(forms).map(([form, bytes]) => {
    if (bytes.length < sureBytesMin) throw new RangeError(`${what} as ${form} would be found by chance`);
    return { what, form, bytes };
  });
}

function textForms(text: string): Readonly<Record<string, Buffer>> {
  const wide = Buffer.from(text, 'utf16le');
  return { text: Buffer.from(text), 'text, UTF-16LE': wide, 'text, UTF-16BE': Buffer.from(wide).swap16() };
}

function packedForms(packed: Buffer): Readonly<Record<string, Buffer>> {
  const swapped = packed.map((byte) => ((byte & 0x0f) << 4) | (byte >> 4));
  return { 'packed digits': packed, 'packed digits, low one first': Buffer.from(swapped) };
}

/** Base64 where the bytes begin at the first, second or third place of a group, without what depends on its neighbours. */
function base64Forms(of: string, bytes: Buffer): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(
    [0, 1, 2].map((offset) => {
      const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
      const first = Math.ceil((offset * 8) / 6);
      const end = Math.floor(((offset + bytes.length) * 8) / 6);
      return [`base64 of ${of}, ${offset} bytes in`, Buffer.from(whole.slice(first, end))];
    }),
  );
}

/** A little-endian word of `size` bytes for each digit. */
function words(values: Uint8Array, size: 4 | 8, wordOf: (digit: number) => number): Buffer {
  const out = Buffer.alloc(values.length * size);
  for (const [at, digit] of values.entries()) {
    if (size === 4) out.writeUInt32LE(wordOf(digit), at * size);
    else out.writeBigUInt64LE(BigInt(wordOf(digit)), at * size);
  }
  return out;
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
