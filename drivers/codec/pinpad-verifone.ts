import type { Codec, Decoded, DecodeFailure, DecodeReason } from './decoded.ts';
import { type StxFraming, stxCodec } from './stx-framer.ts';

/** The PIN pads of the Verifone 101/201/1000 family and UIC PP791, both directions of the line.
 *  Session packets STX … ETX LRC, admin packets SI … SO LRC, and ACK, NAK, EOT alone; the LRC is the XOR of everything
 *  after the start byte up to and including the end byte.
 *  `message` is `70`, `71`, `72`, `Z62`, another message's id, `admin`, `ack`, `nak` or `eot`. Fields, as on the line:
 *  70: account, sessionKey, amount, timeout (units of 30 s). Z62: account, sessionKey, pinLengthMin, pinLengthMax, nullPin,
 *  prompt1, prompt2, processingPrompt, timeout. 71 under master and session key: functionKey, pinLength, pinBlock; under
 *  DUKPT: functionKey, ksn, pinBlock; refused: errorCode. admin: code, and keyIndex, masterKey or text. Others: text.
 *  Source: Dunfield PINPAD.TXT; UIC PP791 manual rev. 06, pages 29, 39, 201 to 206, 228, 229, 245. */
const stx = 0x02;
const etx = 0x03;
const si = 0x0f;
const so = 0x0e;
const fs = 0x1c;
const controls = new Map([
  [0x06, 'ack'],
  [0x15, 'nak'],
  [0x04, 'eot'],
]);

/** The longest packet of the manuals is below 130 bytes. */
const frameBytesMax = 512;

const framing: StxFraming = {
  ends: new Map([
    [stx, etx],
    [si, so],
  ]),
  trailerBytes: 1,
  controls: new Set(controls.keys()),
  frameBytesMax,
};

export const ack: Uint8Array = Uint8Array.of(0x06);
export const nak: Uint8Array = Uint8Array.of(0x15);
export const eot: Uint8Array = Uint8Array.of(0x04);

export const pinpadVerifoneCodec: Codec = stxCodec(framing, decodeVerifone);

/** One packet from its start byte to its LRC, or one control byte.
 *  Errors: `halfRead` without start and end, `wrongLrc`, `wrongLength`, and `noise` for what fits no message. */
export function decodeVerifone(frame: Uint8Array): Decoded {
  const [start] = frame;
  const control = frame.length === 1 && start !== undefined ? controls.get(start) : undefined;
  if (control !== undefined) return pinpad(control, {});
  const end = start === undefined ? undefined : framing.ends.get(start);
  if (end === undefined) return failed('noise');
  if (frame.length < 3 || frame.at(-2) !== end) return failed('halfRead');
  if (frame.at(-1) !== lrcOf(frame.subarray(1, -1))) return failed('wrongLrc');
  const content = frame.subarray(1, -2);
  if (!content.every((byte) => byte === fs || (byte >= 0x20 && byte <= 0x7e))) return failed('noise');
  const text = Buffer.from(content).toString('latin1');
  return start === si ? admin(text) : session(text);
}

function session(text: string): Decoded {
  if (text.startsWith('70')) return request70(text);
  if (text.startsWith('71')) return reply71(text);
  if (text.startsWith('72')) return text === '72' ? pinpad('72', {}) : failed('wrongLength');
  if (text.startsWith('Z62')) return requestZ62(text);
  const other = /^(?:[A-Z]\d\d?|\d\d)/.exec(text);
  return other === null ? failed('noise') : pinpad(other[0], { text: text.slice(other[0].length) });
}

function request70(text: string): Decoded {
  const [head = '', body, timeout, ...more] = text.split('\x1c');
  if (!head.startsWith('70.') || body === undefined || more.length > 0) return failed('noise');
  const found = splitKey(body);
  const problem = accountProblem(head.slice(3)) ?? timeoutProblem(timeout);
  if (problem !== null) return failed(problem);
  if (found === null || !/^(?:\d+\.?\d*)?$/.test(found.rest)) return failed('noise');
  return pinpad('70', {
    account: head.slice(3),
    sessionKey: found.key,
    ...given('amount', found.rest),
    ...given('timeout', timeout),
  });
}

function requestZ62(text: string): Decoded {
  const [head = '', body, prompt2, processingPrompt, timeout, ...more] = text.split('\x1c');
  if (!head.startsWith('Z62.') || body === undefined || more.length > 0) return failed('noise');
  const found = splitKey(body, /^\d{4}[YN]/);
  const problem = accountProblem(head.slice(4)) ?? timeoutProblem(timeout);
  if (problem !== null) return failed(problem);
  if (found === null) return failed('noise');
  const { key, rest } = found;
  const lengths = [rest.slice(0, 2), rest.slice(2, 4)] as const;
  if (!lengths.every(isPinLength)) return failed('wrongLength');
  return pinpad('Z62', {
    account: head.slice(4),
    sessionKey: key,
    pinLengthMin: lengths[0],
    pinLengthMax: lengths[1],
    nullPin: rest.slice(4, 5),
    ...given('prompt1', rest.slice(5)),
    ...given('prompt2', prompt2),
    ...given('processingPrompt', processingPrompt),
    ...given('timeout', timeout),
  });
}

