import { html } from 'hono/html';
import type { Language } from '../../domain/prompt.ts';
import type { Deck } from '../deck.ts';
import { type Html, sayIn } from './layout.ts';

/** The numbers that somebody would know of his relatives, for whoever tries the pages: the other people of the same
 *  household. They are in full because nobody has them: `src/domain/synthetic.ts` makes them so. */
export function testNumbers(deck: Deck, person: string, language: Language): Html {
  const say = sayIn(language);
  const household = deck.households.find(({ people }) => people.some(({ id }) => id === person));
  const ids = new Set(household?.people.map(({ id }) => id));
  const relatives = deck.people.filter(({ id }) => ids.has(id));
  return html`<details class="card"><summary>${say('测试数据：同一家庭的合成号码', 'Test data: synthetic numbers of this household')}</summary>
<div class="scroll"><table><thead><tr><th>${say('姓名', 'Name')}</th><th>${say('身份证号码', 'ID number')}</th><th>社保电脑号</th></tr></thead><tbody>${relatives.map(
    ({ id, name, residentId, computerNumber }) =>
      html`<tr><td>${name}${id === person ? say('（本人）', ' (you)') : ''}</td><td>${residentId}</td><td>${computerNumber ?? '—'}</td></tr>`,
  )}</tbody></table></div></details>`;
}
