import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { codecNames, codecs } from '../../drivers/codec/codecs.ts';
import type { Codec, Decoded, FrameDecoder } from '../../drivers/codec/decoded.ts';
import { secret } from '../../src/domain/secret.ts';
import { holdToContract } from './codec-property.ts';
import { instrument } from './instrument.ts';
import { Dice, mutate } from './mutator.ts';
import { seedsOf } from './seeds.ts';

const repository = resolve(import.meta.dirname, '../..');
const captures = join(repository, 'fixtures', 'captures');
/** A minute in CI; a few seconds for somebody who waits. */
const fuzzSeconds = process.env.CI ? 60 : 9;

interface Ended {
  readonly status: number | null;
  readonly printed: string;
}

function fuzz(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  return new Promise((done) => child.once('close', (status) => done({ status, printed })));
}

describe('npm run fuzz', () => {
  it(`finds nothing in the codecs in ${fuzzSeconds} s`, { timeout: (fuzzSeconds + 120) * 1000 }, async () => {
    const { status, printed } = await fuzz('--seconds', String(fuzzSeconds));
    for (const name of codecNames) expect(printed).toMatch(new RegExp(`^${name}: \\d+ inputs`, 'm'));
    expect(printed).toContain('Nothing found.');
    expect(status).toBe(0);
  });

  it('finds a planted fault, prints it as hex with the line that shows it, keeps it, and ends with 1', {
    timeout: 120_000,
  }, async () => {
    const { status, printed } = await fuzz(
      '--seconds',
      '30',
      '--codecs',
      join(import.meta.dirname, 'planted-codecs.ts'),
    );
    expect(printed).toMatch(/^ {2}planted$/m);
    expect(printed).toMatch(
      /^ {2}echo [0-9a-f]*425547[0-9a-f]* \| npm run -s gongji -- reader decode --codec planted$/m,
    );
    expect(status).toBe(1);
    const kept = /kept as (\.fuzz\/planted-[0-9a-f]{8}\.hex)/.exec(printed)?.[1] ?? '';
    expect(() => rmSync(join(repository, kept))).not.toThrow();
  });

  it.each([
    [['--seconds', 'soon'], '--seconds: expected a whole number from 1 on, got soon'],
    [['--codec', 'nothing'], '--codec: expected one of track-text, '],
    [['--sekonds', '1'], '--sekonds'],
  ])('%j is a mistake that is named, and ends with 2', async (args, words) => {
    const { status, printed } = await fuzz(...args);
    expect(printed).toContain(words);
    expect(status).toBe(2);
  });
});

/** A codec made of one function of all bytes since the last end, told at the end. */
function atEnd(decode: (bytes: readonly number[], chunks: number) => readonly Decoded[]): Codec {
  return {
    decoder() {
      let bytes: number[] = [];
      let chunks = 0;
      return {
        push(chunk) {
          bytes.push(...chunk);
          chunks++;
          return [];
        },
        end() {
          const decoded = decode(bytes, chunks);
          [bytes, chunks] = [[], 0];
          return decoded;
        },
        get midFrame() {
          return bytes.length > 0;
        },
      };
    },
  };
}

const scan = (text: string): Decoded => ({ ok: true, kind: 'scan', text: secret(text) });
const input = Uint8Array.from({ length: 200 }, (_, index) => index);
const sound = atEnd((bytes) => (bytes.length === 0 ? [] : [scan(bytes.join())]));

