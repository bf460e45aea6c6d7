import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { formatYuan } from '../../domain/money.ts';
import type { Intent } from '../../ipc/intent.ts';
import type { HealthView, SuspendedView, TerminalView, UnknownView } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import { emptySuspension, type Suspension, suspensionOf, suspensionReasons } from '../suspension.ts';
import type { TextId } from '../texts.ts';
import { Over } from './over.tsx';

const kindTexts = { settle: 'kindSettle', cancel: 'kindCancel', refund: 'kindRefund' } as const;
const stepTexts = { query: 'stepQuery', reverse: 'stepReverse' } as const;

interface SupervisorProps {
  readonly view: TerminalView;
  readonly page: SupervisorPage;
  readonly onPage: (page: SupervisorPage) => void;
  readonly onSend: (intent: Intent) => void;
  readonly onClose: () => void;
}

/** Which page of the panel: what there is; who suspends and why; the second confirmation. */
export type SupervisorPage = 'overview' | 'suspend' | 'sure';

/** The page before this one; null = out of the panel. */
export function pageBefore(page: SupervisorPage): SupervisorPage | null {
  return page === 'overview' ? null : page === 'sure' ? 'suspend' : 'overview';
}

/** What a supervisor sees and may push: outcomes that nobody knows, suspended items, the state of the terminal. Nothing
 *  in here says that a sale is done. */
export function Supervisor(props: SupervisorProps) {
  const t = useText();
  const { view, page, onPage, onSend, onClose } = props;
  const [suspension, setSuspension] = useState<Suspension>(emptySuspension);
  const { unknown } = view;
  return (
    <Over className="supervisor" testId="supervisor" label={t('supervisor')} onClose={onClose}>
      {page === 'overview' || unknown === null ? (
        <>
          <h2>{t('supervisor')}</h2>
          <div className="supervisor-parts">
            <Part title={t('supervisorUnknown')}>
              {unknown === null ? (
                <p className="supervisor-none">{t('supervisorNoUnknown')}</p>
              ) : (
                <Unknown unknown={unknown} onSend={onSend} onSuspend={() => onPage('suspend')} />
              )}
            </Part>
            <Part title={t('supervisorSuspended')}>
              <Suspended items={view.suspended} mayAsk={unknown === null} onSend={onSend} />
            </Part>
            {view.health !== null && (
              <Part title={t('supervisorHealth')}>
                <Health health={view.health} />
              </Part>
            )}
          </div>
          <div className="over-ways">
            <button
              type="button"
              // An Enter too many must push nothing.
              data-first
              className="key-button key-go"
              data-testid="supervisor-close"
              onClick={onClose}
            >
              <kbd>Esc</kbd>
              {t('close')}
            </button>
          </div>
        </>
      ) : page === 'suspend' ? (
        <SuspendForm
          unknown={unknown}
          suspension={suspension}
          onChange={setSuspension}
          onNext={() => onPage('sure')}
          onBack={() => onPage('overview')}
        />
      ) : (
        <SuspendSure
          unknown={unknown}
          suspension={suspension}
          onBack={() => onPage('suspend')}
          onSuspend={(by, reason) => {
            onSend({ kind: 'supervisor.suspend', by, reason });
            onClose();
          }}
        />
      )}
    </Over>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="supervisor-part">
      <h3 className="part-title">{title}</h3>
      {children}
    </section>
  );
}

