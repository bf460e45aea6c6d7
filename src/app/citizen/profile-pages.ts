import { Hono } from 'hono';
import { html } from 'hono/html';
import { declineCodes } from '../../domain/decline-code.ts';
import { relationWords } from '../../domain/link-words.ts';
import { fen, formatYuan } from '../../domain/money.ts';
import { maskName } from '../../domain/person.ts';
import type { Language } from '../../domain/prompt.ts';
import { differingKnobs } from '../console/profiles-text.ts';
import { sourceWords } from '../console/source-words.ts';
import { type HouseholdDiff, householdDiff, type SaleOutcome } from '../household-diff.ts';
import { choiceField } from './form-fields.ts';
import { type Html, page, sayIn } from './layout.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';

const amounts = [5000, 10_000, 30_000].map(fen);

/** A household under two rule sets side by side, as `gongji profile diff` tells it; mounted at `/profiles`. Tries it on centres
 *  of its own: nothing here changes anything. */
export function profilePages(parts: CitizenParts): Hono<CitizenEnv> {
  const { deck, rules, clock } = parts;
  const pages = new Hono<CitizenEnv>();
  pages.get('/', async (c) => {
    const { language, person } = c.var;
    const say = sayIn(language);
    const own = deck.households.find(({ people }) => people.some(({ id }) => id === person)) ?? deck.households[0];
    const household = deck.households.find(({ id }) => id === c.req.query('household')) ?? own;
    const profileNames = [...rules.profiles.keys()];
    const a = rules.profiles.get(c.req.query('a') ?? '') ?? parts.profile;
    const b = rules.profiles.get(c.req.query('b') ?? '');
    const choices = profileNames.map((name) => ({ value: name, text: name }));
    const typed = {
      a: a.name,
      b: b?.name ?? profileNames.find((name) => name !== a.name) ?? '',
      household: household?.id ?? '',
    };
    const households = deck.households.map(({ id, title }) => ({ value: id, text: title[language] }));
    const diff =
      household === undefined || b === undefined
        ? null
        : await householdDiff(deck, household, [a, b], amounts, rules, clock);
    const body = html`<form method="get" action="/profiles" class="fields card">
${choiceField({ name: 'household', label: say('家庭', 'Household'), choices: households }, typed)}
<div class="two">${choiceField({ name: 'a', label: say('规定一', 'First rules'), choices }, typed)}${choiceField({ name: 'b', label: say('规定二', 'Second rules'), choices }, typed)}</div>
<button class="go">${say('对比', 'Compare')}</button></form>
${diff === null ? '' : diffView(diff, language)}`;
    return c.html(page(c, { title: say('两地规定对比', 'Two rule sets side by side'), back: '/', body }));
  });
  return pages;
}

function diffView({ household, profiles, links, sales }: HouseholdDiff, language: Language): Html {
  const say = sayIn(language);
  const names = new Map(household.people.map(({ id, name }) => [id, maskName(name)]));
  const nameOf = (id: string) => names.get(id) ?? '*';
  const [a, b] = profiles;
  const knobs = differingKnobs(a, b);
  const mark = say('结果不同', 'differs');
  const sideBySide = (caption: string, rows: readonly Html[]) =>
    rows.length === 0
      ? html`<h2>${caption}</h2><p class="soft">${say('没有', 'none')}</p>`
      : html`<h2>${caption}</h2><div class="card scroll"><table><thead><tr><td></td><th scope="col">${a.name}</th><th scope="col">${b.name}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const row = (name: string, cells: readonly [Html | string, Html | string], differs: boolean) =>
    html`<tr${differs ? html` class="differs"` : ''}><th scope="row">${differs ? html`<span title="${mark}">≠ </span>` : ''}${name}</th><td>${cells[0]}</td><td>${cells[1]}</td></tr>`;
  const linkText = (obstacle: HouseholdDiff['links'][number]['obstacles'][number]) =>
    obstacle === null ? say('可用', 'gives money') : sourceWords[language][obstacle];
  return html`<p class="soft">${household.shows[language]}</p>
${sideBySide(
  say('关联是否可用', 'Which links hold'),
  links.map(({ provider, beneficiary, relation, obstacles, differs }) =>
    row(
      `${nameOf(provider)} → ${nameOf(beneficiary)} (${relationWords[language][relation]})`,
      [linkText(obstacles[0]), linkText(obstacles[1])],
      differs,
    ),
  ),
)}
${sideBySide(
  say('付款怎么分', 'Who pays what'),
  sales.map(({ person, amount, outcomes, differs }) =>
    row(
      `${nameOf(person)} ¥ ${formatYuan(amount)}`,
      [outcomeText(outcomes[0], language), outcomeText(outcomes[1], language)],
      differs,
    ),
  ),
)}
<details><summary>${say(`规则差异 ${knobs.length} 项`, `${knobs.length} rules that differ`)}</summary>${sideBySide(
    say('规则差异', 'Rules that differ'),
    knobs.map(({ knob, a: inA, b: inB }) => row(knob, [inA, inB], false)),
  )}</details>`;
}

/** What each source pays, and cash. */
function outcomeText(outcome: SaleOutcome, language: Language): Html | string {
  const say = sayIn(language);
  if (outcome.kind === 'declined') return declineCodes[outcome.code][language === 'en' ? 'en' : 'zh'];
  const sources = { own: say('本人', 'own'), wallet: say('钱包', 'wallet'), provider: '' };
  const paid = outcome.rows
    .filter((row) => row.paid > 0)
    .map(
      ({ source, maskedName, paid }) => `${source === 'provider' ? maskedName : sources[source]} ${formatYuan(paid)}`,
    );
  return html`${[...paid, `${say('现金', 'cash')} ${formatYuan(outcome.cash)}`].map((part) => html`<div>${part}</div>`)}`;
}
