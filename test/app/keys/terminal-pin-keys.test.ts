import { describe, expect, it } from 'vitest';
import { TerminalPinKeys } from '../../../src/app/keys/terminal-pin-keys.ts';
import { wrapKey } from '../../../src/ports/key-wrap.ts';
import { keyCheckValue } from '../../../src/ports/pin-block.ts';
import { PinKeyFault, type WrappedPinKey } from '../../../src/ports/pin-key.ts';
import { type PinBlockFormat, pinBlockFormats } from '../../../src/ports/pin-pad.ts';

const terminalKey = Uint8Array.from({ length: 32 }, (_, at) => at * 3);

function wrapped(format: PinBlockFormat, serial: number, change: Partial<WrappedPinKey> = {}): WrappedPinKey {
  const key = new Uint8Array(16).fill(serial);
  return {
    format,
    keyId: `key ${serial}`,
    wrapped: Buffer.from(wrapKey(terminalKey, key)).toString('hex'),
    checkValue: keyCheckValue({ format, key }),
    usesMax: 2,
    ...change,
  };
}

const all = (from: number) => pinBlockFormats.map((format, at) => wrapped(format, from + at));
const holder = (formats: readonly PinBlockFormat[] = pinBlockFormats) => new TerminalPinKeys({ terminalKey, formats });
const faultOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (fault) {
    return fault;
  }
  return null;
};

describe('PIN keys of a terminal', () => {
  it('gives the key of each format by its id, once a sign-in has brought it', () => {
    const keys = holder();
    expect(keys.mustRenew()).toBe(true);
    for (const format of pinBlockFormats) expect(faultOf(() => keys.take(format))).toMatchObject({ code: 'none' });
    keys.accept(all(1));
    expect(keys.mustRenew()).toBe(false);
    for (const [at, format] of pinBlockFormats.entries()) {
      expect(keys.take(format)).toEqual({ format, keyId: `key ${at + 1}`, key: new Uint8Array(16).fill(at + 1) });
    }
  });

  it('counts uses: when one format is used up it must renew, and gives that one no more', () => {
    const keys = holder(['iso4-aes128', 'iso0-tdes']);
    keys.accept(all(1));
    keys.take('iso0-tdes');
    expect(keys.mustRenew()).toBe(false);
    keys.take('iso0-tdes');
    expect(keys.mustRenew()).toBe(true);
    expect(faultOf(() => keys.take('iso0-tdes'))).toBeInstanceOf(PinKeyFault);
    expect(keys.take('iso4-aes128').keyId).toBe('key 1');
    keys.accept(all(11));
    expect(keys.mustRenew()).toBe(false);
    expect(keys.take('iso0-tdes').keyId).toBe('key 13');
  });

  it('overwrites a key that is replaced or dropped', () => {
    const keys = holder();
    keys.accept(all(1));
    const first = pinBlockFormats.map((format) => keys.take(format).key);
    keys.accept(all(11));
    const second = pinBlockFormats.map((format) => keys.take(format).key);
    for (const key of first) expect(key).toEqual(new Uint8Array(16));
    for (const [at, key] of second.entries()) expect(key).toEqual(new Uint8Array(16).fill(at + 11));
    keys.drop();
    for (const key of second) expect(key).toEqual(new Uint8Array(16));
    expect(keys.mustRenew()).toBe(true);
  });

  it.each<[string, (good: readonly WrappedPinKey[]) => readonly WrappedPinKey[]]>([
    ['a format is missing', (good) => good.slice(1)],
    ['there is none', () => []],
    ['one is wrapped under another key', (good) => good.with(2, wrapped('iso0-tdes', 9, { wrapped: '00'.repeat(24) }))],
    ['one is no hexadecimal', (good) => good.with(1, wrapped('iso4-sm4', 9, { wrapped: 'zz' }))],
    [
      'one is too long',
      (good) => {
        const long = Buffer.from(wrapKey(terminalKey, new Uint8Array(32))).toString('hex');
        return good.with(0, wrapped('iso4-aes128', 9, { wrapped: long }));
      },
    ],
    ['a check value is wrong', (good) => good.with(2, wrapped('iso0-tdes', 9, { checkValue: '000000' }))],
  ])('takes nothing when %s: the earlier keys stand', (_it, change) => {
    const keys = holder();
    keys.accept(all(1));
    expect(faultOf(() => keys.accept(change(all(11))))).toMatchObject({ name: 'PinKeyFault', code: 'notUnwrapped' });
    expect(pinBlockFormats.map((format) => keys.take(format).keyId)).toEqual(['key 1', 'key 2', 'key 3']);
  });

  it('takes no other formats than its own, and a check value in small letters', () => {
    const keys = holder(['iso4-sm4']);
    const key = wrapped('iso4-sm4', 7);
    keys.accept([...all(1).slice(0, 1), { ...key, checkValue: key.checkValue.toLowerCase() }]);
    expect(faultOf(() => keys.take('iso4-aes128'))).toMatchObject({ code: 'none' });
    expect(keys.take('iso4-sm4').keyId).toBe('key 7');
  });

  it('says nothing of a key in its faults', () => {
    const keys = holder(['iso4-aes128']);
    const bad = wrapped('iso4-aes128', 1, { checkValue: '000000' });
    expect(String(faultOf(() => keys.accept([bad])))).not.toMatch(/0101|00,01/);
  });
});
