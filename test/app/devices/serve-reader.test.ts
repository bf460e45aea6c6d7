import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardLineCodec, encodeStripeLine } from '../../../drivers/codec/card-line.ts';
import { DeviceCardReader } from '../../../drivers/device-card-reader.ts';
import { systemScheduler } from '../../../drivers/scheduler.ts';
import { serialPortFinder } from '../../../drivers/serial/serial-ports.ts';
import { createSerialTransport } from '../../../drivers/serial/serial-transport.ts';
import { PtySwiper } from '../../../src/app/devices/pty-swiper.ts';
import { parseReaderCommand, serveReader } from '../../../src/app/devices/serve-reader.ts';
import type { CardReaderEvent } from '../../../src/ports/card-reader.ts';
import { until } from '../../drivers/serial/pty-pair.ts';
import { exposed, syntheticCard } from '../../drivers/synthetic-card.ts';

const cards = new Map([
  ['demo.mother', syntheticCard(1)],
  ['demo.father', syntheticCard(2)],
  ['other.mother', syntheticCard(3)],
]);
const people = [...cards.keys()];
const first = syntheticCard(1);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-serve-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A served reader, and this program's own driver for serial readers at the other end. */
async function served(signal?: AbortSignal) {
  const input = new PassThrough();
  const printed: string[] = [];
  const link = join(folder, 'reader');
  const ended = serveReader({
    cards,
    as: 'stripe',
    link,
    input,
    print: (line) => printed.push(line),
    ...(signal && { signal }),
  });
  await until('the path', () => printed.length > 0);
  const reader = new DeviceCardReader({
    transport: createSerialTransport({
      name: 'the reader',
      settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
      ...serialPortFinder({ path: link }),
    }),
    codec: cardLineCodec,
    scheduler: systemScheduler,
    arm: Uint8Array.of(0x1b, 0x72),
  });
  const events: CardReaderEvent[] = [];
  reader.subscribe((event) => events.push(event));
  reader.start();
  await until('the connection', () => reader.state.kind === 'connected');
  const reads = () => events.flatMap((event) => (event.kind === 'read' ? [exposed(event.read)] : []));
  return { input, printed, link, ended, reader, events, reads };
}

describe('serveReader', () => {
  it('is a serial reader to another program', async () => {
    const { input, printed, link, ended, reader, events, reads } = await served();
    expect(printed[0]).toBe(link);
    await until('the command of the program', () => printed.includes('the program sent 1b 72'));
    input.write('demo.mother\n');
    await until('a read', () => reads().length === 1);
    input.write(`hex ${Buffer.from(encodeStripeLine(syntheticCard(3))).toString('hex')} 0D\n`);
    await until('a read', () => reads().length === 2);
    input.write('demo.mother\ndemo.mother half\ndemo.father chip\n');
    await until('five reads', () => reads().length === 5);
    expect(reads()).toMatchObject([
      { last4: first.pan.expose().slice(-4) },
      { last4: syntheticCard(3).pan.expose().slice(-4) },
      { last4: first.pan.expose().slice(-4) },
      'halfRead',
      { last4: syntheticCard(2).ssCardNumber.expose().slice(-4) },
    ]);
    input.end();
    await ended;
    await until('the loss', () => events.at(-1)?.kind === 'gone');
    expect(existsSync(link)).toBe(false);
    expect(printed).toContain('sent demo.father chip');
    await reader.close();
  });

  it('the last swipe before the end of the commands is not lost', async () => {
    const { input, ended, reader, reads } = await served();
    input.end('demo.mother\n');
    await ended;
    expect(reads()).toHaveLength(1);
    await reader.close();
  });

  it('tells mistakes and goes on; quit ends it', async () => {
    const { input, printed, ended, reader } = await served();
    input.write('demo.mothr\nhex 2\n\nhelp\npeople\nquit\ndemo.mother\n');
    await ended;
    expect(printed).toContain('no card of "demo.mothr"; did you mean demo.mother?');
    expect(printed).toContain('hex wants two hexadecimal digits for each byte: hex 25 42 0d');
    expect(printed).toEqual(expect.arrayContaining(people));
    expect(printed).not.toContain('sent demo.mother stripe');
    await reader.close();
  });

  it('ends when it is told to from outside', async () => {
    const stop = new AbortController();
    const { ended, link, reader } = await served(stop.signal);
    stop.abort();
    await ended;
    expect(existsSync(link)).toBe(false);
    await reader.close();
  });

  it('does not put its link in place of a file', async () => {
    const link = join(folder, 'notes');
    writeFileSync(link, 'mine');
    const input = new PassThrough();
    await expect(serveReader({ cards, as: 'stripe', link, input, print: () => undefined })).rejects.toMatchObject({
      name: 'DeviceFault',
      code: 'failed',
    });
  });
});

it('a slow swipe goes out a few bytes at a time, and the next one waits for it', async () => {
  const chunks: Uint8Array[] = [];
  const swiper = new PtySwiper({
    path: '',
    write: async (bytes) => void chunks.push(bytes),
    onData: () => undefined,
    close: () => Promise.resolve(),
  });
  const line = Buffer.concat([encodeStripeLine(first), Buffer.from('\r\n')]);
  await Promise.all([swiper.swipe(first, 'stripe', 'slow'), swiper.swipe(first, 'stripe', 'none')]);
  expect(chunks.length).toBe(Math.ceil(line.length / 8) + 1);
  expect(Buffer.concat(chunks)).toEqual(Buffer.concat([line, line]));
});

describe('parseReaderCommand', () => {
  const parse = (line: string) => parseReaderCommand(line, people, 'chip');

  it.each([
    ['demo.mother', { kind: 'swipe', person: 'demo.mother', as: 'chip', fault: 'none' }],
    ['  demo.mother   stripe  ', { kind: 'swipe', person: 'demo.mother', as: 'stripe', fault: 'none' }],
    ['demo.mother noise stripe', { kind: 'swipe', person: 'demo.mother', as: 'stripe', fault: 'noise' }],
    ['hex 25 420D', { kind: 'hex', bytes: Buffer.of(0x25, 0x42, 0x0d) }],
    ['', { kind: 'nothing' }],
    ['help', { kind: 'help' }],
    ['quit', { kind: 'quit' }],
  ])('%j', (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  it.each([
    ['mother', '"people" lists|demo.mother or other.mother'],
    ['demo.fathre', 'demo.father'],
    ['nobody', '"people" lists'],
    ['demo.mother stripe chip', '"chip" does not fit'],
    ['demo.mother loud', '"loud" does not fit'],
    ['hex', 'two hexadecimal digits'],
    ['hex 2g', 'two hexadecimal digits'],
    ['quit now', 'stands alone'],
  ])('%j is a mistake that says %j', (line, text) => {
    expect(parse(line)).toMatchObject({ kind: 'mistake', text: expect.stringMatching(text) });
  });

  it('understands any line or says why not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (line) => {
        const command = parse(line);
        if (command.kind === 'mistake') expect(command.text.length).toBeLessThan(200);
      }),
    );
  });
});
