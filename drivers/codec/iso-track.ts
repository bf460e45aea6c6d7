import { secret } from '../../src/domain/secret.ts';
import type { Decoded, DecodedTrack1, DecodedTrack2, DecodeReason, TrackError } from './decoded.ts';

export type TrackNumber = 1 | 2 | 3;

/** What a reader gives for one track: its text with both sentinels and perhaps the LRC character, '' when there is none;
 *  or why it has no text. */
export type TrackInput =
  | { readonly number: TrackNumber; readonly text: string }
  | { readonly number: TrackNumber; readonly reason: DecodeReason };

export interface TrackOptions {
  /** The reader has masked the tracks: `*` may stand for any character, and LRC characters are not true. */
  readonly masked?: boolean;
}

/** The longest track, without the LRC: 79, 40 and 107 characters by ISO/IEC 7811-6 with the LRC. Tracks 1 and 3 may fill a
 *  reader's field of 110, because names longer than the standard's 26 exist; 38 digits between sentinels are what Chinese
 *  readers give for track 2. */
const trackLengthMax = { 1: 110, 2: 40, 3: 110 } as const;

/** Up to 19 digits (ISO/IEC 7812-1); or with blanks, as one issuer embosses and encodes. There must be two blanks and
 *  groups of three to six digits: then no single damaged character makes a number of another number. */
const panForm = /^(?:\d{1,19}|\d{3,6}(?: \d{3,6}){2,5})$/;
const maskedPanForm = /^[\d* ]{1,23}$/;
const panDigitsMax = 19;

/** Two-letter codes that an AAMVA track 1 begins with: US states and territories, Canadian provinces. */
const aamvaJurisdictions = new Set(
  (
    'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI ' +
    'SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AB BC MB NB NL NS NT NU ON PE QC SK YT'
  ).split(' '),
);
const aamvaCityLength = 13;

/** Start sentinels as readers print them, where the stripe has `;` and 5-bit or `%` and 7-bit characters. */
const fiveBitSentinels = ';+';

/** The card that some tracks make. Each check of a track that fails goes to `errors`; empty tracks are left out.
 *  Errors: with no track left the failure is that of the tracks, `blankCard` when all were empty. */
export function cardOfTracks(inputs: readonly TrackInput[], options: TrackOptions = {}): Decoded {
  const masked = options.masked ?? false;
  let track1: DecodedTrack1 | undefined;
  let track2: DecodedTrack2 | undefined;
  let track3: string | undefined;
  const errors: TrackError[] = [];
  for (const input of inputs) {
    const body = 'reason' in input ? input : bodyOf(input.number, input.text, masked);
    if ('reason' in body) {
      errors.push({ track: input.number, reason: body.reason });
      continue;
    }
    if (body.text === '') continue;
    const fields = readBody(input.number, body.text, masked, track1?.formatCode === 'AAMVA');
    if (typeof fields === 'string') errors.push({ track: input.number, reason: fields });
    else if (fields.track === 1) track1 = fields.fields;
    else if (fields.track === 2) track2 = fields.fields;
    else track3 = fields.text;
  }
  if (track1 === undefined && track2 === undefined && track3 === undefined) return failureOf(errors);
  return {
    ok: true,
    kind: 'card',
    masked,
    ...(track1 === undefined ? {} : { track1 }),
    ...(track2 === undefined ? {} : { track2 }),
    ...(track3 === undefined ? {} : { track3: { text: secret(track3) } }),
    errors,
  };
}

/** The LRC character of a track from its start sentinel to its end sentinel: XOR of all characters in the alphabet of the
 *  track, 4 bits from 0x30 or 6 bits from 0x20 (ISO/IEC 7811-6). A sentinel that the reader has replaced counts as the
 *  stripe's own. */
export function trackLrc(track: string): string {
  const isFiveBit = fiveBitSentinels.includes(track.charAt(0));
  const [base, mask] = isFiveBit ? [0x30, 0x0f] : [0x20, 0x3f];
  let lrc = (isFiveBit ? 0x3b : 0x25) - base;
  for (let at = 1; at < track.length; at++) lrc ^= track.charCodeAt(at) - base;
  return String.fromCharCode(base + (lrc & mask));
}

/** Where a track's end sentinel stands from `from` on, or -1. Only a 7-bit track 3 has further `?` within. */
export function endSentinelAt(number: TrackNumber, text: string, from: number): number {
  if (number !== 3 || fiveBitSentinels.includes(text.charAt(from))) return text.indexOf('?', from + 1);
  const last = text.lastIndexOf('?');
  if (last <= from) return -1;
  const isLrc = last === text.length - 1 && text.charAt(last - 1) === '?' && trackLrc(text.slice(from, last)) === '?';
  return isLrc ? last - 1 : last;
}

/** What stands between the sentinels, after all checks that need no knowledge of fields. */
function bodyOf(number: TrackNumber, text: string, masked: boolean): { text: string } | { reason: DecodeReason } {
  if (text === '') return { text };
  const end = endSentinelAt(number, text, 0);
  if (end === -1) return { reason: 'halfRead' };
  const body = text.slice(1, end);
  const lrc = text.slice(end + 1);
  if (body === 'E') return { reason: 'unreadable' };
  if (end + 1 > trackLengthMax[number]) return { reason: 'tooLong' };
  if (lrc.length > 1 || !/^[ -_]*$/.test(body) || (masked && !/^[ -_]?$/.test(lrc))) return { reason: 'noise' };
  if (lrc !== '' && !masked && lrc !== trackLrc(text.slice(0, end + 1))) return { reason: 'wrongLrc' };
  // Only track 1 has `^`: the start sentinel was damaged.
  const track3Form = fiveBitSentinels.includes(text.charAt(0)) ? /^[0-9:;<=>*]*$/ : /^[^^]*$/;
  if (number === 3 && !track3Form.test(body)) return { reason: 'noise' };
  return { text: body };
}

