import { declineCodes } from '../../domain/decline-code.ts';
import { formatYuan, subtract } from '../../domain/money.ts';
import { promptText } from '../../domain/prompt.ts';
import type { TerminalView, TodayRow } from '../../ipc/view.ts';
import type { AmountKey } from '../amount-draft.ts';
import { useLanguage, useText } from '../language.ts';
import {
  chosenRow,
  leftText,
  obstacle,
  refundProblem,
  type SaleAction,
  type SalesList,
  saleActions,
} from '../sales-list.ts';
import { sentenceSize } from '../sentence-breaks.ts';
import type { TextId } from '../texts.ts';
import { AmountPad } from './amount-pad.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Sentence } from './sentence.tsx';

interface SaleSheetProps {
  readonly view: TerminalView;
  readonly list: SalesList;
  readonly onAction: (action: SaleAction) => void;
  readonly onDay: (to: 'previous' | 'next') => void;
  readonly onKey: (key: AmountKey) => void;
  readonly onConfirm: () => void;
}

/** A sale of the list, in the place of the sale under way: what it was, what is left of it, and what can be done with it. */
export function SaleSheet(props: SaleSheetProps) {
  const t = useText();
  const { view, list } = props;
  const row = chosenRow(list, view);
  return (
    <div className="sale" data-testid="sale-sheet" data-phase={list.phase}>
      <SheetHead view={view} list={list} row={row} />
      {row !== null && <SheetAmount list={list} row={row} />}
      {list.phase === 'amount' && row !== null ? (
        <AmountPad onKey={props.onKey} onConfirm={props.onConfirm} confirmText={t('actRefund')} />
      ) : (
        <SheetBody {...props} row={row} />
      )}
    </div>
  );
}

function SheetHead({
  view,
  list,
  row,
}: {
  readonly view: TerminalView;
  readonly list: SalesList;
  readonly row: TodayRow | null;
}) {
  const t = useText();
  const language = useLanguage();
  const isAmount = list.phase === 'amount' && row !== null;
  const sentence = t(isAmount ? 'listTitleAmount' : 'listTitle');
  const problem = isAmount ? refundProblem(list.draft, row) : null;
  const warning =
    problem !== null
      ? problem === 'tooMuch'
        ? declineCodes.REFUND_TOO_MUCH[language === 'en' ? 'en' : 'zh']
        : promptText({ id: problem, params: {} }, language)
      : view.notice !== null
        ? promptText(view.notice, language)
        : view.listNote !== null
          ? t('listNoEarlier')
          : view.stage === 'unknown'
            ? t('undoWhileUnknown')
            : null;
  return (
    <section className="headline" data-turn="clerk" data-face="none">
      <div className="headline-words">
        <h1 data-testid="sheet-headline" data-size={sentenceSize(sentence)} aria-live="polite">
          <Sentence>{sentence}</Sentence>
        </h1>
        {warning !== null ? (
          <p className="headline-notice" role="alert" data-testid="sheet-notice">
            <Icon name="warning" />
            {warning}
          </p>
        ) : (
          <p className="headline-other">{isAmount ? t('listKeysAmount', { left: leftText(row) }) : t('listKeys')}</p>
        )}
      </div>
    </section>
  );
}

function SheetAmount({ list, row }: { readonly list: SalesList; readonly row: TodayRow }) {
  const t = useText();
  const typing = list.phase === 'amount';
  const shown = typing ? list.draft : formatYuan(row.total);
  return (
    <section className="amount-line" data-typing={typing}>
      <div className="amount">
        <span className="amount-label">
          {t(typing ? 'amountRefund' : row.kind === 'approved' ? 'amountSale' : 'amountReturned')}
        </span>
        <output className="amount-figure" data-testid="sheet-amount" data-empty={shown === ''}>
          <span className="yuan">¥</span>
          {shown !== '' && <span>{shown}</span>}
          {typing && <span className="caret" aria-hidden="true" />}
          {shown === '' && <span className="amount-placeholder">{leftText(row)}</span>}
        </output>
      </div>
      <p className="customer-chip">
        <Icon name="card" className="chip-icon" />
        <span className="customer-name">{row.maskedName}</span>
        <span className="customer-card">{row.time}</span>
      </p>
    </section>
  );
}

const actionWords: Readonly<Record<SaleAction, { label: TextId; note: TextId; icon: IconName }>> = {
  cancel: { label: 'actCancel', note: 'actCancelNote', icon: 'back' },
  refund: { label: 'actRefund', note: 'actRefundNote', icon: 'return' },
  reprint: { label: 'actReprint', note: 'actReprintNote', icon: 'printer' },
};

function SheetBody({ view, list, row, onAction, onDay }: SaleSheetProps & { readonly row: TodayRow | null }) {
  const t = useText();
  return (
    <div className="sheet" data-empty={row === null}>
      <div className="sheet-days">
        <button
          type="button"
          className="key-button key-quiet"
          data-testid="list-earlier"
          onClick={() => onDay('previous')}
        >
          <kbd>PgUp</kbd>
          {t('listPrevious')}
        </button>
        <strong data-testid="list-day">{view.listDay ?? t('listToday')}</strong>
        <button
          type="button"
          className="key-button key-quiet"
          data-testid="list-later"
          disabled={view.listDay === null}
          onClick={() => onDay('next')}
        >
          {t('listNext')}
          <kbd>PgDn</kbd>
        </button>
      </div>
      {row === null ? <p className="sheet-empty">{t('todayEmpty')}</p> : <SheetFacts row={row} />}
      <div className="sheet-actions">
        {saleActions.map((action) => {
          const words = actionWords[action];
          const why = obstacle(action, row, view);
          return (
            <button
              key={action}
              type="button"
              className="sheet-action"
              data-testid={`act-${action}`}
              data-chosen={action === list.action && why === null}
              disabled={why !== null}
              onClick={() => onAction(action)}
            >
              <Icon name={words.icon} />
              <span className="sheet-action-word">{t(words.label)}</span>
              <span className="sheet-action-note">{t(why ?? words.note)}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}

const rowParts = [
  ['fund', 'ladderFund'],
  ['own', 'ladderOwn'],
  ['shared', 'remainsShared'],
  ['cash', 'ladderCash'],
] as const satisfies readonly (readonly [keyof TodayRow, TextId])[];

/** What the slip says in short, and what is left. */
function SheetFacts({ row }: { readonly row: TodayRow }) {
  const t = useText();
  const parts = rowParts.filter(([part]) => row[part] > 0);
  const isSale = row.kind === 'approved';
  return (
    <dl className="sheet-facts" data-testid="sheet-facts">
      <div>
        <dt>{t(isSale ? 'rowPaid' : 'rowReturned')}</dt>
        <dd>
          {parts.map(([part, label]) => (
            <span key={part} className="sheet-part">
              {t(label)} <b>{formatYuan(row[part])}</b>
            </span>
          ))}
        </dd>
      </div>
      {isSale && row.left < row.total && (
        <div>
          <dt>{t('rowReturned')}</dt>
          <dd>
            <b>{formatYuan(subtract(row.total, row.left))}</b>
          </dd>
        </div>
      )}
      {isSale && (
        <div className="sheet-left">
          <dt>{t('rowLeft')}</dt>
          <dd data-testid="sheet-left">¥{formatYuan(row.left)}</dd>
        </div>
      )}
    </dl>
  );
}
