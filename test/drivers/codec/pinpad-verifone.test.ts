import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../drivers/codec/decoded.ts';
import {
  decodeVerifone,
  encodeMasterKeySelection,
  encodePinCancel,
  encodePinRequest,
  pinpadVerifoneCodec,
} from '../../../drivers/codec/pinpad-verifone.ts';
import captures from '../../../fixtures/captures/pinpad-verifone-uic-frames.json' with { type: 'json' };

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (frame: Uint8Array) => Buffer.from(frame).toString('hex').toUpperCase();
const pinpad = (message: string, fields: Record<string, string> = {}) => ({
  ok: true,
  kind: 'pinpad',
  message,
  fields,
});
const failure = (reason: string) => ({ ok: false, reason });

/** STX text ETX LRC, or SI text SO LRC. */
function packet(text: string, [start, end]: readonly [number, number] = [0x02, 0x03]): Uint8Array {
  const checked = [...Buffer.from(text, 'latin1'), end];
  return Uint8Array.of(
    start,
    ...checked,
    checked.reduce((lrc, byte) => lrc ^ byte, 0),
  );
}
const adminPacket = (text: string) => packet(text, [0x0f, 0x0e]);

function decodeAll(...chunks: readonly Uint8Array[]): Decoded[] {
  const decoder = pinpadVerifoneCodec.decoder();
  return [...chunks.flatMap((chunk) => [...decoder.push(chunk)]), ...decoder.end()];
}

const account = '9999000000000000018';
const key32 = '0123456789ABCDEFFEDCBA9876543210';

describe('Verifone and UIC PIN pads: captures', () => {
  const expected: Readonly<Record<string, unknown>> = {
    '70 MK/SK request': pinpad('70', { account: '4012345678909', sessionKey: '1234567890ABCDEF', amount: '12.50' }),
    '71 MK/SK ok': pinpad('71', { functionKey: '0', pinLength: '04', pinBlock: '041274EDCBA9876F' }),
    '71 error 2': pinpad('71', { errorCode: '2' }),
    '72 cancel': pinpad('72'),
    '71 DUKPT': pinpad('71', { functionKey: '0', ksn: 'FFFF9876543210E00008', pinBlock: '041274EDCBA9876F' }),
  };
  it.each(captures.assembled)('$name', ({ name, hex }) => {
    expect(decodeAll(bytes(hex))).toEqual([expected[name]]);
  });
});

