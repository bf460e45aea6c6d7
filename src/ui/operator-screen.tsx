import { useEffect, useState, useSyncExternalStore } from 'react';
import type { PinView, TerminalView } from '../ipc/view.ts';
import { customerPart } from './customer-words.ts';
import type { Deed } from './keys.ts';
import { useLanguage, useText } from './language.ts';
import { AmountLine } from './parts/amount-line.tsx';
import { AmountPad } from './parts/amount-pad.tsx';
import { Caption, CustomerPanel } from './parts/customer-panel.tsx';
import { FundingLadder } from './parts/funding-ladder.tsx';
import { Headline } from './parts/headline.tsx';
import { Help } from './parts/help.tsx';
import { BrandMark, Icon } from './parts/icons.tsx';
import { confirmText, KeyBar } from './parts/key-bar.tsx';
import { ReaderDrawer } from './parts/reader-drawer.tsx';
import { ResultPanel } from './parts/result-panel.tsx';
import { Slip } from './parts/slip.tsx';
import { StatusBar } from './parts/status-bar.tsx';
import { TodayList } from './parts/today-list.tsx';
import type { Screen, ScreenState } from './screen.ts';
import { text } from './texts.ts';
import { bodyOf, closesDrawer, mayTypeAmount } from './turn.ts';
import { onControl, useKeyboard, useKeyboardStays } from './use-keyboard.ts';
import { useSpeech } from './use-speech.ts';

/** The clerk's window. It draws the view and sends intents; what is open (drawer, help) is all that it decides. */
export function OperatorScreen({ screen, state }: { readonly screen: Screen; readonly state: ScreenState }) {
  const language = useLanguage();
  const t = useText();
  const { view, deck, settings, customerDisplay } = state;
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const stage = view?.stage;
  const hasDeck = deck.length > 0;
  // Beside a real reader the deck is opened by those who ask for it (F3, help), and has no key of its own.
  const reader = view?.status.reader ?? null;
  const isVirtual = reader?.kind === 'virtual';
  const pin = useSyncExternalStore(screen.pin.subscribe, screen.pin.state);
  useSpeech(view?.voice ?? null, settings.voice && !customerDisplay);

  useEffect(() => {
    if (stage && closesDrawer(stage)) setDrawerOpen(false);
  }, [stage]);
  useEffect(() => {
    if (!isVirtual) setDrawerOpen(false);
  }, [isVirtual]);

  const sign = () => screen.send({ kind: stage === 'signedOut' ? 'operator.signIn' : 'operator.signOut' });

  function act(deed: Deed): void {
    switch (deed.kind) {
      case 'pin.digit':
        screen.pin.digit(deed.digit);
        break;
      case 'pin.clear':
        screen.pin.clear();
        break;
      case 'pin.confirm':
        void screen.pin.confirm();
        break;
      case 'amount.key':
        screen.typeAmount(deed.key);
        break;
      case 'confirm':
        screen.confirm();
        break;
      case 'cancel':
        screen.cancel();
        break;
      case 'help':
        setHelpOpen(!helpOpen);
        break;
      case 'drawer':
        setDrawerOpen(hasDeck && !drawerOpen);
        break;
      case 'language':
        screen.send({ kind: 'settings.change', language: language === 'en' ? 'zh-CN' : 'en' });
        break;
      case 'sign':
        sign();
        break;
    }
  }
  useKeyboardStays();
  useKeyboard(
    () => ({
      pinAsked: view !== null && view.pin !== null,
      pinHere: !customerDisplay,
      helpOpen,
      drawerOpen,
      mayTypeAmount: view !== null && mayTypeAmount(view.stage),
      onControl: onControl(),
    }),
    act,
  );

  if (view === null) return <p className="starting">{text('starting', language)}</p>;
  return (
    <div className="operator" data-testid="screen" data-stage={view.stage} data-panel={!customerDisplay}>
      <StatusBar
        status={view.status}
        settings={settings}
        onChange={(change) => screen.send({ kind: 'settings.change', ...change })}
      />
      <main className="counter">
        <div className="sale">
          <Headline view={view} />
          {view.receipt === null && bodyOf(view.stage) !== 'notice' && (
            <AmountLine view={view} draft={state.draft.text} />
          )}
          <Body screen={screen} view={view} />
        </div>
        {!customerDisplay && <CustomerPanel view={customerPart(view)} pin={screen.pin} title={t('customerPanel')} />}
        <TodayList rows={view.today} />
      </main>
      {drawerOpen && (
        <ReaderDrawer
          deck={deck}
          beside={isVirtual ? null : view.status.reader.name}
          onSwipe={(person, as, fault) => screen.send({ kind: 'deck.swipe', person, as, fault })}
          onClose={() => setDrawerOpen(false)}
        />
      )}
      <KeyBar
        view={view}
        drawerOpen={drawerOpen}
        hasDeck={hasDeck && (isVirtual || drawerOpen)}
        onCancel={screen.cancel}
        confirm={
          pin.phase === 'closed'
            ? { text: t(confirmText(view.confirm)), ready: view.confirm !== null, press: screen.confirm }
            : { text: t('confirmPin'), ready: pin.count === pin.length, press: () => void screen.pin.confirm() }
        }
        onHelp={() => setHelpOpen(true)}
        onDrawer={() => setDrawerOpen(!drawerOpen)}
        onSign={sign}
      >
        {customerDisplay && (view.pin === null ? <Caption voice={view.voice} /> : <PinElsewhere pin={view.pin} />)}
      </KeyBar>
      {helpOpen && <Help onDeck={hasDeck ? () => setDrawerOpen(true) : null} onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

interface BodyProps {
  readonly screen: Screen;
  readonly view: TerminalView;
}

function Body({ screen, view }: BodyProps) {
  const t = useText();
  switch (bodyOf(view.stage)) {
    case 'pad':
      return (
        <AmountPad onKey={screen.typeAmount} onConfirm={screen.confirm} confirmText={t(confirmText(view.confirm))} />
      );
    case 'ladder':
      return <FundingLadder split={view.split} working={view.stage === 'quoting'} />;
    case 'result':
      return (
        <div className="outcome" data-slip={view.receipt !== null}>
          <ResultPanel view={view} />
          {view.receipt !== null && <Slip lines={view.receipt} />}
        </div>
      );
    case 'notice':
      return <Notice view={view} onSignIn={screen.confirm} />;
  }
}

/** How far the customer is with the PIN, when the pad is on the other display. */
function PinElsewhere({ pin }: { readonly pin: PinView }) {
  const t = useText();
  return (
    <p className="pin-elsewhere" data-testid="pin-elsewhere">
      <Icon name="shield" />
      <span>{t('pinOnCustomerDisplay')}</span>
      <strong>{t('pinDots', { count: String(pin.typed), length: String(pin.length) })}</strong>
    </p>
  );
}

/** The large area while no sale is possible: before signing in, while starting, out of service. */
function Notice({ view, onSignIn }: { readonly view: TerminalView; readonly onSignIn: () => void }) {
  const t = useText();
  if (view.stage === 'signedOut') {
    return (
      <div className="notice">
        <BrandMark />
        <p>{t('signedOutLine')}</p>
        <button type="button" className="key-button key-go notice-go" data-testid="sign-in" onClick={onSignIn}>
          {t('signIn')}
        </button>
      </div>
    );
  }
  return (
    <div className="notice">
      {view.stage === 'outOfService' ? <Icon name="stopped" className="notice-icon" /> : <BrandMark />}
      <p>{t(view.stage === 'outOfService' ? 'outOfServiceLine' : 'recoveringLine')}</p>
    </div>
  );
}
