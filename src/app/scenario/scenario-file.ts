import { z } from 'zod';
import type { PolicyProfile } from '../../domain/policy-profile.ts';
import { LocatedYaml, type YamlPath, type YamlProblem } from '../located-yaml.ts';
import { changedProfile } from '../policy-profiles.ts';
import { orderCount, ordersMax, turnsOf } from './interleavings.ts';
import {
  type LinkShape,
  type PersonShape,
  type ScenarioLink,
  type ScenarioPerson,
  type ScenarioStep,
  type StepKind,
  type StepShapes,
  shapes,
} from './scenario-shapes.ts';
import { listOf, mapping, moment } from './scenario-values.ts';

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

/** Where the steps of the lists of a parallel happen until a sale in them names another terminal. */
export const branchTerminals = ['t1', 't2'] as const;

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
    this.#checkOrders(steps);
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

  #people(raw: Readonly<Record<string, unknown>>, shape: PersonShape, clock: number): ScenarioPerson[] {
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

  #links(raw: readonly unknown[], shape: LinkShape): ScenarioLink[] {
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
    if (kind === 'parallel') return this.#parallel(value as readonly (readonly unknown[])[], known, saidAt, line);
    return { kind, line, value } as ScenarioStep;
  }

  #parallel(
    raw: readonly (readonly unknown[])[],
    known: StepShapes,
    path: YamlPath,
    line: number,
  ): ScenarioStep | undefined {
    const branches = raw.map((steps, index) => this.#steps(steps, known, [...path, index]));
    for (const [index, steps] of branches.entries()) {
      const inner = steps.find((step) => step.kind === 'parallel');
      if (inner === undefined) continue;
      const text = `expected steps of one terminal, got another parallel in line ${inner.line}`;
      this.#report([...path, index], text);
    }
    const [first, second] = branches.map((steps, index) => new Set(terminalsOf(steps, index)));
    const shared = [...(first ?? [])].find((name) => second?.has(name));
    if (shared !== undefined) this.#report(path, `expected two terminals, got ${shared} in both lists`);
    return { kind: 'parallel', line, value: branches };
  }

  /** Every order of every parallel is played, each from the beginning, so their number has to be one that ends. */
  #checkOrders(steps: readonly ScenarioStep[]): void {
    let orders = 1;
    for (const [index, step] of steps.entries()) {
      if (step.kind !== 'parallel') continue;
      orders *= orderCount(step.value.map((branch) => turnsOf(branch).length));
      if (orders <= ordersMax) continue;
      this.#report(['steps', index, 'parallel'], `expected steps with at most ${ordersMax} orders, got ${orders}`);
      return;
    }
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

/** The terminals that a branch of a parallel works at: those its sales name, and its own before the first of them. */
function terminalsOf(steps: readonly ScenarioStep[], branch: number): readonly string[] {
  const sales = steps.flatMap((step) => (step.kind === 'sale' ? [step.value.terminal] : []));
  const named = sales.flatMap((name) => name ?? []);
  const hasUnnamed = sales.length === 0 || sales.includes(undefined) || steps[0]?.kind !== 'sale';
  return hasUnnamed ? [branchTerminals[branch] ?? '', ...named] : named;
}

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
