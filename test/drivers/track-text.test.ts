import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardReadOf } from '../../drivers/codec/card-read-of.ts';
import { decodeTrackText, encodeTrackText, idtechTextCodec, trackTextCodec } from '../../drivers/codec/track-text.ts';
import idtech from '../../fixtures/captures/idtech-unencrypted-kb-uart.json' with { type: 'json' };
import aamva from '../../fixtures/captures/track-strings-aamva.json' with { type: 'json' };
import magnet from '../../fixtures/captures/track-strings-magnet.json' with { type: 'json' };
import { luhnDigit } from '../../src/domain/pan.ts';
import { secret } from '../../src/domain/secret.ts';
import { cut, decodeAll, revealed } from './codec/revealed.ts';
import { exposed, syntheticCard } from './synthetic-card.ts';

const pan = `999900000000000000${luhnDigit('999900000000000000')}`;
const panFailingLuhn = `999900000000000000${(Number(pan.at(-1)) + 1) % 10}`;
const track1 = `%B${pan}^GONGJI/TEST CARD^491222000000000?`;
const track2 = `;${pan}=491222000000000?`;
const fields1 = { formatCode: 'B', pan, name: 'GONGJI/TEST CARD', expiry: '4912', serviceCode: '220' };
const fields2 = { pan, expiry: '4912', serviceCode: '220', discretionary: '00000000' };
const read1 = { ...fields1, discretionary: '00000000' };

function decoded(text: string): unknown {
  return revealed(decodeTrackText(text));
}

/** Whose card a text is. */
function read(text: string) {
  return exposed(cardReadOf(decodeTrackText(text)));
}

