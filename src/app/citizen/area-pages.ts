import { Hono } from 'hono';
import { html } from 'hono/html';
import { areaFindings } from '../../domain/link-rules.ts';
import type { AreaName } from '../../domain/person.ts';
import type { PolicyProfile } from '../../domain/policy-profile.ts';
import type { Language } from '../../domain/prompt.ts';
import { readFixture } from '../fixture-files.ts';
import { loadListedAreas } from '../policy-profiles.ts';
import { choiceField } from './form-fields.ts';
import { type Html, notice, page, sayIn } from './layout.ts';
import { findingsList } from './link-words-view.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';

const nationalFile = 'national-areas.yaml';

/** Whether an account in one area may pay for somebody insured in another, under each of the rule sets (R64 to R69); mounted at
 *  `/areas`. Errors: those of the fixture with the national list. */
export function areaPages(parts: CitizenParts): Hono<CitizenEnv> {
  const { rules, deck, fixturesFolder } = parts;
  const { listedAreas, profiles } = rules;
  const national = loadListedAreas(readFixture(nationalFile, fixturesFolder), nationalFile);
  // The first batch names areas below the national list's level, and the deck's people live in districts.
  const areas = new Set([...national, ...listedAreas, ...deck.people.map(({ area }) => area)]);
  const byProvince = provincesOf(areas);
  const pages = new Hono<CitizenEnv>();

  pages.get('/', (c) => {
    const { language, person } = c.var;
    const say = sayIn(language);
    const home = deck.people.find(({ id }) => id === person)?.area ?? '';
    const asked = { provider: c.req.query('provider') ?? home, beneficiary: c.req.query('beneficiary') ?? '' };
    const profile = profiles.get(c.req.query('profile') ?? '') ?? parts.profile;
    const isAsked = areas.has(asked.provider) && areas.has(asked.beneficiary);
    const mark = say('首批 31 地区', 'first 31');
    const picker = (name: 'provider' | 'beneficiary', label: string) =>
      html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}"><option value="">${say('请选择参保地', 'Choose an area')}</option>${[
        ...byProvince,
      ].map(
        ([province, inIt]) =>
          html`<optgroup label="${province}">${inIt.map(
            (area) =>
              html`<option value="${area}"${asked[name] === area ? html` selected` : ''}>${shownArea(area)}${listedAreas.has(area) ? ` ★ ${mark}` : ''}</option>`,
          )}</optgroup>`,
      )}</select></div>`;
    const body = html`<form method="get" action="/areas" class="fields card">
<div class="two">${picker('provider', say('提供人（付款方）参保地', 'Where the provider is insured'))}${picker('beneficiary', say('使用人参保地', 'Where the beneficiary is insured'))}</div>
${choiceField({ name: 'profile', label: say('适用规定', 'Rules'), choices: [...profiles.keys()].map((name) => ({ value: name, text: name })) }, { profile: profile.name })}
<button class="go">${say('查询', 'Look up')}</button></form>
${isAsked ? answerOf(asked, profile, language) : ''}
<details class="card"><summary>${say(`首批跨省共济 ${listedAreas.size} 个地区`, `The first ${listedAreas.size} areas of cross-province sharing`)}</summary>
<dl class="facts">${[...provincesOf(listedAreas)].map(
      ([province, inIt]) =>
        html`<div><dt>${province} ${inIt.length}</dt><dd>${inIt.map((area) => area.slice(province.length + 1)).join('、')}</dd></div>`,
    )}</dl></details>
<p class="soft">${say(`全国 ${national.size} 个统筹区可选。`, `All ${national.size} pooling areas of the country can be chosen.`)}</p>`;
    return c.html(page(c, { title: say('跨省共济地区查询', 'Sharing between areas'), back: '/', body }));
  });

  function answerOf(
    { provider, beneficiary }: { readonly provider: AreaName; readonly beneficiary: AreaName },
    profile: PolicyProfile,
    language: Language,
  ): Html {
    const say = sayIn(language);
    const openIn = [...profiles.values()].filter(
      (one) => areaFindings(provider, beneficiary, one, listedAreas).length === 0,
    );
    const findings = areaFindings(provider, beneficiary, profile, listedAreas);
    const verdict =
      findings.length === 0
        ? notice(
            'go',
            say('已开通，可以共济', 'Open: sharing is possible'),
            html`<p>${scopeText(profile, language)}</p>`,
          )
        : html`${notice('no', say('未开通，不能共济', 'Not open: sharing is not possible'), html`<p>${scopeText(profile, language)}</p>`)}<section class="card">${findingsList(findings, language)}</section>`;
    return html`<section aria-live="polite" class="cards">${verdict}
<p class="soft">${say('两地之间开通共济的规定', 'Rules under which it is open')}: ${openIn.length === 0 ? say('无', 'none') : openIn.map(({ name }) => name).join(', ')}</p></section>`;
  }
  return pages;
}

/** With its province, which a closed picker does not show; a municipality's name once. */
function shownArea(area: AreaName): string {
  return [...new Set(area.split('/'))].join(' ');
}

/** The areas of each province, in the order in which they come. */
function provincesOf(areas: Iterable<AreaName>): ReadonlyMap<string, readonly AreaName[]> {
  const provinces = new Map<string, AreaName[]>();
  for (const area of areas) {
    const province = area.split('/', 1)[0] ?? area;
    const known = provinces.get(province);
    if (known === undefined) provinces.set(province, [area]);
    else known.push(area);
  }
  return provinces;
}

function scopeText({ name, areaScope }: PolicyProfile, language: Language): string {
  const say = sayIn(language);
  switch (areaScope) {
    case 'same_city':
      return say(`${name}：只在同一城市内`, `${name}: within one city only`);
    case 'same_province':
      return say(`${name}：同一省内`, `${name}: within one province`);
    case 'listed':
      return say(`${name}：双方都须在名单内`, `${name}: both areas must be on the list`);
    case 'nationwide':
      return say(`${name}：全国`, `${name}: the whole country`);
  }
}
