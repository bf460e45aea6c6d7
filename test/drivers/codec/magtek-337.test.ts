import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMagtek337, magtek337Codec } from '../../../drivers/codec/magtek-337.ts';
import captures from '../../../fixtures/captures/assembled-hid-reports.json' with { type: 'json' };
import { cut, decodeAll, hexBytes, revealed } from './revealed.ts';

const track1 = '%B9999000000000000000^GONGJI/TEST CARD^4912220?';
const track2 = ';9999000000000000000=4912220?';
const track3 = ';019999000000000000000=1560560?';

function capture(name: string): Uint8Array {
  return hexBytes(captures.reports.find((report) => report.name === name)?.hex ?? '');
}

/** A report as the reader makes it: text, or '' for no track, or null for one that it could not decode. */
function report(...tracks: readonly (string | null)[]): Buffer {
  const bytes = Buffer.alloc(337);
  for (const [at, track] of tracks.entries()) {
    bytes[at] = track === null ? 1 : 0;
    bytes[3 + at] = track?.length ?? 0;
    bytes.write(track ?? '', 7 + at * 110, 'latin1');
  }
  return bytes;
}

function decode(bytes: Uint8Array): unknown {
  return revealed(decodeMagtek337(bytes));
}

const hogan = { pan: '5452300551227189', expiry: '0804', serviceCode: '321' };

describe('captured reports', () => {
  it('three tracks', () => {
    expect(decode(capture('magtek337_ok'))).toEqual({
      ok: true,
      kind: 'card',
      masked: false,
      track1: { formatCode: 'B', name: 'HOGAN/PAUL', ...hogan, discretionary: '0000000725000000' },
      track2: { ...hogan, discretionary: '00000007250' },
      track3: { text: '5163499080020445=000000000000' },
      errors: [],
    });
  });

  it('a track that the reader could not decode', () => {
    expect(decode(capture('magtek337_track1_error'))).toMatchObject({
      track2: hogan,
      errors: [{ track: 1, reason: 'unreadable' }],
    });
  });

  it('what stands behind the length is not read', () => {
    const card = decode(capture('magtek337_stale_bytes_after_length'));
    expect(card).toMatchObject({ ok: true, track2: hogan, errors: [] });
    expect(card).not.toHaveProperty('track1');
  });

  it.each([
    ['magtek337_all_error_undetermined', 'unreadable'],
    ['magtek337_blank', 'blankCard'],
  ])('%s', (name, reason) => {
    expect(decode(capture(name))).toEqual({ ok: false, reason });
  });
});

describe('reports', () => {
  it('a track of 110 bytes is read to its last byte', () => {
    const name = 'A'.repeat(110 - '%B9999000000000000000^^4912220?'.length);
    const full = `%B9999000000000000000^${name}^4912220?`;
    expect(full).toHaveLength(110);
    expect(decode(report(full))).toMatchObject({ ok: true, track1: { name, serviceCode: '220' }, errors: [] });
  });

  it('bits of the status that are reserved say nothing', () => {
    const bytes = report('', track2);
    bytes[1] = 0xfe;
    expect(decode(bytes)).toMatchObject({ ok: true, errors: [] });
  });

  it('a track with the error bit is not read although it has a length', () => {
    const bytes = report(track1, track2);
    bytes[1] = 1;
    const card = decode(bytes);
    expect(card).toMatchObject({ ok: true, errors: [{ track: 2, reason: 'unreadable' }] });
    expect(card).not.toHaveProperty('track2');
  });

  it.each([
    ['track 1 on track 2', ['', track1], 'noise'],
    ['track 2 on track 1', [track2], 'noise'],
    ['no start sentinel', ['', track2.slice(1)], 'noise'],
    ['no end sentinel', ['', track2.slice(0, -1)], 'halfRead'],
    ['zeros in a track', ['', '\0'.repeat(37)], 'noise'],
    ['an undecoded and a bad track', [null, track1], 'noise'],
    ['all undecoded', [null, null, null], 'unreadable'],
    ['one undecoded, the others empty', ['', null], 'unreadable'],
  ])('%s', (_it, tracks, reason) => {
    expect(decode(report(...tracks))).toEqual({ ok: false, reason });
  });

  it.each([111, 255])('a length of %i is beyond the field', (length) => {
    for (const track of [0, 1, 2]) {
      const bytes = report(track1, track2, track3);
      bytes[3 + track] = length;
      expect(decode(bytes)).toEqual({ ok: false, reason: 'wrongLength' });
    }
  });

  it.each([0, 336, 338])('%i bytes are no report', (size) => {
    expect(decode(new Uint8Array(size))).toEqual({ ok: false, reason: 'wrongLength' });
  });
});

describe('framing', () => {
  it('reports follow one another, and a short one is told at the silence', () => {
    const bytes = Buffer.concat([report(track1), report('', track2), report(track1).subarray(0, 336)]);
    expect(decodeAll(magtek337Codec, [bytes])).toMatchObject([
      { ok: true, track1: {} },
      { ok: true, track2: {} },
      { ok: false, reason: 'wrongLength' },
    ]);
  });

  it('after silence a report begins afresh', () => {
    const decoder = magtek337Codec.decoder();
    decoder.push(report(track1).subarray(0, 200));
    expect(decoder.midFrame).toBe(true);
    decoder.end();
    expect(decoder.midFrame).toBe(false);
    expect(decoder.push(report('', track2))).toMatchObject([{ ok: true, track2: {} }]);
    expect(decoder.end()).toEqual([]);
  });
});

describe('any bytes', () => {
  const anyTrack = fc.constantFrom('', null, track1, track2, track3, 'E', '%E?', '%');
  const stream = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 700 }),
        fc.array(anyTrack, { maxLength: 3 }).map((t) => report(...t)),
      ),
      {
        maxLength: 4,
      },
    )
    .map((parts) => new Uint8Array(Buffer.concat(parts)));

  it('any split gives the same result, bounded by the bytes', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = decodeAll(magtek337Codec, [bytes]);
        expect(revealed(decodeAll(magtek337Codec, cut(bytes, sizes)))).toEqual(revealed(whole));
        expect(whole.length).toBeLessThanOrEqual(bytes.length / 337 + 1);
      }),
    );
  });

  it('a card that is written is read', () => {
    const pan = fc.string({ minLength: 12, maxLength: 19, unit: fc.constantFrom(...'0123456789') });
    fc.assert(
      fc.property(pan, fc.uint8Array({ minLength: 330, maxLength: 330 }), (number, stale) => {
        const bytes = Buffer.alloc(337);
        bytes.set(stale, 7);
        const text = `;${number}=4912220?`;
        bytes[4] = text.length;
        bytes.write(text, 117, 'latin1');
        expect(decode(bytes)).toEqual({
          ok: true,
          kind: 'card',
          masked: false,
          track2: { pan: number, expiry: '4912', serviceCode: '220' },
          errors: [],
        });
      }),
    );
  });
});
