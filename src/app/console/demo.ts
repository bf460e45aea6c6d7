import { formatYuan } from '../../domain/money.ts';
import type { Language } from '../../domain/prompt.ts';
import type { TerminalView } from '../../ipc/view.ts';
import { demoInstitution } from '../demo-institution.ts';
import { readFixture } from '../fixture-files.ts';
import { loadRules } from '../rules.ts';
import { parseScenario } from '../scenario/scenario-file.ts';
import type { ScenarioStep } from '../scenario/scenario-shapes.ts';
import type { ScenarioTerminal } from '../scenario/scenario-terminal.ts';
import { ScenarioWorld } from '../scenario/scenario-world.ts';
import { terminalView } from '../terminal-view.ts';
import { consoleLines, consoleTitle } from './console-text.ts';

/** The seed page's story: her own balance is short, the daughter's account pays the rest. */
const story = 'scenarios/e02-own-short-provider-pays-the-rest.yaml';

const deeds = {
  'zh-CN': { sale: '收银员输入', swipe: '客户刷卡', pin: '客户输入密码' },
  en: { sale: 'The cashier enters', swipe: 'The customer swipes the card', pin: 'The customer types the PIN' },
} as const satisfies Record<Language, Record<string, string>>;

/** Plays the seed page's story on the real counter, with a virtual clock, and prints what happens at the counter: deeds,
 *  sentences, the quote and the slip. Errors: faults as `ScenarioWorld`; `Error` when the sale is not paid. */
export async function playDemo(language: Language, print: (line: string) => void): Promise<void> {
  const { profiles, listedAreas } = loadRules();
  const scenario = parseScenario(readFixture(story), story, profiles);
  const world = await ScenarioWorld.open(scenario, listedAreas);
  try {
    print(consoleTitle(language));
    const terminal = await world.terminal('T0000001');
    const viewNow = () => viewOf(terminal, world.clock.now(), scenario.profile.name, language);
    let shown: TerminalView | null = null;
    const show = () => {
      const view = viewNow();
      for (const line of consoleLines(shown, view, language)) print(line);
      shown = view;
    };
    show();
    terminal.counter.subscribe(show);
    for (const step of scenario.steps) {
      const deed = deedOf(step, language);
      if (deed === null) continue;
      print(`› ${deed}`);
      act(world, terminal, step);
      await world.comeToRest();
    }
    if (terminal.operation?.outcome !== 'approved') throw new Error('the demo sale was not paid');
  } finally {
    await world.close();
  }
}

function act(world: ScenarioWorld, terminal: ScenarioTerminal, step: ScenarioStep): void {
  if (step.kind === 'sale') terminal.startSale(step.value.bill);
  if (step.kind === 'swipe') terminal.swipe(world.cardOf(step.value.card), step.value.as, 'none');
  if (step.kind === 'pin') terminal.enterPin(step.value);
}

/** Null for a step that nobody at the counter does. */
function deedOf(step: ScenarioStep, language: Language): string | null {
  if (step.kind === 'sale') return `${deeds[language].sale} ${formatYuan(step.value.bill.total)}`;
  if (step.kind === 'swipe') return deeds[language].swipe;
  if (step.kind === 'pin') return `${deeds[language].pin} ${'*'.repeat(step.value.length)}`;
  return null;
}

function viewOf(terminal: ScenarioTerminal, nowMs: number, profile: string, language: Language): TerminalView {
  const { state, snapshot } = terminal.counter;
  return terminalView({
    state,
    snapshot,
    pin: null,
    today: [],
    status: {
      reader: { kind: 'virtual', name: '', state: 'connected', note: null },
      pinPad: null,
      scanner: null,
      centreOnline: true,
      profile,
      institution: demoInstitution.name,
      operator: snapshot.context.operator,
      testEnvironment: true,
    },
    language,
    nowMs,
  });
}
