import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CitizenServer, serveCitizens } from '../../src/app/citizen/citizen-server.ts';
import { type CitizenWorld, citizenWorld } from '../app/citizen-visit.ts';
import { type CitizenBrowser, desktop, keepScreenshot, openCitizenBrowser, telephone } from './citizen-browser.ts';

const png = { name: 'id.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') };
const [daughter, mother] = ['demo.daughter', 'demo.mother'];

let browser: CitizenBrowser;
let world: CitizenWorld;
let server: CitizenServer;
beforeAll(async () => {
  browser = await openCitizenBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  world = citizenWorld();
  server = await serveCitizens(world.parts, { port: 0 });
});
afterEach(async () => {
  await server.close();
  world.close();
});

async function signedIn(person: string, viewport = telephone): Promise<Page> {
  const page = await browser.visit(viewport);
  await page.goto(`${server.url}/sign-in`);
  await page.click(`button[value="${person}"]`);
  await page.waitForURL(`${server.url}/`);
  return page;
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const follow = (page: Page, name: string) => page.getByRole('link', { name }).click();
const heading = async (page: Page) => (await page.locator('h1').textContent()) ?? '';

/** From the start to the form that says who the relative is. */
async function toDetails(page: Page): Promise<void> {
  await follow(page, '电子社保卡亲情服务');
  await follow(page, '我的');
  await follow(page, '亲情服务');
  await press(page, '添加');
  await page.getByLabel('电子社保卡密码').fill('246802');
  await press(page, '验证密码');
  await page.getByLabel('我已阅读并同意').check();
  await press(page, '下一步');
}
async function nameMother(page: Page): Promise<void> {
  const { name, residentId } = world.personOf(mother);
  await page.getByLabel('亲属姓名').fill(name);
  await page.getByLabel('社保号码').fill(residentId);
  await page.getByLabel('亲属是您的').selectOption('parent');
  await press(page, '添加亲情账户');
}

describe('the family service in a real Chromium', { timeout: 90_000 }, () => {
  it('adds a relative in the fixed steps, whose own code is shown then (R102 to R106)', async () => {
    const page = await signedIn(daughter);
    await toDetails(page);
    await nameMother(page);
    await page.getByLabel('身份凭证').setInputFiles(png);
    await press(page, '上传并提交');
    expect(await heading(page)).toBe('亲属本人人脸识别');

    const relative = await signedIn(mother);
    await relative.goto(`${server.url}/ecard/face`);
    await press(relative, '识别通过');
    expect(await relative.getByRole('status').textContent()).toContain('亲情服务已开通');

    // The waiting page looks again by itself.
    await page.waitForURL('**/add/opened');
    await follow(page, '去办理业务');
    await follow(page, '出示本人医保码');
    await page.locator('.code-frame svg').waitFor();
    expect((await page.locator('.code-digits').textContent())?.replace(/ /g, '')).toMatch(/^424\d{21}0000$/);
    await keepScreenshot(page, 'citizen-family-code');
    for (const person of [daughter, mother]) expect(world.centre.registry.linksOf(person)).toHaveLength(1);
  });

  it('leads back to the present step who types another’s address (R102)', async () => {
    const page = await signedIn(daughter);
    await page.goto(`${server.url}/ecard/family`);
    expect(new URL(page.url()).pathname).toBe('/ecard');
    await page.goto(server.url);
    await toDetails(page);
    for (const step of ['pin', 'notice', 'proof', 'face', 'opened']) {
      await page.goto(`${server.url}/ecard/family/add/${step}`);
      expect([step, new URL(page.url()).pathname]).toEqual([step, '/ecard/family/add/details']);
    }
  });

  it.each([
    ['telephone', telephone],
    ['desktop', desktop],
  ] as const)(
    'fits a %s without scrolling sideways, and every control can be met by a finger',
    async (name, viewport) => {
      const page = await signedIn(daughter, viewport);
      const seen: string[] = [];
      const look = async () => {
        seen.push(await heading(page));
        const { wide, small } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          small: [
            ...document.querySelectorAll('main button, main a, main input:not([type=checkbox]), main select, .tick'),
          ]
            .filter((control) => control.getBoundingClientRect().height < 48)
            .map((control) => control.textContent?.trim()),
        }));
        expect([seen.at(-1), wide, small]).toEqual([seen.at(-1), 0, []]);
      };
      for (const path of ['/ecard', '/ecard/mine', '/ecard/family']) {
        await page.goto(`${server.url}${path}`);
        await look();
      }
      await press(page, '添加');
      await look();
      await page.getByLabel('电子社保卡密码').fill('135791');
      await press(page, '验证密码');
      await look();
      await page.getByLabel('电子社保卡密码').fill('246802');
      await press(page, '验证密码');
      await look();
      await page.getByLabel('我已阅读并同意').check();
      await press(page, '下一步');
      await look();
      await keepScreenshot(page, `citizen-family-${name}`);
      await nameMother(page);
      await look();
      expect(new Set(seen).size).toBe(7);
    },
  );
});
