import { isCalendarDay } from '../../domain/calendar-day.ts';
import { chinaDateTime, lastSecondOf } from '../../domain/china-time.ts';
import { declineCodes } from '../../domain/decline-code.ts';
import type { LinkChannel, LinkTerms, LinkVerdict } from '../../domain/link-application.ts';
import { linkObstacles } from '../../domain/link-standing.ts';
import { channelWords, relationWords, roleWords, sayPhrase } from '../../domain/link-words.ts';
import { type Fen, formatYuan, parseYuan } from '../../domain/money.ts';
import { maskName, type Relation } from '../../domain/person.ts';
import type { Language } from '../../domain/prompt.ts';
import { type Deck, loadDeck } from '../deck.ts';
import { openDeckCentre } from '../deck-centre.ts';
import { whyNoMoney } from '../link-money.ts';
import { loadRules, profileNamed } from '../rules.ts';
import { sourceWords } from './source-words.ts';

/** What `gongji link explain` is asked. `provider`, `beneficiary`: ids of the deck; `quota`: yuan text; `until`: the last
 *  day, `YYYY-MM-DD`. */
export interface ExplainOptions {
  readonly provider: string;
  readonly beneficiary: string;
  readonly relation: Relation;
  readonly profile: string;
  readonly channel: LinkChannel;
  readonly documents: 'both' | 'provider' | 'beneficiary' | 'none';
  readonly caution: boolean;
  readonly consent: boolean;
  readonly quota?: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly lang: Language;
}

/** Something on the command line that names nobody or nothing. The message says what there is. */
export class LinkInputError extends Error {
  readonly code = 'linkInputNotUnderstood';
  constructor(message: string) {
    super(message);
    this.name = 'LinkInputError';
  }
}

/** The dry run of a link between two people of the deck, in a centre of its own that is forgotten at once.
 *  Errors: `LinkInputError`, `UnknownProfileError`; those of `loadRules` and `loadDeck`. */
export function explainLinkText(
  options: ExplainOptions,
  now: number,
): { readonly text: string; readonly allowed: boolean } {
  const rules = loadRules();
  const profile = profileNamed(rules, options.profile);
  const deck = loadDeck();
  const { provider, beneficiary } = options;
  for (const person of [provider, beneficiary]) requirePerson(deck, person);
  const terms = termsOf(options);
  const centre = openDeckCentre(deck, profile, rules, { now: () => now });
  try {
    const verdict = centre.links.explain({ provider, beneficiary, terms, replaces: null });
    const allowed = verdict.findings.length === 0;
    const text = options.json ? verdictJson(options, verdict) : verdictText(options, deck, verdict);
    return { text, allowed };
  } finally {
    centre.close();
  }
}

function termsOf({ relation, channel, documents, caution, consent, quota, until }: ExplainOptions): LinkTerms {
  const shows = (role: 'provider' | 'beneficiary') =>
    documents === 'both' || documents === role ? 'socialCard' : null;
  return {
    relation,
    channel,
    documents: { provider: shows('provider'), beneficiary: shows('beneficiary') },
    cautionTicked: caution,
    beneficiaryConsents: consent,
    quota: quota === undefined ? null : yuanOf(quota),
    until: until === undefined ? null : endOf(until),
  };
}

/** Errors: `LinkInputError`. */
export function yuanOf(text: string): Fen {
  const parsed = parseYuan(text);
  if (parsed.ok) return parsed.fen;
  throw new LinkInputError(`expected yuan such as 300.00, got "${text}"`);
}

/** Errors: `LinkInputError` for what is no day. */
function endOf(day: string): number {
  if (!isCalendarDay(day)) throw new LinkInputError(`expected a day such as 2026-12-31, got "${day}"`);
  return lastSecondOf(day);
}

function requirePerson(deck: Deck, id: string): void {
  const ids = deck.people.map((person) => person.id);
  if (!ids.includes(id)) throw new LinkInputError(`unknown person "${id}", expected one of ${ids.join(', ')}`);
}

function named(deck: Deck, id: string): string {
  return `${id} ${maskName(deck.people.find((person) => person.id === id)?.name ?? '')}`;
}

