import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { VirtualCard } from '../../drivers/codec/card-line.ts';
import { encodeTrackText } from '../../drivers/codec/track-text.ts';
import { WedgeInput } from '../../drivers/keyboard/wedge-input.ts';
import { channels, type Hello } from '../../src/ipc/channels.ts';
import type { Intent } from '../../src/ipc/intent.ts';
import { presentedCardContract } from '../contract/presented-card.contract.ts';
import { ManualScheduler } from '../drivers/manual-scheduler.ts';
import { syntheticCard } from '../drivers/synthetic-card.ts';
import { Clerk, leaksOf, patience } from './clerk.ts';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';

// 200 cards are 40,000 keys.
vi.setConfig({ testTimeout: 180_000 });

const swipeOf = (card: VirtualCard) => `${encodeTrackText(card.pan)}\n`;

describe('the keyboard wedge behind a window of the real Electron', () => {
  let kiosk: DrivenKiosk;
  let hello: Hello;
  beforeAll(async () => {
    kiosk = await driveKiosk();
    await new Clerk(kiosk).atStage('ready');
    hello = await kiosk.page.evaluate(() => window.gongji.hello());
    // From now on the window's messages wait for this process.
    await kiosk.app.evaluate(({ ipcMain }, { intent }) => {
      const mailbox: Mailbox = { letters: [], reader: null };
      Object.assign(globalThis, { mailbox });
      ipcMain.removeHandler(intent);
      ipcMain.handle(intent, (_event, letter) => {
        if (mailbox.reader === null) mailbox.letters.push(letter);
        else mailbox.reader(letter);
        mailbox.reader = null;
        return null;
      });
    }, channels);
  });
  afterAll(() => kiosk?.remove());

  const nextIntent = () =>
    kiosk.app.evaluate(
      () =>
        new Promise<Intent>((resolve) => {
          const { mailbox } = globalThis as unknown as { mailbox: Mailbox };
          const letter = mailbox.letters.shift();
          if (letter === undefined) mailbox.reader = resolve;
          else resolve(letter);
        }),
    );

  // Keys, window, withholding, seal and the way between the processes are the kiosk's own; the reader behind them is one
  // of this process, so that its listeners can be a test's.
  presentedCardContract(
    'keyboard wedge in the real Electron',
    'stripe',
    async (onListenerThrow) => {
      const scheduler = new ManualScheduler();
      const faults: string[] = [];
      const wedge = await WedgeInput.open({ scheduler, onListenerThrow, onFault: ({ code }) => faults.push(code) });
      await kiosk.app.evaluate(
        ({ ipcMain }, [channel, answer]) => {
          ipcMain.removeHandler(channel);
          ipcMain.handle(channel, () => answer);
        },
        [channels.hello, { ...hello, wedgeKey: wedge.publicKey }] as const,
      );
      await kiosk.page.reload();
      await kiosk.page.locator('[data-testid=screen][data-stage=ready]').waitFor();
      return {
        reader: wedge.reader,
        present: async (card) => {
          await kiosk.wedge(swipeOf(card));
          const began = await nextIntent();
          expect(began.kind).toBe('wedge.began');
          wedge.began();
          const line = await nextIntent();
          if (line.kind !== 'wedge.sealed') throw new Error(`the window said ${line.kind}`);
          await wedge.sealed(line);
          expect(faults).toEqual([]);
          // A hand needs longer than that for the next card.
          scheduler.advance(1000);
        },
      };
    },
    { unplugs: false },
  );
});

interface Mailbox {
  letters: Intent[];
  reader: ((letter: Intent) => void) | null;
}

describe('the keyboard wedge of the kiosk', () => {
  let kiosk: DrivenKiosk;
  beforeAll(async () => {
    // A result makes room for the next card at once.
    kiosk = await driveKiosk({ env: { GONGJI_DELAYS_MS: 'attention=1,declined=600000' } });
    await new Clerk(kiosk).atStage('ready');
  });
  afterAll(() => kiosk?.remove());

  it('answers 200 swipes in a row one for one, and says of each that the centre does not know the card', async () => {
    const cards = Array.from({ length: 200 }, (_, seed) => syntheticCard(seed));
    const times = (stage: string) => stagesOf(kiosk.ipcTrace()).filter((shown) => shown === stage).length;
    for (const [index, card] of cards.entries()) {
      await kiosk.wedge(swipeOf(card));
      await expect.poll(() => times('declined'), patience).toBe(index + 1);
    }
    expect(times('identifying')).toBe(200);
    const said = kiosk.ipcTrace() + kiosk.printed.join('\n');
    expect(cards.filter((card) => said.includes(card.pan.expose()))).toEqual([]);
    expect(leaksOf(said)).toEqual([]);
  });
});

/** The stages that the operator's screen was shown, each once for as long as it stood. */
function stagesOf(trace: string): string[] {
  const shown = [...trace.matchAll(/"channel":"gongji:view","payload":\{"stage":"(\w+)"/g)].map(
    ([, stage]) => stage ?? '',
  );
  return shown.filter((stage, at) => stage !== shown[at - 1]);
}
