import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeIReadCardBas, encodeIReadCardBas } from '../../drivers/codec/ireadcardbas.ts';
import captures from '../../fixtures/captures/sscard-ireadcardbas.json' with { type: 'json' };
import { secret } from '../../src/domain/secret.ts';
import { contentOf, exposed, syntheticCard } from './synthetic-card.ts';

const specExample =
  '639900|111111198101011110|X00000019|639900D15600000500BF7C7A48FB4966|张三|00814E43238697159900BF7C7A|1.00|20101001|20201001|410100813475|MT170701000006|';

function gbk(text: string): Uint8Array {
  return iconv.encode(text, 'gbk');
}

function reading(text: string) {
  return exposed(decodeIReadCardBas(gbk(text)));
}

describe('captured lines', () => {
  it('the example of the specification, in its Henan form with four more fields', () => {
    expect(reading(captures.captures[0]?.wire ?? '')).toEqual({
      region: '639900',
      ssCardNumber: 'X00000019',
      cardSn: '639900D15600000500BF7C7A48FB4966',
      socialSecurityNumber: '111111198101011110',
      name: '张三',
      last4: '0019',
    });
  });

  it('a blank card from the factory, whose line breaks off', () => {
    expect(reading(captures.captures[1]?.wire ?? '')).toBe('blankCard');
  });
});

describe('a line that does not add up', () => {
  it.each([
    ['as it is', (line: string) => line, '张三'],
    ['no | at the end', (line: string) => line.slice(0, -1), 'noise'],
    ['twelve fields, the last not ended', (line: string) => `${line}x`, 'noise'],
    ['a field too few', (line: string) => line.replace('1.00|', ''), 'noise'],
    ['a field too many', (line: string) => `${line}x|`, 'noise'],
    [
      'personal fields empty',
      (line: string) => line.replace('111111198101011110|X00000019', '|').replace('张三', ''),
      'blankCard',
    ],
    ['card number empty', (line: string) => line.replace('X00000019', ''), 'blankCard'],
    ['name empty', (line: string) => line.replace('张三', ''), 'blankCard'],
    ['region of another city', (line: string) => line.replace('639900|', '639800|'), 'noise'],
    ['check character of 社会保障号码', (line: string) => line.replace('011110', '011111'), 'noise'],
    ['check character of 卡号', (line: string) => line.replace('X00000019', 'X00000018'), 'noise'],
    [
      'the order of iReadCardBasExt',
      () =>
        `639900D15600000500BF7C7A48FB4966|3|1.00|639900|20101001|20201001|X00000019|111111198101011110|张三|1|01|639900|19810101|`,
      'noise',
    ],
    ['nothing', () => '', 'noise'],
  ])('%s', (_it, change, expected) => {
    const read = reading(change(specExample));
    expect(typeof read === 'string' ? read : 'name' in read && read.name).toBe(expected);
  });

  it('bytes that are not GBK', () => {
    const line = gbk(specExample);
    const endOfName = line.indexOf(0xfd);
    expect(exposed(decodeIReadCardBas(line.with(endOfName, 0xff)))).toBe('noise');
  });
});

describe('a card put in the wrong way round', () => {
  it.each([
    ['a card', specExample],
    ['a blank card', captures.captures[1]?.wire ?? ''],
  ])('%s is told as reversed', (_it, line) => {
    expect(exposed(decodeIReadCardBas(gbk(line).toReversed()))).toBe('reversed');
  });
});

describe('properties', () => {
  it('what is encoded is read back, and nothing of it prints', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const card = syntheticCard(seed);
        const read = decodeIReadCardBas(encodeIReadCardBas(card));
        expect(exposed(read)).toEqual(contentOf(card, 'chip'));
        const printed = JSON.stringify(read);
        for (const secretText of [card.ssCardNumber, card.cardSn, card.socialSecurityNumber, card.name]) {
          expect(printed).not.toContain(secretText.expose());
        }
      }),
    );
  });

  it('every character of GBK may stand in a name, also those whose second byte is the separator', () => {
    const characters = Array.from({ length: 0x7e }, (_, lead) => [0x7c, 0xb0].map((trail) => [0x81 + lead, trail]))
      .flat()
      .map((bytes) => iconv.decode(Uint8Array.from(bytes), 'gbk'))
      .filter((text) => /^\p{Script=Han}$/u.test(text));
    expect(characters.length).toBeGreaterThan(100);
    for (const character of characters) {
      const card = { ...syntheticCard(1), name: secret(`王${character}`) };
      expect(exposed(decodeIReadCardBas(encodeIReadCardBas(card)))).toEqual(contentOf(card, 'chip'));
    }
  });

  it('one damaged byte is refused, or leaves at least two of the three numbers right', () => {
    const card = syntheticCard(3);
    const line = encodeIReadCardBas(card);
    const wrong: unknown[] = [];
    for (let at = 0; at < line.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const read = decodeIReadCardBas(line.with(at, byte));
        if (!read.ok || read.credential.medium !== 'chip') continue;
        const { cardSn, ssCardNumber, socialSecurityNumber } = read.credential;
        const isSsnRight = socialSecurityNumber.expose() === card.socialSecurityNumber.expose();
        const isCardSnRight = cardSn.expose() === card.cardSn.expose();
        const isNumberRight = ssCardNumber.expose() === card.ssCardNumber.expose();
        // 社会保障号码 has a check character that sees every change of one digit.
        if (!isSsnRight || !(isCardSnRight || isNumberRight)) wrong.push({ at, byte });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('one damaged character of 卡号 passes only when it is 11, 22 or 33 away', () => {
    const card = syntheticCard(7);
    const line = encodeIReadCardBas(card);
    const start = Buffer.from(line).indexOf(card.ssCardNumber.expose());
    const base36 = (code = 0) => Number.parseInt(String.fromCharCode(code), 36);
    const passed: unknown[] = [];
    for (let at = start; at < start + 8; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const read = exposed(decodeIReadCardBas(line.with(at, byte)));
        if (typeof read === 'string' || Math.abs(base36(byte) - base36(line[at])) % 11 === 0) continue;
        passed.push(byte);
      }
    }
    expect(passed).toEqual([]);
  });

  it('any bytes give an answer', () => {
    const fieldRich = fc.array(fc.constantFrom(0x7c, 0x30, 0x36, 0xd5, 0xc5, 0xff), { maxLength: 200 });
    fc.assert(
      fc.property(
        fc.oneof(
          fieldRich.map((bytes) => Uint8Array.from(bytes)),
          fc.uint8Array(),
        ),
        (line) => {
          expect(typeof decodeIReadCardBas(line).ok).toBe('boolean');
        },
      ),
    );
  });
});
