import { type Fen, formatYuan, sum } from '../../domain/money.ts';
import type { TodayRow } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import { Icon } from './icons.tsx';

/** Today's sales, newest first, and what they add up to. A sale whose outcome is open is not counted. */
export function TodayList({ rows }: { readonly rows: readonly TodayRow[] }) {
  const t = useText();
  const paid = rows.filter((row) => row.kind === 'approved');
  return (
    <section className="today" data-testid="today" aria-label={t('today')}>
      <h2 className="part-title">
        {t('today')}
        <span className="part-count">{t('todayCount', { count: String(paid.length) })}</span>
      </h2>
      {rows.length === 0 ? (
        <p className="today-empty">{t('todayEmpty')}</p>
      ) : (
        <ul className="today-rows">
          {rows.map((row) => (
            <Row key={row.msgId} row={row} />
          ))}
        </ul>
      )}
      <dl className="today-sums">
        <Sum label={t('todayTotal')} amounts={paid.map((row) => row.total)} />
        <Sum label={t('todayShared')} amounts={paid.map((row) => row.shared)} />
        <Sum label={t('todayCash')} amounts={paid.map((row) => row.cash)} />
      </dl>
    </section>
  );
}

function Sum({ label, amounts }: { readonly label: string; readonly amounts: readonly Fen[] }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{formatYuan(sum(amounts))}</dd>
    </div>
  );
}

function Row({ row }: { readonly row: TodayRow }) {
  const t = useText();
  const shared = row.shared > 0;
  const word =
    row.kind === 'unknown'
      ? t('todayUnknown')
      : shared
        ? t('todaySharedLong', { shared: formatYuan(row.shared) })
        : t('todayApproved');
  return (
    <li className="today-row" data-testid="today-row" data-kind={row.kind}>
      <time>{row.time}</time>
      <span className="today-name">{row.maskedName}</span>
      <span className="today-total">{formatYuan(row.total)}</span>
      <span className="today-mark" role="img" aria-label={word} title={word}>
        {row.kind === 'unknown' ? <Icon name="hourglass" /> : shared ? t('todaySharedMark') : <Icon name="tick" />}
      </span>
    </li>
  );
}
