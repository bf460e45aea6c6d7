import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConsoleTerminal, openConsoleTerminal } from '../../src/app/console/console-terminal.ts';
import { loadDeck } from '../../src/app/deck.ts';
import { VirtualClock } from '../../src/app/scenario/virtual-clock.ts';
import type { Stage } from '../../src/ipc/view.ts';

const deck = loadDeck();
/** The mother of the seed page's story: 50.00 of her own and a daughter with 200.00. */
const mother = deck.people.find((person) => person.id === 'demo.mother');
const pin = mother?.pin ?? '';
const cardNumber = String(deck.households.flatMap(({ people }) => people).findIndex(({ id }) => id === mother?.id) + 1);

let folder: string;
let clock: VirtualClock;
let printed: string[];
let terminal: ConsoleTerminal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-console-test-'));
  clock = new VirtualClock(Date.parse('2025-04-19T10:00:00+08:00'));
  printed = [];
  terminal = await openConsoleTerminal({
    dataFolder: folder,
    profile: 'chongqing-2021',
    language: 'zh-CN',
    print: (line) => printed.push(line),
    redraw: () => undefined,
    clock,
    scheduler: clock,
  });
  await reach('ready');
});
afterEach(async () => {
  await terminal.close();
  rmSync(folder, { recursive: true });
});

function reach(stage: Stage): Promise<unknown> {
  return vi.waitUntil(() => terminal.view.stage === stage, { timeout: 5000, interval: 1 });
}
function type(text: string): void {
  for (const char of text) terminal.key({ char });
}
function enter(text: string): void {
  type(text);
  terminal.key('enter');
}
async function saleUpToPin(): Promise<void> {
  enter('80.00');
  await reach('awaitingCard');
  enter(cardNumber);
  await reach('awaitingPin');
}

describe('the console terminal', () => {
  it('takes amount, card and PIN by keys, and prints quote and slip', async () => {
    await saleUpToPin();
    expect(printed.join('\n')).toMatch(/本人 .* 50\.00 {2}余额 50\.00 → 0\.00\n {2}共济 .* 30\.00/);
    enter(pin);
    await reach('approved');
    expect(printed).toContain('支付成功');
    expect(printed.join('\n')).toMatch(/ {2}其中:本人 +50\.00\n {2}其中:共济 +30\.00/);
    // A second Enter in one go does not wipe the slip away.
    terminal.key('enter');
    expect(terminal.view.stage).toBe('approved');
    await clock.pass(1000, async () => undefined);
    terminal.key('enter');
    await reach('ready');
  });

  it('takes the card first, too', async () => {
    enter(`#${cardNumber}`);
    await reach('awaitingAmount');
    enter('30');
    await reach('awaitingPin');
  });

  it('shows a PIN as stars and keeps its digits out of everything that it prints', async () => {
    await saleUpToPin();
    type(pin.slice(0, 3));
    expect(terminal.inputLine).toBe('> ***');
    terminal.key('backspace');
    expect(terminal.inputLine).toBe('> **');
    enter(pin.slice(2));
    await reach('approved');
    expect(printed.join('\n')).not.toContain(pin);
    expect(printed.join('\n')).not.toContain(mother?.card.pan);
    expect(printed.join('\n')).not.toContain(mother?.residentId);
  });

  it('asks again after a wrong PIN, without a new swipe', async () => {
    await saleUpToPin();
    enter('000000');
    await vi.waitUntil(() => printed.some((line) => line.includes('还可输入5次')), { timeout: 5000 });
    enter(pin);
    await reach('approved');
  });

  it.each([
    ['at the card', async () => enter('80.00'), 'awaitingCard'],
    ['at the PIN', saleUpToPin, 'awaitingPin'],
  ] as const)('Esc cancels %s', async (_, begin, stage) => {
    await begin();
    await reach(stage);
    terminal.key('escape');
    await reach('cancelled');
    expect(printed).toContain('已取消，未扣款');
  });

  it('Esc takes back what is being typed before it cancels anything', async () => {
    enter('80.00');
    await reach('awaitingCard');
    type('12');
    terminal.key('escape');
    expect(terminal.inputLine).toBe('> ');
    expect(terminal.view.stage).toBe('awaitingCard');
  });

  it('a sale that nobody goes on with times out', async () => {
    await saleUpToPin();
    await clock.pass(31_000, () => vi.waitFor(() => undefined));
    await reach('cancelled');
    expect(printed).toContain('操作超时，已取消，未扣款');
  });

  it.each([
    ['0', '金额必须大于零'],
    ['1.005', '金额最多两位小数'],
    ['1..2', '金额看不懂，请输入如 80.00'],
  ])('says what is wrong with the amount %s', (text, sentence) => {
    enter(text);
    expect(printed.at(-1)).toBe(sentence);
    expect(terminal.view.stage).toBe('ready');
  });

  it('says it again when the same is done again', () => {
    enter('0');
    enter('0');
    expect(printed.filter((line) => line === '金额必须大于零')).toHaveLength(2);
    type('8');
    terminal.key('backspace');
    expect(printed.at(-1)).toBe('金额必须大于零');
  });

  it('says that a card swiped while none is wanted is not used, and goes on with the first', async () => {
    enter(`#${cardNumber}`);
    await reach('awaitingAmount');
    enter('#3');
    expect(printed.at(-1)).toBe('现在不需要刷卡，这次刷卡未使用');
    enter('30');
    await reach('awaitingPin');
    expect(printed.join('\n')).toMatch(/本人 .* 30\.00 {2}余额 50\.00 → 20\.00/);
  });

  it('takes a 医保码 in place of the card, asks no PIN, and prints the code nowhere', async () => {
    enter('80');
    await reach('awaitingCard');
    enter('c 999');
    expect(printed.at(-1)).toBe('没有这个编号的卡，按 ? 看列表');
    enter(`c ${cardNumber}`);
    await reach('approved');
    const text = printed.join('\n');
    expect(text).toMatch(/支付凭证 +医保码\n持卡人签名/);
    expect(text).toMatch(/ {2}其中:本人 +50\.00\n {2}其中:共济 +30\.00/);
    expect(text).not.toMatch(/424\d{5}/);
  });

  it('says when no card has the number', async () => {
    enter('80.00');
    await reach('awaitingCard');
    enter('999');
    expect(printed.at(-1)).toBe('没有这个编号的卡，按 ? 看列表');
    const toldBefore = printed.length;
    enter('?');
    const told = printed.slice(toldBefore).join('\n');
    expect(told).toContain('p 行号: 重印');
    expect(told).toContain(`#${cardNumber}  ${mother?.name}`);
  });
});

