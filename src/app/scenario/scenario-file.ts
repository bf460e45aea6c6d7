import { z } from 'zod';
import { type Bill, goodsKinds } from '../../domain/bill.ts';
import { type CounterState, counterStates } from '../../domain/counter-state.ts';
import { declineCodeOf } from '../../domain/decline-code.ts';
import { type Fen, parseYuan, sum, zeroFen } from '../../domain/money.ts';
import { cardStates, insuranceKinds, insuranceStatuses, relations } from '../../domain/person.ts';
import type { PolicyProfile } from '../../domain/policy-profile.ts';
import { LocatedYaml, type YamlPath, type YamlProblem } from '../located-yaml.ts';
import { changedProfile } from '../policy-profiles.ts';

/** A scenario file cannot be understood. `problems` in the order of the lines; `message` has one line for each:
 *  `FILE:LINE: sale.amount: expected yuan text such as "80.00", got "-5"`. */
export class ScenarioFileError extends Error {
  readonly code = 'scenarioNotUnderstood';
  readonly file: string;
  readonly problems: readonly YamlProblem[];
  constructor(file: string, problems: readonly YamlProblem[]) {
    const inOrder = [...problems].sort((a, b) => a.line - b.line);
    super(
      inOrder.map(({ line, path, text }) => `${file}:${line}: ${path === '' ? '' : `${path}: `}${text}`).join('\n'),
    );
    this.name = 'ScenarioFileError';
    this.file = file;
    this.problems = inOrder;
  }
}

/** The codes of reference/decline-codes.md whose feature comes later: a file may expect them already. */
const laterCodes: Readonly<Record<string, string>> = {
  NOT_INSURED_HERE: 'D40',
  RELATION_NOT_ALLOWED: 'D41',
  PROVIDER_ALREADY_LINKED: 'D42',
  BENEFICIARY_ALREADY_LINKED: 'D43',
  AREA_NOT_OPEN: 'D44',
  LINK_EXISTS: 'D45',
  DOC_MISSING: 'D46',
  SELF_LINK: 'D47',
  CONSENT_MISSING: 'D48',
  PROVIDER_SKIPPED: 'I50',
  PENDING_REVERSAL: 'D61',
  ALREADY_REVERSED: 'D70',
  REFUND_TOO_MUCH: 'D71',
  DAYEND_BLOCKED: 'D81',
};

const readings = ['half', 'noise', 'double', 'slow', 'reversed'] as const;
const media = ['stripe', 'chip'] as const;

// Every message in a schema is a noun phrase: the reporter puts "expected" before it and what was found behind it.
const yuanExample = 'yuan text such as "80.00"';
const yuan = z.string({ error: yuanExample }).transform((text, context): Fen => {
  const parsed = parseYuan(text);
  if (parsed.ok) return parsed.fen;
  const expected = {
    empty: yuanExample,
    notANumber: yuanExample,
    negative: `${yuanExample}, not below zero`,
    tooManyDecimals: `${yuanExample}, with at most two decimals`,
    tooLarge: `${yuanExample}, at most "9999999.99"`,
  }[parsed.problem];
  return refuse(context, expected);
});
const positiveYuan = yuan.refine((amount) => amount > 0, { error: `${yuanExample}, above zero` });
const yuanOrNone = z
  .string({ error: `${yuanExample}, or none` })
  .transform((text) => (text === 'none' ? null : text))
  .pipe(yuan.nullable());

const duration = z.string({ error: 'a duration such as 31s, 2m, 1h or 500ms' }).transform((text, context): number => {
  const match = /^(\d{1,6})(ms|s|m|h)$/.exec(text);
  if (!match) return refuse(context, 'a duration such as 31s, 2m, 1h or 500ms');
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? ''] ?? 0;
  return Number(match[1]) * unitMs;
});

