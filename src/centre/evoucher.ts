import { evoucherProblem } from '../domain/evoucher.ts';
import type { EvoucherCredential } from '../ports/card-reader.ts';
import type { Decline, Envelope } from '../ports/centre.ts';
import type { CardHolder, Rows, WritableRows } from './centre-store.ts';
import { type Desk, terminalName, unguessable } from './desk.ts';

/** How long a voucher stands in for the PIN: as long as a clerk may take to key in the amount and ask for the quote. */
const voucherLifeMs = 300_000;

/** Whose code this is, and the voucher that was given for it. */
interface ShownCode {
  readonly kind: 'shown';
  readonly holder: CardHolder;
  readonly voucher: string;
}

/** Takes a 医保码 that was shown: NOT_EVOUCHER for another form or a code that nobody was given, then CODE_EXPIRED, then
 *  CODE_USED. It is used up from here on, whatever becomes of its sale: who needs another one refreshes (R97, R98). The
 *  same message delivered twice shows it once and gets the same voucher. Source: R94 to R98. */
export function takeCode(
  desk: Desk,
  rows: WritableRows,
  { code }: EvoucherCredential,
  request: Envelope,
): ShownCode | Decline {
  const { evoucher } = desk.profile;
  const text = code.expose();
  const codeIndex = desk.vault.indexOf('evoucher', text);
  const row = evoucherProblem(text, evoucher) === null ? rows.evoucher(codeIndex) : undefined;
  const holder = row && rows.holderByPerson(row.person);
  if (!row || !holder) return { code: 'NOT_EVOUCHER' };
  const now = desk.clock.now();
  const terminal = terminalName(request);
  if (row.usedBy === request.msgId && row.voucher !== null && rows.ticket(row.voucher)?.terminal === terminal) {
    return { kind: 'shown', holder, voucher: row.voucher };
  }
  if (now - row.issuedAt > evoucher.ttlS * 1000) return { code: 'CODE_EXPIRED' };
  if (evoucher.singleUse && row.usedBy !== null) return { code: 'CODE_USED' };
  const voucher = unguessable(desk);
  const expiresAt = now + voucherLifeMs;
  rows.addTicket({ ticket: voucher, card: holder.card, consent: 'voucher', billHash: null, terminal, expiresAt });
  if (row.usedBy === null) rows.spendEvoucher(codeIndex, request.msgId, voucher);
  return { kind: 'shown', holder, voucher };
}

/** Whether what came with this message, a voucher or a ticket, was given to this terminal for a 医保码 of this card's
 *  holder. Says nothing of whether it is still good. */
export function isByCode(
  rows: Rows,
  shown: string | undefined,
  request: Pick<Envelope, 'institution' | 'terminal'> & { readonly card: string },
): boolean {
  const row = shown === undefined ? undefined : rows.ticket(shown);
  return row?.consent === 'voucher' && row.card === request.card && row.terminal === terminalName(request);
}
