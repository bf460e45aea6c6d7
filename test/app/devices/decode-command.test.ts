import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codecNames } from '../../../drivers/codec/codecs.ts';
import { decodeHex } from '../../../src/app/devices/decode-command.ts';

async function decoded(codec: string, hex: string | readonly string[], reveal = true): Promise<unknown[]> {
  const lines: string[] = [];
  const chunks = typeof hex === 'string' ? [hex] : hex;
  async function* input() {
    yield* chunks;
  }
  await decodeHex({ codec, reveal, input: input(), print: (line) => lines.push(line) });
  return lines.map((line): unknown => JSON.parse(line));
}
const hexOf = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const stripe =
  '%B4352378366824999^TFSTEST /THIRTYONE        ^05102011000088200882000000?;4352378366824999=051020110000882?';

describe('gongji reader decode', () => {
  it('knows the codecs by their names', () => {
    expect(codecNames.toSorted()).toEqual(
      [
        ...['track-text', 'track-bits', 'magtek-337', 'magnesafe-856', 'magnesafe-keyboard', 'idtech-text'],
        ...['idtech-minimag', 'idtech-encrypted', 'msr605', 'cn-esc', 'ireadcardbas', 'ireadcardbas-ext', 'hid-pos'],
        ...['scanner-text', 'evoucher', 'pinpad-verifone', 'pinpad-cn-esc'],
      ].toSorted(),
    );
  });

  it.each(['', '0d', '0a', '0d0a'])('prints the tracks of a stripe that ends with %j', async (end) => {
    const card = {
      ok: true,
      kind: 'card',
      masked: false,
      track1: {
        formatCode: 'B',
        pan: '4352378366824999',
        name: 'TFSTEST /THIRTYONE',
        expiry: '0510',
        serviceCode: '201',
        discretionary: '1000088200882000000',
      },
      track2: { pan: '4352378366824999', expiry: '0510', serviceCode: '201', discretionary: '10000882' },
      errors: [],
    };
    for (const codec of ['track-text', 'idtech-text', 'magnesafe-keyboard'])
      expect(await decoded(codec, hexOf(stripe) + end)).toEqual([card]);
  });

  it('masks every value that names a card or a person unless it is told to reveal', async () => {
    const text = JSON.stringify(await decoded('track-text', hexOf(stripe), false));
    for (const value of ['4352378366', '05102011000', 'TFSTEST', 'THIRTYONE', '0510', '201'])
      expect(text).not.toContain(value);
    expect(text).toContain('****4999');
  });

  it('masks keys that are loaded into a PIN pad', async () => {
    const packet = Buffer.from('\x0f0200123456789ABCDEF\x0e', 'latin1');
    const lrc = packet.subarray(1).reduce((sum, byte) => sum ^ byte, 0);
    const hex = Buffer.concat([packet, Uint8Array.of(lrc)]).toString('hex');
    expect(await decoded('pinpad-verifone', hex, false)).toMatchObject([{ ok: true, message: 'admin' }]);
    expect(JSON.stringify(await decoded('pinpad-verifone', hex, false))).not.toContain('6789');
  });

  it('takes hexadecimal text in any chunks and with the usual marks between the bytes', async () => {
    const spaced = [...Buffer.from(stripe)].map((byte) => `0x${byte.toString(16)}`).join(', ');
    const [whole] = await decoded('track-text', hexOf(stripe));
    expect(await decoded('track-text', spaced)).toEqual([whole]);
    expect(await decoded('track-text', [...hexOf(stripe)])).toEqual([whole]);
    expect(await decoded('track-text', `${hexOf(stripe).toUpperCase()}\r\n`)).toEqual([whole]);
  });

  it('prints one object a frame, the fields of a PIN pad flat and its secrets starred', async () => {
    const frames = '06 023731320337 0237312E303034303130343132373445444342413938373646031D';
    expect(await decoded('pinpad-verifone', frames, false)).toEqual([
      { ok: true, kind: 'pinpad', message: 'ack' },
      { ok: true, kind: 'pinpad', message: '71', errorCode: '2' },
      { ok: true, kind: 'pinpad', message: '71', functionKey: '0', pinLength: '04', pinBlock: '*'.repeat(16) },
    ]);
    expect(await decoded('pinpad-verifone', frames)).toContainEqual(
      expect.objectContaining({ pinBlock: '041274EDCBA9876F' }),
    );
  });

  it('calls bytes without a frame noise', async () => {
    for (const codec of codecNames) {
      const [first] = await decoded(codec, '');
      expect(first).toEqual({ ok: false, reason: 'noise' });
    }
  });

  it('refuses what is not hexadecimal, and unknown codecs, with what to do', async () => {
    await expect(decoded('track-text', '2542zz')).rejects.toThrow(
      'character 5 of the input, "z", is no hexadecimal digit',
    );
    await expect(decoded('track-text', '254')).rejects.toThrow('ends in the middle of a byte');
    await expect(decoded('tracks', '25')).rejects.toThrow(/no codec "tracks"; the codecs are track-text, /);
    await expect(decoded('__proto__', '25')).rejects.toThrow('no codec');
  });
});

describe('the captures', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'captures');
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const hexIn = (value: unknown): string[] => {
    if (typeof value === 'string') return /^(?:[0-9A-F]{2}){2,}$/i.test(value) ? [value] : [];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(hexIn) : [];
  };

  it('decode by every codec without a throw and into lines of bounded length', async () => {
    const frames = readdirSync(folder).flatMap((name) => hexIn(read(name)));
    expect(frames.length).toBeGreaterThan(20);
    for (const codec of codecNames) {
      for (const frame of frames) {
        for (const line of await decoded(codec, frame)) expect(JSON.stringify(line).length).toBeLessThan(20_000);
      }
    }
  });
});
