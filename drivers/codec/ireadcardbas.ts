import iconv from 'iconv-lite';
import { type Secret, secret } from '../../src/domain/secret.ts';
import { cardSnProblem, regionOfCardSn } from '../../src/domain/social-security-card.ts';
import type { Codec, Decoded, DecodedChip, DecodeReason } from './decoded.ts';
import { lineCodec } from './line-codec.ts';

/** What a chip says of its holder. `region` is in the clear: it names a place of issue, not a person. */
export interface ChipCard {
  readonly region: string;
  readonly socialSecurityNumber: Secret<string>;
  readonly ssCardNumber: Secret<string>;
  readonly cardSn: Secret<string>;
  readonly name: Secret<string>;
}

/** The buffer that `iReadCardBas` fills (LD/T 33-2015). */
export const chipLineBytesMax = 1024;

/** No line of either function makes sense with fewer: those of a blank card end with 卡识别码. */
const fieldCountMin = 4;

type ChipField = keyof DecodedChip;

/** The order in which a function of the reader gives its fields. `counts`: how many a whole line has. */
interface FieldOrder {
  readonly fields: readonly ChipField[];
  readonly counts: readonly number[];
}

/** LD/T 33-2015: eleven fields, or fifteen with those that Henan and Shenzhen append. */
const base: FieldOrder = {
  fields: [
    'region',
    'socialSecurityNumber',
    'ssCardNumber',
    'cardSn',
    'name',
    'historicalBytes',
    'specVersion',
    'issuedOn',
    'expiresOn',
    'terminalNumber',
    'deviceNumber',
    'psamNumber',
    'medicalNumber',
    'encryptionFactor',
    'version',
  ],
  counts: [11, 15],
};

/** `iReadCardBasExt` of TSSelfSendDev.dll. */
const extended: FieldOrder = {
  fields: [
    'cardSn',
    'cardKind',
    'specVersion',
    'issuer',
    'issuedOn',
    'expiresOn',
    'ssCardNumber',
    'socialSecurityNumber',
    'name',
    'sex',
    'ethnicity',
    'birthplace',
    'birthDate',
  ],
  counts: [13],
};

/** In the order of `DecodedChip`. */
const chipFields: readonly ChipField[] = [...new Set([...base.fields, ...extended.fields])];

const secretFields = [
  'socialSecurityNumber',
  'ssCardNumber',
  'cardSn',
  'name',
  'historicalBytes',
  'medicalNumber',
  'encryptionFactor',
  'birthplace',
  'birthDate',
] as const satisfies readonly ChipField[];
type SecretField = (typeof secretFields)[number];

const dateFields: ReadonlySet<ChipField> = new Set(['issuedOn', 'expiresOn', 'birthDate']);

/** Reads an `iReadCardBas` line without its line end: GBK, fields parted by `|`, with or without a last `|`. Says what
 *  the card says; whether its numbers are right is not asked here. Empty fields are left out, and dates that are none.
 *  The line of a card that has no holder yet may break off after 卡识别码.
 *  Errors: `wrongOrder` for a line of `iReadCardBasExt`; `reversed` when the bytes make sense backwards; `blankCard` when
 *  every field is empty; `halfRead` when fields are missing; `wrongLength` when there are too many; `tooLong`; `noise`
 *  when the bytes are not GBK, or the region is not the first six characters of 卡识别码.
 *  Source: LD/T 33-2015. */
export function decodeIReadCardBas(line: Uint8Array): Decoded {
  return readLine(line, base, extended);
}

/** Reads an `iReadCardBasExt` line, as `decodeIReadCardBas` does; the region comes from 卡识别码. Errors: `wrongOrder` for
 *  a line of `iReadCardBas`. */
export function decodeIReadCardBasExt(line: Uint8Array): Decoded {
  return readLine(line, extended, base);
}

/** Reads a line of either function, for readers of which nobody knows which one they call. */
export function decodeChipLine(line: Uint8Array): Decoded {
  const read = decodeIReadCardBas(line);
  return !read.ok && read.reason === 'wrongOrder' ? decodeIReadCardBasExt(line) : read;
}

/** Reads the text of either function, as helper services hand it over: decoded already, never backwards. */
export function decodeChipText(text: string): Decoded {
  if (text.length > chipLineBytesMax) return failed('tooLong');
  const read = readText(text, base);
  if (read.ok) return read;
  const other = readText(text, extended);
  return other.ok ? other : read;
}

/** Silence ends a line, too: whether anything is missing then shows in the fields. */
const untilSilence = { cutIsWhole: true } as const;
export const iReadCardBasCodec: Codec = lineCodec(chipLineBytesMax, decodeIReadCardBas, untilSilence);
export const iReadCardBasExtCodec: Codec = lineCodec(chipLineBytesMax, decodeIReadCardBasExt, untilSilence);

/** The line that a reader driver hands over for a card, without a line end: third-generation card of 2021, terminal
 *  number of a reader that has no PSAM. A character that GBK lacks becomes `?`, as with real readers. */
