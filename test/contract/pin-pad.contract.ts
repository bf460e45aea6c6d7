import { describe, expect, it } from 'vitest';
import { secret } from '../../src/domain/secret.ts';
import { syntheticPan } from '../../src/domain/synthetic.ts';
import { type PinEntry, type PinPad, PinPadFault } from '../../src/ports/pin-pad.ts';
import { PinKeyRing } from './pin-key-ring.ts';

/** A PIN pad on the bench: what a customer does to it. Each resolves when the pad has taken it. */
export interface PinPadRig {
  readonly pad: PinPad;
  /** Presses digit keys, one after the other. */
  type(digits: string): Promise<void>;
  press(key: 'backspace' | 'clear' | 'confirm' | 'cancel'): Promise<void>;
}

/** In what pads may differ. `tellsDigits`: the number of digits typed is known outside. `hasBackspace`: its last digit can be
 *  taken back by itself. `knowsLength`: it takes no other number of digits than was asked for; one that does not is asked
 *  again, and begins with no digits. */
export interface PinPadTraits {
  readonly tellsDigits: boolean;
  readonly hasBackspace: boolean;
  readonly knowsLength: boolean;
  /** Another pad takes over when this one fails. */
  readonly fallsBack?: boolean;
}

/** The contract of `PinPad`, for every adapter. `open` makes a fresh pad that seals with keys of this ring; what its
 *  listeners throw goes to `onListenerThrow`. */
