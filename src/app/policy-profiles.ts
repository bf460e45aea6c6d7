import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import { z } from 'zod';
import { fen } from '../domain/money.ts';
import { type AreaName, insuranceKinds } from '../domain/person.ts';
import { beneficiaryWays, type PolicyProfile } from '../domain/policy-profile.ts';

/** Keys and list places, from the profile inwards: `['pin', 'max_wrong']`. */
export type ProfilePath = readonly (string | number)[];

/** Something in a profile that is not as it must be. `text` says what was expected and what was found. */
export interface ProfileProblem {
  readonly path: ProfilePath;
  readonly text: string;
}

/** A problem and where it stands. `profile` is null when the file as a whole is meant; lines count from 1. */
export interface LocatedProfileProblem extends ProfileProblem {
  readonly profile: string | null;
  readonly line: number;
}

/** Profiles cannot be understood. `problems` in the order of the lines; `message` has a line for each:
 *  `FILE:LINE: chongqing-2021.own_mode: expected one of own_then_provider, own_must_be_zero, got "provider_first"`. */
export class PolicyProfileError extends Error {
  readonly code = 'profileNotUnderstood';
  readonly file: string;
  readonly problems: readonly LocatedProfileProblem[];
  constructor(file: string, problems: readonly LocatedProfileProblem[]) {
    const inOrder = problems.toSorted((a, b) => a.line - b.line);
    super(inOrder.map((problem) => `${file}:${problem.line}: ${titleOf(problem)}${problem.text}`).join('\n'));
    this.name = 'PolicyProfileError';
    this.file = file;
    this.problems = inOrder;
  }
}

function titleOf({ profile, path }: LocatedProfileProblem): string {
  const keys = [...(profile === null ? [] : [profile]), ...path];
  return keys.length === 0 ? '' : `${keys.join('.')}: `;
}

// Every message in a schema is a noun phrase: the reporter puts "expected" before it and what was found behind it.
const oneOf = <const T extends readonly string[]>(...values: T) => {
  const error = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  return z.enum(values, { error });
};
const listOf = <const T extends readonly string[]>(atLeast: number, values: T) => {
  const error = `a list of ${values.join(', ')}`;
  return z.array(oneOf(...values), { error }).min(atLeast, { error: `${error}, not empty` });
};
const flag = z.boolean({ error: 'true or false' });
const wholeFrom = (least: number, what = 'a whole number') => {
  const error = `${what}, ${least} or more`;
  return z.int({ error }).min(least, { error });
};
const wholeOrNull = (least: number, what = 'a whole number') => {
  const error = `${what}, ${least} or more, or null`;
  return z.int({ error }).min(least, { error }).nullable();
};
const amount = wholeFrom(0, 'a whole number of fen').transform((value) => fen(value));
const amountOrNull = wholeOrNull(0, 'a whole number of fen').transform((value) => (value === null ? null : fen(value)));
const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });
const digitText = (example: string) => matching(/^\d+$/, `digits in quotes, such as "${example}"`);
const clockTime = '(?:[01]\\d|2[0-3]):[0-5]\\d';

/** A map with exactly these keys. */
function mapOf<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `one of the keys ${keys}` : `a map with the keys ${keys}`),
  });
}

const walletShape = mapOf({
  per_day: wholeOrNull(1),
  max_fen: amountOrNull,
  daily_total_fen: amountOrNull,
  closed: matching(
    new RegExp(`^(${clockTime})-(?!\\1)${clockTime}$`),
    'two different times such as "22:00-06:00", or null',
  ).nullable(),
  unaccepted_return: matching(new RegExp(`^${clockTime}$`), 'a time such as "06:00", or null').nullable(),
  returnable: flag,
});

const pinShape = mapOf({
  // ISO 9564-1 knows PINs of 4 to 12 digits.
  length: z.int({ error: 'a whole number, 4 to 12' }).min(4, { error: 'a whole number, 4 to 12' }).max(12, {
    error: 'a whole number, 4 to 12',
  }),
  initial: digitText('123456'),
  initial_policy: oneOf('accept', 'query_only', 'disabled', 'skip'),
  max_wrong: wholeFrom(1),
  unlock: oneOf('counter'),
  timeout_s: wholeFrom(1, 'a whole number of seconds'),
  max_unlocks: wholeOrNull(0),
}).refine((pin) => pin.initial.length === pin.length, {
  error: 'as many digits as pin.length says',
  path: ['initial'],
});

