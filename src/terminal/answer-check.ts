import type { Bill } from '../domain/bill.ts';
import { declineCodes } from '../domain/decline-code.ts';
import { add, type Fen, sum } from '../domain/money.ts';
import type { Secret } from '../domain/secret.ts';
import type { Quote, Settlement, Split } from '../domain/settlement.ts';
import { type Remaining, type Returned, type Undo, type UndoQuote, undoKinds } from '../domain/undo.ts';
import type { Credential } from '../ports/card-reader.ts';
import {
  CentreFault,
  type Decline,
  type Envelope,
  type IdentifyAnswer,
  type InquireAnswer,
  type PreviewUndoAnswer,
  type QueryAnswer,
  type QuoteAnswer,
  type Reply,
  type ReverseAnswer,
  type SettleAnswer,
  type SignInAnswer,
  type UndoAnswer,
} from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';
import type { Intent } from '../ports/journal.ts';
import type { UndoChoice } from './counter-model.ts';

// The compiler knows what the centre's answers should be; nobody knows what comes back. Each answer is read here as if
// nothing were known of it: its shape, whether it answers this message, and whether its amounts add up. One that fails is
// no answer: `CentreFault` brokenAnswer, which for a message that can move money means that its outcome is unknown.

const broken = () => new CentreFault('brokenAnswer');

/** The answer when it is the answer to this message. */
export function ownAnswer<A>(request: Envelope, reply: Reply<A>): A {
  if (!isObject<Reply<A>>(reply) || reply.refMsgId !== request.msgId) throw broken();
  return reply;
}

export type Known<T> = { readonly [K in keyof T]?: unknown };

export function isObject<T extends object>(value: unknown): value is Known<T> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
/** More than anybody has, in fen, and little enough for the sum of a thousand to be a safe integer. */
const believableMax = 1e12;
const rowsMax = 1000;

export function isFen(value: unknown): value is Fen {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= believableMax;
}
/** What a date can hold, less a day for any place's clock. Ms. */
const timeMax = 8.64e15 - 86_400_000;
export function isTime(value: unknown): value is number {
  return Number.isFinite(value) && Math.abs(value as number) <= timeMax;
}
function areFen(values: readonly unknown[]): values is readonly Fen[] {
  return values.every(isFen);
}
function addUp(parts: readonly Fen[], total: Fen): boolean {
  return sum(parts) === total;
}

/** Rows of which those of the own account come to `own` and the others to `shared`. */
function areRows(rows: unknown, amountOf: 'paid' | 'returned', own: Fen, shared: Fen): boolean {
  if (!Array.isArray(rows) || rows.length > rowsMax) return false;
  const amounts = { own: [] as Fen[], shared: [] as Fen[] };
  for (const row of rows as readonly unknown[]) {
    if (!isObject<{ source: string; maskedName: string; paid: Fen; returned: Fen }>(row)) return false;
    const amount = row[amountOf];
    if (!isFen(amount) || typeof row.maskedName !== 'string') return false;
    if (row.source === 'own') amounts.own.push(amount);
    else if (row.source === 'wallet' || row.source === 'provider') amounts.shared.push(amount);
    else return false;
  }
  return addUp(amounts.own, own) && addUp(amounts.shared, shared);
}

function isSplit(value: unknown): value is Split {
  if (!isObject<Split>(value)) return false;
  const { total, fund, own, shared, cash, notEligible, rows } = value;
  const amounts = [total, fund, own, shared, cash, notEligible];
  if (!areFen(amounts)) return false;
  const [all, byFund, byOwn, byShared, byCash, unpayable] = amounts as [Fen, Fen, Fen, Fen, Fen, Fen];
  return addUp([byFund, byOwn, byShared, byCash], all) && unpayable <= byCash && areRows(rows, 'paid', byOwn, byShared);
}

function isQuote(value: unknown): value is Quote {
  return isObject<Quote>(value) && isSplit(value.split) && isText(value.digest) && typeof value.needsPin === 'boolean';
}

export function isDecline(value: unknown): value is Decline {
  if (!isObject<Decline>(value)) return false;
  const { code, triesLeft, notBefore } = value;
  return (
    typeof code === 'string' &&
    Object.hasOwn(declineCodes, code) &&
    (triesLeft === undefined || isFen(triesLeft)) &&
    (notBefore === undefined || isTime(notBefore))
  );
}

export function isInstitution(value: unknown): boolean {
  return isObject<Settlement['institution']>(value) && isText(value.code) && typeof value.name === 'string';
}

function isBeneficiary(value: unknown): boolean {
  if (!isObject<Settlement['beneficiary']>(value)) return false;
  const { maskedName, maskedCard, maskedId, insurance, area } = value;
  return [maskedName, maskedCard, maskedId, insurance, area].every((text) => typeof text === 'string');
}

