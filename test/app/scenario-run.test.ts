import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fixturesAbove } from '../../src/app/fixture-files.ts';
import { loadRules } from '../../src/app/rules.ts';
import { runScenario } from '../../src/app/scenario/run-scenario.ts';
import { parseScenario } from '../../src/app/scenario/scenario-file.ts';
import { junitXml, reportText, totalsText } from '../../src/app/scenario/scenario-report.ts';

const { profiles, listedAreas } = loadRules();
const folder = join(fixturesAbove(import.meta.dirname), 'scenarios');
const storyFiles = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

async function play(text: string, file = 'x.yaml') {
  const scenario = parseScenario(text, file, profiles);
  return { scenario, result: await runScenario(scenario, listedAreas) };
}

/** The seed page's family with other steps. */
const withSteps = (...steps: string[]) => `scenario: the family of the seed page
people:
  mother:   { balance: "50.00", pin: "135790" }
  daughter: { balance: "200.00" }
links:
  - { provider: daughter, beneficiary: mother, relation: parent }
steps:
${steps.map((step) => `  - ${step}\n`).join('')}`;

const paid = ['sale: { amount: "80.00" }', 'swipe: mother', 'pin: "135790"'];

it('every worked example that a sale can show is there', () => {
  const numbers = storyFiles.flatMap((file) => /^e(\d\d)/.exec(file)?.[1] ?? []);
  expect([...new Set(numbers)].join(' ')).toBe('01 02 03 04 05 06 08 10 11 12 14 16 19 20 21 22 24');
});

describe('the worked examples and stories in fixtures/scenarios', () => {
  it.each(storyFiles)('%s', async (file) => {
    const { result } = await play(readFileSync(join(folder, file), 'utf8'), file);
    expect(result.steps.filter((step) => !step.passed)).toEqual([]);
    expect(result.passed).toBe(true);
  });
});

describe('an expectation that does not hold', () => {
  it.each([
    ['{ outcome: declined }', { outcome: 'approved' }],
    ['{ own: "50.01" }', { outcome: 'approved', own: '50.00' }],
    ['{ providers: {} }', { outcome: 'approved', providers: { daughter: '30.00' } }],
    ['{ providers: { daughter: "30.01" } }', { outcome: 'approved', providers: { daughter: '30.00' } }],
    ['{ providers: { mother: "30.00" } }', { outcome: 'approved', providers: { daughter: '30.00' } }],
    ['{ providers: { daughter: "30.00", wallet: "1.00" } }', { outcome: 'approved', providers: { daughter: '30.00' } }],
    ['{ cash: "0.01" }', { outcome: 'approved', cash: '0.00' }],
    ['{ fund: "0.01" }', { outcome: 'approved', fund: '0.00' }],
    ['{ cardReads: 2 }', { outcome: 'approved', cardReads: 1 }],
    ['{ pinEntries: 2 }', { outcome: 'approved', pinEntries: 1 }],
    ['{ code: D20 }', { outcome: 'approved', code: 'nothing' }],
    ['{ triesLeft: 5 }', { outcome: 'approved', triesLeft: 'nothing' }],
  ])('expect: %s fails and says what came out', async (expectation, actual) => {
    const { result } = await play(withSteps(...paid, `expect: ${expectation}`));
    expect(result).toMatchObject({ file: 'x.yaml', scenario: 'the family of the seed page', passed: false });
    expect(result.steps.map((step) => step.passed)).toEqual([true, true, true, false]);
    expect(result.steps[3]).toMatchObject({ index: 3, step: 'expect', passed: false, actual });
  });

  it('of a balance fails for a wrong amount and for an account that is there', async () => {
    const { result } = await play(withSteps(...paid, 'expectBalances: { mother: "0.01", daughter: none }'));
    expect(result.steps[3]).toEqual({
      index: 3,
      step: 'expectBalances',
      passed: false,
      expected: { mother: '0.01', daughter: 'none' },
      actual: { mother: '0.00', daughter: '170.00' },
    });
  });

  it('does not keep the other steps from being played', async () => {
    const { result } = await play(withSteps(...paid, 'expect: { cash: "1.00" }', 'expect: { cash: "0.00" }'));
    expect(result.steps.map((step) => step.passed)).toEqual([true, true, true, false, true]);
  });

  it('a sale that still waits is pending, which nothing can expect', async () => {
    const { result } = await play(
      withSteps('sale: { amount: "80.00" }', 'swipe: mother', 'expect: { outcome: approved }'),
    );
    expect(result.steps[2]).toMatchObject({ passed: false, actual: { outcome: 'pending' } });
  });

  it('nothing has happened yet', async () => {
    const { result } = await play(withSteps('expect: { outcome: cancelled }'));
    expect(result.steps[0]).toMatchObject({ passed: false, actual: 'no operation yet' });
  });
});

