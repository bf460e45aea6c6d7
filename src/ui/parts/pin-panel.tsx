import { useSyncExternalStore } from 'react';
import { useText } from '../language.ts';
import type { PinKeys } from '../pin-keys.ts';
import { Icon } from './icons.tsx';

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** The customer's PIN pad: dots and keys. It knows how many digits there are and hands each key straight to the pad's
 *  buffer; no digit is kept in here. */
export function PinPanel({
  pin,
  typed,
  length,
}: {
  readonly pin: PinKeys;
  readonly typed: number;
  readonly length: number;
}) {
  const t = useText();
  const state = useSyncExternalStore(pin.subscribe, pin.state);
  const count = state.phase === 'closed' ? typed : state.count;
  const complete = count >= length;
  return (
    <div className="pin" data-testid="pin-panel">
      <PinDots count={count} length={length} />
      <p className="pin-hint" data-warn={state.tooShort} aria-live="polite">
        {state.phase === 'sealing' ? (
          t('pinSealing')
        ) : state.tooShort ? (
          t('pinTooShort', { missing: String(length - count) })
        ) : (
          <>
            <Icon name="shield" />
            {t('pinShield')}
          </>
        )}
      </p>
      <div className="pin-keys">
        {digits.map((digit) => (
          <PinDigit key={digit} digit={digit} pin={pin} />
        ))}
        <button type="button" className="pin-key pin-clear" data-testid="pin-key-clear" onClick={pin.clear}>
          {t('pinClear')}
        </button>
        <PinDigit digit={0} pin={pin} />
        <button
          type="button"
          className="pin-key pin-confirm"
          data-testid="pin-key-confirm"
          data-ready={complete}
          onClick={() => void pin.confirm()}
        >
          {t('pinConfirm')}
        </button>
      </div>
    </div>
  );
}

/** How many digits there are, never which. */
export function PinDots({ count, length }: { readonly count: number; readonly length: number }) {
  const t = useText();
  return (
    <div
      className="pin-dots"
      role="img"
      aria-label={t('pinDots', { count: String(count), length: String(length) })}
      data-testid="pin-dots"
      data-count={count}
    >
      {Array.from({ length }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a dot is its position.
        <span key={index} className="pin-dot" data-filled={index < count} />
      ))}
    </div>
  );
}

function PinDigit({ digit, pin }: { readonly digit: number; readonly pin: PinKeys }) {
  return (
    <button type="button" className="pin-key" data-testid={`pin-key-${digit}`} onClick={() => pin.digit(digit)}>
      {digit}
    </button>
  );
}
