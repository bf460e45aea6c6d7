import type { AmountKey } from './amount-draft.ts';

/** A key of the keyboard as this program knows it. */
export type Key =
  | { readonly kind: 'digit'; readonly digit: number }
  | { readonly kind: 'letter'; readonly letter: string }
  | { readonly kind: NamedKey };

type NamedKey =
  | 'point'
  | 'erase'
  | 'confirm'
  | 'cancel'
  | 'help'
  | 'inquiry'
  | 'drawer'
  | 'binding'
  | 'list'
  | 'dayEnd'
  | 'language'
  | 'supervisor'
  | 'sign'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageUp'
  | 'pageDown';

/** What is open when a key comes. `onControl`: the keyboard has been moved onto a button, which Enter then presses.
 *  `inField`: it stands in a field of text. `mayLook`: a balance query, the list of sales and
 *  the supervisor's panel may be opened now. */
export interface Situation {
  /** What the binding desk shows; `number`: a number is keyed in. */
  readonly desk: 'closed' | 'number' | 'list' | 'form' | 'other';
  readonly dayEndOpen: boolean;
  /** The binding desk and the day's end may be opened now. */
  readonly mayOpenDesk: boolean;
  /** A pad for a field lies over the form, with the document's own keys. */
  readonly padOpen: boolean;
  /** The keyboard has been moved onto a button, and not onto a field. */
  readonly onButton: boolean;
  readonly pinAsked: boolean;
  readonly pinHere: boolean;
  readonly helpOpen: boolean;
  readonly drawerOpen: boolean;
  readonly mayTypeAmount: boolean;
  /** An outcome is unknown: who types an amount is told why no sale starts. */
  readonly saleRefused: boolean;
  readonly onControl: boolean;
  readonly inField: boolean;
  readonly slipOpen: boolean;
  readonly supervisorOpen: boolean;
  readonly inquiryOpen: boolean;
  readonly list: 'closed' | 'rows' | 'amount';
  readonly mayLook: boolean;
}

/** A screen on which nothing is open and nothing may be opened. */
export const nothingOpen: Situation = {
  desk: 'closed',
  dayEndOpen: false,
  mayOpenDesk: false,
  padOpen: false,
  onButton: false,
  pinAsked: false,
  pinHere: true,
  helpOpen: false,
  drawerOpen: false,
  mayTypeAmount: false,
  saleRefused: false,
  onControl: false,
  inField: false,
  slipOpen: false,
  supervisorOpen: false,
  inquiryOpen: false,
  list: 'closed',
  mayLook: false,
};

/** What a key does; `swallow`: nothing, and nobody else may have it; `leave`: the document's own behaviour. */
export type Deed =
  | { readonly kind: 'pin.digit'; readonly digit: number }
  | { readonly kind: 'amount.key' | 'refund.key'; readonly key: AmountKey }
  | { readonly kind: 'amount.refused'; readonly digit: number }
  | { readonly kind: 'list.row' | 'list.action' | 'list.day'; readonly step: 1 | -1 }
  | { readonly kind: 'desk.row' | 'desk.action'; readonly step: 1 | -1 }
  | { readonly kind: 'desk.type'; readonly character: string }
  | {
      readonly kind:
        | 'binding'
        | 'desk.erase'
        | 'desk.confirm'
        | 'desk.back'
        | 'desk.close'
        | 'dayEnd'
        | 'dayEnd.close'
        | 'pin.clear'
        | 'pin.confirm'
        | 'confirm'
        | 'cancel'
        | 'help'
        | 'drawer'
        | 'language'
        | 'sign'
        | 'inquiry'
        | 'inquiry.close'
        | 'list'
        | 'list.confirm'
        | 'list.back'
        | 'supervisor'
        | 'supervisor.back'
        | 'slip.close'
        | 'swallow'
        | 'leave';
    };

