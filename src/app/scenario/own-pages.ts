import type { EmbeddedCentre } from '../../centre/embedded-centre.ts';
import type { LinkActor, LinkAsked } from '../../centre/link-office.ts';
import type { LinkChannel, LinkFinding, ShownDocuments } from '../../domain/link-application.ts';
import type { PolicyProfile } from '../../domain/policy-profile.ts';
import type { TransferState, WalletTransfer } from '../../domain/wallet.ts';
import { answered, declinedAs, type Operation, refusedFor } from './operation.ts';
import type { StepValues } from './scenario-shapes.ts';

/** What people do to links and wallets on pages of their own, on the telephone or the web, without a card reader. */
export class OwnPages {
  readonly #running: () => EmbeddedCentre;
  readonly #profile: PolicyProfile;
  /** What was asked for last between two people, answered or not. */
  readonly #asks = new Map<string, string>();

  /** `running`: the centre that runs now; another one after a crash. */
  constructor(running: () => EmbeddedCentre, profile: PolicyProfile) {
    this.#running = running;
    this.#profile = profile;
  }

  get #centre(): EmbeddedCentre {
    return this.#running();
  }

  /** Where the place asks the beneficiary too (R12), he answers on a page of his own, at once unless the step says later.
   *  Undefined = it waits for that. */
  link(asked: StepValues['link'], replaces: string | null): Operation | undefined {
    const { provider, beneficiary, channel, relation, caution, consent, quota = null, until = null, answer } = asked;
    const asksBoth = this.#profile.beneficiaryConsent && consent;
    const documents = { provider: null, beneficiary: null };
    const beneficiaryConsents = consent && !asksBoth;
    const terms = { relation, channel, documents, cautionTicked: caution, beneficiaryConsents, quota, until };
    const wanted: LinkAsked = { provider, beneficiary, terms, replaces };
    const { links } = this.#centre;
    if (!asksBoth) return ofAnswer(links.link(wanted, actorOf(channel)));
    const request = links.ask(wanted, actorOf(channel));
    if (request.kind === 'linkRefused') return refusedFor(request.verdict.findings);
    const { askId } = request.ask;
    this.#asks.set(pairOf(provider, beneficiary), askId);
    if (answer === 'later') return undefined;
    return ofAnswer(links.answerAsk(askId, beneficiary, answer === 'agree'));
  }

  /** What the office says to somebody who cannot come to its desk, because he has nothing with him that it takes. */
  linkWithoutDesk(asked: StepValues['link'], documents: ShownDocuments, replaces: string | null): Operation {
    const { provider, beneficiary, channel, relation, caution, consent, quota = null, until = null } = asked;
    const terms = { relation, channel, documents, cautionTicked: caution, beneficiaryConsents: consent, quota, until };
    return refusedFor(this.#centre.links.explain({ provider, beneficiary, terms, replaces }).findings);
  }

  /** Undefined = nobody has asked for that. */
  consent({ provider, beneficiary, agrees }: StepValues['consent']): Operation | undefined {
    const askId = this.#asks.get(pairOf(provider, beneficiary));
    return askId === undefined ? undefined : ofAnswer(this.#centre.links.answerAsk(askId, beneficiary, agrees));
  }

  unlink({ channel, reason, ...asked }: StepValues['unlink'], linkId: string): Operation {
    return ofAnswer(this.#centre.links.unlink(asked[asked.by], linkId, reason, actorOf(channel)));
  }

  setQuota({ provider, quota }: StepValues['setQuota'], linkId: string): Operation {
    return ofAnswer(this.#centre.links.setQuota(provider, linkId, quota, actorOf('phone')));
  }

  transfer(asked: StepValues['transfer']): Operation {
    return ofWallet(this.#centre.wallet.transfer(asked));
  }

  /** Undefined = the sender never sent anything. */
  accept({ by, from }: StepValues['accept']): Operation | undefined {
    const sent = this.#transferBetween(from, by, 'waiting');
    return sent && ofWallet(this.#centre.wallet.accept(by, sent.transferId));
  }

  turnDown({ by, from }: StepValues['turnDown']): Operation | undefined {
    const sent = this.#transferBetween(from, by, 'waiting');
    return sent && ofWallet(this.#centre.wallet.decline(by, sent.transferId));
  }

  giveBack({ by, to, amount }: StepValues['giveBack']): Operation | undefined {
    const sent = this.#transferBetween(to, by, 'accepted');
    return sent && ofWallet(this.#centre.wallet.giveBack(by, sent.transferId, amount));
  }

  /** The last one in that state; where there is none, the last of all, for the centre to say why it will not do. */
  #transferBetween(from: string, to: string, state: TransferState): WalletTransfer | undefined {
    const sent = this.#centre.wallet.historyOf(to).filter(({ sender, receiver }) => sender === from && receiver === to);
    return sent.findLast((transfer) => transfer.state === state) ?? sent.at(-1);
  }
}

function ofWallet(
  answer: { readonly kind: string } | { readonly kind: 'refused'; readonly findings: readonly LinkFinding[] },
): Operation {
  return 'findings' in answer ? refusedFor(answer.findings) : answered;
}

function pairOf(provider: string, beneficiary: string): string {
  return JSON.stringify([provider, beneficiary]);
}

function actorOf(channel: LinkChannel): LinkActor {
  return { channel, operator: 'self', institution: null, terminal: null };
}

type Answer = ReturnType<EmbeddedCentre['links']['link' | 'unlink' | 'setQuota' | 'answerAsk']>;

function ofAnswer(answer: Answer): Operation {
  switch (answer.kind) {
    case 'linkRefused':
      return refusedFor(answer.verdict.findings);
    case 'declined':
      return declinedAs(answer.decline.code);
    case 'turnedDown':
      return { ...declinedAs('CONSENT_MISSING'), rules: ['R12'] };
    default:
      return answered;
  }
}
