import type { BindingStageView, BindingView } from '../../ipc/view.ts';
import { type KeyedMedium, keyedMedia, type NumberDraft, type NumberKey } from '../binding-number.ts';
import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { Spinner } from './headline.tsx';
import { Icon } from './icons.tsx';
import { NumberEntry } from './number-entry.tsx';
import { Sentence } from './sentence.tsx';

/** How this person can be told to the desk: the ways the profile has, with a number to key in where it may be. */
export function PersonScene(props: {
  readonly binding: BindingView;
  readonly draft: NumberDraft;
  readonly onMedium: (medium: KeyedMedium) => void;
  readonly onKey: (key: NumberKey) => void;
}) {
  const t = useText();
  const { binding, draft } = props;
  const media = keyedMedia(binding);
  const isProvider = binding.stage === 'awaitingProvider';
  const hasCard = isProvider || binding.asks.beneficiaryBy.includes('swipe');
  const hasCode = isProvider || binding.asks.beneficiaryBy.includes('evoucher');
  return (
    <div className="person-scene" data-role={isProvider ? 'provider' : 'beneficiary'} data-number={media.length > 0}>
      {(hasCard || hasCode) && (
        <ul className="ways">
          {hasCard && (
            <li>
              <Icon name="card" />
              {t('wayCard')}
            </li>
          )}
          {hasCode && (
            <li>
              <Icon name="code" />
              {t('wayCode')}
            </li>
          )}
        </ul>
      )}
      {media.length > 0 && (
        <>
          <p className="ways-or">{t(hasCard || hasCode ? 'wayOr' : 'wayOnlyNumber')}</p>
          <NumberEntry media={media} draft={draft} onMedium={props.onMedium} onKey={props.onKey} />
        </>
      )}
    </div>
  );
}

/** While the provider types his PIN, at the pad where it always is. */
export function PinScene() {
  const t = useText();
  return (
    <div className="desk-scene">
      <Icon name="keypad" className="desk-scene-icon" />
      <p className="desk-scene-word">{t('pinScene')}</p>
      <p className="desk-scene-line">
        <Sentence>{t('pinSceneWhy')}</Sentence>
      </p>
    </div>
  );
}

const waitTexts: Readonly<Partial<Record<BindingStageView, TextId>>> = {
  lookingUpProvider: 'waitLooking',
  lookingUpBeneficiary: 'waitLooking',
  admitting: 'waitAdmitting',
  explaining: 'waitExplaining',
  linking: 'waitLinking',
  unlinking: 'waitUnlinking',
};

export function WaitScene({ stage }: { readonly stage: BindingStageView }) {
  const t = useText();
  const id = waitTexts[stage];
  return (
    <div className="desk-scene">
      <span className="desk-wait">
        <Spinner />
      </span>
      {id !== undefined && <p className="desk-scene-word">{t(id)}</p>}
    </div>
  );
}