function Unknown(props: {
  readonly unknown: UnknownView;
  readonly onSend: (intent: Intent) => void;
  readonly onSuspend: () => void;
}) {
  const t = useText();
  const { unknown, onSend, onSuspend } = props;
  const { kind, amount, sentTime, step, attempts, msgId, asking, mayReverse, waiting } = unknown;
  return (
    <div className="supervisor-unknown" data-testid="supervisor-unknown">
      <dl className="facts">
        <Fact label="pendingKind">
          <strong>
            {t(kindTexts[kind])} ¥{formatYuan(amount)}
          </strong>
        </Fact>
        <Fact label="pendingSent">{sentTime}</Fact>
        <Fact label="pendingStep">{t(asking ? 'pushUnderWay' : stepTexts[step])}</Fact>
        <Fact label="pendingAttempts">{t('pendingTimes', { count: String(attempts) })}</Fact>
        <Fact label="pendingMessage">
          <span className="message-id">{msgId}</span>
        </Fact>
      </dl>
      <div className="supervisor-ways">
        {step === 'query' && (
          <button
            type="button"
            className="key-button key-cancel"
            data-testid="push-query"
            disabled={asking}
            onClick={() => onSend({ kind: 'supervisor.push', step: 'query' })}
          >
            {t('pushQuery')}
          </button>
        )}
        {mayReverse && (
          <button
            type="button"
            className="key-button key-cancel"
            data-testid="push-reverse"
            disabled={asking && step === 'reverse'}
            onClick={() => onSend({ kind: 'supervisor.push', step: 'reverse' })}
          >
            {t('pushReverse')}
          </button>
        )}
        <button type="button" className="key-button key-cancel" data-testid="suspend" onClick={onSuspend}>
          {t('suspend')}
        </button>
      </div>
      {waiting > 0 && <p className="supervisor-none">{t('supervisorMore', { count: String(waiting) })}</p>}
    </div>
  );
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

/** So many of them have room; the others come up as these are resolved. */
const suspendedShownMax = 3;

function Suspended(props: {
  readonly items: readonly SuspendedView[];
  readonly mayAsk: boolean;
  readonly onSend: (intent: Intent) => void;
}) {
  const t = useText();
  const { items, mayAsk, onSend } = props;
  if (items.length === 0) return <p className="supervisor-none">{t('supervisorNoSuspended')}</p>;
  const hidden = items.length - suspendedShownMax;
  return (
    <>
      <ul className="suspended" data-testid="suspended-items">
        {items.slice(0, suspendedShownMax).map((item) => (
          <li key={item.msgId}>
            <p>
              <strong>
                {t(kindTexts[item.kind])} ¥{formatYuan(item.amount)}
              </strong>
              <span className="suspended-time">{item.time}</span>
            </p>
            <p className="suspended-why">{t('suspendedBy', { by: item.by, reason: item.reason })}</p>
            <p className="message-id">{item.msgId}</p>
            <button
              type="button"
              className="key-button key-cancel"
              data-testid="ask-again"
              disabled={!mayAsk}
              onClick={() => onSend({ kind: 'suspended.reopen', msgId: item.msgId })}
            >
              {t('askAgain')}
            </button>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="supervisor-none">{t('supervisorMore', { count: String(hidden) })}</p>}
    </>
  );
}

const protectionTexts = {
  osStore: 'healthKeysSystem',
  passphrase: 'healthKeysPassphrase',
  passphraseFile: 'healthKeysFile',
} as const;

function Health({ health }: { readonly health: HealthView }) {
  const t = useText();
  const { keyProtection, journalSetAside, faults } = health;
  return (
    <dl className="facts" data-testid="health">
      <Fact label="healthKeys">{t(protectionTexts[keyProtection])}</Fact>
      <Fact label="healthJournal">
        {journalSetAside === null
          ? t('healthJournalGood')
          : t('healthJournalSetAside', {
              unreadable: String(journalSetAside.unreadable),
              path: journalSetAside.path,
            })}
      </Fact>
      <Fact label="healthFaults">
        {faults.length === 0
          ? t('healthNoFaults')
          : faults.map(({ time, name }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same fault may come twice in a second.
              <span key={index} className="fault-line">
                {time} {name}
              </span>
            ))}
      </Fact>
    </dl>
  );
}

function SuspendForm(props: {
  readonly unknown: UnknownView;
  readonly suspension: Suspension;
  readonly onChange: (suspension: Suspension) => void;
  readonly onNext: () => void;
  readonly onBack: () => void;
}) {
  const t = useText();
  const { unknown, suspension, onChange, onNext, onBack } = props;
  const isReady = suspensionOf(suspension, t) !== null;
  const onEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !isReady) return;
    // The same Enter would press what the next page has under the keyboard.
    event.preventDefault();
    onNext();
  };
  return (
    <>
      <SuspendHead unknown={unknown} />
      <div className="suspend-form">
        <label className="field">
          <span>{t('suspendBy')}</span>
          <input
            type="text"
            // biome-ignore lint/a11y/noAutofocus: the first thing that is asked for; the panel was opened by a key.
            autoFocus
            autoComplete="off"
            maxLength={20}
            value={suspension.by}
            data-testid="suspend-by"
            onKeyDown={onEnter}
            onChange={(event) => onChange({ ...suspension, by: event.target.value })}
          />
        </label>
        <fieldset className="reasons">
          <legend>{t('suspendReason')}</legend>
          {suspensionReasons.map((reason) => (
            <label key={reason} className="switch" data-testid={`suspend-${reason}`}>
              <input
                type="radio"
                name="reason"
                checked={suspension.reason === reason}
                onKeyDown={onEnter}
                onChange={() => onChange({ ...suspension, reason })}
              />
              <span>{t(reason)}</span>
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span>{t('suspendReasonHint')}</span>
          <input
            type="text"
            autoComplete="off"
            maxLength={40}
            value={suspension.more}
            data-testid="suspend-more"
            onKeyDown={onEnter}
            onChange={(event) => onChange({ ...suspension, more: event.target.value })}
          />
        </label>
      </div>
      <div className="over-ways">
        <button type="button" className="key-button key-quiet" onClick={onBack}>
          <kbd>Esc</kbd>
          {t('goBack')}
        </button>
        <button
          type="button"
          className="key-button key-go"
          data-testid="suspend-next"
          disabled={!isReady}
          onClick={onNext}
        >
          {t('suspendNext')}
        </button>
      </div>
    </>
  );
}

/** The second confirmation. The keyboard stands on going back: an Enter too many suspends nothing. */
function SuspendSure(props: {
  readonly unknown: UnknownView;
  readonly suspension: Suspension;
  readonly onBack: () => void;
  readonly onSuspend: (by: string, reason: string) => void;
}) {
  const t = useText();
  const { unknown, suspension, onBack, onSuspend } = props;
  const said = suspensionOf(suspension, t);
  if (said === null) return null;
  return (
    <>
      <SuspendHead unknown={unknown} />
      <p className="suspend-sure">{t('suspendSure', said)}</p>
      <div className="over-ways">
        <button
          type="button"
          // biome-ignore lint/a11y/noAutofocus: see above.
          autoFocus
          className="key-button key-cancel"
          data-testid="suspend-back"
          onClick={onBack}
        >
          <kbd>Esc</kbd>
          {t('goBack')}
        </button>
        <button
          type="button"
          className="key-button key-suspend"
          data-testid="suspend-do"
          onClick={() => onSuspend(said.by, said.reason)}
        >
          {t('suspendDo')}
        </button>
      </div>
    </>
  );
}

function SuspendHead({ unknown }: { readonly unknown: UnknownView }) {
  const t = useText();
  return (
    <>
      <h2>{t('suspendTitle', { amount: formatYuan(unknown.amount) })}</h2>
      <p className="suspend-means" data-testid="suspend-means">
        {t('suspendMeans')}
      </p>
    </>
  );
}
