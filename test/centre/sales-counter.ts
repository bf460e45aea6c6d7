import type { Bill } from '../../src/domain/bill.ts';
import type { Fen } from '../../src/domain/money.ts';
import type { Quote, Settlement } from '../../src/domain/settlement.ts';
import type { Undo, UndoQuote } from '../../src/domain/undo.ts';
import type {
  Authorisation,
  CancelRequest,
  Centre,
  Identified,
  ReverseAnswer,
  SettleAnswer,
  SettleRequest,
  UndoAnswer,
} from '../../src/ports/centre.ts';
import { unwrapKey } from '../../src/ports/key-wrap.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import { type PinBlockFormat, pinBlockFormats } from '../../src/ports/pin-pad.ts';
import { Envelopes, pinBlockOf, rightPin, stripeOf, testKeys } from './centre-world.ts';

/** What a person types, before a terminal has made a PIN block of it. */
export interface TypedPin {
  readonly kind: 'typed';
  readonly id: string;
  readonly digits: string;
}

export function pin(id: string, digits: string): TypedPin {
  return { kind: 'typed', id, digits };
}

/** A centre that terminals can be put up at. */
interface Post {
  readonly centre: Centre;
  readonly registry: { enrolTerminal(terminal: string, key: Uint8Array): void | Promise<void> };
}

/** A terminal that asks a centre. It is enrolled and signs in when it first identifies a card or settles. */
export class Counter {
  readonly #post: Post;
  readonly #envelopes: Envelopes;
  readonly #formats: readonly PinBlockFormat[];
  #keys: ReadonlyMap<PinBlockFormat, PinKey> | null = null;
  constructor(post: Post, terminal = 'T1', formats: readonly PinBlockFormat[] = ['iso4-aes128'], code?: string) {
    this.#post = post;
    this.#envelopes = new Envelopes(terminal, code);
    this.#formats = formats;
  }
  get #centre(): Centre {
    return this.#post.centre;
  }
  next() {
    return this.#envelopes.next();
  }
  async signIn(): Promise<void> {
    const envelope = this.next();
    await this.#post.registry.enrolTerminal(`${envelope.institution.code}/${envelope.terminal}`, testKeys.terminalKey);
    const answer = await this.#centre.signIn({ ...envelope, formats: this.#formats });
    if (answer.kind !== 'signedIn') throw new Error(`not signed in: ${answer.decline.code}`);
    this.#keys = new Map(
      answer.keys.map(({ format, keyId, wrapped }) => {
        const key = unwrapKey(testKeys.terminalKey, Uint8Array.from(Buffer.from(wrapped, 'hex')));
        if (!key) throw new Error('a PIN key does not unwrap');
        return [format, { format, keyId, key }];
      }),
    );
  }
  async #signedIn(): Promise<void> {
    if (this.#keys === null) await this.signIn();
  }
  /** The key of the present sign-in. */
  pinKey(format: PinBlockFormat = this.#formats[0] ?? pinBlockFormats[0]): PinKey {
    const key = this.#keys?.get(format);
    if (!key) throw new Error('this terminal has not signed in');
    return key;
  }
  shown(typed: Authorisation | TypedPin): Authorisation {
    if (typed.kind !== 'typed') return typed;
    return { kind: 'pin', pinBlock: pinBlockOf(typed.id, typed.digits, this.pinKey()) };
  }

  async identify(id: string): Promise<Identified> {
    await this.#signedIn();
    const answer = await this.#centre.identify({ ...this.next(), credential: stripeOf(id) });
    if (answer.kind !== 'identified') throw new Error(`not identified: ${answer.decline.code}`);
    return answer;
  }
  async quote(card: string, of: Bill): Promise<Quote> {
    const answer = await this.#centre.quote({ ...this.next(), card, bill: of });
    if (answer.kind !== 'quoted') throw new Error(`not quoted: ${answer.decline.code}`);
    return answer.quote;
  }
  request(card: string, of: Bill, digest: string, authorisation: Authorisation | TypedPin): SettleRequest {
    return { ...this.next(), card, bill: of, digest, authorisation: this.shown(authorisation) };
  }
  /** Reaches the centre at once when the terminal has signed in before. */
  settle(card: string, of: Bill, digest: string, authorisation: Authorisation | TypedPin): Promise<SettleAnswer> {
    if (this.#keys === null) return this.signIn().then(() => this.settle(card, of, digest, authorisation));
    return this.#centre.settle(this.request(card, of, digest, authorisation));
  }
  /** A sale ready to be settled, with the right PIN where one is needed. */
  async ring(id: string, of: Bill): Promise<SettleRequest> {
    const { card } = await this.identify(id);
    const { digest, needsPin } = await this.quote(card, of);
    return this.request(card, of, digest, needsPin ? pin(id, rightPin) : { kind: 'none' });
  }
  /** The whole sale. */
  async sell(id: string, of: Bill): Promise<Settlement> {
    const answer = await this.#centre.settle(await this.ring(id, of));
    if (answer.kind !== 'settled') throw new Error(`not settled: ${JSON.stringify(answer)}`);
    return answer.settlement;
  }

  async preview(undo: 'cancel' | 'refund', settlementId: string, amount: Fen | null = null): Promise<UndoQuote> {
    const answer = await this.#centre.previewUndo({ ...this.next(), undo, settlementId, amount });
    if (answer.kind !== 'previewed') throw new Error(`not previewed: ${answer.decline.code}`);
    return answer.quote;
  }
  /** A cancel as agreed to now. */
  async cancelRequest(settlementId: string): Promise<CancelRequest> {
    const { digest } = await this.preview('cancel', settlementId);
    return { ...this.next(), settlementId, digest };
  }
  async cancel(settlementId: string): Promise<Undo> {
    return undone(await this.#centre.cancel(await this.cancelRequest(settlementId)));
  }
  async refund(settlementId: string, amount: Fen | null = null): Promise<Undo> {
    const { digest } = await this.preview('refund', settlementId, amount);
    return undone(await this.#centre.refund({ ...this.next(), settlementId, amount, digest }));
  }
  reverse(of: string): Promise<ReverseAnswer> {
    return this.#centre.reverse({ ...this.next(), of });
  }
}

export function undone(answer: UndoAnswer): Undo {
  if (answer.kind !== 'undone') throw new Error(`not undone: ${JSON.stringify(answer)}`);
  return answer.undo;
}