export function encodeIReadCardBas(card: ChipCard): Uint8Array {
  const cardSn = card.cardSn.expose();
  const historicalBytes = `00814E4323869715${card.region.slice(2)}${cardSn.slice(18, 24)}`;
  const fields = [
    card.region,
    card.socialSecurityNumber.expose(),
    card.ssCardNumber.expose(),
    cardSn,
    card.name.expose(),
    historicalBytes,
    '3.00',
    '20210101',
    '20310101',
    '000000000000',
    'GONGJI-VIRTUAL',
  ];
  return iconv.encode(`${fields.join('|')}|`, 'gbk');
}

function readLine(line: Uint8Array, order: FieldOrder, other: FieldOrder): Decoded {
  if (line.length > chipLineBytesMax) return failed('tooLong');
  const text = fromGbk(line);
  const read = readText(text, order);
  if (read.ok || read.reason === 'blankCard' || text.split('|').length < fieldCountMin) return read;
  if (readText(text, other).ok) return failed('wrongOrder');
  const turned = fromGbk(line.toReversed());
  return readText(turned, order).ok || readText(turned, other).ok ? failed('reversed') : read;
}

/** The text; with U+FFFD where the bytes are not GBK. Decoding comes before splitting: the second byte of a character
 *  may be 0x7C, the separator. */
function fromGbk(line: Uint8Array): string {
  return iconv.decode(line, 'gbk');
}

function readText(text: string, order: FieldOrder): Decoded {
  // A line that breaks off within a character ends in U+FFFD.
  const isTorn = text.endsWith('\ufffd');
  if (/[\p{Cc}\ufffd]/u.test(isTorn ? text.slice(0, -1) : text)) return failed('noise');
  const values = text.split('|').map((value) => value.trim());
  const isEnded = values.at(-1) === '';
  if (isEnded) values.pop();
  const card = new Map(order.fields.map((field, at) => [field, values[at]]));
  const isWhole = order.counts.includes(values.length) && !isTorn;
  if (isWhole && values.every((value) => value === '')) return failed('blankCard');
  if (!isWhole && (isTorn || !isBlank(card))) return failed(countProblem(values, isEnded, order));
  if (!hasRightPlaces(card, order)) return failed('noise');
  return { ok: true, kind: 'card', masked: false, chip: chipOf(card), errors: [] };
}

type ChipFields = ReadonlyMap<ChipField, string | undefined>;

/** What is wrong with a line that has not all its fields, as far as the first of them tells that it is one. */
function countProblem(values: readonly string[], isEnded: boolean, { fields, counts }: FieldOrder): DecodeReason {
  const [first = ''] = values;
  const [isFirst, isBegun] = fields[0] === 'region' ? [isRegion, /^\d{1,6}$/] : [isCardSn, /^[0-9A-Fa-f]{1,32}$/];
  if (values.length === 1 && !isEnded ? !isBegun.test(first) : !isFirst(first)) return 'noise';
  const [least = 0] = counts;
  return values.length <= least || (!isEnded && values.length <= fields.length) ? 'halfRead' : 'wrongLength';
}

/** A card from the factory: its place of issue and its own number, and nobody's. */
function isBlank(card: ChipFields): boolean {
  const isEmpty = (field: ChipField) => card.get(field) === '';
  const hasName = (card.get('name') ?? '') !== '';
  return isEmpty('socialSecurityNumber') && isEmpty('ssCardNumber') && !hasName && isCardSn(card.get('cardSn'));
}

/** True when region and 卡识别码 stand where this order has them. One of them may be empty. */
function hasRightPlaces(card: ChipFields, { fields }: FieldOrder): boolean {
  const cardSn = card.get('cardSn');
  if (cardSn !== '' && !isCardSn(cardSn)) return false;
  if (!fields.includes('region')) return isCardSn(cardSn);
  const region = card.get('region');
  if (region === '') return isCardSn(cardSn);
  return isRegion(region) && (!isCardSn(cardSn) || regionOfCardSn(cardSn) === region);
}

function isRegion(value: string | undefined): boolean {
  return value !== undefined && /^\d{6}$/.test(value);
}

function isCardSn(value: string | undefined): value is string {
  return value !== undefined && cardSnProblem(value) === null;
}

function chipOf(card: ChipFields): DecodedChip {
  const chip: { -readonly [Field in keyof DecodedChip]: DecodedChip[Field] } = {};
  const cardSn = card.get('cardSn');
  if (!card.has('region') && isCardSn(cardSn)) chip.region = regionOfCardSn(cardSn);
  for (const field of chipFields) {
    const value = card.get(field) ?? '';
    if (value === '' || (dateFields.has(field) && !/^\d{8}$/.test(value))) continue;
    if (isSecret(field)) chip[field] = secret(value);
    else chip[field] = value;
  }
  return chip;
}

function isSecret(field: ChipField): field is SecretField {
  return secretFields.some((secretField) => secretField === field);
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