export function pinPadContract(
  name: string,
  open: (keys: PinKeyRing, onListenerThrow: (thrown: unknown) => void) => Promise<PinPadRig>,
  traits: PinPadTraits = { tellsDigits: true, hasBackspace: true, knowsLength: true },
): void {
  let keys = new PinKeyRing();
  const pan = syntheticPan(1);
  const request = { pan: secret(pan), length: 6 };
  const never = new AbortController().signal;

  async function bench(onListenerThrow: (thrown: unknown) => void = () => undefined) {
    keys = new PinKeyRing();
    const rig = await open(keys, onListenerThrow);
    const counts: number[] = [];
    rig.pad.subscribe((count) => counts.push(count));
    return { ...rig, counts };
  }

  function digitsOf(entry: PinEntry): string | null {
    return entry.kind === 'entered' ? keys.open(entry.pinBlock, pan) : null;
  }

  describe(`contract of the PIN pad: ${name}`, () => {
    it('gives a PIN block of what was typed, bound to the card', async () => {
      const { pad, type, press } = await bench();
      const entered = pad.enter(request, never);
      await type('135790');
      await press('confirm');
      const entry = await entered;
      expect(digitsOf(entry)).toBe('135790');
      expect(entry.kind === 'entered' && keys.open(entry.pinBlock, syntheticPan(2))).not.toBe('135790');
      expect(JSON.stringify(entry)).not.toContain('135790');
    });

    it('takes one key an entry, and the block names it', async () => {
      const { pad, type, press } = await bench();
      for (const kept of [true, true, false, true]) {
        if (!kept) keys.renew();
        const entered = pad.enter(request, never);
        await type('135790');
        await press('confirm');
        const entry = await entered;
        expect(digitsOf(entry)).toBe('135790');
        expect(entry.kind === 'entered' && entry.pinBlock.keyId).toBe(keys.taken.at(-1));
      }
      expect(keys.taken).toEqual(['key 1', 'key 1', 'key 2', 'key 2']);
    });

    if (!traits.fallsBack) {
      it('without a key the entry fails, and the next one works', async () => {
        const { pad, type, press, counts } = await bench();
        keys.empty = true;
        const entered = pad.enter(request, never).catch((fault: unknown) => fault);
        await type('135790');
        await press('confirm');
        const fault: unknown = await entered;
        expect(fault).toBeInstanceOf(PinPadFault);
        expect(fault).toMatchObject({ code: 'failed' });
        expect(counts.at(-1)).toBe(0);
        keys.empty = false;
        const next = pad.enter(request, never);
        await type('246801');
        await press('confirm');
        expect(digitsOf(await next)).toBe('246801');
      });
    }

    it('tells the number of digits: none at the start, each key, none at the end', async () => {
      const { pad, type, press, counts } = await bench();
      const entered = pad.enter(request, never);
      await type('123');
      if (traits.hasBackspace) await press('backspace');
      await press('clear');
      await type('135790');
      await press('confirm');
      await entered;
      const changes = counts.filter((count, at) => at === 0 || count !== counts[at - 1]);
      const typed = [1, 2, 3, ...(traits.hasBackspace ? [2] : []), 0, 1, 2, 3, 4, 5, 6, 0];
      expect(changes).toEqual([0, ...(traits.tellsDigits ? typed : [])]);
      expect(counts.length).toBeGreaterThan(1);
    });

    if (traits.hasBackspace) {
      it('takes corrections: backspace the last digit', async () => {
        const { pad, type, press } = await bench();
        const entered = pad.enter(request, never);
        await type('13588');
        await press('backspace');
        await press('backspace');
        await type('790');
        await press('confirm');
        expect(digitsOf(await entered)).toBe('135790');
      });
    }

    it('takes corrections: clear all digits', async () => {
      const { pad, type, press } = await bench();
      const entered = pad.enter(request, never);
      await type('99');
      await press('clear');
      await type('135790');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('135790');
    });

    it('confirming too few digits ends nothing', async () => {
      const { pad, type, press } = await bench();
      const entered = pad.enter(request, never);
      await press('confirm');
      await type('13579');
      await press('confirm');
      await type(traits.knowsLength ? '0' : '135790');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('135790');
    });

    it('more digits than asked for make no PIN', async () => {
      const { pad, type, press } = await bench();
      const entered = pad.enter(request, never);
      await type('135790888');
      await press('confirm');
      if (!traits.knowsLength) {
        await type('135790');
        await press('confirm');
      }
      expect(digitsOf(await entered)).toBe('135790');
    });

    it('cancel ends the entry, and nothing of it is in the next one', async () => {
      const { pad, type, press, counts } = await bench();
      const cancelled = pad.enter(request, never);
      await type('1357');
      await press('cancel');
      expect(await cancelled).toEqual({ kind: 'cancelled' });
      expect(counts.at(-1)).toBe(0);
      const entered = pad.enter(request, never);
      await type('246801');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('246801');
    });

    it('the signal ends the entry, and nothing of it is in the next one', async () => {
      const { pad, type, press, counts } = await bench();
      const signal = new AbortController();
      const ended = pad.enter(request, signal.signal);
      await type('1357');
      signal.abort();
      expect(await ended).toEqual({ kind: 'cancelled' });
      expect(counts.at(-1)).toBe(0);
      expect(await pad.enter(request, signal.signal)).toEqual({ kind: 'cancelled' });
      const entered = pad.enter(request, never);
      await type('246801');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('246801');
    });

    it('keys while no entry is open are ignored', async () => {
      const { pad, type, press, counts } = await bench();
      await type('999999');
      await press('confirm');
      expect(counts.filter((count) => count !== 0)).toEqual([]);
      const entered = pad.enter(request, never);
      await type('135790');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('135790');
    });

    it('one entry at a time: a second is refused and does not disturb the first', async () => {
      const { pad, type, press } = await bench();
      const entered = pad.enter(request, never);
      const refused: unknown = await pad.enter(request, never).catch((fault: unknown) => fault);
      expect(refused).toBeInstanceOf(PinPadFault);
      expect(refused).toMatchObject({ code: 'busy' });
      await type('135790');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('135790');
    });

    it('takes PINs of 4 to 12 digits and refuses to ask for others', async () => {
      const { pad, type, press } = await bench();
      for (const digits of ['1234', '123456789012']) {
        const entered = pad.enter({ ...request, length: digits.length }, never);
        await type(digits);
        await press('confirm');
        expect(digitsOf(await entered)).toBe(digits);
      }
      await expect(pad.enter({ ...request, length: 3 }, never)).rejects.toBeInstanceOf(RangeError);
      await expect(pad.enter({ ...request, length: 13 }, never)).rejects.toBeInstanceOf(RangeError);
    });

    it('has a name', async () => {
      const { pad } = await bench();
      expect(pad.info.name).not.toBe('');
    });

    it('a listener that throws does not stop the others, one that left hears nothing', async () => {
      const thrown: unknown[] = [];
      const { pad, type, press, counts } = await bench((what) => thrown.push(what));
      const bug = new Error('a bug in a listener');
      const heard: number[] = [];
      pad.subscribe(() => {
        throw bug;
      });
      pad.subscribe((count) => heard.push(count));
      pad.subscribe(() => heard.push(-1))();
      const entered = pad.enter(request, never);
      await type('1');
      await press('cancel');
      await entered;
      expect(heard).toEqual(counts);
      expect(thrown.length).toBe(counts.length);
    });
  });
}
