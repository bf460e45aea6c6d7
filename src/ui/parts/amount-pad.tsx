import type { AmountKey } from '../amount-draft.ts';
import { useText } from '../language.ts';
import { Icon } from './icons.tsx';

const keys: readonly AmountKey[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '00', '0', 'point'];

/** The pad for the amount, for a hand on the glass; the keyboard does the same. */
export function AmountPad({
  onKey,
  onConfirm,
  confirmText,
}: {
  readonly onKey: (key: AmountKey) => void;
  readonly onConfirm: () => void;
  readonly confirmText: string;
}) {
  const t = useText();
  return (
    <div className="amount-pad" data-testid="amount-pad">
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          className="pad-key"
          data-testid={`amount-key-${key}`}
          onClick={() => onKey(key)}
        >
          {key === 'point' ? '.' : key}
        </button>
      ))}
      <button
        type="button"
        className="pad-key pad-erase"
        aria-label={t('erase')}
        data-testid="amount-key-erase"
        onClick={() => onKey('erase')}
      >
        <Icon name="erase" />
      </button>
      <button type="button" className="pad-key pad-clear" data-testid="amount-key-clear" onClick={() => onKey('clear')}>
        {t('clear')}
      </button>
      <button type="button" className="pad-key pad-confirm" data-testid="amount-key-confirm" onClick={onConfirm}>
        {confirmText}
      </button>
    </div>
  );
}
