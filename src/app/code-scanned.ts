import { type EvoucherForm, evoucherProblem } from '../domain/evoucher.ts';
import type { ScannerEvent } from '../ports/scanner.ts';
import type { CounterEvent } from '../terminal/counter-model.ts';

/** What the counter hears of a scanner: a code of the form of a 医保码, and of anything else only that it is none. Null
 *  when nothing was scanned. */
export function codeScanned(event: ScannerEvent, form: EvoucherForm): CounterEvent | null {
  if (event.kind === 'gone' || event.kind === 'back') return null;
  const isCode = event.kind === 'scanned' && evoucherProblem(event.text.expose(), form) === null;
  return { type: 'code.scanned', credential: isCode ? { medium: 'evoucher', code: event.text } : null };
}
