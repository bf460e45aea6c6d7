import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/app/rules.ts';
import type { LineFault } from '../../src/app/scenario/faulty-centre.ts';
import { lineFaults } from '../../src/app/scenario/faulty-centre.ts';
import { runScenario } from '../../src/app/scenario/run-scenario.ts';
import { parseScenario } from '../../src/app/scenario/scenario-file.ts';
import { ScenarioPlayer } from '../../src/app/scenario/scenario-player.ts';
import { ScenarioWorld } from '../../src/app/scenario/scenario-world.ts';
import { type CounterState, counterStates } from '../../src/domain/counter-state.ts';

const { profiles, listedAreas } = loadRules();

/** The seed page's family with these steps. */
const scenarioWith = (steps: readonly string[]) =>
  parseScenario(
    `scenario: the family of the seed page
people:
  mother:   { balance: "50.00", pin: "135790" }
  daughter: { balance: "200.00" }
links:
  - { provider: daughter, beneficiary: mother, relation: parent }
steps:
${steps.map((step) => `  - ${step}\n`).join('')}`,
    'x.yaml',
    profiles,
  );

const failuresOf = async (...steps: string[]) =>
  (await runScenario(scenarioWith(steps), listedAreas)).steps.filter((step) => !step.passed);

const sale = ['sale: { amount: "80.00" }', 'swipe: mother', 'pin: "135790"'];
const charged = 'expectBalances: { mother: "0.00", daughter: "170.00" }';
const uncharged = 'expectBalances: { mother: "50.00", daughter: "200.00" }';
const resolved = ['wait: 10m', 'expectJournal: { open: 0, suspended: 0 }'];

/** How a scenario comes into a state, and what has become of the money when the power goes there and comes back. */
const ways: Readonly<
  Record<CounterState, { readonly steps: readonly string[]; readonly outcome: readonly string[] } | null>
> = {
  recovering: { steps: ['crash: terminal', ...sale], outcome: [charged] },
  // Somebody is signed in at a scenario's terminal from the start, and nobody signs out.
  signedOut: null,
  signingIn: { steps: ['crash: terminal', ...sale], outcome: [charged] },
  ready: { steps: ['sale: { amount: "1.00" }', 'key: cancel', 'key: confirm', ...sale], outcome: [charged] },
  // The amount is given whole, not typed digit by digit.
  enteringAmount: null,
  awaitingCard: { steps: ['sale: { amount: "80.00" }'], outcome: ['expect: { outcome: cancelled }', uncharged] },
  reading: {
    steps: ['sale: { amount: "80.00" }', 'swipe: mother'],
    outcome: ['expect: { outcome: cancelled, cardReads: 0 }', uncharged],
  },
  identifying: { steps: sale.slice(0, 2), outcome: ['expect: { outcome: cancelled }', uncharged] },
  awaitingAmount: { steps: ['swipe: mother'], outcome: ['expect: { outcome: cancelled }', uncharged] },
  quoting: { steps: sale.slice(0, 2), outcome: ['expect: { outcome: cancelled }', uncharged] },
  awaitingPin: { steps: sale.slice(0, 2), outcome: ['expect: { outcome: cancelled, cardReads: 1 }', uncharged] },
  confirmingQuote: {
    steps: [...sale.slice(0, 2), 'set: { daughter: { balance: "10.00" } }', 'pin: "135790"'],
    outcome: ['expect: { outcome: cancelled }', 'expectBalances: { mother: "50.00", daughter: "10.00" }'],
  },
  // The message is in the journal and has not left.
  settling: { steps: sale, outcome: ['expect: { outcome: cancelled }', uncharged] },
  previewingUndo: { steps: [...sale, 'cancel: last'], outcome: ['expect: { outcome: cancelled }', charged] },
  confirmingUndo: { steps: [...sale, 'cancel: last'], outcome: ['expect: { outcome: cancelled }', charged] },
  undoing: { steps: [...sale, 'refund: { of: last }'], outcome: ['expect: { outcome: cancelled }', charged] },
  unknown: {
    steps: ['fault: { on: settle, do: loseReply }', ...sale],
    outcome: ['expect: { outcome: approved }', charged],
  },
  approved: { steps: sale, outcome: ['expect: { outcome: approved, own: "50.00" }', charged] },
  declined: {
    steps: ['set: { mother: { card: lost } }', ...sale.slice(0, 2)],
    outcome: ['expect: { outcome: declined, code: D02 }', 'set: { mother: { card: normal } }', uncharged],
  },
  cancelled: { steps: [...sale.slice(0, 2), 'key: cancel'], outcome: ['expect: { outcome: cancelled }', uncharged] },
  undone: { steps: [...sale, 'cancel: last'], outcome: ['expect: { outcome: approved, own: "50.00" }', uncharged] },
  suspended: {
    steps: [
      'fault: { on: settle, do: loseReply }',
      ...sale,
      'supervisor: { suspend: { by: "99", reason: 断线 } }',
      'wait: 1m',
      'expect: { outcome: suspended }',
      'expectJournal: { open: 0, suspended: 1 }',
      'supervisor: { reopen: last }',
    ],
    outcome: ['expect: { outcome: approved }', charged],
  },
  // A bug puts the counter there, and nothing else may.
  outOfService: null,
};

