import type { AmountKey } from './amount-draft.ts';

/** A key of the keyboard as this program knows it. */
export type Key =
  | { readonly kind: 'digit'; readonly digit: number }
  | { readonly kind: 'point' | 'erase' | 'confirm' | 'cancel' | 'help' | 'drawer' | 'language' | 'sign' };

/** What is open when a key comes. `onControl`: the keyboard has been moved onto a button, which Enter then presses. */
export interface Situation {
  readonly pinAsked: boolean;
  readonly pinHere: boolean;
  readonly helpOpen: boolean;
  readonly drawerOpen: boolean;
  readonly mayTypeAmount: boolean;
  readonly onControl: boolean;
}

/** What a key does; `swallow`: nothing, and nobody else may have it; `leave`: the document's own behaviour. */
export type Deed =
  | { readonly kind: 'pin.digit'; readonly digit: number }
  | { readonly kind: 'amount.key'; readonly key: AmountKey }
  | {
      readonly kind:
        | 'pin.clear'
        | 'pin.confirm'
        | 'confirm'
        | 'cancel'
        | 'help'
        | 'drawer'
        | 'language'
        | 'sign'
        | 'swallow'
        | 'leave';
    };

const named: Readonly<Record<string, Exclude<Key['kind'], 'digit'>>> = {
  '.': 'point',
  Decimal: 'point',
  Backspace: 'erase',
  Delete: 'erase',
  Enter: 'confirm',
  Escape: 'cancel',
  F1: 'help',
  F3: 'drawer',
  F8: 'language',
  F12: 'sign',
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
  const kind = event.key === 'Process' && event.code === 'NumpadDecimal' ? 'point' : named[event.key];
  return kind === undefined ? null : { kind };
}

function heldBack(event: { readonly key: string; readonly code: string }): string | undefined {
  return event.key === 'Process' ? /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] : undefined;
}

/** Where a key goes. While a PIN is asked for, digits go to the PIN and nowhere else; when the pad is on the customer's
 *  display they go nowhere at all. */
export function deedOf(key: Key, situation: Situation): Deed {
  if (key.kind === 'help') return { kind: 'help' };
  if (situation.helpOpen)
    return { kind: key.kind === 'cancel' ? 'help' : key.kind === 'confirm' ? 'leave' : 'swallow' };
  if (situation.pinAsked && (key.kind === 'digit' || key.kind === 'point' || key.kind === 'erase')) {
    if (!situation.pinHere || key.kind === 'point') return { kind: 'swallow' };
    return key.kind === 'digit' ? { kind: 'pin.digit', digit: key.digit } : { kind: 'pin.clear' };
  }
  switch (key.kind) {
    case 'digit':
      return situation.mayTypeAmount
        ? { kind: 'amount.key', key: String(key.digit) as AmountKey }
        : { kind: 'swallow' };
    case 'point':
    case 'erase':
      return situation.mayTypeAmount ? { kind: 'amount.key', key: key.kind } : { kind: 'swallow' };
    case 'confirm':
      if (situation.pinAsked) return { kind: situation.pinHere ? 'pin.confirm' : 'swallow' };
      return { kind: situation.onControl ? 'leave' : 'confirm' };
    case 'cancel':
      return { kind: situation.drawerOpen ? 'drawer' : 'cancel' };
    default:
      return { kind: key.kind };
  }
}
