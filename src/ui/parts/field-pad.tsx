import { useText } from '../language.ts';
import { Icon } from './icons.tsx';
import { Over } from './over.tsx';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'erase'] as const;

interface FieldPadProps {
  readonly label: string;
  readonly value: string;
  readonly onKey: (key: (typeof keys)[number]) => void;
  readonly onClose: () => void;
}

/** A pad for a field of the form, for a hand on the glass. */
export function FieldPad({ label, value, onKey, onClose }: FieldPadProps) {
  const t = useText();
  return (
    <Over className="field-pad" testId="field-pad" label={label} onClose={onClose}>
      <h2>{label}</h2>
      <output className="field-pad-value">{value === '' ? ' ' : value}</output>
      <div className="field-pad-keys">
        {keys.map((key) => (
          <button
            key={key}
            type="button"
            className="pad-key"
            aria-label={key === 'erase' ? t('erase') : key}
            data-testid={`field-key-${key}`}
            onClick={() => onKey(key)}
          >
            {key === 'erase' ? <Icon name="erase" /> : key}
          </button>
        ))}
      </div>
      <button type="button" data-first className="key-button key-go" data-testid="field-pad-done" onClick={onClose}>
        {t('padDone')}
      </button>
    </Over>
  );
}
