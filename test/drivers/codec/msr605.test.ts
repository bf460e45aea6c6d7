import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { msr605Codec, msr605Commands } from '../../../drivers/codec/msr605.ts';
import capture from '../../../fixtures/captures/msr605-protocol.json' with { type: 'json' };
import bits from '../../../fixtures/captures/track2-raw-bits.json' with { type: 'json' };
import { expectAnyBytesHold } from './any-bytes.ts';
import { decodeAll, hexBytes, revealed } from './revealed.ts';

const track1 = '%B6210947000000021^GONGJI/TEST CARD^1808101?';
const track2 = ';6210947000000021=1808101?';
const track3 = ';996210947000000021=1561560000000000000?';
const empty = '\x1b+';
const unreadable = '\x1b*';

function reply(tracks: readonly string[], status = '0'): string {
  const sections = tracks.map((track, at) => `\x1b${String.fromCharCode(at + 1)}${track}`);
  return `\x1bs${sections.join('')}?\x1c\x1b${status}`;
}

function decoded(...chunks: readonly string[]): unknown {
  return revealed(
    decodeAll(
      msr605Codec,
      chunks.map((chunk) => Buffer.from(chunk, 'latin1')),
    ),
  );
}

const fields1 = {
  formatCode: 'B',
  pan: '6210947000000021',
  name: 'GONGJI/TEST CARD',
  expiry: '1808',
  serviceCode: '101',
};
const fields2 = { pan: '6210947000000021', expiry: '1808', serviceCode: '101' };
const card = { ok: true, kind: 'card', masked: false, errors: [] };
const failure = (reason: string) => [{ ok: false, reason }];

describe('replies', () => {
  it('the assembled reply of the reference', () => {
    const [assembled] = capture.assembled;
    expect(revealed(decodeAll(msr605Codec, [hexBytes(assembled?.hex ?? '')]))).toEqual([
      {
        ...card,
        track1: { formatCode: 'B', pan: '5452300551227189', name: 'HOGAN/PAUL', expiry: '0804', serviceCode: '321' },
        track2: { pan: '5452300551227189', expiry: '0804', serviceCode: '321' },
      },
    ]);
  });

  it.each([
    [
      'all tracks',
      [track1, track2, track3],
      { ...card, track1: fields1, track2: fields2, track3: { text: track3.slice(1, -1) } },
    ],
    ['track 2 alone', [empty, track2, empty], { ...card, track2: fields2 }],
    [
      'track 1 undecodable',
      [unreadable, track2, empty],
      { ...card, track2: fields2, errors: [{ track: 1, reason: 'unreadable' }] },
    ],
    [
      'track 3 undecodable',
      [track1, track2, unreadable],
      { ...card, track1: fields1, track2: fields2, errors: [{ track: 3, reason: 'unreadable' }] },
    ],
    [
      'tracks sent without their sentinels',
      [track1, track2, track3].map((track) => track.slice(1, -1)),
      { ...card, track1: fields1, track2: fields2, track3: { text: track3.slice(1, -1) } },
    ],
    [
      'a track without its start sentinel',
      [track1.slice(1), track2, empty],
      { ...card, track2: fields2, errors: [{ track: 1, reason: 'noise' }] },
    ],
    [
      'a track without its end sentinel',
      [track1, track2.slice(0, -1), empty],
      { ...card, track1: fields1, errors: [{ track: 2, reason: 'halfRead' }] },
    ],
  ])('%s', (_it, tracks, expected) => {
    expect(decoded(reply(tracks))).toEqual([expected]);
  });

  it('one ? may be the end sentinel of the last track and the end of the reply', () => {
    expect(decoded(reply([track1, track2, track3]).replace('??', '?'))).toEqual(
      decoded(reply([track1, track2, track3])),
    );
  });

  it.each([
    ['nothing on the card', [empty, empty, empty], '0', 'blankCard'],
    ['no track decodable', [unreadable, unreadable, unreadable], '0', 'unreadable'],
    ['read error', [track1, track2, empty], '1', 'unreadable'],
    ['command format', [empty, empty, empty], '2', 'refused'],
    ['unknown command', [], '4', 'refused'],
    ['too fast or too slow', [track1, track2, empty], '9', 'unreadable'],
    ['unknown status', [track1, track2, empty], '7', 'noise'],
    ['a track longer than any', [`%B${'1'.repeat(120)}?`, track2, empty], '0', 'tooLong'],
  ])('%s', (_it, tracks, status, reason) => {
    expect(decoded(reply(tracks, status))).toEqual(failure(reason));
  });
});

