import { describe, expect, it } from 'vitest';
import type { VirtualCard } from '../../drivers/codec/card-line.ts';
import type { CardReader, CardReaderEvent } from '../../src/ports/card-reader.ts';
import { exposed, syntheticCard } from '../drivers/synthetic-card.ts';

/** A reader on the bench that is given cards, not bytes. Each resolves when the reader has seen it. */
export interface PresentedCardRig {
  readonly reader: CardReader;
  /** A card is swiped; or put in, read, and taken out. */
  present(card: VirtualCard): Promise<void>;
  /** Of devices whose coming and going is noticed; see `PresentedCardCan`. */
  unplug?(): Promise<void>;
  plug?(): Promise<void>;
}

/** What an adapter's device can do. `unplugs`: that it is gone is noticed; nobody notices it of a keyboard. */
export interface PresentedCardCan {
  readonly unplugs: boolean;
}

/** The part of the contract of `CardReader` that needs no lines, for adapters whose devices send reports or answers.
 *  `open` makes a fresh reader that is plugged in; what its listeners throw goes to `onListenerThrow`. */
export function presentedCardContract(
  name: string,
  medium: 'stripe' | 'chip',
  open: (onListenerThrow: (thrown: unknown) => void) => Promise<PresentedCardRig>,
  can: PresentedCardCan = { unplugs: true },
): void {
  const first = syntheticCard(1);
  const second = syntheticCard(2);
  const last4 = (card: VirtualCard) => (medium === 'stripe' ? card.pan : card.ssCardNumber).expose().slice(-4);

  async function bench(onListenerThrow: (thrown: unknown) => void = () => undefined) {
    const rig = await open(onListenerThrow);
    const events: CardReaderEvent[] = [];
    rig.reader.subscribe((event) => events.push(event));
    return { ...rig, shown: () => events.map(shownEvent) };
  }

  describe(`contract of the card reader, whole cards: ${name}`, () => {
    it('gives reading and read for each card, in order', async () => {
      const { reader, present, shown } = await bench();
      expect(reader.info.name).not.toBe('');
      await present(first);
      await present(second);
      await present(second);
      const expected = [first, second, second].flatMap((card) => ['reading', last4(card)]);
      expect(shown()).toEqual(expected);
      await reader.close();
    });

    it('200 cards in a row are 200 reads', async () => {
      const { reader, present, shown } = await bench();
      const cards = Array.from({ length: 200 }, (_, seed) => syntheticCard(seed));
      for (const card of cards) await present(card);
      expect(shown()).toEqual(cards.flatMap((card) => ['reading', last4(card)]));
      await reader.close();
    });

    if (can.unplugs) {
      it('an unplug is told once, a replug too, and no card is read twice', async () => {
        const { reader, present, unplug, plug, shown } = await bench();
        if (unplug === undefined || plug === undefined) throw new Error(`${name} has no cable to pull`);
        await present(first);
        await unplug();
        await unplug();
        await plug();
        await present(second);
        expect(shown()).toEqual(['reading', last4(first), 'gone', 'back', 'reading', last4(second)]);
        await reader.close();
      });
    }

    it('delivers nothing after close, which may come twice', async () => {
      const { reader, present, unplug, shown } = await bench();
      await reader.close();
      await reader.close();
      const late: CardReaderEvent[] = [];
      reader.subscribe((event) => late.push(event));
      await present(first).catch(() => undefined);
      await unplug?.();
      expect(shown()).toEqual([]);
      expect(late).toEqual([]);
    });

    it('delivers nothing after a close from within an event', async () => {
      const { reader, present, shown } = await bench();
      reader.subscribe(() => void reader.close());
      await present(first);
      expect(shown()).toEqual(['reading']);
    });

    it('a listener that throws does not stop the others, one that left hears nothing', async () => {
      const thrown: unknown[] = [];
      const { reader, present } = await bench((what) => thrown.push(what));
      const bug = new Error('a bug in a listener');
      const heard: string[] = [];
      reader.subscribe(() => {
        throw bug;
      });
      reader.subscribe((event) => heard.push(event.kind));
      reader.subscribe(() => heard.push('left'))();
      await present(first);
      expect(heard).toEqual(['reading', 'read']);
      expect(thrown).toEqual([bug, bug]);
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
