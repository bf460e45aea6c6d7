import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardReadOf } from '../../../drivers/codec/card-read-of.ts';
import { bitFrameBytesMax, decodeTrackBits, trackBitsCodec } from '../../../drivers/codec/track-bits.ts';
import { decodeTrackText, encodeTrackText } from '../../../drivers/codec/track-text.ts';
import capture from '../../../fixtures/captures/track2-raw-bits.json' with { type: 'json' };
import { exposed, syntheticCard } from '../synthetic-card.ts';
import { cut, decodeAll, revealed } from './revealed.ts';

const stripe = encodeTrackText(syntheticCard(1).pan);
const track1 = stripe.slice(0, stripe.indexOf(';'));
const track2 = stripe.slice(stripe.indexOf(';'));
const track3 = `;01${'1234567890'.repeat(5)}=?`;

interface Swipe {
  readonly leadingClocks?: number;
  readonly trailingClocks?: number;
  readonly inverted?: boolean;
  readonly backward?: boolean;
}

/** Characters of a track and its LRC as bits: the least significant first, then odd parity. */
function bitsOf(track: string): number[] {
  const [base, width] = track.startsWith('%') ? [0x20, 6] : [0x30, 4];
  const codes = [...track].map((character) => character.charCodeAt(0) - base);
  const lrc = codes.reduce((sum, code) => sum ^ code, 0);
  return [...codes, lrc].flatMap((code) => {
    const bits = Array.from({ length: width }, (_, bit) => (code >> bit) & 1);
    return [...bits, bits.filter((bit) => bit === 1).length % 2 === 0 ? 1 : 0];
  });
}

/** The bits as a reader packs them: the first is the most significant, the last byte is filled with 0. */
function packed(bits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (7 - (at & 7)));
  return bytes;
}

function swiped(bits: readonly number[], { leadingClocks = 20, trailingClocks = 20, inverted, backward }: Swipe = {}) {
  const clocked = [...new Array<number>(leadingClocks).fill(0), ...bits, ...new Array<number>(trailingClocks).fill(0)];
  const drawn = backward ? clocked.toReversed() : clocked;
  return packed(inverted ? drawn.map((bit) => 1 - bit) : drawn);
}

function decoded(bytes: Uint8Array): unknown {
  return revealed(decodeTrackBits(bytes));
}

const swipe = fc.record({
  leadingClocks: fc.nat({ max: 60 }),
  trailingClocks: fc.nat({ max: 60 }),
  inverted: fc.boolean(),
  backward: fc.boolean(),
});

describe('captured bits', () => {
  it.each(capture.captures)('$decode', ({ bytes, decode }) => {
    const card = { ok: true, kind: 'card', masked: false, track2: { pan: decode }, errors: [] };
    expect(decoded(Uint8Array.from(bytes))).toEqual(card);
    expect(decoded(packed(bitsBackward(bytes)))).toEqual(card);
  });

  it.each(capture.must_fail)('must fail: $bytes', ({ bytes }) => {
    expect(decodeTrackBits(Uint8Array.from(bytes)).ok).toBe(false);
  });

  /** As the same reader gives them for the other direction, the filling of the last byte in front. */
  function bitsBackward(bytes: readonly number[]): number[] {
    return bytes.flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1)).toReversed();
  }
});

describe('tracks', () => {
  it.each([
    ['track 1', track1, decodeTrackText(track1)],
    ['track 2', track2, decodeTrackText(track2)],
  ])('%s in any direction, inverted or not, says what its text says', (_it, track, expected) => {
    fc.assert(
      fc.property(swipe, (how) => {
        expect(decoded(swiped(bitsOf(track), how))).toEqual(revealed(expected));
      }),
    );
  });

  it('what looks like an empty track in another direction does not hide the track', () => {
    const track = ';01459432211542851=963117916023335783878187351088=2723140094?';
    const card = { ok: true, kind: 'card', masked: false, track3: { text: track.slice(1, -1) }, errors: [] };
    for (const inverted of [false, true])
      for (const backward of [false, true])
        expect(decoded(swiped(bitsOf(track), { inverted, backward }))).toEqual(card);
  });

  it('more than 40 characters of 5 bits are track 3', () => {
    expect(decoded(swiped(bitsOf(track3)))).toEqual({
      ok: true,
      kind: 'card',
      masked: false,
      track3: { text: track3.slice(1, -1) },
      errors: [],
    });
  });

  it('a lone track 2 that adds up is a card', () => {
    const pan = syntheticCard(1).pan.expose();
    expect(exposed(cardReadOf(decodeTrackBits(swiped(bitsOf(track2)))))).toEqual({ pan, last4: pan.slice(-4) });
  });
});

describe('what fails', () => {
  const bits = bitsOf(track2);
  it.each([
    ['clock bits alone', new Uint8Array(20), 'blankCard'],
    ['clock bits alone, inverted', new Uint8Array(20).fill(0xff), 'blankCard'],
    ['nothing', new Uint8Array(0), 'blankCard'],
    ['a wrong bit', swiped(bits.with(12, 1 - (bits[12] ?? 0))), 'wrongParity'],
    [
      'two wrong bits in one character',
      swiped(bits.with(10, 1 - (bits[10] ?? 0)).with(11, 1 - (bits[11] ?? 0))),
      'wrongLrc',
    ],
    ['the end missing', swiped(bits.slice(0, 50), { trailingClocks: 0 }), 'halfRead'],
    ['the LRC missing', swiped(bits.slice(0, -5), { trailingClocks: 0 }), 'halfRead'],
    ['another start', swiped(bits.slice(5)), 'noise'],
    ['an empty track', swiped(bitsOf(';?')), 'blankCard'],
    ['too many bytes', new Uint8Array(bitFrameBytesMax + 1), 'tooLong'],
  ])('%s', (_it, bytes, reason) => {
    expect(decoded(bytes)).toEqual({ ok: false, reason });
  });

  it('one wrong bit anywhere never makes another track', () => {
    for (const track of [track1, track2]) {
      const expected = revealed(decodeTrackText(track));
      const good = swiped(bitsOf(track));
      for (let at = 0; at < good.length * 8; at++) {
        const bytes = good.with(at >> 3, (good[at >> 3] ?? 0) ^ (1 << (at & 7)));
        const answer = decodeTrackBits(bytes);
        if (answer.ok) expect(revealed(answer)).toEqual(expected);
      }
    }
  });
});

describe('properties', () => {
  it('any bytes give an answer, the same for any cut, and silence ends a track', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2 * bitFrameBytesMax }),
      swipe.map((how) => swiped(bitsOf(track2), how)),
    );
    fc.assert(
      fc.property(bytes, sizes, (stream, chunkSizes) => {
        const atOnce = stream.length === 0 ? [] : [decoded(stream)];
        expect(revealed(decodeAll(trackBitsCodec, cut(stream, chunkSizes)))).toEqual(atOnce);
      }),
    );
  });

  it('one decoder reads one swipe after another', () => {
    const decoder = trackBitsCodec.decoder();
    for (const track of [track2, track1, track2]) {
      expect(decoder.push(swiped(bitsOf(track)))).toEqual([]);
      expect(decoder.midFrame).toBe(true);
      expect(revealed(decoder.end())).toEqual([revealed(decodeTrackText(track))]);
      expect(decoder.end()).toEqual([]);
    }
  });
});