const evoucherShape = mapOf({
  digits: wholeFrom(1),
  prefix: digitText('424'),
  ttl_s: wholeFrom(1, 'a whole number of seconds'),
  single_use: flag,
}).refine((code) => code.prefix.length < code.digits, { error: 'fewer digits than evoucher.digits', path: ['prefix'] });

/** A profile as the files spell it. */
const profileShape = mapOf({
  provider_insurance: listOf(1, insuranceKinds),
  beneficiary_insurance: listOf(1, insuranceKinds),
  forbid_resident_resident: flag,
  relation_set: oneOf('none', 'immediate', 'near'),
  area_scope: oneOf('same_city', 'same_province', 'listed', 'nationwide'),
  max_beneficiaries_per_provider: wholeOrNull(1),
  max_providers_per_beneficiary: wholeOrNull(1),
  own_mode: oneOf('own_then_provider', 'own_must_be_zero'),
  provider_order: oneOf('single', 'link_time', 'balance_desc', 'beneficiary_set'),
  provider_reserve: amount,
  fund_model: oneOf('live_balance', 'quota_hold', 'wallet'),
  wallet: walletShape.nullable(),
  purposes: listOf(0, [
    'hospital_own_share',
    'pharmacy_drug',
    'pharmacy_device',
    'pharmacy_consumable',
    'resident_premium',
    'long_term_care_premium',
  ]),
  health_food: oneOf('marked_only', 'none'),
  beneficiary_consent: flag,
  link_expiry: oneOf('date').nullable(),
  link_effect: oneOf('immediate', 'next_day'),
  unlink_effect: oneOf('immediate', 'next_day'),
  min_link_days: wholeFrom(0),
  auto_dissolve_on_transfer: flag,
  provider_status_check: oneOf('at_payment', 'at_link'),
  provider_card_lost_blocks: flag,
  partial_refund: oneOf('cancel_and_resettle', 'lifo'),
  pin: pinShape,
  evoucher: evoucherShape,
  temp_loss_days: wholeFrom(0),
  ecard_when_temp_lost: flag,
  ecard_slots: wholeFrom(0),
  cert: mapOf({
    cycle: oneOf('days365', 'months12'),
    grace_days: wholeFrom(0),
    resident_per_year: wholeFrom(1),
    survivor: oneOf('quarterly'),
  }),
  total_tolerance_fen: amount,
  stmt_ok: z
    .array(matching(/./, 'text in quotes, such as "0"'), { error: 'a list of texts, such as ["0"]' })
    .min(1, { error: 'a list of texts, not empty' }),
  fund_sum_includes_acct: flag,
  binding: mapOf({
    documents: oneOf('one_of_three', 'provider_card'),
    beneficiary_by: listOf(1, beneficiaryWays),
  }).default({ documents: 'one_of_three', beneficiary_by: [...beneficiaryWays] }),
}).refine((profile) => profile.fund_model !== 'wallet' || profile.wallet !== null, {
  error: 'the rules of the wallet, because fund_model is wallet',
  path: ['wallet'],
});

