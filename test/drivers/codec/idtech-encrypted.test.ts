import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createIdtechEncryptedCodec,
  decodeIdtechEncrypted,
  idtechEncryptedCodec,
} from '../../../drivers/codec/idtech-encrypted.ts';
import { trackLrc } from '../../../drivers/codec/iso-track.ts';
import replies from '../../../fixtures/captures/idtech-command-replies.json' with { type: 'json' };
import capture from '../../../fixtures/captures/idtech-encrypted-frames.json' with { type: 'json' };
import { secret } from '../../../src/domain/secret.ts';
import {
  clearFrame,
  type EnhancedParts,
  enhancedFrame,
  maskTrack,
  originalFrame,
  sha1,
  swipeFrame,
} from './idtech-frame.ts';
import { cut, decodeAll, hexBytes, revealed } from './revealed.ts';

const keys = [{ ksnPrefix: '', kind: 'base', key: secret(capture.key) }] as const;
const wrongKeys = [{ ...keys[0], key: secret('00112233445566778899AABBCCDDEEFF') }];
const ksn = hexBytes(capture.enhanced.ksn);
const example = hexBytes(capture.original.hex);

const track1 = '%B9999000000000000000^GONGJI/TEST CARD^4912220?';
const track2 = ';9999000000000000000=4912220?';
const track3 = ';019999000000000000000=1560560?';
const clearTracks = {
  track1: { formatCode: 'B', pan: '9999000000000000000', name: 'GONGJI/TEST CARD', expiry: '4912', serviceCode: '220' },
  track2: { pan: '9999000000000000000', expiry: '4912', serviceCode: '220' },
  track3: { text: '019999000000000000000=1560560' },
};

const withLrc = (track: string) => (track === '' ? '' : track + trackLrc(track));
const enhanced = (parts: Omit<EnhancedParts, 'ksn'>) => enhancedFrame({ ksn, ...parts });

function decode(bytes: Uint8Array, given: Parameters<typeof decodeIdtechEncrypted>[1] = []): unknown {
  return revealed(decodeIdtechEncrypted(bytes, given));
}

const failure = (reason: string) => ({ ok: false, reason });

describe("the manual's example with an invented card", () => {
  const { tracks, name, original } = capture;
  const masked = { ...capture.masked, name };

  it('is what an encoder makes of the card', () => {
    expect(originalFrame({ tracks, ksn: hexBytes(original.ksn) })).toEqual(example);
    expect(enhanced({ tracks })).toEqual(hexBytes(capture.enhanced.hex));
  });

  it('gives its masked tracks', () => {
    const track3 = { text: tracks[2]?.slice(1, -2) };
    const card = { ok: true, masked: true, track1: masked, track2: capture.masked, errors: [] };
    expect(decode(example)).toMatchObject({ ...card, track3 });
    expect(decode(hexBytes(capture.enhanced.hex))).toMatchObject(card);
  });

  it.each(['original', 'enhanced'] as const)('gives its tracks with the key: %s', (format) => {
    expect(decode(hexBytes(capture[format].hex), keys)).toMatchObject({
      masked: false,
      track1: { formatCode: 'B', name, ...capture.decrypted },
      track2: capture.decrypted,
      track3: { text: tracks[2]?.slice(1, -2) },
      errors: [],
    });
  });

  it('is as closed as without a key to another key', () => {
    expect(decode(example, wrongKeys)).toEqual(decode(example));
  });

  it.each([
    ['a changed character', 20, 0x01, 'wrongLrc'],
    ['LRC', example.length - 3, 0x01, 'wrongLrc'],
    ['checksum', example.length - 2, 0x01, 'wrongChecksum'],
    ['ETX', example.length - 1, 0x01, 'wrongLength'],
    ['low byte of the length', 1, 0x01, 'wrongLength'],
    ['high byte of the length', 2, 0x01, 'wrongLength'],
  ])('%s', (_it, at, flip, reason) => {
    const bytes = Buffer.from(example);
    bytes[at] = (bytes[at] ?? 0) ^ flip;
    expect(decode(bytes)).toEqual(failure(reason));
    expect(decode(bytes, keys)).toEqual(failure(reason));
  });

  it('two changes that the LRC does not see are seen by the checksum', () => {
    const bytes = Buffer.from(example);
    for (const at of [20, 21]) bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    bytes[20] = 0x6a;
    bytes[21] = 0x6a ^ (example[20] ?? 0) ^ (example[21] ?? 0);
    expect(decode(bytes)).toEqual(failure('wrongChecksum'));
  });
});