function isSettlement(value: unknown): value is Settlement {
  if (!isObject<Settlement>(value)) return false;
  const { settlementId, msgId, settledAt, profile, institution, terminal, operator } = value;
  const { beneficiary, goods, split, ownBefore, ownAfter, pinUsed, voucherUsed } = value;
  return (
    [settlementId, msgId, profile, terminal, operator].every(isText) &&
    isTime(settledAt) &&
    isInstitution(institution) &&
    isBeneficiary(beneficiary) &&
    Array.isArray(goods) &&
    goods.every((line) => isObject<{ amount: Fen }>(line) && isFen(line.amount)) &&
    isSplit(split) &&
    isFen(ownBefore) &&
    isFen(ownAfter) &&
    addUp([ownAfter, split.own], ownBefore) &&
    typeof pinUsed === 'boolean' &&
    (voucherUsed === undefined || (typeof voucherUsed === 'boolean' && !(voucherUsed && pinUsed)))
  );
}

function isReturned(value: unknown): value is Returned {
  if (!isObject<Returned>(value)) return false;
  const amounts = [value.total, value.fund, value.own, value.shared, value.cash, value.cashDue];
  if (!areFen(amounts)) return false;
  const [total, fund, own, shared, cash, cashDue] = amounts as [Fen, Fen, Fen, Fen, Fen, Fen];
  return (
    (cash === 0 || cashDue === 0) &&
    addUp([fund, own, shared, cash], add(total, cashDue)) &&
    areRows(value.rows, 'returned', own, shared)
  );
}

function isRemaining(value: unknown): value is Remaining {
  if (!isObject<Remaining>(value)) return false;
  const { total, fund, own, shared, cash } = value;
  const parts = [fund, own, shared, cash];
  return isFen(total) && areFen(parts) && addUp(parts, total);
}

function isUndoQuote(value: unknown): value is UndoQuote {
  if (!isObject<UndoQuote>(value)) return false;
  const { kind, settlementId, returned, remaining, digest } = value;
  return (
    (kind === 'cancel' || kind === 'refund') &&
    isText(settlementId) &&
    isReturned(returned) &&
    (remaining === null || isRemaining(remaining)) &&
    isText(digest)
  );
}

function isOriginal(value: unknown): value is Undo['original'] {
  if (!isObject<Undo['original']>(value)) return false;
  return isText(value.settlementId) && isText(value.msgId) && isTime(value.settledAt) && isFen(value.total);
}

function isOriginalOf({ settlementId, total }: Undo['original'], sale: Settlement): boolean {
  return settlementId === sale.settlementId && total === sale.split.total;
}

function isUndo(value: unknown): value is Undo {
  if (!isObject<Undo>(value)) return false;
  const { undoId, kind, msgId, undoneAt, profile, institution, terminal, operator, beneficiary, original } = value;
  const { method, returned, returnedBefore, remaining, resettledAs, ownBefore, ownAfter } = value;
  return (
    [undoId, msgId, profile, terminal, operator].every(isText) &&
    (undoKinds as readonly unknown[]).includes(kind) &&
    isTime(undoneAt) &&
    isInstitution(institution) &&
    isBeneficiary(beneficiary) &&
    isOriginal(original) &&
    (['whole', 'lifo', 'cancel_and_resettle'] as unknown[]).includes(method) &&
    isReturned(returned) &&
    isFen(returnedBefore) &&
    (remaining === null || (isRemaining(remaining) && remaining.total > 0)) &&
    addUp([returnedBefore, returned.total, ...(remaining === null ? [] : [remaining.total])], original.total) &&
    (resettledAs === null || isText(resettledAs)) &&
    isFen(ownBefore) &&
    isFen(ownAfter) &&
    addUp([ownBefore, returned.own], ownAfter)
  );
}

/** Reads an answer by its kind; `checks` name every kind that may come. */
export function checked<T extends { readonly kind: string }>(
  answer: unknown,
  checks: { readonly [K in T['kind']]: (answer: Known<Extract<T, { kind: K }>>) => boolean },
): T {
  if (!isObject<T>(answer)) throw broken();
  const { kind } = answer;
  if (typeof kind !== 'string' || !Object.hasOwn(checks, kind)) throw broken();
  if (!checks[kind as T['kind']](answer as never)) throw broken();
  return answer as T;
}

export const declined = ({ decline }: { readonly decline?: unknown }) => isDecline(decline);

export function checkedSignIn(answer: unknown): SignInAnswer {
  return checked<SignInAnswer>(answer, {
    signedIn: ({ signNo, keys }) =>
      isText(signNo) &&
      Array.isArray(keys) &&
      keys.every(
        (key) =>
          isObject<{ keyId: string; format: string; wrapped: string; checkValue: string; usesMax: number }>(key) &&
          [key.keyId, key.format, key.wrapped, key.checkValue].every(isText) &&
          isFen(key.usesMax),
      ),
    declined,
  });
}

export function isSecret(value: unknown): value is Secret<unknown> {
  return isObject<Secret<unknown>>(value) && typeof value.expose === 'function';
}

