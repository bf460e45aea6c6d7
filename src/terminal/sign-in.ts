import { type Centre, CentreFault, type Declined, type Envelope, type SignInAnswer } from '../ports/centre.ts';
import { PinKeyFault, type PinKeyHolder } from '../ports/pin-key.ts';
import { checkedSignIn, ownAnswer } from './answer-check.ts';

export interface SignInParts {
  readonly centre: Centre;
  readonly pinKeys: PinKeyHolder;
  /** Of a message without a sign-in. */
  envelope(operator: string): Envelope;
  report(fault: Error): void;
}

/** The terminal's present sign-in (9001): its number, and the PIN keys that came with it.
 *  Holds: of several sign-ins under way only the answer to the last one counts, because with that one the centre retires
 *  the keys of those before. Faults: `CentreFault`. */
export class SignIn {
  readonly #parts: SignInParts;
  #held: { readonly operator: string; readonly signNo: string } | null = null;
  #begun = 0;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** The sign-in number that this operator's messages carry; null while there is none. */
  numberOf(operator: string): string | null {
    return this.#held?.operator === operator ? this.#held.signNo : null;
  }

  /** Signs in anew. Keys that do not unwrap mean that terminal and centre do not have the same terminal key: reported, and as
   *  good as a refusal, because another try gives the same. */
  async begin(operator: string): Promise<SignInAnswer> {
    const { centre, pinKeys, envelope, report } = this.#parts;
    this.#begun += 1;
    const turn = this.#begun;
    const request = { ...envelope(operator), formats: pinKeys.formats };
    const answer = checkedSignIn(ownAnswer(request, await centre.signIn(request)));
    if (turn !== this.#begun) throw new CentreFault('noAnswer');
    if (answer.kind === 'declined') return answer;
    try {
      pinKeys.accept(answer.keys);
    } catch (fault) {
      if (!(fault instanceof PinKeyFault)) throw fault;
      report(fault);
      return { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
    }
    this.#held = { operator, signNo: answer.signNo };
    return answer;
  }

  /** Signs in when this operator is not, or when `isStale` says so. Null when nothing stands in the way of a message. */
  async ensure(operator: string, isStale: () => boolean = () => false): Promise<Declined | null> {
    if (this.numberOf(operator) !== null && !isStale()) return null;
    const answer = await this.begin(operator);
    return answer.kind === 'declined' ? answer : null;
  }

  /** Forgets number and keys: the operator has signed out. */
  drop(): void {
    this.#begun += 1;
    this.#held = null;
    this.#parts.pinKeys.drop();
  }
}
