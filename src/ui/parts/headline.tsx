import { type DeclineCode, declineCodes } from '../../domain/decline-code.ts';
import { promptText } from '../../domain/prompt.ts';
import type { TerminalView } from '../../ipc/view.ts';
import { hurryMs, remainingMs, secondsOf } from '../countdown.ts';
import { useLanguage, useText } from '../language.ts';
import { type Face, faceOf } from '../result-face.ts';
import { headlineSize } from '../sentence-breaks.ts';
import { filled, type TextId, turnWords } from '../texts.ts';
import { type Turn, turnNow } from '../turn.ts';
import { useNow } from '../use-now.ts';
import { Icon, type IconName } from './icons.tsx';
import { Sentence } from './sentence.tsx';

/** The one sentence that says what to do now, and beside it whose turn it is and how long. */
export function Headline({ view }: { readonly view: TerminalView }) {
  // Between sales the next swipe is the query's.
  const asksForCard = view.stage === 'ready' && view.inquiry?.stage === 'awaitingCard';
  const turn = asksForCard ? 'customer' : turnNow(view);
  return (
    <HeadlineOf
      prompt={asksForCard ? view.inquiry.prompt : view.prompt}
      notice={view.notice}
      countdown={view.countdown}
      sentAt={view.sentAt}
      turn={turn}
      face={faceOf(view)}
      seconds={secondsText(view, turn)}
    />
  );
}

interface HeadlineProps extends Pick<TerminalView, 'prompt' | 'notice' | 'countdown' | 'sentAt'> {
  readonly turn: Turn;
  readonly face: Face | null;
  /** What happens when the time is over. */
  readonly seconds: TextId;
}

/** The sentence of whatever is under way at the counter. */
export function HeadlineOf(props: HeadlineProps) {
  const language = useLanguage();
  const t = useText();
  const { prompt, notice, countdown, turn, face } = props;
  const now = useNow(200, countdown !== null);
  const left = remainingMs(props, now);
  const sentence = promptText(prompt, language);
  const other = promptText(prompt, language === 'en' ? 'zh-CN' : 'en');
  const hurry = left !== null && left <= hurryMs;
  return (
    <section className="headline" data-turn={turn} data-face={face ?? 'none'} data-hurry={hurry}>
      <div className="headline-words">
        <h1 data-testid="headline" data-size={headlineSize(sentence, other)} aria-live="polite">
          <Sentence>{sentence}</Sentence>
        </h1>
        {notice !== null ? (
          <p className="headline-notice" role="alert" data-testid="notice">
            <Icon name="warning" />
            {promptText(notice, language)}
            <NoticeCode code={notice.params.code} />
          </p>
        ) : hurry ? (
          <p className="headline-hurry" data-testid="hurry">
            {t(props.seconds, { seconds: String(secondsOf(left)) })}
          </p>
        ) : (
          <p className="headline-other" lang={language === 'en' ? 'zh-CN' : 'en'}>
            {other}
          </p>
        )}
      </div>
      <TurnBadge turn={turn} left={left} total={countdown?.totalMs ?? null} />
    </section>
  );
}

/** The code of what a notice refuses, small beside it. */
function NoticeCode({ code }: { readonly code: string | undefined }) {
  const known = code !== undefined && code in declineCodes ? declineCodes[code as DeclineCode] : null;
  return known === null ? null : <small>{known.number}</small>;
}

/** What happens when the time is over. */
function secondsText({ unknown }: TerminalView, turn: Turn): TextId {
  if (unknown !== null) return unknown.step === 'reverse' ? 'unknownReverseIn' : 'unknownQueryIn';
  return turn === 'done' ? 'secondsLeftResult' : 'secondsLeft';
}

const turnIcons = {
  clerk: 'hand',
  customer: 'person',
  terminal: 'hourglass',
  done: 'tick',
  stopped: 'stopped',
} as const satisfies Record<Turn, IconName>;

function TurnBadge(props: { readonly turn: Turn; readonly left: number | null; readonly total: number | null }) {
  const language = useLanguage();
  const { turn, left, total } = props;
  return (
    <div className="turn-badge" data-testid="countdown">
      <div className="ring">
        {left !== null && total !== null ? (
          <>
            <CountdownRing share={left / total} />
            <span className="ring-seconds">{secondsOf(left)}</span>
          </>
        ) : turn === 'terminal' ? (
          <Spinner />
        ) : (
          <Icon name={turnIcons[turn]} />
        )}
      </div>
      <span className="turn-word">{filled(turnWords[turn], language)}</span>
    </div>
  );
}

/** `share`: 1 = all of the time is left, 0 = none. */
function CountdownRing({ share }: { readonly share: number }) {
  return (
    <svg className="ring-drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle className="ring-track" cx="24" cy="24" r="21.5" />
      <circle
        className="ring-left"
        cx="24"
        cy="24"
        r="21.5"
        pathLength="100"
        strokeDasharray="100"
        strokeDashoffset={100 - 100 * Math.min(1, Math.max(0, share))}
      />
    </svg>
  );
}

export function Spinner() {
  return (
    <svg className="ring-drawing spinner" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle className="ring-track" cx="24" cy="24" r="21.5" />
      <circle className="ring-left" cx="24" cy="24" r="21.5" pathLength="100" strokeDasharray="28 72" />
    </svg>
  );
}