describe('the power goes when the counter enters', () => {
  const reached = counterStates.flatMap((state) => (ways[state] === null ? [] : [[state, ways[state]] as const]));
  it.each(reached)('%s: nothing is lost, and the next sale can begin', async (state, { steps, outcome }) => {
    const crash = `crash: { what: terminal, when: ${state} }`;
    const next = ['sale: { amount: "1.00" }', 'swipe: mother', 'expect: { cardReads: 1 }', 'key: cancel'];
    expect(await failuresOf(crash, ...steps, ...resolved, ...outcome, ...next)).toEqual([]);
  });

  it.each(reached)('%s again right after the start: the journal still knows', async (state, { steps, outcome }) => {
    const crashes = [`crash: { what: terminal, when: ${state} }`, 'crash: { what: terminal, when: recovering }'];
    expect(await failuresOf(...crashes, ...steps, ...resolved, ...outcome)).toEqual([]);
  });
});

describe('a crash', () => {
  it('of a state that never comes fails its step', async () => {
    expect(await failuresOf('crash: { what: terminal, when: undoing }', ...sale)).toMatchObject([
      { index: 0, step: 'crash', expected: 'the crash to happen', actual: 'it never did' },
    ]);
    expect(await failuresOf('crash: { what: centre, when: afterCommit }', 'wait: 1s')).toMatchObject([
      { index: 0, step: 'crash', actual: 'it never did' },
    ]);
  });

  it('happens once for each step that asks for it', async () => {
    const crash = 'crash: { what: terminal, when: awaitingCard }';
    expect(
      await failuresOf(
        crash,
        crash,
        'sale: { amount: "80.00" }',
        'expect: { outcome: cancelled }',
        'sale: { amount: "80.00" }',
        'expect: { outcome: cancelled }',
        ...sale,
        'expect: { outcome: approved, cardReads: 1 }',
      ),
    ).toEqual([]);
  });

  it('of one terminal leaves the other at its sale', async () => {
    expect(
      await failuresOf(
        'sale: { amount: "10.00", terminal: t2 }',
        'swipe: mother',
        'parallel: [[{ crash: terminal }], [{ pin: "135790" }, { expect: { outcome: approved } }]]',
      ),
    ).toEqual([]);
  });

  it('leaves a reader that is unplugged unplugged', async () => {
    expect(
      await failuresOf(
        'unplug: reader',
        'crash: terminal',
        'sale: { amount: "80.00" }',
        'swipe: mother',
        'expect: { cardReads: 0 }',
        'plug: reader',
        'swipe: mother',
        'pin: "135790"',
        'expect: { outcome: approved, cardReads: 1 }',
      ),
    ).toEqual([]);
  });

  it('of the centre leaves it with what its database holds: tries, balances, links', async () => {
    expect(
      await failuresOf(
        'sale: { amount: "80.00" }',
        'swipe: mother',
        'pin: "000001"',
        'expect: { outcome: declined, triesLeft: 5 }',
        'crash: centre',
        'pin: "000002"',
        'expect: { outcome: declined, triesLeft: 4 }',
        'pin: "135790"',
        'expect: { outcome: approved, own: "50.00", providers: { daughter: "30.00" } }',
        'crash: centre',
        charged,
        'cancel: last',
        'expect: { outcome: approved, own: "50.00", providers: { daughter: "30.00" } }',
        uncharged,
      ),
    ).toEqual([]);
  });
});

