import type { Intent } from './intent.ts';
import type { CustomerView, DeckHousehold, Settings, TerminalView } from './view.ts';

/** The channel table: every message between the main process and a screen, by name. */
export const channels = {
  /** screen → main, invoke: an `Intent`; resolves when it was taken. */
  intent: 'gongji:intent',
  /** screen → main, invoke: the state to start from (`Hello`). */
  hello: 'gongji:hello',
  /** main → operator's screen: a `TerminalView` after every change. */
  view: 'gongji:view',
  /** main → customer's display: a `CustomerView` after every change. */
  customerView: 'gongji:customer-view',
  /** main → every screen: `Settings` after a change. */
  settings: 'gongji:settings',
} as const;

export type ScreenRole = 'operator' | 'customer';

/** What a screen gets when it starts. `deck` is empty for the customer's display. */
export interface Hello {
  readonly role: ScreenRole;
  readonly settings: Settings;
  readonly view: TerminalView | null;
  readonly customerView: CustomerView | null;
  readonly deck: readonly DeckHousehold[];
  /** P-256 public key, uncompressed point, base64: what devices type on this screen is sealed for it. */
  readonly wedgeKey: string;
  /** True when a second display carries the customer's panel, so that the operator's screen leaves it out. */
  readonly customerDisplay: boolean;
}

/** What the preload puts on `window.gongji`: the only bridge. */
export interface Bridge {
  hello(): Promise<Hello>;
  send(intent: Intent): Promise<void>;
  onView(listener: (view: TerminalView) => void): () => void;
  onCustomerView(listener: (view: CustomerView) => void): () => void;
  onSettings(listener: (settings: Settings) => void): () => void;
}
