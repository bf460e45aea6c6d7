import type { Intent } from '../ipc/intent.ts';
import type { PinView } from '../ipc/view.ts';

/** What a screen may know of a PIN entry: how many digits, never which. */
export interface PinKeysState {
  readonly phase: 'closed' | 'open' | 'sealing';
  readonly count: number;
  readonly length: number;
  /** Confirm was pressed before all digits were there. */
  readonly tooShort: boolean;
}

/** Seals digits for the PIN pad driver; the signature of `sealDigits` in src/ipc/pin-seal.ts. */
export type Seal = (
  digits: Uint8Array,
  session: string,
  publicKeyBase64: string,
) => Promise<{ readonly publicKey: string; readonly iv: string; readonly sealed: string }>;

/** The screen's PIN pad. The digits live in one buffer in here, outside of React and of the document; it is overwritten
 *  when they are sealed, cleared, or when the session ends or changes. */
export interface PinKeys {
  readonly state: () => PinKeysState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Follows the terminal: opens for a new session, wipes when it ends. */
  readonly follow: (pin: PinView | null) => void;
  readonly digit: (digit: number) => void;
  readonly clear: () => void;
  /** Seals and sends when all digits are there. */
  readonly confirm: () => Promise<void>;
}

/** PINs of the policy profiles have 6 digits; ISO 9564 allows up to 12. */
const digitsMax = 12;

const closed: PinKeysState = { phase: 'closed', count: 0, length: 0, tooShort: false };

export function createPinKeys(seal: Seal, send: (intent: Intent) => void): PinKeys {
  // Of an ArrayBuffer of its own: V8 copies small arrays about, and such copies cannot be overwritten.
  const digits = new Uint8Array(new ArrayBuffer(digitsMax));
  const listeners = new Set<() => void>();
  let session: PinView | null = null;
  let current = closed;

  function show(next: PinKeysState): void {
    current = next;
    for (const listener of listeners) listener();
  }
  function wipe(): void {
    digits.fill(0);
  }
  function report(count: number): void {
    if (session) send({ kind: 'pin.typed', session: session.session, count });
  }

  return {
    state: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    follow(pin) {
      if (pin?.session === session?.session) return;
      wipe();
      session = pin;
      show(
        pin === null ? closed : { phase: 'open', count: 0, length: Math.min(pin.length, digitsMax), tooShort: false },
      );
    },
    digit(digit) {
      if (current.phase !== 'open' || current.count >= current.length) return;
      digits[current.count] = digit;
      show({ ...current, count: current.count + 1, tooShort: false });
      report(current.count);
    },
    clear() {
      if (current.phase !== 'open') return;
      wipe();
      show({ ...current, count: 0, tooShort: false });
      report(0);
    },
    async confirm() {
      const open = session;
      if (current.phase !== 'open' || open === null) return;
      if (current.count < current.length) return show({ ...current, tooShort: true });
      show({ ...current, phase: 'sealing' });
      try {
        const sealed = await seal(digits.subarray(0, current.length), open.session, open.publicKey);
        // The session may have ended while sealing: then the buffer was wiped and what was sealed is worth nothing.
        if (session === open) send({ kind: 'pin.sealed', session: open.session, ...sealed });
      } catch {
        // Nothing has left the pad: the customer may type again.
        if (session === open) {
          show({ ...current, phase: 'open', count: 0 });
          report(0);
        }
      } finally {
        if (session === open) wipe();
      }
    },
  };
}
