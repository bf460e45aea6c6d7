import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clerk, leaksOf, patience, pin } from './clerk.ts';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

let kiosk: DrivenKiosk;
let clerk: Clerk;
beforeAll(async () => {
  // A pause that no test waits for: what is asked for again is asked for by hand.
  kiosk = await driveKiosk({ env: { GONGJI_DELAYS_MS: 'query=600000,queryMax=600000' } });
  clerk = new Clerk(kiosk);
});
afterAll(() => kiosk?.remove());

const press = async (...keys: string[]) => {
  for (const key of keys) await kiosk.page.keyboard.press(key);
};
const shown = (id: string) => clerk.at(id).waitFor(patience);
const gone = (id: string) => expect.poll(() => clerk.at(id).count(), patience).toBe(0);
/** Presses Enter once the screen takes it: what has just come stands a moment before it can be agreed to. */
async function agree(): Promise<void> {
  await kiosk.page.locator('[data-testid=key-confirm]:not(:disabled)').waitFor(patience);
  await press('Enter');
}
async function sell(amount: string, person: string): Promise<void> {
  await clerk.startSale(amount);
  await clerk.swipeOfDeck(person);
  await clerk.typePin(pin);
  await clerk.atStage('approved');
}
const lines = () => clerk.at('today-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-kind')));

describe('a sale of the list in the kiosk', () => {
  it('is cancelled with the keyboard alone, after who gets what back was shown', async () => {
    await sell('80', 'demo.mother');
    await clerk.finish();
    await press('F6');
    await clerk.says('sheet-left', '80.00');
    await kiosk.screenshot('list');
    await press('Enter');
    await clerk.atStage('confirmingUndo');
    await clerk.says('return-ladder', /50\.00[\s\S]*30\.00/);
    await clerk.says('cash-back', '0.00');
    await kiosk.screenshot('cancel-preview');
    await agree();
    await clerk.atStage('undone');
    await clerk.says('result-amount', '80.00');
    await clerk.says('receipt', /-50\.00[\s\S]*-30\.00/);
    await kiosk.screenshot('undone');
    await clerk.at('receipt').click();
    await clerk.says('large-slip', /-80\.00/);
    await press('Escape');
    await gone('large-slip');
    await clerk.finish();
    expect(await lines()).toEqual(['cancel', 'approved']);
  });

  it('is looked at and left as it is by Esc', async () => {
    await sell('12.5', 'demo.daughter');
    await clerk.finish();
    await press('F6', 'Enter');
    await clerk.atStage('confirmingUndo');
    await press('Escape');
    await clerk.atStage('cancelled');
    await clerk.says('result-amount', /金额未变/);
    await clerk.finish();
    expect(await lines()).toEqual(['approved', 'cancel', 'approved']);
  });

  it('is refunded in part with the mouse, and no more than is left', async () => {
    await clerk.at('today-row').first().locator('button').click();
    await clerk.at('act-refund').click();
    for (const key of ['1', '3']) await clerk.at(`amount-key-${key}`).click();
    await clerk.says('sheet-notice', /退款超过原金额/);
    await clerk.at('amount-key-erase').click();
    await clerk.at('amount-key-confirm').click();
    await clerk.atStage('confirmingUndo');
    await clerk.says('return-remains', /11\.50/);
    await kiosk.screenshot('refund-preview');
    await agree();
    await clerk.atStage('undone');
    await clerk.finish();
    await press('F6', 'ArrowDown');
    await clerk.says('sheet-left', '11.50');
    await press('Escape');
    await gone('sale-sheet');
  });

  it('is printed again, marked as such', async () => {
    await press('F6', 'ArrowRight', 'Enter');
    await shown('large-slip');
    await clerk.says('large-slip', /重印/);
    await kiosk.screenshot('reprint');
    await press('Escape');
    await gone('large-slip');
    await press('Escape');
    await gone('sale-sheet');
  });
});

