import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Language } from '../../domain/prompt.ts';
import type { CitizenEnv } from './parts.ts';

/** Text that a browser may be given: made by `html`, which escapes what is put into it. */
export type Html = ReturnType<typeof html>;

/** Picks the text of the reader's language. */
export type Say = (zh: string, en: string) => string;

export function sayIn(language: Language): Say {
  return (zh, en) => (language === 'en' ? en : zh);
}

export interface Page {
  readonly title: string;
  /** The page above this one, as a path; none has no way back. */
  readonly back?: string;
  readonly body: Html;
}

/** A whole page: head, who is signed in, title and body. Give it to `c.html`. */
export function page(c: Context<CitizenEnv>, { title, back, body }: Page): Html {
  const language = c.var.language;
  const say = sayIn(language);
  const here = c.req.path;
  const other: Language = language === 'en' ? 'zh-CN' : 'en';
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${say('共济终端', 'Gongji Terminal')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/citizen.css">
<script src="/assets/citizen.js" defer></script>
</head>
<body>
<a class="skip" href="#main">${say('跳到内容', 'Skip to content')}</a>
<p class="test-mark">${say('测试环境 · 人员均为合成，不涉及真实资金', 'Test environment · synthetic people, no real money')}</p>
<header class="top">
<a class="home" href="/">${say('共济终端', 'Gongji')}</a>
${c.var.person === '' ? '' : html`<span class="who">${c.var.shownName}</span>`}
<form method="post" action="/language"><input type="hidden" name="language" value="${other}"><input type="hidden" name="to" value="${c.req.method === 'GET' ? here : '/'}"><button class="quiet" lang="${other}">${other === 'en' ? 'English' : '中文'}</button></form>
${c.var.person === '' ? '' : html`<form method="post" action="/sign-out"><button class="quiet">${say('退出', 'Sign out')}</button></form>`}
</header>
<main id="main">
<div class="heading">
${back === undefined ? '' : html`<a class="back" href="${back}" aria-label="${say('返回', 'Back')}">‹</a>`}
<h1>${title}</h1>
</div>
${body}
</main>
</body>
</html>`;
}

export type NoticeTone = 'go' | 'wait' | 'no';
const signs: Readonly<Record<NoticeTone, string>> = { go: '✓', wait: '!', no: '✕' };

/** A box that says how something went; its sign says it without colour. */
export function notice(tone: NoticeTone, text: string, more: Html | string = ''): Html {
  return html`<div class="notice ${tone}" role="${tone === 'no' ? 'alert' : 'status'}"><span class="sign" aria-hidden="true">${signs[tone]}</span><div><p>${text}</p>${more}</div></div>`;
}

export interface MenuItem {
  readonly href: string;
  readonly title: string;
  readonly more?: string;
}

/** A list of ways on. */
export function menu(items: readonly MenuItem[]): Html {
  return html`<nav><ul class="menu">${items.map(
    ({ href, title, more }) =>
      html`<li><a href="${href}"><span>${title}</span>${more === undefined ? '' : html`<small>${more}</small>`}</a></li>`,
  )}</ul></nav>`;
}

/** Names and what they hold, as a list. A value of null is left out. */
export function facts(rows: readonly (readonly [string, Html | string | null])[]): Html {
  return html`<dl class="facts">${rows.map(([name, value]) =>
    value === null ? '' : html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

/** Markup that this program has made itself, such as the drawing of a code. Never for anything that somebody has typed. */
export function ownMarkup(markup: string): Html {
  return raw(markup);
}
