import { describe, expect, it } from 'vitest';
import { type Deed, deedOf, keyOf, nothingOpen, type Situation } from '../../src/ui/keys.ts';

/** Nothing is open, everything may be. */
const calm: Situation = { ...nothingOpen, mayLook: true };
const plain = { code: '', ctrlKey: false, altKey: false, metaKey: false };

function deed(key: string, situation: Partial<Situation> = {}): Deed['kind'] | string {
  const read = keyOf({ ...plain, key });
  if (read === null) return 'not ours';
  const { kind, ...rest } = deedOf(read, { ...calm, ...situation });
  return [kind, ...Object.values(rest)].join(' ');
}

describe('where a key goes', () => {
  it.each<[string, Partial<Situation>, string]>([
    ['8', { mayTypeAmount: true }, 'amount.key 8'],
    ['.', { mayTypeAmount: true }, 'amount.key point'],
    ['Backspace', { mayTypeAmount: true }, 'amount.key erase'],
    ['8', {}, 'swallow'],
    ['Enter', {}, 'confirm'],
    ['Enter', { onControl: true }, 'leave'],
    ['Escape', {}, 'cancel'],
    ['Escape', { drawerOpen: true }, 'drawer'],
    ['Escape', { helpOpen: true }, 'help'],
    ['Enter', { helpOpen: true }, 'leave'],
    ['8', { helpOpen: true, mayTypeAmount: true }, 'swallow'],
    ['F1', {}, 'help'],
    ['F3', {}, 'drawer'],
    ['F8', {}, 'language'],
    ['F12', {}, 'sign'],
    ['F2', {}, 'inquiry'],
    ['F6', {}, 'list'],
    ['F10', {}, 'supervisor'],
    ['F2', { mayLook: false }, 'swallow'],
    ['F6', { mayLook: false }, 'swallow'],
    ['F10', { mayLook: false }, 'swallow'],
    ['8', { saleRefused: true }, 'amount.refused 8'],
    ['ArrowDown', {}, 'leave'],
    ['Escape', { inquiryOpen: true }, 'inquiry.close'],
    ['Enter', { inquiryOpen: true }, 'confirm'],
    ['8', { inquiryOpen: true, mayTypeAmount: true }, 'amount.key 8'],
    ['Tab', {}, 'not ours'],
  ])('%s in %j: %s', (key, situation, expected) => {
    expect(deed(key, situation)).toBe(expected);
  });

  it.each<[string, Partial<Situation>, string]>([
    ['ArrowDown', { list: 'rows' }, 'list.row 1'],
    ['ArrowUp', { list: 'rows' }, 'list.row -1'],
    ['ArrowRight', { list: 'rows' }, 'list.action 1'],
    ['ArrowLeft', { list: 'rows' }, 'list.action -1'],
    ['PageUp', { list: 'rows' }, 'list.day -1'],
    ['PageDown', { list: 'rows' }, 'list.day 1'],
    ['Enter', { list: 'rows' }, 'list.confirm'],
    ['Enter', { list: 'rows', onControl: true }, 'leave'],
    ['Escape', { list: 'rows', inquiryOpen: true }, 'list.back'],
    ['8', { list: 'rows', mayTypeAmount: true }, 'swallow'],
    ['8', { list: 'amount', mayTypeAmount: true }, 'refund.key 8'],
    ['.', { list: 'amount' }, 'refund.key point'],
    ['Backspace', { list: 'amount' }, 'refund.key erase'],
    ['Enter', { list: 'amount' }, 'list.confirm'],
    ['Escape', { list: 'amount' }, 'list.back'],
    ['F6', { list: 'rows' }, 'list'],
    ['F3', { list: 'rows' }, 'drawer'],
    ['8', { supervisorOpen: true, mayTypeAmount: true }, 'swallow'],
    ['8', { supervisorOpen: true, inField: true }, 'leave'],
    ['Backspace', { supervisorOpen: true, inField: true }, 'leave'],
    ['Enter', { supervisorOpen: true }, 'leave'],
    ['Escape', { supervisorOpen: true, list: 'rows' }, 'supervisor.back'],
    ['F12', { supervisorOpen: true }, 'swallow'],
    ['Enter', { slipOpen: true }, 'slip.close'],
    ['Escape', { slipOpen: true, supervisorOpen: true }, 'slip.close'],
    ['8', { slipOpen: true, mayTypeAmount: true }, 'swallow'],
  ])('beside the sale, %s in %j: %s', (key, situation, expected) => {
    expect(deed(key, situation)).toBe(expected);
  });

  it.each<[string, string]>([
    ['7', 'pin.digit 7'],
    ['F2', 'swallow'],
    ['F6', 'swallow'],
    ['F10', 'swallow'],
    ['ArrowDown', 'swallow'],
    ['Backspace', 'pin.clear'],
    ['Enter', 'pin.confirm'],
    ['Escape', 'cancel'],
    ['.', 'swallow'],
  ])('while a PIN is asked for, %s is %s, whatever else is open', (key, expected) => {
    const open = { list: 'amount', supervisorOpen: true, slipOpen: true, inquiryOpen: true, inField: true } as const;
    expect(deed(key, { pinAsked: true, mayTypeAmount: true, onControl: true })).toBe(expected);
    expect(deed(key, { pinAsked: true, saleRefused: true, ...open })).toBe(expected);
  });

  it.each(['7', 'Backspace', 'Enter'])("%s goes nowhere while the PIN is typed on the customer's display", (key) => {
    expect(deed(key, { pinAsked: true, pinHere: false, mayTypeAmount: true })).toBe('swallow');
  });

  it('reads digits that an input method holds back', () => {
    expect(keyOf({ ...plain, key: 'Process', code: 'Digit5' })).toEqual({ kind: 'digit', digit: 5 });
    expect(keyOf({ ...plain, key: 'Process', code: 'Numpad0' })).toEqual({ kind: 'digit', digit: 0 });
    expect(keyOf({ ...plain, key: 'Process', code: 'NumpadDecimal' })).toEqual({ kind: 'point' });
  });

  it('leaves shortcuts of the system alone', () => {
    expect(keyOf({ ...plain, key: '5', ctrlKey: true })).toBeNull();
    expect(keyOf({ ...plain, key: 'F12', altKey: true })).toBeNull();
  });
});
