import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTrackText, encodeTrackText, splitTracks } from '../../drivers/codec/track-text.ts';
import idtech from '../../fixtures/captures/idtech-unencrypted-kb-uart.json' with { type: 'json' };
import aamva from '../../fixtures/captures/track-strings-aamva.json' with { type: 'json' };
import magnet from '../../fixtures/captures/track-strings-magnet.json' with { type: 'json' };
import { luhnDigit } from '../../src/domain/pan.ts';
import { secret } from '../../src/domain/secret.ts';
import { exposed, syntheticCard } from './synthetic-card.ts';

const pan = `999900000000000000${luhnDigit('999900000000000000')}`;
const panFailingLuhn = `999900000000000000${(Number(pan.at(-1)) + 1) % 10}`;
const track1 = `%B${pan}^GONGJI/TEST CARD^491222000000000?`;
const track2 = `;${pan}=491222000000000?`;

/** The card numbers of a line's tracks, or why there are none. */
function pans(text: string) {
  const split = splitTracks(text);
  return split.ok
    ? split.tracks.map((track) => (track.state === 'read' ? track.pan.expose() : track.state))
    : split.reason;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

describe('captured track texts', () => {
  it.each(magnet.captures)('track 1 of the magnet set: $wire', ({ wire, decode }) => {
    const expected = 'pan' in decode ? decode.pan : /\d{16}/.exec(wire)?.[0];
    expect(pans(wire)).toEqual([expected?.replaceAll(' ', '')]);
  });

  it('two tracks that agree are a card although the number fails Luhn', () => {
    expect(exposed(decodeTrackText(aamva.captures[0]?.wire ?? ''))).toEqual({ pan: '1234567812345678', last4: '5678' });
  });

  it("a driver's licence is not a card", () => {
    expect(exposed(decodeTrackText(aamva.captures[1]?.wire ?? ''))).toBe('notACard');
  });

  it.each(aamva.must_fail)('must fail: %j', (wire) => {
    expect(decodeTrackText(wire).ok).toBe(false);
  });

  it('an ID TECH line with both tracks and one line end', () => {
    const padded = idtech.wire_as_printed.replace('\n', ' '.repeat(8)).replace('<CR>', '');
    expect(exposed(decodeTrackText(padded))).toEqual({ pan: idtech.decode.pan, last4: '4999' });
  });
});

describe('what a line says of the card', () => {
  it.each([
    ['both tracks', track1 + track2, pan],
    ['track 1 alone', track1, pan],
    ['track 2 alone', track2, pan],
    ['track 1 not decoded by the reader', `%E?${track2}`, pan],
    ['track 3 with +', `${track1}${track2}+99${pan}=1561560500050000?`, pan],
    ['track 3 with ; as HID readers send it', `${track1}${track2};99${pan}=1561560500050000?`, pan],
    ['separators of EMV tag 57', `${track1};${pan}D4912220F?`, pan],
    ['% , and apostrophe in the name', `%B${pan}^O'CO,N%NOR^491222000000000?${track2}`, pan],
    ['name left empty, expiry and service code replaced', `%B${pan}^^^^?;${pan}===?`, pan],
    ['nothing decoded', '%E?;E?', 'noise'],
    ['empty tracks', '%?;?', 'blankCard'],
    ['tracks of two cards', `${track1};${panFailingLuhn}=491222000000000?`, 'noise'],
    ['lone track that fails Luhn', `;${panFailingLuhn}=491222000000000?`, 'noise'],
    ['lone track without an expiry', `;${pan}==220?`, 'noise'],
    ['no end sentinel', `${track1}${track2.slice(0, -1)}`, 'halfRead'],
    ['no start sentinel', `${track1.slice(1)}${track2}`, 'noise'],
    ['small letters in track 1', `%B${pan}^name^491222000000000?${track2}`, 'noise'],
    ['a letter in track 2', `${track1};${pan}=4912A?`, 'noise'],
    ['track 1 longer than the standard allows', `%B${pan}^${'N'.repeat(60)}^4912220?${track2}`, 'tooLong'],
    ['tracks out of order', track2 + track1, 'noise'],
    ['a web address', 'https://example.org/?a=1', 'notACard'],
    ['nothing', '', 'notACard'],
  ])('%s', (_it, text, expected) => {
    const read = exposed(decodeTrackText(text));
    expect(typeof read === 'string' ? read : 'pan' in read && read.pan).toBe(expected);
  });

  it('takes an LRC after each track, also one that prints as a sentinel, and refuses a wrong one', () => {
    const lrcOf = (track: string, base: number) =>
      String.fromCharCode(base + [...track].reduce((lrc, character) => lrc ^ (character.charCodeAt(0) - base), 0));
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const text = encodeTrackText(syntheticCard(seed).pan);
      const cut = text.indexOf(';');
      const [one, two] = [text.slice(0, cut), text.slice(cut)];
      const withLrc = one + lrcOf(one, 0x20) + two + lrcOf(two, 0x30);
      expect(exposed(decodeTrackText(withLrc))).toEqual(exposed(decodeTrackText(text)));
      expect(decodeTrackText(one + String.fromCharCode(lrcOf(one, 0x20).charCodeAt(0) ^ 1) + two).ok).toBe(false);
      seen.add(lrcOf(two, 0x30));
    }
    expect(seen).toContain('?');
    expect(seen).toContain(';');
  });

  it('a stripe drawn backwards is turned round', () => {
    for (const text of [track1 + track2, track2, track1, `%E?${track2}`]) {
      expect(exposed(decodeTrackText(reversed(text)))).toEqual(exposed(decodeTrackText(text)));
    }
  });
});

describe('properties', () => {
  it('what is encoded is read back, and nothing of it prints', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const card = syntheticCard(seed);
        const read = decodeTrackText(encodeTrackText(card.pan));
        expect(exposed(read)).toEqual({ pan: card.pan.expose(), last4: card.pan.expose().slice(-4) });
        expect(JSON.stringify(read)).not.toContain(card.pan.expose());
      }),
    );
  });

  it('one damaged character never yields another card, whatever tracks there are', () => {
    const wrong: string[] = [];
    for (let seed = 0; seed < 4; seed++) {
      const number = syntheticCard(seed).pan.expose();
      const text = encodeTrackText(secret(number));
      const cut = text.indexOf(';');
      for (const line of [text, text.slice(0, cut), text.slice(cut)]) {
        for (let at = 0; at < line.length; at++) {
          for (let code = 0x20; code < 0x7f; code++) {
            const damaged = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
            const read = exposed(decodeTrackText(damaged));
            if (typeof read !== 'string' && (!('pan' in read) || read.pan !== number)) wrong.push(damaged);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('any text gives an answer', () => {
    const sentinelRich = fc.string({ unit: fc.constantFrom(...'%B;?+=^ 0123456789DEF'), maxLength: 300 });
    fc.assert(
      fc.property(fc.oneof(sentinelRich, fc.string()), (text) => {
        expect(typeof decodeTrackText(text).ok).toBe('boolean');
      }),
    );
  });
});