describe('the enhanced format', () => {
  const tracks = [track1, track2, track3].map(withLrc);

  it('masked tracks are delivered as they stand', () => {
    const sent = (track: string) => maskTrack(track).replace('%*', '%B').replace('9999**', '999900');
    expect(decode(enhanced({ tracks, sent }))).toMatchObject({
      ok: true,
      masked: true,
      track1: { formatCode: 'B', pan: '999900*********0000', name: 'GONGJI/TEST CARD' },
      track2: { pan: '999900*********0000' },
      errors: [],
    });
  });

  it.each([
    ['three tracks', { tracks }, clearTracks],
    ['without LRC characters', { tracks: [track1, track2, track3] }, clearTracks],
    ['with session id', { tracks, encryptedBits: 0xff }, clearTracks],
    ['with serial number', { tracks, clearBits: 0x83 }, clearTracks],
    ['without hashes', { tracks, encryptedBits: 0x87 }, clearTracks],
    ['under the PIN variant', { tracks, clearBits: 0x43, variant: 'pin' }, clearTracks],
    ['track 2 alone', { tracks: ['', withLrc(track2), ''], encryptedBits: 0x92 }, { track2: clearTracks.track2 }],
    ['masked tracks not sent', { tracks, clearBits: 0 }, clearTracks],
    [
      'track 3 in the clear',
      { tracks, clearBits: 0x07, encryptedBits: 0x9b, sent: (t: string) => (t === tracks[2] ? t : maskTrack(t)) },
      clearTracks,
    ],
  ] as const)('with the key: %s', (_it, parts, expected) => {
    expect(decode(enhanced(parts), keys)).toEqual({ ok: true, kind: 'card', masked: false, ...expected, errors: [] });
  });

  it('without masked tracks and a key a card was read, but which one is closed', () => {
    expect(decode(enhanced({ tracks, clearBits: 0 }))).toEqual({ ok: true, kind: 'card', masked: true, errors: [] });
    expect(decode(enhanced({ tracks, clearBits: 0 }), wrongKeys)).toMatchObject({ ok: true, masked: true });
  });

  it.each([
    ['AES', 0x80, 0x13],
    ['raw', 0x84, 0x00],
  ])('%s stays closed', (_it, type, clearBits) => {
    const padded = tracks.map((track) => track.padEnd(Math.ceil(track.length / 16) * 16));
    expect(decode(enhanced({ type, tracks: padded, clearBits }), keys)).toMatchObject({ ok: true, masked: true });
  });

  it('tracks of other cards are sent in the clear', () => {
    const bytes = enhanced({ type: 0x83, tracks, clearBits: 0x07, encryptedBits: 0, sent: (track) => track });
    expect(decode(bytes)).toEqual({ ok: true, kind: 'card', masked: false, ...clearTracks, errors: [] });
  });

  it('a wrong SHA-1 is no card', () => {
    expect(decode(enhanced({ tracks, hash: () => sha1('') }), keys)).toEqual(failure('wrongChecksum'));
  });

  it('a wrong LRC of a track is an error of that track', () => {
    const bytes = enhanced({ tracks: [`${track1}!`, withLrc(track2), ''], encryptedBits: 0x83 });
    expect(decode(bytes, keys)).toMatchObject({
      masked: false,
      track2: clearTracks.track2,
      errors: [{ track: 1, reason: 'wrongLrc' }],
    });
  });

  it('card data that are shorter than they say', () => {
    const whole = enhanced({ tracks });
    for (let missing = 1; missing < whole.length - 6; missing += 7)
      expect(decode(swipeFrame(whole.subarray(3, -3 - missing)), keys)).toEqual(failure('wrongLength'));
  });
});

describe('the original format', () => {
  const tracks = [track1, track2, track3].map(withLrc);

  it.each([
    ['with hashes', {}],
    ['without', { hashes: [] }],
    ['with a session id', { sessionId: Buffer.alloc(8, 0x55) }],
  ])('%s', (_it, parts) => {
    const bytes = originalFrame({ tracks, ksn, ...parts });
    expect(decode(bytes)).toMatchObject({ masked: true, track3: clearTracks.track3, errors: [] });
    expect(decode(bytes, keys)).toEqual({ ok: true, kind: 'card', masked: false, ...clearTracks, errors: [] });
  });

  it('a wrong SHA-1 is no card', () => {
    const hashes = [sha1('1'), sha1('2')];
    expect(decode(originalFrame({ tracks, ksn, hashes }), keys)).toEqual(failure('wrongChecksum'));
  });

  it('tracks that are not encrypted', () => {
    const card = { ok: true, kind: 'card', masked: false, ...clearTracks, errors: [] };
    expect(decode(clearFrame(tracks))).toEqual(card);
    expect(decode(clearFrame([track1, track2, track3]))).toEqual(card);
  });

  it.each([
    ['no track found', [0x00, 0x00, 0, 0, 0], 'blankCard'],
    ['tracks found and not decoded', [0x00, 0x18, 0, 0, 0], 'unreadable'],
    ['another encode type', [0x05, 0x00, 0, 0, 0], 'noise'],
    ['no lengths', [0x00, 0x00], 'wrongLength'],
    ['longer tracks than there is', [0x00, 0x12, 0, 60, 0], 'wrongLength'],
    ['less than a KSN behind the tracks', [0x00, 0x00, 0, 0, 0, 1, 2, 3], 'wrongLength'],
  ])('%s', (_it, data, reason) => {
    expect(decode(swipeFrame(data))).toEqual(failure(reason));
  });

  it('a track found and not decoded beside one that was', () => {
    const bytes = swipeFrame([0x00, 0x1a, 0, track2.length, 0], track2);
    expect(decode(bytes)).toMatchObject({ track2: clearTracks.track2, errors: [{ track: 1, reason: 'unreadable' }] });
  });
});