describe('the contract that a codec is held to', () => {
  it('a sound codec keeps it', () => {
    expect(() => holdToContract(sound, input)).not.toThrow();
  });

  const soundBut = (change: (decoder: FrameDecoder) => Partial<FrameDecoder>): Codec => ({
    decoder() {
      const decoder = sound.decoder();
      return {
        push: (chunk) => decoder.push(chunk),
        end: () => decoder.end(),
        get midFrame() {
          return decoder.midFrame;
        },
        ...change(decoder),
      };
    },
  });

  it.each<[string, Codec, RegExp]>([
    ['it throws', atEnd(() => JSON.parse('{')), /JSON/],
    ['another result for other chunks', atEnd((_, chunks) => [scan(String(chunks))]), /cut otherwise/],
    ['a secret alone differs', atEnd((_, chunks) => [scan(chunks === 1 ? 'a' : 'b')]), /cut otherwise/],
    ['results without bounds', atEnd((bytes) => [scan('x'.repeat(bytes.length ** 3))]), /not bounded/],
    ['a frame that stays begun', soundBut(() => ({ midFrame: true })), /still begun/],
    ['an end that never ends', soundBut((decoder) => ({ end: () => [...decoder.end(), scan('x')] })), /second end/],
    [
      'bytes from before the end',
      {
        decoder() {
          const all: number[] = [];
          let told = 0;
          return {
            push(chunk) {
              all.push(...chunk);
              return [];
            },
            end: () => (told++ === 1 ? [] : [scan(all.join())]),
            midFrame: false,
          };
        },
      },
      /shows after it/,
    ],
  ])('is broken by: %s', (_, codec, words) => {
    expect(() => holdToContract(codec, input)).toThrow(words);
  });

  it('is kept by every codec on every capture, whole and in halves', () => {
    for (const seed of seedsOf(captures)) {
      for (const name of codecNames) {
        for (const bytes of [seed, seed.subarray(0, seed.length / 2), seed.subarray(seed.length / 2)])
          expect(() => holdToContract(codecs[name], bytes), name).not.toThrow();
      }
    }
  });
});

describe('a decoder keeps no more than a frame', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const kept = async () => {
    // The memory of buffers is given back on another thread, some time after a collection.
    for (let turn = 0; turn < 3; turn++) {
      collect();
      await setImmediate();
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const streamBytes = 400_000;
  const chunkBytes = 1000;
  const keptBytesMax = 400_000;
  // A start byte of each protocol, and what is none.
  const starts = [0x02, 0x0f, 0x1b, 0x25, 0x3b, 0x7b, 0x00, 0xff];

  it.each(codecNames)('%s: of streams that never end', async (name) => {
    const before = await kept();
    const decoders = starts.map((start) => {
      const decoder = codecs[name].decoder();
      decoder.push(Uint8Array.of(start));
      for (let sent = 0; sent < streamBytes; sent += chunkBytes) decoder.push(new Uint8Array(chunkBytes).fill(0x41));
      return decoder;
    });
    expect((await kept()) - before).toBeLessThan(keptBytesMax);
    for (const decoder of decoders) decoder.end();
  });
});

describe('how the fuzzer goes on', () => {
  it('a seed repeats its inputs, another one gives others', () => {
    const inputs = (seed: number) => {
      const dice = new Dice(seed);
      return Array.from({ length: 50 }, () => mutate(input, dice, [Uint8Array.of(1, 2)], [input]).join());
    };
    expect(inputs(1)).toEqual(inputs(1));
    expect(inputs(1)).not.toEqual(inputs(2));
    expect(new Set(inputs(1)).size).toBeGreaterThan(45);
  });

  it.each([
    ['if (x) y = 1; else y = 2;', 2],
    ['if (x) { y = 1; } else if (z) y = 2;', 3],
    ['y = x ? z ? 1 : 2 : 3;', 4],
    ['y = x && (z || w);', 2],
    ['y = [1, 2].map((a) => a + 1);', 1],
    ['y = [1, 2].map((a) => ({ a }));', 1],
    ['y = 0; for (const a of [1, 2]) y += a; while (y < 5) y++;', 2],
    ['switch (x) { case 1: y = 1; break; case 2: default: y = 3; }', 2],
    ['y = (() => { try { return x.a.b; } catch { return 1; } })();', 3],
  ])('counts the branches of a program and leaves what it does: %s', (program, places) => {
    const instrumented = instrument(program, 'counters');
    expect(instrumented.places).toBe(places);
    for (const x of [0, 1, 2]) {
      for (const z of [0, 1]) {
        const world = () => ({ x, z, w: 1, y: undefined, counters: new Uint8Array(places) });
        const [plain, counted] = [world(), world()];
        runInNewContext(program, plain);
        runInNewContext(instrumented.code, counted);
        expect(counted.y).toEqual(plain.y);
        expect(plain.counters.some(Boolean)).toBe(false);
      }
    }
  });

  it('takes from a program the words that it compares with', () => {
    const { words } = instrument('if (a === "Z62" || b === 0x1b || c === 0x0801) d();', 'counters');
    expect(words.map((word) => Buffer.from(word).toString('hex'))).toEqual(['5a3632', '1b', '0801', '0108']);
  });
});
