import type { Bill } from '../../src/domain/bill.ts';
import { chinaDay } from '../../src/domain/china-time.ts';
import type { Split } from '../../src/domain/settlement.ts';
import type { Remaining, Returned, Undo } from '../../src/domain/undo.ts';
import type {
  CancelRequest,
  Envelope,
  IdentifyAnswer,
  IdentifyRequest,
  InquireAnswer,
  InquireRequest,
  MoneyAnswer,
  PreviewUndoAnswer,
  PreviewUndoRequest,
  QueryAnswer,
  QueryRequest,
  QuoteAnswer,
  QuoteRequest,
  RefundRequest,
  ReverseAnswer,
  ReverseRequest,
  SettleAnswer,
  SettleRequest,
  SignInAnswer,
  SignInRequest,
  UndoAnswer,
} from '../../src/ports/centre.ts';
import { Broken } from './broken.ts';
import {
  type GiveBack,
  type ModelPerson,
  type ModelSale,
  type Parts,
  type RuleModel,
  walletKey,
} from './rule-model.ts';

/** How long a PIN that was right stands in for itself after a stale quote, in ms: the centre's promise. */
const ticketLifeMs = 120_000;

/** What the oracle has to be told, because no message says it. */
export interface Knowledge {
  /** The centre's clock. */
  now(): number;
  /** Whose card number this is. */
  personOfPan(pan: string): string | undefined;
  /** What was typed for a PIN block. */
  typedFor(blockHex: string): string | undefined;
  /** The name of the rules in force. */
  rulesName(): string;
}

interface Answered {
  readonly kind: 'answered';
  readonly content: string;
  readonly answer: MoneyAnswer;
  readonly sale: ModelSale | null;
  /** Reversed since; `undo` as the first reversal answered. */
  reversal: { readonly undo: Undo | null } | null;
}
type Known = Answered | { readonly kind: 'sealed' };

interface PinKeyState {
  readonly terminal: string;
  readonly usesMax: number;
  uses: number;
  retired: boolean;
}

/** Holds every answer of the centre against the model, and changes the model as the answer says it was. What it expects
 *  it works out from the request alone, before it looks at the answer. Errors: `Broken` with what differs. */
export class Oracle {
  readonly model: RuleModel;
  readonly known = new Map<string, Known>();
  /** What was given back, by the message that did it. */
  readonly undone = new Map<string, { readonly undo: Undo; readonly sale: ModelSale; readonly give: GiveBack }>();
  readonly #knowledge: Knowledge;
  readonly #cards = new Map<string, string>();
  /** What a digest that was given out stands for. */
  readonly #agreed = new Map<string, string>();
  readonly #undoAgreed = new Map<string, { readonly key: string; readonly changes: number }>();
  readonly #tickets = new Map<string, { readonly bound: string; readonly until: number }>();
  readonly #keys = new Map<string, PinKeyState>();
  #changes = 0;

  constructor(model: RuleModel, knowledge: Knowledge) {
    this.model = model;
    this.#knowledge = knowledge;
  }

  /** Something has changed that quotes depend on. */
  noteChange(): void {
    this.#changes += 1;
  }

