import type { ReactNode } from 'react';
import type { TerminalView } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { bodyOf } from '../turn.ts';

const confirmTexts = {
  amount: 'confirmAmount',
  quote: 'confirmQuote',
  finish: 'confirmFinish',
  signIn: 'confirmSignIn',
} as const satisfies Partial<Record<NonNullable<TerminalView['confirm']>, TextId>>;

/** What the confirm key says now. */
export function confirmText(view: Pick<TerminalView, 'stage' | 'confirm' | 'undoQuote' | 'unknown'>): TextId {
  switch (view.confirm) {
    case null:
      // A result takes its key after a moment; the word is there from the beginning.
      return view.stage !== 'unknown' && bodyOf(view.stage) === 'result' ? 'confirmFinish' : 'confirmNothing';
    case 'undo':
      return view.undoQuote?.kind === 'cancel' ? 'confirmUndoCancel' : 'confirmUndoRefund';
    case 'query':
      return view.unknown?.step === 'reverse' ? 'confirmReverse' : 'confirmQuery';
    default:
      return confirmTexts[view.confirm];
  }
}

interface KeyBarProps {
  readonly view: TerminalView;
  readonly drawerOpen: boolean;
  readonly hasDeck: boolean;
  readonly onCancel: () => void;
  /** Something lies over or beside the sale, which the cancel key closes first. */
  readonly back: (() => void) | null;
  readonly confirm: { readonly text: string; readonly ready: boolean; readonly press: () => void };
  readonly onHelp: () => void;
  readonly onDrawer: () => void;
  readonly onSign: () => void;
  readonly sheetOpen: boolean;
  /** What lies beside a sale may be opened now. */
  readonly mayLook: boolean;
  /** The binding desk and the day's end may be opened. */
  readonly mayOpenDesk: boolean;
  readonly onBinding: () => void;
  readonly onDayEnd: () => void;
  readonly onInquiry: () => void;
  readonly onList: () => void;
  readonly onSupervisor: () => void;
  readonly children: ReactNode;
}

/** The keys, always at the same place: cancel on the left, go on the right. Cancel stays pressable when it cannot work:
 *  the terminal then says why. */
export function KeyBar(props: KeyBarProps) {
  const t = useText();
  const { view } = props;
  const signedOut = view.stage === 'signedOut';
  return (
    <footer className="key-bar">
      <button
        type="button"
        className="key-button key-cancel"
        data-off={!(view.binding ?? view).cancellable && props.back === null}
        data-testid="key-cancel"
        onClick={props.back ?? props.onCancel}
      >
        <kbd>Esc</kbd>
        {t(props.back === null ? 'cancel' : 'goBack')}
      </button>
      <div className="key-bar-middle">{props.children}</div>
      {/* While a PIN is asked for they make room for how far the customer is. */}
      {view.pin === null && (
        <>
          <QuietKey
            name="F2"
            word={t('inquiryKey')}
            testId="key-inquiry"
            onPress={props.onInquiry}
            off={!props.mayLook}
            open={view.inquiry !== null}
          />
          <QuietKey
            name="F4"
            word={t(view.binding === null ? 'bindingKey' : 'deskClose')}
            testId="key-binding"
            onPress={props.onBinding}
            off={!props.mayOpenDesk && view.binding === null}
            open={view.binding !== null}
          />
          <QuietKey
            name="F6"
            word={t('undoKey')}
            testId="key-list"
            onPress={props.onList}
            off={!props.mayLook}
            open={props.sheetOpen}
          />
          <QuietKey
            name="F9"
            word={t('dayEndKey')}
            testId="key-day-end"
            onPress={props.onDayEnd}
            off={!props.mayOpenDesk}
          />
          <QuietKey
            name="F10"
            word={t('supervisorKey')}
            testId="key-supervisor"
            onPress={props.onSupervisor}
            off={!props.mayLook}
          />
        </>
      )}
      <QuietKey name="F1" word={t('keysHelp')} testId="key-help" onPress={props.onHelp} />
      {props.hasDeck && (
        <QuietKey name="F3" word={t('deck')} testId="key-drawer" onPress={props.onDrawer} open={props.drawerOpen} />
      )}
      {!signedOut && (
        <QuietKey name="F12" word={t('signOut')} testId="key-sign" onPress={props.onSign} off={view.binding !== null} />
      )}
      <button
        type="button"
        className="key-button key-go"
        data-testid="key-confirm"
        disabled={!props.confirm.ready}
        onClick={props.confirm.press}
      >
        <kbd>Enter</kbd>
        {props.confirm.text}
      </button>
    </footer>
  );
}

/** A key beside the two large ones: its name over its word, so that a row of them fits. */
function QuietKey(props: {
  readonly name: string;
  readonly word: string;
  readonly testId: string;
  readonly onPress: () => void;
  readonly open?: boolean;
  readonly off?: boolean;
}) {
  return (
    <button
      type="button"
      className="key-button key-quiet key-small"
      data-testid={props.testId}
      aria-expanded={props.open}
      disabled={props.off}
      onClick={props.onPress}
    >
      <kbd>{props.name}</kbd>
      {props.word}
    </button>
  );
}
