import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/app/rules.ts';
import { runScenario } from '../../src/app/scenario/run-scenario.ts';
import { parseScenario } from '../../src/app/scenario/scenario-file.ts';
import { junitXml, reportText } from '../../src/app/scenario/scenario-report.ts';
import type { ScenarioTerminal } from '../../src/app/scenario/scenario-terminal.ts';
import { ScenarioWorld } from '../../src/app/scenario/scenario-world.ts';
import { type Fen, zeroFen } from '../../src/domain/money.ts';
import type { PromptId } from '../../src/domain/prompt.ts';
import { promptOfState } from '../../src/terminal/prompt-of-state.ts';

const { profiles, listedAreas } = loadRules();

/** The seed page's family with these steps. */
const scenarioWith = (...steps: string[]) =>
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

const play = (...steps: string[]) => runScenario(scenarioWith(...steps), listedAreas);
const verdicts = async (...steps: string[]) => (await play(...steps)).steps.map((step) => step.passed);

const sale = 'sale: { amount: "80.00" }';
const halfSwipe = 'swipe: { card: mother, as: stripe, fault: half }';
const evoucher = `424${'0'.repeat(19)}990000`;
const scan = (text: string) => `scan: { text: "${text}" }`;
const qr = scan('https://pay.example/c/281004566312');

describe('unplug and plug', () => {
  it.each([
    [['plug: reader'], [false], 'a reader that is unplugged', 'one that is plugged in'],
    [['unplug: reader', 'unplug: reader'], [true, false], 'a reader that is plugged in', 'one that is unplugged'],
    [
      ['unplug: reader', 'plug: reader', 'plug: reader'],
      [true, true, false],
      'a reader that is unplugged',
      'one that is plugged in',
    ],
  ])('%j: a cable that is there already cannot be moved there', async (steps, expected, ...words) => {
    const { steps: played } = await play(...steps);
    expect(played.map((step) => step.passed)).toEqual(expected);
    expect([played.at(-1)?.expected, played.at(-1)?.actual]).toEqual(words);
  });

  it('move the cable of the terminal in use', async () => {
    expect(
      await verdicts(
        sale,
        'unplug: reader',
        'sale: { amount: "30.00", terminal: t2 }',
        'swipe: mother',
        'pin: "135790"',
        'expect: { outcome: approved, own: "30.00" }',
        'unplug: reader',
      ),
    ).not.toContain(false);
  });

  it('a swipe while the cable is out is not read, now or later', async () => {
    expect(
      await verdicts(
        sale,
        'unplug: reader',
        'swipe: mother',
        'plug: reader',
        'wait: 61s',
        'expect: { outcome: cancelled, cardReads: 0 }',
      ),
    ).not.toContain(false);
  });

  it.each(['half', 'noise', 'reversed'])(
    'pulled after a swipe that is %s: no card is read, and the next is whole',
    async (fault) => {
      const { passed } = await play(
        sale,
        `swipe: { card: mother, as: chip, fault: ${fault} }`,
        'unplug: reader',
        'expect: { outcome: declined, code: D01, cardReads: 0 }',
        'plug: reader',
        'swipe: mother',
        'pin: "135790"',
        'expect: { outcome: approved, cardReads: 1, pinEntries: 1 }',
      );
      expect(passed).toBe(true);
    },
  );

  it.each([
    ['unplug: reader', 'approved'],
    ['key: confirm', 'cancelled'],
  ])('half a card leaves the line open: %s comes before or after its silence', async (step, outcome) => {
    // A tenth of a second before the PIN's time-out; the silence that ends a swipe is longer.
    const { steps } = await play(
      sale,
      'swipe: mother',
      'wait: 29900ms',
      halfSwipe,
      step,
      'pin: "135790"',
      `expect: { outcome: ${outcome} }`,
    );
    expect(steps.at(-1)).toMatchObject({ passed: true });
  });

  it('a half swipe with the cable left in ends by silence, before any other step', async () => {
    expect(await verdicts(sale, halfSwipe, 'expect: { outcome: declined, code: D01, cardReads: 0 }')).not.toContain(
      false,
    );
    expect(
      await verdicts(
        sale,
        halfSwipe,
        'swipe: mother',
        'pin: "135790"',
        'expect: { outcome: approved, own: "50.00", cardReads: 1 }',
      ),
    ).not.toContain(false);
  });
});