const date = z.iso.date({ error: 'an existing date such as 1958-03-02' });
/** A moment: with a time and an offset, or a date alone, which is its first moment in China. */
const momentExample = 'a moment such as 2025-04-19T10:00:00+08:00';
const moment = z.iso.datetime({ offset: true, error: momentExample }).transform((text) => Date.parse(text));
const momentOrDate = z.string({ error: `${momentExample} or a date such as 2025-04-19` }).transform((text, context) => {
  const parsed = date.safeParse(text).success ? moment.safeParse(`${text}T00:00:00+08:00`) : moment.safeParse(text);
  return parsed.success ? parsed.data : refuse(context, `${momentExample} or a date such as 2025-04-19`);
});

const code = z.string({ error: 'a code of the list of codes, such as D20 or PIN_WRONG' }).transform((text, context) => {
  const [later] = Object.entries(laterCodes).filter(([name, number]) =>
    [name, number, `${number} ${name}`].includes(text.trim()),
  );
  return declineCodeOf(text) ?? later?.[0] ?? refuse(context, 'a code of the list of codes, such as D20 or PIN_WRONG');
});

const scannedExample = 'text such as "6901234567892"';
const anyText = z.string({ error: 'text' });
const wholeNumber = z.int({ error: 'a whole number' }).min(0, { error: 'a whole number, not below zero' });
const timesExample = 'a whole number from 1 to 100';
const yesOrNo = z.boolean({ error: 'true or false' });
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: orList(values) });

/** A mapping with these keys and no others. */
function mapping<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `one of ${keys}` : `a mapping with the keys ${keys}`),
  });
}

function listOf<T extends z.ZodType>(item: T) {
  return z.array(item, { error: 'a list' });
}

/** An expectation that looks at nothing cannot fail, so it is refused. */
function saysSomething(entries: object): boolean {
  return Object.values(entries).some((value) => value !== undefined);
}

/** A step that may be one word or a mapping: each form is judged by its own shape, so that an error names the key. */
function eitherForm<T>(word: z.ZodType<T, unknown>, full: z.ZodType<T, unknown>) {
  return z.unknown().transform((raw, context): T => {
    const parsed = (typeof raw === 'object' && raw !== null ? full : word).safeParse(raw);
    if (parsed.success) return parsed.data;
    context.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, input: raw }) as z.core.$ZodRawIssue));
    return z.NEVER;
  });
}