type Primitive = string | number | boolean | null;
type CamelKey<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelKey<Tail>>}` : S;
type CamelKeys<T> = T extends Primitive | readonly unknown[]
  ? T
  : { readonly [K in keyof T as CamelKey<K & string>]: CamelKeys<T[K]> };

type Map = Readonly<Record<string, unknown>>;

function isPlainMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rename(key), renamed(inner, rename)]));
}

function camelKeys<T>(value: T): CamelKeys<T> {
  return renamed(value, (key) => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())) as CamelKeys<T>;
}

function snakeKeys(value: object): unknown {
  return renamed(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** What `extends` does: a key that is said replaces the base's, maps are merged key by key. */
function merged(base: Map, said: Map): Map {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(said)) {
    const inherited = result[key];
    result[key] = isPlainMap(inherited) && isPlainMap(value) ? { ...inherited, ...value } : value;
  }
  return result;
}

export type CheckedProfile =
  | { readonly ok: true; readonly profile: PolicyProfile }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

function checkedProfile(name: string, raw: unknown): CheckedProfile {
  const parsed = profileShape.safeParse(raw);
  if (parsed.success) return { ok: true, profile: { name, ...camelKeys(parsed.data) } };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, raw)) };
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown): readonly ProfileProblem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], text: `unknown key, expected ${issue.message}` }));
  }
  return [{ path, text: `expected ${issue.message}, got ${shown(valueAt(raw, path))}` }];
}

function valueAt(raw: unknown, path: ProfilePath): unknown {
  let value = raw;
  for (const step of path) {
    value =
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** A profile with some keys changed, in the spelling of the files; maps are merged key by key. Its name says that it is
 *  not the base any more. Errors: the problems, each with the key it is about. */
export function changedProfile(base: PolicyProfile, changes: Map): CheckedProfile {
  const { name, ...rules } = base;
  const changedName = Object.keys(changes).length === 0 ? name : `${name} (changed)`;
  return checkedProfile(changedName, merged(snakeKeys(rules) as Map, changes));
}

/** Where a text that extends a profile stands: the file, and the line of a key below the profile's own. */
export interface ProfileSource {
  readonly file: string;
  lineOf(path: ProfilePath): number;
}

/** The profile that `{ extends: name, key: value, … }` describes. Errors: `PolicyProfileError`; a name that is not
 *  among the profiles is answered with those that are. */
export function extendProfile(
  profiles: ReadonlyMap<string, PolicyProfile>,
  change: Map,
  where: ProfileSource,
): PolicyProfile {
  const { extends: name, ...changes } = change;
  const base = typeof name === 'string' ? profiles.get(name) : undefined;
  const checked: CheckedProfile = base
    ? changedProfile(base, changes)
    : { ok: false, problems: [unknownBase(name, [...profiles.keys()])] };
  if (checked.ok) return checked.profile;
  throw new PolicyProfileError(
    where.file,
    checked.problems.map((problem) => ({
      ...problem,
      profile: base ? base.name : null,
      line: where.lineOf(problem.path),
    })),
  );
}

function unknownBase(name: unknown, names: readonly string[]): ProfileProblem {
  return { path: ['extends'], text: `expected one of the profiles ${names.join(', ')}, got ${shown(name)}` };
}

/** Reads a file of profiles, by name in the order of the file. Inheritance by the merge key `<<` is shallow as YAML has
 *  it; `extends: name` merges maps key by key. Errors: `PolicyProfileError` with every problem found, each at the line
 *  where the wrong value is written; a problem that others inherit is told once. */
export function loadPolicyProfiles(yamlText: string, fileName: string): ReadonlyMap<string, PolicyProfile> {
  const file = new ProfileFile(yamlText, fileName);
  const profiles = new Map<string, PolicyProfile>();
  const problems: LocatedProfileProblem[] = [];
  for (const name of file.names) {
    const checked = file.check(name);
    if (checked.ok) profiles.set(name, checked.profile);
    else
      problems.push(
        ...checked.problems.map((problem) => ({ ...problem, profile: name, line: file.lineOf(name, problem.path) })),
      );
  }
  const told = new Set<string>();
  const once = problems.filter(({ line, path, text }) => {
    const key = `${line} ${path.join('.')} ${text}`;
    return !told.has(key) && told.add(key);
  });
  if (once.length > 0) throw new PolicyProfileError(fileName, once);
  return profiles;
}

/** One file of profiles that knows where each key is written. */
class ProfileFile {
  readonly names: readonly string[];
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #raw: Map;

  constructor(text: string, fileName: string) {
    this.#document = parseDocument(text, { merge: true, lineCounter: this.#lines, prettyErrors: false });
    const whole = (line: number, problem: string) => ({ profile: null, path: [], line, text: problem });
    const syntax = [...this.#document.errors, ...this.#document.warnings].map((error) =>
      whole(this.#lines.linePos(error.pos[0]).line, `expected YAML, got: ${error.message}`),
    );
    if (syntax.length > 0) throw new PolicyProfileError(fileName, syntax);
    let raw: unknown;
    try {
      // Only now are aliases followed: one that nothing defines, or a value that contains itself, shows here.
      raw = this.#document.toJS();
      JSON.stringify(raw);
    } catch (cause) {
      const [message] = String(cause instanceof Error ? cause.message : cause).split('\n', 1);
      throw new PolicyProfileError(fileName, [
        whole(this.#looseAliasLine(), `expected aliases to maps, got: ${message}`),
      ]);
    }
    if (!isPlainMap(raw) || Object.keys(raw).length === 0) {
      throw new PolicyProfileError(fileName, [whole(1, `expected a map of profiles by name, got ${shown(raw)}`)]);
    }
    this.#raw = raw;
    this.names = Object.keys(raw);
  }

  check(name: string): CheckedProfile {
    const resolved = this.#resolved(name, []);
    return 'problem' in resolved ? { ok: false, problems: [resolved.problem] } : checkedProfile(name, resolved.value);
  }

  /** The profile's map with what it extends. `trail`: the profiles that led here, to find a circle. */
  #resolved(
    name: string,
    trail: readonly string[],
  ): { readonly value: unknown } | { readonly problem: ProfileProblem } {
    const own = this.#raw[name];
    if (!isPlainMap(own) || !('extends' in own)) return { value: own };
    const { extends: base, ...said } = own;
    if (typeof base !== 'string' || !this.names.includes(base)) return { problem: unknownBase(base, this.names) };
    if (base === name || trail.includes(base)) {
      return { problem: { path: ['extends'], text: `expected no circle, got ${[...trail, name, base].join(' → ')}` } };
    }
    const inherited = this.#resolved(base, [...trail, name]);
    if ('problem' in inherited || !isPlainMap(inherited.value)) return inherited;
    return { value: merged(inherited.value, said) };
  }

  /** The line in which the value at `path` is written, which may be in a profile that `name` inherits from; for
   *  something that is not written anywhere, the nearest thing around it. */
  lineOf(name: string, path: ProfilePath): number {
    for (let depth = path.length; depth > 0; depth--) {
      const offset = this.#writtenAt(name, path.slice(0, depth), []);
      if (offset !== undefined) return this.#lineAt(offset);
    }
    return this.#lineAt(this.#keyIn(this.#document.contents, name));
  }

  #writtenAt(name: string, path: ProfilePath, trail: readonly string[]): number | undefined {
    const offset = this.#offsetOf(this.#valueIn(this.#document.contents, name), path);
    const own = this.#raw[name];
    const base = isPlainMap(own) ? own.extends : undefined;
    if (offset !== undefined || typeof base !== 'string' || trail.includes(base)) return offset;
    return this.#writtenAt(base, path, [...trail, base]);
  }

  #offsetOf(node: unknown, [step, ...rest]: ProfilePath): number | undefined {
    if (step === undefined) return undefined;
    if (rest.length > 0) return this.#offsetOf(this.#valueIn(node, step), rest);
    return this.#keyIn(node, step);
  }

  /** The offset of a key (or list place) in a map, or in what the map takes in through `<<`. */
  #keyIn(node: unknown, step: string | number): number | undefined {
    if (isSeq(node)) return rangeStart(node.items[Number(step)]);
    const pair = this.#pairIn(node, step);
    return pair && rangeStart(pair.key);
  }

  #valueIn(node: unknown, step: string | number): unknown {
    const value = isSeq(node) ? node.items[Number(step)] : this.#pairIn(node, step)?.value;
    return isAlias(value) ? value.resolve(this.#document) : value;
  }

  #pairIn(node: unknown, step: string | number): YAMLMap['items'][number] | undefined {
    const target = isAlias(node) ? node.resolve(this.#document) : node;
    if (isSeq(target)) return target.items.map((item) => this.#pairIn(item, step)).find((pair) => pair !== undefined);
    if (!isMap(target)) return undefined;
    const own = target.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    if (own) return own;
    const merge = target.items.find(({ key }) => isScalar(key) && key.source === '<<');
    return merge && this.#pairIn(merge.value, step);
  }

  /** The first alias that leads nowhere, else the file's first line. */
  #looseAliasLine(): number {
    let line = 1;
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document)) return undefined;
        line = this.#lineAt(rangeStart(alias));
        return visit.BREAK;
      },
    });
    return line;
  }

  #lineAt(offset: number | undefined): number {
    return offset === undefined ? 1 : this.#lines.linePos(offset).line;
  }
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** The areas of `area_scope: listed` as `province/area`, from a file of `province: [area, …]`.
 *  Errors: `PolicyProfileError` naming the province whose areas are not a list of names. */
export function loadListedAreas(yamlText: string, fileName = 'cross-province-areas.yaml'): ReadonlySet<AreaName> {
  const lines = new LineCounter();
  const document = parseDocument(yamlText, { lineCounter: lines, prettyErrors: false });
  const refuse = (offset: number, text: string): never => {
    throw new PolicyProfileError(fileName, [{ profile: null, path: [], line: lines.linePos(offset).line, text }]);
  };
  const [syntax] = [...document.errors, ...document.warnings];
  if (syntax) refuse(syntax.pos[0], `expected YAML, got: ${syntax.message}`);
  if (!isMap(document.contents)) return refuse(0, 'expected a map of areas by province');
  return new Set(
    document.contents.items.flatMap(({ key, value }) => {
      const province = isScalar(key) ? String(key.value) : '';
      const offset = rangeStart(key) ?? 0;
      if (!isSeq(value)) return refuse(offset, `${province}: expected a list of areas`);
      return value.items.map((area) =>
        isScalar(area) && typeof area.value === 'string' && /^[^/\s]+$/.test(area.value)
          ? `${province}/${area.value}`
          : refuse(offset, `${province}: expected names of areas without a slash or a space`),
      );
    }),
  );
}
