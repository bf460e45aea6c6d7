import { describe, expect, it } from 'vitest';
import { plainKeyOf } from '../../../drivers/codec/plain-keypad.ts';

describe('plain keypad', () => {
  const keys = Array.from({ length: 256 }, (_, byte) => [byte, plainKeyOf(byte)] as const).filter(
    ([, key]) => key !== null,
  );

  it('knows its keys with the top bit as without it, and no other byte', () => {
    const expected = [
      [0x08, 'backspace'],
      [0x0d, 'confirm'],
      [0x1b, 'cancel'],
      ...Array.from({ length: 10 }, (_, digit) => [0x30 + digit, digit]),
      [0x7f, 'clear'],
    ] as const;
    expect(keys).toEqual([...expected, ...expected.map(([byte, key]) => [Number(byte) + 0x80, key])]);
  });
});
