import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { Icon } from './icons.tsx';
import { Over } from './over.tsx';

const rows: readonly { readonly keys: readonly string[]; readonly meaning: TextId; readonly deck?: true }[] = [
  { keys: ['0', '–', '9', '.'], meaning: 'helpDigits' },
  { keys: ['Enter'], meaning: 'helpEnter' },
  { keys: ['Esc'], meaning: 'helpEscape' },
  { keys: ['⌫'], meaning: 'helpErase' },
  { keys: ['Tab'], meaning: 'helpTab' },
  { keys: ['F1'], meaning: 'helpF1' },
  { keys: ['F2'], meaning: 'helpF2' },
  { keys: ['F3'], meaning: 'helpF3', deck: true },
  { keys: ['F4'], meaning: 'helpF4' },
  { keys: ['F6'], meaning: 'helpF6' },
  { keys: ['F8'], meaning: 'helpF8' },
  { keys: ['F9'], meaning: 'helpF9' },
  { keys: ['F10'], meaning: 'helpF10' },
  { keys: ['F12'], meaning: 'helpF12' },
];

/** The keys of this program, over everything else. */
export function Help({ onDeck, onClose }: { readonly onDeck: (() => void) | null; readonly onClose: () => void }) {
  const t = useText();
  return (
    <Over className="help" testId="help" label={t('help')} onClose={onClose}>
      <h2>{t('help')}</h2>
      <dl className="help-keys">
        {rows
          .filter((row) => onDeck !== null || !row.deck)
          .map((row) => (
            <div key={row.meaning}>
              <dt>{row.keys.map((key) => (key === '–' ? <span key={key}>–</span> : <kbd key={key}>{key}</kbd>))}</dt>
              <dd>{t(row.meaning)}</dd>
            </div>
          ))}
      </dl>
      <div className="over-ways">
        {onDeck !== null && (
          <button
            type="button"
            className="key-button key-quiet"
            data-testid="help-deck"
            onClick={() => {
              onDeck();
              onClose();
            }}
          >
            <Icon name="card" />
            {t('helpVirtual')}
          </button>
        )}
        <button type="button" data-first className="key-button key-go" onClick={onClose}>
          <kbd>Esc</kbd>
          {t('helpClose')}
        </button>
      </div>
    </Over>
  );
}
