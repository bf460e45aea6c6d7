import { describe, expect, it } from 'vitest';
import { type Deed, deedOf, keyOf, type Situation } from '../../src/ui/keys.ts';

const calm: Situation = {
  pinAsked: false,
  pinHere: true,
  helpOpen: false,
  drawerOpen: false,
  mayTypeAmount: false,
  onControl: false,
};
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
    ['F2', {}, 'not ours'],
    ['Tab', {}, 'not ours'],
  ])('%s in %j: %s', (key, situation, expected) => {
    expect(deed(key, situation)).toBe(expected);
  });

  it.each<[string, string]>([
    ['7', 'pin.digit 7'],
    ['Backspace', 'pin.clear'],
    ['Enter', 'pin.confirm'],
    ['Escape', 'cancel'],
    ['.', 'swallow'],
  ])('while a PIN is asked for, %s is %s, whatever else is open', (key, expected) => {
    expect(deed(key, { pinAsked: true, mayTypeAmount: true, onControl: true })).toBe(expected);
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