/** The shapes of everything in a file whose people and PIN length are known. */
function shapes(people: readonly string[], pinLength: number) {
  const somebody = `one of the people (${people.join(', ')})`;
  const person = z.enum(people, { error: somebody });
  const byName = (issue: { code?: string }) => (issue.code === 'unrecognized_keys' ? somebody : 'a mapping by name');
  const pinExample = `${pinLength} digits as text, such as "${'135790'.padEnd(pinLength, '1').slice(0, pinLength)}"`;
  const pin = z
    .string({ error: pinExample })
    .refine((text) => new RegExp(`^\\d{${pinLength}}$`).test(text), { error: pinExample });
  /** A mapping of at least one name to something. */
  const perPerson = <T extends z.ZodType>(value: T) =>
    z
      .partialRecord(person, value, { error: byName })
      .refine((entries) => Object.keys(entries).length > 0, { error: 'at least one name' });

  const goodsLine = mapping({ amount: positiveYuan, kind: oneOf(goodsKinds), approval: anyText.optional() });
  const sale = mapping({
    amount: positiveYuan,
    fund: yuan.optional(),
    goods: listOf(goodsLine).min(1, { error: 'at least one line of goods' }).optional(),
    terminal: z
      .string({ error: 'a name such as t2' })
      .regex(/^[A-Za-z0-9-]{1,12}$/, { error: 'a name such as t2: letters, digits and hyphens, at most 12' })
      .optional(),
  }).transform(({ amount, fund, goods, terminal }, context): { bill: Bill; terminal: string } => {
    const bill = { total: amount, fund: fund ?? zeroFen, goods: (goods ?? []).map(withoutUndefined) };
    if (bill.fund > bill.total) refuse(context, 'at most the amount', ['fund']);
    if (goods && sum(goods.map((line) => line.amount)) !== amount) {
      refuse(context, 'goods that add up to the amount', ['goods']);
    }
    return { bill, terminal: terminal ?? 't1' };
  });

  const linkShape = mapping({
    provider: person,
    beneficiary: person,
    relation: oneOf(relations).optional(),
    since: momentOrDate.optional(),
    until: momentOrDate.optional(),
    quota: yuan.optional(),
  });

  return {
    person: mapping({
      balance: yuanOrNone.optional(),
      insurance: oneOf(insuranceKinds).optional(),
      status: oneOf(insuranceStatuses).optional(),
      area: z
        .string({ error: 'an area such as 重庆市/渝中区' })
        .regex(/^[^/\s]+\/[^/\s]+$/, { error: 'an area such as 重庆市/渝中区' })
        .optional(),
      born: date.optional(),
      pin: pin.optional(),
      card: oneOf(cardStates).optional(),
      wallet: oneOf(['closed', 'open']).optional(),
      walletBalance: yuan.optional(),
    }),
    link: linkShape
      .refine(({ provider, beneficiary }) => provider !== beneficiary, {
        error: 'somebody else than the provider: nobody is linked to himself',
        path: ['beneficiary'],
      })
      .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
        error: 'a moment after since',
        path: ['until'],
      }),
    steps: {
      sale,
      swipe: eitherForm(
        person.transform((card): Swipe => ({ card, as: 'stripe', fault: undefined })),
        mapping({ card: person, as: oneOf(media).default('stripe'), fault: oneOf(readings).optional() }),
      ),
      scan: eitherForm(
        z.enum(people, { error: `${somebody} or { text: … }` }).transform((evoucher): Scan => ({ evoucher })),
        mapping({
          evoucher: person.optional(),
          age: duration.optional(),
          replay: yesOrNo.optional(),
          text: z
            .string({ error: scannedExample })
            .regex(/[^\r\n]/, { error: scannedExample })
            .optional(),
        }).refine(
          ({ evoucher, age, replay, text }) =>
            text === undefined ? evoucher !== undefined : (evoucher ?? age ?? replay) === undefined,
          { error: 'either evoucher (with age and replay) or text' },
        ),
      ),
      pin,
      key: oneOf(['cancel', 'confirm']),
      wait: duration,
      link: mapping({
        provider: person,
        beneficiary: person,
        relation: oneOf(relations).optional(),
        channel: oneOf(['counter', 'hospital', 'phone', 'web']).optional(),
        documents: listOf(oneOf(['provider', 'beneficiary'])).optional(),
        caution: yesOrNo.optional(),
        consent: yesOrNo.optional(),
      }),
      unlink: mapping({ provider: person, beneficiary: person }),
      set: perPerson(
        mapping({
          balance: yuanOrNone.optional(),
          status: oneOf(insuranceStatuses).optional(),
          card: oneOf(cardStates).optional(),
        }).refine(saysSomething, { error: 'at least one of balance, status, card' }),
      ),
      fault: mapping({
        on: oneOf(['identify', 'quote', 'settle', 'reverse', 'cancel', 'refund']),
        do: oneOf(['loseRequest', 'loseReply', 'delay', 'duplicate', 'storeDown']),
        times: wholeNumber.min(1, { error: timesExample }).max(100, { error: timesExample }).default(1),
      }),
      crash: eitherForm(
        oneOf(['terminal', 'centre']).transform((what): Crash => ({ what, when: undefined })),
        mapping({ what: oneOf(['terminal', 'centre']), when: oneOf(counterStates).optional() }),
      ),
      unplug: oneOf(['reader']),
      plug: oneOf(['reader']),
      cancel: oneOf(['last']),
      refund: mapping({ of: oneOf(['last']), amount: positiveYuan.optional() }),
      reverse: oneOf(['last']),
      // The steps inside are read one by one, each with its own shape.
      parallel: listOf(listOf(z.unknown()).min(1, { error: 'at least one step' })).length(2, {
        error: 'two lists of steps, one a terminal',
      }),
      expect: mapping({
        outcome: oneOf(['approved', 'declined', 'cancelled', 'unknown']).optional(),
        code: code.optional(),
        own: yuan.optional(),
        providers: z.partialRecord(z.enum([...people, 'wallet']), yuan, { error: byName }).optional(),
        cash: yuan.optional(),
        fund: yuan.optional(),
        cardReads: wholeNumber.optional(),
        pinEntries: wholeNumber.optional(),
        triesLeft: wholeNumber.optional(),
      }).refine(saysSomething, { error: 'at least one key to look at' }),
      expectBalances: perPerson(yuanOrNone),
      expectLinks: listOf(linkShape),
      dayEnd: mapping({
        expect: mapping({
          balanced: yesOrNo.optional(),
          records: wholeNumber.optional(),
          own: yuan.optional(),
          provider: yuan.optional(),
          cash: yuan.optional(),
          breaks: wholeNumber.optional(),
        }).refine(saysSomething, { error: 'at least one key to look at' }),
      }),
    },
  };
}

