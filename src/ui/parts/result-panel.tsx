import { type DeclineCode, declineCodes } from '../../domain/decline-code.ts';
import { formatYuan } from '../../domain/money.ts';
import { promptText } from '../../domain/prompt.ts';
import type { ResultView, TerminalView, UndoneView } from '../../ipc/view.ts';
import { secondsOf } from '../countdown.ts';
import { useLanguage, useText } from '../language.ts';
import { type Face, faceOf, isAboutUndo } from '../result-face.ts';
import { remainingSentence } from '../return-words.ts';
import { declineAdvice, faceTexts, factWords, filled, type TextId } from '../texts.ts';
import { useNow } from '../use-now.ts';
import { Icon, type IconName } from './icons.tsx';
import { CashBack } from './return-ladder.tsx';
import { Sentence } from './sentence.tsx';

const faceIcons = {
  approved: 'tick',
  declined: 'cross',
  unknown: 'hourglass',
  cancelled: 'back',
  timedOut: 'clock',
  undone: 'return',
  suspended: 'clip',
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
        <h2 className="result-word">{t(faceWord(view, face))}</h2>
        <p className="result-charged" data-testid="result-amount">
          <BannerLine view={view} face={face} />
        </p>
      </div>
      <div className="result-details">
        {face === 'approved' && <Approved view={view} />}
        {face === 'undone' && <Undone undone={view.undone} />}
        {face === 'suspended' && <Advice text={t('adviceSuspended')} />}
        {face === 'unknown' && <Unknown view={view} />}
        {face === 'declined' && view.result && <Declined result={view.result} undo={isAboutUndo(view)} />}
        {face === 'cancelled' && <Advice text={t(isAboutUndo(view) ? 'adviceNotUndone' : 'adviceCancelled')} />}
        {face === 'timedOut' && <Advice text={t('adviceTimedOut')} />}
      </div>
    </section>
  );
}

function faceWord(view: TerminalView, face: Face): TextId {
  if (face === 'undone' && view.undone?.kind !== 'cancel' && view.undone?.kind !== 'refund') return 'faceReversed';
  // Nobody cancelled it: the centre has answered.
  if (view.prompt.id === 'notCharged' || view.prompt.id === 'undoNotDone') return 'faceChecked';
  return face === 'declined' && isAboutUndo(view) ? 'faceNotUndone' : faceTexts[face];
}

/** The amount where money moved, else what did not. */
function BannerLine({ view, face }: { readonly view: TerminalView; readonly face: Face }) {
  const t = useText();
  const amount = face === 'approved' ? view.amount : face === 'undone' ? (view.undone?.returned.total ?? null) : null;
  if (amount !== null) {
    return (
      <>
        <span className="yuan">¥</span>
        {formatYuan(amount)}
      </>
    );
  }
  if (face === 'unknown') return t(view.unknown?.kind === 'settle' ? 'unknownDoNot' : 'unknownDoNotUndo');
  if (face === 'suspended') return t('suspendedOpen');
  return t(isAboutUndo(view) ? 'nothingReturned' : 'nothingCharged');
}

/** The shape alone, `icon` where what ended is no payment: tick in a disc, cross in an octagon, hourglass in a diamond, arrow in a square, clock in a disc,
 *  money going up in a house, a clip on a cut sheet. */
export function FaceMark({ face, icon }: { readonly face: Face; readonly icon?: IconName | undefined }) {
  return (
    <span className="face-mark" data-face={face}>
      <Icon name={icon ?? faceIcons[face]} />
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

function Declined({ result, undo }: { readonly result: ResultView; readonly undo: boolean }) {
  const t = useText();
  const language = useLanguage();
  if (result.code === null) return <Advice text={t(undo ? 'adviceNotUndone' : 'adviceCancelled')} />;
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

/** Money that went back: cash over the counter first, then the accounts, then what stays paid. */
function Undone({ undone }: { readonly undone: UndoneView | null }) {
  const t = useText();
  const language = useLanguage();
  if (undone === null) return <Advice text={t('adviceReversed')} />;
  const { returned, remaining, kind } = undone;
  return (
    <>
      <CashBack returned={returned} kind={kind} />
      <dl className="result-parts">
        {returned.fund > 0 && <Part label={t('ladderFund')} value={formatYuan(returned.fund)} />}
        {returned.own > 0 && <Part label={t('ownPart')} value={formatYuan(returned.own)} />}
        {returned.shared > 0 && <Part label={t('remainsShared')} value={formatYuan(returned.shared)} />}
      </dl>
      <p className="result-remains" data-testid="result-remains">
        {remainingSentence(remaining, language)}
      </p>
      <Advice text={t(kind === 'reversal' ? 'adviceReversed' : 'adviceUndone')} />
    </>
  );
}

const knownTexts = { settle: 'unknownSettle', cancel: 'unknownCancel', refund: 'unknownRefund' } as const;

/** What is known, what happens next and when, and the sentence for the customer, set apart as what to say. */
function Unknown({ view }: { readonly view: TerminalView }) {
  const t = useText();
  const now = useNow(200);
  const { unknown } = view;
  if (unknown === null) return null;
  const next = view.result?.nextStepInMs ?? 0;
  const left = unknown.asking ? 0 : Math.max(0, next - Math.max(0, now - view.sentAt));
  const { kind, amount, sentTime, attempts, step, waiting } = unknown;
  const isReversal = step === 'reverse';
  return (
    <>
      <SayToCustomer prompt={kind === 'settle' ? 'sayUnknown' : 'sayUnknownUndo'} />
      <dl className="result-facts">
        <div>
          <dt>{t('unknownKnown')}</dt>
          <dd data-testid="unknown-known">
            <Sentence>
              {t(knownTexts[kind], { amount: formatYuan(amount), time: sentTime, attempts: String(attempts) })}
            </Sentence>
          </dd>
        </div>
        <div>
          <dt>{t('unknownNext')}</dt>
          <dd className="unknown-next" data-testid="unknown-next">
            {left > 0
              ? t(isReversal ? 'unknownReverseIn' : 'unknownQueryIn', { seconds: String(secondsOf(left)) })
              : t(isReversal ? 'unknownReverseNow' : 'unknownQueryNow')}
            {waiting > 0 && t('unknownWaiting', { count: String(waiting) })}
          </dd>
        </div>
        <div>
          <dt>{t('whatNow')}</dt>
          <dd>
            <Sentence>{t(kind === 'settle' ? 'unknownDo' : 'unknownDoUndo')}</Sentence>
          </dd>
        </div>
      </dl>
      <p className="result-code">
        {t('code')} {view.result?.codeNumber} {view.result?.code} · {unknown.msgId}
      </p>
    </>
  );
}

/** The prompt reads `say to the customer: "…"`: the label and the words themselves are set apart. */
function SayToCustomer({ prompt }: { readonly prompt: 'sayUnknown' | 'sayUnknownUndo' }) {
  const language = useLanguage();
  const [, label = '', words = ''] =
    /^([^:：]*[:：])\s*(.*)$/.exec(promptText({ id: prompt, params: {} }, language)) ?? [];
  return (
    <div className="say" data-testid="say">
      <Icon name="speech" />
      <p>
        <span className="say-label">{label}</span>
        <span className="say-words">
          <Sentence>{words}</Sentence>
        </span>
      </p>
    </div>
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
