import { beforeEach, describe, expect, it } from 'vitest';
import { CnEscPinPad, cnEscAnswerMs, cnEscSettleMs } from '../../../drivers/pinpad/cn-esc-pin-pad.ts';
import type { DevicePinPad, DevicePinPadOptions } from '../../../drivers/pinpad/device-pin-pad.ts';
import { PlainKeypad, plainKeypadSettleMs } from '../../../drivers/pinpad/plain-keypad.ts';
import { VerifonePinPad, verifoneAnswerMs } from '../../../drivers/pinpad/verifone-pin-pad.ts';
import { fen } from '../../../src/domain/money.ts';
import { secret } from '../../../src/domain/secret.ts';
import { syntheticPan } from '../../../src/domain/synthetic.ts';
import type { PinEntry, PinPadFault } from '../../../src/ports/pin-pad.ts';
import { PinKeyRing } from '../../contract/pin-key-ring.ts';
import { pinPadContract } from '../../contract/pin-pad.contract.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { SimulatedCnEscPad } from './simulated-cn-esc-pad.ts';
import { SimulatedKeypad } from './simulated-keypad.ts';
import { type PadKey, SimulatedLine, type SimulatedPad, settled } from './simulated-line.ts';
import { SimulatedVerifonePad } from './simulated-verifone-pad.ts';

const masterKey = Uint8Array.from({ length: 16 }, (_, at) => 0xf0 - at * 3);
let keys = new PinKeyRing();
beforeEach(() => {
  keys = new PinKeyRing();
});
const pan = syntheticPan(1);
const otherPan = syntheticPan(2);
const request = { pan: secret(pan), length: 6 };
const never = new AbortController().signal;

type AnyPad = SimulatedPad & { dead: boolean; readonly asks: boolean };

/** A driver, its simulated device and the cable between them; connected. */
async function bench<Device extends AnyPad>(
  device: Device,
  make: (options: DevicePinPadOptions) => DevicePinPad,
  onListenerThrow?: (thrown: unknown) => void,
) {
  const scheduler = new ManualScheduler();
  const line = new SimulatedLine(device);
  const pad = make({ transport: line, scheduler, ...(onListenerThrow === undefined ? {} : { onListenerThrow }) });
  const states: string[] = [];
  pad.onState((state) => states.push(state.kind));
  await settled();
  /** Lets pass what the driver waits for after an entry. */
  const rest = async () => {
    scheduler.advance(Math.max(cnEscSettleMs, plainKeypadSettleMs));
    await settled();
  };
  await rest();
  return {
    device,
    line,
    pad,
    scheduler,
    states,
    rest,
    type: async (digits: string) => {
      await rest();
      for (const digit of digits) device.press(Number(digit));
      await settled();
    },
    press: async (key: PadKey) => {
      await rest();
      device.press(key);
      await settled();
    },
    replug: async () => {
      line.unplug();
      await settled();
      line.plug();
      scheduler.advance(5000);
      await settled();
      await rest();
    },
  };
}

type OnThrow = (thrown: unknown) => void;
const verifone = (ring = keys, onThrow?: OnThrow) =>
  bench(
    new SimulatedVerifonePad(masterKey),
    (options) => new VerifonePinPad({ ...options, masterKey, pinKey: () => ring.take('iso0-tdes') }),
    onThrow,
  );
const cnEsc = (ring = keys, onThrow?: OnThrow) =>
  bench(
    new SimulatedCnEscPad(masterKey),
    (options) => new CnEscPinPad({ ...options, masterKey, pinKey: () => ring.take('iso0-tdes') }),
    onThrow,
  );
const keypad = (ring = keys, onThrow?: OnThrow) =>
  bench(
    new SimulatedKeypad(),
    (options) => new PlainKeypad({ ...options, pinKey: () => ring.take('iso4-aes128') }),
    onThrow,
  );

function digitsOf(entry: PinEntry, card = pan): string | null {
  return entry.kind === 'entered' ? keys.open(entry.pinBlock, card) : null;
}

const faultOf = (entered: Promise<PinEntry>) =>
  entered.then(
    () => null,
    (fault: PinPadFault) => fault.code,
  );
