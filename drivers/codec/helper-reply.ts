import type { Decoded, DecodeReason } from './decoded.ts';
import { decodeChipText } from './ireadcardbas.ts';
import { cardOfTracks, type TrackInput, type TrackNumber } from './iso-track.ts';

/** What a helper service says to one request. `waiting`: it wants a card; ask again. */
export type HelperAnswer = Decoded | { readonly waiting: true };

/** One vendor's service that hands a card over as JSON. Replies carry no id: one request at a time. */
export interface HelperDialect {
  /** What asks for a card; null when the service speaks of itself. */
  readonly request: string | null;
  /** Reads one reply. Any text gives an answer. Errors: `refused` when the service reports an error, `noise` for what is
   *  no reply of this service, `tooLong` beyond `helperReplyMax` characters, and those of the card's own text. */
  decode(text: string): HelperAnswer;
}

/** Longest reply in characters; a card's text has 1024 at most. */
export const helperReplyMax = 16_384;

/** The services whose replies are known, all of them from public front-ends and none with documentation. */
export const helperDialects = {
  /** Decard dcrf32. `iType` 3: contact first, then contactless. */
  decard: { request: '{"func":"iReadCardBas","in":["3"]}', decode: (text) => answerOf(text, decard) },
  /** The service on ws://127.0.0.1:12342. */
  'port-12342': { request: '{"function":"iReadCardBas","iType":3}', decode: (text) => answerOf(text, port12342) },
  /** Sichuan. Its real requests carry an access key and its secret in places 1 and 2, which the operator has to get. */
  sichuan: { request: '{"func":"iReadCardBasSc","in":["3","","",""]}', decode: (text) => answerOf(text, sichuan) },
  dkqapp: { request: null, decode: (text) => answerOf(text, dkqapp) },
} as const satisfies Readonly<Record<string, HelperDialect>>;

export type HelperDialectName = keyof typeof helperDialects;

type Reply = Readonly<Record<string, unknown>>;

function answerOf(text: string, read: (reply: Reply) => HelperAnswer): HelperAnswer {
  if (text.length > helperReplyMax) return failed('tooLong');
  const reply = parsed(text);
  return isObject(reply) ? read(reply) : failed('noise');
}

/** `result` 0 is ok; `out` is the chip's text, or three tracks with a length each (`dc_readmag`). */
function decard({ result, out }: Reply): HelperAnswer {
  const code = wholeNumber(result);
  if (code === null) return failed('noise');
  if (code !== 0) return failed('refused');
  if (!Array.isArray(out)) return failed('noise');
  const values: readonly unknown[] = out;
  const [first] = values;
  if (values.length === 6) return magneticCard(values);
  return chipCard(first);
}

/** `success` −2 asks for a card, other numbers below 0 are errors. */
function port12342({ success, pOutInfo }: Reply): HelperAnswer {
  if (wholeNumber(success) === -2) return { waiting: true };
  return isRefusal(success) ? failed('refused') : chipCard(pOutInfo);
}

/** `code` 1 is ok. */
function sichuan({ code, biz_data }: Reply): HelperAnswer {
  const number = wholeNumber(code);
  if (number === null) return failed('noise');
  return number === 1 ? chipCard(fieldOf(biz_data, 'pOutInfo')) : failed('refused');
}

/** `recode` is a sign of success of which no value is known: only what is plainly a failure is taken for one. */
function dkqapp({ recode, body }: Reply): HelperAnswer {
  return isRefusal(recode) ? failed('refused') : chipCard(fieldOf(body, 'pOutInfo'));
}

/** The buffer of the library behind a service ends at the first NUL. */
function chipCard(text: unknown): Decoded {
  if (typeof text !== 'string') return failed('noise');
  const [content = ''] = text.split('\0', 1);
  return decodeChipText(content.trim());
}

/** `[track 1, length, track 2, length, track 3, length]`. Nothing says whether the texts have sentinels: they are added
 *  where they are missing. What stands beyond a length is not looked at. */
function magneticCard(values: readonly unknown[]): Decoded {
  const tracks = ([1, 2, 3] as const).map((number) => {
    const text = values[2 * number - 2];
    const length = wholeNumber(values[2 * number - 1]);
    if (typeof text !== 'string' || length === null || length < 0) return null;
    return trackOf(number, text, length);
  });
  return tracks.every((track) => track !== null) ? cardOfTracks(tracks) : failed('noise');
}

function trackOf(number: TrackNumber, field: string, length: number): TrackInput {
  if (length > field.length) return { number, reason: 'wrongLength' };
  const text = field.slice(0, length);
  if (text === '' || /^[%;+]/.test(text)) return { number, text };
  return { number, text: `${number === 1 ? '%' : ';'}${text}?` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldOf(value: unknown, field: string): unknown {
  return isObject(value) ? value[field] : undefined;
}

/** Services write numbers as numbers or as text. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value.trim()) ? Number(value) : null;
}

function isRefusal(sign: unknown): boolean {
  return sign === false || sign === 'false' || (wholeNumber(sign) ?? 0) < 0;
}

function failed(reason: DecodeReason): Decoded {
  return { ok: false, reason };
}