const words = {
  'zh-CN': {
    allowed: '可以办理',
    refused: '不能办理，以下各项都不符合',
    since: '起生效',
    dry: '这是试算，没有写入任何内容',
    swapped: '如果两人的角色对调，可以办理：请核对谁是提供人',
    pays: '付款给',
    gives: '可用',
    none: '没有关联',
  },
  en: {
    allowed: 'Allowed',
    refused: 'Refused; all of this stands in the way',
    since: 'from then on',
    dry: 'This was a dry run: nothing was written',
    swapped: 'With the roles exchanged it would be allowed: check who the provider is',
    pays: 'pays for',
    gives: 'gives money',
    none: 'no links',
  },
} as const satisfies Record<Language, Record<string, string>>;

function verdictText(options: ExplainOptions, deck: Deck, verdict: LinkVerdict): string {
  const { lang } = options;
  const say = words[lang];
  const asked = [
    `${options.profile}: ${roleWords[lang].provider} ${named(deck, options.provider)} → `,
    `${roleWords[lang].beneficiary} ${named(deck, options.beneficiary)} · `,
    `${relationWords[lang][options.relation]} · ${channelWords[lang][options.channel]}`,
  ].join('');
  const lines =
    verdict.findings.length === 0
      ? [`${say.allowed}: ${chinaDateTime(verdict.since)} ${say.since}`]
      : [
          say.refused,
          ...verdict.findings.flatMap(({ code, rule, fact, remedy }) => [
            `  ${declineCodes[code].number} ${rule.padEnd(4)} ${sayPhrase(fact, lang)}`,
            `           → ${sayPhrase(remedy, lang)}`,
          ]),
        ];
  return [asked, ...lines, ...(verdict.swappedWouldDo ? [say.swapped] : []), say.dry].join('\n');
}

function verdictJson({ provider, beneficiary, profile, lang }: ExplainOptions, verdict: LinkVerdict): string {
  return JSON.stringify({
    profile,
    provider,
    beneficiary,
    allowed: verdict.findings.length === 0,
    since: new Date(verdict.since).toISOString(),
    swappedWouldDo: verdict.swappedWouldDo,
    findings: verdict.findings.map(({ code, rule, fact, remedy }) => ({
      number: declineCodes[code].number,
      code,
      rule,
      fact: sayPhrase(fact, lang),
      remedy: sayPhrase(remedy, lang),
    })),
  });
}

/** What `gongji link list` is asked. `person`: an id of the deck. */
export interface ListOptions {
  readonly person: string;
  readonly profile: string;
  readonly json?: boolean;
  readonly lang: Language;
}

/** A person's links in both roles under a profile, ended ones too, each with why it gives money or not.
 *  Errors: as `explainLinkText`. */
export function linkListText({ person, profile: name, json, lang }: ListOptions, now: number): string {
  const rules = loadRules();
  const profile = profileNamed(rules, name);
  const deck = loadDeck();
  requirePerson(deck, person);
  const centre = openDeckCentre(deck, profile, rules, { now: () => now });
  try {
    // The limits hang on the links of everybody, so all are judged and the person's own are told.
    const everybodys = new Map(
      deck.people.flatMap(({ id }) => centre.registry.linksOf(id)).map((link) => [link.linkId, link]),
    );
    const links = [...everybodys.values()];
    const obstacles = linkObstacles(links, profile, rules.listedAreas, now);
    const rows = links
      .filter((link) => link.provider === person || link.beneficiary === person)
      .map((link) => {
        const { provider, beneficiary, relation, since, until, quotaLeft } = link;
        const obstacle = whyNoMoney(link, obstacles.get(link.linkId) ?? null, profile);
        return { provider, beneficiary, relation, since, until, quotaLeft, obstacle };
      });
    if (json) {
      const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
      return JSON.stringify(rows.map((row) => ({ ...row, since: iso(row.since), until: iso(row.until) })));
    }
    const say = words[lang];
    const told = rows.map(({ provider, beneficiary, relation, since, until, quotaLeft, obstacle }) => {
      const from = chinaDateTime(since).slice(0, 10);
      const to = until === null ? '' : chinaDateTime(until).slice(0, 10);
      const facts = [
        relationWords[lang][relation],
        `${from}…${to}`,
        ...(quotaLeft === null ? [] : [`${formatYuan(quotaLeft)}`]),
        obstacle === null ? say.gives : sourceWords[lang][obstacle],
      ];
      return `  ${named(deck, provider)} ${say.pays} ${named(deck, beneficiary)} · ${facts.join(' · ')}`;
    });
    return [`${name}: ${named(deck, person)}`, ...(told.length > 0 ? told : [`  ${say.none}`])].join('\n');
  } finally {
    centre.close();
  }
}
