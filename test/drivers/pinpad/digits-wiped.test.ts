import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevicePinPad } from '../../../drivers/pinpad/device-pin-pad.ts';
import { PinBuffer } from '../../../drivers/pinpad/pin-buffer.ts';
import { PlainKeypad, plainKeypadSettleMs } from '../../../drivers/pinpad/plain-keypad.ts';
import { ScreenPinPad, type ScreenPinSession } from '../../../drivers/pinpad/screen-pin-pad.ts';
import { VirtualPinPad } from '../../../drivers/pinpad/virtual-pin-pad.ts';
import { SealedBox } from '../../../drivers/sealed-box.ts';
import { secret } from '../../../src/domain/secret.ts';
import { syntheticPan } from '../../../src/domain/synthetic.ts';
import { sealDigits } from '../../../src/ipc/pin-seal.ts';
import { PinKeyRing } from '../../contract/pin-key-ring.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { SimulatedKeypad } from './simulated-keypad.ts';
import { SimulatedLine, settled } from './simulated-line.ts';

const request = { pan: secret(syntheticPan(1)), length: 6 };
const pin = '135790';
const digits = Uint8Array.from(pin, Number);

/** Every buffer in which a pad of this program has held digits, whole. */
const held = new Set<Uint8Array>();
const isWiped = () => [...held].every((buffer) => buffer.every((byte) => byte === 0));

beforeEach(() => {
  held.clear();
  const push = PinBuffer.prototype.push;
  vi.spyOn(PinBuffer.prototype, 'push').mockImplementation(function (this: PinBuffer, digit) {
    held.add(new Uint8Array(this.view().buffer));
    return push.call(this, digit);
  });
  const open = SealedBox.prototype.open;
  vi.spyOn(SealedBox.prototype, 'open').mockImplementation(async function (this: SealedBox, ...args) {
    const plain = await open.apply(this, args);
    if (typeof plain !== 'string') held.add(new Uint8Array(plain.buffer));
    return plain;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Bench {
  readonly pad: Pick<VirtualPinPad, 'enter'>;
  readonly keys: PinKeyRing;
  type(text: string): Promise<void>;
  confirm(): Promise<void>;
  cancel(): Promise<void>;
}

async function virtual(): Promise<Bench> {
  const keys = new PinKeyRing();
  const pad = new VirtualPinPad({ pinKey: () => keys.take('iso4-aes128') });
  return {
    pad,
    keys,
    type: async (text) => pad.type(text),
    confirm: async () => pad.key('confirm'),
    cancel: async () => pad.key('cancel'),
  };
}

async function keypad(): Promise<Bench & { readonly line: SimulatedLine; readonly device: DevicePinPad }> {
  const keys = new PinKeyRing();
  const scheduler = new ManualScheduler();
  const simulated = new SimulatedKeypad();
  const line = new SimulatedLine(simulated);
  const pad = new PlainKeypad({ transport: line, scheduler, pinKey: () => keys.take('iso4-sm4') });
  await settled();
  const press = async (key: Parameters<typeof simulated.press>[0]) => {
    scheduler.advance(plainKeypadSettleMs);
    await settled();
    simulated.press(key);
    await settled();
  };
  return {
    pad,
    keys,
    line,
    device: pad,
    type: async (text) => {
      for (const digit of text) await press(Number(digit));
    },
    confirm: () => press('confirm'),
    cancel: () => press('cancel'),
  };
}

describe.each([
  ['virtual', virtual],
  ['plain keypad', keypad],
] as const)('digits in a PIN pad: %s', (_name, open) => {
  it('stand in one buffer, which is overwritten when the block is made', async () => {
    const { pad, keys, type, confirm } = await open();
    const entered = pad.enter(request, new AbortController().signal);
    await type(pin);
    expect(held.size).toBeGreaterThan(0);
    expect(isWiped()).toBe(false);
    await confirm();
    const entry = await entered;
    expect(entry.kind === 'entered' && keys.open(entry.pinBlock, request.pan.expose())).toBe(pin);
    expect(isWiped()).toBe(true);
  });

  it('are overwritten when the entry is cancelled, aborted, or fails for want of a key', async () => {
    const { pad, keys, type, confirm, cancel } = await open();
    const abort = new AbortController();
    const endings: readonly (() => Promise<void> | void)[] = [
      cancel,
      () => abort.abort(),
      async () => {
        keys.empty = true;
        await type('790');
        await confirm();
      },
    ];
    for (const [at, end] of endings.entries()) {
      const entered = pad.enter(request, at === 1 ? abort.signal : new AbortController().signal).catch(() => null);
      await type('135');
      expect(isWiped()).toBe(false);
      await end();
      await entered;
      expect(isWiped()).toBe(true);
    }
  });
});

describe('digits in a PIN pad: plain keypad', () => {
  it('are overwritten when it is unplugged', async () => {
    const { pad, line, type } = await keypad();
    const entered = pad.enter(request, new AbortController().signal).catch(() => null);
    await type('1357');
    line.unplug();
    await entered;
    expect(isWiped()).toBe(true);
  });
});

describe('digits in the PIN pad of the screen', () => {
  function bench() {
    const keys = new PinKeyRing();
    const sessions: ScreenPinSession[] = [];
    let told: () => void = () => undefined;
    const pad = new ScreenPinPad({
      pinKey: () => keys.take('iso4-aes128'),
      onSession: (session) => {
        if (session !== null) sessions.push(session);
        told();
      },
      onFault: () => undefined,
    });
    const opened = async () => {
      const next = new Promise<void>((resolve) => {
        told = resolve;
      });
      const entered = pad.enter(request, new AbortController().signal).catch(() => null);
      await next;
      const session = sessions.at(-1);
      if (session === undefined) throw new Error('no session');
      const seal = async (typed: Uint8Array) => ({
        session: session.session,
        ...(await sealDigits(typed, session.session, session.publicKey)),
      });
      return { entered, session, seal };
    };
    return { pad, keys, opened };
  }

  it('stand in one buffer, which is overwritten when the block is made', async () => {
    const { pad, keys, opened } = bench();
    const { entered, seal } = await opened();
    await pad.sealed(await seal(digits));
    const entry = await entered;
    expect(entry?.kind === 'entered' && keys.open(entry.pinBlock, request.pan.expose())).toBe(pin);
    expect(held.size).toBe(1);
    expect(isWiped()).toBe(true);
  });

  it('are overwritten when they are too few, when there is no key, and when the entry has ended', async () => {
    const { pad, keys, opened } = bench();
    const first = await opened();
    await pad.sealed(await first.seal(digits.subarray(0, 4)));
    expect([held.size, isWiped()]).toEqual([1, true]);
    keys.empty = true;
    await pad.sealed(await first.seal(digits));
    expect(await first.entered).toBeNull();
    expect([held.size, isWiped()]).toEqual([2, true]);
    const second = await opened();
    const opening = pad.sealed(await second.seal(digits));
    // The message is being opened while the customer cancels.
    await Promise.resolve();
    pad.cancelled(second.session.session);
    await opening;
    expect([held.size, isWiped()]).toEqual([3, true]);
  });
});
