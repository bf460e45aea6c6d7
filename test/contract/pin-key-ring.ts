import { openPinBlock } from '../../src/ports/pin-block.ts';
import { type PinKey, PinKeyFault } from '../../src/ports/pin-key.ts';
import type { PinBlock, PinBlockFormat } from '../../src/ports/pin-pad.ts';

/** PIN keys for a pad on the bench, one a format, and what opens its blocks. As a terminal does, it overwrites a key that
 *  it replaces. */
export class PinKeyRing {
  /** The ids of the keys that were taken, in order. */
  readonly taken: string[] = [];
  /** Keys of this length instead of 16 bytes. */
  keyBytes = 16;
  /** There is none to be had. */
  empty = false;
  readonly #copies = new Map<string, PinKey>();
  readonly #present = new Map<PinBlockFormat, PinKey>();

  take(format: PinBlockFormat): PinKey {
    if (this.empty) throw new PinKeyFault('none', 'no key');
    const key = this.#present.get(format) ?? this.#made(format);
    this.taken.push(key.keyId);
    return key;
  }

  /** Other keys from now on. */
  renew(): void {
    for (const { key } of this.#present.values()) key.fill(0);
    this.#present.clear();
  }

  /** The digits as text; null when the block opens under none of the keys. */
  open(block: PinBlock, pan: string): string | null {
    const key = this.#copies.get(block.keyId);
    const digits = key === undefined ? null : openPinBlock(block, pan, key);
    return digits === null ? null : [...digits].join('');
  }

  #made(format: PinBlockFormat): PinKey {
    const serial = this.#copies.size + 1;
    const bytes = Uint8Array.from({ length: this.keyBytes }, (_, at) => (at * 13 + serial * 57) & 0xff);
    const key = { format, keyId: `key ${serial}`, key: bytes };
    this.#present.set(format, key);
    this.#copies.set(key.keyId, { ...key, key: Uint8Array.from(bytes) });
    return key;
  }
}