describe('replies to a raw read', () => {
  const [first, second] = bits.captures.map(({ bytes }) => Uint8Array.from(bytes));
  const none = new Uint8Array();

  function raw(tracks: readonly (Uint8Array | undefined)[], status = '0'): Uint8Array {
    const sections = tracks.map((track = none, at) => Buffer.of(0x1b, at + 1, track.length, ...track));
    return Buffer.concat([Buffer.from('\x1bs'), ...sections, Buffer.from(`?\x1c\x1b${status}`)]);
  }

  it.each([
    ['track 2', raw([none, first, none]), { ...card, track2: { pan: '0004048712' } }],
    [
      'bits of track 2 in the place of track 1',
      raw([first, second, none]),
      { ...card, track2: { pan: '0005721443' }, errors: [{ track: 1, reason: 'noise' }] },
    ],
    [
      'a short track 3',
      raw([none, first, second]),
      { ...card, track2: { pan: '0004048712' }, track3: { text: '0005721443' } },
    ],
    ['damaged bits', raw([none, first?.with(4, 0xdf), none]), { ok: false, reason: 'wrongParity' }],
    ['clock bits alone', raw([none, new Uint8Array(20), none]), { ok: false, reason: 'blankCard' }],
    ['nothing', raw([none, none, none]), { ok: false, reason: 'blankCard' }],
    ['read error', raw([none, first, none], '1'), { ok: false, reason: 'unreadable' }],
    ['a length of 27, as ESC', raw([Buffer.alloc(27), first, none]), { ...card, track2: { pan: '0004048712' } }],
    ['a length of 37, as %', raw([Buffer.alloc(37), first, none]), { ...card, track2: { pan: '0004048712' } }],
    ['something else behind the bits', Buffer.from('\x1bs\x1b\x01\0x'), { ok: false, reason: 'noise' }],
  ])('%s', (_it, bytes, expected) => {
    expect(revealed(decodeAll(msr605Codec, [bytes]))).toEqual([expected]);
  });
});

describe('framing', () => {
  const whole = reply([track1, track2, empty]);
  const good = decoded(whole);

  it('what comes before a reply is skipped', () => {
    expect(decoded(`\x1b0\x1by noise \x1b\x1b${whole.slice(1)}`)).toEqual(good);
  });

  it('every reply cut short is half read, or nothing when it has not begun', () => {
    for (let at = 0; at < whole.length; at++) {
      expect(decoded(whole.slice(0, at))).toEqual(at < 2 ? [] : failure('halfRead'));
    }
  });

  it('a reply that breaks off does not touch the next one', () => {
    expect(decoded(whole.slice(0, 40), whole)).toEqual([{ ok: false, reason: 'halfRead' }, ...(good as unknown[])]);
  });

  it.each([
    ['a track twice', '\x1bs\x1b\x02;1?\x1b\x02;1?'],
    ['tracks in another order', '\x1bs\x1b\x02;1?\x1b\x01%B1?'],
    ['a fourth track', '\x1bs\x1b\x04;1?'],
    ['text before the first track', `\x1bs;1?\x1b\x01${track1}?\x1c\x1b0`],
    ['no ? before FS', `\x1bs\x1b\x02${track2.slice(0, -1)}\x1c\x1b0`],
    ['no status behind FS', `\x1bs\x1b\x02${track2}?\x1c0`],
  ])('%s is noise', (_it, bytes) => {
    expect(decoded(bytes)).toEqual(failure('noise'));
  });

  it('one damaged byte never gives a card with other numbers', () => {
    const bytes = Buffer.from(whole, 'latin1');
    const wrong: unknown[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const [read] = decodeAll(msr605Codec, [bytes.with(at, byte)]);
        if (read?.ok !== true || read.kind !== 'card') continue;
        const pans = [read.track1?.pan?.expose(), read.track2?.pan.expose()];
        if (!pans.includes('6210947000000021')) wrong.push({ at, byte });
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('properties', () => {
  it('tracks come back as they were sent', () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
    fc.assert(
      fc.property(digits(19), digits(7), fc.boolean(), (pan, rest, hasTrack1) => {
        const first = hasTrack1 ? `%B${pan}^A/B^${rest}?` : unreadable;
        const [read] = decoded(reply([first, `;${pan}=${rest}?`, empty])) as [{ track1?: object; track2: object }];
        const dates = { pan, expiry: rest.slice(0, 4), serviceCode: rest.slice(4) };
        expect(read.track2).toEqual(dates);
        expect(read.track1).toEqual(hasTrack1 ? { formatCode: 'B', name: 'A/B', ...dates } : undefined);
      }),
    );
  });

  it('any bytes in any chunks', () => {
    const pieces = [
      '\x1bs\x1b\x01\0',
      '\x1b\x02\x02ab',
      '\x1bs',
      '\x1b\x01',
      '\x1b\x02',
      '\x1b\x03',
      track1,
      track2,
      empty,
      unreadable,
      '?\x1c',
      '\x1b0',
    ];
    expectAnyBytesHold(
      msr605Codec,
      [...pieces, reply([track1, track2, empty])].map((piece) => Buffer.from(piece, 'latin1')),
    );
  });
});

it('commands are those of the protocol', () => {
  expect(hexBytes(capture.isoRead.request)).toEqual(Buffer.from(msr605Commands.read));
  expect(msr605Commands.reset).toEqual([0x1b, 0x61]);
});
