import { useEffect, useRef } from 'react';
import { above, type Fen, formatYuan, sum } from '../../domain/money.ts';
import type { TodayRow } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { Icon } from './icons.tsx';

interface TodayListProps {
  readonly rows: readonly TodayRow[];
  /** `YYYY-MM-DD`; null = today. */
  readonly day: string | null;
  /** The chosen line while one can be chosen. */
  readonly chosen: string | null;
  /** Null while no line can be chosen. */
  readonly onChoose: ((msgId: string) => void) | null;
}

/** The sales of a day and what was given back on it, newest first, and what they add up to. */
export function TodayList({ rows, day, chosen, onChoose }: TodayListProps) {
  const t = useText();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (chosen === null) return;
    list.current?.querySelector(`[data-msg="${CSS.escape(chosen)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const sales = rows.filter((row) => row.kind === 'approved');
  const undos = rows.filter((row) => row.kind !== 'approved');
  const title = day ?? t('today');
  return (
    <section className="today" data-testid="today" data-open={chosen !== null} aria-label={title}>
      <h2 className="part-title">
        {title}
        <span className="part-count">{t('todayCount', { count: String(sales.length) })}</span>
      </h2>
      {rows.length === 0 ? (
        <p className="today-empty">{t('todayEmpty')}</p>
      ) : (
        <ul className="today-rows" ref={list}>
          {rows.map((row) => (
            <Row key={`${row.kind} ${row.msgId}`} row={row} chosen={row.msgId === chosen} onChoose={onChoose} />
          ))}
        </ul>
      )}
      <dl className="today-sums">
        <Sum label={t('todayTotal')} plus={sales.map((row) => row.total)} minus={undos.map((row) => row.total)} />
        <Sum label={t('todayShared')} plus={sales.map((row) => row.shared)} minus={undos.map((row) => row.shared)} />
        <Sum
          label={t('todayCash')}
          plus={rows.map((row) => (row.kind === 'approved' ? row.cash : row.cashDue))}
          minus={undos.map((row) => row.cash)}
        />
      </dl>
    </section>
  );
}

/** What came in less what went out; more may go out on a day than comes in. */
function Sum(props: { readonly label: string; readonly plus: readonly Fen[]; readonly minus: readonly Fen[] }) {
  const plus = sum(props.plus);
  const minus = sum(props.minus);
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        {minus > plus && '− '}
        {formatYuan(minus > plus ? above(minus, plus) : above(plus, minus))}
      </dd>
    </div>
  );
}

const undoTexts = {
  cancel: 'todayCancelled',
  refund: 'todayRefunded',
  reversal: 'todayReversed',
} as const satisfies Record<Exclude<TodayRow['kind'], 'approved'>, TextId>;

function Row(props: {
  readonly row: TodayRow;
  readonly chosen: boolean;
  readonly onChoose: ((msgId: string) => void) | null;
}) {
  const t = useText();
  const { row, chosen, onChoose } = props;
  const isUndo = row.kind !== 'approved';
  const left = isUndo || row.left === row.total ? 'all' : row.left > 0 ? 'part' : 'none';
  const word = rowWord(row, left, t);
  return (
    <li
      className="today-row"
      data-testid="today-row"
      data-msg={row.msgId}
      data-kind={row.kind}
      data-left={left}
      data-chosen={chosen}
    >
      <button type="button" disabled={onChoose === null} tabIndex={-1} onClick={() => onChoose?.(row.msgId)}>
        <time>{row.time}</time>
        <span className="today-name">{row.maskedName}</span>
        <span className="today-total">
          {isUndo && '− '}
          {formatYuan(row.total)}
        </span>
        <span className="today-mark" role="img" aria-label={word} title={word}>
          {isUndo || left !== 'all' ? (
            <Icon name={isUndo ? 'return' : 'back'} />
          ) : row.shared > 0 ? (
            t('todaySharedMark')
          ) : (
            <Icon name="tick" />
          )}
        </span>
      </button>
    </li>
  );
}

function rowWord(row: TodayRow, left: 'all' | 'part' | 'none', t: ReturnType<typeof useText>): string {
  if (row.kind !== 'approved') return t(undoTexts[row.kind]);
  if (left === 'part') return t('todayPartLeft', { left: formatYuan(row.left) });
  if (left === 'none') return t('todayNoneLeft');
  return row.shared > 0 ? t('todaySharedLong', { shared: formatYuan(row.shared) }) : t('todayApproved');
}