type Shapes = ReturnType<typeof shapes>;
type StepShapes = Shapes['steps'];
interface Swipe {
  readonly card: string;
  readonly as: (typeof media)[number];
  readonly fault?: (typeof readings)[number] | undefined;
}
interface Scan {
  readonly evoucher?: string | undefined;
  readonly age?: number | undefined;
  readonly replay?: boolean | undefined;
  readonly text?: string | undefined;
}
interface Crash {
  readonly what: 'terminal' | 'centre';
  readonly when?: CounterState | undefined;
}

export type StepKind = keyof StepShapes;
/** What a step of each kind says. Money in fen, durations and moments in ms, `null` for `none`. */
export type StepValues = {
  [K in Exclude<StepKind, 'parallel'>]: z.output<StepShapes[K]>;
} & { parallel: readonly (readonly ScenarioStep[])[] };
/** One step; `line` is where it stands in the file. */
export type ScenarioStep = {
  [K in StepKind]: { readonly kind: K; readonly line: number; readonly value: StepValues[K] };
}[StepKind];

export type ScenarioPerson = z.output<Shapes['person']> & { readonly name: string };
export type ScenarioLink = z.output<Shapes['link']>;

/** A scenario file, understood. `clock`: ms since the epoch. What a person or a link leaves out is left out here too:
 *  the runner fills it in. */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly profile: PolicyProfile;
  readonly clock: number;
  readonly people: readonly ScenarioPerson[];
  readonly links: readonly ScenarioLink[];
  readonly steps: readonly ScenarioStep[];
}

const topShape = mapping({
  scenario: z
    .string({ error: 'a sentence that says what the scenario shows' })
    .regex(/^\P{Cc}*[^\s\p{Cc}]\P{Cc}*$/u, { error: 'a sentence that says what the scenario shows' }),
  profile: z.unknown().optional(),
  clock: moment.optional(),
  people: z.record(z.string(), z.unknown(), { error: 'a mapping by name' }),
  links: listOf(z.unknown()).optional(),
  steps: listOf(z.unknown()).min(1, { error: 'at least one step' }),
});

/** Where a scenario stands when it names no moment: the day of the seed page, in the morning, in China. */
const clockDefault = Date.parse('2025-04-19T10:00:00+08:00');
const profileDefault = 'chongqing-2021';

/** Reads a scenario file.
 *  Errors: `ScenarioFileError` with every problem found, each with its line. An unknown key anywhere is one.
 *  Source: the scenario format; a step such as `{ card: NAME, as: chip }` is read as `swipe: { card: … }`, and `evoucher`
 *  or `text` as `scan`, since both ways of reading the format's table are natural. */
export function parseScenario(text: string, file: string, profiles: ReadonlyMap<string, PolicyProfile>): Scenario {
  const reader = new ScenarioReader(text, profiles);
  const scenario = reader.read(file);
  if (scenario === undefined) throw new ScenarioFileError(file, reader.problems);
  return scenario;
}

