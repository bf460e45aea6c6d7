import { createHash } from 'node:crypto';
import { maskName } from '../domain/person.ts';
import { secret } from '../domain/secret.ts';
import type {
  AdmitAnswer,
  AdmitRequest,
  Decline,
  Declined,
  Envelope,
  ExplainLinkAnswer,
  ExplainLinkRequest,
  LinkAnswer,
  LinkRequest,
  LookedUp,
  LookUpAnswer,
  LookUpRequest,
  UnlinkAnswer,
  UnlinkRequest,
} from '../ports/centre.ts';
import type { PinBlock } from '../ports/pin-pad.ts';
import { codeStateDecline, stateDecline } from './card-standing.ts';
import type { CardHolder, Rows, WritableRows } from './centre-store.ts';
import { type Desk, terminalName, unguessable } from './desk.ts';
import { takeCode } from './evoucher.ts';
import { cardHolderOf } from './identify.ts';
import { areTermsSound, cancelLink, makeLink, standingsOf, verdictOf } from './link-book.ts';
import type { LinkActor, LinkAsked } from './link-office.ts';
import type { DeskAnswer, DeskPermitRow } from './link-rows.ts';
import { type CountedEntry, countEntry, verifyEntry } from './pin-entry.ts';
import { isPinLocked } from './pin-verification.ts';

/** How long a person's desk may go on after he was admitted. */
const permitLifeMs = 600_000;

/** Who is this that stands at the desk, or is spoken about? A card or a number is only read; a 医保码 is used up, as in
 *  `identify`. Answers: CARD_FAKE, PERSON_NOT_FOUND, those of `takeCode`; then the card's state where a card or code was
 *  shown (R86, R88). Insurance does not matter here, nor does a PIN lock, which is only told (R93). */
export function lookUp(desk: Desk, request: LookUpRequest): LookUpAnswer {
  const { proof } = request;
  if (proof.medium === 'evoucher') {
    return desk.store.write((rows): LookUpAnswer => {
      const shown = takeCode(desk, rows, proof, request);
      if (!('kind' in shown)) return declined(shown);
      const decline = codeStateDecline(shown.holder, desk.profile);
      return decline ? declined(decline) : { ...lookedUp(desk, shown.holder), voucher: secret(shown.voucher) };
    });
  }
  return desk.store.read((rows): LookUpAnswer => {
    if (proof.medium === 'stripe' || proof.medium === 'chip') {
      const holder = cardHolderOf(desk, rows, proof);
      if (!holder) return declined({ code: 'CARD_FAKE' });
      const decline = stateDecline(holder);
      if (decline) return declined(decline);
      return isPinLocked(holder, desk.profile)
        ? { ...lookedUp(desk, holder), pinLocked: true }
        : lookedUp(desk, holder);
    }
    const holder = rows.holderByNumber(proof.medium, desk.vault.indexOf(proof.medium, proof.number.expose()));
    return holder ? lookedUp(desk, holder) : declined({ code: 'PERSON_NOT_FOUND' });
  });
}

function lookedUp(desk: Desk, holder: CardHolder): LookedUp {
  const { card, maskedCard, maskedId, insurance, status, area } = holder;
  return {
    kind: 'lookedUp',
    card,
    maskedName: maskName(holder.name),
    maskedCard,
    maskedId,
    insurance,
    status,
    area,
    pan: secret(desk.vault.open(holder.panSealed)),
    pinLength: desk.profile.pin.length,
  };
}

/** Lets somebody at the desk look at and change his links: by his PIN, by the voucher of the 医保码 he has shown, or by an ID
 *  card that the clerk has compared, where the profile takes documents (R10, R20). A PIN entry is counted before it is
 *  compared, as in `settle` (R78, R83). Order: answered before → card known → proof taken here → card state → PIN lock → PIN
 *  key → PIN, or voucher. Every answer is stored under its message id.
 *  Faults: the store's; then nothing but a counted try has changed, or the commit's outcome is unknown. */
export function admit(desk: Desk, request: AdmitRequest): AdmitAnswer {
  const { proof } = request;
  if (proof.kind !== 'pin') return desk.store.write((rows) => decide(desk, rows, request, null));
  // Also those of an entry that could not be counted are overwritten.
  const opened: Uint8Array[] = [];
  try {
    const entry = desk.store.write((rows) => countPin(desk, rows, request, proof.pinBlock, opened));
    return entry.kind === 'counted' ? desk.store.write((rows) => decide(desk, rows, request, entry)) : entry;
  } finally {
    for (const digits of opened) digits.fill(0);
  }
}

