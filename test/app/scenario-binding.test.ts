import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturesAbove } from '../../src/app/fixture-files.ts';
import { loadRules } from '../../src/app/rules.ts';
import { runScenario } from '../../src/app/scenario/run-scenario.ts';
import { parseScenario, ScenarioFileError } from '../../src/app/scenario/scenario-file.ts';
import { reportText } from '../../src/app/scenario/scenario-report.ts';

const { profiles, listedAreas } = loadRules();

const family = (...steps: string[]) => `scenario: a family at the office
people:
  mother:   { balance: "50.00", pin: "135790" }
  father:   { balance: "10.00", pin: "246813" }
  daughter: { balance: "200.00", pin: "246802" }
steps:
${steps.map((step) => `  - ${step}\n`).join('')}`;

const read = (text: string) => parseScenario(text, 'x.yaml', profiles);

/** The first line of what a file is refused with; empty when it is understood. */
function problemOf(step: string): string {
  try {
    read(family(step));
    return '';
  } catch (error) {
    if (error instanceof ScenarioFileError) return error.message.split('\n')[0] ?? '';
    throw error;
  }
}

async function play(...steps: string[]) {
  const scenario = read(family(...steps));
  const result = await runScenario(scenario, listedAreas);
  return { scenario, result, failures: result.steps.filter((step) => !step.passed) };
}

const link = (keys = '') => `link: { provider: daughter, beneficiary: mother${keys === '' ? '' : `, ${keys}`} }`;
const unlink = (keys = '') => `unlink: { provider: daughter, beneficiary: mother${keys === '' ? '' : `, ${keys}`} }`;

describe('a link step', () => {
  it('leaves out what a binding needs anyway: both papers, caution, consent, the counter', () => {
    expect(read(family(link())).steps[0]?.value).toEqual({
      provider: 'daughter',
      beneficiary: 'mother',
      relation: 'parent',
      channel: 'counter',
      documents: { provider: 'fitting', beneficiary: 'fitting' },
      caution: true,
      consent: true,
      answer: 'agree',
      mustWait: false,
    });
  });

  it.each([
    ['both', 'fitting', 'fitting'],
    ['none', null, null],
    ['[]', null, null],
    ['provider', 'fitting', null],
    ['[beneficiary]', null, 'fitting'],
    ['[provider, beneficiary]', 'fitting', 'fitting'],
    ['idCard', 'idCard', 'idCard'],
    ['{ provider: evoucher, beneficiary: none }', 'evoucher', null],
    ['{ beneficiary: socialCard }', null, 'socialCard'],
  ])('understands documents: %s', (said, provider, beneficiary) => {
    const [step] = read(family(link(`documents: ${said}`))).steps;
    expect(step?.value).toMatchObject({ documents: { provider, beneficiary } });
  });

  it.each([
    [link('documents: passport'), 'link.documents: expected one of both, provider, beneficiary, idCard,'],
    [link('documents: [mother]'), 'link.documents[0]: expected one of provider, beneficiary, got "mother"'],
    [
      link('documents: { mother: idCard }'),
      'link.documents.mother: unknown key: expected one of provider, beneficiary',
    ],
    [link('channel: fax'), 'link.channel: expected one of counter, hospital, phone, web, got "fax"'],
    [link('by: smell'), 'link.by: expected one of swipe, cardNumber, residentId, evoucher, got "smell"'],
    [link('stopAt: lunch'), 'link.stopAt: expected one of idle, awaitingProvider,'],
    [link('quota: 30'), 'link.quota: expected yuan text such as "80.00", got the number 30: put it in quotes'],
    [link('pin: "97531"'), 'link.pin: expected 6 digits as text, such as "135790", got other text'],
    [link('colour: red'), 'link.colour: unknown key: expected one of channel,'],
    [unlink('reason: ""'), 'unlink.reason: expected words, got ""'],
    [unlink('by: clerk'), 'unlink.by: expected one of provider, beneficiary, got "clerk"'],
    ['transfer: { from: mother, to: daughter }', 'transfer.amount: expected yuan text such as "80.00", got nothing'],
    ['desk: sleep', 'desk: expected one of confirm, cancel, back, close, unplug, plug, crash, got "sleep"'],
    ['expect: { rules: [4] }', 'expect.rules[0]: expected a rule such as R4, got 4'],
    ['set: { mother: { area: Chongqing } }', 'set.mother.area: expected an area such as 重庆市/渝中区'],
    ['expectWallets: { mother: none }', 'expectWallets.mother: expected yuan text such as "80.00", got "none"'],
  ])('%s is refused with its place', (step, expected) => {
    expect(problemOf(step)).toContain(`x.yaml:7: ${expected}`);
  });
});

