import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTrackText } from '../../drivers/codec/track-text.ts';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadHouseholds } from '../../src/app/households.ts';
import { secret } from '../../src/domain/secret.ts';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

const people = loadHouseholds(readFixture('households.yaml'), 'households.yaml').households.flatMap(
  (household) => household.people,
);
const pin = '135790';
const evoucher = '4240000000000000000000990000';

function panOf(id: string): string {
  const person = people.find((one) => one.id === id);
  if (person === undefined) throw new Error(`no ${id} in the deck`);
  return person.card.pan;
}
const swipeOf = (id: string) => encodeTrackText(secret(panOf(id)));

let kiosk: DrivenKiosk;
let customer: Page;
beforeAll(async () => {
  kiosk = await driveKiosk({ env: { GONGJI_DELAYS_MS: 'card=60000,pin=60000,enterAmount=60000' } });
});
afterAll(() => kiosk?.remove());

const at = (id: string, page = kiosk.page) => page.getByTestId(id);
const atStage = (name: string, page = kiosk.page) => page.locator(`[data-testid=screen][data-stage=${name}]`).waitFor();
const notice = () => kiosk.page.evaluate(() => document.querySelector('[data-testid=notice]')?.textContent ?? '');
/** What the counter has of the amount being typed: the screen is ahead of it, and each edit takes a notice back. */
const countersAmount = () => kiosk.page.evaluate(async () => (await window.gongji.hello()).view?.amountText);

async function startSale(amount: string): Promise<void> {
  await atStage('ready');
  await kiosk.type(amount);
  await kiosk.page.keyboard.press('Enter');
  await atStage('awaitingCard');
}
async function finish(): Promise<void> {
  await kiosk.page.locator('[data-testid=key-confirm]:not([aria-disabled=true]):not(:disabled)').waitFor();
  await kiosk.page.keyboard.press('Enter');
  await atStage('ready');
}

describe('a card reader that types', () => {
  it('pays like any other: amount by hand, swipe by the reader, PIN by hand', async () => {
    await startSale('80');
    await kiosk.wedge(`${swipeOf('demo.mother')}\n`);
    await atStage('awaitingPin');
    expect(await at('pin-dots').getAttribute('data-count')).toBe('0');
    await kiosk.type(pin);
    await kiosk.page.keyboard.press('Enter');
    await atStage('approved');
    expect(await at('receipt').textContent()).toMatch(/50\.00[\s\S]*30\.00/);
    await finish();
  });

  it('adds no digit to a PIN in the middle of which it types, and the screen says that no card is needed', async () => {
    await startSale('1');
    await kiosk.wedge(`${swipeOf('demo.daughter')}\n`);
    await atStage('awaitingPin');
    await kiosk.type(pin.slice(0, 3));
    await kiosk.wedge(`${swipeOf('demo.mother')}\n`);
    await expect.poll(notice).toContain('现在不需要刷卡');
    expect(await at('pin-dots').getAttribute('data-count')).toBe('3');
    await kiosk.screenshot('wedge-during-pin');
    await kiosk.type(pin.slice(3));
    await kiosk.page.keyboard.press('Enter');
    await atStage('approved');
    await finish();
  });

  it('is asked again after half a swipe that ends in silence', async () => {
    await startSale('2');
    await kiosk.wedge(swipeOf('demo.daughter').slice(0, 40));
    await expect.poll(() => at('headline').textContent()).toContain('一半');
    await atStage('awaitingCard');
    await kiosk.wedge(swipeOf('demo.daughter'));
    await atStage('awaitingPin');
    await kiosk.page.keyboard.press('Escape');
    await atStage('cancelled');
    await finish();
  });

  it('presses no button with the blanks and the Enter of its line', async () => {
    await startSale('3');
    await kiosk.page.keyboard.press('F3');
    const focused = () => kiosk.page.evaluate(() => document.activeElement?.getAttribute('data-person'));
    await expect.poll(focused).toBe('demo.mother');
    await kiosk.wedge('%B9 9  ^A B C^1?\n');
    await expect.poll(() => at('headline').textContent()).toContain('再刷一次');
    await atStage('awaitingCard');
    await kiosk.page.keyboard.press('Escape');
    await kiosk.page.keyboard.press('Escape');
    await atStage('cancelled');
    await finish();
  });
});

describe('a scanner that types', () => {
  it('changes nothing in an amount half typed, and its Enter confirms nothing', async () => {
    await atStage('ready');
    await kiosk.type('80');
    await expect.poll(countersAmount).toBe('80');
    await kiosk.wedge('6901234567892\n');
    await expect.poll(notice).toContain('这不是医保电子凭证');
    await atStage('enteringAmount');
    expect(await at('amount').textContent()).toContain('80');
    expect(await at('amount').textContent()).not.toContain('6901');
    await kiosk.type('.5');
    await kiosk.page.keyboard.press('Enter');
    await atStage('awaitingCard');
    await expect.poll(() => at('amount').textContent()).toContain('80.5');
    await kiosk.page.keyboard.press('Escape');
    await finish();
  });
});

describe('a 医保码 that is typed', () => {
  it('is taken where a card is, and is charged to nobody when nobody was given it', async () => {
    await atStage('ready');
    await kiosk.type('80');
    await kiosk.page.keyboard.press('Enter');
    await atStage('awaitingCard');
    await kiosk.wedge(`${evoucher}\n`);
    await atStage('declined');
    await expect.poll(() => at('result').textContent()).toContain('请使用医保电子凭证二维码');
    await finish();
  });
});

describe('a person', () => {
  it('still turns a switch by its letter and presses a button by Space', async () => {
    await atStage('ready');
    await kiosk.page.keyboard.press('F3');
    await at('drawer').waitFor();
    await kiosk.page.keyboard.press('m');
    await expect.poll(() => at('medium-chip').locator('input').isChecked()).toBe(true);
    await kiosk.page.keyboard.press('Space');
    await atStage('awaitingAmount');
    await kiosk.page.keyboard.press('Escape');
    await finish();
  });
});

describe('with a display of his own the customer', () => {
  let second: DrivenKiosk;
  beforeAll(async () => {
    second = await driveKiosk({ customerWindow: true, env: { GONGJI_DELAYS_MS: 'card=60000,pin=60000' } });
    customer = await second.customerPage();
    await atStage('ready', second.page);
  });
  afterAll(() => second?.remove());

  it('may swipe through a reader that types into that window', async () => {
    await second.type('1');
    await second.page.keyboard.press('Enter');
    await atStage('awaitingCard', customer);
    await second.wedge(`${swipeOf('demo.daughter')}\n`, customer);
    await atStage('awaitingPin', customer);
    await second.type(pin.slice(0, 2), customer);
    await second.wedge(`${evoucher}\n`, customer);
    await expect.poll(() => at('notice', second.page).textContent()).toContain('现在不需要扫码');
    expect(await at('pin-dots', customer).getAttribute('data-count')).toBe('2');
    expect(second.ipcTrace()).not.toContain(panOf('demo.daughter'));
  });
});

describe('after all that was typed', () => {
  it('no message between screen and main process carried a card or a code, and none was printed', () => {
    const trace = kiosk.ipcTrace();
    expect(trace.match(/"wedge\.sealed"/g)?.length).toBeGreaterThan(5);
    const typed = [panOf('demo.mother'), panOf('demo.daughter'), evoucher, '6901234567892', pin];
    const said = `${trace}\n${kiosk.printed.join('\n')}`;
    expect(typed.filter((secretText) => said.includes(secretText))).toEqual([]);
  });
});
