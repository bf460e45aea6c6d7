import type { ReactNode } from 'react';
import { chinaMinute } from '../../domain/china-time.ts';
import type { LinkRecord } from '../../domain/link-record.ts';
import { formatYuan } from '../../domain/money.ts';
import { promptText } from '../../domain/prompt.ts';
import type { Intent } from '../../ipc/intent.ts';
import type { DayBreakView, DayEndView, DayTotalsView, SuspendedView } from '../../ipc/view.ts';
import { useLanguage, useText } from '../language.ts';
import { sentenceSize } from '../sentence-breaks.ts';
import type { TextId } from '../texts.ts';
import { Spinner } from './headline.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Over } from './over.tsx';
import { Sentence } from './sentence.tsx';
import { Slip } from './slip.tsx';

interface DayEndProps {
  readonly dayEnd: DayEndView;
  readonly onSend: (intent: Intent) => void;
  readonly onSlip: () => void;
}

/** The day's end: what this terminal has against what the centre has, what does not agree, what is carried on, and the links
 *  of the day. */
export function DayEnd({ dayEnd, onSend, onSlip }: DayEndProps) {
  const t = useText();
  const language = useLanguage();
  const sentence = promptText(dayEnd.prompt, language);
  const close = () => onSend({ kind: 'dayEnd.close' });
  return (
    <Over className="day-end" testId="day-end" label={t('dayEndTitle')} onClose={close}>
      <header className="day-end-head" data-state={stateOf(dayEnd)}>
        <span className="day-end-mark">
          {dayEnd.stage === 'asking' ? <Spinner /> : <Icon name={stateIcons[stateOf(dayEnd)]} />}
        </span>
        <div>
          <p className="day-end-word">
            {t('dayEndTitle')} <span data-testid="day-end-day">{dayEnd.day}</span>
            {dayEnd.stage !== 'asking' && <strong>{t(stateTexts[stateOf(dayEnd)])}</strong>}
          </p>
          <h2 data-testid="day-end-sentence" data-size={sentenceSize(sentence)} aria-live="polite">
            <Sentence>{sentence}</Sentence>
          </h2>
        </div>
      </header>
      <div className="day-end-parts" data-slip={dayEnd.receipt !== null}>
        <div className="day-end-left">
          <Totals terminal={dayEnd.terminal} centre={dayEnd.centre} />
        </div>
        <div className="day-end-middle">
          {dayEnd.stage === 'shown' && <Breaks breaks={dayEnd.breaks} />}
          <Suspended items={dayEnd.suspended} />
          <Links records={dayEnd.links} />
        </div>
        {dayEnd.receipt !== null && <Slip lines={dayEnd.receipt} onEnlarge={onSlip} />}
      </div>
      <div className="over-ways">
        <Day day="today" onSend={onSend} asking={dayEnd.stage === 'asking'} />
        <Day day="yesterday" onSend={onSend} asking={dayEnd.stage === 'asking'} />
        <button type="button" data-first className="key-button key-go" data-testid="day-end-close" onClick={close}>
          <kbd>Esc</kbd>
          {t('close')}
        </button>
      </div>
    </Over>
  );
}

type State = 'asking' | 'balanced' | 'notBalanced' | 'blocked' | 'refused';
const stateIcons = {
  asking: 'hourglass',
  balanced: 'tick',
  notBalanced: 'warning',
  blocked: 'stopped',
  refused: 'cross',
} as const satisfies Record<State, IconName>;
const stateTexts = {
  asking: 'dayEndTitle',
  balanced: 'dayEndBalanced',
  notBalanced: 'dayEndNotBalanced',
  blocked: 'dayEndBlocked',
  refused: 'dayEndRefused',
} as const satisfies Record<State, TextId>;

function stateOf({ stage, balanced }: DayEndView): State {
  return stage === 'shown' ? (balanced ? 'balanced' : 'notBalanced') : stage;
}

function Day(props: {
  readonly day: 'today' | 'yesterday';
  readonly asking: boolean;
  readonly onSend: (intent: Intent) => void;
}) {
  const t = useText();
  const { day, asking, onSend } = props;
  return (
    <button
      type="button"
      className="key-button key-cancel"
      data-testid={`day-end-${day}`}
      disabled={asking}
      onClick={() => onSend({ kind: 'dayEnd.start', day })}
    >
      {t(day === 'today' ? 'dayEndToday' : 'dayEndYesterday')}
    </button>
  );
}

const lines = [
  ['records', 'dayEndRecords'],
  ['sales', 'dayEndSales'],
  ['total', 'dayEndTotal'],
  ['fund', 'dayEndFund'],
  ['own', 'dayEndOwn'],
  ['shared', 'dayEndShared'],
  ['cash', 'dayEndCash'],
] as const satisfies readonly (readonly [keyof DayTotalsView, TextId])[];

