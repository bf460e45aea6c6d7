import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  syntheticCardSn,
  syntheticPan,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../src/domain/synthetic.ts';

const root = join(import.meta.dirname, '..', '..');
const stories = join(root, 'fixtures', 'scenarios');
const seedStory = join(stories, 'e02-own-short-provider-pays-the-rest.yaml');
const wrongPin = join(stories, 'e19-wrong-pin-then-right.yaml');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-cli-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the real command line in a process of its own, without a terminal. Node keeps what it compiled for the next. */
function gongji(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'src', 'cli', 'gongji.ts'), ...args], {
      cwd: folder,
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, ...texts }));
  });
}

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The seed story with a wrong expectation. */
function wrongFile(): string {
  return fileWith('wrong.yaml', readFileSync(seedStory, 'utf8').replace('cash: "0.00"', 'cash: "0.01"'));
}

describe('gongji --help', () => {
  it('names the commands and the exit codes', async () => {
    const { code, out, err } = await gongji('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of ['demo', 'terminal', 'scenario', 'households', 'profiles', 'link', 'profile']) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}70 /);
  });

  it('of scenario run names its options', async () => {
    const { code, out } = await gongji('scenario', 'run', '--help');
    expect(code).toBe(0);
    for (const option of ['--store', '--centre', '--json', '--junit']) expect(out).toContain(option);
  });
});

describe('what is not understood ends with 2 and one line that says why', () => {
  it.each([
    [[], 'gongji: no command given; see gongji --help\n'],
    [['dance'], "gongji: unknown command 'dance'; see gongji --help\n"],
    [['scenario'], 'gongji: no command given; see gongji --help\n'],
    [['scenario', 'run'], "gongji: missing required argument 'file'; see gongji --help\n"],
    [['demo', '--loud'], "gongji: unknown option '--loud'; see gongji --help\n"],
    [
      ['demo', '--lang', 'fr'],
      "gongji: option '--lang <language>' argument 'fr' is invalid. Allowed choices are zh-CN, en; see gongji --help\n",
    ],
    [['scenario', 'run', 'no.yaml'], 'no.yaml:1: expected a file that can be read, got no such file\n'],
    [['scenario', 'run', '.'], '.:1: expected a file that can be read, got a folder\n'],
  ])('%j', async (args, err) => {
    expect(await gongji(...args)).toEqual({ code: 2, out: '', err });
  });

  it('an unknown profile, with those there are', async () => {
    const { code, err } = await gongji('profiles', 'chongqing-1999');
    expect(code).toBe(2);
    expect(err).toMatch(/^unknown profile "chongqing-1999", expected one of chongqing-2021, [^\n]+\n$/);
  });

  it('a scenario file: file, line, key; the others are not run', async () => {
    const bad = fileWith('bad.yaml', 'scenario: bad\npeople: { mother: {} }\nsteps:\n  - sale: { amount: -5 }\n');
    expect(await gongji('scenario', 'run', seedStory, bad)).toEqual({
      code: 2,
      out: '',
      err: `${bad}:4: sale.amount: expected yuan text such as "80.00", got -5\n`,
    });
  });
});

describe('gongji scenario run', () => {
  it('ends with 0 when every expectation holds', async () => {
    expect(await gongji('scenario', 'run', seedStory, wrongPin)).toEqual({
      code: 0,
      out: [
        `✓ ${seedStory}: own balance short, the linked provider pays the rest`,
        `✓ ${wrongPin}: one wrong PIN, then the right one`,
        '2 scenarios, 2 passed, 0 failed',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('ends with 1 when one does not, and says what was expected and what came out', async () => {
    const { code, out, err } = await gongji('scenario', 'run', wrongFile());
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(
      /^✗ .*wrong\.yaml: own balance short.*\n.*wrong\.yaml:14: expect: expected .*0\.01.*got .*0\.00/,
    );
  });

  it('tells in which line a cable could not be moved', async () => {
    const file = fileWith(
      'cable.yaml',
      'scenario: a cable\npeople: { mother: {} }\nsteps:\n  - unplug: reader\n  - plug: reader\n  - plug: reader\n',
    );
    expect(await gongji('scenario', 'run', file)).toEqual({
      code: 1,
      out: [
        `✗ ${file}: a cable`,
        `    ${file}:6: plug: expected a reader that is unplugged, got one that is plugged in`,
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('--json prints one object a file', async () => {
    const { code, out } = await gongji('scenario', 'run', '--json', seedStory, wrongFile());
    expect(code).toBe(1);
    const [good, bad, ...rest] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rest).toEqual([]);
    expect(good).toEqual({
      file: seedStory,
      scenario: 'own balance short, the linked provider pays the rest',
      passed: true,
      steps: ['sale', 'swipe', 'pin', 'expect', 'expectBalances'].map((step, index) => ({ index, step, passed: true })),
    });
    expect(bad).toMatchObject({ passed: false });
    expect(bad.steps[3]).toMatchObject({
      index: 3,
      passed: false,
      expected: { cash: '0.01' },
      actual: { cash: '0.00' },
    });
  });

  it('--junit writes the XML', async () => {
    const xml = join(folder, 'out.xml');
    expect((await gongji('scenario', 'run', '--junit', xml, wrongFile())).code).toBe(1);
    expect(readFileSync(xml, 'utf8')).toMatch(/^<\?xml .*\n<testsuites tests="5" failures="1">/);
  });

  it('a file that cannot be written ends with 3', async () => {
    const { code, err } = await gongji('scenario', 'run', '--junit', join(folder, 'none', 'out.xml'), seedStory);
    expect(code).toBe(3);
    expect(err).toMatch(/^gongji: ENOENT: [^\n]*\n$/);
  });

  it.each([
    ['--store', 'postgres'],
    ['--centre', 'http'],
  ])('%s %s is not supported yet, which is a failure', async (option, value) => {
    expect(await gongji('scenario', 'run', option, value, seedStory)).toEqual({
      code: 1,
      out: '',
      err: `gongji: ${option} ${value} is not supported yet\n`,
    });
  });
});

describe('gongji demo', () => {
  it.each([
    ['zh-CN', ['80.00', '请客户刷卡、插卡或出示医保码', '请客户输入6位密码', '支付成功', '其中:本人', '其中:共济']],
    ['en', ['80.00', "Waiting for the customer's card", 'enter the 6-digit PIN', 'Paid', 'own', 'shared']],
  ])(
    'in %s plays the seed story: 50.00 own, 30.00 from the family, with prompts, quote and slip',
    async (lang, texts) => {
      const { code, out, err } = await gongji('demo', '--lang', lang);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      for (const text of [...texts, '50.00 → 0.00']) expect(out).toContain(text);
      // The quote and the slip both say who pays what.
      expect(out.match(/50\.00$/gm)?.length).toBeGreaterThanOrEqual(1);
      expect(out.match(/30\.00$/gm)?.length).toBeGreaterThanOrEqual(2);
    },
  );

  it('shows no full number and no PIN', async () => {
    const { out } = await gongji('demo');
    expect(out).toContain('******');
    expect(out).not.toContain('135790');
    // The family of the seed story: its people are numbered through, and their numbers are made from that.
    for (const person of [0, 1]) {
      const numbers = [
        syntheticPan(person),
        syntheticSsCardNumber(person),
        syntheticCardSn(person),
        syntheticResidentId(person),
      ];
      for (const number of numbers) expect(out).not.toContain(number);
    }
    expect(out).toContain(`****${syntheticSsCardNumber(0).slice(-4)}`);
  });
});

describe('gongji profiles', () => {
  it('lists all ten', async () => {
    const { code, out } = await gongji('profiles');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(11);
    expect(out).toMatch(/^shenzhen-2019 +own_must_be_zero +balance_desc /m);
  });

  it('shows one in the words of the file, as text and as JSON', async () => {
    expect((await gongji('profiles', 'shenzhen-2019')).out).toMatch(/^provider_reserve +777815$/m);
    const { out } = await gongji('profiles', 'shenzhen-2019', '--json');
    expect(JSON.parse(out)).toMatchObject({ name: 'shenzhen-2019', provider_reserve: 777_815, pin: { max_wrong: 6 } });
    expect(JSON.parse((await gongji('profiles', '--json')).out)).toHaveLength(10);
  });
});

describe('gongji link explain', () => {
  const asked = ['link', 'explain', '--provider', 'two-relatives.son', '--beneficiary', 'quota.mother'];

  it('E12 refused: every rule that stands in the way with its number, and 1', async () => {
    const { code, out, err } = await gongji(
      ...asked,
      '--relation',
      'parent',
      '--no-caution',
      '--documents',
      'provider',
    );
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const rules = out.match(/^ {2}D\d{2} R\d+/gm);
    expect(rules).toEqual(['  D46 R10', '  D48 R28', '  D42 R4', '  D43 R5']);
    expect(out).toContain('提供人已关联2人，上限1人');
    expect(out).toContain('没有写入任何内容');
  });

  it('R24 allowed under the national rules, as text in English', async () => {
    const { code, out, err } = await gongji(
      ...asked,
      '--relation',
      'parent',
      '--profile',
      'national-2021',
      '--lang',
      'en',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Allowed: \d{4}-/m);
  });

  it('R17, R18 and R75 as JSON: the same sibling under two sets, and a quota that is not covered', async () => {
    const explain = async (...more: string[]) =>
      JSON.parse((await gongji(...asked, '--relation', 'sibling', '--json', ...more)).out);
    expect(await explain('--profile', 'national-2021')).toMatchObject({
      allowed: false,
      findings: [{ number: 'D41', code: 'RELATION_NOT_ALLOWED', rule: 'R17' }],
    });
    expect(await explain('--profile', 'national-2024')).toMatchObject({ allowed: true, findings: [] });
    expect(await explain('--profile', 'national-2026', '--quota', '300.01')).toMatchObject({
      allowed: false,
      findings: [{ code: 'QUOTA_NOT_COVERED', rule: 'R75' }],
    });
  });

  it('R20 under the rules of Shenzhen the provider’s card is enough', async () => {
    const { code } = await gongji(
      ...asked,
      ...['--relation', 'parent', '--profile', 'shenzhen-2023', '--documents', 'provider'],
    );
    expect(code).toBe(0);
  });

  it.each([
    [['--provider', 'nobody'], /^unknown person "nobody", expected one of demo\.mother, demo\.daughter, /],
    [['--quota', '1e3'], /^expected yuan such as 300\.00, got "1e3"\n$/],
    [['--until', '2025-02-29'], /^expected a day such as 2026-12-31, got "2025-02-29"\n$/],
    [['--profile', 'x'], /^unknown profile "x", expected one of /],
    [['--relation', 'cousin'], /argument 'cousin' is invalid\. Allowed choices are spouse, /],
  ])('%j is not understood', async (wrong, err) => {
    const answer = await gongji(...asked, '--relation', 'parent', ...wrong);
    expect(answer).toMatchObject({ code: 2, out: '' });
    expect(answer.err).toMatch(err);
  });
});

describe('gongji link list', () => {
  it('R4 a provider’s links under two rule sets: beyond the limit, and not', async () => {
    const list = async (profile: string) =>
      JSON.parse((await gongji('link', 'list', 'two-relatives.son', '--profile', profile, '--json')).out);
    expect(await list('chongqing-2021')).toMatchObject([
      { beneficiary: 'two-relatives.mother', obstacle: null },
      { beneficiary: 'two-relatives.father', obstacle: 'linkLimit' },
    ]);
    expect(await list('national-2021')).toMatchObject([{ obstacle: null }, { obstacle: null }]);
  });

  it('R22, R44 says why a link gives nothing: ended, insurance suspended; names are masked', async () => {
    const { code, out } = await gongji('link', 'list', 'link-cancelled.mother');
    expect(code).toBe(0);
    expect(out).toContain('共济关系已解除');
    expect(out).not.toMatch(/施庚辉|吕己芳/);
    expect((await gongji('link', 'list', 'suspended-provider.mother', '--lang', 'en')).out).toContain(
      'insurance suspended',
    );
  });

  it('an unknown person is told with those there are', async () => {
    const { code, err } = await gongji('link', 'list', 'nobody');
    expect(code).toBe(2);
    expect(err).toMatch(/^unknown person "nobody", expected one of /);
  });
});

describe('gongji profile diff', () => {
  it('E16 the quota of 2026 against a live balance: what differs is marked', async () => {
    const diff = ['profile', 'diff', 'chongqing-2021', 'national-2026', '--household', 'quota'];
    const { code, out } = await gongji(...diff, '--amount', '350', '--amount', '50.00', '--json');
    expect(code).toBe(0);
    const { knobs, links, sales } = JSON.parse(out);
    expect(knobs).toContainEqual({ knob: 'fund_model', a: 'live_balance', b: 'quota_hold' });
    expect(knobs.map(({ knob }: { knob: string }) => knob)).not.toContain('name');
    expect(links).toEqual([
      { provider: 'quota.daughter', beneficiary: 'quota.mother', relation: 'parent', a: null, b: null, differs: false },
    ]);
    expect(sales).toMatchObject([
      {
        person: 'quota.mother',
        amount: '350.00',
        a: { own: '20.00', providers: [{ paid: '330.00' }], cash: '0.00' },
        b: { own: '20.00', providers: [{ paid: '300.00', reason: 'upToQuota' }], cash: '30.00' },
        differs: true,
      },
      { person: 'quota.mother', amount: '50.00', differs: false },
      { person: 'quota.daughter', amount: '350.00', differs: false },
      { person: 'quota.daughter', amount: '50.00', differs: false },
    ]);
  });

  it('R64, R66 cross-area: the link that does not hold, the wallet that pays', async () => {
    const diff = ['profile', 'diff', 'chongqing-2021', 'wallet-2025', '--household', 'cross-area'];
    const { code, out } = await gongji(...diff, '--amount', '50', '--lang', 'en');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^≠ {2}son \S+ pays for mother \S+ \(parent\) +area not open for sharing +pays through the wallet$/m,
    );
    expect(out).toMatch(/^≠ {2}mother \S+ 50\.00 .* cash 30\.00 +own 20\.00 \+ wallet 30\.00 \+ cash 0\.00$/m);
    expect(out).toMatch(/^ {3}son \S+ 50\.00 /m);
  });

  it('R86 a card that is refused is told as a refusal; a profile does not differ from itself', async () => {
    const { out } = await gongji(
      'profile',
      'diff',
      'national-2021',
      'national-2021',
      '--household',
      'lost-card',
      '--json',
    );
    const { knobs, sales } = JSON.parse(out);
    expect(knobs).toEqual([]);
    expect(sales[0]).toMatchObject({ a: { declined: 'CARD_LOST' }, b: { declined: 'CARD_LOST' }, differs: false });
    expect(sales).toHaveLength(9);
  });

  it.each([
    [['a', 'national-2021', '--household', 'demo'], /^unknown profile "a", expected one of /],
    [['national-2021', 'national-2024', '--household', 'x'], /^unknown household "x", expected one of demo, /],
    [['national-2021', 'national-2024', '--household', 'demo', '--amount', '0'], /^expected an amount above zero\n$/],
    [['national-2021', 'national-2024', '--household', 'demo', '--amount', '-1'], /^expected yuan such as /],
  ])('%j is not understood', async (args, err) => {
    const answer = await gongji('profile', 'diff', ...args);
    expect(answer).toMatchObject({ code: 2, out: '' });
    expect(answer.err).toMatch(err);
  });
});

describe('gongji households', () => {
  it('lists every family with what it shows, in both languages', async () => {
    const { code, out } = await gongji('households');
    expect(code).toBe(0);
    expect(out).toMatch(/^母女: .*\n {2}#1 {2}\S+ {2}\*{4}\w{4} {2}50\.00 {2}← /);
    expect((await gongji('households', '--lang', 'en')).out).toMatch(/^Mother and daughter: /);
    const families = JSON.parse((await gongji('households', '--json')).out);
    expect(families[0]).toMatchObject({ id: 'demo', title: { en: 'Mother and daughter' } });
    expect(out.match(/^\S/gm)).toHaveLength(families.length);
  });
});

describe('gongji terminal', () => {
  it('says that it needs a terminal when there is none', async () => {
    expect(await gongji('terminal')).toEqual({
      code: 3,
      out: '',
      err: 'gongji: the console terminal needs a terminal; "gongji demo" does not\n',
    });
  });
});