describe('a step', () => {
  it('fault fails when it never comes to pass: the scenario does not show what it says', async () => {
    const { result } = await play(withSteps('fault: { on: settle, do: loseReply }', 'sale: { amount: "80.00" }'));
    expect(result.steps[0]).toMatchObject({ step: 'fault', passed: false, actual: 'it never did' });
    const used = await play(withSteps('fault: { on: quote, do: storeDown }', ...paid, 'expect: { outcome: approved }'));
    expect(used.result.passed).toBe(true);
  });

  it('sale fails while the last sale is not finished', async () => {
    const { result } = await play(withSteps('sale: { amount: "80.00" }', 'sale: { amount: "70.00" }'));
    expect(result.steps[1]).toMatchObject({ step: 'sale', passed: false, expected: 'started', actual: 'busy' });
  });

  it('pin passes and counts nothing while no PIN is asked for', async () => {
    const { result } = await play(
      withSteps(
        'pin: "135790"',
        'sale: { amount: "80.00" }',
        'pin: "135790"',
        'key: cancel',
        'expect: { pinEntries: 0 }',
      ),
    );
    expect(result.passed).toBe(true);
  });

  it('time stands still while a person is waited for', async () => {
    const { result } = await play(
      withSteps(
        'sale: { amount: "80.00" }',
        'swipe: mother',
        'wait: 29s',
        'pin: "135790"',
        'expect: { outcome: approved }',
      ),
    );
    expect(result.passed).toBe(true);
  });

  it('money is looked at as nothing charged when a sale was declined or cancelled', async () => {
    const uncharged = '{ own: "0.00", providers: {}, cash: "0.00", fund: "0.00" }';
    const { result } = await play(
      withSteps(
        'sale: { amount: "80.00" }',
        'swipe: mother',
        'pin: "000000"',
        `expect: ${uncharged}`,
        'key: cancel',
        `expect: ${uncharged}`,
      ),
    );
    expect(result.passed).toBe(true);
  });

  it.each([
    ['wallet', true],
    ['daughter', true],
    ['mother', false],
  ])("the wallet's part may stand under the name of %s: %s", async (name, holds) => {
    const { result } = await play(`scenario: a wallet
profile: wallet-2024
people:
  mother:   { balance: "10.00", pin: "135790", area: 四川省/成都市, walletBalance: "20.00" }
  daughter: { balance: "200.00", area: 重庆市/云阳县 }
links:
  - { provider: daughter, beneficiary: mother }
steps:
  - sale: { amount: "30.00" }
  - swipe: mother
  - pin: "135790"
  - expect: { outcome: approved, own: "10.00", providers: { ${name}: "20.00" }, cash: "0.00" }
`);
    expect(result.passed).toBe(holds);
  });

  it('dayEnd fails for what the day was not, and tells what it was', async () => {
    const { result } = await play(
      withSteps(
        ...paid,
        'dayEnd: { expect: { balanced: true, records: 1, own: "50.00", provider: "30.00", cash: "0.00", breaks: 0 } }',
        'dayEnd: { expect: { records: 2, own: "80.00", code: D81 } }',
      ),
    );
    expect(result.steps.slice(3)).toMatchObject([
      { passed: true },
      {
        passed: false,
        expected: { records: 2, own: '80.00', code: 'D81 DAYEND_BLOCKED' },
        actual: { records: 1, own: '50.00', code: 'nothing' },
      },
    ]);
  });

  it('dayEnd needs a counter without a sale', async () => {
    const { result } = await play(withSteps('sale: { amount: "80.00" }', 'dayEnd: { expect: { records: 0 } }'));
    expect(result.steps[1]).toMatchObject({ passed: false, expected: 'started', actual: 'busy' });
  });

  it.each(['cancel: last', 'refund: { of: last }', 'reverse: last'])('%s needs a sale', async (step) => {
    const { result } = await play(withSteps(step));
    expect(result.steps[0]).toMatchObject({ passed: false, actual: 'none has been approved' });
  });

  it.each(['cancel: last', 'refund: { of: last }', 'reverse: last'])(
    '%s needs a counter that is free',
    async (step) => {
      const { result } = await play(withSteps(...paid, 'sale: { amount: "1.00" }', step));
      expect(result.steps[4]).toMatchObject({ passed: false, expected: 'started', actual: 'busy' });
    },
  );

  it('sale with mustWait fails when the counter is free after all', async () => {
    const { result } = await play(withSteps('sale: { amount: "80.00", mustWait: true }'));
    expect(result.steps[0]).toMatchObject({ passed: false, expected: 'busy', actual: 'started' });
  });

  it('unlink needs a link', async () => {
    const gone = 'unlink: { provider: daughter, beneficiary: mother }';
    const { result } = await play(
      withSteps(gone, gone, ...paid, 'expect: { own: "50.00", providers: {}, cash: "30.00" }'),
    );
    expect(result.steps.map((step) => step.passed)).toEqual([true, false, true, true, true, true]);
  });

  it('reopen needs a suspended item', async () => {
    const { result } = await play(withSteps('supervisor: { reopen: last }'));
    expect(result.steps[0]).toMatchObject({ passed: false, expected: 'a suspended item', actual: 'none' });
  });

  it('inquire needs a counter without a sale, and expectInquiry a query on the screen', async () => {
    const { result } = await play(
      withSteps(
        'expectInquiry: { own: "50.00" }',
        'sale: { amount: "80.00" }',
        'inquire: mother',
        'key: cancel',
        'inquire: mother',
        'expectInquiry: { own: "51.00", wallet: none }',
      ),
    );
    expect(result.steps.filter((step) => !step.passed)).toMatchObject([
      { index: 0, actual: 'no balance query on the screen' },
      { index: 2, expected: 'started', actual: 'busy' },
      { index: 5, expected: { own: '51.00', wallet: 'none' }, actual: { own: '50.00', wallet: 'none' } },
    ]);
  });

  it('link and unlink take effect when the profile says', async () => {
    const text = withSteps(
      'unlink: { provider: daughter, beneficiary: mother }',
      'expect: { outcome: approved, own: "0.00" }',
      'expectLinks: [{ provider: daughter, beneficiary: mother, until: 2025-04-20 }]',
      'wait: 14h',
      'expectLinks: []',
      'link: { provider: daughter, beneficiary: mother }',
      'expectLinks: [{ provider: daughter, beneficiary: mother, since: 2025-04-21, relation: parent }]',
      'sale: { amount: "80.00" }',
      'expect: { outcome: approved }',
    );
    const nextDay = 'profile: { extends: chongqing-2021, link_effect: next_day, unlink_effect: next_day }';
    const { result } = await play(text.replace('people:', `${nextDay}\npeople:`));
    expect(result.steps.filter((step) => !step.passed)).toMatchObject([{ index: 8, actual: { outcome: 'pending' } }]);
  });

  it('expectLinks tells the links that are there', async () => {
    const { result } = await play(
      withSteps('expectLinks: [{ provider: mother, beneficiary: daughter }]', 'expectLinks: []'),
    );
    const there = { provider: 'daughter', beneficiary: 'mother', relation: 'parent' };
    expect(result.steps).toMatchObject([
      { passed: false, actual: [there] },
      { passed: false, expected: [], actual: [there] },
    ]);
  });

  it('expectJournal tells what is there instead', async () => {
    const { result } = await play(withSteps(...paid, 'expectJournal: { open: 1, suspended: 0 }'));
    expect(result.steps[3]).toMatchObject({
      passed: false,
      expected: { open: 1, suspended: 0 },
      actual: { open: 0, suspended: 0 },
    });
  });

  it('refund means the sale approved last, at whatever terminal', async () => {
    const { result } = await play(
      withSteps(
        ...paid,
        'sale: { amount: "10.00", terminal: t2 }',
        'swipe: mother',
        'pin: "135790"',
        'expect: { outcome: approved, providers: { daughter: "10.00" } }',
        // The first terminal still shows its sale, and tells of it again when its reader goes.
        'parallel: [[{ unplug: reader }], [{ wait: 1s }]]',
        'refund: { of: last }',
        'expect: { outcome: approved, providers: { daughter: "10.00" } }',
        'refund: { of: last }',
        'expect: { outcome: declined, code: D70 }',
      ),
    );
    expect(result.steps.filter((step) => !step.passed)).toEqual([]);
  });
});