describe('beside a sale', () => {
  async function pay(): Promise<void> {
    await saleUpToPin();
    enter(pin);
    await reach('approved');
    await clock.pass(1000, async () => undefined);
  }

  it('lists today, gives a part back after its preview, and lists that too', async () => {
    await pay();
    enter('l');
    expect(printed.at(-1)).toMatch(/^ {2}1 {2}10:00 {2}李\*兰 {2}80\.00 {2}收款$/);
    enter('r 1 30.00');
    await reach('confirmingUndo');
    expect(printed.join('\n')).toMatch(/退回 +30\.00\n {2}共济 .* +30\.00\n/);
    await clock.pass(1000, async () => undefined);
    terminal.key('enter');
    await reach('undone');
    expect(printed.join('\n')).toContain('退费单');
    enter('l');
    expect(printed.slice(-2)).toEqual([
      expect.stringMatching(/30\.00 {2}退费$/),
      expect.stringMatching(/可退 50\.00$/),
    ]);
  });

  it('cancels a sale whole, prints its slip again, and says what cannot be done', async () => {
    await pay();
    enter('p 1');
    expect(printed.join('\n')).toContain('重印');
    enter('x 1');
    await reach('confirmingUndo');
    terminal.key('escape');
    await reach('cancelled');
    await clock.pass(1000, async () => undefined);
    const answers = ['x 7', 'r 1 abc', 'v', 's 99 断网', 'o 1', 'z'].map((typed) => {
      enter(typed);
      return printed.at(-1);
    });
    expect(new Set(answers).size).toBe(5);
    expect(answers).toContain('没有这个命令，按 ? 看说明');
  });

  it('asks for the balance of the next card, without a sale', async () => {
    printed.length = 0;
    enter('b');
    enter(cardNumber);
    await vi.waitUntil(() => terminal.view.inquiry?.stage === 'shown', { timeout: 5000, interval: 1 });
    expect(printed.join('\n')).toMatch(/余额 50\.00\n.* 够用/);
    expect(printed.join('\n')).not.toContain('200.00');
    terminal.key('escape');
    expect(terminal.view.inquiry).toBeNull();
  });

  it('R147: prints the day’s end of what the terminal and the centre hold, and of a day without a sale', async () => {
    await pay();
    printed.length = 0;
    enter('d');
    await vi.waitUntil(() => terminal.view.dayEnd?.stage === 'shown', { timeout: 5000, interval: 1 });
    const told = printed.join('\n');
    expect(told).toContain('账目相符，可以日结');
    expect(told).toMatch(/结账日期 +2025-04-19\n[\s\S]*其中:本人 +50\.00\n *其中:共济 +30\.00\n/);
    terminal.key('escape');
    expect(terminal.view.dayEnd).toBeNull();
    printed.length = 0;
    enter('d -');
    await vi.waitUntil(() => terminal.view.dayEnd?.stage === 'shown', { timeout: 5000, interval: 1 });
    expect(printed.join('\n')).toMatch(/2025-04-18\n[\s\S]*费用总金额 +0\.00/);
  });
});
