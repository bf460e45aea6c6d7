import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../drivers/codec/decoded.ts';
import { lineCodec } from '../../../drivers/codec/line-codec.ts';
import { secret } from '../../../src/domain/secret.ts';
import { revealed } from './revealed.ts';

function asScan(line: Uint8Array): Decoded {
  return { ok: true, kind: 'scan', text: secret(Buffer.from(line).toString('latin1')) };
}

/** A scan's text, or why there is none. */
function shown(decoded: readonly Decoded[]): unknown {
  return decoded.map((one) => (one.ok ? revealed(one.kind === 'scan' ? one.text : one) : one.reason));
}

describe.each([
  ['silence cuts a line off', {}, 'halfRead'],
  ['silence ends a line', { cutIsWhole: true }, 'ab'],
])('lines, %s', (_it, options, cutLine) => {
  const fresh = () => lineCodec(4, asScan, options).decoder();

  it('gives one result a line, and one for the last', () => {
    const decoder = fresh();
    expect(shown(decoder.push(Buffer.from('abcd\r\n\nb\rab')))).toEqual(['abcd', 'b']);
    expect(decoder.midFrame).toBe(true);
    expect(shown(decoder.end())).toEqual([cutLine]);
    expect(decoder.midFrame).toBe(false);
    expect(decoder.end()).toEqual([]);
  });

  it('tells a line that is too long once, and begins anew after silence', () => {
    const decoder = fresh();
    expect(shown(decoder.push(Buffer.from('abcdefgh')))).toEqual(['tooLong']);
    expect(decoder.end()).toEqual([]);
    expect(shown(decoder.push(Buffer.from('b\r')))).toEqual(['b']);
  });
});
