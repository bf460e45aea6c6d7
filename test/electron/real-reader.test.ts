import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPseudoTerminal, type PseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { SimulatedCnEscPad } from '../drivers/pinpad/simulated-cn-esc-pad.ts';
import { SimulatedKeypad } from '../drivers/pinpad/simulated-keypad.ts';
import type { PadKey, SimulatedPad } from '../drivers/pinpad/simulated-line.ts';
import { SimulatedVerifonePad } from '../drivers/pinpad/simulated-verifone-pad.ts';
import { Clerk, leaksOf, patience, pin, stripeOf, wrongPin } from './clerk.ts';
import { type DrivenKiosk, driveKiosk } from './kiosk-driver.ts';
import { putPadOnLine } from './pad-on-a-line.ts';

const long = 'card=60000,pin=60000,enterAmount=60000,notice=20000,approved=60000,cancelled=60000';
const evoucher = '4240000000000000000000990000';

let folder: string;
let kiosk: DrivenKiosk;
let clerk: Clerk;
const lines = new Map<string, PseudoTerminal>();

/** A device's end of a serial line. The kiosk starts before the first is opened: a program that is started later would
 *  inherit the line and hold it open. */
const linkOf = (device: string) => join(folder, device);
async function plug(device: string): Promise<PseudoTerminal> {
  const line = await openPseudoTerminal({ link: linkOf(device) });
  lines.set(device, line);
  return line;
}
async function unplug(device: string): Promise<void> {
  await lines.get(device)?.close();
  lines.delete(device);
}
async function send(device: string, text: string): Promise<void> {
  await lines.get(device)?.write(Buffer.from(text, 'latin1'));
}
const swipe = (person: string) => send('reader', `${stripeOf(person)}\r\n`);

async function start(devices: string, options: { readonly customerWindow?: boolean } = {}): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'gongji-lines-'));
  const devicesFile = join(folder, 'devices.yaml');
  await writeFile(devicesFile, devices.replaceAll('PORT', folder));
  kiosk = await driveKiosk({ ...options, env: { GONGJI_DEVICES: devicesFile, GONGJI_DELAYS_MS: long } });
  clerk = new Clerk(kiosk);
  await clerk.atStage('ready');
}
async function stop(): Promise<void> {
  for (const device of lines.keys()) await unplug(device);
  await kiosk?.remove();
  await rm(folder, { recursive: true, force: true });
}

function nothingLeaked(): void {
  expect(leaksOf(kiosk.ipcTrace())).toEqual([]);
  expect(leaksOf(kiosk.printed.join('\n'))).toEqual([]);
}

