import { describe, expect, it } from 'vitest';
import { type Deed, deedOf, keyOf, nothingOpen, type Situation } from '../../src/ui/keys.ts';

/** Nothing is open, everything may be. */
const calm: Situation = { ...nothingOpen, mayLook: true, mayOpenDesk: true };
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
    ['F4', {}, 'binding'],
    ['F9', {}, 'dayEnd'],
    ['F4', { mayOpenDesk: false }, 'swallow'],
    ['F9', { mayOpenDesk: false }, 'swallow'],
    ['a', {}, 'leave'],
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

  it.each<[string, Partial<Situation>, string]>([
    ['7', { desk: 'number' }, 'desk.type 7'],
    ['x', { desk: 'number' }, 'desk.type X'],
    ['Backspace', { desk: 'number' }, 'desk.erase'],
    ['ArrowRight', { desk: 'number' }, 'desk.action 1'],
    ['Enter', { desk: 'number' }, 'desk.confirm'],
    ['ArrowDown', { desk: 'list' }, 'desk.row 1'],
    ['ArrowLeft', { desk: 'list' }, 'desk.action -1'],
    ['7', { desk: 'list', mayTypeAmount: true }, 'leave'],
    ['7', { desk: 'form', mayTypeAmount: true }, 'leave'],
    ['ArrowDown', { desk: 'form' }, 'leave'],
    // Enter in a field goes on; on a button it presses that button.
    ['Enter', { desk: 'form', onControl: true, inField: true }, 'desk.confirm'],
    ['Enter', { desk: 'form', onControl: true, onButton: true }, 'leave'],
    ['Escape', { desk: 'form' }, 'desk.back'],
    ['Escape', { desk: 'number', drawerOpen: true }, 'drawer'],
    ['m', { desk: 'number', drawerOpen: true }, 'leave'],
    ['7', { desk: 'number', drawerOpen: true }, 'leave'],
    ['Enter', { desk: 'number', drawerOpen: true }, 'leave'],
    ['Escape', { desk: 'form', padOpen: true }, 'leave'],
    ['F4', { desk: 'form', padOpen: true }, 'leave'],
    ['F4', { desk: 'other' }, 'desk.close'],
    ['F3', { desk: 'number' }, 'drawer'],
    ['F8', { desk: 'other' }, 'language'],
    ['F2', { desk: 'other' }, 'swallow'],
    ['F6', { desk: 'list' }, 'swallow'],
    ['F9', { desk: 'form' }, 'swallow'],
    ['F10', { desk: 'form' }, 'swallow'],
    ['F12', { desk: 'number' }, 'swallow'],
    ['Escape', { dayEndOpen: true }, 'dayEnd.close'],
    ['F9', { dayEndOpen: true }, 'dayEnd.close'],
    ['Enter', { dayEndOpen: true }, 'leave'],
    ['8', { dayEndOpen: true, mayTypeAmount: true }, 'swallow'],
    ['Enter', { dayEndOpen: true, slipOpen: true }, 'slip.close'],
  ])('at the binding desk and the day end, %s in %j: %s', (key, situation, expected) => {
    expect(deed(key, situation)).toBe(expected);
  });

  it.each<[string, string]>([
    ['7', 'pin.digit 7'],
    ['a', 'swallow'],
    ['F4', 'swallow'],
    ['F9', 'swallow'],
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
    expect(deed(key, { pinAsked: true, desk: 'number' })).toBe(expected);
  });

  it.each(['7', 'Backspace', 'Enter'])("%s goes nowhere while the PIN is typed on the customer's display", (key) => {
    expect(deed(key, { pinAsked: true, pinHere: false, mayTypeAmount: true })).toBe('swallow');
  });

  it('reads digits that an input method holds back', () => {
    expect(keyOf({ ...plain, key: 'Process', code: 'KeyX' })).toEqual({ kind: 'letter', letter: 'X' });
    expect(keyOf({ ...plain, key: 'Process', code: 'Digit5' })).toEqual({ kind: 'digit', digit: 5 });
    expect(keyOf({ ...plain, key: 'Process', code: 'Numpad0' })).toEqual({ kind: 'digit', digit: 0 });
    expect(keyOf({ ...plain, key: 'Process', code: 'NumpadDecimal' })).toEqual({ kind: 'point' });
  });

  it('leaves shortcuts of the system alone', () => {
    expect(keyOf({ ...plain, key: '5', ctrlKey: true })).toBeNull();
    expect(keyOf({ ...plain, key: 'F12', altKey: true })).toBeNull();
  });
});
