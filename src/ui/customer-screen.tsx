import { nothingOpen } from './keys.ts';
import { useLanguage, useText } from './language.ts';
import { CustomerPanel } from './parts/customer-panel.tsx';
import type { Screen, ScreenState } from './screen.ts';
import { text } from './texts.ts';
import { onControl, useKeyboard, useKeyboardStays } from './use-keyboard.ts';
import { useSpeech } from './use-speech.ts';

/** The customer's display: the panel alone, full screen. Its keys are the PIN's, and cancel. */
export function CustomerScreen({ screen, state }: { readonly screen: Screen; readonly state: ScreenState }) {
  const language = useLanguage();
  const t = useText();
  const view = state.customerView;
  useSpeech(view?.voice ?? null, state.settings.voice);
  useKeyboardStays();
  useKeyboard(
    () => ({ ...nothingOpen, pinAsked: view !== null && view.pin !== null, onControl: onControl() }),
    (deed) => {
      if (deed.kind === 'pin.digit') screen.pin.digit(deed.digit);
      else if (deed.kind === 'pin.clear') screen.pin.clear();
      else if (deed.kind === 'pin.confirm') void screen.pin.confirm();
      else if (deed.kind === 'cancel') screen.cancel();
    },
  );
  if (view === null) return <p className="starting">{text('starting', language)}</p>;
  return (
    <div className="customer-display" data-testid="screen" data-stage={view.stage}>
      <CustomerPanel view={view} pin={screen.pin} title={t('product')} />
      <p className="customer-display-foot">{t('testEnvironmentLong')}</p>
    </div>
  );
}
