import type { CounterState } from '../domain/counter-state.ts';
import type { DeclineCode } from '../domain/decline-code.ts';
import type { DocumentKind, LinkTerms, LinkVerdict } from '../domain/link-application.ts';
import type { LinkRecord, LinkStanding } from '../domain/link-record.ts';
import type { Fen } from '../domain/money.ts';
import type { CardState, InsuranceKind, InsuranceStatus, Relation } from '../domain/person.ts';
import type { BindingRules } from '../domain/policy-profile.ts';
import type { Language, Prompt } from '../domain/prompt.ts';
import type { ReceiptLine } from '../domain/receipt.ts';
import type { Split } from '../domain/settlement.ts';
import type { Remaining, Returned, UndoKind, UndoQuote } from '../domain/undo.ts';

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
  readonly confirm: 'amount' | 'quote' | 'undo' | 'query' | 'finish' | 'signIn' | null;
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
  /** The sales of `listDay`, newest first. */
  readonly today: readonly TodayRow[];
  /** The day that `today` lists, `YYYY-MM-DD`; null = the present one. */
  readonly listDay: string | null;
  /** Why the list is not on the day that was asked for. */
  readonly listNote: 'noEarlierDay' | null;
  /** What would be given back to whom; there while an undo is being looked at. */
  readonly undoQuote: UndoQuote | null;
  /** What was given back; there with the result `undone`, unless there was nothing to give back. */
  readonly undone: UndoneView | null;
  /** The message whose outcome is unknown; there in the stage `unknown`. */
  readonly unknown: UnknownView | null;
  /** Suspended items (挂账) that nobody has resolved yet. */
  readonly suspended: readonly SuspendedView[];
  readonly inquiry: InquiryView | null;
  /** The binding desk (刷卡绑定); null while it is closed. Over the sale's screen: while it is open no sale starts. */
  readonly binding: BindingView | null;
  /** The day's end; null while it is closed. */
  readonly dayEnd: DayEndView | null;
  /** A slip printed again, already marked as such; shown over everything else until it is closed. */
  readonly reprint: readonly ReceiptLine[] | null;
  readonly status: StatusView;
  /** Null where there is no supervisor's panel. */
  readonly health: HealthView | null;
}

export interface UndoneView {
  readonly kind: UndoKind;
  readonly returned: Returned;
  readonly remaining: Remaining | null;
}

/** What only a supervisor asks for: how the terminal keeps its keys and its journal. */
export interface HealthView {
  /** What seals the keys at rest: the operating system's store, a passphrase given at each start, or one in a file. */
  readonly keyProtection: 'osStore' | 'passphrase' | 'passphraseFile';
  /** The journal was damaged: the damaged file, kept whole, and how many of its entries could not be read. */
  readonly journalSetAside: { readonly path: string; readonly unreadable: number } | null;
  /** The last faults that the terminal has reported, newest first: when (`HH:MM:SS`, China Standard Time) and which, by
   *  name and code. */
  readonly faults: readonly { readonly time: string; readonly name: string }[];
}

/** An outcome that is not known. `step`: what happens by itself when the countdown ends. `attempts`: questions and
 *  reversals sent so far; `asking`: one of them is under way. `mayReverse`: a supervisor may have it reversed. */
export interface UnknownView {
  readonly msgId: string;
  readonly kind: 'settle' | 'cancel' | 'refund';
  readonly amount: Fen;
  /** `HH:MM:SS`, China Standard Time, when it was sent. */
  readonly sentTime: string;
  readonly step: 'query' | 'reverse';
  readonly attempts: number;
  readonly asking: boolean;
  readonly mayReverse: boolean;
  /** More of them behind this one. */
  readonly waiting: number;
}

export interface SuspendedView {
  readonly msgId: string;
  readonly kind: 'settle' | 'cancel' | 'refund';
  readonly amount: Fen;
  readonly time: string;
  readonly by: string;
  readonly reason: string;
}

/** A balance query beside the sale. A provider's balance is never told. */
export interface InquiryView {
  readonly stage: 'awaitingCard' | 'asking' | 'shown' | 'refused';
  readonly prompt: Prompt;
  readonly maskedName: string | null;
  readonly maskedCard: string | null;
  readonly own: Fen | null;
  readonly wallet: Fen | null;
  readonly providers: readonly {
    readonly maskedName: string;
    readonly relation: Relation;
    readonly available: boolean;
  }[];
}

/** The binding desk's stages, as `BindingStage` of the terminal. */
export type BindingStageView =
  | ('awaitingProvider' | 'lookingUpProvider' | 'awaitingPin' | 'admitting' | 'desk')
  | ('awaitingBeneficiary' | 'lookingUpBeneficiary' | 'fillingIn' | 'explaining' | 'reviewing' | 'linking' | 'linked')
  | ('givingReason' | 'unlinking' | 'unlinked' | 'unclear' | 'refused');