describe('the sentence at the terminal', () => {
  let world: ScenarioWorld;
  let terminal: ScenarioTerminal;
  beforeEach(async () => {
    world = await ScenarioWorld.open(scenarioWith(sale), listedAreas);
    terminal = await world.terminal('t1');
  });
  afterEach(() => world.close());

  const startSale = () => terminal.startSale({ total: 8000 as Fen, fund: zeroFen, goods: [] });
  const promptNow = (): PromptId => promptOfState(terminal.counter.state, terminal.counter.snapshot.context).id;

  it('says that the reader is lost while a card is waited for, and not after the read', async () => {
    terminal.unplugReader();
    expect(promptNow()).toBe('readerLost');
    startSale();
    expect(promptNow()).toBe('readerLostInSale');
    terminal.plugReader();
    expect(promptNow()).toBe('presentCard');
    terminal.swipe(world.cardOf('mother'), 'stripe', 'none');
    await world.comeToRest();
    terminal.unplugReader();
    expect(promptNow()).toBe('enterPin');
  });

  it('says after a cable pulled in the middle of a swipe that it is out, then that the card was half read', () => {
    startSale();
    terminal.swipe(world.cardOf('mother'), 'stripe', 'half');
    expect(promptNow()).toBe('reading');
    terminal.unplugReader();
    expect(promptNow()).toBe('readerLostInSale');
    terminal.plugReader();
    expect(promptNow()).toBe('retryHalfRead');
  });

  it.each([
    ['a 医保码 of 27 digits', evoucher.slice(1), 'notEvoucher'],
    ["a payment app's code", 'https://pay.example/c/281004566312', 'notEvoucher'],
    ['the code of goods', '6901234567892', 'notEvoucher'],
    ['what no scanner can read', '\u0007', 'notEvoucher'],
    ['more than a code can hold', 'x'.repeat(8000), 'notEvoucher'],
  ] as const)('answers %s with a notice', (_, text, notice) => {
    startSale();
    terminal.scan(text);
    expect(promptNow()).toBe('presentCard');
    expect(terminal.counter.snapshot.context.notice?.id).toBe(notice);
  });
});

describe('a scan', () => {
  it.each([
    ['is refused at the card', [sale, qr], '{ outcome: declined, code: D30, cardReads: 0 }'],
    ['is refused before the sale', [qr], '{ outcome: declined, code: D30 }'],
    [
      'of a 医保码 that nobody was given is declined',
      [sale, scan(evoucher)],
      '{ outcome: declined, code: D30, cardReads: 0 }',
    ],
    ['of a 医保码 pays', [sale, 'scan: mother'], '{ outcome: approved, own: "50.00", cardReads: 0, pinEntries: 0 }'],
    ['of a 医保码 begins the next sale', ['scan: mother', sale], '{ outcome: approved, own: "50.00", cardReads: 0 }'],
    [
      'of a 医保码 while the PIN is asked for changes nothing',
      [sale, 'swipe: mother', 'scan: daughter', 'pin: "135790"'],
      '{ outcome: approved, own: "50.00", providers: { daughter: "30.00" }, cardReads: 1, pinEntries: 1 }',
    ],
    ['is the newer answer after half a card', [sale, halfSwipe, qr], '{ code: D30 }'],
    ['is the older answer before half a card', [sale, qr, halfSwipe], '{ code: D01 }'],
    ['stays refused when its notice is gone', [sale, qr, 'wait: 11s'], '{ code: D30 }'],
    ['stays the older answer while its notice stands', [sale, qr, halfSwipe, 'unplug: reader'], '{ code: D01 }'],
    ['stays refused beside another notice', [sale, qr, sale], '{ code: D30 }'],
    [
      'does not touch the result that is shown',
      [sale, 'swipe: mother', 'pin: "135790"', qr],
      '{ outcome: approved, own: "50.00", providers: { daughter: "30.00" } }',
    ],
  ])('%s', async (_, steps, expectation) => {
    expect((await play(...steps, `expect: ${expectation}`)).steps.at(-1)).toMatchObject({ passed: true });
  });

  it.each([
    ['while the PIN is asked for', [sale, 'swipe: mother', qr]],
    ['once the card is read after it', [sale, qr, 'swipe: mother']],
    ['once the next sale has begun', [qr, sale]],
  ])('%s is nothing that a sale could be refused by', async (_, steps) => {
    const { steps: played } = await play(...steps, 'expect: { outcome: declined }');
    expect(played.at(-1)).toMatchObject({ passed: false, actual: { outcome: 'pending' } });
  });

  it.each([
    ['none was shown', []],
    ['only another person has shown one', ['scan: daughter', 'key: cancel']],
    ['it is not that old yet', ['scan: mother', 'key: cancel', 'wait: 60s']],
  ])('of a code once more fails when %s', async (_, steps) => {
    const { steps: played } = await play(...steps, 'scan: { evoucher: mother, age: 61s, replay: true }');
    expect(played.at(-1)).toMatchObject({ passed: false, actual: 'none' });
  });

  it('is in no report, whatever was in it', async () => {
    const scenario = scenarioWith(sale, scan(evoucher), 'expect: { outcome: approved }', 'plug: reader');
    const result = await runScenario(scenario, listedAreas);
    expect(result.passed).toBe(false);
    const told = JSON.stringify(result) + reportText({ scenario, result }) + junitXml([{ scenario, result }]);
    expect(told).not.toContain('4240000');
  });
});
