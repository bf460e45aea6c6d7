import { Hono } from 'hono';
import { html } from 'hono/html';
import { type MenuItem, menu, notice, page, sayIn } from './layout.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';
import { phoneLinksAt } from './phone-pages.ts';

/** The start: which services there are. */
export function homePages({ centre }: CitizenParts): Hono<CitizenEnv> {
  const pages = new Hono<CitizenEnv>();
  pages.get('/', (c) => {
    const say = sayIn(c.var.language);
    const items: readonly MenuItem[] = [
      {
        href: '/code',
        title: say('医保码', 'My code'),
        more: say('出示二维码付款，不需要密码', 'Pay by showing it, without a PIN'),
      },
      {
        href: '/phone',
        title: say('手机办理关联', 'Links by telephone'),
        more: say('服务大厅 → 服务 → 个账服务', 'As in the telephone’s menu'),
      },
      {
        href: '/web',
        title: say('个人网页办理绑定', 'Links on the personal web page'),
        more: say('社保业务办理 → 医疗业务办理', 'With number, ID card and relation'),
      },
      { href: '/wallet', title: say('医保钱包', 'Wallet'), more: say('开通、转出、接收', 'Open, send and accept') },
      { href: '/ecard', title: say('电子社保卡亲情服务', 'Family service of the e-card') },
      {
        href: '/areas',
        title: say('跨省共济地区查询', 'Sharing between areas'),
        more: say('两个参保地之间是否开通', 'Is it open between two places'),
      },
      {
        href: '/profiles',
        title: say('两地规定对比', 'Two rule sets side by side'),
        more: say('同一家庭，不同规定', 'The same household under both'),
      },
    ];
    // Whoever is waited for must not have to look for it.
    const waiting = centre.links.asksFor(c.var.person).filter(({ role }) => role === 'beneficiary').length;
    const asked =
      waiting === 0
        ? ''
        : notice(
            'wait',
            say(`有 ${waiting} 份申请等您同意`, `Waiting for you to agree: ${waiting}`),
            html`<p><a href="${phoneLinksAt}">${say('去看看', 'Have a look')}</a></p>`,
          );
    return c.html(page(c, { title: say('我的服务', 'My services'), body: html`${asked}${menu(items)}` }));
  });
  return pages;
}
