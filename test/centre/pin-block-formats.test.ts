import { describe, expect, it } from 'vitest';
import { VerifonePinPad } from '../../drivers/pinpad/verifone-pin-pad.ts';
import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { syntheticPan } from '../../src/domain/synthetic.ts';
import type { SettleAnswer } from '../../src/ports/centre.ts';
import { sealIso0PinBlock } from '../../src/ports/pin-block.ts';
import type { PinBlock } from '../../src/ports/pin-pad.ts';
import { ManualScheduler } from '../drivers/manual-scheduler.ts';
import { SimulatedLine, settled } from '../drivers/pinpad/simulated-line.ts';
import { SimulatedVerifonePad } from '../drivers/pinpad/simulated-verifone-pad.ts';
import {
  bill,
  Envelopes,
  embeddedOptions,
  person,
  pinBlockOf,
  rightPin,
  StandingClock,
  stripeOf,
} from './centre-world.ts';
import { profile } from './profiles.ts';

const tdesKey = Uint8Array.from({ length: 16 }, (_, at) => 200 - at);

/** The embedded centre, and a counter whose PINs come from a simulated Verifone pad over its line. */
async function bench(pinBlockTdesKey: Uint8Array | null = tdesKey) {
  const { centre, registry, close } = openEmbeddedCentre({
    ...embeddedOptions(profile('national-2024'), new StandingClock()),
    ...(pinBlockTdesKey === null ? {} : { pinBlockTdesKey }),
  });
  registry.addPerson(person('mother', { balance: '50' }));
  const masterKey = new Uint8Array(16).fill(0x33);
  const device = new SimulatedVerifonePad(masterKey);
  const pad = new VerifonePinPad({
    transport: new SimulatedLine(device),
    scheduler: new ManualScheduler(),
    masterKey,
    sessionKey: () => tdesKey,
  });
  await settled();
  const envelopes = new Envelopes();

  async function pay(pinBlockFor: (pan: Parameters<typeof pad.enter>[0]) => Promise<PinBlock>): Promise<SettleAnswer> {
    const identified = await centre.identify({ ...envelopes.next(), credential: stripeOf('mother') });
    if (identified.kind !== 'identified') throw new Error('not identified');
    const { card, pan, pinLength } = identified;
    const quoted = await centre.quote({ ...envelopes.next(), card, bill: bill('10') });
    if (quoted.kind !== 'quoted') throw new Error('not quoted');
    const pinBlock = await pinBlockFor({ pan, length: pinLength });
    const authorisation = { kind: 'pin', pinBlock } as const;
    return centre.settle({ ...envelopes.next(), card, bill: bill('10'), digest: quoted.quote.digest, authorisation });
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
  return { pay, payAtPad, registry, close };
}

describe('PIN blocks of hardware pads at the centre', () => {
  it('a sale with the right PIN settles', async () => {
    const { payAtPad, registry, close } = await bench();
    expect((await payAtPad(rightPin)).kind).toBe('settled');
    expect(registry.balanceOf('mother')).toBe(4000);
    close();
  });

  it('a wrong PIN counts a try, as one typed on the screen does; the right one takes the count back', async () => {
    const { payAtPad, pay, close } = await bench();
    const wrong = (triesLeft: number) => ({ kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft } });
    const first = await payAtPad('246801');
    if (first.kind !== 'declined') throw new Error('a wrong PIN was taken');
    const { triesLeft = 0 } = first.decline;
    expect(first).toEqual(wrong(triesLeft));
    expect(triesLeft).toBeGreaterThan(1);
    expect(await pay(async () => pinBlockOf('mother', '246801'))).toEqual(wrong(triesLeft - 1));
    expect((await payAtPad(rightPin)).kind).toBe('settled');
    expect(await payAtPad('246801')).toEqual(wrong(triesLeft));
    close();
  });

  it.each<[string, (right: PinBlock) => unknown]>([
    [
      'a damaged block',
      ({ hex }) => ({ format: 'iso0-tdes', hex: `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}` }),
    ],
    ['a block that is no hex', () => ({ format: 'iso0-tdes', hex: 'zz'.repeat(8) })],
    ["a block under another format's name", ({ hex }) => ({ format: 'iso4-aes128', hex })],
    ['an unknown format', ({ hex }) => ({ format: 'iso1', hex })],
  ])('%s is a broken message and costs no try', async (_it, change) => {
    const { pay, payAtPad, close } = await bench();
    const right = sealIso0PinBlock(Uint8Array.from(rightPin, Number), syntheticPan('mother'), tdesKey);
    const before = await payAtPad('246801');
    const broken = await pay(async () => change(right) as PinBlock);
    expect(broken).toEqual({ kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } });
    const after = await payAtPad('246801');
    const left = [before, after].map((answer) => (answer.kind === 'declined' ? answer.decline.triesLeft : null));
    expect(left[1]).toBe((left[0] ?? 0) - 1);
    close();
  });

  it('a centre that shares no key with hardware pads declines their blocks as broken', async () => {
    const { payAtPad, close } = await bench(null);
    expect(await payAtPad(rightPin)).toEqual({ kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } });
    close();
  });
});