function reply71(text: string): Decoded {
  if (text.length === 3 && text !== '71.') return pinpad('71', { errorCode: text.slice(2) });
  return text.startsWith('71.') ? masterSession(text) : dukpt(text);
}

/** 27 bytes with start, end and LRC. */
function masterSession(text: string): Decoded {
  if (text.length !== 24) return failed('wrongLength');
  const fields = /^71\.(.)(\d\d)01([0-9A-F]{16})$/i.exec(text);
  if (fields === null) return failed('noise');
  const [, functionKey = '', pinLength = '', pinBlock = ''] = fields;
  if (!isPinLength(pinLength)) return failed('wrongLength');
  return pinpad('71', { functionKey, pinLength, pinBlock });
}

/** 32 to 42 bytes: a key serial number of 10 to 20 digits, its leading Fs left out. */
function dukpt(text: string): Decoded {
  if (text.length < 29 || text.length > 39) return failed('wrongLength');
  if (!/^71.[0-9A-F]+$/i.test(text)) return failed('noise');
  return pinpad('71', { functionKey: text.slice(2, 3), ksn: text.slice(3, -16), pinBlock: text.slice(-16) });
}

function admin(text: string): Decoded {
  const code = text.slice(0, 2);
  const rest = text.slice(2);
  if (!/^\d\d$/.test(code)) return failed('noise');
  const load = code === '02' ? /^([0-9A-V])([0-9A-F]+)$/.exec(rest) : null;
  if (load !== null) {
    const [, keyIndex = '', masterKey = ''] = load;
    return masterKey.length % 16 === 0 ? pinpad('admin', { code, keyIndex, masterKey }) : failed('wrongLength');
  }
  if (code === '08') return rest.length === 1 ? pinpad('admin', { code, keyIndex: rest }) : failed('wrongLength');
  return pinpad('admin', { code, ...given('text', rest) });
}

/** Takes a session key of 32 or 16 hex digits off the front. The longer one is tried first: what may follow a short one
 *  never looks like 16 more digits and such a rest. Null when there is none. */
function splitKey(text: string, restStart = /^/): { readonly key: string; readonly rest: string } | null {
  for (const length of [32, 16]) {
    const key = text.slice(0, length);
    const rest = text.slice(length);
    if (key.length === length && /^[0-9A-F]+$/i.test(key) && restStart.test(rest)) return { key, rest };
  }
  return null;
}

function accountProblem(account: string): DecodeReason | null {
  if (!/^\d*$/.test(account)) return 'noise';
  return account.length < 8 || account.length > 19 ? 'wrongLength' : null;
}

function timeoutProblem(timeout: string | undefined): DecodeReason | null {
  return timeout === undefined || /^[1-9]?$/.test(timeout) ? null : 'noise';
}

/** 00 is a PIN that was left empty. */
function isPinLength(digits: string): boolean {
  return digits === '00' || (digits >= '04' && digits <= '12');
}

function given(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined || value === '' ? {} : { [name]: value };
}

function pinpad(message: string, fields: Readonly<Record<string, string>>): Decoded {
  return { ok: true, kind: 'pinpad', message, fields };
}

function failed(reason: DecodeReason): DecodeFailure {
  return { ok: false, reason };
}

function lrcOf(bytes: Uint8Array): number {
  let lrc = 0;
  for (const byte of bytes) lrc ^= byte;
  return lrc;
}

function packet(start: number, text: string, end: number): Uint8Array {
  const frame = Uint8Array.of(start, ...Buffer.from(text, 'latin1'), end, 0);
  frame[frame.length - 1] = lrcOf(frame.subarray(1, -1));
  return frame;
}

/** Message 70. `account`: 8 to 19 digits; `sessionKey`: 16 or 32 hex digits, encrypted under the selected master key;
 *  `amount`: as the pad is to show it, 4 to 8 characters such as `12.50`. The pad waits its longest time, 270 s; whoever
 *  asks ends the entry sooner by message 72. */
export function encodePinRequest(request: {
  readonly account: string;
  readonly sessionKey: string;
  readonly amount: string;
}): Uint8Array {
  return packet(stx, `70.${request.account}\x1c${request.sessionKey}${request.amount}\x1c9`, etx);
}

/** Message 72. */
export function encodePinCancel(): Uint8Array {
  return packet(stx, '72', etx);
}

/** Admin message 08: the master key, 0 to 9, that the next session keys are encrypted under. */
export function encodeMasterKeySelection(keyIndex: number): Uint8Array {
  return packet(si, `08${keyIndex}`, so);
}
