import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { cardReadOf } from '../../drivers/codec/card-read-of.ts';
import {
  chipLineBytesMax,
  decodeChipLine,
  decodeChipText,
  decodeIReadCardBas,
  decodeIReadCardBasExt,
  encodeIReadCardBas,
  iReadCardBasCodec,
  iReadCardBasExtCodec,
} from '../../drivers/codec/ireadcardbas.ts';
import captures from '../../fixtures/captures/sscard-ireadcardbas.json' with { type: 'json' };
import { secret } from '../../src/domain/secret.ts';
import { expectAnyBytesHold } from './codec/any-bytes.ts';
import { decodeAll, revealed } from './codec/revealed.ts';
import { contentOf, exposed, syntheticCard } from './synthetic-card.ts';

const specExample =
  '639900|111111198101011110|X00000019|639900D15600000500BF7C7A48FB4966|张三|00814E43238697159900BF7C7A|1.00|20101001|20201001|410100813475|MT170701000006|';
const extExample =
  '639900D15600000500BF7C7A48FB4966|3|1.00|639900|20101001|20201001|X00000019|111111198101011110|张三|1|01|639900|19810101|';
const fullCapture = captures.captures[0]?.wire ?? '';
const blankCapture = captures.captures[1]?.wire ?? '';

const specChip = {
  region: '639900',
  socialSecurityNumber: '111111198101011110',
  ssCardNumber: 'X00000019',
  cardSn: '639900D15600000500BF7C7A48FB4966',
  name: '张三',
  historicalBytes: '00814E43238697159900BF7C7A',
  specVersion: '1.00',
  issuedOn: '20101001',
  expiresOn: '20201001',
  terminalNumber: '410100813475',
  deviceNumber: 'MT170701000006',
};
const extChip = {
  cardSn: '639900D15600000500BF7C7A48FB4966',
  cardKind: '3',
  specVersion: '1.00',
  issuer: '639900',
  issuedOn: '20101001',
  expiresOn: '20201001',
  ssCardNumber: 'X00000019',
  socialSecurityNumber: '111111198101011110',
  name: '张三',
  sex: '1',
  ethnicity: '01',
  birthplace: '639900',
  birthDate: '19810101',
  region: '639900',
};

function gbk(text: string): Buffer {
  return Buffer.from(iconv.encode(text, 'gbk'));
}

/** The chip's fields, or the reason why there are none. */
function reading(text: string | Uint8Array, decode = decodeIReadCardBas): unknown {
  const read = decode(typeof text === 'string' ? gbk(text) : text);
  if (!read.ok) return read.reason;
  expect(read).toMatchObject({ kind: 'card', masked: false, errors: [] });
  return read.kind === 'card' ? revealed(read.chip) : read.kind;
}

function cardOf(line: Uint8Array) {
  return exposed(cardReadOf(decodeIReadCardBas(line)));
}

describe('captured lines', () => {
  it('the example of the specification, in its Henan form with four more fields', () => {
    expect(reading(fullCapture)).toEqual({
      ...specChip,
      psamNumber: '3B7D940000008150220886431E10C9022736',
      medicalNumber: '%GALJGMJKASUKZIUNIHKD?;07890592745347567832?',
      encryptionFactor: '5f2ab04d6d289495b7b14ec9a9602a23',
      version: 'V0.1',
    });
  });

  it('a blank card from the factory, whose line breaks off', () => {
    expect(reading(blankCapture)).toEqual({
      region: '411600',
      cardSn: '411600D156000005C38275EEFC9B9648',
      historicalBytes: '008C544CB386844116018593CA',
      specVersion: '3.00',
      issuedOn: '20211203',
    });
    expect(cardOf(gbk(blankCapture))).toBe('blankCard');
  });
});

