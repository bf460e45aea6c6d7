import { ReadlineParser } from '@serialport/parser-readline';
import { encodeChipLine, encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { type CodecName, codecs } from '../../drivers/codec/codecs.ts';
import { LineFramer } from '../../drivers/codec/line-framer.ts';
import assembled from '../../fixtures/captures/assembled-hid-reports.json' with { type: 'json' };
import cnEsc from '../../fixtures/captures/cn-esc-magreader.json' with { type: 'json' };
import idtech from '../../fixtures/captures/idtech-encrypted-frames.json' with { type: 'json' };
import magnesafe from '../../fixtures/captures/magtek-magnesafe-v5-hid-856.json' with { type: 'json' };
import msr605 from '../../fixtures/captures/msr605-protocol.json' with { type: 'json' };
import verifone from '../../fixtures/captures/pinpad-verifone-uic-frames.json' with { type: 'json' };
import bits from '../../fixtures/captures/track2-raw-bits.json' with { type: 'json' };
import { syntheticCard } from '../drivers/synthetic-card.ts';
import { type Figure, ratioOf, spread } from './figure.ts';

const rounds = 7;
const roundMs = 60;
const part = 'decoding';

/** How many frames each codec decodes in a second, whole swipes through framer and codec, and what that is of a loop that
 *  only looks at each byte of the same frame. */
export function measureCodecs(): readonly Figure[] {
  return Object.entries(samples()).map(([name, frame]) => {
    const codec = codecs[name as CodecName];
    const decoded: number[] = [];
    const looked: number[] = [];
    for (let round = 0; round < rounds; round++) {
      decoded.push(
        perSecond(() => {
          const decoder = codec.decoder();
          return decoder.push(frame).length + decoder.end().length;
        }),
      );
      looked.push(perSecond(() => look(frame)));
    }
    const ratio = ratioOf(decoded, 'a loop over its bytes', looked);
    return { part, what: `${name}, ${frame.length} bytes`, unit: 'frames/s', ...spread(decoded), ratio };
  });
}

/** 16 MB without a line end, in chunks of 4 KiB: ours, and the parser alone on a fourth of it (it is quadratic: the whole
 *  takes it minutes). */
export function measureFramers(): readonly Figure[] {
  const chunk = new Uint8Array(4096).fill(0x41);
  const chunks = (megabytes: number) => (megabytes * 1024 * 1024) / chunk.length;
  const ours: number[] = [];
  const loop: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const framer = new LineFramer(1024);
    ours.push(took(() => repeat(chunks(16), () => framer.push(chunk))));
    loop.push(took(() => repeat(chunks(16), () => look(chunk))));
  }
  const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
  const alone = took(() => repeat(chunks(4), () => parser.write(chunk)));
  const what = 'without a line end';
  return [
    {
      part,
      what: `16 MB ${what}, our framer`,
      unit: 'ms',
      ...spread(ours),
      ratio: ratioOf(ours, 'a loop over its bytes', loop),
    },
    { part, what: `4 MB ${what}, ReadlineParser alone`, unit: 'ms', ...spread([alone]) },
  ];
}

/** What is computed is kept, so that nothing is left out as useless. */
let sink = 0;

function look(bytes: Uint8Array): number {
  for (const byte of bytes) sink ^= byte;
  return sink;
}

function repeat(times: number, work: () => unknown): void {
  for (let time = 0; time < times; time++) work();
}

function took(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

function perSecond(work: () => number): number {
  let times = 0;
  const before = performance.now();
  while (performance.now() - before < roundMs) {
    for (let again = 0; again < 16; again++) sink ^= work();
    times += 16;
  }
  return (times * 1000) / (performance.now() - before);
}

/** A frame for each codec. */
function samples(): Readonly<Record<CodecName, Uint8Array>> {
  const card = syntheticCard(1);
  const line = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.from('\r\n')]);
  const stripe = line(encodeStripeLine(card));
  const report = (name: string) => Buffer.from(assembled.reports.find((one) => one.name === name)?.hex ?? '', 'hex');
  const masked = Buffer.alloc(856);
  masked.set(Buffer.from(magnesafe.level3_bytes_480_to_855_verbatim.join('').replaceAll(' ', ''), 'hex'), 480);
  const scan = Buffer.alloc(64);
  scan.set([0x02, 28, ...Buffer.from(']Q0'), ...Buffer.from(`424${'0'.repeat(21)}0000`)]);
  const ext = Buffer.from(
    `990000D156000005${'0'.repeat(16)}|3|3.00|GONGJI|20210101|20310101|A00000000|990000199001010017|TEST|1|01|990000|19900101|\r`,
  );
  return {
    'track-text': stripe,
    'track-bits': Uint8Array.from(bits.captures[0]?.bytes ?? []),
    'magtek-337': report('magtek337_ok'),
    'magnesafe-856': masked,
    'magnesafe-keyboard': stripe,
    'idtech-text': stripe,
    'idtech-minimag': report('idtech_minimag509_ok'),
    'idtech-encrypted': Buffer.from(idtech.original.hex, 'hex'),
    msr605: Buffer.from(msr605.assembled[0]?.hex ?? '', 'hex'),
    'cn-esc': Buffer.from(cnEsc.assembled[0]?.hex ?? '', 'hex'),
    ireadcardbas: line(encodeChipLine(card)),
    'ireadcardbas-ext': ext,
    'hid-pos': scan,
    'scanner-text': Buffer.from('6901234567892\r'),
    evoucher: Buffer.from(`424${'0'.repeat(21)}0000\r`),
    'pinpad-verifone': Buffer.from(verifone.assembled[1]?.hex ?? '', 'hex'),
    'pinpad-cn-esc': Buffer.from('023132333A3B3C03', 'hex'),
  };
}
