import { useRef } from 'react';
import type { ReceiptLine } from '../../domain/receipt.ts';
import { useText } from '../language.ts';
import { useTypeThatFits } from '../use-type-that-fits.ts';

interface SlipProps {
  readonly lines: readonly ReceiptLine[];
  /** Makes the slip a button; null = it is large already. */
  readonly onEnlarge: (() => void) | null;
}

/** The slip as it comes out of the printer: masked data only, in the order of its lines, all of them on the paper. */
export function Slip({ lines, onEnlarge }: SlipProps) {
  const t = useText();
  const frame = useRef<HTMLButtonElement & HTMLElement>(null);
  const paper = useRef<HTMLSpanElement>(null);
  useTypeThatFits(frame, paper, lines);
  const content = (
    <span className="slip-paper" ref={paper}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a slip is never reordered, and its lines may repeat.
        <span key={index} className="slip-line" data-kind={line.kind}>
          <span>{line.label}</span>
          {line.value !== '' && <span className="slip-value">{line.value}</span>}
        </span>
      ))}
    </span>
  );
  if (onEnlarge === null) {
    return (
      <section className="slip" ref={frame} aria-label={t('slip')} data-testid="receipt">
        {content}
      </section>
    );
  }
  return (
    <button type="button" className="slip" ref={frame} title={t('enlarge')} data-testid="receipt" onClick={onEnlarge}>
      {content}
    </button>
  );
}
