import type { Decline, Envelope } from '../ports/centre.ts';
import { openPinBlock } from '../ports/pin-block.ts';
import type { PinKey } from '../ports/pin-key.ts';
import type { PinBlock } from '../ports/pin-pad.ts';
import type { CardHolder, WritableRows } from './centre-store.ts';
import { type Desk, terminalName } from './desk.ts';
import { isRefusedInitialPin, isRightPin } from './pin-verification.ts';
import { pinKeyPlace } from './sign-in.ts';

/** A PIN entry that counts as wrong already. `tries`: wrong ones in a row, this one included. */
export interface CountedEntry {
  readonly kind: 'counted';
  readonly digits: Uint8Array;
  readonly tries: number;
}

/** Opens a PIN block and counts the entry as wrong. It belongs into a transaction of its own, *before* the comparison, so that
 *  a centre that stops in between has given no free guess (R78, R83). PIN_KEY_EXPIRED for a block under a key that is not
 *  the terminal's present one or is used up, MESSAGE_REJECTED for one that does not open: neither is a guess.
 *  `opened` takes the digits as soon as they are there; they are the caller's to wipe, whatever is thrown. */
export function countEntry(
  desk: Desk,
  rows: WritableRows,
  request: Envelope,
  holder: CardHolder,
  block: PinBlock,
  opened: Uint8Array[],
): CountedEntry | Decline {
  const key = takePinKey(desk, rows, request, block);
  if (key === null) return { code: 'PIN_KEY_EXPIRED' };
  const digits = openPinBlock(block, desk.vault.open(holder.panSealed), key);
  key.key.fill(0);
  // A block that does not open is a broken message, not a guess: it carries no digits that could be right.
  if (!digits) return { code: 'MESSAGE_REJECTED' };
  opened.push(digits);
  rows.countTry(holder.card);
  return { kind: 'counted', digits, tries: holder.wrongTries + 1 };
}

/** The key that the block names, with this use of it counted; null when it opens nothing for this terminal: unknown,
 *  retired, another terminal's, of another format, or used up. A block that turns out broken has used the key, too. */
function takePinKey(desk: Desk, rows: WritableRows, request: Envelope, block: PinBlock): PinKey | null {
  const row = rows.pinKey(block.keyId);
  if (row === undefined || row.retired || row.terminal !== terminalName(request)) return null;
  if (row.format !== block.format || row.uses >= desk.pinKeyUsesMax) return null;
  rows.countPinKeyUse(row.keyId);
  const { keyId, format, keySealed } = row;
  return { keyId, format, key: desk.vault.openKey(pinKeyPlace(keyId), keySealed) };
}

/** The comparison; null when the PIN is right and may be used, and the tries are back at zero.
 *  The initial PIN where a place refuses it (R81) is told as PIN_LOCKED: it is not wrong and costs no try, and what the
 *  customer has to do is what that code says, have it reset at a service point. */
export function verifyEntry(
  desk: Desk,
  rows: WritableRows,
  holder: CardHolder,
  { digits, tries }: CountedEntry,
): Decline | null {
  if (isRightPin(desk.pinVerificationKey, holder, digits)) {
    rows.resetTries(holder.card, false);
    return isRefusedInitialPin(digits, desk.profile) ? { code: 'PIN_LOCKED' } : null;
  }
  const triesLeft = desk.profile.pin.maxWrong - tries;
  if (triesLeft > 0) return { code: 'PIN_WRONG', triesLeft };
  rows.lockPin(holder.card);
  return { code: 'PIN_LOCKED' };
}
