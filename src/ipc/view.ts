import type { CounterState } from '../domain/counter-state.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { Fen } from '../domain/money.ts';
import type { CardState, InsuranceKind, InsuranceStatus } from '../domain/person.ts';
import type { Language, Prompt } from '../domain/prompt.ts';
import type { ReceiptLine } from '../domain/receipt.ts';
import type { Split } from '../domain/settlement.ts';

/** The counter's states as a screen tells them apart. */
export type Stage = CounterState;

/** All that the operator's screen shows of the counter. Already masked: nothing in here identifies a person beyond a
 *  masked name and the last four characters of a card. Money: fen. */
export interface TerminalView {
  readonly stage: Stage;
  readonly prompt: Prompt;
  /** A second, smaller sentence: why a key did nothing (cannotCancel, busy), or what is wrong with the amount. */
  readonly notice: Prompt | null;
  readonly cancellable: boolean;
  /** What Enter does now, null when it does nothing. */
  readonly confirm: 'amount' | 'quote' | 'finish' | 'signIn' | null;
  /** The time-out running now. `remainingMs` as of `sentAt` (ms since the epoch). */
  readonly countdown: { readonly totalMs: number; readonly remainingMs: number } | null;
  readonly sentAt: number;
  /** What is being typed or asked for; null when there is no sale. */
  readonly amountText: string | null;
  readonly amount: Fen | null;
  readonly customer: { readonly maskedName: string; readonly maskedCard: string } | null;
  readonly split: Split | null;
  readonly pin: PinView | null;
  readonly padPin: PadPinView | null;
  readonly result: ResultView | null;
  readonly receipt: readonly ReceiptLine[] | null;
  /** What the terminal says aloud, as text, once per change (captions; spoken where there is a voice). */
  readonly voice: string | null;
  readonly today: readonly TodayRow[];
  readonly status: StatusView;
}

/** An open PIN entry. The screen's pad seals the digits for the PIN pad driver with the session's public key, so that
 *  no digit crosses a process border. */
export interface PinView {
  readonly session: string;
  readonly length: number;
  readonly typed: number;
  /** P-256 public key, uncompressed point, base64. */
  readonly publicKey: string;
}

/** An open PIN entry at a PIN pad of its own; the screen shows no keys. `typed`: digits so far; 0 for pads that tell nobody
 *  their keys. */
export interface PadPinView {
  readonly length: number;
  readonly typed: number;
}

export interface ResultView {
  readonly kind: 'approved' | 'declined' | 'cancelled' | 'unknown';
  readonly code: DeclineCode | null;
  readonly codeNumber: string | null;
  readonly fact: CardState | InsuranceStatus | null;
  /** For `unknown`: what happens next and in how many milliseconds as of `sentAt`. */
  readonly nextStepInMs: number | null;
}

export interface TodayRow {
  readonly msgId: string;
  /** `HH:MM`, China Standard Time. */
  readonly time: string;
  readonly maskedName: string;
  readonly total: Fen;
  readonly shared: Fen;
  readonly cash: Fen;
  readonly kind: 'approved' | 'unknown';
}

export interface StatusView {
  /** `lost`: it was there and is not. `opening`: found, not open yet. `note`: one line on why it cannot be used. */
  readonly reader: DeviceView;
  /** Null when there is none beside the screen's pad. */
  readonly pinPad: DeviceView | null;
  readonly scanner: DeviceView | null;
  readonly centreOnline: boolean;
  readonly profile: string;
  readonly institution: string;
  readonly operator: string | null;
  /** Always true: this program is a simulator, and every screen says so (测试环境). */
  readonly testEnvironment: true;
}

export interface DeviceView {
  readonly kind: 'virtual' | 'serial' | 'hid' | 'helper' | 'keyboard';
  readonly name: string;
  readonly state: 'connected' | 'opening' | 'lost';
  /** Why it cannot be used, or why a better one cannot while this one is connected: in a sentence for whoever comes to
   *  help, and as the code of that fault. */
  readonly note: string | null;
  readonly trouble?: DeviceTrouble;
}
/** As `DeviceFaultCode` of the drivers. */
export type DeviceTrouble = 'notFound' | 'locked' | 'denied' | 'unavailable' | 'gone' | 'failed';

/** What the customer's display shows: the panel alone, nothing of the operator's list. */
export type CustomerView = Pick<
  TerminalView,
  'stage' | 'prompt' | 'countdown' | 'sentAt' | 'amount' | 'pin' | 'padPin' | 'result' | 'voice'
> & { readonly cash: Fen | null; readonly shared: Fen | null };

/** A family of the virtual deck and what it shows. Synthetic people only. */
export interface DeckHousehold {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly shows: { readonly 'zh-CN': string; readonly en: string };
  readonly people: readonly DeckPerson[];
}
export interface DeckPerson {
  readonly id: string;
  readonly name: string;
  readonly last4: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly card: CardState;
  /** Fen; null = no personal account. What the deck was loaded with, not today's balance. */
  readonly balance: Fen | null;
  /** Names of people of the same household whose money this person may use. */
  readonly providers: readonly string[];
}

export const readingFaults = ['none', 'half', 'noise', 'double', 'slow', 'reversed'] as const;
export type ReadingFault = (typeof readingFaults)[number];

export interface Settings {
  readonly language: Language;
  readonly theme: 'light' | 'dark' | 'system';
  readonly voice: boolean;
}
