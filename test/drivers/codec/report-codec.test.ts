import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../drivers/codec/decoded.ts';
import { ReportFramer, reportCodec } from '../../../drivers/codec/report-codec.ts';
import { cut, decodeAll } from './revealed.ts';

const decodeReport = (report: Uint8Array): Decoded => ({
  ok: true,
  kind: 'pinpad',
  message: Buffer.from(report).toString('latin1'),
  fields: {},
});
const strict = reportCodec(4, decodeReport);
const lenient = reportCodec(4, decodeReport, { rest: 'ignored' });

function messages(decoded: readonly Decoded[]): unknown[] {
  return decoded.map((one) => (one.ok && one.kind === 'pinpad' ? one.message : one));
}

const wrongLength = { ok: false, reason: 'wrongLength' };

describe('reports of one size', () => {
  it.each([
    ['whole ones', strict, ['abcdefgh'], ['abcd', 'efgh']],
    ['in pieces', strict, ['ab', 'cde', 'fgh'], ['abcd', 'efgh']],
    ['none', strict, [], []],
    ['one too short', strict, ['abc'], [wrongLength]],
    ['one too long', strict, ['abcde'], ['abcd', wrongLength]],
    ['one too long, where it may be', lenient, ['abcde'], ['abcd']],
    ['one too short, where longer ones may be', lenient, ['abc'], [wrongLength]],
  ])('%s', (_it, codec, chunks, expected) => {
    const bytes = chunks.map((chunk) => Buffer.from(chunk));
    expect(messages(decodeAll(codec, bytes))).toEqual(expected);
  });

  it('what is handed out is not written over by what follows', () => {
    const framer = new ReportFramer(2);
    const [first] = framer.push(Buffer.from('ab'));
    framer.push(Buffer.from('cd'));
    expect(first).toEqual(Uint8Array.from(Buffer.from('ab')));
  });

  it('any split gives the same result', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (bytes, sizes) => {
        expect(decodeAll(strict, cut(bytes, sizes))).toEqual(decodeAll(strict, [bytes]));
        expect(decodeAll(lenient, cut(bytes, sizes))).toEqual(decodeAll(lenient, [bytes]));
      }),
    );
  });
});
