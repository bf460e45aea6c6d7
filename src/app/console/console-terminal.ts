import { type PinPadKey, VirtualPinPad } from '../../../drivers/pinpad/virtual-pin-pad.ts';
import { type Scheduler, systemScheduler } from '../../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { type Language, promptText } from '../../domain/prompt.ts';
import { receiptText } from '../../domain/receipt.ts';
import { secret } from '../../domain/secret.ts';
import type { TerminalView } from '../../ipc/view.ts';
import type { Clock } from '../../ports/clock.ts';
import { defaultDelays } from '../../terminal/counter-model.ts';
import { codeScanned } from '../code-scanned.ts';
import { createCounter, type InquirySnapshot } from '../counter.ts';
import type { DayEndSnapshot } from '../day-end-desk.ts';
import { demoInstitution } from '../demo-institution.ts';
import type { KeyProtection } from '../keys/key-protection.ts';
import { openLocalDesk } from '../local-desk.ts';
import { SalesBook } from '../sales-book.ts';
import { terminalView } from '../terminal-view.ts';
import { consoleCommand, inquiryLines } from './console-commands.ts';
import { consoleLines, consoleTitle, slipColumns } from './console-text.ts';
import { deckText } from './deck-text.ts';

export interface ConsoleTerminalOptions {
  /** Where the journal and the centre's database are. Made when it is missing. */
  readonly dataFolder: string;
  readonly profile: string;
  readonly language: Language;
  /** A line to be added to the console. */
  print(line: string): void;
  /** What is being typed has changed: `inputLine` is to be drawn anew. */
  redraw(): void;
  /** What may protect the keys on the disk; what the environment says when left out. */
  readonly keyProtections?: readonly KeyProtection[];
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
}

/** A key as a console gives it: a character that was typed, or a key with a name. */
export type ConsoleKey = { readonly char: string } | 'enter' | 'backspace' | 'escape';

export interface ConsoleTerminal {
  /** What stands in the line being typed; a PIN as stars, since its digits are in the PIN pad only. */
  readonly inputLine: string;
  readonly view: TerminalView;
  /** How its keys are protected on the disk, a sentence. */
  readonly keyProtection: string;
  key(key: ConsoleKey): void;
  close(): Promise<void>;
}

const words = {
  'zh-CN': {
    help: [
      '数字 回车: 输入金额，或按编号刷卡   #编号: 先刷卡   c 编号: 出示医保码',
      '回车: 确认   Esc: 取消   b: 查余额   ?: 卡片和本说明   Ctrl-C: 退出',
      'l: 今日清单   x 行号: 撤销   r 行号 金额: 退费(不写金额为全退)   p 行号: 重印',
      '结果未知时  回车: 查询   v: 立即冲正   s 主管工号 原因: 挂账',
      'o 编号: 再查一笔挂账(编号见清单)   d: 今天日结   d -: 昨天日结',
      '卡的密码见 fixtures/households.yaml',
    ],
    noCard: '没有这个编号的卡，按 ? 看列表',
  },
  en: {
    help: [
      'NUMBER Enter: the amount, or the card to swipe   #NUMBER: card first',
      'c NUMBER: show the insurance code   b: balance   ?: cards and this help',
      'Enter: confirm   Esc: cancel   Ctrl-C: end',
      'l: today   x LINE: cancel a sale   p LINE: print again',
      'r LINE AMOUNT: refund; all that is left without AMOUNT',
      'Outcome unknown: Enter asks now   v: reverse now   s SUPERVISOR REASON: suspend',
      'o NUMBER: ask again for a suspended item, as numbered in the list',
      'd: day-end of today   d -: of yesterday',
      'PINs: fixtures/households.yaml',
    ],
    noCard: 'No card has this number, type ? for the list',
  },
} as const satisfies Record<Language, { readonly help: readonly string[]; readonly noCard: string }>;

/** The counter on a console, with nothing left out but the window: virtual reader and PIN pad, the embedded centre with
 *  the deck's households, the journal on disk, real time unless another clock is given.
 *  Errors: those of opening database, journal and fixtures. */
