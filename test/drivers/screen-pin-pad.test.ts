import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PinBuffer } from '../../drivers/pinpad/pin-buffer.ts';
import { ScreenPinPad, type ScreenPinSession, type SealedPin } from '../../drivers/pinpad/screen-pin-pad.ts';
import { secret } from '../../src/domain/secret.ts';
import { syntheticPan } from '../../src/domain/synthetic.ts';
import { intentSchema } from '../../src/ipc/intent.ts';
import { sealDigits } from '../../src/ipc/pin-seal.ts';
import { PinKeyRing } from '../contract/pin-key-ring.ts';
import { pinPadContract } from '../contract/pin-pad.contract.ts';

/** A pad, and a screen for it that keeps the digits in a buffer of its own until they are sealed. */
function bench(keys = new PinKeyRing(), onListenerThrow: (thrown: unknown) => void = () => undefined) {
  const faults: string[] = [];
  const sessions: (ScreenPinSession | null)[] = [];
  const waiting: (() => void)[] = [];
  const pad = new ScreenPinPad({
    pinKey: () => keys.take('iso4-aes128'),
    onSession: (session) => {
      sessions.push(session);
      for (const resolve of waiting.splice(0)) resolve();
    },
    onFault: (fault) => faults.push(fault.code),
    onListenerThrow,
  });
  let asked = 0;
  const enter: ScreenPinPad['enter'] = (request, signal) => {
    asked++;
    const entered = pad.enter(request, signal);
    const over = () => {
      asked--;
    };
    entered.then(over, over);
    return entered;
  };
  /** The open session, once its key is made; null when nothing is asked. */
  const session = async (): Promise<ScreenPinSession | null> => {
    const latest = sessions.at(-1) ?? null;
    if (latest !== null || asked === 0) return latest;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return sessions.at(-1) ?? null;
  };
  return { pad, enter, session, sessions, faults, keys };
}

const pan = syntheticPan(1);
const request = { pan: secret(pan), length: 6 };
const never = new AbortController().signal;
const digits = Uint8Array.of(1, 3, 5, 7, 9, 0);

async function openSession(setup: ReturnType<typeof bench>) {
  const entered = setup.enter(request, never);
  const session = await setup.session();
  if (session === null) throw new Error('no session was opened');
  const message: SealedPin = {
    session: session.session,
    ...(await sealDigits(digits, session.session, session.publicKey)),
  };
  return { entered, session, message };
}

pinPadContract('screen', async (keys, onListenerThrow) => {
  const { pad, enter, session } = bench(keys, onListenerThrow);
  const typed = new PinBuffer();
  let shown = '';
  /** The screen forgets what was typed when the session is another one. */
  const onScreen = async () => {
    const open = await session();
    if (open !== null && open.session !== shown) typed.wipe();
    shown = open?.session ?? '';
    return open;
  };
  return {
    pad: { info: pad.info, enter, subscribe: (listener) => pad.subscribe(listener) },
    type: async (text) => {
      for (const digit of text) {
        const open = await onScreen();
        if (open === null || typed.count === open.length) continue;
        typed.push(Number(digit));
        pad.typed(open.session, typed.count);
      }
    },
    press: async (key) => {
      const open = await onScreen();
      if (open === null) return;
      if (key === 'backspace') typed.backspace();
      if (key === 'clear') typed.wipe();
      if (key === 'backspace' || key === 'clear') return pad.typed(open.session, typed.count);
      if (key === 'confirm' && typed.count < open.length) return;
      const sealed = key === 'confirm' && (await sealDigits(typed.view(), open.session, open.publicKey));
      typed.wipe();
      if (sealed === false) pad.cancelled(open.session);
      else await pad.sealed({ session: open.session, ...sealed });
    },
  };
});

