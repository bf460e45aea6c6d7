import type { PromptId } from '../domain/prompt.ts';
import type { Stage, TerminalView } from '../ipc/view.ts';

/** Whose turn it is: what the badge beside the sentence says, in words and by its shape. */
export type Turn = 'clerk' | 'customer' | 'terminal' | 'done' | 'stopped';

const turns: Readonly<Record<Stage, Turn>> = {
  recovering: 'terminal',
  signedOut: 'clerk',
  signingIn: 'terminal',
  ready: 'clerk',
  enteringAmount: 'clerk',
  awaitingCard: 'customer',
  reading: 'terminal',
  identifying: 'terminal',
  awaitingAmount: 'clerk',
  quoting: 'terminal',
  confirmingQuote: 'clerk',
  awaitingPin: 'customer',
  settling: 'terminal',
  previewingUndo: 'terminal',
  confirmingUndo: 'clerk',
  undoing: 'terminal',
  unknown: 'terminal',
  approved: 'done',
  declined: 'done',
  cancelled: 'done',
  undone: 'done',
  suspended: 'done',
  outOfService: 'stopped',
};

export function turnOf(stage: Stage): Turn {
  return turns[stage];
}

const plugItIn: readonly PromptId[] = ['readerLost', 'readerLostInSale', 'bindingReaderLost'];

/** True while the sentence asks for the reader to be plugged in. */
export function asksForReader({ prompt }: Pick<TerminalView, 'prompt'>): boolean {
  return plugItIn.includes(prompt.id);
}

/** Whose turn it is now: nobody can swipe while the clerk has not plugged the reader in. */
export function turnNow(view: Pick<TerminalView, 'stage' | 'prompt'>): Turn {
  return asksForReader(view) ? 'clerk' : turnOf(view.stage);
}

/** Stages in which an amount may be typed. */
export function mayTypeAmount(stage: Stage): boolean {
  return stage === 'ready' || stage === 'enteringAmount' || stage === 'awaitingAmount';
}

/** What the large area under the amount shows. Every stage has one picture, always at the same place. */
export type Body = 'notice' | 'pad' | 'ladder' | 'return' | 'result';

const bodies: Readonly<Record<Stage, Body>> = {
  recovering: 'notice',
  signedOut: 'notice',
  signingIn: 'notice',
  ready: 'pad',
  enteringAmount: 'pad',
  awaitingCard: 'ladder',
  reading: 'ladder',
  identifying: 'ladder',
  awaitingAmount: 'pad',
  quoting: 'ladder',
  confirmingQuote: 'ladder',
  awaitingPin: 'ladder',
  settling: 'ladder',
  previewingUndo: 'return',
  confirmingUndo: 'return',
  undoing: 'return',
  unknown: 'result',
  approved: 'result',
  declined: 'result',
  cancelled: 'result',
  undone: 'result',
  suspended: 'result',
  outOfService: 'notice',
};

export function bodyOf(stage: Stage): Body {
  return bodies[stage];
}

const pastTheCard: readonly Stage[] = [
  'identifying',
  'awaitingAmount',
  'quoting',
  'confirmingQuote',
  'awaitingPin',
  'settling',
  'previewingUndo',
  'confirmingUndo',
  'undoing',
  'unknown',
  'approved',
  'declined',
  'cancelled',
  'undone',
  'suspended',
];

/** The virtual reader's drawer makes room once a sale has gone past the card; a reading error leaves it open, so that
 *  the next swipe is one click away. */
export function closesDrawer(stage: Stage): boolean {
  return pastTheCard.includes(stage);
}

const betweenSales: readonly Stage[] = ['ready', 'unknown', 'approved', 'declined', 'cancelled', 'undone', 'suspended'];

/** True while something may lie beside or over the sale: a balance query, the list of sales, the supervisor's panel.
 *  Between sales and while an outcome is unknown, when nothing happens that the clerk must see; never while a PIN is
 *  asked for. */
export function mayLookAside({
  stage,
  pin,
  padPin,
  binding,
}: Pick<TerminalView, 'stage' | 'pin' | 'padPin' | 'binding'>): boolean {
  return binding === null && pin === null && padPin === null && betweenSales.includes(stage);
}

/** The binding desk and the day's end: between sales, and not while an outcome is unknown. */
export function mayOpenDesk(view: Parameters<typeof mayLookAside>[0]): boolean {
  return view.stage !== 'unknown' && mayLookAside(view);
}
