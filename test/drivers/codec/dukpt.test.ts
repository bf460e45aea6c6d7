import { describe, expect, it } from 'vitest';
import {
  checkDukptKeys,
  decryptTdes,
  dukptKeyFor,
  initialKey,
  transactionKey,
  workingKey,
} from '../../../drivers/codec/dukpt.ts';
import { secret } from '../../../src/domain/secret.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const bytes = (digits: string) => Buffer.from(digits, 'hex');

// ANSI X9.24-1:2009, annex A.4; ID TECH and MagTek print their examples under the same base key.
const baseKey = bytes('0123456789ABCDEFFEDCBA9876543210');
const initial = bytes('6AC292FAA1315B4D858AB3A3D7D5933A');
const base = { ksnPrefix: '', kind: 'base', key: secret(hex(baseKey)) } as const;

describe('keys of X9.24-1', () => {
  it('the initial key, whatever the counter says', () => {
    for (const ksn of ['FFFF9876543210E00000', 'FFFF9876543210E00001', 'FFFF9876543210FFFFFF'])
      expect(hex(initialKey(baseKey, bytes(ksn)))).toBe(hex(initial));
  });

  it.each([
    ['FFFF9876543210E00001', '042666B49184CFA368DE9628D0397BC9', '448D3F076D8304036A55A3D7E0055A78'],
    ['FFFF9876543210E00002', 'C46551CEF9FD24B0AA9AD834130D3BC7', 'F1BE73B36135C5C26CF937D50ABBE5AF'],
    ['FFFF9876543210E00003', '0DF3D9422ACA56E547676D07AD6BADFA', 'EEEEF522C67239E4A2A65FEBF4C511F4'],
    ['FFFF9876543210E00004', '279C0F6AEED0BE652B2C733E1383AE91', 'BCF2610997C3AC3C5F13AE965A1B773B'],
    ['FFFF9876543210E00005', '5F8DC6D2C845C125508DDC048093B83F', 'F3054D8B7471284BDB4EE18AFC3B091B'],
  ])('%s', (ksn, transaction, data) => {
    const key = transactionKey(initial, bytes(ksn));
    expect(hex(key)).toBe(transaction);
    expect(hex(workingKey(key, 'data'))).toBe(data);
  });

  it('the PIN variant that MagTek prints for counter 8', () => {
    const key = workingKey(transactionKey(initial, bytes('FFFF9876543210E00008')), 'pin');
    expect(hex(key)).toBe('27F66D5244FF621EAA6F6120EDEB427F');
  });

  it('the data key that ID TECH prints', () => {
    const ksn = bytes('62994901190000000002');
    expect(hex(initialKey(baseKey, ksn))).toBe('18126D59ECFEF71D4D982B52DC7F15BA');
    expect(hex(workingKey(transactionKey(initialKey(baseKey, ksn), ksn), 'data'))).toBe(
      '1A994C3E09D9ACEF3EA9BD4381EFA334',
    );
  });
});

describe('decrypting', () => {
  const ksn = bytes('FFFF9876543210E00008');
  const cipherText = bytes('21685F158B5C6BE0');
  const clear = '0000000000000000';

  it.each([
    ['a base key for all readers', [base], clear],
    ['an initial key', [{ ksnPrefix: 'FFFF987654', kind: 'initial', key: secret(hex(initial)) }], clear],
    ['the first key that fits', [{ ...base, ksnPrefix: '629949' }, base], clear],
    ['no key for this reader', [{ ...base, ksnPrefix: '629949' }], null],
    ['no key at all', [], null],
  ] as const)('%s', (_it, keys, expected) => {
    const key = dukptKeyFor(keys, ksn, 'pin');
    expect(key && hex(decryptTdes(key, cipherText))).toBe(expected);
  });

  it.each([
    ['a key of another length', { ...base, key: secret('0123456789ABCDEF') }, 'a DUKPT key has 32 hexadecimal digits'],
    ['a prefix that is none', { ...base, ksnPrefix: 'KSN' }, 'a KSN prefix has up to 20 hexadecimal digits'],
  ])('%s is a mistake in the settings, and not printed', (_it, key, message) => {
    expect(() => checkDukptKeys([base, key])).toThrow(new RangeError(message));
  });

  it('right keys pass', () => {
    expect(() => checkDukptKeys([base, { ...base, ksnPrefix: 'FFFF98' }])).not.toThrow();
  });
});
