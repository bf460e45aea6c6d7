import { useEffect, useRef } from 'react';
import { chinaDay } from '../../domain/china-time.ts';
import type { LinkStanding } from '../../domain/link-record.ts';
import { relationWords } from '../../domain/link-words.ts';
import { formatYuan } from '../../domain/money.ts';
import type { BindingView } from '../../ipc/view.ts';
import { chosenLink, type LinkAction, type LinkChoice, type LinkRow, linkObstacle, linkRows } from '../binding-list.ts';
import { useLanguage, useText } from '../language.ts';
import { filled, providerWords, reasonWords } from '../texts.ts';
import { Icon, type IconName } from './icons.tsx';

interface BindingLinksProps {
  readonly binding: BindingView;
  readonly choice: LinkChoice;
  readonly onAction: (action: LinkAction, linkId: string) => void;
}

/** A new link first, then every link this person has in either role, with what may be done about it. */
export function BindingLinks({ binding, choice, onAction }: BindingLinksProps) {
  const t = useText();
  const list = useRef<HTMLUListElement>(null);
  const rows = linkRows(binding);
  const chosen = chosenLink(choice, rows);
  const chosenId = chosen?.linkId;
  useEffect(() => {
    if (chosenId === undefined) return;
    list.current?.querySelector(`[data-link="${CSS.escape(chosenId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosenId]);
  return (
    <div className="links" data-testid="links">
      <ul ref={list}>
        {rows.map((row) => (
          <Line
            key={row.linkId}
            row={row}
            asks={binding.asks}
            name={binding.provider?.maskedName ?? ''}
            chosen={row === chosen ? (row.actions[choice.action] ?? null) : null}
            isChosen={row === chosen}
            onAction={onAction}
          />
        ))}
      </ul>
      <p className="links-keys">
        {binding.links.length === 0 ? (
          t('linkNone')
        ) : (
          <>
            <strong>{t('linkCount', { count: String(binding.links.length) })}</strong> · {t('linkKeys')}
          </>
        )}
      </p>
    </div>
  );
}

const actionTexts = { link: 'linkNew', change: 'linkChange', unlink: 'linkEnd' } as const;
const actionIcons = { link: 'chain', change: 'swap', unlink: 'unchain' } as const satisfies Record<
  LinkAction,
  IconName
>;

function Line(props: {
  readonly row: LinkRow;
  readonly asks: BindingView['asks'];
  readonly name: string;
  readonly isChosen: boolean;
  readonly chosen: LinkAction | null;
  readonly onAction: (action: LinkAction, linkId: string) => void;
}) {
  const t = useText();
  const { row, asks, chosen, onAction } = props;
  return (
    <li className="link-line" data-link={row.linkId} data-chosen={props.isChosen} data-testid="link-line">
      {row.link === null ? (
        <p className="link-new">{t('linkNewMeans', { name: props.name })}</p>
      ) : (
        <LinkFactsOf link={row.link} asks={asks} />
      )}
      <div className="link-actions">
        {row.actions.map((action) => (
          <button
            key={action}
            type="button"
            className="link-action"
            data-action={action}
            data-chosen={action === chosen}
            data-testid={`link-${action}`}
            onClick={() => onAction(action, row.linkId)}
          >
            <Icon name={actionIcons[action]} />
            {t(actionTexts[action])}
          </button>
        ))}
        {row.actions.length === 0 && <span className="link-none">{t('linkByProvider')}</span>}
      </div>
    </li>
  );
}

function LinkFactsOf({ link, asks }: { readonly link: LinkStanding; readonly asks: BindingView['asks'] }) {
  const t = useText();
  const language = useLanguage();
  const { role, other, relation, since, until, quotaLeft } = link;
  const obstacle = linkObstacle(link, asks);
  // What goes through the wallet is as it should be.
  const isGood = obstacle === null || obstacle === 'throughWallet';
  return (
    <>
      <span className="link-role" data-role={role === 'provider' ? 'beneficiary' : 'provider'}>
        {t(role === 'provider' ? 'linkPaysFor' : 'linkPaidBy')}
      </span>
      <p className="link-who">
        <strong>{other.maskedName}</strong>
        <span>
          {role === 'provider' ? relationWords[language][relation] : filled(providerWords[relation], language)} ·{' '}
          {other.maskedCard}
        </span>
      </p>
      <p className="link-when">
        <span>{t('linkSince', { day: chinaDay(since) })}</span>
        {until !== null && <span>{t('linkUntil', { day: chinaDay(until - 1) })}</span>}
        {quotaLeft !== null && <span>{t('linkQuotaLeft', { amount: formatYuan(quotaLeft) })}</span>}
      </p>
      <p className="link-state" data-good={isGood}>
        <Icon name={isGood ? 'tick' : 'cross'} />
        {obstacle === null ? t('linkGivesMoney') : filled(reasonWords[obstacle], language)}
      </p>
    </>
  );
}
