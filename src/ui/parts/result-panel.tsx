import { type DeclineCode, declineCodes } from '../../domain/decline-code.ts';
import { formatYuan } from '../../domain/money.ts';
import type { ResultView, TerminalView } from '../../ipc/view.ts';
import { secondsOf } from '../countdown.ts';
import { useLanguage, useText } from '../language.ts';
import { type Face, faceOf } from '../result-face.ts';
import { declineAdvice, faceTexts, factWords, filled } from '../texts.ts';
import { useNow } from '../use-now.ts';
import { Icon, type IconName } from './icons.tsx';
import { Sentence } from './sentence.tsx';

const faceIcons = {
  approved: 'tick',
  declined: 'cross',
  unknown: 'hourglass',
  cancelled: 'back',
  timedOut: 'clock',
} as const satisfies Record<Face, IconName>;

/** How the sale ended: a shape, a word, the amount that matters now, and what to do. */
export function ResultPanel({ view }: { readonly view: TerminalView }) {
  const t = useText();
  const face = faceOf(view);
  if (face === null) return null;
  return (
    <section className="result" data-face={face} data-testid="result">
      <div className="result-banner">
        <FaceMark face={face} />
        <h2 className="result-word">{t(faceTexts[face])}</h2>
        <p className="result-charged" data-testid="result-amount">
          {face === 'approved' ? (
            <>
              <span className="yuan">¥</span>
              {view.amount === null ? '' : formatYuan(view.amount)}
            </>
          ) : (
            t(face === 'unknown' ? 'unknownDoNot' : 'nothingCharged')
          )}
        </p>
      </div>
      <div className="result-details">
        {face === 'approved' && <Approved view={view} />}
        {face === 'unknown' && <Unknown view={view} />}
        {face === 'declined' && view.result && <Declined result={view.result} />}
        {face === 'cancelled' && <Advice text={t('adviceCancelled')} />}
        {face === 'timedOut' && <Advice text={t('adviceTimedOut')} />}
      </div>
    </section>
  );
}

/** The shape alone: tick in a disc, cross in an octagon, hourglass in a diamond, arrow in a square, clock in a disc. */
export function FaceMark({ face }: { readonly face: Face }) {
  return (
    <span className="face-mark" data-face={face}>
      <Icon name={faceIcons[face]} />
    </span>
  );
}

function Approved({ view }: { readonly view: TerminalView }) {
  const t = useText();
  const { split } = view;
  if (split === null) return null;
  return (
    <>
      <p className="result-cash" data-collect={split.cash > 0} data-testid="result-cash">
        <span>{t(split.cash > 0 ? 'collectCash' : 'noCash')}</span>
        <strong>¥{formatYuan(split.cash)}</strong>
      </p>
      <dl className="result-parts">
        {split.fund > 0 && <Part label={t('ladderFund')} value={formatYuan(split.fund)} />}
        <Part label={t('ownPart')} value={formatYuan(split.own)} />
        <Part label={t('sharedPart')} value={formatYuan(split.shared)} />
      </dl>
      <Advice text={t('adviceApproved')} />
    </>
  );
}

function Part({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Refusals that stand for more than one state of the card or the insurance: which one it is, is told beside it. */
const factTells: readonly DeclineCode[] = ['CARD_LOST', 'INSURANCE_NOT_NORMAL'];

function Declined({ result }: { readonly result: ResultView }) {
  const t = useText();
  const language = useLanguage();
  if (result.code === null) return <Advice text={t('adviceCancelled')} />;
  return (
    <>
      <p className="result-reason" data-testid="result-reason">
        <Sentence>{declineCodes[result.code][language === 'en' ? 'en' : 'zh']}</Sentence>
        {result.fact !== null && factTells.includes(result.code) && (
          <span className="result-fact">{filled(factWords[result.fact], language)}</span>
        )}
      </p>
      <Advice text={filled(declineAdvice[result.code], language)} />
      <p className="result-code">
        {t('code')} {result.codeNumber ?? declineCodes[result.code].number} {result.code}
      </p>
    </>
  );
}

function Unknown({ view }: { readonly view: TerminalView }) {
  const t = useText();
  const now = useNow(200);
  const next = view.result?.nextStepInMs ?? null;
  const left = next === null ? 0 : Math.max(0, next - Math.max(0, now - view.sentAt));
  return (
    <dl className="result-facts">
      <div>
        <dt>{t('unknownKnown')}</dt>
        <dd>{t('unknownKnownText')}</dd>
      </div>
      <div>
        <dt>{t('unknownNext')}</dt>
        <dd data-testid="unknown-next">
          {left > 0 ? t('unknownNextIn', { seconds: String(secondsOf(left)) }) : t('unknownNextNow')}
        </dd>
      </div>
      <div className="result-now">
        <dt>{t('whatNow')}</dt>
        <dd>{t('unknownDo')}</dd>
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
