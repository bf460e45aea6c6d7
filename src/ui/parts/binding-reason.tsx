import { type RefObject, useEffect, useRef, useState } from 'react';
import { formatYuan } from '../../domain/money.ts';
import type { Intent } from '../../ipc/intent.ts';
import type { BindingView } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { Icon } from './icons.tsx';
import { Sentence } from './sentence.tsx';

const reasons = [
  'unlinkAsked',
  'unlinkFamily',
  'unlinkNotNeeded',
  'unlinkMistake',
] as const satisfies readonly TextId[];
type Reason = (typeof reasons)[number];
/** Longest reason that the terminal takes. */
const reasonLengthMax = 80;

interface BindingReasonProps {
  readonly binding: BindingView;
  readonly form: RefObject<HTMLFormElement | null>;
  readonly onSend: (intent: Intent) => void;
}

/** Why a link is ended, and what that means; the last step before it is. */
export function BindingReason({ binding, form, onSend }: BindingReasonProps) {
  const t = useText();
  const [reason, setReason] = useState<Reason | null>(null);
  const [more, setMore] = useState('');
  const [isMissing, setMissing] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { taskLink, provider } = binding;
  const said = [reason === null ? '' : t(reason), more.trim()].filter((part) => part !== '').join('; ');
  const isProvider = taskLink?.role !== 'beneficiary';
  const own = provider?.maskedName ?? '';
  const other = taskLink?.other.maskedName ?? '';
  return (
    <form
      className="unlink"
      ref={form}
      data-testid="unlink-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (said === '') return setMissing(true);
        onSend({ kind: 'binding.reason', reason: said.slice(0, reasonLengthMax) });
      }}
    >
      <p className="unlink-means">
        <Icon name="unchain" />
        <span>
          <Sentence>
            {t('unlinkMeans', { provider: isProvider ? own : other, beneficiary: isProvider ? other : own })}
          </Sentence>
          {taskLink !== null && taskLink.quotaLeft !== null && (
            <strong>{t('unlinkQuotaBack', { amount: formatYuan(taskLink.quotaLeft) })}</strong>
          )}
        </span>
      </p>
      <fieldset className="terms-choice" data-problem={isMissing && said === ''}>
        <legend>
          {t('reasonTitle')}
          {isMissing && said === '' && (
            <strong className="terms-problem" role="alert">
              <Icon name="warning" />
              {t('reasonNeeded')}
            </strong>
          )}
        </legend>
        <div className="terms-row" data-columns="4">
          {reasons.map((id, index) => (
            <label key={id} className="switch terms-switch" data-testid={id}>
              <input
                type="radio"
                name="reason"
                ref={index === 0 ? first : undefined}
                checked={reason === id}
                onChange={() => setReason(id)}
              />
              <span className="terms-switch-word">{t(id)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <label className="field unlink-more">
        <span>{t('reasonMore')}</span>
        <input
          type="text"
          autoComplete="off"
          maxLength={40}
          value={more}
          data-testid="reason-more"
          onChange={(event) => setMore(event.target.value)}
        />
      </label>
    </form>
  );
}
