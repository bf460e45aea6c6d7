import { fromPromise } from 'xstate';
import type {
  AdmitAnswer,
  Centre,
  Declined,
  Envelope,
  ExplainLinkAnswer,
  LinkAnswer,
  LookedUp,
  LookUpAnswer,
  PersonProof,
  UnlinkAnswer,
} from '../ports/centre.ts';
import { CentreFault } from '../ports/centre.ts';
import type { MsgId } from '../ports/ids.ts';
import type { PinKeyHolder } from '../ports/pin-key.ts';
import type { PinPad } from '../ports/pin-pad.ts';
import type { AdmitInput, AskedLink, LinkInput, UnlinkInput } from './binding-model.ts';
import type { PinOutput } from './counter-model.ts';
import { checkedAdmit, checkedExplain, checkedLink, checkedLookUp, checkedUnlink } from './link-answer-check.ts';
import type { SignIn } from './sign-in.ts';

/** What the binding desk's actors share with the counter's. */
export interface BindingActorParts {
  readonly pinPad: PinPad;
  readonly pinKeys: PinKeyHolder;
  readonly signIn: SignIn;
  /** Of a message that carries the operator's sign-in; with an id of its own unless one is given. */
  signed(operator: string, msgId?: MsgId): Envelope;
  nextMsgId(): MsgId;
  ask<V extends keyof Centre>(verb: V, request: Parameters<Centre[V]>[0]): Promise<Awaited<ReturnType<Centre[V]>>>;
  watched<T>(work: () => Promise<T>): Promise<T>;
}

/** The verbs of the binding machine on top of the ports. Each signs in first when nobody is.
 *  Holds: a message that is sent again goes under the same id; an actor that was given up sends nothing more. Of links the
 *  journal knows nothing: what has become of one, its person's list says at the next admission. */
export function bindingActors({ pinPad, pinKeys, signIn, signed, nextMsgId, ask, watched }: BindingActorParts) {
  /** Under which message a code was shown: asked again it is the same one, or the code would be used up. */
  const shownIn = new WeakMap<PersonProof, MsgId>();

  const signedIn = <T>(operator: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | Declined> =>
    watched(async () => {
      const refusal = await signIn.ensure(operator);
      if (refusal !== null) return refusal;
      if (signal.aborted) throw new CentreFault('noAnswer');
      return work();
    });

  /** The last message that may have written something. Once it has left, a refused sign-in says nothing about it. */
  let written: MsgId | null = null;
  const writing = <T>(operator: string, msgId: MsgId, signal: AbortSignal, work: () => Promise<T>) =>
    watched(async (): Promise<T | Declined> => {
      const refusal = await signIn.ensure(operator);
      if (signal.aborted || (refusal !== null && written === msgId)) throw new CentreFault('noAnswer');
      if (refusal !== null) return refusal;
      written = msgId;
      return work();
    });

  return {
    lookUp: fromPromise<LookUpAnswer, { proof: PersonProof; operator: string }>(({ input, signal }) =>
      signedIn(input.operator, signal, async () => {
        const { proof, operator } = input;
        const msgId = shownIn.get(proof) ?? nextMsgId();
        if (proof.medium === 'evoucher') shownIn.set(proof, msgId);
        return checkedLookUp(await ask('lookUp', { ...signed(operator, msgId), proof }), proof.medium);
      }),
    ),

    enterPin: fromPromise<PinOutput, { person: LookedUp; operator: string }>(({ input, signal }) =>
      watched(async () => {
        const refusal = await signIn.ensure(input.operator, () => pinKeys.mustRenew());
        if (refusal !== null) return { kind: 'refused', decline: refusal.decline };
        const { pan, pinLength: length } = input.person;
        // A desk that was closed meanwhile must not open the pad.
        if (signal.aborted) throw new CentreFault('noAnswer');
        return pinPad.enter({ pan, length }, signal);
      }),
    ),

    admit: fromPromise<AdmitAnswer, AdmitInput>(({ input, signal }) =>
      signedIn(input.operator, signal, async () => {
        const { card, proof, operator, msgId } = input;
        const answer = checkedAdmit(await ask('admit', { ...signed(operator, msgId), card, proof }));
        if (answer.kind === 'declined' && answer.decline.code === 'PIN_KEY_EXPIRED' && !signal.aborted) pinKeys.drop();
        return answer;
      }),
    ),

    explain: fromPromise<ExplainLinkAnswer, { asked: AskedLink; operator: string }>(({ input, signal }) =>
      signedIn(input.operator, signal, async () =>
        checkedExplain(await ask('explainLink', { ...signed(input.operator), ...input.asked })),
      ),
    ),

    link: fromPromise<LinkAnswer, LinkInput>(({ input, signal }) =>
      writing(input.operator, input.msgId, signal, async () => {
        const { asked, operator, msgId } = input;
        return checkedLink(await ask('link', { ...signed(operator, msgId), ...asked }), asked);
      }),
    ),

    unlink: fromPromise<UnlinkAnswer, UnlinkInput>(({ input, signal }) =>
      writing(input.operator, input.msgId, signal, async () => {
        const { permit, linkId, reason, channel, operator, msgId } = input;
        const message = { ...signed(operator, msgId), permit, linkId, reason, channel };
        return checkedUnlink(await ask('unlink', message), linkId);
      }),
    ),
  };
}
