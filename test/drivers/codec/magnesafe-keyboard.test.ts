import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardReadOf } from '../../../drivers/codec/card-read-of.ts';
import { decodeMagnesafeKeyboard, magnesafeKeyboardCodec } from '../../../drivers/codec/magnesafe-keyboard.ts';
import { decodeTrackText, encodeTrackText } from '../../../drivers/codec/track-text.ts';
import { exposed, syntheticCard } from '../synthetic-card.ts';
import { cut, decodeAll, revealed } from './revealed.ts';

/** The masked tracks of the manual's example (fixtures/captures/magtek-magnesafe-v5-hid-856.json), as they are typed. */
const masked = {
  track1: '%B5452000000007189^HOGAN/PAUL      ^08040000000000000000000?',
  track2: ';5452000000007189=080400000000000000000?',
  track3: '+5163000050000445=000000000000?',
};
const maskedTracks = masked.track1 + masked.track2 + masked.track3;

interface Parts {
  readonly tracks?: string;
  readonly status?: string;
  readonly counter?: string;
  readonly clearCrc?: string;
}

/** A typed line, its CRC reckoned with a table of its own. */
function line({ tracks = maskedTracks, status = '0600', counter, clearCrc }: Parts = {}): string {
  const fields = [
    ...[tracks, status, 'A1B2'.repeat(30), 'C3D4'.repeat(20), 'E5F6'.repeat(16), 'A1050000', '01'.repeat(54)],
    ...['B012345', '21685F158B5C6BE0', 'FFFF9876543210E00008', ...(counter === undefined ? [] : [counter])],
  ];
  const checked = `${fields.join('|')}|`;
  return `${checked}${clearCrc ?? crcOf(checked.slice(Math.max(0, checked.search(/[%;+]/))))}||1000`;
}

