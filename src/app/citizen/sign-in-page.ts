import type { Context } from 'hono';
import { html } from 'hono/html';
import { maskName } from '../../domain/person.ts';
import type { Deck } from '../deck.ts';
import { type Html, notice, page, sayIn } from './layout.ts';
import type { CitizenEnv } from './parts.ts';

/** Whom one can be: the deck's households and their people. There is no password: nobody of them exists. */
export function signInPage(c: Context<CitizenEnv>, deck: Deck): Html {
  const language = c.var.language;
  const say = sayIn(language);
  const intro = notice(
    'wait',
    say(
      '测试环境：请选择一位合成人员登录，不需要密码。',
      'Test environment: choose one of the synthetic people to sign in as. There is no password.',
    ),
  );
  const households = deck.households.map(
    ({ id, title, shows, people }) => html`<section class="card">
<h2 id="h-${id}">${title[language]}</h2><p class="soft">${shows[language]}</p>
<form method="post" action="/sign-in" class="people" aria-labelledby="h-${id}">${people.map(
      (person) =>
        html`<button name="person" value="${person.id}"><b>${maskName(person.name)}</b><small>${person.id} · ${say('卡尾号', 'card')} ${person.last4}</small></button>`,
    )}</form></section>`,
  );
  return page(c, { title: say('选择人员登录', 'Sign in'), body: html`${intro}${households}` });
}