  signIn(request: SignInRequest, answer: SignInAnswer): void {
    expect(answer.kind, 'signedIn', 'sign-in');
    if (answer.kind !== 'signedIn') return;
    this.retireKeys(terminalOf(request));
    expect(
      answer.keys.map((key) => key.format).sort(),
      [...request.formats].sort(),
      'the formats of the keys of a sign-in',
    );
    for (const key of answer.keys) {
      if (this.#keys.has(key.keyId)) throw new Broken('keys', `the PIN key ${key.keyId} was handed out before`);
      this.#keys.set(key.keyId, { terminal: terminalOf(request), usesMax: key.usesMax, uses: 0, retired: false });
    }
  }

  retireKeys(terminal: string): void {
    for (const key of this.#keys.values()) if (key.terminal === terminal) key.retired = true;
  }

  /** A PIN key of this terminal that would still be taken. */
  liveKeyOf(terminal: string): string | undefined {
    for (const [id, key] of this.#keys) if (key.terminal === terminal && !key.retired) return id;
    return undefined;
  }

  identify(request: IdentifyRequest, answer: IdentifyAnswer): void {
    const { credential } = request;
    if (credential.medium !== 'stripe') throw new Error('the simulation has stripes only');
    const id = this.#knowledge.personOfPan(credential.pan.expose());
    const person = id === undefined ? undefined : this.model.person(id);
    const refusal = person ? this.#refusal(person) : 'CARD_FAKE';
    expect(kindOf(answer), refusal ?? 'identified', 'who a card belongs to');
    if (answer.kind === 'identified' && person) this.#cards.set(answer.card, person.id);
  }

  inquire(request: InquireRequest, answer: InquireAnswer): void {
    const person = this.#personOf(request.card);
    if (answer.kind !== 'inquired' || !person) return;
    expect(answer.own, person.isOpen ? person.money : null, 'the balance told');
    const hasWallet = this.model.rules.wallet !== null && person.hasWallet;
    // A wallet is an account from the first time that something comes into it, or it is opened at the office.
    expect(answer.wallet ?? 0, hasWallet ? person.wallet : 0, 'what is told to lie in the wallet');
  }

  quote(request: QuoteRequest, answer: QuoteAnswer): void {
    const person = this.#personOf(request.card);
    const refusal = person ? this.#refusal(person) : 'MESSAGE_REJECTED';
    expect(kindOf(answer), refusal ?? 'quoted', 'a quote');
    if (answer.kind !== 'quoted' || !person) return;
    const parts = this.#partsOf(person, request.bill);
    this.#checkQuote(answer.quote, person, request.bill, parts);
  }

  settle(request: SettleRequest, answer: SettleAnswer): void {
    const content = JSON.stringify([
      'settle',
      request.card,
      request.bill,
      request.digest,
      request.authorisation.kind,
      request.authorisation.kind === 'ticket' ? request.authorisation.ticket : null,
      terminalOf(request),
      request.operator,
    ]);
    if (this.#isRepeated(request.msgId, content, answer, 'settle')) return;
    const { expected, sale } = this.#expectSettle(request, answer);
    expect(kindOf(answer), expected, 'a settlement');
    this.known.set(request.msgId, { kind: 'answered', content, answer, sale, reversal: null });
  }

  /** The centre died over this settle message: what it has done of it is told by what stands there now. */
  settleBrokenOff(request: SettleRequest, answer: SettleAnswer | undefined, wrongPins: number): void {
    if (this.known.has(request.msgId)) return;
    if (answer) {
      this.settle(request, answer);
      return;
    }
    const person = this.#personOf(request.card);
    if (!person || wrongPins === person.wrongPins) return;
    expect(wrongPins, person.wrongPins + 1, 'the wrong PINs after a crash in the middle');
    // Counted before it is compared: a right PIN that was not compared any more has cost a try.
    person.wrongPins = wrongPins;
    if (request.authorisation.kind === 'pin') this.#countKeyUse(request.authorisation.pinBlock.keyId);
  }

  previewUndo(request: PreviewUndoRequest, answer: PreviewUndoAnswer): void {
    const { undo, settlementId, amount } = request;
    const found = this.#undoable(request, undo, settlementId, amount);
    expect(kindOf(answer), typeof found === 'string' ? found : 'previewed', `a preview of a ${undo}`);
    if (answer.kind !== 'previewed' || typeof found === 'string') return;
    const { quote } = answer;
    expect([quote.kind, quote.settlementId], [undo, settlementId], 'what a preview is of');
    this.#checkUndoQuote(quote, found);
  }

  cancelOrRefund(kind: 'cancel' | 'refund', request: CancelRequest | RefundRequest, answer: UndoAnswer): void {
    const { settlementId, digest } = request;
    const amount = 'amount' in request ? request.amount : null;
    const content = JSON.stringify([kind, settlementId, amount, digest, terminalOf(request), request.operator]);
    if (this.#isRepeated(request.msgId, content, answer, kind)) return;
    const found = this.#undoable(request, kind, settlementId, amount);
    if (typeof found === 'string') {
      expect(kindOf(answer), found, `a ${kind}`);
    } else {
      const agreed = this.#undoAgreed.get(digest);
      const isAgreed = agreed?.key === undoKey(kind, found);
      const mayBeStale = !isAgreed || agreed.changes !== this.#changes;
      if (answer.kind === 'undoStale') {
        if (!mayBeStale) throw new Broken('stale', `a ${kind} that was agreed to was called stale`);
        this.#checkUndoQuote(answer.quote, found);
      } else {
        expect(kindOf(answer), isAgreed ? 'undone' : 'undoStale', `a ${kind}`);
        if (answer.kind === 'undone') this.#undo(kind, request.msgId, answer.undo, found);
      }
    }
    this.known.set(request.msgId, { kind: 'answered', content, answer, sale: null, reversal: null });
  }

  reverse(request: ReverseRequest, answer: ReverseAnswer): void {
    const of = this.known.get(request.of);
    if (of?.kind === 'answered' && of.answer.kind === 'undone') {
      expect(kindOf(answer), 'ALREADY_REVERSED', 'a reversal of an undo');
      return;
    }
    expect(kindOf(answer), 'reversed', 'a reversal');
    if (answer.kind !== 'reversed') return;
    if (of === undefined || of.kind === 'sealed') {
      this.known.set(request.of, { kind: 'sealed' });
      expect(answer.undo, null, 'what the reversal of an unknown message gives back');
      return;
    }
    if (of.reversal !== null) {
      expect(answer.undo, of.reversal.undo, 'what a repeated reversal answers');
      return;
    }
    const { sale } = of;
    of.reversal = { undo: answer.undo };
    if (!sale || sale.now === null) {
      expect(answer.undo, null, 'what the reversal of what is not paid gives back');
      return;
    }
    if (answer.undo === null) throw new Broken('reversal', `a reversal gave nothing back of ${sale.id}`);
    const give = this.model.giveBack(sale, sale.now.total, this.#knowledge.now());
    this.#undo('reversal', request.msgId, answer.undo, { sale, give });
  }

  query(request: QueryRequest, answer: QueryAnswer): void {
    const of = this.known.get(request.of);
    if (of === undefined || of.kind === 'sealed') {
      expect(answer.kind, 'absent', 'a question about a message that was never answered');
      this.known.set(request.of, { kind: 'sealed' });
      return;
    }
    if (answer.kind !== 'found') throw new Broken('query', `${request.of} was answered, and the centre says absent`);
    expect(answer.answer, of.answer, 'the answer that a question finds');
    expect(answer.undone, of.sale !== null && of.sale.now === null, 'whether a settlement that is found was undone');
  }

  /** Who still pays what of the sale that this message made; null when nobody does. */
  paidBy(msgId: string): Parts | null {
    const known = this.known.get(msgId);
    return known?.kind === 'answered' && known.sale !== null ? known.sale.now : null;
  }

  hasSettled(msgId: string): boolean {
    const known = this.known.get(msgId);
    return known?.kind === 'answered' && known.sale !== null;
  }

  /** The reversal that gave back what this message took. */
  reversalOf(msgId: string): Undo | null {
    const known = this.known.get(msgId);
    return known?.kind === 'answered' ? (known.reversal?.undo ?? null) : null;
  }

  /** A repeated message gets its first answer; nothing changes. */
  #isRepeated(msgId: string, content: string, answer: MoneyAnswer, what: string): boolean {
    const before = this.known.get(msgId);
    if (before === undefined) return false;
    if (before.kind === 'sealed' || before.reversal !== null) {
      const refusal = what === 'settle' ? 'ALREADY_REVERSED' : 'MESSAGE_REJECTED';
      expect(kindOf(answer), refusal, `a ${what} message that is sealed or reversed`);
    } else if (before.content !== content) {
      expect(kindOf(answer), 'MESSAGE_REJECTED', `a ${what} message under the id of another one`);
    } else {
      expect(answer, before.answer, `the answer to a repeated ${what} message`);
    }
    return true;
  }

  #expectSettle(request: SettleRequest, answer: SettleAnswer): { expected: string; sale: ModelSale | null } {
    const none = (expected: string) => ({ expected, sale: null });
    const now = this.#knowledge.now();
    const { bill, authorisation } = request;
    const person = this.#personOf(request.card);
    if (!person) return none('MESSAGE_REJECTED');
    const refusal = this.#refusal(person);
    if (refusal) return none(refusal);
    let consentUntil: number | null = null;
    if (authorisation.kind === 'pin') {
      const { hex, keyId } = authorisation.pinBlock;
      const key = this.#keys.get(keyId);
      if (!key || key.terminal !== terminalOf(request) || key.retired || key.uses >= key.usesMax)
        return none('PIN_KEY_EXPIRED');
      this.#countKeyUse(keyId);
      const typed = this.#knowledge.typedFor(hex);
      if (typed === undefined) throw new Error('a PIN block that no pad has made');
      if (typed !== person.pin) {
        person.wrongPins += 1;
        person.locked = person.wrongPins >= this.model.rules.wrongPinsMax;
        const left = this.model.rules.wrongPinsMax - person.wrongPins;
        if (answer.kind === 'declined' && !person.locked) expect(answer.decline.triesLeft, left, 'the tries left');
        return none(person.locked ? 'PIN_LOCKED' : 'PIN_WRONG');
      }
      person.wrongPins = 0;
      consentUntil = now + ticketLifeMs;
    }
    const bound = JSON.stringify([request.card, bill, terminalOf(request)]);
    if (authorisation.kind === 'ticket') {
      const ticket = this.#tickets.get(authorisation.ticket);
      // A ticket that is bound to something else stays for what it is bound to.
      if (ticket?.bound === bound && now < ticket.until) {
        consentUntil = ticket.until;
        this.#tickets.delete(authorisation.ticket);
      }
    }
    const parts = this.#partsOf(person, bill);
    const needsPin = parts.takes.length > 0;
    const isAgreed = this.#agreed.get(request.digest) === this.#quoteKey(person, bill, parts);
    const mustAskAgain = needsPin && consentUntil === null && authorisation.kind === 'ticket';
    if (!isAgreed || mustAskAgain) {
      if (answer.kind === 'stale') {
        this.#checkQuote(answer.quote, person, bill, parts);
        expect(answer.ticket !== null, consentUntil !== null, 'whether a stale quote comes with a ticket');
        if (answer.ticket !== null && consentUntil !== null)
          this.#tickets.set(answer.ticket, { bound, until: consentUntil });
      }
      return none('stale');
    }
    if (needsPin && consentUntil === null) return none('MESSAGE_REJECTED');
    if (answer.kind !== 'settled') return none('settled');
    return {
      expected: 'settled',
      sale: this.#settle(request, answer.settlement, person, parts, consentUntil !== null),
    };
  }

  #settle(
    request: SettleRequest,
    settlement: (SettleAnswer & { kind: 'settled' })['settlement'],
    person: ModelPerson,
    parts: Parts,
    pinUsed: boolean,
  ): ModelSale {
    const now = this.#knowledge.now();
    const { settlementId } = settlement;
    if (this.model.sales.has(settlementId))
      throw new Broken('settlement', `two settlements are called ${settlementId}`);
    this.#changes += 1;
    const before = person.isOpen ? person.money : 0;
    const sale = this.model.settle(
      {
        id: settlementId,
        msgId: request.msgId,
        person: person.id,
        institution: request.institution.code,
        settledAt: now,
      },
      parts,
    );
    checkSplit(settlement.split, person, parts);
    expect(
      [settlement.msgId, settlement.settledAt, settlement.terminal, settlement.operator],
      [request.msgId, now, request.terminal, request.operator],
      'whose settlement it is',
    );
    expect(
      [settlement.ownBefore, settlement.ownAfter],
      [before, person.isOpen ? person.money : 0],
      'the balances told',
    );
    expect(settlement.pinUsed, pinUsed, 'whether a PIN was used');
    return sale;
  }

  #undo(kind: Undo['kind'], msgId: string, undo: Undo, { sale, give }: Undoable): void {
    this.#changes += 1;
    const before = this.model.person(sale.person).money;
    const returnedBefore = sale.givenBack;
    checkReturned(undo.returned, sale, give);
    checkRemaining(undo.remaining, sale, give.rest);
    this.model.undo(sale, give);
    this.undone.set(msgId, { undo, sale, give });
    const after = this.model.person(sale.person).money;
    expect(
      [undo.kind, undo.msgId, undo.undoneAt, undo.returnedBefore],
      [kind, msgId, this.#knowledge.now(), returnedBefore],
      'what an undo says of itself',
    );
    expect(
      undo.original,
      {
        settlementId: sale.id,
        msgId: sale.msgId,
        settledAt: sale.settledAt,
        total: sale.first.total,
      },
      'what an undo says of its sale',
    );
    expect([undo.ownBefore, undo.ownAfter], [before, after], 'the balances that an undo tells');
  }

  #undoable(
    { institution }: Pick<Envelope, 'institution'>,
    kind: 'cancel' | 'refund',
    settlementId: string,
    amount: number | null,
  ): Undoable | string {
    const sale = this.model.sales.get(settlementId);
    if (sale?.institution !== institution.code) return 'MESSAGE_REJECTED';
    if (sale.now === null) return 'ALREADY_REVERSED';
    const now = this.#knowledge.now();
    if (kind === 'cancel' && chinaDay(now) !== chinaDay(sale.settledAt)) return 'CANCEL_TOO_LATE';
    const wanted = kind === 'cancel' ? null : amount;
    if (wanted !== null && wanted <= 0) return 'MESSAGE_REJECTED';
    if (wanted !== null && wanted > sale.now.total) return 'REFUND_TOO_MUCH';
    return { sale, give: this.model.giveBack(sale, wanted ?? sale.now.total, now) };
  }

  #checkQuote(
    quote: { readonly split: Split; readonly digest: string; readonly needsPin: boolean },
    person: ModelPerson,
    bill: Bill,
    parts: Parts,
  ): void {
    checkSplit(quote.split, person, parts);
    expect(quote.needsPin, parts.takes.length > 0, 'whether a PIN is needed');
    const key = this.#quoteKey(person, bill, parts);
    const before = this.#agreed.get(quote.digest) ?? key;
    expect(before, key, 'what one digest stands for');
    this.#agreed.set(quote.digest, key);
  }

  #checkUndoQuote(
    quote: {
      readonly returned: Returned;
      readonly remaining: Remaining | null;
      readonly digest: string;
      readonly kind: string;
    },
    found: Undoable,
  ): void {
    checkReturned(quote.returned, found.sale, found.give);
    checkRemaining(quote.remaining, found.sale, found.give.rest);
    this.#undoAgreed.set(quote.digest, { key: undoKey(quote.kind, found), changes: this.#changes });
  }

