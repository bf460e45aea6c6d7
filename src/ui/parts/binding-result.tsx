import { chinaDay } from '../../domain/china-time.ts';
import { declineCodes } from '../../domain/decline-code.ts';
import type { LinkRecord } from '../../domain/link-record.ts';
import { formatYuan } from '../../domain/money.ts';
import type { BindingView } from '../../ipc/view.ts';
import { adviceAtDesk } from '../binding-texts.ts';
import { bindingFace } from '../binding-turn.ts';
import { useLanguage, useText } from '../language.ts';
import { declineAdvice, filled, type TextId } from '../texts.ts';
import { Findings, Swapped } from './binding-verdict.tsx';
import { Icon } from './icons.tsx';
import { FaceMark } from './result-panel.tsx';
import { Sentence } from './sentence.tsx';
import { Slip } from './slip.tsx';

/** How it ended at the desk: a shape, a word, the two people, and what to do; beside it the slip. */
export function BindingResult({ binding, onSlip }: { readonly binding: BindingView; readonly onSlip: () => void }) {
  const t = useText();
  const face = bindingFace(binding.stage);
  if (face === null) return null;
  const { record, receipt } = binding;
  return (
    <div className="outcome desk-outcome" data-slip={receipt !== null} data-face={face}>
      <section className="result" data-face={face} data-testid="result">
        <div className="result-banner">
          <FaceMark face={face} icon={face === 'undone' ? 'unchain' : undefined} />
          <h2 className="result-word">{t(wordOf(binding))}</h2>
          <p className="result-charged desk-pair">
            {record === null ? (
              t(binding.stage === 'unclear' ? 'unclearDoNot' : 'nothingChanged')
            ) : (
              <>
                {record.provider.maskedName}
                <Icon name={record.deed === 'linked' ? 'arrow' : 'unchain'} />
                {record.beneficiary.maskedName}
              </>
            )}
          </p>
        </div>
        <div className="result-details">
          {binding.stage === 'unclear' && <Unclear />}
          {binding.stage === 'refused' && <Refused binding={binding} />}
          {record !== null && <Done record={record} />}
        </div>
      </section>
      {receipt !== null && <Slip lines={receipt} onEnlarge={onSlip} />}
    </div>
  );
}

function wordOf({ stage, task }: BindingView): TextId {
  switch (stage) {
    case 'linked':
      return task === 'change' ? 'faceChanged' : 'faceLinked';
    case 'unlinked':
      return 'faceUnlinked';
    case 'unclear':
      return 'faceUnclear';
    default:
      return 'faceRefused';
  }
}

function Done({ record }: { readonly record: LinkRecord }) {
  const t = useText();
  const { deed, linkId, since, until, quota, at } = record;
  const isEnd = deed !== 'linked';
  const from = since > at ? chinaDay(since) : t('verdictSinceNow');
  return (
    <>
      <dl className="result-parts">
        <Part label="recordNumber" value={linkId} />
        {isEnd ? (
          <Part label="recordEnds" value={until === null || until <= at ? t('verdictSinceNow') : chinaDay(until)} />
        ) : (
          <Part label="verdictSince" value={from} />
        )}
        {!isEnd && <Part label="verdictUntil" value={until === null ? t('verdictUntilNone') : chinaDay(until - 1)} />}
        {quota !== null && <Part label={isEnd ? 'recordQuotaBack' : 'verdictQuota'} value={`¥${formatYuan(quota)}`} />}
      </dl>
      <Advice text={t(isEnd ? 'adviceUnlinked' : 'adviceLinked')} />
    </>
  );
}

function Part({ label, value }: { readonly label: TextId; readonly value: string }) {
  const t = useText();
  return (
    <div>
      <dt>{t(label)}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Refused({ binding }: { readonly binding: BindingView }) {
  const t = useText();
  const language = useLanguage();
  const { decline, verdict } = binding;
  if (verdict !== null && verdict.findings.length > 0) {
    return (
      <>
        <Findings findings={verdict.findings} />
        {verdict.swappedWouldDo && <Swapped />}
      </>
    );
  }
  if (decline === null) return null;
  const advice = adviceAtDesk(decline.code, binding.asks.documents) ?? declineAdvice[decline.code];
  return (
    <>
      <p className="result-reason" data-testid="result-reason">
        <Sentence>{declineCodes[decline.code][language === 'en' ? 'en' : 'zh']}</Sentence>
      </p>
      <Advice text={filled(advice, language)} />
      <p className="result-code">
        {t('code')} {decline.number} {decline.code}
      </p>
    </>
  );
}

function Unclear() {
  const t = useText();
  return (
    <dl className="result-facts">
      <div>
        <dt>{t('unknownKnown')}</dt>
        <dd>
          <Sentence>{t('unclearKnown')}</Sentence>
        </dd>
      </div>
      <div>
        <dt>{t('unknownNext')}</dt>
        <dd>
          <Sentence>{t('unclearNext')}</Sentence>
        </dd>
      </div>
      <div>
        <dt>{t('whatNow')}</dt>
        <dd>
          <Sentence>{t('unclearDo')}</Sentence>
        </dd>
      </div>
    </dl>
  );
}

function Advice({ text }: { readonly text: string }) {
  const t = useText();
  return (
    <p className="result-advice">
      <span className="result-advice-label">{t('whatNow')}</span>
      {text}
    </p>
  );
}
