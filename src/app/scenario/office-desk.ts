import type { DocumentKind, ShownDocuments } from '../../domain/link-application.ts';
import type { BeneficiaryBy, BindingRules } from '../../domain/policy-profile.ts';
import type { BindingEvent, BindingStage, BindingTask } from '../../terminal/binding-model.ts';
import type { BindingAnswer } from '../counter.ts';
import type { providerWays, Shown } from './binding-shapes.ts';
import type { Operation } from './operation.ts';
import type { StepValues } from './scenario-shapes.ts';
import type { ScenarioTerminal } from './scenario-terminal.ts';
import type { ScenarioWorld } from './scenario-world.ts';
import { compared, failed, passed, type Verdict } from './verdict.ts';

type ProviderBy = (typeof providerWays)[number];

/** Where an expectation finds what came of a step, as it is then. */
export interface Visit {
  readonly operation: Operation | null;
  readonly bugs: readonly Error[];
}

/** How the two come, and what they show. `canCome`: the provider has what it takes to be let in at the desk. */
interface DeskWays {
  readonly provider: ProviderBy;
  readonly beneficiary: BeneficiaryBy;
  readonly shown: ShownDocuments;
  readonly canCome: boolean;
}

/** What a clerk and the two people do at each stage that waits for them, once each. */
type Moves = Partial<Record<BindingStage, () => void>>;

const results: readonly BindingStage[] = ['linked', 'unlinked', 'refused'];

/** Where it ended, against where it was to stop. */
function arrived(stage: BindingStage | null, stopAt: BindingStage | undefined): Verdict {
  return stopAt === undefined ? passed : failed({ stage: stopAt }, { stage: stage ?? 'idle' });
}

/** The counter of an insurance office: a terminal of its own, whose clerk goes through the binding desk as its stages ask
 *  for it. */
export class OfficeDesk implements Visit {
  readonly #world: ScenarioWorld;
  readonly #terminal: ScenarioTerminal;
  readonly #rules: BindingRules;

  constructor(world: ScenarioWorld, terminal: ScenarioTerminal, rules: BindingRules) {
    this.#world = world;
    this.#terminal = terminal;
    this.#rules = rules;
  }

  /** What came of the last visit. */
  get operation(): Operation | null {
    return this.#terminal.binding;
  }

  get bugs(): readonly Error[] {
    return this.#terminal.bugs;
  }