describe('a counter with a serial reader', () => {
  beforeAll(() =>
    start(`
readers: [{ model: line-reader, port: PORT/reader }, virtual]
scanner: { model: serial-scanner, port: PORT/scanner }
`),
  );
  afterAll(stop);

  it('starts on the virtual one where none is plugged in, and takes the real one when it comes', async () => {
    await clerk.chip('reader', 'virtual');
    await plug('reader');
    await clerk.chip('reader', 'connected');
    await kiosk.screenshot('reader-connected');
  });

  it('is paid by a swipe: 50.00 of the mother and 30.00 of the daughter', async () => {
    await clerk.startSale('80');
    await swipe('demo.mother');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('receipt').textContent()).toMatch(/50\.00[\s\S]*30\.00/);
    await clerk.finish();
  });

  it('keeps the sale when the cable is pulled while it waits for the card, and goes on when it is back', async () => {
    await clerk.startSale('12.5');
    await unplug('reader');
    await clerk.says('headline', '读卡器已断开');
    await clerk.chip('reader', 'lost');
    await clerk.says('reader-status', '已断开');
    await clerk.atStage('awaitingCard');
    expect(await clerk.at('amount').textContent()).toContain('12.50');
    await clerk.says('customer-sentence', '读卡器暂时不能用');
    await kiosk.screenshot('reader-lost-waiting');
    await plug('reader');
    await clerk.says('headline', '请客户刷卡');
    await clerk.chip('reader', 'connected');
    await swipe('demo.daughter');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('result').textContent()).toContain('12.50');
    await clerk.finish();
  });

  it('says that half a card was read when the cable is pulled in the middle of it, and uses no half of it', async () => {
    await clerk.startSale('3');
    const line = stripeOf('demo.daughter');
    await send('reader', line.slice(0, 40));
    await clerk.atStage('reading');
    await unplug('reader');
    await clerk.says('headline', '读卡器已断开');
    await clerk.atStage('awaitingCard');
    await plug('reader');
    await clerk.says('headline', '一半');
    await clerk.chip('reader', 'connected');
    await send('reader', `${line.slice(40)}\r\n`);
    await clerk.says('headline', /再刷|不是社会保障卡/);
    await clerk.atStage('awaitingCard');
    await swipe('demo.daughter');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('result').textContent()).toContain('3.00');
    await clerk.finish();
  });

  it('goes on to the end when the cable is pulled after the card', async () => {
    await clerk.startSale('4');
    await swipe('demo.daughter');
    await clerk.at('pin-panel').waitFor();
    await unplug('reader');
    await clerk.chip('reader', 'lost');
    await clerk.atStage('awaitingPin');
    await clerk.says('headline', '密码');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    await plug('reader');
    await clerk.chip('reader', 'connected');
    await clerk.finish();
  });

  it('drops a swipe while the PIN is asked for, says so, and lets the next sale wait for its own card', async () => {
    await clerk.startSale('1');
    await swipe('demo.daughter');
    await clerk.at('pin-panel').waitFor();
    await swipe('demo.mother');
    await clerk.says('notice', '现在不需要刷卡');
    await kiosk.screenshot('reader-stray-swipe');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('receipt').textContent()).toContain('王*芸');
    await clerk.finish();
    await clerk.startSale('0.01');
    await clerk.says('headline', '请客户刷卡');
    await swipe('one-fen.wife');
    await clerk.atStage('awaitingPin');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('receipt').textContent()).not.toMatch(/李\*兰|王\*芸/);
    await clerk.finish();
  });

  it('falls back to the virtual one when the cable stays out between two sales, and the deck pays', async () => {
    await unplug('reader');
    await clerk.says('headline', '读卡器已断开');
    await clerk.chip('reader', 'lost');
    await kiosk.screenshot('reader-lost-ready');
    await clerk.chip('reader', 'virtual');
    await clerk.says('headline', '请输入金额');
    await clerk.says('reader-status', /虚拟.*首选设备已断开/);
    await kiosk.screenshot('reader-virtual');
    await clerk.startSale('2');
    await clerk.swipeOfDeck('demo.daughter');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    await clerk.finish();
  });

  it('uses a real one that comes in the middle of a sale only after it', async () => {
    await clerk.startSale('5');
    await plug('reader');
    await clerk.opensLine(linkOf('reader'));
    await swipe('one-fen.wife');
    await clerk.chip('reader', 'virtual');
    await clerk.swipeOfDeck('demo.daughter');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('receipt').textContent()).toContain('王*芸');
    await clerk.chip('reader', 'connected');
    await clerk.finish();
    await clerk.startSale('6');
    await swipe('demo.daughter');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    await clerk.finish();
  });

  it('takes a scanned 医保码 for a card, and nothing else that is scanned for anything', async () => {
    await plug('scanner');
    await clerk.chip('scanner', 'connected');
    await kiosk.type('7');
    await clerk.atStage('enteringAmount');
    await send('scanner', 'https://qr.alipay.com/fkx00000000000000000000\r');
    await clerk.says('notice', '这不是医保电子凭证');
    await kiosk.screenshot('scanner-notice');
    await clerk.atStage('enteringAmount');
    expect(await clerk.at('amount').textContent()).toMatch(/¥7$/);
    await kiosk.page.keyboard.press('Enter');
    await clerk.atStage('awaitingCard');
    await send('scanner', 'wxp://f2f0000000000000000000000000000\r\n');
    await clerk.says('notice', '这不是医保电子凭证');
    await clerk.atStage('awaitingCard');
    await swipe('demo.daughter');
    await clerk.at('pin-panel').waitFor();
    await send('scanner', `${evoucher}\r`);
    await clerk.says('notice', '现在不需要扫码');
    expect(await clerk.at('pin-dots').getAttribute('data-count')).toBe('0');
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    expect(await clerk.at('result').textContent()).toContain('7.00');
    await clerk.finish();
    // Nobody was given this one, which only the centre knows.
    await send('scanner', `${evoucher}\r\n`);
    await clerk.atStage('declined');
    await clerk.says('result', '请使用医保电子凭证二维码');
    await clerk.finish();
  });

  it('has told nobody a PIN, a card number or a code', () => {
    nothingLeaked();
    expect(kiosk.ipcTrace()).not.toContain(evoucher);
  });
});