/** Reads one text and collects what is wrong with it, so that all problems are told at once. */
class ScenarioReader {
  readonly problems: YamlProblem[] = [];
  readonly #yaml: LocatedYaml;
  readonly #profiles: ReadonlyMap<string, PolicyProfile>;

  constructor(text: string, profiles: ReadonlyMap<string, PolicyProfile>) {
    this.#yaml = new LocatedYaml(text);
    this.#profiles = profiles;
  }

  read(file: string): Scenario | undefined {
    this.problems.push(...this.#yaml.syntaxProblems());
    if (this.problems.length > 0) return undefined;
    const top = this.#value(topShape, this.#yaml.value(), []);
    if (top === undefined) return undefined;

    const profile = this.#profile(top.profile);
    const known = shapes(Object.keys(top.people), profile?.pin.length ?? 6);
    const clock = top.clock ?? clockDefault;
    const people = this.#people(top.people, known.person, clock);
    const links = this.#links(top.links ?? [], known.link);
    const steps = this.#steps(top.steps, known.steps, ['steps']);
    if (profile === undefined || this.problems.length > 0) return undefined;
    return { file, name: top.scenario, profile, clock, people, links, steps };
  }

  #profile(raw: unknown): PolicyProfile | undefined {
    const names = [...this.#profiles.keys()];
    const nameShape = z.enum(names, { error: `one of the profiles ${names.join(', ')}` });
    if (typeof raw !== 'object' || raw === null) {
      const name = this.#value(nameShape, raw === undefined ? profileDefault : raw, ['profile']);
      return name === undefined ? undefined : this.#profiles.get(name);
    }
    const chosen = this.#value(z.looseObject({ extends: nameShape }), raw, ['profile']);
    if (chosen === undefined) return undefined;
    const { extends: name, ...changes } = chosen;
    const base = this.#profiles.get(name);
    if (base === undefined) return undefined;
    const changed = changedProfile(base, changes);
    if (changed.ok) return changed.profile;
    for (const { path, text } of changed.problems) this.#report(['profile', ...path], text);
    return undefined;
  }

  #people(raw: Readonly<Record<string, unknown>>, shape: Shapes['person'], clock: number): ScenarioPerson[] {
    const people: ScenarioPerson[] = [];
    for (const [name, said] of Object.entries(raw)) {
      const path = ['people', name];
      if (!/^[^\s\p{Cc}](?:\P{Cc}*[^\s\p{Cc}])?$/u.test(name))
        this.#report(path, `expected a name, got ${JSON.stringify(name)}`);
      // A person of whom nothing is said is written `name:` or `name: {}`.
      const person = this.#value(shape, said ?? {}, path);
      if (person === undefined) continue;
      if (person.born !== undefined && Date.parse(person.born) > clock) {
        this.#report([...path, 'born'], 'expected a date before the clock of the scenario', true);
      }
      people.push({ ...person, name });
    }
    return people;
  }