const hexOf = (bytes: Uint8Array | undefined) =>
  Buffer.from(bytes ?? [])
    .toString('hex')
    .toUpperCase();

pinPadContract('Verifone', (contractKeys, onThrow) => verifone(contractKeys, onThrow), {
  tellsDigits: false,
  hasBackspace: false,
  knowsLength: false,
});
pinPadContract('ESC commands', (contractKeys, onThrow) => cnEsc(contractKeys, onThrow), {
  tellsDigits: false,
  hasBackspace: true,
  knowsLength: true,
});
pinPadContract('plain keypad', (contractKeys, onThrow) => keypad(contractKeys, onThrow));

describe.each<[string, () => Promise<Awaited<ReturnType<typeof bench<AnyPad>>>>]>([
  ['Verifone', verifone],
  ['ESC commands', cnEsc],
  ['plain keypad', keypad],
])('PIN pad on a line: %s', (name, open) => {
  it('unplugged while nothing is asked: told once, the next entry is gone until it is back', async () => {
    const { pad, line, states, replug, type, press, device } = await open();
    expect(pad.connected).toBe(true);
    line.unplug();
    await settled();
    expect(pad.connected).toBe(false);
    expect(await faultOf(pad.enter(request, never))).toBe('gone');
    await replug();
    expect(states).toEqual(['connected', 'lost', 'connected']);
    const entered = pad.enter(request, never);
    await type('135790');
    expect(device.asks).toBe(true);
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('unplugged during an entry: gone, and nothing of it is in the next one, nor sent again', async () => {
    const { pad, line, replug, type, press, device, rest } = await open();
    const entered = pad.enter(request, never);
    await type('1357');
    line.unplug();
    expect(await faultOf(entered)).toBe('gone');
    await replug();
    await rest();
    const [, afterwards = []] = line.sent;
    const asking = ['3730', '1B69', '82'];
    expect(afterwards.map(hexOf).filter((hex) => asking.some((start) => hex.includes(start)))).toEqual([]);
    expect(device.asks).toBe(false);
    const next = pad.enter({ ...request, pan: secret(otherPan) }, never);
    await type('246801');
    await press('confirm');
    expect(digitsOf(await next, otherPan)).toBe('246801');
  });

  it('reads its pad through garbage and in chunks of any size', async () => {
    for (const chunkBytes of [1, 2, 5, 64]) {
      const { pad, line, type, press } = await open();
      // To a keypad without frames FF is a key.
      line.noise = Uint8Array.of(name === 'plain keypad' ? 0x80 : 0xff, 0x00, 0xc3);
      line.chunkBytes = chunkBytes;
      const entered = pad.enter(request, never);
      await type('135790');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('135790');
    }
  });

  it('any bytes while nothing is asked are survived and change nothing', async () => {
    const { pad, line, type, press } = await open();
    line.say(Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) & 0xff));
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('closed: an open entry is gone, the line is free, later ones are gone, a second close is nothing', async () => {
    const { pad, line, type, states, scheduler } = await open();
    const entered = pad.enter(request, never);
    await type('1357');
    const closing = pad.close();
    expect(await faultOf(entered)).toBe('gone');
    await closing;
    await pad.close();
    expect(await faultOf(pad.enter(request, never))).toBe('gone');
    line.say(Uint8Array.of(0x06));
    expect(states).toEqual(['connected']);
    expect(scheduler.pending).toBe(0);
  });

  it('a line that takes no bytes: gone', async () => {
    const { pad, line, rest } = await open();
    line.takesNothing = true;
    const code = faultOf(pad.enter(request, never));
    await rest();
    expect(await code).toBe('gone');
  });

  it('is called what its line is called', async () => {
    const { pad } = await open();
    expect(pad.info).toEqual({ kind: 'serial', name: '仿真键盘' });
  });
});

describe('Verifone PIN pad', () => {
  it("gives the pad's own block untouched, and shows the amount", async () => {
    const { pad, device, type, press } = await verifone();
    const entered = pad.enter({ ...request, amount: fen(1250) }, never);
    await type('135790');
    expect(device.amount).toBe('12.50');
    await press('confirm');
    const entry = await entered;
    expect(entry).toMatchObject({ kind: 'entered', pinBlock: { format: 'iso0-tdes' } });
    expect(digitsOf(entry)).toBe('135790');
  });

  it('an amount too long for the pad is not shown cut', async () => {
    const { pad, device, type } = await verifone();
    void pad.enter({ ...request, amount: fen(123_456_789) }, never);
    await type('1');
    expect(device.amount).toBe('0.00');
  });

  it('selects its master key at each connection: a pad that has lost power is asked in the right way', async () => {
    const { line, replug } = await verifone();
    await replug();
    const selection = '0F303830';
    expect(line.sent.map((sent) => sent.filter((packet) => hexOf(packet).startsWith(selection)).length)).toEqual([
      1, 1,
    ]);
  });

  it('a request taken for damaged is sent again, twice', async () => {
    const { pad, device, line, type, press } = await verifone();
    device.damagedIn = 2;
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
    const requests = (line.sent[0] ?? []).filter((packet) => hexOf(packet).startsWith('0237302E'));
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(hexOf)).size).toBe(1);
  });

  it('refused three times: EOT, failed, and the next entry works', async () => {
    const { pad, device, line, type, press } = await verifone();
    device.damagedIn = 3;
    expect(await faultOf(pad.enter(request, never))).toBe('failed');
    expect((line.sent[0] ?? []).map(hexOf)).toContain('04');
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('a block with a wrong LRC is asked for again, and taken when it comes right', async () => {
    const { pad, device, line, type, press } = await verifone();
    device.damagedOut = 2;
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
    expect((line.sent[0] ?? []).map(hexOf).filter((hex) => hex === '15')).toHaveLength(2);
  });

  it('a block that never comes right: failed', async () => {
    const { pad, device, type, press } = await verifone();
    device.damagedOut = 9;
    const entered = pad.enter(request, never);
    await type('135790');
    const code = faultOf(entered);
    await press('confirm');
    expect(await code).toBe('failed');
  });

  it.each([...'0123456789ABCEFG'])('error code %s of a 71 is a fault, not the customer', async (code) => {
    const { pad, device } = await verifone();
    device.errorCode = code;
    expect(await faultOf(pad.enter(request, never))).toBe('failed');
  });

  it('a pad that does not answer: failed after its time, and it works again when it does', async () => {
    const { pad, device, scheduler, type, press } = await verifone();
    device.dead = true;
    const code = faultOf(pad.enter(request, never));
    scheduler.advance(verifoneAnswerMs);
    expect(await code).toBe('failed');
    device.dead = false;
    const entered = pad.enter(request, never);
    scheduler.advance(verifoneAnswerMs);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('a customer who takes long is waited for', async () => {
    const { pad, scheduler, type, press } = await verifone();
    const entered = pad.enter(request, never);
    await type('135');
    scheduler.advance(60_000);
    await type('790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('an aborted entry is cancelled at the pad', async () => {
    const { pad, device, line, type } = await verifone();
    const abort = new AbortController();
    const entered = pad.enter(request, abort.signal);
    await type('1357');
    expect(device.asks).toBe(true);
    abort.abort();
    expect(await entered).toEqual({ kind: 'cancelled' });
    expect(device.asks).toBe(false);
    expect(hexOf(line.sent[0]?.at(-1))).toBe('0237320306');
  });

  it("the block of a cancelled entry, sent late, is never the next one's", async () => {
    const { pad, device, type, press } = await verifone();
    const abort = new AbortController();
    const first = pad.enter(request, abort.signal);
    device.holds = true;
    await type('135790');
    await press('confirm');
    device.dead = true;
    abort.abort();
    expect(await first).toEqual({ kind: 'cancelled' });
    let second: PinEntry | null = null;
    const entered = pad.enter({ ...request, pan: secret(otherPan) }, never).then((entry) => {
      second = entry;
      return entry;
    });
    // It comes while the 72 is out.
    device.release();
    await settled();
    expect(second).toBeNull();
    device.dead = false;
    device.holds = false;
    device.hear(Uint8Array.of(0x02, 0x37, 0x32, 0x03, 0x06));
    await settled();
    await type('246801');
    expect(second).toBeNull();
    await press('confirm');
    expect(digitsOf(await entered, otherPan)).toBe('246801');
  });

  it('a block that comes before the ACK of its request is dropped, and acknowledged so that it is not repeated', async () => {
    const { pad, device, line, type, press, scheduler } = await verifone();
    device.holds = true;
    const first = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    device.dead = true;
    scheduler.advance(60_000);
    line.unplug();
    expect(await faultOf(first)).toBe('gone');
    line.plug();
    scheduler.advance(60_000);
    await settled();
    // Nobody answers the 72 and the 08; then the pad wakes and has the old block first.
    scheduler.advance(verifoneAnswerMs);
    scheduler.advance(verifoneAnswerMs);
    const second = pad.enter({ ...request, pan: secret(otherPan) }, never);
    let entry: PinEntry | null = null;
    const over = second.then(
      (it) => {
        entry = it;
      },
      (fault: PinPadFault) => fault.code,
    );
    device.release();
    await settled();
    expect(entry).toBeNull();
    expect(hexOf(line.sent[1]?.at(-1))).toBe('06');
    scheduler.advance(verifoneAnswerMs);
    expect(await over).toBe('failed');
  });

  it('a PIN of another length is asked for again, a pad that keeps giving one fails', async () => {
    const { pad, line, type, press, rest } = await verifone();
    const code = faultOf(pad.enter(request, never));
    for (let time = 0; time < 5; time++) {
      await type('1357');
      await press('confirm');
      await rest();
    }
    expect(await code).toBe('failed');
    expect((line.sent[0] ?? []).filter((packet) => hexOf(packet).startsWith('0237302E'))).toHaveLength(5);
    expect(keys.taken).toHaveLength(1);
  });

  it('a card number shorter than the pads want is filled, and the block is the same', async () => {
    const { pad, type, press } = await verifone();
    const entered = pad.enter({ pan: secret('1234567'), length: 4 }, never);
    await type('1357');
    await press('confirm');
    expect(digitsOf(await entered, '1234567')).toBe('1357');
  });

  it('a key for blocks that the pad cannot make is a fault', async () => {
    const { pad } = await bench(
      new SimulatedVerifonePad(masterKey),
      (options) => new VerifonePinPad({ ...options, masterKey, pinKey: () => keys.take('iso4-aes128') }),
    );
    expect(await faultOf(pad.enter(request, never))).toBe('failed');
  });

  it('a key of a wrong shape is a fault without the key', async () => {
    keys.keyBytes = 8;
    const { pad } = await verifone();
    expect(await faultOf(pad.enter(request, never))).toBe('failed');
  });

  it('nothing that it throws names the card', async () => {
    const { pad, device } = await verifone();
    device.errorCode = '2';
    const fault: unknown = await pad.enter(request, never).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(fault) + String(fault)).not.toContain(pan);
  });
});

describe('PIN pad with ESC commands', () => {
  it('loads its working key once a connection', async () => {
    const { pad, device, line, type, press, replug } = await cnEsc();
    for (let time = 0; time < 2; time++) {
      const entered = pad.enter(request, never);
      await type('135790');
      await press('confirm');
      expect(digitsOf(await entered)).toBe('135790');
    }
    device.powerOff();
    await replug();
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
    expect(line.sent.map((sent) => sent.filter((bytes) => hexOf(bytes).startsWith('1B6B75')).length)).toEqual([1, 1]);
  });

  it('loads another working key when there is another one', async () => {
    const { pad, line, type, press } = await cnEsc();
    for (const keyId of ['key 1', 'key 2']) {
      const entered = pad.enter(request, never);
      await type('135790');
      await press('confirm');
      const entry = await entered;
      expect(entry).toMatchObject({ kind: 'entered', pinBlock: { keyId } });
      expect(digitsOf(entry)).toBe('135790');
      keys.renew();
    }
    expect((line.sent[0] ?? []).filter((bytes) => hexOf(bytes).startsWith('1B6B75'))).toHaveLength(2);
  });

  it("takes the replies of PSBC pads too: AA, OK to the request, the key's length before the block", async () => {
    const { pad, device, type, press } = await cnEsc();
    device.psbc = true;
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });

  it('a working key that the pad refuses is a fault', async () => {
    const device = new SimulatedCnEscPad(new Uint8Array(16).fill(1));
    const { pad } = await bench(
      device,
      (options) => new CnEscPinPad({ ...options, masterKey, pinKey: () => keys.take('iso0-tdes') }),
    );
    expect(await faultOf(pad.enter(request, never))).toBe('failed');
  });

  it('a pad that does not answer: failed after its time', async () => {
    const { pad, device, scheduler } = await cnEsc();
    device.dead = true;
    const code = faultOf(pad.enter(request, never));
    scheduler.advance(cnEscAnswerMs);
    expect(await code).toBe('failed');
  });

  it('a block of another length is a fault', async () => {
    const { pad, line, rest } = await cnEsc();
    const code = faultOf(pad.enter(request, never));
    await rest();
    line.say(Uint8Array.of(0x02, ...new Uint8Array(14).fill(0x31), 0x03));
    expect(await code).toBe('failed');
  });

  it("an aborted entry is cancelled at the pad, and its answer is not the next one's", async () => {
    const { pad, device, line, type, press } = await cnEsc();
    const abort = new AbortController();
    const first = pad.enter(request, abort.signal);
    device.holds = true;
    await type('135790');
    device.press('confirm');
    abort.abort();
    expect(await first).toEqual({ kind: 'cancelled' });
    expect(hexOf(line.sent[0]?.at(-1))).toBe('83');
    let second: PinEntry | null = null;
    const entered = pad.enter({ ...request, pan: secret(otherPan) }, never).then((entry) => {
      second = entry;
      return entry;
    });
    device.release();
    for (const late of ['ER', 'OK']) line.say(Uint8Array.of(0x02, ...Buffer.from(late), 0x03));
    device.holds = false;
    await type('246801');
    expect(second).toBeNull();
    await press('confirm');
    expect(digitsOf(await entered, otherPan)).toBe('246801');
  });

  it('a block that comes before the PIN length is confirmed is dropped', async () => {
    const { pad, device, type, press, rest } = await cnEsc();
    const abort = new AbortController();
    const first = pad.enter(request, abort.signal);
    device.holds = true;
    await type('135790');
    device.press('confirm');
    abort.abort();
    await first;
    await rest();
    device.dead = true;
    let second: PinEntry | null = null;
    const entered = pad.enter({ ...request, pan: secret(otherPan) }, never).then((entry) => {
      second = entry;
      return entry;
    });
    device.release();
    device.dead = false;
    device.holds = false;
    device.hear(Uint8Array.of(0x1b, 0x4e, 0x30, 0x36));
    await type('246801');
    expect(second).toBeNull();
    await press('confirm');
    expect(digitsOf(await entered, otherPan)).toBe('246801');
  });
});

describe('plain keypad', () => {
  it('is started for an entry and stopped after it', async () => {
    const { pad, line, type, press } = await keypad();
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    await entered;
    expect((line.sent[0] ?? []).map(hexOf)).toEqual(['83', '82', '83']);
  });

  it('leaves no digit in the bytes that the line handed over', async () => {
    const { pad, line, type, press } = await keypad();
    const entered = pad.enter(request, never);
    await type('135790');
    await press('confirm');
    await entered;
    expect(line.given.length).toBeGreaterThan(0);
    expect(Buffer.concat(line.given).every((byte) => byte === 0)).toBe(true);
  });

  it("a key still under way when an entry ends is not the next one's", async () => {
    const { pad, device, type, press } = await keypad();
    const first = pad.enter(request, never);
    await type('13');
    await press('cancel');
    await first;
    const entered = pad.enter(request, never);
    device.press(9);
    await type('135790');
    await press('confirm');
    expect(digitsOf(await entered)).toBe('135790');
  });
});
