import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CitizenServer, serveCitizens } from '../../src/app/citizen/citizen-server.ts';
import { type CitizenWorld, citizenWorld } from '../app/citizen-visit.ts';
import {
  type CitizenBrowser,
  desktop,
  keepScreenshot,
  openCitizenBrowser,
  type Screen,
  telephone,
} from './citizen-browser.ts';

const links = '/phone/hall/services/account/links';
const [son, mother] = ['link-cancelled.son', 'link-cancelled.mother'];

let browser: CitizenBrowser;
let world: CitizenWorld;
let server: CitizenServer;
/** What the pages' consoles complained about: also of anything that the content policy stopped. */
let complaints: string[];

beforeAll(async () => {
  browser = await openCitizenBrowser();
}, 120_000);
afterAll(() => browser?.close());
afterEach(async () => {
  await server.close();
  world.close();
  expect(complaints).toEqual([]);
});

async function serve(profile: string): Promise<void> {
  complaints = [];
  world = citizenWorld(profile);
  server = await serveCitizens(world.parts, { port: 0 });
}

/** Opens the pages as somebody, by the button that carries his id. */
async function signedIn(person: string, screen: Screen = telephone): Promise<Page> {
  const page = await browser.visit(screen);
  page.on('console', (message) => {
    // An answer of 4xx is a page as any other: it says what is wrong.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.url);
  await page.locator(`button[value="${person}"]`).click();
  return page;
}

const linksOf = (person: string) =>
  world.centre.links.standingsOf(person).map(({ role, other }) => `${role} with ${other.maskedName}`);

async function fillPhoneForm(page: Page, person: string): Promise<void> {
  const { residentId, name } = world.personOf(person);
  await page.getByLabel('使用人身份证号码').fill(residentId);
  await page.getByLabel('使用人姓名').fill(name);
  await page.getByLabel('使用人手机号码').fill('13800000000');
  await page.getByLabel('使用人是您的').selectOption({ label: '父母' });
}

describe('the citizens’ pages in a real Chromium', { timeout: 120_000 }, () => {
  it.each([
    ['with its script', telephone],
    ['without any script', { ...telephone, scriptless: true }],
  ] as const)('a link is made and cancelled on the telephone along the menu path, %s', async (_how, screen) => {
    await serve('chongqing-2021');
    const page = await signedIn(son, screen);
    const menu = [
      ['手机办理关联', '/phone'],
      ['服务大厅', '/phone/hall'],
      ['服务', '/phone/hall/services'],
      ['个账服务', '/phone/hall/services/account'],
      ['医疗保险个人账户关联与取消', links],
      ['添加关联', `${links}/add`],
    ] as const;
    for (const [title, path] of menu) {
      await page.locator(`main a[href="${path}"]`, { hasText: title }).click();
      await page.waitForURL(`${server.url}${path}`);
    }
    await fillPhoneForm(page, mother);
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('不能办理，没有任何变动').waitFor();
    await page.getByText('未确认告知书', { exact: true }).waitFor();
    await page.getByRole('button', { name: '返回修改' }).click();
    await page.getByLabel('我已阅读并知晓').check();
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('可以办理').waitFor();
    expect(linksOf(son)).toEqual([]);
    await page.getByRole('button', { name: '确认办理' }).click();
    await page.getByText('关联已建立').waitFor();
    expect(linksOf(son)).toEqual(['provider with 吕*芳']);
    await page.getByRole('link', { name: '回到列表' }).click();
    await page.getByRole('link', { name: '取消关联' }).click();
    await page.getByRole('button', { name: '确认取消关联' }).click();
    await page.getByText('关联已取消').waitFor();
    expect(linksOf(son)).toEqual([]);
  });

  it('a link is made on the personal web page, on a desktop, by the keyboard alone', async () => {
    await serve('shenzhen-2023');
    const page = await signedIn(son, desktop);
    await page.goto(`${server.url}/web/social/medical/sharing/add`);
    const { residentId, computerNumber = '' } = world.personOf(mother);
    await page.getByLabel('亲属社保电脑号').focus();
    await page.keyboard.type(computerNumber);
    await page.keyboard.press('Tab');
    await page.keyboard.type(residentId);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('可以办理').waitFor();
    await page.getByRole('button', { name: '确认办理' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('关联已建立').waitFor();
    expect(linksOf(son)).toEqual(['provider with 吕*芳']);
  });

  it('R12: where the rules ask it, the beneficiary agrees in a browser of her own', async () => {
    await serve('national-2026');
    const page = await signedIn(son);
    await page.goto(`${server.url}${links}/add`);
    await fillPhoneForm(page, mother);
    await page.getByLabel('共济额度（元）').fill('120.50');
    await page.getByLabel('我已阅读并知晓').check();
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByText('在同意之前，关联不生效').waitFor();
    expect(linksOf(son)).toEqual([]);
    const hers = await signedIn(mother);
    await hers.goto(`${server.url}${links}`);
    await hers.getByRole('button', { name: '同意', exact: true }).click();
    await hers.getByText('关联已建立').waitFor();
    expect(linksOf(son)).toEqual(['provider with 吕*芳']);
  });

  it('R71: money sent to a wallet arrives when it is accepted', async () => {
    await serve('wallet-2025');
    const page = await signedIn('cross-area.son');
    await page.getByRole('link', { name: '医保钱包' }).click();
    await page.getByLabel('金额（元）', { exact: true }).fill('80');
    await page.getByRole('button', { name: '转出' }).click();
    await page.getByText('已转出 ¥ 80.00').waitFor();
    const hers = await signedIn('cross-area.mother');
    await hers.getByRole('link', { name: '医保钱包' }).click();
    await hers.getByRole('button', { name: '接收', exact: true }).click();
    await hers.getByText('已接收，可用于看病买药').waitFor();
    expect(await hers.locator('.money').first().textContent()).toBe('¥ 140.00');
  });

  it('R66, R68: the area picker says whether two areas are open, and why not', async () => {
    await serve('wallet-2024');
    const page = await signedIn('cross-area.son');
    await page.getByRole('link', { name: '跨省共济地区查询' }).click();
    await page.getByLabel('提供人（付款方）参保地').selectOption('四川省/成都市');
    await page.getByLabel('使用人参保地').selectOption('重庆市/云阳县');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('已开通，可以共济').waitFor();
    await page.getByLabel('使用人参保地').selectOption('重庆市/重庆市');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('未开通，不能共济').waitFor();
  });
});

describe('the 医保码 page in a real Chromium (R94 to R98)', () => {
  const shown = (page: Page) => page.locator('.code-digits').textContent();
  /** How many codes were asked for by this page. */
  function counted(page: Page): () => number {
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/code/fresh')) asked += 1;
    });
    return () => asked;
  }
  /** Lets the page's own clock be moved, and its being looked at be switched. */
  async function underControl(page: Page): Promise<void> {
    await page.clock.install();
    await page.addInitScript(() => {
      let state = 'visible';
      Object.defineProperty(document, 'visibilityState', { get: () => state });
      Object.assign(globalThis, {
        lookedAt(is: boolean) {
          state = is ? 'visible' : 'hidden';
          document.dispatchEvent(new Event('visibilitychange'));
        },
      });
    });
  }
  const lookedAt = (page: Page, is: boolean) =>
    page.evaluate((value) => (globalThis as unknown as { lookedAt(is: boolean): void }).lookedAt(value), is);

  it('renews itself when it has run out, as long as it is looked at, and not otherwise', async () => {
    await serve('chongqing-2021');
    const page = await signedIn(mother);
    await underControl(page);
    const asked = counted(page);
    await page.goto(`${server.url}/code`);
    await page.locator('.code-digits').waitFor();
    const first = await shown(page);
    expect(first?.replaceAll(' ', '')).toMatch(/^424\d{25}$/);
    await page.clock.runFor(59_000);
    expect([await shown(page), asked()]).toEqual([first, 1]);

    await page.clock.runFor(2_000);
    await expect.poll(() => shown(page)).not.toBe(first);
    const second = await shown(page);
    expect(asked()).toBe(2);

    await lookedAt(page, false);
    await page.clock.runFor(300_000);
    expect(asked()).toBe(2);
    // What nobody saw run out must not be shown as if it were good.
    expect(await page.locator('.over .code-digits').isVisible()).toBe(false);

    await lookedAt(page, true);
    await expect.poll(() => shown(page)).not.toBe(second);
    expect(asked()).toBe(3);
  });

  it('a centre that gives no code is said so, and asked again', async () => {
    await serve('chongqing-2021');
    const page = await signedIn(mother);
    await underControl(page);
    let isAway = true;
    await page.route('**/code/fresh', (route) => (isAway ? route.abort() : route.fallback()));
    await page.goto(`${server.url}/code`);
    await page.getByText('暂时取不到医保码').waitFor();
    isAway = false;
    await page.clock.runFor(6_000);
    await page.locator('.code-digits').waitFor();
  });

  it('without a script a button shows it', async () => {
    await serve('chongqing-2021');
    const page = await signedIn(mother, { ...telephone, scriptless: true });
    await page.goto(`${server.url}/code`);
    await page.getByRole('button', { name: '显示医保码' }).click();
    expect((await shown(page))?.replaceAll(' ', '')).toMatch(/^424\d{25}$/);
  });
});

describe('how it looks', { timeout: 120_000 }, () => {
  const paths = [
    '/',
    links,
    `${links}/add`,
    '/code',
    '/wallet',
    '/areas',
    '/profiles?household=demo&a=chongqing-2021&b=national-2026',
    '/ecard',
  ];

  it.each([
    ['telephone', telephone],
    ['small telephone', { width: 320, height: 568 }],
    ['desktop', desktop],
    ['telephone, dark', { ...telephone, dark: true }],
  ] as const)(
    'on a %s nothing is wider than the screen, and what is pressed is 48 pixels high',
    async (name, screen) => {
      await serve('wallet-2025');
      const page = await signedIn('demo.daughter', screen);
      for (const path of paths) {
        await page.goto(server.url + path);
        const { wide, low } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          low: [
            ...document.querySelectorAll(
              'main button, main a, main input:not([type=hidden], [type=checkbox]), main select, main summary, .top button, .top a',
            ),
          ]
            .filter(
              (element) => element.getBoundingClientRect().height > 0 && element.getBoundingClientRect().height < 48,
            )
            .map((element) => element.outerHTML.slice(0, 80)),
        }));
        expect([path, wide, low]).toEqual([path, 0, []]);
        await keepScreenshot(page, `citizen-${name.replace(/\W+/g, '-')}${path.split('?')[0]?.replaceAll('/', '-')}`);
      }
    },
  );
});
