import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardLineBytesMax, decodeCardLine, encodeChipLine, encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { cardReadOf } from '../../drivers/codec/card-read-of.ts';
import { contentOf, exposed, syntheticCard } from './synthetic-card.ts';

const card = syntheticCard(1);

describe('one line of a reader', () => {
  it.each([
    ['stripe', encodeStripeLine(card), contentOf(card, 'stripe')],
    ['chip', encodeChipLine(card), contentOf(card, 'chip')],
    ['stripe drawn backwards', encodeStripeLine(card).toReversed(), contentOf(card, 'stripe')],
    ['chip put in backwards', encodeChipLine(card).toReversed(), 'reversed'],
    ['a control character', Buffer.from('%B\u0003'), 'noise'],
    ['bytes above 7E that are no chip', Uint8Array.of(0xd5, 0xc5), 'noise'],
    ['a scanned code', Buffer.from('4240000000000000000000000000'), 'notACard'],
    ['nothing', Buffer.from(''), 'notACard'],
    ['longer than any line', new Uint8Array(cardLineBytesMax + 1).fill(0x41), 'tooLong'],
  ])('%s', (_it, line, expected) => {
    expect(exposed(cardReadOf(decodeCardLine(line)))).toEqual(expected);
  });

  it('the longest name of the deck fits a line', () => {
    expect(encodeChipLine(card).length).toBeLessThan(cardLineBytesMax);
  });

  it('any bytes give an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * cardLineBytesMax }), (line) => {
        expect(typeof decodeCardLine(line).ok).toBe('boolean');
      }),
    );
  });
});
