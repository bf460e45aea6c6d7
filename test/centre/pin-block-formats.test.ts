import { describe, expect, it } from 'vitest';
import { VerifonePinPad } from '../../drivers/pinpad/verifone-pin-pad.ts';
import type { SettleAnswer } from '../../src/ports/centre.ts';
import type { PinBlock } from '../../src/ports/pin-pad.ts';
import { ManualScheduler } from '../drivers/manual-scheduler.ts';
import { SimulatedLine, settled } from '../drivers/pinpad/simulated-line.ts';
import { SimulatedVerifonePad } from '../drivers/pinpad/simulated-verifone-pad.ts';
import { bill, embeddedOptions, person, pinBlockOf, rightPin, StandingClock } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

/** The embedded centre, and a counter whose PINs come from a simulated Verifone pad over its line. */
async function bench() {
  const { centre, registry, close } = openOwnAnswers(embeddedOptions(profile('national-2024'), new StandingClock()));
  registry.addPerson(person('mother', { balance: '50' }));
  const counter = new Counter({ centre, registry }, 'T1', ['iso0-tdes', 'iso4-aes128']);
  await counter.signIn();
  const masterKey = new Uint8Array(16).fill(0x33);
  const device = new SimulatedVerifonePad(masterKey);
  const pad = new VerifonePinPad({
    transport: new SimulatedLine(device),
    scheduler: new ManualScheduler(),
    masterKey,
    pinKey: () => counter.pinKey('iso0-tdes'),
  });
  await settled();

  async function pay(pinBlockFor: (pan: Parameters<typeof pad.enter>[0]) => Promise<PinBlock>): Promise<SettleAnswer> {
    const { card, pan, pinLength } = await counter.identify('mother');
    const { digest } = await counter.quote(card, bill('10'));
    const pinBlock = await pinBlockFor({ pan, length: pinLength });
    return counter.settle(card, bill('10'), digest, { kind: 'pin', pinBlock });
  }

  /** The customer types this PIN at the pad. */
  async function payAtPad(pin: string): Promise<SettleAnswer> {
    return pay(async (request) => {
      const entered = pad.enter(request, new AbortController().signal);
      for (const digit of pin) device.press(Number(digit));
      device.press('confirm');
      const entry = await entered;
      if (entry.kind !== 'entered') throw new Error('nothing entered');
      expect(entry.pinBlock.format).toBe('iso0-tdes');
      expect(JSON.stringify(entry)).not.toContain(pin);
      return entry.pinBlock;
    });
  }
  return { counter, pay, payAtPad, registry, close };
}

describe('PIN blocks of hardware pads at the centre', () => {
  it('a sale with the right PIN settles', async () => {
    const { payAtPad, registry, close } = await bench();
    expect((await payAtPad(rightPin)).kind).toBe('settled');
    expect(registry.balanceOf('mother')).toBe(4000);
    close();
  });

  it('a wrong PIN counts a try, as one typed on the screen does; the right one takes the count back', async () => {
    const { counter, payAtPad, pay, close } = await bench();
    const wrong = (triesLeft: number) => ({ kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft } });
    const first = await payAtPad('246801');
    if (first.kind !== 'declined') throw new Error('a wrong PIN was taken');
    const { triesLeft = 0 } = first.decline;
    expect(first).toEqual(wrong(triesLeft));
    expect(triesLeft).toBeGreaterThan(1);
    expect(await pay(async () => pinBlockOf('mother', '246801', counter.pinKey('iso4-aes128')))).toEqual(
      wrong(triesLeft - 1),
    );
    expect((await payAtPad(rightPin)).kind).toBe('settled');
    expect(await payAtPad('246801')).toEqual(wrong(triesLeft));
    close();
  });

  it.each<[string, (right: PinBlock) => PinBlock]>([
    [
      'a damaged block',
      (right) => ({ ...right, hex: `${right.hex.startsWith('0') ? '1' : '0'}${right.hex.slice(1)}` }),
    ],
    ['a block that is no hex', (right) => ({ ...right, hex: 'zz'.repeat(8) })],
    ['a block of another length', (right) => ({ ...right, hex: `${right.hex}00` })],
  ])('%s is a broken message and costs no try', async (_it, change) => {
    const { counter, pay, payAtPad, close } = await bench();
    const right = pinBlockOf('mother', rightPin, counter.pinKey('iso0-tdes'));
    const before = await payAtPad('246801');
    expect(await pay(async () => change(right))).toEqual({ kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } });
    const after = await payAtPad('246801');
    const left = [before, after].map((answer) => (answer.kind === 'declined' ? answer.decline.triesLeft : null));
    expect(left[1]).toBe((left[0] ?? 0) - 1);
    close();
  });
});
