import { type Fen, formatYuan } from '../../domain/money.ts';
import type { CustomerInquiryView, CustomerView, PadPinView } from '../../ipc/view.ts';
import { remainingMs, secondsOf } from '../countdown.ts';
import { customerSentence } from '../customer-words.ts';
import { useLanguage, useText } from '../language.ts';
import type { PinKeys } from '../pin-keys.ts';
import { faceOf } from '../result-face.ts';
import { sentenceSize } from '../sentence-breaks.ts';
import { asksForReader, turnOf } from '../turn.ts';
import { useNow } from '../use-now.ts';
import { Spinner } from './headline.tsx';
import { BrandMark, Icon } from './icons.tsx';
import { PinDots, PinPanel } from './pin-panel.tsx';
import { FaceMark } from './result-panel.tsx';
import { Sentence } from './sentence.tsx';

/** From 100,000.00 yuan on an amount is set smaller, so that it stays in one line. */
const longAmount = 10_000_000;

/** What the customer sees: the amount, one sentence, and below it the one thing to do. Nothing of the operator's. */
export function CustomerPanel({
  view,
  pin,
  title,
}: {
  readonly view: CustomerView;
  readonly pin: PinKeys;
  readonly title: string;
}) {
  const t = useText();
  const language = useLanguage();
  const hasPin = view.pin !== null || view.padPin !== null;
  // His own question comes before the welcome, never before the PIN.
  const inquiry = hasPin ? null : view.inquiry;
  const face = inquiry === null ? faceOf(view) : null;
  const sentence = customerSentence(inquiry?.prompt ?? view.prompt, language);
  return (
    <section
      className="customer"
      data-testid="customer-panel"
      data-stage={view.stage}
      data-face={face ?? 'none'}
      aria-label={title}
    >
      <div className="customer-head">
        <p className="customer-title">
          <span>{title}</span>
          <Seconds view={view} />
        </p>
        {view.amount === null ? (
          <p className="customer-brand">
            <BrandMark />
            {t('product')}
          </p>
        ) : (
          <p className="customer-amount" data-testid="customer-amount">
            <span className="customer-amount-label">
              {t(view.direction === 'return' ? 'amountReturned' : 'amountDue')}
            </span>
            <span className="customer-amount-figure" data-long={view.amount >= longAmount}>
              <span className="yuan">¥</span>
              {formatYuan(view.amount)}
            </span>
          </p>
        )}
        <div className="customer-parts">
          {view.amount === null && <p className="customer-tagline">{t('tagline')}</p>}
          {view.shared !== null && view.cash !== null && <Parts view={view} />}
        </div>
      </div>
      <p
        className="customer-sentence"
        data-testid="customer-sentence"
        data-size={sentenceSize(sentence)}
        aria-live="polite"
      >
        <span>
          <Sentence>{sentence}</Sentence>
        </span>
      </p>
      <div className="customer-body">
        {view.pin !== null ? (
          <PinPanel pin={pin} typed={view.pin.typed} length={view.pin.length} />
        ) : view.padPin !== null ? (
          <PadScene pin={view.padPin} />
        ) : inquiry !== null ? (
          <InquiryScene inquiry={inquiry} />
        ) : (
          <Scene view={view} />
        )}
      </div>
      <Caption voice={view.voice} />
    </section>
  );
}

/** The picture of the moment: how to present the card, that something is under way, how it ended. */
function Scene({ view }: { readonly view: CustomerView }) {
  const t = useText();
  const face = faceOf(view);
  if (face !== null) {
    return (
      <div className="scene scene-face">
        <FaceMark face={face} />
      </div>
    );
  }
  if (asksForReader(view)) {
    return (
      <div className="scene">
        <Icon name="unplugged" className="scene-icon scene-icon-wait" />
      </div>
    );
  }
  if (view.stage === 'awaitingCard' || view.stage === 'reading') return <SwipeScene />;
  if (
    (view.stage === 'confirmingQuote' || view.stage === 'confirmingUndo') &&
    view.shared !== null &&
    view.cash !== null
  ) {
    return <Parts view={view} className="scene-parts" />;
  }
  if (view.stage === 'outOfService') {
    return (
      <div className="scene">
        <Icon name="stopped" className="scene-icon" />
      </div>
    );
  }
  if (turnOf(view.stage) === 'terminal') {
    return (
      <div className="scene scene-wait">
        <Spinner />
      </div>
    );
  }
  return (
    <div className="scene scene-welcome">
      <FamilyCards />
      <p className="welcome-title">{t('welcomeTitle')}</p>
      <p className="welcome-line">
        <Sentence>{t('welcomeLine')}</Sentence>
      </p>
    </div>
  );
}

/** Two cards, one paying on where the other ends. */
function FamilyCards() {
  return (
    <svg viewBox="0 0 220 120" className="family-drawing" aria-hidden="true" focusable="false">
      <rect className="family-card-back" x="96" y="8" width="108" height="70" rx="10" />
      <path className="family-line-back" d="M150 34h38M164 44h24" />
      <rect className="family-card-front" x="16" y="40" width="108" height="70" rx="10" />
      <rect className="swipe-card-chip" x="30" y="56" width="20" height="15" rx="3" />
      <path className="family-line" d="M30 88h46M30 97h28" />
      <circle className="family-joint" cx="112" cy="58" r="15" />
      <path className="family-plus" d="M112 51v14M105 58h14" />
    </svg>
  );
}