function countPin(
  desk: Desk,
  rows: WritableRows,
  request: AdmitRequest,
  block: PinBlock,
  opened: Uint8Array[],
): CountedEntry | AdmitAnswer {
  const before = answeredBefore(rows, request, admitHash(request), ['admitted', 'declined']);
  if (before) return before;
  const holder = rows.holderByRef(request.card);
  const decline = holder ? proofDecline(desk, holder, request, isPinLocked(holder, desk.profile)) : rejected;
  if (!holder || decline) return answered(desk, rows, request, admitHash(request), declined(decline ?? rejected));
  const entry = countEntry(desk, rows, request, holder, block, opened);
  return 'code' in entry ? answered(desk, rows, request, admitHash(request), declined(entry)) : entry;
}

function decide(desk: Desk, rows: WritableRows, request: AdmitRequest, entry: CountedEntry | null): AdmitAnswer {
  const hash = admitHash(request);
  const before = answeredBefore(rows, request, hash, ['admitted', 'declined']);
  if (before) return before;
  const holder = rows.holderByRef(request.card);
  if (!holder) return answered(desk, rows, request, hash, declined(rejected));
  // The try just counted may be the last one allowed: only a lock that was set before it counts here.
  const decline =
    proofDecline(desk, holder, request, holder.pinLocked) ??
    (entry ? verifyEntry(desk, rows, holder, entry) : voucherDecline(desk, rows, request));
  if (decline) return answered(desk, rows, request, hash, declined(decline));
  const now = desk.clock.now();
  const permit: DeskPermitRow = {
    permit: unguessable(desk),
    card: holder.card,
    terminal: terminalName(request),
    operator: request.operator,
    expiresAt: now + permitLifeMs,
  };
  rows.links.addPermit(permit);
  const links = standingsOf(desk, rows, holder.person, now);
  const { expiresAt } = permit;
  return answered(desk, rows, request, hash, { kind: 'admitted', permit: permit.permit, expiresAt, links });
}

/** Why this proof is not taken from this holder, before it is looked at. */
function proofDecline(desk: Desk, holder: CardHolder, { proof }: AdmitRequest, pinLocked: boolean): Decline | null {
  switch (proof.kind) {
    case 'pin':
      return stateDecline(holder) ?? (pinLocked ? { code: 'PIN_LOCKED' } : null);
    case 'voucher':
      return codeStateDecline(holder, desk.profile);
    case 'idCard':
      return desk.profile.binding.documents === 'one_of_three' ? null : rejected;
  }
}

/** Uses the voucher up; who shows one that is no good any more shows another code. */
function voucherDecline(desk: Desk, rows: WritableRows, request: AdmitRequest): Decline | null {
  const { proof, card, msgId } = request;
  if (proof.kind !== 'voucher') return null;
  const bound = { card, billHash: null, terminal: terminalName(request) };
  const redeemed = rows.redeemTicket(proof.voucher.expose(), msgId, bound, desk.clock.now());
  return redeemed ? null : { code: 'CODE_EXPIRED' };
}

/** The dry run: what would come of `link`. Writes nothing. */
export function explainLink(desk: Desk, request: ExplainLinkRequest): ExplainLinkAnswer {
  const now = desk.clock.now();
  return desk.store.read((rows): ExplainLinkAnswer => {
    const asked = askedBy(rows, request, now);
    return asked ? { kind: 'explained', verdict: verdictOf(desk, rows, asked, now) } : declined(rejected);
  });
}

/** Makes a link of an admitted provider, and ends the one that it replaces, in one transaction; or says all that stands in the
 *  way. The facts are those of the rows at that moment, not those of a dry run before. */
export function link(desk: Desk, request: LinkRequest): LinkAnswer {
  const now = desk.clock.now();
  return desk.store.write((rows): LinkAnswer => {
    const hash = hashOf(request, [request.permit, request.beneficiary, request.terms, request.replaces]);
    const before = answeredBefore(rows, request, hash, ['linked', 'linkRefused', 'declined']);
    if (before) return before;
    const asked = askedBy(rows, request, now);
    if (!asked) return answered(desk, rows, request, hash, declined(rejected));
    const made = makeLink(desk, rows, asked, actorOf(request, request.terms.channel), now);
    if (made.kind === 'linkRefused') return answered(desk, rows, request, hash, made);
    const links = standingsOf(desk, rows, asked.provider, now);
    return answered(desk, rows, request, hash, { ...made, links });
  });
}