describe('forms of a line', () => {
  const { name: _name, ...nameless } = specChip;
  const { region: _region, ...regionless } = specChip;
  const { deviceNumber: _device, ...deviceless } = specChip;
  const { expiresOn: _expiry, ...unlimited } = specChip;
  it.each([
    ['as it is', (line: string) => line, specChip],
    ['no | at the end', (line: string) => line.slice(0, -1), specChip],
    ['blanks around fields', (line: string) => line.replaceAll('|', ' | '), specChip],
    ['fifteen fields, none of the four filled', (line: string) => `${line}||||`, specChip],
    [
      'fifteen fields without the last |',
      (line: string) => `${line}P|M|F|V`,
      { ...specChip, psamNumber: 'P', medicalNumber: 'M', encryptionFactor: 'F', version: 'V' },
    ],
    ['name empty', (line: string) => line.replace('张三', ''), nameless],
    ['region empty', (line: string) => line.slice(6), regionless],
    ['last field empty', (line: string) => line.replace('MT170701000006', ''), deviceless],
    ['a date in words', (line: string) => line.replace('20201001', '长期'), unlimited],
    [
      'check character of 卡号',
      (line: string) => line.replace('X00000019', 'X00000018'),
      { ...specChip, ssCardNumber: 'X00000018' },
    ],
    [
      'small letters in 卡识别码',
      (line: string) => line.replace('D156', 'd156'),
      { ...specChip, cardSn: specChip.cardSn.replace('D156', 'd156') },
    ],
    ['every field empty', () => '|||||||||||', 'blankCard'],
    ['region of another city', (line: string) => line.replace('639900|', '639800|'), 'noise'],
    ['region too short', (line: string) => line.slice(1), 'noise'],
    ['卡识别码 too short', (line: string) => line.replace('FB4966|', 'FB496|'), 'noise'],
    ['region and 卡识别码 empty', (line: string) => line.slice(6).replace(specChip.cardSn, ''), 'noise'],
    ['a field too few', (line: string) => line.replace('1.00|', ''), 'halfRead'],
    ['a field too many', (line: string) => `${line}x|`, 'wrongLength'],
    ['sixteen fields', (line: string) => `${line}a|b|c|d|e|`, 'wrongLength'],
    ['the thirteenth field cut', (line: string) => `${line}a|b`, 'halfRead'],
    ['the order of iReadCardBasExt', () => extExample, 'wrongOrder'],
    ['a tab', (line: string) => line.replace('张三', '张\t三'), 'noise'],
    ['NUL at the end', (line: string) => `${line}\0`, 'noise'],
    ['nothing', () => '', 'noise'],
    ['a | alone', () => '|', 'noise'],
    ['a text of another kind', () => 'https://example.com', 'noise'],
    ['a text of eleven fields', () => 'a|b|c|d|e|f|g|h|i|j|k|', 'noise'],
  ])('%s', (_it, change, expected) => {
    expect(reading(change(specExample))).toEqual(expected);
  });

  it('bytes that are not GBK', () => {
    const line = gbk(specExample);
    expect(reading(line.with(line.indexOf(0xfd), 0xff))).toBe('noise');
  });

  it('at most 1024 bytes', () => {
    const line = (bytes: number) => gbk(specExample.replace('MT', 'M'.repeat(2 + bytes - gbk(specExample).length)));
    expect(reading(line(chipLineBytesMax))).toMatchObject({ name: '张三' });
    expect(reading(line(chipLineBytesMax + 1))).toBe('tooLong');
    expect(reading(line(chipLineBytesMax + 1), decodeIReadCardBasExt)).toBe('tooLong');
  });

  it('wherever a line breaks off before its last field, it is half read', () => {
    const line = gbk(specExample);
    for (let at = 1; at <= line.lastIndexOf('|MT'); at++) expect(reading(line.subarray(0, at))).toBe('halfRead');
  });

  it('a blank card may break off behind its own number, not before', () => {
    const behind = blankCapture.indexOf('9648') + 4;
    for (let at = 1; at < behind; at++) expect(reading(blankCapture.slice(0, at))).not.toBeTypeOf('object');
    for (let at = behind; at <= blankCapture.length; at++) {
      expect(reading(blankCapture.slice(0, at))).toMatchObject({ cardSn: '411600D156000005C38275EEFC9B9648' });
    }
  });
});

