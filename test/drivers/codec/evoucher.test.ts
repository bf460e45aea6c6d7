import { describe, expect, it } from 'vitest';
import { evoucherCodec } from '../../../drivers/codec/evoucher.ts';
import { expectAnyBytesHold } from './any-bytes.ts';
import { decodeAll, revealed } from './revealed.ts';

/** The sample of R94's sources. */
const sample = '4243754826492874240001130000';

function decoded(...chunks: readonly (string | Uint8Array)[]): unknown {
  return revealed(
    decodeAll(
      evoucherCodec,
      chunks.map((chunk) => Buffer.from(chunk)),
    ),
  );
}

const scan = { ok: true, kind: 'scan', text: sample };
const notAnEvoucher = { ok: false, reason: 'notAnEvoucher' };

describe('R95: only a 医保码 passes', () => {
  it.each([
    ['with CR', `${sample}\r`, [scan]],
    ['with CR LF', `${sample}\r\n`, [scan]],
    ['with silence after it', sample, [scan]],
    ['with an AIM identifier', `]Q1${sample}\r`, [{ ...scan, symbology: ']Q1' }]],
    ['two of them', `${sample}\r${sample}\r`, [scan, scan]],
    ['a payment code', '134567890123456789\r', [notAnEvoucher]],
    ['a link', 'https://qr.example.com/abc\r', [notAnEvoucher]],
    ['a digit too few', `${sample.slice(1)}\r`, [notAnEvoucher]],
    ['a digit too many', `${sample}0\r`, [notAnEvoucher]],
    ['a blank in front', ` ${sample}\r`, [notAnEvoucher]],
    ['Chinese text', '医保\r', [notAnEvoucher]],
    ['control characters', `${sample}\x02\r`, [{ ok: false, reason: 'noise' }]],
    ['longer than a code can be', '4'.repeat(8000), [{ ok: false, reason: 'tooLong' }]],
  ])('%s', (_it, text, expected) => {
    expect(decoded(text)).toEqual(expected);
  });

  it('does not print', () => {
    expect(JSON.stringify(decodeAll(evoucherCodec, [Buffer.from(sample)]))).not.toContain(sample);
  });

  it('any bytes in any chunks', () => {
    expectAnyBytesHold(
      evoucherCodec,
      [sample, sample.slice(0, 14), '\r', '\n', ']Q0', 'x'].map((piece) => Buffer.from(piece)),
    );
  });
});
