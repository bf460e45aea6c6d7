import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeScannerText, scanBytesMax, scannerTextCodec } from '../../../drivers/codec/scanner-text.ts';
import { expectAnyBytesHold } from './any-bytes.ts';
import { cut, decodeAll, revealed } from './revealed.ts';

function scan(text: string, symbology?: string): unknown {
  return { ok: true, kind: 'scan', text, ...(symbology !== undefined && { symbology }) };
}

function decoded(bytes: string | Uint8Array): unknown {
  return revealed(decodeAll(scannerTextCodec, [Buffer.from(bytes)]));
}

const noise = { ok: false, reason: 'noise' };

describe('line ends', () => {
  it.each([
    ['CR', '6901234567892\r'],
    ['LF', '6901234567892\n'],
    ['CR LF', '6901234567892\r\n'],
    ['several', '\r\n6901234567892\r\n\r\n'],
    ['only silence', '6901234567892'],
  ])('%s', (_it, bytes) => {
    expect(decoded(bytes)).toEqual([scan('6901234567892')]);
  });

  it('every mixture of them', () => {
    expect(decoded('A\rB\nC\r\nD')).toEqual(['A', 'B', 'C', 'D'].map((text) => scan(text)));
  });

  it('silence parts codes that come without line ends', () => {
    const decoder = scannerTextCodec.decoder();
    const scans = ['123', '456'].flatMap((code) => [...decoder.push(Buffer.from(code)), ...decoder.end()]);
    expect(revealed(scans)).toEqual([scan('123'), scan('456')]);
  });

  it('a code is under way until its end', () => {
    const decoder = scannerTextCodec.decoder();
    decoder.push(Buffer.from('12'));
    expect(decoder.midFrame).toBe(true);
    decoder.push(Buffer.from('\r'));
    expect(decoder.midFrame).toBe(false);
  });
});

describe('text', () => {
  it.each([
    ['UTF-8', Buffer.from('国药准字Z20050001'), '国药准字Z20050001'],
    ['GBK', iconv.encode('国药准字Z20050001', 'gbk'), '国药准字Z20050001'],
    ['blanks are kept', Buffer.from(' A '), ' A '],
    ['GS, the separator of GS1 codes', Buffer.from('0106901234567892\x1d10A1'), '0106901234567892\x1d10A1'],
  ])('%s', (_it, bytes, text) => {
    expect(revealed(decodeScannerText(bytes))).toEqual(scan(text));
  });

  it.each([
    ['nothing', ''],
    ['NUL', 'A\0'],
    ['tab', 'A\tB'],
    ['escape', '\x1b[A'],
    ['DEL', 'A\x7f'],
    ['only GS', '\xff\x1d'],
    ['bytes in neither encoding', '\xff\xfe\xff'],
    ['half a character', 'A\xb9'],
  ])('%s is noise', (_it, text) => {
    expect(decodeScannerText(Buffer.from(text, 'latin1'))).toEqual(noise);
  });

  it('every Chinese text survives either encoding', () => {
    const characters = fc.array(fc.integer({ min: 0x4e00, max: 0x9fa5 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(characters, (codes) => {
        const text = String.fromCodePoint(...codes);
        expect(revealed(decodeScannerText(Buffer.from(text)))).toEqual(scan(text));
        const gbk = iconv.encode(text, 'gbk');
        fc.pre(!isUtf8(gbk));
        expect(revealed(decodeScannerText(gbk))).toEqual(scan(text));
      }),
    );
  });
});

describe('AIM identifier', () => {
  it.each([
    [']Q0HELLO', scan('HELLO', ']Q0')],
    [']E06901234567892', scan('6901234567892', ']E0')],
    [']d2010690', scan('010690', ']d2')],
    [']C1010690', scan('010690', ']C1')],
    [']?1A', scan(']?1A')],
    [']Qx1', scan(']Qx1')],
    ['A]Q0', scan('A]Q0')],
    [']Q', scan(']Q')],
  ])('%s', (text, expected) => {
    expect(decoded(`${text}\r`)).toEqual([expected]);
  });

  it('with nothing behind it is noise', () => {
    expect(decoded(']Q0\r')).toEqual([noise]);
  });
});

describe('bound', () => {
  it('the longest code passes, one byte more does not and spoils nothing after it', () => {
    const longest = '1'.repeat(scanBytesMax);
    const tooLong = { ok: false, reason: 'tooLong' };
    expect(decoded(longest)).toEqual([scan(longest)]);
    expect(decoded(`${longest}1\r123\r`)).toEqual([tooLong, scan('123')]);
    expect(decodeScannerText(Buffer.from(`${longest}1`))).toEqual(tooLong);
  });
});

describe('properties', () => {
  it('texts come back as they were scanned, however they are cut', () => {
    const text = fc.stringMatching(/^[0-9A-Za-z:/.?&=-]{1,40}$/);
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(7).map((n) => n + 1)),
        (texts, sizes) => {
          const bytes = Buffer.from(texts.map((line) => `${line}\r\n`).join(''));
          expect(revealed(decodeAll(scannerTextCodec, cut(bytes, sizes)))).toEqual(texts.map((line) => scan(line)));
        },
      ),
    );
  });

  it('any bytes in any chunks', () => {
    const pieces = ['123', '\r', '\n', ']Q0', '医保', '\x1d'];
    expectAnyBytesHold(
      scannerTextCodec,
      pieces.map((piece) => Buffer.from(piece)),
    );
  });
});
