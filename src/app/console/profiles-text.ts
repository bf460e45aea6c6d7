import type { PolicyProfile } from '../../domain/policy-profile.ts';
import { loadRules, profileNamed } from '../rules.ts';

/** What `gongji profiles` prints: all profiles, or one; as text or as JSON with the keys of the file of profiles.
 *  Errors: `UnknownProfileError`; those of `loadRules`. */
export function profilesText(name: string | undefined, json: boolean): string {
  const rules = loadRules();
  if (name === undefined) {
    const all = [...rules.profiles.values()];
    return json ? JSON.stringify(all.map(profileKeys)) : profilesTable(all);
  }
  const profile = profileNamed(rules, name);
  return json ? JSON.stringify(profileKeys(profile)) : profileText(profile);
}

/** The knobs that tell the profiles apart at a glance; `gongji profiles NAME` shows all of them. */
const columns: readonly (readonly [title: string, cell: (profile: PolicyProfile) => string])[] = [
  ['profile', ({ name }) => name],
  ['own money', ({ ownMode }) => ownMode],
  ['providers', ({ providerOrder }) => providerOrder],
  [
    'links (p/b)',
    (profile) => `${limit(profile.maxBeneficiariesPerProvider)}/${limit(profile.maxProvidersPerBeneficiary)}`,
  ],
  ['relations', ({ relationSet }) => relationSet],
  ['area', ({ areaScope }) => areaScope],
  ['money', ({ fundModel }) => fundModel],
  ['health food', ({ healthFood }) => healthFood],
];

/** All profiles as a table. `links (p/b)`: how many a provider and a beneficiary may have, `*` = no limit. */
function profilesTable(profiles: readonly PolicyProfile[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...profiles.map((profile) => columns.map(([, cell]) => cell(profile))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One profile, a knob a line, spelled as in the file of profiles. Units: money in fen. */
function profileText(profile: PolicyProfile): string {
  const entries = Object.entries(profileKeys(profile));
  const width = Math.max(...entries.map(([key]) => key.length));
  return entries.map(([key, value]) => `${key.padEnd(width)}  ${shown(value)}`).join('\n');
}

/** A profile with its keys spelled as in the file of profiles, which is how a scenario changes them. */
function profileKeys(profile: PolicyProfile): Readonly<Record<string, unknown>> {
  return snakeKeys(profile) as Readonly<Record<string, unknown>>;
}

/** The knobs in which two profiles differ, by name and in the words of the file; of a map, the keys that differ. */
export function differingKnobs(
  a: PolicyProfile,
  b: PolicyProfile,
): readonly { readonly knob: string; readonly a: string; readonly b: string }[] {
  const [ofA, ofB] = [knobsOf(a), knobsOf(b)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])]
    .map((knob) => ({ knob, a: ofA.get(knob) ?? shown(null), b: ofB.get(knob) ?? shown(null) }))
    .filter(({ knob, a: inA, b: inB }) => knob !== 'name' && inA !== inB);
}

/** Each knob in words; those of a map as `wallet.per_day`. */
function knobsOf(profile: PolicyProfile): ReadonlyMap<string, string> {
  const knobs = Object.entries(profileKeys(profile)).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, knob]) => [`${key}.${inner}`, shown(knob)] as const)
      : [[key, shown(value)] as const],
  );
  return new Map(knobs);
}

function snakeKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeKeys(inner),
    ]),
  );
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${shown(inner)}`)
    .join(', ');
}

function limit(count: number | null): string {
  return count === null ? '*' : String(count);
}
