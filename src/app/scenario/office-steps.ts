import { OfficeDesk, type Visit } from './office-desk.ts';
import type { Operation } from './operation.ts';
import { OwnPages } from './own-pages.ts';
import type { Scenario } from './scenario-file.ts';
import type { ScenarioStep, StepValues } from './scenario-shapes.ts';
import type { ScenarioWorld } from './scenario-world.ts';
import { failed, passed, type Verdict } from './verdict.ts';

const kinds = ['link', 'unlink', 'desk', 'consent', 'setQuota', 'transfer', 'accept', 'turnDown', 'giveBack'] as const;
type OfficeKind = (typeof kinds)[number];
type OfficeStep = Extract<ScenarioStep, { kind: OfficeKind }>;

export function isOfficeStep(step: ScenarioStep): step is OfficeStep {
  return (kinds as readonly string[]).includes(step.kind);
}

/** How a step went; `visit` null = there is nothing to look at. */
interface OfficePlayed {
  readonly verdict: Verdict;
  readonly visit: Visit | null;
}

/** Where the binding desk of a scenario stands: no sale of the story is in its way, nor it in theirs. */
const officeTerminal = 'office';

/** Plays the steps that make, change and end links, and that send money to wallets: at the binding desk of a real terminal,
 *  or on the pages that people have for themselves. */
export class OfficeSteps {
  readonly #scenario: Scenario;
  readonly #world: ScenarioWorld;
  readonly #pages: OwnPages;

  constructor(scenario: Scenario, world: ScenarioWorld) {
    this.#scenario = scenario;
    this.#world = world;
    this.#pages = new OwnPages(() => world.embedded, scenario.profile);
  }

  async play(step: OfficeStep): Promise<OfficePlayed> {
    switch (step.kind) {
      case 'link':
        return this.#link(step.value);
      case 'unlink':
        return this.#unlink(step.value);
      case 'desk':
        return this.#deskDeed(step.value);
      case 'consent':
        return onPage(this.#pages.consent(step.value), 'a link that waits for consent');
      case 'setQuota': {
        const { provider, beneficiary } = step.value;
        const linkId = this.#world.openLink(provider, beneficiary);
        if (linkId === undefined) return noLink(provider, beneficiary);
        return onPage(this.#pages.setQuota(step.value, linkId));
      }
      case 'transfer':
        return onPage(this.#pages.transfer(step.value));
      case 'accept':
        return onPage(this.#pages.accept(step.value), 'money that waits');
      case 'turnDown':
        return onPage(this.#pages.turnDown(step.value), 'money that waits');
      case 'giveBack':
        return onPage(this.#pages.giveBack(step.value), 'money that was accepted');
    }
  }

  async #link(asked: StepValues['link']): Promise<OfficePlayed> {
    const { provider, replaces, channel } = asked;
    const replaced = replaces === undefined ? null : this.#world.openLink(provider, replaces);
    if (replaced === undefined) return noLink(provider, replaces ?? '');
    if (!isCounter(channel)) {
      const operation = this.#pages.link(asked, replaced);
      return operation === undefined ? { verdict: passed, visit: null } : onPage(operation);
    }
    const desk = await this.#desk();
    const ways = desk.waysOf(asked);
    if (!ways.canCome) return onPage(this.#pages.linkWithoutDesk(asked, ways.shown, replaced));
    return { verdict: await desk.link(asked, ways, replaced), visit: desk };
  }

  async #unlink(asked: StepValues['unlink']): Promise<OfficePlayed> {
    const { provider, beneficiary, channel } = asked;
    const linkId = this.#world.openLink(provider, beneficiary);
    if (linkId === undefined) return noLink(provider, beneficiary);
    if (!isCounter(channel)) return onPage(this.#pages.unlink(asked, linkId));
    const desk = await this.#desk();
    return { verdict: await desk.unlink(asked, linkId), visit: desk };
  }

  async #deskDeed(deed: StepValues['desk']): Promise<OfficePlayed> {
    const desk = await this.#desk();
    return { verdict: await desk.do(deed), visit: desk };
  }

  async #desk(): Promise<OfficeDesk> {
    const terminal = await this.#world.terminal(officeTerminal);
    return new OfficeDesk(this.#world, terminal, this.#scenario.profile.binding);
  }
}

function isCounter(channel: StepValues['link']['channel']): boolean {
  return channel === 'counter' || channel === 'hospital';
}

/** `wanted`: what the step is about, where it may not be there. */
function onPage(operation: Operation | undefined, wanted = ''): OfficePlayed {
  if (operation === undefined) return { verdict: failed(wanted, 'none'), visit: null };
  return { verdict: passed, visit: { operation, bugs: [] } };
}

function noLink(provider: string, beneficiary: string): OfficePlayed {
  return { verdict: failed(`a link ${provider} → ${beneficiary}`, 'none that is open'), visit: null };
}