describe('two terminals at once', () => {
  const both = (...steps: string[]) => `parallel: [[${steps.join(', ')}], [${steps.join(', ')}]]`;
  const pays = ['{ sale: { amount: "30.00" } }', '{ swipe: mother }', '{ pin: "135790" }', '{ key: confirm }'];

  it('are played in every order, and what holds in all of them passes', async () => {
    const { result } = await play(
      withSteps(
        both(...pays, '{ expect: { outcome: approved } }'),
        'expectBalances: { mother: "0.00", daughter: "190.00" }',
      ),
    );
    expect(result.steps.filter((step) => !step.passed)).toEqual([]);
  });

  it('fail with the order in which they do, and say how many do', async () => {
    const played = await play(withSteps(both(...pays, '{ expect: { own: "30.00" } }'), 'expect: { cash: "1.00" }'));
    const [parallel, after] = played.result.steps;
    const order = '1 sale, 1 swipe, 1 pin, 1 key, 2 sale, 2 swipe, 2 pin, 2 key';
    expect(parallel).toEqual({
      index: 0,
      step: 'parallel',
      passed: false,
      expected: { list: 2, line: 8, step: 'expect', is: { own: '30.00' } },
      actual: { outcome: 'approved', own: '20.00' },
      inOrder: { order, failed: 70, of: 70 },
    });
    expect(after).toMatchObject({ passed: false, expected: { cash: '1.00' }, inOrder: { order, failed: 70, of: 70 } });
    expect(reportText(played)).toContain(
      `x.yaml:8: parallel: expected { list: 2, line: 8, step: 'expect', is: { own: '30.00' } }, ` +
        `got { outcome: 'approved', own: '20.00' }; in 70 of 70 orders, first in: ${order}`,
    );
  });

  it('fail when they do in one order only', async () => {
    const { result } = await play(
      withSteps(
        ...paid,
        'parallel: [[{ cancel: last }, { expect: { outcome: approved } }], [{ refund: { of: last } }, { expect: { outcome: declined } }]]',
      ),
    );
    expect(result.steps[3]).toMatchObject({
      passed: false,
      inOrder: { order: '2 refund, 1 cancel', failed: 1, of: 2 },
    });
  });

  it('each have their own last operation', async () => {
    const { result } = await play(
      withSteps(
        `parallel: [[{ sale: { amount: "5.00" } }, { key: cancel }, { expect: { outcome: cancelled } }],
      [{ sale: { amount: "5.00" } }, { swipe: mother }, { pin: "135790" }, { expect: { outcome: approved } }]]`,
        'expect: { outcome: cancelled }',
      ),
    );
    expect(result.steps.filter((step) => !step.passed)).toEqual([]);
  });
});

