import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

let kiosk: DrivenKiosk;
let customer: Page;
beforeAll(async () => {
  kiosk = await driveKiosk({ customerWindow: true, env: { GONGJI_PROFILE: 'national-2021' } });
  await kiosk.page.locator('[data-stage=ready]').waitFor();
  await kiosk.app.evaluate(({ BrowserWindow }) => {
    for (const screen of BrowserWindow.getAllWindows()) screen.setContentSize(1024, 600);
  });
  customer = await kiosk.customerPage();
});
afterAll(() => kiosk?.remove());

const stage = (page: Page, name: string) => page.locator(`[data-testid=screen][data-stage=${name}]`).waitFor();
/** What sticks out of the window, by its class: nothing may, at 1024 × 600. */
const sticksOut = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.operator > *, .customer-screen > *')]
      .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
      .map((part) => part.className),
  );

describe('with a display of his own the customer', () => {
  it('sees the quote, types the PIN there, and two providers pay in turn', async () => {
    const { page } = kiosk;
    await kiosk.type('80');
    await page.keyboard.press('Enter');
    await stage(customer, 'awaitingCard');
    await page.keyboard.press('F3');
    await page.locator('[data-person="two-providers.mother"]').click();
    await stage(customer, 'awaitingPin');
    await expect.poll(() => customer.textContent('body')).toContain('65.00');
    expect([await sticksOut(page), await sticksOut(customer)]).toEqual([[], []]);
    await kiosk.screenshot('two-providers-1024');
    await kiosk.screenshot('customer-pin', customer);

    await kiosk.type('135790');
    expect(await customer.getByTestId('pin-dots').getAttribute('data-count')).toBe('0');

    for (const digit of '135790') await customer.getByTestId(`pin-key-${digit}`).click();
    await customer.getByTestId('pin-key-confirm').click();
    await stage(page, 'approved');
    await stage(customer, 'approved');
    expect(await page.getByTestId('receipt').textContent()).toMatch(/40\.00.*25\.00/);
    expect([await sticksOut(page), await sticksOut(customer)]).toEqual([[], []]);
  });

  it('sees nothing of the operator’s list', async () => {
    expect(await customer.getByTestId('today').count()).toBe(0);
    expect(
      kiosk
        .ipcTrace()
        .split('\n')
        .filter((line) => line.includes('"role":"customer"'))
        .join(''),
    ).not.toContain('"today"');
  });

  it('types the PIN there at the binding desk too, which then has the clerk’s whole width', async () => {
    const { page } = kiosk;
    await page.keyboard.press('F4');
    await page.locator('[data-desk=awaitingProvider]').waitFor();
    await page.keyboard.press('F3');
    await page.locator('[data-person="one-fen.husband"]').click();
    await stage(customer, 'awaitingPin');
    for (const digit of '135790') await customer.getByTestId(`pin-key-${digit}`).click();
    await customer.getByTestId('pin-key-confirm').click();
    await page.locator('[data-desk=desk]').waitFor();
    const unused = () =>
      page.evaluate(() => innerWidth - (document.querySelector('.desk')?.getBoundingClientRect().right ?? 0));
    await expect.poll(unused).toBeLessThan(40);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('[data-desk=givingReason]').waitFor();
    await page.getByTestId('unlinkMistake').click();
    await page.keyboard.press('Enter');
    await page.locator('[data-desk=unlinked]').waitFor();
    // Both names are there, none cut.
    const cut = () =>
      page.evaluate(() => {
        const banner = document.querySelector('.result-banner')?.getBoundingClientRect().right ?? 0;
        const names = document.querySelector('.desk-pair');
        return names === null
          ? null
          : names.scrollWidth - names.clientWidth > 1 || names.getBoundingClientRect().right > banner;
      });
    expect(await cut()).toBe(false);
    expect([await sticksOut(page), await sticksOut(customer)]).toEqual([[], []]);
    await page.keyboard.press('F4');
  });
});
