import { declineCodes } from '../../domain/decline-code.ts';
import { relationWords } from '../../domain/link-words.ts';
import { fen, formatYuan } from '../../domain/money.ts';
import { maskName } from '../../domain/person.ts';
import type { PolicyProfile } from '../../domain/policy-profile.ts';
import type { Language } from '../../domain/prompt.ts';
import { columnsOf } from '../../domain/receipt.ts';
import { loadDeck } from '../deck.ts';
import { type HouseholdDiff, householdDiff, type SaleOutcome } from '../household-diff.ts';
import { loadRules, profileNamed } from '../rules.ts';
import { LinkInputError, yuanOf } from './link-text.ts';
import { differingKnobs } from './profiles-text.ts';
import { sourceWords } from './source-words.ts';

/** What `gongji profile diff` is asked. `amounts`: yuan texts; none = 50, 100 and 300 yuan. */
export interface DiffOptions {
  readonly a: string;
  readonly b: string;
  readonly household: string;
  readonly amounts: readonly string[];
  readonly json?: boolean;
  readonly lang: Language;
}

const amountsDefault = [5000, 10_000, 30_000].map(fen);

/** A household under two profiles side by side: the knobs that differ, which links give money and why the others do not,
 *  and who pays what of a sale to each person. What differs is marked.
 *  Errors: `LinkInputError`, `UnknownProfileError`; those of `loadRules` and `loadDeck`. */
export async function profileDiffText(options: DiffOptions, now: number): Promise<string> {
  const rules = loadRules();
  const profiles = [profileNamed(rules, options.a), profileNamed(rules, options.b)] as const;
  const deck = loadDeck();
  const household = deck.households.find(({ id }) => id === options.household);
  if (household === undefined) {
    const ids = deck.households.map(({ id }) => id).join(', ');
    throw new LinkInputError(`unknown household "${options.household}", expected one of ${ids}`);
  }
  const amounts = options.amounts.length === 0 ? amountsDefault : options.amounts.map(yuanOf);
  if (amounts.some((amount) => amount === 0)) throw new LinkInputError('expected an amount above zero');
  const diff = await householdDiff(deck, household, profiles, amounts, rules, { now: () => now });
  return options.json ? diffJson(diff) : diffText(diff, options.lang);
}

const words = {
  'zh-CN': {
    knobs: '规则差异',
    same: '没有差异',
    links: '关联',
    noLinks: '没有关联',
    gives: '可用',
    sales: '消费（≠ 表示两套规则结果不同）',
    own: '本人',
    wallet: '医保钱包',
    cash: '现金',
    pays: '付款给',
  },
  en: {
    knobs: 'Rules that differ',
    same: 'none',
    links: 'Links',
    noLinks: 'none',
    gives: 'gives money',
    sales: 'Sales (≠ where the two profiles differ)',
    own: 'own',
    wallet: 'wallet',
    cash: 'cash',
    pays: 'pays for',
  },
} as const satisfies Record<Language, Record<string, string>>;

function diffText({ household, profiles, links, sales }: HouseholdDiff, language: Language): string {
  const say = words[language];
  const names = new Map(household.people.map(({ id, name }) => [id, `${shortId(id)} ${maskName(name)}`]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const knobs = differingKnobs(...profiles).map(({ knob, a, b }) => ['', knob, a, b]);
  const linkRows = links.map(({ provider, beneficiary, relation, obstacles, differs }) => [
    mark(differs),
    `${nameOf(provider)} ${say.pays} ${nameOf(beneficiary)} (${relationWords[language][relation]})`,
    ...obstacles.map((obstacle) => (obstacle === null ? say.gives : sourceWords[language][obstacle])),
  ]);
  const saleRows = sales.map(({ person, amount, outcomes, differs }) => [
    mark(differs),
    `${nameOf(person)} ${formatYuan(amount)}`,
    ...outcomes.map((outcome) => outcomeText(outcome, language)),
  ]);
  const head = ['', '', ...profiles.map((profile: PolicyProfile) => profile.name)];
  const section = (title: string, rows: readonly (readonly string[])[], none: string) =>
    rows.length === 0 ? [title, `  ${none}`] : [title, ...table([head, ...rows])];
  return [
    `${household.title[language]}: ${household.shows[language]}`,
    ...section(say.knobs, knobs, say.same),
    ...section(say.links, linkRows, say.noLinks),
    ...section(say.sales, saleRows, say.same),
  ].join('\n');
}

function mark(differs: boolean): string {
  return differs ? '≠' : '';
}

/** `demo.mother` is `mother` within its household. */
function shortId(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

/** Sources that pay, with amounts; of providers that pay nothing the reason, when there is cash to be paid. */
function outcomeText(outcome: SaleOutcome, language: Language): string {
  if (outcome.kind === 'declined') {
    const { number, zh, en } = declineCodes[outcome.code];
    return `${number} ${language === 'en' ? en : zh}`;
  }
  const say = words[language];
  const shown = outcome.rows.filter(({ source, paid }) => source === 'own' || paid > 0 || outcome.cash > 0);
  const parts = shown.map(({ source, maskedName, paid, reason }) => {
    const who = source === 'provider' ? maskedName : say[source];
    return `${who} ${paid > 0 || source === 'own' ? formatYuan(paid) : `(${sourceWords[language][reason]})`}`;
  });
  return [...parts, `${say.cash} ${formatYuan(outcome.cash)}`].join(' + ');
}

/** Columns that stand under each other, two blanks between them. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - columnsOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function diffJson({ household, profiles, links, sales }: HouseholdDiff): string {
  const told = (outcome: SaleOutcome) => {
    if (outcome.kind === 'declined') return { declined: outcome.code };
    const paid = (kind: 'own' | 'wallet') =>
      formatYuan(fen(outcome.rows.find(({ source }) => source === kind)?.paid ?? 0));
    return {
      own: paid('own'),
      wallet: paid('wallet'),
      providers: outcome.rows
        .filter(({ source }) => source === 'provider')
        .map(({ maskedName, relation, paid, reason }) => ({
          name: maskedName,
          relation,
          paid: formatYuan(paid),
          reason,
        })),
      cash: formatYuan(outcome.cash),
    };
  };
  return JSON.stringify({
    household: household.id,
    profiles: profiles.map(({ name }) => name),
    knobs: differingKnobs(...profiles),
    links: links.map(({ provider, beneficiary, relation, obstacles: [a, b], differs }) => {
      return { provider, beneficiary, relation, a, b, differs };
    }),
    sales: sales.map(({ person, amount, outcomes: [a, b], differs }) => {
      return { person, amount: formatYuan(amount), a: told(a), b: told(b), differs };
    }),
  });
}