/** Plays the steps and tells what the customer was told at the end, and what the daughter and the mother have. */
async function played(steps: readonly string[]) {
  const scenario = scenarioWith(steps);
  const world = await ScenarioWorld.open(scenario, listedAreas);
  try {
    const player = await ScenarioPlayer.at(scenario, world);
    for (const [index, step] of scenario.steps.entries()) await player.play(step, index, []);
    const terminal = await world.terminal('t1');
    const open = (await terminal.openIntents()).length;
    const balances = ['mother', 'daughter'].map((name) => world.registry.balanceOf(name));
    const { operation, bugs } = terminal;
    return { told: operation?.outcome, open, balances: balances.join(' '), bugs, problems: world.registry.audit() };
  } finally {
    await world.close();
  }
}

const faults: readonly (LineFault | 'beforeCommit' | 'afterCommit')[] = [...lineFaults, 'beforeCommit', 'afterCommit'];
const goingWrong = (on: string, fault: (typeof faults)[number]) =>
  fault === 'beforeCommit' || fault === 'afterCommit'
    ? `{ what: centre, when: ${fault} }`
    : `fault: { on: ${on}, do: ${fault} }`;
const powerOff = ['never', 'once', 'twice'] as const;
const whileUnknown = 'crash: { what: terminal, when: unknown }';
const crashes = { never: [], once: [whileUnknown], twice: [whileUnknown, whileUnknown] };
const cases = faults.flatMap((fault) => powerOff.map((power) => [fault, power] as const));

describe('what the customer is told in the end is what the centre holds', () => {
  const before = '5000 20000';
  const after = '0 17000';

  it.each(cases)('of a sale: %s, power off while it is unknown: %s', async (fault, power) => {
    const { told, open, balances, bugs, problems } = await played([
      goingWrong('settle', fault),
      ...crashes[power],
      ...sale,
      'wait: 15m',
    ]);
    expect([bugs, problems, open]).toEqual([[], [], 0]);
    expect([told, balances]).toEqual(told === 'approved' ? ['approved', after] : ['cancelled', before]);
  });

  it.each(cases)('of a refund: %s, power off while it is unknown: %s', async (fault, power) => {
    const { told, open, balances, bugs, problems } = await played([
      ...sale,
      goingWrong('refund', fault),
      ...crashes[power],
      'refund: { of: last }',
      'wait: 15m',
    ]);
    expect([bugs, problems, open]).toEqual([[], [], 0]);
    expect([told, balances]).toEqual(told === 'approved' ? ['approved', before] : ['cancelled', after]);
  });

  it.each(lineFaults)('of a sale that has to be reversed, when the reversal goes wrong: %s', async (fault) => {
    const { told, open, balances, bugs, problems } = await played([
      'fault: { on: settle, do: loseReply }',
      'fault: { on: query, do: loseRequest, times: 3 }',
      `fault: { on: reverse, do: ${fault}, times: 2 }`,
      'crash: { what: terminal, when: unknown }',
      ...sale,
      'wait: 1h',
    ]);
    expect([told, balances, open]).toEqual(['cancelled', before, 0]);
    expect([bugs, problems]).toEqual([[], []]);
  });
});

describe('messages that move nothing are asked again', () => {
  it.each(['identify', 'quote', 'signIn'])('%s, whatever goes wrong once', async (on) => {
    for (const fault of lineFaults) {
      const { told, bugs } = await played([`fault: { on: ${on}, do: ${fault} }`, ...sale]);
      expect([fault, told, bugs]).toEqual([fault, 'approved', []]);
    }
  });

  it('previewUndo, whatever goes wrong once', async () => {
    for (const fault of lineFaults) {
      const { told, balances } = await played([...sale, `fault: { on: previewUndo, do: ${fault} }`, 'cancel: last']);
      expect([fault, told, balances]).toEqual([fault, 'approved', '5000 20000']);
    }
  });
});
