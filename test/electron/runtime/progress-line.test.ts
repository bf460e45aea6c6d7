import { describe, expect, it } from 'vitest';
import { progressLine, progressText } from '../../../electron/runtime/progress-line.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  const target = { isTTY, columns: 80, write: (text: string) => written.push(text) > 0 };
  return { written, target: target as unknown as NodeJS.WriteStream };
}

describe('progress', () => {
  it('on a terminal is one line that is written over, and gone at the end', () => {
    const { written, target } = stream(true);
    const line = progressLine(target);
    line.update('1 %');
    line.update('2 %');
    line.end();
    expect(written.join('')).toBe('\r\u001b[2K1 %\r\u001b[2K2 %\r\u001b[2K');
  });

  it('elsewhere is a line in ten seconds at most; a sentence is never held back', () => {
    const { written, target } = stream(false);
    let nowMs = 0;
    const line = progressLine(target, () => nowMs);
    for (nowMs = 0; nowMs <= 25_000; nowMs += 500) line.update(`at ${nowMs}`);
    line.say('done');
    expect(written).toEqual(['at 0\n', 'at 10000\n', 'at 20000\n', 'done\n']);
  });

  it.each([
    [0, 196_264_810, 'X: 0 % of 196 MB'],
    [98_132_405, 196_264_810, 'X: 50 % of 196 MB'],
    [300_000_000, 196_264_810, 'X: 100 % of 196 MB'],
    [12_400_000, null, 'X: 12 MB'],
  ])('%d of %s bytes', (bytes, total, text) => {
    expect(progressText('X', bytes, total)).toBe(text);
  });
});