const named: Readonly<Record<string, NamedKey>> = {
  '.': 'point',
  Decimal: 'point',
  Backspace: 'erase',
  Delete: 'erase',
  Enter: 'confirm',
  Escape: 'cancel',
  F1: 'help',
  F2: 'inquiry',
  F3: 'drawer',
  F4: 'binding',
  F6: 'list',
  F8: 'language',
  F9: 'dayEnd',
  F10: 'supervisor',
  F12: 'sign',
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
};

/** Reads a keyboard event. `code` is looked at when an input method holds the key back, as Chinese ones do. */
export function keyOf(event: {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}): Key | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const digit = /^\d$/.test(event.key) ? event.key : heldBack(event);
  if (digit !== undefined) return { kind: 'digit', digit: Number(digit) };
  const letter = letterOf(event);
  if (letter !== undefined) return { kind: 'letter', letter };
  const kind = event.key === 'Process' && event.code === 'NumpadDecimal' ? 'point' : named[event.key];
  return kind === undefined ? null : { kind };
}

function heldBack(event: { readonly key: string; readonly code: string }): string | undefined {
  return event.key === 'Process' ? /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] : undefined;
}

/** Always a capital, as numbers are written. */
function letterOf(event: { readonly key: string; readonly code: string }): string | undefined {
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  return event.key === 'Process' ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined;
}

/** Where a key goes. While a PIN is asked for, digits go to the PIN and nowhere else; when the pad is on the customer's
 *  display they go nowhere at all, and nothing beside the sale can be opened. */
export function deedOf(key: Key, situation: Situation): Deed {
  if (key.kind === 'help') return { kind: 'help' };
  if (situation.helpOpen)
    return { kind: key.kind === 'cancel' ? 'help' : key.kind === 'confirm' ? 'leave' : 'swallow' };
  if (situation.pinAsked) return withPin(key, situation);
  if (situation.slipOpen) {
    return { kind: key.kind === 'cancel' || key.kind === 'confirm' ? 'slip.close' : 'swallow' };
  }
  if (situation.supervisorOpen) return withSupervisor(key, situation);
  if (situation.dayEndOpen) return withDayEnd(key);
  if (situation.desk !== 'closed') return withDesk(key, situation);
  if (key.kind === 'binding' || key.kind === 'dayEnd') return { kind: situation.mayOpenDesk ? key.kind : 'swallow' };
  if (key.kind === 'list' || key.kind === 'supervisor' || key.kind === 'inquiry') {
    return { kind: situation.mayLook ? key.kind : 'swallow' };
  }
  if (key.kind === 'cancel' && situation.drawerOpen) return { kind: 'drawer' };
  const inList = situation.list === 'closed' || situation.drawerOpen ? null : withList(key, situation);
  return inList ?? withSale(key, situation);
}

function withPin(key: Key, { pinHere }: Situation): Deed {
  switch (key.kind) {
    case 'digit':
      return pinHere ? { kind: 'pin.digit', digit: key.digit } : { kind: 'swallow' };
    case 'erase':
      return { kind: pinHere ? 'pin.clear' : 'swallow' };
    case 'confirm':
      return { kind: pinHere ? 'pin.confirm' : 'swallow' };
    case 'cancel':
    case 'drawer':
    case 'language':
    case 'sign':
      return { kind: key.kind };
    default:
      return { kind: 'swallow' };
  }
}

/** The panel's buttons and fields have the document's own keys; nothing of the sale behind it is reached. */
function withSupervisor(key: Key, { inField }: Situation): Deed {
  if (key.kind === 'cancel') return { kind: 'supervisor.back' };
  if (key.kind === 'supervisor' || key.kind === 'language') return { kind: key.kind };
  if (key.kind === 'confirm') return { kind: 'leave' };
  return { kind: inField ? 'leave' : 'swallow' };
}

/** The panel's buttons have the document's own keys. */
function withDayEnd({ kind }: Key): Deed {
  if (kind === 'cancel' || kind === 'dayEnd') return { kind: 'dayEnd.close' };
  return { kind: kind === 'language' ? 'language' : kind === 'confirm' ? 'leave' : 'swallow' };
}

