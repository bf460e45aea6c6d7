import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeChipLine } from '../../../drivers/codec/card-line.ts';
import { encodeTrackText } from '../../../drivers/codec/track-text.ts';
import { isCardLine } from '../../../drivers/keyboard/keyboard-codec.ts';
import { WedgeInput } from '../../../drivers/keyboard/wedge-input.ts';
import { intentSchema } from '../../../src/ipc/intent.ts';
import { sealLine } from '../../../src/ipc/wedge-seal.ts';
import type { CardReaderEvent } from '../../../src/ports/card-reader.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { exposed, syntheticCard } from '../synthetic-card.ts';

const card = syntheticCard(1);
const swipe = encodeTrackText(card.pan);
const last4 = card.pan.expose().slice(-4);
const evoucher = '4240000000000000000000990000';

async function bench() {
  const scheduler = new ManualScheduler();
  const faults: string[] = [];
  const wedge = await WedgeInput.open({ scheduler, onFault: (fault) => faults.push(fault.code) });
  const shown: string[] = [];
  wedge.reader.subscribe((event) => shown.push(shownEvent(event)));
  wedge.scanner.subscribe((event) =>
    shown.push(event.kind === 'scanned' ? `scanned ${event.symbology ?? ''}${event.text.expose()}` : event.kind),
  );
  return {
    wedge,
    faults,
    shown,
    type: async (line: string) => wedge.sealed(await sealLine(line, wedge.publicKey)),
    began: async () => {
      wedge.began();
      // Whatever is handed over afterwards comes afterwards.
      await wedge.sealed({ publicKey: '', iv: '', sealed: '' });
    },
    silence: () => scheduler.advance(1000),
  };
}

function shownEvent(event: CardReaderEvent): string {
  if (event.kind !== 'read') return event.kind;
  const read = exposed(event.read);
  return typeof read === 'string' ? read : read.last4;
}

describe('what a device types', () => {
  it.each([
    ['a stripe', swipe, ['reading', last4]],
    ['a stripe drawn backwards', [...swipe].reverse().join(''), ['reading', last4]],
    ['a stripe under Caps Lock', swipe.toLowerCase(), ['reading', last4]],
    ['half a stripe', swipe.slice(0, 30), ['reading', 'halfRead']],
    ['one track that was not read', '%E?;E?', ['reading', 'noise']],
    ['a 医保码', evoucher, [`scanned ${evoucher}`]],
    ['a code of something else', 'https://example.com/a?b', ['scanned https://example.com/a?b']],
    ['a code with its symbology', `]Q0${evoucher}`, [`scanned ]Q0${evoucher}`]],
    ['three keys at once', '789', []],
  ])('%s becomes what it is', async (_what, line, expected) => {
    const { type, shown, faults } = await bench();
    await type(line);
    expect([shown, faults]).toEqual([expected, []]);
  });

  it('a chip’s line is a card', async () => {
    const { type, shown } = await bench();
    // A keyboard types no Chinese name: an unpersonalised field is empty.
    const line = Buffer.from(encodeChipLine(card))
      .toString('latin1')
      .replace(/[^ -~]+/, '');
    await type(line);
    expect(shown[0]).toBe('reading');
    expect(isCardLine(line)).toBe(true);
  });

  it('says that a card is being read before its line is whole, once a swipe', async () => {
    const { began, type, shown, silence } = await bench();
    await began();
    expect(shown).toEqual(['reading']);
    await type(swipe);
    await began();
    await type(swipe);
    expect(shown).toEqual(['reading', last4]);
    silence();
    await began();
    await type(swipe);
    expect(shown).toEqual(['reading', last4, 'reading', last4]);
  });

  it('says reading anew for the next card when the line of one never came', async () => {
    const { began, type, shown, silence } = await bench();
    await began();
    silence();
    await began();
    await type(swipe);
    expect(shown).toEqual(['reading', 'reading', last4]);
  });

  it('takes two tracks that come as lines of their own together, where one alone says too little', async () => {
    const notLuhn = `${card.pan.expose().slice(0, -1)}${(Number(last4.slice(-1)) + 1) % 10}`;
    const { type, shown } = await bench();
    const [first, second] = swipe.replaceAll(card.pan.expose(), notLuhn).split(/(?=;)/);
    await type(first ?? '');
    await type(second ?? '');
    expect(shown).toEqual(['reading', 'noise', 'reading', notLuhn.slice(-4)]);
  });

  it('never mixes the tracks of two swipes', async () => {
    const other = encodeTrackText(syntheticCard(2).pan);
    const { type, shown, silence } = await bench();
    await type(swipe.split(/(?=;)/)[0] ?? '');
    silence();
    await type(other.split(/(?=;)/)[1] ?? '');
    expect(shown).toEqual(['reading', last4, 'reading', syntheticCard(2).pan.expose().slice(-4)]);
  });

  it('delivers nothing after close, which may come twice', async () => {
    const { wedge, type, shown } = await bench();
    await wedge.close();
    await wedge.close();
    await type(swipe);
    await type(evoucher);
    expect(shown).toEqual([]);
  });
});

describe('a message from a screen', () => {
  it('shows nothing of the line, and passes the gate of the intents', async () => {
    const { wedge } = await bench();
    const sealed = await sealLine(swipe, wedge.publicKey);
    expect(intentSchema.safeParse({ kind: 'wedge.sealed', ...sealed }).success).toBe(true);
    const bytes = Buffer.concat(Object.values(sealed).map((part) => Buffer.from(part, 'base64')));
    expect(bytes.includes(card.pan.expose())).toBe(false);
  });

  it('passes the gate also when it is the longest there is', async () => {
    const { wedge, type, shown, faults } = await bench();
    const sealed = await sealLine('7'.repeat(5000), wedge.publicKey);
    expect(intentSchema.safeParse({ kind: 'wedge.sealed', ...sealed }).success).toBe(true);
    await type('7'.repeat(5000));
    expect([shown, faults]).toEqual([[`scanned ${'7'.repeat(1024)}`], []]);
  });

  it('that was sealed for somebody else, or changed, or is too long, is ignored and told', async () => {
    const { wedge, shown, faults } = await bench();
    const other = await bench();
    await wedge.sealed(await sealLine(swipe, other.wedge.publicKey));
    const own = await sealLine(swipe, wedge.publicKey);
    await wedge.sealed({ ...own, sealed: Buffer.from(own.sealed, 'base64').reverse().toString('base64') });
    await wedge.sealed({ ...own, sealed: Buffer.alloc(1041).toString('base64') });
    await wedge.sealed({ ...own, publicKey: own.iv });
    expect([shown, faults]).toEqual([[], ['notOpened', 'notOpened', 'malformed', 'malformed']]);
  });

  it('of any text comes to at most one event of a reader or a scanner, and throws nothing', async () => {
    const { type, shown, silence } = await bench();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (line) => {
        shown.length = 0;
        await type(line);
        silence();
        expect(shown.filter((event) => event !== 'reading').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});
