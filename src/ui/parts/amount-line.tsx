import { formatYuan } from '../../domain/money.ts';
import type { TerminalView } from '../../ipc/view.ts';
import { useText } from '../language.ts';
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
        <span className="amount-label">{t(typing ? 'amount' : 'amountDue')}</span>
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
