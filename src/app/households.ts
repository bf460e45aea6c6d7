import { z } from 'zod';
import type { NewLink, NewPerson } from '../centre/registry.ts';
import { type Fen, parseYuan, zeroFen } from '../domain/money.ts';
import { cardStates, insuranceKinds, insuranceStatuses, relations } from '../domain/person.ts';
import {
  syntheticCardSn,
  syntheticComputerNumber,
  syntheticPan,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../domain/synthetic.ts';
import { LocatedYaml, type YamlPath, type YamlProblem } from './located-yaml.ts';

/** Households to try the terminal with, as the file tells them. `deck` names what was loaded into a centre once. */
export interface Households {
  readonly deck: string;
  readonly households: readonly Household[];
}
export interface Household {
  readonly id: string;
  readonly title: Bilingual;
  /** One sentence that says what the household shows. */
  readonly shows: Bilingual;
  readonly people: readonly HouseholdPerson[];
  readonly links: readonly NewLink[];
}
interface Bilingual {
  readonly 'zh-CN': string;
  readonly en: string;
}
/** A person with everything that a card and the centre need. `id` is `household.person`; `last4` ends the
 *  card's 社会保障卡卡号. */
export interface HouseholdPerson extends NewPerson {
  readonly last4: string;
}

/** The households file cannot be understood: a line for each problem, `FILE:LINE: households.demo.people: expected …`. */
export class HouseholdsError extends Error {
  readonly code = 'householdsNotUnderstood';
  readonly problems: readonly YamlProblem[];
  constructor(file: string, problems: readonly YamlProblem[]) {
    const inOrder = [...problems].sort((a, b) => a.line - b.line);
    super(
      inOrder.map(({ line, path, text }) => `${file}:${line}: ${path === '' ? '' : `${path}: `}${text}`).join('\n'),
    );
    this.name = 'HouseholdsError';
    this.problems = inOrder;
  }
}

/** Reads a households file; numbers are made from the ids. Errors: `HouseholdsError` with every problem found; an
 *  unknown key anywhere is one. */
export function loadHouseholds(yamlText: string, file: string): Households {
  const yaml = new LocatedYaml(yamlText);
  const syntax = yaml.syntaxProblems();
  if (syntax.length > 0) throw new HouseholdsError(file, syntax);
  const parsed = fileShape.safeParse(yaml.value());
  if (!parsed.success) {
    throw new HouseholdsError(
      file,
      parsed.error.issues.map((issue) => problemOf(yaml, issue)),
    );
  }
  const { households, ...defaults } = parsed.data;
  const strangers = Object.entries(households).flatMap(([id, household]) => strangersIn(yaml, id, household));
  if (strangers.length > 0) throw new HouseholdsError(file, strangers);
  return {
    deck: defaults.deck,
    households: Object.entries(households).map(([id, { title, shows, people, links }]): Household => {
      const idOf = (name: string) => `${id}.${name}`;
      return {
        id,
        title,
        shows,
        people: Object.entries(people).map(([name, facts]) => personOf(idOf(name), facts, defaults)),
        links: links.map(({ provider, beneficiary, since = defaults.since, ...facts }) => {
          return { provider: idOf(provider), beneficiary: idOf(beneficiary), since, ...facts };
        }),
      };
    }),
  };
}

function personOf(id: string, facts: PersonFacts, defaults: Omit<HouseholdsFile, 'households'>): HouseholdPerson {
  const seed = `${defaults.deck}/${id}`;
  const { name, born, balance, insurance, status, pinLocked, walletBalance } = facts;
  const ssCardNumber = syntheticSsCardNumber(seed);
  return {
    id,
    name,
    born,
    balance,
    insurance,
    status,
    pinLocked,
    walletBalance,
    walletOpened: facts.wallet === 'open',
    area: facts.area ?? defaults.area,
    pin: facts.pin ?? defaults.pin,
    residentId: syntheticResidentId(seed, born),
    computerNumber: syntheticComputerNumber(seed),
    card: { pan: syntheticPan(seed), ssCardNumber, cardSn: syntheticCardSn(seed), state: facts.card },
    last4: ssCardNumber.slice(-4),
  };
}

/** Links that name somebody outside the household. */
function strangersIn(yaml: LocatedYaml, id: string, { people, links }: HouseholdFacts): readonly YamlProblem[] {
  return links.flatMap((link, at) =>
    (['provider', 'beneficiary'] as const)
      .filter((role) => !(link[role] in people))
      .map((role) => {
        const path = ['households', id, 'links', at, role];
        const text = `expected one of ${Object.keys(people).join(', ')}, got ${yaml.gotAt(path)}`;
        return { ...placeOf(yaml, path), text };
      }),
  );
}

// Every message in a schema is a noun phrase: the reporter puts "expected" before it and what was found behind it.
const yuanExample = 'yuan text such as "80.00"';
const yuan = z.string({ error: yuanExample }).transform((text, context): Fen => {
  const parsed = parseYuan(text);
  if (parsed.ok) return parsed.fen;
  context.addIssue({ code: 'custom', message: yuanExample });
  return z.NEVER;
});
const yuanOrNone = z
  .string({ error: `${yuanExample}, or none` })
  .transform((text) => (text === 'none' ? null : text))
  .pipe(yuan.nullable());
const text = z.string({ error: 'text' }).min(1, { error: 'text' });
const day = z.iso.date({ error: 'an existing day such as 2024-01-01' });
/** The first moment of a day in China. */
const dayStart = day.transform((date) => Date.parse(`${date}T00:00:00+08:00`));
const pinText = z
  .string({ error: '6 digits in quotes, such as "135790"' })
  .regex(/^\d{6}$/, { error: '6 digits in quotes, such as "135790"' });
const areaName = z
  .string({ error: 'an area such as 重庆市/渝中区' })
  .regex(/^[^/\s]+\/[^/\s]+$/, { error: 'an area such as 重庆市/渝中区' });
const key = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'a name of small letters, digits and hyphens' });
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `one of ${values.join(', ')}` });