/** The two sides beside each other; a line that differs is marked by its shape and its colour. */
function Totals({
  terminal,
  centre,
}: {
  readonly terminal: DayTotalsView | null;
  readonly centre: DayTotalsView | null;
}) {
  const t = useText();
  return (
    <table className="totals" data-testid="day-end-totals">
      <thead>
        <tr>
          <th scope="col" aria-label={t('dayEndTitle')} />
          <th scope="col">{t('dayEndTerminal')}</th>
          <th scope="col">{t('dayEndCentre')}</th>
          <th scope="col" aria-label={t('dayEndBreaks')} />
        </tr>
      </thead>
      <tbody>
        {lines.map(([part, label]) => {
          const differs = terminal !== null && centre !== null && terminal[part] !== centre[part];
          return (
            <tr key={part} data-differs={differs}>
              <th scope="row">{t(label)}</th>
              <td>{terminal === null ? '—' : terminal[part]}</td>
              <td>{centre === null ? '—' : centre[part]}</td>
              <td className="totals-mark">
                {terminal !== null && centre !== null && <Icon name={differs ? 'warning' : 'tick'} />}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** So many have room; the slip has them all. */
const shownMax = 3;

function Part<Item>(props: {
  readonly heading: TextId;
  readonly none: TextId | null;
  readonly items: readonly Item[];
  readonly testId: string;
  readonly line: (item: Item) => ReactNode;
}) {
  const t = useText();
  const { heading, none, items, testId, line } = props;
  if (items.length === 0 && none === null) return null;
  const hidden = items.length - shownMax;
  return (
    <section className="day-end-part" data-testid={testId}>
      <h3 className="part-title">
        {t(heading)}
        {items.length > 0 && <span className="part-count">{items.length}</span>}
      </h3>
      {items.length === 0 && none !== null && <p className="supervisor-none">{t(none)}</p>}
      <ul>
        {items.slice(0, shownMax).map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished list is never reordered.
          <li key={index}>{line(item)}</li>
        ))}
      </ul>
      {hidden > 0 && <p className="supervisor-none">{t('dayEndMore', { count: String(hidden) })}</p>}
    </section>
  );
}

const breakTexts = {
  centreOnly: 'breakCentreOnly',
  terminalOnly: 'breakTerminalOnly',
  amount: 'breakAmount',
} as const satisfies Record<DayBreakView['kind'], TextId>;

function Breaks({ breaks }: { readonly breaks: readonly DayBreakView[] }) {
  const t = useText();
  return (
    <Part
      heading="dayEndBreaks"
      none="dayEndNoBreaks"
      items={breaks}
      testId="day-end-breaks"
      line={({ kind, msgId, time, terminal, centre, suspended }) => (
        <>
          <p className="day-end-line">
            <strong>{t(breakTexts[kind])}</strong>
            <span>{time}</span>
            {suspended && <em>{t('dayEndSuspended')}</em>}
            <b>
              {terminal ?? '—'} / {centre ?? '—'}
            </b>
          </p>
          <p className="message-id">{msgId}</p>
        </>
      )}
    />
  );
}

const kindTexts = { settle: 'kindSettle', cancel: 'kindCancel', refund: 'kindRefund' } as const;

function Suspended({ items }: { readonly items: readonly SuspendedView[] }) {
  const t = useText();
  return (
    <Part
      heading="dayEndSuspended"
      none={null}
      items={items}
      testId="day-end-suspended"
      line={({ kind, amount, time, reason }) => (
        <p className="day-end-line">
          <strong>
            {t(kindTexts[kind])} ¥{formatYuan(amount)}
          </strong>
          <span>{time}</span>
          <span className="day-end-why">{reason}</span>
        </p>
      )}
    />
  );
}

const deedTexts = {
  linked: 'deedLinked',
  ended: 'deedEnded',
  dissolved: 'deedDissolved',
  quotaSet: 'deedQuotaSet',
} as const satisfies Record<LinkRecord['deed'], TextId>;

function Links({ records }: { readonly records: readonly LinkRecord[] }) {
  const t = useText();
  return (
    <Part
      heading="dayEndLinks"
      none="dayEndNoLinks"
      items={records}
      testId="day-end-links"
      line={({ deed, at, provider, beneficiary }) => (
        <p className="day-end-line">
          <strong>{t(deedTexts[deed])}</strong>
          <span>{chinaMinute(at)}</span>
          <span>
            {provider.maskedName} → {beneficiary.maskedName}
          </span>
        </p>
      )}
    />
  );
}
