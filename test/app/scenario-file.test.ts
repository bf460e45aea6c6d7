import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturesAbove } from '../../src/app/fixture-files.ts';
import { loadRules } from '../../src/app/rules.ts';
import { parseScenario, ScenarioFileError } from '../../src/app/scenario/scenario-file.ts';

const { profiles } = loadRules();
const parse = (text: string) => parseScenario(text, 'x.yaml', profiles);

/** The lines of the error that a text is refused with. */
function problemsOf(text: string): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ScenarioFileError) return error.message.split('\n');
    throw error;
  }
  return [];
}

/** A scenario whose line 8 is the one given, in the place where it belongs. */
const withPerson = (line: string) => `scenario: a person


people:
  mother: {}
  daughter: {}
  aunt:
    ${line}
steps:
  - swipe: mother
`;
const withLink = (line: string) => `scenario: a link
people:
  mother: {}
  daughter: {}

links:
  - { provider: daughter, beneficiary: mother }
  - ${line}
steps:
  - swipe: mother
`;
const withStep = (line: string) => `scenario: a step
people:
  mother: {}
  daughter: {}

steps:
  - swipe: mother
  - ${line}
`;

describe('a scenario file', () => {
  it('is read as the format document shows it', () => {
    const scenario = parse(`
scenario: own balance short, the linked provider pays the rest
profile: chongqing-2021                 # a profile's name
clock: 2025-04-19T10:00:00+08:00
people:                                 # names are free
  mother:   { balance: "50.00", pin: "135790" }
  daughter: { balance: "200.00" }
links:
  - { provider: daughter, beneficiary: mother, relation: child }
steps:
  - sale: { amount: "80.00" }
  - swipe: mother
  - pin: "135790"
  - expect: { outcome: approved, own: "50.00", providers: { daughter: "30.00" }, cash: "0.00", cardReads: 1, pinEntries: 1 }
  - expectBalances: { mother: "0.00", daughter: "170.00" }
`);
    expect(scenario).toMatchObject({
      name: 'own balance short, the linked provider pays the rest',
      profile: { name: 'chongqing-2021' },
      clock: Date.parse('2025-04-19T02:00:00Z'),
      people: [
        { name: 'mother', balance: 5000, pin: '135790' },
        { name: 'daughter', balance: 20_000 },
      ],
      links: [{ provider: 'daughter', beneficiary: 'mother', relation: 'child' }],
      steps: [
        { kind: 'sale', line: 11, value: { bill: { total: 8000, fund: 0, goods: [] }, mustWait: false } },
        { kind: 'swipe', line: 12, value: { card: 'mother', as: 'stripe' } },
        { kind: 'pin', line: 13, value: '135790' },
        {
          kind: 'expect',
          line: 14,
          value: { outcome: 'approved', own: 5000, providers: { daughter: 3000 }, cash: '0.00' },
        },
        { kind: 'expectBalances', line: 15, value: { mother: 0, daughter: 17_000 } },
      ],
    });
  });

  it('knows every key of the format', () => {
    const scenario = parse(`
scenario: every key
profile: { extends: chongqing-2021, provider_card_lost_blocks: true }
clock: 2025-04-19T10:00:00+08:00
people:
  mother: { balance: none, insurance: resident, status: arrears, area: 重庆市/云阳县, born: 1958-03-02, pin: "135790",
            card: tempLost, wallet: closed, walletBalance: "3.50" }
  daughter:
links:
  - { provider: daughter, beneficiary: mother, relation: parent, since: 2024-01-08, until: 2026-01-08, quota: "300" }
steps:
  - sale: { amount: "30", fund: "10.5", terminal: t2,
            goods: [{ amount: "12", kind: healthFood, approval: 国食健字G20990001 }, { amount: "18", kind: drug }] }
  - { card: mother, as: chip, fault: half }
  - swipe: { card: mother, as: stripe, fault: slow }
  - scan: mother
  - { evoucher: mother, age: 61s, replay: true }
  - { text: "6901234567892" }
  - key: cancel
  - wait: 1h
  - link: { provider: daughter, beneficiary: mother, relation: parent, channel: phone, documents: [provider] }
  - link: { provider: daughter, beneficiary: mother, caution: false, consent: false, quota: "3", until: 2026-01-01, by: swipe,
            providerBy: idCard, pin: "135790", replaces: mother, answer: later, stopAt: reviewing,
            documents: { provider: idCard, beneficiary: none } }
  - unlink: { provider: daughter, beneficiary: mother }
  - unlink: { provider: daughter, beneficiary: mother, channel: hospital, by: beneficiary, reason: 不再需要 }
  - desk: confirm
  - consent: { provider: daughter, beneficiary: mother, agrees: false }
  - setQuota: { provider: daughter, beneficiary: mother, quota: "30.00" }
  - transfer: { from: daughter, to: mother, amount: "30.00" }
  - accept: { by: mother, from: daughter }
  - turnDown: { by: mother, from: daughter }
  - giveBack: { by: mother, to: daughter, amount: "1.00" }
  - set: { mother: { balance: "1.00", status: normal, card: lost, pin: reset, area: 四川省/成都市, insurance: resident, wallet: open } }
  - fault: { on: refund, do: duplicate, times: 2 }
  - fault: { on: query, do: lateRequest, after: 40s }
  - crash: terminal
  - crash: { what: terminal, when: settling }
  - { what: centre, when: beforeCommit }
  - unplug: reader
  - plug: reader
  - cancel: last
  - cancel: { of: last, confirm: false }
  - refund: { of: last, amount: "1.00" }
  - refund: { of: last, confirm: false }
  - reverse: last
  - supervisor: { push: reverse }
  - supervisor: { suspend: { by: "99", reason: 中心长时间无应答 } }
  - supervisor: { reopen: last }
  - inquire: mother
  - expectInquiry: { own: "1.00", wallet: none, code: D90 }
  - parallel: [ [{ sale: { amount: "1.00" } }], [{ pin: "123456" }, { wait: 500ms }] ]
  - expect: { outcome: unknown, code: D43, fund: "0", triesLeft: 3, rules: [R4, R75] }
  - expect: { outcome: suspended, cash: "-3.5" }
  - expectLinks: [{ provider: daughter, beneficiary: mother }]
  - expectWallets: { mother: "3.50" }
  - expectJournal: { open: 0, suspended: 1 }
  - dayEnd: { expect: { balanced: true, records: 4, own: "80.00", provider: "30.00", cash: "0.00", breaks: 0 } }
  - dayEnd: { day: yesterday, terminal: office, expect: { own: "-80.00", fund: "0", total: "-1.00", links: 2, code: D81 } }
`);
    expect(scenario.profile).toMatchObject({ providerCardLostBlocks: true, maxBeneficiariesPerProvider: 1 });
    expect(scenario.steps.map((step) => step.kind).join(' ')).toBe(
      'sale swipe swipe scan scan scan key wait link link unlink unlink desk consent setQuota transfer accept turnDown ' +
        'giveBack set fault fault crash crash crash unplug plug cancel cancel refund refund reverse supervisor supervisor ' +
        'supervisor inquire expectInquiry parallel expect expect expectLinks expectWallets expectJournal dayEnd dayEnd',
    );
    const valuesOf = (kind: string) => scenario.steps.filter((step) => step.kind === kind).map((step) => step.value);
    expect(valuesOf('parallel')).toMatchObject([
      [[{ kind: 'sale', value: { bill: { total: 100 } } }], [{ kind: 'pin' }, { kind: 'wait', value: 500 }]],
    ]);
    expect(valuesOf('fault')).toEqual([
      { on: 'refund', do: 'duplicate', times: 2 },
      { on: 'query', do: 'lateRequest', times: 1, after: 40_000 },
    ]);
    expect(valuesOf('crash')).toEqual([
      { what: 'terminal', when: undefined },
      { what: 'terminal', when: 'settling' },
      { what: 'centre', when: 'beforeCommit' },
    ]);
    expect(valuesOf('cancel')).toEqual([{ confirm: true }, { confirm: false }]);
    expect(valuesOf('refund')).toEqual([
      { of: 'last', amount: 100, confirm: true },
      { of: 'last', confirm: false },
    ]);
    expect(valuesOf('supervisor')).toEqual([
      { kind: 'push', step: 'reverse' },
      { kind: 'suspend', by: '99', reason: '中心长时间无应答' },
      { kind: 'reopen' },
    ]);
    expect(valuesOf('expect')[1]).toEqual({ outcome: 'suspended', cash: '-3.50' });
  });

  it.each([
    ['500ms', 500],
    ['31s', 31_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('waits %s', (text, ms) => {
    expect(parse(withStep(`wait: ${text}`)).steps[1]?.value).toBe(ms);
  });

  it.each(['D20', 'PIN_WRONG', 'D20 PIN_WRONG'])('takes the code %s', (code) => {
    expect(parse(withStep(`expect: { code: ${code} }`)).steps[1]?.value).toMatchObject({ code: 'PIN_WRONG' });
  });

  const stories = join(fixturesAbove(import.meta.dirname), 'scenarios');
  it.each(readdirSync(stories).filter((file) => file.endsWith('.yaml')))('%s is understood', (file) => {
    expect(problemsOf(readFileSync(join(stories, file), 'utf8'))).toEqual([]);
  });
});

describe('what is wrong is told with file, line, key and what was expected there', () => {
  it.each([
    ['{ colour: red }', 'colour: unknown key: expected one of balance, insurance,'],
    ['balance: -5', 'balance: expected yuan text such as "80.00", or none, got -5'],
    ['balance: 50.00', 'balance: expected yuan text such as "80.00", or none, got the number 50.00: put it in quotes'],
    ['balance: "-5"', 'balance: expected yuan text such as "80.00", not below zero, got "-5"'],
    ['balance: "1.005"', 'balance: expected yuan text such as "80.00", with at most two decimals, got "1.005"'],
    ['balance: "much"', 'balance: expected yuan text such as "80.00", got "much"'],
    ['balance: "99999999999"', 'balance: expected yuan text such as "80.00", at most "9999999.99", got'],
    ['walletBalance: none', 'walletBalance: expected yuan text such as "80.00", got "none"'],
    ['insurance: private', 'insurance: expected one of employee, resident, got "private"'],
    ['status: ill', 'status: expected one of normal, suspended, terminated, arrears, got "ill"'],
    ['card: broken', 'card: expected one of normal, lost, tempLost, cancelled, sealed, fake, got "broken"'],
    ['wallet: maybe', 'wallet: expected one of closed, open, got "maybe"'],
    ['area: Chongqing', 'area: expected an area such as 重庆市/渝中区, got "Chongqing"'],
    ['born: 2025-02-29', 'born: expected an existing date such as 1958-03-02, got "2025-02-29"'],
    ['born: 2050-01-01', 'born: expected a date before the clock of the scenario, got "2050-01-01"'],
    ['pin: 135790', 'pin: expected 6 digits as text, such as "135790", got a number: put it in quotes'],
    ['pin: "13579"', 'pin: expected 6 digits as text, such as "135790", got other text'],
    ['__proto__: { balance: "1" }', 'unknown key __proto__'],
  ])('person %s', (line, expected) => {
    const path = expected.startsWith('unknown key __proto__') ? '' : 'people.aunt.';
    expect(problemsOf(withPerson(line))).toEqual([expect.stringContaining(`x.yaml:8: ${path}${expected}`)]);
  });

  it.each([
    [
      '{ provider: grandma, beneficiary: mother }',
      '[1].provider: expected one of the people (mother, daughter), got "grandma"',
    ],
    ['{ provider: mother, beneficiary: mother }', '[1].beneficiary: expected somebody else than the provider'],
    ['{ provider: daughter, beneficiary: mother }', '[1]: expected each link once, got daughter → mother again'],
    ['{ provider: mother }', '[1].beneficiary: expected one of the people (mother, daughter), got nothing'],
    ['{ provider: mother, beneficiary: daughter, relation: boss }', '[1].relation: expected one of spouse, parent,'],
    ['{ provider: mother, beneficiary: daughter, since: 2025-13-01 }', '[1].since: expected a moment such as'],
    [
      '{ provider: mother, beneficiary: daughter, since: 2025-02-01, until: 2025-01-01 }',
      '[1].until: expected a moment after since, got "2025-01-01"',
    ],
    ['{ provider: mother, beneficiary: daughter, kind: 1 }', '[1].kind: unknown key: expected one of provider,'],
    ['daughter', '[1]: expected a mapping with the keys provider, beneficiary,'],
  ])('link %s', (line, expected) => {
    expect(problemsOf(withLink(line))).toEqual([expect.stringContaining(`x.yaml:8: links${expected}`)]);
  });

  it.each([
    ['sale: { amount: -5 }', 'sale.amount: expected yuan text such as "80.00", got -5'],
    ['sale: { amount: "0" }', 'sale.amount: expected yuan text such as "80.00", above zero, got "0"'],
    ['sale: {}', 'sale.amount: expected yuan text such as "80.00", got nothing'],
    ['sale: { amount: "5", tip: "1" }', 'sale.tip: unknown key: expected one of amount, fund, goods, terminal'],
    ['sale: { amount: "5", fund: "6" }', 'sale.fund: expected at most the amount, got "6"'],
    [
      'sale: { amount: "5", goods: [{ amount: "4", kind: drug }] }',
      'sale.goods: expected goods that add up to the amount',
    ],
    ['sale: { amount: "5", goods: [{ amount: "5", kind: food }] }', 'sale.goods[0].kind: expected one of drug,'],
    ['sale: { amount: "5", terminal: "a b" }', 'sale.terminal: expected a name such as t2'],
    ['swipe: grandma', 'swipe: expected one of the people (mother, daughter), got "grandma"'],
    ['swipe: { card: mother, as: tape }', 'swipe.as: expected one of stripe, chip, got "tape"'],
    ['{ card: mother, as: chip, fault: burnt }', 'fault: expected one of half, noise, double, slow, reversed, got'],
    ['{ card: mother, colour: red }', 'colour: unknown key: expected one of card, as, fault'],
    ['{ text: "x", age: 3s }', 'expected either evoucher (with age and replay) or text, got a mapping'],
    ['scan: []', 'scan: expected a mapping with the keys evoucher, age, replay, text, got a list'],
    ['scan: {}', 'scan: expected either evoucher (with age and replay) or text, got a mapping'],
    ['scan: { text: "" }', 'scan.text: expected text such as "6901234567892", got ""'],
    [
      'scan: { text: 6901234567892 }',
      'scan.text: expected text such as "6901234567892", got a long number: put it in quotes',
    ],
    ['scan: { text: 69012345 }', 'scan.text: expected text such as "6901234567892", got the number 69012345: put it'],
    ['scan: { text: "\\r\\n" }', 'scan.text: expected text such as "6901234567892", got "\\r\\n"'],
    ['scan: grandma', 'scan: expected one of the people (mother, daughter) or { text: … }, got "grandma"'],
    ['unplug: pinpad', 'unplug: expected reader, got "pinpad"'],
    ['unplug: { reader: t2 }', 'unplug: expected reader, got a mapping'],
    ['plug: 1', 'plug: expected reader, got 1'],
    ['plug:', 'plug: expected reader, got nothing'],
    ['{ unplug: reader, terminal: t2 }', 'terminal: unknown key beside unplug: expected one key a step'],
    ['pin: "12345a"', 'pin: expected 6 digits as text, such as "135790", got other text'],
    ['key: clear', 'key: expected one of cancel, confirm, got "clear"'],
    ['wait: 3 minutes', 'wait: expected a duration such as 31s, 2m, 1h or 500ms, got "3 minutes"'],
    ['wait: 3', 'wait: expected a duration such as 31s, 2m, 1h or 500ms, got 3'],
    ['set: { aunt: { balance: "1" } }', 'set.aunt: unknown key: expected one of the people (mother, daughter)'],
    ['set: { mother: {} }', 'set.mother: expected at least one of balance, status, card, pin, area'],
    ['set: { mother: { pin: "135790" } }', 'set.mother.pin: expected reset, got other text'],
    ['fault: { on: print, do: delay }', 'fault.on: expected one of identify, quote, settle, reverse, cancel, refund'],
    ['fault: { on: settle, do: delay, times: 0 }', 'fault.times: expected a whole number from 1 to 100, got 0'],
    ['crash: { what: terminal, when: lunch }', 'crash.when: expected one of recovering, signedOut,'],
    ['fault: { on: settle, do: loseReply, after: 3s }', 'fault.after: expected nothing but with delay and lateRequest'],
    ['crash: { what: terminal, when: afterCommit }', 'crash.when: expected one of recovering, signedOut,'],
    [
      '{ what: centre, when: settling }',
      'when: expected one of beforeCommit, afterCommit for a centre, got "settling"',
    ],
    ['crash: window', 'crash: expected one of terminal, centre, got "window"'],
    ['refund: { of: first }', 'refund.of: expected last, got "first"'],
    ['refund: { of: last, amount: "0" }', 'refund.amount: expected yuan text such as "80.00", above zero, got "0"'],
    ['cancel: { of: last, amount: "1" }', 'cancel.amount: unknown key: expected one of of, confirm'],
    ['cancel: first', 'cancel: expected last, got "first"'],
    ['supervisor: {}', 'supervisor: expected one of push, suspend, reopen, got a mapping'],
    ['supervisor: { push: pay }', 'supervisor.push: expected one of query, reverse, got "pay"'],
    ['supervisor: { push: query, reopen: last }', 'supervisor: expected one of push, suspend, reopen, got a mapping'],
    ['supervisor: { suspend: { by: "99" } }', 'supervisor.suspend.reason: expected words, got nothing'],
    ['inquire: grandma', 'inquire: expected one of the people (mother, daughter), got "grandma"'],
    ['expectInquiry: {}', 'expectInquiry: expected at least one key to look at'],
    ['expectJournal: {}', 'expectJournal: expected at least one key to look at'],
    ['expect: { cash: "--1" }', 'expect.cash: expected yuan text such as "80.00", or "-80.00" for what has to be paid'],
    ['expect: { own: "-1.00" }', 'expect.own: expected yuan text such as "80.00", not below zero, got "-1.00"'],
    [
      'parallel: [[{ swipe: mother }], [{ parallel: [[{ swipe: mother }], [{ swipe: mother }]] }]]',
      'parallel[1]: expected steps of one terminal, got another parallel in line 8',
    ],
    [
      'parallel: [[{ swipe: mother }], [{ sale: { amount: "1", terminal: t1 } }]]',
      'parallel: expected two terminals, got t1 in both lists',
    ],
    [
      `parallel: [[${'{ wait: 1s }, '.repeat(7)}], [${'{ wait: 1s }, '.repeat(7)}]]`,
      'parallel: expected steps with at most 1000 orders, got 3432',
    ],
    ['parallel: [[{ swipe: mother }]]', 'parallel: expected two lists of steps, one a terminal'],
    ['parallel: [[{ swipe: mother }], [{ sale: { amount: 1 } }]]', 'parallel[1][0].sale.amount: expected yuan text'],
    ['expect: {}', 'expect: expected at least one key to look at'],
    [
      'expect: { outcome: paid }',
      'expect.outcome: expected one of approved, declined, cancelled, unknown, suspended, got "paid"',
    ],
    ['expect: { code: D99 }', 'expect.code: expected a code of the list of codes, such as D20 or PIN_WRONG, got "D99"'],
    ['expect: { own: 50 }', 'expect.own: expected yuan text such as "80.00", got the number 50: put it in quotes'],
    ['expect: { providers: { aunt: "3" } }', 'expect.providers.aunt: unknown key: expected one of the people'],
    ['expect: { cardReads: 1.5 }', 'expect.cardReads: expected a whole number, got 1.5'],
    ['expectBalances: {}', 'expectBalances: expected at least one name'],
    ['expectBalances: { aunt: "1" }', 'expectBalances.aunt: unknown key: expected one of the people'],
    ['dayEnd: { expect: { sum: "3" } }', 'dayEnd.expect.sum: unknown key: expected one of balanced, records,'],
    ['pay: "80.00"', 'pay: expected a step: one of sale, swipe, scan, pin,'],
    ['{ swipe: mother, wait: 3s }', 'wait: unknown key beside swipe: expected one key a step'],
    ['lunch', 'expected a step: one of sale, swipe, scan, pin,'],
  ])('step %s', (line, expected) => {
    expect(problemsOf(withStep(line))).toEqual([expect.stringContaining(`x.yaml:8: ${expected}`)]);
  });

  it.each([
    [
      'an unknown profile, with the names there are',
      'profile: chongqing-1999',
      'x.yaml:2: profile: expected one of the profiles chongqing-2021, chongqing-2022,',
    ],
    ['an unknown knob', 'profile:\n  extends: chongqing-2021\n  tax: 3', 'x.yaml:4: profile.tax: unknown key'],
    [
      'a wrong value',
      'profile:\n  extends: chongqing-2021\n  own_mode: never',
      'x.yaml:4: profile.own_mode: expected one of own_then_provider, own_must_be_zero, got "never"',
    ],
    [
      'an impossible date',
      'clock: 2025-02-30T10:00:00+08:00',
      'x.yaml:2: clock: expected a moment such as 2025-04-19T10:00:00+08:00, got',
    ],
    ['a time without an offset', 'clock: 2025-02-28T10:00:00', 'x.yaml:2: clock: expected a moment such as'],
    [
      'an unknown key',
      'author: me',
      'x.yaml:2: author: unknown key: expected one of scenario, profile, clock, people, links, steps',
    ],
    ['a key twice', 'scenario: again', 'x.yaml:2: expected YAML, got: Map keys must be unique'],
    ['a tag that nobody defined', 'clock: !now 3', 'x.yaml:2: expected YAML, got: Unresolved tag'],
    ['an alias that leads nowhere', 'profile: *base', 'x.yaml:2: expected YAML, got an alias of nothing: *base'],
  ])('the head: %s', (_, line, expected) => {
    const text = `scenario: the head\n${line}\npeople: { mother: {} }\nsteps: [{ swipe: mother }]\n`;
    expect(problemsOf(text)).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    ['an empty file', '', 'x.yaml:1: expected a mapping with the keys scenario,'],
    [
      'a person without a name',
      'scenario: a\npeople: { "": {} }\nsteps: [ { swipe: "" } ]',
      'x.yaml:2: people.: expected a name, got ""',
    ],
    [
      'a title that would play with the terminal',
      'scenario: "a\\e[2J"\npeople: { a: {} }\nsteps: [ { swipe: a } ]',
      'x.yaml:1: scenario: expected a sentence that says what the scenario shows',
    ],
    ['broken YAML', 'scenario: a\nsteps: [\n', 'x.yaml:3: expected YAML, got: '],
    ['two documents', 'scenario: a\n---\nscenario: b\n', 'x.yaml:2: expected one document a file, got a second one'],
    ['no steps', 'scenario: a\npeople: {}\nsteps: []\n', 'x.yaml:3: steps: expected at least one step'],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(expected)]);
  });

  it('tells all problems at once, in the order of the lines', () => {
    const text = 'scenario: a\npeople: { mother: { pin: "1" } }\nsteps:\n  - swipe: aunt\n  - wait: soon\n';
    expect(problemsOf(text).map((line) => line.slice(0, 9))).toEqual(['x.yaml:2:', 'x.yaml:4:', 'x.yaml:5:']);
  });

  it('never repeats a PIN', () => {
    const text = `scenario: a\npeople: { mother: { pin: "97531" } }\nsteps:\n  - pin: 8642097\n  - pin: "97 531"\n`;
    const message = problemsOf(text).join('\n');
    expect(message.split('\n')).toHaveLength(3);
    expect(message).not.toMatch(/97531|8642097|97 531/);
  });

  it.each([
    'scan: "4240000000000000000000990000"',
    'scan: 4240000000000000000000990000',
    'swipe: "9999000000000000008"',
    'scan: { evoucher: "ID 990000184901010019" }',
  ])("does not repeat a number that may be somebody's: %s", (line) => {
    const [message = '', ...others] = problemsOf(withStep(line));
    expect(others).toEqual([]);
    expect(message).toMatch(/expected one of the people .*, got a long number$/);
    expect(message).not.toMatch(/\d{12}/);
  });

  it('does not unfold a billion laughs', () => {
    const lines = ['scenario: a', 'people: { mother: {} }', 'steps: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let level = 1; level < 9; level++) lines.push(`k${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`);
    expect(problemsOf(lines.join('\n'))).toEqual([expect.stringMatching(/^x\.yaml:1: /)]);
  });
});
