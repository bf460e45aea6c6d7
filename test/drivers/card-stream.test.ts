import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CardStream, cardSilenceMs } from '../../drivers/card-stream.ts';
import { cardLineCodec, encodeChipLine, encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { codecs } from '../../drivers/codec/codecs.ts';
import type { Codec } from '../../drivers/codec/decoded.ts';
import { scannerTextCodec } from '../../drivers/codec/scanner-text.ts';
import { idtechTextCodec } from '../../drivers/codec/track-text.ts';
import { keyboardCodec } from '../../drivers/keyboard/keyboard-codec.ts';
import { ManualScheduler } from './manual-scheduler.ts';
import { syntheticCard } from './synthetic-card.ts';

const line = Buffer.concat([encodeStripeLine(syntheticCard(1)), Buffer.from('\r')]);
const last4 = syntheticCard(1).pan.expose().slice(-4);
const otherLine = Buffer.concat([encodeStripeLine(syntheticCard(2)), Buffer.from('\r')]);
const other4 = syntheticCard(2).pan.expose().slice(-4);

function bench(codec: Codec) {
  const scheduler = new ManualScheduler();
  const shown: string[] = [];
  const stream = new CardStream({
    decoder: codec.decoder(),
    scheduler,
    onEvent: (event) => {
      if (event.kind !== 'read') shown.push(event.kind);
      else shown.push(event.read.ok ? event.read.credential.last4 : event.read.reason);
    },
  });
  return { scheduler, shown, stream };
}

it('what is dropped leaves nothing: no event, no timer, no bytes before the next card', () => {
  const { scheduler, shown, stream } = bench(cardLineCodec);
  stream.receive(line.subarray(0, 40));
  stream.drop();
  expect(scheduler.pending).toBe(0);
  stream.receive(otherLine);
  expect(shown).toEqual(['reading', 'reading', other4]);
});

it('a decoder that waits for silence is told of it, and the next swipe is another', () => {
  const { scheduler, shown, stream } = bench(idtechTextCodec);
  const tracks = Buffer.from(line.toString('latin1').replace('?;', '?\r;'));
  stream.receive(tracks);
  expect(shown).toEqual(['reading']);
  expect(stream.midFrame).toBe(true);
  scheduler.advance(cardSilenceMs);
  expect(shown).toEqual(['reading', last4]);
  stream.receive(tracks);
  stream.endSwipe();
  expect(shown).toEqual(['reading', last4, 'reading', last4]);
  expect(scheduler.pending).toBe(0);
});

it('a scan never becomes a card', () => {
  const { shown, stream } = bench(scannerTextCodec);
  stream.receive(line);
  expect(shown).toEqual(['reading', 'notACard']);
});

it('of one swipe the same card and failures after a read are dropped, a card after a failure is not', () => {
  const { shown, stream } = bench(cardLineCodec);
  stream.receive(Buffer.concat([Buffer.from('x\ry\r'), line, line, Buffer.from('z\r'), otherLine]));
  expect(shown).toEqual(['reading', 'notACard', 'reading', last4, 'reading', other4]);
});

/** Bytes that begin, go on or end a frame of some codec, and any others. */
const pieces = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(...[line, otherLine, encodeStripeLine(syntheticCard(1)), encodeChipLine(syntheticCard(1))]),
  fc.constantFrom(...['\r\n', '\x1bs', '?\x1c', '\x1b0', '\x02', '\x03'].map((text) => Buffer.from(text))),
  fc.constantFrom(...[64, 337, 509, 856].map((length) => new Uint8Array(length))),
);

it.each(Object.entries({ ...codecs, 'card-line': cardLineCodec, keyboard: keyboardCodec }))(
  'whatever comes through %s, each reading is followed by its read, at the latest after the silence',
  (_name, codec) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(pieces, fc.boolean()), { maxLength: 12 }), (steps) => {
        const { scheduler, shown, stream } = bench(codec);
        for (const [bytes, isLast] of steps) {
          stream.receive(bytes);
          if (isLast) scheduler.advance(cardSilenceMs);
        }
        scheduler.advance(cardSilenceMs);
        expect(shown.map((event, at) => (event === 'reading') === (at % 2 === 0))).not.toContain(false);
        expect([shown.length % 2, scheduler.pending]).toEqual([0, 0]);
      }),
    );
  },
);