/** `by`: what was shown. A code comes back with a voucher, or its customer would be asked for a PIN; a card never does. */
export function checkedIdentify(answer: unknown, by: Credential['medium']): IdentifyAnswer {
  return checked<IdentifyAnswer>(answer, {
    identified: ({ card, maskedName, maskedCard, pan, pinLength, voucher }) =>
      isText(card) &&
      [maskedName, maskedCard].every((text) => typeof text === 'string') &&
      isSecret(pan) &&
      (by === 'evoucher' ? isSecret(voucher) && isText(voucher.expose()) : voucher === undefined) &&
      isFen(pinLength) &&
      pinLength >= 4 &&
      pinLength <= 12,
    declined,
  });
}

export function checkedInquire(answer: unknown): InquireAnswer {
  return checked<InquireAnswer>(answer, {
    inquired: ({ maskedName, own, wallet, providers }) =>
      typeof maskedName === 'string' &&
      [own, wallet].every((amount) => amount === null || isFen(amount)) &&
      Array.isArray(providers) &&
      providers.every(
        (provider) =>
          isObject<{ maskedName: string; relation: string; standing: string }>(provider) &&
          [provider.maskedName, provider.relation, provider.standing].every((text) => typeof text === 'string'),
      ),
    declined,
  });
}

export function checkedQuote(answer: unknown, bill: Bill): QuoteAnswer {
  return checked<QuoteAnswer>(answer, { quoted: ({ quote }) => isQuote(quote) && isOf(quote.split, bill), declined });
}

/** A quote or settlement of this bill, and of no other. */
function isOf(split: Split, bill: Bill): boolean {
  return split.total === bill.total && split.fund === bill.fund;
}

/** What a settle message may be answered. `agreed`: null where only the journal knows what was asked for. */
export function checkedSettle(
  answer: unknown,
  intent: Intent,
  agreed: { bill: Bill; quote: Quote } | null,
): SettleAnswer {
  return checked<SettleAnswer>(answer, {
    settled: ({ settlement }) => {
      if (!isSettlement(settlement) || settlement.msgId !== intent.msgId) return false;
      const { split } = settlement;
      if (add(split.own, split.shared) !== intent.amountFen) return false;
      return agreed === null || (isOf(split, agreed.bill) && split.own === agreed.quote.split.own);
    },
    stale: ({ quote, ticket }) =>
      isQuote(quote) && (agreed === null || isOf(quote.split, agreed.bill)) && (ticket === null || isText(ticket)),
    declined,
  });
}

export function checkedPreview(answer: unknown, choice: UndoChoice): PreviewUndoAnswer {
  return checked<PreviewUndoAnswer>(answer, { previewed: ({ quote }) => isPreviewOf(quote, choice), declined });
}

function isPreviewOf(quote: unknown, { kind, settlementId, amount }: UndoChoice): quote is UndoQuote {
  if (!isUndoQuote(quote) || quote.kind !== kind || quote.settlementId !== settlementId) return false;
  return kind === 'cancel' ? quote.remaining === null : amount === null || quote.returned.total === amount;
}

/** What a cancel or refund may be answered. `choice`: null where only the journal knows what was asked for. */
export function checkedUndo(answer: unknown, intent: Intent, choice: UndoChoice | null): UndoAnswer {
  return checked<UndoAnswer>(answer, {
    undone: ({ undo }) =>
      isUndo(undo) &&
      undo.kind === intent.kind &&
      undo.msgId === intent.msgId &&
      undo.original.settlementId === intent.settlementId &&
      undo.returned.total === intent.amountFen &&
      (undo.kind !== 'cancel' || undo.remaining === null),
    undoStale: ({ quote }) => (choice === null ? isUndoQuote(quote) : isPreviewOf(quote, choice)),
    declined,
  });
}

/** A reversal is never declined for a message that settles: such an answer is none. */
export function checkedReverse(answer: unknown, of: MsgId): ReverseAnswer {
  return checked<ReverseAnswer>(answer, {
    reversed: ({ undo, sale }) =>
      (sale === undefined || (isSettlement(sale) && sale.msgId === of)) &&
      (undo === null ||
        (isUndo(undo) &&
          undo.kind === 'reversal' &&
          undo.original.msgId === of &&
          undo.remaining === null &&
          (sale === undefined || isOriginalOf(undo.original, sale)))),
    declined: () => false,
  });
}

/** `agreed`: as for `checkedSettle`. What was no answer when it came first is none when it is asked for either. */
export function checkedQuery(
  answer: unknown,
  intent: Intent,
  agreed: { bill: Bill; quote: Quote } | null,
): QueryAnswer {
  return checked<QueryAnswer>(answer, {
    found: ({ answer: found, undone }) => {
      if (intent.kind === 'settle') checkedSettle(found, intent, agreed);
      else checkedUndo(found, intent, null);
      return typeof undone === 'boolean';
    },
    absent: () => true,
  });
}