function card(tracks: object, errors: readonly unknown[] = []): unknown {
  return { ok: true, kind: 'card', masked: false, ...tracks, errors };
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** The LRC character, told by its definition. */
function lrcOf(track: string, base: 0x20 | 0x30): string {
  const lrc = [...track].reduce((sum, character) => sum ^ (character.charCodeAt(0) - base), 0);
  return String.fromCharCode(base + (lrc & (base === 0x20 ? 0x3f : 0x0f)));
}

/** Text of which much is sentinels. */
const sentinelRich = fc.string({ unit: fc.constantFrom(...'%B;?+#!&@=^ 0123456789DEF'), maxLength: 300 });

describe('captured track texts', () => {
  it.each(magnet.captures)('track 1 of the magnet set: $wire', ({ wire, decode }: { wire: string; decode: object }) => {
    const said = new Map<string, unknown>(Object.entries(decode));
    const answer = decodeTrackText(wire);
    const track = answer.ok && answer.kind === 'card' ? answer.track1 : undefined;
    const expected = {
      formatCode: said.get('format'),
      pan: said.get('pan')?.toString().replaceAll(' ', ''),
      name: said.get('name')?.toString().trimEnd(),
      expiry: said.get('expiry'),
      serviceCode: said.get('service'),
      discretionary: said.get('discretionary'),
    };
    // null: absent on the stripe; undefined: the set does not say.
    const told = Object.entries(expected).filter(([, value]) => value !== undefined);
    const shown = Object.fromEntries(told.map(([key, value]) => [key, value === '' ? null : value]));
    const actual = new Map(Object.entries(revealed(track) ?? {}));
    expect(Object.fromEntries(told.map(([key]) => [key, actual.get(key) ?? null]))).toEqual(shown);
    expect(answer).toMatchObject({ masked: false, errors: [] });
  });

  it('a bank card on two tracks, which is a card although its number fails Luhn', () => {
    const { wire } = aamva.captures[0] ?? { wire: '' };
    const both = { pan: '1234567812345678', expiry: '2311', serviceCode: '201' };
    expect(decoded(wire)).toEqual(
      card({
        track1: { formatCode: 'B', ...both, name: 'DOE/JOHN', discretionary: '107631100000000580000000' },
        track2: { ...both, discretionary: '10763580' },
      }),
    );
    expect(read(wire)).toEqual({ pan: '1234567812345678', last4: '5678' });
  });

  it("a driver's licence, with an end sentinel inside track 3, which is not a card", () => {
    const { wire } = aamva.captures[1] ?? { wire: '' };
    expect(decoded(wire)).toEqual(
      card({
        track1: { formatCode: 'AAMVA', name: 'DOE$JOHN$MIDDLE', discretionary: '1234 MAPLE DR^' },
        track2: { pan: '123456781234567', expiry: '2112', discretionary: '19931223' },
        track3: { text: wire.slice(wire.indexOf('#') + 1, -1) },
      }),
    );
    expect(read(wire)).toBe('notACard');
  });

  it.each(aamva.must_fail)('must fail: %j', (wire) => {
    expect(decodeTrackText(wire).ok).toBe(false);
  });

  it('an ID TECH line with both tracks and one line end', () => {
    const line = idtech.wire_as_printed.replace('\n', ' '.repeat(8)).replace('<CR>', '\r');
    const { pan: number, name, expiryYYMM: expiry, serviceCode } = idtech.decode;
    for (const codec of [trackTextCodec, idtechTextCodec]) {
      expect(revealed(decodeAll(codec, [Buffer.from(line)]))).toEqual([
        card({
          track1: { formatCode: 'B', pan: number, name, expiry, serviceCode, discretionary: '1000088200882000000' },
          track2: { pan: number, expiry, serviceCode: '201', discretionary: '10000882' },
        }),
      ]);
    }
    expect(read(line.trimEnd())).toEqual({ pan: number, last4: '4999' });
  });
});

describe('what stands on the tracks', () => {
  const error = (track: number, reason: string) => [{ track, reason }];
  it.each([
    ['both tracks', track1 + track2, card({ track1: read1, track2: fields2 })],
    ['track 2 alone', track2, card({ track2: fields2 })],
    [
      'name empty, expiry and service code replaced',
      `%B${pan}^^^^?;${pan}==?`,
      card({ track1: { formatCode: 'B', pan }, track2: { pan } }),
    ],
    [
      '% , and apostrophe in the name',
      `%B${pan}^O'CO,N%NOR^4912220?`,
      card({ track1: { ...fields1, name: "O'CO,N%NOR" } }),
    ],
    [
      'a name longer than 26 characters',
      `%B${pan}^${'N'.repeat(45)}^4912220?`,
      card({ track1: { ...fields1, name: 'N'.repeat(45) } }),
    ],
    [
      'blanks in the number',
      '%B3715 700000 00000^X^?',
      card({ track1: { formatCode: 'B', pan: '371570000000000', name: 'X' } }),
    ],
    ['separators of EMV tag 57', `;${pan}D491222000000000F?`, card({ track2: fields2 })],
    ['track 2 without a separator', ';0004048712?', card({ track2: { pan: '0004048712' } })],
    [
      'an expiry without a service code',
      `;${pan}=4912=00?`,
      card({ track2: { pan, expiry: '4912', discretionary: '00' } }),
    ],
    ['track 1 not decoded by the reader', `%E?${track2}`, card({ track2: fields2 }, error(1, 'unreadable'))],
    ['track 2 not decoded by the reader', `${track1};E?`, card({ track1: read1 }, error(2, 'unreadable'))],
    ['track 3 not decoded by the reader', `${track2}+E?`, card({ track2: fields2 }, error(3, 'unreadable'))],
    ['an empty track', `%?${track2}`, card({ track2: fields2 })],
    ['track 3 with +', `${track2}+011234=?`, card({ track2: fields2, track3: { text: '011234=' } })],
    [
      'track 3 with ; as HID readers send it',
      `${track2};011234=?`,
      card({ track2: fields2, track3: { text: '011234=' } }),
    ],
    ['track 3 with # and ? in it', `${track2}#!A?B ?`, card({ track2: fields2, track3: { text: '!A?B ' } })],
    ['track 3 with !', `${track2}!CADL?`, card({ track2: fields2, track3: { text: 'CADL' } })],
    ['track 3 with &', `${track2}&ABC?`, card({ track2: fields2, track3: { text: 'ABC' } })],
    [
      'track 3 with % as ID TECH prints AAMVA',
      `${track2}%!!1?2?`,
      card({ track2: fields2, track3: { text: '!!1?2' } }),
    ],
    ['track 2 in 7 bits', `@${pan}=491222000000000?`, card({ track2: fields2 })],
    ['another format code', '%AMEMBER 7?', card({ track1: { formatCode: 'A', discretionary: 'MEMBER 7' } })],
    [
      'another format code in the same form',
      `%M${pan}^X^4912220?`,
      card({ track1: { ...fields1, formatCode: 'M', name: 'X' } }),
    ],
    [
      'a licence whose city fills its 13 characters',
      '%NYSARATOGA SPRIROE$R^1 ST^?',
      card({ track1: { formatCode: 'AAMVA', name: 'ROE$R', discretionary: '1 ST^' } }),
    ],
    ['small letters, as under CapsLock', track1.toLowerCase() + track2, card({ track1: read1, track2: fields2 })],
    ['a letter in track 2', `${track1};${pan}=4912A?`, card({ track1: read1 }, error(2, 'noise'))],
    ['a track too long', `${track1};${pan}=${'0'.repeat(30)}?`, card({ track1: read1 }, error(2, 'tooLong'))],
    ['no end sentinel', track1 + track2.slice(0, -1), card({ track1: read1 }, error(2, 'halfRead'))],
    ['nothing decoded', '%E?;E?', { ok: false, reason: 'unreadable' }],
    ['one not decoded, one cut off', '%E?;12', { ok: false, reason: 'halfRead' }],
    ['empty tracks', '%?;?', { ok: false, reason: 'blankCard' }],
    ['more digits than a card number has', `;${'1'.repeat(20)}=4912220?`, { ok: false, reason: 'notACard' }],
    ['the end sentinel of track 1 damaged', `${track1.slice(0, -1)}/${track2}`, { ok: false, reason: 'noise' }],
    ['the end sentinel of track 1 damaged, track 3', `${track1.slice(0, -1)}7+01=?`, { ok: false, reason: 'noise' }],
    ['the start sentinel of track 1 damaged', `!${track1.slice(1)}${track2}`, { ok: false, reason: 'noise' }],
    ['a control character', `${track1}\u0003`, { ok: false, reason: 'noise' }],
    ['tracks out of order', track2 + track1, { ok: false, reason: 'noise' }],
    ['characters between the tracks', `${track1}ab${track2}`, { ok: false, reason: 'noise' }],
    ['a telephone number', '+8613800000000', { ok: false, reason: 'notACard' }],
  ])('%s', (_it, text, expected) => {
    expect(decoded(text)).toEqual(expected);
  });

  it.each([
    '3715 70000 000000 ',
    '37157000000 00000',
    '3715  00000 00000',
    '37 1570000 00000',
    '371570 000000',
    '3715 7 0000 00000',
  ])('blanks in other places are damage: %j', (number) => {
    expect(decoded(`%B${number}^X^4912220?`)).toEqual({ ok: false, reason: 'noise' });
  });

  it('takes an LRC after each track, also one that prints as a sentinel, and tells a wrong one', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const text = encodeTrackText(syntheticCard(seed).pan);
      const at = text.indexOf(';');
      const [one, two] = [text.slice(0, at), text.slice(at)];
      const [lrc1, lrc2] = [lrcOf(one, 0x20), lrcOf(two, 0x30)];
      expect(decoded(one + lrc1 + two + lrc2)).toEqual(decoded(text));
      expect(decoded(one + two + lrc2)).toEqual(decoded(text));
      const wrong1 = String.fromCharCode(lrc1.charCodeAt(0) ^ 1);
      expect(decodeTrackText(one + wrong1 + two)).toMatchObject({ errors: error(1, 'wrongLrc') });
      expect(decoded(two + String.fromCharCode(lrc2.charCodeAt(0) ^ 1))).toEqual({ ok: false, reason: 'wrongLrc' });
      seen.add(lrc2);
    }
    expect(seen).toContain('?');
    expect(seen).toContain(';');
  });

  it('takes the LRC of a track 3 whose sentinel the reader has replaced', () => {
    const iso = ';011234=?';
    const licence = '%!!A?B?';
    expect(decoded(`${track2}+${iso.slice(1)}${lrcOf(iso, 0x30)}`)).toEqual(decoded(`${track2}+${iso.slice(1)}`));
    expect(decoded(`${track2}#${licence.slice(1)}${lrcOf(licence, 0x20)}`)).toEqual(
      decoded(`${track2}#${licence.slice(1)}`),
    );
    expect(decodeTrackText(`${track2}+${iso.slice(1)}1`)).toMatchObject({ errors: error(3, 'wrongLrc') });
  });

  it('an LRC that prints as ? does not belong to a track 3 that has ? within', () => {
    const licences = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ !"#$&()*+,-./:;<=>@[]^_'].map(
      (last) => `%!!A?B${last}?`,
    );
    const licence = licences.find((track) => lrcOf(track, 0x20) === '?') ?? '';
    expect(decoded(`${track2}#${licence.slice(1)}?`)).toEqual(
      card({ track2: fields2, track3: { text: licence.slice(1, -1) } }),
    );
  });

  it('a stripe drawn backwards is turned round', () => {
    for (const text of [track1 + track2, track2, track1, `%E?${track2}`, `${track1}${track2}+01=?`]) {
      expect(decoded(reversed(text))).toEqual(decoded(text));
    }
  });
});

