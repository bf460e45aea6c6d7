import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeakSearch } from './leak-search.ts';
import { heapStrings, leaksInFiles, leaksInMemory } from './searched-places.ts';

const pin = '739158';
const others = ['604297', '285713'];
const pins = [pin, ...others].map((text, at) => ({ what: `PIN ${at + 1}`, text }));
const numbers = [
  { what: 'a card number', text: '9999123456789012345' },
  { what: 'an ID number', text: '99012319560312123X' },
  { what: 'a social security card number', text: 'ZZA1B2C3D' },
  { what: 'a card identification code', text: '990000D15600000500A1B2C3D4E5F607' },
];
const search = new LeakSearch(pins, numbers);
const digits = Uint8Array.from([...pin].map(Number));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-leak-search-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Something that looks like what the program writes, with these bytes in the middle. */
function around(planted: Uint8Array | string): Buffer {
  const noise = Buffer.from(
    JSON.stringify({ at: 1_763_799_391_580, msgId: 'P99000000001202504191000000001', amount: 8000 }),
  );
  return Buffer.concat([noise, Buffer.alloc(64, 0xa5), Buffer.from(planted), noise]);
}

describe('what is planted is found', () => {
  it.each<[string, Uint8Array | string]>([
    ['text', `pin=${pin};`],
    ['text', `6${pin}`],
    ['text, UTF-16LE', Buffer.from(pin, 'utf16le')],
    ['text, UTF-16BE', Buffer.from(pin, 'utf16le').swap16()],
    ['one byte a digit', digits],
    ['one integer a digit', Uint8Array.from(Uint8Array.from(new Uint8Array(Uint32Array.from(digits).buffer)))],
    ['one compressed small integer a digit', new Uint8Array(Uint32Array.from(digits, (digit) => digit * 2).buffer)],
    ['a PIN field of format 4', Buffer.from('46739158aaaaaaaa1122334455667788', 'hex')],
    ['a PIN field of format 0', Buffer.from('06739158ffffffff', 'hex')],
    ['hexadecimal of its characters', Buffer.from(pin).toString('hex')],
    ['hexadecimal of its values', Buffer.from(digits).toString('hex')],
    ['a list', JSON.stringify([...digits])],
    ['a printed list', inspect(digits)],
    ['an object of digits', JSON.stringify(digits)],
  ])('a PIN as %s', (form, planted) => {
    expect(search.leaksIn('x', around(planted)).map((leak) => leak.replace(/ at \d+$/, ''))).toContain(
      `PIN 1 as ${form}, in x`,
    );
  });

  it.each([0, 1, 2, 3, 4, 5])('a PIN in base64, %i bytes in', (offset) => {
    for (const plain of [Buffer.from(pin), Buffer.from(digits)]) {
      const coded = Buffer.concat([Buffer.alloc(offset, 0xc3), plain, Buffer.alloc(5, 0x3c)]).toString('base64');
      expect(search.leaksIn('x', around(coded)).join()).toContain('PIN 1 as base64');
    }
  });

  it('packed PINs, and PINs inside long numbers, when it is so with each of them', () => {
    const packed = (swap: boolean) =>
      Buffer.concat(pins.map(({ text }) => Buffer.from(swap ? text.replace(/(.)(.)/g, '$2$1') : text, 'hex')));
    expect(search.leaksIn('x', around(packed(false)))).toEqual(['every PIN as packed digits, in x']);
    expect(search.leaksIn('x', around(packed(true)))).toEqual(['every PIN as packed digits, low one first, in x']);
    const inIds = pins.map(({ text }) => `20250419${text}000001`).join(' ');
    expect(search.leaksIn('x', around(inIds))).toEqual(['every PIN as a part of a longer number, in x']);
  });

  it.each(numbers)('$what: text, other case, UTF-16, base64, packed', ({ what, text }) => {
    const planted = [
      text,
      text.toLowerCase(),
      Buffer.from(text, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
      Buffer.from(text).toString('base64'),
      Buffer.from(`x${text}yz`).toString('base64'),
      ...(/^[0-9A-F]{18,}$/.test(text) ? [Buffer.from(text.slice(0, text.length & ~1), 'hex')] : []),
      ...(text.endsWith('X') ? [Buffer.from(text.slice(0, 16), 'hex')] : []),
    ];
    for (const one of planted) expect(search.leaksIn('x', around(one)).join()).toMatch(new RegExp(`^${what} as `));
  });

  it('in any file below a folder, and in its name', () => {
    const data = join(folder, 'data');
    mkdirSync(join(data, 'deep'), { recursive: true });
    expect(() => leaksInFiles(search, data)).toThrow('no files');
    writeFileSync(join(data, 'clean'), around(''));
    expect(leaksInFiles(search, data)).toEqual([]);
    writeFileSync(join(data, 'deep', 'journal.jsonl'), around(pin));
    writeFileSync(join(data, `${others[0]}.log`), '');
    expect(leaksInFiles(search, data).map((leak) => leak.replace(/ at \d+$/, ''))).toEqual([
      'PIN 2 as text, in the names of files',
      `PIN 1 as text, in ${join('deep', 'journal.jsonl')}`,
    ]);
  });

  it('in the heap and in the memory of a process, where nothing was before', async () => {
    const snapshot = join(folder, 'planted.heapsnapshot');
    // Written so that nothing but the plant has the digits side by side.
    const program = `
      process.stdin.once('data', (key) => {
        globalThis.text = 'pin ' + String.fromCharCode(...[23, 19, 25, 17, 21, 24].map((one) => one ^ key[0]));
        globalThis.bytes = Uint8Array.of(...[38, 32, 36, 34, 41, 39].map((one) => one ^ key[0]));
        require('node:v8').writeHeapSnapshot(${JSON.stringify(snapshot)});
        console.log('planted');
      });
      console.log('ready');
    `;
    const memorySearch = new LeakSearch(pins);
    const child = spawn(process.execPath, ['--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      const before = leaksInMemory(memorySearch, pid);
      child.stdin.write(' ');
      await once(child.stdout, 'data');
      expect(search.leaksIn('the heap', heapStrings(readFileSync(snapshot, 'utf8'))).join()).toContain('PIN 1 as text');
      const after = leaksInMemory(memorySearch, pid);
      if (process.platform === 'linux') {
        expect(before).toEqual([]);
        expect(after?.join()).toContain('PIN 1 as text, in memory');
        expect(after?.join()).toContain('PIN 2 as one byte a digit, in memory');
      }
    } finally {
      child.kill();
      await once(child, 'close');
    }
  });
});

describe('what is no leak', () => {
  it('one PIN inside a long number or three packed bytes: chance writes those too', () => {
    expect(search.leaksIn('x', around(`20250419${pin}000001`))).toEqual([]);
    expect(search.leaksIn('x', around(Buffer.from(pin, 'hex')))).toEqual([]);
  });

  it('masks', () => {
    expect(search.leaksIn('x', around('****2345 ****123X 王* ******'))).toEqual([]);
  });

  it('a search that chance could pass or fail is none', () => {
    expect(() => new LeakSearch(pins.slice(1))).toThrow(RangeError);
    expect(() => new LeakSearch([...pins.slice(1), { what: 'again', text: others[0] ?? '' }])).toThrow(RangeError);
    expect(() => new LeakSearch([...pins, { what: 'short', text: '1234' }])).toThrow(RangeError);
    expect(() => new LeakSearch(pins, [{ what: 'short', text: '12345' }])).toThrow(RangeError);
  });
});