const crcTable = Array.from({ length: 256 }, (_, high) => {
  let crc = high << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

function crcOf(text: string): string {
  const crc = [...Buffer.from(text)].reduce(
    (sum, byte) => ((sum << 8) & 0xffff) ^ (crcTable[(sum >> 8) ^ byte] ?? 0),
    0xffff,
  );
  return [crc & 0xff, crc >> 8].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

function decoded(text: string): unknown {
  return revealed(decodeMagnesafeKeyboard(Buffer.from(text, 'latin1')));
}

const expectedMasked = {
  ok: true,
  kind: 'card',
  masked: true,
  track1: {
    formatCode: 'B',
    pan: '5452000000007189',
    name: 'HOGAN/PAUL',
    expiry: '0804',
    serviceCode: '000',
    discretionary: '0000000000000000',
  },
  track2: { pan: '5452000000007189', expiry: '0804', serviceCode: '000', discretionary: '00000000000000' },
  track3: { text: '5163000050000445=000000000000' },
  errors: [],
};

describe('what a MagneSafe reader types', () => {
  it('the CRC of these tests is CRC-16/CCITT-FALSE, low byte first', () => {
    expect(crcOf('123456789')).toBe('B129');
  });

  it.each([
    ['as the manual lists the fields', line()],
    ['with a counter', line({ counter: '000123' })],
    ['text in front of the tracks', `X${line()}`],
    ['no clear CRC sent', line({ clearCrc: '' })],
    ['the CRC in small letters', line().replace(/\|[0-9A-F]{4}\|\|/, (crc) => crc.toLowerCase())],
    ['the status in the other order', line({ status: '0006' })],
    ['a status that is none', line({ status: '' })],
  ])('%s: masked tracks, which name no card', (_it, text) => {
    expect(decoded(text)).toEqual(expectedMasked);
    expect(exposed(cardReadOf(decodeMagnesafeKeyboard(Buffer.from(text))))).toBe('encrypted');
  });

  it('tracks masked by * instead of 0, and an LRC that is masked, too', () => {
    const tracks = '%*5452********7189^HOGAN/PAUL^*******?*;5452********7189=***************?*';
    expect(decoded(line({ tracks }))).toEqual({
      ...expectedMasked,
      track1: { formatCode: '*', pan: '5452********7189', name: 'HOGAN/PAUL', discretionary: '*******' },
      track2: { pan: '5452********7189', discretionary: '***************' },
      track3: undefined,
    });
  });

  it('clear tracks of a reader that does not encrypt', () => {
    const pan = syntheticCard(1).pan;
    const text = line({ tracks: encodeTrackText(pan), status: '0200' });
    expect(decoded(text)).toEqual(revealed(decodeTrackText(encodeTrackText(pan))));
    expect(exposed(cardReadOf(decodeMagnesafeKeyboard(Buffer.from(text))))).toMatchObject({ pan: pan.expose() });
  });

  it.each([
    ['track 1 not decoded', `%E?${masked.track2}`, { errors: [{ track: 1, reason: 'unreadable' }] }],
    ['nothing decoded', '%E?;E?+E?', { ok: false, reason: 'unreadable' }],
    ['no tracks', '', { ok: false, reason: 'blankCard' }],
  ])('%s', (_it, tracks, expected) => {
    expect(decoded(line({ tracks }))).toMatchObject(expected);
  });

  it.each([
    ['another CRC', line({ clearCrc: '0000' }), 'wrongCrc'],
    ['the CRC with its bytes in the other order', line().replace(/\|(..)(..)\|\|/, '|$2$1||'), 'wrongCrc'],
    ['blanks of the name lost', line().replace('PAUL      ', 'PAUL '), 'wrongCrc'],
    ['fields missing', `${maskedTracks}|0600|`, 'halfRead'],
    ['cut behind the tracks', maskedTracks, 'halfRead'],
    ['cut behind track 2, track 1 not decoded', `%E?${masked.track2}`, 'halfRead'],
    ['clear tracks, cut within track 2', encodeTrackText(syntheticCard(1).pan).slice(0, -3), 'halfRead'],
    ['cut within the tracks', maskedTracks.slice(0, 80), 'halfRead'],
  ])('%s', (_it, text, reason) => {
    expect(decoded(text)).toEqual({ ok: false, reason });
  });

  it('one damaged character is always seen', () => {
    const text = line();
    const end = text.lastIndexOf('||');
    const masks = fc.integer({ min: 1, max: 0x7f });
    fc.assert(
      fc.property(fc.nat({ max: end - 5 }), masks, (at, mask) => {
        const bytes = Buffer.from(text);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        expect(decodeMagnesafeKeyboard(bytes).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('the tracks alone, as a SureSwipe reader types them', () => {
    const text = `${encodeTrackText(syntheticCard(1).pan)}+011234=?`;
    expect(decoded(text)).toEqual(revealed(decodeTrackText(text)));
  });
});

describe('the codec', () => {
  it('reads a line a swipe; silence may stand for the last line end', () => {
    const text = `${line()}\r${line({ clearCrc: '0000' })}\r\n${masked.track2}`;
    const answers = revealed(decodeAll(magnesafeKeyboardCodec, [Buffer.from(text)]));
    expect(answers).toEqual([expectedMasked, { ok: false, reason: 'wrongCrc' }, decoded(masked.track2)]);
  });

  it('any bytes give an answer, the same for any cut', () => {
    const parts = fc.constantFrom(line(), maskedTracks, '|', '|0600|', '\r', '\n', '%', '||||||||||||');
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, noise), { maxLength: 10 }), sizes, (texts, chunkSizes) => {
        const bytes = Buffer.from(texts.join(''), 'latin1');
        const answers = revealed(decodeAll(magnesafeKeyboardCodec, cut(bytes, chunkSizes)));
        expect(answers).toEqual(revealed(decodeAll(magnesafeKeyboardCodec, [bytes])));
        expect(JSON.stringify(answers).length).toBeLessThan(1000 + 20 * bytes.length);
      }),
    );
  });
});
