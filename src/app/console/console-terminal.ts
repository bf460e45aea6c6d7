import { type PinPadKey, VirtualPinPad } from '../../../drivers/pinpad/virtual-pin-pad.ts';
import { type Scheduler, systemScheduler } from '../../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { type Language, promptText } from '../../domain/prompt.ts';
import type { TerminalView } from '../../ipc/view.ts';
import type { Clock } from '../../ports/clock.ts';
import { defaultDelays } from '../../terminal/counter-model.ts';
import { createCounter } from '../counter.ts';
import { demoInstitution } from '../demo-institution.ts';
import { openLocalDesk } from '../local-desk.ts';
import { terminalView } from '../terminal-view.ts';
import { consoleLines, consoleTitle } from './console-text.ts';
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
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
}

/** A key as a console gives it: a character that was typed, or a key with a name. */
export type ConsoleKey = { readonly char: string } | 'enter' | 'backspace' | 'escape';

export interface ConsoleTerminal {
  /** What stands in the line being typed; a PIN as stars, since its digits are in the PIN pad only. */
  readonly inputLine: string;
  readonly view: TerminalView;
  key(key: ConsoleKey): void;
  close(): Promise<void>;
}

const words = {
  'zh-CN': {
    keys: '数字加回车:输入金额，或按编号刷卡;#编号:先刷卡;Esc:取消；回车:确认;?:卡片列表;Ctrl-C:退出。卡的密码见 fixtures/households.yaml',
    noCard: '没有这个编号的卡，按 ? 看列表',
  },
  en: {
    keys: 'Number and Enter: the amount, or the card to swipe; #number: card first; Esc: cancel; Enter: confirm; ?: cards; Ctrl-C: end. PINs: fixtures/households.yaml',
    noCard: 'No card has this number, type ? for the list',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** The counter on a console, with nothing left out but the window: virtual reader and PIN pad, the embedded centre with
 *  the deck's households, the journal on disk, real time unless another clock is given.
 *  Errors: those of opening database, journal and fixtures. */
export async function openConsoleTerminal(options: ConsoleTerminalOptions): Promise<ConsoleTerminal> {
  const { dataFolder, language, print, redraw } = options;
  const clock = options.clock ?? { now: () => Date.now() };
  const scheduler = options.scheduler ?? systemScheduler;
  const desk = await openLocalDesk({ dataFolder, profile: options.profile, clock });
  const { deck, profile } = desk;
  const cards = deck.households.flatMap(({ people }) => people.map((person) => person.id));
  const say = words[language];

  const reader = new VirtualCardReader({ scheduler });
  const pad = new VirtualPinPad({ pinBlockKey: desk.pinBlockKey });
  const counter = createCounter({
    centre: desk.centre.centre,
    pinPad: pad,
    journal: desk.journal,
    clock,
    scheduler,
    reader,
    ids: desk.ids,
    institution: demoInstitution,
    terminal: 'T0000002',
    operator: '01',
    delays: { ...defaultDelays, pin: profile.pin.timeoutS * 1000 },
    report: (fault) => print(`! ${fault.message}`),
  });

  let draft = '';
  let pinDigits = 0;
  let shown: TerminalView | null = null;

  const viewNow = (): TerminalView =>
    terminalView({
      state: counter.state,
      snapshot: counter.snapshot,
      pin: null,
      today: [],
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
    shown = view;
    redraw();
  };

  const swipe = (number: string) => {
    const card = deck.cards.get(cards[Number(number) - 1] ?? '');
    if (card === undefined) print(say.noCard);
    else reader.swipe(card, 'stripe');
  };

  const take = (typed: string) => {
    if (typed === '') return counter.send({ type: 'key.confirm' });
    if (typed === '?') return print(deckText(deck.households, language));
    if (typed.startsWith('#')) return swipe(typed.slice(1));
    if (counter.state === 'awaitingCard') return swipe(typed);
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

  const edit = (key: ConsoleKey) => {
    if (key === 'enter') {
      const typed = draft.trim();
      draft = '';
      take(typed);
    } else if (key === 'backspace') {
      draft = draft.slice(0, -1);
    } else if (key === 'escape') {
      if (draft === '') counter.send({ type: 'key.cancel' });
      draft = '';
    } else if (/^[\d.#?]$/.test(key.char)) {
      draft += key.char;
    }
  };

  print(consoleTitle(language));
  print(deckText(deck.households, language));
  print(say.keys);
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