describe('iReadCardBasExt', () => {
  const blankExt = '411600D156000005C38275EEFC9B9648|3|3.00|411600|20211203|20311203|||||||';
  it.each([
    ['as it is', extExample, extChip],
    ['no | at the end', extExample.slice(0, -1), extChip],
    [
      'a blank card',
      blankExt,
      {
        cardSn: '411600D156000005C38275EEFC9B9648',
        region: '411600',
        cardKind: '3',
        specVersion: '3.00',
        issuer: '411600',
        issuedOn: '20211203',
        expiresOn: '20311203',
      },
    ],
    ['a blank card, broken off', blankExt.slice(0, -3), { cardSn: '411600D156000005C38275EEFC9B9648' }],
    ['broken off before the holder', extExample.slice(0, 60), 'halfRead'],
    ['broken off in the name', extExample.slice(0, extExample.indexOf('三')), 'halfRead'],
    ['broken off in 卡识别码', extExample.slice(0, 20), 'halfRead'],
    ['a field too many', `${extExample}x|`, 'wrongLength'],
    ['卡识别码 without a region', extExample.replace('639900D', 'A39900D'), 'noise'],
    ['the order of iReadCardBas', specExample, 'wrongOrder'],
    ['the longer form of that', fullCapture, 'wrongOrder'],
    ['a blank card in that order', blankCapture, 'wrongOrder'],
  ])('%s', (_it, text, expected) => {
    const read = reading(text, decodeIReadCardBasExt);
    if (typeof expected === 'string') expect(read).toBe(expected);
    else expect(read).toMatchObject(expected);
  });

  it('either order, when nobody knows which', () => {
    expect(reading(specExample, decodeChipLine)).toEqual(specChip);
    expect(reading(extExample, decodeChipLine)).toEqual(extChip);
    expect(reading('x', decodeChipLine)).toBe('noise');
    expect(revealed(decodeChipText(specExample))).toMatchObject({ chip: specChip });
    expect(revealed(decodeChipText(extExample))).toMatchObject({ chip: extChip });
    expect(decodeChipText('x'.repeat(chipLineBytesMax + 1))).toEqual({ ok: false, reason: 'tooLong' });
  });
});

describe('a card put in the wrong way round', () => {
  it.each([
    ['a card', specExample, decodeIReadCardBas],
    ['a card without the last |', specExample.slice(0, -1), decodeIReadCardBas],
    ['fifteen fields', fullCapture, decodeIReadCardBas],
    ['a blank card', blankCapture, decodeIReadCardBas],
    ['the other order', extExample, decodeIReadCardBasExt],
    ['the other order, where it is not expected', extExample, decodeIReadCardBas],
  ])('%s is told as reversed', (_it, line, decode) => {
    expect(reading(gbk(line).toReversed(), decode)).toBe('reversed');
  });
});

describe('codecs', () => {
  it.each([
    ['CR', '\r'],
    ['CR LF', '\r\n'],
    ['silence', ''],
  ])('a line ended by %s', (_it, end) => {
    expect(revealed(decodeAll(iReadCardBasCodec, [gbk(specExample + end)]))).toMatchObject([{ chip: specChip }]);
    expect(revealed(decodeAll(iReadCardBasExtCodec, [gbk(extExample + end)]))).toMatchObject([{ chip: extChip }]);
  });

  it('says the fields of both orders in one order', () => {
    const names = (text: string, decode: typeof decodeIReadCardBas) => {
      const read = decode(gbk(text));
      return read.ok && read.kind === 'card' ? Object.keys(read.chip ?? {}).slice(0, 5) : [];
    };
    const first = ['region', 'socialSecurityNumber', 'ssCardNumber', 'cardSn', 'name'];
    expect(names(extExample, decodeIReadCardBasExt)).toEqual(first);
    expect(names(specExample, decodeIReadCardBas)).toEqual(first);
  });

  it('any bytes in any chunks', () => {
    const pieces = ['|', '|||', '639900', specChip.cardSn, specExample, extExample, blankCapture, '张三', '\r', '\n'];
    for (const codec of [iReadCardBasCodec, iReadCardBasExtCodec]) expectAnyBytesHold(codec, pieces.map(gbk));
  });
});

describe('properties', () => {
  it('what is encoded is read back, and nothing of it prints', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const card = syntheticCard(seed);
        const decoded = decodeIReadCardBas(encodeIReadCardBas(card));
        expect(exposed(cardReadOf(decoded))).toEqual(contentOf(card, 'chip'));
        const printed = JSON.stringify(decoded);
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
      expect(cardOf(encodeIReadCardBas(card))).toEqual(contentOf(card, 'chip'));
    }
  });

  it('one damaged byte is refused, or leaves at least two of the three numbers right', () => {
    const card = syntheticCard(3);
    const line = encodeIReadCardBas(card);
    const wrong: unknown[] = [];
    const characters = Array.from({ length: 0x60 }, (_, at) => 0x20 + at);
    for (const [at, right] of line.entries()) {
      const flipped = Array.from({ length: 8 }, (_, bit) => right ^ (1 << bit));
      for (const byte of new Set([...characters, ...flipped, 0x00, 0xff])) {
        const read = cardReadOf(decodeIReadCardBas(line.with(at, byte)));
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
        const read = cardOf(line.with(at, byte));
        if (typeof read === 'string' || Math.abs(base36(byte) - base36(line[at])) % 11 === 0) continue;
        passed.push(byte);
      }
    }
    expect(passed).toEqual([]);
  });
});
