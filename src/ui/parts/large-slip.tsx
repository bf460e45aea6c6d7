import type { ReceiptLine } from '../../domain/receipt.ts';
import { useText } from '../language.ts';
import { Over } from './over.tsx';
import { Slip } from './slip.tsx';

interface LargeSlipProps {
  readonly lines: readonly ReceiptLine[];
  readonly title: 'slip' | 'reprintTitle';
  readonly onClose: () => void;
}

/** A slip over everything else until somebody closes it: one that was printed again, or one to be read. */
export function LargeSlip({ lines, title, onClose }: LargeSlipProps) {
  const t = useText();
  return (
    <Over className="large-slip" testId="large-slip" label={t(title)} onClose={onClose}>
      <h2>{t(title)}</h2>
      <Slip lines={lines} onEnlarge={null} />
      <button type="button" data-first className="key-button key-go" data-testid="large-slip-close" onClick={onClose}>
        <kbd>Esc</kbd>
        {t('close')}
      </button>
    </Over>
  );
}
