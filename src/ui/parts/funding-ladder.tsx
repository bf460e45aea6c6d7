import type { CSSProperties } from 'react';
import { formatYuan } from '../../domain/money.ts';
import type { Split } from '../../domain/settlement.ts';
import { type LadderStep, ladderSentence, ladderSteps } from '../ladder-words.ts';
import { useLanguage, useText } from '../language.ts';
import { Sentence } from './sentence.tsx';
import { StepBalance } from './step-balance.tsx';

/** The picture of the product: the bill drains from source to source, and what is left at the bottom is cash. Before
 *  the quote has come, the steps stand there empty. */
export function FundingLadder({ split, working }: { readonly split: Split | null; readonly working: boolean }) {
  const t = useText();
  const language = useLanguage();
  const steps = split && ladderSteps(split, language);
  return (
    <section
      className="ladder"
      data-testid="ladder"
      data-waiting={split === null}
      data-working={working}
      aria-label={t('ladder')}
    >
      <h2 className="part-title">{t('ladder')}</h2>
      <ol className="ladder-steps" key={steps?.map(({ key, paid }) => `${key}:${paid}`).join() ?? 'waiting'}>
        {split && steps
          ? steps.map((step, index) => <Step key={step.key} step={step} index={index} total={split.total} />)
          : (['ladderOwn', 'ladderProvider', 'ladderCash'] as const).map((label) => (
              <li key={label} className="step step-empty">
                <span className="step-label">{t(label)}</span>
                <span className="step-bar" />
              </li>
            ))}
      </ol>
      <p className="ladder-sentence" data-testid="ladder-sentence">
        <Sentence>{split ? ladderSentence(split, language) : t(working ? 'ladderQuoting' : 'ladderPending')}</Sentence>
      </p>
    </section>
  );
}

function Step({ step, index, total }: { readonly step: LadderStep; readonly index: number; readonly total: number }) {
  const share = (part: number) => `${total === 0 ? 0 : (100 * part) / total}%`;
  const drain = {
    '--above': share(step.paidAbove),
    '--part': share(step.paid),
    '--turn': index,
  } as CSSProperties;
  const pays = step.paid > 0;
  return (
    <li className="step" data-source={step.source} data-pays={pays} data-testid={`ladder-${step.key}`} style={drain}>
      <span className="step-label">{step.label}</span>
      <span className="step-name">{step.name}</span>
      <span className="step-why">
        <span className="step-note">{step.note}</span>
        {step.balance && <StepBalance {...step.balance} />}
      </span>
      <span className="step-paid">
        {step.source !== 'cash' && pays && '− '}
        {formatYuan(step.paid)}
      </span>
      <span className="step-bar" />
    </li>
  );
}