  #quoteKey(person: ModelPerson, bill: Bill, parts: Parts): string {
    return JSON.stringify([this.#knowledge.rulesName(), person.id, bill, parts]);
  }

  #partsOf(person: ModelPerson, bill: Bill): Parts {
    return this.model.parts(person.id, bill.total, bill.fund, this.#knowledge.now());
  }

  /** Who has this card, by what the centre has said. */
  personOf(card: string): string | undefined {
    return this.#cards.get(card);
  }

  #personOf(card: string): ModelPerson | undefined {
    const id = this.#cards.get(card);
    return id === undefined ? undefined : this.model.person(id);
  }

  /** R93: the card, then the insurance, then the lock. */
  #refusal(person: ModelPerson): string | null {
    if (person.card !== 'normal') return 'CARD_LOST';
    if (person.status !== 'normal') return 'INSURANCE_NOT_NORMAL';
    return person.locked || person.wrongPins >= this.model.rules.wrongPinsMax ? 'PIN_LOCKED' : null;
  }

  #countKeyUse(keyId: string): void {
    const key = this.#keys.get(keyId);
    if (key) key.uses += 1;
  }
}

interface Undoable {
  readonly sale: ModelSale;
  readonly give: GiveBack;
}

function undoKey(kind: string, { sale, give }: Undoable): string {
  return JSON.stringify([kind, sale.id, give.total, give.fund, [...give.back].sort(), give.cash, give.rest]);
}

