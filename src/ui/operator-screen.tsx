import { useEffect, useState, useSyncExternalStore } from 'react';
import { customerPart } from '../ipc/customer-part.ts';
import type { PinView, TerminalView } from '../ipc/view.ts';
import { isClerksAlone } from './binding-turn.ts';
import type { Deed } from './keys.ts';
import { useLanguage, useText } from './language.ts';
import { AmountLine } from './parts/amount-line.tsx';
import { AmountPad } from './parts/amount-pad.tsx';
import { BindingDesk } from './parts/binding-desk.tsx';
import { Caption, CustomerPanel } from './parts/customer-panel.tsx';
import { DayEnd } from './parts/day-end.tsx';
import { FundingLadder } from './parts/funding-ladder.tsx';
import { Headline } from './parts/headline.tsx';
import { Help } from './parts/help.tsx';
import { BrandMark, Icon } from './parts/icons.tsx';
import { InquiryPanel } from './parts/inquiry-panel.tsx';
import { confirmText, KeyBar } from './parts/key-bar.tsx';
import { LargeSlip } from './parts/large-slip.tsx';
import { ReaderDrawer } from './parts/reader-drawer.tsx';
import { ResultPanel } from './parts/result-panel.tsx';
import { ReturnLadder } from './parts/return-ladder.tsx';
import { SaleSheet } from './parts/sale-sheet.tsx';
import { Slip } from './parts/slip.tsx';
import { StatusBar } from './parts/status-bar.tsx';
import { pageBefore, Supervisor, type SupervisorPage } from './parts/supervisor.tsx';
import { TodayList } from './parts/today-list.tsx';
import {
  chosenRow,
  closedList,
  movedAction,
  movedRow,
  openedList,
  pressed,
  refundTyped,
  type SaleAction,
  type SalesList,
  steppedBack,
} from './sales-list.ts';
import type { Screen, ScreenState } from './screen.ts';
import { text } from './texts.ts';
import { bodyOf, closesDrawer, mayLookAside, mayOpenDesk, mayTypeAmount } from './turn.ts';
import { useDesk } from './use-desk.ts';
import { inField, isPadOpen, onButton, onControl, useKeyboard, useKeyboardStays } from './use-keyboard.ts';
import { useSpeech } from './use-speech.ts';

/** The clerk's window. It draws the view and sends intents; what is open (drawer, help, list of sales, supervisor's panel)
 *  is all that it decides. */
