import { type Fen, formatYuan } from '../../domain/money.ts';
import { promptText } from '../../domain/prompt.ts';
import type { InquiryView } from '../../ipc/view.ts';
import { useLanguage, useText } from '../language.ts';
import { filled, providerWords } from '../texts.ts';
import { Spinner } from './headline.tsx';
import { Icon } from './icons.tsx';
import { Sentence } from './sentence.tsx';

/** Most relatives that are listed; the smallest window has room for them. */
const providersShownMax = 5;

/** A balance query, in the place of the list and beside the sale. Of relatives only whether they would pay. */
export function InquiryPanel({ inquiry, onClose }: { readonly inquiry: InquiryView; readonly onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  return (
    <section className="inquiry" data-testid="inquiry" data-stage={inquiry.stage} aria-label={t('inquiry')}>
      <h2 className="part-title">
        {t('inquiry')}
        <button
          type="button"
          className="setting-button inquiry-close"
          aria-label={t('close')}
          title={t('close')}
          data-testid="inquiry-close"
          onClick={onClose}
        >
          <Icon name="cross" />
        </button>
      </h2>
      <p className="inquiry-sentence" data-testid="inquiry-sentence" aria-live="polite">
        <Sentence>{promptText(inquiry.prompt, language)}</Sentence>
      </p>
      {inquiry.stage === 'awaitingCard' && <Icon name="card" className="inquiry-icon" />}
      {inquiry.stage === 'asking' && (
        <div className="inquiry-wait">
          <Spinner />
        </div>
      )}
      {inquiry.stage === 'shown' && <Balances inquiry={inquiry} />}
    </section>
  );
}

function Balances({ inquiry }: { readonly inquiry: InquiryView }) {
  const t = useText();
  const language = useLanguage();
  const { maskedName, maskedCard, own, wallet, providers } = inquiry;
  const hidden = providers.length - providersShownMax;
  return (
    <>
      <p className="inquiry-who">
        <strong>{maskedName}</strong> {maskedCard}
      </p>
      <dl className="inquiry-balances">
        <Balance label={t('inquiryOwn')} balance={own} />
        {wallet !== null && <Balance label={t('inquiryWallet')} balance={wallet} />}
      </dl>
      <div className="inquiry-family">
        <p className="inquiry-label">{t('inquiryFamily')}</p>
        {providers.length === 0 && <p>{t('inquiryNoFamily')}</p>}
        <ul>
          {providers.slice(0, providersShownMax).map((provider, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two relatives may have the same masked name.
            <li key={index} data-available={provider.available}>
              <span>{provider.maskedName}</span>
              <span className="inquiry-relation">{filled(providerWords[provider.relation], language)}</span>
              <span className="inquiry-standing">
                <Icon name={provider.available ? 'tick' : 'cross'} />
                {t(provider.available ? 'inquiryAvailable' : 'inquiryNotAvailable')}
              </span>
            </li>
          ))}
        </ul>
        {hidden > 0 && <p className="inquiry-label">{t('ladderOthers', { count: String(hidden) })}</p>}
      </div>
    </>
  );
}

function Balance({ label, balance }: { readonly label: string; readonly balance: Fen | null }) {
  const t = useText();
  return (
    <div>
      <dt>{label}</dt>
      <dd data-testid="inquiry-balance">
        {balance === null ? (
          <span className="inquiry-none">{t('inquiryNoAccount')}</span>
        ) : (
          <>
            <span className="yuan">¥</span>
            {formatYuan(balance)}
          </>
        )}
      </dd>
    </div>
  );
}
