import { hasLuhn } from '../../src/domain/pan.ts';
import { type Secret, secret } from '../../src/domain/secret.ts';
import type { CardRead, ReadFailure } from '../../src/ports/card-reader.ts';

/** One track as far as it identifies a card. `unreadable`: the reader found the track and could not decode it (letter
 *  `E`); `other`: track 3, which is looked at for its form only. `complete`: expiry and service code stand in their
 *  places, none of them replaced by a separator. */
export type Track =
  | { readonly number: 1 | 2; readonly state: 'read'; readonly pan: Secret<string>; readonly complete: boolean }
  | { readonly number: 1 | 2 | 3; readonly state: 'empty' | 'unreadable' | 'other' };

export type TrackText =
  | { readonly ok: true; readonly tracks: readonly Track[] }
  | { readonly ok: false; readonly reason: ReadFailure };

/** ISO/IEC 7811-6: characters of a track with both sentinels and the LRC. */
const trackLengthMax = { 1: 79, 2: 40, 3: 107 } as const;

/** 12 to 19 digits; or with the spaces that one issuer embosses and encodes. Spaces in other places are damage. */
const panForm = String.raw`\d{12,19}|\d{4} \d{6} \d{5}`;
const track1Form = new RegExp(String.raw`^B(${panForm})\^[^^]*\^(.*)$`);
/** `D` and a trailing `F` are the separators of EMV tag 57, which some readers print. */
const track2Form = new RegExp(`^(${panForm})[=D]([0-9:<=>]*)F?$`);
const expiryAndService = String.raw`\d{2}(?:0[1-9]|1[0-2])\d{3}`;
const track1Complete = new RegExp(`^${expiryAndService}`);
const track2Complete = new RegExp(String.raw`^${expiryAndService}\d*$`);

/** Reads the text that a keyboard or serial reader sends for a stripe: `%B…?;…?+…?`, sentinels included, the LRC
 *  characters optional. Answers with what the line says of the card.
 *  Holds: two tracks must name the same card; a lone track must be complete and pass Luhn, so that one damaged
 *  character never yields another card's number. Chinese cards need not pass Luhn, therefore two agreeing tracks do
 *  not have to. A stripe drawn backwards (the whole text reversed) is turned round and read. */
export function decodeTrackText(text: string): CardRead {
  const forward = readStripe(text);
  if (forward.ok || !/[%;+]$/.test(text)) return forward;
  const turned = readStripe([...text].reverse().join(''));
  return turned.ok || !/^[%;+]/.test(text) ? turned : forward;
}

/** Splits a line into its tracks. Linear in the length of the text. */
export function splitTracks(text: string): TrackText {
  const tracks: Track[] = [];
  let at = 0;
  while (at < text.length) {
    const number = trackNumber(text.charAt(at), tracks);
    if (number === null) return failed(at === 0 && !isDamagedStripe(text) ? 'notACard' : 'noise');
    const end = text.indexOf('?', at + 1);
    if (end === -1) return failed('halfRead');
    if (end + 2 - at > trackLengthMax[number]) return failed('tooLong');
    const track = readTrack(number, text.slice(at + 1, end));
    if (typeof track === 'string') return failed(track);
    tracks.push(track);
    at = end + 1 + lrcLength(text, at, end + 1);
  }
  return tracks.length === 0 ? failed('notACard') : { ok: true, tracks };
}

/** The text of a virtual card's stripe: tracks 1 and 2, no LRC, no line end. The name on track 1 is the same for every
 *  card: the alphabet of the track has no Chinese characters, and nobody's name is needed there. Expiry December 2049,
 *  service code 220. */
export function encodeTrackText(pan: Secret<string>): string {
  const rest = '491222000000000';
  return `%B${pan.expose()}^GONGJI/TEST CARD^${rest}?;${pan.expose()}=${rest}?`;
}

function readStripe(text: string): CardRead {
  const split = splitTracks(text);
  if (!split.ok) return split;
  const read = split.tracks.filter((track) => track.state === 'read');
  const [first, second] = read;
  if (first === undefined)
    return failed(split.tracks.some(({ state }) => state === 'unreadable') ? 'noise' : 'blankCard');
  const pan = first.pan.expose();
  if (second === undefined ? !first.complete || !hasLuhn(pan) : second.pan.expose() !== pan) return failed('noise');
  return { ok: true, credential: { medium: 'stripe', pan: first.pan, last4: pan.slice(-4) } };
}

/** Which track a start sentinel opens: `%` 1, `;` 2 (3 when track 2 is behind us, as HID readers send it), `+` 3.
 *  Null for any other character and for a track out of order. */
function trackNumber(sentinel: string, before: readonly Track[]): 1 | 2 | 3 | null {
  const last = before.at(-1)?.number ?? 0;
  if (sentinel === '%') return last === 0 ? 1 : null;
  if (sentinel === ';') return last < 2 ? 2 : last === 2 ? 3 : null;
  return sentinel === '+' && last < 3 ? 3 : null;
}

/** With a damaged first sentinel the others still stand: that is a card, read badly. */
function isDamagedStripe(text: string): boolean {
  return text.includes(';') && text.endsWith('?');
}

function readTrack(number: 1 | 2 | 3, body: string): Track | ReadFailure {
  if (body === '') return { number, state: 'empty' };
  if (body === 'E') return { number, state: 'unreadable' };
  if (number === 3) return /^[0-9:;<=>]*$/.test(body) ? { number, state: 'other' } : 'noise';
  if (number === 1 && !/^[ -_]*$/.test(body)) return 'noise';
  // A format other than B is a driver's licence or a member's card, whatever stands on its second track.
  if (number === 1 && !body.startsWith('B')) return 'notACard';
  const match = (number === 1 ? track1Form : track2Form).exec(body);
  if (match === null) return 'noise';
  const [, pan = '', rest = ''] = match;
  const complete = (number === 1 ? track1Complete : track2Complete).test(rest);
  return { number, state: 'read', pan: secret(pan.replaceAll(' ', '')), complete };
}

/** 1 when the character at `at` is the LRC of the track that began at `start`, else 0. The LRC may print as `?` or as a
 *  start sentinel, so it counts only when a track or the end of the line follows it. */
function lrcLength(text: string, start: number, at: number): 0 | 1 {
  const follows = text.charAt(at + 1);
  if (at >= text.length || !(follows === '' || /[%;+]/.test(follows))) return 0;
  return text.charAt(at) === lrcOf(text.slice(start, at)) ? 1 : 0;
}

/** ISO/IEC 7811-6: XOR of all characters with both sentinels, in the alphabet of the track (6 bits from 0x20 for track
 *  1, 4 bits from 0x30 for the others). */
function lrcOf(track: string): string {
  const base = track.startsWith('%') ? 0x20 : 0x30;
  let lrc = 0;
  for (let at = 0; at < track.length; at++) lrc ^= track.charCodeAt(at) - base;
  return String.fromCharCode(base + (lrc & (base === 0x20 ? 0x3f : 0x0f)));
}

function failed(reason: ReadFailure): { readonly ok: false; readonly reason: ReadFailure } {
  return { ok: false, reason };
}
