import { Hono } from 'hono';
import { html } from 'hono/html';
import { renderSVG } from 'uqr';
import type { Language } from '../../domain/prompt.ts';
import { type Html, ownMarkup, page, sayIn } from './layout.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';

/** The inside of a code's frame: the drawing, the digits, and how long it is good for. `code`: digits. */
export function shownCode(code: string, ttlS: number, language: Language): Html {
  const say = sayIn(language);
  const groups = code.replace(/(\d{4})(?=\d)/g, '$1 ');
  // With a white border of four modules, as scanners want it.
  const drawing = renderSVG(code, { ecc: 'M', border: 4 });
  return html`<div data-code-ttl-ms="${ttlS * 1000}">${ownMarkup(drawing)}
<p class="code-digits">${groups}</p>
<small>${say('有效时间', 'Good for')} <span data-seconds>${ttlS}</span> ${say('秒，到时自动更新', 's, then it renews itself')}</small></div>`;
}

/** A frame that fills itself by a POST to `freshAt` and refreshes as long as it can be seen; without a script a button does it,
 *  which posts to `showAt`. */
export function codeFrame(freshAt: string, showAt: string, inside: Html | null, language: Language): Html {
  const say = sayIn(language);
  const off = say('暂时取不到医保码，请稍候', 'No code can be had just now, please wait');
  if (inside !== null) return html`<div class="code-frame">${inside}</div>`;
  return html`<div class="code-frame" data-code-url="${freshAt}" data-code-off="${off}">
<noscript><form method="post" action="${showAt}"><button class="go">${say('显示医保码', 'Show my code')}</button></form></noscript></div>`;
}

/** The 医保码 of whoever is signed in, mounted at `/code` (R35, R94 to R98). A code is issued only when one is shown. */
export function codePages(parts: CitizenParts): Hono<CitizenEnv> {
  const pages = new Hono<CitizenEnv>();
  const { registry } = parts.centre;
  const { ttlS } = parts.profile.evoucher;
  const fresh = (person: string, language: Language) => shownCode(registry.issueCode(person), ttlS, language);
  const whole = (language: Language, name: string, inside: Html | null) => {
    const say = sayIn(language);
    return html`<p>${say(`请把屏幕对准扫码窗，直接付款，不需要密码。`, `Hold it to the scanner. No PIN is asked for.`)}</p>
${codeFrame('/code/fresh', '/code', inside, language)}
<p class="soft">${say(`${name} 本人的医保码，用一次即失效，请勿截图转发。`, `The code of ${name}, good for one payment. Do not pass it on.`)}</p>`;
  };
  pages.get('/', (c) => {
    const { language, shownName } = c.var;
    const say = sayIn(language);
    return c.html(page(c, { title: say('医保码', 'My code'), back: '/', body: whole(language, shownName, null) }));
  });
  pages.post('/', (c) => {
    const { language, person, shownName } = c.var;
    const say = sayIn(language);
    const inside = html`${fresh(person, language)}<form method="post" action="/code"><button>${say('更新', 'Renew')}</button></form>`;
    return c.html(page(c, { title: say('医保码', 'My code'), back: '/', body: whole(language, shownName, inside) }));
  });
  pages.post('/fresh', (c) => c.html(fresh(c.var.person, c.var.language)));
  return pages;
}
