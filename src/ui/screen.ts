import type { Bridge, ScreenRole } from '../ipc/channels.ts';
import type { Intent } from '../ipc/intent.ts';
import type { CustomerView, DeckHousehold, Settings, TerminalView } from '../ipc/view.ts';
import { type AmountDraft, type AmountKey, abandoned, afterKey, afterView, emptyDraft } from './amount-draft.ts';
import type { KeyedMedium } from './binding-number.ts';
import { createPinKeys, type PinKeys, type Seal } from './pin-keys.ts';
import type { WedgeListener } from './wedge-keyboard.ts';

/** The two seals of a screen; `sealDigits` and `sealLine` of src/ipc. */
export interface Seals {
  readonly digits: Seal;
  readonly line: (line: string, publicKeyBase64: string) => ReturnType<Seal>;
}

/** What a screen draws from. */
export interface ScreenState {
  readonly role: ScreenRole;
  readonly settings: Settings;
  readonly view: TerminalView | null;
  readonly customerView: CustomerView | null;
  readonly deck: readonly DeckHousehold[];
  readonly customerDisplay: boolean;
  readonly wedgeKey: string;
  readonly draft: AmountDraft;
}

/** A screen's connection to the terminal: the state to draw, and the ways to say something. It decides nothing. */
export interface Screen {
  /** Null until the terminal has said hello. */
  readonly state: () => ScreenState | null;
  readonly subscribe: (listener: () => void) => () => void;
  readonly pin: PinKeys;
  /** What card readers and scanners type into this screen: sealed and handed on, in order, and kept nowhere. */
  readonly wedge: WedgeListener;
  readonly send: (intent: Intent) => void;
  readonly typeAmount: (key: AmountKey) => void;
  /** A number that a clerk has keyed in: sealed as what a reader types is, and kept nowhere. */
  readonly sendNumber: (medium: KeyedMedium, text: string) => void;
  /** Enter, outside of a PIN entry. */
  readonly confirm: () => void;
  readonly cancel: () => void;
}

/** Connects a screen to the bridge. Views that come before the hello are kept, so none is lost at start. */
export function createScreen(bridge: Bridge, seals: Seals): Screen {
  const listeners = new Set<() => void>();
  const send = (intent: Intent): void => void bridge.send(intent);
  const pin = createPinKeys(seals.digits, send);
  let sealing: Promise<void> = Promise.resolve();
  /** One after the other; what cannot be sealed goes nowhere. */
  function queue(work: () => Promise<void> | void): void {
    sealing = sealing.then(work).catch(() => undefined);
  }
  let state: ScreenState | null = null;
  let early: Partial<Pick<ScreenState, 'settings' | 'view' | 'customerView'>> = {};

  function change(part: Partial<ScreenState>): void {
    if (state === null) {
      early = { ...early, ...part };
      return;
    }
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }
  // The pad belongs to one screen: the customer's display where there is one, else the operator's.
  function followPin(): void {
    if (state === null) return;
    const view = state.role === 'customer' ? state.customerView : state.customerDisplay ? null : state.view;
    pin.follow(view?.pin ?? null);
  }

  bridge.onView((view) => {
    change({ view, ...(state && { draft: afterView(state.draft, view.amountText) }) });
    followPin();
  });
  bridge.onCustomerView((customerView) => {
    change({ customerView });
    followPin();
  });
  bridge.onSettings((settings) => change({ settings }));
  void bridge.hello().then((hello) => {
    const view = early.view ?? hello.view;
    state = {
      ...hello,
      ...early,
      view,
      draft: afterView(emptyDraft, view?.amountText ?? null),
    };
    change({});
    followPin();
  });

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pin,
    wedge: {
      began() {
        queue(() => send({ kind: 'wedge.began' }));
      },
      line(text) {
        const key = state?.wedgeKey;
        if (key === undefined) return;
        queue(async () => send({ kind: 'wedge.sealed', ...(await seals.line(text, key)) }));
      },
    },
    send,
    sendNumber(medium, text) {
      const key = state?.wedgeKey;
      if (key === undefined) return;
      queue(async () => send({ kind: 'binding.number', medium, ...(await seals.line(text, key)) }));
    },
    typeAmount(key) {
      if (state === null) return;
      const draft = afterKey(state.draft, key);
      if (draft === state.draft) return;
      change({ draft });
      send({ kind: 'amount.edit', text: draft.text });
    },
    confirm() {
      if (state?.view?.binding) {
        if (state.view.binding.confirm !== null) send({ kind: 'key.confirm' });
        return;
      }
      if (!state?.view?.confirm) return;
      switch (state.view.confirm) {
        case 'amount':
          send({ kind: 'amount.submit', text: state.draft.text });
          break;
        case 'signIn':
          send({ kind: 'operator.signIn' });
          break;
        default:
          send({ kind: 'key.confirm' });
      }
    },
    cancel() {
      send({ kind: 'key.cancel' });
      if (state) change({ draft: abandoned(state.draft) });
    },
  };
}
