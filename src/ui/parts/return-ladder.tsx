import type { CSSProperties } from 'react';
import { add, formatYuan } from '../../domain/money.ts';
import type { Remaining, Returned, UndoKind } from '../../domain/undo.ts';
import { useLanguage, useText } from '../language.ts';
import { cashWords, type ReturnStep, remainingSentence, returnSteps } from '../return-words.ts';
import { Sentence } from './sentence.tsx';
import { StepBalance } from './step-balance.tsx';

/** The funding ladder the other way round: what was paid flows back up, each part to where it came from, and cash over
 *  the counter, which is the one thing that the clerk does by hand. Null while it is being worked out. */
export function ReturnLadder({
  back,
}: {
  readonly back: { readonly returned: Returned; readonly remaining: Remaining | null } | null;
}) {
  const t = useText();
  const language = useLanguage();
  return (
    <section
      className="ladder way-back"
      data-testid="return-ladder"
      data-waiting={back === null}
      aria-label={t('wayBack')}
    >
      <h2 className="part-title">{t('wayBack')}</h2>
      <ol className="ladder-steps">
        {back === null ? (
          <li className="step step-empty">
            <span className="step-label">{t('wayBackPending')}</span>
            <span className="step-bar" />
          </li>
        ) : (
          returnSteps(back.returned, language).map((step, index) => (
            <Step key={step.key} step={step} index={index} total={add(back.returned.total, back.returned.cashDue)} />
          ))
        )}
      </ol>
      {back !== null && <CashBack returned={back.returned} kind="refund" />}
      <p className="ladder-sentence" data-testid="return-remains">
        <Sentence>{back === null ? t('wayBackPending') : remainingSentence(back.remaining, language)}</Sentence>
      </p>
    </section>
  );
}

/** What goes over the counter, in the largest type: cash out, cash in, or none. */
export function CashBack({ returned, kind }: { readonly returned: Returned; readonly kind: UndoKind }) {
  const t = useText();
  const { way, words, amount } = cashWords(returned, kind);
  return (
    <p className="cash-back" data-way={way} data-testid="cash-back">
      <span>{t(words)}</span>
      <strong>
        <span className="yuan">¥</span>
        {formatYuan(amount)}
      </strong>
    </p>
  );
}

function Step({ step, index, total }: { readonly step: ReturnStep; readonly index: number; readonly total: number }) {
  const t = useText();
  const share = (part: number) => `${total === 0 ? 0 : (100 * part) / total}%`;
  const flow = { '--above': share(step.above), '--part': share(step.returned), '--turn': index } as CSSProperties;
  return (
    <li className="step" data-source={step.source} data-pays="true" data-testid={`return-${step.key}`} style={flow}>
      <span className="step-label">{step.label}</span>
      <span className="step-name">{step.name}</span>
      <span className="step-why">
        <span className="step-note">{t(step.source === 'fund' ? 'wayBackToFund' : 'wayBackTo')}</span>
        {step.balance && <StepBalance {...step.balance} />}
      </span>
      <span className="step-paid">+ {formatYuan(step.returned)}</span>
      <span className="step-bar" />
    </li>
  );
}
