import { type Scanner, type ScannerEvent, type ScannerInfo, scanFailures } from '../../src/ports/scanner.ts';
import { decodeScannerText } from '../codec/scanner-text.ts';
import { Listeners } from '../listeners.ts';

/** No symbology of a shop has fewer; three keys at once are a sleeve on the keyboard. */
const codeCharactersMin = 4;

/** A scanner that types. Like the reader beside it, it is never gone. */
export class KeyboardScanner implements Scanner {
  readonly info: ScannerInfo = { kind: 'keyboard', name: '键盘扫码枪' };
  readonly #listeners: Listeners<ScannerEvent>;
  #isClosed = false;

  constructor(onListenerThrow?: (thrown: unknown) => void) {
    this.#listeners = new Listeners(onListenerThrow);
  }

  subscribe(listener: (event: ScannerEvent) => void): () => void {
    return this.#isClosed ? () => undefined : this.#listeners.add(listener);
  }

  /** A line as typed, without its end. */
  line(bytes: Uint8Array): void {
    if (this.#isClosed || bytes.length < codeCharactersMin) return;
    const scan = decodeScannerText(bytes);
    if (scan.ok) {
      if (scan.kind !== 'scan') return;
      const { text, symbology } = scan;
      this.#listeners.tell({ kind: 'scanned', text, ...(symbology !== undefined && { symbology }) });
    } else {
      this.#listeners.tell({ kind: 'failed', reason: scanFailures.find((known) => known === scan.reason) ?? 'noise' });
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }
}