describe('framing', () => {
  const short = clearFrame(['', track2]);
  const card = { ok: true, track2: {} };

  function all(...parts: readonly (Uint8Array | string)[]): unknown {
    return decodeAll(
      idtechEncryptedCodec,
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    );
  }

  it.each([
    ['frames that follow one another', [short, example], [card, { ok: true, masked: true }]],
    [
      'a HID report padded with zeros',
      [Buffer.concat([example, Buffer.alloc(537 - 387)]), short],
      [{ ok: true }, card],
    ],
    ['line ends between frames', [short, '\r\n', short, '\r'], [card, card]],
    ['noise before a frame, told once', ['abc', short, 'x', short], [failure('noise'), card, failure('noise'), card]],
    ['a frame that is cut', [example.subarray(0, 386)], [failure('halfRead')]],
    ['only its first byte', [Buffer.of(2)], [failure('halfRead')]],
    ['a length beyond every frame', [Buffer.of(2, 0xff, 0xff), short, short], [failure('wrongLength')]],
    [
      'a length that is too small',
      [Buffer.concat([Buffer.of(2, 9, 0), short.subarray(3)]), short],
      [failure('wrongLength')],
    ],
    [
      'a length that is too great',
      [Buffer.concat([Buffer.of(2, (short[1] ?? 0) + 1), short.subarray(2)])],
      [failure('wrongLength')],
    ],
    [
      'hexadecimal text',
      [short.toString('hex'), '\r', short.toString('hex').toUpperCase(), '\r', short],
      [card, card, card],
    ],
    ['hexadecimal text that breaks off', [short.toString('hex').slice(0, 41)], [failure('halfRead')]],
    [
      'hexadecimal text with another character',
      [`${short.toString('hex').slice(0, 40)}\r`, short],
      [failure('wrongLength')],
    ],
    ['a zero that begins nothing', ['03', short], [failure('noise'), card]],
    ['a zero, then a frame', ['0', short], [failure('noise'), card]],
    ['nothing', [], []],
  ])('%s', (_it, parts, expected) => {
    expect(all(...parts)).toMatchObject(expected);
    expect(all(...parts)).toHaveLength(expected.length);
  });

  it.each(replies.captures)('a reply to a command is no card: $hex', ({ hex }) => {
    for (const decoded of decodeAll(idtechEncryptedCodec, [hexBytes(hex)])) expect(decoded.ok).toBe(false);
  });

  it('silence ends what has begun', () => {
    const decoder = idtechEncryptedCodec.decoder();
    for (const begun of [short.subarray(0, 20), Buffer.of(2, 0xff, 0xff), Buffer.from('0'), Buffer.from('020')]) {
      decoder.push(begun);
      expect(decoder.midFrame).toBe(true);
      decoder.end();
      expect(decoder.midFrame).toBe(false);
      expect(decoder.push(short)).toMatchObject([card]);
      expect(decoder.end()).toEqual([]);
    }
  });

  it('a codec with keys', () => {
    expect(decodeAll(createIdtechEncryptedCodec(keys), [example])).toMatchObject([{ ok: true, masked: false }]);
    expect(() => createIdtechEncryptedCodec([{ ...keys[0], key: secret('') }])).toThrow(RangeError);
  });
});

describe('any bytes', () => {
  const frames = fc.constantFrom(
    example,
    clearFrame(['', track2]),
    Buffer.from(clearFrame(['', track2]).toString('hex')),
    enhanced({ tracks: [track1, track2, track3] }),
    Buffer.of(2, 9, 0),
    Buffer.from('0'),
  );
  const stream = fc
    .array(fc.oneof(frames, fc.uint8Array({ maxLength: 60 })), { maxLength: 5 })
    .map((parts) => new Uint8Array(Buffer.concat(parts)));
  const codec = createIdtechEncryptedCodec(keys);

  it('any split gives the same result, bounded by the bytes', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = decodeAll(codec, [bytes]);
        expect(revealed(decodeAll(codec, cut(bytes, sizes)))).toEqual(revealed(whole));
        expect(whole.length).toBeLessThanOrEqual(bytes.length + 1);
      }),
    );
  });

  it('any card data under right checks: no throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0x00, 0x80, 0x04, 0x84),
        fc.array(fc.nat(60), { minLength: 6, maxLength: 6 }),
        fc.uint8Array({ maxLength: 400 }),
        (type, head, rest) => {
          const bytes = swipeFrame([type, ...head], rest);
          expect(() => decodeIdtechEncrypted(bytes, keys)).not.toThrow();
          expect(() => decodeIdtechEncrypted(bytes)).not.toThrow();
        },
      ),
    );
  });

  it('one changed bit of a frame is never a card', () => {
    fc.assert(
      fc.property(fc.nat(example.length - 1), fc.nat(7), (at, bit) => {
        const bytes = Buffer.from(example);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        for (const decoded of decodeAll(codec, [bytes])) expect(decoded.ok).toBe(false);
      }),
    );
  });
});