describe('a balance query in the kiosk', () => {
  it('shows what is the customer’s own, and of relatives only whether they would pay', async () => {
    await press('F2');
    await shown('inquiry');
    await clerk.swipeOfDeck('demo.mother');
    await clerk.says('inquiry', /50\.00[\s\S]*够用/);
    await clerk.says('customer-balance', '50.00');
    await kiosk.screenshot('balance');
    expect(await clerk.at('inquiry').textContent()).not.toContain('200.00');
    await press('Escape');
    await gone('inquiry');
  });
});

describe('while a PIN is asked for', () => {
  it('nothing beside the sale is reached, and no key for it is a digit', async () => {
    await clerk.startSale('1');
    await clerk.swipeOfDeck('one-fen.wife');
    await shown('pin-panel');
    await press('F2', 'F6', 'F10', 'ArrowDown', 'PageUp');
    await kiosk.type('13');
    expect(await clerk.at('pin-dots').getAttribute('data-count')).toBe('2');
    for (const id of ['inquiry', 'sale-sheet', 'supervisor', 'large-slip']) expect(await clerk.at(id).count()).toBe(0);
    await press('Escape');
    await clerk.atStage('cancelled');
    await clerk.finish();
  });
});

describe('an outcome that nobody knows', () => {
  let centre: InstanceType<typeof DatabaseSync>;
  afterAll(() => centre?.isOpen && centre.close());

  it('is said with what happens next and the words for the customer, and no new sale starts', async () => {
    await clerk.startSale('2');
    await clerk.swipeOfDeck('demo.daughter');
    await shown('pin-panel');
    // Another program keeps the centre's database to itself.
    centre = new DatabaseSync(join(kiosk.dataFolder, 'centre.sqlite'));
    centre.exec('BEGIN IMMEDIATE');
    await clerk.typePin(pin);
    await clerk.atStage('unknown');
    await clerk.says('say', /不会重复扣款/);
    await clerk.says('unknown-known', /2\.00/);
    await clerk.says('unknown-next', /秒后自动查询/);
    expect(await clerk.at('customer-panel').textContent()).not.toContain('2.00');
    await kiosk.screenshot('unknown');
    await kiosk.type('8');
    await clerk.says('notice', /D60/);
    await press('F6');
    await shown('sale-sheet');
    expect([await clerk.at('act-cancel').isDisabled(), await clerk.at('act-reprint').isDisabled()]).toEqual([
      true,
      false,
    ]);
    await press('Escape');
  });

  it('is written down by a supervisor, after a second question, and is neither paid nor unpaid', async () => {
    await press('F10');
    await shown('supervisor-unknown');
    await kiosk.screenshot('supervisor');
    await clerk.at('suspend').click();
    await clerk.says('suspend-means', /不表示已付，也不表示未付/);
    await kiosk.type('88');
    await clerk.at('suspend-reasonNetwork').click();
    await clerk.at('suspend-more').click();
    await kiosk.type('called 123');
    await kiosk.screenshot('suspend');
    await press('Enter');
    await shown('suspend-do');
    // The keyboard stands on going back.
    await press('Enter');
    await shown('suspend-next');
    await clerk.at('suspend-next').click();
    await clerk.at('suspend-do').click();
    await clerk.atStage('suspended');
    await clerk.says('receipt', /88[\s\S]*called 123/);
    await kiosk.screenshot('suspended');
    await clerk.says('suspended-chip', '1');
  });

  it('is asked for again when the centre is back, and then it is known', async () => {
    centre.close();
    await clerk.finish();
    await clerk.at('suspended-chip').click();
    await clerk.at('ask-again').click();
    await clerk.atStage('cancelled');
    await clerk.says('headline', /未扣款/);
    await clerk.says('result', /已查明\s*未扣款/);
    // What came out lies under no panel.
    await gone('supervisor');
    await gone('suspended-chip');
  });
});

it('no message, nothing printed, holds a PIN or a full number', () => {
  expect([leaksOf(kiosk.ipcTrace()), leaksOf(kiosk.printed.join('\n'))]).toEqual([[], []]);
});