it('a run leaves nothing behind in the folder for temporary files', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'gongji-test-'));
  vi.stubEnv('TMPDIR', temporary);
  try {
    expect((await play(withSteps(...paid))).result.passed).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
  }
});

describe('the report', () => {
  it('has a line for a file and one for each failed step, with its line in the file', async () => {
    const good = await play(withSteps(...paid, 'expect: { cash: "0.00" }'), 'good.yaml');
    const bad = await play(
      withSteps(...paid, 'expect: { cash: "1.00" }', 'dayEnd: { expect: { records: 2 } }'),
      'bad.yaml',
    );
    expect(reportText(good)).toBe('✓ good.yaml: the family of the seed page');
    expect(reportText(bad)).toBe(
      [
        '✗ bad.yaml: the family of the seed page',
        "    bad.yaml:11: expect: expected { cash: '1.00' }, got { outcome: 'approved', cash: '0.00' }",
        '    bad.yaml:12: dayEnd: expected { records: 2 }, got { records: 1 }',
      ].join('\n'),
    );
    expect(totalsText([good, bad])).toBe('2 scenarios, 1 passed, 1 failed');
  });

  it('as JUnit XML names every step and escapes what XML cannot hold', async () => {
    const text = withSteps(...paid, 'dayEnd: { expect: { records: 2 } }').replace(
      'the family of the seed page',
      '"a <b> & \\"c\\""',
    );
    const { scenario, result } = await play(text);
    // A file's path may hold what XML cannot.
    const xml = junitXml([{ scenario, result: { ...result, scenario: `${result.scenario} \x01` } }]);
    expect(xml).toContain('<testsuites tests="4" failures="1">');
    expect(xml).toContain(
      '<testsuite name="a &lt;b&gt; &amp; &quot;c&quot; \ufffd" file="x.yaml" tests="4" failures="1">',
    );
    expect(xml).toContain('<testcase name="step 1: sale" classname="x.yaml" line="8"/>');
    expect(xml).toContain('<failure message="dayEnd: expected { records: 2 }, got { records: 1 }"/>');
    expect(xml.match(/<testcase /g)).toHaveLength(4);
  });

  it('has no PIN in it', async () => {
    const played = await play(
      withSteps('sale: { amount: "80.00" }', 'swipe: mother', 'pin: "864209"', 'expect: { own: "1" }'),
    );
    const all = reportText(played) + JSON.stringify(played.result) + junitXml([played]);
    expect(all).not.toMatch(/864209|135790/);
  });
});
