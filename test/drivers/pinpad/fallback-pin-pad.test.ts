import { describe, expect, it } from 'vitest';
import type { LinkState } from '../../../drivers/device-link.ts';
import { FallbackPinPad, type HardwarePinPad } from '../../../drivers/pinpad/fallback-pin-pad.ts';
import { VerifonePinPad, verifoneAnswerMs } from '../../../drivers/pinpad/verifone-pin-pad.ts';
import { type PinPadKey, VirtualPinPad } from '../../../drivers/pinpad/virtual-pin-pad.ts';
import { secret } from '../../../src/domain/secret.ts';
import { syntheticPan } from '../../../src/domain/synthetic.ts';
import { PinKeyFault } from '../../../src/ports/pin-key.ts';
import { type PinEntry, PinPadFault } from '../../../src/ports/pin-pad.ts';
import { PinKeyRing } from '../../contract/pin-key-ring.ts';
import { pinPadContract } from '../../contract/pin-pad.contract.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { SimulatedLine, settled } from './simulated-line.ts';
import { SimulatedVerifonePad } from './simulated-verifone-pad.ts';

const masterKey = new Uint8Array(16).fill(0x5a);
const keys = new PinKeyRing();
const pan = syntheticPan(1);
const request = { pan: secret(pan), length: 6 };
const never = new AbortController().signal;

async function bench(ring = keys, onListenerThrow?: (thrown: unknown) => void) {
  const scheduler = new ManualScheduler();
  const device = new SimulatedVerifonePad(masterKey);
  const line = new SimulatedLine(device);
  const hardware = new VerifonePinPad({
    transport: line,
    scheduler,
    masterKey,
    pinKey: () => ring.take('iso0-tdes'),
  });
  const screen = new VirtualPinPad({ pinKey: () => ring.take('iso4-aes128') });
  const pad = new FallbackPinPad({ hardware, screen, ...(onListenerThrow === undefined ? {} : { onListenerThrow }) });
  const counts: number[] = [];
  pad.subscribe((count) => counts.push(count));
  await settled();
  return { scheduler, device, line, hardware, screen, pad, counts };
}

function digitsOf(entry: PinEntry): string | null {
  return entry.kind === 'entered' ? keys.open(entry.pinBlock, pan) : null;
}
const faultOf = (entered: Promise<PinEntry>) =>
  entered.then(
    () => null,
    (fault: PinPadFault) => fault.code,
  );

pinPadContract(
  'fallback, hardware pad plugged in',
  async (contractKeys, onListenerThrow) => {
    const { pad, device } = await bench(contractKeys, onListenerThrow);
    return {
      pad,
      type: async (digits) => {
        for (const digit of digits) device.press(Number(digit));
        await settled();
      },
      press: async (key) => {
        device.press(key);
        await settled();
      },
    };
  },
  { tellsDigits: false, hasBackspace: false, knowsLength: false, fallsBack: true },
);

pinPadContract('fallback, no hardware pad', async (contractKeys, onListenerThrow) => {
  const { pad, line, screen } = await bench(contractKeys, onListenerThrow);
  line.unplug();
  return { pad, type: async (digits) => screen.type(digits), press: async (key: PinPadKey) => screen.key(key) };
});