describe('screen PIN pad', () => {
  it('what the screen seals fits the intent schema and opens in the driver', async () => {
    const setup = bench();
    const { entered, message } = await openSession(setup);
    const intent = intentSchema.parse({ kind: 'pin.sealed', ...message });
    if (intent.kind !== 'pin.sealed') throw new Error('not the intent that was sent');
    await setup.pad.sealed(intent);
    const entry = await entered;
    expect(entry.kind === 'entered' && setup.keys.open(entry.pinBlock, pan)).toBe('135790');
    expect(setup.faults).toEqual([]);
  });

  it('shows the session while it is open: length, digits typed, a key of its own each time', async () => {
    const setup = bench();
    const { entered, session } = await openSession(setup);
    expect(session).toMatchObject({ length: 6, typed: 0 });
    expect(Buffer.from(session.publicKey, 'base64')).toHaveLength(65);
    setup.pad.typed(session.session, 4);
    expect(setup.sessions.at(-1)).toEqual({ ...session, typed: 4 });
    setup.pad.cancelled(session.session);
    expect(await entered).toEqual({ kind: 'cancelled' });
    expect(setup.sessions.at(-1)).toBeNull();
    const next = await openSession(setup);
    expect(next.session.publicKey).not.toBe(session.publicKey);
    expect(next.session.session).not.toBe(session.session);
  });

  it('a session is used once: the same message again is refused, also in the next entry', async () => {
    const setup = bench();
    const { entered, message } = await openSession(setup);
    await Promise.all([setup.pad.sealed(message), setup.pad.sealed(message)]);
    expect((await entered).kind).toBe('entered');
    expect(setup.faults).toEqual(['wrongSession']);
    const next = await openSession(setup);
    await setup.pad.sealed(message);
    await setup.pad.sealed({ ...message, session: next.session.session });
    expect(setup.faults).toEqual(['wrongSession', 'wrongSession', 'notOpened']);
    await setup.pad.sealed(next.message);
    expect((await next.entered).kind).toBe('entered');
  });

  it.each<[string, (message: SealedPin) => Partial<SealedPin>, string]>([
    ['another session', () => ({ session: 'other' }), 'wrongSession'],
    ['no key', () => ({ publicKey: '' }), 'malformed'],
    ['a point off the curve', () => ({ publicKey: Buffer.alloc(65, 4).toString('base64') }), 'notOpened'],
    ['a short nonce', () => ({ iv: 'AAAA' }), 'malformed'],
    ['another nonce', () => ({ iv: Buffer.alloc(12).toString('base64') }), 'notOpened'],
    ['a longer text', ({ sealed }) => ({ sealed: `AAAA${sealed}` }), 'malformed'],
    ['a flipped bit', ({ sealed }) => ({ sealed: flipped(sealed) }), 'notOpened'],
  ])('ignores and reports: %s; the entry stays open', async (_it, change, fault) => {
    const setup = bench();
    const { entered, message } = await openSession(setup);
    await setup.pad.sealed({ ...message, ...change(message) });
    expect(setup.faults).toEqual([fault]);
    await setup.pad.sealed(message);
    expect((await entered).kind).toBe('entered');
  });

  it('ignores digits of another number than asked for', async () => {
    const setup = bench();
    const { session, message, entered } = await openSession(setup);
    const four = await sealDigits(digits.subarray(0, 4), session.session, session.publicKey);
    await setup.pad.sealed({ session: session.session, ...four });
    expect(setup.faults).toEqual(['malformed']);
    await setup.pad.sealed(message);
    expect((await entered).kind).toBe('entered');
  });

  it('ignores counts and cancels of another session, and counts that cannot be', async () => {
    const setup = bench();
    const { session } = await openSession(setup);
    setup.pad.typed('other', 1);
    setup.pad.cancelled('other');
    setup.pad.typed(session.session, 7);
    setup.pad.typed(session.session, 0.5);
    expect(setup.faults).toEqual(['wrongSession', 'wrongSession', 'malformed', 'malformed']);
    expect(setup.sessions).toEqual([session]);
  });

  it('an entry that ends while its key is made opens no session', async () => {
    const setup = bench();
    const abort = new AbortController();
    const ended = setup.enter(request, abort.signal);
    abort.abort();
    expect(await ended).toEqual({ kind: 'cancelled' });
    const { session } = await openSession(setup);
    expect(setup.sessions).toEqual([session]);
  });

  it('a cancel while a message is being opened wins', async () => {
    const setup = bench();
    const { entered, session, message } = await openSession(setup);
    const opening = setup.pad.sealed(message);
    await Promise.resolve();
    setup.pad.cancelled(session.session);
    await opening;
    expect(await entered).toEqual({ kind: 'cancelled' });
    expect(setup.faults).toEqual(['wrongSession']);
  });

  it('any text from a screen is survived', async () => {
    const setup = bench();
    const { session, entered, message } = await openSession(setup);
    const field = fc.oneof(fc.base64String(), fc.string());
    await fc.assert(
      fc.asyncProperty(field, field, field, async (publicKey, iv, sealed) => {
        await setup.pad.sealed({ session: session.session, publicKey, iv, sealed });
      }),
    );
    await setup.pad.sealed(message);
    expect((await entered).kind).toBe('entered');
  });
});

describe('sealing on the screen', () => {
  it('hides the number of digits', async () => {
    const setup = bench();
    const { session } = await openSession(setup);
    const sealed = await Promise.all(
      [4, 12].map((length) => sealDigits(new Uint8Array(length), session.session, session.publicKey)),
    );
    expect(sealed[0]?.sealed.length).toBe(sealed[1]?.sealed.length);
  });

  it.each([
    ['too few', Uint8Array.of(1, 2, 3)],
    ['too many', new Uint8Array(13)],
    ['no digits', Uint8Array.of(1, 2, 3, 10)],
  ])('refuses %s', async (_it, wrong) => {
    await expect(sealDigits(wrong, 's', '')).rejects.toBeInstanceOf(RangeError);
  });

  it('takes the digits before it waits, so that the caller may wipe at once', async () => {
    const setup = bench();
    const { entered, session } = await openSession(setup);
    const mine = Uint8Array.from(digits);
    const sealing = sealDigits(mine, session.session, session.publicKey);
    mine.fill(0);
    await setup.pad.sealed({ session: session.session, ...(await sealing) });
    const entry = await entered;
    expect(entry.kind === 'entered' && setup.keys.open(entry.pinBlock, pan)).toBe('135790');
  });
});

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes.toString('base64');
}