/** Ends a link of an admitted person. Declined as in `cancelLink`. */
export function unlink(desk: Desk, request: UnlinkRequest): UnlinkAnswer {
  const now = desk.clock.now();
  return desk.store.write((rows): UnlinkAnswer => {
    const channel = request.channel ?? 'counter';
    const hash = hashOf(request, [request.permit, request.linkId, request.reason, channel]);
    const before = answeredBefore(rows, request, hash, ['unlinked', 'declined']);
    if (before) return before;
    const holder = permitted(rows, request, now);
    if (!holder) return answered(desk, rows, request, hash, declined(rejected));
    const { person } = holder;
    const { linkId, reason } = request;
    const ended = cancelLink(desk, rows, { person, linkId, reason }, actorOf(request, channel), now);
    if (ended.kind === 'declined') return answered(desk, rows, request, hash, ended);
    const links = standingsOf(desk, rows, person, now);
    return answered(desk, rows, request, hash, { ...ended, links });
  });
}

/** What a message asks for, by its permit; null for a permit that is no good, a beneficiary nobody knows, or terms that no
 *  desk's form sends. */
function askedBy(rows: Rows, request: ExplainLinkRequest, now: number): LinkAsked | null {
  const { terms, replaces } = request;
  const provider = permitted(rows, request, now);
  const beneficiary = rows.holderByRef(request.beneficiary);
  const isDesk = terms.channel === 'counter' || terms.channel === 'hospital';
  if (!provider || !beneficiary || !isDesk || !areTermsSound(terms)) return null;
  return { provider: provider.person, beneficiary: beneficiary.person, terms, replaces };
}

/** Whose links this permit is for, while it is good for this terminal and operator. */
function permitted(rows: Rows, request: Envelope & { readonly permit: string }, now: number): CardHolder | undefined {
  const row = rows.links.permit(request.permit);
  const isGood =
    row !== undefined &&
    row.expiresAt > now &&
    row.terminal === terminalName(request) &&
    row.operator === request.operator;
  return isGood ? rows.holderByRef(row.card) : undefined;
}

function actorOf({ institution, terminal, operator }: Envelope, channel: LinkActor['channel']): LinkActor {
  return { channel, operator, institution, terminal };
}

const rejected = { code: 'MESSAGE_REJECTED' } as const satisfies Decline;

function declined(decline: Decline): Declined {
  return { kind: 'declined', decline };
}

/** The first answer to a message that comes again; MESSAGE_REJECTED where the id was another message's, which leaves nothing
 *  behind. Null for a new one. `kinds`: what this sort of message can be answered. */
function answeredBefore<K extends DeskAnswer['kind']>(
  rows: Rows,
  request: Envelope,
  hash: string,
  kinds: readonly K[],
): Extract<DeskAnswer, { readonly kind: K }> | Declined | null {
  const before = rows.links.answerTo(request.msgId);
  if (before === undefined) return rows.answerTo(request.msgId) === undefined ? null : declined(rejected);
  const { answer } = before;
  const isOfThisKind = (given: DeskAnswer): given is Extract<DeskAnswer, { readonly kind: K }> =>
    kinds.some((kind) => kind === given.kind);
  return before.requestHash === hash && isOfThisKind(answer) ? answer : declined(rejected);
}

function answered<A extends DeskAnswer>(desk: Desk, rows: WritableRows, request: Envelope, hash: string, answer: A): A {
  rows.links.addAnswer(request.msgId, hash, answer, desk.clock.now());
  return answer;
}

/** What a repeated message must have in common with the first. Left out: a PIN block, which is another one each time it is
 *  made and would tie stored rows to a PIN; and the sender's clock. */
function hashOf(request: Envelope, content: readonly unknown[]): string {
  const { institution, terminal, operator } = request;
  return createHash('sha256')
    .update(JSON.stringify([...content, institution.code, terminal, operator]), 'utf8')
    .digest('hex');
}

function admitHash(request: AdmitRequest): string {
  const { card, proof } = request;
  return hashOf(request, ['admit', card, proof.kind, proof.kind === 'voucher' ? proof.voucher.expose() : null]);
}
