import { type Fen, formatYuan } from '../../domain/money.ts';
import { useText } from '../language.ts';

/** The customer's own balance before and after, on a step of a ladder. */
export function StepBalance({ before, after }: { readonly before: Fen; readonly after: Fen }) {
  const t = useText();
  const words = { before: formatYuan(before), after: formatYuan(after) };
  return (
    <span className="step-balance" role="img" aria-label={t('balanceFromTo', words)}>
      {words.before}
      <span className="step-arrow">→</span>
      {words.after}
    </span>
  );
}