describe('a counter with a serial reader alone, and a display for the customer', () => {
  let customer: Page;
  beforeAll(async () => {
    await start('readers: [{ model: line-reader, port: PORT/reader }]', { customerWindow: true });
    customer = await kiosk.customerPage();
  });
  afterAll(stop);

  it('says on both screens that the reader is missing, from the start', async () => {
    await clerk.says('headline', '请插好读卡器');
    await clerk.chip('reader', 'opening');
    await clerk.says('reader-status', '未插入');
    await clerk.says('customer-sentence', '读卡器暂时不能用', customer);
    await kiosk.screenshot('reader-never-there');
    await kiosk.screenshot('reader-never-there-customer', customer);
  });

  it('is not stuck: an amount can be typed and cancelled', async () => {
    await clerk.startSale('8');
    await clerk.says('headline', '请插好读卡器');
    await clerk.says('customer-sentence', '读卡器暂时不能用', customer);
    await kiosk.page.keyboard.press('Escape');
    await clerk.atStage('cancelled');
    await clerk.finish();
  });

  it('works when the reader comes', async () => {
    await plug('reader');
    await clerk.chip('reader', 'connected');
    await clerk.says('headline', '请输入金额');
    await clerk.startSale('8');
    await clerk.says('customer-sentence', '请刷卡', customer);
  });

  it('says on both screens that the reader is gone, and that it is back', async () => {
    await unplug('reader');
    await clerk.says('headline', '读卡器已断开');
    await clerk.says('customer-sentence', '读卡器暂时不能用', customer);
    expect(await clerk.at('customer-amount', customer).textContent()).toContain('8.00');
    await kiosk.screenshot('reader-lost-customer', customer);
    await plug('reader');
    await clerk.says('headline', '请客户刷卡');
    await clerk.says('customer-sentence', '请刷卡', customer);
    await swipe('demo.daughter');
    await clerk.typePin(pin, customer);
    await clerk.atStage('approved');
    await clerk.atStage('approved', customer);
    await clerk.finish();
  });

  it('has no virtual reader to fall back to, however long the cable is out', async () => {
    await unplug('reader');
    await clerk.chip('reader', 'lost');
    await kiosk.page.keyboard.press('F3');
    expect(await clerk.at('drawer').count()).toBe(0);
    await clerk.says('headline', '请插好读卡器');
    nothingLeaked();
  });
});

const masterKey = '0123456789ABCDEFFEDCBA9876543210';
const keyBytes = Buffer.from(masterKey, 'hex');
type AskingPad = SimulatedPad & { readonly asks: boolean };

const pads: readonly {
  readonly model: string;
  readonly framing: 'verifone' | 'none';
  readonly settings: string;
  readonly make: () => AskingPad;
}[] = [
  {
    model: 'verifone-1000se',
    framing: 'verifone',
    settings: `, masterKey: "${masterKey}"`,
    make: () => new SimulatedVerifonePad(keyBytes),
  },
  {
    model: 'cn-esc-pinpad',
    framing: 'none',
    settings: `, masterKey: "${masterKey}"`,
    make: () => new SimulatedCnEscPad(keyBytes),
  },
  { model: 'plain-keypad', framing: 'none', settings: '', make: () => new SimulatedKeypad() },
];

