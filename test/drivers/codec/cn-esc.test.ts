import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cnEscCodec, cnEscCommands, decodeCnEsc } from '../../../drivers/codec/cn-esc.ts';
import capture from '../../../fixtures/captures/cn-esc-magreader.json' with { type: 'json' };
import { expectAnyBytesHold } from './any-bytes.ts';
import { decodeAll, hexBytes, revealed } from './revealed.ts';

const pan = '6210947000000021';
const track2 = `${pan}=1808101`;
const track3 = `99${pan}=1561560000000000000>0`;
const track1 = `B${pan}^ANNA/%ALAN A^1808101`;

function reply(body: string): string {
  return `\x1bs${body}?\x1c`;
}

function decoded(...chunks: readonly string[]): unknown {
  return revealed(
    decodeAll(
      cnEscCodec,
      chunks.map((chunk) => Buffer.from(chunk, 'latin1')),
    ),
  );
}

const dates = { pan, expiry: '1808', serviceCode: '101' };
const card = { ok: true, kind: 'card', masked: false, errors: [] };
const failure = (reason: string) => [{ ok: false, reason }];

describe('replies', () => {
  it.each([
    ['track2_only', { ...card, track2: dates }],
    ['track2_and_3_error3', { ...card, track2: dates, errors: [{ track: 3, reason: 'unreadable' }] }],
    ['track2_failed', { ok: false, reason: 'unreadable' }],
  ])('%s of the reference', (name, expected) => {
    const hex = capture.assembled.find((frame) => frame.name === name)?.hex ?? '';
    expect(revealed(decodeAll(cnEscCodec, [hexBytes(hex)]))).toEqual([expected]);
    expect(revealed(decodeCnEsc(hexBytes(hex)))).toEqual(expected);
  });

  it('all tracks, with the letter of track 3 and the sentinel of track 1 in the name', () => {
    expect(decoded(reply(`${track2}A${track3}%${track1}`))).toEqual([
      {
        ...card,
        track1: { formatCode: 'B', ...dates, name: 'ANNA/%ALAN A' },
        track2: dates,
        track3: { text: track3 },
      },
    ]);
  });

  it.each([
    ['tracks 2 and 1', `${track2}%${track1}`, ['track1', 'track2']],
    ['track 1 alone', `%${track1}`, ['track1']],
    ['track 3 alone', `A${track3}`, ['track3']],
    ['tracks 3 and 1', `A${track3}%${track1}`, ['track1', 'track3']],
    ['track 2 unreadable', `\x7fA${track3}%${track1}`, ['track1', 'track3', [2, 'unreadable']]],
    ['only track 1 unreadable', `${track2}%\x7f`, ['track2', [1, 'unreadable']]],
    ['38 characters on track 2', track2.padEnd(38, '0'), ['track2']],
    ['39 characters on track 2', `${track2.padEnd(39, '0')}%${track1}`, ['track1', [2, 'tooLong']]],
    ['108 characters on track 3', `${track2}A${track3.padEnd(108, '0')}`, ['track2', 'track3']],
    ['109 characters on track 3', `${track2}A${track3.padEnd(109, '0')}`, ['track2', [3, 'tooLong']]],
    ['79 characters on track 1', `%${track1.padEnd(79, '0')}`, ['track1']],
    ['80 characters on track 1', `${track2}%${track1.padEnd(80, '0')}`, ['track2', [1, 'tooLong']]],
    ['a letter on track 2', `62109470000X0021=1808101%${track1}`, ['track1', [2, 'noise']]],
  ])('%s', (_it, body, found) => {
    const [read] = decodeAll(cnEscCodec, [Buffer.from(reply(body), 'latin1')]);
    const tracks = Object.keys(read ?? {}).filter((key) => key.startsWith('track'));
    const errors = read?.ok === true && read.kind === 'card' ? read.errors : [];
    expect([...tracks, ...errors.map(({ track, reason }) => [track, reason])]).toEqual(found);
  });

  it.each([
    ['no track', '', 'blankCard'],
    ['no track read', '\x7fA\x7f%\x7f', 'unreadable'],
    ['a number that is none', '=1808101', 'notACard'],
    ['longer than three tracks', '1'.repeat(600), 'tooLong'],
  ])('%s', (_it, body, reason) => {
    expect(decoded(reply(body))).toEqual(failure(reason));
  });

  it.each([
    ['without its head', 'X'],
    ['of nothing', ''],
  ])('a frame %s is noise', (_it, frame) => {
    expect([decodeCnEsc(Buffer.from(frame))]).toEqual(failure('noise'));
  });
});

describe('framing', () => {
  const whole = reply(track2);
  const good = [{ ...card, track2: dates }];

  it('every reply cut short is half read, or nothing when it has not begun', () => {
    for (let at = 0; at < whole.length; at++) {
      expect(decoded(whole.slice(0, at))).toEqual(at < 2 ? [] : failure('halfRead'));
    }
  });

  it('a reply that breaks off does not touch the next one', () => {
    expect(decoded(whole.slice(0, 12), whole)).toEqual([...failure('halfRead'), ...good]);
  });

  it.each([
    ['garbage', '\x00\xff?\x1cabc'],
    ['a good status', '\x1bp'],
    ['a lone good status', 'p'],
    ['an escape', '\x1b'],
    ['words with the letter of a status', 'a query'],
  ])('%s before a reply is skipped', (_it, before) => {
    expect(decoded(before + whole)).toEqual(good);
  });

  it.each([
    ['a lone error status', 'q'],
    ['an error status', '\x1bq'],
    ['an error status instead of the rest', whole.slice(0, 9).concat('q')],
  ])('%s is refused', (_it, bytes) => {
    expect(decoded(bytes + whole)).toEqual([...failure('refused'), ...good]);
  });

  it('a reply without its last ? is half read', () => {
    expect(decoded(`\x1bs${track2}\x1c`)).toEqual(failure('halfRead'));
  });
});

describe('properties', () => {
  it('tracks come back as they were sent', () => {
    const name = fc.stringMatching(/^[A-Z%.$ -]{0,20}[A-Z]$/);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9]{12,19}$/),
        name,
        fc.stringMatching(/^[0-9=>:]{1,100}$/),
        (number, holder, third) => {
          const [read] = decoded(reply(`${number}=49122200A${third}%B${number}^${holder}^49122200`)) as [object];
          const fields = { pan: number, expiry: '4912', serviceCode: '220' };
          expect(read).toEqual({
            ...card,
            track1: { formatCode: 'B', ...fields, name: holder, discretionary: '0' },
            track2: { ...fields, discretionary: '0' },
            track3: { text: third },
          });
        },
      ),
    );
  });

  it('any bytes in any chunks', () => {
    const pieces = ['\x1bs', track1, track2, track3, 'A', '%', '\x7f', '?\x1c', 'p', 'q', reply(track2)];
    expectAnyBytesHold(
      cnEscCodec,
      pieces.map((piece) => Buffer.from(piece, 'latin1')),
    );
  });
});

it('commands are those of the protocol', () => {
  const { readTrack2, readTracks23, readTracks123, status } = capture.commands;
  expect(hexBytes(readTrack2)).toEqual(Buffer.from(cnEscCommands.readTrack2));
  expect(hexBytes(readTracks23)).toEqual(Buffer.from(cnEscCommands.readTracks23));
  expect(hexBytes(readTracks123)).toEqual(Buffer.from(cnEscCommands.readAllTracks));
  expect(hexBytes(status)).toEqual(Buffer.from(cnEscCommands.status));
});
