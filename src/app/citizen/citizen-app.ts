import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import { maskName } from '../../domain/person.ts';
import { type Language, languages } from '../../domain/prompt.ts';
import { areaPages } from './area-pages.ts';
import { clientScript } from './client-script.ts';
import { codePages } from './code-pages.ts';
import { familyServicePages } from './family/family-service-pages.ts';
import { homePages } from './home-pages.ts';
import { notice, page, sayIn } from './layout.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';
import { phonePages } from './phone-pages.ts';
import { profilePages } from './profile-pages.ts';
import { type Session, Sessions } from './session.ts';
import { signInPage } from './sign-in-page.ts';
import { stylesheet } from './stylesheet.ts';
import { walletPages } from './wallet-pages.ts';
import { webPages } from './web-pages.ts';

const cookieName = 'gongji_citizen';

/** More than a page's form ever needs; an ID proof with a photo, of 5 MB each, is the largest. */
const bodyBytesMax = 11 * 1024 * 1024;

/** Pages that somebody may see without having signed in. */
const openPaths = ['/sign-in', '/language', '/assets/citizen.css', '/assets/citizen.js'];

/** The citizens' pages: telephone, personal web page, 医保码, wallet, areas, and the e-card's family service. `language`: of
 *  who has not chosen one. `report`: told of faults, whose page says only that nothing was changed. */
export function createCitizenApp(
  parts: CitizenParts,
  { language = 'zh-CN', report }: { readonly language?: Language; readonly report?: (fault: Error) => void } = {},
): Hono<CitizenEnv> {
  const app = new Hono<CitizenEnv>();
  const sessions = new Sessions({ clock: parts.clock, random: parts.random, language });
  const keep = (c: Context<CitizenEnv>, session: Session) =>
    setCookie(c, cookieName, session.id, { httpOnly: true, sameSite: 'Strict', path: '/' });

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      // The origin of a form must reach us: it is what tells our own forms from others'.
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
      // Spoken without encryption on this machine: there is nothing to insist on.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    if (!c.req.path.startsWith('/assets/')) c.header('Cache-Control', 'no-store');
  });
  app.use(csrf());
  app.use(async (c, next) => {
    const session = sessions.find(getCookie(c, cookieName)) ?? null;
    c.set('session', session);
    c.set('language', session?.language ?? sessions.defaultLanguage);
    c.set('person', session?.person ?? '');
    const name = parts.deck.people.find(({ id }) => id === session?.person)?.name;
    c.set('shownName', name === undefined ? '' : maskName(name));
    if (c.var.person === '' && !openPaths.includes(c.req.path)) return c.redirect('/sign-in', 303);
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: (c) => {
        const say = sayIn(c.get('language'));
        const text = say(
          '上传的内容过大，没有办理。请换小些的文件。',
          'That is too large, and nothing was done. Choose smaller files.',
        );
        return c.html(page(c, { title: say('文件过大', 'Too large'), back: '/', body: notice('no', text) }), 413);
      },
    }),
  );

  app.get('/assets/citizen.css', (c) => c.body(stylesheet, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/assets/citizen.js', (c) => c.body(clientScript, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));

  app.get('/sign-in', (c) => c.html(signInPage(c, parts.deck)));
  app.post('/sign-in', async (c) => {
    const { person } = await c.req.parseBody();
    if (!parts.deck.people.some(({ id }) => id === person)) return c.redirect('/sign-in', 303);
    // A new id with the sign-in: one that somebody knew before is worth nothing after it.
    if (c.var.session !== null) sessions.end(c.var.session);
    const session = sessions.start(c.var.language);
    session.person = String(person);
    keep(c, session);
    return c.redirect('/', 303);
  });
  app.post('/sign-out', (c) => {
    if (c.var.session !== null) sessions.end(c.var.session);
    deleteCookie(c, cookieName, { path: '/' });
    return c.redirect('/sign-in', 303);
  });
  app.post('/language', async (c) => {
    const body = await c.req.parseBody();
    const chosen = languages.find((one) => one === body.language) ?? c.var.language;
    const session = c.var.session ?? sessions.start();
    session.language = chosen;
    keep(c, session);
    return c.redirect(ownPath(body.to), 303);
  });

  app.route('/', homePages(parts));
  app.route('/phone', phonePages(parts));
  app.route('/web', webPages(parts));
  app.route('/code', codePages(parts));
  app.route('/wallet', walletPages(parts));
  app.route('/areas', areaPages(parts));
  app.route('/profiles', profilePages(parts));
  app.route('/ecard', familyServicePages(parts));

  app.notFound((c) => {
    const say = sayIn(c.var.language);
    const body = html`${notice('no', say('没有这个页面。', 'There is no such page.'))}<p><a class="button" href="/">${say('回到首页', 'Back to the start')}</a></p>`;
    return c.html(page(c, { title: say('找不到', 'Not found'), body }), 404);
  });
  app.onError((fault, c) => {
    if ('getResponse' in fault && typeof fault.getResponse === 'function') return fault.getResponse() as Response;
    report?.(fault);
    const say = sayIn(c.var.language ?? language);
    const text = say(
      '系统故障，本次操作没有办理，请稍后重试。',
      'Something failed. Nothing was done, please try again later.',
    );
    return c.html(page(c, { title: say('系统故障', 'Out of order'), back: '/', body: notice('no', text) }), 500);
  });
  return app;
}

/** A path of these pages to go back to; anything else leads to the start. */
function ownPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\w\-./]*$/.test(to) ? to : '/';
}