describe('the unencrypted text of ID TECH readers', () => {
  const licence = '%CACITY^DOE$J^1 ST^?';
  const decodeLines = (text: string) => revealed(decodeAll(idtechTextCodec, [Buffer.from(text)]));
  it.each([
    ['both tracks in a line', `${track1}${track2}\r`, [track1 + track2]],
    ['each track a line', `${track1}\r${track2}\r`, [track1 + track2]],
    ['each track a line with its LRC', `${track1}${lrcOf(track1, 0x20)}\r${track2}\r`, [track1 + track2]],
    ['three tracks', `${track1}\r${track2}\r;01=?\r`, [`${track1}${track2};01=?`]],
    ['three tracks of a licence', `${licence}\r;12=21121993?\r%!!A?\r`, [`${licence};12=21121993?#!!A?`]],
    ['track 2 not decoded', `${track1}\r;E?\r`, [`${track1};E?`]],
    ['track 1 alone', `${track1}\r`, [track1]],
    ['silence for the last line end', `${track1}\r${track2}`, [track1 + track2]],
    ['two swipes in one go', `${track1}\r${track2}\r${track1}\r${track2}\r`, [track1 + track2, track1 + track2]],
    ['a line before and a line after', `x\r${track1}\ry\r`, ['x', track1, 'y']],
  ])('%s', (_it, text, expected) => {
    expect(decodeLines(text)).toEqual(expected.map(decoded));
  });

  it('does not wait when nothing can follow', () => {
    for (const text of [`${track1}${track2}\r`, `${track1}\r;E?\r;01=?\r`]) {
      const decoder = idtechTextCodec.decoder();
      expect(decoder.push(Buffer.from(text))).toHaveLength(1);
      expect(decoder.midFrame).toBe(false);
    }
  });

  it('is mid-frame while a track line waits for the next', () => {
    const decoder = idtechTextCodec.decoder();
    expect(decoder.push(Buffer.from(`${track1}\r`))).toEqual([]);
    expect(decoder.midFrame).toBe(true);
    expect(revealed(decoder.end())).toEqual([decoded(track1)]);
    expect(decoder.midFrame).toBe(false);
  });
});

