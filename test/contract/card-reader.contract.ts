import { describe, expect, it } from 'vitest';
import { encodeChipLine, encodeStripeLine } from '../../drivers/codec/card-line.ts';
import type { CardReader, CardReaderEvent } from '../../src/ports/card-reader.ts';
import { exposed, syntheticCard } from '../drivers/synthetic-card.ts';

/** A reader on the bench: what a test may do to its device. */
export interface CardReaderRig {
  readonly reader: CardReader;
  /** Bytes come from the device; resolves when the reader has seen them. */
  send(bytes: Uint8Array): Promise<void>;
  /** Lets the line be silent for longer than the reader waits. */
  silence(): Promise<void>;
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Plugs it in so that the system gives it another name. */
  plugElsewhere(): Promise<void>;
  /** Bytes come, and the cable is pulled before the reader has had time to ask for more. */
  sendAndUnplug(bytes: Uint8Array): Promise<void>;
}

/** The contract of `CardReader`, for every adapter that reads lines. `open` makes a fresh reader, plugged in and
 *  connected; what its listeners throw goes to `onListenerThrow`. */
export function cardReaderContract(
  name: string,
  open: (onListenerThrow: (thrown: unknown) => void) => Promise<CardReaderRig>,
): void {
  const first = syntheticCard(1);
  const second = syntheticCard(2);
  const lineOf = (line: Uint8Array, end = '\r\n') => Buffer.concat([line, Buffer.from(end)]);

  async function bench(onListenerThrow: (thrown: unknown) => void = () => undefined) {
    const rig = await open(onListenerThrow);
    const events: CardReaderEvent[] = [];
    rig.reader.subscribe((event) => events.push(event));
    return { ...rig, events, shown: () => events.map(shownEvent) };
  }

  describe(`contract of the card reader: ${name}`, () => {
    it('tells its kind and name', async () => {
      const { reader } = await bench();
      expect(['virtual', 'serial', 'hid', 'helper', 'keyboard']).toContain(reader.info.kind);
      expect(reader.info.name).not.toBe('');
      await reader.close();
    });

    it('gives reading and read for each card, in the order of the bytes', async () => {
      const { reader, send, silence, shown } = await bench();
      await send(lineOf(encodeStripeLine(first)));
      await silence();
      await send(lineOf(encodeChipLine(second), '\r'));
      await silence();
      const expected = [first.pan.expose().slice(-4), second.ssCardNumber.expose().slice(-4)];
      expect(shown()).toEqual(['reading', expected[0], 'reading', expected[1]]);
      await reader.close();
    });

    it('says reading at the first bytes, and halfRead when nothing follows', async () => {
      const { reader, send, silence, shown } = await bench();
      await send(encodeStripeLine(first).subarray(0, 5));
      expect(shown()).toEqual(['reading']);
      await silence();
      expect(shown()).toEqual(['reading', 'halfRead']);
      await reader.close();
    });

    it('never mixes bytes of one swipe into the next', async () => {
      const { reader, send, silence, events, shown } = await bench();
      const line = lineOf(encodeStripeLine(first));
      await send(line.subarray(0, 40));
      await silence();
      await send(line.subarray(40));
      await silence();
      await send(lineOf(encodeStripeLine(second)));
      await silence();
      expect(shown().filter((event) => event !== 'reading')).toEqual([
        'halfRead',
        'noise',
        second.pan.expose().slice(-4),
      ]);
      expect(events.filter((event) => event.kind === 'reading')).toHaveLength(3);
      await reader.close();
    });

    it('gives one read for a line that comes twice in one go, and two for two swipes', async () => {
      const { reader, send, silence, shown } = await bench();
      const line = lineOf(encodeStripeLine(first));
      await send(Buffer.concat([line, line]));
      await silence();
      expect(shown()).toHaveLength(2);
      await send(line);
      expect(shown()).toHaveLength(4);
      await reader.close();
    });

    it('is told too much data once, and reads the next card', async () => {
      const { reader, send, silence, shown } = await bench();
      await send(new Uint8Array(20_000).fill(0x41));
      await silence();
      await send(lineOf(encodeStripeLine(first)));
      expect(shown()).toEqual(['reading', 'tooLong', 'reading', first.pan.expose().slice(-4)]);
      await reader.close();
    });

    it('delivers nothing after close, which may come twice', async () => {
      const { reader, send, silence, shown } = await bench();
      await send(encodeStripeLine(first).subarray(0, 5));
      await reader.close();
      await reader.close();
      await silence();
      const late: CardReaderEvent[] = [];
      reader.subscribe((event) => late.push(event));
      await send(lineOf(encodeStripeLine(first))).catch(() => undefined);
      await silence();
      expect(shown()).toEqual(['reading']);
      expect(late).toEqual([]);
    });

    it('delivers nothing after a close from within an event', async () => {
      const { reader, send, shown } = await bench();
      reader.subscribe(() => void reader.close());
      await send(Buffer.from('x\r'));
      expect(shown()).toEqual(['reading']);
    });

    it('a listener that throws does not stop the others, one that left hears nothing', async () => {
      const thrown: unknown[] = [];
      const { reader, send } = await bench((what) => thrown.push(what));
      const bug = new Error('a bug in a listener');
      const heard: string[] = [];
      reader.subscribe(() => {
        throw bug;
      });
      reader.subscribe((event) => heard.push(event.kind));
      reader.subscribe(() => heard.push('left'))();
      await send(lineOf(encodeStripeLine(first)));
      expect(heard).toEqual(['reading', 'read']);
      expect(thrown).toEqual([bug, bug]);
      await reader.close();
    });

    it('an unplug is told once, what was half read before it is not continued after it', async () => {
      const { reader, send, silence, unplug, plug, shown } = await bench();
      const line = lineOf(encodeStripeLine(first));
      await send(line.subarray(0, 40));
      await unplug();
      await unplug();
      await silence();
      await plug();
      await send(line);
      expect(shown()).toEqual(['reading', 'halfRead', 'gone', 'back', 'reading', first.pan.expose().slice(-4)]);
      await reader.close();
    });

    it('an unplug while waiting is told once, a return once, and the next card is read', async () => {
      const { reader, send, silence, unplug, plug, shown } = await bench();
      await unplug();
      await unplug();
      await silence();
      expect(shown()).toEqual(['gone']);
      await plug();
      expect(shown()).toEqual(['gone', 'back']);
      await send(lineOf(encodeStripeLine(first)));
      await silence();
      expect(shown().slice(2)).toEqual(['reading', first.pan.expose().slice(-4)]);
      await reader.close();
    });

    it('an unplug right after bytes is noticed, and loses at most those', async () => {
      const { reader, send, silence, sendAndUnplug, plug, shown } = await bench();
      const last4 = first.pan.expose().slice(-4);
      await sendAndUnplug(lineOf(encodeStripeLine(first)));
      expect([['reading', last4, 'gone'], ['reading', 'halfRead', 'gone'], ['gone']]).toContainEqual(shown());
      await plug();
      const before = shown().length;
      await send(lineOf(encodeStripeLine(second)));
      await silence();
      expect(shown().slice(before)).toEqual(['reading', second.pan.expose().slice(-4)]);
      await reader.close();
    });

    it('is found again under another name', async () => {
      const { reader, send, silence, unplug, plugElsewhere, shown } = await bench();
      await unplug();
      await plugElsewhere();
      await send(lineOf(encodeStripeLine(first)));
      await silence();
      expect(shown()).toEqual(['gone', 'back', 'reading', first.pan.expose().slice(-4)]);
      await reader.close();
    });

    it('comes and goes time and again', async () => {
      const { reader, send, silence, unplug, plug, shown } = await bench();
      for (let round = 0; round < 5; round++) {
        await unplug();
        await plug();
      }
      await send(lineOf(encodeStripeLine(first)));
      await silence();
      const rounds = Array.from({ length: 5 }, () => ['gone', 'back']).flat();
      expect(shown()).toEqual([...rounds, 'reading', first.pan.expose().slice(-4)]);
      await reader.close();
    });

    it('two readers do not disturb each other', async () => {
      const one = await bench();
      const other = await bench();
      const line = lineOf(encodeStripeLine(first));
      await one.send(line.subarray(0, 40));
      await other.send(lineOf(encodeStripeLine(second)));
      await other.silence();
      await one.send(line.subarray(40));
      await one.silence();
      await other.unplug();
      await one.send(line);
      await one.silence();
      const last4 = first.pan.expose().slice(-4);
      expect(one.shown()).toEqual(['reading', last4, 'reading', last4]);
      expect(other.shown()).toEqual(['reading', second.pan.expose().slice(-4), 'gone']);
      await one.reader.close();
      await other.reader.close();
    });

    it('reads 200 swipes in a row, each once', async () => {
      const { reader, send, silence, shown } = await bench();
      const expected: string[] = [];
      for (let swipe = 0; swipe < 200; swipe++) {
        const card = syntheticCard(swipe % 7);
        await send(lineOf(swipe % 3 === 0 ? encodeChipLine(card) : encodeStripeLine(card)));
        await silence();
        expected.push('reading', (swipe % 3 === 0 ? card.ssCardNumber : card.pan).expose().slice(-4));
      }
      expect(shown()).toEqual(expected);
      await reader.close();
    });
  });
}

/** An event in a word: its kind; for a read the last four characters, or the reason. */
function shownEvent(event: CardReaderEvent): string {
  if (event.kind !== 'read') return event.kind;
  const read = exposed(event.read);
  return typeof read === 'string' ? read : read.last4;
}