type Fields =
  | { readonly track: 1; readonly fields: DecodedTrack1 }
  | { readonly track: 2; readonly fields: DecodedTrack2 }
  | { readonly track: 3; readonly text: string };

function readBody(number: TrackNumber, body: string, masked: boolean, isAamva: boolean): Fields | DecodeReason {
  if (number === 3) return { track: 3, text: body };
  if (number === 2) return readTrack2(body, masked, isAamva);
  const aamva = readAamvaTrack1(body);
  return aamva === null ? readTrack1(body, masked) : { track: 1, fields: aamva };
}

/** ISO/IEC 7813: format code, number, `^`, name, `^`, expiry, service code, discretionary data. Formats other than B may
 *  hold anything; what looks the same is read the same. */
function readTrack1(body: string, masked: boolean): Fields | DecodeReason {
  const formatCode = body.charAt(0);
  if (!/^[A-Z*]$/.test(formatCode)) return 'notACard';
  if (formatCode === '*' && !masked) return 'noise';
  const [panText = '', name, ...rest] = body.slice(1).split('^');
  const pan = name === undefined || rest.length === 0 ? null : panOf(panText, masked);
  if (pan === null || name === undefined) {
    if (formatCode === 'B') return 'noise';
    return { track: 1, fields: { formatCode, ...discretionaryOf(body.slice(1)) } };
  }
  // A start sentinel behind the name is that of another track: the end sentinel before it was damaged.
  if (rest.some((text) => /[%;+]/.test(text))) return 'noise';
  return { track: 1, fields: { formatCode, pan: secret(pan), ...nameOf(name), ...datesOf(rest.join('^'), '^') } };
}

/** ISO/IEC 7813: number, `=`, expiry, service code, discretionary data; `D` and a trailing `F` in EMV tag 57. AAMVA has a
 *  birth date where the service code would be. */
function readTrack2(body: string, masked: boolean, isAamva: boolean): Fields | DecodeReason {
  const match = /^([^=D]*)(?:([=D])([0-9:;<=>*D]*)F?)?$/.exec(body);
  const [, panText = '', separator = '=', rest = ''] = match ?? [];
  if (match === null || (rest.includes('D') && separator !== 'D')) return 'noise';
  const pan = panOf(panText, masked);
  if (pan === null) return /^[0-9]*$/.test(panText) ? 'notACard' : 'noise';
  return { track: 2, fields: { pan: secret(pan), ...datesOf(rest, separator, isAamva) } };
}

/** AAMVA DL/ID track 1: jurisdiction, city (13 characters, or fewer and `^`), name parted by `$`, `^`, address. */
function readAamvaTrack1(body: string): DecodedTrack1 | null {
  if (!aamvaJurisdictions.has(body.slice(0, 2))) return null;
  const rest = body.slice(2);
  const city = rest.slice(0, aamvaCityLength).indexOf('^');
  const afterCity = city !== -1 ? city + 1 : aamvaCityLength + (rest.charAt(aamvaCityLength) === '^' ? 1 : 0);
  const nameEnd = rest.indexOf('^', afterCity);
  if (nameEnd === -1) return null;
  return {
    formatCode: 'AAMVA',
    ...nameOf(rest.slice(afterCity, nameEnd)),
    ...discretionaryOf(rest.slice(nameEnd + 1)),
  };
}

/** A card number without its blanks; null when it is none. */
function panOf(text: string, masked: boolean): string | null {
  if (!(masked ? maskedPanForm : panForm).test(text)) return null;
  const pan = text.replaceAll(' ', '');
  return pan === '' || pan.length > panDigitsMax ? null : pan;
}

/** Expiry and service code, each of which the separator may replace, and what follows them. */
function datesOf(text: string, separator: string, isAamva = false): Partial<Omit<DecodedTrack2, 'pan'>> {
  let rest = text;
  const take = (form: RegExp): string | undefined => {
    const value = form.exec(rest)?.[0];
    if (value !== undefined) rest = rest.slice(value.length);
    else if (rest.startsWith(separator)) rest = rest.slice(1);
    return value;
  };
  const expiry = take(/^\d{4}/);
  const serviceCode = isAamva ? undefined : take(/^\d{3}/);
  return {
    ...(expiry === undefined ? {} : { expiry }),
    ...(serviceCode === undefined ? {} : { serviceCode }),
    ...discretionaryOf(rest),
  };
}

function nameOf(text: string): Pick<DecodedTrack1, 'name'> {
  const name = text.trimEnd();
  return name === '' ? {} : { name: secret(name) };
}

function discretionaryOf(text: string): Pick<DecodedTrack2, 'discretionary'> {
  return text === '' ? {} : { discretionary: secret(text) };
}

/** Of several reasons the first that says more than that the reader could not decode the track. */
function failureOf(errors: readonly TrackError[]): Decoded {
  const [first] = errors;
  const told = errors.find(({ reason }) => reason !== 'unreadable') ?? first;
  return { ok: false, reason: told?.reason ?? 'blankCard' };
}