/** A card on its way through the reader. */
function SwipeScene() {
  return (
    <div className="scene scene-swipe">
      <svg viewBox="0 0 200 140" className="swipe-drawing" aria-hidden="true" focusable="false">
        <g className="swipe-card">
          <rect className="swipe-card-face" x="46" y="8" width="108" height="70" rx="9" />
          <rect className="swipe-card-stripe" x="46" y="20" width="108" height="13" />
          <rect className="swipe-card-chip" x="58" y="46" width="20" height="15" rx="3" />
          <path className="swipe-card-line" d="M90 52h48M90 60h30" />
        </g>
        <path
          className="swipe-reader"
          d="M22 84h156a10 10 0 0 1 10 10v22a14 14 0 0 1-14 14H26a14 14 0 0 1-14-14V94a10 10 0 0 1 10-10z"
        />
        <path className="swipe-slot" d="M36 84h128" />
        <circle className="swipe-lamp" cx="164" cy="108" r="5" />
        <path className="swipe-hint" d="M40 108h56M88 100l9 8-9 8" />
      </svg>
    </div>
  );
}

/** The PIN is typed at a pad of its own: no keys here, and dots only for a pad that tells how many it has. */
function PadScene({ pin }: { readonly pin: PadPinView }) {
  const t = useText();
  return (
    <div className="scene scene-pad" data-testid="pin-at-pad">
      <svg viewBox="0 0 200 170" className="pad-drawing" aria-hidden="true" focusable="false">
        <path
          className="pad-body"
          d="M58 8h84a14 14 0 0 1 14 14v126a14 14 0 0 1-14 14H58a14 14 0 0 1-14-14V22A14 14 0 0 1 58 8z"
        />
        <rect className="pad-display" x="58" y="22" width="84" height="30" rx="5" />
        <path className="pad-cursor" d="M68 43h12" />
        {[64, 86, 108].flatMap((y) =>
          [62, 90, 118].map((x) => (
            <rect key={`${x} ${y}`} className="pad-key" x={x} y={y} width="20" height="15" rx="4" />
          )),
        )}
        <rect className="pad-key" x="62" y="130" width="48" height="15" rx="4" />
        <rect className="pad-key-go" x="118" y="130" width="20" height="15" rx="4" />
      </svg>
      {pin.typed > 0 && <PinDots count={pin.typed} length={pin.length} />}
      <p className="pin-hint">
        <Icon name="shield" />
        {t('pinShield')}
      </p>
    </div>
  );
}

function Seconds({ view }: { readonly view: CustomerView }) {
  const t = useText();
  const now = useNow(200, view.countdown !== null);
  const left = remainingMs(view, now);
  return left === null ? null : (
    <span className="customer-seconds">{t('secondsShort', { seconds: String(secondsOf(left)) })}</span>
  );
}

/** What is being said, for those who do not hear it. The place is kept when nothing is said. */
export function Caption({ voice }: { readonly voice: string | null }) {
  return (
    <p className="caption" data-testid="caption" data-empty={voice === null}>
      {voice !== null && (
        <>
          <Icon name="soundOn" />
          <span>{voice}</span>
        </>
      )}
    </p>
  );
}

/** What relatives pay and what is cash: the quote as the customer sees it. On the way back, who gets something. */
function Parts({ view, className }: { readonly view: CustomerView; readonly className?: string }) {
  const t = useText();
  const { own, shared, cash, cashDue, direction } = view;
  if (shared === null || cash === null) return null;
  if (direction === 'pay') {
    return (
      <dl className={className}>
        <Share label={t('sharedPart')} amount={shared} />
        <Share label={t('cashPart')} amount={cash} />
      </dl>
    );
  }
  return (
    <dl className={className}>
      {own !== null && own > 0 && <Share label={t('ownBack')} amount={own} />}
      {shared > 0 && <Share label={t('sharedBack')} amount={shared} />}
      {cash > 0 && <Share label={t('cashBack')} amount={cash} />}
      {cashDue !== null && cashDue > 0 && <Share label={t('cashDue')} amount={cashDue} />}
    </dl>
  );
}

function Share({ label, amount }: { readonly label: string; readonly amount: Fen }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{formatYuan(amount)}</dd>
    </div>
  );
}

/** The customer's own balance, and whether relatives would pay; no names. */
function InquiryScene({ inquiry }: { readonly inquiry: CustomerInquiryView }) {
  const t = useText();
  if (inquiry.stage === 'awaitingCard') return <SwipeScene />;
  if (inquiry.stage === 'asking') {
    return (
      <div className="scene scene-wait">
        <Spinner />
      </div>
    );
  }
  if (inquiry.stage === 'refused') return <div className="scene" />;
  return (
    <dl className="scene-parts" data-testid="customer-balance">
      <Balance label={t('inquiryOwn')} balance={inquiry.own} />
      {inquiry.wallet !== null && <Balance label={t('inquiryWallet')} balance={inquiry.wallet} />}
      {inquiry.family !== null && (
        <div>
          <dt>{t('inquiryFamily')}</dt>
          <dd>{t(inquiry.family ? 'inquiryAvailable' : 'inquiryNotAvailable')}</dd>
        </div>
      )}
    </dl>
  );
}

function Balance({ label, balance }: { readonly label: string; readonly balance: Fen | null }) {
  const t = useText();
  return (
    <div>
      <dt>{label}</dt>
      <dd>{balance === null ? t('inquiryNoAccount') : formatYuan(balance)}</dd>
    </div>
  );
}