export async function openConsoleTerminal(options: ConsoleTerminalOptions): Promise<ConsoleTerminal> {
  const { dataFolder, language, print, redraw } = options;
  const clock = options.clock ?? { now: () => Date.now() };
  const scheduler = options.scheduler ?? systemScheduler;
  const { keyProtections } = options;
  const desk = await openLocalDesk({
    dataFolder,
    profile: options.profile,
    clock,
    terminal: 'T0000002',
    keyProtections,
  });
  const { deck, profile } = desk;
  const cards = deck.households.flatMap(({ people }) => people.map((person) => person.id));
  const say = words[language];

  const reader = new VirtualCardReader({ scheduler });
  const pad = new VirtualPinPad({ pinKey: () => desk.pinKeys.take('iso4-aes128') });
  const counter = createCounter({
    centre: desk.centre.centre,
    pinPad: pad,
    journal: desk.journal,
    clock,
    scheduler,
    reader,
    ids: desk.ids,
    institution: demoInstitution,
    terminal: desk.terminal,
    pinKeys: desk.pinKeys,
    operator: '01',
    delays: { ...defaultDelays, pin: profile.pin.timeoutS * 1000 },
    report: (fault) => print(`! ${fault.message}`),
  });

  let draft = '';
  let pinDigits = 0;
  let shown: TerminalView | null = null;
  let inquiryShown: InquirySnapshot['stage'] | null = null;
  let dayEndShown: DayEndSnapshot['stage'] | null = null;
  const sales = new SalesBook({
    register: desk.centre.registry,
    clock,
    report: (fault) => print(`! ${fault.message}`),
  });

  const viewNow = (): TerminalView =>
    terminalView({
      state: counter.state,
      snapshot: counter.snapshot,
      pin: null,
      today: sales.rows,
      beside: {
        listDay: sales.listDay,
        listNote: sales.note,
        inquiry: counter.inquiry,
        dayEnd: counter.dayEnd,
        reprint: null,
        health: { keyProtection: desk.keyProtection.kind, journalSetAside: null, faults: [] },
        place: { institution: demoInstitution, terminal: desk.terminal },
      },
      status: {
        reader: { kind: reader.info.kind, name: reader.info.name, state: 'connected', note: null },
        pinPad: null,
        scanner: null,
        centreOnline: true,
        profile: profile.name,
        institution: demoInstitution.name,
        operator: counter.snapshot.context.operator,
        testEnvironment: true,
      },
      language,
      nowMs: clock.now(),
    });

  const show = () => {
    const view = viewNow();
    for (const line of consoleLines(shown, view, language)) print(line);
    if (view.stage !== shown?.stage) draft = '';
    if (view.result !== null && shown?.result === null) sales.refresh();
    shown = view;
    const { inquiry } = counter;
    if (view.inquiry !== null && inquiry !== null && inquiry.stage !== inquiryShown) {
      print(promptText(view.inquiry.prompt, language));
      for (const line of inquiryLines(inquiry, language)) print(line);
    }
    inquiryShown = inquiry?.stage ?? null;
    if (view.dayEnd !== null && view.dayEnd.stage !== dayEndShown) {
      print(promptText(view.dayEnd.prompt, language));
      if (view.dayEnd.receipt !== null) {
        for (const line of ['', ...receiptText(view.dayEnd.receipt, slipColumns).split('\n'), '']) print(line);
      }
    }
    dayEndShown = view.dayEnd?.stage ?? null;
    redraw();
  };

  const swipe = (number: string) => {
    const card = deck.cards.get(cards[Number(number) - 1] ?? '');
    if (card === undefined) print(say.noCard);
    else reader.swipe(card, 'stripe');
  };

  /** As if the customer held up the telephone: nobody types 28 digits. */
  const showCode = (number: string) => {
    const person = cards[Number(number) - 1];
    if (person === undefined) return print(say.noCard);
    const text = secret(desk.centre.registry.issueCode(person));
    const scanned = codeScanned({ kind: 'scanned', text }, profile.evoucher);
    if (scanned !== null) counter.send(scanned);
  };

  const help = () => {
    print(deckText(deck.households, language));
    for (const line of say.help) print(line);
  };

  const take = (typed: string) => {
    if (typed === '') return counter.send({ type: 'key.confirm' });
    if (typed === '?') return help();
    if (typed.startsWith('#')) return swipe(typed.slice(1));
    if (/^c\s*\d+$/.test(typed)) return showCode(typed.slice(1));
    if (/^[a-z]/.test(typed)) {
      for (const line of consoleCommand(typed, { counter, sales, language, clock })) print(line);
      return;
    }
    if (counter.state === 'awaitingCard' || counter.inquiry?.stage === 'awaitingCard') return swipe(typed);
    const answer = counter.submitAmount(typed);
    // A number typed where no amount is asked for gets the counter's own answer, as a screen would show it.
    if (answer === 'busy' && shown !== null) print(promptText(shown.prompt, language));
  };

  const padKey = (key: ConsoleKey): PinPadKey | null => {
    if (key === 'enter') return 'confirm';
    if (key === 'escape') return 'cancel';
    if (key === 'backspace') return 'backspace';
    return /^\d$/.test(key.char) ? (Number(key.char) as PinPadKey) : null;
  };

  /** A command begins with a letter; after that any text may follow, for a reason is a sentence. */
  const isCommand = (char: string) => /^[a-z]/.test(draft) || (draft === '' && /^[a-z]$/.test(char));

  const edit = (key: ConsoleKey) => {
    if (key === 'enter') {
      const typed = draft.trim();
      draft = '';
      take(typed);
    } else if (key === 'backspace') {
      draft = draft.slice(0, -1);
    } else if (key === 'escape') {
      if (draft === '' && counter.inquiry !== null) counter.closeInquiry();
      else if (draft === '' && counter.dayEnd !== null) counter.closeDayEnd();
      else if (draft === '') counter.send({ type: 'key.cancel' });
      draft = '';
    } else if (isCommand(key.char) || /^[\d.#?]$/.test(key.char)) {
      draft += key.char;
    }
  };

  print(consoleTitle(language));
  help();
  counter.subscribe(show);
  const stopCounting = pad.subscribe((count) => {
    pinDigits = count;
    redraw();
  });
  counter.start();
  show();

  return {
    get inputLine() {
      return `> ${pad.open ? '*'.repeat(pinDigits) : draft}`;
    },
    keyProtection: desk.keyProtection.describe(),
    get view() {
      return viewNow();
    },
    key(key) {
      const forPad = pad.open ? padKey(key) : null;
      if (forPad !== null) pad.key(forPad);
      else if (!pad.open) edit(key);
      redraw();
    },
    async close() {
      stopCounting();
      counter.stop();
      await reader.close();
      await desk.close();
    },
  };
}
