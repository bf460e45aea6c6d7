import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AmountDraft,
  type AmountKey,
  abandoned,
  afterKey,
  afterView,
  emptyDraft,
  typed,
} from '../../src/ui/amount-draft.ts';

const keys: readonly AmountKey[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '00', 'point', 'erase', 'clear'];

function typedAll(pressed: readonly AmountKey[]): AmountDraft {
  return pressed.reduce(afterKey, emptyDraft);
}

describe('typing an amount', () => {
  it.each<[AmountKey[], string]>([
    [['8', '0'], '80'],
    [['8', '0', 'point', '5'], '80.5'],
    [['point', '5'], '0.5'],
    [['0', '8'], '8'],
    [['0', '0', '8'], '8'],
    [['00'], ''],
    [['8', '00'], '800'],
    [['8', 'point', 'point', '5'], '8.5'],
    [['8', '0', 'erase'], '8'],
    [['8', '0', 'clear'], ''],
    [['erase'], ''],
    [['8', 'point', '1', '2', '3'], '8.123'],
  ])('%j gives "%s"', (pressed, text) => {
    expect(typedAll(pressed).text).toBe(text);
  });

  it('stays within what an intent may carry, whatever is pressed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys), { maxLength: 60 }), (pressed) => {
        expect(typedAll(pressed).text).toMatch(/^(\d{1,12}|\d+\.\d*)?$/);
        expect(typedAll(pressed).text.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('sends nothing when a key changes nothing', () => {
    expect(afterKey(emptyDraft, 'erase')).toBe(emptyDraft);
    expect(typed('8.', 'point')).toBe('8.');
  });
});

describe('the draft and the terminal', () => {
  it('is not set back by an echo that is behind the typing', () => {
    const fast = typedAll(['8', '0']);
    expect(afterView(fast, '8').text).toBe('80');
    expect(afterView(afterView(fast, '8'), '80')).toEqual({ text: '80', sent: [], echoed: '80' });
  });

  it('is not set back by a view that left before the echo', () => {
    const acknowledged = afterView(typedAll(['8']), '8');
    expect(afterView(afterKey(acknowledged, '0'), '8').text).toBe('80');
    expect(afterView(typedAll(['8']), null).text).toBe('8');
  });

  it('catches up when echoes are left out', () => {
    expect(afterView(typedAll(['8', '0', 'point']), '80.')).toEqual({ text: '80.', sent: [], echoed: '80.' });
  });

  it('gives way to what the terminal says itself', () => {
    const typing = afterView(typedAll(['8', '0']), '80');
    expect(afterView(typing, '80.00').text).toBe('80.00');
    expect(afterView(typing, null).text).toBe('');
  });

  it('is gone with a cancelled sale, even when its last echo never came', () => {
    expect(afterView(abandoned(typedAll(['8'])), null).text).toBe('');
  });

  it('shows what was typed last once all echoes are in, whichever of them arrive', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...keys), { minLength: 1, maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        (pressed, arrives) => {
          const draft = typedAll(pressed);
          const echoes = draft.sent.filter((_, index) => arrives[index] || index === draft.sent.length - 1);
          expect(echoes.reduce(afterView, draft).text).toBe(draft.text);
        },
      ),
    );
  });
});