export function OperatorScreen({ screen, state }: { readonly screen: Screen; readonly state: ScreenState }) {
  const language = useLanguage();
  const t = useText();
  const { view, deck, settings, customerDisplay } = state;
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const [list, setList] = useState<SalesList>(closedList);
  const [supervisor, setSupervisor] = useState<SupervisorPage | null>(null);
  const [slipOpen, setSlipOpen] = useState(false);
  const stage = view?.stage;
  const hasDeck = deck.length > 0;
  // Beside a real reader the deck is opened by those who ask for it (F3, help), and has no key of its own.
  const reader = view?.status.reader ?? null;
  const isVirtual = reader?.kind === 'virtual';
  const pin = useSyncExternalStore(screen.pin.subscribe, screen.pin.state);
  useSpeech(view?.voice ?? null, settings.voice && !customerDisplay);

  useEffect(() => {
    if (stage && closesDrawer(stage)) setDrawerOpen(false);
    setSlipOpen(false);
    // What has just come out lies under nothing.
    if (stage && bodyOf(stage) === 'result') {
      setList(closedList);
      setSupervisor(null);
    }
  }, [stage]);
  useEffect(() => {
    if (!isVirtual) setDrawerOpen(false);
  }, [isVirtual]);

  const inquiryStage = view?.inquiry?.stage ?? null;
  useEffect(() => {
    if (inquiryStage !== null && inquiryStage !== 'awaitingCard') setDrawerOpen(false);
  }, [inquiryStage]);
  const binding = view?.binding ?? null;
  const bindingStage = binding?.stage ?? null;
  const desk = useDesk(screen, view);
  useEffect(() => {
    if (bindingStage === null) return;
    setList(closedList);
    setSlipOpen(false);
    if (bindingStage !== 'awaitingProvider' && bindingStage !== 'awaitingBeneficiary') setDrawerOpen(false);
  }, [bindingStage]);
  const mayLook = view !== null && mayLookAside(view);
  const mayOpen = view !== null && mayOpenDesk(view);
  useEffect(() => {
    if (mayLook) return;
    setList(closedList);
    setSupervisor(null);
  }, [mayLook]);
  // The list goes back to the present day with the clerk.
  const listIsOpen = list.phase !== 'closed';
  const isOtherDay = view !== null && view.listDay !== null;
  useEffect(() => {
    if (!listIsOpen && isOtherDay) screen.send({ kind: 'list.turn', to: 'today' });
  }, [listIsOpen, isOtherDay, screen]);

  function openList(msgId: string | null): void {
    if (view === null || !mayLook) return;
    setDrawerOpen(false);
    setList(openedList(view, msgId));
  }
  function toggleDrawer(): void {
    setList(closedList);
    setDrawerOpen(hasDeck && !drawerOpen);
  }
  function pressAction(action?: SaleAction): void {
    if (view === null) return;
    const next = pressed(list, view, action);
    setList(next.list);
    if (next.intent !== null) screen.send(next.intent);
  }
  const turnDay = (to: 'previous' | 'next') => screen.send({ kind: 'list.turn', to });
  const inquire = () => screen.send({ kind: view?.inquiry ? 'inquiry.close' : 'inquiry.start' });
  const closeInquiry = () => screen.send({ kind: 'inquiry.close' });
  const reprinted = view?.reprint ?? null;
  const dayEnd = view?.dayEnd ?? null;
  const receipt = dayEnd?.receipt ?? (binding === null ? view?.receipt : binding.receipt) ?? null;
  const largeSlip = reprinted ?? (slipOpen ? receipt : null);
  const hasPin = view !== null && (view.pin !== null || view.padPin !== null);
  const inquiry = hasPin ? null : (view?.inquiry ?? null);
  function closeSlip(): void {
    setSlipOpen(false);
    if (reprinted !== null) screen.send({ kind: 'receipt.close' });
  }
  const sign = () => screen.send({ kind: stage === 'signedOut' ? 'operator.signIn' : 'operator.signOut' });

  const openDesk = () => screen.send({ kind: binding === null ? 'binding.start' : 'binding.close' });
  const openDayEnd = () => screen.send({ kind: 'dayEnd.start', day: 'today' });

  function act(deed: Deed): void {
    if (desk.act(deed)) return;
    switch (deed.kind) {
      case 'binding':
        openDesk();
        break;
      case 'dayEnd':
        openDayEnd();
        break;
      case 'dayEnd.close':
        screen.send({ kind: 'dayEnd.close' });
        break;
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
      case 'amount.refused':
        screen.send({ kind: 'amount.edit', text: String(deed.digit) });
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
        toggleDrawer();
        break;
      case 'inquiry':
        inquire();
        break;
      case 'inquiry.close':
        closeInquiry();
        break;
      case 'list':
        if (list.phase === 'closed') openList(null);
        else setList(closedList);
        break;
      case 'list.row':
        if (view !== null) setList(movedRow(list, view, deed.step));
        break;
      case 'list.action':
        if (view !== null) setList(movedAction(list, view, deed.step));
        break;
      case 'list.day':
        turnDay(deed.step < 0 ? 'previous' : 'next');
        break;
      case 'refund.key':
        setList(refundTyped(list, deed.key));
        break;
      case 'list.confirm':
        pressAction();
        break;
      case 'list.back':
        setList(steppedBack(list));
        break;
      case 'supervisor':
        setSupervisor(supervisor === null ? 'overview' : null);
        break;
      case 'supervisor.back':
        if (supervisor !== null) setSupervisor(pageBefore(supervisor));
        break;
      case 'slip.close':
        closeSlip();
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
      saleRefused: stage === 'unknown',
      onControl: onControl(),
      inField: inField(),
      slipOpen: largeSlip !== null,
      supervisorOpen: supervisor !== null,
      inquiryOpen: inquiry !== null,
      list: list.phase,
      mayLook,
      desk: desk.kind,
      dayEndOpen: dayEnd !== null,
      mayOpenDesk: mayOpen,
      padOpen: isPadOpen(),
      onButton: onButton(),
    }),
    act,
  );

  if (view === null) return <p className="starting">{text('starting', language)}</p>;
  const sheetOpen = listIsOpen && mayLook;
  const isAlone = binding !== null && isClerksAlone(binding.stage);
  return (
    <div
      className="operator"
      data-testid="screen"
      data-stage={view.stage}
      data-panel={!customerDisplay}
      data-desk={bindingStage ?? 'closed'}
    >
      <StatusBar
        status={view.status}
        suspended={view.suspended.length}
        settings={settings}
        onSuspended={() => mayLook && setSupervisor('overview')}
        onChange={(change) => screen.send({ kind: 'settings.change', ...change })}
      />
      <main className="counter" data-alone={isAlone}>
        {binding !== null ? (
          <BindingDesk screen={screen} view={view} desk={desk} onSlip={() => setSlipOpen(true)} />
        ) : sheetOpen ? (
          <SaleSheet
            view={view}
            list={list}
            onAction={pressAction}
            onDay={turnDay}
            onKey={(key) => setList(refundTyped(list, key))}
            onConfirm={() => pressAction()}
          />
        ) : (
          <div className="sale">
            <Headline view={view} />
            {hasAmountLine(view) && <AmountLine view={view} draft={state.draft.text} />}
            <Body screen={screen} view={view} onSlip={() => setSlipOpen(true)} />
          </div>
        )}
        {!customerDisplay && !isAlone && (
          <CustomerPanel view={customerPart(view)} pin={screen.pin} title={t('customerPanel')} />
        )}
        {isAlone ? null : inquiry !== null ? (
          <InquiryPanel inquiry={inquiry} onClose={closeInquiry} />
        ) : (
          <TodayList
            rows={view.today}
            day={view.listDay}
            chosen={sheetOpen ? (chosenRow(list, view)?.msgId ?? null) : null}
            onChoose={mayLook ? openList : null}
          />
        )}
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
        back={
          binding?.canGoBack
            ? desk.back
            : sheetOpen
              ? () => setList(steppedBack(list))
              : inquiry !== null
                ? closeInquiry
                : null
        }
        onCancel={screen.cancel}
        sheetOpen={sheetOpen}
        confirm={
          pin.phase !== 'closed'
            ? { text: t('confirmPin'), ready: pin.count === pin.length, press: () => void screen.pin.confirm() }
            : binding !== null
              ? { ...desk.confirm, text: t(desk.confirm.text) }
              : sheetOpen
                ? { text: t(actionText(list)), ready: pressable(list, view), press: () => pressAction() }
                : { text: t(confirmText(view)), ready: view.confirm !== null, press: screen.confirm }
        }
        onHelp={() => setHelpOpen(true)}
        onDrawer={toggleDrawer}
        onSign={sign}
        mayLook={mayLook}
        mayOpenDesk={mayOpen}
        onBinding={openDesk}
        onDayEnd={openDayEnd}
        onInquiry={inquire}
        onList={() => (sheetOpen ? setList(closedList) : openList(null))}
        onSupervisor={() => setSupervisor('overview')}
      >
        {customerDisplay && (view.pin === null ? <Caption voice={view.voice} /> : <PinElsewhere pin={view.pin} />)}
      </KeyBar>
      {supervisor !== null && mayLook && (
        <Supervisor
          view={view}
          page={supervisor}
          onPage={setSupervisor}
          onSend={screen.send}
          onClose={() => setSupervisor(null)}
        />
      )}
      {dayEnd !== null && <DayEnd dayEnd={dayEnd} onSend={screen.send} onSlip={() => setSlipOpen(true)} />}
      {largeSlip !== null && !hasPin && (
        <LargeSlip lines={largeSlip} title={reprinted === null ? 'slip' : 'reprintTitle'} onClose={closeSlip} />
      )}
      {helpOpen && <Help onDeck={hasDeck ? () => setDrawerOpen(true) : null} onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

const actionTexts = { cancel: 'actCancel', refund: 'actRefund', reprint: 'actReprint' } as const;

/** What Enter does in the list. */
function actionText(list: SalesList): (typeof actionTexts)[SaleAction] {
  return list.phase === 'amount' ? 'actRefund' : actionTexts[list.action];
}

function pressable(list: SalesList, view: TerminalView): boolean {
  const next = pressed(list, view);
  return next.intent !== null || next.list.phase !== list.phase;
}

/** A slip, a notice, an outcome that nobody knows and a result without an amount take its room as well. */
function hasAmountLine(view: TerminalView): boolean {
  if (view.receipt !== null || view.stage === 'unknown') return false;
  return bodyOf(view.stage) === 'result' ? view.amount !== null : bodyOf(view.stage) !== 'notice';
}

interface BodyProps {
  readonly screen: Screen;
  readonly view: TerminalView;
  /** Somebody wants to read the slip. */
  readonly onSlip: () => void;
}

function Body({ screen, view, onSlip }: BodyProps) {
  const t = useText();
  switch (bodyOf(view.stage)) {
    case 'pad':
      return <AmountPad onKey={screen.typeAmount} onConfirm={screen.confirm} confirmText={t(confirmText(view))} />;
    case 'ladder':
      return <FundingLadder split={view.split} working={view.stage === 'quoting'} />;
    case 'return':
      return <ReturnLadder back={view.undoQuote} />;
    case 'result':
      return (
        <div className="outcome" data-slip={view.receipt !== null} data-whole={!hasAmountLine(view)}>
          <ResultPanel view={view} />
          {view.receipt !== null && <Slip lines={view.receipt} onEnlarge={onSlip} />}
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
  if (view.stage === 'signingIn') {
    return (
      <div className="notice">
        <BrandMark />
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