/** What an account is to the customer. */
function sourceOf(customer: string, account: string): 'own' | 'wallet' | 'provider' {
  if (account === customer) return 'own';
  return account === walletKey(customer) ? 'wallet' : 'provider';
}

const isOwn = (sale: ModelSale, person: string) => person === sale.person;

function checkSplit(split: Split, person: ModelPerson, parts: Parts): void {
  const own = parts.takes.find((take) => take.person === person.id)?.amount ?? 0;
  const shared = parts.takes.reduce((sum, take) => sum + (take.person === person.id ? 0 : take.amount), 0);
  expect(
    [split.total, split.fund, split.own, split.shared, split.cash, split.notEligible],
    [parts.total, parts.fund, own, shared, parts.cash, 0],
    `who pays for ${person.id} (total, pool, own, shared, cash, not eligible)`,
  );
  expect(
    split.rows.filter((row) => row.paid > 0).map((row) => [row.source, row.paid]),
    parts.takes.map((take) => [sourceOf(person.id, take.person), take.amount]),
    'the rows of a split',
  );
}

function checkReturned(returned: Returned, sale: ModelSale, give: GiveBack): void {
  const own = give.back.get(sale.person) ?? 0;
  const shared = [...give.back].reduce((sum, [person, amount]) => sum + (isOwn(sale, person) ? 0 : amount), 0);
  expect(
    [returned.total, returned.fund, returned.own, returned.shared, returned.cash, returned.cashDue],
    [give.total, give.fund, own, shared, Math.max(0, give.cash), Math.max(0, -give.cash)],
    `who gets back what of ${sale.id} (total, pool, own, shared, cash, cash due)`,
  );
  const rows = (list: readonly (readonly [string, number])[]) => list.map((row) => row.join(' ')).sort();
  expect(
    rows(returned.rows.filter((row) => row.returned > 0).map((row) => [row.source, row.returned] as const)),
    rows([...give.back].map(([person, amount]) => [sourceOf(sale.person, person), amount] as const)),
    'the rows of what is given back',
  );
}

function checkRemaining(remaining: Remaining | null, sale: ModelSale, rest: Parts | null): void {
  const own = rest?.takes.find((take) => isOwn(sale, take.person))?.amount ?? 0;
  const shared = rest?.takes.reduce((sum, take) => sum + (isOwn(sale, take.person) ? 0 : take.amount), 0) ?? 0;
  const expected = rest && { total: rest.total, fund: rest.fund, own, shared, cash: rest.cash };
  expect(remaining, expected, `what stays paid of ${sale.id}`);
}

function terminalOf(request: { readonly institution: { readonly code: string }; readonly terminal: string }): string {
  return `${request.institution.code}/${request.terminal}`;
}

function kindOf(answer: { readonly kind: string } | { readonly kind: 'declined'; readonly decline: { code: string } }) {
  return 'decline' in answer ? answer.decline.code : answer.kind;
}

/** Errors: `Broken` when the two are not the same as JSON, whatever the order of their keys. */
function expect(got: unknown, wanted: unknown, what: string): void {
  const [a, b] = [canonical(got), canonical(wanted)];
  if (a !== b) throw new Broken('centre', `${what}: the centre has ${a}, the model ${b}`);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? 'nothing'
  );
}
