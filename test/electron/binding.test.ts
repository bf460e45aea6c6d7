import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadHouseholds } from '../../src/app/households.ts';
import type { BindingStageView } from '../../src/ipc/view.ts';
import { Clerk, leaksOf, patience, pin, wrongPin } from './clerk.ts';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

let kiosk: DrivenKiosk;
let clerk: Clerk;
beforeAll(async () => {
  kiosk = await driveKiosk({ env: { GONGJI_LINK_CHANNEL: 'hospital' } });
  clerk = new Clerk(kiosk);
});
afterAll(() => kiosk?.remove());

const at = (id: string) => clerk.at(id);
const press = (key: string) => kiosk.page.keyboard.press(key);
const atDesk = (stage: BindingStageView | 'closed') =>
  kiosk.page.locator(`[data-testid=screen][data-desk=${stage}]`).waitFor(patience);

function residentIdOf(id: string): string {
  const people = loadHouseholds(readFixture('households.yaml'), 'households.yaml').households.flatMap(
    (household) => household.people,
  );
  const person = people.find((one) => one.id === id);
  if (person === undefined) throw new Error(`no ${id} in the deck`);
  return person.residentId;
}

/** The provider comes by card and PIN, by keyboard but for the card. */
async function admit(person: string): Promise<void> {
  await clerk.atStage('ready');
  await press('F4');
  await atDesk('awaitingProvider');
  await clerk.swipeOfDeck(person);
  await atDesk('awaitingPin');
  await clerk.typePin(pin);
  await atDesk('desk');
}

/** Enter, once the screen takes one: what has just come out stands a moment first. */
async function confirm(): Promise<void> {
  await kiosk.page.locator('[data-testid=key-confirm]:not(:disabled)').waitFor(patience);
  await press('Enter');
}

async function sell(amount: string, person: string): Promise<string> {
  await clerk.startSale(amount);
  await clerk.swipeOfDeck(person);
  await clerk.typePin(pin);
  await clerk.atStage('approved');
  const result = (await at('result').textContent()) ?? '';
  await clerk.finish();
  return result;
}

describe('the binding desk in the kiosk', () => {
  it('tells every rule that stands in the way, and writes nothing (R4, R5, R28)', async () => {
    await admit('demo.daughter');
    await kiosk.screenshot('binding-desk');
    expect(await at('link-line').count()).toBe(2);
    await press('Enter');
    await atDesk('awaitingBeneficiary');
    // Keyed in without any field being clicked; ← → chooses which number it is.
    if ((await at('number-entry').getAttribute('data-medium')) !== 'residentId') await press('ArrowRight');
    await kiosk.type(residentIdOf('both-short.father'));
    await kiosk.screenshot('binding-number');
    await confirm();
    await atDesk('fillingIn');
    await at('relation-parent').click();
    await at('beneficiary-idCard').click();
    await confirm();
    await atDesk('reviewing');
    const codes = at('finding').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-code')));
    expect(await codes).toEqual(['CONSENT_MISSING', 'PROVIDER_ALREADY_LINKED', 'BENEFICIARY_ALREADY_LINKED']);
    await expect.poll(() => at('key-confirm').isDisabled()).toBe(true);
    await kiosk.screenshot('binding-refused');
  });

  it('takes a step back to the form as it was, and out with F4', async () => {
    await press('Escape');
    await atDesk('fillingIn');
    await expect.poll(() => at('relation-parent').locator('input').isChecked()).toBe(true);
    await expect.poll(() => at('beneficiary-idCard').locator('input').isChecked()).toBe(true);
    await press('F4');
    await atDesk('closed');
    await clerk.atStage('ready');
  });

  it('asks a wrong PIN again, and ends a link with its reason (R22)', async () => {
    await press('F4');
    await atDesk('awaitingProvider');
    await clerk.swipeOfDeck('demo.daughter');
    await clerk.typePin(wrongPin);
    await clerk.says('headline', '5');
    await clerk.typePin(pin);
    await atDesk('desk');
    await press('ArrowDown');
    await press('ArrowRight');
    await clerk.says('key-confirm', '解除');
    await press('Enter');
    await atDesk('givingReason');
    await kiosk.screenshot('binding-reason');
    // Without a reason nothing is ended.
    await press('Enter');
    await at('unlink-form').getByRole('alert').waitFor();
    await at('unlinkNotNeeded').click();
    await press('Enter');
    await atDesk('unlinked');
    await clerk.says('receipt', '不再需要');
    await kiosk.screenshot('binding-unlinked');
    await confirm();
    await clerk.atStage('ready');
  });

  it('then a sale does not use the link any more', async () => {
    const result = await sell('60', 'demo.mother');
    expect(result).toMatch(/请收现金.{0,3}10\.00/);
    expect(result).toMatch(/家人共济支付\s*0\.00/);
  });

  it('makes a link by two swipes, and says at once when the same card comes twice (R20, R25)', async () => {
    await admit('demo.daughter');
    await press('Enter');
    await atDesk('awaitingBeneficiary');
    await clerk.swipeOfDeck('demo.daughter');
    await clerk.says('headline', '提供人本人');
    await clerk.swipeOfDeck('demo.mother');
    await atDesk('fillingIn');
    await clerk.says('role-provider', /提供人.*王\*芸/);
    await clerk.says('role-beneficiary', /使用人.*李\*兰/);
    // Enter asks for the relation, and takes the keyboard there.
    await press('Enter');
    await at('terms-problem').waitFor();
    await press('ArrowRight');
    await expect.poll(() => at('relation-parent').locator('input').isChecked()).toBe(true);
    await at('caution-tick').click();
    await kiosk.screenshot('binding-form');
    await confirm();
    await atDesk('reviewing');
    expect(await at('verdict').getAttribute('data-allowed')).toBe('true');
    await kiosk.screenshot('binding-allowed');
    await confirm();
    await atDesk('linked');
    await clerk.says('receipt', '关联编号');
    await kiosk.screenshot('binding-linked');
    await confirm();
    await clerk.atStage('ready');
  });

  it('then a sale uses it', async () => {
    expect(await sell('20', 'demo.mother')).toMatch(/家人共济支付\s*20\.00/);
  });

  it('shows the two deeds in the day end, which is in balance (R152)', async () => {
    await press('F9');
    await at('day-end').waitFor(patience);
    await clerk.says('day-end', '账平');
    await clerk.says('day-end-links', /解除[\s\S]*关联|关联[\s\S]*解除/);
    await kiosk.screenshot('day-end');
    await press('Escape');
    await at('day-end').waitFor({ state: 'detached' });
  });

  it('lets no PIN and no number out of the screen in the clear', () => {
    const trace = kiosk.ipcTrace();
    expect(trace).toContain('binding.number');
    expect(leaksOf(trace)).toEqual([]);
    expect(leaksOf(kiosk.printed.join('\n'))).toEqual([]);
  });
});
