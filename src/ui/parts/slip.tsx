import type { ReceiptLine } from '../../domain/receipt.ts';
import { useText } from '../language.ts';

/** The slip as it comes out of the printer: masked data only, in the order of its lines. */
export function Slip({ lines }: { readonly lines: readonly ReceiptLine[] }) {
  const t = useText();
  return (
    <section className="slip" aria-label={t('slip')} data-testid="receipt">
      <div className="slip-paper">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a slip is never reordered, and its lines may repeat.
          <p key={index} className="slip-line" data-kind={line.kind}>
            <span>{line.label}</span>
            {line.value !== '' && <span className="slip-value">{line.value}</span>}
          </p>
        ))}
      </div>
    </section>
  );
}
