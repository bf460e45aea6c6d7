import { evoucherProblem } from '../domain/evoucher.ts';
import type { ScannerEvent } from '../ports/scanner.ts';
import type { CounterEvent } from '../terminal/counter-model.ts';

/** What the counter hears of a scanner: whether what was scanned has the form of a 医保码, never its text. Null when
 *  nothing was scanned. */
export function codeScanned(event: ScannerEvent): CounterEvent | null {
  if (event.kind === 'gone' || event.kind === 'back') return null;
  return {
    type: 'code.scanned',
    evoucher: event.kind === 'scanned' && evoucherProblem(event.text.expose()) === null,
  };
}
