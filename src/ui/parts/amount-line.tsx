import { formatYuan } from '../../domain/money.ts';
import type { TerminalView } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { mayTypeAmount } from '../turn.ts';
import { Icon } from './icons.tsx';

/** The amount, always at the same place, and whose card it is once that is known. `draft`: what is being typed. */
export function AmountLine({ view, draft }: { readonly view: TerminalView; readonly draft: string }) {
  const t = useText();
  const typing = mayTypeAmount(view.stage);
  const shown = typing ? draft : view.amount === null ? (view.amountText ?? '') : formatYuan(view.amount);
  return (
    <section className="amount-line" data-typing={typing}>
      <div className="amount">
        <span className="amount-label">{t(typing ? 'amount' : labelOf(view))}</span>
        <output className="amount-figure" data-testid="amount" data-empty={shown === ''}>
          <span className="yuan">¥</span>
          {shown !== '' && <span>{shown}</span>}
          {typing && <span className="caret" aria-hidden="true" />}
          {shown === '' && <span className="amount-placeholder">0.00</span>}
        </output>
      </div>
      {view.customer !== null && (
        <p className="customer-chip" data-testid="customer">
          <Icon name="card" className="chip-icon" />
          <span className="customer-name">{view.customer.maskedName}</span>
          <span className="customer-card">{view.customer.maskedCard}</span>
        </p>
      )}
    </section>
  );
}

/** What the amount is: asked for, to be given back, or of a sale whose outcome nobody knows. */
function labelOf({ stage, undoQuote, undone }: TerminalView): TextId {
  if (stage === 'unknown' || stage === 'suspended') return 'amountOpen';
  const isBack = undoQuote !== null || undone !== null || stage === 'previewingUndo' || stage === 'undoing';
  return isBack ? 'amountReturned' : 'amountDue';
}