describe.each(pads)('a counter with a PIN pad of its own, $model', ({ model, framing, settings, make }) => {
  let pad: AskingPad;
  async function plugPad(): Promise<void> {
    pad = make();
    putPadOnLine(pad, await plug('pad'), framing);
    await clerk.chip('pin-pad', 'connected');
  }
  /** A pad is not heard before it asks. */
  async function press(...keys: readonly PadKey[]): Promise<void> {
    await expect.poll(() => pad.asks, patience).toBe(true);
    for (const key of keys) pad.press(key);
  }
  const digitsOf = (text: string) => [...text].map(Number);

  beforeAll(() => start(`readers: [virtual]\npinPad: { model: ${model}, port: PORT/pad${settings} }`));
  afterAll(stop);

  it('shows no keys for a PIN that is typed at the pad, says where, and is paid', async () => {
    await plugPad();
    await clerk.startSale('80');
    await clerk.swipeOfDeck('demo.mother');
    await clerk.at('pin-at-pad').waitFor(patience);
    await clerk.says('headline', '密码键盘');
    await clerk.says('customer-sentence', '密码键盘');
    expect(await clerk.at('pin-panel').count()).toBe(0);
    await kiosk.screenshot(`pin-at-${model}`);
    if (pad instanceof SimulatedVerifonePad)
      await expect.poll(() => (pad as SimulatedVerifonePad).amount).toBe('80.00');
    await kiosk.type('99');
    await press(...digitsOf(pin), 'confirm');
    await clerk.atStage('approved');
    expect(await clerk.at('receipt').textContent()).toMatch(/50\.00[\s\S]*30\.00/);
    await clerk.finish();
  });

  it('counts a wrong PIN and asks again at the pad', async () => {
    await clerk.startSale('1');
    await clerk.swipeOfDeck('demo.daughter');
    await press(...digitsOf(wrongPin), 'confirm');
    await clerk.says('headline', /密码错误.*密码键盘.*5次/);
    expect(await clerk.at('pin-panel').count()).toBe(0);
    await press(...digitsOf(pin), 'confirm');
    await clerk.atStage('approved');
    await clerk.finish();
  });

  it('goes on with the keys of the screen when the pad is pulled in the middle of a PIN', async () => {
    await clerk.startSale('2');
    await clerk.swipeOfDeck('demo.daughter');
    await press(...digitsOf(pin.slice(0, 3)));
    // The only pad without a display of its own; it tells its keys.
    if (model === 'plain-keypad') await expect.poll(() => clerk.at('pin-dots').getAttribute('data-count')).toBe('3');
    await unplug('pad');
    await clerk.at('pin-panel').waitFor(patience);
    await clerk.chip('pin-pad', 'lost');
    await clerk.atStage('awaitingPin');
    expect(await clerk.at('pin-dots').getAttribute('data-count')).toBe('0');
    expect(await clerk.at('pin-at-pad').count()).toBe(0);
    await kiosk.screenshot(`pin-pad-lost-${model}`);
    await clerk.typePin(pin);
    await clerk.atStage('approved');
    await clerk.finish();
  });

  it('asks at the pad again once it is back', async () => {
    await plugPad();
    await clerk.startSale('3');
    await clerk.swipeOfDeck('demo.daughter');
    await clerk.at('pin-at-pad').waitFor(patience);
    await press(...digitsOf(pin), 'confirm');
    await clerk.atStage('approved');
    await clerk.finish();
  });

  it('is cancelled by the cancel key of the pad', async () => {
    await clerk.startSale('4');
    await clerk.swipeOfDeck('demo.daughter');
    await press(1, 'cancel');
    await clerk.atStage('cancelled');
    await clerk.finish();
  });

  it('has told nobody a PIN or a card number', () => nothingLeaked());
});
