import { html } from 'hono/html';
import { chinaDateTime } from '../../domain/china-time.ts';
import { declineCodes } from '../../domain/decline-code.ts';
import type { LinkFinding, LinkVerdict } from '../../domain/link-application.ts';
import { linkReceiptLines } from '../../domain/link-receipt.ts';
import type { LinkParty, LinkRecord, LinkStanding } from '../../domain/link-record.ts';
import type { LinkObstacle } from '../../domain/link-standing.ts';
import { sayPhrase } from '../../domain/link-words.ts';
import type { Language } from '../../domain/prompt.ts';
import { type Html, notice, sayIn } from './layout.ts';

/** All that stands in the way, each with the fact that failed it and what would mend it. */
export function findingsList(findings: readonly LinkFinding[], language: Language): Html {
  return html`<ul class="findings">${findings.map(({ code, rule, fact, remedy }) => {
    const { number, ...texts } = declineCodes[code];
    return html`<li><span class="rule">${rule} · ${number}</span><h3>${language === 'en' ? texts.en : texts.zh}</h3><p>${sayPhrase(fact, language)}</p><p class="soft">→ ${sayPhrase(remedy, language)}</p></li>`;
  })}</ul>`;
}

/** What would come of a link, or why it was not made. */
export function verdictView(verdict: LinkVerdict, language: Language): Html {
  const say = sayIn(language);
  if (verdict.findings.length === 0) {
    const since = chinaDateTime(verdict.since).slice(0, 16);
    return notice(
      'go',
      say('可以办理', 'This can be done'),
      html`<p>${say('生效时间', 'In force from')}: ${since}</p>`,
    );
  }
  const swapped = verdict.swappedWouldDo
    ? notice(
        'wait',
        say(
          '两人的角色反过来就可以办理：请由另一位登录后办理。',
          'With the two roles exchanged it could be done: let the other person sign in and apply.',
        ),
      )
    : '';
  const heading = say('不能办理，没有任何变动', 'This cannot be done. Nothing was changed');
  return html`${notice('no', heading)}<section class="card">${findingsList(verdict.findings, language)}</section>${swapped}`;
}

/** Whose account pays and who is treated, told apart by place, shape and words. */
export function rolesView(provider: string, beneficiary: string, language: Language): Html {
  const say = sayIn(language);
  return html`<div class="roles">
<div class="provider"><small>${say('提供人 · 账户付款', 'Provider · account pays')}</small><b>${provider}</b></div>
<div class="arrow" aria-hidden="true">→</div>
<div class="beneficiary"><small>${say('使用人 · 看病买药', 'Beneficiary · is treated')}</small><b>${beneficiary}</b></div>
</div>`;
}

export function partyLine({ maskedName, maskedId, area }: LinkParty): string {
  return `${maskedName} · ${maskedId} · ${area}`;
}

const obstacles: Readonly<Record<LinkObstacle, readonly [zh: string, en: string]>> = {
  linkNotYetInForce: ['尚未生效', 'Not in force yet'],
  linkEnded: ['已解除', 'Ended'],
  insuranceKindNotAllowed: ['参保险种不能共济，暂不能使用', 'Cannot be used: this insurance cannot share'],
  relationNotAllowed: ['该关系不在规定范围，暂不能使用', 'Cannot be used: this relation cannot share'],
  areaNotOpen: ['两地之间未开通，暂不能使用', 'Cannot be used: not open between these areas'],
  linkLimit: ['超过人数上限，暂不能使用', 'Cannot be used: beyond the limit of links'],
};

/** Whether a link gives money now, in words. */
export function standingText({ obstacle }: LinkStanding, language: Language): string {
  const say = sayIn(language);
  return obstacle === null ? say('有效', 'In force') : say(...obstacles[obstacle]);
}

/** The confirmation as a counter would print it. */
export function recordSlip(record: LinkRecord, language: Language): Html {
  return html`<section class="slip" aria-label="${sayIn(language)('凭条', 'Slip')}">${linkReceiptLines(
    record,
    language,
  ).map(
    ({ kind, label, value }) =>
      html`<div class="line ${kind}"><span>${label}</span>${value === '' ? '' : html`<span>${value}</span>`}</div>`,
  )}</section>`;
}
