import type { Bridge } from '../../../src/ipc/channels.ts';
import { customerPart } from '../../../src/ipc/customer-part.ts';
import type { Intent } from '../../../src/ipc/intent.ts';
import type { CustomerView, Settings, TerminalView } from '../../../src/ipc/view.ts';
import { cannedViews, previewKey } from './canned-views.ts';
import { deck } from './deck.ts';

/** A bridge that shows one canned view and echoes what a screen may see change: the amount, the PIN's count, settings.
 *  Query: `view`, `lang`, `theme`, `screen=customer`, `display=1` (a customer's display exists), `deck=0`. Every intent
 *  is noted on `window.intents`. */
export function fakeBridge(query: URLSearchParams): Bridge {
  const make = cannedViews[query.get('view') ?? 'ready'] ?? cannedViews.ready;
  if (make === undefined) throw new Error('no such view');
  let view: TerminalView = make(Date.now());
  let settings: Settings = {
    language: query.get('lang') === 'en' ? 'en' : 'zh-CN',
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
    voice: query.get('voice') === '1',
  };
  const views = new Set<(view: TerminalView) => void>();
  const customerViews = new Set<(view: CustomerView) => void>();
  const settingsListeners = new Set<(settings: Settings) => void>();
  const intents: Intent[] = [];
  Object.defineProperty(window, 'intents', { value: intents });

  function change(part: Partial<TerminalView>): void {
    view = { ...view, ...part };
    for (const listener of views) listener(view);
    for (const listener of customerViews) listener(customerPart(view));
  }
  const on =
    <T>(listeners: Set<T>) =>
    (listener: T) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };

  return {
    hello: async () => ({
      role: query.get('screen') === 'customer' ? 'customer' : 'operator',
      settings,
      view,
      customerView: customerPart(view),
      deck: query.get('deck') === '0' ? [] : deck,
      wedgeKey: previewKey,
      customerDisplay: query.get('display') === '1',
    }),
    send: async (intent) => {
      intents.push(intent);
      if (intent.kind === 'amount.edit' && view.stage === 'unknown') {
        change({ notice: { id: 'saleWaits', params: { code: 'UNKNOWN_OUTCOME' } } });
      } else if (intent.kind === 'amount.edit') change({ stage: 'enteringAmount', amountText: intent.text });
      if (intent.kind === 'pin.typed' && view.pin) change({ pin: { ...view.pin, typed: intent.count } });
      if (intent.kind === 'settings.change') {
        const { kind: _, ...changed } = intent;
        settings = { ...settings, ...(changed as Partial<Settings>) };
        for (const listener of settingsListeners) listener(settings);
      }
    },
    onView: on(views),
    onCustomerView: on(customerViews),
    onSettings: on(settingsListeners),
  };
}