/** All that the screen shows of the binding desk, masked. `pin` and `padPin` of the terminal's view are its as well. */
export interface BindingView {
  readonly stage: BindingStageView;
  readonly channel: 'counter' | 'hospital';
  readonly prompt: Prompt;
  readonly notice: Prompt | null;
  readonly countdown: { readonly totalMs: number; readonly remainingMs: number } | null;
  readonly provider: BindingPersonView | null;
  readonly beneficiary: BindingPersonView | null;
  readonly task: 'link' | 'change' | 'unlink' | null;
  /** The link that is changed or ended. */
  readonly taskLink: LinkStanding | null;
  readonly links: readonly LinkStanding[];
  readonly asks: BindingAsks;
  readonly terms: LinkTerms | null;
  /** Of the dry run; also of a refusal. */
  readonly verdict: LinkVerdict | null;
  readonly decline: { readonly code: DeclineCode; readonly number: string; readonly triesLeft: number | null } | null;
  readonly record: LinkRecord | null;
  readonly receipt: readonly ReceiptLine[] | null;
  /** What Enter does now; null = nothing. */
  readonly confirm: 'link' | 'finish' | 'retry' | null;
  /** Whether Esc ends it now, and whether a step back is there. */
  readonly cancellable: boolean;
  readonly canGoBack: boolean;
}
export interface BindingPersonView {
  readonly maskedName: string;
  readonly maskedCard: string;
  readonly maskedId: string;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: string;
  /** Shown by how he came; null = a number was keyed in. */
  readonly document: DocumentKind | null;
}
/** What the profile's flow asks for. */
export interface BindingAsks extends BindingRules {
  readonly relations: readonly Relation[];
  readonly consent: boolean;
  readonly quota: boolean;
  readonly until: boolean;
  /** When a link gives money: for what is short, once the own account is empty (R32), out of what was set aside (R75), or
   *  never by itself, only what was sent to the wallet (R70). */
  readonly pays: 'shortfall' | 'whenEmpty' | 'quota' | 'wallet';
  /** Days after which a link may be ended. */
  readonly minLinkDays: number;
}

/** The day's end: terminal against centre. Amounts net of what was given back, as yuan text with a sign. */
export interface DayEndView {
  readonly stage: 'asking' | 'blocked' | 'refused' | 'shown';
  readonly prompt: Prompt;
  readonly day: string;
  readonly balanced: boolean;
  readonly terminal: DayTotalsView | null;
  readonly centre: DayTotalsView | null;
  readonly breaks: readonly DayBreakView[];
  /** 挂账 carried on. */
  readonly suspended: readonly SuspendedView[];
  /** What this terminal did to links that day, oldest first. */
  readonly links: readonly LinkRecord[];
  readonly receipt: readonly ReceiptLine[] | null;
}
export interface DayTotalsView {
  readonly records: number;
  readonly sales: number;
  readonly total: string;
  readonly fund: string;
  readonly own: string;
  readonly shared: string;
  readonly cash: string;
}
/** `centreOnly`: the centre has it, the terminal lacks it; `terminalOnly`: the other way round; `amount`: both have it with
 *  other amounts (R152). `suspended`: it is a 挂账 item. */
export interface DayBreakView {
  readonly kind: 'centreOnly' | 'terminalOnly' | 'amount';
  readonly msgId: string;
  readonly time: string;
  readonly terminal: string | null;
  readonly centre: string | null;
  readonly suspended: boolean;
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
  readonly kind: 'approved' | 'declined' | 'cancelled' | 'unknown' | 'undone' | 'suspended';
  readonly code: DeclineCode | null;
  readonly codeNumber: string | null;
  readonly fact: CardState | InsuranceStatus | null;
  /** For `unknown`: what happens next and in how many milliseconds as of `sentAt`. */
  readonly nextStepInMs: number | null;
}

/** A line of today's list: a sale, or money given back. `cash` of an undo is what was handed out. */
export interface TodayRow {
  readonly msgId: string;
  /** The sale's own; of an undo, that of the sale it belongs to. */
  readonly settlementId: string;
  /** `HH:MM`, China Standard Time. */
  readonly time: string;
  readonly maskedName: string;
  readonly total: Fen;
  readonly fund: Fen;
  readonly own: Fen;
  readonly shared: Fen;
  readonly cash: Fen;
  /** Of an undo: what the customer paid on top. */
  readonly cashDue: Fen;
  readonly kind: 'approved' | UndoKind;
  /** Of a sale: what can still be given back. */
  readonly left: Fen;
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
> & {
  readonly cash: Fen | null;
  readonly shared: Fen | null;
  /** Of the way back only: to the customer's own account, and what he pays on top. */
  readonly own: Fen | null;
  readonly cashDue: Fen | null;
  /** Whether `amount`, `shared` and `cash` are paid or given back. */
  readonly direction: 'pay' | 'return';
  readonly inquiry: CustomerInquiryView | null;
};

/** The customer's balance query as his display shows it. `family`: whether a relative's account would pay; null = none is
 *  linked. */
export interface CustomerInquiryView {
  readonly stage: InquiryView['stage'];
  readonly prompt: Prompt;
  readonly own: Fen | null;
  readonly wallet: Fen | null;
  readonly family: boolean | null;
}

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
