import { useLayoutEffect, useSyncExternalStore } from 'react';
import { CustomerScreen } from './customer-screen.tsx';
import { LanguageContext } from './language.ts';
import { OperatorScreen } from './operator-screen.tsx';
import type { Screen } from './screen.ts';
import { text } from './texts.ts';

/** The window: the operator's screen or the customer's display, in the language and theme of the settings. */
export function Kiosk({ screen }: { readonly screen: Screen }) {
  const state = useSyncExternalStore(screen.subscribe, screen.state);
  const language = state?.settings.language ?? 'zh-CN';
  const theme = state?.settings.theme ?? 'system';
  const role = state?.role ?? 'operator';
  useLayoutEffect(() => {
    const page = document.documentElement;
    page.lang = language;
    page.dataset.theme = theme;
    page.dataset.role = role;
    document.title = text('product', language);
  }, [language, theme, role]);

  if (state === null) return <p className="starting">{text('starting', language)}</p>;
  return (
    <LanguageContext value={language}>
      {role === 'customer' ? (
        <CustomerScreen screen={screen} state={state} />
      ) : (
        <OperatorScreen screen={screen} state={state} />
      )}
    </LanguageContext>
  );
}
