import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineFrame, LineFramer } from '../../drivers/codec/line-framer.ts';

const lineBytesMax = 8;

/** Frames as text: a line's characters in latin1, or what became of it. */
function shown(frames: readonly LineFrame[]): string[] {
  return frames.map((frame) =>
    frame.kind === 'line' ? Buffer.from(frame.bytes).toString('latin1') : `<${frame.kind}>`,
  );
}

/** Cuts bytes into chunks of the given sizes, over and over. */
function chunks(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

/** Bytes rich in line ends, and long enough to break the limit. */
const stream = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 255 }) }, fc.constantFrom(0x0a, 0x0d)), { maxLength: 120 })
  .map((bytes) => Uint8Array.from(bytes));

describe('lines', () => {
  it.each([
    ['CR', 'one\rtwo\r', ['one', 'two']],
    ['LF', 'one\ntwo\n', ['one', 'two']],
    ['CR LF', 'one\r\ntwo\r\n', ['one', 'two']],
    ['empty lines are passed over', '\n\r\r\none\n\n', ['one']],
    ['bytes above 7F stay as they are', '\u00d5\u00c5\u00ff\n', ['\u00d5\u00c5\u00ff']],
    ['as long as the limit', '12345678\n', ['12345678']],
    ['longer than the limit, then in step again', '123456789abc\nnext\n', ['<tooLong>', 'next']],
    ['told too long before its end comes', '123456789', ['<tooLong>']],
  ])('%s', (_it, text, expected) => {
    expect(shown(new LineFramer(lineBytesMax).push(Buffer.from(text, 'latin1')))).toEqual(expected);
  });

  it('a line cut by silence is told as cut, and nothing of it gets into the next', () => {
    const framer = new LineFramer(lineBytesMax);
    expect(shown(framer.push(Buffer.from('half')))).toEqual([]);
    expect(framer.midLine).toBe(true);
    expect(shown(framer.endLine())).toEqual(['<cut>']);
    expect(framer.midLine).toBe(false);
    expect(shown(framer.endLine())).toEqual([]);
    expect(shown(framer.push(Buffer.from('next\n')))).toEqual(['next']);
  });

  it('silence also ends what is being skipped', () => {
    const framer = new LineFramer(lineBytesMax);
    expect(shown(framer.push(Buffer.from('123456789abc')))).toEqual(['<tooLong>']);
    expect(shown(framer.endLine())).toEqual([]);
    expect(shown(framer.push(Buffer.from('next\n')))).toEqual(['next']);
  });
});

describe('properties', () => {
  it('however the bytes are cut into chunks, the frames are the same', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = new LineFramer(lineBytesMax);
        const atOnce = shown([...whole.push(bytes), ...whole.endLine()]);
        const cut = new LineFramer(lineBytesMax);
        const inChunks = chunks(bytes, sizes).flatMap((chunk) => shown(cut.push(chunk)));
        expect([...inChunks, ...shown(cut.endLine())]).toEqual(atOnce);
      }),
    );
  });

  it('lines are what stands between line ends, none beyond the limit', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const framer = new LineFramer(lineBytesMax);
        const text = Buffer.from(bytes).toString('latin1');
        const expected = text
          .split(/[\r\n]/)
          .filter((line) => line !== '')
          .map((line) => (line.length > lineBytesMax ? '<tooLong>' : line));
        const frames = shown([...framer.push(bytes), ...framer.endLine()]);
        if (frames.at(-1) === '<cut>') expected.splice(-1, 1, '<cut>');
        expect(frames).toEqual(expected);
      }),
    );
  });

  it('a stream that never ends its line is told once, many lines in one chunk are all given', () => {
    const framer = new LineFramer(lineBytesMax);
    expect(shown(framer.push(new Uint8Array(1_000_000).fill(0x41)))).toEqual(['<tooLong>']);
    expect(framer.push(Buffer.from(`\n${'a\n'.repeat(10_000)}`))).toHaveLength(10_000);
  });
});
