import { unwrapKey } from '../../ports/key-wrap.ts';
import { keyCheckValue } from '../../ports/pin-block.ts';
import { type PinKey, PinKeyFault, type PinKeyHolder, type WrappedPinKey } from '../../ports/pin-key.ts';
import type { PinBlockFormat } from '../../ports/pin-pad.ts';

export interface TerminalPinKeysOptions {
  /** The terminal's key, under which the centre wraps: 16 or 32 bytes. It is copied. */
  readonly terminalKey: Uint8Array;
  /** What the counter's PIN pads seal. */
  readonly formats: readonly PinBlockFormat[];
}

interface HeldKey extends PinKey {
  readonly usesMax: number;
  uses: number;
}

/** The PIN keys of a terminal's present sign-in, in the clear in this process only; a key that is replaced or dropped is
 *  overwritten. Uses are counted here as well as at the centre, so that the terminal signs in anew before a PIN is typed
 *  that the centre would not take. */
export class TerminalPinKeys implements PinKeyHolder {
  readonly formats: readonly PinBlockFormat[];
  readonly #terminalKey: Uint8Array;
  readonly #keys = new Map<PinBlockFormat, HeldKey>();

  constructor({ terminalKey, formats }: TerminalPinKeysOptions) {
    this.#terminalKey = Uint8Array.from(terminalKey);
    this.formats = [...formats];
  }

  mustRenew(): boolean {
    return this.formats.some((format) => {
      const held = this.#keys.get(format);
      return held === undefined || held.uses >= held.usesMax;
    });
  }

  /** Faults: `PinKeyFault` notUnwrapped also for a wrong check value, and when a format of ours is missing. */
  accept(keys: readonly WrappedPinKey[]): void {
    const unwrapped: HeldKey[] = [];
    try {
      for (const format of this.formats) unwrapped.push(this.#unwrapped(format, keys));
    } catch (fault) {
      for (const { key } of unwrapped) key.fill(0);
      throw fault;
    }
    this.drop();
    for (const held of unwrapped) this.#keys.set(held.format, held);
  }

  drop(): void {
    for (const { key } of this.#keys.values()) key.fill(0);
    this.#keys.clear();
  }

  /** The key for one PIN entry, which counts as a use. It stays ours: use it at once, and keep its id only.
   *  Faults: `PinKeyFault` none when there is no key for this format, or it is used up. */
  take(format: PinBlockFormat): PinKey {
    const held = this.#keys.get(format);
    if (held === undefined || held.uses >= held.usesMax) {
      throw new PinKeyFault('none', `there is no PIN key for ${format}; sign in first`);
    }
    held.uses += 1;
    const { keyId, key } = held;
    return { format, keyId, key };
  }

  #unwrapped(format: PinBlockFormat, keys: readonly WrappedPinKey[]): HeldKey {
    const wrapped = keys.find((key) => key.format === format);
    if (wrapped === undefined) throw notUnwrapped(`the centre gave no PIN key for ${format}`);
    const { keyId, usesMax, checkValue } = wrapped;
    const key = unwrapKey(this.#terminalKey, Buffer.from(wrapped.wrapped, 'hex'));
    if (key === null || key.length !== 16) {
      throw notUnwrapped(`the PIN key for ${format} is not wrapped under this terminal's key`);
    }
    if (keyCheckValue({ format, key }) === checkValue.toUpperCase()) return { format, keyId, key, usesMax, uses: 0 };
    key.fill(0);
    throw notUnwrapped(`the PIN key for ${format} is not the one of its check value`);
  }
}

function notUnwrapped(message: string): PinKeyFault {
  return new PinKeyFault('notUnwrapped', message);
}
