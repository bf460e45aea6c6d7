import { describe, expect, it } from 'vitest';
import type { Scanner, ScannerEvent } from '../../src/ports/scanner.ts';

/** A scanner on the bench: what a test may do to its device. Each resolves when the scanner has seen it. */
export interface ScannerRig {
  readonly scanner: Scanner;
  /** What a code is that falls silent before its end: whole where the device may send no end, else half read. */
  readonly silenceMakes: 'scanned' | 'halfRead';
  /** A whole code with its end. */
  scan(text: string): Promise<void>;
  /** A code without its end. */
  begin(text: string): Promise<void>;
  /** Bytes that are no code, with an end. */
  noise(): Promise<void>;
  /** More bytes than any code has, without an end. */
  flood(): Promise<void>;
  /** Lets the line be silent for longer than the scanner waits. */
  silence(): Promise<void>;
  unplug(): Promise<void>;
  plug(): Promise<void>;
}

/** The contract of `Scanner`, for every adapter. `open` makes a fresh scanner that is plugged in; what its listeners throw
 *  goes to `onListenerThrow`. */
export function scannerContract(
  name: string,
  open: (onListenerThrow: (thrown: unknown) => void) => Promise<ScannerRig>,
): void {
  async function bench(onListenerThrow: (thrown: unknown) => void = () => undefined) {
    const rig = await open(onListenerThrow);
    const events: ScannerEvent[] = [];
    rig.scanner.subscribe((event) => events.push(event));
    return { ...rig, events, shown: () => events.map(shownEvent) };
  }

  describe(`contract of the scanner: ${name}`, () => {
    it('tells its kind and name', async () => {
      const { scanner } = await bench();
      expect(['virtual', 'serial', 'hid', 'keyboard']).toContain(scanner.info.kind);
      expect(scanner.info.name).not.toBe('');
      await scanner.close();
    });

    it('gives the codes in the order of the bytes, each once', async () => {
      const { scanner, scan, silence, shown } = await bench();
      await scan('6901234567892');
      await scan('6901234567892');
      await silence();
      await scan('ABC-123');
      await silence();
      expect(shown()).toEqual(['6901234567892', '6901234567892', 'ABC-123']);
      await scanner.close();
    });

    it('a long code comes whole', async () => {
      const { scanner, scan, shown } = await bench();
      const text = '0123456789'.repeat(20);
      await scan(text);
      expect(shown()).toEqual([text]);
      await scanner.close();
    });

    it('silence ends a code, and the next is not mixed with it', async () => {
      const { scanner, silenceMakes, begin, scan, silence, shown } = await bench();
      await begin('FIRST');
      expect(shown()).toEqual([]);
      await silence();
      await scan('SECOND');
      expect(shown()).toEqual([silenceMakes === 'scanned' ? 'FIRST' : 'halfRead', 'SECOND']);
      await scanner.close();
    });

    it('says what is no code, and reads the next', async () => {
      const { scanner, noise, scan, silence, shown } = await bench();
      await noise();
      await silence();
      await scan('NEXT');
      expect(shown()).toEqual(['noise', 'NEXT']);
      await scanner.close();
    });

    it('is told too much once, and reads the next code after a silence', async () => {
      const { scanner, flood, scan, silence, shown } = await bench();
      await flood();
      await silence();
      await scan('NEXT');
      expect(shown()).toEqual(['tooLong', 'NEXT']);
      await scanner.close();
    });

    it('an unplug is told once, what was half scanned before it is no code and is not continued after it', async () => {
      const { scanner, begin, scan, silence, unplug, plug, shown } = await bench();
      await begin('FIRST');
      await unplug();
      await unplug();
      await silence();
      await plug();
      await scan('SECOND');
      await unplug();
      await plug();
      expect(shown()).toEqual(['halfRead', 'gone', 'back', 'SECOND', 'gone', 'back']);
      await scanner.close();
    });

    it('delivers nothing after close, which may come twice', async () => {
      const { scanner, begin, scan, silence, unplug, shown } = await bench();
      await begin('FIRST');
      await scanner.close();
      await scanner.close();
      await silence();
      const late: ScannerEvent[] = [];
      scanner.subscribe((event) => late.push(event));
      await scan('SECOND').catch(() => undefined);
      await silence();
      await unplug();
      expect(shown()).toEqual([]);
      expect(late).toEqual([]);
    });

    it('delivers nothing after a close from within an event', async () => {
      const { scanner, scan, silence, shown } = await bench();
      scanner.subscribe(() => void scanner.close());
      await scan('FIRST');
      await scan('SECOND').catch(() => undefined);
      await silence();
      expect(shown()).toEqual(['FIRST']);
    });

    it('a listener that throws does not stop the others, one that left hears nothing', async () => {
      const thrown: unknown[] = [];
      const { scanner, scan } = await bench((what) => thrown.push(what));
      const bug = new Error('a bug in a listener');
      const heard: string[] = [];
      scanner.subscribe(() => {
        throw bug;
      });
      scanner.subscribe((event) => heard.push(event.kind));
      scanner.subscribe(() => heard.push('left'))();
      await scan('CODE');
      expect(heard).toEqual(['scanned']);
      expect(thrown).toEqual([bug]);
      await scanner.close();
    });

    it('prints no code', async () => {
      const { scanner, scan, events } = await bench();
      await scan('6901234567892');
      expect(events).toHaveLength(1);
      expect(JSON.stringify(events)).not.toContain('6901234567892');
      await scanner.close();
    });
  });
}

/** An event in a word: the code, the reason of a failure, or its kind. */
function shownEvent(event: ScannerEvent): string {
  if (event.kind === 'scanned') return event.text.expose();
  return event.kind === 'failed' ? event.reason : event.kind;
}
