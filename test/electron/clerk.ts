import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { encodeTrackText } from '../../drivers/codec/track-text.ts';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadHouseholds } from '../../src/app/households.ts';
import { secret } from '../../src/domain/secret.ts';
import type { DrivenKiosk } from './kiosk-driver.ts';

/** Everybody of the deck. */
const people = loadHouseholds(readFixture('households.yaml'), 'households.yaml').households.flatMap(
  (household) => household.people,
);
/** Everybody's. */
export const pin = '135790';
export const wrongPin = '864209';

/** For what waits on a cable: a reader that comes and goes is tried again every few seconds at most. */
export const patience = { timeout: 20_000 };

/** What a reader sends when this person's stripe is drawn through it, without a line end. */
export function stripeOf(id: string): string {
  return encodeTrackText(secret(personOf(id).card.pan));
}

function personOf(id: string) {
  const person = people.find((one) => one.id === id);
  if (person === undefined) throw new Error(`no ${id} in the deck`);
  return person;
}

/** What must not be in a text that others may read: PINs, card numbers, ID numbers. Gives what is in it, by name. */
export function leaksOf(text: string): string[] {
  const secrets = [
    ['the PIN', pin],
    ['the wrong PIN', wrongPin],
    ...people.flatMap(({ id, residentId, card }) => [
      [`the ID number of ${id}`, residentId],
      [`the card number of ${id}`, card.pan],
      [`the social security card number of ${id}`, card.ssCardNumber],
      [`the card identification code of ${id}`, card.cardSn],
    ]),
  ];
  return secrets.flatMap(([what = '', value = '']) => (text.includes(value) ? [what] : []));
}

/** The hands and eyes of whoever stands at a driven kiosk. */
export class Clerk {
  readonly #kiosk: DrivenKiosk;

  constructor(kiosk: DrivenKiosk) {
    this.#kiosk = kiosk;
  }

  at(id: string, page: Page = this.#kiosk.page) {
    return page.getByTestId(id);
  }

  atStage(name: string, page: Page = this.#kiosk.page): Promise<void> {
    return page.locator(`[data-testid=screen][data-stage=${name}]`).waitFor(patience);
  }

  async says(id: string, words: string | RegExp, page?: Page): Promise<void> {
    await expect.poll(() => this.at(id, page).textContent(), patience).toMatch(words);
  }

  /** Waits until the chip of a device says so. */
  async chip(id: 'reader' | 'pin-pad' | 'scanner', state: 'connected' | 'opening' | 'lost' | 'virtual'): Promise<void> {
    await expect.poll(() => this.at(`${id}-status`).getAttribute('data-state'), patience).toBe(state);
  }

  async startSale(amount: string): Promise<void> {
    await this.atStage('ready');
    await this.#kiosk.type(amount);
    await this.#kiosk.page.keyboard.press('Enter');
    await this.atStage('awaitingCard');
  }

  /** Opens the virtual reader and clicks a card. */
  async swipeOfDeck(person: string): Promise<void> {
    await this.#kiosk.page.keyboard.press('F3');
    await this.#kiosk.page.locator(`[data-person="${person}"]`).click();
  }

  async typePin(digits: string, page: Page = this.#kiosk.page): Promise<void> {
    await this.at('pin-panel', page).waitFor(patience);
    await this.#kiosk.type(digits, page);
    await page.keyboard.press('Enter');
  }

  /** Dismisses a result once the screen takes a key for it. */
  async finish(): Promise<void> {
    await this.#kiosk.page.locator('[data-testid=key-confirm]:not([aria-disabled=true]):not(:disabled)').waitFor();
    await this.#kiosk.page.keyboard.press('Enter');
    await this.atStage('ready');
  }

  /** Waits until the program has opened the line behind a link. What no chip shows is looked up in Linux's own list. */
  async opensLine(link: string): Promise<void> {
    if (process.platform !== 'linux') return;
    const folder = `/proc/${this.#kiosk.app.process().pid}/fd`;
    const opened = () =>
      readdirSync(folder).some((fd) => {
        try {
          return readlinkSync(`${folder}/${fd}`) === realpathSync(link);
        } catch {
          // Closed since.
          return false;
        }
      });
    await expect.poll(opened, patience).toBe(true);
  }
}
