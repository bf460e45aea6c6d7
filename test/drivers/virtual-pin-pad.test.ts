import { describe, expect, it } from 'vitest';
import { PinBuffer } from '../../drivers/pinpad/pin-buffer.ts';
import { VirtualPinPad } from '../../drivers/pinpad/virtual-pin-pad.ts';
import { secret } from '../../src/domain/secret.ts';
import { pinPadContract } from '../contract/pin-pad.contract.ts';

pinPadContract('virtual', async (keys, onListenerThrow) => {
  const pad = new VirtualPinPad({ pinKey: () => keys.take('iso4-sm4'), onListenerThrow });
  return {
    pad,
    type: async (digits) => pad.type(digits),
    press: async (key) => pad.key(key),
  };
});

const key = (length: number) => ({ format: 'iso4-aes128', keyId: 'K', key: new Uint8Array(length) }) as const;

describe('virtual PIN pad', () => {
  it('says whether a PIN is asked for', async () => {
    const pad = new VirtualPinPad({ pinKey: () => key(16) });
    expect(pad.open).toBe(false);
    const entered = pad.enter({ pan: secret('999900000000000000'), length: 6 }, new AbortController().signal);
    expect(pad.open).toBe(true);
    pad.key('cancel');
    await entered;
    expect(pad.open).toBe(false);
  });

  it('a key that seals nothing fails the entry and wipes the digits', async () => {
    const pad = new VirtualPinPad({ pinKey: () => key(3) });
    const counts: number[] = [];
    pad.subscribe((count) => counts.push(count));
    const entered = pad.enter({ pan: secret('999900000000000000'), length: 4 }, new AbortController().signal);
    pad.type('1234');
    pad.key('confirm');
    await expect(entered).rejects.toBeInstanceOf(RangeError);
    expect(counts.at(-1)).toBe(0);
    expect(pad.open).toBe(false);
  });

  it('refuses text that is not digits, without repeating it', () => {
    const pad = new VirtualPinPad({ pinKey: () => key(16) });
    expect(() => pad.type('12a456')).toThrow(new RangeError('only digits can be typed'));
  });
});

describe('PIN buffer', () => {
  it('takes digits up to twelve and nothing else', () => {
    const buffer = new PinBuffer();
    expect([-1, 10, 1.5, Number.NaN].map((digit) => buffer.push(digit))).toEqual([false, false, false, false]);
    expect(Array.from({ length: 13 }, () => buffer.push(9)).filter(Boolean)).toHaveLength(12);
    expect(buffer.count).toBe(12);
  });

  it('backspace and wipe overwrite the digits themselves', () => {
    const buffer = new PinBuffer();
    for (const digit of [1, 2, 3]) buffer.push(digit);
    const view = buffer.view();
    buffer.backspace();
    expect([...view]).toEqual([1, 2, 0]);
    buffer.wipe();
    expect([...view]).toEqual([0, 0, 0]);
    buffer.backspace();
    expect(buffer.count).toBe(0);
  });
});
