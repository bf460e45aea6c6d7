import type { ReactNode } from 'react';
import { chinaDay } from '../../domain/china-time.ts';
import type { LinkFinding, LinkTerms } from '../../domain/link-application.ts';
import { relationWords, sayPhrase } from '../../domain/link-words.ts';
import { formatYuan } from '../../domain/money.ts';
import type { BindingView } from '../../ipc/view.ts';
import { payingWords } from '../binding-terms.ts';
import { useLanguage, useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { documentTexts } from './binding-form.tsx';
import { Icon } from './icons.tsx';
import { Sentence } from './sentence.tsx';

/** What the dry run says: that it can be done and on what terms, or every rule that stands in the way. */
export function BindingVerdict({ binding }: { readonly binding: BindingView }) {
  const t = useText();
  const { verdict } = binding;
  if (verdict === null) return null;
  const isAllowed = verdict.findings.length === 0;
  return (
    <section className="verdict" data-allowed={isAllowed} data-testid="verdict">
      <header className="verdict-head">
        <span className="verdict-mark">
          <Icon name={isAllowed ? 'tick' : 'cross'} />
        </span>
        <h2>{t(isAllowed ? 'verdictYes' : 'verdictNo')}</h2>
        {verdict.swappedWouldDo && <Swapped />}
        <p className="verdict-count">
          {!isAllowed && <span>{t('verdictReasons', { count: String(verdict.findings.length) })}</span>}
          <span>{t('verdictNothing')}</span>
        </p>
      </header>
      {isAllowed ? <Terms binding={binding} since={verdict.since} /> : <Findings findings={verdict.findings} />}
    </section>
  );
}

export function Swapped() {
  const t = useText();
  return (
    <p className="verdict-swapped" data-testid="swapped">
      <Icon name="swap" />
      {t('verdictSwapped')}
    </p>
  );
}

/** A row for every rule that failed, in order of precedence: its number small, the fact, what would mend it. */
export function Findings({ findings }: { readonly findings: readonly LinkFinding[] }) {
  const language = useLanguage();
  return (
    <div className="findings" data-many={findings.length > 3}>
      <ol>
        {findings.map(({ code, rule, fact, remedy }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: both sides may fail the same rule, and the list is never reordered.
          <li key={index} className="finding" data-testid="finding" data-code={code}>
            <small className="finding-rule">{rule}</small>
            <p className="finding-fact">{sayPhrase(fact, language)}</p>
            <p className="finding-remedy">
              <Icon name="arrow" />
              {sayPhrase(remedy, language)}
            </p>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Terms({ binding, since }: { readonly binding: BindingView; readonly since: number }) {
  const t = useText();
  const language = useLanguage();
  const { terms, asks, provider, beneficiary, task, taskLink } = binding;
  if (terms === null) return null;
  const names = { provider: provider?.maskedName ?? '', beneficiary: beneficiary?.maskedName ?? '' };
  return (
    <div className="verdict-terms">
      <p className="verdict-pays">
        <Sentence>{t(payingWords(asks, terms), names)}</Sentence>
      </p>
      <dl className="verdict-facts">
        <Fact label="verdictRelation">{relationWords[language][terms.relation]}</Fact>
        <Fact label="verdictSince">{since > Date.now() ? chinaDay(since) : t('verdictSinceNow')}</Fact>
        <Fact label="verdictUntil">{terms.until === null ? t('verdictUntilNone') : chinaDay(terms.until - 1)}</Fact>
        {asks.quota && (
          <Fact label="verdictQuota">
            {terms.quota === null ? t('verdictQuotaNone') : `¥${formatYuan(terms.quota)}`}
          </Fact>
        )}
        {asks.documents === 'one_of_three' && (
          <Fact label="verdictDocuments">
            <Document terms={terms} side="provider" /> / <Document terms={terms} side="beneficiary" />
          </Fact>
        )}
      </dl>
      {asks.minLinkDays > 0 && (
        <p className="verdict-note">{t('verdictMinDays', { days: String(asks.minLinkDays) })}</p>
      )}
      {task === 'change' && taskLink !== null && (
        <p className="verdict-note">
          <Icon name="swap" />
          {t('linkNewFrom', { name: taskLink.other.maskedName })}
        </p>
      )}
    </div>
  );
}

function Document({ terms, side }: { readonly terms: LinkTerms; readonly side: 'provider' | 'beneficiary' }) {
  const t = useText();
  const document = terms.documents[side];
  return document === null ? t('verdictDocumentNone') : t(documentTexts[document]);
}

function Fact({ label, children }: { readonly label: TextId; readonly children: ReactNode }) {
  const t = useText();
  return (
    <div>
      <dt>{t(label)}</dt>
      <dd>{children}</dd>
    </div>
  );
}
