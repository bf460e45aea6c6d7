import { Hono } from 'hono';
import { type MenuItem, menu, page, type Say, sayIn } from './layout.ts';
import { linkPages } from './link-pages.ts';
import type { CitizenEnv, CitizenParts } from './parts.ts';

const sharingAt = '/web/social/medical/sharing';

interface Level {
  readonly path: string;
  readonly back: string;
  readonly title: (say: Say) => string;
  readonly items: (say: Say) => readonly MenuItem[];
}

/** The personal web page's menu: 社保业务办理 → 医疗业务办理 → 个人账户家庭共享 → 新增绑定 (R19). */
const levels: readonly Level[] = [
  {
    path: '/',
    back: '/',
    title: (say) => say('社会保险服务个人网页', 'Personal page of social insurance'),
    items: (say) => [{ href: '/web/social', title: say('社保业务办理', 'Social-insurance business') }],
  },
  {
    path: '/social',
    back: '/web',
    title: (say) => say('社保业务办理', 'Social-insurance business'),
    items: (say) => [{ href: '/web/social/medical', title: say('医疗业务办理', 'Medical insurance') }],
  },
  {
    path: '/social/medical',
    back: '/web/social',
    title: (say) => say('医疗业务办理', 'Medical insurance'),
    items: (say) => [{ href: sharingAt, title: say('个人账户家庭共享', 'Share the personal account') }],
  },
];

/** The personal web page, mounted at `/web`. */
export function webPages(parts: CitizenParts): Hono<CitizenEnv> {
  const pages = new Hono<CitizenEnv>();
  for (const { path, back, title, items } of levels) {
    pages.get(path, (c) => {
      const say = sayIn(c.var.language);
      return c.html(page(c, { title: title(say), back, body: menu(items(say)) }));
    });
  }
  pages.route(
    sharingAt.slice('/web'.length),
    linkPages(parts, {
      channel: 'web',
      base: sharingAt,
      up: '/web/social/medical',
      title: ['个人账户家庭共享', 'Share the personal account'],
      add: ['新增绑定', 'New binding'],
    }),
  );
  return pages;
}