describe('Verifone and UIC PIN pads: messages', () => {
  it.each<[string, Uint8Array, unknown]>([
    ['ACK', Uint8Array.of(0x06), pinpad('ack')],
    ['NAK', Uint8Array.of(0x15), pinpad('nak')],
    ['EOT', Uint8Array.of(0x04), pinpad('eot')],
    [
      '70 with a long key and a time-out',
      packet(`70.${account}\x1c${key32}8.00\x1c3`),
      pinpad('70', { account, sessionKey: key32, amount: '8.00', timeout: '3' }),
    ],
    [
      '70 without a second separator',
      packet(`70.${account}\x1c${key32}12.50`),
      pinpad('70', { account, sessionKey: key32, amount: '12.50' }),
    ],
    ['70 for seven digits', packet(`70.1234567\x1c${key32}0.00\x1c`), failure('wrongLength')],
    ['70 for twenty digits', packet(`70.${'1'.repeat(20)}\x1c${key32}0.00\x1c`), failure('wrongLength')],
    ['70 with half a key', packet(`70.${account}\x1c012345678.00\x1c`), failure('noise')],
    ['70 with a time-out of zero', packet(`70.${account}\x1c${key32}0.00\x1c0`), failure('noise')],
    ['70 with letters in the account', packet(`70.12345678X\x1c${key32}0.00\x1c`), failure('noise')],
    [
      '71 with an empty PIN',
      packet('71.000010000000000000000'),
      pinpad('71', { functionKey: '0', pinLength: '00', pinBlock: '0000000000000000' }),
    ],
    [
      '71 with twelve digits',
      packet('71.01201041274EDCBA9876F'),
      pinpad('71', { functionKey: '0', pinLength: '12', pinBlock: '041274EDCBA9876F' }),
    ],
    ['71 with thirteen digits', packet('71.01301041274EDCBA9876F'), failure('wrongLength')],
    ['71 with three digits', packet('71.00301041274EDCBA9876F'), failure('wrongLength')],
    ['71 of 26 bytes', packet('71.00401041274EDCBA9876'), failure('wrongLength')],
    ['71 of 28 bytes', packet('71.00401041274EDCBA9876F0'), failure('wrongLength')],
    ['71 with another block format', packet('71.00402041274EDCBA9876F'), failure('noise')],
    ['71 with a block that is no hex', packet('71.00401041274EDCBA9876G'), failure('noise')],
    ['71 of its first three characters', packet('71.'), failure('wrongLength')],
    ['71 DUKPT, counter exhausted', packet('71F'), pinpad('71', { errorCode: 'F' })],
    [
      '71 DUKPT, shortest serial number',
      packet(`71098765432100${'0'.repeat(15)}`),
      pinpad('71', { functionKey: '0', ksn: '9876543210', pinBlock: '0'.repeat(16) }),
    ],
    ['71 DUKPT, serial number too short', packet(`7109876543210${'0'.repeat(15)}`), failure('wrongLength')],
    ['71 DUKPT, serial number too long', packet(`710${'1'.repeat(21)}${'0'.repeat(16)}`), failure('wrongLength')],
    [
      'Z62',
      packet(`Z62.${account}\x1c${key32}0612NENTER PIN\x1cPUSH ENTER\x1cPROCESSING\x1c2`),
      pinpad('Z62', {
        account,
        sessionKey: key32,
        pinLengthMin: '06',
        pinLengthMax: '12',
        nullPin: 'N',
        prompt1: 'ENTER PIN',
        prompt2: 'PUSH ENTER',
        processingPrompt: 'PROCESSING',
        timeout: '2',
      }),
    ],
    [
      'Z62 with a short key',
      packet(`Z62.${account}\x1c0123456789ABCDEF0404YA`),
      pinpad('Z62', {
        account,
        sessionKey: '0123456789ABCDEF',
        pinLengthMin: '04',
        pinLengthMax: '04',
        nullPin: 'Y',
        prompt1: 'A',
      }),
    ],
    ['Z62 with a PIN of three digits', packet(`Z62.${account}\x1c${key32}0306NA\x1c\x1c`), failure('wrongLength')],
    ['Z62 without the flag', packet(`Z62.${account}\x1c${key32}0406ENTER`), failure('noise')],
    ['72 with something after it', packet('720'), failure('wrongLength')],
    ['another message', packet('Z2HELLO'), pinpad('Z2', { text: 'HELLO' })],
    ['no message', packet('hello'), failure('noise')],
    ['an empty packet', packet(''), failure('noise')],
    ['a control character inside', packet('71\x01'), failure('noise')],
    ['admin 02', adminPacket(`023${key32}`), pinpad('admin', { code: '02', keyIndex: '3', masterKey: key32 })],
    ['admin 02 with half a key', adminPacket('023012345678'), failure('wrongLength')],
    ['admin 02 refused', adminPacket('02?2'), pinpad('admin', { code: '02', text: '?2' })],
    ['admin 08', adminPacket('080'), pinpad('admin', { code: '08', keyIndex: '0' })],
    ['admin without a number', adminPacket('key'), failure('noise')],
  ])('%s', (_it, frame, expected) => {
    expect(decodeAll(frame)).toEqual([expected]);
    expect(decodeVerifone(frame)).toEqual(expected);
  });

  it('a wrong LRC is a reason, whatever the packet says', () => {
    for (const { hex } of captures.assembled) {
      const frame = bytes(hex);
      for (let bit = 0; bit < 8; bit++) {
        const damaged = frame.with(-1, (frame.at(-1) ?? 0) ^ (1 << bit));
        expect(decodeAll(damaged)).toEqual([failure('wrongLrc')]);
      }
    }
  });

  it('an LRC may look like any other byte, a start byte too', () => {
    // '71' then the code that brings the LRC to STX.
    const frame = packet(`71${String.fromCharCode(0x37 ^ 0x31 ^ 0x03 ^ 0x02)}`);
    expect(frame.at(-1)).toBe(0x02);
    expect(pinpadVerifoneCodec.decoder().push(frame)).toHaveLength(1);
  });

  it('garbage between packets is told once a run, and hides none', () => {
    const noise = Uint8Array.of(0xff, 0x00, 0x55);
    expect(decodeAll(noise, encodePinCancel(), noise, noise, Uint8Array.of(0x06), noise)).toEqual([
      failure('noise'),
      pinpad('72'),
      failure('noise'),
      pinpad('ack'),
      failure('noise'),
    ]);
  });

  it('a packet that breaks off is half read, and the next one is read', () => {
    const cancel = encodePinCancel();
    expect(decodeAll(cancel.subarray(0, 3), cancel, cancel.subarray(0, 4))).toEqual([
      failure('halfRead'),
      pinpad('72'),
      failure('halfRead'),
    ]);
  });

  it('a packet that does not end is too long, its bytes are nothing else, and the next one is read', () => {
    const endless = Uint8Array.of(0x02, ...new Uint8Array(2000).fill(0x06));
    expect(decodeAll(endless, encodePinCancel())).toEqual([failure('tooLong'), pinpad('72')]);
    expect(decodeAll(endless, Uint8Array.of(0x03, 0x06, 0x06))).toEqual([failure('tooLong'), pinpad('ack')]);
  });

  it('knows when a packet has begun', () => {
    const decoder = pinpadVerifoneCodec.decoder();
    const cancel = encodePinCancel();
    expect(decoder.midFrame).toBe(false);
    decoder.push(cancel.subarray(0, -1));
    expect(decoder.midFrame).toBe(true);
    decoder.push(cancel.subarray(-1));
    expect(decoder.midFrame).toBe(false);
  });
});