  #links(raw: readonly unknown[], shape: Shapes['link']): ScenarioLink[] {
    const links: ScenarioLink[] = [];
    for (const [index, said] of raw.entries()) {
      const link = this.#value(shape, said, ['links', index]);
      if (link === undefined) continue;
      if (links.some((other) => other.provider === link.provider && other.beneficiary === link.beneficiary)) {
        this.#report(['links', index], `expected each link once, got ${link.provider} → ${link.beneficiary} again`);
      }
      links.push(link);
    }
    return links;
  }

  #steps(raw: readonly unknown[], known: StepShapes, path: YamlPath): ScenarioStep[] {
    return raw.flatMap((said, index) => this.#step(said, known, [...path, index]) ?? []);
  }

  #step(raw: unknown, known: StepShapes, path: YamlPath): ScenarioStep | undefined {
    const kinds = Object.keys(known) as StepKind[];
    const entries = Object.entries(typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? raw : {});
    const bare = bareForms.find(({ key }) => entries.some(([said]) => said === key));
    const kind = bare?.kind ?? kinds.find((one) => entries.some(([said]) => said === one));
    if (kind === undefined) {
      this.#report(
        entries.length > 0 ? [...path, entries[0]?.[0] ?? ''] : path,
        `expected a step: one of ${kinds.join(', ')}`,
        true,
      );
      return undefined;
    }
    if (bare === undefined && entries.length > 1) {
      const extra = entries.map(([said]) => said).find((said) => said !== kind) ?? '';
      this.#report([...path, extra], `unknown key beside ${kind}: expected one key a step`);
    }
    const [said, saidAt] = bare ? [raw, path] : [entries.find(([key]) => key === kind)?.[1], [...path, kind]];
    const value = this.#value<unknown>(known[kind], said, saidAt);
    if (value === undefined) return undefined;
    const line = this.#yaml.lineOf(path);
    if (kind === 'parallel') {
      const threads = value as readonly (readonly unknown[])[];
      return { kind, line, value: threads.map((steps, index) => this.#steps(steps, known, [...saidAt, index])) };
    }
    return { kind, line, value } as ScenarioStep;
  }

  #value<T>(shape: z.ZodType<T>, raw: unknown, path: YamlPath): T | undefined {
    const parsed = shape.safeParse(raw);
    if (parsed.success) return parsed.data;
    const { issues } = parsed.error;
    for (const issue of issues) {
      // Where a key is unknown, that it was the only one goes without saying.
      if (issue.code === 'custom' && issues.some((other) => isUnknownKeyAt(other, issue.path))) continue;
      const at = [...path, ...(issue.path as (string | number)[])];
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) this.#report([...at, key], `unknown key: expected ${issue.message}`);
      } else if (issue.code === 'invalid_key') {
        this.#report(at, `unknown name: expected ${issue.issues[0]?.message ?? ''}`);
      } else {
        this.#report(at, `expected ${issue.message}`, true);
      }
    }
    return undefined;
  }

  #report(path: YamlPath, text: string, withGot = false): void {
    const got = withGot ? `, got ${this.#got(path, text)}` : '';
    this.problems.push({ line: this.#yaml.lineOf(path), path: keyText(path), text: `${text}${got}` });
  }

  /** A PIN is not repeated in a message, not even a wrong one; nor is a number as long as those of cards, people and codes,
   *  which may be somebody's. A number where text is meant (a bare 80.00, a PIN whose leading zeros YAML would drop) gets
   *  the advice that helps. */
  #got(path: YamlPath, expected: string): string {
    const got = this.#yaml.gotAt(path);
    const isNumber = /^[-+.\d]/.test(got) && /text,? such as/.test(expected);
    if (path.at(-1) === 'pin') return isNumber ? 'a number: put it in quotes' : 'other text';
    const shown = /\d{12}/.test(got) ? null : got;
    if (!isNumber || got.startsWith('-')) return shown ?? 'a long number';
    return `${shown === null ? 'a long number' : `the number ${shown}`}: put it in quotes`;
  }
}

/** Steps that are written as a mapping without a name of its own, by the key that tells them. */
const bareForms: readonly { readonly key: string; readonly kind: StepKind }[] = [
  { key: 'card', kind: 'swipe' },
  { key: 'evoucher', kind: 'scan' },
  { key: 'text', kind: 'scan' },
  { key: 'what', kind: 'crash' },
];

function isUnknownKeyAt(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): boolean {
  const isThere = issue.path.length === path.length && issue.path.every((key, at) => key === path[at]);
  return issue.code === 'unrecognized_keys' && isThere;
}

/** A path as the file's reader would say it: `sale.goods[1].amount`. Which step it is, the line tells. */
function keyText(path: YamlPath): string {
  const said = path[0] === 'steps' && path.length > 1 ? path.slice(2) : path;
  return said.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function orList(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

/** Reports what was expected instead and gives the value up. */
function refuse(context: z.core.$RefinementCtx, expected: string, path: string[] = []): never {
  context.addIssue({ code: 'custom', message: expected, path });
  return z.NEVER;
}

/** The same without the keys whose value is undefined. */
export function withoutUndefined<T extends object>(entries: T): WithoutUndefined<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>;
}
type WithoutUndefined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