/** While the binding desk is open nothing of the sale is reached. Fields and buttons have the document's own keys; Enter
 *  always goes on, except on a button. The virtual reader's drawer, while it is open, has its own. */
function withDesk(key: Key, { desk, drawerOpen, padOpen, onButton }: Situation): Deed {
  if (padOpen) return asDocument(key);
  switch (key.kind) {
    case 'drawer':
    case 'language':
      return { kind: key.kind };
    case 'binding':
      return { kind: 'desk.close' };
    case 'cancel':
      return { kind: drawerOpen ? 'drawer' : 'desk.back' };
    case 'confirm':
      return { kind: drawerOpen || onButton ? 'leave' : 'desk.confirm' };
    default:
      if (drawerOpen) return { kind: 'leave' };
      return desk === 'number' ? withNumber(key) : desk === 'list' ? withLinks(key) : asDocument(key);
  }
}

function withNumber(key: Key): Deed {
  switch (key.kind) {
    case 'digit':
      return { kind: 'desk.type', character: String(key.digit) };
    case 'letter':
      return { kind: 'desk.type', character: key.letter };
    case 'erase':
      return { kind: 'desk.erase' };
    case 'left':
      return { kind: 'desk.action', step: -1 };
    case 'right':
      return { kind: 'desk.action', step: 1 };
    default:
      return asDocument(key);
  }
}

function withLinks(key: Key): Deed {
  switch (key.kind) {
    case 'up':
      return { kind: 'desk.row', step: -1 };
    case 'down':
      return { kind: 'desk.row', step: 1 };
    case 'left':
      return { kind: 'desk.action', step: -1 };
    case 'right':
      return { kind: 'desk.action', step: 1 };
    default:
      return asDocument(key);
  }
}

const ofTheSale: readonly Key['kind'][] = ['inquiry', 'list', 'dayEnd', 'supervisor', 'sign'];

function asDocument(key: Key): Deed {
  return { kind: ofTheSale.includes(key.kind) ? 'swallow' : 'leave' };
}

/** Null: the key does what it does without the list. */
function withList(key: Key, { list, onControl }: Situation): Deed | null {
  switch (key.kind) {
    case 'confirm':
      return { kind: onControl ? 'leave' : 'list.confirm' };
    case 'cancel':
      return { kind: 'list.back' };
    case 'digit':
      return list === 'amount' ? { kind: 'refund.key', key: String(key.digit) as AmountKey } : { kind: 'swallow' };
    case 'point':
    case 'erase':
      return list === 'amount' ? { kind: 'refund.key', key: key.kind } : { kind: 'swallow' };
    default:
      return list === 'rows' ? arrow(key) : null;
  }
}

function arrow({ kind }: Key): Deed | null {
  switch (kind) {
    case 'up':
      return { kind: 'list.row', step: -1 };
    case 'down':
      return { kind: 'list.row', step: 1 };
    case 'left':
      return { kind: 'list.action', step: -1 };
    case 'right':
      return { kind: 'list.action', step: 1 };
    case 'pageUp':
      return { kind: 'list.day', step: -1 };
    case 'pageDown':
      return { kind: 'list.day', step: 1 };
    default:
      return null;
  }
}

function withSale(key: Key, situation: Situation): Deed {
  switch (key.kind) {
    case 'digit':
      if (situation.mayTypeAmount) return { kind: 'amount.key', key: String(key.digit) as AmountKey };
      return situation.saleRefused ? { kind: 'amount.refused', digit: key.digit } : { kind: 'swallow' };
    case 'point':
    case 'erase':
      return situation.mayTypeAmount ? { kind: 'amount.key', key: key.kind } : { kind: 'swallow' };
    case 'confirm':
      return { kind: situation.onControl ? 'leave' : 'confirm' };
    case 'cancel':
      return { kind: situation.inquiryOpen ? 'inquiry.close' : 'cancel' };
    case 'drawer':
    case 'language':
    case 'sign':
    case 'help':
      return { kind: key.kind };
    default:
      return { kind: 'leave' };
  }
}