describe('a step at an office', () => {
  it('goes through the real desk: two cards, one PIN, and the slip has a record of it', async () => {
    const { failures } = await play(
      link(),
      'expect: { outcome: approved, cardReads: 2, pinEntries: 1, own: "0.00", cash: "0.00", rules: [] }',
      'dayEnd: { terminal: office, expect: { links: 1 } }',
    );
    expect(failures).toEqual([]);
  });

  it('tells every rule that failed, and fails when the file names others', async () => {
    const { failures } = await play(link('documents: [provider], caution: false'), 'expect: { rules: [R10] }');
    expect(failures).toMatchObject([
      { index: 1, expected: { rules: ['R10'] }, actual: { outcome: 'declined', rules: ['R10', 'R28'] } },
    ]);
  });

  it('stops where it is told to, and fails when it does not get there', async () => {
    const { failures } = await play(
      link('stopAt: fillingIn'),
      'desk: cancel',
      link('stopAt: linked'),
      'desk: close',
      link('stopAt: fillingIn, pin: "000000"'),
      'expect: { outcome: declined, code: D20 }',
    );
    expect(failures).toMatchObject([{ index: 4, expected: { stage: 'fillingIn' }, actual: { stage: 'awaitingPin' } }]);
  });

  it('finds the desk busy while somebody is at it, and changes nothing', async () => {
    const { failures } = await play(
      link('stopAt: reviewing'),
      'link: { provider: daughter, beneficiary: father }',
      'desk: confirm',
      'expect: { outcome: approved }',
      'expectLinks: [{ provider: daughter, beneficiary: mother }]',
    );
    expect(failures).toMatchObject([{ index: 1, expected: 'started', actual: 'busy' }]);
  });

  it('is looked at by the expectation that follows, until something is done at a till', async () => {
    const { failures } = await play(
      'sale: { amount: "10.00" }',
      'key: cancel',
      link(),
      'expect: { outcome: approved }',
      'sale: { amount: "10.00" }',
      'key: cancel',
      'expect: { outcome: cancelled }',
    );
    expect(failures).toEqual([]);
  });

  it.each([
    [unlink(), 'a link daughter → mother', 'none that is open'],
    [link('replaces: father'), 'a link daughter → father', 'none that is open'],
    [
      'setQuota: { provider: daughter, beneficiary: mother, quota: "1.00" }',
      'a link daughter → mother',
      'none that is open',
    ],
    ['consent: { provider: daughter, beneficiary: mother }', 'a link that waits for consent', 'none'],
    ['accept: { by: mother, from: daughter }', 'money that waits', 'none'],
    ['turnDown: { by: mother, from: daughter }', 'money that waits', 'none'],
    ['giveBack: { by: mother, to: daughter, amount: "1.00" }', 'money that was accepted', 'none'],
    ['desk: plug', 'a reader to plug', 'none'],
  ])('%s fails where there is nothing to do it to', async (step, expected, actual) => {
    const { failures } = await play(step);
    expect(failures).toMatchObject([{ index: 0, expected, actual }]);
  });

  it('a fault at the desk that never comes to pass fails the file', async () => {
    const { failures } = await play('fault: { on: link, do: loseReply }', link('caution: false'));
    expect(failures).toMatchObject([{ index: 0, step: 'fault', actual: 'it never did' }]);
  });

  it.each(['loseRequest', 'lateRequest', 'loseReply', 'delay', 'duplicate', 'storeDown', 'broken', 'foreign'])(
    'R25: whatever goes wrong with its message (%s), a link is made once and ended once',
    async (fault) => {
      const { failures } = await play(
        `fault: { on: link, do: ${fault} }`,
        link(),
        'wait: 2m',
        'expect: { outcome: approved }',
        'expectLinks: [{ provider: daughter, beneficiary: mother }]',
        `fault: { on: unlink, do: ${fault} }`,
        unlink('channel: counter'),
        'wait: 2m',
        'expect: { outcome: approved }',
        'expectLinks: []',
        'dayEnd: { terminal: office, expect: { links: 2 } }',
      );
      expect(failures).toEqual([]);
    },
  );

  it.each(['lookUp', 'admit', 'explainLink'])(
    'whatever goes wrong once with %s, the desk gets over it or gives up with nothing changed',
    async (message) => {
      for (const fault of ['loseRequest', 'loseReply', 'delay', 'duplicate', 'storeDown', 'broken', 'foreign']) {
        const { failures } = await play(
          `fault: { on: ${message}, do: ${fault} }`,
          link(),
          'expect: { outcome: approved, cardReads: 2, pinEntries: 1 }',
          'expectLinks: [{ provider: daughter, beneficiary: mother }]',
        );
        expect(failures, fault).toEqual([]);
      }
    },
  );

  it('expectWallets tells what is there instead', async () => {
    const { failures } = await play('expectWallets: { mother: "1.00" }');
    expect(failures).toMatchObject([{ expected: { mother: '1.00' }, actual: { mother: '0.00' } }]);
  });

  it('has no PIN in its report', async () => {
    const played = await play(link('pin: "864209"'), 'expect: { own: "1.00" }');
    expect(reportText(played) + JSON.stringify(played.result)).not.toMatch(/864209|135790|246802/);
  });
});

describe('the stories of links', () => {
  const folder = join(fixturesAbove(import.meta.dirname), 'scenarios');
  const stories = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const expectations = stories.flatMap((file) => {
    const scenario = parseScenario(readFileSync(join(folder, file), 'utf8'), file, profiles);
    return scenario.steps.flatMap((step) => (step.kind === 'expect' ? [step.value] : []));
  });

  it.each('R2 R3 R4 R5 R6 R7 R10 R12 R15 R16 R17 R18 R20 R22 R25 R28 R64 R65 R66 R70 R71 R72 R73 R75'.split(' '))(
    'show a refusal by %s',
    (rule) => {
      expect(expectations.some(({ rules }) => rules?.includes(rule))).toBe(true);
    },
  );
});
