import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CardVault } from '../../src/centre/card-vault.ts';
import { pinDigits, pinVerifier } from '../../src/centre/pin-verification.ts';

const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);

describe('what is kept of a PIN', () => {
  it('differs by card, by PIN and by key, so that a stolen file tells nothing', () => {
    const kept = [
      pinVerifier(key, 'card-1', pinDigits('135790')),
      pinVerifier(key, 'card-2', pinDigits('135790')),
      pinVerifier(key, 'card-1', pinDigits('135791')),
      pinVerifier(otherKey, 'card-1', pinDigits('135790')),
    ].map((verifier) => Buffer.from(verifier).toString('hex'));
    expect(new Set(kept).size).toBe(4);
    expect(pinVerifier(key, 'card-1', pinDigits('135790'))).toEqual(pinVerifier(key, 'card-1', pinDigits('135790')));
  });

  it('is no bare hash: a dictionary of all PINs of six digits does not hit it', () => {
    const card = 'card-1';
    const kept = Buffer.from(pinVerifier(key, card, pinDigits('135790'))).toString('hex');
    const layouts: readonly ((text: string, digits: Uint8Array) => Uint8Array | string)[] = [
      (text) => text,
      (_text, digits) => Buffer.concat([Buffer.from(`pin:${card}:`), digits]),
    ];
    const digits = new Uint8Array(6);
    for (let number = 0; number < 1_000_000; number++) {
      const text = String(number).padStart(6, '0');
      for (let at = 0; at < 6; at++) digits[at] = text.charCodeAt(at) - 48;
      for (const layout of layouts) {
        if (hash('sha256', layout(text, digits)) === kept) throw new Error('found by trying');
      }
    }
  });

  it.each(['123', '12345678901234', '12a456', ''])('refuses "%s" as a PIN', (text) => {
    expect(() => pinDigits(text)).toThrow(RangeError);
  });
});

describe('card vault', () => {
  const vault = new CardVault(key);

  it('finds a number however it is written, and no number of another kind', () => {
    expect(vault.indexOf('cardSn', ' 990000d156 ')).toEqual(vault.indexOf('cardSn', '990000D156'));
    expect(vault.indexOf('pan', '1234')).not.toEqual(vault.indexOf('residentId', '1234'));
    expect(vault.indexOf('pan', '1234')).not.toEqual(new CardVault(otherKey).indexOf('pan', '1234'));
  });

  it('opens what it sealed, and nothing else', () => {
    const sealed = vault.seal('9999000000000000018');
    expect(vault.open(sealed)).toBe('9999000000000000018');
    expect(Buffer.from(sealed).includes('9999000000000000018')).toBe(false);
    expect(() => new CardVault(otherKey).open(sealed)).toThrow();
    expect(() => vault.open(sealed.map((byte, at) => (at === 30 ? byte ^ 1 : byte)))).toThrow();
  });

  it('does not work with a short key', () => {
    expect(() => new CardVault(new Uint8Array(8))).toThrow(RangeError);
  });
});