describe('whose card it is', () => {
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
    ['track 1 with a wrong LRC', `${track1}A${track2}`, pan],
    ['track 1 not decoded, track 2 failing Luhn', `%E?;${panFailingLuhn}=491222000000000?`, 'noise'],
    ['track 3 alone', '+011234=?', 'notACard'],
    ['a number that is too short', ';0004048712=4912220?', 'noise'],
    ['a letter in track 2', `${track1};${pan}=4912A?`, 'noise'],
    ['a track longer than any', `%B${pan}^${'N'.repeat(90)}^4912220?${track2}`, 'tooLong'],
    ['tracks out of order', track2 + track1, 'noise'],
    ['a web address', 'https://example.org/?a=1', 'notACard'],
    ['nothing', '', 'notACard'],
  ])('%s', (_it, text, expected) => {
    const answer = read(text);
    expect(typeof answer === 'string' ? answer : 'pan' in answer && answer.pan).toBe(expected);
  });
});

describe('properties', () => {
  it('what is encoded is read back, and nothing of it prints', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const number = syntheticCard(seed).pan.expose();
        const answer = decodeTrackText(encodeTrackText(secret(number)));
        expect(exposed(cardReadOf(answer))).toEqual({ pan: number, last4: number.slice(-4) });
        expect(JSON.stringify(answer)).not.toContain(number);
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
            const answer = read(damaged);
            if (typeof answer !== 'string' && (!('pan' in answer) || answer.pan !== number)) wrong.push(damaged);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('any text gives an answer that is no longer than the text', () => {
    fc.assert(
      fc.property(fc.oneof(sentinelRich, fc.string()), (text) => {
        const answer = decoded(text);
        expect(JSON.stringify(answer).length).toBeLessThan(2 * text.length + 500);
        expect(typeof cardReadOf(decodeTrackText(text)).ok).toBe('boolean');
      }),
    );
  });

  it('however the bytes are cut into chunks, the answers are the same', () => {
    const lines = fc.array(fc.oneof(sentinelRich, fc.constantFrom(track1, track2, '\n', '%E?')), { maxLength: 8 });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.constantFrom(trackTextCodec, idtechTextCodec), lines, sizes, (codec, texts, chunkSizes) => {
        const bytes = Buffer.from(texts.join('\r'));
        expect(revealed(decodeAll(codec, cut(bytes, chunkSizes)))).toEqual(revealed(decodeAll(codec, [bytes])));
      }),
    );
  });
});