describe('PIN pad with a fallback', () => {
  it('while the hardware pad has the entry the screen asks for nothing, and the other way round', async () => {
    const { pad, device, screen, line } = await bench();
    const abort = new AbortController();
    const first = pad.enter(request, abort.signal);
    expect([device.asks, screen.open]).toEqual([true, false]);
    expect(pad.info.kind).toBe('serial');
    abort.abort();
    await first;
    expect([device.asks, screen.open]).toEqual([false, false]);
    line.unplug();
    const second = pad.enter(request, never);
    expect([device.asks, screen.open]).toEqual([false, true]);
    expect(pad.info.kind).toBe('virtual');
    screen.key('cancel');
    expect(await second).toEqual({ kind: 'cancelled' });
  });

  it('unplugged during an entry: the same entry goes on at the screen, from no digits', async () => {
    const { pad, device, screen, line, counts } = await bench();
    const entered = pad.enter(request, never);
    for (const digit of [1, 3, 5]) device.press(digit);
    line.unplug();
    await settled();
    expect(screen.open).toBe(true);
    screen.type('13579');
    screen.key('confirm');
    expect(screen.open).toBe(true);
    screen.type('0');
    screen.key('confirm');
    const entry = await entered;
    expect(entry.kind === 'entered' && entry.pinBlock.format).toBe('iso4-aes128');
    expect(digitsOf(entry)).toBe('135790');
    const changes = counts.filter((count, at) => at === 0 || count !== counts[at - 1]);
    expect(changes).toEqual([0, 1, 2, 3, 4, 5, 6, 0]);
  });

  it("plugged in again during an entry: it stays at the screen, the next one is the hardware pad's", async () => {
    const { pad, device, screen, line, scheduler } = await bench();
    const entered = pad.enter(request, never);
    line.unplug();
    await settled();
    line.plug();
    scheduler.advance(60_000);
    await settled();
    expect([device.asks, screen.open]).toEqual([false, true]);
    expect(pad.info.kind).toBe('virtual');
    screen.type('135790');
    screen.key('confirm');
    expect(digitsOf(await entered)).toBe('135790');
    const abort = new AbortController();
    const next = pad.enter(request, abort.signal);
    expect([device.asks, screen.open]).toEqual([true, false]);
    abort.abort();
    await next;
  });

  it('a pad that does not answer hands the entry to the screen', async () => {
    const { pad, device, screen, scheduler } = await bench();
    device.dead = true;
    const entered = pad.enter(request, never);
    scheduler.advance(verifoneAnswerMs);
    await settled();
    screen.type('135790');
    screen.key('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('a pad for which there is no key hands the entry to the screen, which may have one', async () => {
    const ring = new PinKeyRing();
    const take = ring.take.bind(ring);
    ring.take = (format) => {
      if (format === 'iso0-tdes') throw new PinKeyFault('none', 'no key');
      return take(format);
    };
    const { pad, screen } = await bench(ring);
    const entered = pad.enter(request, never);
    await settled();
    screen.type('135790');
    screen.key('confirm');
    const entry = await entered;
    expect(entry.kind === 'entered' && ring.open(entry.pinBlock, pan)).toBe('135790');
  });

  it('an abort ends the entry wherever it is', async () => {
    const { pad, screen, line } = await bench();
    const abort = new AbortController();
    const entered = pad.enter(request, abort.signal);
    line.unplug();
    await settled();
    abort.abort();
    expect(await entered).toEqual({ kind: 'cancelled' });
    expect(screen.open).toBe(false);
  });

  it('lost and aborted at once: cancelled, nothing opens', async () => {
    const { pad, screen, line } = await bench();
    const abort = new AbortController();
    const entered = pad.enter(request, abort.signal);
    line.unplug();
    abort.abort();
    expect(await entered).toEqual({ kind: 'cancelled' });
    expect(screen.open).toBe(false);
  });

  it('a second entry is refused while the first changes its pad, too', async () => {
    const { pad, screen, line } = await bench();
    const entered = pad.enter(request, never);
    line.unplug();
    expect(await faultOf(pad.enter(request, never))).toBe('busy');
    await settled();
    expect(await faultOf(pad.enter(request, never))).toBe('busy');
    screen.key('cancel');
    expect(await entered).toEqual({ kind: 'cancelled' });
  });

  it("the customer's cancel at the hardware pad ends the sale's entry: the screen does not ask again", async () => {
    const { pad, device, screen } = await bench();
    const entered = pad.enter(request, never);
    device.press('cancel');
    expect(await entered).toEqual({ kind: 'cancelled' });
    expect(screen.open).toBe(false);
  });

  it('digits of a pad that has not the entry are not told', async () => {
    const { pad, screen, counts } = await bench();
    const entered = pad.enter(request, never);
    void screen.enter(request, never);
    screen.type('12');
    expect(counts).toEqual([0]);
    void entered;
  });

  it('a screen that fails is not asked twice', async () => {
    const asked: string[] = [];
    const failing = (name: string, connected: boolean): HardwarePinPad => ({
      connected,
      info: { kind: 'serial', name },
      onState: (_listener: (state: LinkState) => void) => () => undefined,
      subscribe: () => () => undefined,
      enter: () => {
        asked.push(name);
        return Promise.reject(new PinPadFault('gone'));
      },
    });
    for (const connected of [true, false]) {
      const pad = new FallbackPinPad({ hardware: failing('hardware', connected), screen: failing('screen', true) });
      expect(await faultOf(pad.enter(request, never))).toBe('gone');
    }
    expect(asked).toEqual(['hardware', 'screen', 'screen']);
  });
});
