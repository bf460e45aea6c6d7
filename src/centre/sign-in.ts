import { compactTime } from '../domain/china-time.ts';
import type { SignInAnswer, SignInRequest } from '../ports/centre.ts';
import { wrapKey } from '../ports/key-wrap.ts';
import { keyCheckValue } from '../ports/pin-block.ts';
import type { WrappedPinKey } from '../ports/pin-key.ts';
import { type PinBlockFormat, pinBlockFormats } from '../ports/pin-pad.ts';
import type { WritableRows } from './centre-store.ts';
import { type Desk, terminalName, unguessable } from './desk.ts';

/** 9001: gives a terminal a number for its sign-in and a new PIN key for each format it asks for, wrapped under the
 *  terminal's key. Its earlier PIN keys are retired in the same transaction, so a terminal has one key a format and only
 *  the last sign-in's. Declined MESSAGE_REJECTED: a terminal that nobody has enrolled, formats that are unknown, twice the
 *  same, or none. Faults: the store's; then the earlier keys stand, or the commit's outcome is unknown. */
export function signIn(desk: Desk, request: SignInRequest): SignInAnswer {
  const terminal = terminalName(request);
  return desk.store.write((rows): SignInAnswer => {
    const row = rows.terminalKey(terminal);
    if (row === undefined || !areSound(request.formats)) {
      return { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
    }
    const terminalKey = desk.vault.openKey(terminalKeyPlace(terminal), row.keySealed);
    try {
      rows.retirePinKeys(terminal);
      const keys = request.formats.map((format) => newPinKey(desk, rows, terminal, terminalKey, format));
      return { kind: 'signedIn', signNo: newSignNo(desk), keys };
    } finally {
      terminalKey.fill(0);
    }
  });
}

/** For what the vault seals a terminal's key, and a PIN key. */
export function terminalKeyPlace(terminal: string): string {
  return `terminal:${terminal}`;
}
export function pinKeyPlace(keyId: string): string {
  return `pin:${keyId}`;
}

function areSound(formats: readonly PinBlockFormat[]): boolean {
  const known: readonly string[] = pinBlockFormats;
  return formats.length > 0 && new Set(formats).size === formats.length && formats.every((it) => known.includes(it));
}

function newPinKey(
  desk: Desk,
  rows: WritableRows,
  terminal: string,
  terminalKey: Uint8Array,
  format: PinBlockFormat,
): WrappedPinKey {
  const keyId = unguessable(desk);
  const key = Uint8Array.from(desk.random(16));
  if (format === 'iso0-tdes') setOddParity(key);
  const keySealed = desk.vault.sealKey(pinKeyPlace(keyId), key);
  rows.addPinKey({ keyId, terminal, format, keySealed }, desk.clock.now());
  const wrapped = Buffer.from(wrapKey(terminalKey, key)).toString('hex').toUpperCase();
  const checkValue = keyCheckValue({ format, key });
  key.fill(0);
  return { format, keyId, wrapped, checkValue, usesMax: desk.pinKeyUsesMax };
}

/** The last bit of each byte of a DES key is its parity. The cipher does not look at it, but some pads do. */
function setOddParity(key: Uint8Array): void {
  for (const [at, byte] of key.entries()) {
    let ones = 0;
    for (let bit = 1; bit < 8; bit++) ones += (byte >> bit) & 1;
    key[at] = (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  }
}

/** sign_no is C(30): the moment in China, then what nobody can guess. */
function newSignNo(desk: Desk): string {
  return `${compactTime(desk.clock.now())}${Buffer.from(desk.random(8)).toString('hex').toUpperCase()}`;
}