describe('Verifone and UIC PIN pads: what is sent', () => {
  it('the packets of the captures', () => {
    const { hex } = captures.assembled.find(({ name }) => name === '72 cancel') ?? { hex: '' };
    expect(hexOf(encodePinCancel())).toBe(hex);
    expect(encodeMasterKeySelection(7)).toEqual(adminPacket('087'));
  });

  it('a request says what it was made of', () => {
    const digitsOf = (min: number, max: number) => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
    const key = fc.stringMatching(/^(?:[0-9A-F]{16}){1,2}$/);
    const amount = fc.nat({ max: 9_999_999 }).map((fen) => (fen / 100).toFixed(2));
    fc.assert(
      fc.property(digitsOf(8, 19), key, amount, (card, sessionKey, shown) => {
        const frame = encodePinRequest({ account: card, sessionKey, amount: shown });
        expect(decodeAll(frame)).toEqual([pinpad('70', { account: card, sessionKey, amount: shown, timeout: '9' })]);
      }),
    );
  });
});

describe('Verifone and UIC PIN pads: any bytes', () => {
  /** Bytes rich in what means something, and whole packets among them. */
  const stream = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.constantFrom(0x02, 0x03, 0x06, 0x15, 0x04, 0x0e, 0x0f, 0x37, 0x31).map((byte) => Uint8Array.of(byte)),
        fc.constantFrom(...captures.assembled.map(({ hex }) => bytes(hex))),
        fc.constant(new Uint8Array(600).fill(0x41)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

  it('no throw, no more results than bytes, no text longer than a packet', () => {
    fc.assert(
      fc.property(stream, (input) => {
        const results = decodeAll(input);
        expect(results.length).toBeLessThanOrEqual(input.length);
        expect(JSON.stringify(results).length).toBeLessThanOrEqual(200 + input.length * 100);
        for (const result of results) expect(JSON.stringify(result).length).toBeLessThan(2000);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (frame) => void decodeVerifone(frame)));
  });

  it('the same results however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (input, sizes) => {
        const chunks: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < input.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(input.subarray(at, at + size));
          at += size;
        }
        expect(decodeAll(...chunks)).toEqual(decodeAll(input));
      }),
    );
  });
});
