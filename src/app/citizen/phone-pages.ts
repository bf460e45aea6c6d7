import { Hono } from 'hono';
import { html } from 'hono/html';
import { type MenuItem, menu, page, type Say, sayIn } from './layout.ts';
import { linkPages } from './link-pages.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';

/** The page of the links, at the end of the menu path. */
export const phoneLinksAt = '/phone/hall/services/account/links';

interface Level {
  readonly path: string;
  readonly back: string;
  readonly title: (say: Say) => string;
  readonly items: (say: Say) => readonly MenuItem[];
}

/** The menu of the seed page: 重庆医保 → 服务大厅 → 服务 → 个账服务 → 医疗保险个人账户关联与取消 (R9). */
const levels: readonly Level[] = [
  {
    path: '/',
    back: '/',
    title: (say) => say('手机医保', 'Insurance on the telephone'),
    items: (say) => [{ href: '/phone/hall', title: say('服务大厅', 'Service hall') }],
  },
  {
    path: '/hall',
    back: '/phone',
    title: (say) => say('服务大厅', 'Service hall'),
    items: (say) => [
      { href: '/phone/hall/services', title: say('服务', 'Services') },
      { href: '/code', title: say('医保码', 'My code') },
    ],
  },
  {
    path: '/hall/services',
    back: '/phone/hall',
    title: (say) => say('服务', 'Services'),
    items: (say) => [
      { href: '/phone/hall/services/account', title: say('个账服务', 'Personal account') },
      { href: '/wallet', title: say('医保钱包', 'Wallet') },
      { href: '/areas', title: say('跨省共济地区查询', 'Sharing between areas') },
    ],
  },
  {
    path: '/hall/services/account',
    back: '/phone/hall/services',
    title: (say) => say('个账服务', 'Personal account'),
    items: (say) => [
      {
        href: phoneLinksAt,
        title: say('医疗保险个人账户关联与取消', 'Link a personal account, or cancel a link'),
      },
    ],
  },
];

/** The telephone's pages, mounted at `/phone`. */
export function phonePages(parts: CitizenParts): Hono<CitizenEnv> {
  const pages = new Hono<CitizenEnv>();
  for (const { path, back, title, items } of levels) {
    pages.get(path, (c) => {
      const say = sayIn(c.var.language);
      return c.html(page(c, { title: title(say), back, body: html`${menu(items(say))}` }));
    });
  }
  pages.route(
    phoneLinksAt.slice('/phone'.length),
    linkPages(parts, {
      channel: 'phone',
      base: phoneLinksAt,
      up: '/phone/hall/services/account',
      title: ['医疗保险个人账户关联与取消', 'Personal-account links'],
      add: ['添加关联', 'Add a link'],
    }),
  );
  return pages;
}
