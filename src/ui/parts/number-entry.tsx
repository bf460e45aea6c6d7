import { useState } from 'react';
import {
  grouped,
  isComplete,
  type KeyedMedium,
  type NumberDraft,
  type NumberKey,
  numberLength,
} from '../binding-number.ts';
import { useText } from '../language.ts';
import { Icon } from './icons.tsx';

const mediumTexts = { residentId: 'numberResidentId', ssCardNumber: 'numberSsCardNumber' } as const;
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

interface NumberEntryProps {
  readonly media: readonly KeyedMedium[];
  readonly draft: NumberDraft;
  readonly onMedium: (medium: KeyedMedium) => void;
  readonly onKey: (key: NumberKey) => void;
}

/** A number that is keyed in from a card or an ID card, in groups as it is printed, with a pad for a hand on the glass. It
 *  stands on this screen only while it is being typed. */
export function NumberEntry({ media, draft, onMedium, onKey }: NumberEntryProps) {
  const t = useText();
  const [hasLetters, setHasLetters] = useState(false);
  const missing = numberLength[draft.medium] - draft.text.length;
  const showsLetters = hasLetters && draft.medium === 'ssCardNumber';
  return (
    <section className="number-entry" data-testid="number-entry" data-medium={draft.medium}>
      {media.length === 1 ? (
        <p className="number-only">{t(mediumTexts[draft.medium])}</p>
      ) : (
        <div className="number-media">
          {media.map((medium) => (
            <button
              key={medium}
              type="button"
              className="number-medium"
              data-testid={`medium-${medium}`}
              aria-pressed={medium === draft.medium}
              onClick={() => onMedium(medium)}
            >
              {t(mediumTexts[medium])}
            </button>
          ))}
        </div>
      )}
      <output className="number-shown" data-testid="number-shown" aria-label={t(mediumTexts[draft.medium])}>
        {grouped(draft).map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a group is its position.
          <span key={index} className="number-group">
            {group.map((character, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a place is its position.
              <span key={at} className="number-place" data-filled={character !== null}>
                {character}
              </span>
            ))}
          </span>
        ))}
      </output>
      <p className="number-hint" aria-live="polite">
        {isComplete(draft) ? (
          <strong>{t('numberReady')}</strong>
        ) : (
          <>
            {t('numberLeft', { count: String(missing) })}
            {media.length > 1 && <span> · {t('numberSwitch')}</span>}
          </>
        )}
      </p>
      <div className="number-keys" data-letters={showsLetters} data-medium={draft.medium}>
        {(showsLetters ? letters : digits).map((key) => (
          <button
            key={key}
            type="button"
            className="pad-key"
            data-testid={`number-key-${key}`}
            onClick={() => {
              onKey(key);
              // A card number begins with its only letter, if it has one.
              setHasLetters(false);
            }}
          >
            {key}
          </button>
        ))}
        {!showsLetters && (
          <button type="button" className="pad-key" data-testid="number-key-X" onClick={() => onKey('X')}>
            X
          </button>
        )}
        {draft.medium === 'ssCardNumber' && (
          <button
            type="button"
            className="pad-key pad-word"
            data-testid="number-letters"
            onClick={() => setHasLetters(!showsLetters)}
          >
            {t(showsLetters ? 'digitsShow' : 'lettersShow')}
          </button>
        )}
        <button
          type="button"
          className="pad-key"
          aria-label={t('erase')}
          data-testid="number-key-erase"
          onClick={() => onKey('erase')}
        >
          <Icon name="erase" />
        </button>
      </div>
    </section>
  );
}
