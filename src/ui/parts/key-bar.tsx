import type { ReactNode } from 'react';
import type { TerminalView } from '../../ipc/view.ts';
import { useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { Icon } from './icons.tsx';

const confirmTexts = {
  amount: 'confirmAmount',
  quote: 'confirmQuote',
  finish: 'confirmFinish',
  signIn: 'confirmSignIn',
} as const satisfies Record<NonNullable<TerminalView['confirm']>, TextId>;

/** What the confirm key says now. */
export function confirmText(confirm: TerminalView['confirm']): TextId {
  return confirm === null ? 'confirmNothing' : confirmTexts[confirm];
}

interface KeyBarProps {
  readonly view: TerminalView;
  readonly drawerOpen: boolean;
  readonly hasDeck: boolean;
  readonly onCancel: () => void;
  readonly confirm: { readonly text: string; readonly ready: boolean; readonly press: () => void };
  readonly onHelp: () => void;
  readonly onDrawer: () => void;
  readonly onSign: () => void;
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
        data-off={!view.cancellable}
        data-testid="key-cancel"
        onClick={props.onCancel}
      >
        <kbd>Esc</kbd>
        {t('cancel')}
      </button>
      <div className="key-bar-middle">{props.children}</div>
      <button type="button" className="key-button key-quiet" data-testid="key-help" onClick={props.onHelp}>
        <kbd>F1</kbd>
        {t('keysHelp')}
      </button>
      {props.hasDeck && (
        <button
          type="button"
          className="key-button key-quiet"
          data-testid="key-drawer"
          aria-expanded={props.drawerOpen}
          onClick={props.onDrawer}
        >
          <kbd>F3</kbd>
          <Icon name="card" />
          {t('deck')}
        </button>
      )}
      {!signedOut && (
        <button type="button" className="key-button key-quiet" data-testid="key-sign" onClick={props.onSign}>
          <kbd>F12</kbd>
          {t('signOut')}
        </button>
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