/** A mapping with these keys and no others. */
function mapping<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, { error: `a mapping with the keys ${Object.keys(shape).join(', ')}` });
}

const bilingual = mapping({ 'zh-CN': text, en: text });
const personShape = mapping({
  name: text,
  born: day,
  balance: yuanOrNone.default(zeroFen),
  insurance: oneOf(insuranceKinds).default('employee'),
  status: oneOf(insuranceStatuses).default('normal'),
  area: areaName.optional(),
  pin: pinText.optional(),
  pinLocked: z.boolean({ error: 'true or false' }).default(false),
  card: oneOf(cardStates).default('normal'),
  wallet: oneOf(['open', 'closed']).default('open'),
  walletBalance: yuan.default(zeroFen),
});
const linkShape = mapping({
  provider: text,
  beneficiary: text,
  relation: oneOf(relations),
  since: dayStart.optional(),
  until: dayStart.nullable().default(null),
  quota: yuan.nullable().default(null),
  rank: z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' }).nullable().default(null),
}).refine((link) => link.provider !== link.beneficiary, {
  error: 'somebody else than the provider: nobody is linked to himself',
  path: ['beneficiary'],
});
const householdShape = mapping({
  title: bilingual,
  shows: bilingual,
  people: z.record(key, personShape, { error: 'a mapping of people by name' }),
  links: z.array(linkShape, { error: 'a list of links' }).default([]),
});
const fileShape = mapping({
  deck: key,
  pin: pinText,
  area: areaName,
  since: dayStart,
  households: z.record(key, householdShape, { error: 'a mapping of households by name' }),
});

type HouseholdsFile = z.output<typeof fileShape>;
type HouseholdFacts = z.output<typeof householdShape>;
type PersonFacts = z.output<typeof personShape>;

function problemOf(yaml: LocatedYaml, issue: z.core.$ZodIssue): YamlProblem {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...path, issue.keys[0] ?? ''];
    return { ...placeOf(yaml, unknown), text: `unknown key, expected ${issue.message}` };
  }
  return { ...placeOf(yaml, path), text: `expected ${issue.message}, got ${yaml.gotAt(path)}` };
}

function placeOf(yaml: LocatedYaml, path: YamlPath): Pick<YamlProblem, 'line' | 'path'> {
  return { line: yaml.lineOf(path), path: path.join('.') };
}