  /** Which documents are shown there, and how the two come to the desk by them. */
  waysOf({ documents, providerBy, by }: StepValues['link']): DeskWays {
    const provider = providerBy ?? this.#providerWay(documents.provider);
    const beneficiary = by ?? this.#beneficiaryWay(documents.beneficiary);
    const shown = {
      provider: documents.provider === 'fitting' ? fittingOfProvider[provider] : documents.provider,
      beneficiary: documents.beneficiary === 'fitting' ? fittingOfBeneficiary[beneficiary] : documents.beneficiary,
    };
    // Where the card alone is enough, nothing else lets the provider in either.
    const canCome = shown.provider !== null && (this.#rules.documents === 'one_of_three' || provider === 'swipe');
    return { provider, beneficiary, shown, canCome };
  }

  /** Goes as far as it gets, or as the step says: what came of it is the terminal's binding. */
  async link(asked: StepValues['link'], ways: DeskWays, replaces: string | null): Promise<Verdict> {
    const { provider, beneficiary, relation, caution, consent, quota = null, until = null } = asked;
    const documents = ways.shown;
    const terms = { relation, documents, cautionTicked: caution, beneficiaryConsents: consent, quota, until };
    return this.#go(asked, {
      ...this.#admission(provider, ways.provider, asked.pin),
      desk: () => this.#choose(replaces === null ? { kind: 'link' } : { kind: 'change', linkId: replaces }),
      awaitingBeneficiary: () => this.#showBeneficiary(beneficiary, ways.beneficiary),
      fillingIn: () => this.#send({ type: 'terms.given', terms }),
      reviewing: () => this.#send({ type: 'key.confirm' }),
    });
  }

  /** Ends a link; `by` comes to the desk for it. */
  async unlink(asked: StepValues['unlink'], linkId: string): Promise<Verdict> {
    return this.#go(asked, {
      ...this.#admission(asked[asked.by], asked.providerBy ?? 'swipe', asked.pin),
      desk: () => this.#choose({ kind: 'unlink', linkId }),
      givingReason: () => this.#send({ type: 'reason.given', reason: asked.reason }),
    });
  }

  /** What else is done where a step has left the desk. */
  async do(deed: StepValues['desk']): Promise<Verdict> {
    if (deed === 'unplug' || deed === 'plug') {
      const moved = deed === 'unplug' ? this.#terminal.unplugReader() : this.#terminal.plugReader();
      await this.#world.comeToRest();
      return moved ? passed : failed(`a reader to ${deed}`, 'none');
    }
    if (deed === 'crash') this.#terminal.crash();
    if (deed === 'confirm') await this.#untilReadable();
    if (deed === 'close') this.#terminal.counter.closeBinding();
    else if (deed !== 'crash') this.#send({ type: `key.${deed}` });
    await this.#world.comeToRest();
    return passed;
  }

  /** Each stage is answered once: one that comes again has said why it went no further, and the clerk gives up. A result has
   *  no answer either: he takes it off the screen. */
  async #go(asked: Pick<StepValues['link'], 'channel' | 'stopAt' | 'mustWait'>, moves: Moves): Promise<Verdict> {
    const answer = await this.#begin(asked.channel === 'hospital' ? 'hospital' : 'counter');
    if (asked.mustWait || answer !== 'started') return compared(asked.mustWait ? 'busy' : 'started', answer);
    const left: Moves = { ...moves };
    for (;;) {
      const stage = this.#stage();
      if (stage === asked.stopAt) return passed;
      // An answer that is still to come leaves the desk as it is.
      if (stage === null || stage === 'unclear') return arrived(stage, asked.stopAt);
      const move = left[stage];
      delete left[stage];
      if (move === undefined || this.#isRefused()) {
        this.#send({ type: 'key.cancel' });
        await this.#world.comeToRest();
        return arrived(stage, asked.stopAt);
      }
      if (stage === 'reviewing') await this.#untilReadable();
      move();
      await this.#world.comeToRest();
    }
  }

  async #begin(channel: 'counter' | 'hospital'): Promise<BindingAnswer> {
    const stage = this.#stage();
    // The answer has come since the clerk looked last: he takes it away.
    if (stage !== null && results.includes(stage)) this.#terminal.counter.closeBinding();
    const answer = this.#terminal.startBinding(channel);
    await this.#world.comeToRest();
    return answer;
  }

  #stage(): BindingStage | null {
    return this.#terminal.counter.binding?.stage ?? null;
  }

  /** The dry run says that it will not do: nobody confirms that. */
  #isRefused(): boolean {
    const { binding } = this.#terminal.counter;
    return binding?.stage === 'reviewing' && (binding.context.verdict?.findings.length ?? 0) > 0;
  }

  /** The key counts only once the screen can have been read, which takes no time here, but a timer. */
  async #untilReadable(): Promise<void> {
    await this.#world.pass(0);
  }

  #send(event: BindingEvent): void {
    this.#terminal.counter.sendBinding(event);
  }

  #choose(task: BindingTask): void {
    this.#send({ type: 'task.chosen', task });
  }

  #admission(person: string, by: ProviderBy, pin: string | undefined): Moves {
    const comes = {
      swipe: () => this.#swipe(person),
      evoucher: () => this.#scan(person),
      idCard: () => this.#key('residentId', person),
    };
    return {
      awaitingProvider: comes[by],
      awaitingPin: () => this.#terminal.enterPin(pin ?? this.#world.pinOf(person)),
    };
  }

  #showBeneficiary(person: string, by: BeneficiaryBy): void {
    const comes = {
      swipe: () => this.#swipe(person),
      evoucher: () => this.#scan(person),
      cardNumber: () => this.#key('ssCardNumber', person),
      residentId: () => this.#key('residentId', person),
    };
    comes[by]();
  }

  #swipe(person: string): void {
    this.#terminal.swipe(this.#world.cardOf(person), 'stripe', 'none');
  }

  #scan(person: string): void {
    this.#terminal.scan(this.#world.codeOf(person, { ageMs: 0, replay: false }) ?? '');
  }

  #key(medium: 'ssCardNumber' | 'residentId', person: string): void {
    const { ssCardNumber, socialSecurityNumber } = this.#world.cardOf(person);
    const number = medium === 'ssCardNumber' ? ssCardNumber : socialSecurityNumber;
    this.#send({ type: 'number.keyed', medium, number });
  }

  #providerWay(shown: Shown): ProviderBy {
    return shown === 'idCard' || shown === 'evoucher' ? shown : 'swipe';
  }

  /** By what fits the document, where the place takes that; a person who shows none is told by a number. */
  #beneficiaryWay(shown: Shown): BeneficiaryBy {
    const { beneficiaryBy } = this.#rules;
    const [first = 'swipe'] = beneficiaryBy;
    if (shown === 'fitting') return first;
    const wanted = shown === null ? numberWays : waysOfDocument[shown];
    return wanted.find((way) => beneficiaryBy.includes(way)) ?? first;
  }
}

const fittingOfProvider = {
  swipe: 'socialCard',
  idCard: 'idCard',
  evoucher: 'evoucher',
} as const satisfies Record<ProviderBy, DocumentKind>;
const fittingOfBeneficiary = {
  swipe: 'socialCard',
  cardNumber: 'socialCard',
  residentId: 'idCard',
  evoucher: 'evoucher',
} as const satisfies Record<BeneficiaryBy, DocumentKind>;
const numberWays: readonly BeneficiaryBy[] = ['cardNumber', 'residentId'];
const waysOfDocument: Record<DocumentKind, readonly BeneficiaryBy[]> = {
  idCard: ['residentId'],
  socialCard: ['swipe', 'cardNumber'],
  evoucher: ['evoucher'],
};
